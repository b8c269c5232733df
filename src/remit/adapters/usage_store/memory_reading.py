"""What a store in memory holds, and what it tells of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from remit.adapters.usage_store.literal import Operation, Row
from remit.adapters.usage_store.reasons import Reasons
from remit.model.usage import LogKind, ObservedChange, ObservedOutcome, ObservedPlane
from remit.ports.usage_store import (
    NOTHING,
    Coverage,
    Disagreement,
    RawRecord,
    ReasonCount,
    SetAsideRecord,
    UsageTotals,
    UsedOperation,
    UsedRow,
)
from remit.usage.columns import text_key
from remit.usage.statements import DAY


@dataclass(slots=True)
class Kept:
    """What was committed; `used` is the operations with what granted them, and whether the engine says so."""

    totals: UsageTotals = NOTHING
    seen: set[tuple[int, int]] = field(default_factory=set)
    rows: list[Row] = field(default_factory=list)
    texts: dict[int, bytes] = field(default_factory=dict)
    changes: dict[tuple[object, ...], ObservedChange] = field(default_factory=dict)
    aside: list[SetAsideRecord] = field(default_factory=list)
    raw: dict[str, tuple[int, int, bytes]] = field(default_factory=dict)
    offsets: dict[str, dict[str, str]] = field(default_factory=dict)
    used: list[tuple[Operation, int, bool]] = field(default_factory=list)
    disagreements: list[Disagreement] = field(default_factory=list)

    def text(self, key: int) -> str:
        """Return what a key stands for."""
        return self.texts[key].decode("utf-8", "surrogatepass") if key else ""


class MemoryReading:
    """See `remit.ports.usage_store.StoreReading`."""

    def __init__(self, kept: Kept) -> None:
        """Tell of what nobody changes any more."""
        self._kept = kept

    def totals(self) -> UsageTotals:
        """Return the totals."""
        return self._kept.totals

    def used_by(self, principal_ids: Sequence[str], since: int | None = None) -> list[UsedRow]:
        """Return what some principals did."""
        wanted = {text_key(one) for one in principal_ids}
        return self._told([one for one in self._kept.used if one[0].principal in wanted], since)

    def used_through(self, assignment_id: str, since: int | None = None) -> list[UsedRow]:
        """Return what was done through one assignment."""
        return self._told([one for one in self._kept.used if one[1] == text_key(assignment_id)], since)

    def used_by_all(self, since: int | None = None) -> Iterator[tuple[str, list[UsedRow]]]:
        """Yield every principal with its rows."""
        found: dict[str, list[UsedRow]] = {}
        for row in self._told(self._kept.used, since):
            found.setdefault(row.principal_id, []).append(row)
        yield from sorted(found.items())

    def operations(self, plane: ObservedPlane, since: int | None = None) -> Iterable[UsedOperation]:
        """Return what was done at all on a plane."""
        found: dict[tuple[int, int], list[int]] = {}
        for one, _, _ in self._kept.used:
            if one.plane == plane and one.outcome != ObservedOutcome.REFUSED and _since(one, since):
                found.setdefault((one.action, one.scope), []).append(one.time)
        text = self._kept.text
        return [UsedOperation(text(key[0]), text(key[1]), min(at), max(at)) for key, at in found.items()]

    def _told(self, operations: Iterable[tuple[Operation, int, bool]], since: int | None) -> list[UsedRow]:
        found: dict[tuple[int, ...], list[int]] = {}
        for one, granted, computed in operations:
            if _since(one, since):
                key = (one.principal, one.app, one.plane, one.action, one.scope, granted, one.through, int(computed))
                found.setdefault((*key, one.host, one.outcome), []).append(one.time)
        return sorted(
            (self._row(key, times) for key, times in found.items()),
            key=lambda row: tuple(getattr(row, name) for name in UsedRow.__slots__),
        )

    def _row(self, key: tuple[int, ...], times: list[int]) -> UsedRow:
        principal, app, plane, action, scope, granted, through, computed, host, outcome = key
        text = self._kept.text
        return UsedRow(
            text(principal),
            text(app),
            ObservedPlane(plane),
            text(action),
            text(scope),
            text(granted),
            text(through),
            bool(computed),
            text(host),
            ObservedOutcome(outcome),
            len(times),
            min(times),
            max(times),
        )

    def coverage(self) -> tuple[Coverage, ...]:
        """Return what was covered."""
        found: dict[tuple[int, int], list[int]] = {}
        for row in self._kept.rows:
            if row.part == 0:
                found.setdefault((row.log, row.place), []).append(row.time)
        told = [
            Coverage(
                LogKind(log),
                self._kept.text(place),
                len(times),
                min(times),
                max(times),
                tuple(sorted({time // DAY for time in times})),
            )
            for (log, place), times in found.items()
        ]
        return tuple(sorted(told, key=lambda one: (one.log, one.place)))

    def changes(self, since: int | None = None, until: int | None = None) -> Iterator[ObservedChange]:
        """Yield changes, the earliest first."""
        found = [
            one
            for one in self._kept.changes.values()
            if (since is None or one.time >= since) and (until is None or one.time < until)
        ]
        found.sort(key=lambda one: (one.time, one.kind, one.log, one.object_id, one.subject_id, one.correlation_id))
        return iter(found)

    def disagreements(self) -> tuple[Disagreement, ...]:
        """Return where log and engine disagree."""
        return tuple(self._kept.disagreements)

    def reasons(self) -> tuple[ReasonCount, ...]:
        """Return why records were set aside."""
        found = Reasons()
        for one in self._kept.aside:
            found.add(one.reason, 1, one.name, one.line)
        return found.counts()

    def set_aside(self, reason: str | None = None) -> Iterator[SetAsideRecord]:
        """Yield records that were set aside."""
        return (one for one in self._kept.aside if reason is None or one.reason == reason)

    def raw(self, day: int | None = None) -> Iterator[RawRecord]:
        """Yield raw records."""
        for digest, (kept_day, _, record) in sorted(self._kept.raw.items(), key=lambda one: one[1][0]):
            if day is None or day == kept_day:
                yield RawRecord(digest, record)


def _since(one: Operation, since: int | None) -> bool:
    return since is None or one.time // DAY >= since // DAY
