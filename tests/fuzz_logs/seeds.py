"""Valid records of every log in every shape, made up here; where REMIT_TEST_DATA is, public ones as well."""

from __future__ import annotations

import json
from typing import Any

from tests.docs.log_counts import DATA, contents, files, framed

_S = "/subscriptions/0b1f6471-1bf0-4dda-aec3-111122223333"
_VAULT = f"{_S}/resourceGroups/r/providers/Microsoft.KeyVault/vaults/v"
_STORE = f"{_S}/resourceGroups/r/providers/Microsoft.Storage/storageAccounts/s"
_CLUSTER = f"{_S}/resourceGroups/r/providers/Microsoft.ContainerService/managedClusters/c"
_COSMOS = f"{_S}/resourceGroups/r/providers/Microsoft.DocumentDB/databaseAccounts/d"
_TENANT = "/tenants/99990000-aaaa-bbbb-cccc-ddddeeeeffff/providers/Microsoft.aadiam"
_OID = "11112222-3333-4444-5555-666677778888"
_APP = "c44b4083-3bb0-49c1-b47d-974e53cbdf3c"
_TIME = "2026-08-16T04:04:07.5557146Z"
_CLAIM = "http://schemas.microsoft.com/identity/claims/objectidentifier"
_LONGEST = 20_000

_AUTHORIZATION = {
    "action": "Microsoft.Authorization/roleAssignments/write",
    "scope": f"{_S}/providers/Microsoft.Authorization/roleAssignments/a",
    "evidence": {"role": "Owner", "roleAssignmentId": "0a1b2c3d4e5f60718293a4b5c6d7e8f9", "principalId": _OID},
}
_CLAIMS = {_CLAIM: _OID, "appid": _APP, "uti": "JgW9XEOQM0WNakyHMghCAA", "xms_mirid": _VAULT, "ipaddr": "203.0.113.9"}
_BODY = json.dumps({"Properties": {"PrincipalId": _OID, "RoleDefinitionId": "/x/y", "Scope": _S}})
_AUDIT = {
    "id": "Directory_X",
    "category": "RoleManagement",
    "activityDisplayName": "Add member to role",
    "activityDateTime": _TIME,
    "result": "success",
    "initiatedBy": {"user": {"id": _OID, "userPrincipalName": "a@contoso.example", "ipAddress": "203.0.113.7"}},
    "targetResources": [
        {
            "id": _OID,
            "type": "User",
            "modifiedProperties": [{"displayName": "Role.ObjectID", "newValue": '"x"', "oldValue": None}],
        }
    ],
    "additionalDetails": [{"key": "RoleDefinitionOriginId", "value": "x"}],
}
_SIGN_IN = {
    "id": "a08869a8-3b15-46e4-8de3-273849e60100",
    "createdDateTime": _TIME,
    "appId": _APP,
    "userId": _OID,
    "userPrincipalName": "a@contoso.example",
    "servicePrincipalId": _OID,
    "status": {"errorCode": 50126},
    "uniqueTokenIdentifier": "YTA4ODY5YTgtM2IxNS00NmU0LThkZTMtMjczODQ5ZTYwMTAw",
}
_GRAPH = {
    "requestId": "a08869a8-3b15-46e4-8de3-273849e60100",
    "requestMethod": "GET",
    "requestUri": f"https://graph.microsoft.com/v1.0/users/{_OID}/messages?$top=1",
    "responseStatusCode": 200,
    "appId": _APP,
    "userId": _OID,
    "signInActivityId": "JgW9XEOQM0WNakyHMghCAA",
}
_KUBERNETES = {
    "kind": "Event",
    "auditID": "a08869a8-3b15-46e4-8de3-273849e60100",
    "stage": "ResponseComplete",
    "verb": "list",
    "user": {"username": "a@contoso.example", "extra": {"oid": [_OID]}},
    "objectRef": {"resource": "pods", "namespace": "n", "apiVersion": "v1"},
    "responseStatus": {"code": 200},
    "requestReceivedTimestamp": _TIME,
    "annotations": {"authorization.k8s.io/decision": "allow"},
}


def _diagnostic(category: str, operation: str, resource: str, **fields: Any) -> dict[str, Any]:
    base = {"time": _TIME, "category": category, "operationName": operation, "resourceId": resource}
    return {**base, "resultType": "0", "correlationId": _OID, "callerIpAddress": "203.0.113.7:443", **fields}


def _row(table: str, **columns: Any) -> dict[str, Any]:
    return {"Type": table, "TimeGenerated": "4/28/2026, 2:32:14.029 PM", "CorrelationId": _OID, **columns}


def _upper(fields: dict[str, Any]) -> dict[str, Any]:
    """Return the row of a table that a diagnostic record would be: JSON in texts."""
    return {
        name[:1].upper() + name[1:]: json.dumps(value) if isinstance(value, dict | list) else value
        for name, value in fields.items()
    }


def made_up() -> list[dict[str, Any]]:
    """Return a record of every log in every shape."""
    identity = {"authorization": _AUTHORIZATION, "claims": _CLAIMS}
    activity = _diagnostic("Administrative", "A/B/WRITE", _VAULT, identity=identity, properties={"requestbody": _BODY})
    api = {
        "eventTimestamp": _TIME,
        "submissionTimestamp": _TIME,
        "authorization": _AUTHORIZATION,
        "claims": _CLAIMS,
        "operationName": {"value": "a/b/write"},
        "status": {"value": "Failed"},
        "category": {"value": "Administrative"},
        "properties": {"statusCode": "Forbidden", "statusMessage": '{"error":{"code":"AuthorizationFailed"}}'},
        "eventDataId": _OID,
        "correlationId": _OID,
        "resourceId": _S,
        "caller": "a@contoso.example",
    }
    texts = {"Authorization": json.dumps(_AUTHORIZATION), "Claims": json.dumps(_CLAIMS), "Properties": "{}"}
    vault = {"requestUri": "https://v.vault.azure.net/secrets/x?api-version=7", "httpStatusCode": 403, "id": "x"}
    claim = {"claim": {"oid": _OID, "appid": _APP, "xms_mirid": _VAULT}}
    store = {
        "statusCode": 200,
        "statusText": "Success",
        "uri": "https://s.blob.core.windows.net/c/b",
        "identity": {
            "type": "OAuth",
            "requester": {"appId": _APP, "objectId": _OID},
            "authorization": [
                {"action": "Microsoft.Storage/x/read", "roleAssignmentId": _OID, "principals": [{"id": _OID}]}
            ],
        },
    }
    cosmos = {"requestResourceType": "Document", "statusCode": "200", "aadPrincipalId": _OID, "operationType": "Read"}
    decision = "Action: 'Microsoft.KeyVault/x/action' Assignment: (not found)"
    refusal = f"Caller: appid={_APP};oid={_OID};xms_mirid={_VAULT} {decision}"
    unified = {
        "CreationTime": "2026-01-01T00:00:00",
        "Workload": "AzureActiveDirectory",
        "Operation": "Add user.",
        "Id": _OID,
    }
    sign_ins = ("SignInLogs", "NonInteractiveUserSignInLogs", "ServicePrincipalSignInLogs", "ManagedIdentitySignInLogs")
    tables = (
        "SigninLogs",
        "AADNonInteractiveUserSignInLogs",
        "AADServicePrincipalSignInLogs",
        "AADManagedIdentitySignInLogs",
    )
    return [
        activity,
        api,
        _row("AzureActivity", OperationNameValue="A/B/C", ActivityStatusValue="Success", SubscriptionId="s", **texts),
        *(_diagnostic(name, "Sign-in activity", _TENANT, properties=_SIGN_IN) for name in sign_ins),
        *(_row(name, OperationName="Sign-in activity", ResultType="0", **_upper(_SIGN_IN)) for name in tables),
        _SIGN_IN,
        _diagnostic("AuditLogs", "Add member to role", _TENANT, properties=_AUDIT),
        _row("AuditLogs", OperationName="Add member to role", **_upper(_AUDIT)),
        _AUDIT,
        {**unified, "UserId": "a@contoso.example", "Actor": [{"ID": _OID, "Type": 2}], "ResultStatus": "Success"},
        _diagnostic("MicrosoftGraphActivityLogs", "Microsoft Graph Activity", _TENANT, properties=_GRAPH),
        _row("MicrosoftGraphActivityLogs", **_upper(_GRAPH)),
        _diagnostic("AuditEvent", "SecretGet", _VAULT, identity=claim, properties=vault, resultDescription=refusal),
        _row(
            "AZKVAuditLogs", OperationName="SecretGet", _ResourceId=_VAULT, Identity=json.dumps(claim), **_upper(vault)
        ),
        _row(
            "AzureDiagnostics", Category="AuditEvent", OperationName="KeyGet", ResourceId=_VAULT, httpStatusCode_d=200
        ),
        _diagnostic("StorageRead", "GetBlob", f"{_STORE}/blobServices/default", **store),
        _row(
            "StorageBlobLogs",
            OperationName="GetBlob",
            StatusCode="200",
            AuthenticationType="OAuth",
            RequesterObjectId=_OID,
            Uri="u",
        ),
        _diagnostic("DataPlaneRequests", "Read", _COSMOS, properties=cosmos),
        _row("CDBDataPlaneRequests", OperationName="Read", _ResourceId=_COSMOS, **_upper(cosmos)),
        _diagnostic("kube-audit", "x/Read", _CLUSTER, properties={"log": json.dumps(_KUBERNETES)}),
        _row("AKSAudit", _ResourceId=_CLUSTER, **_upper(_KUBERNETES)),
        {"@timestamp": _TIME, "azure": {"activitylogs": {"identity": identity}}, "event": {"action": "A/B/C"}},
        {"message": json.dumps(activity)},
        {"evt": {"name": "x"}, "attributes": activity, "full_log": json.dumps(api)},
        {f"properties.{name}": value for name, value in _SIGN_IN.items()} | {"category": "SignInLogs", "time": _TIME},
    ]


def seeds() -> list[bytes]:
    """Return what is mutated."""
    ours = [json.dumps(record).encode() for record in made_up()]
    theirs: list[bytes] = []
    if DATA.exists():
        for path in files():
            some = [record for data in contents(path) for record in framed(data) if isinstance(record, bytes)]
            theirs += [record for record in some[:: max(1, len(some) // 20)] if len(record) < _LONGEST]
    return theirs + ours * max(1, len(theirs) // len(ours))
