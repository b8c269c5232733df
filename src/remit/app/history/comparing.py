"""What two states of a tenant at one instant differ in, about one subject: columns compared, not rows one by one."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from remit.app.history.subjects import Subject
from remit.app.intake.columns import codes_of
from remit.engine.explain import assignment_id
from remit.engine.facts import AssignmentKind, Assignments, Memberships
from remit.engine.index import TenantIndex
from remit.engine.strings import TextColumn, TextLookup
from remit.model.role import RoleDefinition, RoleSource

Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that one state has and the other has not; "" where it does not apply."""

    kind: str
    subject_id: str = ""
    object_id: str = ""
    object_name: str = ""
    role_id: str = ""
    role_name: str = ""
    scope: str = ""


def differences(before: TenantIndex, after: TenantIndex, subject: Subject, at: int) -> Iterator[Difference]:
    """Yield what is about a subject in one state and not in the other.

    Args:
        before: what was thought of the instant.
        after: what a snapshot says of it.
        subject: whose rows are compared.
        at: the instant, microseconds.

    Cost: a pass over the columns that name the subject, one sort of the rows about it.
    """
    yield from _assignments(before, after, subject, at)
    if subject.kind == "principal":
        yield from _members(before, after, subject.key, at)
    if subject.kind == "role":
        yield from _definition(before, after, subject.key)
    if subject.kind == "scope":
        yield from _denies(before, after, subject)


def _assignments(before: TenantIndex, after: TenantIndex, subject: Subject, at: int) -> Iterator[Difference]:
    first, second = _about(before, subject, at), _about(after, subject, at)
    left, right = before.facts.assignments, after.facts.assignments
    old, new = before.facts, after.facts
    columns = (
        (_mapped(old.principals.key, after.principals, left.principal[first]), right.principal[second]),
        (_mapped(old.scopes.key, TextLookup.of(new.scopes.key), left.scope[first]), right.scope[second]),
        (_roles(old.roles, new.roles, left.role[first]), right.role[second]),
        (_conditions(before, after, left.condition[first]), right.condition[second]),
    )
    gone, come = _only(columns, len(first))
    for kind, index, table, rows in (
        ("assignmentVanished", before, left, first[gone]),
        ("assignmentAppeared", after, right, second[come]),
    ):
        for row in rows.tolist():
            yield _assignment(kind, index, table, row)


def _about(index: TenantIndex, subject: Subject, at: int) -> Rows:
    """Return the active assignments about a subject that are in force at an instant."""
    table = index.facts.assignments
    chosen = (table.kind == AssignmentKind.ACTIVE) & (table.start <= at) & (at < table.end)
    if subject.kind == "principal":
        chosen &= table.principal == index.principal_row(subject.key)
    elif subject.kind == "role":
        its = np.array([role.key.partition("+")[0] == subject.key for role in index.facts.roles], dtype=np.bool_)
        chosen &= its[table.role] if len(its) else False
    else:
        keys = index.facts.scopes.key
        named = np.unique(table.scope)
        inside = np.zeros(len(keys), dtype=np.bool_)
        inside[[row for row in named.tolist() if subject.holds(keys[row])]] = True
        chosen &= inside[table.scope]
    return np.flatnonzero(chosen)


def _mapped(column: TextColumn, other: TextLookup, codes: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return the rows that texts have in another column, -2 where it has them not."""
    names, place = np.unique(codes, return_inverse=True)
    rows = other.rows(column.rows(names))
    found: NDArray[np.int32] = np.where(rows < 0, -2, rows).astype(np.int32)[place]
    return found


def _roles(old: Sequence[RoleDefinition], new: Sequence[RoleDefinition], codes: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return the rows that roles have in another table; a version of a role is that role."""
    row_of = {role.key: row for row, role in enumerate(new)}
    moved = np.array([row_of.get(role.key.partition("+")[0], -2) for role in old], dtype=np.int32)
    found: NDArray[np.int32] = moved[codes] if len(old) else codes
    return found


def _conditions(before: TenantIndex, after: TenantIndex, codes: NDArray[np.int32]) -> NDArray[np.int32]:
    old, new = before.facts.conditions, after.facts.conditions
    row_of = {pair: row for row, pair in enumerate(zip(new.text, new.version, strict=True))}
    moved = [row_of.get(pair, -2) for pair in zip(old.text, old.version, strict=True)]
    found: NDArray[np.int32] = np.array([*moved, -1], dtype=np.int32)[codes]
    return found


def _only(columns: Sequence[tuple[NDArray[np.int32], NDArray[np.int32]]], count: int) -> tuple[Rows, Rows]:
    """Return which rows stand on the left only, and which on the right only."""
    codes = codes_of(*(np.concatenate(pair) for pair in columns))
    left, right = codes[:count], codes[count:]
    return np.flatnonzero(~np.isin(left, right)), np.flatnonzero(~np.isin(right, left))


def _assignment(kind: str, index: TenantIndex, table: Assignments, row: int) -> Difference:
    facts = index.facts
    role = facts.roles[int(table.role[row])]
    return Difference(
        kind,
        facts.principals.key[int(table.principal[row])],
        assignment_id(index, row).rpartition("/")[2].lower(),
        "",
        role.key.partition("+")[0],
        role.name,
        facts.scopes.text[int(table.scope[row])],
    )


def _members(before: TenantIndex, after: TenantIndex, key: str, at: int) -> Iterator[Difference]:
    """Yield memberships of a principal, and of a group its members."""
    first, second = _pairs(before, key, at), _pairs(after, key, at)
    left, right = before.facts.memberships, after.facts.memberships
    names = before.facts.principals.key
    columns = (
        (_mapped(names, after.principals, left.parent[first]), right.parent[second]),
        (_mapped(names, after.principals, left.member[first]), right.member[second]),
    )
    gone, come = _only(columns, len(first))
    yield from _named_pairs("memberVanished", before, left, first[gone])
    yield from _named_pairs("memberAppeared", after, right, second[come])


def _pairs(index: TenantIndex, key: str, at: int) -> Rows:
    table, row = index.facts.memberships, index.principal_row(key)
    return np.flatnonzero(((table.member == row) | (table.parent == row)) & (table.start <= at) & (at < table.end))


def _named_pairs(kind: str, index: TenantIndex, table: Memberships, rows: Rows) -> Iterator[Difference]:
    keys = index.facts.principals.key
    for row in rows.tolist():
        yield Difference(kind, keys[int(table.member[row])], keys[int(table.parent[row])])


def _definition(before: TenantIndex, after: TenantIndex, key: str) -> Iterator[Difference]:
    """Yield a role that both hold with different blocks. What logs put in stands under another key."""
    old, new = _role(before, key), _role(after, key)
    versions = {one.blocks for one in before.facts.roles if one.key.startswith(f"{key}+")}
    told = (RoleSource.TENANT, RoleSource.CATALOGUE)
    if old is None or new is None or old.source not in told or new.source not in told:
        return
    if old.blocks != new.blocks and new.blocks not in versions:
        yield Difference("definitionDiffers", "", key, new.name or old.name)


def _role(index: TenantIndex, key: str) -> RoleDefinition | None:
    roles = index.facts.roles
    place = bisect_left(roles, key, key=lambda role: role.key)
    return roles[place] if place < len(roles) and roles[place].key == key else None


def _denies(before: TenantIndex, after: TenantIndex, subject: Subject) -> Iterator[Difference]:
    """Yield deny assignments; no log tells of their writing (H8)."""
    old, new = _denies_at(before, subject), _denies_at(after, subject)
    for kind, some, others in (("denyVanished", old, new), ("denyAppeared", new, old)):
        for identity in sorted(some.keys() - others.keys()):
            name, scope = some[identity]
            yield Difference(kind, "", identity.rpartition("/")[2], name, scope=scope)


def _denies_at(index: TenantIndex, subject: Subject) -> dict[str, tuple[str, str]]:
    facts = index.facts
    table = facts.denies
    found = {}
    for row, scope in enumerate(table.scope.tolist()):
        if subject.holds(facts.scopes.key[scope]):
            found[table.identity[row].lower()] = (table.name[row], facts.scopes.text[scope])
    return found
