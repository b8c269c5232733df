"""The graph says what the engine says: an edge is certain where every need is allowed, and none hides what may be.

Random tenants with denies, conditions, locks, nested and timed groups, PIM, Lighthouse and gaps; for every principal,
every resource and every class of edges the bulk drawing is compared with single decisions of the engine.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pytest
from tests.fakes.graph_tenants import graph_facts_of_lists
from tests.strategies import vocabulary as words
from tests.strategies.choices import seeded
from tests.strategies.tenants import tenant as random_tenant

from remit.bootstrap.edges import edge_catalogue
from remit.engine.decide import decide
from remit.engine.facts import PrincipalFlag, PrincipalKind
from remit.engine.guard_index import profile_of
from remit.graph.drawing import MEMBER_OF, SILENT, Drawing
from remit.graph.escalation import EscalationGraph, build
from remit.graph.facts import GuardState
from remit.graph.holding.classes import SCOPE, HoldingClass
from remit.graph.holding.targets import resource_scope
from remit.graph.kinds import Need
from remit.graph.network import EdgeFlag
from remit.graph.nodes import NodeKind, node_key
from remit.graph.search import Search
from remit.model.decision import Outcome
from remit.model.question import Plane, Question
from remit.model.scope import Scope

HOSTED: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("Microsoft.Compute/virtualMachines/vm", "Microsoft.Compute/virtualMachines", {"osProfile": {}}),
    ("Microsoft.KeyVault/vaults/kv", "Microsoft.KeyVault/vaults", {"enableRbacAuthorization": True}),
    ("Microsoft.Storage/storageAccounts/st", "Microsoft.Storage/storageAccounts", {"allowSharedKeyAccess": True}),
)
LOCK_DELETE = Need("Microsoft.Authorization/locks/delete", Plane.CONTROL)


@dataclass(frozen=True)
class World:
    """A drawn tenant with memory of decisions."""

    graph: EscalationGraph

    def outcome(self, person: str, need: Need, scope: Scope) -> Outcome:
        return _outcome(self, person, need, scope)


@cache
def _outcome(world: World, person: str, need: Need, scope: Scope) -> Outcome:
    drawing = world.graph.drawing
    question = Question(person, need.action, need.plane, scope)
    return decide(drawing.index, question, at=drawing.at, beside=False).outcome


def world(seed: str) -> World:
    choose = seeded(seed)
    made = random_tenant(choose)
    lists = {name: list(rows) for name, rows in made.export.lists.items()}
    groups = sorted({one for one in made.scopes if one.lower().count("/") == 4 and "/resourcegroups/" in one.lower()})
    lists["arm/resources"] = [
        {"id": group, "type": "Microsoft.Resources/resourceGroups", "name": group.rsplit("/", 1)[1]} for group in groups
    ] + [
        {"id": f"{group}/providers/{name}", "type": kind, "name": name.rsplit("/", 1)[1], "properties": said}
        for group in groups
        for name, kind, said in HOSTED
    ]
    manifest = {"tenantId": words.TENANT, "cloud": "AzureCloud", "gaps": [], **made.export.manifest}
    catalogue = edge_catalogue()
    index, facts = graph_facts_of_lists(lists, manifest, catalogue)
    return World(build(Drawing(index, facts, catalogue, words.AT)))


def stopped(world: World, person: str, need: Need, scope: Scope) -> bool:
    """Tell whether a lock stops a call of somebody who cannot delete it."""
    if need.plane is Plane.DATA:
        return False
    index = world.graph.drawing.index
    least = profile_of(need.action.lower()).least_lock
    locks = index.facts.locks
    for row in range(len(locks.scope)):
        at = Scope.parse(index.facts.scopes.text[int(locks.scope[row])])
        here = int(locks.scope[row]) in index.tree.chain(scope).rows
        if here and 0 < least <= locks.level[row] and world.outcome(person, LOCK_DELETE, at) is not Outcome.ALLOWED:
            return True
    return False


def best(world: World, held: HoldingClass, person: str, scope: Scope) -> Outcome:
    """Return the best that the engine says of any way of a class: allowed, unknown, or not allowed."""
    found = Outcome.NOT_ALLOWED
    for way in held.ways:
        outcomes = {world.outcome(person, need, scope) for need in way.needs}
        if outcomes <= {Outcome.ALLOWED, Outcome.UNKNOWN} and not any(
            stopped(world, person, need, scope) for need in way.needs
        ):
            if outcomes == {Outcome.ALLOWED}:
                return Outcome.ALLOWED
            found = Outcome.UNKNOWN
    return found


def own_edges(graph: EscalationGraph) -> np.ndarray[Any, Any]:
    """Return which edges are holding and membership only: no role given, nobody else become."""
    network = graph.network
    names = [label.name for label in network.labels]
    plain = np.asarray([name in (SILENT, MEMBER_OF) or name.startswith("held:") for name in names])
    first, last = network.of_kind(NodeKind.SCOPE)
    among_scopes = (network.target >= first) & (network.target < last)
    waiting = (network.flags & EdgeFlag.ELIGIBLE) != 0
    return plain[network.label] & ~among_scopes & ~waiting


def people(graph: EscalationGraph) -> list[int]:
    table = graph.drawing.index.facts.principals
    wanted = (PrincipalKind.USER, PrincipalKind.SERVICE_PRINCIPAL)
    return [
        row
        for row in range(len(table.key))
        if table.kind[row] in wanted
        and table.flags[row] & PrincipalFlag.LISTED
        and not table.flags[row] & PrincipalFlag.DISABLED
    ]


def guarded(graph: EscalationGraph, held: HoldingClass, resource: int) -> int:
    states = graph.drawing.facts.guards
    mine = (states.resource == resource) & np.isin(states.guard, held.guards)
    said = states.state[mine]
    return GuardState.CLOSED if (said == GuardState.CLOSED).any() else int(said.max(initial=GuardState.OPEN))


@pytest.mark.parametrize("seed", range(36))
def test_an_edge_is_certain_exactly_where_the_engine_allows_every_need(seed: int) -> None:
    one = world(f"holding:{seed}")
    graph = one.graph
    index, facts = graph.drawing.index, graph.drawing.facts
    own = Search(graph.network, allowed=own_edges(graph))
    anyhow = Search(graph.network)
    wrong: list[tuple[object, ...]] = []
    for row in people(graph):
        person = index.facts.principals.key[row]
        number = graph.network.number(node_key(NodeKind.PRINCIPAL, row))
        sure, possible = own.certain.reached([number]), anyhow.reached([number])
        for held in graph.classes:
            if held.type == SCOPE or held.elsewhere or not held.certain:
                continue
            for resource in np.flatnonzero(facts.resources.type == held.type).tolist():
                target = graph.network.number(node_key(NodeKind.RESOURCE, resource, int(held.facet)))
                node = held.number * len(index.facts.scopes.key) + _place(graph, resource)
                at = graph.network.number(node_key(NodeKind.HELD, node))
                scope = resource_scope(index, facts, resource)
                state = guarded(graph, held, resource)
                said = best(one, held, person, scope) if state != GuardState.CLOSED else Outcome.NOT_ALLOWED
                is_sure = at >= 0 and bool(sure[at])
                may = target >= 0 and bool(possible[target])
                if is_sure and said is not Outcome.ALLOWED and state != GuardState.CLOSED:
                    wrong.append(("certain, but", said, held.kinds, person, scope.text))
                if said is Outcome.ALLOWED and state == GuardState.OPEN and not (is_sure or _each(own, number, target)):
                    wrong.append(("allowed, but not certain", held.kinds, person, scope.text, may))
                if said is Outcome.UNKNOWN and not may:
                    wrong.append(("unknown, but no path", held.kinds, person, scope.text))
    assert wrong == []


def _place(graph: EscalationGraph, resource: int) -> int:
    table = graph.drawing.facts.resources
    return int(table.own[resource]) if table.own[resource] >= 0 else int(table.scope[resource])


def _each(own: Search, number: int, target: int) -> bool:
    """Tell whether the very target is reached: conditions are judged target by target."""
    return target >= 0 and bool(own.certain.reached([number])[target])
