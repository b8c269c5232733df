"""The change tables: what was edited while the tenant was served, as change resources of their targets.

Kept for fourteen days of the simulator's time. A change says what was changed, how and when; which properties, and
by whom, it does not say: `changes` is empty.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import NAMESPACE_URL, uuid5

from remit_sim import places
from remit_sim.resource_graph.containers import (
    CONTAINER_LISTS,
    MANAGEMENT_GROUP_READ,
    MANAGEMENT_GROUP_TYPE,
    SUBSCRIPTION_READ,
    SUBSCRIPTION_TYPE,
    group_record,
    is_group,
)
from remit_sim.resource_graph.kql.values import instant_text
from remit_sim.resource_graph.records import Record, cells_of, id_of
from remit_sim.tenant import Change, SimTenant

RETENTION = timedelta(days=14)
CHANGE_TYPE = "microsoft.resources/changes"


def resource_changes(tenant: SimTenant) -> Iterator[Record]:
    """Yield the changes of resources, oldest first."""
    return (
        _record(change, target) for change, target in _targets(tenant) if target.cells.get("type") not in _CONTAINERS
    )


def container_changes(tenant: SimTenant) -> Iterator[Record]:
    """Yield the changes of management groups, subscriptions and resource groups, oldest first."""
    return (_record(change, target) for change, target in _targets(tenant) if target.cells.get("type") in _CONTAINERS)


_CONTAINERS = frozenset({MANAGEMENT_GROUP_TYPE, SUBSCRIPTION_TYPE, "microsoft.resources/subscriptions/resourcegroups"})


def _targets(tenant: SimTenant) -> Iterator[tuple[Change, Record]]:
    since = tenant.clock.now() - RETENTION
    for change in tenant.changes:
        if change.list_name in CONTAINER_LISTS and change.at >= since:
            yield change, _target(change)


def _target(change: Change) -> Record:
    cells = cells_of(change.row)
    place = places.key(id_of(cells))
    if place.startswith(places.GROUPS):
        return Record({**cells, "type": MANAGEMENT_GROUP_TYPE}, place, MANAGEMENT_GROUP_READ)
    if change.list_name != "arm/resources":
        return Record({**cells, "type": SUBSCRIPTION_TYPE}, place, SUBSCRIPTION_READ)
    return group_record(cells) if is_group(cells) else Record(cells, place, f"{cells.get('type')}/read")


def _record(change: Change, target: Record) -> Record:
    target_id = id_of(target.cells)
    number = str(uuid5(NAMESPACE_URL, f"{target.place}#{change.number}"))
    cells = {
        "id": f"{target_id}/providers/Microsoft.Resources/changes/{number}",
        "name": number,
        "type": CHANGE_TYPE,
        "properties": {
            "targetResourceId": target_id,
            "targetResourceType": target.cells.get("type"),
            "changeType": change.kind,
            "changeAttributes": {
                "correlationId": str(uuid5(NAMESPACE_URL, f"correlation#{change.number}")),
                "changesCount": 0,
                "timestamp": instant_text(change.at),
            },
            "changes": {},
        },
    }
    return Record(cells, target.place, target.action)
