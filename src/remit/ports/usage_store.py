"""What is kept of observed operations: the roll-up, the changes, what was set aside, and what was covered.

    with store.writing() as writing:
        intake = writing.intake(0)
        intake.add(UnitPlace(0, "a.json"), batch)
        writing.take(intake.finish())
        writing.commit()
        writing.settle(None)

One process writes at a time; any number read. INVARIANT: a commit is there whole or not at all, whatever happens to the
process; a record whose identity was committed before is a duplicate, and changes nothing but their number.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol, Self, runtime_checkable

from remit.model.usage import LogKind, ObservedChange, ObservedOutcome, ObservedPlane

if TYPE_CHECKING:
    # Who only reads usage needs none of what reads records.
    from remit.usage.batches import Batch


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

    def __add__(self, other: UsageTotals) -> UsageTotals:
        """Return both together."""
        return UsageTotals(
            self.read + other.read,
            self.normalised + other.normalised,
            self.set_aside + other.set_aside,
            self.duplicates + other.duplicates,
        )


NOTHING = UsageTotals(0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class ReasonCount:
    """How many records were set aside for one reason, and where one of them stands.

    Attributes:
        reason: one line.
        records: how many, duplicates not counted.
        name, line: the one that was met first.
    """

    reason: str
    records: int
    name: str
    line: int


@dataclass(frozen=True, slots=True)
class SetAsideRecord:
    """One record that was not understood.

    Attributes:
        reason: why.
        name, line: where it begins, from 1.
        size: its bytes.
        record: the first of them (see `remit.usage.batches.KEPT_BYTES`).
    """

    reason: str
    name: str
    line: int
    size: int
    record: bytes


@dataclass(frozen=True, slots=True)
class RawRecord:
    """One record as it was read; its SHA-256 is `digest`, 64 hexadecimal digits."""

    digest: str
    record: bytes


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
        """Yield changes in `[since, until)`, the earliest first.

        A change stands once for each record that tells of it, however often that record was read;
        `remit.usage.changes.settled` joins the records of one change.
        """

    def disagreements(self) -> tuple[Disagreement, ...]:
        """Return where log and engine disagree on what granted an operation, the earliest of equal ones."""


@dataclass(frozen=True, slots=True)
class UsedOperation:
    """An operation that anybody did somewhere, whoever and however often; fields as in `UsedRow`."""

    action: str
    scope: str
    first_seen: int
    last_seen: int


@runtime_checkable
class OperationsReading(Protocol):
    """What a reading may tell besides: what was done at all.

    Of a reading that does not, nobody knows which categories of a storage account's log are switched on, unless the
    snapshot holds its diagnostic settings.
    """

    def operations(self, plane: ObservedPlane, since: int | None = None) -> Iterable[UsedOperation]:
        """Return the distinct (action, scope) of one plane, refused calls left out, days from `since` on."""


class RecordsReading(Protocol):
    """Records as they were read, of what was committed last."""

    def reasons(self) -> tuple[ReasonCount, ...]:
        """Return why records were set aside, the most frequent first."""

    def set_aside(self, reason: str | None = None) -> Iterator[SetAsideRecord]:
        """Yield records that were set aside, all or those of one reason, in the order in which they were read."""

    def raw(self, day: int | None = None) -> Iterator[RawRecord]:
        """Yield the records that `keep_raw` kept, of one day (since 1970 UTC) or of all, the earliest days first."""


class StoreReading(UsageReading, RecordsReading, Protocol):
    """Everything that a store reads."""


@dataclass(frozen=True, slots=True)
class UseQuestion:
    """What granted this, at that instant?

    Attributes:
        principal_id, action, scope: as in `ObservedOperation`.
        plane: `CONTROL` or `DATA`.
        at: microseconds since 1970 UTC.
    """

    principal_id: str
    plane: ObservedPlane
    action: str
    scope: str
    at: int


class Attribution(Protocol):
    """Says what granted operations."""

    def instants(self) -> Sequence[int]:
        """Return the instants at which what is granted may have changed, ascending, in microseconds since 1970 UTC."""

    def granting(self, questions: Sequence[UseQuestion]) -> Sequence[tuple[str, ...] | None]:
        """Return the GUIDs of the assignments that grant each, the nearest scope first; None where nothing is known."""


@dataclass(frozen=True, slots=True)
class UnitPlace:
    """Where some records stand.

    Attributes:
        file: number of the file in its run: which of two equal records is the first is told by it.
        name: shown to people.
        start: byte at which a range of a larger file begins.
    """

    file: int
    name: str
    start: int = 0


@dataclass(frozen=True, slots=True)
class Taken:
    """What one intake has written; it can be sent from one process to another.

    Attributes:
        read: records.
        content: the store's own.
    """

    read: int
    content: object = field(repr=False)


class UsageIntake(Protocol):
    """Puts batches down where one worker works; nothing is committed by it."""

    def add(self, place: UnitPlace, batch: Batch, raw: Sequence[bytes] = ()) -> None:
        """Take a batch. Batches of one place come in the order of its records.

        Args:
            place: where the records stand.
            batch: what they say; lines count from the beginning of the place.
            raw: the records themselves, in any order, where they are to be kept.
        """

    def done(self, place: UnitPlace, lines: int) -> None:
        """Say that a place has been read to its end, and how many line ends it holds."""

    def finish(self) -> Taken:
        """Return what is to be given to `UsageWriting.take`."""


@dataclass(frozen=True, slots=True)
class Added:
    """What a commit added.

    Attributes:
        totals: of its records.
        logs: normalised records and duplicates of each log.
        reasons: why records were set aside, the most frequent first.
    """

    totals: UsageTotals = NOTHING
    logs: Mapping[LogKind, tuple[int, int]] = field(default_factory=dict)
    reasons: tuple[ReasonCount, ...] = ()


NO_OFFSETS: Mapping[str, str] = MappingProxyType({})


class UsageWriting(Protocol):
    """The one that may write. Raises `StoreError`s only."""

    def __enter__(self) -> Self:
        """Return itself."""

    def __exit__(self, *_: object) -> None:
        """Close it."""

    def workplace(self) -> str:
        """Return what an intake in another process is made of."""

    def intake(self, number: int) -> UsageIntake:
        """Return an intake of this process; the numbers of two intakes between two commits differ."""

    def take(self, taken: Taken) -> None:
        """Add what an intake wrote to the next commit. Ranges of one file are to come in their order."""

    def commit(self, source: str = "", offsets: Mapping[str, str] = NO_OFFSETS) -> Added:
        """Keep all that was taken since the last commit, in one step.

        Args:
            source: whose offsets these are.
            offsets: by part of that source; parts that are not named stay as they are.

        Raises:
            InvariantError: two texts have one key.
        """

    def offsets(self, source: str) -> Mapping[str, str]:
        """Return the offsets that were committed last for a source."""

    def settle(self, attribution: Attribution | None) -> None:
        """Fold and attribute what was committed, and add it to the roll-up.

        Args:
            attribution: None where nothing is known of grants.
        """

    def close(self) -> None:
        """Let others write. What was not committed is forgotten."""


class UsageStore(Protocol):
    """Keeps usage."""

    def reading(self) -> StoreReading:
        """Return what was committed last; a store that was never written is empty."""

    def writing(self, keep_raw: int = 0) -> UsageWriting:
        """Begin to write.

        Args:
            keep_raw: days that records are kept as they were read, counted from the day of the event to that of the
                newest event of the store; 0 keeps none.

        Raises:
            BusyError: another process writes.
            UnavailableError: the folder cannot be written.
        """
