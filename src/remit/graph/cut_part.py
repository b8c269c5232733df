"""The part of a network that a cut is about, and what is left of it when units are taken away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from remit.engine.membership import offsets_of
from remit.graph.network import Codes, Network
from remit.graph.search import Search, Tree
from remit.graph.walking import Mask

Prices = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Units:
    """What can be taken away: rows of facts that edges rest on; sorted by (table, evidence).

    Attributes:
        tables: names as in `Label.table`. table: int32 place in `tables`. evidence: int32 row.
    """

    tables: tuple[str, ...]
    table: Codes
    evidence: Codes

    @property
    def count(self) -> int:
        """Number of units."""
        return len(self.table)


Pricing = Callable[[Units], Prices]
"""What it costs to take each unit away, above 0; infinite: it must stay."""
TimeLeft = Callable[[], float]
"""Seconds until the answer is due, not above 0 once it is late."""


@dataclass(frozen=True, eq=False)
class Part:
    """Everything between sources and targets, numbered anew.

    Attributes:
        nodes: int32 numbers in the whole network. network: the part; its `cost` is 1 where an edge rests on a unit.
        units: what edges rest on. unit: int32 place in `units` per edge, -1 for an edge that nothing takes away.
        prices: per unit. sources, targets: numbers in the part; no source is a target.
    """

    nodes: Codes
    network: Network
    units: Units
    unit: Codes
    prices: Prices
    sources: Codes
    targets: Codes

    @classmethod
    def between(cls, search: Search, sources: Codes, targets: Codes, pricing: Pricing | None) -> Part:
        """Cut out what lies on a walk from a source to a target that does not pass a target."""
        whole, ground = search.network, search.ground
        inside = search.reached(sources) & search.reaching(targets)
        nodes = np.flatnonzero(inside).astype(np.int32)
        number = np.full(whole.nodes, -1, np.int32)
        number[nodes] = np.arange(len(nodes), dtype=np.int32)
        places, count = ground.forward.around(nodes)
        begin = np.repeat(np.arange(len(nodes), dtype=np.int32), count)
        kept, edge = ground.edges(ground.forward, places)
        begin = begin[np.searchsorted(places, kept)]
        ends = np.zeros(whole.nodes, np.bool_)
        ends[targets] = True
        stays = inside[whole.target[edge]] & ~ends[nodes[begin]] & (whole.target[edge] != nodes[begin])
        edge, begin = edge[stays], begin[stays]
        units, unit = _units(whole, edge)
        prices = np.ones(units.count) if pricing is None else np.asarray(pricing(units), dtype=np.float64)
        unit = np.where((unit >= 0) & ~np.isinf(prices)[unit], unit, -1).astype(np.int32) if units.count else unit
        end = number[whole.target[edge]]
        first = _first(begin, end, unit)
        edge, begin, end, unit = edge[first], begin[first], end[first], unit[first]
        part = Network(
            whole.keys[nodes],
            offsets_of(len(nodes), begin),
            end,
            whole.label[edge],
            whole.flags[edge],
            (unit >= 0).astype(np.uint8),
            whole.evidence[edge],
            whole.labels,
        )
        begins = number[sources[inside[sources] & ~ends[sources]]]
        return cls(nodes, part, units, unit, prices, begins, number[targets[inside[targets]]])

    @cached_property
    def search(self) -> Search:
        """Questions to the part while nothing is taken away."""
        return Search(self.network)

    @cached_property
    def source(self) -> Codes:
        """Source of every edge."""
        return self.network.source

    def allowed(self, taken: Mask) -> Mask:
        """Return which edges stay when units are taken away."""
        return ~np.append(taken, np.False_)[self.unit]

    def still(self, taken: Mask, sources: Codes) -> Codes:
        """Return which sources reach a target when units are taken away."""
        reaching = self.search.but(allowed=self.allowed(taken)).reaching(self.targets)
        return sources[reaching[sources]]

    def tree(self, taken: Mask) -> Tree:
        """Return ways to the targets over the fewest units, when some are taken away."""
        return self.search.but(allowed=self.allowed(taken)).tree_to(self.targets)

    def stuck(self) -> Codes:
        """Return the sources that no cut keeps from a target."""
        return self.still(np.ones(self.units.count, np.bool_), self.sources)

    def barrier(self, taken: Mask, sources: Codes) -> Mask:
        """Return units that keep sources from the targets, beside those taken away; none of the sources is stuck.

        Either all by which a source leaves what it reaches over nothing that can be taken away, or all by which
        targets are entered so, whichever is cheaper. Cost: three walks.
        """
        bare = self.search.but(allowed=self.unit < 0)
        near, end = bare.reached(sources), bare.reaching(self.targets)
        target = self.network.target
        stays = self.allowed(taken) & (self.unit >= 0)
        come = self.search.but(allowed=self.allowed(taken)).reached(sources)
        found = []
        for edges in (near[self.source] & ~near[target], come[self.source] & ~end[self.source] & end[target]):
            units = np.zeros(self.units.count, np.bool_)
            units[self.unit[edges & stays]] = True
            found.append(units)
        return min(found, key=lambda units: float(self.prices[units].sum()))

    def forced(self, taken: Mask, sources: Codes) -> NDArray[np.int64]:
        """Count for each unit how many sources have nothing else to go by, as far as one edge follows from another."""
        allowed = self.allowed(taken)
        reaching = self.search.but(allowed=allowed).reaching(self.targets)
        live = np.flatnonzero(allowed & reaching[self.network.target])
        begin = self.source[live]
        only = np.full(self.network.nodes, -1, np.int64)
        only[begin] = live
        only[np.bincount(begin, minlength=self.network.nodes) != 1] = -1
        return self._along(only, sources)

    def passing(self, tree: Tree, sources: Codes) -> NDArray[np.int64]:
        """Count for each unit how many sources have it on their way."""
        return self._along(tree.edge, sources)

    def _along(self, next_: NDArray[np.integer], sources: Codes) -> NDArray[np.int64]:
        """Count what sources come over when each node leads on by one edge, -1 where it does not."""
        counts = np.zeros(self.units.count + 1, np.int64)
        edge = next_[sources]
        while len(edge := edge[edge >= 0]):
            counts += np.bincount(self.unit[edge] + 1, minlength=len(counts))
            edge = next_[self.network.target[edge]]
        return counts[1:]


def _units(network: Network, edge: NDArray[np.int64]) -> tuple[Units, Codes]:
    """Return what edges rest on, and the place of each edge's."""
    tables = tuple(sorted({label.table for label in network.labels if label.table}))
    by_label = np.asarray([tables.index(one.table) if one.table else -1 for one in network.labels], dtype=np.int64)
    table, evidence = by_label[network.label[edge]], network.evidence[edge].astype(np.int64)
    known = (table >= 0) & (evidence >= 0)
    keys, place = np.unique((table[known] << 32) | evidence[known], return_inverse=True)
    unit = np.full(len(edge), -1, np.int32)
    unit[known] = place
    return Units(tables, (keys >> 32).astype(np.int32), (keys & 0xFFFF_FFFF).astype(np.int32)), unit


def _first(begin: Codes, end: Codes, unit: Codes) -> NDArray[np.int64]:
    """Return one edge of each (begin, end, unit), by begin."""
    order = np.lexsort((unit, end, begin))
    first = np.zeros(len(order), np.bool_)
    first[:1] = True
    for column in (begin[order], end[order], unit[order]):
        first[1:] |= column[1:] != column[:-1]
    return order[first]
