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
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from remit.graph.delta.cones import LEVELS, Cone, Longs, Mask, Small, TooManyError, Walker, is_among, levels_of
from remit.graph.delta.likeness import Likeness, label_codes
from remit.graph.escalation import EscalationGraph
from remit.graph.network import Codes, Network
from remit.graph.nodes import Facet, NodeKind, facets_of
from remit.graph.walking import Ground

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
            more than a guard that can be taken away, or a new place below one that is reached.
        alike: steps of this source, label and side that also differ, this one among them.
    """

    nodes: tuple[int, ...]
    edges: tuple[int, ...]
    before: int
    now: int
    leads: bool
    alike: int


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
    _walker: Walker

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
    walker = Walker(Ground(graph.network), codes, changed)
    rival = Walker(Ground(other.network), other_codes, inherits=True)
    sources = np.flatnonzero(walker.marked & walker.ground.shown)
    chosen = sources[:MOST_SOURCES]
    parts: list[Cone] = []
    before: list[tuple[Small, Mask]] = []
    count, compared = 0, 0
    for first in range(0, len(chosen), _TOGETHER):
        some = chosen[first : first + _TOGETHER]
        for found in _cones(walker, some):
            cone = found.best()
            cone = cone.take(some[cone.source] != cone.node)
            if len(cone.source):
                had, otherwise = _had(cone, some, mapped, same.nodes_above, rival)
                kept = had < cone.level
                # A new place below is reached by who has what is above, but nothing is there yet.
                bare = (cone.label < 0) & walker.is_scope(cone.node) & (same.nodes_above[cone.node] < 0)
                leads = (otherwise < cone.level) & ~bare & (facets_of(graph.network.keys[cone.node]) != Facet.GATE)
                parts.append(replace(cone.take(kept), source=some[cone.source[kept]]))
                before.append((had[kept], leads[kept]))
                count += int(kept.sum())
        compared += len(some)
        if count > _MOST_STEPS:
            break
    return _ordered(parts, before, len(sources), compared, walker)


def _changed(network: Network, other: Network, mapped: Codes, codes: Codes, other_codes: Codes) -> Mask:
    """Return which edges the other network has not, or less surely (1)."""
    width = int(max(codes.max(initial=0), other_codes.max(initial=0)) + 1) * LEVELS
    source, target = mapped[network.source].astype(np.int64), mapped[network.target].astype(np.int64)
    known = (source >= 0) & (target >= 0)
    label = codes[network.label[known]].astype(np.int64) * LEVELS + levels_of(network.flags[known])
    here = (source[known] * other.nodes + target[known]) * width + label
    label = other_codes[other.label].astype(np.int64) * LEVELS + levels_of(other.flags)
    there = (other.source.astype(np.int64) * other.nodes + other.target) * width + label
    changed = np.ones(network.edges, np.bool_)
    changed[known] = ~is_among(here, np.sort(there))
    return changed


def _cones(walker: Walker, nodes: Longs) -> Iterator[Cone]:
    """Yield what is reached from some nodes, in parts where it is much (3)."""
    waiting = [(0, len(nodes))]
    while waiting:
        first, last = waiting.pop()
        try:
            cone = walker.cone(nodes[first:last], most=_MOST_STATES)
        except TooManyError:
            middle = (first + last) // 2
            waiting += [(middle, last), (first, middle)]
        else:
            yield replace(cone, source=cone.source + first)


def _had(cone: Cone, nodes: Longs, mapped: Codes, above: Codes, rival: Walker) -> tuple[Small, Small]:
    """Return how surely the other graph has each step, and any step between its ends (4)."""
    found = np.zeros((2, len(cone.source)), dtype=np.int8)
    source, target = mapped[nodes[cone.source]], above[cone.node]
    there = np.flatnonzero((source >= 0) & (target >= 0))
    asked = np.unique(source[there]).astype(np.int64)
    for other in _cones(rival, asked):
        for line, label in enumerate((cone.label[there], cone.label[there] * 0)):
            best = other.best(of_any_label=bool(line))
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
    parts: list[Cone], before: list[tuple[Small, Mask]], sources: int, compared: int, walker: Walker
) -> FoundSteps:
    """Put first what somebody can do, of that one step of each sort, the surest first; then the second of each."""
    cone = Cone.joined(parts)
    source, node, label, level = cone.source, cone.node, cone.label, cone.level
    had = np.concatenate([np.zeros(0, dtype=np.int8), *(pair[0] for pair in before)])
    leads = np.concatenate([np.zeros(0, dtype=np.bool_), *(pair[1] for pair in before)])
    network = walker.ground.network
    facet = facets_of(network.keys[node])
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
