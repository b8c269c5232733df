"""The blast radius of everybody: what each node reaches, every node counted once, by categories of weight.

The network is condensed; then classes of nodes are taken a stretch at a time, each class one bit, and the bits are
handed from rows to the rows before them. A stretch touches only rows that reach something of it. Nothing is estimated:
a thing with several sides is one bit, too, so that whoever reaches several of them counts it once.

>>> radius(search, weights, asked=principals)                                   # doctest: +SKIP
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from remit.graph.condensing import Condensed, Lists, Weights, condense
from remit.graph.network import Codes
from remit.graph.search import Nodes, Search
from remit.graph.walking import Mask

Progress = Callable[[int, int], None]
"""Told how many of how many classes are done."""

_WORDS = 8
_BITS = 64 * _WORDS
_LINES = 16_384
"""Rows that are counted at once."""
_OCTETS = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1, bitorder="little").astype(np.int64)
"""The bits of every byte, the lowest first."""

Bits = NDArray[np.uint64]


def radius(
    search: Search,
    weights: Weights,
    *,
    asked: Nodes,
    itself: Nodes | None = None,
    things: Codes | None = None,
    progress: Progress | None = None,
) -> Weights:
    """Sum up what nodes reach.

    Args:
        search: the network and the edges that count.
        weights: int64, a line per node and a column per category; not below 0.
        asked: numbers of nodes.
        itself: of each, the node that is left out of its sum; the asked ones unless given.
        things: int32 number of what each node is a side of, -1 for nothing.
        progress: told after each stretch.

    Returns:
        int64, a line per asked node: the weights of all nodes that it reaches, itself left out. Where there are things,
        a last column says how many of them it reaches from one side at least, what it is a side of itself included.

    Cost: see docs/benchmarks.md. For each stretch of 512 classes the edges between rows that reach it.
    """
    nodes = np.asarray(asked, dtype=np.int32)
    own = nodes if itself is None else np.asarray(itself, dtype=np.int32)
    small = condense(search.ground, weights, nodes, search.reached(nodes), things)
    total = small.inside[nodes]
    rows = np.unique(small.row[nodes])
    rows = rows[rows >= 0]
    leads = small.row[nodes] >= 0
    apart = np.flatnonzero(leads & (small.component[own] != small.component[nodes]) & (small.number[own] >= 0))
    pairs = small.row[nodes[apart]], small.number[own[apart]]
    sums, met = _sums(small, rows, pairs, progress or (lambda _done, _of: None))
    total[leads] += sums[np.searchsorted(rows, small.row[nodes][leads])]
    counted = small.component[own] == small.component[nodes]
    counted[apart[met]] = True
    total[counted, : weights.shape[1]] -= weights[own[counted]]
    return total


def _sums(small: Condensed, rows: Codes, pairs: tuple[Codes, Codes], progress: Progress) -> tuple[Weights, Mask]:
    """Sum up the classes that rows reach, and tell of pairs of a row and a class whether it reaches that.

    Where many reach one another, many more reach all of them, and with them the same classes: those are added as one
    number, and only told apart for the other rows.
    """
    above, shared = _shared(small)
    sums = np.zeros((len(rows), small.weight.shape[1]), np.int64)
    sums[above[rows]] = small.weight[shared].sum(axis=0)
    met = above[pairs[0]] & shared[pairs[1]]
    by_class = Lists.of(len(small.weight), pairs[1], np.arange(len(met), dtype=np.int32))
    bits = np.zeros((int(small.level[-1]), _WORDS), np.uint64)
    done = 0
    for classes, left_out in ((np.flatnonzero(shared), above), (np.flatnonzero(~shared), np.zeros_like(above))):
        for first in range(0, len(classes), _BITS):
            stretch = classes[first : first + _BITS].astype(np.int32)
            active = np.flatnonzero(_closed(small.behind, small.before.of_many(stretch)[0], left_out)).astype(np.int32)
            _hand_back(small, bits, active, stretch)
            place = np.searchsorted(rows, active)
            hit = (place < len(rows)) & (rows[np.minimum(place, len(rows) - 1)] == active)
            _count(bits, active[hit], small.weight[stretch], sums, place[hit])
            _meet(bits, pairs, by_class, stretch, met)
            bits[active] = 0
            done += len(stretch)
            progress(done, len(small.weight))
    return sums, met


def _shared(small: Condensed) -> tuple[Mask, Mask]:
    """Return the rows that reach the largest component, and the classes that are reached from it."""
    count = int(small.level[-1])
    none = np.zeros(count, np.bool_)
    if small.largest < 0 or not len(small.weight):
        return none, np.zeros(len(small.weight), np.bool_)
    largest = np.asarray([small.largest], dtype=np.int32)
    reached = _closed(small.ahead, largest, none)
    shared = np.logical_or.reduceat(reached[small.before.item], small.before.offsets[:-1])
    return _closed(small.behind, largest, none), shared


def _closed(lists: Lists, rows: Codes, left_out: Mask) -> Mask:
    """Return rows, and all that lists lead to from them, but for what is left out."""
    seen, frontier = left_out.copy(), rows
    while len(frontier):
        frontier = frontier[~seen[frontier]]
        seen[frontier] = True
        frontier, _ = lists.of_many(_distinct(frontier))
    return seen & ~left_out


def _distinct(rows: Codes) -> Codes:
    rows = np.sort(rows)
    first = np.ones(len(rows), np.bool_)
    first[1:] = rows[1:] != rows[:-1]
    return rows[first]


def _hand_back(small: Condensed, bits: Bits, active: Codes, stretch: Codes) -> None:
    """Set the bits of a stretch in the rows right before it, then in those before them, level by level."""
    rows, count = small.before.of_many(stretch)
    one = np.repeat(np.arange(len(stretch)), count)
    here = np.isin(rows, active)
    rows, one = rows[here], one[here]
    np.bitwise_or.at(bits, (rows, one >> 6), np.uint64(1) << (one & 63).astype(np.uint64))
    cuts = np.searchsorted(active, small.level)
    for begin, end in zip(cuts[:-1].tolist(), cuts[1:].tolist(), strict=True):
        some = active[begin:end]
        ahead, count = small.ahead.of_many(some)
        some, count = some[count > 0], count[count > 0]
        if len(some):
            bits[some] |= np.bitwise_or.reduceat(bits[ahead], np.cumsum(count) - count, axis=0)


def _meet(bits: Bits, pairs: tuple[Codes, Codes], by_class: Lists, stretch: Codes, met: Mask) -> None:
    """Look up the bits of those pairs whose class is in a stretch."""
    some, count = by_class.of_many(stretch)
    one = np.repeat(np.arange(len(stretch)), count)
    met[some] |= (bits[pairs[0][some], one >> 6] >> (one & 63).astype(np.uint64) & np.uint64(1)).astype(np.bool_)


def _count(bits: Bits, rows: Codes, weight: Weights, sums: Weights, places: NDArray[np.int64]) -> None:
    """Add the weights of the bits of rows to sums, a byte at a time; most bytes are empty."""
    padded = np.zeros((_BITS, weight.shape[1]), np.int64)
    padded[: len(weight)] = weight
    worth = (_OCTETS @ padded.reshape(-1, 8, weight.shape[1])).reshape(-1, weight.shape[1])
    for first in range(0, len(rows), _LINES):
        words = bits[rows[first : first + _LINES]].reshape(-1)
        given = np.flatnonzero(words)
        octets = words[given].astype("<u8").view(np.uint8)
        some = np.flatnonzero(octets)
        word = given[some >> 3]
        byte = (word % _WORDS << 3) + (some & 7)
        line = word // _WORDS
        begin = np.flatnonzero(np.diff(line, prepend=-1))
        if len(begin):
            added = np.add.reduceat(worth[(byte << 8) + octets[some]], begin, axis=0)
            sums[places[first + line[begin]]] += added
