"""Calls of Microsoft Graph: reads too, with the permissions that stood in the token."""

from __future__ import annotations

from dataclasses import dataclass

from remit_sim.generate.dice import Dice, Ids
from remit_sim.generate.usage.instants import plain, seven
from remit_sim.generate.usage.operations import Fields, Operation


@dataclass(frozen=True, slots=True)
class Request:
    """A request: `{u}`, `{g}` and `{a}` in `path` are ids of users, groups and applications."""

    method: str
    path: str
    query: str
    permission: str

    @property
    def action(self) -> str:
        """Return its normal form."""
        path = self.path
        for mark in ("{u}", "{g}", "{a}"):
            path = path.replace(mark, "{id}")
        return f"{self.method} {path}"


REQUESTS = (
    Request("GET", "/users/{u}", "?$select=id,displayName,mail", "User.Read.All"),
    Request("GET", "/users", "?$top=999", "User.Read.All"),
    Request("GET", "/users/{u}/memberOf", "", "GroupMember.Read.All"),
    Request("GET", "/groups/{g}/members", "?$top=100", "GroupMember.Read.All"),
    Request("GET", "/groups/{g}", "", "Group.Read.All"),
    Request("GET", "/applications/{a}", "", "Application.Read.All"),
    Request("GET", "/servicePrincipals", "?$filter=servicePrincipalType eq 'Application'", "Application.Read.All"),
    Request("GET", "/organization", "", "Organization.Read.All"),
    Request("PATCH", "/users/{u}", "", "User.ReadWrite.All"),
    Request("POST", "/groups/{g}/members/$ref", "", "GroupMember.ReadWrite.All"),
    Request("POST", "/users/{u}/sendMail", "", "Mail.Send"),
    Request("GET", "/auditLogs/signIns", "?$top=50", "AuditLog.Read.All"),
)


def aad_record(operation: Operation, dice: Dice, ids: Ids, tenant_id: str) -> Fields:
    """Return the record of a call of AAD Graph, which is retired, and still called: ids of tokens are padded."""
    request: Request = operation.extra["request"]
    who = operation.who
    path = request.path.replace("{u}", ids.guid("graph-object", who.guid)).replace("{g}", ids.guid("graph-object", 0))
    software = who.kind != "user"
    said: Fields = {
        "__UDI_RequiredFields_RegionScope": "EU",
        "__UDI_RequiredFields_TenantId": tenant_id,
        "__UDI_RequiredFields_UniqueId": ids.guid("graph-request", operation.number),
        "actorType": "ServicePrincipal" if software else "User",
        "apiVersion": "1.6",
        "appId": operation.client or who.app_id,
        "atContent": "",
        "callerIpAddress": operation.address,
        "clientAuthMethod": 1 if software else 0,
        "deviceId": "",
        "durationMs": dice.between(10, 400),
        "httpMethod": request.method,
        "httpStatusCode": operation.status,
        "identityProvider": f"https://sts.windows.net/{tenant_id}/",
        "location": "WestEurope",
        "operationId": operation.correlation,
        "requestId": ids.guid("graph-request", operation.number),
        "requestUri": f"https://graph.windows.net/{tenant_id}{path}?api-version=1.6",
        "responseSizeBytes": dice.between(200, 60_000),
        "roles": f" {request.permission}," if software else "",
        "scopes": "" if software else "62e90394-69f5-4237-9190-012177145e10",
        "servicePrincipalId": who.guid if software else "",
        "signInActivityId": operation.extra["uti"] + "==",
        "tenantId": tenant_id,
        "timeGenerated": seven(operation.time),
        "userAgent": "azure-graph-client/1.0",
        "userId": "" if software else who.guid,
        "wids": "",
    }
    return {
        "time": seven(operation.time),
        "category": "AzureADGraphActivityLogs",
        "location": "WestEurope",
        "operationName": "AAD Graph Activity",
        "properties": said,
        "tenantId": tenant_id,
    }


def record(operation: Operation, dice: Dice, ids: Ids, tenant_id: str) -> Fields:
    """Return the diagnostic record of one request."""
    request: Request = operation.extra["request"]
    who = operation.who
    path = request.path
    for mark in ("{u}", "{g}", "{a}"):
        path = path.replace(mark, ids.guid("graph-object", f"{operation.who.guid}/{dice.below(4)}"))
    version = "beta" if dice.chance(0.15) else "v1.0"
    own = ids.guid("graph-request", operation.number)
    status, duration = operation.status, dice.between(9_000, 2_700_000)
    software = who.kind != "user"
    token = operation.token
    said: Fields = {
        "timeGenerated": seven(operation.time),
        "location": "West Europe",
        "requestId": own,
        "operationId": operation.correlation,
        "clientRequestId": ids.guid("graph-client", operation.number),
        "apiVersion": version,
        "requestMethod": request.method,
        "responseStatusCode": status,
        "durationMs": duration,
        "responseSizeBytes": dice.between(200, 60_000),
        "ipAddress": operation.address,
        "userAgent": "python-requests/2.32.3" if software else "azure-portal",
        # Two slashes after the version are as real as one.
        "requestUri": f"https://graph.microsoft.com/{version}{'/' if dice.chance(0.1) else ''}{path}{request.query}",
        "appId": operation.client or who.app_id,
        "userId": None if software else who.guid,
        "servicePrincipalId": who.guid if software else None,
        "roles": request.permission if software else "",
        "scopes": None if software else f"{request.permission} openid profile User.Read",
        "identityProvider": f"https://sts.windows.net/{tenant_id}/",
        "clientAuthMethod": "2" if software else "0",
        "wids": "b79fbf4d-3ef9-4689-8143-76b194e85509",
        "C_Idtyp": "app" if software else "user",
        "UserPrincipalObjectID": who.guid,
        "tenantId": tenant_id,
        "atContent": "",
    }
    if token is not None:
        said["tokenIssuedAt"] = plain(token.issued) + "Z"
        said["signInActivityId"] = operation.extra["uti"]
    return {
        "time": seven(operation.time),
        "resourceId": f"/TENANTS/{tenant_id.upper()}/PROVIDERS/MICROSOFT.AADIAM",
        "operationName": "Microsoft Graph Activity",
        "operationVersion": version,
        "category": "MicrosoftGraphActivityLogs",
        "resultSignature": str(status),
        "durationMs": duration,
        "callerIpAddress": operation.address,
        "correlationId": own,
        "Level": 4,
        "location": "West Europe",
        "properties": said,
        "tenantId": tenant_id,
    }
