"""What a splice is: rows that come and go, and roles that are cut into versions. `remit.engine.splicing` applies it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from remit.engine.facts import AssignmentKind
from remit.model.interval import ALWAYS_FROM, ALWAYS_UNTIL
from remit.model.role import RoleDefinition


@dataclass(frozen=True, slots=True)
class AssignmentRow:
    """One assignment in one window.

    Attributes:
        principal_id: lower case.
        role: key of a role, known or not.
        scope: Azure's spelling.
        name: full id, or the last segment where the scope gives the rest.
        condition, condition_version: None where there is none.
        kind, flags: as in `Assignments`; the flags of L7 and P4 are set here.
        start, end: microseconds, half-open.
    """

    principal_id: str
    role: str
    scope: str
    name: str
    condition: str | None = None
    condition_version: str | None = None
    kind: int = AssignmentKind.ACTIVE
    flags: int = 0
    start: int = ALWAYS_FROM
    end: int = ALWAYS_UNTIL


@dataclass(frozen=True, slots=True)
class MembershipRow:
    """One direct membership in one window; ids lower case."""

    parent_id: str
    member_id: str
    start: int = ALWAYS_FROM
    end: int = ALWAYS_UNTIL


@dataclass(frozen=True, slots=True)
class RoleStretch:
    """Which definition a role has from `start` until `end` (microseconds, half-open)."""

    start: int
    end: int
    definition: RoleDefinition


@dataclass(frozen=True, slots=True)
class Splice:
    """What comes and goes.

    Attributes:
        gone, gone_members: rows of the facts' assignments and memberships to leave out.
        assignments, members: rows to put in.
        roles: by key of a role, its definitions over all of time, in order and without a hole. Assignments of it are
            cut where it changes. The definition that the facts hold keeps its key, others have one of their own.
        principals: kinds (`PrincipalKind`) of principals that the facts may not hold and that are known to exist: they
            are put in as listed. Others that rows name are put in as not listed.
        scopes: places that must be nodes of the tree.
    """

    gone: Collection[int] = ()
    assignments: Sequence[AssignmentRow] = ()
    gone_members: Collection[int] = ()
    members: Sequence[MembershipRow] = ()
    roles: Mapping[str, Sequence[RoleStretch]] = field(default_factory=dict)
    principals: Mapping[str, int] = field(default_factory=dict)
    scopes: Collection[str] = ()

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing changes."""
        return not any((self.gone, self.assignments, self.gone_members, self.members, self.roles))
