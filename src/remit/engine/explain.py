"""Reasons in full: from rows of the facts to what a person or an auditor can check.

Same snapshot and question, same reasons in the same order (`sort_reasons`).
"""

from __future__ import annotations

from collections.abc import Iterable

from remit.engine.facts import AssignmentKind
from remit.engine.index import TenantIndex
from remit.engine.membership import Caller
from remit.model.decision import (
    AssignmentFacts,
    Denied,
    EligibleFor,
    Granted,
    GrantKind,
    GrantsNothing,
    MayBeDenied,
    MayGrant,
    NotSeen,
    Reason,
)
from remit.model.snapshot import Gap

_KINDS = {
    AssignmentKind.ACTIVE: GrantKind.ACTIVE,
    AssignmentKind.ELIGIBLE: GrantKind.ELIGIBLE,
    AssignmentKind.LIGHTHOUSE: GrantKind.LIGHTHOUSE,
    AssignmentKind.LIGHTHOUSE_ELIGIBLE: GrantKind.LIGHTHOUSE_ELIGIBLE,
}

_ORDER = {Denied: 0, MayBeDenied: 1, Granted: 2, MayGrant: 3, NotSeen: 4, EligibleFor: 5, GrantsNothing: 6}


def assignment_id(index: TenantIndex, row: int) -> str:
    """Return the full id of an assignment, in Azure's spelling."""
    name = index.facts.assignments.name[row]
    if name.startswith("/"):
        return name
    scope = index.scope_text(index.v_scope[row])
    return f"{'' if scope == '/' else scope}/providers/Microsoft.Authorization/roleAssignments/{name}"


def membership(index: TenantIndex, caller: Caller, named: int, at: int, principal_id: str) -> tuple[str, ...]:
    """Return the object ids from the caller to the principal that is named, both included."""
    if caller.row == named:
        return (principal_id.lower(),)
    keys = index.facts.principals.key
    if named not in caller.identities:
        return (principal_id.lower(), keys[named])
    way = index.directory.path(caller.row, named, at)
    return (principal_id.lower(), *[keys[row] for row in way[1:]])


def assignment_facts(index: TenantIndex, row: int, way: tuple[str, ...]) -> AssignmentFacts:
    """Return one assignment as a reason shows it; `way` leads from the caller to whom it names."""
    role = index.facts.roles[index.v_role[row]]
    return AssignmentFacts(
        assignment_id=assignment_id(index, row),
        kind=_KINDS[index.v_kind[row]],
        principal_id=way[-1],
        membership=way,
        role_id=role.key,
        role_name=role.name,
        scope=index.scope_text(index.v_scope[row]),
    )


def not_seen(gaps: Iterable[Gap], clause: str = "V3") -> list[NotSeen]:
    """Return gaps as reasons."""
    return [NotSeen(gap.api, gap.scope, gap.reason, clause) for gap in gaps]


def sort_reasons(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    """Order reasons: what settles first, then by id; each once."""
    return tuple(sorted(dict.fromkeys(reasons), key=_sort_key))


def _sort_key(reason: Reason) -> tuple[int, str, str, str]:
    rank = _ORDER[type(reason)]
    if isinstance(reason, NotSeen):
        return rank, reason.api, reason.scope, reason.reason
    if isinstance(reason, Denied | MayBeDenied):
        return rank, reason.assignment_id.lower(), reason.scope, reason.clause
    facts = reason.assignment
    through = reason.through_eligible_group or "" if isinstance(reason, EligibleFor) else reason.clause
    return rank, facts.assignment_id.lower(), "/".join(facts.membership), through
