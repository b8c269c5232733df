"""Cosmos DB data-plane requests: the DataPlaneRequests category and the CDBDataPlaneRequests table.

The log names the Entra principal and the role assignment that let it in (`aadPrincipalId`,
`aadAppliedRoleAssignmentId`); requests by key name nobody. The data actions are Cosmos DB's own, for its NoSQL API.

Source: `azure-logs` section 7; learn.microsoft.com/azure/cosmos-db/nosql/security/reference-data-plane-actions;
docs/log-sources.md.
"""

from __future__ import annotations

from remit.model.usage import LogKind, Normalised, ObservedOperation, ObservedOutcome, ObservedPlane, SetAside
from remit.usage.recognised import Recognised, Shape
from remit.usage.sources.fields import NO_RESULT, NO_TIME, Fields, of_record
from remit.usage.spellings import last_segment, one_line

_ACCOUNT = "Microsoft.DocumentDB/databaseAccounts/"
_CONTAINERS = _ACCOUNT + "sqlDatabases/containers/"
METADATA = _ACCOUNT + "readMetadata"

ITEM_ACTIONS = {
    "create": _CONTAINERS + "items/create",
    "read": _CONTAINERS + "items/read",
    "head": _CONTAINERS + "items/read",
    "replace": _CONTAINERS + "items/replace",
    "patch": _CONTAINERS + "items/replace",
    "upsert": _CONTAINERS + "items/upsert",
    "delete": _CONTAINERS + "items/delete",
    "query": _CONTAINERS + "executeQuery",
    "sqlquery": _CONTAINERS + "executeQuery",
    "queryplan": _CONTAINERS + "executeQuery",
    "readfeed": _CONTAINERS + "readChangeFeed",
}
"""By operation in lower case: what it needs on a document."""
_READS = frozenset({"read", "readfeed", "head", "headfeed", "query", "sqlquery"})
_OF_METADATA = frozenset({"databaseaccount", "database", "collection", "container", "partitionkeyrange"})
_OF_ITEMS = frozenset({"", "document", "item"})
_SCRIPTS = frozenset({"execute", "executejavascript", "executestoredprocedure"})

_REFUSED, _FIRST_FAILURE = (401, 403), 400


def read(found: Recognised) -> Normalised | SetAside:
    """Read one request.

    Returns:
        One operation; set aside where no data action is known for it (databases and containers are managed by key, or
        on the control plane).
    """
    typed = found.shape is Shape.TABLE
    fields = of_record(found.fields, typed=typed)
    record = Fields(found.fields, typed=typed)
    time = record.time("time", "timegenerated")
    if time is None:
        return SetAside(NO_TIME)
    operation = fields.text("operationname")
    action = action_of(operation, fields.text("requestresourcetype"))
    if action is None:
        return SetAside(f"no permission is known for Cosmos DB operation `{one_line(operation)}`")
    status = fields.status("statuscode")
    if not status:
        return SetAside(NO_RESULT)
    outcome = _outcome(status)
    account = record.text("resourceid", "_resourceid").rstrip("/")
    assignment = last_segment(fields.text("aadappliedroleassignmentid"))
    one = ObservedOperation(
        log=LogKind.COSMOS,
        time=time,
        plane=ObservedPlane.DATA,
        action=action,
        scope=account,
        outcome=outcome,
        arrived=record.time("_timereceived"),
        principal_id=fields.identifier("aadprincipalid"),
        address=fields.address("clientipaddress", "calleripaddress"),
        assignment_id="" if outcome is ObservedOutcome.REFUSED else assignment,
        correlation_id=fields.identifier("activityid", "correlationid"),
        place=account.lower(),
        digest=found.digest,
    )
    return Normalised((one,))


def action_of(operation: str, resource_type: str) -> str | None:
    """Return the data action that a request needs, None where none is known."""
    name, kind = operation.lower(), resource_type.lower()
    if name in _SCRIPTS:
        return _CONTAINERS + "executeStoredProcedure"
    if kind in _OF_METADATA and name in _READS:
        return METADATA
    if kind.startswith("conflict"):
        return _CONTAINERS + "manageConflicts"
    return ITEM_ACTIONS.get(name) if kind in _OF_ITEMS else None


def _outcome(status: int) -> ObservedOutcome:
    if status in _REFUSED:
        return ObservedOutcome.REFUSED
    return ObservedOutcome.FAILED if status >= _FIRST_FAILURE else ObservedOutcome.SUCCEEDED
