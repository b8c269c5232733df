"""Rows of grants that one snapshot has and another has not, each by what it says rather than by its id.

>>> grants_only_in(after, before, Likeness(after, before))["memberships"]       # doctest: +SKIP

Only what is in force at the instant of each graph counts. An assignment that was taken away and given again under
another name grants what it granted, and is no difference.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from remit.engine.facts import Memberships
from remit.engine.index import TenantIndex
from remit.graph.delta.likeness import Likeness, through
from remit.graph.delta.rows import Numbers, Texts, found_again
from remit.graph.drawing import Drawing
from remit.graph.facts import OwnedKind
from remit.model.role import PermissionBlock

Codes = NDArray[np.int32]
Longs = NDArray[np.int64]
Micros = NDArray[np.int64]

_Parts = tuple[list[Numbers], list[Numbers]]


@dataclass(frozen=True, slots=True)
class RoleChange:
    """A role definition that both hold with other permissions; each pattern as `notActions: …` in Azure's spelling.

    Attributes:
        row: of the role in the later snapshot. more: patterns that allow more. less: patterns that allow less.
        assignments: how many assignments of it are in force later.
    """

    row: int
    more: tuple[str, ...]
    less: tuple[str, ...]
    assignments: int


@dataclass(frozen=True, slots=True)
class GuardChange:
    """A deny assignment or a lock that one snapshot has and the other has not, or with other content.

    Attributes:
        kind: denyAssignment or lock. id: as Azure spells it. name: of a deny assignment. scope: where.
    """

    kind: str
    id: str
    name: str
    scope: str


def grants_only_in(drawing: Drawing, other: Drawing, same: Likeness) -> Mapping[str, Longs]:
    """Return rows by table, as `Label.table` names them, that `other` does not hold.

    Args:
        drawing: the snapshot whose rows are told, at its instant.
        other: what it is compared with.
        same: from `drawing` to `other`.

    Cost: a pass over the columns of each table, and a sort of the other's.
    """
    found = {}
    for table, parts in _TABLES.items():
        rows, others = _in_force(drawing, table), _in_force(other, table)
        here, there = parts(drawing, other, same)
        found[table] = rows[found_again(_rows(here, rows), _rows(there, others)) < 0]
    return found


def under_another_condition(drawing: Drawing, other: Drawing, same: Likeness, rows: Longs, others: Longs) -> Longs:
    """Return for assignments the one among `others` that differs in nothing but its condition, -1 where none does."""
    here, there = _assignments(drawing, other, same)
    found = found_again(_rows(here[:-1], rows), _rows(there[:-1], others))
    return np.where(found < 0, -1, others[np.maximum(found, 0)] if len(others) else -1)


def role_changes(before: Drawing, after: Drawing) -> tuple[RoleChange, ...]:
    """Return the roles of which both snapshots hold other permissions. Cost: linear in the roles."""
    old = {role.key: role for role in before.index.facts.roles}
    counts = np.bincount(
        after.index.facts.assignments.role[_in_force(after, "assignments")], minlength=len(after.index.facts.roles)
    )
    found = []
    for row, role in enumerate(after.index.facts.roles):
        was = old.get(role.key)
        if was is None or was.blocks == role.blocks:
            continue
        allowed, refused = _patterns(role.blocks)
        had, lacked = _patterns(was.blocks)
        more, less = (allowed - had) | (lacked - refused), (had - allowed) | (refused - lacked)
        found.append(RoleChange(row, tuple(sorted(more)), tuple(sorted(less)), int(counts[row])))
    return tuple(found)


def guards_only_in(index: TenantIndex, other: TenantIndex) -> tuple[GuardChange, ...]:
    """Return the deny assignments and locks that the other snapshot holds not, or with other content."""
    here, there = _guards(index), _guards(other)
    return tuple(change for key, (change, said) in sorted(here.items()) if key not in there or there[key][1] != said)


def _patterns(blocks: tuple[PermissionBlock, ...]) -> tuple[set[str], set[str]]:
    """Return what blocks allow and what they take away."""
    allowed, refused = set(), set()
    for block in blocks:
        where = f" [{block.condition}]" if block.condition else ""
        allowed |= {f"actions: {one}{where}" for one in block.actions}
        allowed |= {f"dataActions: {one}{where}" for one in block.data_actions}
        refused |= {f"notActions: {one}" for one in block.not_actions}
        refused |= {f"notDataActions: {one}" for one in block.not_data_actions}
    return allowed, refused


def _guards(index: TenantIndex) -> dict[tuple[str, str], tuple[GuardChange, object]]:
    facts = index.facts
    keys, text = facts.principals.key, facts.scopes.text
    found: dict[tuple[str, str], tuple[GuardChange, object]] = {}
    denies = facts.denies
    for row in range(len(denies.scope)):
        ends = denies.principal_offsets, denies.excluded_offsets
        whom, spared = (
            tuple(keys.rows(column[int(end[row]) : int(end[row + 1])]))
            for column, end in zip((denies.principal, denies.excluded), ends, strict=True)
        )
        scope = int(denies.scope[row])
        said = (facts.scopes.key[scope], int(denies.flags[row]), whom, spared)
        change = GuardChange("denyAssignment", denies.identity[row], denies.name[row], text[scope])
        permissions = facts.deny_permissions[int(denies.permissions[row])]
        found["denyAssignment", denies.identity[row].lower()] = change, (*said, permissions)
    locks = facts.locks
    for row in range(len(locks.scope)):
        scope = int(locks.scope[row])
        change = GuardChange("lock", locks.identity[row], "", text[scope])
        found["lock", locks.identity[row].lower()] = change, (facts.scopes.key[scope], int(locks.level[row]))
    return found


def _in_force(drawing: Drawing, table: str) -> Longs:
    """Return the rows of a table that count at the instant."""
    facts = drawing.index.facts
    if table == "assignments":
        found = facts.assignments
        chosen = _now(drawing, found.start, found.end)
    elif table in ("memberships", "eligible_memberships"):
        pairs: Memberships = getattr(facts, table)
        chosen = _now(drawing, pairs.start, pairs.end)
    elif table in ("directory_assignments", "owners"):
        rows = getattr(drawing.facts, table)
        chosen = _now(drawing, rows.start, rows.end)
    else:
        column = {"vault_policies": "resource", "identities": "resource"}.get(table, "principal")
        return np.arange(len(getattr(getattr(drawing.facts, table), column)))
    return np.flatnonzero(chosen)


def _now(drawing: Drawing, start: Micros, end: Micros) -> NDArray[np.bool_]:
    return (start <= drawing.micros) & (drawing.micros < end)


def _rows(parts: list[Numbers], rows: Longs) -> list[Numbers]:
    return [Numbers(part.column[rows], part.may_be_none) for part in parts]


# What identifies a row of each table: columns of this snapshot in the numbers of the other, and those of it. -----


def _assignments(drawing: Drawing, other: Drawing, same: Likeness) -> _Parts:
    here, there = drawing.index.facts, other.index.facts
    rows = {pair: row for row, pair in enumerate(zip(there.conditions.text, there.conditions.version, strict=True))}
    pairs = zip(here.conditions.text, here.conditions.version, strict=True)
    conditions = np.array([rows.get(pair, -1) for pair in pairs], dtype=np.int32)
    table, others = here.assignments, there.assignments
    return (
        [
            Numbers(through(same.principals, table.principal)),
            Numbers(through(same.roles, table.role)),
            Numbers(through(same.scopes, table.scope)),
            Numbers(table.kind),
            Numbers(through(conditions, table.condition), may_be_none=True),
        ],
        [
            *(Numbers(column) for column in (others.principal, others.role, others.scope, others.kind)),
            Numbers(others.condition, may_be_none=True),
        ],
    )


def _pairs(table: str) -> Callable[[Drawing, Drawing, Likeness], _Parts]:
    def parts(drawing: Drawing, other: Drawing, same: Likeness) -> _Parts:
        here, there = getattr(drawing.index.facts, table), getattr(other.index.facts, table)
        mine: list[Numbers] = [Numbers(through(same.principals, column)) for column in (here.parent, here.member)]
        return mine, [Numbers(there.parent), Numbers(there.member)]

    return parts


def _directory(drawing: Drawing, other: Drawing, same: Likeness) -> _Parts:
    here, there = drawing.facts.directory_assignments, other.facts.directory_assignments
    return (
        [
            Numbers(through(same.principals, here.principal)),
            Numbers(through(same.directory_roles, here.role)),
            Numbers(here.scope_kind),
            Numbers(same.directory_scopes, may_be_none=True),
            Numbers(here.eligible.astype(np.int8)),
        ],
        [
            *(Numbers(column) for column in (there.principal, there.role, there.scope_kind)),
            Numbers(there.scope, may_be_none=True),
            Numbers(there.eligible.astype(np.int8)),
        ],
    )


def _app_roles(drawing: Drawing, other: Drawing, same: Likeness) -> _Parts:
    here, there = drawing.facts.app_role_grants, other.facts.app_role_grants
    names = found_again([Texts(here.permission_name)], [Texts(there.permission_name)])
    return (
        [
            Numbers(through(same.principals, here.principal)),
            Numbers(through(same.principals, here.api), may_be_none=True),
            Numbers(through(names, here.permission)),
        ],
        [Numbers(there.principal), Numbers(there.api, may_be_none=True), Numbers(there.permission)],
    )


def _owners(drawing: Drawing, other: Drawing, same: Likeness) -> _Parts:
    here, there = drawing.facts.owners, other.facts.owners
    owned = through(same.principals, here.owned)
    applications = here.kind == OwnedKind.APPLICATION
    owned[applications] = through(same.applications, here.owned[applications])
    return (
        [
            Numbers(here.kind),
            Numbers(owned),
            Numbers(through(same.principals, here.owner)),
            Numbers(here.eligible.astype(np.int8)),
        ],
        [Numbers(there.kind), Numbers(there.owned), Numbers(there.owner), Numbers(there.eligible.astype(np.int8))],
    )


def _identities(drawing: Drawing, other: Drawing, same: Likeness) -> _Parts:
    here, there = drawing.facts.identities, other.facts.identities
    mine: list[Numbers] = [
        Numbers(through(same.resources, here.resource)),
        Numbers(through(same.principals, here.principal)),
    ]
    return [*mine, Numbers(here.link)], [Numbers(there.resource), Numbers(there.principal), Numbers(there.link)]


def _policies(drawing: Drawing, other: Drawing, same: Likeness) -> _Parts:
    here, there = drawing.facts.vault_policies, other.facts.vault_policies
    mine: list[Numbers] = [
        Numbers(through(same.resources, here.resource)),
        Numbers(through(same.principals, here.principal)),
    ]
    return [*mine, Numbers(here.rights)], [Numbers(there.resource), Numbers(there.principal), Numbers(there.rights)]


def _credentials(_drawing: Drawing, other: Drawing, same: Likeness) -> _Parts:
    there = other.facts.federated_credentials
    return [Numbers(same.subjects)], [Numbers(np.arange(len(there.principal)))]


_TABLES: dict[str, Callable[[Drawing, Drawing, Likeness], _Parts]] = {
    "assignments": _assignments,
    "memberships": _pairs("memberships"),
    "eligible_memberships": _pairs("eligible_memberships"),
    "directory_assignments": _directory,
    "app_role_grants": _app_roles,
    "owners": _owners,
    "identities": _identities,
    "vault_policies": _policies,
    "federated_credentials": _credentials,
}
