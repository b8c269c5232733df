"""Assignments under a condition: judged as the engine judges them, at the scope or target by target (C1, C22).

A condition that only looks at names of the target (a container, a queue) is decided at each target; one that asks
about the call leaves the edge possible.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from remit.engine.asked import Asked, truth_of_all
from remit.engine.granting import condition_outcome
from remit.engine.index import TenantIndex
from remit.graph.holding.classes import HoldingClass, HoldingWay
from remit.graph.holding.grants import NONE, Worth
from remit.graph.kinds import Need
from remit.model.decision import Truth
from remit.model.question import Question
from remit.model.scope import Scope, ScopeKind

MOST_TARGETS = 500
"""So many targets below a conditioned assignment are judged one by one; with more the edge stays possible."""

_RESOURCE = "@resource["


class ConditionJudge:
    """Judges what conditioned assignments give of a class."""

    def __init__(self, index: TenantIndex, worth: Worth, at: datetime) -> None:
        self._index = index
        self._worth = worth
        self._at = at
        self._known: dict[tuple[int, int, int, str], Truth] = {}

    def truth(self, held: HoldingClass, row: int, scope: Scope, *, by_place: bool) -> Truth:
        """Return whether an assignment gives a class at a place.

        Args:
            held: the class.
            row: the assignment.
            scope: where.
            by_place: the answer may hang on the place; else it is the scope of the assignment, and answers for one role
                and condition are remembered.
        """
        index = self._index
        place = scope.key if by_place else self.place(row)
        key = (held.number, index.v_role[row], index.v_condition[row], place)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self.any_of(held.ways, row, scope)
        return found

    def any_of(self, ways: Iterable[HoldingWay], row: int, scope: Scope) -> Truth:
        """Return whether an assignment gives any of some ways at a place."""
        truths = [self._way(way, row, scope) for way in ways]
        return Truth.TRUE if Truth.TRUE in truths else Truth.UNKNOWN if Truth.UNKNOWN in truths else Truth.FALSE

    def _way(self, way: HoldingWay, row: int, scope: Scope) -> Truth:
        role = self._index.v_role[row]
        truths = []
        for need in way.needs:
            if self._worth.roles(need)[role] == NONE:
                return Truth.FALSE
            truths.append(self.of_need(need, row, scope))
        return truth_of_all(truths)

    def of_need(self, need: Need, row: int, scope: Scope) -> Truth:
        """Return whether the conditions of an assignment, and of its role, let one need pass at a place."""
        asked = Asked(self._index, Question("", need.action, need.plane, scope), self._at)
        return condition_outcome(asked, row, self._index.v_role[row]).truth

    def place(self, row: int) -> str:
        """Return what an assignment's conditions may say about the scope that it is made at: the key of a resource.

        "" where they come out alike at all scopes of assignments: those that are no resource have no names to ask for.
        """
        index = self._index
        scope = index.v_scope[row]
        if index.facts.scopes.kind[scope] < ScopeKind.RESOURCE:
            return ""
        number = index.v_condition[row]
        own = index.facts.conditions.text[number] if number >= 0 else ""
        blocks = index.facts.roles[index.v_role[row]].blocks
        named = any(_RESOURCE in (text or "").lower() for text in (own, *(block.condition for block in blocks)))
        return index.facts.scopes.key[scope] if named else ""


def conditioned(worth: Worth, ranks: NDArray[np.uint8], rows: NDArray[np.int32], sure: int) -> NDArray[np.bool_]:
    """Tell which assignments need judging: those with a condition, or whose role has one."""
    role = worth.index.facts.assignments.role[rows]
    found: NDArray[np.bool_] = worth.conditional[rows] | (ranks[role] != sure)
    return found
