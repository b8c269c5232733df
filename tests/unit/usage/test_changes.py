"""What records say was changed, field by field, and how the records of one change are joined."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from itertools import permutations

import pytest
from tests.strategies.histories import activity, audit, member_target

from remit.model.usage import ChangeKind, ObservedChange, ObservedOutcome, Phase
from remit.usage.changes import changes_of, settled
from remit.usage.changes.detail import ChangeDetail, detail_of, written
from remit.usage.changes.windows import duration_us, schedule_window
from remit.usage.recognised import Recognised, Shape

A = "Microsoft.Authorization/"
SUB = "/subscriptions/S1"
ID = f"{SUB}/providers/{A}roleAssignments/0A1B2C3D4E5F60718293A4B5C6D7E8F9"
WHO = "11112222333344445555666677778888"
DASHED = "11112222-3333-4444-5555-666677778888"
ROLE = "ACDD72A7-3385-48EF-BD42-F606FBA81AE7"
BODY = {
    "Id": "x",
    "Properties": {
        "PrincipalId": WHO,
        "PrincipalType": "User",
        "RoleDefinitionId": f"/providers/{A}roleDefinitions/{ROLE}",
        "Scope": SUB,
        "Condition": None,
    },
}
HOUR = 3_600_000_000


def one(record) -> ObservedChange:
    (change,) = changes_of(*record)
    return change


@pytest.mark.parametrize("capital", [True, False])
def test_the_body_of_a_write_is_read_in_either_spelling(capital) -> None:
    body = (
        BODY
        if capital
        else {"properties": {key[0].lower() + key[1:]: value for key, value in BODY["Properties"].items()}}
    )
    change = one(activity(f"{A}roleAssignments/write".upper(), ID, 5, request=body, status="Created", caller="me"))

    assert change.kind is ChangeKind.ASSIGNMENT_WRITTEN
    assert (change.subject_id, change.role_id, change.scope) == (DASHED, ROLE.lower(), SUB)
    assert change.object_id == "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9"
    assert (change.time, change.actor_id) == (5, "me")
    assert detail_of(change.detail) == ChangeDetail(created=True, content_id=ID, principal_type="User", told=True)


def test_what_azure_answered_counts_before_what_was_asked() -> None:
    answer = {"properties": {**BODY["Properties"], "PrincipalId": "somebody else"}}
    assert (
        one(activity(f"{A}roleAssignments/write", ID, 5, request=BODY, response=answer)).subject_id == "somebody else"
    )


def test_the_name_of_the_operation_counts_where_a_group_took_its_assignments_along() -> None:
    found, operation = activity(f"{A}roleAssignments/delete", ID, 5, response=BODY)
    along = replace(operation, action="Microsoft.Resources/subscriptions/resourceGroups/delete", scope=SUB)
    assert [change.kind for change in changes_of(found, along)] == [ChangeKind.ASSIGNMENT_DELETED]


def test_a_row_of_a_table_says_the_same() -> None:
    found, operation = activity(f"{A}roleAssignments/write", ID, 5, request=BODY, status="Created")
    fields = {
        "OperationNameValue": f"{A.upper()}ROLEASSIGNMENTS/WRITE",
        "OperationName": "Create role assignment",
        "_ResourceId": ID.lower(),
        "Properties": json.dumps(found.fields["properties"]),
    }
    table = Recognised(found.family, Shape.TABLE, "AzureActivity", fields, found.digest)
    assert one((table, operation)) == one((found, operation))


def test_deleting_what_is_not_there_is_no_change() -> None:
    assert changes_of(*activity(f"{A}roleAssignments/delete", ID, 5, status="NoContent")) == ()


def test_an_activation_has_its_window() -> None:
    asked = {
        "properties": {
            **BODY["Properties"],
            "RequestType": "SelfActivate",
            "ScheduleInfo": {"Expiration": {"Duration": "PT8H"}},
        }
    }
    request = ID.replace("roleAssignments", "roleAssignmentScheduleRequests")
    change = one(activity(f"{A}roleAssignmentScheduleRequests/write", request, 5 * HOUR, request=asked))
    assert (change.kind, change.start, change.end) == (ChangeKind.ACTIVATED, 5 * HOUR, 13 * HOUR)

    asked["properties"]["RequestType"] = "SelfDeactivate"
    change = one(activity(f"{A}roleAssignmentScheduleRequests/write", request, 5 * HOUR, request=asked))
    assert (change.kind, change.start, change.end) == (ChangeKind.DEACTIVATED, None, None)


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("PT8H", 8),
        ("P1D", 24),
        ("P1DT1H30M", 25.5),
        ("pt30m", 0.5),
        ("P", None),
        ("", None),
        ("8 hours", None),
        ("P1Y", 8760),
    ],
)
def test_durations(text, hours) -> None:
    assert duration_us(text) == (None if hours is None else hours * HOUR)


def test_a_window_never_begins_before_it_was_asked_for() -> None:
    said = {"startDateTime": "1970-01-01T01:00:00Z", "expiration": {"endDateTime": "1970-01-01T05:00:00Z"}}
    assert schedule_window(said, 2 * HOUR) == (2 * HOUR, 5 * HOUR)
    assert schedule_window(said, 0) == (HOUR, 5 * HOUR)
    assert schedule_window({"expiration": {"type": "NoExpiration"}}, 7) == (7, None)


def test_elevated_access_is_user_access_administrator_at_the_root() -> None:
    change = one(activity(f"{A}elevateAccess/action", "/", 5, caller="me"))
    assert (change.kind, change.subject_id, change.scope) == (ChangeKind.ELEVATED, "me", "/")
    assert change.role_id == "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9"


def test_a_diagnostic_setting_keeps_its_body() -> None:
    body = {"properties": {"workspaceId": "/w", "logs": [{"category": "AuditEvent", "enabled": True}]}}
    vault = f"{SUB}/resourceGroups/R/providers/Microsoft.KeyVault/vaults/v"
    record = activity(
        "Microsoft.Insights/diagnosticSettings/write",
        f"{vault}/providers/Microsoft.Insights/diagnosticSettings/D",
        5,
        request=body,
    )
    change = one(record)
    assert (change.kind, change.scope, change.object_id) == (ChangeKind.DIAGNOSTIC_SETTING_WRITTEN, vault, "d")
    assert detail_of(change.detail).setting == body["properties"]


def test_a_group_in_a_group_is_a_member() -> None:
    targets = member_target("g", "inner")
    targets[0]["type"] = "Group"
    change = one(audit("Add member to group", targets, 5))
    assert (change.kind, change.object_id, change.subject_id) == (ChangeKind.MEMBER_ADDED, "g", "inner")


@pytest.mark.parametrize(
    "name",
    [
        "Add member to role in PIM requested (timebound)",
        "Add member to role request approved (PIM activation)",
        "Update group",
        "Add eligible member to group in PIM completed",
        "Add owner to group",
        "Add user",
        "Member of nothing",
    ],
)
def test_what_changes_nothing_yet_is_no_change(name) -> None:
    assert changes_of(*audit(name, member_target("g", "m"), 5)) == ()


def test_an_audit_row_that_failed_is_no_change() -> None:
    found, operation = audit("Add member to group", member_target("g", "m"), 5)
    assert changes_of(found, replace(operation, outcome=ObservedOutcome.FAILED)) == ()


def _role_row(name: str, at: int, **more):
    targets = [
        {"id": "r1", "type": "Role", "displayName": "Global Reader", "modifiedProperties": []},
        {
            "id": "m",
            "type": "User",
            "userPrincipalName": "m@x",
            "modifiedProperties": [{"displayName": "Role.TemplateId", "newValue": '"\\"T1\\""'}],
        },
    ]
    return one(audit(name, targets, at, **more))


def test_an_activation_of_a_directory_role_that_two_services_report_counts_once() -> None:
    pim = _role_row(
        "Add member to role completed (PIM activation)",
        5,
        additionalDetails=[{"key": "ExpirationTime", "value": "1970-01-01T08:00:00Z"}],
        category="RoleManagement",
    )
    core = _role_row("Add member to role", 2_000_000)
    (joined,) = settled([core, pim])
    assert (joined.change.subject_id, joined.change.object_id, joined.change.end) == ("m", "t1", 8 * HOUR)
    assert joined.change.time == 5
    assert len(settled([core, replace(pim, time=3 * HOUR)])) == 2


def test_a_role_of_azure_resources_in_the_audit_log_is_an_activation_there() -> None:
    change = _role_row("Add member to role completed (PIM activation)", 5, category="ResourceManagement")
    assert (change.kind, change.role_id) == (ChangeKind.ACTIVATED, "t1")


def _write(phase: Phase, at: int, outcome=ObservedOutcome.SUCCEEDED, **more) -> ObservedChange:
    return one(activity(f"{A}roleAssignments/write", ID, at, phase=phase, outcome=outcome, correlation="c", **more))


def test_records_of_one_write_are_one_change_in_any_order_and_number() -> None:
    begun = _write(Phase.STARTED, 1, ObservedOutcome.UNFINISHED, request=BODY)
    taken = _write(Phase.ACCEPTED, 2, ObservedOutcome.UNFINISHED)
    ended = _write(Phase.ENDED, 3, status="Created")
    for order in permutations([begun, taken, ended, begun]):
        (joined,) = settled(order)
        assert (joined.confirmed, joined.change.time, joined.change.subject_id) == (True, 3, DASHED)
        assert joined.detail.told
        assert joined.detail.created


def test_a_beginning_alone_is_not_confirmed() -> None:
    (joined,) = settled([_write(Phase.STARTED, 1, ObservedOutcome.UNFINISHED, request=BODY)])
    assert not joined.confirmed


def test_a_failure_takes_its_beginning_along() -> None:
    begun = _write(Phase.STARTED, 1, ObservedOutcome.UNFINISHED, request=BODY)
    for outcome in (ObservedOutcome.FAILED, ObservedOutcome.REFUSED):
        assert settled([begun, _write(Phase.ENDED, 2, outcome)]) == []


def test_elevated_access_in_both_logs_is_one() -> None:
    first = one(activity(f"{A}elevateAccess/action", "/", 5, caller="me"))
    second = one(audit("User has elevated their access to User Access Administrator for their Azure Resources", [], 9))
    (joined,) = settled([replace(second, subject_id="me"), first])
    assert [log.word for log in joined.logs] == ["activityLog", "entraAudit"]


def test_the_order_of_many_changes_does_not_matter() -> None:
    rows = [_write(Phase.ENDED, at, request=BODY) for at in range(20)]
    rows = [replace(row, correlation_id=f"{row.time % 7}", object_id=f"{row.time % 5}") for row in rows]
    expected = settled(rows)
    for seed in range(5):
        random.Random(seed).shuffle(rows)
        assert settled(rows + rows[:7]) == expected


def test_a_detail_that_is_no_detail_says_nothing() -> None:
    for text in ("", "{", "[]", "null", '{"told": 3}', "\udcff"):
        assert detail_of(text) == ChangeDetail()
    assert detail_of(written(ChangeDetail(told=True, setting={"a": [1]}))) == ChangeDetail(
        told=True, setting={"a": [1]}
    )


@pytest.mark.parametrize("seed", range(60))
def test_mutated_records_never_raise(seed) -> None:
    source = random.Random(seed)
    records = [
        activity(f"{A}roleAssignments/write", ID, 5, request=BODY, response=BODY),
        activity(f"{A}roleDefinitions/write", ID, 5, request={"properties": {"permissions": [{"actions": ["*"]}]}}),
        activity(f"{A}roleAssignmentScheduleRequests/write", ID, 5, request=BODY),
        audit("Add member to group", member_target("g", "m"), 5),
        audit("Add member to role", member_target("g", "m"), 5),
    ]
    for found, operation in records:
        for _ in range(40):
            whole = json.loads(json.dumps(dict(found.fields)))
            fields = {key: _mutated(value, source) for key, value in whole.items()}
            shape = source.choice(list(Shape))
            made = changes_of(replace(found, fields=fields, shape=shape), operation)
            settled(made)


def _mutated(value, source):
    if source.random() < 0.08:
        return source.choice([None, 3, "", "{", '{"a": [', [], {}, True, "[[[", {"value": {"value": 1}}, "\x00", 1e9])
    if isinstance(value, dict):
        return {key: _mutated(one, source) for key, one in value.items()}
    if isinstance(value, list):
        return [_mutated(one, source) for one in value]
    if isinstance(value, str) and source.random() < 0.1:
        cut = source.randrange(len(value) + 1)
        return value[:cut] + source.choice(["", '"', "\\", "}"]) + value[cut + 1 :]
    return value
