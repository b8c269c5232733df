"""Log records in few words, as diagnostic settings write them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

START = datetime(2026, 3, 1, tzinfo=UTC)
SUBSCRIPTION = "11111111-1111-1111-1111-111111111111"
TENANT = "33333333-3333-3333-3333-333333333333"


def guid(number: int) -> str:
    return str(UUID(int=number + 2**96))


def moment(hours: float) -> str:
    return (START + timedelta(hours=hours)).isoformat().replace("+00:00", "Z")


def micros(hours: float) -> int:
    return round((START.timestamp() + hours * 3600) * 1e6)


def line(record: dict) -> bytes:
    return json.dumps(record).encode()


def activity(
    hours: float,
    *,
    caller: int = 1,
    correlation: int = 1,
    action: str = "Microsoft.Compute/virtualMachines/write",
    group: str = "rg",
    result: str = "Success",
    assignment: int | None = None,
) -> bytes:
    """One row of the Activity Log."""
    scope = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{group}"
    authorization: dict = {"action": action, "scope": scope}
    if assignment is not None:
        plain = guid(assignment).replace("-", "")
        authorization["evidence"] = {"roleAssignmentId": plain, "principalId": guid(caller).replace("-", "")}
    claims = {"http://schemas.microsoft.com/identity/claims/objectidentifier": guid(caller), "appid": guid(900)}
    return line(
        {
            "time": moment(hours),
            "resourceId": scope.upper(),
            "operationName": action.upper(),
            "category": "Administrative",
            "resultType": result,
            "correlationId": guid(1000 + correlation),
            "callerIpAddress": "192.0.2.7",
            "identity": {"authorization": authorization, "claims": claims},
        }
    )


def secret_get(hours: float, *, caller: int = 1, name: str = "a", status: int = 200, correlation: int = 1) -> bytes:
    """One row of a key vault's audit log."""
    vault = f"/SUBSCRIPTIONS/{SUBSCRIPTION}/RESOURCEGROUPS/RG/PROVIDERS/MICROSOFT.KEYVAULT/VAULTS/KV"
    uri = f"https://kv.vault.azure.net/secrets/{name}"
    return line(
        {
            "time": moment(hours),
            "category": "AuditEvent",
            "operationName": "SecretGet",
            "resultType": "Success",
            "callerIpAddress": "192.0.2.7",
            "correlationId": guid(5000 + correlation),
            "resourceId": vault,
            "identity": {"claim": {"oid": guid(caller), "appid": guid(900)}},
            "properties": {"id": uri, "requestUri": f"{uri}?api-version=7.4", "httpStatusCode": status},
        }
    )


def graph_call(hours: float, *, caller: int = 1, request: int = 1, path: str = "users", status: int = 200) -> bytes:
    """One row of the Microsoft Graph activity log; every one has an id of its own."""
    return line(
        {
            "time": moment(hours),
            "category": "MicrosoftGraphActivityLogs",
            "resourceId": f"/TENANTS/{TENANT}/PROVIDERS/MICROSOFT.AADIAM",
            "properties": {
                "requestId": guid(9000 + request),
                "requestMethod": "GET",
                "requestUri": f"https://graph.microsoft.com/v1.0/{path}",
                "responseStatusCode": status,
                "servicePrincipalId": guid(caller),
                "appId": guid(900),
            },
        }
    )


def role_write(hours: float, *, assignment: int = 70, subject: int = 2, correlation: int = 60) -> bytes:
    """The end of a write of a role assignment."""
    record = json.loads(
        activity(hours, action="Microsoft.Authorization/roleAssignments/write", correlation=correlation)
    )
    scope = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg"
    name = f"{scope}/providers/Microsoft.Authorization/roleAssignments/{guid(assignment)}"
    role = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{guid(80)}"
    body = {"Properties": {"PrincipalId": guid(subject), "RoleDefinitionId": role, "Scope": scope}}
    record["resourceId"] = name.upper()
    record["identity"]["authorization"]["scope"] = name
    record["properties"] = {"requestbody": json.dumps(body), "statusCode": "Created"}
    return line(record)


NOT_UNDERSTOOD = b'{"neither": "here", "nor": "there"}'
