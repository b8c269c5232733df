"""Steps that one graph has and another has not, or not as surely: from whom, to what, of which kind.

    found = steps_only_in(after, before, Likeness(after, before))
    found.count, found.steps(range(20))

A step is what the eye sees: the edges from one visible node to the next, through silent ones. Steps are far more than
edges (who may run code at a subscription has one to every machine), so edges are compared first:

1. edges of both networks in the same numbers; what is only here, or surer here, has changed;
2. silent nodes from which a changed edge is reached, and the visible ones before them: only these have other steps;
3. the steps of each of these that pass a changed edge;
4. those that the other graph has all the same, by other edges, are left out; also those to a scope that lies in one to
   which it has the step, since scopes are nodes only where something is drawn apart (below locks and denies).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from remit.graph.delta.likeness import Likeness, label_codes
from remit.graph.escalation import EscalationGraph
from remit.graph.network import EdgeFlag, Network
from remit.graph.nodes import Facet, NodeKind, facets_of
from remit.graph.walking import Ground

Codes = NDArray[np.int32]
Longs = NDArray[np.int64]
Mask = NDArray[np.bool_]
Small = NDArray[np.int8]


class Sureness:
    """How sure a step or a path is; more is surer."""

    NONE, POSSIBLE, ELIGIBLE, CERTAIN = range(4)
    WORDS = ("none", "possible", "afterActivation", "certain")


MOST_SOURCES = 50_000
"""Sources whose steps are compared; of the others only their number is told."""
_ACTING = (NodeKind.PRINCIPAL, NodeKind.OUTSIDE, NodeKind.RESOURCE)
_MOST_STATES = 4_000_000
_MOST_STEPS = 20_000_000
_TOGETHER = 512


@dataclass(frozen=True, slots=True)
class Step:
    """One step.

    Attributes:
        nodes, edges: numbers of this graph's network, silent nodes between the ends.
        before: `Sureness` in the other graph. now: in this one.
        leads: the other graph has no step between the same ends that is as sure, of whichever kind, and the target is
            more than a guard that can be taken away.
        alike: steps of this source, label and side that also differ, this one among them.
    """

    nodes: tuple[int, ...]
    edges: tuple[int, ...]
    before: int
    now: int
    leads: bool
    alike: int


class _Cone(NamedTuple):
    """Everything reached by one step; equal rows once.

    `source` is a place in the nodes asked about. `crosses`: a changed edge was passed. `inside`: a scope was, and what
    is in it follows.
    """

    source: Longs
    node: Longs
    label: Longs
    level: Longs
    crosses: Mask
    inside: Mask


class _TooMany(Exception):  # noqa: N818 - caught here, and no error
    """So many states at once that they are walked in parts."""


@dataclass(frozen=True, eq=False)
class FoundSteps:
    """What was found, in the order in which it is worth telling.

    Attributes:
        source, target: numbers of nodes. before, now: `Sureness`. leads, alike: as of `Step`.
        sources: visible nodes that may have other steps. compared: how many of them were compared.
    """

    source: Longs
    target: Longs
    before: Small
    now: Small
    leads: Mask
    alike: Longs
    sources: int
    compared: int
    _label: Longs
    _walker: _Walker

    @property
    def count(self) -> int:
        """How many steps."""
        return len(self.source)

    @property
    def leading(self) -> int:
        """How many of them lead where no step of the source led as surely."""
        return int(self.leads.sum())

    def steps(self, places: Sequence[int]) -> Iterator[Step]:
        """Yield some of them with the edges that they are made of."""
        for place in places:
            wanted = int(self.target[place]), int(self._label[place]), int(self.now[place])
            nodes, edges = self._walker.way(int(self.source[place]), wanted)
            before, now, alike = (int(column[place]) for column in (self.before, self.now, self.alike))
            yield Step(nodes, edges, before, now, bool(self.leads[place]), alike)


def steps_only_in(graph: EscalationGraph, other: EscalationGraph, same: Likeness) -> FoundSteps:
    """Return the steps of `graph` that `other` has not, or less surely.

    Args:
        graph: the graph whose steps are told.
        other: what it is compared with.
        same: from `graph` to `other`.

    Cost: one sort of the edges of both; then what the changed edges touch.
    """
    codes, other_codes = label_codes(graph, other)
    mapped = same.nodes
    changed = _changed(graph.network, other.network, mapped, codes, other_codes)
    ground = Ground(graph.network)
    walker = _Walker(ground, codes, changed, _before(ground, changed))
    rival = _Walker(Ground(other.network), other_codes, None, None, inherits=True)
    sources = np.flatnonzero(walker.marked & ground.shown)
    chosen = sources[:MOST_SOURCES]
    parts: list[_Cone] = []
    before: list[tuple[Small, Small]] = []
    count, compared = 0, 0
    for first in range(0, len(chosen), _TOGETHER):
        some = chosen[first : first + _TOGETHER]
        for found in _cones(walker, some):
            cone = _best(found)
            if len(cone.source):
                had, otherwise = _had(cone, some, mapped, same.nodes_above, rival)
                kept = had < cone.level
                parts.append(_Cone(some[cone.source[kept]], *(column[kept] for column in cone[1:])))
                before.append((had[kept], otherwise[kept]))
                count += int(kept.sum())
        compared += len(some)
        if count > _MOST_STEPS:
            break
    return _ordered(parts, before, len(sources), compared, walker)


def _levels(flags: NDArray[np.uint8]) -> Small:
    """Return how sure edges are."""
    found = np.where(flags & EdgeFlag.ELIGIBLE, Sureness.ELIGIBLE, Sureness.CERTAIN)
    return np.where(flags & EdgeFlag.POSSIBLE, Sureness.POSSIBLE, found).astype(np.int8)


def _changed(network: Network, other: Network, mapped: Codes, codes: Codes, other_codes: Codes) -> Mask:
    """Return which edges the other network has not, or less surely (1)."""
    width = int(max(codes.max(initial=0), other_codes.max(initial=0)) + 1) * (Sureness.CERTAIN + 1)
    source, target = mapped[network.source].astype(np.int64), mapped[network.target].astype(np.int64)
    known = (source >= 0) & (target >= 0)
    label = codes[network.label[known]].astype(np.int64) * (Sureness.CERTAIN + 1) + _levels(network.flags[known])
    here = (source[known] * other.nodes + target[known]) * width + label
    label = other_codes[other.label].astype(np.int64) * (Sureness.CERTAIN + 1) + _levels(other.flags)
    there = (other.source.astype(np.int64) * other.nodes + other.target) * width + label
    changed = np.ones(network.edges, np.bool_)
    changed[known] = ~np.isin(here, there)
    return changed


def _before(ground: Ground, changed: Mask) -> Mask:
    """Return which nodes reach a changed edge through silent nodes alone, visible ones at the beginning (2)."""
    marked = np.zeros(ground.network.nodes, np.bool_)
    frontier = np.unique(ground.network.source[changed])
    rows = ground.backward
    while len(frontier):
        marked[frontier] = True
        silent = frontier[~ground.shown[frontier]]
        found = rows.other[rows.around(silent)[0]]
        frontier = np.unique(found[~marked[found]])
    return marked


class _Walker:
    """Walks from visible nodes to the next visible ones.

    Attributes:
        ground: the network. codes: of its labels. changed: which edges have to be passed, None for no matter.
        marked: nodes that lead to a changed edge. inherits: a step to a scope is one to the scopes in it as well.
    """

    def __init__(
        self, ground: Ground, codes: Codes, changed: Mask | None, marked: Mask | None, *, inherits: bool = False
    ) -> None:
        self.ground = ground
        self.codes = codes
        self.changed = changed
        self.inherits = inherits
        self._scopes = ground.network.of_kind(NodeKind.SCOPE)
        self.marked = np.ones(ground.network.nodes, np.bool_) if marked is None else marked

    def cone(self, nodes: NDArray[np.integer], *, most: int | None = None) -> _Cone:
        """Return what is reached by one step from each of some nodes.

        Raises:
            _TooMany: more than `most` states at once.
        """
        found: list[_Cone] = []
        at = _Cone(
            np.arange(len(nodes), dtype=np.int64),
            nodes.astype(np.int64),
            np.full(len(nodes), -1, dtype=np.int64),
            np.full(len(nodes), Sureness.CERTAIN, dtype=np.int64),
            np.full(len(nodes), self.changed is None, dtype=np.bool_),
            np.zeros(len(nodes), np.bool_),
        )
        walked: Longs = np.zeros(0, dtype=np.int64)
        size = 0
        while len(at.node):
            at = self._next(at)[0]
            shown = self.ground.shown[at.node]
            found.append(_Cone(*(column[shown & at.crosses] for column in at)))
            size += len(found[-1].node)
            scope = self._is_scope(at.node) if self.inherits else ~shown
            at = at._replace(inside=at.inside | (shown & scope))
            at = _Cone(*(column[~shown | scope] for column in at))
            # A silent node may lead back to one that was walked already.
            codes = self._codes(at)
            new = ~np.isin(codes, walked)
            at, walked = _Cone(*(column[new] for column in at)), np.concatenate([walked, codes[new]])
            if most is not None and size + len(walked) > most and len(nodes) > 1:
                raise _TooMany
        return _Cone(*(np.concatenate([part[place] for part in found]) for place in range(len(_Cone._fields))))

    def _next(self, at: _Cone) -> tuple[_Cone, Longs, Longs]:
        """Return the states one edge further, each once, with the edge and the place of the state before."""
        network = self.ground.network
        rows = self.ground.forward
        edge, count = rows.around(at.node.astype(np.int32))
        origin = np.repeat(np.arange(len(at.node)), count)
        crosses = at.crosses[origin]
        target = network.target[edge].astype(np.int64)
        if self.changed is not None:
            crosses = crosses | self.changed[edge]
            worth = crosses | (self.marked[target] & ~self.ground.shown[target])
            edge, origin, crosses, target = edge[worth], origin[worth], crosses[worth], target[worth]
        elif self.inherits:
            # On from a scope only to those in it.
            worth = ~at.inside[origin] | ((network.flags[edge] & EdgeFlag.SILENT) != 0)
            edge, origin, crosses, target = edge[worth], origin[worth], crosses[worth], target[worth]
        loud = (network.flags[edge] & EdgeFlag.SILENT) == 0
        label = at.label[origin]
        label = np.where((label < 0) & loud, self.codes[network.label[edge]], label)
        level = np.minimum(at.level[origin], _levels(network.flags[edge]))
        after = _Cone(at.source[origin], target, label, level, crosses, at.inside[origin])
        _, first = np.unique(self._codes(after), return_index=True)
        return _Cone(*(column[first] for column in after)), edge[first], origin[first]

    def _is_scope(self, nodes: Longs) -> Mask:
        first, last = self._scopes
        return (first <= nodes) & (nodes < last)

    def _codes(self, at: _Cone) -> Longs:
        """Return one number for each state."""
        labels = int(self.codes.max(initial=0)) + 2
        code = at.source * self.ground.network.nodes + at.node
        return ((code * labels + at.label + 1) * (Sureness.CERTAIN + 1) + at.level) * 4 + 2 * at.crosses + at.inside

    def way(self, source: int, wanted: tuple[int, int, int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Return nodes and edges of a step: where to, by which label, how surely."""
        one = np.array([source], dtype=np.int64)
        no = np.zeros(1, np.bool_)
        at = _Cone(one * 0, one, one * 0 - 1, one * 0 + Sureness.CERTAIN, no, no)
        layers: list[tuple[_Cone, Longs, Longs]] = []
        walked: Longs = np.zeros(0, dtype=np.int64)
        while len(at.node):
            after, edge, origin = self._next(at)
            hit = (after.node == wanted[0]) & (after.label == wanted[1]) & (after.level == wanted[2]) & after.crosses
            if hit.any():
                return self._traced(source, layers, int(edge[hit][0]), int(origin[hit][0]))
            codes = self._codes(after)
            kept = ~self.ground.shown[after.node] & ~np.isin(codes, walked)
            walked = np.concatenate([walked, codes[kept]])
            at = _Cone(*(column[kept] for column in after))
            layers.append((at, edge[kept], origin[kept]))
        return (source,), ()

    def _traced(
        self, source: int, layers: Sequence[tuple[_Cone, Longs, Longs]], edge: int, origin: int
    ) -> tuple[tuple[int, ...], tuple[int, ...]]:
        edges = [edge]
        for _, before, origins in reversed(layers):
            edges.append(int(before[origin]))
            origin = int(origins[origin])
        edges.reverse()
        return (source, *(int(self.ground.network.target[one]) for one in edges)), tuple(edges)


def _cones(walker: _Walker, nodes: Longs) -> Iterator[_Cone]:
    """Yield what is reached from some nodes, in parts where it is much (3)."""
    waiting = [(0, len(nodes))]
    while waiting:
        first, last = waiting.pop()
        try:
            cone = walker.cone(nodes[first:last], most=_MOST_STATES)
        except _TooMany:
            middle = (first + last) // 2
            waiting += [(middle, last), (first, middle)]
        else:
            yield cone._replace(source=cone.source + first)


def _best(cone: _Cone, *, of_any_label: bool = False) -> _Cone:
    """Return each step once, at its surest."""
    if of_any_label:
        cone = cone._replace(label=cone.label * 0)
    order = np.lexsort((-cone.level, cone.label, cone.node, cone.source))
    first = np.ones(len(order), np.bool_)
    same = np.ones(max(len(order) - 1, 0), np.bool_)
    for column in (cone.source, cone.node, cone.label):
        same &= column[order][1:] == column[order][:-1]
    first[1:] = ~same
    return _Cone(*(column[order[first]] for column in cone))


def _had(cone: _Cone, nodes: Longs, mapped: Codes, above: Codes, rival: _Walker) -> tuple[Small, Small]:
    """Return how surely the other graph has each step, and any step between its ends (4)."""
    found = np.zeros((2, len(cone.source)), dtype=np.int8)
    source, target = mapped[nodes[cone.source]], above[cone.node]
    there = np.flatnonzero((source >= 0) & (target >= 0))
    asked = np.unique(source[there]).astype(np.int64)
    for other in _cones(rival, asked):
        for line, label in enumerate((cone.label[there], cone.label[there] * 0)):
            best = _best(other, of_any_label=bool(line))
            place = _found_in(
                (np.searchsorted(asked, source[there]), target[there], label), (best.source, best.node, best.label)
            )
            hit = place >= 0
            found[line, there[hit]] = best.level[place[hit]]
    return found[0], found[1]


def _found_in(left: Sequence[NDArray[np.integer]], right: Sequence[NDArray[np.integer]]) -> Longs:
    """Return for rows of several columns the place of the equal row among distinct ones, -1 for none."""
    size = len(left[0])
    columns = [np.concatenate(pair) for pair in zip(left, right, strict=True)]
    order = np.lexsort((np.arange(len(columns[0])) < size, *columns[::-1]))
    # Of equal rows the one of `right` comes first, and at most one is there.
    mine = order < size
    last = np.maximum.accumulate(np.where(mine, -1, np.arange(len(order))))
    candidate = np.where(last >= 0, order[np.maximum(last, 0)], -1)
    equal = candidate >= 0
    for column in columns:
        equal &= column[np.maximum(candidate, 0)] == column[order]
    found = np.full(size, -1, dtype=np.int64)
    found[order[mine & equal]] = candidate[mine & equal] - size
    return found


def _ordered(
    parts: list[_Cone], before: list[tuple[Small, Small]], sources: int, compared: int, walker: _Walker
) -> FoundSteps:
    """Put first what somebody can do, of that one step of each sort, the surest first; then the second of each."""
    empty = np.zeros(0, dtype=np.int64)
    source, node, label, level = (np.concatenate([part[place] for part in parts] or [empty]) for place in range(4))
    had, otherwise = (np.concatenate([pair[place] for pair in before] or [empty]).astype(np.int8) for place in (0, 1))
    network = walker.ground.network
    facet = facets_of(network.keys[node])
    leads = (otherwise < level) & (facet != Facet.GATE)
    order = np.lexsort((node, -level, ~leads, facet, label, source))
    new = np.ones(len(order), np.bool_)
    new[1:] = False
    for column in (source, label, facet):
        new[1:] |= column[order][1:] != column[order][:-1]
    group = np.cumsum(new) - 1
    size = np.bincount(group, minlength=1)[group]
    rank = np.arange(len(order)) - np.flatnonzero(new)[group]
    # What somebody can do comes before what a role, or the power over a scope, leads to.
    acts = np.zeros(network.nodes, np.bool_)
    for kind in _ACTING:
        acts[slice(*network.of_kind(kind))] = True
    worth = np.lexsort((node[order], source[order], -level[order], rank, ~acts[source[order]], ~leads[order]))
    chosen = order[worth]
    return FoundSteps(
        source[chosen],
        node[chosen],
        had[chosen],
        level[chosen].astype(np.int8),
        leads[chosen],
        size[worth],
        sources,
        compared,
        label[chosen],
        walker,
    )
