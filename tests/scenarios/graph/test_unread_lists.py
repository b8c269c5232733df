"""A list that was not read is no "no", and makes nothing certain: tenants with each of their lists taken away.

The tenant of which less is known may be the one of which more is known. So who reaches something there reaches it here,
certainly or possibly, and what is certain here is certain there.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from tests.fakes.cutting import lists_of, opened
from tests.fakes.scenario_draft import Lists, Row

from remit.bootstrap.reader import sample_tenant
from remit.graph.nodes import NodeKind, facet_of, kind_of
from remit.graph.search import Search

DATA = Path(os.environ.get("REMIT_TEST_DATA", Path(__file__).parents[3].parent / "shared" / "data")) / "tenants"
TENANTS = {"sample": sample_tenant()} | {path.name: path / "export" for path in sorted(DATA.glob("*/"))}
SHOWN = {NodeKind.PRINCIPAL, NodeKind.RESOURCE, NodeKind.SCOPE, NodeKind.DIRECTORY_ROLE, NodeKind.TIER_ZERO}
UNUSED = {"arm/deploymentStacks", "arm/diagnosticSettings", "arm/providerOperations", "graph/devices"}

WHOLE = {"arm/managementGroups", "arm/subscriptions", "arm/roleDefinitions"}
"""Lists that are read for the tenant as a whole."""

Node = tuple[int, str, int]
"""Kind, id, side."""


@dataclass(frozen=True)
class Reach:
    """What one principal reaches."""

    ever: frozenset[Node]
    certainly: frozenset[Node]


@dataclass(frozen=True)
class World:
    """What everybody reaches, by principal, and every node."""

    by_principal: Mapping[str, Reach]
    nodes: frozenset[Node]


def world(lists: Lists, manifest: Row) -> World:
    escalation = opened(lists, manifest)
    network, search = escalation.graph.network, Search(escalation.graph.network)
    names: dict[int, Node] = {
        number: (kind_of(key), escalation.node_ref(number).id.lower(), facet_of(key))
        for number, key in enumerate(network.keys.tolist())
        if kind_of(key) in SHOWN
    }

    def seen(over: Search, number: int) -> frozenset[Node]:
        return frozenset(names[other] for other in np.flatnonzero(over.reached([number])).tolist() if other in names)

    people = {node[1]: number for number, node in names.items() if node[0] == NodeKind.PRINCIPAL}
    found = {name: Reach(seen(search, number), seen(search.certain, number)) for name, number in people.items()}
    return World(found, frozenset(names.values()))


@cache
def read(name: str) -> tuple[Lists, Row]:
    return lists_of(TENANTS[name])


@cache
def whole(name: str) -> World:
    return world(*read(name))


def cases() -> list[tuple[str, str]]:
    return [
        (name, one)
        for name in TENANTS
        for one in sorted(read(name)[0])
        if one not in UNUSED and not one.endswith("Requests") and read(name)[0][one]
    ]


def compare(name: str, left: Lists, manifest: Row) -> None:
    """Hold a tenant of which less is known against the whole one."""
    text = json.dumps(left).lower()
    more, less = whole(name), world(left, manifest)
    lost, claimed = [], []
    for principal, before in more.by_principal.items():
        after = less.by_principal.get(principal)
        if after is None:
            # Whom no other list names nobody can know of.
            lost += [(principal, "itself")] if principal in text and len(before.ever) > 1 else []
            continue
        lost += [(principal, *node) for node in sorted(before.ever - after.ever) if node in less.nodes]
        claimed += [(principal, *node) for node in sorted(after.certainly - before.certainly) if node in more.nodes]
    assert not lost[:3], f"{len(lost)} lost"
    assert not claimed[:3], f"{len(claimed)} newly certain"


@pytest.mark.parametrize(("name", "unread"), cases(), ids=lambda one: one.replace("/", "-"))
def test_a_list_that_was_not_read_takes_no_path_away_and_makes_none_certain(name: str, unread: str) -> None:
    lists, manifest = read(name)
    compare(name, {one: rows for one, rows in lists.items() if one != unread}, manifest)


def parts() -> list[tuple[str, str, str]]:
    """Every list of Resource Manager that a tenant has rows of in a subscription, and that subscription."""
    return [
        (name, one, scope)
        for name in TENANTS
        for one, rows in sorted(read(name)[0].items())
        if one.startswith("arm/") and one not in {*UNUSED, *WHOLE} and not one.endswith("Requests")
        for scope in sorted(
            {str(row["id"]).lower().partition("/resourcegroups/")[0].partition("/providers/")[0] for row in rows}
        )
        if scope.startswith("/subscriptions/")
    ]


@pytest.mark.parametrize(("name", "unread", "scope"), parts(), ids=lambda one: one.rpartition("/")[2])
def test_nor_does_a_list_of_which_one_subscription_was_not_read(name: str, unread: str, scope: str) -> None:
    lists, manifest = read(name)
    rows = [row for row in lists[unread] if not f"{row['id']}/".lower().startswith(f"{scope}/")]
    gaps = [*manifest.get("gaps", ()), {"api": unread, "scope": scope, "reason": "403 AuthorizationFailed"}]
    compare(name, {**lists, unread: rows}, {**manifest, "gaps": gaps})
