"""Putting a few rows into sorted columns, and renumbering the codes that name rows behind them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from remit.engine.facts import Assignments
from remit.engine.strings import TextColumn

_SLICE = 1 << 16


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Where new rows go: `at` are the rows of the old table that they stand before, ascending."""

    at: NDArray[np.int64]

    def moved(self, codes: NDArray[np.int32]) -> NDArray[np.int32]:
        """Return codes renumbered; negative ones stay."""
        shift = np.searchsorted(self.at, codes, side="right")
        return np.where(codes < 0, codes, codes + shift).astype(np.int32)

    def own(self) -> NDArray[np.int32]:
        """Return the rows that the new ones have at the end."""
        return (self.at + np.arange(len(self.at))).astype(np.int32)


def places_of(column: TextColumn, texts: Sequence[str]) -> Places:
    """Return where sorted texts that a sorted column does not hold go. Cost: a search each."""
    rows = _Texts(column)
    return Places(np.array([bisect_left(rows, text) for text in texts], dtype=np.int64))


class _Texts(Sequence[str]):
    def __init__(self, column: TextColumn) -> None:
        self._column = column

    def __len__(self) -> int:
        return len(self._column)

    def __getitem__(self, row: int) -> str:  # type: ignore[override]
        return self._column[row]


def inserted(column: TextColumn, places: Places, texts: Sequence[str]) -> TextColumn:
    """Return a column with texts put in. Cost: one copy of the bytes."""
    fresh = TextColumn.of(texts)
    lengths = np.diff(fresh.offsets)
    data = np.insert(column.data, np.repeat(column.offsets[places.at], lengths), fresh.data)
    sizes = np.insert(np.diff(column.offsets), places.at, lengths)
    offsets = np.zeros(len(sizes) + 1, dtype=np.int64)
    np.cumsum(sizes, out=offsets[1:])
    return TextColumn(data, offsets)


def taken(column: TextColumn, rows: NDArray[np.int64]) -> TextColumn:
    """Return some rows of a column, in their order. Cost: a few vector passes, a bounded slice of rows at a time."""
    starts = column.offsets[:-1][rows]
    lengths = column.offsets[1:][rows] - starts
    offsets = np.zeros(len(rows) + 1, dtype=np.int64)
    np.cumsum(lengths, out=offsets[1:])
    data = np.empty(int(offsets[-1]), dtype=np.uint8)
    for low in range(0, len(rows), _SLICE):
        high = min(low + _SLICE, len(rows))
        first, last = int(offsets[low]), int(offsets[high])
        if first < last:
            place = np.repeat(starts[low:high] - offsets[low:high], lengths[low:high]) + np.arange(first, last)
            data[first:last] = column.data[place]
    return TextColumn(data, offsets)


def merged(
    table: Assignments, rows: NDArray[np.int64], more: Mapping[str, Sequence[int]], names: Sequence[str]
) -> Assignments:
    """Return some rows of a table of assignments, and behind them rows given by column; sorting is up to the caller."""
    columns = {}
    for column in fields(Assignments):
        if column.name == "name":
            continue
        old = getattr(table, column.name)
        columns[column.name] = np.concatenate([old[rows], np.array(more.get(column.name, ()), dtype=old.dtype)])
    name = taken(table.name, rows)
    if names:
        last = TextColumn.of(names)
        name = TextColumn(
            np.concatenate([name.data, last.data]), np.concatenate([name.offsets, last.offsets[1:] + name.offsets[-1]])
        )
    return Assignments(**columns, name=name)
