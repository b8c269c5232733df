"""Paths in order, best first: Yen's method with Lawler's partition, over shown nodes.

A new path leaves a known one at one of its shown nodes (the spur): it keeps what stands before, takes another shown
node next than every known path with the same beginning, and goes on by the best way that shows nothing twice. That way
is found by looking first at the nodes with the least distance travelled and left together; the distance left is exact
while nothing is blocked, so that such a search mostly walks straight to the target. Where it does not, the distance
left is measured anew around what is blocked.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count

import numpy as np

from remit.graph.meeting import distances_left
from remit.graph.network import Codes
from remit.graph.walking import FAR, Ball, Distances, Ground, Mask, Measure

START = -1
"""A node before every source."""
_PATIENCE = 1_000
"""Nodes that are looked at before the distance left is measured anew."""

Child = tuple[int, int, int, int]
"""Weight of an edge and what is left after it; weight; node; edge."""


@dataclass(slots=True)
class _State:
    """A node as it was come to while looking for one way; `moved`: a shown node was come to since the spur."""

    node: int
    travelled: int
    parent: _State | None
    edge: int
    moved: bool


@dataclass(order=True, frozen=True, slots=True)
class _Candidate:
    """A path that may be the next; `spur`: place in `shown` where it leaves the one that it was made from."""

    weight: int
    shown: tuple[int, ...]
    nodes: tuple[int, ...] = field(compare=False)
    edges: tuple[int, ...] = field(compare=False)
    spur: int = field(compare=False)


@dataclass(frozen=True, eq=False)
class Ranking:
    """Paths between two sets of nodes; iterating gives (edges, source), best first."""

    ground: Ground
    measure: Measure
    sources: Codes
    targets: Codes

    def __iter__(self) -> Iterator[tuple[tuple[int, ...], int]]:
        """Yield every path; each raise of the bound begins again and leaves out what was told."""
        told = -1
        for left, bound in distances_left(self.ground, self.measure, self.sources, self.targets):
            for path in _Stage(self, left).paths():
                if path.weight > bound:
                    break
                if path.weight > told:
                    yield path.edges, path.shown[1]
            told = bound


class _Stage:
    """Every path over nodes whose distance left is known, best first."""

    def __init__(self, ranking: Ranking, left: Distances) -> None:
        self.ground, self.measure, self.left = ranking.ground, ranking.measure, left
        self.targets = ranking.targets
        self.ends = frozenset(ranking.targets.tolist())
        self.named = self.ends.union(ranking.sources.tolist())
        self.leads = _Leads(ranking, left)

    def paths(self) -> Iterator[_Candidate]:
        taken: dict[tuple[int, ...], set[int]] = {}
        waiting: list[_Candidate] = []
        first = self._leave(_Candidate(0, (START,), (START,), (), 0), 0, set())
        if first is not None:
            waiting.append(first)
        while waiting:
            path = heappop(waiting)
            yield path
            for place in range(len(path.shown) - 1):
                taken.setdefault(path.shown[: place + 1], set()).add(path.shown[place + 1])
            for place in range(path.spur, len(path.shown) - 1):
                found = self._leave(path, place, taken[path.shown[: place + 1]])
                if found is not None:
                    heappush(waiting, found)

    def _shows(self, node: int) -> bool:
        return bool(self.ground.shown[node]) or node in self.named

    def _leave(self, path: _Candidate, place: int, taken: set[int]) -> _Candidate | None:
        """Return the best path that begins like another one up to a shown node, and goes on differently."""
        spur, blocked = path.shown[place], path.shown[: place + 1]
        cut = path.nodes.index(spur)
        edges = path.edges[: max(cut - 1, 0)]
        travelled = int(self.ground.weights(np.asarray(edges, np.int64), self.measure).sum())
        try:
            end = self._way(self.leads, _State(spur, travelled, None, -1, moved=False), blocked, taken)
        except _TooFarError:
            around = _Leads(self.leads.ranking, self._left_around(blocked))
            end = self._way(around, _State(spur, travelled, None, -1, moved=False), blocked, taken, patient=True)
        if end is None:
            return None
        more: list[_State] = []
        state = end
        while state.parent is not None:
            more.append(state)
            state = state.parent
        more.reverse()
        return _Candidate(
            end.travelled,
            (*blocked, *(state.node for state in more if self._shows(state.node))),
            (*path.nodes[: cut + 1], *(state.node for state in more)),
            (*edges, *(state.edge for state in more if state.edge >= 0)),
            place,
        )

    def _left_around(self, blocked: tuple[int, ...]) -> Distances:
        """Measure the distance left where some nodes may not be passed."""

        def free(nodes: Codes, _: Distances) -> Mask:
            return (self.left[nodes] < FAR) & ~np.isin(nodes, blocked)

        ball = Ball.around(self.ground, self.ground.backward, self.measure, self.targets)
        ball.settle(free)
        return ball.distance

    def _way(
        self, leads: _Leads, begin: _State, blocked: tuple[int, ...], taken: set[int], *, patient: bool = False
    ) -> _State | None:
        """Return the end of the best way on, next to nothing that is taken and through nothing that is blocked.

        Children are offered one after the other, each when the one before it was looked at.
        """
        heap: list[tuple[int, int, int, _State, int]] = []
        seen: set[tuple[int, bool]] = set()
        order = count()

        def offer(state: _State, place: int) -> None:
            children = leads.children(state.node)
            while place < len(children):
                total, _, node, _ = children[place]
                shows = self._shows(node)
                refused = shows and (node in blocked or (not state.moved and node in taken))
                if not refused and (node, state.moved or shows) not in seen:
                    heappush(heap, (state.travelled + total, -state.travelled, next(order), state, place))
                    return
                place += 1

        offer(begin, 0)
        while heap:
            _, _, _, parent, place = heappop(heap)
            offer(parent, place + 1)
            _, weight, node, edge = leads.children(parent.node)[place]
            state = _State(node, parent.travelled + weight, parent, edge, parent.moved or self._shows(node))
            if (node, state.moved) in seen:
                continue
            seen.add((node, state.moved))
            if node in self.ends:
                return state
            if len(seen) > _PATIENCE and not patient:
                raise _TooFarError
            offer(state, 0)
        return None


class _TooFarError(Exception):
    """The distance left leads astray."""


class _Leads:
    """Where nodes lead to that have a way on, the best first, each once; listed when first needed."""

    def __init__(self, ranking: Ranking, left: Distances) -> None:
        self.ranking, self._left = ranking, left
        self._children: dict[int, list[Child]] = {START: self._sources(ranking.sources)}

    def children(self, node: int) -> list[Child]:
        found = self._children.get(node)
        if found is None:
            found = self._children[node] = self._listed(node)
        return found

    def _sources(self, sources: Codes) -> list[Child]:
        begin = sources[self._left[sources] < FAR]
        begin = begin[np.lexsort((begin, self._left[begin]))]
        return [(far, 0, one, -1) for far, one in zip(self._left[begin].tolist(), begin.tolist(), strict=True)]

    def _listed(self, node: int) -> list[Child]:
        ground, rows = self.ranking.ground, self.ranking.ground.forward
        places, edge = ground.edges(rows, rows.around(np.asarray([node]))[0])
        known = self._left[rows.other[places]] < FAR
        other, edge = rows.other[places[known]], edge[known]
        weight = ground.weights(edge, self.ranking.measure)
        order = np.lexsort((edge, weight, other))
        order = order[np.diff(other[order], prepend=-1) != 0]
        other, edge, weight = other[order], edge[order], weight[order]
        total = weight + self._left[other]
        order = np.lexsort((edge, total))
        rest = (column[order].tolist() for column in (total, weight, other, edge))
        return list(zip(*rest, strict=True))
