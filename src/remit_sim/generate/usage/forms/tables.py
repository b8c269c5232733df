"""Records as rows of Log Analytics tables. Instants stay numbers here: exports and answers spell them differently."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from remit_sim.generate.usage.calls import ACTIVITY, AKS, COSMOS, KEY_VAULT, STORAGE
from remit_sim.generate.usage.observing import AUDIT, GRAPH
from remit_sim.generate.usage.operations import Fields, Record
from remit_sim.generate.usage.records import activity

TIMES = frozenset({"TimeGenerated", "EventSubmissionTimestamp", "CreatedDateTime", "ActivityDateTime", "TokenIssuedAt"})
WORKSPACE = "5f1c7a1e-0d3b-4f6e-9b7c-3d2a1b0c9e8f"
"""TenantId of every row: the workspace's, never the tenant's."""
_SIGN_IN_TABLES = {
    "SignInLogs": "SigninLogs",
    "NonInteractiveUserSignInLogs": "AADNonInteractiveUserSignInLogs",
    "ServicePrincipalSignInLogs": "AADServicePrincipalSignInLogs",
    "ManagedIdentitySignInLogs": "AADManagedIdentitySignInLogs",
}
_RENAMED = {
    "ipAddress": "IPAddress",
    "location": "LocationDetails",
    "appliedConditionalAccessPolicies": "ConditionalAccessPolicies",
    "riskEventTypes_v2": "RiskEventTypes_V2",
    "resourceId": "ResourceIdentity",
}


def row(record: Record) -> Fields:
    """Return a record as a row of its table; JSON within it is text."""
    made = _ROWS.get(record.log, _sign_in)(record)
    made["TenantId"] = WORKSPACE
    return made


def _text(value: object) -> object:
    return msgspec.json.encode(value).decode() if isinstance(value, (dict, list)) else value


def _pascal(fields: Fields) -> Fields:
    return {_RENAMED.get(name, name[:1].upper() + name[1:]): _text(value) for name, value in fields.items()}


def _activity(record: Record) -> Fields:
    return activity.table(record.fields)


def _sign_in(record: Record) -> Fields:
    fields = record.fields
    made = _pascal(fields["properties"])
    made.pop("CreatedDateTime", None)
    made.update(
        TimeGenerated=record.time,
        CreatedDateTime=record.time,
        OperationName=fields["operationName"],
        OperationVersion="1.0",
        Category=fields["category"],
        ResultType=fields["resultType"],
        ResultSignature="None",
        ResultDescription=fields.get("resultDescription", ""),
        CorrelationId=fields["correlationId"],
        Resource="Microsoft.aadiam",
        ResourceGroup="Microsoft.aadiam",
        Identity=fields.get("identity", ""),
        Level="4",
        Location=fields.get("location", ""),
        AADTenantId=fields["tenantId"],
        SourceSystem="Azure AD",
        Type=_SIGN_IN_TABLES[fields["category"]],
    )
    return made


def _audit(record: Record) -> Fields:
    fields, said = record.fields, record.fields["properties"]
    return {
        "TimeGenerated": record.time,
        "OperationName": fields["operationName"],
        "OperationVersion": "1.0",
        "Category": said["category"],
        "ResultSignature": "None",
        "CorrelationId": fields["correlationId"],
        "Resource": "Microsoft.aadiam",
        "ResourceGroup": "Microsoft.aadiam",
        "Identity": fields["identity"],
        "Level": "4",
        "AdditionalDetails": _text(said["additionalDetails"]),
        "ActivityDateTime": record.time,
        "Id": said["id"],
        "InitiatedBy": _text(said["initiatedBy"]),
        "LoggedByService": said["loggedByService"],
        "Result": said["result"],
        "ResultReason": said["resultReason"],
        "TargetResources": _text(said["targetResources"]),
        "ActivityDisplayName": said["activityDisplayName"],
        "AADOperationType": said["operationType"],
        "AADTenantId": fields["tenantId"],
        "SourceSystem": "Azure AD",
        "Type": "AuditLogs",
    }


def _graph(record: Record) -> Fields:
    said = record.fields["properties"]
    kept = (
        "requestId", "operationId", "clientRequestId", "apiVersion", "requestMethod", "responseStatusCode",
        "durationMs", "responseSizeBytes", "ipAddress", "userAgent", "requestUri", "appId", "userId",
        "servicePrincipalId", "scopes", "roles", "wids", "clientAuthMethod", "signInActivityId", "identityProvider",
    )  # fmt: skip
    made = _pascal({name: said[name] for name in kept if name in said})
    made.update(
        TimeGenerated=record.time,
        AadTenantId=said["tenantId"],
        SourceSystem="Azure AD",
        Type="MicrosoftGraphActivityLogs",
    )
    return made


def _key_vault(record: Record) -> Fields:
    """Return a row of AZKVAuditLogs, or of AzureDiagnostics with all it flattens: by the vault."""
    fields, said = record.fields, record.fields["properties"]
    claim = fields["identity"].get("claim", {})
    common = {
        "TimeGenerated": record.time,
        "OperationName": fields["operationName"],
        "ResultType": fields["resultType"],
        "ResultSignature": fields["resultSignature"],
        "ResultDescription": fields.get("resultDescription", ""),
        "CorrelationId": fields["correlationId"],
        "OperationVersion": "7.4",
        "_ResourceId": fields["resourceId"].lower(),
    }
    if len(record.place) % 2:
        return {
            **common,
            "Category": "AuditEvent",
            "CallerIpAddress": fields["callerIpAddress"],
            "Identity": _text(fields["identity"]),
            "HttpStatusCode": said["httpStatusCode"],
            "RequestUri": said["requestUri"],
            "Id": said.get("id", ""),
            "ClientInfo": said["clientInfo"],
            "IsRbacAuthorized": said.get("isRbacAuthorized"),
            "AppliedAssignmentId": said.get("appliedAssignmentId", ""),
            "Type": "AZKVAuditLogs",
        }
    parts = fields["resourceId"].split("/")
    return {
        **common,
        "Category": "AuditEvent",
        "ResourceId": fields["resourceId"],
        "ResourceGroup": parts[4],
        "SubscriptionId": parts[2].lower(),
        "ResourceProvider": "MICROSOFT.KEYVAULT",
        "Resource": parts[-1],
        "ResourceType": "VAULTS",
        "CallerIPAddress": fields["callerIpAddress"],
        "identity_claim_oid_g": claim.get("oid", ""),
        "identity_claim_appid_g": claim.get("appid", ""),
        "identity_claim_xms_mirid_s": claim.get("xms_mirid", ""),
        "identity_claim_xms_az_rid_s": claim.get("xms_az_rid", ""),
        "httpStatusCode_d": said["httpStatusCode"],
        "requestUri_s": said["requestUri"],
        "id_s": said.get("id", ""),
        "clientInfo_s": said["clientInfo"],
        "isRbacAuthorized_b": said.get("isRbacAuthorized"),
        "appliedAssignmentId_g": said.get("appliedAssignmentId", ""),
        "Type": "AzureDiagnostics",
    }


def _storage(record: Record) -> Fields:
    fields = record.fields
    identity, said = fields["identity"], fields["properties"]
    requester = identity.get("requester", {})
    return {
        "TimeGenerated": record.time,
        "AccountName": said["accountName"],
        "AuthenticationHash": identity["tokenHash"],
        "AuthenticationType": identity["type"],
        "AuthorizationDetails": _text(identity.get("authorization", [])),
        "CallerIpAddress": fields["callerIpAddress"],
        "Category": fields["category"],
        "CorrelationId": fields["correlationId"],
        "DurationMs": fields["durationMs"],
        "ObjectKey": said["objectKey"],
        "OperationName": fields["operationName"],
        "OperationVersion": fields["operationVersion"],
        "Protocol": "HTTPS",
        "RequesterAppId": requester.get("appId", ""),
        "RequesterAudience": requester.get("audience", ""),
        "RequesterObjectId": requester.get("objectId", ""),
        "RequesterTenantId": requester.get("tenantId", ""),
        "RequesterUpn": requester.get("upn", ""),
        "SchemaVersion": "1.0",
        "ServiceType": "blob",
        "StatusCode": str(fields["statusCode"]),
        "StatusText": fields["statusText"],
        "Uri": fields["uri"],
        "UserAgentHeader": said["userAgentHeader"],
        "_ResourceId": fields["resourceId"].lower().removesuffix("/blobservices/default"),
        "Type": "StorageBlobLogs",
    }


def _cosmos(record: Record) -> Fields:
    fields = record.fields
    made = _pascal(fields["properties"])
    made.update(
        TimeGenerated=record.time,
        OperationName=fields["operationName"],
        AccountName=fields["resourceId"].rpartition("/")[2],
        _ResourceId=fields["resourceId"].lower(),
        Type="CDBDataPlaneRequests",
    )
    return made


def _kubernetes(record: Record) -> Fields:
    fields = record.fields
    event = msgspec.json.decode(fields["properties"]["log"])
    return {
        "TimeGenerated": record.time,
        "AuditId": event["auditID"],
        "Level": event["level"],
        "Stage": event["stage"],
        "RequestUri": event["requestURI"],
        "Verb": event["verb"],
        "User": _text(event["user"]),
        "SourceIps": _text(event["sourceIPs"]),
        "UserAgent": event["userAgent"],
        "ObjectRef": _text(event["objectRef"]),
        "ResponseStatus": _text(event["responseStatus"]),
        "Annotations": _text(event["annotations"]),
        "PodName": fields["properties"]["pod"],
        "_ResourceId": fields["resourceId"].lower(),
        "Type": "AKSAudit",
    }


_ROWS: dict[str, Callable[[Record], Fields]] = {
    ACTIVITY: _activity,
    AUDIT: _audit,
    GRAPH: _graph,
    KEY_VAULT: _key_vault,
    STORAGE: _storage,
    COSMOS: _cosmos,
    AKS: _kubernetes,
}
