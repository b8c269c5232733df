"""Cosmos DB data-plane requests."""

from __future__ import annotations

from typing import Any

import pytest
from tests.fakes.observed import ASSIGNMENT, AT, AT_MICROS, GROUP, SERVICE, one, reason, without

from remit.model.usage import LogKind, ObservedOutcome, ObservedPlane

ACCOUNT = f"{GROUP}/providers/Microsoft.DocumentDB/databaseAccounts/Ledger".upper()
ITEMS = "Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers"
APPLIED = f"{ACCOUNT}/sqlRoleAssignments/{ASSIGNMENT}"


def request(operation: str = "Read", kind: str = "Document", status: Any = "200", **properties: Any) -> dict[str, Any]:
    return {
        "time": AT,
        "resourceId": ACCOUNT,
        "category": "DataPlaneRequests",
        "operationName": operation,
        "properties": {
            "activityId": "eeeeeeee-5555-4555-8555-555555555555",
            "requestResourceType": kind,
            "statusCode": status,
            "clientIpAddress": "203.0.113.9",
            "aadPrincipalId": SERVICE,
            "aadAppliedRoleAssignmentId": APPLIED,
            "databaseName": "shop",
            "collectionName": "sales",
            **properties,
        },
    }


def test_a_request_names_its_principal_and_the_assignment_that_let_it_in():
    read = one(request())
    assert (read.log, read.plane, read.action) == (LogKind.COSMOS, ObservedPlane.DATA, f"{ITEMS}/items/read")
    assert (read.principal_id, read.assignment_id) == (SERVICE, ASSIGNMENT)
    assert (read.scope, read.place, read.time) == (ACCOUNT, ACCOUNT.lower(), AT_MICROS)
    assert (read.address, read.correlation_id) == ("203.0.113.9", "eeeeeeee-5555-4555-8555-555555555555")


@pytest.mark.parametrize(
    ("operation", "kind", "action"),
    [
        ("Create", "Document", f"{ITEMS}/items/create"),
        ("Replace", "Document", f"{ITEMS}/items/replace"),
        ("Patch", "Document", f"{ITEMS}/items/replace"),
        ("Upsert", "Document", f"{ITEMS}/items/upsert"),
        ("Delete", "Document", f"{ITEMS}/items/delete"),
        ("Query", "Document", f"{ITEMS}/executeQuery"),
        ("SqlQuery", "", f"{ITEMS}/executeQuery"),
        ("ReadFeed", "Document", f"{ITEMS}/readChangeFeed"),
        ("ExecuteJavaScript", "StoredProcedure", f"{ITEMS}/executeStoredProcedure"),
        ("ReadFeed", "Conflict", f"{ITEMS}/manageConflicts"),
        ("Read", "DatabaseAccount", "Microsoft.DocumentDB/databaseAccounts/readMetadata"),
        ("ReadFeed", "PartitionKeyRange", "Microsoft.DocumentDB/databaseAccounts/readMetadata"),
    ],
)
def test_each_operation_needs_one_of_cosmos_dbs_own_data_actions(operation: str, kind: str, action: str):
    assert one(request(operation, kind)).action == action


def test_databases_and_containers_are_not_made_by_data_actions():
    assert reason(request("Create", "Collection")) == "no permission is known for Cosmos DB operation `Create`"


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (201, ObservedOutcome.SUCCEEDED),
        ("304", ObservedOutcome.SUCCEEDED),
        (401, ObservedOutcome.REFUSED),
        ("403", ObservedOutcome.REFUSED),
        (400, ObservedOutcome.FAILED),
        (404, ObservedOutcome.FAILED),
        (429, ObservedOutcome.FAILED),
    ],
)
def test_the_status_says_how_it_ended(status: Any, outcome: ObservedOutcome):
    read = one(request(status=status))
    assert read.outcome is outcome
    assert (read.assignment_id == "") == (outcome is ObservedOutcome.REFUSED)


def test_an_account_with_a_slash_at_its_end_is_that_account():
    assert one({**request(), "resourceId": f"{ACCOUNT}/"}).scope == ACCOUNT


def test_requests_by_key_name_nobody():
    read = one(request(aadPrincipalId="", aadAppliedRoleAssignmentId="", authTokenType="PrimaryMaster"))
    assert (read.principal_id, read.assignment_id) == ("", "")


def test_what_tells_no_end_or_no_time_is_set_aside():
    assert reason(request(status=None)) == "no result"
    assert reason(without(request(), "time")) == "no time"


def test_a_table_row_reads_like_the_record_it_was_made_of():
    row = {
        "TimeGenerated": AT,
        "AccountName": "LEDGER",
        "OperationName": "Read",
        "ActivityId": "eeeeeeee-5555-4555-8555-555555555555",
        "RequestResourceType": "Document",
        "StatusCode": 200,
        "ClientIpAddress": "203.0.113.9",
        "AadAppliedRoleAssignmentId": APPLIED,
        "AadPrincipalId": SERVICE,
        "Type": "CDBDataPlaneRequests",
        "_ResourceId": ACCOUNT,
    }
    assert one(row) == one(request())


def test_azure_diagnostics_adds_the_type_to_the_names_of_columns():
    row = {
        "TimeGenerated": AT,
        "Type": "AzureDiagnostics",
        "Category": "DataPlaneRequests",
        "ResourceProvider": "MICROSOFT.DOCUMENTDB",
        "ResourceId": ACCOUNT,
        "OperationName": "Read",
        "activityId_g": "eeeeeeee-5555-4555-8555-555555555555",
        "requestResourceType_s": "Document",
        "statusCode_s": "200",
        "clientIpAddress_s": "203.0.113.9",
        "aadAppliedRoleAssignmentId_s": APPLIED,
        "aadPrincipalId_g": SERVICE,
    }
    assert one(row) == one(request())
