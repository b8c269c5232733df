"""Every text that a role takes has a number; what it is spelled and keyed like is looked up by that number."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from remit.usage.fast.kernels import SPARE, Bytes, Longs, refill

MOST_TEXTS = 400_000
"""Texts after which the dictionary begins anew: some 150 MB where all are long resource ids."""

Meaning = Callable[[int, str], int | None]
"""From the kind of a text and the text to what stands in the column; None where the literal reading must decide."""


class Dictionary:
    """Numbers of texts, from 1; 0 is no text.

    Attributes:
        meanings: by number, what stands in the column.
        odd: by number, whether the literal reading must decide.
    """

    def __init__(self, meaning: Meaning) -> None:
        """Begin without texts."""
        self._meaning = meaning
        self.forget()

    def forget(self) -> None:
        """Begin anew."""
        self._table: Longs = np.zeros((1 << 14, 4), dtype=np.int64)
        self._entries: Longs = np.zeros((1 << 13, 3), dtype=np.int64)
        self._kept: Bytes = np.zeros(1 << 20, dtype=np.uint8)
        self._sizes: Longs = np.array([1, 0], dtype=np.int64)
        self._known = 1
        self.meanings: Longs = np.zeros(1 << 13, dtype=np.int64)
        self.odd: NDArray[np.bool_] = np.zeros(1 << 13, dtype=np.bool_)

    @property
    def full(self) -> bool:
        """Say whether it is time to begin anew."""
        return self._known > MOST_TEXTS

    @property
    def tables(self) -> tuple[Longs, Bytes, Longs, Longs]:
        """Return table, bytes, entries and sizes as `survey` takes them."""
        return self._table, self._kept, self._entries, self._sizes

    def learn(self) -> None:
        """Look up what the texts mean that `survey` has added."""
        if self._known < self._sizes[0]:
            self._learn()

    def _learn(self) -> None:
        """Look up what the new texts mean."""
        first, last = self._known, int(self._sizes[0])
        meanings = [
            self._meaning(kind, self._kept[begin : begin + length].tobytes().decode(errors="replace"))
            for begin, length, kind in self._entries[first:last].tolist()
        ]
        if last > len(self.meanings):
            self.meanings = np.concatenate([self.meanings, np.zeros(last, dtype=np.int64)])
            self.odd = np.concatenate([self.odd, np.zeros(last, dtype=np.bool_)])
        self.meanings[first:last] = [meaning or 0 for meaning in meanings]
        self.odd[first:last] = [meaning is None for meaning in meanings]
        self._known = last

    def make_room(self, texts: int, size: int) -> None:
        """Make room for so many new texts, with so many bytes in all."""
        texts += self._known
        if texts > len(self._entries):
            self._entries = np.concatenate([self._entries, np.zeros((texts, 3), dtype=np.int64)])
        if texts + texts // 2 > len(self._table):
            self._table = np.zeros((1 << (2 * texts).bit_length(), 4), dtype=np.int64)
            refill(self._table, self._entries, self._known, self._kept)
        # A request that is not kept is written behind the last text all the same; some bytes follow whatever is read.
        wanted = int(self._sizes[1]) + size + SPARE
        if wanted > len(self._kept):
            self._kept = np.concatenate([self._kept, np.zeros(wanted, dtype=np.uint8)])
