"""Tiers of the nodes of a graph: what holding or reaching each of them is worth by itself.

nodes = TierNodes(graph, rules)
nodes.certain[number], nodes.possible[number]

A principal's own tier is that of the roles and permissions it holds; the rest is reached over edges. What groups hold
is theirs: their members get there over membership. A disabled account uses nothing of what it holds, and one that was
not read may be disabled. Columns over nodes; nothing is looked up row by row.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from remit.graph.accounts import Accounts
from remit.graph.escalation import TIER_ZERO, EscalationGraph
from remit.graph.holding.grants import Worth
from remit.graph.nodes import Facet, NodeKind, facets_of, refs_of
from remit.graph.tier_roles import GRAPH_APPS, RoleTiers
from remit.graph.tiers import Tier, TierRules
from remit.model.scope import Scope, ScopeKind

Small = NDArray[np.uint8]
Mask = NDArray[np.bool_]

_FACETS = {
    Facet.NONE: Tier.WORKLOAD,
    Facet.CODE: Tier.MANAGEMENT,
    Facet.SECRET: Tier.MANAGEMENT,
    Facet.DATA: Tier.WORKLOAD,
    Facet.CONTROL: Tier.MANAGEMENT,
    Facet.GRANT: Tier.CONTROL,
    Facet.GATE: Tier.MANAGEMENT,
}


class Ground(NamedTuple):
    """What a principal's own tier rests on.

    Attributes:
        kind: `assignment` (row of `Assignments`), `appRole` (row of `AppRoleGrants`) or `settled` (row -1).
        certain: no condition and no deny assignment stands in the way, and role and account were read.
        eligible: it has to be activated first.
        known: the principal's account was read.
    """

    kind: str
    row: int
    certain: bool
    eligible: bool
    known: bool = True


class TierNodes:
    """Tiers of one graph."""

    def __init__(self, graph: EscalationGraph, rules: TierRules) -> None:
        self._graph = graph
        self._rules = rules
        self._index = graph.drawing.index
        self._facts = graph.drawing.facts
        self._worth = Worth(self._index, graph.drawing.micros)
        self.roles = RoleTiers(self._index, self._facts, rules)

    @cached_property
    def certain(self) -> Small:
        """Tier per node, for what is certain."""
        return self._nodes(self._own[0])

    @cached_property
    def possible(self) -> Small:
        """Tier per node, what is only possible among it."""
        return self._nodes(self._own[1])

    @cached_property
    def active(self) -> Small:
        """Tier per node, for what is certain without activating anything."""
        return self._nodes(self._own[2])

    # Principals --------------------------------------------------------------------------------------------------

    @cached_property
    def _accounts(self) -> Accounts:
        return Accounts.of(self._graph.drawing)

    @cached_property
    def _assignments(self) -> tuple[NDArray[np.int64], Small, Small]:
        """Return rows of assignments that count, with their certain and possible tier."""
        table, worth = self._index.facts.assignments, self._worth
        rows = np.concatenate([worth.active, worth.eligible]).astype(np.int64)
        none = np.zeros(0, dtype=np.uint8)
        if not len(rows):
            return rows, none, none
        levels = np.asarray(self.roles.azure, dtype=np.uint8)
        level = (self._index.facts.scopes.kind[table.scope[rows]] < ScopeKind.SUBSCRIPTION).astype(np.int8)
        certain, possible = levels[table.role[rows], level].T
        placed = self._places[table.scope[rows]]
        # A place that is settled raises whatever changes something there, not what only reads.
        certain = np.where(certain <= Tier.MANAGEMENT, np.minimum(certain, placed), certain)
        possible = np.where(possible <= Tier.MANAGEMENT, np.minimum(possible, placed), possible)
        doubtful = worth.conditional[rows] | self._below_denies[table.scope[rows]]
        return rows, np.where(doubtful, Tier.NONE, certain).astype(np.uint8), possible.astype(np.uint8)

    @cached_property
    def _permissions(self) -> tuple[NDArray[np.int64], Small]:
        """Return rows of application permissions with their tier; those of other APIs than Graph are a workload's."""
        grants = self._facts.app_role_grants
        rows = np.arange(len(grants.principal), dtype=np.int64)
        known = np.asarray([name in GRAPH_APPS for name in grants.app_id_name], dtype=np.bool_)
        graph = known[grants.api_app_id] & (grants.api_app_id >= 0) if len(known) else np.zeros(len(rows), np.bool_)
        named = self.roles.permissions[grants.permission] if len(rows) else np.zeros(0, dtype=np.uint8)
        return rows, np.where(graph, named, Tier.WORKLOAD).astype(np.uint8)

    @cached_property
    def _own(self) -> tuple[Small, Small, Small]:
        """Return the own tier of every principal: certain, possible, and certain without activation."""
        count = len(self._index.facts.principals.key)
        certain = np.full(count, Tier.NONE, dtype=np.uint8)
        possible, active = certain.copy(), certain.copy()
        rows, sure, may = self._assignments
        principal = self._index.facts.assignments.principal[rows]
        np.minimum.at(certain, principal, sure)
        np.minimum.at(possible, principal, may)
        now = ~np.isin(rows, self._worth.eligible)
        np.minimum.at(active, principal[now], sure[now])
        grants, tiers = self._permissions
        for column in (certain, possible, active):
            np.minimum.at(column, self._facts.app_role_grants.principal[grants], tiers)
        for column in (certain, active):
            column[self._accounts.disabled | self._accounts.unsure] = Tier.NONE
        possible[self._accounts.disabled] = Tier.NONE
        for key, tier in self._rules.principals.items():
            row = self._index.principal_row(key)
            if row >= 0:
                certain[row] = possible[row] = active[row] = tier
        return certain, np.minimum(certain, possible), active

    def grounds(self, principal: int, tier: Tier) -> Iterator[Ground]:
        """Yield what gives a principal a tier by itself, the surest first."""
        if self._rules.principals.get(self._index.facts.principals.key[principal]) == tier:
            yield Ground("settled", -1, certain=True, eligible=False)
        known = not self._accounts.unsure[principal]
        rows, sure, may = self._assignments
        eligible = np.isin(rows, self._worth.eligible)
        own = np.flatnonzero((self._index.facts.assignments.principal[rows] == principal) & (may == tier))
        for place in own[np.lexsort((own, eligible[own], sure[own]))].tolist():
            certain = known and bool(sure[place] == tier)
            yield Ground("assignment", int(rows[place]), certain, bool(eligible[place]), known)
        grants, tiers = self._permissions
        for row in grants[(self._facts.app_role_grants.principal == principal) & (tiers == tier)].tolist():
            yield Ground("appRole", row, known, eligible=False, known=known)

    # Places ------------------------------------------------------------------------------------------------------

    @cached_property
    def _below_denies(self) -> Mask:
        """Which scopes a deny assignment stands at or above."""
        tree = self._index.tree
        marks = np.zeros(len(tree.order) + 1, dtype=np.int64)
        for row in sorted(self._index.scopes_with_denies):
            marks[tree.order[row]] += 1
            marks[tree.end[row]] -= 1
        return np.cumsum(marks)[tree.order] > 0

    @cached_property
    def _places(self) -> Small:
        """Tier per scope of what is settled there, below it, or anywhere below what it is above."""
        tree, parent = self._index.tree, self._index.facts.scopes.parent
        found = np.full(len(tree.order), Tier.NONE, dtype=np.uint8)
        for key, tier in self._rules.places.items():
            row = tree.nearest(Scope.parse(key))
            if row < 0:
                continue
            if self._index.facts.scopes.key[row] == key:
                inside = (tree.order >= tree.order[row]) & (tree.order < tree.end[row])
                found[inside] = np.minimum(found[inside], tier)
            while row >= 0:
                found[row] = min(int(found[row]), tier)
                row = int(parent[row])
        return found

    @cached_property
    def _settled_resources(self) -> Small:
        """Tier per resource of the settled place that it is, or is in."""
        table, tree = self._facts.resources, self._index.tree
        found = np.full(table.count, Tier.NONE, dtype=np.uint8)
        for key, tier in self._rules.places.items():
            row = tree.row(key)
            if row >= 0:
                place = np.where(table.own >= 0, table.own, table.scope)
                inside = (tree.order[place] >= tree.order[row]) & (tree.order[place] < tree.end[row])
            else:
                inside = np.zeros(table.count, np.bool_)
                container = tree.nearest(Scope.parse(key))
                for one in np.flatnonzero(table.scope == container).tolist():
                    text = self._index.scope_text(container).rstrip("/") + table.suffix[one]
                    inside[one] = text.lower() == key
            found[inside] = np.minimum(found[inside], tier)
        return found

    # All nodes ---------------------------------------------------------------------------------------------------

    def _nodes(self, own: Small) -> Small:
        network = self._graph.network
        found = np.full(network.nodes, Tier.NONE, dtype=np.uint8)
        first, last = network.of_kind(NodeKind.PRINCIPAL)
        found[first:last] = own[refs_of(network.keys[first:last])]
        by_facet = np.full(max(Facet) + 1, Tier.NONE, dtype=np.uint8)
        by_facet[list(_FACETS)] = list(_FACETS.values())
        for kind in (NodeKind.RESOURCE, NodeKind.SCOPE):
            first, last = network.of_kind(kind)
            keys = network.keys[first:last]
            found[first:last] = by_facet[facets_of(keys)]
            if kind is NodeKind.RESOURCE and self._rules.places and len(keys):
                settled = self._settled_resources[refs_of(keys)]
                raised = found[first:last] == Tier.MANAGEMENT
                found[first:last] = np.where(raised, np.minimum(found[first:last], settled), found[first:last])
        first, last = network.of_kind(NodeKind.DIRECTORY_ROLE)
        roles = np.asarray(self.roles.directory, dtype=np.uint8)
        found[first:last] = roles[refs_of(network.keys[first:last])] if len(roles) else Tier.NONE
        # A directory role below the tenant is no control of it; what it leads to is reached over edges.
        first, last = network.of_kind(NodeKind.SCOPED_ROLE)
        scoped = self._facts.directory_assignments.role[refs_of(network.keys[first:last])]
        found[first:last] = np.maximum(roles[scoped], Tier.MANAGEMENT) if len(roles) else Tier.NONE
        found[network.number(TIER_ZERO)] = Tier.CONTROL
        return found
