"""Who reaches what, how far it is, and the best ways there.

>>> search = Search(network)                                                    # doctest: +SKIP
>>> search.certain.reaching(tier_zero)                                          # doctest: +SKIP
>>> search.best([number], tier_zero, count=3)                                   # doctest: +SKIP

Nodes and edges are numbers of the network. A path is a row of edges; two paths differ when the nodes that they show
differ, and no path shows a node twice. It ends at the first target that it comes to.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from remit.graph.network import Codes, EdgeFlag, Network
from remit.graph.ranking import Ranking
from remit.graph.walking import FAR, Ball, Distances, Ground, Mask, Measure, Rows, reach

Nodes = Sequence[int] | NDArray[np.integer]


@dataclass(frozen=True, slots=True)
class FoundPath:
    """A way through the network.

    Attributes:
        nodes: numbers, silent ones among them; one more than there are edges.
        edges: numbers. cost: sum over them. hops: steps onto nodes that are shown.
        certain: no edge is possible only. eligible: an edge needs activation first.
    """

    nodes: tuple[int, ...]
    edges: tuple[int, ...]
    cost: int
    hops: int
    certain: bool
    eligible: bool


@dataclass(frozen=True, eq=False)
class Tree:
    """The best way of every node to the nearest of some nodes, or from it.

    Attributes:
        distance: by `measure`; `FAR` where there is no way. edge: int32 next (or last) edge of the way, -1 for none.
        towards: ways lead to the nodes asked about, not from them.
    """

    ground: Ground
    measure: Measure
    distance: Distances
    edge: Codes
    towards: bool

    @cached_property
    def reached(self) -> Mask:
        """Which nodes have a way."""
        return self.distance < FAR

    @cached_property
    def cost(self) -> Codes:
        """Cost per node, -1 where there is no way."""
        return np.where(self.reached, self.measure.cost(self.distance), -1).astype(np.int32)

    @cached_property
    def hops(self) -> Codes:
        """Hops per node, -1 where there is no way."""
        return np.where(self.reached, self.measure.hops(self.distance), -1).astype(np.int32)

    def path(self, node: int) -> FoundPath | None:
        """Return the way of one node, None where there is none."""
        if not self.reached[node]:
            return None
        edges: list[int] = []
        at = node
        while self.edge[at] >= 0:
            edge = int(self.edge[at])
            edges.append(edge)
            at = int(self.ground.network.target[edge]) if self.towards else _source(self.ground.network, edge)
        return _path(self.ground, node if self.towards else at, edges if self.towards else edges[::-1])


@dataclass(frozen=True, eq=False)
class Search:
    """Questions to one network, over the edges that may be walked.

    Attributes:
        network: the graph. without: `EdgeFlag` bits that no walked edge has: POSSIBLE for certain answers.
        allowed: bool per edge: which may be walked at all, None for every one.
        back: in-edges (`backward_rows`) where somebody has them already.
    """

    network: Network
    without: int = 0
    allowed: Mask | None = None
    back: Rows | None = None

    @cached_property
    def ground(self) -> Ground:
        """The edges that may be walked."""
        return Ground(self.network, self.without, self.allowed, self.back)

    @cached_property
    def certain(self) -> Search:
        """The same over edges that are certain."""
        return self if self.without & EdgeFlag.POSSIBLE else self.but(without=self.without | EdgeFlag.POSSIBLE)

    def but(self, *, without: int | None = None, allowed: Mask | None = None) -> Search:
        """Return a search over other edges of the same network; what is not given stays."""
        return Search(
            self.network,
            self.without if without is None else without,
            self.allowed if allowed is None else allowed,
            self.ground.backward,
        )

    def reaching(self, targets: Nodes) -> Mask:
        """Return which nodes reach a target, targets included. Cost: every edge into them once."""
        return reach(self.ground, self.ground.backward, _numbers(targets))

    def reached(self, sources: Nodes) -> Mask:
        """Return which nodes are reached from a source, sources included. Cost: every edge out of them once."""
        return reach(self.ground, self.ground.forward, _numbers(sources))

    def tree_to(self, targets: Nodes, *, measure: Measure = Measure.COST) -> Tree:
        """Return the best way of every node to a target."""
        return self._tree(self.ground.backward, targets, measure, towards=True)

    def tree_from(self, sources: Nodes, *, measure: Measure = Measure.COST) -> Tree:
        """Return the best way from a source to every node."""
        return self._tree(self.ground.forward, sources, measure, towards=False)

    def _tree(self, rows: Rows, nodes: Nodes, measure: Measure, *, towards: bool) -> Tree:
        ball = Ball.around(self.ground, rows, measure, _numbers(nodes))
        ball.settle()
        return Tree(self.ground, measure, ball.distance, ball.edge, towards)

    def best(
        self, sources: Nodes, targets: Nodes, *, count: int = 1, measure: Measure = Measure.COST
    ) -> tuple[FoundPath, ...]:
        """Return the best paths from a source to a target, best first.

        Args:
            sources: numbers of nodes.
            targets: the same; a source that is a target is a path without edges.
            count: how many at most.
            measure: COST: cheapest, then fewest hops; HOPS: the other way round.
        """
        return tuple(islice(self.ranked(sources, targets, measure=measure), count))

    def ranked(self, sources: Nodes, targets: Nodes, *, measure: Measure = Measure.COST) -> Iterator[FoundPath]:
        """Yield every path from a source to a target, best first, as it is asked for."""
        for edges, source in Ranking(self.ground, measure, _numbers(sources), _numbers(targets)):
            yield _path(self.ground, source, edges)


def _numbers(nodes: Nodes) -> Codes:
    return np.unique(np.asarray(nodes, dtype=np.int32))


def _source(network: Network, edge: int) -> int:
    return int(np.searchsorted(network.offsets, edge, side="right")) - 1


def _path(ground: Ground, source: int, edges: Iterable[int]) -> FoundPath:
    network = ground.network
    row = np.fromiter(edges, dtype=np.int64)
    targets = network.target[row]
    flags = int(np.bitwise_or.reduce(network.flags[row])) if len(row) else 0
    return FoundPath(
        (source, *targets.tolist()),
        tuple(row.tolist()),
        int(network.cost[row].sum(dtype=np.int64)),
        int(ground.shown[targets].sum()),
        not flags & EdgeFlag.POSSIBLE,
        bool(flags & EdgeFlag.ELIGIBLE),
    )
