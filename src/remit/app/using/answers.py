"""What is answered about usage; see docs/usage.md for what the words mean."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from remit.model.decision import AssignmentFacts, NotSeen
from remit.model.effective import Standing
from remit.model.principal import PrincipalName
from remit.model.usage import ObservedPlane
from remit.usage.observability import Observable, Why
from remit.usage.observable_days import Window
from remit.usage.weights import WeightClass


class Dormancy(StrEnum):
    """Whether an identity does anything at all."""

    ACTIVE = "active"
    DORMANT = "dormant"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Used:
    """An operation that was observed.

    Attributes:
        principal_id: who; of a group's answer the member.
        plane, action, scope: as the records say.
        assignment_id: GUID of what granted it, "" where nobody knows.
        told_by_log: the log says so, not the engine.
        operations: how many. first_seen, last_seen: microseconds since 1970 UTC.
        app_id, host_resource: as in `ObservedOperation`, of the row that was seen last.
    """

    principal_id: str
    plane: ObservedPlane
    action: str
    scope: str
    assignment_id: str
    told_by_log: bool
    operations: int
    first_seen: int
    last_seen: int
    app_id: str = ""
    host_resource: str = ""


@dataclass(frozen=True, slots=True)
class OperationGroup:
    """Operations of one assignment that share plane, resource type, verb, and what is known of them.

    Attributes:
        plane: `control` or `data`. resource_type: lower case. verb: read, write, delete or action.
        operations: names, Azure's spelling, sorted.
        weight: of the heaviest.
        why: `LOGGED` for unused ones, else what stands in the way of knowing.
        window: of the claim that they are unused, None for others.
        missing: places whose log is missing; `unnamed` more whose ids are not known; `of` how many places there are.
    """

    plane: str
    resource_type: str
    verb: str
    operations: tuple[str, ...]
    weight: WeightClass
    why: Why
    window: Window | None = None
    missing: tuple[str, ...] = ()
    unnamed: int = 0
    of: int = 0


class Unused(Protocol):
    """The operations of an assignment that were not seen to be used; groups are made when they are asked for."""

    unused_count: int
    unseen_count: int

    def unused(self) -> Iterator[OperationGroup]:
        """Yield groups of what would have been seen, the heaviest first."""

    def unseen(self) -> Iterator[OperationGroup]:
        """Yield groups of what nobody could have seen, the heaviest first."""

    def reasons(self) -> Iterator[tuple[Observable, int]]:
        """Yield why operations cannot be seen, and how many they are."""


@dataclass(frozen=True, slots=True)
class AssignmentUsage:
    """One role assignment of a principal: what it grants, and what of that was used.

    Attributes:
        facts: which, and through which groups. standing: how it stands. why: what is missing or wrong with it.
        granted: operations of the catalogue that its role grants; `used_operations` of them were used at or below its
            scope, the others are in `unused` or in `not_observable`, which `left` holds.
        used: what was observed of it, the latest first.
        since: when it was assigned, or its principal came into the group, where a log says so; microseconds.
        not_in_catalogue: how many actions of `used` are in no catalogue and thus not in `used_operations`.
        along: operations among the `used_operations` that no record of `used` names: they may have been used with one.
        activations, active_days: how often an eligible one was activated, and on how many days it was active; None for
            others.
    """

    facts: AssignmentFacts
    standing: Standing
    why: str
    granted: int
    used_operations: int
    used: tuple[Used, ...]
    left: Unused
    since: int | None = None
    activations: int | None = None
    active_days: int | None = None
    not_in_catalogue: int = 0
    along: tuple[str, ...] = ()

    @property
    def unused(self) -> tuple[OperationGroup, ...]:
        """Return the operations that are unused; made anew each time, about a microsecond an operation."""
        return tuple(self.left.unused())

    @property
    def not_observable(self) -> tuple[OperationGroup, ...]:
        """Return the operations whose use nobody could have seen; made anew each time."""
        return tuple(self.left.unseen())

    @property
    def unused_count(self) -> int:
        """Return how many operations are unused."""
        return self.left.unused_count

    @property
    def not_observable_count(self) -> int:
        """Return of how many operations nobody could have seen the use."""
        return self.left.unseen_count

    @property
    def last_used(self) -> int | None:
        """Return when it was used last, in microseconds."""
        return max((one.last_seen for one in self.used), default=None)


@dataclass(frozen=True, slots=True)
class Identity:
    """One line about an identity.

    Attributes:
        granted, used, unused, not_observable: counts of (operation, scope of an assignment) pairs.
        score: gap score, 0 to 100.
        last_use: of anything in any log, microseconds. last_sign_in: the same of signing in.
        dormancy: and `quiet_days`: days over which silence would have been heard; 0 unless dormant.
    """

    principal: PrincipalName
    granted: int
    used: int
    unused: int
    not_observable: int
    score: float
    last_use: int | None
    last_sign_in: int | None
    dormancy: Dormancy
    quiet_days: int = 0


@dataclass(frozen=True, slots=True)
class PrincipalUsage:
    """What one principal was granted, and what of it was used.

    Attributes:
        identity: the sums.
        first_day, last_day: the window asked about; None where nothing was ingested.
        assignments: in the order of `remit what-can`.
        elsewhere: what it did that no assignment of the snapshot grants: under access that is gone, or by other rights.
        directory: what it did in Microsoft Graph and in the directory, which role assignments do not grant.
        refused: what it tried and was not authorised to do.
        gaps: what the snapshot did not see. members: how many callers a group's answer takes together, else None.
        catalogue: how many operations the snapshot knows; 0 where patterns cannot be told apart.
        names: display names of the principals mentioned, by object id.
    """

    identity: Identity
    snapshot_id: str
    first_day: int | None
    last_day: int | None
    assignments: tuple[AssignmentUsage, ...]
    elsewhere: tuple[Used, ...]
    directory: tuple[Used, ...]
    refused: tuple[Used, ...]
    gaps: tuple[NotSeen, ...]
    members: int | None = None
    catalogue: int = 0
    names: dict[str, str] = field(default_factory=dict)
