"""From visible nodes to the next visible ones, for many at once: the steps that begin at each of them.

>>> Walker(ground, codes).cone(nodes).node                                      # doctest: +SKIP

A walk keeps where it began, which label it met first, and how sure it is: columns of states, each once. One that has to
pass a changed edge goes only where such edges lie ahead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from remit.graph.network import EdgeFlag
from remit.graph.nodes import NodeKind
from remit.graph.walking import Ground

Codes = NDArray[np.int32]
Longs = NDArray[np.int64]
Mask = NDArray[np.bool_]
Small = NDArray[np.int8]


class Sureness:
    """How sure a step or a path is; more is surer."""

    NONE, POSSIBLE, ELIGIBLE, CERTAIN = range(4)
    WORDS = ("none", "possible", "afterActivation", "certain")


LEVELS = Sureness.CERTAIN + 1


def levels_of(flags: NDArray[np.uint8]) -> Small:
    """Return how sure edges are."""
    found = np.where(flags & EdgeFlag.ELIGIBLE, Sureness.ELIGIBLE, Sureness.CERTAIN)
    return np.where(flags & EdgeFlag.POSSIBLE, Sureness.POSSIBLE, found).astype(np.int8)


def is_among(values: Longs, others: Longs) -> Mask:
    """Tell which values stand among others, which are sorted. `np.isin` hashes first, which takes far longer here."""
    if not len(others):
        return np.zeros(len(values), np.bool_)
    found: Mask = others[np.minimum(np.searchsorted(others, values), len(others) - 1)] == values
    return found


class TooManyError(Exception):
    """So many states at once that they should be walked in parts; always caught by who walks."""


@dataclass(frozen=True, slots=True, eq=False)
class Cone:
    """What is reached by one step, or the states on the way there: columns of equal length, equal rows once.

    Attributes:
        source: place in the nodes asked about. node: number. label: code of the first label that is no silent one, -1
            for none yet. level: `Sureness`. crosses: a changed edge was passed. inside: a scope was, and what is in it
            follows.
    """

    source: Longs
    node: Longs
    label: Longs
    level: Longs
    crosses: Mask
    inside: Mask

    @classmethod
    def beginning(cls, nodes: Longs, *, crosses: bool) -> Self:
        """Return the states in which walks from some nodes begin."""
        size = len(nodes)
        return cls(
            np.arange(size, dtype=np.int64),
            nodes,
            np.full(size, -1, dtype=np.int64),
            np.full(size, Sureness.CERTAIN, dtype=np.int64),
            np.full(size, crosses, dtype=np.bool_),
            np.zeros(size, dtype=np.bool_),
        )

    @classmethod
    def joined(cls, parts: Sequence[Cone]) -> Self:
        """Return several as one."""
        whole = [*parts, Cone.beginning(np.zeros(0, dtype=np.int64), crosses=False)]
        return cls(*(np.concatenate([getattr(part, one.name) for part in whole]) for one in fields(cls)))

    def take(self, rows: Longs | Mask) -> Cone:
        """Return some rows."""
        return Cone(
            self.source[rows],
            self.node[rows],
            self.label[rows],
            self.level[rows],
            self.crosses[rows],
            self.inside[rows],
        )

    def best(self, *, of_any_label: bool = False) -> Cone:
        """Return each step once, at its surest; steps of any label as one where asked for."""
        cone = replace(self, label=self.label * 0) if of_any_label else self
        order = np.lexsort((-cone.level, cone.label, cone.node, cone.source))
        first = np.ones(len(order), np.bool_)
        first[1:] = False
        for column in (cone.source, cone.node, cone.label):
            first[1:] |= column[order][1:] != column[order][:-1]
        return cone.take(order[first])


class Walker:
    """Walks over one network.

    Attributes:
        ground: the network. codes: of its labels. changed: which edges have to be passed, None for no matter.
        marked: nodes that lead to a changed edge. inherits: a step to a scope is one to the scopes in it as well.
    """

    def __init__(self, ground: Ground, codes: Codes, changed: Mask | None = None, *, inherits: bool = False) -> None:
        self.ground = ground
        self.codes = codes
        self.changed = changed
        self.inherits = inherits
        self.marked = np.ones(ground.network.nodes, np.bool_) if changed is None else _before(ground, changed)
        self._scopes = ground.network.of_kind(NodeKind.SCOPE)

    def cone(self, nodes: Longs, *, most: int | None = None) -> Cone:
        """Return what is reached by one step from each of some nodes.

        Raises:
            TooManyError: there are several nodes, and more than `most` states.
        """
        found: list[Cone] = []
        at = Cone.beginning(nodes, crosses=self.changed is None)
        walked: Longs = np.zeros(0, dtype=np.int64)
        size = 0
        while len(at.node):
            at = self._next(at)[0]
            shown = self.ground.shown[at.node]
            found.append(at.take(shown & at.crosses))
            size += len(found[-1].node)
            scope = self.is_scope(at.node) if self.inherits else ~shown
            at = replace(at, inside=at.inside | (shown & scope)).take(~shown | scope)
            # A silent node may lead back to one that was walked already.
            codes = self._codes(at)
            new = ~is_among(codes, walked)
            at, walked = at.take(new), np.sort(np.concatenate([walked, codes[new]]))
            if most is not None and size + len(walked) > most and len(nodes) > 1:
                raise TooManyError
        return Cone.joined(found)

    def way(self, source: int, wanted: tuple[int, int, int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Return nodes and edges of a step: where to, by which label, how surely."""
        at = Cone.beginning(np.array([source], dtype=np.int64), crosses=self.changed is None)
        layers: list[tuple[Longs, Longs]] = []
        walked: Longs = np.zeros(0, dtype=np.int64)
        while len(at.node):
            after, edge, origin = self._next(at)
            hit = (after.node == wanted[0]) & (after.label == wanted[1]) & (after.level == wanted[2]) & after.crosses
            if hit.any():
                return self._traced(source, layers, int(edge[hit][0]), int(origin[hit][0]))
            codes = self._codes(after)
            kept = ~self.ground.shown[after.node] & ~is_among(codes, walked)
            walked = np.sort(np.concatenate([walked, codes[kept]]))
            at = after.take(kept)
            layers.append((edge[kept], origin[kept]))
        return (source,), ()

    def _traced(
        self, source: int, layers: Sequence[tuple[Longs, Longs]], edge: int, origin: int
    ) -> tuple[tuple[int, ...], tuple[int, ...]]:
        edges = [edge]
        for before, origins in reversed(layers):
            edges.append(int(before[origin]))
            origin = int(origins[origin])
        edges.reverse()
        return (source, *(int(self.ground.network.target[one]) for one in edges)), tuple(edges)

    def _next(self, at: Cone) -> tuple[Cone, Longs, Longs]:
        """Return the states one edge further, each once, with the edge and the place of the state before."""
        network = self.ground.network
        edge, count = self.ground.forward.around(at.node.astype(np.int32))
        origin = np.repeat(np.arange(len(at.node)), count)
        crosses, target = at.crosses[origin], network.target[edge].astype(np.int64)
        silent = (network.flags[edge] & EdgeFlag.SILENT) != 0
        if self.changed is not None:
            crosses = crosses | self.changed[edge]
            worth = crosses | (self.marked[target] & ~self.ground.shown[target])
        else:
            # On from a scope only to those in it.
            worth = ~at.inside[origin] | silent
        label = at.label[origin]
        label = np.where((label < 0) & ~silent, self.codes[network.label[edge]], label)
        level = np.minimum(at.level[origin], levels_of(network.flags[edge]))
        after = Cone(at.source[origin], target, label, level, crosses, at.inside[origin]).take(worth)
        _, first = np.unique(self._codes(after), return_index=True)
        return after.take(first), edge[worth][first], origin[worth][first]

    def is_scope(self, nodes: Longs) -> Mask:
        """Tell which nodes are scopes."""
        first, last = self._scopes
        return (first <= nodes) & (nodes < last)

    def _codes(self, at: Cone) -> Longs:
        """Return one number for each state."""
        labels = int(self.codes.max(initial=0)) + 2
        code = at.source * self.ground.network.nodes + at.node
        return ((code * labels + at.label + 1) * LEVELS + at.level) * 4 + 2 * at.crosses + at.inside


def _before(ground: Ground, changed: Mask) -> Mask:
    """Return which nodes reach a changed edge through silent nodes alone, visible ones at the beginning."""
    marked = np.zeros(ground.network.nodes, np.bool_)
    frontier = np.unique(ground.network.source[changed])
    rows = ground.backward
    while len(frontier):
        marked[frontier] = True
        found = rows.other[rows.around(frontier[~ground.shown[frontier]])[0]]
        frontier = np.unique(found[~marked[found]])
    return marked
