"""Columns of text without a Python object per row: one array of bytes, one of offsets, and a hash table.

>>> column = TextColumn.of(["alpha", "beta"])
>>> column[1], len(column)
('beta', 2)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Self
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from remit.engine.views import view

Bytes = NDArray[np.uint8]
Offsets = NDArray[np.int64]


class TextColumn:
    """UTF-8 texts: row i is `data[offsets[i]:offsets[i + 1]]`.

    Attributes:
        data: uint8, all texts end to end.
        offsets: int64, one more than there are rows, ascending from 0.
    """

    __slots__ = ("_data", "_offsets", "data", "offsets")

    def __init__(self, data: Bytes, offsets: Offsets) -> None:
        self.data = data
        self.offsets = offsets
        # Views give single texts several times faster than slices of arrays do.
        self._data, self._offsets = view(data), view(offsets)

    @classmethod
    def of(cls, texts: Iterable[str]) -> Self:
        """Build a column. Cost: one pass, one copy."""
        encoded = [text.encode("utf-8", "surrogatepass") for text in texts]
        lengths = np.fromiter((len(one) for one in encoded), dtype=np.int64, count=len(encoded))
        offsets = np.zeros(len(encoded) + 1, dtype=np.int64)
        np.cumsum(lengths, out=offsets[1:])
        return cls(np.frombuffer(b"".join(encoded), dtype=np.uint8), offsets)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.offsets) - 1

    def __getitem__(self, row: int) -> str:
        """Return one text. Cost: about half a microsecond."""
        return str(self._data[self._offsets[row] : self._offsets[row + 1]], "utf-8", "surrogatepass")

    def __iter__(self) -> Iterator[str]:
        """Yield every text in order; for tests and small columns."""
        return (self[row] for row in range(len(self)))

    def rows(self, chosen: NDArray[np.integer]) -> list[str]:
        """Return the texts of some rows."""
        return [self[int(row)] for row in chosen]

    def find(self, text: str) -> list[int]:
        """Return the rows whose text equals `text` without regard to letter case, by one scan of the bytes.

        Cost: linear in the bytes of the column; for names typed by people.
        """
        wanted = text.casefold()
        needle = text.lower().encode("utf-8", "surrogatepass")
        if not needle:
            return []
        if needle.isascii():
            hay = self.data.tobytes().lower()
            found: list[int] = []
            at = hay.find(needle)
            while at >= 0:
                row = int(np.searchsorted(self.offsets, at, side="right")) - 1
                if self[row].casefold() == wanted and (not found or found[-1] != row):
                    found.append(row)
                at = hay.find(needle, at + 1)
            return found
        return [row for row, one in enumerate(self) if one.casefold() == wanted]


class TextLookup:
    """From text to row of a column of distinct texts: open addressing over CRC-32, each hit compared in full.

    Attributes:
        slots: int32, a power of two long and at least twice the rows; -1 where empty.
    """

    __slots__ = ("_data", "_mask", "_offsets", "_slots", "slots")

    def __init__(self, column: TextColumn, slots: NDArray[np.int32]) -> None:
        self.slots = slots
        # Views give plain integers several times faster than numpy scalars do.
        self._slots = view(slots)
        self._offsets = view(column.offsets)
        self._data = view(column.data)
        self._mask = len(slots) - 1

    @classmethod
    def of(cls, column: TextColumn) -> Self:
        """Build the table. Cost: one hash per row, a few vector passes."""
        count = len(column)
        size = 8
        while size < 2 * count:
            size *= 2
        whole = column.data.tobytes()
        offsets = column.offsets.tolist()
        hashes = np.fromiter(
            (crc32(whole[offsets[row] : offsets[row + 1]]) for row in range(count)), dtype=np.int64, count=count
        )
        slots = np.full(size, -1, dtype=np.int32)
        waiting = np.arange(count, dtype=np.int32)
        place = hashes & (size - 1)
        while len(waiting):
            free = slots[place] < 0
            # Where several rows want one free slot, the last write wins; losers see it and go on.
            slots[place[free]] = waiting[free]
            lost = slots[place] != waiting
            waiting = waiting[lost]
            place = (place[lost] + 1) & (size - 1)
        return cls(column, slots)

    def row(self, text: str) -> int:
        """Return the row of exactly this text, or -1. Cost: about a microsecond."""
        # Nearly every id is ASCII; naming an error handler makes encoding twice as slow.
        wanted = text.encode() if text.isascii() else text.encode("utf-8", "surrogatepass")
        slots, offsets, data, mask = self._slots, self._offsets, self._data, self._mask
        place = crc32(wanted) & mask
        row = slots[place]
        while row >= 0:
            if data[offsets[row] : offsets[row + 1]] == wanted:
                return row
            place = (place + 1) & mask
            row = slots[place]
        return -1

    def rows(self, texts: Sequence[str]) -> NDArray[np.int32]:
        """Return the row of each text, -1 where there is none."""
        return np.fromiter((self.row(text) for text in texts), dtype=np.int32, count=len(texts))
