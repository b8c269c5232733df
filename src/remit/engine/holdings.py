"""Everything a principal holds: per assignment and permission block, with how it stands (D3, D4, P1 to P6).

Nothing is flattened: a condition that needs attributes leaves its block `conditional`, a missing fact `unknown`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from remit.engine.actions import has_condition
from remit.engine.explain import assignment_facts, membership, not_seen
from remit.engine.facts import AssignmentFlag, AssignmentKind, DenyFlag, PrincipalFlag
from remit.engine.granting import worthless
from remit.engine.guards import principal_guards
from remit.engine.index import TenantIndex
from remit.engine.inheritance import Chain
from remit.engine.membership import Caller
from remit.engine.operations import count_operations
from remit.model.decision import Denied, MayBeDenied, NotSeen
from remit.model.effective import EffectivePermission, OperationCounts, Standing, WhatCan
from remit.model.interval import ALWAYS_UNTIL, from_micros, to_micros
from remit.model.role import RoleSource
from remit.model.scope import Scope

_ELIGIBLE = (AssignmentKind.ELIGIBLE, AssignmentKind.LIGHTHOUSE_ELIGIBLE)
_LIGHTHOUSE = (AssignmentKind.LIGHTHOUSE, AssignmentKind.LIGHTHOUSE_ELIGIBLE)


def what_can(index: TenantIndex, principal_id: str, scope: Scope | None, *, at: datetime) -> WhatCan:
    """Return everything a principal holds.

    Args:
        index: the snapshot, indexed.
        principal_id: object id, any letter case.
        scope: what acts on it, and everything below it; None for the whole tenant.
        at: instant asked about, aware UTC.

    Returns:
        One entry per assignment and permission block, sorted by scope, role and block; denies that name the principal.

    Source: D3, D4, P1, V3 to V5. Cost: the assignments of the principal and its groups, about 10 us each.
    """
    search = _Holdings(index, principal_id, scope, at)
    permissions = search.permissions()
    denied, may_be = search.denies()
    counts: tuple[OperationCounts, ...] = ()
    if scope is not None and search.chain is not None:
        counts = count_operations(index.facts, index.catalogue, search.sure_roles, search.sure_denies)
    return WhatCan(
        principal_id=principal_id.lower(),
        scope="/" if scope is None else scope.text,
        at=at,
        permissions=permissions,
        denies=denied,
        may_be_denied=may_be,
        gaps=search.gaps(),
        operations=counts,
        guards=tuple(principal_guards(index, index.principal_row(principal_id), principal_id)),
    )


_GONE = (Standing.NOTHING, "the principal is not in the directory", "G4")
_GONE_LATER = (Standing.UNKNOWN, "whether the principal was in the directory then was not seen", "H6")


class _Holdings:
    """The assignments and denies of one principal at, above and below a scope."""

    def __init__(self, index: TenantIndex, principal_id: str, scope: Scope | None, at: datetime) -> None:
        self.index = index
        self.principal_id = principal_id
        self.micros = to_micros(at)
        row = index.principal_row(principal_id)
        self.caller: Caller = index.directory.caller(row, self.micros)
        listed = row >= 0 and bool(index.v_principal_flags[row] & PrincipalFlag.LISTED)
        self.gone = index.directory_complete and not listed
        self.chain: Chain | None = None if scope is None else index.tree.chain(scope)
        self._here = self._scopes_that_count(scope)
        self.sure_roles: set[int] = set()
        self.sure_denies: set[int] = set()

    def _scopes_that_count(self, scope: Scope | None) -> NDArray[np.bool_]:
        """Return a mask of the scopes whose assignments are shown."""
        count = len(self.index.facts.scopes.key)
        if self.chain is None or scope is None:
            return np.ones(count, np.bool_)
        mask = np.zeros(count, np.bool_)
        if self.chain.own >= 0:
            mask |= self.index.tree.below(self.chain.own)
        mask[list(self.chain.rows + self.chain.possible)] = True
        return mask

    def permissions(self) -> tuple[EffectivePermission, ...]:
        """Return what is held, eligible access included."""
        found: list[EffectivePermission] = []
        index = self.index
        for row in self._held(self.caller.identities):
            # V15: groups of this tenant are not those of the managing one.
            if index.v_kind[row] not in _LIGHTHOUSE or index.v_principal[row] == self.caller.row:
                found.extend(self._show(row, self.caller, ()))
        found.extend(self._through_eligible_groups())
        return tuple(sorted(found, key=_sort_key))

    def _held(self, identities: Iterable[int]) -> Iterator[int]:
        index = self.index
        for one in identities:
            first, last = index.v_by_principal[one], index.v_by_principal[one + 1]
            shown = np.flatnonzero(self._here[index.held_scope[first:last]]) + first
            yield from index.held[shown].tolist()

    def _through_eligible_groups(self) -> Iterator[EffectivePermission]:
        """Yield what groups hold whose membership the principal could activate (P6)."""
        index = self.index
        for one in self.caller.identities if index.has_eligible_memberships else ():
            for place in range(index.v_eligible_by_member[one], index.v_eligible_by_member[one + 1]):
                if index.eligible_start[place] <= self.micros < index.eligible_end[place]:
                    group = index.directory.caller(int(index.eligible_group[place]), self.micros)
                    for row in self._held(group.identities - self.caller.identities):
                        if index.v_kind[row] == AssignmentKind.ACTIVE:
                            yield from self._show(row, group, (self.principal_id.lower(),))

    def _show(self, row: int, caller: Caller, before: tuple[str, ...]) -> Iterator[EffectivePermission]:
        """Yield one entry per permission block of an assignment."""
        index = self.index
        keys = index.facts.principals.key
        caller_id = keys[caller.row] if before else self.principal_id
        way = before + membership(index, caller, index.v_principal[row], self.micros, caller_id)
        facts = assignment_facts(index, row, way)
        role_row = index.v_role[row]
        role = index.facts.roles[role_row]
        number = index.v_condition[row]
        own = index.facts.conditions.text[number] if number >= 0 else None
        end = index.v_end[row]
        until = None if end == ALWAYS_UNTIL else from_micros(end)
        standing, why, clause = self._standing(row, eligible=bool(before))
        if role.source is RoleSource.NOT_COLLECTED and standing is not Standing.NOTHING:
            missing = f"role definition `{role.key}` was not collected"
            kept = standing if standing is Standing.ELIGIBLE else Standing.UNKNOWN
            yield EffectivePermission(facts, kept, missing, "V6", None, (own,) if own else (), until)
            return
        for block in role.blocks:
            conditions = tuple(one for one in (own, block.condition) if one is not None and has_condition(one))
            shown, reason, by = standing, why, clause
            if conditions and standing is Standing.HOLDS:
                shown, reason, by = Standing.CONDITIONAL, "a condition decides call by call", "C1"
            if shown is Standing.HOLDS and self.chain is not None and index.v_scope[row] in self.chain.rows:
                self.sure_roles.add(role_row)
            yield EffectivePermission(facts, shown, reason, by, block, conditions, until)

    def _standing(self, row: int, *, eligible: bool) -> tuple[Standing, str, str]:
        """Return how an assignment stands, why, and by which clause."""
        index = self.index
        flags, kind = index.v_flags[row], index.v_kind[row]
        nothing = worthless(index, row, self.micros)
        if nothing:
            return Standing.NOTHING, nothing[1], nothing[0]
        if eligible:
            return Standing.ELIGIBLE, "after activating the group membership", "P6"
        if kind in _ELIGIBLE:
            return Standing.ELIGIBLE, "after activating the role", "P1"
        names_caller = index.v_principal[row] == self.caller.row
        if self.gone and names_caller and not flags & AssignmentFlag.FOREIGN_PRINCIPAL:
            return _GONE_LATER if index.departed_gaps else _GONE
        if self.chain is not None and index.v_scope[row] in self.chain.possible:
            return Standing.UNKNOWN, "whether its management group holds the scope was not seen", "S3"
        return Standing.HOLDS, "", "D2"

    def denies(self) -> tuple[tuple[Denied, ...], tuple[MayBeDenied, ...]]:
        """Return the denies that name the principal, and those that may, whatever the action.

        Cost: linear in the denies of the shown scopes.
        """
        index = self.index
        table = index.facts.denies
        certain: list[Denied] = []
        possible: list[MayBeDenied] = []
        for deny in np.flatnonzero(self._here[table.scope] & ((table.flags & DenyFlag.AUDIT) == 0)).tolist():
            scope_row = int(table.scope[deny])
            above_only = self.chain is not None and scope_row in self.chain.rows and scope_row != self.chain.own
            if table.flags[deny] & DenyFlag.THIS_SCOPE_ONLY and above_only:
                continue
            way = self._named(deny)
            if way is None:
                continue
            scope = index.facts.scopes.text[scope_row]
            permissions = index.facts.deny_permissions[int(table.permissions[deny])]
            conditional = has_condition(permissions.condition) or any(
                has_condition(block.condition) for block in permissions.blocks
            )
            placed = self.chain is None or scope_row not in self.chain.possible
            if way and self.chain is not None and scope_row in self.chain.rows:
                self.sure_denies.add(int(table.permissions[deny]))  # V7: with a condition, too
            if not way or not placed or conditional:
                why = "a condition decides call by call" if way and placed else "group or placement was not seen"
                clause = "N12" if way and placed else "N5"
                possible.append(MayBeDenied(table.identity[deny], table.name[deny], scope, why, clause))
                continue
            everyone = bool(table.flags[deny] & DenyFlag.EVERYONE)
            certain.append(
                Denied(table.identity[deny], table.name[deny], scope, everyone, way, None, "N4" if everyone else "N1")
            )
        return tuple(certain), tuple(possible)

    def _named(self, deny: int) -> tuple[str, ...] | None:
        """Return the way to whom the deny names; () where that is not sure, None where it does not."""
        index, table = self.index, self.index.facts.denies
        caller = self.caller
        excluded = table.excluded[table.excluded_offsets[deny] : table.excluded_offsets[deny + 1]].tolist()
        if not caller.identities.isdisjoint(excluded):
            return None
        unsure = caller.any_group or not caller.possible.isdisjoint(excluded)
        if table.flags[deny] & DenyFlag.EVERYONE:
            return () if unsure and excluded else (self.principal_id.lower(),)
        named = table.principal[table.principal_offsets[deny] : table.principal_offsets[deny + 1]].tolist()
        for one in named:
            if one in caller.identities:
                way = membership(index, caller, one, self.micros, self.principal_id)
                return () if unsure and excluded else way
        maybe = caller.any_group or not caller.possible.isdisjoint(named)
        return () if maybe else None

    def gaps(self) -> tuple[NotSeen, ...]:
        """Return what was not read and could add to, or take from, the answer."""
        index = self.index
        rows = None if self.chain is None else self.chain.rows + self.chain.possible
        found = []
        for gaps in (index.assignment_gaps, index.deny_gaps):
            for row, some in sorted(gaps.items()):
                if rows is None or row in rows or self._here[row]:
                    found += not_seen(some)
        found += not_seen(index.member_gaps) + not_seen(index.eligibility_gaps)
        if self.chain is not None and self.chain.possible:
            found += not_seen(index.placement_gaps)
        return tuple(found)


def _sort_key(one: EffectivePermission) -> tuple[str, str, str, tuple[str, ...]]:
    """Order by scope, role and assignment; blocks keep the order of their role."""
    facts = one.assignment
    return facts.scope.lower(), facts.role_name, facts.assignment_id.lower(), facts.membership
