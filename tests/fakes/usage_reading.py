"""A reading of observed operations that is a list of rows, and helpers to make rows and coverage in few words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from remit.model.usage import LogKind, ObservedChange, ObservedOutcome, ObservedPlane
from remit.ports.usage_store import Coverage, Disagreement, UsageTotals, UsedOperation, UsedRow
from remit.usage.observable_days import DAY

LAST_DAY = 20_759
"""2026-11-02, when the sample tenant was collected."""


def used(
    principal_id: str,
    action: str,
    scope: str,
    *,
    day: int = LAST_DAY,
    plane: ObservedPlane = ObservedPlane.CONTROL,
    assignment: str = "",
    computed: bool = False,
    outcome: ObservedOutcome = ObservedOutcome.SUCCEEDED,
    operations: int = 1,
) -> UsedRow:
    """One line of the roll-up, at noon of a day."""
    at = day * DAY + DAY // 2
    return UsedRow(principal_id, "", plane, action, scope, assignment, "", computed, "", outcome, operations, at, at)


def covered(log: LogKind, place: str, days: Iterable[int] = range(LAST_DAY - 99, LAST_DAY + 1)) -> Coverage:
    """A log with records on some days; by default on each of the last hundred."""
    some = tuple(sorted(days))
    return Coverage(log, place, len(some), some[0] * DAY, some[-1] * DAY + DAY - 1, some)


@dataclass
class FakeReading:
    """`UsageReading` and `OperationsReading` over lists."""

    rows: Sequence[UsedRow] = ()
    covers: Sequence[Coverage] = ()
    changed: Sequence[ObservedChange] = ()

    def totals(self) -> UsageTotals:
        count = sum(row.operations for row in self.rows)
        return UsageTotals(count, count, 0, 0)

    def _since(self, since: int | None) -> list[UsedRow]:
        first = None if since is None else since // DAY * DAY
        return [row for row in self.rows if first is None or row.last_seen >= first]

    def used_by(self, principal_ids: Sequence[str], since: int | None = None) -> list[UsedRow]:
        wanted = {one.lower() for one in principal_ids}
        return [row for row in self._since(since) if row.principal_id.lower() in wanted]

    def used_through(self, assignment_id: str, since: int | None = None) -> list[UsedRow]:
        return [row for row in self._since(since) if row.assignment_id == assignment_id.lower()]

    def used_by_all(self, since: int | None = None) -> Iterator[tuple[str, list[UsedRow]]]:
        found: dict[str, list[UsedRow]] = {}
        for row in self._since(since):
            found.setdefault(row.principal_id, []).append(row)
        yield from sorted(found.items())

    def coverage(self) -> tuple[Coverage, ...]:
        return tuple(self.covers)

    def changes(self, since: int | None = None, until: int | None = None) -> Iterator[ObservedChange]:
        for one in sorted(self.changed, key=lambda change: change.time):
            if (since is None or one.time >= since) and (until is None or one.time < until):
                yield one

    def disagreements(self) -> tuple[Disagreement, ...]:
        return ()

    def operations(self, plane: ObservedPlane, since: int | None = None) -> Iterator[UsedOperation]:
        for row in self._since(since):
            if row.plane is plane and row.outcome is not ObservedOutcome.REFUSED:
                yield UsedOperation(row.action, row.scope, row.first_seen, row.last_seen)


def without(reading: FakeReading, log: LogKind, place: str = "") -> FakeReading:
    """The same reading where one log, everywhere or at one place, was not ingested."""
    kept = [one for one in reading.covers if one.log is not log or (place and one.place != place)]
    return replace(reading, covers=kept)
