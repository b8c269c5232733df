"""Rows of Log Analytics tables: which table a row is of, and its columns without what exports add to their names.

Source: `azure-logs` section 1, form D.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_ADDED = ("_dynamic", "_string")
_UTC = " [UTC]"
_SIGN_INS = {
    "signinlogs": "SigninLogs",
    "noninteractiveusersigninlogs": "AADNonInteractiveUserSignInLogs",
    "serviceprincipalsigninlogs": "AADServicePrincipalSignInLogs",
    "managedidentitysigninlogs": "AADManagedIdentitySignInLogs",
    "microsoftserviceprincipalsigninlogs": "MicrosoftServicePrincipalSignInLogs",
    "adfssigninlogs": "ADFSSignInLogs",
}
_AAD_GRAPH = "graph.windows.net"


def cleaned(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return columns without ` [UTC]`, `_dynamic` and `_string` at the end of their names.

    Exports write a column twice where its type changed over time (`X_dynamic`, `X_string`): the first that holds
    something is taken, a column that is named `X` itself before both. A time in ` [Local Time]` stays under that name,
    unread: nobody can say which zone was local.
    """
    marked = [name for name in fields if name.endswith((_UTC, *_ADDED))]
    if not marked:
        return fields
    found = {name: value for name, value in fields.items() if name not in marked}
    for name in marked:
        bare = name.removesuffix(_UTC)
        for added in _ADDED:
            bare = bare.removesuffix(added)
        if found.get(bare) in (None, ""):
            found[bare] = fields[name]
    return found


def table_of(fields: Mapping[str, Any]) -> str | None:
    """Return the name of the table that a row is of, None where it looks like no row of a table that is read.

    The `Type` column says it; a row of a query that left it out is told by columns that no other table has.
    """
    told = fields.get("Type") or fields.get("$table") or fields.get("TableName")
    if isinstance(told, str) and told and ("TimeGenerated" in fields or _is_row(fields)):
        return told
    if not _is_row(fields):
        return None
    return _by_columns(fields)


def _is_row(fields: Mapping[str, Any]) -> bool:
    return (
        "OperationName" in fields
        or "OperationNameValue" in fields
        or "TimeGenerated" in fields
        or "TimeGenerated [UTC]" in fields
        or "TimeGenerated [Local Time]" in fields
        or "RequestUri" in fields
    )


def _by_columns(fields: Mapping[str, Any]) -> str | None:
    category = fields.get("Category")
    sign_in = _SIGN_INS.get(category.lower()) if isinstance(category, str) else None
    if sign_in is not None:
        return sign_in
    table = next((told for columns, told in _TELLING if all(column in fields for column in columns)), None)
    if table == "MicrosoftGraphActivityLogs" and _AAD_GRAPH in str(fields["RequestUri"]):
        return "AADGraphActivityLogs"
    return table


_TELLING = (
    (("OperationNameValue",), "AzureActivity"),
    (("ActivityStatusValue",), "AzureActivity"),
    (("ActivityStatus",), "AzureActivity"),
    (("EventDataId",), "AzureActivity"),
    (("RequestUri", "RequestMethod"), "MicrosoftGraphActivityLogs"),
    (("ActivityDisplayName",), "AuditLogs"),
    (("InitiatedBy", "TargetResources"), "AuditLogs"),
    (("AadPrincipalId",), "CDBDataPlaneRequests"),
    (("AadAppliedRoleAssignmentId",), "CDBDataPlaneRequests"),
    (("Uri", "StatusText", "ServiceType"), "StorageBlobLogs"),
    (("Uri", "StatusText", "AccountName"), "StorageBlobLogs"),
    (("AuthenticationHash",), "StorageBlobLogs"),
    (("Category", "ResourceProvider", "SubscriptionId"), "AzureDiagnostics"),
    (("Category", "ResourceProvider", "_ResourceId"), "AzureDiagnostics"),
    (("RequestUri", "HttpStatusCode"), "AZKVAuditLogs"),
    (("AuditId", "Verb"), "AKSAudit"),
    (("ResultType", "ServicePrincipalId"), "SigninLogs"),
    (("ResultType", "UserPrincipalName"), "SigninLogs"),
)
"""Columns that only one table has, the first that a row has all of; the four tables of Storage are read alike."""
