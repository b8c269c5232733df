"""Texts and their keys, looked up rather than hashed again; and which spelling of a text stands for all."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from remit.usage.columns import Longs, text_key

KEPT_KEYS = 200_000
"""Most keys that are remembered; about 60 MB where every text is a long resource id."""


class Keys(dict[str, int]):
    """Text to key, each hashed once while it is remembered."""

    def __missing__(self, text: str) -> int:
        """Hash a text that is not remembered."""
        key = self[text] = text_key(text)
        return key

    def forget(self) -> None:
        """Begin anew where too many are remembered."""
        if len(self) > KEPT_KEYS:
            self.clear()


class Texts(dict[int, str]):
    """Key to text of one batch, in one spelling that does not depend on the order of the records."""

    def learn(self, key: int, text: str) -> None:
        """Take in one spelling."""
        known = self.get(key)
        if known is None:
            if key:
                self[key] = text
        elif known != text and _rank(text) > _rank(known):
            self[key] = text

    def learn_all(self, keys: Longs, texts: Sequence[str]) -> None:
        """Take in the spellings of some keys. Cost: a tenth of a microsecond for a key that comes once."""
        order = np.argsort(keys, kind="stable")
        ordered = keys[order]
        again = np.zeros(len(keys), dtype=np.bool_)
        again[order[1:]] = ordered[1:] == ordered[:-1]
        again[order[:-1]] |= ordered[1:] == ordered[:-1]
        fresh = dict(zip(keys.tolist(), texts, strict=True))
        fresh.pop(0, None)
        for at in np.flatnonzero(again).tolist():
            fresh.pop(int(keys[at]), None)
        shared = fresh.keys() & self.keys()
        for key in shared:
            self.learn(key, fresh.pop(key))
        self.update(fresh)
        for at in np.flatnonzero(again).tolist():
            self.learn(int(keys[at]), texts[at])


def _rank(text: str) -> tuple[bool, str]:
    """Order spellings: one of both letter cases tells more than one that somebody flattened."""
    return text not in (text.lower(), text.upper()), text
