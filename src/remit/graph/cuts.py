"""What to take away so that sources do not reach targets any more: the cheapest set, with a proof or a gap.

A unit is what an administrator can take away: an assignment, a membership, an owner, the identity of a resource. Taking
it away removes every edge that rests on it, here and elsewhere, which makes this harder than a minimum cut; so it is
given to a solver (`cut_model`), which gets the rows it needs one round after the other. Until it has a proof, the best
known set is one that was completed greedily; the bound says how far from the best it can be.

When time is over, the set is completed in a few walks, and what it does is told of the units that matter most.
INVARIANT: every loop looks at the time; beyond it no more is done than a fixed number of walks.

>>> cut(search.certain, people, tier_zero, budget=5).units                      # doctest: +SKIP
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import ceil, inf, isfinite

import numpy as np
from numpy.typing import NDArray

from remit.graph import cut_bounds, cut_effects
from remit.graph.cut_model import CutModel
from remit.graph.cut_part import Part, Pricing, TimeLeft
from remit.graph.network import Codes
from remit.graph.search import Nodes, Search
from remit.graph.walking import Mask

_ROWS_AT_ONCE = 400_000
"""A part with so few edges goes into the model as a whole."""
_ONE_BY_ONE = 30
"""After so many units the greedy way takes several at a time."""
_SPARED = 500
"""So many units are looked at one by one whether they are needed."""
_TELLING = 0.2
"""The part of the time that is kept for telling what units do."""
_BEGINNING = 0.4
"""The part of the rest of it that is for what comes before the solver."""
_BOUNDING = 0.4
"""The part of that which is for a bound."""
_EXACT = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class CutUnit:
    """A unit to take away.

    Attributes:
        table: as in `Label.table`. evidence: row of it. price: what it costs.
        alone: sources that reach no target any more if it is the only one. needed: sources that would reach one again
            if it were the only one that stayed. Both are numbers of nodes, and None where there was no time to look.
    """

    table: str
    evidence: int
    price: float
    alone: Codes | None
    needed: Codes | None


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """What to take away.

    Attributes:
        units: those needed by most sources first, those that nobody had time for last. price: their sum.
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
        return gap_between(self.value, self.bound)


def gap_between(value: float, bound: float) -> float:
    """Return how far a value is above a bound, as a part of the value."""
    return 0.0 if value <= bound + _EXACT else (value - bound) / value


def unhurried() -> float:
    """Leave all the time there is."""
    return inf


def cut(
    search: Search,
    sources: Nodes,
    targets: Nodes,
    *,
    pricing: Pricing | None = None,
    budget: int | None = None,
    left: TimeLeft = unhurried,
) -> Cut:
    """Find what to take away.

    Args:
        search: the network and the edges that count: `search.certain` to cut what is certain.
        sources: nodes that are to be kept away, without those that are meant to be there.
        targets: nodes that they are to be kept away from.
        pricing: what each unit costs; None: each one the same.
        budget: None: keep every source away as cheaply as can be. N: keep as many away as N units can.
        left: seconds until the answer is due; when they are over, the best that is known is returned, with its gap.

    Returns:
        The set, what it does, and how good it is.

    Cost: what the solver takes, within the time; beyond that some walks over what is between sources and targets.
    """
    begins = np.unique(np.asarray(sources, dtype=np.int32))
    ends = np.unique(np.asarray(targets, dtype=np.int32))
    given = left()
    kept = _TELLING * given if isfinite(given) else 0.0
    part = Part.between(search, begins, ends, pricing)
    taken, value, bound = _Cutting(part, budget, lambda: left() - kept).solved()
    return _told(part, np.intersect1d(begins, ends), taken, (value, bound), left)


class _Cutting:
    """Bounds from the solver and sets made feasible, until they meet."""

    def __init__(self, part: Part, budget: int | None, left: TimeLeft) -> None:
        self.part, self.budget, self.left = part, budget, left
        self.open = np.setdiff1d(part.sources, part.stuck()).astype(np.int32)
        self.free = np.isfinite(part.prices)
        self.whole = budget is not None or bool((part.prices[self.free] % 1 == 0).all())
        self.best = np.zeros(part.units.count, np.bool_)
        self.value, self.bound = inf, 0.0

    def solved(self) -> tuple[Mask, float, float]:
        """Return units, value and bound."""
        with self._sharing(_BEGINNING):
            self._begin()
        if not len(self.open) or (self.budget is not None and self.budget < 1):
            return self.best, self.value, self.value
        if self.left() > 0 and self.value > self.bound + _EXACT:
            self._solve()
        self._offer(self._filled(self._gained(self._spared(self.best.copy()))))
        return self.best, self.value, min(self.bound, self.value)

    @contextmanager
    def _sharing(self, share: float) -> Iterator[None]:
        """Do something in a part of the time that is left."""
        whole = self.left
        later = (1.0 - share) * now if isfinite(now := whole()) else 0.0
        self.left = lambda: whole() - later
        try:
            yield
        finally:
            self.left = whole

    def _begin(self) -> None:
        """Find a set and a bound without the solver."""
        none = np.zeros_like(self.best)
        with self._sharing(_BOUNDING):
            if self.budget is None:
                self._raise(cut_bounds.cheapest(self.part, self.open, self.left))
            else:
                self._raise(cut_bounds.fewest_left(self.part, self.open, self.budget, self.left))
        if self.budget is None:
            self._offer(self._spared(self._completed(none.copy())))
            self._offer(self._spared(self.part.barrier(none, self.open)))
        else:
            self._offer(self._filled(self._spared(self._completed(none.copy()))))
            self._offer(self._filled(self._spared(self._gained(none))))

    def _solve(self) -> None:
        """Let the solver choose, with more rows each time, until its bound and a set meet, or time is over."""
        model, given = self._model(), np.zeros(self.part.network.edges, np.bool_)
        more = self._rows(np.zeros_like(self.best), given)
        while len(more) and self.value > self.bound + _EXACT:
            given[more] = True
            model.add(self.part.source[more], self.part.network.target[more], self.part.unit[more])
            seconds = self.left() - model.deaf_s
            if seconds <= model.deaf_s:
                break
            choice = model.solve(seconds)
            self._raise(choice.bound)
            if choice.units is None:
                break
            self._offer(self._filled(self._completed(choice.units & self.free)))
            more = self._rows(choice.units, given)

    def _raise(self, bound: float) -> None:
        if isfinite(bound):
            self.bound = max(self.bound, ceil(bound - _EXACT) if self.whole else bound)

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

    def _room(self, taken: Mask) -> float:
        """Return how many more units may be taken away."""
        return inf if self.budget is None else self.budget - int(taken.sum())

    def _completed(self, taken: Mask) -> Mask:
        """Take more units until no source is left, or the budget is used up; the cheapest that ways lead over most."""
        part, steps = self.part, 0
        while len(still := part.still(taken, self.open)) and self._room(taken) >= 1:
            late = self.left() <= 0
            if late and self.budget is None:
                return taken | part.barrier(taken, still)
            score = self._score(taken, still)
            if late:
                taken[_highest(score, int(self._room(taken)))] = True
                return taken
            several = steps >= _ONE_BY_ONE and self.budget is None
            taken[np.flatnonzero(score >= score.max() / 2) if several else int(score.argmax())] = True
            steps += 1
        return taken

    def _score(self, taken: Mask, still: Codes) -> NDArray[np.float64]:
        return self.part.passing(self.part.tree(taken), still) / np.where(self.free, self.part.prices, inf)

    def _gained(self, taken: Mask) -> Mask:
        """Use the budget up: each time for what alone cuts off most, else for what ways lead over most."""
        part = self.part
        while self.budget is not None and self._room(taken) >= 1 and self.left() > 0:
            if not len(still := part.still(taken, self.open)):
                break
            half, score = cut_effects.AT_ONCE // 2, self._score(taken, still)
            units = np.union1d(
                _highest(score, half),
                _highest(np.where(self.free, part.forced(taken, still), 0.0), half),
            ).astype(np.int32)
            gains = [len(nodes) for nodes in cut_effects.alone(part, taken, units, still)]
            best = np.flatnonzero(np.asarray(gains) == max(gains))
            taken[units[best[int(score[units[best]].argmax())]]] = True
        return taken

    def _filled(self, taken: Mask) -> Mask:
        """Use what is left of a budget for those who need the fewest units more: the first ones on all their ways."""
        part = self.part
        while self.budget is not None and self.left() > 0 and (room := self._room(taken)) >= 1:
            reaching = part.search.but(allowed=part.allowed(taken)).reaching(part.targets)
            open_ = np.zeros(part.network.nodes, np.bool_)
            open_[self.open] = True
            edge = np.flatnonzero((open_ & reaching)[part.source] & reaching[part.network.target] & part.allowed(taken))
            first = np.unique(np.stack([part.source[edge], part.unit[edge]]), axis=1)
            who, begin, count = np.unique(first[0], return_index=True, return_counts=True)
            fits = np.flatnonzero((first[1][begin] >= 0) & (count <= room))  # -1 comes first: nothing takes it away
            if not len(fits):
                break
            fewest = fits[int(np.argmin(count[fits]))]
            taken[first[1][first[0] == who[fewest]]] = True
        return taken

    def _spared(self, taken: Mask) -> Mask:
        """Leave out what is not needed, the dearest first."""
        left = len(self.part.still(taken, self.open))
        units = self._not_needed(taken)
        for unit in units[np.argsort(-self.part.prices[units], kind="stable")][:_SPARED].tolist():
            if self.left() <= 0:
                break
            taken[unit] = False
            taken[unit] = len(self.part.still(taken, self.open)) > left
        return taken

    def _not_needed(self, taken: Mask) -> Codes:
        """Return units each of which could stay if all the others go; what is needed now is so without others, too."""
        found = [np.zeros(0, np.int32)]
        for units in _portions(np.flatnonzero(taken).astype(np.int32)):
            if self.left() <= 0:
                break
            away = np.setdiff1d(self.open, self.part.still(taken, self.open))
            needed = cut_effects.needed(self.part, taken, units, away)
            found.append(units[[not len(nodes) for nodes in needed]])
        return np.concatenate(found)


def _highest(score: NDArray[np.float64], count: int) -> NDArray[np.int64]:
    """Return the places of the highest numbers above 0."""
    places = np.flatnonzero(score > 0)
    return places[np.argsort(-score[places], kind="stable")[:count]]


def _portions(units: Codes) -> Iterator[Codes]:
    for start in range(0, len(units), cut_effects.AT_ONCE):
        yield units[start : start + cut_effects.AT_ONCE]


def _told(part: Part, both: Codes, taken: Mask, found: tuple[float, float], left: TimeLeft) -> Cut:
    """Say what a set does; `both`: sources that are targets."""
    none = np.zeros_like(taken)
    here = part.still(none, part.sources)
    stay = part.still(taken, part.sources)
    rows = _rows_of(part, taken, here, stay, left)
    rows.sort(key=lambda row: (row.needed is None, -_count(row.needed), -_count(row.alone), row.table, row.evidence))
    return Cut(
        tuple(rows),
        float(part.prices[taken].sum()),
        part.nodes[np.setdiff1d(here, stay)],
        np.union1d(part.nodes[stay], both).astype(np.int32),
        np.union1d(part.nodes[part.stuck()], both).astype(np.int32),
        *found,
    )


def _rows_of(part: Part, taken: Mask, here: Codes, stay: Codes, left: TimeLeft) -> list[CutUnit]:
    """Say what each unit does, those first that most ways lead over: of those at once in any case."""
    none = np.zeros_like(taken)
    units = np.flatnonzero(taken).astype(np.int32)
    if not len(units):
        return []
    units = units[np.argsort(-part.passing(part.tree(none), here)[units], kind="stable")]
    away = np.setdiff1d(here, stay).astype(np.int32)
    rows: list[CutUnit] = []
    for some in _portions(units):
        if rows and left() <= 0:
            rows += [_unit(part, unit, None, None) for unit in some.tolist()]
            continue
        does = cut_effects.alone(part, none, some, here), cut_effects.needed(part, taken, some, away)
        rows += [
            _unit(part, unit, part.nodes[alone], part.nodes[needed])
            for unit, alone, needed in zip(some.tolist(), *does, strict=True)
        ]
    return rows


def _unit(part: Part, unit: int, alone: Codes | None, needed: Codes | None) -> CutUnit:
    table = part.units.tables[int(part.units.table[unit])]
    return CutUnit(table, int(part.units.evidence[unit]), float(part.prices[unit]), alone, needed)


def _count(nodes: Codes | None) -> int:
    return 0 if nodes is None else len(nodes)
