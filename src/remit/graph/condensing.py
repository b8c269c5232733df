"""A network made small for counting what is reached: a cycle becomes one node, what is reached together one class.

1. Nodes that reach one another are a component; between components there are no cycles.
2. A component that leads on is a row. Rows are numbered so that each leads to rows of lower numbers only.
3. Components with the same rows right before them are reached by the same rows. They are a class; its weight is theirs.
4. A thing with several sides, each a node, is reached by whoever reaches any of them: it has the rows before all its
   sides right before it, and belongs to a class as if it were a component.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from remit.engine.membership import offsets_of, places_of
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

    def followed_by(self, other: Lists) -> Lists:
        """Return these lists, then others."""
        offsets = np.concatenate([self.offsets, self.offsets[-1] + other.offsets[1:]])
        return Lists(offsets, np.concatenate([self.item, other.item]))

    def of_many(self, keys: Codes) -> tuple[Codes, NDArray[np.int64]]:
        """Return the items of several lists one after the other, and how many each has."""
        begin = self.offsets[keys]
        count = self.offsets[keys + 1] - begin
        return self.item[places_of(begin, count)], count


@dataclass(frozen=True, slots=True, eq=False)
class Condensed:
    """Rows and classes.

    Attributes:
        component: int32 component of each node of the network.
        row: int32 row of each node, -1 where nothing is reached from its component but itself.
        inside: int64 weight of the component of each node.
        number: int32 class of the component of each node, -1 where that is in none.
        level: where each level of rows begins, and their number: rows lead to rows of lower levels.
        ahead, behind: rows that each row leads to, and that lead to it.
        before: rows right before each class. weight: int64, one line per class.
        largest: row of the component with the most nodes, -1 where that leads nowhere.
    """

    component: Codes
    row: Codes
    inside: Weights
    number: Codes
    level: NDArray[np.int64]
    ahead: Lists
    behind: Lists
    before: Lists
    weight: Weights
    largest: int


def condense(ground: Ground, weights: Weights, asked: Codes, wanted: Mask, things: Codes | None = None) -> Condensed:
    """Make the network small.

    Args:
        ground: the edges that count.
        weights: one line per node.
        asked: numbers of the nodes that are asked about.
        wanted: nodes that can be reached from those, or are those.
        things: int32 number of what each node is a side of, -1 for nothing; things then are the last column of weights.

    Cost: the components, then a few sorts of the edges between them.
    """
    source, target = _edges(ground, wanted)
    count, component = _components(ground.network.nodes, source, target)
    source, target = _distinct_pairs(component[source], component[target])
    inside = np.zeros((count, weights.shape[1] + (things is not None)), np.int64)
    np.add.at(inside[:, : weights.shape[1]], component[wanted], weights[wanted])
    row, level = _levels(count, source, target)
    onward = row[target] >= 0
    rows = int(level[-1])
    ahead = Lists.of(rows, row[source[onward]], row[target[onward]])
    behind = Lists.of(rows, row[target[onward]], row[source[onward]])
    lists = Lists.of(count, target, row[source])
    if things is None:
        number, before, weight = _classes(lists, inside)
    else:
        sides = _Sides.of(component, things, wanted)
        standing = np.full(count, -1, np.int32)
        standing[component[asked]] = row[component[asked]]
        number, before, weight = _classes(lists.followed_by(sides.before(lists, standing)), inside)
        # Whoever is in a component that leads on reaches its things as a row; one that leads nowhere is no row.
        inside[:, -1] = np.bincount(sides.component[row[sides.component] < 0], minlength=count)
    largest = int(row[np.bincount(component, minlength=1).argmax()]) if count else -1
    return Condensed(
        component, row[component], inside[component], number[component], level, ahead, behind, before, weight, largest
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Sides:
    """Which components things have a side in, each pair once; and how many things there are."""

    component: Codes
    thing: Codes
    things: int

    @classmethod
    def of(cls, component: Codes, things: Codes, wanted: Mask) -> _Sides:
        nodes = np.flatnonzero(wanted & (things >= 0))
        return cls(*_distinct_pairs_of(component[nodes], things[nodes]), int(things.max(initial=-1)) + 1)

    def before(self, lists: Lists, standing: Codes) -> Lists:
        """Return the rows right before each thing.

        Args:
            lists: rows right before each component.
            standing: row of each component that somebody who is asked about is in, else -1: then the rows before it
                will do, which other sides have before them, too.
        """
        row = standing[self.component]
        far, count = lists.of_many(self.component[row < 0])
        thing = np.concatenate([self.thing[row >= 0], np.repeat(self.thing[row < 0], count)])
        return Lists.of(self.things, *_distinct_pairs_of(thing, np.concatenate([row[row >= 0], far])))


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
    apart = source != target
    return _distinct_pairs_of(source[apart], target[apart])


def _distinct_pairs_of(one: Codes, other: Codes) -> tuple[Codes, Codes]:
    """Return each pair once, sorted."""
    key = np.sort(one.astype(np.int64) << 32 | other)
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


def _classes(before: Lists, inside: Weights) -> tuple[Codes, Lists, Weights]:
    """Put together what has the same rows before it; what nothing leads to, or weighs nothing, is left out.

    Args:
        before: rows right before each component, then each thing.
        inside: weights of the components; a thing is one more in the last column.

    Returns:
        The class of each component and thing, -1 for none; the rows before each class; its weight.
    """
    some = np.ones(len(before.offsets) - 1, np.bool_)
    some[: len(inside)] = inside.any(axis=1)
    chosen = np.flatnonzero((np.diff(before.offsets) > 0) & some).astype(np.int32)
    number = np.full(len(some), -1, np.int32)
    if not len(chosen):
        return number, Lists(np.zeros(1, np.int64), np.zeros(0, np.int32)), inside[:0]
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
    number[chosen[order]] = np.cumsum(~same) - 1
    components, things = chosen[chosen < len(inside)], chosen[chosen >= len(inside)]
    weight = np.zeros((int(np.count_nonzero(~same)), inside.shape[1]), np.int64)
    np.add.at(weight, number[components], inside[components])
    if len(things):
        weight[:, -1] += np.bincount(number[things], minlength=len(weight))
    item, count = before.of_many(chosen[order[~same]])
    return number, Lists(np.concatenate([[0], np.cumsum(count)]), item), weight


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
