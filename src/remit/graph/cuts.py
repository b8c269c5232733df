"""What to take away so that sources do not reach targets any more: the cheapest set, with a proof or a gap.

A unit is what an administrator can take away: an assignment, a membership, an owner, the identity of a resource. Taking
it away removes every edge that rests on it, here and elsewhere, which makes this harder than a minimum cut; so it is
given to a solver (`cut_model`), which gets the rows it needs one round after the other. Until it has a proof, the best
known set is one that was completed greedily; the bound says how far from the best it can be.

>>> cut(search.certain, people, tier_zero, budget=5).units                      # doctest: +SKIP
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, inf, isfinite

import numpy as np
from numpy.typing import NDArray

from remit.graph.cut_model import CutModel
from remit.graph.cut_part import Part, Prices, Pricing, Units
from remit.graph.network import Codes
from remit.graph.search import Nodes, Search
from remit.graph.walking import Mask

_ROWS_AT_ONCE = 20_000
"""A part with so few edges goes into the model as a whole."""
_ONE_BY_ONE = 30
"""After so many units the greedy way takes several at a time."""
_SPARED = 500
"""So many units are looked at whether they are needed."""
_EXACT = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class CutUnit:
    """A unit to take away.

    Attributes:
        table: as in `Label.table`. evidence: row of it. price: what it costs.
        alone: sources that reach no target any more if it is the only one. needed: sources that would reach one again
            if it were the only one that stayed. Both are numbers of nodes.
    """

    table: str
    evidence: int
    price: float
    alone: Codes
    needed: Codes


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """What to take away.

    Attributes:
        units: those needed by most sources first. price: their sum.
        cut_off: sources that reach no target any more. left: those that still do. stuck: those of them that nothing
            keeps from it: they are targets, or their ways rest on nothing that can be taken away.
        value: what was minimised: the price, or with a budget how many of the sources that are not stuck are left.
        bound: nothing has a smaller value. gap: how far the value is above the bound, as a part of it; 0 is proved.
    """

    units: tuple[CutUnit, ...]
    price: float
    cut_off: Codes
    left: Codes
    stuck: Codes
    value: float
    bound: float

    @property
    def gap(self) -> float:
        """0 where nothing better exists."""
        return 0.0 if self.value <= self.bound + _EXACT else (self.value - self.bound) / self.value


def cut(
    search: Search,
    sources: Nodes,
    targets: Nodes,
    *,
    pricing: Pricing | None = None,
    budget: int | None = None,
    seconds: float = 30.0,
) -> Cut:
    """Find what to take away.

    Args:
        search: the network and the edges that count: `search.certain` to cut what is certain.
        sources: nodes that are to be kept away, without those that are meant to be there.
        targets: nodes that they are to be kept away from.
        pricing: what each unit costs; None: each one the same.
        budget: None: keep every source away as cheaply as can be. N: keep as many away as N units can.
        seconds: for the solver; when they are over, the best that is known is returned, with its gap.

    Returns:
        The set, what it does, and how good it is.
    """
    begins = np.unique(np.asarray(sources, dtype=np.int32))
    ends = np.unique(np.asarray(targets, dtype=np.int32))
    part = Part.between(search, begins, ends, pricing)
    taken, value, bound = _Cutting(part, budget).solved(seconds)
    return _told(part, np.intersect1d(begins, ends), taken, (value, bound))


class _Cutting:
    """Bounds from the solver and sets made feasible, until they meet."""

    def __init__(self, part: Part, budget: int | None) -> None:
        self.part, self.budget = part, budget
        self.open = np.setdiff1d(part.sources, part.stuck()).astype(np.int32)
        self.free = np.isfinite(part.prices)
        self.whole = budget is not None or bool((part.prices[self.free] % 1 == 0).all())
        self.best = np.zeros(part.units.count, np.bool_)
        self.value, self.bound = inf, 0.0

    def solved(self, seconds: float) -> tuple[Mask, float, float]:
        """Return units, value and bound."""
        self._offer(self._spared(self._completed(self.best.copy())))
        if not len(self.open) or (self.budget is not None and self.budget < 1):
            return self.best, self.value, self.value
        model, given = self._model(), np.zeros(self.part.network.edges, np.bool_)
        more = self._rows(np.zeros_like(self.best), given)
        while len(more) and seconds > 0 and self.value > self.bound + _EXACT:
            given[more] = True
            model.add(self.part.source[more], self.part.network.target[more], self.part.unit[more])
            choice = model.solve(seconds)
            seconds -= choice.seconds
            if isfinite(choice.bound):
                self.bound = max(self.bound, ceil(choice.bound - _EXACT) if self.whole else choice.bound)
            if choice.units is None:
                break
            self._offer(self._completed(choice.units & self.free))
            more = self._rows(choice.units, given)
        self._offer(self._spared(self.best.copy()))
        return self.best, self.value, min(self.bound, self.value)

    def _model(self) -> CutModel:
        gains = np.zeros(self.part.network.nodes)
        gains[self.open] = inf if self.budget is None else 1.0
        prices = np.where(self.free, self.part.prices, 1.0)
        return CutModel(prices, gains, self.part.targets, self.budget)

    def _rows(self, taken: Mask, given: Mask) -> NDArray[np.int64]:
        """Return edges that the model has yet to know: all of a small part, else ways that a choice leaves open."""
        if self.part.network.edges <= _ROWS_AT_ONCE:
            return np.flatnonzero(~given)
        if not len(self.part.still(taken, self.open)):
            return np.zeros(0, np.int64)
        edge = self.part.tree(taken).edge
        known = np.zeros_like(given)
        known[edge[edge >= 0]] = True
        return np.flatnonzero(known & ~given)

    def _offer(self, taken: Mask) -> None:
        """Keep a set that is better than the best."""
        value = self._value(taken)
        if (value, taken.sum()) < (self.value, self.best.sum()):
            self.best, self.value = taken, value

    def _value(self, taken: Mask) -> float:
        if self.budget is None:
            return float(self.part.prices[taken].sum())
        return float(len(self.part.still(taken, self.open)))

    def _completed(self, taken: Mask) -> Mask:
        """Take more units until no source is left, or the budget is used up."""
        part, steps = self.part, 0
        while len(still := part.still(taken, self.open)):
            room = inf if self.budget is None else self.budget - int(taken.sum())
            if room < 1:
                break
            score = part.passing(part.tree(taken), still) / np.where(self.free, part.prices, inf)
            several = steps >= _ONE_BY_ONE and self.budget is None
            taken[np.flatnonzero(score >= score.max() / 2) if several else int(score.argmax())] = True
            steps += 1
        return taken

    def _spared(self, taken: Mask) -> Mask:
        """Leave out what is not needed, the dearest first."""
        left = len(self.part.still(taken, self.open))
        chosen = np.flatnonzero(taken)
        for unit in chosen[np.argsort(-self.part.prices[chosen], kind="stable")][:_SPARED].tolist():
            taken[unit] = False
            taken[unit] = len(self.part.still(taken, self.open)) > left
        return taken


def _told(part: Part, both: Codes, taken: Mask, found: tuple[float, float]) -> Cut:
    """Say what a set does; `both`: sources that are targets."""
    none = np.zeros_like(taken)
    here = part.still(none, part.sources)
    left = part.still(taken, part.sources)
    rows = []
    for unit in np.flatnonzero(taken).tolist():
        one, others = none.copy(), taken.copy()
        one[unit], others[unit] = True, False
        alone = np.setdiff1d(here, part.still(one, part.sources))
        needed = np.setdiff1d(part.still(others, part.sources), left)
        rows.append(_unit(part.units, unit, part.prices, part.nodes[alone], part.nodes[needed]))
    rows.sort(key=lambda row: (-len(row.needed), -len(row.alone), row.table, row.evidence))
    return Cut(
        tuple(rows),
        float(part.prices[taken].sum()),
        part.nodes[np.setdiff1d(here, left)],
        np.union1d(part.nodes[left], both).astype(np.int32),
        np.union1d(part.nodes[part.stuck()], both).astype(np.int32),
        *found,
    )


def _unit(units: Units, unit: int, prices: Prices, alone: Codes, needed: Codes) -> CutUnit:
    table = units.tables[int(units.table[unit])]
    return CutUnit(table, int(units.evidence[unit]), float(prices[unit]), alone, needed)
