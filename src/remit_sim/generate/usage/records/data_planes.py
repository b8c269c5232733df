"""Records of data planes: Key Vault, Storage, Cosmos DB, AKS. Each names the assignment in its own way."""

from __future__ import annotations

import msgspec

from remit_sim.generate.dice import Dice, Ids
from remit_sim.generate.usage.instants import plain, seven
from remit_sim.generate.usage.operations import Fields, Operation
from remit_sim.generate.usage.records.activity import upper_but_guid

_SIGNATURES = {200: "OK", 201: "Created", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 409: "Conflict"}
_REASONS = {
    200: "Success",
    201: "Success",
    403: "AuthorizationPermissionMismatch",
    404: "BlobNotFound",
    409: "BlobAlreadyExists",
}
_AGENT = "azsdk-python-core/1.35.0 Python/3.12 (Linux-6.8-x86_64)"
_PORTS = (1_024, 65_000)
_UPPER_OF_FIVE = 2
"""So many of five records spell the subscription of the vault in upper case, too."""


def key_vault(operation: Operation, ids: Ids, tenant_id: str) -> Fields:
    """Return an audit event of a vault; `resultType` is Success on a refusal, too."""
    who, status = operation.who, operation.status
    vault = operation.target.id if operation.target else ""
    name = vault.rpartition("/")[2].lower()
    claim: Fields = {
        "oid": who.guid,
        "appid": operation.client or who.app_id,
        "appidacr": "0" if who.kind == "user" else "2",
    }
    claim["xms_az_nwperimid"] = []
    if who.kind == "user":
        claim.update(scp="user_impersonation", upn=who.upn, unique_name=who.upn, ipaddr=operation.address, amr="pwd")
    elif who.resource:
        claim["xms_mirid"] = who.resource
        if operation.extra.get("host"):
            claim["xms_az_rid"] = operation.extra["host"]
    uri = f"https://{name}.vault.azure.net{operation.extra['path']}"
    said: Fields = {
        "id": uri,
        "clientInfo": _AGENT,
        "httpStatusCode": status,
        "requestUri": f"{uri}?api-version=7.4",
        "isRbacAuthorized": status != 403,  # noqa: PLR2004 - HTTP
        "isAddressAuthorized": True,
        "addrAuthType": "PublicIP",
        "tlsVersion": "TLS1_3",
    }
    if operation.granting:
        said["appliedAssignmentId"] = operation.assignment_id
    record: Fields = {
        "time": seven(operation.time),
        "category": "AuditEvent",
        "operationName": operation.call.operation if operation.call else "",
        "resultType": "Success",
        "correlationId": operation.correlation,
        "callerIpAddress": operation.address,
        "identity": {"claim": claim},
        "properties": said,
        "resourceId": vault.upper() if operation.number % 5 < _UPPER_OF_FIVE else upper_but_guid(vault),
        "operationVersion": "7.4",
        "resultSignature": _SIGNATURES.get(status, "OK"),
        "durationMs": str(ids.guid("duration", operation.number).count("a") + 7),
    }
    if status == 403:  # noqa: PLR2004
        machine = f";xms_mirid={who.resource}" if who.resource else ""
        record["resultDescription"] = (
            "Caller is not authorized to perform action on resource.\r\nIf role assignments, deny assignments or role"
            " definitions were changed recently, please observe propagation time.\r\n"
            f"Caller: appid={claim['appid']};oid={who.guid};iss=https://sts.windows.net/{tenant_id}/{machine}\r\n"
            f"Action: '{operation.action}'\r\nResource: '{operation.scope.lower()}'\r\nAssignment: (not found)\r\n"
            f"DenyAssignmentId: null\r\nDecisionReason: null \r\nVault: {name};location=westeurope\r\n"
        )
    return record


def challenge(operation: Operation, seven_: str) -> Fields:
    """Return what every new client of a vault is answered first; nobody called yet."""
    vault = operation.target.id if operation.target else ""
    name = vault.rpartition("/")[2].lower()
    return {
        "time": seven_,
        "category": "AuditEvent",
        "operationName": operation.call.operation if operation.call else "VaultGet",
        "resultType": "Success",
        "correlationId": operation.correlation,
        "callerIpAddress": operation.address,
        "identity": {},
        "properties": {
            "clientInfo": _AGENT,
            "httpStatusCode": 401,
            "requestUri": f"https://{name}.vault.azure.net{operation.extra['path']}?api-version=7.4",
            "isAddressAuthorized": True,
            "addrAuthType": "PublicIP",
        },
        "resourceId": vault.upper(),
        "operationVersion": "7.4",
        "resultSignature": "Unauthorized",
        "resultDescription": "AKV10000: Request is missing a Bearer or PoP token.",
        "durationMs": "3",
    }


def storage(operation: Operation, dice: Dice, tenant_id: str) -> Fields:
    """Return a record of a storage account; calls by key or signature name no principal."""
    account = operation.target.id if operation.target else ""
    name = account.rpartition("/")[2].lower()
    call, status = operation.call, operation.status
    verb = call.operation if call else ""
    way = operation.extra.get("way", "OAuth")
    identity: Fields = {"type": way}
    if way == "OAuth":
        given = operation.granting[0].assignment if operation.granting else None
        principal = {"id": operation.who.guid, "type": "User" if operation.who.kind == "user" else "ServicePrincipal"}
        identity["authorization"] = [
            {
                "action": operation.action,
                "result": "Granted" if given else "Denied",
                "reason": "Policy" if given else "NoMatchingPolicy",
                "type": "RBAC",
                **({"roleAssignmentId": given.guid, "roleDefinitionId": given.role.guid} if given else {}),
                "denyAssignmentId": "",
                "principals": [{"id": given.principal, "type": given.principal_type}] if given else [principal],
            }
        ]
        identity["requester"] = {
            "appId": operation.client or operation.who.app_id,
            "audience": "https://storage.azure.com/",
            "objectId": operation.who.guid,
            "tenantId": tenant_id,
            "tokenIssuer": f"https://sts.windows.net/{tenant_id}/",
            **({"upn": operation.who.upn} if operation.who.upn else {}),
        }
    identity["tokenHash"] = (
        f"{'key1' if way != 'OAuth' else 'token'}({operation.correlation.replace('-', '').upper() * 2})"
    )
    container = operation.extra["container"]
    listing = "?restype=container&comp=list" if verb == "ListBlobs" else f"/{operation.extra['blob']}"
    category = {"DELETE": "StorageDelete", "PUT": "StorageWrite"}.get(call.method if call else "", "StorageRead")
    return {
        "time": seven(operation.time),
        "resourceId": f"{account}/blobServices/default",
        "category": category,
        "operationName": verb,
        "operationVersion": "2023-11-03",
        "schemaVersion": "1.0",
        "statusCode": status,
        "statusText": _REASONS.get(status, "Success"),
        "durationMs": dice.between(2, 90),
        "callerIpAddress": f"{_bracketed(operation.address)}:{dice.between(*_PORTS)}",
        "correlationId": operation.correlation,
        "identity": identity,
        "location": "westeurope",
        "properties": {
            "accountName": name,
            "userAgentHeader": _AGENT,
            "serviceType": "blob",
            "objectKey": f"/{name}/{container}" + ("" if verb == "ListBlobs" else f"/{operation.extra['blob']}"),
            "metricResponseType": "Success" if status < 400 else "ClientOtherError",  # noqa: PLR2004
            "serverLatencyMs": 4,
            "requestHeaderSize": 791,
            "responseHeaderSize": 246,
            "tlsVersion": "TLS1.3",
        },
        "uri": f"https://{name}.blob.core.windows.net:443/{container}{listing}",
        "protocol": "HTTPS",
        "resourceType": "Microsoft.Storage/storageAccounts/blobServices",
    }


def _bracketed(address: str) -> str:
    return f"[{address}]" if ":" in address else address


def cosmos(operation: Operation, ids: Ids) -> Fields:
    """Return a request to a Cosmos DB account; the assignment is one of the account's own roles."""
    account = operation.target.id if operation.target else ""
    return {
        "time": seven(operation.time),
        "resourceId": account.upper(),
        "category": "DataPlaneRequests",
        "operationName": operation.call.operation if operation.call else "",
        "properties": {
            "activityId": ids.guid("cosmos", operation.number),
            "requestResourceType": "Document",
            "requestResourceId": f"/dbs/{operation.extra['database']}/colls/orders",
            "collectionRid": "",
            "databaseRid": "",
            "statusCode": str(operation.status),
            "duration": "3.2",
            "userAgent": "cosmos-dotnet-sdk/3.43.0",
            "clientIpAddress": operation.address,
            "requestCharge": "2.83",
            "requestLength": "0",
            "responseLength": "412",
            "resourceTokenPermissionId": "",
            "resourceTokenPermissionMode": "",
            "resourceTokenUserRid": "",
            "region": "West Europe",
            "authTokenType": "AadToken",
            "aadPrincipalId": operation.who.guid,
            "aadAppliedRoleAssignmentId": operation.native,
        },
    }


def kubernetes(operation: Operation, ids: Ids) -> Fields:
    """Return an audit event of a cluster: the event itself is a text within the record."""
    cluster = operation.target.id if operation.target else ""
    verb, what = (operation.call.method, operation.call.operation) if operation.call else ("get", "pods")
    group, _, resource = what.rpartition("/")
    who = operation.who
    given = operation.granting[0].assignment if operation.granting else None
    space = operation.extra["namespace"]
    moment = plain(operation.time) + f".{operation.time % 1_000_000:06d}Z"
    allowed = operation.status != 403  # noqa: PLR2004
    reason = (
        f"Access allowed by Azure RBAC Role Assignment {given.guid} of Role {given.role.guid} to user {who.guid}"
        if given
        else ""
    )
    event: Fields = {
        "kind": "Event",
        "apiVersion": "audit.k8s.io/v1",
        "level": "Metadata",
        "auditID": ids.guid("aks", operation.number),
        "stage": "ResponseComplete",
        "requestURI": f"/api{'s/' + group if group else ''}/v1/namespaces/{space}/{resource}",
        "verb": verb,
        "user": {
            "username": who.upn or who.guid,
            "groups": ["system:authenticated"],
            "extra": {"oid": [who.guid]},
        },
        "sourceIPs": [operation.address],
        "userAgent": "kubectl/v1.33.0 (linux/amd64)",
        "objectRef": {
            "resource": resource,
            "namespace": space,
            "apiVersion": "v1",
            **({"apiGroup": group} if group else {}),
        },
        "responseStatus": {"metadata": {}, "code": operation.status},
        "requestReceivedTimestamp": moment,
        "stageTimestamp": moment,
        "annotations": {
            "authorization.k8s.io/decision": "allow" if allowed else "forbid",
            "authorization.k8s.io/reason": reason,
        },
    }
    return {
        "Cloud": "AzureCloud",
        "Environment": "prod",
        "category": "kube-audit",
        "ccpNamespace": ids.guid("ccp", cluster).replace("-", "")[:24],
        "operationName": "Microsoft.ContainerService/managedClusters/diagnosticLogs/Read",
        "properties": {
            "log": msgspec.json.encode(event).decode() + "\n",
            "pod": f"kube-apiserver-{ids.guid('pod', cluster)[:8]}-hjgdc",
            "stream": "stdout",
        },
        "resourceId": cluster.upper(),
        "time": seven(operation.time),
    }
