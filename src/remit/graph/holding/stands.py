"""How assignments stand to single needs, their conditions judged: one look per role, and one per role and condition."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from remit.engine.index import TenantIndex
from remit.graph.holding.conditions import ConditionJudge
from remit.graph.holding.grants import NONE, SURE, UNDER_CONDITION, Worth
from remit.graph.kinds import Need
from remit.model.decision import Truth
from remit.model.question import Plane
from remit.model.scope import Scope

Codes = NDArray[np.int32]
Small = NDArray[np.uint8]


class Stands:
    """Assignments of one index by what they come to: those that come to the same for any need share a code.

    Attributes:
        code: per assignment in force, the row of its role, or a number above all roles where a condition is to be
            judged, or where it comes from a managing tenant.

    Cost: building is one look per assignment under a condition.
    """

    def __init__(self, index: TenantIndex, worth: Worth, judge: ConditionJudge) -> None:
        self._index = index
        self._worth = worth
        self._judge = judge
        self._roles = len(index.facts.roles)
        self._first: list[int] = []
        self._known: dict[Need, Small] = {}
        table = index.facts.assignments
        self.code: Codes = table.role.astype(np.int32)
        named = np.asarray([any(block.condition for block in role.blocks) for role in index.facts.roles], np.bool_)
        hard = worth.conditional | worth.lighthouse
        if named.any():
            hard = hard | named[table.role]
        numbers: dict[tuple[int, int, bool, str], int] = {}
        rows = np.concatenate([worth.active, worth.eligible])
        for row in np.sort(rows[hard[rows]]).tolist():
            key = (index.v_role[row], index.v_condition[row], bool(worth.lighthouse[row]), judge.place(row))
            if key not in numbers:
                numbers[key] = self._roles + len(numbers)
                self._first.append(row)
            self.code[row] = numbers[key]

    def of(self, need: Need) -> Small:
        """Return how assignments of each code stand to a need."""
        found = self._known.get(need)
        if found is None:
            ranks = self._worth.roles(need)
            more = [self._judged(need, row, int(ranks[self._index.v_role[row]])) for row in self._first]
            found = self._known[need] = np.concatenate([ranks, np.asarray(more, dtype=np.uint8)])
        return found

    def _judged(self, need: Need, row: int, rank: int) -> int:
        lighthouse = bool(self._worth.lighthouse[row])
        if rank == NONE or (lighthouse and need.plane is Plane.DATA):
            return NONE
        if rank == SURE and self._index.v_condition[row] < 0:
            return SURE
        scope = Scope.parse(self._index.scope_text(self._index.v_scope[row]))
        truth = self._judge.of_need(need, row, scope)
        return {Truth.TRUE: SURE, Truth.UNKNOWN: min(rank, UNDER_CONDITION), Truth.FALSE: NONE}[truth]
