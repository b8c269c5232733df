"""The Activity Log: an event for every write through Resource Manager, and the calls that read it.

    >>> status_of(201)
    ('Created', 'Created (HTTP Status Code: 201)')

An event has the shape of the management values API, with the members that Azure added since its published example
(category, resource and tenant id, the bodies of authorization writes). One event is written for a write, the one that
ends it. Events are kept on the tenant, at most `ACTIVITY_KEPT` of them, and served newest first.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import msgspec

from remit_sim import paging, places, rbac
from remit_sim.arm import filters, moments
from remit_sim.arm.listing import FEW, envelope
from remit_sim.call import Answer, Call
from remit_sim.tenant import Fields, SimTenant

_CLAIMS = "http://schemas.microsoft.com/identity/claims/"
_COMPARED = frozenset(
    {
        "eventtimestamp",
        "resourcegroupname",
        "resourceprovider",
        "resourceuri",
        "resourceid",
        "correlationid",
        "caller",
        "operationname",
        "levels",
        "status",
    }
)


def record(call: Call, action: str, scope: str, answer: Answer) -> None:
    """Log a write that succeeded.

    Args:
        call: the write.
        action: what was granted.
        scope: what was written.
        answer: what the caller was told.
    """
    tenant, caller = call.tenant, call.caller
    if caller is None:
        return
    event_id = moments.new_id(tenant, "event", tenant.activity_seen, scope)
    tenant.activity_seen += 1
    correlation = call.headers.get("x-ms-correlation-request-id") or event_id
    now = moments.text(tenant.clock.now())
    place = places.key(scope)
    value, localized = status_of(answer.status)
    names = {"value": action, "localizedValue": action}
    kind = action.rpartition("/")[0]
    namespace = action.partition("/")[0]
    event: Fields = {
        "authorization": _authorization(call, action, scope),
        "caller": caller.object_id or caller.client_id,
        "channels": "Operation",
        "claims": _claims(call),
        "correlationId": correlation,
        "description": "",
        "eventDataId": event_id,
        "eventName": {"value": "EndRequest", "localizedValue": "End request"},
        "category": {"value": "Administrative", "localizedValue": "Administrative"},
        "httpRequest": {
            "clientRequestId": call.headers.get("x-ms-client-request-id", event_id),
            "clientIpAddress": "127.0.0.1",
            "method": call.method,
        },
        "id": f"{'' if scope == places.ROOT else scope}/events/{event_id}/ticks/{moments.ticks(tenant.clock.now())}",
        "level": "Informational",
        "resourceGroupName": scope.split("/")[4] if places.group_of(place) else "",
        "resourceProviderName": {"value": namespace, "localizedValue": namespace},
        "resourceId": scope,
        "resourceType": {"value": kind, "localizedValue": kind},
        "operationId": correlation,
        "operationName": names,
        "properties": _properties(call, action, scope, answer, value),
        "status": {"value": "Succeeded", "localizedValue": "Succeeded"},
        "subStatus": {"value": value, "localizedValue": localized},
        "eventTimestamp": now,
        "submissionTimestamp": now,
        "subscriptionId": places.subscription_of(place).rpartition("/")[2],
        "tenantId": tenant.tenant_id,
    }
    tenant.activity.append(event)


def values(call: Call) -> Answer:
    """Answer the list of events of a subscription, a management group, or of the tenant outside of subscriptions."""
    scope = places.key(call.arguments["scope"])
    asked = filters.of(call, frozenset(), _COMPARED)
    token = call.query.get("$skiptoken") or call.query.get("$skipToken")
    newest = call.tenant.activity_seen if not token else paging.decode(call, token)
    oldest = call.tenant.activity_seen - len(call.tenant.activity)
    rows: list[bytes] = []
    wanted = [name for name in call.query.get("$select", "").split(",") if name]
    for number in range(newest - 1, oldest - 1, -1):
        event = call.tenant.activity[number - oldest]
        if not (_of_scope(event, scope) and _fits(event, asked)):
            continue
        if len(rows) == FEW:
            return envelope(rows, paging.next_link(call, number + 1))
        shown = {name: event[name] for name in wanted if name in event} if wanted else event
        rows.append(msgspec.json.encode(shown))
    return envelope(rows, "")


def status_of(status: int) -> tuple[str, str]:
    """Return the sub-status of an event, as value and as text."""
    name = HTTPStatus(status).phrase.title().replace(" ", "")
    return ("OK" if status == HTTPStatus.OK else name), f"{HTTPStatus(status).phrase} (HTTP Status Code: {status})"


def _authorization(call: Call, action: str, scope: str) -> Fields:
    found: Fields = {"action": action, "scope": scope}
    grant = rbac.rights(call.tenant, call.caller).evidence(action, scope) if call.caller else None
    if grant is not None:
        said = grant.assignment["properties"]
        role = rbac.roles(call.tenant)[rbac.role_guid(said["roleDefinitionId"])]["properties"]
        found["role"] = role.get("roleName") or ""
        found["evidence"] = {
            "role": role.get("roleName") or "",
            "roleAssignmentScope": said.get("scope") or grant.scope,
            "roleAssignmentId": rbac.role_guid(grant.assignment["id"]).replace("-", ""),
            "roleDefinitionId": rbac.role_guid(said["roleDefinitionId"]).replace("-", ""),
            "principalId": said["principalId"].replace("-", ""),
            "principalType": said.get("principalType") or "",
        }
    return found


def _claims(call: Call) -> dict[str, str]:
    tenant = call.tenant
    issued = str(int(tenant.clock.now().timestamp()))
    found = {
        "aud": call.base_url or "https://management.core.windows.net/",
        "iss": f"https://sts.windows.net/{tenant.tenant_id}/",
        "iat": issued,
        "nbf": issued,
        "exp": str(int(issued) + 3599),
        "ver": "1.0",
        _CLAIMS + "tenantid": tenant.tenant_id,
    }
    if call.caller is not None:
        found["appid"] = call.caller.client_id
        found["appidacr"] = "1"
        found[_CLAIMS + "objectidentifier"] = call.caller.object_id or call.caller.client_id
        found["idtyp"] = "app"
    return found


def _properties(call: Call, action: str, scope: str, answer: Answer, value: str) -> dict[str, str]:
    found = {
        "statusCode": value,
        "serviceRequestId": "",
        "eventCategory": "Administrative",
        "entity": scope,
        "message": action,
        "hierarchy": "/".join([call.tenant.tenant_id, *_hierarchy(call.tenant, scope)]),
    }
    if action.lower().startswith("microsoft.authorization/"):
        found["requestbody"] = call.body.decode(errors="replace")
        found["responseBody"] = answer.body.decode()
    return found


def _hierarchy(tenant: SimTenant, scope: str) -> list[str]:
    steps = places.tree(tenant).lineage(places.key(scope))
    names = [step.rpartition("/")[2] for step in reversed(steps) if step.startswith(places.GROUPS)]
    subscription = places.subscription_of(places.key(scope))
    return [name for name in names if name != tenant.tenant_id] + (
        [subscription.rpartition("/")[2]] if subscription else []
    )


def _of_scope(event: Fields, scope: str) -> bool:
    at = places.key(event["resourceId"])
    if scope == places.ROOT:
        return not places.subscription_of(at)
    return places.within(at, scope)


def _fits(event: Fields, asked: filters.Filter) -> bool:
    at = event["eventTimestamp"]
    if at < moments.normal(asked.least.get("eventtimestamp", "")):
        return False
    if "eventtimestamp" in asked.most and at > moments.normal(asked.most["eventtimestamp"]):
        return False
    return all(_same(event, name, text) for name, text in asked.values.items())


def _same(event: Fields, name: str, text: str) -> bool:
    if name in {"resourceuri", "resourceid"}:
        return places.within(places.key(event["resourceId"]), places.key(text))
    found: Any = event.get(
        {
            "resourcegroupname": "resourceGroupName",
            "resourceprovider": "resourceProviderName",
            "correlationid": "correlationId",
            "operationname": "operationName",
            "levels": "level",
        }.get(name, name)
    )
    said = found["value"] if isinstance(found, dict) else found
    return str(said).lower() == text.lower()
