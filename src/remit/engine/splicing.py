"""Facts with changes put into them: rows with windows, so that one set of facts answers for every instant.

    spliced(facts, Splice(assignments=(row,), gone=(17,)))

What a splice does not touch keeps its meaning; tables stay sorted as `remit.engine.facts` says, and codes are
renumbered where something new stands before them. Which rows come and go is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from remit.engine import facts as tables
from remit.engine.facts import AssignmentFlag, AssignmentKind, PrincipalFlag, PrincipalKind, TenantFacts
from remit.engine.insertion import Places, inserted, merged, places_of
from remit.engine.new_scopes import with_scopes
from remit.engine.splice import AssignmentRow, Splice
from remit.engine.strings import TextLookup
from remit.model.role import RoleDefinition, RoleSource
from remit.model.scope import Scope, ScopeKind

_MIDDLE = "/providers/microsoft.authorization/roleassignments/"


def spliced(facts: TenantFacts, splice: Splice, people: TextLookup | None = None) -> TenantFacts:
    """Return facts with a splice in them.

    Args:
        facts: of one snapshot.
        splice: what comes and goes.
        people: the hash table of `facts.principals.key` where there is one.

    Returns:
        New facts; columns that do not change are shared. The same splice, whatever the order of its parts, gives the
        same facts.

    Cost: one copy of the columns, and where assignments change one sort of them, which is nearly sorted before.
    """
    with_people, row_of = _with_principals(facts, splice, people or TextLookup.of(facts.principals.key))
    whole = with_scopes(with_people, [*splice.scopes, *(one.scope for one in splice.assignments)])
    whole = _with_roles(whole, splice)
    whole = _with_assignments(whole, splice, row_of)
    whole = _with_stretches(whole, splice)
    return _with_members(whole, splice, row_of)


def _with_principals(facts: TenantFacts, splice: Splice, lookup: TextLookup) -> tuple[TenantFacts, TextLookup]:
    """Put in the principals that the facts do not hold, and renumber whoever names one."""
    kinds = dict(splice.principals)
    for one in splice.assignments:
        kinds.setdefault(one.principal_id, PrincipalKind.UNKNOWN)
    for pair in splice.members:
        kinds.setdefault(pair.parent_id, PrincipalKind.GROUP)
        kinds.setdefault(pair.member_id, PrincipalKind.UNKNOWN)
    fresh = sorted(one for one in kinds if lookup.row(one) < 0)
    table = facts.principals
    if not fresh:
        return facts, lookup
    places = places_of(table.key, fresh)
    blank = [""] * len(fresh)
    flags = np.array([PrincipalFlag.LISTED if one in splice.principals else 0 for one in fresh], dtype=np.uint8)
    principals = tables.Principals(
        key=inserted(table.key, places, fresh),
        kind=np.insert(table.kind, places.at, np.array([kinds[one] for one in fresh], dtype=np.uint8)),
        flags=np.insert(table.flags, places.at, flags),
        display_name=inserted(table.display_name, places, blank),
        user_principal_name=inserted(table.user_principal_name, places, blank),
        app_id=inserted(table.app_id, places, blank),
    )
    moved = _renumbered(facts, places)
    return replace(moved, principals=principals), TextLookup.of(principals.key)


def _renumbered(facts: TenantFacts, places: Places) -> TenantFacts:
    """Renumber everything that names a principal."""
    denies = facts.denies
    return replace(
        facts,
        assignments=replace(facts.assignments, principal=places.moved(facts.assignments.principal)),
        denies=replace(denies, principal=places.moved(denies.principal), excluded=places.moved(denies.excluded)),
        memberships=_moved_pairs(facts.memberships, places),
        eligible_memberships=_moved_pairs(facts.eligible_memberships, places),
    )


def _moved_pairs(table: tables.Memberships, places: Places) -> tables.Memberships:
    return replace(table, parent=places.moved(table.parent), member=places.moved(table.member))


def _with_roles(facts: TenantFacts, splice: Splice) -> TenantFacts:
    """Put in the roles that are new, every definition of a role among them."""
    known = {role.key: row for row, role in enumerate(facts.roles)}
    more = {one.role: _not_collected(one.role) for one in splice.assignments if one.role not in known}
    for stretches in splice.roles.values():
        more |= {one.definition.key: one.definition for one in stretches if one.definition.key not in known}
    if not more:
        return facts
    roles = tuple(sorted((*facts.roles, *more.values()), key=lambda role: role.key))
    row_of = {role.key: row for row, role in enumerate(roles)}
    moved = np.array([row_of[role.key] for role in facts.roles], dtype=np.int32)
    role = moved[facts.assignments.role] if len(moved) else facts.assignments.role
    return replace(facts, roles=roles, assignments=replace(facts.assignments, role=role))


def _not_collected(key: str) -> RoleDefinition:
    return RoleDefinition(key, "", is_custom=False, blocks=(), source=RoleSource.NOT_COLLECTED)


def _with_assignments(facts: TenantFacts, splice: Splice, people: TextLookup) -> TenantFacts:
    if not splice.gone and not splice.assignments:
        return facts
    facts = _with_conditions(facts, splice.assignments)
    conditions = {
        pair: row for row, pair in enumerate(zip(facts.conditions.text, facts.conditions.version, strict=True))
    }
    places = TextLookup.of(facts.scopes.key)
    roles = {role.key: row for row, role in enumerate(facts.roles)}
    columns: dict[str, list[int]] = {name: [] for name in _COLUMNS}
    names: list[str] = []
    for one in splice.assignments:
        scope = Scope.parse(one.scope)
        principal = people.row(one.principal_id)
        flags = one.flags
        if one.kind == AssignmentKind.ELIGIBLE and facts.principals.kind[principal] == PrincipalKind.SERVICE_PRINCIPAL:
            flags |= AssignmentFlag.ELIGIBLE_SERVICE_PRINCIPAL
        pair = (one.condition or "", one.condition_version or "")
        row = (principal, roles[one.role], places.row(scope.key), conditions.get(pair, -1) if pair[0] else -1)
        for name, value in zip(_COLUMNS, (*row, one.kind, flags, one.start, one.end), strict=True):
            columns[name].append(value)
        names.append(_short(one.name, scope.key))
    kept = np.ones(len(facts.assignments.name), dtype=np.bool_)
    kept[list(splice.gone)] = False
    return replace(
        facts, assignments=_sorted(_law_7(merged(facts.assignments, np.flatnonzero(kept), columns, names), facts))
    )


_COLUMNS = ("principal", "role", "scope", "condition", "kind", "flags", "start", "end")


def _short(name: str, scope_key: str) -> str:
    """Return the last segment of an id where its scope gives the rest, in whatever letter case."""
    base = "" if scope_key == "/" else scope_key
    if not name.lower().startswith(base + _MIDDLE):
        return name
    last = name[len(base) + len(_MIDDLE) :]
    return last if last and "/" not in last else name


def _with_conditions(facts: TenantFacts, rows: Sequence[AssignmentRow]) -> TenantFacts:
    table = facts.conditions
    before = list(zip(table.text, table.version, strict=True))
    wanted = {(one.condition, one.condition_version or "") for one in rows if one.condition}
    after = sorted({*before, *wanted})
    if len(after) == len(before):
        return facts
    row_of = {pair: row for row, pair in enumerate(after)}
    # One more at the end, which -1 (no condition) reaches.
    moved = np.array([*(row_of[pair] for pair in before), -1], dtype=np.int32)
    conditions = tables.Conditions(
        type(table.text).of(text for text, _ in after), type(table.version).of(version for _, version in after)
    )
    return replace(
        facts,
        conditions=conditions,
        assignments=replace(facts.assignments, condition=moved[facts.assignments.condition]),
    )


def _with_stretches(facts: TenantFacts, splice: Splice) -> TenantFacts:
    """Cut the assignments of roles where these change."""
    row_of = {role.key: row for row, role in enumerate(facts.roles)}
    table = facts.assignments
    for key, stretches in sorted(splice.roles.items()):
        code = row_of.get(key, -1)
        of_role = np.flatnonzero(table.role == code)
        if not len(of_role):
            continue
        parts = [np.flatnonzero(table.role != code)]
        roles, starts, ends = [table.role[parts[0]]], [table.start[parts[0]]], [table.end[parts[0]]]
        for one in stretches:
            start, end = np.maximum(table.start[of_role], one.start), np.minimum(table.end[of_role], one.end)
            there = np.flatnonzero(start < end)
            parts.append(of_role[there])
            roles.append(np.full(len(there), row_of[one.definition.key], dtype=np.int32))
            starts.append(start[there])
            ends.append(end[there])
        table = merged(table, np.concatenate(parts), {}, [])
        table = replace(table, role=np.concatenate(roles), start=np.concatenate(starts), end=np.concatenate(ends))
    return facts if table is facts.assignments else replace(facts, assignments=_sorted(_law_7(table, facts)))


def _law_7(table: tables.Assignments, facts: TenantFacts) -> tables.Assignments:
    """Flag anew what L7 voids: custom roles with data actions at management groups."""
    custom = np.array([role.is_custom and role.has_data_actions for role in facts.roles], dtype=np.bool_)
    bit = np.uint8(AssignmentFlag.CUSTOM_DATA_AT_MANAGEMENT_GROUP)
    void = (facts.scopes.kind[table.scope] == ScopeKind.MANAGEMENT_GROUP) & custom[table.role]
    return replace(table, flags=np.where(void, table.flags | bit, table.flags & ~bit).astype(np.uint8))


def _sorted(table: tables.Assignments) -> tables.Assignments:
    """Sort by (scope, principal, role, kind, start, name, end), equal rows once."""
    columns: list[NDArray[Any]] = [table.scope, table.principal, table.role, table.kind, table.start]
    order = np.lexsort(columns[::-1])
    same = np.ones(max(len(order) - 1, 0), dtype=np.bool_)
    for column in columns:
        there = column[order]
        same &= there[1:] == there[:-1]
    edges = np.flatnonzero(np.diff(np.concatenate([[False], same, [False]]).astype(np.int8)))
    keep = np.ones(len(order), dtype=np.bool_)
    for low, high in zip(edges[::2].tolist(), (edges[1::2] + 1).tolist(), strict=True):
        tied = sorted(
            (table.name[row], int(table.end[row]), int(table.condition[row]), row) for row in order[low:high].tolist()
        )
        met = set()
        for place, (*said, row) in enumerate(tied):
            order[low + place] = row
            keep[low + place] = tuple(said) not in met
            met.add(tuple(said))
    return merged(table, order[keep], {}, [])


def _with_members(facts: TenantFacts, splice: Splice, people: TextLookup) -> TenantFacts:
    if not splice.gone_members and not splice.members:
        return facts
    table = facts.memberships
    kept = np.ones(len(table.parent), dtype=np.bool_)
    kept[list(splice.gone_members)] = False
    pairs = splice.members
    parent = np.concatenate([table.parent[kept], _codes(people, [one.parent_id for one in pairs])])
    member = np.concatenate([table.member[kept], _codes(people, [one.member_id for one in pairs])])
    start = np.concatenate([table.start[kept], np.array([one.start for one in pairs], dtype=np.int64)])
    end = np.concatenate([table.end[kept], np.array([one.end for one in pairs], dtype=np.int64)])
    order = np.lexsort((end, start, member, parent))
    keep = np.ones(len(order), dtype=np.bool_)
    same = np.ones(max(len(order) - 1, 0), dtype=np.bool_)
    for column in (parent, member, start, end):
        there = column[order]
        same &= there[1:] == there[:-1]
    keep[1:] = ~same
    order = order[keep]
    return replace(facts, memberships=tables.Memberships(parent[order], member[order], start[order], end[order]))


def _codes(people: TextLookup, ids: Sequence[str]) -> NDArray[np.int32]:
    return people.rows(ids)
