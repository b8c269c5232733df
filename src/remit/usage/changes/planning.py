"""From one snapshot and the changes around it to one splice: which rows come, go and are cut.

Clauses H1 to H9. The plan holds for the stretch in which the snapshot is the base, before its own instant too where
no snapshot is older.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from remit.engine.index import DEPARTED, TenantIndex
from remit.engine.splice import AssignmentRow, Splice
from remit.model.interval import ALWAYS_FROM
from remit.model.role import RoleDefinition
from remit.model.snapshot import Gap
from remit.model.usage import ChangeKind
from remit.usage.changes.assignments import plan_assignments
from remit.usage.changes.base import Base
from remit.usage.changes.draft import Draft
from remit.usage.changes.members import plan_members
from remit.usage.changes.roles import borrow_roles, plan_roles
from remit.usage.changes.settling import SettledChange

NOT_APPLIED = frozenset(
    {
        ChangeKind.DIRECTORY_ROLE_ADDED,
        ChangeKind.DIRECTORY_ROLE_REMOVED,
        ChangeKind.DIAGNOSTIC_SETTING_WRITTEN,
        ChangeKind.DIAGNOSTIC_SETTING_DELETED,
    }
)
"""What no decision about Azure RBAC rests on."""


@dataclass(frozen=True, slots=True)
class TimedGap:
    """Something that is not known from `start` until `end` (microseconds, half-open)."""

    start: int
    end: int
    gap: Gap


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do to the facts of a snapshot.

    Attributes:
        splice: rows.
        gaps: what is not known, and when.
        applied: times of the changes that were put in, ascending.
        left_out: changes that do not tell enough to be put in anywhere.
    """

    splice: Splice
    gaps: tuple[TimedGap, ...]
    applied: tuple[int, ...]
    left_out: tuple[SettledChange, ...]


def plan(
    index: TenantIndex,
    changes: Sequence[SettledChange],
    read_at: int,
    *,
    backwards: bool,
    catalogue: Mapping[str, RoleDefinition] = MappingProxyType({}),
) -> Plan:
    """Say what changes do to a snapshot.

    Args:
        index: the snapshot's.
        changes: those of its stretch, by time, as `settled` gives them.
        read_at: instant of the snapshot, microseconds.
        backwards: it is also asked about instants before its own.
        catalogue: starter roles by lower-case GUID, for what is assigned where roles may be missing (V6).

    Cost: the assignments at every scope that a change names are looked at once.
    """
    base, draft = Base(index), Draft()
    useful = [one for one in changes if one.change.kind not in NOT_APPLIED]
    plan_assignments(draft, base, useful, read_at)
    plan_members(draft, base, useful, read_at)
    plan_roles(draft, base, useful, read_at)
    borrow_roles(draft, base, catalogue)
    if backwards:
        # Who was deleted since stands in no list: an identity that is not listed may have existed (H6).
        draft.gap(ALWAYS_FROM, read_at, DEPARTED, "/", "who was deleted before the snapshot is not known")
    left_out = {id(one) for one in draft.left_out}
    return Plan(
        Splice(
            frozenset(draft.gone),
            tuple(sorted(draft.assignments, key=_row_order)),
            frozenset(draft.gone_members),
            tuple(sorted(draft.members, key=lambda one: (one.parent_id, one.member_id, one.start, one.end))),
            dict(sorted(draft.roles.items())),
            dict(sorted(draft.principals.items())),
            tuple(sorted(draft.scopes)),
        ),
        tuple(TimedGap(start, end, Gap(*gap)) for start, end, *gap in sorted(draft.gaps)),
        tuple(one.change.time for one in useful if one.confirmed and id(one) not in left_out),
        tuple(draft.left_out),
    )


def _row_order(row: AssignmentRow) -> tuple[str, str, str, str, int, int, str, str]:
    return (
        row.scope.lower(),
        row.principal_id,
        row.role,
        row.name,
        row.start,
        row.end,
        row.condition or "",
        row.condition_version or "",
    )
