"""What a principal holds, as `what_can` shows it: per assignment and permission block, never flattened (D4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from remit.model.decision import AssignmentFacts, Denied, Guard, MayBeDenied, NotSeen
from remit.model.role import PermissionBlock


class Standing(StrEnum):
    """How an assignment stands at the instant asked."""

    HOLDS = "holds"
    """In force, no condition."""
    CONDITIONAL = "conditional"
    """In force, but a condition decides call by call."""
    ELIGIBLE = "eligible"
    """Usable only once activated (P1)."""
    UNKNOWN = "unknown"
    """A fact is missing: role not collected, membership or placement not seen."""
    NOTHING = "nothing"
    """Grants nothing: invalid, outside its window, principal not found."""


@dataclass(frozen=True, slots=True)
class EffectivePermission:
    """One permission block that a principal holds through one assignment.

    Attributes:
        assignment: which, and through which membership.
        standing: how it stands.
        why: what is missing or wrong; "" when it holds.
        clause: the clause that decides the standing.
        block: the permission block, None when the role was not collected.
        conditions: texts of the assignment's and the block's condition.
        until: end of its window, None when unbounded.
    """

    assignment: AssignmentFacts
    standing: Standing
    why: str
    clause: str
    block: PermissionBlock | None
    conditions: tuple[str, ...]
    until: datetime | None


@dataclass(frozen=True, slots=True)
class OperationCounts:
    """How many operations of the catalogue the principal may do somewhere below the scope, by plane and verb.

    `verb` is read, write, delete or action. Only operations that an assignment without condition grants and no
    deny assignment at or above the scope takes away are counted.
    """

    plane: str
    verb: str
    count: int


@dataclass(frozen=True, slots=True)
class WhatCan:
    """Everything a principal holds at, above and (when no scope is asked) anywhere below a scope.

    Attributes:
        principal_id: lower-case object id.
        scope: the scope asked, Azure's spelling; "/" for the whole tenant.
        at: instant asked about.
        permissions: sorted by scope, role and block.
        denies: deny assignments that apply to the principal there.
        may_be_denied: deny assignments that may apply.
        gaps: what was not read and touches the answer.
        operations: counts over the catalogue, () when the catalogue is empty or no scope is asked.
        guards: what is known about the principal itself.
    """

    principal_id: str
    scope: str
    at: datetime
    permissions: tuple[EffectivePermission, ...]
    denies: tuple[Denied, ...]
    may_be_denied: tuple[MayBeDenied, ...]
    gaps: tuple[NotSeen, ...]
    operations: tuple[OperationCounts, ...]
    guards: tuple[Guard, ...] = ()
