"""Paths in order, best first: Yen's method with Lawler's partition, over shown nodes.

A new path leaves a known one at one of its shown nodes (the spur): it keeps what stands before, takes another shown
node next than every known path with the same beginning, and goes on by the best way that shows nothing twice. That way
is found by looking first at the nodes with the least distance travelled and left together; the distance left is exact
in the whole network, so that such a search mostly walks straight to the target.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count

import numpy as np

from remit.graph.network import Codes
from remit.graph.walking import FAR, Ball, Ground, Measure

START = -1
"""A node before every source."""

Child = tuple[int, int, int, int]
"""Travelled and left over this edge; weight; node; edge."""


@dataclass(slots=True)
class _State:
    """A node as it was come to while looking for one way."""

    node: int
    travelled: int
    parent: _State | None
    edge: int
    moved: bool
    """A shown node was come to since the spur."""


@dataclass(order=True, frozen=True, slots=True)
class _Candidate:
    weight: int
    shown: tuple[int, ...]
    nodes: tuple[int, ...] = field(compare=False)
    edges: tuple[int, ...] = field(compare=False)
    spur: int = field(compare=False)
    """Place in `shown` where it leaves the path that it was made from."""


@dataclass(eq=False)
class Ranking:
    """Paths between two sets of nodes; iterating gives (edges, source), best first."""

    ground: Ground
    measure: Measure
    sources: Codes
    targets: Codes

    def __post_init__(self) -> None:
        """Measure how far everything is from the targets."""
        self._left = Ball.around(self.ground, self.ground.backward, self.measure, self.targets)
        self._left.settle()
        self._ends = frozenset(self.targets.tolist())
        self._named = self._ends.union(self.sources.tolist())
        self._children: dict[int, list[Child]] = {}

    def __iter__(self) -> Iterator[tuple[tuple[int, ...], int]]:
        """Yield every path."""
        taken: dict[tuple[int, ...], set[int]] = {}
        waiting: list[_Candidate] = []
        first = self._leave(_Candidate(0, (START,), (START,), (), 0), 0, set())
        if first is not None:
            waiting.append(first)
        while waiting:
            path = heappop(waiting)
            yield path.edges, path.shown[1]
            for place in range(len(path.shown) - 1):
                taken.setdefault(path.shown[: place + 1], set()).add(path.shown[place + 1])
            for place in range(path.spur, len(path.shown) - 1):
                found = self._leave(path, place, taken[path.shown[: place + 1]])
                if found is not None:
                    heappush(waiting, found)

    def _shows(self, node: int) -> bool:
        return bool(self.ground.shown[node]) or node in self._named

    def _leave(self, path: _Candidate, place: int, taken: set[int]) -> _Candidate | None:
        """Return the best path that begins like another one up to a shown node, and goes on differently."""
        spur = path.shown[place]
        cut = path.nodes.index(spur)
        nodes, edges = path.nodes[: cut + 1], path.edges[: max(cut - 1, 0)]
        travelled = sum(self._weight(edge) for edge in edges)
        end = self._way(spur, travelled, set(path.shown[: place + 1]), taken)
        if end is None:
            return None
        more: list[_State] = []
        state: _State | None = end
        while state is not None and state.parent is not None:
            more.append(state)
            state = state.parent
        more.reverse()
        shown = tuple(state.node for state in more if self._shows(state.node))
        return _Candidate(
            end.travelled,
            (*path.shown[: place + 1], *shown),
            (*nodes, *(state.node for state in more)),
            (*edges, *(state.edge for state in more if state.edge >= 0)),
            place,
        )

    def _weight(self, edge: int) -> int:
        return int(self.ground.weights(np.asarray([edge]), self.measure)[0])

    def _way(self, spur: int, travelled: int, blocked: set[int], taken: set[int]) -> _State | None:
        """Return the end of the best way from a spur, next to none that is taken and through none that is blocked."""
        begin = _State(spur, travelled, None, -1, moved=False)
        heap: list[tuple[int, int, int, _State, int]] = []
        seen: set[tuple[int, bool]] = set()
        order = count()

        def offer(state: _State, place: int) -> None:
            """Offer the best child of a state, from a place on, that may be gone to."""
            children = self._leading(state.node)
            while place < len(children):
                node = children[place][2]
                shows = state.node == START or self._shows(node)
                refused = node in blocked or (not state.moved and node in taken) if shows else False
                if not refused and (node, state.moved or shows) not in seen:
                    total = state.travelled + children[place][0]
                    heappush(heap, (total, -state.travelled, next(order), state, place))
                    return
                place += 1

        offer(begin, 0)
        while heap:
            _, _, _, parent, place = heappop(heap)
            offer(parent, place + 1)
            _, weight, node, edge = self._leading(parent.node)[place]
            moved = parent.moved or parent.node == START or self._shows(node)
            if (node, moved) in seen:
                offer(parent, place + 1)
                continue
            seen.add((node, moved))
            state = _State(node, parent.travelled + weight, parent, edge, moved)
            if node in self._ends:
                return state
            offer(state, 0)
        return None

    def _leading(self, node: int) -> list[Child]:
        """Return where a node leads to that has a way on, the best first, each once."""
        found = self._children.get(node)
        if found is None:
            found = self._children[node] = self._list_children(node)
        return found

    def _list_children(self, node: int) -> list[Child]:
        left = self._left.distance
        if node == START:
            begin = self.sources[left[self.sources] < FAR]
            begin = begin[np.lexsort((begin, left[begin]))]
            return [(far, 0, one, -1) for far, one in zip(left[begin].tolist(), begin.tolist(), strict=True)]
        rows = self.ground.forward
        places, edge = self.ground.edges(rows, rows.around(np.asarray([node]))[0])
        places, edge = places[left[rows.other[places]] < FAR], edge[left[rows.other[places]] < FAR]
        other, weight = rows.other[places], self.ground.weights(edge, self.measure)
        order = np.lexsort((edge, weight, other))
        order = order[np.diff(other[order], prepend=-1) != 0]
        order = order[np.lexsort((edge[order], weight[order] + left[other[order]]))]
        total = (weight[order] + left[other[order]]).tolist()
        return list(zip(total, weight[order].tolist(), other[order].tolist(), edge[order].tolist(), strict=True))
