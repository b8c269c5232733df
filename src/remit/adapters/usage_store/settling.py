"""From rows to the roll-up: folded, attributed, added up by day.

Rows of the Activity Log are folded with each other, so a day of its roll-up is made again from all rows of that day and
its neighbours whenever one of them gets a row; they stay for as long as Azure itself keeps that log. A record of any
other log is one operation: what is new is added to what there is. These rows stay for two days, in which changes of
grants may still come in and make the roll-up of those days anew.

INVARIANT: a row counts once. In days before the first open one, no row is left once it has been counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from remit.adapters.statement_engine import SqlEngine
from remit.adapters.usage_store.attributing import Asking
from remit.adapters.usage_store.draft import Draft, days_of
from remit.adapters.usage_store.manifest import MOST_DAYS, NARROW_ROWS, WEEK, Part
from remit.adapters.usage_store.rollup import MOST_ROWS, add_rollup, chosen_rows, write_rollup
from remit.usage.columns import COLUMNS, Longs
from remit.usage.statements import DAY, ROLL_UP

ACTIVITY_DAYS = 90
"""How long Azure keeps the Activity Log: no export holds older rows that could belong to an operation."""
OTHER_DAYS = 2
_PIECE_ROWS = 2_000_000
_FOLDED_ROWS = 1_000_000
"""Rows of the Activity Log that are folded at once: more of them would be sorted on the disk."""
_LOW_BITS = 2**20 - 1
_BEFORE, _AFTER = 1, 2
"""Neighbouring days whose rows may belong to operations of a day."""
_EVER = -(2**40)


class Settling:
    """Settles what a draft holds."""

    def __init__(self, draft: Draft, engine: SqlEngine, asking: Asking) -> None:
        """Begin.

        Args:
            draft: what is to be committed.
            engine: runs the statements.
            asking: says what granted operations.
        """
        self._draft = draft
        self._engine = engine
        self._asking = asking

    def run(self) -> None:
        """Do all of it but naming it."""
        manifest = self._draft.manifest
        if manifest.newest is None:
            return
        newest, open_from = days_of(np.asarray([manifest.newest, manifest.newest - OTHER_DAYS * DAY])).tolist()
        if manifest.changed:
            present = {day for part in manifest.activity for day in self._days([part]) if day >= open_from}
            manifest.dirty = sorted({*manifest.dirty, *present})
        self._settle_other(max(open_from, manifest.other_from))
        self._settle_activity(max((newest - ACTIVITY_DAYS) // WEEK * WEEK, manifest.activity_from))
        manifest.changed = False

    def _settle_other(self, open_from: int) -> None:
        """Add what is new; where grants have changed since, make the open days again."""
        manifest = self._draft.manifest
        chosen = [part for part in manifest.other if part.fresh]
        if manifest.changed and len(chosen) < len(manifest.other):
            chosen = manifest.other
            manifest.other_rollup = [part for part in manifest.other_rollup if part.first_day < manifest.other_from]
        days = [day for day in self._days(chosen) if day >= open_from]
        open_from = days[-MOST_DAYS] if len(days) > MOST_DAYS else open_from
        made = [self._rolled(self._draft.paths(parts), _EVER, -_EVER) for parts in _pieces(chosen)]
        # Each open day is a part of its own, so that it can be made again, or closed, by itself.
        for paths in self._joined(made):
            manifest.other_rollup += add_rollup(self._draft, self._engine, "other", paths, apart_from=open_from)
        manifest.other = self._open_rows("other", manifest.other, open_from)
        manifest.other_from = open_from

    def _settle_activity(self, open_from: int) -> None:
        """Make the days again that rows came for; older ones are added to."""
        manifest = self._draft.manifest
        was_open = manifest.activity_from
        manifest.activity = [narrow for part in manifest.activity for narrow in self._narrowed(part)]
        late = [part for part in manifest.activity if part.fresh and part.first_day < was_open]
        for paths, days in self._by_days(late, [day for day in self._days(late) if day < was_open]):
            manifest.activity_rollup += add_rollup(self._draft, self._engine, "activity", paths, only=days)
        dirty = [day for day in manifest.dirty if day >= was_open]
        kept = self._without(dirty, was_open)
        for paths, days in self._by_days(manifest.activity, dirty):
            beside = [kept.pop(week) for week in {day // WEEK for day in days} & kept.keys()]
            manifest.activity_rollup += add_rollup(
                self._draft,
                self._engine,
                "activity",
                paths,
                apart_from=_EVER,
                apart_days=WEEK,
                only=days,
                beside=beside,
            )
        for rows in kept.values():
            manifest.activity_rollup += write_rollup(self._draft, self._engine, "activity", rows)
        manifest.activity = self._open_rows("activity", manifest.activity, open_from)
        manifest.activity_from = open_from
        manifest.dirty = []

    def _without(self, dirty: list[int], was_open: int) -> dict[int, Mapping[str, Longs]]:
        """Take the parts of the weeks of some days out of the roll-up; return their rows of the other days, by week."""
        manifest = self._draft.manifest
        weeks = {day // WEEK for day in dirty}
        found: dict[int, list[Part]] = {}
        left = []
        for part in manifest.activity_rollup:
            if part.first_day >= was_open and part.first_day // WEEK in weeks:
                found.setdefault(part.first_day // WEEK, []).append(part)
            else:
                left.append(part)
        manifest.activity_rollup = left
        kept = {}
        for week, parts in found.items():
            rows = self._engine.read(self._draft.paths(parts), ROLL_UP)
            others = chosen_rows(rows, ~np.isin(rows["day"], np.asarray(dirty, dtype=np.int64)))
            if len(others["day"]):
                kept[week] = others
        return kept

    def _by_days(self, parts: list[Part], days: list[int]) -> Iterator[tuple[list[Path], list[int]]]:
        """Yield the roll-up of a few days each, from all rows that may belong to their operations."""
        at = 0
        while at < len(days):
            end = at + 1
            while (
                end < len(days)
                and days[end] - days[end - 1] <= _AFTER
                and _fits(parts, days[at], days[end - 1], days[end])
            ):
                end += 1
            near = _near(parts, days[at], days[end - 1])
            if near:
                rolled = [self._rolled(some, days[at], days[end - 1] + 1) for some in self._shares(near)]
                yield [path for paths in rolled for path in paths], days[at:end]
            at = end

    def _shares(self, parts: list[Part]) -> Iterator[list[Path]]:
        """Yield the files of some parts; where they hold too much, files with a share of their correlations each."""
        count = -(-sum(part.rows for part in parts) // _FOLDED_ROWS)
        paths = self._draft.paths(parts)
        if count == 1:
            yield paths
            return
        shares: list[list[Path]] = [[] for _ in range(count)]
        for path in paths:
            rows = self._engine.read([path], COLUMNS)
            of_rows = (rows["correlation_lo"] & _LOW_BITS) % count
            for share, files in enumerate(shares):
                files.append(self._draft.work / f"{self._draft.stem('share')}.parquet")
                mine = of_rows == share
                self._engine.write({name: column[mine] for name, column in rows.items()}, files[-1])
        for files in shares:
            yield files
            for path in files:
                path.unlink()

    def _rolled(self, rows: list[Path], from_day: int, until_day: int) -> list[Path]:
        """Fold and attribute some rows, and return the roll-up of some days from them."""
        engine, draft = self._engine, self._draft
        folded = engine.run("folded", {"rows": rows}, {"gap": DAY}, draft.work, draft.stem("folded"))
        asked = self._asking.inputs(folded)
        attributed = engine.run("attributed", {"operations": folded, **asked}, {}, draft.work, draft.stem("attributed"))
        days = {"from_day": from_day, "until_day": until_day}
        rolled = engine.run("rolled_up", {"operations": attributed}, days, draft.work, draft.stem("rolled"))
        for path in (*folded, *attributed):
            path.unlink()
        return rolled

    def _joined(self, made: list[list[Path]]) -> Iterator[list[Path]]:
        """Yield roll-ups of pieces together, as far as they can be held at once."""
        together: list[Path] = []
        rows = 0
        for paths in made:
            count = len(self._engine.read(paths, ["day"])["day"])
            if together and rows + count > MOST_ROWS:
                yield together
                together, rows = [], 0
            together += paths
            rows += count
        if together:
            yield together

    def _days(self, parts: list[Part]) -> list[int]:
        """Return the days on which some parts may have rows, ascending."""
        found: set[int] = set()
        for part in parts:
            if part.last_day - part.first_day < MOST_DAYS:
                found.update(range(part.first_day, part.last_day + 1))
            else:
                times = self._engine.read(self._draft.paths([part]), ["time"])["time"]
                found.update(np.unique(days_of(times)).tolist())
        return sorted(found)

    def _narrowed(self, part: Part) -> list[Part]:
        """Cut a part of many rows of several days, so that few rows are read when a day is made again."""
        if not part.fresh or part.first_day == part.last_day or part.rows <= NARROW_ROWS:
            return [part]
        rows = self._engine.read(self._draft.paths([part]), COLUMNS)
        of_rows = days_of(rows["time"])
        days, counts = np.unique(of_rows, return_counts=True)
        pieces = (np.cumsum(counts) - counts) // NARROW_ROWS
        if len(days) == 1 or pieces[-1] == 0:
            return [part]
        of_piece = pieces[np.searchsorted(days, of_rows)]
        return [self._rewritten("activity", part, rows, of_piece == piece) for piece in np.unique(pieces).tolist()]

    def _open_rows(self, table: str, parts: list[Part], open_from: int) -> list[Part]:
        """Return the parts without the rows of days that are closed."""
        kept: list[Part] = []
        for part in parts:
            if part.last_day < open_from:
                continue
            if part.first_day >= open_from:
                kept.append(Part(part.name, part.rows, part.first_day, part.last_day))
                continue
            rows = self._engine.read(self._draft.paths([part]), COLUMNS)
            left = days_of(rows["time"]) >= open_from
            kept.append(self._rewritten(table, Part(part.name, part.rows), rows, left))
        return kept

    def _rewritten(self, table: str, part: Part, rows: dict[str, Longs], left: NDArray[np.bool_]) -> Part:
        path = self._draft.path(table, ".parquet")
        self._engine.write({name: column[left] for name, column in rows.items()}, path)
        days = days_of(rows["time"][left])
        return Part(path.name, len(days), int(days.min()), int(days.max()), part.fresh)


def _near(parts: list[Part], first: int, last: int) -> list[Part]:
    """Return the parts with rows that may belong to operations of some days."""
    return [part for part in parts if part.first_day <= last + _AFTER and part.last_day >= first - _BEFORE]


def _fits(parts: list[Part], first: int, last: int, following: int) -> bool:
    """Say whether a day may be rolled up with the days before it: it takes few rows, or none that they do not take."""
    rows = sum(part.rows for part in _near(parts, first, following))
    return rows <= _FOLDED_ROWS or rows == sum(part.rows for part in _near(parts, first, last))


def _pieces(parts: list[Part]) -> Iterator[list[Part]]:
    """Yield the parts, a bounded number of rows at once."""
    piece: list[Part] = []
    for part in parts:
        if piece and sum(one.rows for one in piece) + part.rows > _PIECE_ROWS:
            yield piece
            piece = []
        piece.append(part)
    if piece:
        yield piece
