"""Entra sign-ins in their five forms, with the quirks of section 3 of the log notes."""

from __future__ import annotations

from typing import Any

import pytest
from tests.fakes.observed import (
    APPLICATION,
    AT,
    AT_MICROS,
    DIGEST,
    NIL,
    SERVICE,
    TENANT,
    USER,
    one,
    reason,
    without,
)

from remit.model.usage import LogKind, ObservedOutcome, ObservedPlane, SetAside
from remit.usage.recognised import Family, Recognised, Shape
from remit.usage.sources import sign_ins
from remit.usage.sources.sign_in_errors import INTERRUPTS, REFUSALS, outcome_of_code

REQUEST = "5cbd0526-9043-4533-8d6a-4c8732084200"
SHORT, LONG = "JgW9XEOQM0WNakyHMghCAA", "NWNiZDA1MjYtOTA0My00NTMzLThkNmEtNGM4NzMyMDg0MjAw"
AADIAM = f"/tenants/{TENANT}/providers/Microsoft.aadiam"


def diagnostic(category: str = "SignInLogs", result: Any = "0", **properties: Any) -> dict[str, Any]:
    return {
        "time": AT,
        "resourceId": AADIAM,
        "operationName": "Sign-in activity",
        "category": category,
        "tenantId": TENANT,
        "resultType": result,
        "resultSignature": "None",
        "callerIpAddress": "203.0.113.9",
        "correlationId": "eeeeeeee-5555-4555-8555-555555555555",
        "identity": "Ada Example",
        "properties": {
            "id": REQUEST,
            "createdDateTime": "2025-05-06T07:08:08+00:00",
            "userId": USER,
            "userPrincipalName": "Ada@Example.com",
            "appId": APPLICATION,
            "ipAddress": "203.0.113.9",
            "status": {"errorCode": 0},
            "resourceId": "00000003-0000-0000-c000-000000000000",
            **properties,
        },
    }


def test_a_user_sign_in_says_who_when_where_and_with_which_token():
    read = one(diagnostic(uniqueTokenIdentifier=SHORT))
    assert (read.log, read.plane, read.action) == (LogKind.USER_SIGN_IN, ObservedPlane.SIGN_IN, "Sign-in activity")
    assert (read.time, read.scope, read.place) == (AT_MICROS, AADIAM, f"/tenants/{TENANT}")
    assert (read.principal_id, read.app_id, read.token_id) == (USER, APPLICATION, REQUEST)
    assert (read.address, read.correlation_id) == ("203.0.113.9", "eeeeeeee-5555-4555-8555-555555555555")
    assert (read.event_id, read.digest, read.outcome) == (REQUEST, DIGEST, ObservedOutcome.SUCCEEDED)


@pytest.mark.parametrize("spelling", [SHORT, f"{SHORT}==", LONG, REQUEST.upper(), ""])
def test_quirk_the_token_id_has_three_spellings_and_equals_the_sign_ins_own_id(spelling: str):
    assert one(diagnostic(uniqueTokenIdentifier=spelling)).token_id == REQUEST


def test_quirk_identity_is_a_display_name_and_the_resource_in_properties_is_the_audience():
    read = one(diagnostic())
    assert read.principal_id == USER
    assert read.scope == AADIAM


@pytest.mark.parametrize(
    ("category", "log"),
    [
        ("SignInLogs", LogKind.USER_SIGN_IN),
        ("ADFSSignInLogs", LogKind.USER_SIGN_IN),
        ("NonInteractiveUserSignInLogs", LogKind.NON_INTERACTIVE_SIGN_IN),
        ("ServicePrincipalSignInLogs", LogKind.SERVICE_PRINCIPAL_SIGN_IN),
        ("MicrosoftServicePrincipalSignInLogs", LogKind.SERVICE_PRINCIPAL_SIGN_IN),
        ("ManagedIdentitySignInLogs", LogKind.MANAGED_IDENTITY_SIGN_IN),
    ],
)
def test_the_category_says_which_kind_of_sign_in_it_is(category: str, log: LogKind):
    assert one(diagnostic(category)).log is log


def test_quirk_a_managed_identity_signs_in_without_address_and_without_host():
    record = diagnostic("ManagedIdentitySignInLogs", userId=None, userPrincipalName=None, ipAddress="")
    record["properties"]["servicePrincipalId"] = SERVICE
    read = one(without(record, "callerIpAddress", "identity"))
    assert (read.principal_id, read.address, read.host_resource) == (SERVICE, "", "")


@pytest.mark.parametrize("name", ["managedIdentity", "managedServiceIdentity"])
def test_the_host_of_a_managed_identity_is_taken_where_the_record_names_it(name: str):
    host = "/subscriptions/S/resourcegroups/R/providers/Microsoft.Compute/virtualMachines/VM/"
    record = diagnostic("ManagedIdentitySignInLogs", **{name: {"associatedResourceId": host}})
    assert one(record).host_resource == host.lower().rstrip("/")


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        ("0", ObservedOutcome.SUCCEEDED),
        (0, ObservedOutcome.SUCCEEDED),
        ("50126", ObservedOutcome.REFUSED),
        ("53003", ObservedOutcome.REFUSED),
        ("50105", ObservedOutcome.REFUSED),
        ("50057", ObservedOutcome.REFUSED),
        ("7000222", ObservedOutcome.REFUSED),
        ("90094", ObservedOutcome.REFUSED),
        ("700213", ObservedOutcome.REFUSED),
        ("50058", ObservedOutcome.FAILED),
        ("50072", ObservedOutcome.FAILED),
        ("50074", ObservedOutcome.FAILED),
        ("50076", ObservedOutcome.FAILED),
        ("50097", ObservedOutcome.FAILED),
        ("50125", ObservedOutcome.FAILED),
        ("50140", ObservedOutcome.FAILED),
        ("65001", ObservedOutcome.FAILED),
        ("50158", ObservedOutcome.FAILED),
        ("90033", ObservedOutcome.FAILED),
        ("123456789", ObservedOutcome.FAILED),
    ],
)
def test_the_error_code_says_refused_failed_or_succeeded(code: object, outcome: ObservedOutcome):
    assert one(diagnostic(result=code)).outcome is outcome


def test_no_interrupt_is_a_refusal():
    assert not INTERRUPTS & REFUSALS
    assert {outcome_of_code(code) for code in INTERRUPTS} == {ObservedOutcome.FAILED}
    assert {outcome_of_code(code) for code in REFUSALS} == {ObservedOutcome.REFUSED}


@pytest.mark.parametrize(
    ("word", "outcome"),
    [("Success", ObservedOutcome.SUCCEEDED), ("Failure", ObservedOutcome.FAILED), ("failed", ObservedOutcome.FAILED)],
)
def test_quirk_a_forwarder_may_write_the_result_as_a_word(word: str, outcome: ObservedOutcome):
    assert one(diagnostic(result=word)).outcome is outcome


@pytest.mark.parametrize(
    ("word", "code", "outcome"),
    [
        ("Failure", 50126, ObservedOutcome.REFUSED),
        ("Failure", "50053", ObservedOutcome.REFUSED),
        ("Failure", 50140, ObservedOutcome.FAILED),
        ("Success", 0, ObservedOutcome.SUCCEEDED),
        ("0", 50126, ObservedOutcome.SUCCEEDED),
    ],
)
def test_quirk_behind_a_word_the_error_code_of_the_status_tells_a_refusal(
    word: str, code: Any, outcome: ObservedOutcome
):
    record = diagnostic(result=word)
    record["properties"]["status"] = {"errorCode": code}
    assert one(record).outcome is outcome


def test_quirk_without_a_result_the_status_says_it_and_without_that_the_signature():
    assert one(diagnostic(result=None, status={"errorCode": 50126})).outcome is ObservedOutcome.REFUSED
    bare = diagnostic(result="", status=None)
    assert reason(bare) == "no result"
    assert one({**bare, "resultSignature": "SUCCESS"}).outcome is ObservedOutcome.SUCCEEDED
    assert one({**bare, "resultSignature": "FAILURE"}).outcome is ObservedOutcome.FAILED


def test_quirk_an_unknown_user_has_the_nil_id_and_is_called_by_its_name():
    read = one(diagnostic(result="50034", userId=NIL))
    assert read.principal_id == "ada@example.com"


def test_a_record_without_a_time_is_set_aside():
    record = diagnostic(createdDateTime=None)
    assert reason(without(record, "time")) == "no time"


def test_without_the_time_of_the_record_its_creation_is_its_time():
    record = diagnostic(createdDateTime="2025-05-06T07:08:09.1234567+00:00")
    assert one(without(record, "time")).time == AT_MICROS


TABLE = {
    "TenantId": "99999999-9999-4999-8999-999999999999",
    "TimeGenerated [UTC]": "5/6/2025, 7:08:09.123 AM",
    "OperationName": "Sign-in activity",
    "Category": "ManagedIdentitySignInLogs",
    "ResultType": "0",
    "AADTenantId": TENANT,
    "AppId": APPLICATION,
    "Id": REQUEST,
    "IPAddress": "",
    "ManagedServiceIdentity": '{"msiType":"UserAssigned","associatedResourceId":"/subscriptions/S/VM"}',
    "ServicePrincipalId": SERVICE.upper(),
    "UniqueTokenIdentifier": SHORT,
    "Type": "AADManagedIdentitySignInLogs",
}


def test_quirk_a_tables_tenant_id_is_the_workspace_and_its_json_stands_in_strings():
    read = one(TABLE)
    assert (read.log, read.principal_id) == (LogKind.MANAGED_IDENTITY_SIGN_IN, SERVICE)
    assert (read.scope, read.place) == (f"/tenants/{TENANT}", f"/tenants/{TENANT}")
    assert read.host_resource == "/subscriptions/s/vm"
    assert read.time == AT_MICROS - 456
    assert one(without(TABLE, "AADTenantId")).scope == ""


def test_a_table_row_of_a_user_reads_like_the_record_it_was_made_of():
    row = {
        **without(TABLE, "ManagedServiceIdentity", "ServicePrincipalId"),
        "Type": "SigninLogs",
        "Category": "SignInLogs",
        "ResultType": "50126",
        "ResourceId": AADIAM,
        "Status_dynamic": '{"errorCode":50126}',
        "UserId": USER,
        "IPAddress": "203.0.113.9",
        "TimeGenerated [UTC]": AT,
        "CorrelationId": "eeeeeeee-5555-4555-8555-555555555555",
    }
    assert one(row) == one(diagnostic(result="50126"))


def test_rows_of_microsofts_own_principals_have_no_id_but_a_token():
    row = without(TABLE, "Id", "Category", "ManagedServiceIdentity", "ResultType")
    row = {**row, "Type": "MicrosoftServicePrincipalSignInLogs", "ResultSignature": "SUCCESS"}
    read = one(row)
    assert (read.log, read.event_id) == (LogKind.SERVICE_PRINCIPAL_SIGN_IN, REQUEST)


def api(**changes: Any) -> dict[str, Any]:
    return {**diagnostic()["properties"], "createdDateTime": AT, **changes}


def test_the_graph_form_tells_no_tenant():
    read = one(api())
    assert (read.log, read.scope, read.place, read.time) == (LogKind.USER_SIGN_IN, "", "", AT_MICROS)


@pytest.mark.parametrize(
    ("event_type", "log"),
    [
        ("interactiveUser", LogKind.USER_SIGN_IN),
        ("nonInteractiveUser", LogKind.NON_INTERACTIVE_SIGN_IN),
        ("servicePrincipal", LogKind.SERVICE_PRINCIPAL_SIGN_IN),
        ("managedIdentity", LogKind.MANAGED_IDENTITY_SIGN_IN),
    ],
)
def test_the_beta_graph_form_says_the_kind_in_its_event_types(event_type: str, log: LogKind):
    assert one(api(signInEventTypes=[event_type])).log is log


def test_the_graph_form_of_a_service_principal_is_known_by_having_no_user():
    read = one(api(userId=None, userPrincipalName=None, servicePrincipalId=SERVICE))
    assert (read.log, read.principal_id) == (LogKind.SERVICE_PRINCIPAL_SIGN_IN, SERVICE)


LOGIN = {
    "CreationTime": "2025-05-06T07:08:09",
    "Id": REQUEST,
    "IntraSystemId": REQUEST,
    "InterSystemsId": "eeeeeeee-5555-4555-8555-555555555555",
    "Operation": "UserLoggedIn",
    "OrganizationId": TENANT,
    "RecordType": 15,
    "ResultStatus": "Success",
    "UserKey": USER,
    "UserId": "Ada@Example.com",
    "Workload": "AzureActiveDirectory",
    "ActorIpAddress": "203.0.113.9",
    "Actor": [{"ID": USER, "Type": 0}, {"ID": "Ada@Example.com", "Type": 5}],
    "ApplicationId": APPLICATION,
    "ErrorNumber": "0",
}


def test_a_login_of_the_unified_audit_log_is_the_sign_in_that_other_forms_tell_of():
    read, other = one(LOGIN), one(diagnostic())
    assert (read.log, read.event_id, read.token_id) == (other.log, other.event_id, other.token_id)
    assert (read.principal_id, read.app_id, read.address) == (other.principal_id, other.app_id, other.address)
    assert (read.action, read.scope) == ("Sign-in activity", f"/tenants/{TENANT}")


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({"Operation": "UserLoginFailed", "ErrorNumber": "50126"}, ObservedOutcome.REFUSED),
        ({"Operation": "UserLoginFailed", "ErrorNumber": "50072"}, ObservedOutcome.FAILED),
        ({"Operation": "UserLoggedIn", "ErrorNumber": "50140"}, ObservedOutcome.FAILED),
        ({"Operation": "UserLoginFailed", "ErrorNumber": None}, ObservedOutcome.FAILED),
        ({"ErrorNumber": None}, ObservedOutcome.SUCCEEDED),
    ],
)
def test_quirk_unified_logins_say_success_of_failed_ones_too(changes: dict[str, Any], outcome: ObservedOutcome):
    assert one({**LOGIN, **changes}).outcome is outcome


def test_a_unified_login_without_an_object_id_is_of_the_name():
    assert one({**LOGIN, "UserKey": "Not Available", "Actor": []}).principal_id == "ada@example.com"
    assert reason(without(LOGIN, "CreationTime")) == "no time"


def test_where_the_usual_field_is_missing_the_next_one_is_taken():
    by_name = diagnostic("ServicePrincipalSignInLogs", userId=None, userPrincipalName=None, servicePrincipalName="Jobs")
    assert one(by_name).principal_id == "jobs"
    assert one(without({**LOGIN, "ClientIP": "203.0.113.10"}, "ActorIpAddress")).address == "203.0.113.10"
    assert one(api(userId=None, userPrincipalName=None)).log is LogKind.USER_SIGN_IN
    assert one({**diagnostic(), "callerIpAddress": "203.0.113.10"}).address == "203.0.113.9"


def test_a_tenant_is_written_in_any_case_and_with_a_slash_at_its_end():
    read = one({**diagnostic(), "resourceId": f"{AADIAM.upper()}/"})
    assert (read.scope, read.place) == (AADIAM.upper(), f"/tenants/{TENANT}")


@pytest.mark.parametrize("code", [50126.0, "50126.0"])
def test_an_error_code_may_have_become_a_decimal_on_its_way(code: object):
    assert one(diagnostic(result=code)).outcome is ObservedOutcome.REFUSED


@pytest.mark.parametrize("code", [-1.0, 0.5, float("nan"), float("inf"), 1e300, True, "12x"])
def test_what_is_no_code_is_no_result(code: object):
    assert reason(diagnostic(result=code, status=None)) == "no result"


def test_a_kind_that_is_not_known_yet_is_a_users_sign_in():
    assert one(api(signInEventTypes=["unknownFutureValue"])).log is LogKind.USER_SIGN_IN


def test_a_column_that_is_there_twice_is_read_where_it_holds_something():
    assert one({**diagnostic(), "ResultType": "50126", "resultType": ""}).outcome is ObservedOutcome.REFUSED
    assert one({**diagnostic(), "ResultType": "50126"}).outcome is ObservedOutcome.SUCCEEDED


def test_a_unified_row_that_is_no_login_says_no_result_of_one():
    other = {**LOGIN, "Operation": "UserLoggedOut", "ErrorNumber": "none"}
    assert sign_ins.read(Recognised(Family.SIGN_IN, Shape.UNIFIED, "", other, DIGEST)) == SetAside("no result")
