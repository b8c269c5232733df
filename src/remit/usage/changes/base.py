"""What a snapshot holds about the few things that changes name, found without a pass over the whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from remit.engine.facts import AssignmentKind
from remit.engine.index import TenantIndex
from remit.model.errors import ScopeSyntaxError
from remit.model.interval import ALWAYS_FROM, ALWAYS_UNTIL
from remit.model.scope import Scope

Window = tuple[int, int]
ALWAYS: tuple[Window, ...] = ((ALWAYS_FROM, ALWAYS_UNTIL),)


@dataclass(frozen=True, slots=True)
class Held:
    """What an assignment says, at one time; equal where whom it names, role and condition are.

    Attributes:
        principal_id: lower case. role: GUID, lower case.
        condition, condition_version: None where there is none.
        mark: tells contents apart that differ in nothing else.
        windows: in which it is in force (microseconds, half-open).
        flags: bits of the snapshot's row that are not told by its other columns.
    """

    principal_id: str
    role: str
    condition: str | None = None
    condition_version: str | None = None
    mark: str = ""
    windows: tuple[Window, ...] = field(default=ALWAYS, compare=False)
    flags: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class BaseRow:
    """One row of the snapshot's assignments."""

    row: int
    name: str
    kind: int
    held: Held


class Base:
    """Finds rows of one snapshot."""

    def __init__(self, index: TenantIndex) -> None:
        self.index = index
        self._at: dict[str, tuple[BaseRow, ...]] = {}

    def at(self, scope_key: str) -> tuple[BaseRow, ...]:
        """Return the active and eligible assignments at exactly one scope. Cost: linear in them, once."""
        known = self._at.get(scope_key)
        if known is None:
            row = self.index.tree.row(scope_key)
            known = () if row < 0 else tuple(self._rows(row))
            self._at[scope_key] = known
        return known

    def _rows(self, scope: int) -> Iterator[BaseRow]:
        index, facts = self.index, self.index.facts
        table = facts.assignments
        for row in range(index.v_by_scope[scope], index.v_by_scope[scope + 1]):
            kind = index.v_kind[row]
            if kind not in (AssignmentKind.ACTIVE, AssignmentKind.ELIGIBLE):
                continue
            number = index.v_condition[row]
            held = Held(
                facts.principals.key[index.v_principal[row]],
                facts.roles[index.v_role[row]].key,
                None if number < 0 else facts.conditions.text[number],
                None if number < 0 else facts.conditions.version[number] or None,
                windows=((index.v_start[row], index.v_end[row]),),
                flags=index.v_flags[row],
            )
            yield BaseRow(row, table.name[row].rpartition("/")[2].lower(), kind, held)

    def membership(self, group: str, member: str) -> tuple[tuple[int, ...], tuple[Window, ...]]:
        """Return the rows of a direct membership and their windows. Cost: two binary searches."""
        parent, child = self.index.principal_row(group), self.index.principal_row(member)
        table = self.index.facts.memberships
        if parent < 0 or child < 0:
            return (), ()
        first, last = np.searchsorted(table.parent, [parent, parent + 1])
        low, high = np.searchsorted(table.member[first:last], [child, child + 1]) + first
        rows = tuple(range(int(low), int(high)))
        return rows, tuple((int(table.start[row]), int(table.end[row])) for row in rows)

    def is_unread(self, api: str, scope: str = "/") -> bool:
        """Tell whether a gap says that a list, or this part of it, was not read."""
        for gap in self.index.facts.meta.gaps:
            if gap.api == api and (gap.scope == "/" or scope.lower().startswith(gap.scope.lower())):
                return True
        return False


def held_of(rows: list[BaseRow]) -> Held | None:
    """Return what the rows of one assignment say together: one for each of its windows."""
    if not rows:
        return None
    first = rows[0].held
    windows = tuple(sorted(one.held.windows[0] for one in rows if one.held == first))
    return Held(first.principal_id, first.role, first.condition, first.condition_version, "", windows, first.flags)


def scope_of(text: str) -> Scope | None:
    """Return a scope, None where the text is none."""
    try:
        return Scope.parse(text)
    except ScopeSyntaxError:
        return None
