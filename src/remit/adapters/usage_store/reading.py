"""What was committed last: one manifest, read once, and the files that it names."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np

from remit.adapters.usage_store.coverage import read_coverage
from remit.adapters.usage_store.failures import as_unavailable
from remit.adapters.usage_store.lines import AsideLine, ChangeLine, DisagreementLine, RawLine, ReasonLine, read_lines
from remit.adapters.usage_store.locks import ReaderHold
from remit.adapters.usage_store.manifest import NEVER, PARTS, Part, read_manifest, used_name
from remit.adapters.usage_store.reasons import Reasons
from remit.adapters.usage_store.texts import Texts
from remit.adapters.usage_store.used import FIRST, LAST, OPERATIONS, UsedPart, done_together, together
from remit.model.usage import ObservedChange, ObservedOutcome, ObservedPlane
from remit.ports.usage_store import (
    Coverage,
    Disagreement,
    RawRecord,
    ReasonCount,
    SetAsideRecord,
    UsageTotals,
    UsedOperation,
    UsedRow,
)
from remit.usage.columns import Longs, text_key
from remit.usage.statements import DAY

_TOLD_AT_ONCE = 500
"""Principals whose rows are held while those of all are told."""


class FolderReading:
    """See `remit.ports.usage_store.StoreReading`."""

    def __init__(self, folder: Path) -> None:
        """Read the manifest.

        Raises:
            StoreError: it cannot be read.
        """
        with as_unavailable("be read"):
            # Held before the manifest is read: from here on nothing that it names is removed.
            self._hold = ReaderHold(folder)
        self._manifest = read_manifest(folder)
        self._parts = folder / PARTS

    def totals(self) -> UsageTotals:
        """Return the totals."""
        found = self._manifest.totals
        return UsageTotals(found.read, found.normalised, found.set_aside, found.duplicates)

    def used_by(self, principal_ids: Sequence[str], since: int | None = None) -> list[UsedRow]:
        """Return what some principals did."""
        keys = {text_key(one) for one in principal_ids} - {0} | ({0} if "" in principal_ids else set())
        return self._told([part.by(key) for part in self._used for key in sorted(keys)], since)

    def used_through(self, assignment_id: str, since: int | None = None) -> list[UsedRow]:
        """Return what was done through one assignment."""
        return self._told([part.through(text_key(assignment_id)) for part in self._used], since)

    def used_by_all(self, since: int | None = None) -> Iterator[tuple[str, list[UsedRow]]]:
        """Yield every principal with its rows."""
        if not self._used:
            return
        every = np.unique(np.concatenate([part.principals for part in self._used]))
        names = self._texts.of(every)
        ordered = sorted((names[key], key) for key in every.tolist())
        for low in range(0, len(ordered), _TOLD_AT_ONCE):
            some = ordered[low : low + _TOLD_AT_ONCE]
            keys = np.asarray([key for _, key in some], dtype=np.int64)
            found = self._told([part.by_several(keys) for part in self._used], since)
            rows: dict[str, list[UsedRow]] = {}
            for row in found:
                rows.setdefault(row.principal_id, []).append(row)
            yield from ((name, rows[name]) for name, _ in some if name in rows)

    def operations(self, plane: ObservedPlane, since: int | None = None) -> Iterable[UsedOperation]:
        """Return what was done at all on a plane."""
        done = done_together([part.done(_day(since)) for part in self._used])
        done = done[done[:, 0] == plane]
        texts = self._texts.of(done[:, 1:3])
        return [
            UsedOperation(texts[action], texts[scope], first, last) for _, action, scope, first, last in done.tolist()
        ]

    def coverage(self) -> tuple[Coverage, ...]:
        """Return what was covered."""
        with as_unavailable("be read"):
            files = [(self._parts / used_name(part.name), part.rows) for part in self._manifest.coverage]
            return read_coverage(files, self._texts)

    def changes(self, since: int | None = None, until: int | None = None) -> Iterator[ObservedChange]:
        """Yield changes, the earliest first."""
        found = [
            line.change
            for path, count in self._counted(self._manifest.changes)
            for line in read_lines(path, ChangeLine, count)
            if (since is None or line.change.time >= since) and (until is None or line.change.time < until)
        ]
        found.sort(key=lambda one: (one.time, one.kind, one.log, one.object_id, one.subject_id, one.correlation_id))
        return iter(found)

    def disagreements(self) -> tuple[Disagreement, ...]:
        """Return where log and engine disagree."""
        return tuple(
            Disagreement(line.principal, line.action, line.scope, line.at, line.logged, line.computed)
            for path, count in self._counted(self._manifest.disagreements)
            for line in read_lines(path, DisagreementLine, count)
        )

    def reasons(self) -> tuple[ReasonCount, ...]:
        """Return why records were set aside."""
        files = self._counted(self._manifest.reasons)
        return Reasons(line for path, count in files for line in read_lines(path, ReasonLine, count)).counts()

    def set_aside(self, reason: str | None = None) -> Iterator[SetAsideRecord]:
        """Yield records that were set aside."""
        for path, count in self._counted(self._manifest.set_aside):
            for line in read_lines(path, AsideLine, count):
                if reason is None or line.reason == reason:
                    yield SetAsideRecord(line.reason, line.name, line.line, line.size, line.record)

    def raw(self, day: int | None = None) -> Iterator[RawRecord]:
        """Yield raw records."""
        for part in sorted(self._manifest.raw, key=lambda one: (one.day, one.name)):
            if day is None or part.day == day:
                for line in read_lines(self._parts / part.name, RawLine):
                    yield RawRecord(line.digest, line.record)

    @cached_property
    def _used(self) -> list[UsedPart]:
        parts = (*self._manifest.activity_rollup, *self._manifest.other_rollup)
        with as_unavailable("be read"):
            return [UsedPart(self._parts / used_name(part.name), part.first_day) for part in parts]

    @cached_property
    def _texts(self) -> Texts:
        with as_unavailable("be read"):
            return Texts(self._paths(self._manifest.texts))

    def _paths(self, parts: Sequence[Part]) -> list[Path]:
        return [self._parts / part.name for part in parts]

    def _counted(self, parts: Sequence[Part]) -> list[tuple[Path, int]]:
        return [(self._parts / part.name, part.rows) for part in parts]

    def _told(self, found: list[Longs], since: int | None) -> list[UsedRow]:
        """Return rows as values, days taken together, ordered by all their fields."""
        found = [rows for rows in found if len(rows)]
        if not found:
            return []
        rows = together(np.concatenate(found), _day(since))
        texts = self._texts.of(rows[:, :7])
        told = [_row(values, texts) for values in rows.tolist()]
        return sorted(told, key=_ORDER)


def _day(since: int | None) -> int:
    return NEVER if since is None else since // DAY


def _row(values: list[int], texts: dict[int, str]) -> UsedRow:
    principal, app, action, scope, assignment, through, host = (texts[key] for key in values[:7])
    marks = values[7]
    return UsedRow(
        principal,
        app,
        ObservedPlane(marks & 3),
        action,
        scope,
        assignment,
        through,
        bool(marks & 16),
        host,
        ObservedOutcome(marks >> 2 & 3),
        values[OPERATIONS],
        values[FIRST],
        values[LAST],
    )


_ORDER = operator.attrgetter(*UsedRow.__slots__)
