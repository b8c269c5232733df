"""Rows that PIM makes: requests and instances, member by member as Azure gives them.

>>> _PLACES[1]
('/resourcegroups/', 'resourcegroup')
"""

from __future__ import annotations

from datetime import datetime

from remit_sim import places, rbac
from remit_sim.arm import directory, moments, role_assignments
from remit_sim.arm.windows import Side
from remit_sim.call import Call
from remit_sim.tenant import Fields, SimTenant

_PLACES = ((places.GROUPS, "managementgroup"), ("/resourcegroups/", "resourcegroup"))
_SCOPE_PARTS = 5


def request(call: Call, side: Side, scope: str, said: Fields, principal: directory.Principal) -> Fields:
    """Return the row of a request as it is answered; it says `Provisioned` until something else is written into it."""
    tenant, name = call.tenant, call.arguments["name"]
    now = moments.text(tenant.clock.now())
    info = said.get("scheduleInfo") or {}
    until = info.get("expiration") or {}
    ticket = said.get("ticketInfo") or {}
    role_id = role_assignments.definition_id(scope, rbac.role_guid(said["roleDefinitionId"]))
    target = f"target{side.member}"
    properties = {
        f"{target}Id": said.get(f"{target}Id") or moments.new_id(tenant, "schedule", side.name, name),
        f"{target}InstanceId": said.get(f"{target}InstanceId"),
        "scope": scope,
        "roleDefinitionId": role_id,
        "principalId": principal.object_id,
        "principalType": principal.kind,
        "requestType": said["requestType"],
        "status": "Provisioned",
        "approvalId": None,
        "scheduleInfo": {
            "startDateTime": info.get("startDateTime") or now,
            "expiration": {
                "type": until.get("type") or "NoExpiration",
                "endDateTime": until.get("endDateTime"),
                "duration": until.get("duration"),
            },
        },
        "ticketInfo": {
            "ticketNumber": ticket.get("ticketNumber"),
            "ticketSystem": ticket.get("ticketSystem"),
        },
        "justification": said.get("justification"),
        "requestorId": _requestor(call, principal, said),
        "createdOn": now,
        "condition": said.get("condition"),
        "conditionVersion": said.get("conditionVersion"),
        "expandedProperties": expanded(tenant, scope, role_id, principal),
    }
    kind = side.kind("Requests")
    return {"properties": properties, "name": name, "id": side.id_of(scope, "Requests", name), "type": kind}


def instance(tenant: SimTenant, side: Side, request: Fields, *, start: datetime, end: datetime | None) -> Fields:
    """Return the row of the instance that a request opens."""
    said = request["properties"]
    scope = said["scope"]
    name = moments.new_id(tenant, "instance", request["id"])
    own = f"{side.name}Id"
    properties: Fields = {
        "scope": scope,
        "roleDefinitionId": said["roleDefinitionId"],
        "principalId": said["principalId"],
        "principalType": said["principalType"],
        "status": "Provisioned",
        own: side.id_of(scope, "s", said[f"target{side.member}Id"]),
        "startDateTime": moments.text(start),
        "endDateTime": moments.text(end) if end else None,
        "memberType": "Direct",
        "createdOn": moments.text(tenant.clock.now()),
        "condition": said["condition"],
        "conditionVersion": said["conditionVersion"],
        "expandedProperties": said["expandedProperties"],
    }
    kind = side.kind("Instances")
    return {"properties": properties, "name": name, "id": side.id_of(scope, "Instances", name), "type": kind}


def expanded(tenant: SimTenant, scope: str, role_id: str, principal: directory.Principal) -> Fields:
    """Return the names of scope, role and principal that PIM repeats in its rows."""
    role = rbac.roles(tenant)[rbac.role_guid(role_id)]["properties"]
    return {
        "scope": {"id": scope, "displayName": _title(tenant, scope), "type": _place(scope)},
        "roleDefinition": {"id": role_id, "displayName": role.get("roleName"), "type": role.get("type")},
        "principal": {
            "id": principal.object_id,
            "displayName": principal.display_name,
            "email": principal.email,
            "type": principal.kind,
        },
    }


def _title(tenant: SimTenant, scope: str) -> str:
    return places.names(tenant).get(places.key(scope)) or scope.rpartition("/")[2]


def _place(scope: str) -> str:
    low = scope.lower()
    if len(low.split("/")) > _SCOPE_PARTS and not low.startswith(places.GROUPS):
        return "resource"
    return next((kind for part, kind in _PLACES if part in low), "subscription")


def _requestor(call: Call, principal: directory.Principal, said: Fields) -> str:
    if call.caller is None or (call.caller.operator and said["requestType"].startswith("Self")):
        return principal.object_id
    return call.caller.object_id or call.caller.client_id
