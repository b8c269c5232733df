"""A tenant in the short words of the scenarios, drawn as a graph and asked for paths.

tenant = DrawnTenant({"users": ["ann"], ...})
tenant.path("ann", tenant.resource("sub1/app/vm/web", Facet.CODE))
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from tests.fakes.graph_tenants import graph_facts_of_lists
from tests.fakes.scenario_tenant import expand

from remit.bootstrap.edges import edge_catalogue
from remit.graph.answers import Path
from remit.graph.drawing import Drawing
from remit.graph.escalation import EscalationGraph, build
from remit.graph.nodes import Facet, NodeKind, node_key
from remit.graph.search import Search
from remit.graph.telling import Teller

AT = datetime(2026, 11, 1, tzinfo=UTC)


class DrawnTenant:
    """A tenant drawn, asked by short names."""

    def __init__(self, tenant: Mapping[str, Any]) -> None:
        self.names, lists, manifest = expand(tenant)
        index, facts = graph_facts_of_lists(lists, manifest, edge_catalogue())
        self.graph: EscalationGraph = build(Drawing(index, facts, edge_catalogue(), AT))
        self.index, self.facts = index, facts
        self.search, self.teller = Search(self.graph.network), Teller(self.graph)

    def principal(self, name: str) -> int:
        key = self.names.principal(name).lower()
        row = list(self.index.facts.principals.key).index(key)
        return self.graph.network.number(node_key(NodeKind.PRINCIPAL, row))

    def resource(self, text: str, facet: Facet) -> int:
        scope = self.names.scope(text).lower()
        places = zip(self.facts.resources.scope, self.facts.resources.suffix, strict=True)
        for row, (place, suffix) in enumerate(places):
            if self.index.scope_text(int(place)).lower() + suffix.lower() == scope:
                return self.graph.network.number(node_key(NodeKind.RESOURCE, row, facet))
        raise AssertionError(text)

    def giving(self, text: str) -> int:
        row = [key.lower() for key in self.index.facts.scopes.key].index(self.names.scope(text).lower())
        return self.graph.network.number(node_key(NodeKind.SCOPE, row, Facet.GRANT))

    def path(self, name: str, target: int, *, certain: bool = True) -> Path | None:
        search = self.search.certain if certain else self.search
        found = search.best((self.principal(name),), (target,)) if target >= 0 else ()
        return self.teller.path(found[0]) if found else None
