"""What single units do, many at a time: a bit for each of 64 units, and one walk for all of them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from remit.graph.cut_part import Part
from remit.graph.network import Codes
from remit.graph.walking import Mask

AT_ONCE = 64
"""Units of one walk."""
Bits = NDArray[np.uint64]
_ALL = np.uint64(2**64 - 1)


def alone(part: Part, taken: Mask, units: Codes, sources: Codes) -> Iterator[Codes]:
    """Yield for each of at most `AT_ONCE` units the sources that reach no target once it is taken away, too."""
    bits = _bits(part, units)
    stays = np.where(np.append(taken, np.False_), np.uint64(0), ~bits)
    reaching = _reaching(part, stays[part.unit])[sources]
    for place in range(len(units)):
        yield sources[~_has(reaching, place)]


def needed(part: Part, taken: Mask, units: Codes, sources: Codes) -> Iterator[Codes]:
    """Yield for each of at most `AT_ONCE` units that are taken away the sources that reach a target if it stays."""
    bits = _bits(part, units)
    stays = np.where(np.append(taken, np.False_), bits, _ALL)
    reaching = _reaching(part, stays[part.unit])[sources]
    for place in range(len(units)):
        yield sources[_has(reaching, place)]


def _bits(part: Part, units: Codes) -> Bits:
    """Return a bit for each of some units, 0 for the others; the last row is that of edges without any."""
    bits = np.zeros(part.units.count + 1, np.uint64)
    bits[units] = np.uint64(1) << np.arange(len(units), dtype=np.uint64)
    return bits


def _has(bits: Bits, place: int) -> Mask:
    return np.asarray((bits >> np.uint64(place)) & np.uint64(1), dtype=np.bool_)


def _reaching(part: Part, stays: Bits) -> Bits:
    """Return for each node the bits under which it reaches a target, when each edge stays under those given."""
    rows, target = part.search.ground.backward, part.network.target
    bits = np.zeros(part.network.nodes, np.uint64)
    bits[part.targets] = _ALL
    frontier: Codes = part.targets
    while len(frontier):
        places = rows.around(frontier)[0]
        edge = places if rows.edge is None else rows.edge[places]
        source = rows.other[places]
        gained = bits[target[edge]] & stays[edge] & ~bits[source]
        some = np.flatnonzero(gained)
        order = some[np.argsort(source[some], kind="stable")]
        frontier, first = np.unique(source[order], return_index=True)
        if len(frontier):
            bits[frontier] |= np.bitwise_or.reduceat(gained[order], first)
    return bits
