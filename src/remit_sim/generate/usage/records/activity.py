"""Rows of the Activity Log: their number, what stands on which of them, and three spellings of a row.

Shares follow a real export: of its 145 operations of the category Administrative 108 had two rows, 22 one, 10 three, 5
more. Rows of one operation share a millisecond; a late "Succeeded" carries a new operation id; a child's deletion
carries the action of its group's.
"""

from __future__ import annotations

import msgspec

from remit_sim.generate.dice import Dice, Ids, Wheel
from remit_sim.generate.usage.instants import plain, seven
from remit_sim.generate.usage.operations import Fields, Operation

CLAIMS = "http://schemas.microsoft.com/identity/claims/"
_SOAP = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"
STARTED, ACCEPTED, SUCCEEDED, FAILED = "Started", "Accepted", "Succeeded", "Failed"
_ENDS_WELL = Wheel(
    [
        ((SUCCEEDED,), 28),
        ((STARTED, SUCCEEDED), 150),
        ((STARTED, ACCEPTED, SUCCEEDED), 10),
        ((STARTED, ACCEPTED, SUCCEEDED, SUCCEEDED, SUCCEEDED), 5),
        ((STARTED, SUCCEEDED, SUCCEEDED), 4),
        ((STARTED,) * 9 + (SUCCEEDED,) * 9, 2),
    ]
)
_ENDS_BADLY = Wheel([((STARTED, FAILED), 8), ((FAILED,), 2)])
_BEGUN = 0.012
"""Operations of which only the beginning is ever told."""
_WORDS = {STARTED: "Start", ACCEPTED: "Accept", SUCCEEDED: "Success", FAILED: "Failure"}
_STATUS = {200: "OK", 201: "Created", 202: "Accepted", 403: "Forbidden", 404: "NotFound", 409: "Conflict"}
_SECOND = 1_000_000
_FORBIDDEN, _NOT_FOUND = 403, 404


def sequence(operation: Operation, dice: Dice) -> tuple[str, ...]:
    """Draw which rows an operation has; one that was refused has one, for nothing was begun."""
    if operation.outcome == "refused":
        return (FAILED,)
    if "steps" in operation.extra:
        return tuple(operation.extra["steps"])
    if operation.outcome == "failed":
        return _ENDS_BADLY.spin(dice)
    if operation.body is None and dice.chance(_BEGUN):
        operation.outcome = ""
        return (STARTED,)
    if operation.body is not None:
        return (STARTED, SUCCEEDED)
    return _ENDS_WELL.spin(dice)


def rows(operation: Operation, dice: Dice, ids: Ids, names: tuple[str, str], evidence: float) -> list[Fields]:
    """Return the rows of one operation.

    Args:
        operation: it is marked with whether its rows name the assignment, and that its end is not told.
        dice: what else is on the rows.
        ids: of events.
        names: tenant id and `hierarchy`, the path of management groups.
        evidence: share of operations whose rows name the assignment.

    Returns:
        Fields that the spellings below are made of; `micros` and `submitted`: when each was, and was handed in.
    """
    tenant_id, hierarchy = names
    steps = sequence(operation, dice)
    claims = claims_of(operation, tenant_id)
    told = bool(operation.granting) and operation.outcome != "refused" and dice.chance(evidence)
    found: list[Fields] = []
    time = operation.time
    late = len(steps) > 2 and ACCEPTED in steps  # noqa: PLR2004 - a long operation
    for number, step in enumerate(steps):
        again = late and step == SUCCEEDED
        moment = time + number * 7 + (dice.between(20, 600) * _SECOND if again else 0)
        operation_id = ids.guid("late-operation", f"{operation.number}/{number}") if again else operation.correlation
        # The begin event of some operations has no evidence, the end of most has.
        shown = told and (len(steps) == 1 or step != STARTED or dice.chance(0.5))
        operation.told = operation.told or shown
        row = _row(operation, step, operation_id, (tenant_id, hierarchy), claims, shown=shown)
        row.update(micros=moment, eventDataId=ids.guid("event", f"{operation.number}/{number}"))
        found.append(row)
    for number, (action, child) in enumerate(operation.extra.get("children", ())):
        row = dict(found[-1])
        row.update(
            operationName=action, resourceId=child, micros=found[-1]["micros"] + 11 * (number + 1),
            eventDataId=ids.guid("child-event", f"{operation.number}/{number}"),
        )  # fmt: skip
        found.append(row)
    for row in found:
        row["submitted"] = row["micros"] + dice.between(20, 200) * _SECOND + dice.below(_SECOND)
    return found


def _row(
    operation: Operation,
    step: str,
    operation_id: str,
    names: tuple[str, str],
    claims: Fields,
    *,
    shown: bool,
) -> Fields:
    tenant_id, hierarchy = names
    authorization: Fields = {"action": operation.action, "scope": operation.scope}
    if shown:
        authorization["evidence"] = evidence_of(operation)
    status = operation.status if step == FAILED else (202 if step == ACCEPTED else 200)
    properties: Fields = {"eventCategory": "Administrative", "entity": operation.scope, "message": operation.action}
    if step != STARTED:
        properties = {"statusCode": _STATUS.get(status, "OK"), "serviceRequestId": None, **properties}
    properties["hierarchy"] = hierarchy
    if step == FAILED:
        properties["statusMessage"] = _message(operation)
    if operation.body is not None:
        name = operation.extra.get("body", "requestbody")
        if name == "requestbody" or step == SUCCEEDED:
            properties[name] = msgspec.json.encode(operation.body).decode()
    resource = operation.extra.get("resource", operation.scope)
    return {
        "authorization": authorization,
        "claims": claims,
        "caller": operation.who.upn or operation.who.guid,
        "correlationId": operation.correlation,
        "operationId": operation_id,
        "operationName": operation.extra.get("operation", operation.action),
        "resourceId": resource,
        "tenantId": tenant_id,
        "address": operation.address,
        "method": operation.call.method if operation.call else "PUT",
        "step": step,
        "status": _STATUS.get(status, "OK"),
        "code": status,
        "properties": properties,
    }


def claims_of(operation: Operation, tenant_id: str) -> Fields:
    """Return the claims of the caller's token; software has neither name nor address in them."""
    token, who = operation.token, operation.who
    issuer = f"https://sts.windows.net/{tenant_id}/"
    found: Fields = {"aud": "https://management.core.windows.net/", "iss": issuer}
    if token is not None:
        issued = str(token.issued // _SECOND)
        found.update(iat=issued, nbf=issued, exp=str(token.expires // _SECOND))
    found["appid"] = operation.client or who.app_id
    found["appidacr"] = "0" if who.kind == "user" else "2"
    if who.kind == "user":
        found.update(
            {
                "http://schemas.microsoft.com/claims/authnclassreference": "1",
                "http://schemas.microsoft.com/claims/authnmethodsreferences": "pwd,mfa",
                "ipaddr": operation.address,
                "name": who.name,
                CLAIMS + "objectidentifier": who.guid,
                CLAIMS + "scope": "user_impersonation",
                CLAIMS + "tenantid": tenant_id,
                _SOAP + "name": who.upn,
                _SOAP + "upn": who.upn,
            }
        )
    else:
        found.update(
            {
                CLAIMS + "identityprovider": issuer,
                CLAIMS + "objectidentifier": who.guid,
                _SOAP + "nameidentifier": who.guid,
                CLAIMS + "tenantid": tenant_id,
                "idtyp": "app",
            }
        )
    if token is not None:
        found["uti"] = operation.extra["uti"]
    found["ver"] = "1.0"
    if who.kind == "managed" and who.resource:
        found["xms_mirid"] = who.resource
        if operation.extra.get("host"):
            found["xms_az_rid"] = operation.extra["host"]
    return found


def evidence_of(operation: Operation) -> Fields:
    """Return what Azure writes of the assignment that granted it: ids without dashes."""
    given = operation.granting[0].assignment
    return {
        "role": given.role.name,
        "roleAssignmentScope": given.scope,
        "roleAssignmentId": given.guid.replace("-", ""),
        "roleDefinitionId": given.role.guid.replace("-", ""),
        "principalId": given.principal.replace("-", ""),
        "principalType": given.principal_type,
    }


def _message(operation: Operation) -> str:
    code, text = "Conflict", "Another operation is in progress on this resource."
    if operation.status == _FORBIDDEN:
        client = f"The client '{operation.who.guid}' with object id '{operation.who.guid}' does not have authorization"
        code = "AuthorizationFailed"
        text = (
            f"{client} to perform action '{operation.action}' over scope '{operation.scope}' or the scope is invalid."
        )
    elif operation.status == _NOT_FOUND:
        code, text = "ResourceNotFound", f"The Resource '{operation.scope}' was not found."
    return msgspec.json.encode({"error": {"code": code, "message": text}}).decode()


def diagnostic(row: Fields, dice: Dice) -> Fields:
    """Return a row as a diagnostic setting writes it."""
    resource = row["resourceId"]
    found: Fields = {
        "time": seven(row["micros"]),
        "resourceId": _cased(resource, dice.roll()),
        "operationName": row["operationName"].upper(),
        "category": row.get("category", "Administrative"),
        "resultType": _WORDS.get(row["step"], row["step"]),
        "resultSignature": f"{row['step']}." + ("" if row["step"] == STARTED else row["status"]),
        "durationMs": "0",
        "callerIpAddress": row["address"],
        "correlationId": row["correlationId"],
        "identity": {"authorization": row["authorization"], "claims": row["claims"]},
        "level": "Error" if row["step"] == FAILED else "Information",
        "location": "global",
        "tenantId": row["tenantId"],
        "properties": row["properties"],
    }
    if not row["address"]:
        del found["callerIpAddress"]
    return found


def _cased(resource: str, roll: float) -> str:
    """Spell a resource id as diagnostic settings do: in upper case, mostly, the subscription not always."""
    if roll < _AS_IT_IS:
        return resource
    return upper_but_guid(resource) if roll < _AS_IT_IS + _GUID_KEPT else resource.upper()


_AS_IT_IS, _GUID_KEPT = 0.15, 0.35


def upper_but_guid(resource: str) -> str:
    """Return a resource id in upper case, the subscription's GUID as it is."""
    parts = resource.split("/", 3)
    if len(parts) < 4 or parts[1].lower() != "subscriptions":  # noqa: PLR2004 - "", the word, the id, the rest
        return resource.upper()
    return f"/SUBSCRIPTIONS/{parts[2]}/{parts[3].upper()}"


def api(row: Fields) -> Fields:
    """Return a row as the REST API answers it."""
    resource, category = row["resourceId"], row.get("category", "Administrative")
    kind = row["operationName"].rpartition("/")[0].removesuffix("/write")
    group = resource.split("/")[4] if resource.lower().startswith("/subscriptions/") and resource.count("/") > 3 else ""  # noqa: PLR2004 - /subscriptions/{id}/resourceGroups/{name}
    ended = row["step"] in {SUCCEEDED, FAILED}
    return {
        "authorization": row["authorization"],
        "caller": row["caller"],
        "channels": "Operation",
        "claims": row["claims"],
        "correlationId": row["correlationId"],
        "description": "",
        "eventDataId": row["eventDataId"],
        "eventName": _named("EndRequest" if ended else "BeginRequest", "End request" if ended else "Begin request"),
        "category": _named(category),
        **(
            {
                "httpRequest": {
                    "clientRequestId": row["eventDataId"],
                    "clientIpAddress": row["address"],
                    "method": row["method"],
                }
            }
            if row["address"]
            else {}
        ),
        "id": f"{resource}/events/{row['eventDataId']}/ticks/{621_355_968_000_000_000 + row['micros'] * 10}",
        "level": "Error" if row["step"] == FAILED else "Informational",
        "resourceGroupName": group,
        "resourceProviderName": _named(row["operationName"].partition("/")[0]),
        "resourceId": resource,
        "resourceType": _named(kind),
        "operationId": row["operationId"],
        "operationName": _named(row["operationName"]),
        "properties": {name: value for name, value in row["properties"].items() if value is not None},
        "status": _named(row["step"]),
        "subStatus": _named(
            row["status"] if ended else "", f"{row['status']} (HTTP Status Code: {row['code']})" if ended else ""
        ),
        "eventTimestamp": seven(row["micros"]),
        "submissionTimestamp": plain(row["submitted"]) + "Z",
        "subscriptionId": resource.split("/")[2] if resource.lower().startswith("/subscriptions/") else "",
        "tenantId": row["tenantId"],
    }


def _named(value: str, localized: str | None = None) -> Fields:
    return {"value": value, "localizedValue": value if localized is None else localized}


def table(row: Fields) -> Fields:
    """Return a row as the table AzureActivity holds it."""
    resource, category = row["resourceId"], row.get("category", "Administrative")
    parts = resource.split("/")
    authorization = msgspec.json.encode(row["authorization"]).decode()
    claims = msgspec.json.encode(row["claims"]).decode()
    properties = msgspec.json.encode(row["properties"]).decode()
    http = {"clientRequestId": row["eventDataId"], "clientIpAddress": row["address"], "method": row["method"]}
    return {
        "TimeGenerated": row["micros"],
        "OperationNameValue": row["operationName"].upper(),
        "OperationName": row["operationName"].rpartition("/")[0].rpartition("/")[2],
        "Level": "Error" if row["step"] == FAILED else "Informational",
        "ActivityStatusValue": _WORDS.get(row["step"], row["step"]),
        "ActivityStatus": row["step"],
        "ActivitySubstatusValue": row["status"] if row["step"] in {SUCCEEDED, FAILED} else "",
        "ResourceGroup": parts[4] if len(parts) > 4 else "",  # noqa: PLR2004
        "SubscriptionId": parts[2] if len(parts) > 2 else "",  # noqa: PLR2004
        "CorrelationId": row["correlationId"],
        "Caller": row["caller"],
        "CallerIpAddress": row["address"],
        "CategoryValue": category,
        "Category": category,
        "HTTPRequest": msgspec.json.encode(http).decode() if row["address"] else "",
        "Authorization": authorization,
        "Authorization_d": authorization,
        "Claims": claims,
        "Claims_d": claims,
        "Properties": properties,
        "Properties_d": properties,
        "EventSubmissionTimestamp": row["submitted"],
        "EventDataId": row["eventDataId"],
        "OperationId": row["operationId"],
        "ResourceProviderValue": row["operationName"].partition("/")[0].upper(),
        "Hierarchy": row["properties"].get("hierarchy", ""),
        "ResourceId": resource,
        "_ResourceId": resource.lower(),
        "Type": "AzureActivity",
    }
