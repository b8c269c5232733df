"""The power to give roles: who has it at which scope, and what a condition leaves of it (I1, I2, AUT-01 to AUT-03).

A visible node stands for "any role can be given at this scope", a silent one beside it is inherited from scope to
scope. In regions of denies holders are listed, as for any class.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from remit.graph.holding.classes import SCOPE, HoldingClass
from remit.graph.holding.conditions import ConditionJudge, conditioned
from remit.graph.holding.delegation import Delegation, gives_roles
from remit.graph.holding.grants import NONE, SURE, UNREAD, needs_data
from remit.graph.holding.levels import Levels
from remit.graph.holding.regions import LOCK_DELETE, Regions
from remit.graph.holding.sheet import ASSIGNMENTS, GIVING, Sheet, rows_of
from remit.graph.kinds import Need
from remit.graph.network import EdgeFlag
from remit.graph.nodes import Facet
from remit.model.decision import Truth
from remit.model.errors import ScopeSyntaxError
from remit.model.question import Plane
from remit.model.scope import Scope

Codes = NDArray[np.int32]
Mask = NDArray[np.bool_]

_BYPASSING = "AUT-02"
_REWRITING = "AUT-03"
_LATER, _NOW = 1, 2
_DEFINITION_WRITE = Need("Microsoft.Authorization/roleDefinitions/write", Plane.CONTROL)


@dataclass(frozen=True, slots=True)
class Taken:
    """A role that a conditioned assignment lets its holder take, as far as one class is concerned.

    Attributes:
        assignment: its row. certain: the condition surely lets it pass. kind: id of the edge.
        lifts: its holder may delete locks, as things are or by a role that it takes.
        listed_only: it counts only where holders are listed; elsewhere it follows from the power to give roles.
    """

    assignment: int
    certain: bool
    kind: str
    lifts: bool
    listed_only: bool = False


class RoleGiving:
    """Draws everything about scopes themselves."""

    def __init__(self, sheet: Sheet, judge: ConditionJudge, regions: Regions) -> None:
        self._sheet = sheet
        self._judge = judge
        self._regions = regions
        self._table = sheet.drawing.index.facts.assignments
        self._listed = np.zeros(sheet.tree.count, np.bool_)

    def draw(self) -> None:
        """Draw who can give roles, how that is inherited, and which guards can be lifted."""
        sheet = self._sheet
        count = sheet.tree.count
        rows = np.arange(count, dtype=np.int32)
        sheet.silent(sheet.scopes(rows), sheet.giving(rows))
        sheet.silent(sheet.giving(rows), sheet.scopes(rows))
        about = [held for held in sheet.classes if held.type == SCOPE]
        giving = [held for held in about if held.facet is Facet.GRANT]
        everywhere = np.ones(count, np.bool_)
        found = [self._regions.listed(held, sheet.worth.roles_of(held), everywhere) for held in giving]
        # What is inherited does not tell the classes apart, so where one is listed all are.
        listed = self._listed = np.logical_or.reduce([np.zeros(count, np.bool_), *(one for _, one in found)])
        unread = np.zeros(count, np.bool_)
        for held, (region, own) in zip(giving, found, strict=True):
            doubt = self._regions.doubt(held) | (region if not own.any() else np.zeros(count, np.bool_))
            self._grants(held, listed, doubt)
            unread |= doubt
        for held in about:
            if held.facet is not Facet.GRANT:
                self._lifting(held)
        below = rows[1:]
        inherits = below[~listed[below]]
        flags = np.where(unread[inherits], EdgeFlag.POSSIBLE, 0).astype(np.uint8)
        sheet.silent(sheet.giving(sheet.tree.parent[inherits]), sheet.giving(inherits), flags)
        for groups, unsure in sheet.tree.unsure_below:
            open_ = unsure[~listed[unsure]]
            above = np.repeat(rows_of(*groups), len(open_))
            sheet.silent(sheet.giving(above), sheet.giving(np.tile(open_, len(groups))), EdgeFlag.POSSIBLE)
        self._rewriting()

    def _grants(self, held: HoldingClass, listed: Mask, unread: Mask) -> None:
        """Draw one class of giving.

        Args:
            held: the class.
            listed: scopes at which holders are listed one by one.
            unread: scopes where it is not certain.
        """
        sheet = self._sheet
        ranks = sheet.worth.roles_of(held)
        label = sheet.label(held, ASSIGNMENTS)
        doubt = 0 if held.certain else EdgeFlag.POSSIBLE
        for rows, later in ((sheet.worth.active, 0), (sheet.worth.eligible, EdgeFlag.ELIGIBLE)):
            chosen = sheet.worth.rows(ranks, rows, data=False)
            chosen = chosen[~listed[self._table.scope[chosen]]]
            hard = conditioned(sheet.worth, ranks, chosen, SURE)
            # A role that was not collected may give anything, also what `taken` knows nothing of.
            blind = ranks[self._table.role[chosen]] == UNREAD
            passed = [row for row in chosen[hard & ~blind].tolist() if self._passes(held, row)]
            drawn = np.concatenate([chosen[~hard], np.asarray(passed, dtype=np.int32), chosen[hard & blind]])
            unsure = unread[self._table.scope[drawn]] | (ranks[self._table.role[drawn]] == UNREAD)
            inside = np.where(unsure, EdgeFlag.POSSIBLE, 0).astype(np.uint8)
            people, scopes = sheet.people(self._table.principal[drawn]), sheet.scopes(self._table.scope[drawn])
            sheet.add(people, scopes, label, (inside | later | doubt).astype(np.uint8), drawn)
        for row in np.flatnonzero(listed).tolist():
            holders = self._regions.holders(held, row)
            scopes = sheet.scopes(np.full(len(holders.principal), row, dtype=np.int32))
            bits = holders.flags | np.uint8(EdgeFlag.POSSIBLE if doubt or unread[row] else 0)
            sheet.add(sheet.people(holders.principal), scopes, sheet.label(held), bits)

    def _passes(self, held: HoldingClass, row: int) -> bool:
        """Tell whether a conditioned assignment gives the class whatever role is given; else see `taken`."""
        scope = self._sheet.tree.scope(int(self._table.scope[row]))
        return self._judge.truth(held, row, scope, by_place=False) is Truth.TRUE

    def _lifting(self, held: HoldingClass) -> None:
        """Draw guards that can be lifted at a scope: where an assignment says so, as nothing follows by itself."""
        sheet = self._sheet
        ranks = sheet.worth.roles_of(held)
        doubt = 0 if held.certain else EdgeFlag.POSSIBLE
        region, listed = self._regions.listed(held, ranks, np.ones(sheet.tree.count, np.bool_))
        region |= self._regions.doubt(held)
        asked: set[int] = set()
        for rows, later in ((sheet.worth.active, 0), (sheet.worth.eligible, EdgeFlag.ELIGIBLE)):
            chosen = sheet.worth.rows(ranks, rows, data=needs_data(held))
            below = listed[self._table.scope[chosen]]
            asked.update(self._table.scope[chosen[below]].tolist())
            chosen = chosen[~below]
            hard = conditioned(sheet.worth, ranks, chosen, SURE) | region[self._table.scope[chosen]]
            flags = (np.where(hard, EdgeFlag.POSSIBLE, 0) | later | doubt).astype(np.uint8)
            scopes = sheet.scopes(self._table.scope[chosen], held.facet)
            people = sheet.people(self._table.principal[chosen])
            sheet.add(people, scopes, sheet.label(held, ASSIGNMENTS), flags, chosen)
        for row in sorted(asked):
            holders = self._regions.holders(held, row)
            own = ~holders.by_grant
            scopes = sheet.scopes(np.full(int(own.sum()), row, dtype=np.int32), held.facet)
            flags = holders.flags[own] | np.uint8(doubt)
            sheet.add(sheet.people(holders.principal[own]), scopes, sheet.label(held), flags)

    def taken(self) -> dict[int, list[Taken]]:
        """Draw the giving of roles that themselves give roles; return what other classes gain, by class.

        Cost: the roles of the tenant for each distinct condition, then classes times roles let through.
        """
        sheet = self._sheet
        ranks = {held.number: sheet.worth.roles_of(held) for held in sheet.classes if held.type != SCOPE}
        found: dict[int, dict[int, Taken]] = {number: {} for number in ranks}
        delegation = Delegation(sheet.drawing.index, sheet.tree, sheet.worth, sheet.drawing.at)
        given = [one for one in delegation.found() if self._can_give(one.assignment)]
        deleting = sheet.worth.roles(LOCK_DELETE)
        all_giving = {one.assignment for one in given if gives_roles(sheet.worth, one.role)}
        lifts = {one.assignment for one in given if deleting[one.role] != NONE} | all_giving
        lifts.update(one.assignment for one in given if self._regions.lifting[self._table.principal[one.assignment]])
        for one in given:
            kind = _BYPASSING if one.refuses else GIVING
            if gives_roles(sheet.worth, one.role):
                self._takes_all(one.assignment, kind, certain=one.certain)
                for taken in found.values():
                    taken.setdefault(one.assignment, Taken(one.assignment, False, kind, True, True))
            for number, rank in ranks.items():
                if rank[one.role] == SURE:
                    before = found[number].get(one.assignment)
                    if before is None or before.listed_only or (one.certain and not before.certain):
                        found[number][one.assignment] = Taken(
                            one.assignment, one.certain, kind, one.assignment in lifts
                        )
        return {number: list(taken.values()) for number, taken in found.items() if taken}

    def _takes_all(self, row: int, kind: str, *, certain: bool) -> None:
        """Draw that a conditioned assignment lets its holder take a role that gives any role.

        Below denies and locks nothing is inherited, and what they leave of it is not asked: there it is possible.
        """
        sheet, scope = self._sheet, int(self._table.scope[row])
        inside = np.flatnonzero(self._listed & sheet.tree.below(np.append(sheet.tree.maybe_below(scope), scope)))
        places = np.concatenate([[scope], inside[inside != scope]]).astype(np.int32)
        flags = np.full(len(places), EdgeFlag.POSSIBLE, dtype=np.uint8)
        flags[0] = 0 if certain else EdgeFlag.POSSIBLE
        people = sheet.people(np.full(len(places), self._table.principal[row], dtype=np.int32))
        sheet.add(people, sheet.scopes(places), sheet.drawing.label(kind, ASSIGNMENTS), flags, row)

    def _can_give(self, row: int) -> bool:
        """Tell whether the holder of a role assignment may give roles at its scope as far as locks let it (B2)."""
        locked = self._regions.is_read_only(int(self._table.scope[row]))
        return not locked or bool(self._regions.lifting[self._table.principal[row]])

    def _rewriting(self) -> None:
        """Draw who can rewrite a custom role that it holds: everywhere the role is assigned to it (I2, AUT-03)."""
        sheet, index, worth = self._sheet, self._sheet.drawing.index, self._sheet.worth
        usable = np.zeros(len(self._table.role), np.uint8)
        usable[worth.eligible], usable[worth.active] = _LATER, _NOW
        used = self._table.role[usable > 0]
        if not (worth.roles(_DEFINITION_WRITE)[used] == SURE).any():
            return
        known: dict[tuple[str, ...], dict[int, int]] = {}
        by_role: dict[int, dict[int, int]] = {}
        for number in np.unique(used).tolist():
            role = index.facts.roles[number]
            if role.is_custom and role.assignable_scopes:
                key = tuple(sorted(text.lower() for text in role.assignable_scopes))
                if key not in known:
                    known[key] = self._writers(key)
                by_role[number] = known[key]
        people, rows, flags = [], [], []
        for person in sorted(set().union(*known.values())):
            # Who can write definitions are few; what they hold is looked at row by row.
            for one in sorted(index.directory.caller(person, sheet.drawing.micros).identities):
                for row in index.v_held[index.v_by_principal[one] : index.v_by_principal[one + 1]]:
                    how = by_role.get(index.v_role[row], {}).get(person)
                    if usable[row] and how is not None:
                        people.append(person)
                        rows.append(row)
                        flags.append(how | (EdgeFlag.ELIGIBLE if usable[row] == _LATER else 0))
        found = rows_of(*rows)
        scopes = sheet.scopes(self._table.scope[found])
        label = sheet.drawing.label(_REWRITING, ASSIGNMENTS)
        sheet.add(sheet.people(rows_of(*people)), scopes, label, np.asarray(flags, dtype=np.uint8), found)

    def _writers(self, scopes: tuple[str, ...]) -> dict[int, int]:
        """Return who can write role definitions at all of some scopes, with the flags of an edge that says so."""
        parts, lifts = [], 0
        for text in scopes:
            try:
                scope = Scope.parse(text)
            except ScopeSyntaxError:
                continue
            levels, locked = self._regions.callers(_DEFINITION_WRITE, scope)
            parts.append(levels)
            lifts |= EdgeFlag.LIFTS if locked else 0
        found: dict[int, int] = {}
        for mask, flags in Levels.of_all(parts).flagged() if parts else ():
            for person in np.flatnonzero(mask).tolist():
                found.setdefault(person, flags | lifts)
        return found
