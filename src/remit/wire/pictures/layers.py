"""Which edges a layered layout is made of.

`fast_sugiyama` ends the whole process on a loop, and what it makes of a cycle changes from run to run; and its time
grows with the number of layers that edges pass. So it is given a graph without loops and cycles, each pair once, and
where that would pass too many layers, only what makes layers by distance. The rest is drawn between finished places.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

Pair = tuple[int, int]

MOST_PASSED = 600
"""Layers that all edges together may pass; a fraction of a second."""


def laid_out(count: int, pairs: Sequence[Pair]) -> list[Pair]:
    """Return the pairs to lay out, left to right: no cycle, no loop, sorted, distinct.

    Args:
        count: number of nodes.
        pairs: edges between them; what comes first decides what leads back.
    """
    whole = without_cycles(count, pairs)
    if _passed(whole, _depths(count, whole)) <= MOST_PASSED:
        return whole
    near = _distances(count, whole)
    return [pair for pair in whole if near[pair[1]] == near[pair[0]] + 1]


def without_cycles(count: int, pairs: Iterable[Pair]) -> list[Pair]:
    """Return pairs without loops, those that lead back in a walk from the first nodes turned around."""
    after: list[list[int]] = [[] for _ in range(count)]
    entered = [False] * count
    for source, target in pairs:
        if source != target:
            after[source].append(target)
            entered[target] = True
    open_, done = 1, 2
    state = bytearray(count)
    kept: set[Pair] = set()
    for first in sorted(range(count), key=lambda row: (entered[row], row)):
        if state[first]:
            continue
        state[first] = open_
        walk = [(first, iter(after[first]))]
        while walk:
            row, rest = walk[-1]
            target = next(rest, -1)
            if target < 0:
                state[row] = done
                walk.pop()
            elif state[target] == open_:
                kept.add((target, row))
            else:
                kept.add((row, target))
                if not state[target]:
                    state[target] = open_
                    walk.append((target, iter(after[target])))
    return sorted(kept)


def _depths(count: int, pairs: Sequence[Pair]) -> list[int]:
    """Return the length of the longest way to each node."""
    waiting = [0] * count
    after: list[list[int]] = [[] for _ in range(count)]
    for source, target in pairs:
        after[source].append(target)
        waiting[target] += 1
    depth = [0] * count
    ready = [row for row in range(count) if not waiting[row]]
    for row in ready:
        for target in after[row]:
            depth[target] = max(depth[target], depth[row] + 1)
            waiting[target] -= 1
            if not waiting[target]:
                ready.append(target)
    return depth


def _passed(pairs: Iterable[Pair], depth: Sequence[int]) -> int:
    return sum(depth[target] - depth[source] - 1 for source, target in pairs)


def _distances(count: int, pairs: Sequence[Pair]) -> list[int]:
    """Return the length of the shortest way to each node from one that nothing leads to."""
    after: list[list[int]] = [[] for _ in range(count)]
    entered = [False] * count
    for source, target in pairs:
        after[source].append(target)
        entered[target] = True
    ring = [row for row in range(count) if not entered[row]]
    distance = [0 if not entered[row] else count for row in range(count)]
    while ring:
        further = []
        for row in ring:
            for target in after[row]:
                if distance[target] > distance[row] + 1:
                    distance[target] = distance[row] + 1
                    further.append(target)
        ring = further
    return distance
