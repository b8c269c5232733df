"""Rows of the Entra audit log: members of groups, and PIM, which tells of one activation in several rows."""

from __future__ import annotations

import msgspec

from remit_sim.generate.dice import Ids
from remit_sim.generate.usage.instants import offset, plain, seven
from remit_sim.generate.usage.operations import Fields, Operation


def record(operation: Operation, ids: Ids, tenant_id: str) -> Fields:
    """Return the diagnostic record; `extra` holds `category`, `service`, `targets`, `details`, `type`, `reason`."""
    extra, who = operation.extra, operation.who
    event = ids.guid("audit", operation.number)
    service = extra["service"]
    by: Fields = {
        "app": {
            "appId": who.app_id or None,
            "displayName": who.name,
            "servicePrincipalId": who.guid,
            "servicePrincipalName": None,
        }
    }
    if who.kind == "user":
        names = {"id": who.guid, "displayName": None, "userPrincipalName": who.upn}
        by = {"user": {**names, "ipAddress": operation.address, "roles": []}}
    failed = operation.outcome != "succeeded"
    said: Fields = {
        "id": f"{'PIM' if service == 'PIM' else 'Directory'}_{event}_{operation.number:05d}",
        "category": extra["category"],
        "correlationId": operation.correlation,
        "result": "failure" if failed else "success",
        "resultReason": extra.get("reason", ""),
        "activityDisplayName": operation.action,
        "activityDateTime": offset(operation.time),
        "loggedByService": service,
        "operationType": extra["type"],
        "userAgent": None,
        "initiatedBy": by,
        "targetResources": extra["targets"],
        "additionalDetails": extra.get("details", []),
    }
    return {
        "time": seven(operation.time),
        "resourceId": f"/tenants/{tenant_id}/providers/Microsoft.aadiam",
        "operationName": operation.action,
        "operationVersion": "1.0",
        "category": "AuditLogs",
        "tenantId": tenant_id,
        "resultSignature": "None",
        "durationMs": 0,
        "callerIpAddress": operation.address or None,
        "correlationId": operation.correlation,
        "identity": who.name,
        "Level": 4,
        "properties": said,
    }


def member_targets(member: tuple[str, str, str], group: tuple[str, str], *, removed: bool) -> list[Fields]:
    """Return the targets of a change of membership; values are JSON in JSON."""
    guid, kind, upn = member
    values = {"Group.ObjectID": group[0], "Group.DisplayName": group[1], "Group.WellKnownObjectName": None}
    changed = [
        {
            "displayName": name,
            "oldValue": msgspec.json.encode(value).decode() if removed and value else None,
            "newValue": None if removed or not value else msgspec.json.encode(value).decode(),
        }
        for name, value in values.items()
    ]
    return [
        {
            "id": guid,
            "displayName": None,
            "type": kind,
            "userPrincipalName": upn or None,
            "modifiedProperties": changed,
            "administrativeUnits": [],
        },
        {
            "id": group[0],
            "displayName": None,
            "type": "Group",
            "groupType": "unknownFutureValue",
            "modifiedProperties": [],
            "administrativeUnits": [],
        },
    ]


def activation_targets(role: tuple[str, str], member: tuple[str, str, str], scope: str, request: str) -> list[Fields]:
    """Return the targets of an activation by PIM for Azure resources: role, request, user, resource."""
    empty: Fields = {"modifiedProperties": [], "administrativeUnits": []}
    return [
        {"id": role[0], "displayName": role[1], "type": "Role", **empty},
        {"id": request, "displayName": None, "type": "Request", **empty},
        {"id": member[0], "displayName": member[1], "type": "User", "userPrincipalName": member[2], **empty},
        {"id": scope, "displayName": scope.rpartition("/")[2], "type": "Other", **empty},
    ]


def activation_details(role: str, start: int, end: int, request: str) -> list[Fields]:
    """Return what else PIM tells of an activation."""
    return [
        {"key": "RoleDefinitionOriginId", "value": role},
        {"key": "RoleDefinitionOriginType", "value": "BuiltInRole"},
        {"key": "TemplateId", "value": role},
        {"key": "StartTime", "value": plain(start) + "Z"},
        {"key": "ExpirationTime", "value": plain(end) + "Z"},
        {"key": "RequestId", "value": request},
    ]


def unified(record_: Fields, tenant_id: str) -> Fields:
    """Return an audit record as the unified audit log has it: with a full stop, and ids in lists of actors."""
    said = record_["properties"]
    user, app = said["initiatedBy"].get("user"), said["initiatedBy"].get("app")
    guid = user["id"] if user else app["servicePrincipalId"]
    kind = "User" if user else "ServicePrincipal"
    first_of_actor = {"ID": user["userPrincipalName"], "Type": 5} if user else {"ID": app["displayName"], "Type": 1}
    actor = [first_of_actor, *({"ID": one, "Type": 2} for one in (f"{kind}_{guid}", guid, kind))]
    name = user["userPrincipalName"] if user else f"{kind}_{guid}"
    first = said["targetResources"][0]
    target = [
        {"ID": f"{first['type']}_{first['id']}", "Type": 2},
        {"ID": first["id"], "Type": 2},
        {"ID": first["type"], "Type": 2},
    ]
    if first.get("userPrincipalName"):
        target.append({"ID": first["userPrincipalName"], "Type": 5})
    changed = [
        {"Name": one["displayName"], "NewValue": _bare(one["newValue"]), "OldValue": _bare(one["oldValue"])}
        for one in first["modifiedProperties"]
    ]
    return {
        "CreationTime": record_["time"][:19],
        "Id": said["id"].split("_")[1],
        "Operation": f"{said['activityDisplayName']}.",
        "OrganizationId": tenant_id,
        "RecordType": 8,
        "ResultStatus": "Success" if said["result"] == "success" else "Failure",
        "UserKey": name,
        "UserType": 0 if user else 4,
        "Version": 1,
        "Workload": "AzureActiveDirectory",
        "ObjectId": first.get("userPrincipalName") or first["id"],
        "UserId": name,
        "AzureActiveDirectoryEventType": 1,
        "ExtendedProperties": [
            {"Name": "additionalDetails", "Value": "{}"},
            {"Name": "extendedAuditEventCategory", "Value": "Group"},
        ],
        "ModifiedProperties": changed,
        "Actor": actor,
        "ActorContextId": tenant_id,
        "InterSystemsId": said["correlationId"],
        "IntraSystemId": said["id"].split("_")[1],
        "SupportTicketId": "",
        "Target": target,
        "TargetContextId": tenant_id,
    }


def _bare(text: str | None) -> str:
    return str(msgspec.json.decode(text)) if text else ""
