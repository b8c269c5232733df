"""The Activity Log's reader, quirk by quirk (docs/logs.md names these tests)."""

import json
from hashlib import sha256

import pytest

from remit.model.interval import parse_instant, to_micros
from remit.model.usage import LogKind, ObservedOutcome, ObservedPlane, Phase, SetAside
from remit.usage.records import normalise, understand

SUBSCRIPTION = "0b1f6471-1bf0-4dda-aec3-111122223333"
CALLER = "11112222-3333-4444-5555-666677778888"
ASSIGNMENT = "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9"
TENANT = "99990000-aaaa-bbbb-cccc-ddddeeeeffff"
OBJECT_ID = "http://schemas.microsoft.com/identity/claims/objectidentifier"
SCOPE = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/R/providers/Microsoft.Network/routeTables/T"
ACTION = "Microsoft.Network/routeTables/write"
CLAIMS = {
    OBJECT_ID: CALLER,
    "http://schemas.microsoft.com/identity/claims/tenantid": TENANT,
    "appid": "c44b4083-3bb0-49c1-b47d-974e53cbdf3c",
    "uti": "JgW9XEOQM0WNakyHMghCAA",
    "ipaddr": "203.0.113.9",
}
AUTHORIZATION = {
    "action": ACTION,
    "scope": SCOPE,
    "evidence": {
        "role": "Contributor",
        "roleAssignmentId": "0a1b2c3d4e5f60718293a4b5c6d7e8f9",
        "principalId": "22223333444455556666777788889999",
        "principalType": "Group",
    },
}


def pair(value):
    return {"value": value, "localizedValue": value}


def api(**changes):
    return {
        "authorization": AUTHORIZATION,
        "caller": "ann@contoso.example",
        "claims": CLAIMS,
        "category": pair("Administrative"),
        "correlationId": "A0000000-0000-0000-0000-00000000000B",
        "eventDataId": "E0000000-0000-0000-0000-00000000000F",
        "eventTimestamp": "2026-08-16T04:04:07.5557146Z",
        "submissionTimestamp": "2026-08-16T04:07:23Z",
        "httpRequest": {"clientIpAddress": "203.0.113.7"},
        "operationName": pair(ACTION),
        "resourceId": SCOPE,
        "status": pair("Succeeded"),
        "subStatus": pair(""),
        "properties": {"statusCode": "Created"},
        **changes,
    }


def diagnostic(**changes):
    return {
        "time": "2026-08-16T04:04:07.5557146Z",
        "resourceId": SCOPE.upper(),
        "operationName": ACTION.upper(),
        "category": "Administrative",
        "resultType": "Success",
        "resultSignature": "Succeeded.Created",
        "callerIpAddress": "203.0.113.7",
        "correlationId": "a0000000-0000-0000-0000-00000000000b",
        "identity": {"authorization": AUTHORIZATION, "claims": CLAIMS},
        "properties": {"hierarchy": f"{TENANT}/root/{SUBSCRIPTION}"},
        **changes,
    }


def table(**changes):
    return {
        "Type": "AzureActivity",
        "TimeGenerated": "2026-08-16T04:04:07.5557146Z",
        "EventSubmissionTimestamp": "2026-08-16T04:07:23Z",
        "OperationNameValue": ACTION.upper(),
        "OperationName": "Create or Update Route Table",
        "CategoryValue": "Administrative",
        "ActivityStatusValue": "Success",
        "ActivitySubstatusValue": "Created",
        "Authorization": json.dumps(AUTHORIZATION),
        "Claims": json.dumps(CLAIMS),
        "Caller": "ann@contoso.example",
        "CallerIpAddress": "203.0.113.7",
        "CorrelationId": "a0000000-0000-0000-0000-00000000000b",
        "EventDataId": "e0000000-0000-0000-0000-00000000000f",
        "SubscriptionId": SUBSCRIPTION,
        "ResourceId": SCOPE,
        "TenantId": "0e0e0e0e-0000-0000-0000-000000000000",
        **changes,
    }


def read(record):
    found = understand(record, b"")
    assert not isinstance(found, SetAside), found
    [operation] = found.operations
    return operation


def reason(record):
    found = understand(record, b"")
    assert isinstance(found, SetAside)
    return found.reason


@pytest.mark.parametrize("record", [api(), diagnostic(), table()], ids=["api", "diagnostic", "table"])
def test_one_event_says_the_same_in_all_shapes(record):
    found = read(record)
    assert found.log is LogKind.ACTIVITY
    assert found.plane is ObservedPlane.CONTROL
    assert found.action == ACTION
    assert found.scope == SCOPE
    assert found.principal_id == CALLER
    assert found.app_id == CLAIMS["appid"]
    assert found.token_id == "5cbd0526-9043-4533-8d6a-4c8732084200"  # noqa: S105 - an id
    assert found.address == "203.0.113.7"
    assert found.time == to_micros(parse_instant("2026-08-16T04:04:07.555714Z"))
    assert (found.outcome, found.phase) == (ObservedOutcome.SUCCEEDED, Phase.ENDED)
    assert found.assignment_id == ASSIGNMENT
    assert found.through_id == "22223333-4444-5555-6666-777788889999"
    assert found.correlation_id == "a0000000-0000-0000-0000-00000000000b"
    assert found.place == f"/subscriptions/{SUBSCRIPTION}"


def test_the_record_is_named_by_the_digest_of_its_bytes():
    text = json.dumps(api()).encode()
    assert normalise(text).operations[0].digest == sha256(text).digest()


@pytest.mark.parametrize(
    ("word", "outcome", "phase"),
    [
        ("Started", ObservedOutcome.UNFINISHED, Phase.STARTED),
        ("Start", ObservedOutcome.UNFINISHED, Phase.STARTED),
        ("Accepted", ObservedOutcome.UNFINISHED, Phase.ACCEPTED),
        ("Accept", ObservedOutcome.UNFINISHED, Phase.ACCEPTED),
        ("Succeeded", ObservedOutcome.SUCCEEDED, Phase.ENDED),
        ("success", ObservedOutcome.SUCCEEDED, Phase.ENDED),
        ("Failed", ObservedOutcome.FAILED, Phase.ENDED),
        ("Failure", ObservedOutcome.FAILED, Phase.ENDED),
        ("Canceled", ObservedOutcome.FAILED, Phase.ENDED),
        ("Resolved", ObservedOutcome.UNFINISHED, Phase.WHOLE),
    ],
)
def test_quirk_1_an_operation_has_a_record_for_each_phase(word, outcome, phase):
    for record in (api(status=pair(word)), diagnostic(resultType=word), table(ActivityStatusValue=word)):
        found = read(record)
        assert (found.outcome, found.phase) == (outcome, phase)


@pytest.mark.parametrize(
    ("signature", "outcome"),
    [
        ("Succeeded.OK", ObservedOutcome.SUCCEEDED),
        ("Failed.Forbidden", ObservedOutcome.REFUSED),
        ("Failed.NotFound", ObservedOutcome.FAILED),
        ("Started.", ObservedOutcome.UNFINISHED),
        ("", ObservedOutcome.UNFINISHED),
    ],
)
def test_quirk_1_without_a_result_its_signature_begins_with_it(signature, outcome):
    assert read(diagnostic(resultType="", resultSignature=signature, properties={})).outcome is outcome


def test_quirk_1_the_record_has_an_id_of_its_own_but_for_diagnostic_ones():
    assert read(api()).event_id == read(table()).event_id == "e0000000-0000-0000-0000-00000000000f"
    assert read(diagnostic()).event_id == ""
    assert read(api(eventDataId="00000000-0000-0000-0000-000000000000")).event_id == ""


def test_quirk_2_the_permission_of_a_child_effect_is_that_of_the_call():
    found = read(api(operationName=pair("Microsoft.Network/virtualNetworks/delete")))
    assert found.action == ACTION
    assert read(api(authorization=None)).action == ACTION
    assert (
        read(api(authorization=None, operationName="Microsoft.Network/x/write")).action == "Microsoft.Network/x/write"
    )


@pytest.mark.parametrize(
    ("sub_status", "properties", "outcome"),
    [
        ("Forbidden (HTTP Status Code: 403)", {}, ObservedOutcome.REFUSED),
        ("Forbidden", {}, ObservedOutcome.REFUSED),
        ("403", {}, ObservedOutcome.REFUSED),
        ("Failed.Forbidden.", {}, ObservedOutcome.REFUSED),
        ("Unauthorized", {}, ObservedOutcome.REFUSED),
        ("", {"statusCode": "Forbidden"}, ObservedOutcome.REFUSED),
        ("", {"statusMessage": '{"error":{"code":"AuthorizationFailed","message":"m"}}'}, ObservedOutcome.REFUSED),
        ("", {"statusMessage": '{"error":{"code":"LinkedAuthorizationFailed"}}'}, ObservedOutcome.REFUSED),
        ("Forbidden", {"statusMessage": '{"error":{"code":"RequestDisallowedByPolicy"}}'}, ObservedOutcome.FAILED),
        ("Forbidden", {"statusMessage": '{"Error":{"Code":"RequestDisallowedByAzure"}}'}, ObservedOutcome.FAILED),
        ("Forbidden", {"statusMessage": '{"code":"QuotaExceeded"}'}, ObservedOutcome.FAILED),
        (
            "Forbidden",
            {"statusMessage": '{"error":{"code":"InvalidTemplate","details":[{"code":"RequestDisallowedByPolicy"}]}}'},
            ObservedOutcome.FAILED,
        ),
        (
            "Conflict",
            {"statusMessage": '{"error":{"code":"DeploymentFailed","details":[{"code":"AuthorizationFailed"}]}}'},
            ObservedOutcome.FAILED,
        ),
        (
            "",
            {"statusMessage": "The client 'a' does not have authorization to perform action 'b' over scope 'c'."},
            ObservedOutcome.REFUSED,
        ),
        ("Conflict (HTTP Status Code: 409)", {}, ObservedOutcome.FAILED),
        ("Conflict", {"statusMessage": '{"error":{"code":"ScopeLocked"}}'}, ObservedOutcome.FAILED),
        ("NotFound", {}, ObservedOutcome.FAILED),
        ("400", {"statusMessage": "no JSON"}, ObservedOutcome.FAILED),
    ],
)
def test_quirk_3_only_what_authorisation_refused_is_refused(sub_status, properties, outcome):
    assert read(api(status=pair("Failed"), subStatus=pair(sub_status), properties=properties)).outcome is outcome
    record = diagnostic(resultType="Failure", resultSignature=sub_status, properties=properties)
    assert read(record).outcome is outcome
    record = table(ActivityStatusValue="Failure", ActivitySubstatusValue=sub_status, Properties=json.dumps(properties))
    assert read(record).outcome is outcome


def test_quirk_4_evidence_may_be_missing_or_hold_no_ids():
    for evidence in (None, {}, {"role": "Subscription Admin"}):
        found = read(api(authorization={**AUTHORIZATION, "evidence": evidence}))
        assert (found.assignment_id, found.through_id) == ("", "")


def test_quirk_5_casing_is_kept_in_actions_and_scopes_and_lowered_in_ids():
    found = read(diagnostic(identity={}))
    assert (found.action, found.scope) == (ACTION.upper(), SCOPE.upper())
    assert found.place == f"/subscriptions/{SUBSCRIPTION}"
    assert read(api(claims={OBJECT_ID: CALLER.upper()})).principal_id == CALLER


def test_quirk_6_the_operation_is_a_text_or_a_pair():
    assert read(api(operationName=ACTION, authorization=None)).action == ACTION


def test_quirk_7_who_called_is_in_the_claims_else_whom_the_caller_names():
    assert read(api(claims={})).principal_id == "ann@contoso.example"
    assert read(api(claims={}, caller="11112222333344445555666677778888")).principal_id == CALLER
    assert read(api(claims={}, caller="Microsoft.Advisor")).principal_id == "microsoft.advisor"
    assert read(api(claims={}, caller=None)).principal_id == ""
    assert read(diagnostic(identity={"claims": {"upn": "Ann@contoso.example"}})).principal_id == "ann@contoso.example"
    assert read(diagnostic(identity="Ann")).principal_id == ""


@pytest.mark.parametrize(
    "spelling",
    [
        "2026-04-28T14:32:14.029Z",
        "2026-04-28T14:32:14.0290000Z",
        "2026-04-28T14:32:14.029000000Z",
        "2026-04-28T16:32:14.029+02:00",
        "2026-04-28 14:32:14.029",
        "4/28/2026, 2:32:14.029 PM",
        "04/28/2026 14:32:14.029",
    ],
)
def test_quirk_8_times_are_read_in_every_spelling(spelling):
    assert read(table(TimeGenerated=spelling)).time == to_micros(parse_instant("2026-04-28T14:32:14.029Z"))


def test_quirk_10_when_a_record_arrived_is_kept():
    arrived = to_micros(parse_instant("2026-08-16T04:07:23Z"))
    assert read(api()).arrived == read(table()).arrived == arrived
    assert read(diagnostic()).arrived is None


def test_quirk_13_elevating_access_is_of_the_tenant():
    authorization = {"action": "Microsoft.Authorization/elevateAccess/action", "scope": "/"}
    found = read(api(authorization=authorization, resourceId="/providers/Microsoft.Authorization"))
    assert (found.scope, found.place) == ("/", f"/tenants/{TENANT}")
    found = read(diagnostic(resourceId="", identity={"authorization": authorization}))
    assert (found.scope, found.place) == ("/", f"/tenants/{TENANT}")
    record = diagnostic(
        resourceId="", identity={"authorization": authorization}, properties={}, tenantId=TENANT.upper()
    )
    assert read(record).place == f"/tenants/{TENANT}"


def test_the_old_columns_of_the_table_are_read():
    record = table(
        ActivityStatus="Failed", ActivitySubstatus="Forbidden (HTTP Status Code: 403)", Category="Administrative"
    )
    for name in (
        "OperationNameValue",
        "ActivityStatusValue",
        "ActivitySubstatusValue",
        "CategoryValue",
        "Type",
        "Claims",
    ):
        del record[name]
    found = read(record)
    assert (found.action, found.outcome) == (ACTION, ObservedOutcome.REFUSED)
    assert found.principal_id == "ann@contoso.example"


def test_the_dynamic_twin_of_a_column_is_read_first():
    record = table(Authorization_d={**AUTHORIZATION, "action": "a/b/c"}, Claims_d=json.dumps({OBJECT_ID: "X"}))
    found = read(record)
    assert (found.action, found.principal_id) == ("a/b/c", "x")


@pytest.mark.parametrize("category", ["Write", "Delete", "Action"])
def test_the_categories_of_before_2018_are_read(category):
    assert read(diagnostic(category=category)).action == ACTION


def test_which_machine_a_managed_identity_called_from_is_kept():
    identity = f"/subscriptions/{SUBSCRIPTION}/resourcegroups/r/providers/Microsoft.ManagedIdentity/x/I"
    machine = f"/subscriptions/{SUBSCRIPTION}/resourcegroups/r/providers/Microsoft.Compute/virtualMachines/V/"
    assert read(api(claims={"xms_mirid": identity})).host_resource == identity.lower()
    assert read(api(claims={"xms_mirid": identity, "xms_az_rid": machine})).host_resource == machine.lower()[:-1]


def test_the_address_is_the_callers_else_the_requests_else_the_tokens():
    assert read(api(httpRequest=None)).address == "203.0.113.9"
    assert (
        read(diagnostic(callerIpAddress="", properties={"httpRequest": '{"clientIpAddress":"::1"}'})).address == "::1"
    )


@pytest.mark.parametrize(
    "category", ["ServiceHealth", "ResourceHealth", "Alert", "Autoscale", "Recommendation", "Security", "Policy"]
)
def test_categories_without_a_caller_are_set_aside_by_name(category):
    for record in (api(category=pair(category)), diagnostic(category=category), table(CategoryValue=category)):
        assert reason(record) == f"category `{category}` tells of no call"


def test_a_record_without_time_or_operation_is_set_aside():
    assert reason(api(eventTimestamp=None)) == "no time"
    assert reason(diagnostic(time="yesterday")) == "no time"
    assert reason(api(operationName=pair(""), authorization={})) == "no operation"


def test_a_scope_has_no_slash_at_its_end_and_falls_back_to_the_resource():
    assert read(api(authorization={"action": ACTION, "scope": SCOPE + "/"})).scope == SCOPE
    assert read(api(authorization={"action": ACTION})).scope == SCOPE
    assert read(table(Authorization="", ResourceId="")).scope == f"/subscriptions/{SUBSCRIPTION}"
