"""Steps as people see them, in bulk: from shown node to shown node, whatever silent nodes lie between.

for steps in steps_of(ground):
    steps.source, steps.target, steps.label

A step is said by its first edge that is not silent. Of steps between the same nodes that say the same, one stays: the
surest: certain before possible, then what asks for less.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from remit.graph.network import Codes, EdgeFlag, Small
from remit.graph.walking import Ground, Mask

NOTHING_SAID = -1
"""`Steps.label` where every edge of a step is silent."""

_AT_ONCE = 20_000


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """Some steps, sorted by (source, target, label).

    Attributes:
        source, target: numbers of nodes that are shown.
        label: number of the label that says it, or `NOTHING_SAID`.
        flags: `EdgeFlag` bits of all its edges together, without SILENT.
        cost: sum over its edges.
        edges: numbers of its edges one after another; those of step i are `[begin[i], begin[i + 1])`.
    """

    source: Codes
    target: Codes
    label: Codes
    flags: Small
    cost: Codes
    edges: Codes
    begin: NDArray[np.int64]

    @property
    def count(self) -> int:
        """Number of steps."""
        return len(self.source)

    def chain(self, place: int) -> tuple[int, ...]:
        """Return the edges of one step."""
        return tuple(self.edges[self.begin[place] : self.begin[place + 1]].tolist())


@dataclass(frozen=True, slots=True, eq=False)
class _Front:
    """Ways that grow: where each began, where it is, what says it, and the edge and way it grew by."""

    source: Codes
    node: Codes
    label: Codes
    flags: Small
    cost: Codes
    edge: Codes
    before: NDArray[np.int64]

    def only(self, mask: Mask) -> _Front:
        """Return some of them."""
        return _Front(
            self.source[mask],
            self.node[mask],
            self.label[mask],
            self.flags[mask],
            self.cost[mask],
            self.edge[mask],
            self.before[mask],
        )


def steps_of(ground: Ground, inside: Mask | None = None, *, at_once: int = _AT_ONCE) -> Iterator[Steps]:
    """Yield every step, by ranges of sources.

    Args:
        ground: the network, and which of its edges may be walked.
        inside: bool per node: both ends of a step, and what lies between, are of these; None for all.
        at_once: so many nodes are looked at together.

    Cost: what silent nodes lead to, once for each node and label that leads to them.
    """
    sources = np.flatnonzero(ground.shown if inside is None else ground.shown & inside).astype(np.int32)
    for first in range(0, len(sources), at_once):
        found = _steps_from(ground, sources[first : first + at_once], inside)
        if found.count:
            yield found


def _steps_from(ground: Ground, sources: Codes, inside: Mask | None) -> Steps:
    count = len(sources)
    nothing = np.zeros(count, np.int32)
    begin = _Front(
        sources,
        sources,
        np.full(count, NOTHING_SAID, np.int32),
        np.zeros(count, np.uint8),
        nothing,
        nothing,
        np.zeros(count, np.int64),
    )
    fronts = [_grown(ground, begin, inside)]
    seen = np.zeros(0, np.int64)
    while True:
        silent = ~ground.shown[fronts[-1].node]
        if not silent.any():
            break
        # A ring of silent nodes is gone around once: what is as sure and said by the same label was here before.
        key = _keys(ground, fronts[-1])
        fresh = silent & ~np.isin(key, seen)
        seen = np.union1d(seen, key[silent])
        if not fresh.any():
            break
        fronts.append(_grown(ground, fronts[-1], inside, fresh))
    return _gathered(ground, fronts)


def _keys(ground: Ground, front: _Front) -> NDArray[np.int64]:
    labels = len(ground.network.labels) + 1
    where = front.source.astype(np.int64) * ground.network.nodes + front.node
    return (where * labels + front.label + 1) * EdgeFlag.SILENT + (front.flags & (EdgeFlag.SILENT - 1))


def _grown(ground: Ground, front: _Front, inside: Mask | None, mask: Mask | None = None) -> _Front:
    """Return the ways one edge longer; `mask` tells which go on."""
    network = ground.network
    before = np.arange(len(front.node)) if mask is None else np.flatnonzero(mask)
    part = front if mask is None else front.only(mask)
    places, counts = ground.forward.around(part.node)
    origin = np.repeat(np.arange(len(part.node)), counts)
    keep = (network.flags[places] & ground.without) == 0
    if ground.allowed is not None:
        keep &= ground.allowed[places]
    if inside is not None:
        keep &= inside[network.target[places]]
    places, origin = places[keep], origin[keep]
    flags = network.flags[places]
    said = np.where(flags & EdgeFlag.SILENT, NOTHING_SAID, network.label[places].astype(np.int32))
    earlier = part.label[origin]
    return _Front(
        part.source[origin],
        network.target[places],
        np.where(earlier == NOTHING_SAID, said, earlier).astype(np.int32),
        part.flags[origin] | flags,
        part.cost[origin] + network.cost[places],
        places.astype(np.int32),
        before[origin],
    )


def _gathered(ground: Ground, fronts: list[_Front]) -> Steps:
    """Return the ways that came to a shown node, the best of each kind, with the edges that they took."""
    places = [np.flatnonzero(ground.shown[front.node] & (front.source != front.node)) for front in fronts]
    place = np.concatenate(places)
    level = np.repeat(np.arange(len(fronts)), [len(arrived) for arrived in places])

    def column(name: str) -> NDArray[np.int64]:
        return np.concatenate([getattr(front, name)[rows] for front, rows in zip(fronts, places, strict=True)])

    source, target, label = column("source"), column("node"), column("label")
    flags, cost = column("flags") & ~np.uint8(EdgeFlag.SILENT), column("cost")
    order = np.lexsort((level, cost, flags, flags & EdgeFlag.POSSIBLE, label, target, source))
    first = np.ones(len(order), np.bool_)
    ranked = [values[order] for values in (source, target, label)]
    first[1:] = np.logical_or.reduce([values[1:] != values[:-1] for values in ranked])
    order = order[first]
    length = level[order] + 1
    begin = np.zeros(len(order) + 1, np.int64)
    np.cumsum(length, out=begin[1:])
    edges = np.zeros(int(begin[-1]), np.int32)
    at, depth = place[order], level[order].copy()
    for current in range(len(fronts) - 1, -1, -1):
        here = depth == current
        front = fronts[current]
        edges[begin[:-1][here] + current] = front.edge[at[here]]
        at[here] = front.before[at[here]]
        depth[here] -= 1
    return Steps(
        source[order].astype(np.int32),
        target[order].astype(np.int32),
        label[order].astype(np.int32),
        flags[order].astype(np.uint8),
        cost[order].astype(np.int32),
        edges,
        begin,
    )
