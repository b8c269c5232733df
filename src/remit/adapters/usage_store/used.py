"""A part of the roll-up as it is asked: rows by principal, and the way to them by assignment, in a mapped file.

Answering a question about one identity touches a few pages of each part, and needs no SQL engine to be loaded. The file
holds int64 only: numbers of rows, principals, assignments and operations; the distinct principals and where their rows
begin; the same of assignments, in a list of row numbers; that list; what was done at all, whoever did it; then the
rows, each in one piece.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

from remit.adapters.usage_store.failures import damaged
from remit.usage.columns import Longs

FIELDS = (
    "principal",
    "app",
    "action",
    "scope",
    "assignment",
    "through",
    "host",
    "marks",
    "day",
    "operations",
    "first_seen",
    "last_seen",
)
"""Columns of a row; `marks` is plane + 4 * outcome + 16 * computed."""
GROUPED = 8
"""The first of them say what was used."""
DAY, OPERATIONS, FIRST, LAST = 8, 9, 10, 11
_HEAD = 4
_DONE = 5
REFUSED = 2


def write_used(path: Path, rollup: Mapping[str, Longs]) -> None:
    """Write the file of a part.

    Args:
        path: where.
        rollup: columns `remit.usage.statements.ROLL_UP`.
    """
    order = np.argsort(rollup["principal"], kind="stable")
    rows = np.empty((len(order), len(FIELDS)), dtype=np.int64)
    for place, name in enumerate(FIELDS):
        if name != "marks":
            rows[:, place] = rollup[name][order]
    rows[:, 7] = (rollup["plane"] + 4 * rollup["outcome"] + 16 * rollup["computed"])[order]
    principals, starts = _groups(rows[:, 0])
    by_assignment = np.argsort(rows[:, 4], kind="stable").astype(np.int64)
    assignments, places = _groups(rows[by_assignment, 4])
    done = done_in(rows)
    with path.open("wb") as file:
        file.write(np.asarray([len(rows), len(principals), len(assignments), len(done)], dtype=np.int64).tobytes())
        for column in (principals, starts, assignments, places, by_assignment, done):
            file.write(column.tobytes())
        file.write(rows.data)


def done_in(rows: Longs) -> Longs:
    """Return what was done at all: plane, action, scope, first and last seen of calls that were not refused."""
    rows = rows[rows[:, 7] >> 2 & 3 != REFUSED]
    done = np.stack([rows[:, 7] & 3, rows[:, 2], rows[:, 3], rows[:, FIRST], rows[:, LAST]], axis=1)
    return _distinct(done)


def done_together(parts: Sequence[Longs]) -> Longs:
    """Return the same of several."""
    return _distinct(np.concatenate(parts)) if parts else np.zeros((0, _DONE), dtype=np.int64)


def _distinct(done: Longs) -> Longs:
    if not len(done):
        return done
    done = done[np.lexsort((done[:, 2], done[:, 1], done[:, 0]))]
    starts = np.flatnonzero(np.concatenate([[True], (done[1:, :3] != done[:-1, :3]).any(axis=1)]))
    found = done[starts].copy()
    found[:, 3] = np.minimum.reduceat(done[:, 3], starts)
    found[:, 4] = np.maximum.reduceat(done[:, 4], starts)
    return found


def _groups(ordered: Longs) -> tuple[Longs, Longs]:
    """Return the distinct values of a sorted column and where each begins, with the end of all."""
    if not len(ordered):
        return np.zeros(0, dtype=np.int64), np.zeros(1, dtype=np.int64)
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]])).astype(np.int64)
    return ordered[starts], np.append(starts, len(ordered))


class UsedPart:
    """One such file."""

    def __init__(self, path: Path, first_day: int) -> None:
        """Map it; no row is of a day before the first. Cost: the same for every size.

        Raises:
            UnavailableError: it is damaged.
        """
        self.first_day = first_day
        size, odd = divmod(path.stat().st_size, 8)
        if odd or size < _HEAD:
            raise damaged(path)
        raw: Longs = np.memmap(path, dtype=np.int64, mode="r")
        rows, principals, assignments, done = counts = raw[:_HEAD].tolist()
        sizes = [_HEAD, principals, principals + 1, assignments, assignments + 1, rows, _DONE * done]
        ends = np.cumsum(sizes).tolist()
        if min(counts) < 0 or max(counts) > size or ends[-1] + rows * len(FIELDS) != size:
            raise damaged(path)
        self.principals, self._starts, self._assignments, self._places, self._by_assignment, self._done = (
            np.asarray(raw[low:high]) for low, high in pairwise(ends)
        )
        self.rows: Longs = np.asarray(raw[ends[-1] :]).reshape(rows, len(FIELDS))

    def by(self, principal: int) -> Longs:
        """Return the rows of a principal."""
        low, high = _range(self.principals, self._starts, principal)
        return self.rows[low:high]

    def by_several(self, principals: Longs) -> Longs:
        """Return the rows of some principals."""
        places = np.flatnonzero(np.isin(self.principals, principals))
        pieces = [self.rows[low:high] for low, high in zip(self._starts[places], self._starts[places + 1], strict=True)]
        return np.concatenate(pieces) if pieces else self.rows[:0]

    def done(self, from_day: int) -> Longs:
        """Return what was done at all on days from `from_day` on; see `done_in`. Cost: reads all rows for some days."""
        if from_day <= self.first_day:
            return self._done.reshape(-1, _DONE)
        return done_in(self.rows[self.rows[:, DAY] >= from_day])

    def through(self, assignment: int) -> Longs:
        """Return the rows of an assignment."""
        low, high = _range(self._assignments, self._places, assignment)
        return self.rows[self._by_assignment[low:high]]


def _range(keys: Longs, starts: Longs, key: int) -> tuple[int, int]:
    place = int(np.searchsorted(keys, key))
    if place == len(keys) or keys[place] != key:
        return 0, 0
    return int(starts[place]), int(starts[place + 1])


def together(rows: Longs, from_day: int) -> Longs:
    """Return rows of days from `from_day` on, days taken together.

    Args:
        rows: shape (n, len(FIELDS)).
        from_day: the first day that counts.
    """
    rows = rows[rows[:, DAY] >= from_day]
    if len(rows) < 2:  # noqa: PLR2004 - one row is together
        return rows
    rows = rows[np.lexsort(rows[:, :GROUPED].T)]
    keys = rows[:, :GROUPED]
    starts = np.flatnonzero(np.concatenate([[True], (keys[1:] != keys[:-1]).any(axis=1)]))
    found = rows[starts].copy()
    found[:, OPERATIONS] = np.add.reduceat(rows[:, OPERATIONS], starts)
    found[:, FIRST] = np.minimum.reduceat(rows[:, FIRST], starts)
    found[:, LAST] = np.maximum.reduceat(rows[:, LAST], starts)
    return found
