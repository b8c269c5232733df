"""Bounds for cuts from ways that are in each other's way as little as can be: quick, and true at any moment.

The solver's bounds are better; these hold where a part is too large for it, or its time too short.
"""

from __future__ import annotations

from dataclasses import replace
from math import floor

import numpy as np

from remit.graph.cut_part import Part, Prices, TimeLeft
from remit.graph.network import Codes
from remit.graph.search import Search

_ROUNDS = 8
_TREES = 24
_STEEP = 20
"""What the unit with most ways over it costs more than one without, when ways are sought beside each other."""
_ALMOST_NOTHING = 1e-9
_OFTEN = 4_096
"""After so many ways the time is looked at."""


def cheapest(part: Part, sources: Codes, left: TimeLeft) -> float:
    """Return what keeping all sources away costs at least.

    Ways that share no unit have to be cut one by one, each for no less than its cheapest unit; of a dearer unit what is
    left of its price may be used by other ways. Cost: a few trees, and a pass over their ways.
    """
    rest, total = part.prices.copy(), 0.0
    for _ in range(_ROUNDS):
        if left() <= 0:
            break
        tree = part.tree(rest <= _ALMOST_NOTHING)
        found = _beside(part, tree.edge.tolist(), sources[tree.reached[sources]], rest, left)
        total += found
        if not found:
            break
    return total


def _beside(part: Part, edge: list[int], sources: Codes, rest: Prices, left: TimeLeft) -> float:
    """Take ways out of a tree until what they rest on is used up; `rest` is what is left of each price."""
    target, unit, prices, total = part.network.target.tolist(), part.unit.tolist(), rest.tolist(), 0.0
    for count, source in enumerate(sources.tolist()):
        if count % _OFTEN == 0 and left() <= 0:
            break
        at, on = source, set[int]()
        while (step := edge[at]) >= 0:
            on.add(unit[step])
            at = target[step]
        on.discard(-1)
        free = min((prices[one] for one in on), default=0.0)
        if free > _ALMOST_NOTHING:
            total += free
            for one in on:
                prices[one] -= free
    rest[:] = prices
    return total


def fewest_left(part: Part, sources: Codes, most: int, left: TimeLeft) -> int:
    """Return how many sources are left at least when so many units are taken away.

    With some ways for each source, taking units away cuts a source off only if it hits all of them; so it cuts off no
    more than the mean over the ways. No set hits more than the units that most ways lead over. Later ways avoid those.
    """
    none = np.zeros(part.units.count, np.bool_)
    load, best = np.zeros(part.units.count, np.int64), 0
    for round_ in range(1, _TREES + 1):
        if left() <= 0:
            break
        steep = np.rint(_STEEP * load / max(int(load.max(initial=0)), 1)).astype(np.uint8)
        cost = np.where(part.unit >= 0, 1 + np.append(steep, 0)[part.unit], 0).astype(np.uint8)
        search = Search(replace(part.network, cost=cost), allowed=part.allowed(none), back=part.search.ground.backward)
        load += part.passing(search.tree_to(part.targets), sources)
        hit = np.sort(load)[::-1][:most].sum()
        best = max(best, len(sources) - floor(hit / round_))
    return best
