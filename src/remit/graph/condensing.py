"""A network made small for counting what is reached: a cycle becomes one node, what is reached together one class.

1. Nodes that reach one another are a component; between components there are no cycles.
2. A component that leads on is a row. Rows are numbered so that each leads to rows of lower numbers only.
3. Components with the same rows right before them are reached by the same rows. They are a class; its weight is theirs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from remit.engine.membership import offsets_of
from remit.graph.network import Codes, Counts
from remit.graph.walking import Ground, Mask

Weights = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Lists:
    """Lists of numbers, one after the other: list n is `item[offsets[n]:offsets[n + 1]]`."""

    offsets: Counts
    item: Codes

    @classmethod
    def of(cls, count: int, key: Codes, item: Codes) -> Lists:
        """Sort pairs by key, then item."""
        order = np.argsort(key.astype(np.int64) << 32 | item)
        return cls(offsets_of(count, key[order]), item[order])

    def of_many(self, keys: Codes) -> tuple[Codes, NDArray[np.int64]]:
        """Return the items of several lists one after the other, and how many each has."""
        begin = self.offsets[keys]
        count = self.offsets[keys + 1] - begin
        places = np.repeat(begin - np.cumsum(count) + count, count) + np.arange(int(count.sum()))
        return self.item[places], count


@dataclass(frozen=True, slots=True, eq=False)
class Condensed:
    """Rows and classes.

    Attributes:
        row: int32 row of each node of the network, -1 where nothing is reached from its component but itself.
        inside: int64 weight of the component of each node.
        level: where each level of rows begins, and their number: rows lead to rows of lower levels.
        ahead, behind: rows that each row leads to, and that lead to it.
        before: rows right before each class. weight: int64, one line per class.
        largest: row of the component with the most nodes, -1 where that leads nowhere.
    """

    row: Codes
    inside: Weights
    level: NDArray[np.int64]
    ahead: Lists
    behind: Lists
    before: Lists
    weight: Weights
    largest: int


def condense(ground: Ground, weights: Weights, wanted: Mask) -> Condensed:
    """Make the network small.

    Args:
        ground: the edges that count.
        weights: one line per node.
        wanted: nodes that can be reached from those asked about, or are asked about.

    Cost: the components, then a few sorts of the edges between them.
    """
    source, target = _edges(ground, wanted)
    count, component = _components(ground.network.nodes, source, target)
    source, target = _distinct_pairs(component[source], component[target])
    inside = np.zeros((count, weights.shape[1]), np.int64)
    np.add.at(inside, component[wanted], weights[wanted])
    row, level = _levels(count, source, target)
    onward = row[target] >= 0
    rows = int(level[-1])
    ahead = Lists.of(rows, row[source[onward]], row[target[onward]])
    behind = Lists.of(rows, row[target[onward]], row[source[onward]])
    before, weight = _classes(Lists.of(count, target, row[source]), inside)
    largest = int(row[np.bincount(component, minlength=1).argmax()]) if count else -1
    return Condensed(row[component], inside[component], level, ahead, behind, before, weight, largest)


def _edges(ground: Ground, wanted: Mask) -> tuple[Codes, Codes]:
    source, target = ground.network.source, ground.network.target
    nodes = np.flatnonzero(wanted).astype(np.int32)
    if len(nodes) < ground.network.nodes or ground.without or ground.allowed is not None:
        places, edge = ground.edges(ground.forward, ground.forward.around(nodes)[0])
        return source[edge], target[places]
    return source, target


def _components(nodes: int, source: Codes, target: Codes) -> tuple[int, Codes]:
    ones = np.ones(len(source), np.int8)
    graph = csr_array((ones, target, offsets_of(nodes, source).astype(np.int32)), shape=(nodes, nodes))
    count, component = connected_components(graph, directed=True, connection="strong")
    return int(count), component.astype(np.int32)


def _distinct_pairs(source: Codes, target: Codes) -> tuple[Codes, Codes]:
    """Return each edge between different components once."""
    key = np.sort((source.astype(np.int64) << 32 | target)[source != target])
    first = np.ones(len(key), np.bool_)
    first[1:] = key[1:] != key[:-1]
    key = key[first]
    return (key >> 32).astype(np.int32), (key & 0xFFFF_FFFF).astype(np.int32)


def _levels(count: int, source: Codes, target: Codes) -> tuple[Codes, NDArray[np.int64]]:
    """Number the components that lead on, level by level from the end; return numbers, and where levels begin."""
    behind = Lists.of(count, target, source)
    open_ends = np.bincount(source, minlength=count)
    row = np.full(count, -1, np.int32)
    ends = np.flatnonzero(open_ends == 0).astype(np.int32)
    levels = [0]
    while len(ends):
        before, _ = behind.of_many(ends)
        found, closed = np.unique(before, return_counts=True)
        open_ends[found] -= closed
        ends = found[open_ends[found] == 0].astype(np.int32)
        row[ends] = np.arange(levels[-1], levels[-1] + len(ends), dtype=np.int32)
        levels.append(levels[-1] + len(ends))
    return row, np.asarray(levels)


def _classes(before: Lists, inside: Weights) -> tuple[Lists, Weights]:
    """Put together what has the same rows before it; what nothing leads to, or weighs nothing, is left out."""
    size = np.diff(before.offsets)
    chosen = np.flatnonzero((size > 0) & inside.any(axis=1)).astype(np.int32)
    if not len(chosen):
        return Lists(np.zeros(1, np.int64), np.zeros(0, np.int32)), inside[:0]
    item, count = before.of_many(chosen)
    begin = np.cumsum(count) - count
    marks = [np.add.reduceat(_scattered(item.astype(np.uint64) + np.uint64(seed)), begin) for seed in (1, 1 << 40)]
    # Neighbours by their first row, so that a stretch of classes has much the same rows before it.
    order = np.lexsort((marks[1], marks[0], count, item[begin]))
    same = np.zeros(len(order), np.bool_)
    same[1:] = (np.diff(item[begin][order]) == 0) & (np.diff(count[order]) == 0)
    for mark in marks:
        same[1:] &= mark[order][1:] == mark[order][:-1]
    same[same] = _equal(before, chosen[order[same]], chosen[order[np.flatnonzero(same) - 1]])
    number = np.cumsum(~same) - 1
    weight = np.zeros((int(number[-1]) + 1, inside.shape[1]), np.int64)
    np.add.at(weight, number, inside[chosen[order]])
    item, count = before.of_many(chosen[order[~same]])
    return Lists(np.concatenate([[0], np.cumsum(count)]), item), weight


def _equal(lists: Lists, one: Codes, other: Codes) -> Mask:
    """Tell which lists are item for item the other's; they are of one length."""
    left, count = lists.of_many(one)
    right, _ = lists.of_many(other)
    wrong = np.concatenate([[0], np.cumsum(left != right)])
    ends = np.cumsum(count)
    equal: Mask = wrong[ends] == wrong[ends - count]
    return equal


def _scattered(value: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return numbers that look drawn by chance, the same for the same value."""
    value = value * np.uint64(0x9E3779B97F4A7C15)
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))
