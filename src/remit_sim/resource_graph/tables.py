"""The tables of Resource Graph, over the lists of a tenant export.

| table | made of |
|---|---|
| resources | arm/resources, resource groups left out |
| resourcecontainers | management groups, subscriptions and resource groups |
| authorizationresources | arm/roleDefinitions, arm/roleAssignments |
| policyresources | arm/policyAssignments |
| managedservicesresources | arm/registrationAssignments |
| resourcechanges | edits of arm/resources, resource groups left out |
| resourcecontainerchanges | edits of management groups, subscriptions and resource groups |
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from remit_sim import places
from remit_sim.resource_graph.changes import container_changes, resource_changes
from remit_sim.resource_graph.containers import CONTAINER_LISTS, container_records, is_group
from remit_sim.resource_graph.records import Record, cells_of, id_of
from remit_sim.tenant import SimTenant


@dataclass(frozen=True, slots=True)
class Table:
    """One table.

    Attributes:
        lists: lists of the export that it is made of.
        records: from a tenant to its rows.
        scoped: whether `authorizationScopeFilter` counts: its rows stand on scopes.
    """

    lists: tuple[str, ...]
    records: Callable[[SimTenant], Iterator[Record]]
    scoped: bool = False


def _resources(tenant: SimTenant) -> Iterator[Record]:
    for row in tenant.table("arm/resources").rows():
        cells = cells_of(row)
        if not is_group(cells):
            yield Record(cells, id_of(cells).lower(), _read(cells.get("type", "")))


@lru_cache(maxsize=4096)
def _read(kind: str) -> str:
    return f"{kind}/read"


def _definitions(tenant: SimTenant) -> Iterator[Record]:
    for row in tenant.table("arm/roleDefinitions").rows():
        yield Record(cells_of(row), places.ROOT, "Microsoft.Authorization/roleDefinitions/read", anywhere=True)


def _extensions(list_name: str, action: str) -> Callable[[SimTenant], Iterator[Record]]:
    def records(tenant: SimTenant) -> Iterator[Record]:
        for row in tenant.table(list_name).rows():
            cells = cells_of(row)
            yield Record(cells, places.extended(id_of(cells)), action)

    return records


_assignments = _extensions("arm/roleAssignments", "Microsoft.Authorization/roleAssignments/read")


def _authorization(tenant: SimTenant) -> Iterator[Record]:
    yield from _definitions(tenant)
    yield from _assignments(tenant)


TABLES: Mapping[str, Table] = {
    "resources": Table(("arm/resources",), _resources),
    "resourcecontainers": Table(CONTAINER_LISTS, container_records),
    "authorizationresources": Table(("arm/roleDefinitions", "arm/roleAssignments"), _authorization, scoped=True),
    "policyresources": Table(
        ("arm/policyAssignments",),
        _extensions("arm/policyAssignments", "Microsoft.Authorization/policyAssignments/read"),
        scoped=True,
    ),
    "managedservicesresources": Table(
        ("arm/registrationAssignments",),
        _extensions("arm/registrationAssignments", "Microsoft.ManagedServices/registrationAssignments/read"),
    ),
    "resourcechanges": Table(CONTAINER_LISTS, resource_changes),
    "resourcecontainerchanges": Table(CONTAINER_LISTS, container_changes),
}
"""The tables by lower-case name."""
