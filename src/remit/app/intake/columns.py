"""Growing columns, and the numpy steps that intake shares: gather texts, give codes to wide keys.

Nothing here is an object per row: integers go into `array.array`, texts into one `bytearray` with their ends.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from remit.engine.membership import places_of
from remit.engine.strings import TextColumn

_GATHERED = 1 << 20
_LOWERED = 1 << 20
_BEYOND_ASCII = 0x80
_NONE = np.zeros(0, dtype=np.int64)

Longs = NDArray[np.int64]
Ints = NDArray[np.int32]


def longs(values: array[int]) -> Longs:
    """Return an `array("q")` as numpy, without a copy."""
    return np.frombuffer(values, dtype=np.int64) if values else np.zeros(0, dtype=np.int64)


def ints(values: array[int]) -> Ints:
    """Return an `array("i")` as numpy, without a copy."""
    return np.frombuffer(values, dtype=np.int32) if values else np.zeros(0, dtype=np.int32)


def smalls(values: bytearray) -> NDArray[np.uint8]:
    """Return a bytearray as numpy, without a copy."""
    return np.frombuffer(values, dtype=np.uint8) if values else np.zeros(0, dtype=np.uint8)


class TextRows:
    """Texts one after the other, growing."""

    __slots__ = ("data", "ends")

    def __init__(self) -> None:
        self.data = bytearray()
        self.ends = array("q")

    def add(self, text: str) -> None:
        """Append one text."""
        self.data += text.encode("utf-8")
        self.ends.append(len(self.data))

    def __len__(self) -> int:
        """Return the number of texts."""
        return len(self.ends)

    def __getitem__(self, row: int) -> str:
        """Return one text."""
        return self.data[self.ends[row - 1] if row else 0 : self.ends[row]].decode()

    def put(self, row: int, text: str) -> bool:
        """Replace one text by another that takes as many bytes; return False where it does not."""
        start, end = self.ends[row - 1] if row else 0, self.ends[row]
        coded = text.encode()
        if len(coded) != end - start:
            return False
        self.data[start:end] = coded
        return True

    def column(self) -> TextColumn:
        """Return what was added, without a copy of the bytes; nothing may be added afterwards."""
        offsets = np.zeros(len(self.ends) + 1, dtype=np.int64)
        offsets[1:] = longs(self.ends)
        return TextColumn(smalls(self.data), offsets)


def column_of(texts: Iterable[str]) -> TextColumn:
    """Return a column of texts, holding no more than one of them at a time."""
    rows = TextRows()
    for text in texts:
        rows.add(text)
    return rows.column()


def lowered(column: TextColumn) -> TextColumn:
    """Return the column in lower case. Cost: a pass over the bytes; only texts beyond ASCII become objects."""
    data = column.data.copy()
    rows: set[int] = set()
    for low in range(0, len(data), _LOWERED):
        part = data[low : low + _LOWERED]
        part[(part >= ord("A")) & (part <= ord("Z"))] += ord("a") - ord("A")
        beyond = np.flatnonzero(part >= _BEYOND_ASCII) + low
        rows.update((np.searchsorted(column.offsets, beyond, side="right") - 1).tolist())
    return replaced(TextColumn(data, column.offsets), {row: column[row].lower() for row in sorted(rows)})


def gather(column: TextColumn, rows: NDArray[Any], changes: Mapping[int, str] = MappingProxyType({})) -> TextColumn:
    """Return the texts of `rows` as a column.

    Args:
        column: where the texts are.
        rows: which of them, in what order.
        changes: other texts for some rows of `column`.

    Cost: a few vector passes, a bounded slice of rows at a time, and a step of Python for each change.
    """
    starts = column.offsets[:-1][rows]
    lengths = column.offsets[1:][rows] - starts
    changed = np.flatnonzero(np.isin(rows, np.fromiter(changes, dtype=np.int64))) if changes else _NONE
    texts = [changes[row].encode() for row in rows[changed].tolist()]
    lengths[changed] = [len(text) for text in texts]
    offsets = np.zeros(len(rows) + 1, dtype=np.int64)
    np.cumsum(lengths, out=offsets[1:])
    data = np.empty(int(offsets[-1]), dtype=np.uint8)
    low = 0
    while low < len(rows):
        # As many rows as fill a slice of bytes, and one at least.
        high = max(low + 1, int(np.searchsorted(offsets, offsets[low] + _GATHERED, side="right")) - 1)
        first, last = int(offsets[low]), int(offsets[high])
        place = np.repeat(starts[low:high] - offsets[low:high], lengths[low:high]) + np.arange(first, last)
        # A changed text may be longer than what it replaces: what is read for it is written over below.
        data[first:last] = column.data.take(place, mode="clip") if len(column.data) else 0
        low = high
    for row, text in zip(changed.tolist(), texts, strict=True):
        data[offsets[row] : offsets[row + 1]] = np.frombuffer(text, dtype=np.uint8)
    return TextColumn(data, offsets)


def joined(first: TextColumn, second: TextColumn) -> TextColumn:
    """Return both columns as one."""
    if not len(second):
        return first
    if not len(first):
        return second
    return TextColumn(
        np.concatenate([first.data, second.data]),
        np.concatenate([first.offsets, second.offsets[1:] + first.offsets[-1]]),
    )


def replaced(column: TextColumn, changes: Mapping[int, str]) -> TextColumn:
    """Return the column with some rows replaced."""
    return gather(column, np.arange(len(column)), changes) if changes else column


def codes_of(*columns: NDArray[Any]) -> Longs:
    """Give equal rows of several integer columns the same small number, in sorted order of the rows."""
    order = np.lexsort(columns[::-1])
    changed = np.zeros(len(order), dtype=bool)
    for column in columns:
        there = column[order]
        changed[1:] |= there[1:] != there[:-1]
    codes = np.empty(len(order), dtype=np.int64)
    codes[order] = np.cumsum(changed)
    return codes


def matches(left: Longs, right: Longs) -> tuple[Longs, Longs]:
    """Return every pair of rows (of `left`, of `right`) with equal values. Cost: one sort of `left`."""
    order = np.argsort(left, kind="stable")
    there = left[order]
    low = np.searchsorted(there, right, side="left")
    count = np.searchsorted(there, right, side="right") - low
    right_rows = np.repeat(np.arange(len(right)), count)
    return order[places_of(low, count)], right_rows


def distinct(*columns: NDArray[Any]) -> Longs:
    """Return rows in the sorted order of several integer columns, equal rows once."""
    order = np.lexsort(columns[::-1])
    if not len(order):
        return order
    keep = np.zeros(len(order), dtype=bool)
    keep[0] = True
    for column in columns:
        there = column[order]
        keep[1:] |= there[1:] != there[:-1]
    return order[keep]
