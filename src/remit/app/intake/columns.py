"""Growing columns, and the numpy steps that intake shares: gather texts, give codes to wide keys.

Nothing here is an object per row: integers go into `array.array`, texts into one `bytearray` with their ends.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from remit.engine.strings import TextColumn

_GATHERED = 1 << 15
_BEYOND_ASCII = 0x80

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
    data[(data >= ord("A")) & (data <= ord("Z"))] += ord("a") - ord("A")
    made = TextColumn(data, column.offsets)
    beyond = np.flatnonzero(data >= _BEYOND_ASCII)
    rows = np.unique(np.searchsorted(column.offsets, beyond, side="right") - 1).tolist()
    return replaced(made, {row: column[row].lower() for row in rows})


def gather(column: TextColumn, rows: NDArray[Any]) -> TextColumn:
    """Return the texts of `rows` as a column. Cost: a few vector passes, a bounded slice of rows at a time."""
    starts = column.offsets[:-1][rows]
    lengths = column.offsets[1:][rows] - starts
    offsets = np.zeros(len(rows) + 1, dtype=np.int64)
    np.cumsum(lengths, out=offsets[1:])
    data = np.empty(int(offsets[-1]), dtype=np.uint8)
    for low in range(0, len(rows), _GATHERED):
        high = min(low + _GATHERED, len(rows))
        first, last = int(offsets[low]), int(offsets[high])
        shift = np.repeat(starts[low:high] - offsets[low:high], lengths[low:high])
        data[first:last] = column.data[shift + np.arange(first, last)]
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


def replaced(column: TextColumn, changes: dict[int, str]) -> TextColumn:
    """Return the column with some rows replaced."""
    if not changes:
        return column
    extra = TextColumn.of(changes.values())
    rows = np.arange(len(column))
    rows[list(changes)] = len(column) + np.arange(len(changes))
    return gather(joined(column, extra), rows)


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
    start = np.repeat(low - (np.cumsum(count) - count), count)
    return order[start + np.arange(len(right_rows))], right_rows


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
