"""Which role gives one duty over an AI workload and as little else as possible; where none does, a list of actions.

split = Splitter(index, rules).of(sort)
split[0].duty, split[0].role, split[0].actions

Roles are those of the snapshot, custom ones too. The least is the one with no other duty and no keys, and among those
the one that covers the fewest operations of the catalogue.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from remit.engine.actions import NO, PLAIN
from remit.engine.index import TenantIndex
from remit.graph.kinds import Need
from remit.graph.reviews.ai_rules import AiRules, Duty, Sort
from remit.model.question import Plane
from remit.model.role import RoleSource

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Proposal:
    """What gives one duty.

    Attributes:
        duty: which. role: row of `TenantFacts.roles`, -1 where no role fits.
        actions, data_actions: for a custom role where none fits, else ().
        too_much: the nearest role that would give more, -1 for none; with `more`, what it would give besides.
    """

    duty: str
    role: int
    actions: tuple[str, ...] = ()
    data_actions: tuple[str, ...] = ()
    too_much: int = -1
    more: tuple[str, ...] = ()


class Splitter:
    """Finds roles in one snapshot."""

    def __init__(self, index: TenantIndex, rules: AiRules) -> None:
        self._index = index
        self._rules = rules
        self._sizes: dict[int, int] = {}
        self._known: dict[str, tuple[Proposal, ...]] = {}

    def of(self, sort: Sort) -> tuple[Proposal, ...]:
        """Return a proposal for each duty of a sort. Cost: each action against all roles, once."""
        if sort.name not in self._known:
            self._known[sort.name] = tuple(self._propose(sort, duty) for duty in self._rules.duties_of(sort))
        return self._known[sort.name]

    def _propose(self, sort: Sort, duty: Duty) -> Proposal:
        able = self._all(duty.core_needs)
        besides = {
            other.duty: self._any(other.needs) for other in self._rules.duties_of(sort) if other.duty != duty.duty
        }
        if sort.keys:
            besides["keys"] = self._any(sort.key_needs)
        candidates = np.flatnonzero(able).tolist()
        best = min(candidates, key=lambda row: (self._more(besides, row), self._size(row), row), default=-1)
        more = () if best < 0 else tuple(word for word, mask in besides.items() if mask[best])
        if best >= 0 and not more:
            return Proposal(duty.duty, best)
        control = tuple(need.action for need in duty.core_needs if need.plane is Plane.CONTROL)
        data = tuple(need.action for need in duty.core_needs if need.plane is Plane.DATA)
        return Proposal(duty.duty, -1, (f"{sort.type}/read", *control), data, best, more)

    def _all(self, needs: tuple[Need, ...]) -> Mask:
        assignable = [one.source is not RoleSource.NOT_COLLECTED for one in self._index.facts.roles]
        able: Mask = np.asarray(assignable, dtype=np.bool_)
        for need in needs:
            able &= self._codes(need) == PLAIN
        return able

    def _any(self, needs: tuple[Need, ...]) -> Mask:
        some: Mask = np.zeros(len(self._index.facts.roles), np.bool_)
        for need in needs:
            some |= self._codes(need) != NO
        return some

    def _codes(self, need: Need) -> NDArray[np.uint8]:
        return np.frombuffer(self._index.actions.match(need.action, need.plane).roles, dtype=np.uint8)

    @staticmethod
    def _more(besides: dict[str, Mask], row: int) -> int:
        return sum(bool(mask[row]) for mask in besides.values())

    def _size(self, row: int) -> int:
        """Return how many operations a role covers; of what no catalogue knows, how many patterns it has."""
        if row not in self._sizes:
            blocks = self._index.facts.roles[row].blocks
            known = sum(int(self._index.catalogue.covered(blocks, plane).sum()) for plane in Plane)
            patterns = sum(len(block.actions) + len(block.data_actions) for block in blocks)
            self._sizes[row] = known * _OPERATION + patterns
        return self._sizes[row]


_OPERATION = 1000
"""One operation more counts for more than any number of patterns."""
