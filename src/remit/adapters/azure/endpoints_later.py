"""The calls that only a collection makes which adds to an earlier one: what has changed, and the objects that have."""

from __future__ import annotations

from remit.adapters.azure import queries
from remit.adapters.azure.endpoint import (
    ARM,
    GRAPH,
    LANE_GRAPH,
    LANE_GRAPH_ITEMS,
    LANE_RESOURCE_GRAPH,
    Endpoint,
    Over,
    Shape,
)
from remit.adapters.azure.endpoints_arm import ARM_ENDPOINTS
from remit.adapters.azure.endpoints_graph import GRAPH_ENDPOINTS

_LISTS = {one.key: one for one in (*ARM_ENDPOINTS, *GRAPH_ENDPOINTS)}
DELTA_KINDS = (
    "graph/users",
    "graph/groups",
    "graph/servicePrincipals",
    "graph/applications",
    "graph/devices",
    "graph/administrativeUnits",
    "graph/oauth2PermissionGrants",
)
"""Lists whose changes Graph tells."""
MEMBERS_OF = {"graph/groups": "graph/groupMembers", "graph/administrativeUnits": "graph/administrativeUnitMembers"}
"""Lists of members whose changes are told with their parents'."""
_MEMBER_CALLS = {
    "graph/groups": ("graph/groupMembers/group", "graph/groupMembers/servicePrincipals"),
    "graph/administrativeUnits": ("graph/administrativeUnitMembers/administrativeUnit",),
}
DELTA, OBJECT = "delta", "object"
RESOURCE_CHANGES, GROUP_CHANGES = "arm/resources/changes", "arm/resources/groupChanges"


def _path(endpoint: Endpoint) -> str:
    return endpoint.place.partition("?")[0]


def _delta(endpoint: Endpoint) -> Endpoint:
    """Return the call that tells the changes of a list; only changes of what is selected are told."""
    select = (*endpoint.select, "members") if endpoint.key in MEMBERS_OF else endpoint.select
    options = f"?$select={','.join(select)}" if select else ""
    return Endpoint(
        key=f"{endpoint.key}/{DELTA}",
        list_name=endpoint.key,
        api=GRAPH,
        place=f"{_path(endpoint)}/delta{options}",
        needs=endpoint.needs,
        lane=LANE_GRAPH,
        page_size=endpoint.page_size,
        shape=Shape.DELTA,
        opens=(f"{endpoint.key}/{OBJECT}", *_MEMBER_CALLS.get(endpoint.key, ())),
        later=True,
    )


def _object(endpoint: Endpoint) -> Endpoint:
    """Return the call for one object of a list, with the fields that the list asks for."""
    options = f"?$select={','.join(endpoint.select)}" if endpoint.select else ""
    return Endpoint(
        key=f"{endpoint.key}/{OBJECT}",
        list_name=endpoint.key,
        api=GRAPH,
        place=f"{_path(endpoint)}/{{target}}{options}",
        needs=endpoint.needs,
        lane=LANE_GRAPH_ITEMS,
        over=Over.CHANGED,
        page_size=1,
        select=endpoint.select,
        used=endpoint.used,
        shape=Shape.OBJECT,
        later=True,
    )


def _resources(key: str, query: str, shape: Shape, *, like: str, over: Over, opens: tuple[str, ...] = ()) -> Endpoint:
    one = _LISTS[like]
    return Endpoint(
        key=key,
        list_name="arm/resources",
        api=ARM,
        place=one.place,
        needs=one.needs,
        lane=LANE_RESOURCE_GRAPH,
        over=over,
        api_version=one.api_version,
        query=query,
        page_size=one.page_size,
        shape=shape,
        opens=opens,
        later=True,
    )


_ALL, _GROUPS = "arm/resources/all", "arm/resources/resourceGroups"
_CHANGED, _CHANGED_GROUPS = "arm/resources/changed", "arm/resources/changedGroups"

LATER_ENDPOINTS = (
    _resources(
        RESOURCE_CHANGES, queries.RESOURCE_CHANGES, Shape.CHANGES, like=_ALL, over=Over.TENANT, opens=(_CHANGED,)
    ),
    _resources(
        GROUP_CHANGES, queries.GROUP_CHANGES, Shape.CHANGES, like=_GROUPS, over=Over.TENANT, opens=(_CHANGED_GROUPS,)
    ),
    _resources(_CHANGED, queries.CHANGED_RESOURCES, Shape.COLUMNS, like=_ALL, over=Over.CHANGED),
    _resources(_CHANGED_GROUPS, queries.CHANGED_GROUPS, Shape.GROUPS, like=_GROUPS, over=Over.CHANGED),
    *(_delta(_LISTS[name]) for name in DELTA_KINDS),
    *(_object(_LISTS[name]) for name in DELTA_KINDS),
)
