"""Management groups, subscriptions and resource groups as `resourcecontainers` shows them.

An export keeps them in three lists: arm/managementGroups (entities: where each stands), arm/subscriptions and
arm/resources. Management groups and subscriptions carry what lies above them, nearest first; the nearest is spelled as
the entity names its parent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from remit_sim import places
from remit_sim.resource_graph.kql.values import Cell, text_of
from remit_sim.resource_graph.records import Record, cells_of, id_of
from remit_sim.tenant import Fields, SimTenant

CONTAINER_LISTS = ("arm/managementGroups", "arm/subscriptions", "arm/resources")
GROUP_TYPE = "microsoft.resources/subscriptions/resourcegroups"
SUBSCRIPTION_TYPE = "microsoft.resources/subscriptions"
MANAGEMENT_GROUP_TYPE = "microsoft.management/managementgroups"

GROUP_READ = "Microsoft.Resources/subscriptions/resourceGroups/read"
SUBSCRIPTION_READ = "Microsoft.Resources/subscriptions/read"
MANAGEMENT_GROUP_READ = "Microsoft.Management/managementGroups/read"

_GROUP_TYPES = frozenset({GROUP_TYPE, "microsoft.resources/resourcegroups"})


def is_group(cells: Mapping[str, Cell]) -> bool:
    """Tell whether a row of arm/resources is a resource group."""
    return cells.get("type") in _GROUP_TYPES


def group_record(cells: dict[str, Cell]) -> Record:
    """Return the record of a resource group."""
    cells["type"] = GROUP_TYPE
    return Record(cells, places.key(id_of(cells)), GROUP_READ)


def container_records(tenant: SimTenant) -> Iterator[Record]:
    """Yield all containers."""
    entities = {places.key(entity["id"]): entity for entity in _decoded(tenant, "arm/managementGroups")}
    subscriptions = {places.key(row["id"]): row for row in _decoded(tenant, "arm/subscriptions")}
    for place, entity in entities.items():
        if place.startswith(places.GROUPS):
            yield _management_group(tenant, place, entity)
    for place in subscriptions | entities:
        if place.startswith(places.SUBSCRIPTIONS):
            yield _subscription(tenant, place, entities.get(place) or {}, subscriptions.get(place) or {})
    for row in tenant.table("arm/resources").rows():
        cells = cells_of(row)
        if is_group(cells):
            yield group_record(cells)


def _decoded(tenant: SimTenant, list_name: str) -> Iterator[Fields]:
    return (msgspec.json.decode(row) for row in tenant.table(list_name).rows())


def _management_group(tenant: SimTenant, place: str, entity: Fields) -> Record:
    said = _properties(entity)
    above = _above(tenant, place, entity)
    details: Fields = {"managementGroupAncestorsChain": above}
    if above:
        parent = said["parent"]["id"]
        details = {"parent": {"id": parent, **above[0]}, **details}
    cells = {
        "id": entity["id"],
        "name": entity.get("name"),
        "type": MANAGEMENT_GROUP_TYPE,
        "properties": {"displayName": said.get("displayName"), "tenantId": tenant.tenant_id, "details": details},
    }
    return Record(cells, place, MANAGEMENT_GROUP_READ)


def _subscription(tenant: SimTenant, place: str, entity: Fields, row: Fields) -> Record:
    cells = {
        "id": entity.get("id") or row["id"],
        "name": _properties(entity).get("displayName") or row.get("displayName"),
        "type": SUBSCRIPTION_TYPE,
        "tags": row.get("tags"),
        "properties": {"state": row.get("state"), "managementGroupAncestorsChain": _above(tenant, place, entity)},
    }
    return Record(cells, place, SUBSCRIPTION_READ)


def _above(tenant: SimTenant, place: str, entity: Fields) -> list[Fields]:
    names, rows = places.names(tenant), tenant.table("arm/managementGroups")
    chain = [(step, rows.fields(step) or {}) for step in places.tree(tenant).chain(place)]
    spelled = [(row.get("name") or step.rpartition("/")[2], names.get(step)) for step, row in chain]
    if spelled:
        nearest = text_of(_properties(entity)["parent"]["id"]).rstrip("/").rpartition("/")[2]
        spelled[0] = (nearest, spelled[0][1])
    return [{"displayName": shown or name, "name": name} for name, shown in spelled]


def _properties(entity: Fields) -> dict[str, Any]:
    return entity.get("properties") or {}
