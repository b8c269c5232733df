"""Ask a tenant about any instant, and say which assignments granted what was done then.

history = TenantHistory.open(store, usage.reading(), clock)
history.granting(questions)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Self

import numpy as np

from remit.app.answering import Tenant
from remit.app.history.coverage import days_covered
from remit.app.history.stretches import Stretch, StretchState, stretches_of
from remit.engine.decide import decide
from remit.engine.index import TenantIndex
from remit.model.decision import Decision, Granted, Outcome
from remit.model.history import TenantState
from remit.model.interval import ALWAYS_FROM, ALWAYS_UNTIL, from_micros, to_micros
from remit.model.question import Question, TimedQuestion
from remit.model.role import RoleDefinition
from remit.ports.clock import Clock
from remit.ports.store import SnapshotStore
from remit.ports.usage_store import Coverage, UsageReading
from remit.usage.changes.settling import SettledChange, settled
from remit.usage.columns import Longs


@dataclass(frozen=True, slots=True)
class Granting:
    """What granted one operation, by the engine.

    Attributes:
        assignment_ids: GUID names of every role assignment that grants it (through groups too), the nearest scope
            first; () where none does or nothing is known.
        known: False where no snapshot holds the caller's tenant at that instant, or the engine says unknown.
    """

    assignment_ids: tuple[str, ...]
    known: bool


_NOT_KNOWN = Granting((), known=False)
_NOTHING = Granting((), known=True)


class TenantHistory:
    """The snapshots of a store with the changes of its logs."""

    def __init__(
        self,
        store: SnapshotStore,
        usage: UsageReading | None,
        clock: Clock,
        catalogue: Mapping[str, RoleDefinition] | None = None,
    ) -> None:
        self._store = store
        self._usage = usage
        self._clock = clock
        self._catalogue = catalogue or {}
        self._states: dict[str, StretchState] = {}

    @classmethod
    def open(
        cls,
        store: SnapshotStore,
        usage: UsageReading | None,
        clock: Clock,
        catalogue: Mapping[str, RoleDefinition] | None = None,
    ) -> Self:
        """Open what there is; no snapshot at all is no error (then nothing is known).

        Args:
            store: the snapshots.
            usage: what is kept of logs, None where none were ingested.
            clock: for snapshots that do not tell when they were read.
            catalogue: starter roles by lower-case GUID, for what logs assign and no snapshot defines (V6).

        Cost: nothing is read before it is asked for.
        """
        return cls(store, usage, clock, catalogue)

    @cached_property
    def stretches(self) -> tuple[Stretch, ...]:
        """Return which snapshot is the base of which instants, by time."""
        return stretches_of(self._store.summaries())

    @cached_property
    def changes(self) -> list[SettledChange]:
        """Return the changes that the logs tell of, each once, by time. Cost: read and joined when first asked for."""
        return [] if self._usage is None else settled(self._usage.changes())

    @cached_property
    def coverage(self) -> tuple[Coverage, ...]:
        """Return what was seen of which log."""
        return () if self._usage is None else self._usage.coverage()

    def at(self, instant: datetime) -> Tenant:
        """Return the tenant as it was, ready to be asked.

        Raises:
            NotFoundError: there is no snapshot.
        """
        micros = to_micros(instant)
        state = self.state_of(micros)
        if state is None:
            return Tenant.open(self._store, None, self._clock)  # says that there is none
        told = self._told(state, micros, instant) if self._usage is not None or len(self.stretches) > 1 else None
        found = Tenant(state.stretch.summary.snapshot_id, state.index_at(micros), self._store, self._clock.now(), told)
        found.at = instant
        return found

    def newest(self) -> Tenant:
        """Return the newest snapshot, asked about its own instant; a question that names another travels there.

        Raises:
            NotFoundError: there is no snapshot.
        """
        whole = Tenant.open(self._store, None, self._clock)
        return _Travelling(self, whole, self._store, self._clock.now())

    def decide(self, questions: Sequence[TimedQuestion]) -> list[Decision | None]:
        """Answer questions about their own instants, in order; None for one that names no instant."""
        found: list[Decision | None] = [None] * len(questions)
        for index, places in self._by_index(questions):
            for place in places:
                one = questions[place]
                if one.at is not None:
                    found[place] = decide(index, one.question, at=one.at)
        return found

    def state_of(self, instant: int) -> StretchState | None:
        """Return the snapshot, with the changes of its stretch, that answers for an instant; None without any."""
        if not self.stretches:
            return None
        starts = [one.start for one in self.stretches]
        place = int(np.searchsorted(starts, instant, side="right")) - 1
        return self._state(self.stretches[max(place, 0)])

    def _state(self, stretch: Stretch) -> StretchState:
        key = stretch.summary.snapshot_id
        found = self._states.get(key)
        if found is None:
            found = self._states[key] = StretchState(
                self._store, stretch, self.changes, self._catalogue, logs=self._usage is not None
            )
        return found

    def _told(self, state: StretchState, micros: int, instant: datetime) -> TenantState:
        """Say what the state at an instant rests on."""
        read_at = state.stretch.read_at
        first, last = (read_at, micros + 1) if micros >= read_at else (micros + 1, read_at)
        plan = state.plan
        return TenantState(
            state.stretch.summary.snapshot_id,
            from_micros(read_at),
            instant,
            applied=sum(first <= at < last for at in plan.applied),
            unconfirmed=sum(not one.confirmed and first <= one.change.time < last for one in state.changes),
            left_out=sum(first <= one.change.time < last for one in plan.left_out),
            coverage=days_covered(self.coverage, read_at, micros),
        )

    def granting(self, questions: Sequence[TimedQuestion]) -> list[Granting]:
        """Say what granted each of many operations, in order; every question carries its instant.

        Cost: some 20 to 90 us a question; the snapshots that the instants fall to are indexed one after the other.
        """
        found = [_NOT_KNOWN] * len(questions)
        for index, places in self._by_index(questions):
            for place in places:
                one = questions[place]
                if one.at is not None:
                    found[place] = granting(index, one.question, one.at)
        return found

    def _by_index(self, questions: Sequence[TimedQuestion]) -> Iterator[tuple[TenantIndex, list[int]]]:
        """Yield each index that is needed, with the places of the questions that it answers."""
        if not self.stretches:
            return
        starts = np.array([one.start for one in self.stretches], dtype=np.int64)
        instants = np.fromiter(
            (ALWAYS_FROM if one.at is None else to_micros(one.at) for one in questions), np.int64, len(questions)
        )
        base = np.searchsorted(starts, instants, side="right") - 1
        for number in np.unique(base).tolist():
            state = self._state(self.stretches[number])
            parts: dict[int, list[int]] = {}
            for place in np.flatnonzero(base == number).tolist():
                parts.setdefault(state.part(int(instants[place])), []).append(place)
            for _, places in sorted(parts.items()):
                yield state.index_at(int(instants[places[0]])), places

    def epochs(self) -> dict[str, Longs]:
        """Return the half-open stretches in which nothing is known to change; together they cover all of time.

        Returns:
            Columns epoch, start, until; int64, microseconds since 1970 UTC, by time.

        Cost: indexes every snapshot of the tenant.
        """
        edges = [ALWAYS_FROM, *self.instants()]
        return {
            "epoch": np.arange(len(edges), dtype=np.int64),
            "start": np.array(edges, dtype=np.int64),
            "until": np.array([*edges[1:], ALWAYS_UNTIL], dtype=np.int64),
        }

    def instants(self) -> list[int]:
        """Return the instants at which what is granted may have changed, ascending, microseconds since 1970 UTC."""
        found: set[int] = set()
        for stretch in self.stretches:
            if stretch.start != ALWAYS_FROM:
                found.add(stretch.start)
            found.update(self._state(stretch).instants())
        return sorted(found)


def granting(index: TenantIndex, question: Question, at: datetime) -> Granting:
    """Say what grants one operation in one index."""
    decision = decide(index, question, at=at, beside=False)
    if decision.outcome is Outcome.UNKNOWN:
        return _NOT_KNOWN
    if decision.outcome is not Outcome.ALLOWED:
        return _NOTHING
    grants = [one.assignment for one in decision.because if isinstance(one, Granted)]
    if len(grants) > 1:
        above = {row: step for step, row in enumerate(index.tree.chain(question.scope).rows)}
        grants.sort(
            key=lambda one: (above.get(index.tree.row(one.scope.lower()), len(above)), one.assignment_id.lower())
        )
    names = dict.fromkeys(one.assignment_id.rpartition("/")[2].lower() for one in grants)
    return Granting(tuple(names), known=True)


class _Travelling(Tenant):
    """A snapshot that answers each question of a batch about the instant that it names."""

    def __init__(self, history: TenantHistory, newest: Tenant, store: SnapshotStore, now: datetime) -> None:
        super().__init__(newest.snapshot_id, newest.index, store, now)
        self._history = history

    def ask(self, questions: Sequence[TimedQuestion]) -> list[Decision]:
        """Answer a batch in order; a question without an instant is asked about the snapshot's own."""
        past = self._history.decide([one for one in questions if one.at is not None])
        own = iter(super().ask([one for one in questions if one.at is None]))
        travelled = iter(one for one in past if one is not None)
        return [next(own if one.at is None else travelled) for one in questions]
