"""Finds the rows of one table again in another, by what they say: columns of text and of numbers, no row by itself.

>>> from remit.engine.strings import TextColumn
>>> found_again([Texts(TextColumn.of(["a", "b"]))], [Texts(TextColumn.of(["b", "c"]))]).tolist()
[-1, 0]

Rows are matched by a hash of 64 bits and then compared in full: two rows are never taken for one. Should two texts of
one table ever hash alike, one of them counts as not found, which shows a difference where there is none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from remit.engine.strings import TextColumn

Codes = NDArray[np.int32]
Hashes = NDArray[np.uint64]
Mask = NDArray[np.bool_]
Longs = NDArray[np.int64]

_AT_ONCE = 200_000
_UPPER_A, _UPPER_Z, _TO_LOWER = 65, 90, 32
_STEP, _FIRST, _SECOND = (
    np.uint64(0x9E3779B97F4A7C15),
    np.uint64(0xBF58476D1CE4E5B9),
    np.uint64(0x94D049BB133111EB),
)
_SHIFTS = np.uint64(30), np.uint64(27), np.uint64(31)


@dataclass(frozen=True, slots=True, eq=False)
class Texts:
    """A column of texts as part of what identifies a row; `fold`: ASCII letters in either case are the same."""

    column: TextColumn
    fold: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Numbers:
    """A column of numbers that mean the same in both tables; a negative one means nothing, and is found nowhere.

    Attributes:
        column: any integers. may_be_none: -1 is a value like any other.
    """

    column: NDArray[np.integer]
    may_be_none: bool = False


Part = Texts | Numbers


def found_again(left: Sequence[Part], right: Sequence[Part]) -> Codes:
    """Return for each row of `left` the row of `right` that says the same, -1 where none does.

    Args:
        left: what identifies a row, one or more columns of equal length.
        right: the same of the other table, in the same order.

    Cost: a pass over the bytes of both, one sort of `right`.
    """
    here, there = _hashes(left), _hashes(right)
    found = np.full(len(here), -1, dtype=np.int32)
    if not len(here) or not len(there):
        return found
    order = np.argsort(there, kind="stable")
    place = np.minimum(np.searchsorted(there[order], here), len(there) - 1)
    row = order[place]
    mine = np.flatnonzero(there[row] == here)
    for first, second in zip(left, right, strict=True):
        mine = mine[_same(first, mine, second, row[mine])]
    found[mine] = row[mine]
    return found


def _mixed(numbers: Hashes) -> Hashes:
    """Return numbers so changed that near ones are far apart (splitmix64)."""
    with np.errstate(over="ignore"):
        mixed = numbers * _STEP + _STEP
        mixed = (mixed ^ (mixed >> _SHIFTS[0])) * _FIRST
        mixed = (mixed ^ (mixed >> _SHIFTS[1])) * _SECOND
    return mixed ^ (mixed >> _SHIFTS[2])


def _hashes(parts: Sequence[Part]) -> Hashes:
    found: Hashes | None = None
    for part in parts:
        one = _text_hashes(part) if isinstance(part, Texts) else _number_hashes(part)
        found = one if found is None else _mixed(found ^ _mixed(one))
    return np.zeros(0, dtype=np.uint64) if found is None else found


def _number_hashes(part: Numbers) -> Hashes:
    return _mixed(part.column.astype(np.int64).view(np.uint64))


def _text_hashes(part: Texts) -> Hashes:
    """Return a hash for each text: the sum of what each byte at its place is worth."""
    column = part.column
    found = np.empty(len(column), dtype=np.uint64)
    for first in range(0, len(column), _AT_ONCE):
        rows = np.arange(first, min(first + _AT_ONCE, len(column)))
        data, place, ends = _bytes_of(part, rows)
        worth = _mixed(place.astype(np.uint64) << np.uint64(8) | data.astype(np.uint64))
        sums = np.zeros(len(worth) + 1, dtype=np.uint64)
        np.cumsum(worth, out=sums[1:])
        begin = np.concatenate([np.zeros(1, dtype=np.int64), ends[:-1]])
        with np.errstate(over="ignore"):
            found[rows] = sums[ends] - sums[begin]
    return found


def _bytes_of(part: Texts, rows: NDArray[np.integer]) -> tuple[NDArray[np.uint8], Longs, Longs]:
    """Return the bytes of some texts end to end, the place of each in its text, and where each text ends."""
    offsets = part.column.offsets
    start = offsets[rows]
    length = offsets[rows + 1] - start
    ends = np.cumsum(length)
    place = np.arange(int(ends[-1]) if len(ends) else 0) - np.repeat(ends - length, length)
    data = part.column.data[np.repeat(start, length) + place]
    if part.fold:
        data = np.where((data >= _UPPER_A) & (data <= _UPPER_Z), data + _TO_LOWER, data).astype(np.uint8)
    return data, place, ends


def _same(left: Part, mine: Longs, right: Part, other: Longs) -> Mask:
    """Tell which pairs of rows say the same in one column."""
    if isinstance(left, Numbers) and isinstance(right, Numbers):
        equal: Mask = left.column[mine] == right.column[other]
        return equal if left.may_be_none else equal & (left.column[mine] >= 0)
    if isinstance(left, Texts) and isinstance(right, Texts):
        return np.concatenate(
            [
                _same_texts(left, mine[first : first + _AT_ONCE], right, other[first : first + _AT_ONCE])
                for first in range(0, len(mine), _AT_ONCE)
            ]
            or [np.zeros(0, dtype=np.bool_)]
        )
    return np.zeros(len(mine), dtype=np.bool_)


def _same_texts(left: Texts, mine: Longs, right: Texts, other: Longs) -> Mask:
    offsets, others = left.column.offsets, right.column.offsets
    same: Mask = (offsets[mine + 1] - offsets[mine]) == (others[other + 1] - others[other])
    data, _, ends = _bytes_of(left, mine[same])
    unlike = np.zeros(len(data) + 1, dtype=np.int64)
    np.cumsum(data != _bytes_of(right, other[same])[0], out=unlike[1:])
    begin = np.concatenate([np.zeros(1, dtype=np.int64), ends[:-1]]) if len(ends) else ends
    same[np.flatnonzero(same)[unlike[ends] != unlike[begin]]] = False
    return same
