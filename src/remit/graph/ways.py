"""What the best ways of many nodes have in common: their last steps, and whether something has to be activated.

>>> tree = search.tree_to(tier_zero)                                            # doctest: +SKIP
>>> along = Along.of(tree)                                                      # doctest: +SKIP
>>> along.last[node], along.eligible[node]                                      # doctest: +SKIP
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from remit.graph.drawing import HAS_ROLE, MEMBER_OF
from remit.graph.network import Codes, EdgeFlag, Network
from remit.graph.search import Tree
from remit.graph.walking import Ground, Mask, reach

ITSELF = frozenset({MEMBER_OF, HAS_ROLE})
"""Labels of what somebody is without doing anything."""


@dataclass(frozen=True, slots=True, eq=False)
class Along:
    """The best way of each node, summed up.

    Attributes:
        last: the last node that is shown before the end of the way; the node itself where one step is enough, -1 for
            ends and where there is no way.
        eligible: whether some step of it needs activation.
    """

    last: Codes
    eligible: Mask

    @classmethod
    def of(cls, tree: Tree) -> Self:
        """Sum up a tree. Cost: a vector pass for each doubling of the longest way."""
        network, shown = tree.ground.network, tree.ground.shown
        edge = tree.edge
        going = edge >= 0
        itself = np.arange(network.nodes, dtype=np.int32)
        towards = network.target if tree.towards else network.source
        after = np.where(going, towards[np.where(going, edge, 0)], itself) if network.edges else itself
        eligible = (
            going & ((network.flags[np.where(going, edge, 0)] & EdgeFlag.ELIGIBLE) != 0) if network.edges else going
        )
        seen = _next_shown(after, shown | ~going)
        # Whose next shown node is an end is the last one of its way; everybody else asks the next.
        last = _follow(np.where(going & going[seen], seen, itself))
        return cls(np.where(going, last, -1).astype(np.int32), _any(after, eligible))


def direct(ground: Ground, nodes: Codes) -> Mask:
    """Return what is reached without becoming anybody: own groups and roles, and one step from these.

    Args:
        ground: the edges that may be walked.
        nodes: where from.
    """
    own = itself(ground, nodes)
    silent = replace(ground, allowed=_allowed(ground) & ~ground.shown[ground.network.target])
    held = reach(silent, silent.forward, np.flatnonzero(own).astype(np.int32))
    places, _ = ground.edges(ground.forward, ground.forward.around(np.flatnonzero(held).astype(np.int32))[0])
    found = own.copy()
    found[ground.forward.other[places]] = True
    return found & ground.shown


def one_step(network: Network) -> Network:
    """Return a network in which `direct` is plain reach: what is one step away is an end of its own.

    Node n of the given network is node n here, and as such an end it is n plus the number of nodes. Edges lead to the
    ends, and on from a node only to its own groups and roles and through what is not shown.

    Cost: copies of the edges, sorted once more.
    """
    nodes = network.nodes
    shown = Ground(network).shown[network.target]
    mine = np.asarray([label.name in ITSELF for label in network.labels] or [False], dtype=np.bool_)
    on, ends = np.flatnonzero(~shown | mine[network.label]), np.flatnonzero(shown)
    edge = np.concatenate([on, ends])
    target = np.concatenate([network.target[on].astype(np.int64), network.target[ends].astype(np.int64) + nodes])
    order = np.argsort(network.source[edge], kind="stable")
    edge, target = edge[order], target[order]
    counts = np.bincount(network.source[edge], minlength=2 * nodes)
    return Network(
        np.concatenate([network.keys, network.keys + _END]),
        np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)]),
        target.astype(np.int32),
        network.label[edge],
        network.flags[edge],
        network.cost[edge],
        network.evidence[edge],
        network.labels,
    )


_END = 1 << 60
"""What the keys of ends are above those of their nodes: more than any key."""


def itself(ground: Ground, nodes: Codes) -> Mask:
    """Return nodes with the groups that they are in and the roles that they hold."""
    network = ground.network
    mine = np.asarray([label.name in ITSELF for label in network.labels] or [False], dtype=np.bool_)
    own = replace(ground, allowed=_allowed(ground) & mine[network.label])
    return reach(own, own.forward, nodes)


def _allowed(ground: Ground) -> Mask:
    return np.ones(ground.network.edges, np.bool_) if ground.allowed is None else ground.allowed


def _next_shown(after: Codes, stop: Mask) -> Codes:
    """Return the first node after each at which `stop` holds."""
    jump = after.copy()
    while True:
        going = ~stop[jump]
        if not going.any():
            return jump
        further = jump[jump]
        moved = np.where(going, further, jump)
        if np.array_equal(moved, jump):
            return jump
        jump = moved


def _follow(after: Codes) -> Codes:
    """Return where each chain ends; a node that leads to itself is an end."""
    while True:
        further = after[after]
        if np.array_equal(further, after):
            return after
        after = further


def _any(after: Codes, marked: Mask) -> Mask:
    """Return whether a mark stands anywhere on the chain of each node."""
    found = marked.copy()
    while True:
        found |= found[after]
        further = after[after]
        if np.array_equal(further, after):
            return found
        after = further
