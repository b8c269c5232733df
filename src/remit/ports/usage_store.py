"""What is kept of observed operations: the roll-up, the changes, what was set aside, and what was covered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from remit.model.usage import LogKind, ObservedChange, ObservedOutcome, ObservedPlane


@dataclass(frozen=True, slots=True)
class UsedRow:
    """One line of the roll-up, days taken together.

    Attributes:
        principal_id, app_id, action, scope, plane, host_resource: as in `ObservedOperation`.
        outcome: `REFUSED` rows are need, all others use.
        assignment_id: what granted it, "" where neither the log nor the engine says.
        through_id: whom that assignment names, "" where not told.
        computed: True where the engine attributed it, False where the log did.
        operations: how many, after folding.
        first_seen, last_seen: microseconds since 1970 UTC.
    """

    principal_id: str
    app_id: str
    plane: ObservedPlane
    action: str
    scope: str
    assignment_id: str
    through_id: str
    computed: bool
    host_resource: str
    outcome: ObservedOutcome
    operations: int
    first_seen: int
    last_seen: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was seen of one log at one place where it is switched on.

    Attributes:
        log, place: as in `ObservedOperation`; place "" collects records that do not tell.
        records: how many.
        first, last: microseconds since 1970 UTC of the earliest and latest event.
        days: numbers of the days (days since 1970 UTC) with at least one record, ascending.
    """

    log: LogKind
    place: str
    records: int
    first: int
    last: int
    days: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Disagreement:
    """The log says that one assignment granted an operation, the engine another, or none."""

    principal_id: str
    action: str
    scope: str
    at: int
    logged_assignment_id: str
    computed_assignment_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UsageTotals:
    """Totals since the store was made; `read == normalised + set_aside + duplicates`."""

    read: int
    normalised: int
    set_aside: int
    duplicates: int


class UsageReading(Protocol):
    """What was committed last; later commits do not change it. Raises `StoreError`s only."""

    def totals(self) -> UsageTotals:
        """Return the totals."""

    def used_by(self, principal_ids: Sequence[str], since: int | None = None) -> list[UsedRow]:
        """Return what some principals did (by object id, any letter case), days from `since` on, ordered by all fields.

        Args:
            principal_ids: whose; `()` gives nothing.
            since: microseconds since 1970 UTC; the day it falls on counts whole. None for all.
        """

    def used_through(self, assignment_id: str, since: int | None = None) -> list[UsedRow]:
        """Return what was done through one assignment, by its GUID."""

    def used_by_all(self, since: int | None = None) -> Iterator[tuple[str, list[UsedRow]]]:
        """Yield every principal id with its rows, by principal id. Cost: one sorted pass; a bounded part is held."""

    def coverage(self) -> tuple[Coverage, ...]:
        """Return what was covered, by log and place."""

    def changes(self, since: int | None = None, until: int | None = None) -> Iterator[ObservedChange]:
        """Yield changes in `[since, until)`, the earliest first; a change seen in several records once."""

    def disagreements(self) -> tuple[Disagreement, ...]:
        """Return where log and engine disagree on what granted an operation."""
