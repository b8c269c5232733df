"""What Azure leaves behind that is no error: counted, with the first few subjects."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from remit.app.intake.columns import Ints
from remit.app.intake.principals import People
from remit.app.intake.roles import Roles
from remit.engine.facts import (
    AssignmentFlag,
    AssignmentKind,
    Assignments,
    ClassicAdministrator,
    Memberships,
    PrincipalFlag,
    PrincipalKind,
)
from remit.model.snapshot import Flag, SnapshotMeta

_EXAMPLES = 5
_DIRECTORY = ("graph/users", "graph/groups", "graph/servicePrincipals")


def flag(kind: str, clause: str, subjects: Iterable[str], count: int | None = None) -> tuple[Flag, ...]:
    """Return one flag, or none where there is no subject."""
    found = sorted(set(subjects))
    many = len(found) if count is None else count
    return (Flag(kind, many, clause, tuple(found[:_EXAMPLES])),) if many else ()


def was_seen(meta: SnapshotMeta, list_name: str) -> bool:
    """Tell whether a list was read without a gap."""
    return list_name in meta.collected and not any(gap.api == list_name for gap in meta.gaps)


def directory_flags(
    meta: SnapshotMeta, people: People, assignments: Assignments, memberships: Memberships
) -> tuple[Flag, ...]:
    """Flag assignments of principals that are gone (G4) and members that no directory list has."""
    if not all(was_seen(meta, name) for name in _DIRECTORY):
        return ()
    principals = people.principals
    own = (assignments.kind <= AssignmentKind.ELIGIBLE) & ((assignments.flags & AssignmentFlag.FOREIGN_PRINCIPAL) == 0)
    gone = assignments.principal[own & ((principals.flags[assignments.principal] & PrincipalFlag.LISTED) == 0)]
    in_directory = np.zeros(len(people.row), dtype=bool)
    in_directory[people.row] = people.in_directory
    strange = ~in_directory
    if not was_seen(meta, "graph/devices"):
        strange &= principals.kind != PrincipalKind.DEVICE
    members = np.unique(memberships.member)
    members = members[strange[members]]
    return flag("assignmentOfUnknownPrincipal", "G4", _first(people, np.unique(gone)), len(gone)) + flag(
        "memberNotListed", "G4", _first(people, members), len(members)
    )


def _first(people: People, rows: Ints) -> Sequence[str]:
    # Rows are sorted by object id.
    return people.principals.key.rows(rows[:_EXAMPLES])


def role_flags(roles: Roles) -> tuple[Flag, ...]:
    """Flag roles that were not collected, were borrowed from the catalogue, or break L6."""
    return (
        flag("roleNotCollected", "V6", roles.missing)
        + flag("roleFromCatalogue", "V6", roles.from_catalogue)
        + flag("invalidRole", "L6", roles.invalid)
    )


def assignment_flags(people: People, roles: Roles, assignments: Assignments) -> tuple[Flag, ...]:
    """Flag assignments that grant nothing by L7 or P4."""
    custom = (assignments.flags & AssignmentFlag.CUSTOM_DATA_AT_MANAGEMENT_GROUP) != 0
    software = (assignments.flags & AssignmentFlag.ELIGIBLE_SERVICE_PRINCIPAL) != 0
    return flag(
        "invalidAssignment",
        "L7",
        (roles.table[row].key for row in np.unique(assignments.role[custom]).tolist()),
        int(custom.sum()),
    ) + flag(
        "eligibleServicePrincipal",
        "P4",
        _first(people, np.unique(assignments.principal[software])),
        int(software.sum()),
    )


def classic_flag(found: Sequence[ClassicAdministrator]) -> tuple[Flag, ...]:
    """Flag leftover classic administrators (E5)."""
    return flag("classicAdministrator", "E5", (one.email or one.scope for one in found), len(found))
