"""Entra audit rows in their four forms, with the quirks of section 4 of the log notes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.fakes.observed import APPLICATION, AT, AT_MICROS, NIL, SERVICE, TENANT, USER, one, reason, without

from remit.model.usage import LogKind, ObservedOutcome, ObservedPlane

ROW = "Directory_eeeeeeee-5555-4555-8555-555555555555_ABCDE_12345678"
BY_USER = {"user": {"id": USER, "userPrincipalName": "Ada@Example.com", "ipAddress": "203.0.113.9"}}


def diagnostic(initiated_by: Any = None, **properties: Any) -> dict[str, Any]:
    return {
        "time": AT,
        "resourceId": f"/tenants/{TENANT}/providers/Microsoft.aadiam",
        "operationName": "Add member to role",
        "category": "AuditLogs",
        "tenantId": TENANT,
        "resultSignature": "None",
        "correlationId": "eeeeeeee-5555-4555-8555-555555555555",
        "properties": {
            "id": ROW,
            "activityDisplayName": "Add member to role",
            "activityDateTime": AT,
            "loggedByService": "Core Directory",
            "result": "success",
            "initiatedBy": BY_USER if initiated_by is None else initiated_by,
            "targetResources": [],
            **properties,
        },
    }


def test_an_audit_row_is_an_action_of_the_directory_by_its_display_name():
    read = one(diagnostic())
    assert (read.log, read.plane) == (LogKind.ENTRA_AUDIT, ObservedPlane.DIRECTORY)
    assert (read.action, read.principal_id, read.address) == ("Add member to role", USER, "203.0.113.9")
    assert (read.scope, read.place) == (f"/tenants/{TENANT}/providers/Microsoft.aadiam", f"/tenants/{TENANT}")
    assert (read.time, read.event_id) == (AT_MICROS, ROW.lower())


def test_quirk_names_carry_an_en_dash_and_a_blank_at_the_end():
    name = "Update application \N{EN DASH} Certificates and secrets management "
    assert one(diagnostic(activityDisplayName=name)).action == name.rstrip()


@pytest.mark.parametrize(
    ("initiator", "principal", "app"),
    [
        (BY_USER, USER, ""),
        ({"user": {"id": None, "userPrincipalName": "Ada@Example.com"}}, "ada@example.com", ""),
        ({"app": {"appId": APPLICATION, "servicePrincipalId": SERVICE}}, SERVICE, APPLICATION),
        ({"app": {"appId": APPLICATION, "displayName": "MS-PIM"}}, APPLICATION, APPLICATION),
        ({"app": {"appId": None, "displayName": "MS-PIM"}}, "ms-pim", ""),
        ({"user": None, "app": {"servicePrincipalName": "Jobs", "displayName": "jobs"}}, "jobs", ""),
        ({"app": {"servicePrincipalId": NIL, "displayName": "masked"}}, NIL, ""),
        ({}, "", ""),
    ],
)
def test_who_did_it_is_told_by_object_id_else_by_what_names_it(initiator: Any, principal: str, app: str):
    read = one(diagnostic(initiator))
    assert (read.principal_id, read.app_id) == (principal, app)


def test_without_an_initiator_the_display_name_of_the_record_is_who_did_it():
    assert one({**diagnostic({}), "identity": "Directory Sync"}).principal_id == "directory sync"


@pytest.mark.parametrize(
    ("properties", "outcome"),
    [
        ({"result": "success"}, ObservedOutcome.SUCCEEDED),
        ({"result": "failure"}, ObservedOutcome.FAILED),
        ({"result": "timeout"}, ObservedOutcome.FAILED),
        ({"result": "failure", "resultReason": "Authorization_RequestDenied"}, ObservedOutcome.REFUSED),
        ({"result": "failure", "resultReason": "MemberAlreadyExists"}, ObservedOutcome.FAILED),
        ({"result": "success", "resultReason": "needs: not authorized to wait"}, ObservedOutcome.SUCCEEDED),
    ],
)
def test_the_result_says_how_it_ended_and_its_reason_whether_it_was_refused(properties: Any, outcome: Any):
    assert one(diagnostic(**properties)).outcome is outcome


def test_what_says_no_result_no_name_or_no_time_is_set_aside():
    assert reason(diagnostic(result="unknownFutureValue")) == "no result"
    nameless = without(diagnostic(activityDisplayName=" "), "operationName")
    assert reason(nameless) == "no operation"
    assert reason(without(diagnostic(activityDateTime=None), "time")) == "no time"


def test_quirk_a_pim_activation_has_several_rows_and_each_is_an_action_of_whom_it_names():
    requested = diagnostic(
        loggedByService="PIM",
        category="RoleManagement",
        activityDisplayName="Add member to role completed (PIM activation)",
    )
    carried_out = diagnostic({"app": {"displayName": "MS-PIM", "servicePrincipalId": SERVICE}}, id=f"{ROW}9")
    assert one(requested).principal_id == USER
    assert one(carried_out).principal_id == SERVICE
    assert one(requested).event_id != one(carried_out).event_id


def test_quirk_rows_of_old_write_null_addresses_as_text():
    record = diagnostic({"user": {"id": USER, "ipAddress": "<null>"}})
    assert one({**record, "callerIpAddress": "<null>"}).address == ""


def test_quirk_rows_logged_by_b2c_name_an_application_alone():
    initiator = {"user": None, "app": {"appId": None, "displayName": "CPIM PowerShell Client"}}
    row = diagnostic(initiator, loggedByService="B2C")
    assert one(row).principal_id == "cpim powershell client"


def test_the_graph_form_reads_like_the_diagnostic_one_but_for_the_tenant():
    api = {**diagnostic()["properties"], "category": "RoleManagement"}
    read, other = one(api), one(diagnostic())
    assert (read.action, read.principal_id, read.event_id) == (other.action, other.principal_id, other.event_id)
    assert (read.scope, read.place, read.time) == ("", "", AT_MICROS)


def test_a_table_row_keeps_json_in_strings_and_the_workspace_in_its_tenant_id():
    row = {
        "TenantId": "99999999-9999-4999-8999-999999999999",
        "TimeGenerated": AT,
        "OperationName": "Add member to role",
        "Category": "RoleManagement",
        "CorrelationId": "eeeeeeee-5555-4555-8555-555555555555",
        "AADTenantId": TENANT,
        "Id": ROW,
        "InitiatedBy": json.dumps({"app": {"appId": APPLICATION, "servicePrincipalId": SERVICE}}),
        "Result": "success",
        "ActivityDisplayName": "Add member to role",
        "LoggedByService": "Core Directory",
        "TargetResources": "[]",
        "Type": "AuditLogs",
    }
    read = one(row)
    assert (read.principal_id, read.app_id, read.scope) == (SERVICE, APPLICATION, f"/tenants/{TENANT}")
    assert (read.event_id, read.time) == (ROW.lower(), AT_MICROS)


UNIFIED = {
    "CreationTime": "2025-05-06 07:08:09",
    "Id": "ed832796-f8bd-4592-b9eb-000000000001",
    "Operation": "Add service principal.",
    "OrganizationId": TENANT,
    "RecordType": 8,
    "ResultStatus": "Success",
    "UserId": "Ada@Example.com",
    "Workload": "AzureActiveDirectory",
    "Actor": [
        {"ID": "Ada@Example.com", "Type": 5},
        {"ID": "1003200000000000", "Type": 3},
        {"ID": APPLICATION, "Type": 2},
        {"ID": f"User_{USER}", "Type": 2},
        {"ID": USER, "Type": 2},
        {"ID": "User", "Type": 2},
    ],
}


def test_quirk_the_unified_form_ends_its_names_in_a_full_stop():
    assert one(UNIFIED).action == "Add service principal"
    name = "Update application \N{EN DASH} Certificates and secrets management "
    assert one({**UNIFIED, "Operation": name}).action == name.rstrip()


def test_the_unified_form_tells_the_actor_among_several_ids():
    read = one(UNIFIED)
    assert (read.principal_id, read.app_id) == (USER, APPLICATION)
    service = [{"ID": "Jobs", "Type": 1}, {"ID": f"ServicePrincipal_{SERVICE}", "Type": 2}, {"ID": SERVICE, "Type": 2}]
    assert one({**UNIFIED, "Actor": service}).principal_id == SERVICE
    assert one({**UNIFIED, "Actor": [], "UserId": f"ServicePrincipal_{SERVICE}"}).principal_id == SERVICE
    assert one({**UNIFIED, "Actor": [{"ID": "Provisioning", "Type": 1}]}).principal_id == "provisioning"
    assert one({**UNIFIED, "Actor": []}).principal_id == "ada@example.com"
    assert one({**UNIFIED, "Actor": [], "UserId": "Not Available"}).principal_id == ""


def test_the_unified_form_is_set_aside_like_the_others():
    assert reason(without(UNIFIED, "CreationTime")) == "no time"
    assert reason({**UNIFIED, "Operation": "."}) == "no operation"
    assert reason(without(UNIFIED, "ResultStatus")) == "no result"
    assert one({**UNIFIED, "ResultStatus": "Failure"}).outcome is ObservedOutcome.FAILED


def test_where_the_usual_field_is_missing_the_next_one_is_taken():
    assert one(diagnostic(activityDisplayName=None)).action == "Add member to role"
    assert one(without(diagnostic(), "time")).time == AT_MICROS
    assert one({**UNIFIED, "ClientIP": "203.0.113.10"}).address == "203.0.113.10"
    named = {"app": {"servicePrincipalName": "Jobs", "displayName": "Nightly jobs"}}
    assert one(diagnostic(named)).principal_id == "jobs"
    assert one({**UNIFIED, "ResultStatus": "Failed"}).outcome is ObservedOutcome.FAILED
    assert one({**diagnostic(result=None), "resultType": "Success"}).outcome is ObservedOutcome.SUCCEEDED
