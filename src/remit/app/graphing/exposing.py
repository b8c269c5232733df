"""Who reaches a target, how far it is for them, and through which last step they come.

    answer = exposure_of(escalation, naming.find("tier0"))
    for one in answer.shown(range(20)): ...

Everybody is counted once, at the best: by certain edges where these lead there, and the fewest hops. The figures are
arrays; a name is looked up when it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from remit.app.graphing.asking import unread_on
from remit.app.graphing.naming import Named
from remit.app.graphing.somebody import actors
from remit.engine.facts import PrincipalKind
from remit.graph.answers import Hop, NodeRef
from remit.graph.facts import ServiceFlag
from remit.graph.network import Codes
from remit.graph.nodes import NodeKind, refs_of
from remit.graph.search import Tree
from remit.graph.walking import Mask, Measure
from remit.graph.ways import Along
from remit.model.errors import InvariantError
from remit.model.snapshot import Gap

if TYPE_CHECKING:
    from remit.app.graphing.opening import Escalation

MOST_ENTRIES = 500
"""Last steps that are told, those of most principals first; each takes some milliseconds."""


@dataclass(frozen=True, slots=True)
class Exposed:
    """Somebody who reaches the target.

    Attributes:
        way: the nodes between, and the target, as they are shown.
        through: place in `ExposureAnswer.entries`.
    """

    ref: NodeRef
    hops: int
    cost: int
    certain: bool
    eligible: bool
    through: int
    way: tuple[NodeRef, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """A last step into the target, and how many come through it at their best."""

    hop: Hop
    principals: int


@dataclass(frozen=True, eq=False)
class ExposureAnswer:
    """Everybody who reaches a target, the nearest of the certain ones first.

    Attributes:
        target: what was asked about.
        nodes: number of each. hops, cost, certain, eligible, entry: the same length; `entry` is a place in `entries`,
            -1 for a last step that is not told.
        entries: last steps, those of most principals first.
        kinds: how many of each kind, in the words of `NodeRef.kind`.
        unread: what was not read and could be part of a way.
    """

    escalation: Escalation
    target: Named
    nodes: Codes
    hops: Codes
    cost: Codes
    certain: Mask
    eligible: Mask
    entry: Codes
    entries: tuple[Entry, ...]
    kinds: dict[str, int]
    unread: tuple[Gap, ...]
    _trees: tuple[Tree, Tree]

    def shown(self, places: Iterable[int], *, with_ways: bool = False) -> Iterator[Exposed]:
        """Yield some of them with names."""
        for place in places:
            node = int(self.nodes[place])
            yield Exposed(
                self.escalation.node_ref(node),
                int(self.hops[place]),
                int(self.cost[place]),
                bool(self.certain[place]),
                bool(self.eligible[place]),
                int(self.entry[place]),
                self._way(node, certain=bool(self.certain[place])) if with_ways else (),
            )

    def _way(self, node: int, *, certain: bool) -> tuple[NodeRef, ...]:
        tree = self._trees[0 if certain else 1]
        path = tree.path(node)
        if path is None:
            return ()
        return tuple(self.escalation.node_ref(one) for one in path.nodes[1:] if tree.ground.shown[one])


def exposure_of(escalation: Escalation, target: Named) -> ExposureAnswer:
    """Say who reaches a target.

    Cost: twice every edge that leads there, and the telling of each distinct last step.
    """
    search = escalation.search
    sure = search.certain.tree_to(target.nodes, measure=Measure.HOPS)
    any_way = search.tree_to(target.nodes, measure=Measure.HOPS)
    who = _who(escalation, any_way, target)
    certain = sure.reached[who]
    hops = np.where(certain, sure.hops[who], any_way.hops[who])
    cost = np.where(certain, sure.cost[who], any_way.cost[who])
    order = np.lexsort((who, cost, hops, ~certain))
    who, certain, hops, cost = who[order], certain[order], hops[order], cost[order]
    along = Along.of(sure), Along.of(any_way)
    eligible = np.where(certain, along[0].eligible[who], along[1].eligible[who])
    last = np.where(certain, along[0].last[who], along[1].last[who])
    entry, entries = _entries(escalation, last, certain, (sure, any_way))
    return ExposureAnswer(
        escalation,
        target,
        who.astype(np.int32),
        hops.astype(np.int32),
        cost.astype(np.int32),
        certain,
        eligible,
        entry,
        entries,
        _kinds(escalation, who),
        unread_on(escalation, any_way.reached),
        (sure, any_way),
    )


def _who(escalation: Escalation, tree: Tree, target: Named) -> Codes:
    found = tree.reached.copy()
    found[target.nodes] = False
    outside = np.arange(*escalation.graph.network.of_kind(NodeKind.OUTSIDE), dtype=np.int32)
    every = np.concatenate([actors(escalation, groups=True), outside])
    who: Codes = every[found[every]]
    return who


def _entries(
    escalation: Escalation, last: NDArray[np.integer], certain: Mask, trees: tuple[Tree, Tree]
) -> tuple[Codes, tuple[Entry, ...]]:
    """Return the place of each last step, -1 for what is not told, and the steps."""
    step = np.where(certain, trees[0].edge[last], trees[1].edge[last])
    distinct, first, place, count = np.unique(step, return_index=True, return_inverse=True, return_counts=True)
    order = np.lexsort((distinct, -count))[:MOST_ENTRIES]
    rank = np.full(len(distinct), -1, dtype=np.int32)
    rank[order] = np.arange(len(order))
    entries = []
    for one in order.tolist():
        path = trees[0 if certain[first[one]] else 1].path(int(last[first[one]]))
        if path is None:
            raise InvariantError("a last step leads nowhere")
        entries.append(Entry(escalation.hops(path)[-1], int(count[one])))
    return rank[place], tuple(entries)


def _kinds(escalation: Escalation, who: Codes) -> dict[str, int]:
    """Return how many of each kind. Cost: vector operations over the kinds of principals."""
    found: dict[str, int] = {}
    for kind, mask in escalation_kinds(escalation, who).items():
        if count := int(mask.sum()):
            found[kind] = count
    return found


def escalation_kinds(escalation: Escalation, nodes: Codes) -> dict[str, Mask]:
    """Return masks over principal and outside nodes, by the words of `NodeRef.kind`."""
    network = escalation.graph.network
    first, last = network.of_kind(NodeKind.PRINCIPAL)
    is_principal = (first <= nodes) & (nodes < last)
    rows = np.where(is_principal, refs_of(network.keys[nodes]), 0)
    kind = escalation.tenant.index.facts.principals.kind
    kinds = np.where(is_principal, kind[rows] if len(kind) else 0, -1)
    table = escalation.facts.service_principals
    managed = table.principal[(table.flags & ServiceFlag.MANAGED_IDENTITY) != 0]
    services = kinds == PrincipalKind.SERVICE_PRINCIPAL
    is_managed = services & (np.isin(rows, managed) | np.isin(rows, escalation.facts.identities.principal))
    found = {word: (kinds == code) & ~is_managed for code, word in enumerate(PrincipalKind.WORDS)}
    found["managedIdentity"] = is_managed
    found["subject"] = ~is_principal
    return found
