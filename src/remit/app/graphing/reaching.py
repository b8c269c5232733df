"""What somebody can do itself, and what it can become and reach through that.

    answer = reach_of(escalation, naming.find("ci-release"))
    answer.lists["principals"].nodes, answer.tier_zero

A thing is direct where it is reached without becoming anybody else: by own groups, own roles and one step, and for
certain where it is certain at all. The figures are arrays; a name is looked up when it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from remit.app.graphing.asking import unread_on
from remit.app.graphing.naming import Named
from remit.app.graphing.somebody import actors
from remit.engine.blast_radius import blast_radius
from remit.graph.answers import NodeRef, Path
from remit.graph.network import Codes
from remit.graph.nodes import Facet, NodeKind, facet_of, facets_of, kind_of, ref_of, refs_of
from remit.graph.search import Search, Tree
from remit.graph.walking import Mask, Measure
from remit.graph.ways import Along, direct, itself
from remit.model.effective import OperationCounts
from remit.model.snapshot import Gap

if TYPE_CHECKING:
    from remit.app.graphing.opening import Escalation

MOST_COUNTED = 1_000
"""Principals that one can become whose own operations are counted, the nearest first."""


@dataclass(frozen=True, slots=True)
class Reached:
    """One thing that is reached.

    Attributes:
        facet: side of a resource or scope in lower case, else "".
        operations: of a principal, what it can do itself; None where that was not counted.
    """

    ref: NodeRef
    hops: int
    cost: int
    certain: bool
    eligible: bool
    direct: bool
    facet: str
    operations: tuple[OperationCounts, ...] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class ReachedList:
    """Things of one kind; columns of the same length.

    Certain ones stand first, then the nearest, of those the ones that lead on to control of the tenant, then by cost.
    """

    nodes: Codes
    hops: Codes
    cost: Codes
    certain: Mask
    eligible: Mask
    direct: Mask


@dataclass(frozen=True, slots=True)
class FacetCount:
    """How many resources of one type are reached from one side."""

    type: str
    facet: str
    count: int
    certain: int
    direct: int


@dataclass(frozen=True, eq=False)
class ReachAnswer:
    """What somebody can do and become.

    Attributes:
        source: whom it is about.
        operations: what it can do itself: (resource, operation) pairs by plane and verb.
        groups: what it is a member of; no part of `lists`.
        lists: `principals` (groups that it can join, too), `directoryRoles`, `scopes` where it could give any role (not
            what is below), `resources`.
        by_type: resources counted, the most first.
        tier_zero: the best path to control of the tenant, None where there is none.
        unread: what was not read and could lead further.
    """

    escalation: Escalation
    source: Named
    operations: tuple[OperationCounts, ...]
    groups: ReachedList
    lists: Mapping[str, ReachedList]
    by_type: tuple[FacetCount, ...]
    tier_zero: Path | None
    unread: tuple[Gap, ...]
    _counted: Mapping[int, tuple[OperationCounts, ...]]

    def shown(self, found: ReachedList, places: Iterable[int]) -> Iterator[Reached]:
        """Yield some things of a list with names."""
        keys = self.escalation.graph.network.keys
        for place in places:
            node = int(found.nodes[place])
            key = int(keys[node])
            facet = Facet(facet_of(key)) if kind_of(key) in (NodeKind.RESOURCE, NodeKind.SCOPE) else Facet.NONE
            yield Reached(
                self.escalation.node_ref(node),
                int(found.hops[place]),
                int(found.cost[place]),
                bool(found.certain[place]),
                bool(found.eligible[place]),
                bool(found.direct[place]),
                "" if facet is Facet.NONE else facet.name.lower(),
                self._counted.get(ref_of(key)) if kind_of(key) == NodeKind.PRINCIPAL else None,
            )


def reach_of(escalation: Escalation, source: Named) -> ReachAnswer:
    """Say what somebody can do, become and reach.

    Cost: twice every edge out of what is reached, and what the engine takes to count the operations of those it can
    become.
    """
    search = escalation.search
    sure = search.certain.tree_from(source.nodes, measure=Measure.HOPS)
    any_way = search.tree_from(source.nodes, measure=Measure.HOPS)
    near = _near(search, sure, source)
    picker = _Picker(escalation, source, sure, any_way, near)
    groups, others = picker.principals(itself(search.ground, source.nodes))
    lists = {
        "principals": others,
        "directoryRoles": picker.pick(NodeKind.DIRECTORY_ROLE, NodeKind.SCOPED_ROLE),
        "scopes": picker.scopes(),
        "resources": picker.pick(NodeKind.RESOURCE),
    }
    counted = _operations(escalation, source, others)
    return ReachAnswer(
        escalation,
        source,
        counted.get(source.principal, ()),
        groups,
        lists,
        _by_type(escalation, lists["resources"]),
        _tier_zero(escalation, search, source),
        unread_on(escalation, any_way.reached),
        counted,
    )


def _near(search: Search, sure: Tree, source: Named) -> Mask:
    """Return what is direct, and as sure as it is told: of what is certain only where that is so directly, too."""
    surely, any_way = (direct(one.ground, source.nodes) for one in (search.certain, search))
    near: Mask = np.where(sure.reached, surely, any_way)
    return near


class _Picker:
    """Takes nodes of some kinds out of what was reached."""

    def __init__(self, escalation: Escalation, source: Named, sure: Tree, any_way: Tree, near: Mask) -> None:
        self._escalation = escalation
        self._network = escalation.graph.network
        self._sure, self._any, self._near = sure, any_way, near
        self._along = Along.of(sure), Along.of(any_way)
        self._worst = escalation.search.certain.reaching([escalation.graph.tier_zero])
        self._found = any_way.reached.copy()
        self._found[source.nodes] = False

    def pick(self, *kinds: NodeKind) -> ReachedList:
        """Return what was reached of some kinds of nodes."""
        return self._listed(self._nodes(*kinds))

    def scopes(self) -> ReachedList:
        """Return the scopes where any role can be given, without those below one that is no less certain."""
        nodes = self._nodes(NodeKind.SCOPE)
        keys = self._network.keys[nodes]
        granting = facets_of(keys) == Facet.GRANT
        nodes, rows = nodes[granting], refs_of(keys[granting])
        tree = self._escalation.tenant.index.tree
        begin, end = tree.order[rows].astype(np.int64), tree.end[rows].astype(np.int64)
        certain = self._sure.reached[nodes]
        keep = np.ones(len(nodes), np.bool_)
        for sure in (False, True):
            some = certain | np.bool_(not sure)
            covered = _inside_another(begin, end, some)
            keep &= ~(covered & (certain == sure))
        return self._listed(nodes[keep])

    def _nodes(self, *kinds: NodeKind) -> Codes:
        nodes = np.concatenate([np.arange(*self._network.of_kind(kind), dtype=np.int32) for kind in kinds])
        found: Codes = nodes[self._found[nodes]]
        return found

    def principals(self, own: Mask) -> tuple[ReachedList, ReachedList]:
        """Return own groups; and whom it can become or join."""
        people = actors(self._escalation, groups=True)
        every = np.concatenate([people[self._found[people]], self._nodes(NodeKind.APPLICATION)])
        return self._listed(every[own[every]]), self._listed(every[~own[every]])

    def _listed(self, nodes: Codes) -> ReachedList:
        certain = self._sure.reached[nodes]
        hops = np.where(certain, self._sure.hops[nodes], self._any.hops[nodes])
        cost = np.where(certain, self._sure.cost[nodes], self._any.cost[nodes])
        eligible = np.where(certain, self._along[0].eligible[nodes], self._along[1].eligible[nodes])
        order = np.lexsort((nodes, cost, ~self._worst[nodes], hops, ~certain))
        return ReachedList(
            nodes[order], hops[order], cost[order], certain[order], eligible[order], self._near[nodes][order]
        )


def _inside_another(begin: NDArray[np.int64], end: NDArray[np.int64], among: Mask) -> Mask:
    """Tell which spans lie in another one of some; spans nest or are apart, and begin at different places."""
    order = np.argsort(begin)
    furthest = np.maximum.accumulate(np.where(among, end, -1)[order])
    before = np.concatenate([[-1], furthest[:-1]])[: len(order)]
    inside = np.empty(len(begin), np.bool_)
    inside[order] = begin[order] < before
    return inside


def _operations(escalation: Escalation, source: Named, found: ReachedList) -> dict[int, tuple[OperationCounts, ...]]:
    """Return what the source and those it can certainly become can do themselves, by principal row."""
    network = escalation.graph.network
    first, last = network.of_kind(NodeKind.PRINCIPAL)
    near = found.nodes[found.certain & (first <= found.nodes) & (found.nodes < last)][:MOST_COUNTED]
    rows = refs_of(network.keys[near]).astype(np.int32)
    if source.principal >= 0:
        rows = np.append(rows, np.int32(source.principal))
    rows = np.unique(rows)
    if not len(rows):
        return {}
    radius = blast_radius(escalation.tenant.index, at=escalation.at, principals=rows)
    named = [tuple(category.split(".", 1)) for category in radius.categories]
    return {
        row: tuple(
            OperationCounts(plane, verb, count) for (plane, verb), count in zip(named, pairs, strict=True) if count
        )
        for row, pairs in zip(rows.tolist(), radius.pairs.tolist(), strict=True)
    }


def _by_type(escalation: Escalation, found: ReachedList) -> tuple[FacetCount, ...]:
    """Count resources by type and side."""
    table = escalation.facts.resources
    keys = escalation.graph.network.keys[found.nodes]
    group = table.type[refs_of(keys)].astype(np.int64) * len(Facet) + facets_of(keys)
    distinct, place, count = np.unique(group, return_inverse=True, return_counts=True)
    certain = np.bincount(place, weights=found.certain, minlength=len(distinct)).astype(np.int64)
    near = np.bincount(place, weights=found.direct, minlength=len(distinct)).astype(np.int64)
    order = np.lexsort((distinct, -count))
    counted = []
    for one in order.tolist():
        kind, facet = divmod(int(distinct[one]), len(Facet))
        counted.append(
            FacetCount(
                table.type_name[kind], Facet(facet).name.lower(), int(count[one]), int(certain[one]), int(near[one])
            )
        )
    return tuple(counted)


def _tier_zero(escalation: Escalation, search: Search, source: Named) -> Path | None:
    """Return the best path to tier zero: a certain one where there is any."""
    ends = [escalation.graph.tier_zero]
    found = search.certain.best(source.nodes, ends) or search.best(source.nodes, ends)
    return escalation.tell(found[0]) if found else None
