"""Paths from one node to another, and what was not read that could be part of one.

    naming = Naming(escalation)
    answer = find_paths(escalation, naming.find("ci-release"), naming.find("tier0"), most=3)
    answer.certain, answer.paths[0].hops

Certain paths come first, the cheapest before the dearer, and the one of the fewest hops is among them. What is only
possible fills what room is left; where nothing is certain it is all there is. A path to control of the tenant ends with
the first thing that gives it: who is Global Administrator needs no other way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from remit.app.graphing.naming import Named
from remit.graph.answers import Path
from remit.graph.network import Codes, EdgeFlag
from remit.graph.nodes import NodeKind, ref_of
from remit.graph.search import FoundPath, Search
from remit.graph.walking import Mask, Measure
from remit.model.snapshot import Gap

if TYPE_CHECKING:
    from remit.app.graphing.opening import Escalation

DEFAULT_PATHS = 3
_LOOKED_THROUGH = 20
"""So many paths for each one wanted are looked at for others that are worth telling."""

NOTHING_WITHOUT = ("arm/resources", "arm/roleAssignments", "arm/roleDefinitions")
"""Lists without which no edge of Azure is drawn at all: a gap in one of them is told with every answer."""


@dataclass(frozen=True, slots=True, eq=False)
class PathsAnswer:
    """Paths.

    Attributes:
        paths: certain ones first, then by cost and hops.
        certain: whether there is a certain path. possible: whether there is any, if what is not known is so.
        unread: what was not read and could lead from one end to the other.
    """

    source: Named
    target: Named
    paths: tuple[Path, ...]
    certain: bool
    possible: bool
    unread: tuple[Gap, ...]


def find_paths(
    escalation: Escalation, source: Named, target: Named, *, most: int = DEFAULT_PATHS, certain_only: bool = False
) -> PathsAnswer:
    """Return the best paths.

    Args:
        escalation: the graph.
        source: where they begin.
        target: where they end.
        most: how many at most.
        certain_only: leave out those that are only possible.
    """
    search = escalation.search
    ends = _Ends.of(search, target, escalation.graph.tier_zero)
    found = _certain(search.certain, source, ends, most)
    certain = bool(found)
    possible = certain
    if not certain_only or not certain:
        others = _possible(search, source, ends, most - len(found))
        possible = possible or bool(others)
        found += [] if certain_only else others
    unread = unread_on(escalation, _between(search, source, target))
    return PathsAnswer(source, target, tuple(escalation.tell(one) for one in found), certain, possible, unread)


def unread_on(escalation: Escalation, mask: Mask) -> tuple[Gap, ...]:
    """Return the gaps among some nodes, and those without which there would be no edges at all."""
    network, gaps = escalation.graph.network, escalation.tenant.index.facts.meta.gaps
    first, last = network.of_kind(NodeKind.UNSEEN)
    met = {ref_of(int(network.keys[first + place])) for place in np.flatnonzero(mask[first:last]).tolist()}
    return tuple(gap for row, gap in enumerate(gaps) if row in met or gap.api in NOTHING_WITHOUT)


def _between(search: Search, source: Named, target: Named) -> Mask:
    """Return the nodes on any way, where some of them could be lists that were not read; else nothing is walked."""
    first, last = search.network.of_kind(NodeKind.UNSEEN)
    if first == last:
        return np.zeros(search.network.nodes, np.bool_)
    return search.reached(source.nodes) & search.reaching(target.nodes)


@dataclass(frozen=True, slots=True, eq=False)
class _Ends:
    """Where paths end.

    Attributes:
        nodes: numbers. last: by some of them the edge by which the target follows, certainly and at no cost.
    """

    nodes: Codes
    last: Mapping[int, int]

    @classmethod
    def of(cls, search: Search, target: Named, tier_zero: int) -> _Ends:
        """Return where paths to a target end; those to control of the tenant at whatever gives it by itself."""
        if target.nodes.tolist() != [tier_zero]:
            return cls(target.nodes, {})
        network, rows = search.network, search.ground.backward
        places, _ = rows.around(target.nodes)
        edges = places if rows.edge is None else rows.edge[places]
        free = (network.cost[edges] == 0) & ((network.flags[edges] & EdgeFlag.POSSIBLE) == 0)
        last = dict(zip(rows.other[places][free].tolist(), edges[free].tolist(), strict=True))
        return cls(np.asarray([tier_zero, *last], dtype=np.int32), last)

    def ranked(self, search: Search, source: Named, measure: Measure = Measure.COST) -> Iterator[FoundPath]:
        """Yield the paths that lead to the target, best first."""
        for path in search.ranked(source.nodes, self.nodes, measure=measure):
            edge = self.last.get(path.nodes[-1])
            if edge is None:
                yield path
                continue
            node = int(search.network.target[edge])
            yield replace(path, nodes=(*path.nodes, node), edges=(*path.edges, edge), hops=path.hops + 1)


def _certain(search: Search, source: Named, ends: _Ends, most: int) -> list[FoundPath]:
    """Return the cheapest, the shortest among them."""
    cheapest = _distinct(search, ends.ranked(search, source), most)
    if most > 1 and len(cheapest) == most:
        shortest = next(ends.ranked(search, source, Measure.HOPS))
        if shortest.hops < min(path.hops for path in cheapest):
            cheapest[-1] = shortest
    return cheapest


def _possible(search: Search, source: Named, ends: _Ends, most: int) -> list[FoundPath]:
    """Return the cheapest that are only possible."""
    ranked = islice(ends.ranked(search, source), max(most, 1) * _LOOKED_THROUGH)
    return _distinct(search, (path for path in ranked if not path.certain), most)


def _distinct(search: Search, paths: Iterator[FoundPath], most: int) -> list[FoundPath]:
    """Return the first few that differ in more than the way down from a scope to one below it."""
    found: dict[tuple[int, ...], FoundPath] = {}
    for path in islice(paths, max(most, 0) * _LOOKED_THROUGH):
        found.setdefault(_steps(search, path), path)
        if len(found) == most:
            break
    return list(found.values())


def _steps(search: Search, path: FoundPath) -> tuple[int, ...]:
    """Return the nodes that a step of its own leads to, and the last."""
    network, shown = search.network, search.ground.shown
    nodes, silent = [], True
    for edge, node in zip(path.edges, path.nodes[1:], strict=True):
        silent = silent and bool(network.flags[edge] & EdgeFlag.SILENT)
        if shown[node]:
            nodes += [] if silent else [node]
            silent = True
    return (*nodes, path.nodes[-1])
