"""Which log a record is of, and in which shape, found from its content alone.

The order of the questions is fixed and short: what no other log has comes first (the unified audit log's `Workload`,
the Activity Log's `eventTimestamp`), then the category of a diagnostic record, then the columns of a table, then the
two lists of Microsoft Graph. A record that answers none of them is of unknown form, and is set aside.

Source: `azure-logs` sections 1 to 7.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from remit.model.usage import SetAside
from remit.usage.recognised import Family, Recognised, Shape
from remit.usage.spellings import one_line
from remit.usage.tables import cleaned, table_of

_CATEGORIES = {
    "administrative": Family.ACTIVITY,
    "write": Family.ACTIVITY,  # these three: the categories of the Activity Log in diagnostic records of old
    "delete": Family.ACTIVITY,
    "action": Family.ACTIVITY,
    "signinlogs": Family.SIGN_IN,
    "noninteractiveusersigninlogs": Family.SIGN_IN,
    "serviceprincipalsigninlogs": Family.SIGN_IN,
    "managedidentitysigninlogs": Family.SIGN_IN,
    "microsoftserviceprincipalsigninlogs": Family.SIGN_IN,
    "adfssigninlogs": Family.SIGN_IN,
    "auditlogs": Family.ENTRA_AUDIT,
    "microsoftgraphactivitylogs": Family.GRAPH,
    "azureadgraphactivitylogs": Family.GRAPH,
    "aadgraphactivitylogs": Family.GRAPH,
    "auditevent": Family.KEY_VAULT,
    "storageread": Family.STORAGE,
    "storagewrite": Family.STORAGE,
    "storagedelete": Family.STORAGE,
    "dataplanerequests": Family.COSMOS,
    "kube-audit": Family.AKS,
    "kube-audit-admin": Family.AKS,
}
NO_CALLS = frozenset(
    ("servicehealth", "resourcehealth", "alert", "autoscale", "recommendation", "advisor", "security", "policy")
)
"""Categories of the Activity Log that no principal's call stands behind."""

_PROVIDERS = {Family.KEY_VAULT: "microsoft.keyvault", Family.COSMOS: "microsoft.documentdb"}
_UNIFIED = ("AzureActiveDirectory",)


def recognise(fields: Mapping[str, Any], digest: bytes) -> Recognised | SetAside:
    """Find the form of a decoded record that nothing of a forwarder is around any more.

    Args:
        fields: the record.
        digest: SHA-256 of the bytes it was read from, handed on.
    """
    if "Workload" in fields and "Operation" in fields:
        return _unified(fields, digest)
    if "eventTimestamp" in fields and "operationName" in fields:
        return _activity(fields, _value(fields.get("category")), Shape.API, digest)
    category = fields.get("category")
    if isinstance(category, str) and category and ("operationName" in fields or "properties" in fields):
        return _diagnostic(fields, category, digest)
    table = table_of(fields)
    if table is not None:
        return _table(fields, table, digest)
    return _graph_lists(fields, digest)


def no_calls(category: str) -> SetAside:
    """Return the reason for a category that no call stands behind."""
    return SetAside(f"category `{one_line(category)}` tells of no call")


def _value(found: Any) -> str:  # noqa: ANN401 - a text, or the pair of a localised one
    if isinstance(found, dict):
        found = found.get("value")
    return found if isinstance(found, str) else ""


def _unified(fields: Mapping[str, Any], digest: bytes) -> Recognised | SetAside:
    workload = fields["Workload"]
    if workload in _UNIFIED:
        return Recognised(Family.ENTRA_AUDIT, Shape.UNIFIED, workload, fields, digest)
    return SetAside(f"workload `{one_line(workload)}` of the unified audit log is not read")


def _activity(fields: Mapping[str, Any], category: str, shape: Shape, digest: bytes) -> Recognised | SetAside:
    if category.lower() in NO_CALLS:
        return no_calls(category)
    return Recognised(Family.ACTIVITY, shape, category, fields, digest)


def _diagnostic(fields: Mapping[str, Any], category: str, digest: bytes) -> Recognised | SetAside:
    name = category.lower()
    properties = fields.get("properties")
    if isinstance(properties, dict) and "activityDisplayName" in properties and name not in _CATEGORIES:
        return Recognised(Family.ENTRA_AUDIT, Shape.DIAGNOSTIC, category, fields, digest)
    if name in NO_CALLS:
        return no_calls(category)
    family = _CATEGORIES.get(name)
    if family is None or not _of_provider(family, fields.get("resourceId")):
        return SetAside(f"category `{one_line(category)}` is not read")
    return Recognised(family, Shape.DIAGNOSTIC, category, fields, digest)


def _of_provider(family: Family, resource: Any) -> bool:  # noqa: ANN401 - whatever stands there
    """Say whether a category that several services use comes from the one that is meant, as far as it is told."""
    provider = _PROVIDERS.get(family)
    if provider is None or not isinstance(resource, str):
        return True
    told = resource.lower().partition("/providers/")[2]
    return not told or told.startswith(provider)


_TABLES = {
    "azureactivity": Family.ACTIVITY,
    "signinlogs": Family.SIGN_IN,
    "aadnoninteractiveusersigninlogs": Family.SIGN_IN,
    "aadserviceprincipalsigninlogs": Family.SIGN_IN,
    "aadmanagedidentitysigninlogs": Family.SIGN_IN,
    "microsoftserviceprincipalsigninlogs": Family.SIGN_IN,
    "adfssigninlogs": Family.SIGN_IN,
    "auditlogs": Family.ENTRA_AUDIT,
    "microsoftgraphactivitylogs": Family.GRAPH,
    "aadgraphactivitylogs": Family.GRAPH,
    "azkvauditlogs": Family.KEY_VAULT,
    "storagebloblogs": Family.STORAGE,
    "storagefilelogs": Family.STORAGE,
    "storagequeuelogs": Family.STORAGE,
    "storagetablelogs": Family.STORAGE,
    "cdbdataplanerequests": Family.COSMOS,
    "aksaudit": Family.AKS,
    "aksauditadmin": Family.AKS,
}


def _table(fields: Mapping[str, Any], table: str, digest: bytes) -> Recognised | SetAside:
    name = table.lower()
    columns = cleaned(fields)
    if name == "azureactivity":
        category = _value(columns.get("CategoryValue")) or _value(columns.get("Category"))
        return _activity(columns, category or table, Shape.TABLE, digest)
    if name == "azurediagnostics":
        return _flattened(columns, digest)
    family = _TABLES.get(name)
    if family is None:
        return SetAside(f"table `{one_line(table)}` is not read")
    return Recognised(family, Shape.TABLE, table, columns, digest)


def _flattened(columns: Mapping[str, Any], digest: bytes) -> Recognised | SetAside:
    """Recognise a row of AzureDiagnostics: its category says of which log, as in a diagnostic record."""
    category = _value(columns.get("Category"))
    family = _CATEGORIES.get(category.lower())
    if family not in (Family.KEY_VAULT, Family.COSMOS, Family.AKS) or not _of_provider(
        family, columns.get("ResourceId") or columns.get("_ResourceId")
    ):
        return SetAside(f"category `{one_line(category)}` is not read")
    return Recognised(family, Shape.TABLE, "AzureDiagnostics", columns, digest)


def _graph_lists(fields: Mapping[str, Any], digest: bytes) -> Recognised | SetAside:
    if "activityDisplayName" in fields and ("activityDateTime" in fields or "initiatedBy" in fields):
        return Recognised(Family.ENTRA_AUDIT, Shape.API, _value(fields.get("category")), fields, digest)
    if "createdDateTime" in fields and "appId" in fields and ("userId" in fields or "servicePrincipalId" in fields):
        return Recognised(Family.SIGN_IN, Shape.API, "", fields, digest)
    category = _value(fields.get("category"))
    if category.lower() in NO_CALLS:
        return no_calls(category)
    if category.lower() in _CATEGORIES:
        return SetAside("no operation")
    if category:
        return SetAside(f"category `{one_line(category)}` is not read")
    return SetAside("of unknown form")
