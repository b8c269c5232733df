"""The Activity Log: control-plane writes, deletes and actions, in all the shapes that carry it.

Rules kept here:

- The permission that was used is `authorization.action`, not the operation's name: deleting a resource group writes a
  row for each child resource (`azure-logs` quirk 2).
- Who called stands in the claims; `caller` is a name, an object id, or nothing (quirk 7).
- Refused is only what authorisation refused. A conflict, a missing resource and a policy come after it (quirk 3).

Source: `azure-logs` section 2.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from remit.model.usage import LogKind, Normalised, ObservedOperation, ObservedPlane, SetAside
from remit.usage.recognised import Recognised, Shape
from remit.usage.sources.activity_status import outcome_of
from remit.usage.spellings import (
    address_only,
    is_guid,
    last_segment,
    nested_object,
    read_time,
    spell_id,
    text_of,
    token_guid,
)

_CLAIMS = "http://schemas.microsoft.com/identity/claims/"
_NAMES = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"
_OBJECT_ID = (f"{_CLAIMS}objectidentifier", "oid", "http://schemas_microsoft_com/identity/claims/objectidentifier")
_TENANT_ID = (f"{_CLAIMS}tenantid", "tid", "http://schemas_microsoft_com/identity/claims/tenantid")
_USER_NAME = (f"{_NAMES}upn", "upn", f"{_NAMES}name", "unique_name", "name")

_NIL = "00000000-0000-0000-0000-000000000000"

_Fields = Mapping[str, Any]


@dataclass(slots=True)
class _Row:
    """One record, its shape forgotten; nested JSON is decoded, all else as written. Not frozen: that takes longer."""

    time: Any
    arrived: Any
    operation: Any
    status: str
    sub_status: str
    authorization: _Fields
    claims: _Fields
    properties: _Fields
    http: _Fields
    address: Any
    caller: Any
    resource: str
    correlation: Any
    event: Any
    subscription: str
    hierarchy: Any
    tenant: Any = None


def read(found: Recognised) -> Normalised | SetAside:
    """Read one record of the Activity Log: one operation."""
    row = _ROWS[found.shape](found.fields)
    time = read_time(row.time)
    if time is None:
        return SetAside("no time")
    action = text_of(row.authorization.get("action")) or text_of(row.operation)
    if not action:
        return SetAside("no operation")
    scope = _scope(row)
    evidence = nested_object(row.authorization.get("evidence"))
    outcome, phase = outcome_of(row.status, row.sub_status, row.properties)
    claims = row.claims
    return Normalised(
        (
            ObservedOperation(
                log=LogKind.ACTIVITY,
                time=time,
                plane=ObservedPlane.CONTROL,
                action=action,
                scope=scope,
                outcome=outcome,
                arrived=read_time(row.arrived),
                principal_id=_principal(row),
                app_id=spell_id(claims.get("appid")),
                token_id=token_guid(text_of(claims.get("uti"))),
                host_resource=_host(claims),
                address=_address(row),
                phase=phase,
                assignment_id=last_segment(evidence.get("roleAssignmentId")),
                through_id=spell_id(evidence.get("principalId")),
                correlation_id=spell_id(row.correlation),
                event_id=_event(row),
                place=_place(row, scope),
                digest=found.digest,
            ),
        )
    )


def _api(fields: _Fields) -> _Row:
    return _Row(
        time=fields.get("eventTimestamp"),
        arrived=fields.get("submissionTimestamp"),
        operation=fields.get("operationName"),
        status=text_of(fields.get("status")),
        sub_status=text_of(fields.get("subStatus")),
        authorization=nested_object(fields.get("authorization")),
        claims=nested_object(fields.get("claims")),
        properties=nested_object(fields.get("properties")),
        http=nested_object(fields.get("httpRequest")),
        address=None,
        caller=fields.get("caller"),
        resource=text_of(fields.get("resourceId")),
        correlation=fields.get("correlationId"),
        event=fields.get("eventDataId"),
        subscription=text_of(fields.get("subscriptionId")),
        hierarchy=None,
        tenant=fields.get("tenantId"),
    )


def _diagnostic(fields: _Fields) -> _Row:
    identity = nested_object(fields.get("identity"))
    properties = nested_object(fields.get("properties"))
    return _Row(
        time=fields.get("time") or fields.get("eventTimestamp"),
        arrived=fields.get("submissionTimestamp") or properties.get("submissionTimestamp"),
        operation=fields.get("operationName"),
        status=text_of(fields.get("resultType")),
        sub_status=text_of(fields.get("resultSignature")),
        authorization=nested_object(identity.get("authorization")),
        claims=nested_object(identity.get("claims")),
        properties=properties,
        http=nested_object(properties.get("httpRequest")),
        address=fields.get("callerIpAddress"),
        caller=fields.get("caller") or properties.get("caller"),
        resource=text_of(fields.get("resourceId")),
        correlation=fields.get("correlationId"),
        event=fields.get("eventDataId") or properties.get("eventDataId"),
        subscription="",
        hierarchy=properties.get("hierarchy"),
        tenant=fields.get("tenantId"),
    )


def _table(fields: _Fields) -> _Row:
    def column(*names: str) -> Any:  # noqa: ANN401 - whatever the first column that holds something holds
        return next((fields[name] for name in names if fields.get(name) not in (None, "")), None)

    properties = nested_object(column("Properties_d", "Properties"))
    return _Row(
        time=column("TimeGenerated", "EventSubmissionTimestamp"),
        arrived=column("EventSubmissionTimestamp"),
        operation=column("OperationNameValue", "OperationName"),
        status=text_of(column("ActivityStatusValue", "ActivityStatus")),
        sub_status=text_of(column("ActivitySubstatusValue", "ActivitySubstatus")),
        authorization=nested_object(column("Authorization_d", "Authorization")),
        claims=nested_object(column("Claims_d", "Claims")),
        properties=properties,
        http=nested_object(column("HTTPRequest")),
        address=column("CallerIpAddress"),
        caller=column("Caller"),
        resource=text_of(column("ResourceId", "_ResourceId")),
        correlation=column("CorrelationId"),
        event=column("EventDataId"),
        subscription=text_of(column("SubscriptionId")),
        hierarchy=column("Hierarchy") or properties.get("hierarchy"),
    )


_ROWS = {Shape.API: _api, Shape.DIAGNOSTIC: _diagnostic, Shape.TABLE: _table}


def _scope(row: _Row) -> str:
    told = text_of(row.authorization.get("scope")) or row.resource
    if not told and row.subscription:
        told = f"/subscriptions/{row.subscription}"
    return told.rstrip("/") or told[:1]


def _principal(row: _Row) -> str:
    claims = row.claims
    for name in _OBJECT_ID:
        if claims.get(name):
            return spell_id(claims[name])
    for told in (row.caller, *(claims.get(name) for name in _USER_NAME)):
        if isinstance(told, str) and told:
            return spell_id(told)
    return ""


def _host(claims: _Fields) -> str:
    told = text_of(claims.get("xms_az_rid")) or text_of(claims.get("xms_mirid"))
    return told.rstrip("/").lower()


def _address(row: _Row) -> str:
    return (
        address_only(row.address)
        or address_only(row.http.get("clientIpAddress"))
        or address_only(row.claims.get("ipaddr"))
    )


def _event(row: _Row) -> str:
    told = spell_id(row.event)
    return "" if told == _NIL else told  # the nil GUID stands in many


def _place(row: _Row, scope: str) -> str:
    """Return where the log is switched on: the subscription, or the tenant for what happened above all of them."""
    for path in (row.resource, scope):
        parts = path.lower().split("/", 3)
        if len(parts) > 2 and parts[1] == "subscriptions" and parts[2]:  # noqa: PLR2004 - "", the word, the id
            return f"/subscriptions/{parts[2]}"
    if row.subscription:
        return f"/subscriptions/{row.subscription.lower()}"
    return f"/tenants/{tenant}" if (tenant := _tenant(row)) else ""


def _tenant(row: _Row) -> str:
    for name in _TENANT_ID:
        if row.claims.get(name):
            return spell_id(row.claims[name])
    top = text_of(row.hierarchy).partition("/")[0].lower()
    if is_guid(top):
        return top
    return spell_id(row.tenant).rpartition("/")[2]
