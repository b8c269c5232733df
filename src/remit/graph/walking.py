"""Walks over a whole network, a frontier at a time: who reaches, and how far it is.

Distances are whole numbers: cost first and hops second, or the other way round (`Measure`). A hop is a step onto a node
that is shown; silent nodes (`SILENT_KINDS`) cost none, so that what the eye counts is what is counted here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from remit.engine.membership import offsets_of, places_of
from remit.graph.network import Codes, Counts, Network
from remit.graph.nodes import NodeKind

Mask = NDArray[np.bool_]
Distances = NDArray[np.int64]
_Distance = TypeVar("_Distance", int, Distances)

Keep = Callable[[Codes, Distances], Mask]

SILENT_KINDS = (NodeKind.HELD, NodeKind.HUB, NodeKind.ELIGIBLE)
FAR = np.int64(2**62)
"""The distance of what is not reached."""

_MANY_EDGES = 500_000
_SHIFT = 20
UNIT = 1 << _SHIFT
"""One of what a measure compares first."""
LOW = UNIT - 1
"""Everything that a measure compares second."""


class Measure(Enum):
    """What is compared first."""

    COST = "cost"
    HOPS = "hops"

    def weights(self, cost: NDArray[np.integer], hop: NDArray[np.integer]) -> Distances:
        """Return one number per edge, by which sums compare as (first, second)."""
        first, second = (cost, hop) if self is Measure.COST else (hop, cost)
        return (first.astype(np.int64) << _SHIFT) + second

    def cost(self, distance: _Distance) -> _Distance:
        """Return the cost of a distance, or of many."""
        return distance >> _SHIFT if self is Measure.COST else distance & LOW

    def hops(self, distance: _Distance) -> _Distance:
        """Return the hops of a distance, or of many."""
        return distance & LOW if self is Measure.COST else distance >> _SHIFT


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Edges by the node at one end.

    Attributes:
        offsets: edges of node n are `[offsets[n], offsets[n + 1])`.
        other: int32 node at the other end. edge: int32 number of the edge in the network, None where it is its place.
    """

    offsets: Counts
    other: Codes
    edge: Codes | None

    def around(self, nodes: Codes) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the places of the edges of nodes, and how many each node has."""
        begin = self.offsets[nodes]
        count = self.offsets[nodes + 1] - begin
        return places_of(begin, count), count


def forward_rows(network: Network) -> Rows:
    """Return out-edges, as they stand in the network."""
    return Rows(network.offsets, network.target, None)


def backward_rows(network: Network) -> Rows:
    """Return in-edges, by source. Cost: one sort of the edges, a counting sort where they are many."""
    if network.edges < _MANY_EDGES:
        edge = np.argsort(network.target, kind="stable").astype(np.int32)
        return Rows(offsets_of(network.nodes, network.target[edge]), network.source[edge], edge)
    from scipy.sparse import csr_array  # noqa: PLC0415 - takes longer to import than sorting a few edges does

    numbers = np.arange(network.edges, dtype=np.int32)
    shape = (network.nodes, network.nodes)
    turned = csr_array((numbers, network.target, network.offsets.astype(np.int32)), shape=shape).tocsc()
    return Rows(turned.indptr.astype(np.int64), turned.indices.astype(np.int32), turned.data)


@dataclass(frozen=True, eq=False)
class Ground:
    """The edges that may be walked, both ways.

    Attributes:
        network: the graph. without: `EdgeFlag` bits that no walked edge has.
        allowed: which edges may be walked at all, None for every one.
        back: in-edges, made when first needed unless given.
    """

    network: Network
    without: int = 0
    allowed: Mask | None = None
    back: Rows | None = None

    @cached_property
    def forward(self) -> Rows:
        """Out-edges."""
        return forward_rows(self.network)

    @cached_property
    def backward(self) -> Rows:
        """In-edges."""
        return self.back if self.back is not None else backward_rows(self.network)

    @cached_property
    def shown(self) -> Mask:
        """Which nodes are shown."""
        mask = np.ones(self.network.nodes, np.bool_)
        for kind in SILENT_KINDS:
            first, last = self.network.of_kind(kind)
            mask[first:last] = False
        return mask

    def edges(self, rows: Rows, places: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return places and edge numbers of those that may be walked."""
        edge = places if rows.edge is None else rows.edge[places].astype(np.int64)
        keep: Mask | None = None
        if self.without:
            keep = (self.network.flags[edge] & self.without) == 0
        if self.allowed is not None:
            keep = self.allowed[edge] if keep is None else keep & self.allowed[edge]
        return (places, edge) if keep is None else (places[keep], edge[keep])

    def weights(self, edge: NDArray[np.int64], measure: Measure) -> Distances:
        """Return the weights of edges."""
        hop = self.shown[self.network.target[edge]].view(np.uint8)
        return measure.weights(self.network.cost[edge], hop)


def reach(ground: Ground, rows: Rows, nodes: Codes) -> Mask:
    """Return which nodes are reached along `rows`, the given ones included.

    Cost: every edge of what is reached once.
    """
    seen = np.zeros(ground.network.nodes, np.bool_)
    place = np.zeros(ground.network.nodes, np.int64)
    seen[nodes] = True
    frontier = np.flatnonzero(seen).astype(np.int32)
    while len(frontier):
        places, _ = ground.edges(rows, rows.around(frontier)[0])
        found = rows.other[places]
        found = found[~seen[found]]
        seen[found] = True
        place[found] = np.arange(len(found))  # one of equal nodes stays
        frontier = found[place[found] == np.arange(len(found))]
    return seen


def _distinct(nodes: Codes) -> Codes:
    """Return each node once, sorted; `np.unique` hashes first, which takes longer here."""
    nodes = np.sort(nodes)
    first = np.ones(len(nodes), np.bool_)
    first[1:] = nodes[1:] != nodes[:-1]
    return nodes[first]


@dataclass(eq=False)
class Ball:
    """Nodes nearest to a set, settled in order of distance.

    Attributes:
        rows: the way it grows. begin: where it begins.
        distance: per node; exact once settled, else what was found so far, `FAR` for nothing.
        edge: int32 edge by which it was found, -1 for none. walked: edges and nodes that were looked at.
    """

    ground: Ground
    rows: Rows
    measure: Measure
    begin: Codes
    distance: Distances
    edge: Codes
    _waiting: dict[int, list[Codes]]
    walked: int = 0
    _work: int = -1

    @classmethod
    def around(cls, ground: Ground, rows: Rows, measure: Measure, nodes: Codes) -> Ball:
        """Return the ball that is yet to grow; `nodes` are distinct."""
        distance = np.full(ground.network.nodes, FAR)
        distance[nodes] = 0
        edge = np.full(ground.network.nodes, -1, np.int32)
        return cls(ground, rows, measure, nodes, distance, edge, {0: [nodes]} if len(nodes) else {})

    @property
    def next(self) -> int:
        """The distance that is settled next, `FAR` when everything is."""
        return min(self._waiting, default=int(FAR))

    def work(self) -> int:
        """Return about how many edges were looked at once the next step is done."""
        if self._work < 0:
            offsets = self.rows.offsets
            ahead = sum(int((offsets[some + 1] - offsets[some]).sum()) for some in self._waiting[self.next])
            self._work = self.walked + ahead
        return self._work

    def grow(self, keep: Keep | None = None) -> Codes:
        """Settle nodes of the next distance; those that follow from them without any distance are next again.

        Args:
            keep: which of the nodes found, at the distance found, are worth remembering.

        Returns:
            Nodes whose distance became known or less.
        """
        radius = self.next
        waiting = np.concatenate(self._waiting.pop(radius))
        waiting = _distinct(waiting[self.distance[waiting] == radius])
        around, _ = self.rows.around(waiting)
        self.walked += len(around) + len(waiting)
        self._work = -1
        places, edge = self.ground.edges(self.rows, around)
        return self._relax(places, edge, radius, keep)

    def _relax(self, places: NDArray[np.int64], edge: NDArray[np.int64], radius: int, keep: Keep | None) -> Codes:
        """Note what edges lead to; of several ways to a node the shortest, then the first."""
        found: Codes = self.rows.other[places]
        distance = radius + self.ground.weights(edge, self.measure)
        better = distance < self.distance[found]
        if keep is not None:
            better[better] = keep(found[better], distance[better])
        found, edge, distance = found[better], edge[better], distance[better]
        if not len(found):
            return found
        order = np.argsort(distance, kind="stable")[::-1]  # of equal nodes the last one written stays
        self.distance[found[order]] = distance[order]
        self.edge[found[order]] = edge[order]
        order = order[self.distance[found[order]] == distance[order]]
        found, distance = found[order], distance[order]
        cuts = np.flatnonzero(np.diff(distance)) + 1
        for some, far in zip(np.split(found, cuts), distance[np.r_[0, cuts]].tolist(), strict=True):
            self._waiting.setdefault(far, []).append(some)
        return found

    def settle(self, keep: Keep | None = None) -> None:
        """Settle everything. Cost: every edge of what is reached about once."""
        while self._waiting:
            self.grow(keep)
