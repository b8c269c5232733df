"""The AI workloads of a snapshot: their sort, what stands below what, who they run as, and whether keys open them.

workloads = find_workloads(index, facts, rules)
workloads[0].sort.name, workloads[0].keys
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from remit.engine.index import TenantIndex
from remit.graph.facts import GraphFacts, GuardState
from remit.graph.holding.targets import resource_scope
from remit.graph.reviews.ai_rules import AiRules, Sort
from remit.model.scope import Scope, ScopeKind

NO_KEYS = -1
"""`Workload.keys` of what has none."""


@dataclass(frozen=True, slots=True)
class Workload:
    """One resource.

    Attributes:
        resource: row of `ResourceTable`. sort: what it is.
        parent: row of the workload that it is a part of, -1 for none.
        place: scope row that decides about it. own: its own row where a deny assignment stands at it alone, else -1.
        identities: principals that it runs as. keys: `GuardState` of its keys, or `NO_KEYS`.
    """

    resource: int
    sort: Sort
    parent: int
    place: int
    own: int
    identities: tuple[int, ...]
    keys: int


def find_workloads(index: TenantIndex, facts: GraphFacts, rules: AiRules) -> tuple[Workload, ...]:
    """Return every AI workload in the order of resources.

    Cost: one pass over the types of resources, and a Python object for each workload (not for other resources).
    """
    table = facts.resources
    wanted = np.asarray([name in rules.types for name in table.type_name], dtype=np.bool_)
    rows = np.flatnonzero(wanted[table.type]).tolist() if len(wanted) else []
    carried = _carried(facts)
    guards = _guard_states(facts)
    scopes = {row: resource_scope(index, facts, row) for row in rows}
    by_key = {scope.key: row for row, scope in scopes.items()}
    found = []
    for row in rows:
        sort = rules.sort_of(table.type_name[int(table.type[row])], table.kind_name[int(table.kind[row])])
        if sort is None:
            continue
        place = _place(index, int(table.own[row]), int(table.scope[row]), scopes[row])
        own = place if place == int(table.own[row]) and place in index.scopes_with_denies else -1
        state = NO_KEYS
        if sort.keys:
            state = guards.get((row, sort.guard), GuardState.OPEN) if sort.guard else GuardState.OPEN
        parent = by_key.get(scopes[row].key.rsplit("/", 2)[0], -1)
        found.append(Workload(row, sort, parent, _deciding(index, place), own, carried.get(row, ()), state))
    return tuple(found)


def _carried(facts: GraphFacts) -> Mapping[int, tuple[int, ...]]:
    found: dict[int, list[int]] = {}
    for resource, principal in zip(
        facts.identities.resource.tolist(), facts.identities.principal.tolist(), strict=True
    ):
        found.setdefault(resource, []).append(principal)
    return {resource: tuple(sorted(set(rows))) for resource, rows in found.items()}


def _guard_states(facts: GraphFacts) -> Mapping[tuple[int, str], int]:
    table = facts.guards
    wanted = [place for place, name in enumerate(table.name) if name in ("keys", "endpoint_keys")]
    rows = np.flatnonzero(np.isin(table.guard, wanted)).tolist()
    return {(int(table.resource[row]), table.name[int(table.guard[row])]): int(table.state[row]) for row in rows}


def _place(index: TenantIndex, own: int, container: int, scope: Scope) -> int:
    """Return the scope that decides about a resource: its own, else the nearest above, as what is nested needs it."""
    if own >= 0:
        return own
    return max(index.tree.nearest(scope), container, 0) if len(scope.resource_names()) > 1 else container


def _deciding(index: TenantIndex, place: int) -> int:
    """Return the nearest scope at which anything is assigned or denied, no higher than the subscription.

    What lies between decides nothing: workloads of one such scope stand alike, and are asked about once.
    """
    scopes, offsets = index.facts.scopes, index.v_by_scope
    row = place
    while (
        offsets[row] == offsets[row + 1]
        and row not in index.scopes_with_denies
        and row not in index.assignment_gaps
        and row not in index.deny_gaps
        and scopes.kind[row] > ScopeKind.SUBSCRIPTION
        and scopes.parent[row] >= 0
    ):
        row = int(scopes.parent[row])
    return row
