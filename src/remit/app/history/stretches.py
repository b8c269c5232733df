"""Which snapshot is the base of which instants (H1), and what it is with the changes of its stretch in it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from remit.app.answering import open_index
from remit.engine.facts import AssignmentKind
from remit.engine.index import TenantIndex
from remit.engine.splicing import spliced
from remit.model.interval import ALWAYS_FROM, ALWAYS_UNTIL, to_micros
from remit.model.role import RoleDefinition
from remit.model.snapshot import Gap
from remit.ports.store import SnapshotStore, SnapshotSummary
from remit.usage.changes.planning import Plan, plan
from remit.usage.changes.settling import SettledChange

_VARIANTS_KEPT = 4


@dataclass(frozen=True, slots=True)
class Stretch:
    """The instants of which one snapshot is the base: `[start, until)`.

    Attributes:
        summary: of the snapshot.
        read_at: its own instant; `start` is earlier where no snapshot is older.
    """

    summary: SnapshotSummary
    read_at: int
    start: int
    until: int


def stretches_of(summaries: Sequence[SnapshotSummary]) -> tuple[Stretch, ...]:
    """Return the stretches of the newest snapshot's tenant, by time.

    A snapshot that does not tell when it was collected counts from when the store got it. Of two of one instant the
    later import counts.
    """
    if not summaries:
        return ()
    tenant = summaries[-1].tenant_id
    by_time = {to_micros(one.collected_at or one.imported_at): one for one in summaries if one.tenant_id == tenant}
    times = sorted(by_time)
    starts, ends = [ALWAYS_FROM, *times[1:]], [*times[1:], ALWAYS_UNTIL]
    return tuple(Stretch(by_time[at], at, start, end) for at, start, end in zip(times, starts, ends, strict=True))


class StretchState:
    """One snapshot with the changes of its stretch in it; read and built when first asked for.

    Attributes:
        stretch: which.
        changes: those of the stretch, by time.
    """

    def __init__(
        self,
        store: SnapshotStore,
        stretch: Stretch,
        changes: Sequence[SettledChange],
        catalogue: Mapping[str, RoleDefinition],
        *,
        logs: bool,
    ) -> None:
        self.stretch = stretch
        first = bisect_right(changes, stretch.start - 1, key=lambda one: one.change.time) if changes else 0
        last = bisect_right(changes, stretch.until - 1, key=lambda one: one.change.time) if changes else 0
        self.changes = tuple(changes[first:last])
        self._store = store
        self._catalogue = catalogue
        self._backwards = logs and stretch.start == ALWAYS_FROM
        self._variants: dict[frozenset[Gap], TenantIndex] = {}

    @cached_property
    def base(self) -> TenantIndex:
        """Return the snapshot as it was read."""
        return open_index(self._store, self.stretch.summary.snapshot_id)

    @cached_property
    def plan(self) -> Plan:
        """Return what the changes do."""
        return plan(self.base, self.changes, self.stretch.read_at, backwards=self._backwards, catalogue=self._catalogue)

    @cached_property
    def _index(self) -> TenantIndex:
        base, splice = self.base, self.plan.splice
        if splice.is_empty and not splice.scopes:
            return base
        return base.rebuilt(spliced(base.facts, splice, base.principals))

    @cached_property
    def _edges(self) -> list[int]:
        return sorted({edge for one in self.plan.gaps for edge in (one.start, one.end)})

    def index_at(self, instant: int) -> TenantIndex:
        """Return the index that answers for one instant of the stretch, with the gaps of that instant."""
        index = self._index
        gaps = frozenset(one.gap for one in self.plan.gaps if one.start <= instant < one.end)
        if not gaps:
            return index
        found = self._variants.get(gaps)
        if found is None:
            if len(self._variants) >= _VARIANTS_KEPT:
                self._variants.clear()
            found = self._variants[gaps] = index.with_gaps(gaps)
        return found

    def part(self, instant: int) -> int:
        """Return a number that is the same for instants with the same gaps. Cost: one binary search."""
        return bisect_right(self._edges, instant)

    def instants(self) -> list[int]:
        """Return the instants within the stretch at which an answer may change, ascending; its start is not one.

        Windows of active assignments and memberships begin or end there, those of PIM in the snapshot among them, or
        something is no longer known or known again. What merely could be activated grants nothing, and is left out.
        """
        facts = self._index.facts
        active = facts.assignments.kind != AssignmentKind.ELIGIBLE
        active &= facts.assignments.kind != AssignmentKind.LIGHTHOUSE_ELIGIBLE
        table, pairs = facts.assignments, facts.memberships
        edges = np.concatenate(
            [table.start[active], table.end[active], pairs.start, pairs.end, np.array(self._edges, dtype=np.int64)]
        )
        inside = edges[(edges > self.stretch.start) & (edges < self.stretch.until)]
        found: list[int] = np.unique(inside).tolist()
        return found
