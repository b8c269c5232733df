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
FOUND_ONCE = (293, 716, 1114, 1310, 1579)
"""Seeds that found something: a deny at a group that may be above; a deny of one scope only; denies, not read, of a
group that may be above; a managing tenant's group that is one here, too; locks, not read, of a group that may be above.
"""
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


def unread_lock(world: World, person: str, need: Need, scope: Scope) -> bool:
    """Tell whether a lock may stop a call: one that was not read, or at a group that only may be above."""
    index = world.graph.drawing.index
    least = profile_of(need.action.lower()).least_lock
    if need.plane is Plane.DATA or not least:
        return False
    chain, locks = index.tree.chain(scope), index.facts.locks
    if any(row in index.guards.lock_gaps for row in (*chain.rows, *chain.possible)):
        return True
    return any(
        at in chain.possible and least <= level and not allowed_at(world, person, LOCK_DELETE, at)
        for at, level in zip(locks.scope.tolist(), locks.level.tolist(), strict=True)
    )


def allowed_at(world: World, person: str, need: Need, row: int) -> bool:
    """Tell whether a call is certainly allowed at a scope of the snapshot."""
    scope = Scope.parse(world.graph.drawing.index.facts.scopes.text[row])
    return world.outcome(person, need, scope) is Outcome.ALLOWED


def stopped(world: World, person: str, need: Need, scope: Scope) -> bool:
    """Tell whether a lock stops a call of somebody who cannot delete it."""
    if need.plane is Plane.DATA:
        return False
    index = world.graph.drawing.index
    least = profile_of(need.action.lower()).least_lock
    locks = index.facts.locks
    for row in range(len(locks.scope)):
        here = int(locks.scope[row]) in index.tree.chain(scope).rows
        strict = 0 < least <= locks.level[row]
        if here and strict and not allowed_at(world, person, LOCK_DELETE, int(locks.scope[row])):
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
            if outcomes == {Outcome.ALLOWED} and not any(unread_lock(world, person, need, scope) for need in way.needs):
                return Outcome.ALLOWED
            found = Outcome.UNKNOWN
    return found


def own_edges(graph: EscalationGraph) -> np.ndarray[Any, Any]:
    """Return which edges are holding at one place and membership only: no role given, nobody else become."""
    network = graph.network
    held = {one.name for one in graph.classes if not one.elsewhere}
    plain = np.asarray([label.name in (SILENT, MEMBER_OF, *held) for label in network.labels])
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


@pytest.mark.parametrize("seed", [*range(36), *FOUND_ONCE])
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
        for (resource, facet), classes in sides(graph).items():
            target = graph.network.number(node_key(NodeKind.RESOURCE, resource, facet))
            scope = resource_scope(index, facts, resource)
            surely, maybe, inside = False, False, False
            for held in classes:
                state = guarded(graph, held, resource)
                said = best(one, held, person, scope) if state != GuardState.CLOSED else Outcome.NOT_ALLOWED
                surely |= said is Outcome.ALLOWED and state == GuardState.OPEN and held.certain
                maybe |= said is not Outcome.NOT_ALLOWED
                if state == GuardState.OPEN and held.certain:
                    # A role at a part of the resource, such as one container, is enough.
                    inside |= any(
                        best(one, held, person, part) is Outcome.ALLOWED for part in parts_of(graph, resource)
                    )
            is_sure = target >= 0 and bool(sure[target])
            if is_sure and not (surely or inside):
                wrong.append(("certain, but", classes[0].kinds, person, scope.text))
            if surely and not is_sure and not cautious(graph, resource):
                wrong.append(("allowed, but not certain", classes[0].kinds, person, scope.text))
            if maybe and not (target >= 0 and bool(possible[target])):
                wrong.append(("unknown, but no path", classes[0].kinds, person, scope.text))
    assert wrong == []


def parts_of(graph: EscalationGraph, resource: int) -> list[Scope]:
    """Return the scopes below a resource."""
    index = graph.drawing.index
    own = int(graph.drawing.facts.resources.own[resource])
    if own < 0:
        return []
    return [Scope.parse(index.facts.scopes.text[row]) for row in np.flatnonzero(index.tree.below(own)).tolist()]


def sides(graph: EscalationGraph) -> dict[tuple[int, int], list[HoldingClass]]:
    """Return, per side of each resource, the classes that lead to it."""
    found: dict[tuple[int, int], list[HoldingClass]] = {}
    table = graph.drawing.facts.resources
    for held in graph.classes:
        if held.type != SCOPE and not held.elsewhere:
            for resource in np.flatnonzero(table.type == held.type).tolist():
                found.setdefault((resource, int(held.facet)), []).append(held)
    return found


def cautious(graph: EscalationGraph, resource: int) -> bool:
    """Tell whether the graph may say possible where the engine says allowed: below denies and locks conditions are
    judged at the scope and not at each target.
    """
    index = graph.drawing.index
    place = int(graph.drawing.facts.resources.scope[resource])
    chain = index.tree.chain(Scope.parse(index.facts.scopes.text[place]))
    table = index.facts.assignments
    conditioned = bool((table.condition[np.isin(table.scope, chain.rows)] >= 0).any())
    return conditioned or any(block.condition for block in index.actions.blocks)
