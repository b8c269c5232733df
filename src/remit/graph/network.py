"""The graph: nodes as sorted keys, edges in compressed rows, both ways.

batch = EdgeBatch.of(sources, targets, label=labels.number("MEMBER-OF"))
network = Network.assemble([batch], labels)
network.number(node_key(NodeKind.PRINCIPAL, 7))
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray

from remit.engine.membership import offsets_of
from remit.graph.nodes import Keys

Codes = NDArray[np.int32]
Counts = NDArray[np.int64]
Small = NDArray[np.uint8]


class EdgeFlag:
    """Bits of an edge."""

    POSSIBLE = 1
    """Something was not read, or a condition decides call by call."""
    ELIGIBLE = 2
    """A role or membership has to be activated first."""
    LIFTS = 4
    """A guard has to be taken away first, and can be."""
    SILENT = 8
    """No step of its own: inheritance of what is held, membership of a hub."""


_HALF, _LOW = 32, (1 << 32) - 1
_POSSIBLE_COSTS, _ELIGIBLE_COSTS, _LIFTS_COSTS = 20, 2, 3
_ADDED = np.asarray(
    [
        _POSSIBLE_COSTS * bool(bits & EdgeFlag.POSSIBLE)
        + _ELIGIBLE_COSTS * bool(bits & EdgeFlag.ELIGIBLE)
        + _LIFTS_COSTS * bool(bits & EdgeFlag.LIFTS)
        for bits in range(256)
    ],
    dtype=np.uint8,
)


@dataclass(frozen=True, slots=True)
class Label:
    """What an edge says of itself.

    Attributes:
        name: id of an edge kind (`VM-01`), a plain relation (`MEMBER-OF`, `HAS-ROLE`), or the name of a class of
            edges that several kinds share; then `kinds` tells which.
        kinds: ids of the kinds that may be behind it, cheapest first; () for plain relations.
        cost: how hard, from 0 (silent) to 20.
        table: what the `evidence` of its edges is a row of: a field of `TenantFacts` or `GraphFacts` (`assignments`,
            `owners`, `directory_assignments`, `app_role_grants`, `memberships`, `identities`, …), "" for nothing.
    """

    name: str
    kinds: tuple[str, ...]
    cost: int
    table: str = ""


class Labels:
    """Labels in the making: a number for each."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, str], int] = {}
        self._labels: list[Label] = []

    def number(self, name: str, kinds: tuple[str, ...] = (), cost: int = 1, table: str = "") -> int:
        """Return the number of a label, made when first named; one name may stand once for each table."""
        found = self._numbers.get((name, table))
        if found is None:
            found = self._numbers[name, table] = len(self._labels)
            self._labels.append(Label(name, kinds, cost, table))
        return found

    def all(self) -> tuple[Label, ...]:
        """Return every label by number."""
        return tuple(self._labels)


@dataclass(frozen=True, slots=True, eq=False)
class EdgeBatch:
    """Edges in any order.

    Attributes:
        source, target: int64 node keys. label: int32 number. flags: uint8 `EdgeFlag` bits.
        evidence: int32 row of what it rests on, by label (an assignment, an owner, a grant); -1 for none.
    """

    source: Keys
    target: Keys
    label: Codes
    flags: Small
    evidence: Codes

    @classmethod
    def of(
        cls,
        source: Keys,
        target: Keys,
        *,
        label: int,
        flags: int | Small = 0,
        evidence: int | Codes = -1,
    ) -> Self:
        """Return edges of one label; single values stand for all."""
        count = len(source)
        return cls(
            np.asarray(source, dtype=np.int64),
            np.asarray(target, dtype=np.int64),
            np.broadcast_to(np.asarray(label, dtype=np.int32), count),
            np.broadcast_to(np.asarray(flags, dtype=np.uint8), count),
            np.broadcast_to(np.asarray(evidence, dtype=np.int32), count),
        )


_PENDING = 4_000_000
"""Keys that may wait, besides a quarter of those found, before they are put among them."""


def _distinct(keys: Keys, kind: Literal["quicksort", "stable"] = "quicksort") -> Keys:
    """Return each key once, sorted. `np.unique` hashes before it sorts, which takes several times longer here."""
    keys = np.sort(keys, kind=kind)
    first = np.ones(len(keys), np.bool_)
    first[1:] = keys[1:] != keys[:-1]
    return keys[first]


def _union(parts: Iterable[Keys]) -> Keys:
    """Return every key of several arrays once, sorted; what is held meanwhile is little more than the answer."""
    found: Keys = np.zeros(0, dtype=np.int64)
    pending: list[Keys] = []
    waiting = 0
    for part in parts:
        pending.append(_distinct(np.asarray(part, dtype=np.int64)))
        waiting += len(pending[-1])
        if waiting > _PENDING + len(found) // 4:
            # Sorted runs: a stable sort only merges them.
            found, pending, waiting = _distinct(np.concatenate([found, *pending]), "stable"), [], 0
    return _distinct(np.concatenate([found, *pending]), "stable") if pending else found


_NO_KEYS = np.zeros(0, dtype=np.int64)
_NONE = EdgeBatch.of(_NO_KEYS, _NO_KEYS, label=0)


@dataclass(frozen=True, eq=False)
class Network:
    """A graph that can be asked.

    Attributes:
        keys: int64 node keys, sorted, distinct; a node's number is its place.
        offsets, target: out-edges of node n are `[offsets[n], offsets[n + 1])`, sorted by target.
        label, flags, cost, evidence: per edge; cost is uint8: the label's, and what its flags add.
        labels: by number.
    """

    keys: Keys
    offsets: Counts
    target: Codes
    label: NDArray[np.uint16]
    flags: Small
    cost: Small
    evidence: Codes
    labels: tuple[Label, ...]

    @classmethod
    def assemble(cls, batches: Iterable[EdgeBatch], labels: Labels, *, nodes: Sequence[Keys] = ()) -> Self:
        """Number the nodes and sort the edges; of equal edges the surest, cheapest stays.

        Edges that rest on different evidence are not equal: whoever takes one assignment away leaves the other's edge.

        Args:
            batches: edges; what only this iterable holds is let go on the way.
            labels: what they refer to.
            nodes: keys that are nodes even without an edge.

        Cost: one sort of the nodes and one of the edges.
        """
        parts = list(batches)
        keys = _union([*(end for part in parts for end in (part.source, part.target)), *nodes])
        listed = labels.all()
        count = sum(len(part.source) for part in parts)
        ends_at, label = np.empty(count, np.int64), np.empty(count, np.uint16)
        flags, evidence = np.empty(count, np.uint8), np.empty(count, np.int32)
        done = 0
        for place, part in enumerate(parts):
            here = slice(done, done := done + len(part.source))
            # An edge is sorted by both ends at once; what has the same ends is rare, and put in order apart.
            ends_at[here] = np.searchsorted(keys, part.source)
            ends_at[here] <<= _HALF
            ends_at[here] |= np.searchsorted(keys, part.target)
            label[here], flags[here], evidence[here] = part.label, part.flags, part.evidence
            parts[place] = _NONE
        order = np.argsort(ends_at, kind="stable")
        ends_at = ends_at[order]
        label = label[order]
        flags = flags[order]
        evidence = evidence[order]
        del order
        cost = np.asarray([one.cost for one in listed] or [0], dtype=np.uint8)[label] + _ADDED[flags]
        again = np.zeros(count, np.bool_)
        again[1:] = ends_at[1:] == ends_at[:-1]
        again[:-1] |= again[1:]
        twins = np.flatnonzero(again)
        if len(twins):
            sorted_ = np.lexsort((flags[twins], cost[twins], evidence[twins], label[twins], ends_at[twins]))
            for column in (label, flags, evidence, cost):
                column[twins] = column[twins][sorted_]
            same = np.ones(len(twins) - 1, np.bool_)
            for told in (ends_at, label, evidence):
                same &= told[twins[1:]] == told[twins[:-1]]
            keep = np.ones(count, np.bool_)
            keep[twins[1:][same]] = False
            if same.any():
                ends_at, label, evidence = ends_at[keep], label[keep], evidence[keep]
                flags, cost = flags[keep], cost[keep]
        # The lower half of both ends is what the narrower type keeps.
        target = ends_at.astype(np.int32)
        ends_at >>= _HALF
        return cls(keys, offsets_of(len(keys), ends_at), target, label, flags, cost, evidence, listed)

    @property
    def nodes(self) -> int:
        """Number of nodes."""
        return len(self.keys)

    @property
    def edges(self) -> int:
        """Number of edges."""
        return len(self.target)

    def number(self, key: int) -> int:
        """Return the number of a node, -1 where it is none."""
        place = int(np.searchsorted(self.keys, key))
        return place if place < len(self.keys) and int(self.keys[place]) == key else -1

    def numbers(self, keys: Keys) -> Codes:
        """Return the numbers of many nodes, -1 where it is none."""
        place = np.minimum(np.searchsorted(self.keys, keys), max(len(self.keys) - 1, 0))
        if not len(self.keys):
            return np.full(len(keys), -1, dtype=np.int32)
        return np.where(self.keys[place] == keys, place, -1).astype(np.int32)

    def of_kind(self, kind: int) -> tuple[int, int]:
        """Return the range of numbers of the nodes of a kind."""
        first, last = np.searchsorted(self.keys, [kind << 40, (kind + 1) << 40])
        return int(first), int(last)

    @cached_property
    def source(self) -> Codes:
        """Return the source of every edge."""
        return np.repeat(np.arange(self.nodes, dtype=np.int32), np.diff(self.offsets))
