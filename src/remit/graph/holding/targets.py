"""What a class reaches: resources of its type whose guards are not closed, and the scope that decides about each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from remit.engine.index import TenantIndex
from remit.graph.facts import GraphFacts, GuardState
from remit.graph.holding.classes import HoldingClass
from remit.graph.network import EdgeFlag
from remit.model.scope import Scope, ScopeKind

Codes = NDArray[np.int32]
Counts = NDArray[np.int64]

_PLAIN_SLASHES = 4
"""`/providers/{namespace}/{type}/{name}`; more is nested."""


@dataclass(frozen=True, slots=True, eq=False)
class Targets:
    """What a class reaches.

    Attributes:
        resource: rows of `ResourceTable`, sorted. place: the scope row that decides about each.
        flags: POSSIBLE where a guard is not known, else 0.
    """

    resource: Codes
    place: Codes
    flags: NDArray[np.uint8]


def resource_scope(index: TenantIndex, facts: GraphFacts, resource: int) -> Scope:
    """Return a resource as a scope, in Azure's spelling."""
    table = facts.resources
    container = index.scope_text(int(table.scope[resource])).rstrip("/")
    return Scope.parse(container + table.suffix[resource])


class TargetFinder:
    """Finds the targets of classes. Cost: sorting the resources by type once, then one pass over those of a type."""

    def __init__(self, index: TenantIndex, facts: GraphFacts) -> None:
        self._index = index
        self._facts = facts

    def of(self, held: HoldingClass) -> Targets:
        """Return what a class about resources reaches."""
        starts, order = self._by_type
        resource = order[starts[held.type] : starts[held.type + 1]]
        state = self._states(held, resource)
        left = state != GuardState.CLOSED
        resource, state = resource[left], state[left]
        unknown = (state == GuardState.UNKNOWN) | (not held.certain)
        return Targets(resource, self._places[resource], np.where(unknown, EdgeFlag.POSSIBLE, 0).astype(np.uint8))

    def _states(self, held: HoldingClass, resource: Codes) -> NDArray[np.uint8]:
        """Return the worst state of a class's guards per resource: one that is closed is enough."""
        closed, unknown = np.zeros(len(resource), np.bool_), np.zeros(len(resource), np.bool_)
        table = self._facts.guards
        starts, order = self._by_guard
        for guard in held.guards:
            rows = order[starts[guard] : starts[guard + 1]]
            if not len(rows) or not len(resource):
                continue
            at = np.minimum(np.searchsorted(resource, table.resource[rows]), len(resource) - 1)
            hit = resource[at] == table.resource[rows]
            said = table.state[rows[hit]]
            closed[at[hit][said == GuardState.CLOSED]] = True
            unknown[at[hit][said == GuardState.UNKNOWN]] = True
        found: NDArray[np.uint8] = np.where(closed, GuardState.CLOSED, np.where(unknown, GuardState.UNKNOWN, 0)).astype(
            np.uint8
        )
        return found

    @cached_property
    def _by_type(self) -> tuple[Counts, Codes]:
        table = self._facts.resources
        order = np.argsort(table.type, kind="stable").astype(np.int32)
        return np.searchsorted(table.type[order], np.arange(len(table.type_name) + 1)), order

    @cached_property
    def _by_guard(self) -> tuple[Counts, Codes]:
        states = self._facts.guards
        order = np.argsort(states.guard, kind="stable").astype(np.int32)
        return np.searchsorted(states.guard[order], np.arange(len(states.name) + 1)), order

    @cached_property
    def _places(self) -> Codes:
        """Return, per resource, the scope row that decides about it: its own, else the nearest above."""
        table = self._facts.resources
        place = np.where(table.own >= 0, table.own, table.scope).astype(np.int32)
        if not len(place):
            return place
        slashes = np.add.reduceat((table.suffix.data == ord("/")).astype(np.int32), table.suffix.offsets[:-1])
        nested = (slashes > _PLAIN_SLASHES) & (table.own < 0) & self._with_resources[table.scope]
        for row in np.flatnonzero(nested).tolist():
            # What is nested may have a node between itself and its group, where any resource there is one.
            place[row] = max(self._index.tree.nearest(resource_scope(self._index, self._facts, row)), 0)
        return place

    @cached_property
    def _with_resources(self) -> NDArray[np.bool_]:
        """Return which groups, subscriptions or others have resources below them that are scopes of their own."""
        kind, parent = self._index.facts.scopes.kind, self._index.tree.hung
        found = np.zeros(len(kind), np.bool_)
        above = parent[np.flatnonzero(kind == ScopeKind.RESOURCE)]
        while len(above):
            found[np.maximum(above, 0)] = True
            above = np.unique(above[above >= 0])
            above = parent[above[kind[above] == ScopeKind.RESOURCE]]
        return found
