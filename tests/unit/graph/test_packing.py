"""Graph facts are kept as arrays and come back the same."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
from tests.fakes.graph_tenants import catalogue_of, graph_facts_of_lists, resource

from remit.engine.strings import TextColumn
from remit.graph.facts import GraphFacts
from remit.graph.kinds import GuardRule
from remit.graph.packing import pack_graph, unpack_graph

SITES = "Microsoft.Web/sites"


def small() -> GraphFacts:
    guards = {"on": [GuardRule(types=(SITES,), property="enabled", closed=False)], "other": []}
    lists = {
        "arm/resources": [resource(SITES, "a", tags={"env": "prod"}, properties={"enabled": False})],
        "graph/users": [{"id": "ann", "userType": "Guest"}],
        "graph/directoryRoleDefinitions": [{"id": "r", "rolePermissions": [{"allowedResourceActions": ["a", "b"]}]}],
        "graph/applications": [{"id": "app", "appId": "x", "displayName": "Grüße"}],
    }
    return graph_facts_of_lists(lists, catalogue=catalogue_of(SITES, guards=guards))[1]


def test_facts_come_back_as_they_were_packed() -> None:
    facts = small()
    again = unpack_graph(pack_graph(facts))
    assert again.directory_roles == facts.directory_roles
    assert again.guards.name == ("on", "other")
    assert list(again.applications.display_name) == ["Grüße"]
    packed, repacked = pack_graph(facts), pack_graph(again)
    assert packed.keys() == repacked.keys()
    assert all(np.array_equal(packed[name], repacked[name]) for name in packed)
    assert all(packed[name].dtype == repacked[name].dtype for name in packed)


def test_every_column_of_every_table_is_packed() -> None:
    facts = small()
    packed = pack_graph(facts)
    for table in fields(GraphFacts):
        value = getattr(facts, table.name)
        if table.name == "directory_roles":
            continue
        for column in fields(value):
            name = f"{table.name}.{column.name}"
            if isinstance(getattr(value, column.name), TextColumn):
                assert f"{name}.offsets" in packed
            elif name != "guards.name":
                assert name in packed
