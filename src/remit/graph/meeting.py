"""How far it is to the targets, measured only where the next best paths may run.

Two balls grow towards each other, the one that has had less work first. Once they meet, a path up to some length (the
bound) can only run over nodes whose distances from both sides add up to it, and only those are measured exactly. The
bound is raised as more paths are asked for. Where one ball holds all that it can, nothing is left out any more.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from remit.graph.network import Codes
from remit.graph.walking import FAR, LOW, UNIT, Ball, Distances, Ground, Mask, Measure

_FIRST_RAISE = 2 * UNIT


def distances_left(ground: Ground, measure: Measure, sources: Codes, targets: Codes) -> Iterator[tuple[Distances, int]]:
    """Yield distances to the targets for ever larger bounds; the last bound is `FAR`.

    Each array is exact for all nodes on walks from a source up to the bound, and `FAR` or too long for others.
    """
    there = Ball.around(ground, ground.forward, measure, sources)
    left = Ball.around(ground, ground.backward, measure, targets)
    met = 0 if len(np.intersect1d(sources, targets)) else int(FAR)
    more, bound = _FIRST_RAISE, -1
    while True:
        while max(there.next, left.next) < FAR and there.next + left.next <= (met | LOW if bound < 0 else bound):
            ball = there if there.work() < left.work() else left
            found = ball.grow()
            met = min(met, int((there.distance[found] + left.distance[found]).min(initial=FAR)))
        if left.next == FAR:
            yield left.distance, int(FAR)
            return
        if there.next == FAR:
            yield _only(left, there, int(FAR) - 1), int(FAR)
            return
        if bound < 0:
            bound = met | LOW
        yield _only(left, there, bound), bound
        bound, more = bound + more, more * 4


def _only(left: Ball, there: Ball, bound: int) -> Distances:
    """Measure what may be on a walk up to a bound: nodes at least so far from the sources that it still fits."""
    horizon = there.next

    def fits(nodes: Codes, far: Distances) -> Mask:
        return np.minimum(there.distance[nodes], horizon) + far <= bound

    again = Ball.around(left.ground, left.rows, left.measure, left.begin)
    again.settle(fits)
    return again.distance
