"""Storage resource logs, with the quirks of section 7 of the log notes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.fakes.observed import (
    APPLICATION,
    ASSIGNMENT,
    AT,
    AT_MICROS,
    GROUP,
    USER,
    one,
    operations,
    reason,
    without,
)

from remit.model.usage import LogKind, ObservedOutcome, ObservedPlane

ACCOUNT = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/till"
BLOBS = f"{ACCOUNT}/blobServices/default"
BLOB_ACTIONS = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs"
TEAM = "99999999-aaaa-4aaa-8aaa-aaaaaaaaaaaa"
OTHER_ASSIGNMENT = "88888888-4444-4444-8444-444444444444"


def granted(action: str = "read", **changes: Any) -> dict[str, Any]:
    return {
        "action": f"{BLOB_ACTIONS}/{action}",
        "result": "Granted",
        "reason": "Policy",
        "type": "RBAC",
        "roleAssignmentId": ASSIGNMENT,
        "roleDefinitionId": "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
        "denyAssignmentId": "",
        "principals": [{"id": TEAM, "type": "Group"}],
        **changes,
    }


def call(operation: str = "GetBlob", *checks: dict[str, Any], **changes: Any) -> dict[str, Any]:
    record = {
        "time": AT,
        "resourceId": BLOBS,
        "category": "StorageRead",
        "operationName": operation,
        "schemaVersion": "1.0",
        "statusCode": 200,
        "statusText": "Success",
        "callerIpAddress": "10.1.2.3:40123",
        "correlationId": "eeeeeeee-5555-4555-8555-555555555555",
        "identity": {
            "type": "OAuth",
            "tokenHash": "x",
            "authorization": list(checks),
            "requester": {"appId": APPLICATION, "objectId": USER, "tenantId": "t", "upn": "Ada@Example.com"},
        },
        "properties": {"accountName": "till", "serviceType": "blob", "objectKey": "/till/day/one.txt"},
        "uri": "https://till.blob.core.windows.net:443/day/one.txt?sv=1",
        "resourceType": "Microsoft.Storage/storageAccounts/blobServices",
    }
    return {**record, **changes}


def test_a_call_holds_the_check_itself_action_assignment_and_whom_it_names():
    read = one(call("GetBlob", granted()))
    assert (read.log, read.plane, read.action) == (LogKind.STORAGE, ObservedPlane.DATA, f"{BLOB_ACTIONS}/read")
    assert (read.scope, read.place) == (f"{BLOBS}/containers/day", BLOBS.lower())
    assert (read.principal_id, read.app_id) == (USER, APPLICATION)
    assert (read.assignment_id, read.through_id) == (ASSIGNMENT, TEAM)
    assert (read.time, read.outcome, read.event_id) == (AT_MICROS, ObservedOutcome.SUCCEEDED, "")


def test_quirk_one_call_may_be_checked_for_several_actions_each_with_its_own_assignment():
    first, second = operations(
        call("PutBlob", granted("write"), granted("add/action", roleAssignmentId=OTHER_ASSIGNMENT))
    )
    assert (first.action, first.assignment_id) == (f"{BLOB_ACTIONS}/write", ASSIGNMENT)
    assert (second.action, second.assignment_id) == (f"{BLOB_ACTIONS}/add/action", OTHER_ASSIGNMENT)
    assert first.correlation_id == second.correlation_id


def test_the_same_action_checked_twice_is_one_operation_by_what_granted_it():
    denied = granted(result="Denied", roleAssignmentId="")
    read = one(call("GetBlob", denied, granted(), granted(roleAssignmentId=OTHER_ASSIGNMENT)))
    assert (read.assignment_id, read.outcome) == (ASSIGNMENT, ObservedOutcome.SUCCEEDED)


def test_an_entry_without_an_action_was_no_check():
    assert one(call("GetBlob", {"result": "Granted", "reason": "Policy"})).action == f"{BLOB_ACTIONS}/read"


def test_the_assignment_may_name_the_caller_alone_or_among_others():
    principals = [{"id": TEAM, "type": "Group"}, {"id": USER.upper(), "type": "User"}]
    assert one(call("GetBlob", granted(principals=principals))).through_id == USER
    assert one(call("GetBlob", granted(roleAssignmentId="", principals=principals))).through_id == ""


def test_what_was_denied_was_refused_and_is_of_no_assignment():
    denied = granted(result="Denied", denyAssignmentId=OTHER_ASSIGNMENT)
    read = one(call("GetBlob", denied, statusCode=403, statusText="AuthorizationPermissionMismatch"))
    assert (read.outcome, read.assignment_id, read.through_id) == (ObservedOutcome.REFUSED, "", "")


def test_what_was_granted_in_a_call_that_was_refused_for_another_action_failed():
    checks = (granted("read"), granted("tags/read", result="Denied"))
    first, second = operations(call("GetBlob", *checks, statusCode=403, statusText="AuthorizationPermissionMismatch"))
    assert (first.outcome, second.outcome) == (ObservedOutcome.FAILED, ObservedOutcome.REFUSED)


@pytest.mark.parametrize("kind", ["AccountKey", "SAS", "Anonymous"])
def test_quirk_calls_by_key_by_sas_and_by_nobody_have_no_principal(kind: str):
    read = one(call("DeleteBlob", identity={"type": kind, "tokenHash": "key1(1),SasSignature(2)"}))
    assert (read.principal_id, read.app_id, read.assignment_id) == ("", "", "")
    assert read.action == f"{BLOB_ACTIONS}/delete"


@pytest.mark.parametrize(
    ("written", "address"),
    [("10.1.2.3:40123", "10.1.2.3"), ("[2001:db8::7]:40123", "2001:db8::7"), ("10.1.2.3", "10.1.2.3")],
)
def test_quirk_addresses_have_ports_and_brackets(written: str, address: str):
    assert one(call("GetBlob", granted(), callerIpAddress=written)).address == address


@pytest.mark.parametrize(
    ("code", "text", "outcome"),
    [
        (201, "Success", ObservedOutcome.SUCCEEDED),
        ("200", "SASSuccess", ObservedOutcome.SUCCEEDED),
        (304, "ConditionNotMet", ObservedOutcome.SUCCEEDED),
        (403, "AuthorizationFailure", ObservedOutcome.REFUSED),
        ("403", "AuthorizationPermissionMismatch", ObservedOutcome.REFUSED),
        (403, "", ObservedOutcome.REFUSED),
        (401, "NoAuthenticationInformation", ObservedOutcome.REFUSED),
        (409, "PublicAccessNotPermitted", ObservedOutcome.REFUSED),
        (404, "BlobNotFound", ObservedOutcome.FAILED),
        (409, "ContainerAlreadyExists", ObservedOutcome.FAILED),
        (503, "ServerBusy", ObservedOutcome.FAILED),
        (None, "SASSuccess", ObservedOutcome.SUCCEEDED),
        (None, "SASAuthorizationError", ObservedOutcome.REFUSED),
        (None, "ClientOtherError", ObservedOutcome.FAILED),
        ("-1073741790", "STATUS_ACCESS_DENIED", ObservedOutcome.REFUSED),
        ("0", "Success", ObservedOutcome.SUCCEEDED),
        (1117, "ClientOtherError", ObservedOutcome.FAILED),
        (399, "", ObservedOutcome.SUCCEEDED),
        (400, "InvalidInput", ObservedOutcome.FAILED),
    ],
)
def test_quirk_the_status_is_a_number_a_text_or_smbs_own(code: Any, text: str, outcome: ObservedOutcome):
    assert one(call("GetBlob", statusCode=code, statusText=text)).outcome is outcome


def test_what_tells_nothing_of_its_end_is_set_aside():
    assert reason(call("GetBlob", statusCode=None, statusText="")) == "no result"
    assert reason(without(call(), "time")) == "no time"
    assert reason(call("DanceBlob")) == "no permission is known for Storage operation `DanceBlob`"
    assert reason(call("BlobPreflightRequest")) == "Storage operation `BlobPreflightRequest` needs no permission"


@pytest.mark.parametrize(
    ("operation", "action"),
    [("ReadFile", "read"), ("AppendFile", "write"), ("RenamePathFile", "move/action"), ("ListFilesystemDir", "read")],
)
def test_quirk_hierarchical_namespaces_name_other_operations_for_one_action(operation: str, action: str):
    uri = "https://till.dfs.core.windows.net/day/one.txt"
    read = one(call(operation, uri=uri))
    assert (read.action, read.scope) == (f"{BLOB_ACTIONS}/{action}", f"{BLOBS}/containers/day")


@pytest.mark.parametrize(
    ("operation", "action", "plane"),
    [
        ("GetBlobServiceProperties", "blobServices/read", ObservedPlane.CONTROL),
        ("CreateContainer", "blobServices/containers/write", ObservedPlane.CONTROL),
        ("GetUserDelegationKey", "blobServices/generateUserDelegationKey/action", ObservedPlane.CONTROL),
        ("PutBlob", "blobServices/containers/blobs/write", ObservedPlane.DATA),
        ("FindBlobsByTags", "blobServices/containers/blobs/filter/action", ObservedPlane.DATA),
    ],
)
def test_services_and_containers_are_on_the_control_plane(operation: str, action: str, plane: ObservedPlane):
    read = one(call(operation))
    assert (read.action, read.plane) == (f"Microsoft.Storage/storageAccounts/{action}", plane)


@pytest.mark.parametrize(
    ("service", "operation", "path", "part", "action"),
    [
        ("file", "GetFile", "share/a", "fileshares/share", "fileshares/files/read"),
        ("queue", "PutMessage", "jobs/messages", "queues/jobs", "queues/messages/add/action"),
        ("table", "QueryEntities", "Sales()", "tables/Sales", "tables/entities/read"),
        ("table", "DeleteTable", "Tables('Sales')", "tables/Sales", "tables/delete"),
        ("table", "QueryTables", "Tables", "", "tables/read"),
        ("queue", "ListQueues", "?comp=list", "", "queues/read"),
    ],
)
def test_each_service_has_its_own_parts_and_actions(service: str, operation: str, path: str, part: str, action: str):
    place = f"{ACCOUNT}/{service}Services/default"
    uri = f"https://till.{service}.core.windows.net:443/{path}"
    read = one(call(operation, resourceId=place, uri=uri, properties={"serviceType": service}))
    assert read.action == f"Microsoft.Storage/storageAccounts/{service}Services/{action}"
    assert (read.scope, read.place) == (f"{place}/{part}" if part else place, place.lower())


def test_an_account_alone_gets_the_service_that_answered():
    for changes in (
        {},
        {"properties": {}},
        {"properties": {}, "resourceType": ""},
    ):
        assert one(call("GetBlob", resourceId=ACCOUNT, **changes)).place == BLOBS.lower()
    lost = call("GetBlob", granted(), resourceId=ACCOUNT, properties={}, resourceType="", uri="")
    assert one(lost).scope == ACCOUNT


def test_a_table_row_reads_like_the_record_it_was_made_of():
    row = {
        "TenantId": "99999999-9999-4999-8999-999999999999",
        "TimeGenerated": AT,
        "AccountName": "till",
        "OperationName": "GetBlob",
        "AuthenticationType": "OAuth",
        "StatusCode": "200",
        "StatusText": "Success",
        "Uri": "https://till.blob.core.windows.net:443/day/one.txt?sv=1",
        "CallerIpAddress": "10.1.2.3:40123",
        "CorrelationId": "eeeeeeee-5555-4555-8555-555555555555",
        "RequesterObjectId": USER,
        "RequesterAppId": APPLICATION,
        "AuthorizationDetails": json.dumps([granted()]),
        "ServiceType": "blob",
        "Category": "StorageRead",
        "Type": "StorageBlobLogs",
        "_ResourceId": BLOBS,
    }
    assert one(row) == one(call("GetBlob", granted()))
    by_key = {**row, "AuthenticationType": "AccountKey", "AuthorizationDetails": ""}
    assert one(by_key).principal_id == ""
    on_account = without(row, "ServiceType")
    assert one({**on_account, "_ResourceId": ACCOUNT}).place == BLOBS.lower()


def test_ids_of_accounts_and_services_are_written_in_any_case():
    read = one(call("GetBlob", granted(), resourceId=f"{BLOBS.upper()}/"))
    assert (read.scope, read.place) == (f"{BLOBS.upper()}/containers/day", BLOBS.lower())
    assert one(call("GetBlob", granted(), resourceId="/elsewhere/")).place == "/elsewhere"


def test_a_caller_may_be_told_by_name_alone():
    identity = {"type": "Kerberos", "requester": {"upn": "Ada@Example.com"}}
    assert one(call("GetBlob", identity=identity)).principal_id == "ada@example.com"
    row = {
        "TimeGenerated": AT,
        "OperationName": "GetBlob",
        "AuthenticationType": "OAuth",
        "StatusCode": "200",
        "RequesterUpn": "Ada@Example.com",
        "Type": "StorageBlobLogs",
        "_ResourceId": BLOBS,
    }
    assert one(row).principal_id == "ada@example.com"
