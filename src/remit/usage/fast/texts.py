"""Texts and their keys, looked up rather than hashed again; and which spelling of a text stands for all."""

from __future__ import annotations

from collections.abc import Iterable

from remit.usage.columns import text_key

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

    def learn_all(self, keys: Iterable[int], texts: Iterable[str]) -> None:
        """Take in the spellings of some keys."""
        get = self.get
        for key, text in zip(keys, texts, strict=True):
            known = get(key)
            if known != text:
                self.learn(key, text)


def _rank(text: str) -> tuple[bool, str]:
    """Order spellings: one of both letter cases tells more than one that somebody flattened."""
    return text not in (text.lower(), text.upper()), text
