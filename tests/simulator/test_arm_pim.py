import json
from datetime import timedelta

import pytest
from tests.simulator.arm_world import (
    ADA,
    APP,
    AUTH,
    OPS,
    OWNER,
    READER,
    ROBOT,
    STRANGER,
    SUB_A,
    SUB_B,
    World,
    app,
    guid,
    world,
)

from remit_sim import arm
from remit_sim.embedded import Simulator

ROLE = f"{AUTH}/roleDefinitions/{OWNER}"
ACTIVE, ELIGIBLE = f"{AUTH}/roleAssignmentSchedule", f"{AUTH}/roleEligibilitySchedule"


def ask(made: World, name: str, side: str, scope: str, kind: str, **said: object) -> tuple[int, dict]:
    by = said.pop("by", None)
    hours = said.pop("hours", 8)
    until = {"type": "AfterDuration", "duration": f"PT{hours}H"} if hours else {"type": "NoExpiration"}
    properties = {"principalId": ADA, "roleDefinitionId": ROLE, "requestType": kind} | said
    properties.setdefault("scheduleInfo", {"expiration": until})
    url = f"{scope}{side}Requests/{guid(name)}"
    answer = made.call("PUT", url, {"properties": properties}, **({"by": by} if by else {}))
    return answer.status, json.loads(answer.body)


def code(asked: tuple[int, dict]) -> tuple[int, str]:
    return asked[0], asked[1]["error"]["code"]


def holders(made: World, scope: str) -> list[str]:
    rows = made.get(f"{scope}{AUTH}/roleAssignments?$filter=atScope()")["value"]
    return [row["properties"]["principalId"] for row in rows if row["properties"]["roleDefinitionId"].endswith(OWNER)]


@pytest.fixture
def eligible() -> World:
    made = world()
    assert ask(made, "may", ELIGIBLE, SUB_A, "AdminAssign", hours=24 * 365)[0] == 201
    return made


def test_an_activation_opens_a_window_with_its_role_assignment(eligible):
    status, request = ask(eligible, "go", ACTIVE, SUB_A, "SelfActivate", justification="patching")
    assert (status, request["properties"]["status"]) == (201, "Provisioned")
    (window,) = eligible.get(f"{SUB_A}{ACTIVE}Instances")["value"]
    said = window["properties"]
    assert (said["assignmentType"], said["endDateTime"]) == ("Activated", "2026-11-01T16:00:00.0000000Z")
    assert said["originRoleAssignmentId"] == eligible.get(f"{SUB_A}{AUTH}/roleAssignments")["value"][-1]["id"]
    assert said["linkedRoleEligibilityScheduleInstanceId"] in eligible.ids(f"{SUB_A}{ELIGIBLE}Instances")
    assert holders(eligible, SUB_A) == [ADA]


def test_an_activation_may_be_narrower_than_the_eligibility_and_not_wider(eligible):
    assert ask(eligible, "go", ACTIVE, APP, "SelfActivate")[0] == 201
    assert (holders(eligible, APP), holders(eligible, SUB_A)) == ([ADA], [])
    assert code(ask(eligible, "up", ACTIVE, SUB_B, "SelfActivate")) == (400, "RoleAssignmentDoesNotExist")


def test_a_window_ends_when_the_clock_has_come_to_its_end(eligible):
    ask(eligible, "go", ACTIVE, SUB_A, "SelfActivate")
    eligible.tenant.clock.advance(timedelta(hours=8) - timedelta(microseconds=1))
    assert (arm.expire(eligible.tenant), holders(eligible, SUB_A)) == (0, [ADA])
    eligible.tenant.clock.advance(timedelta(microseconds=1))
    assert (arm.expire(eligible.tenant), holders(eligible, SUB_A)) == (1, [])
    assert eligible.ids(f"{SUB_A}{ACTIVE}Instances") == []
    assert len(eligible.ids(f"{SUB_A}{ELIGIBLE}Instances")) == 1


def test_the_running_simulator_ends_windows_as_its_clock_moves_on(eligible):
    ask(eligible, "go", ACTIVE, SUB_A, "SelfActivate")
    with Simulator(eligible.tenant) as sim:
        sim.advance(hours=7)
        assert holders(eligible, SUB_A) == [ADA]
        sim.advance(hours=1)
        assert holders(eligible, SUB_A) == []


def test_a_member_activates_what_its_group_is_eligible_for():
    made = world()
    assert ask(made, "may", ELIGIBLE, SUB_A, "AdminAssign", principalId=OPS)[0] == 201
    assert ask(made, "go", ACTIVE, SUB_A, "SelfActivate")[0] == 201
    assert holders(made, SUB_A) == [ADA]


def test_deactivating_takes_the_role_away_but_not_in_the_first_five_minutes(eligible):
    ask(eligible, "go", ACTIVE, SUB_A, "SelfActivate")
    assert code(ask(eligible, "soon", ACTIVE, SUB_A, "SelfDeactivate")) == (400, "ActiveDurationTooShort")
    eligible.tenant.clock.advance(timedelta(minutes=5))
    status, request = ask(eligible, "back", ACTIVE, SUB_A, "SelfDeactivate")
    assert (status, request["properties"]["status"], holders(eligible, SUB_A)) == (201, "Revoked", [])
    assert code(ask(eligible, "again", ACTIVE, SUB_A, "SelfDeactivate")) == (400, "RoleAssignmentDoesNotExist")


def test_taking_eligibility_away_ends_what_was_activated_from_it(eligible):
    ask(eligible, "go", ACTIVE, SUB_A, "SelfActivate")
    assert ask(eligible, "stop", ELIGIBLE, SUB_A, "AdminRemove")[0] == 201
    assert (holders(eligible, SUB_A), eligible.ids(f"{SUB_A}{ELIGIBLE}Instances")) == ([], [])


def test_deleting_the_role_assignment_closes_its_window(eligible):
    ask(eligible, "go", ACTIVE, SUB_A, "SelfActivate")
    (window,) = eligible.get(f"{SUB_A}{ACTIVE}Instances")["value"]
    eligible.call("DELETE", window["properties"]["originRoleAssignmentId"])
    assert eligible.ids(f"{SUB_A}{ACTIVE}Instances") == []


def test_a_request_for_later_waits_for_its_time():
    made = world()
    info = {"startDateTime": "2026-11-02T00:00:00Z", "expiration": {"type": "AfterDuration", "duration": "PT2H"}}
    status, request = ask(made, "later", ACTIVE, SUB_A, "AdminAssign", scheduleInfo=info)
    assert (status, request["properties"]["status"], holders(made, SUB_A)) == (201, "ScheduleCreated", [])
    made.tenant.clock.advance(timedelta(hours=17))
    assert (arm.expire(made.tenant), holders(made, SUB_A)) == (1, [ADA])
    assert made.get(f"{SUB_A}{ACTIVE}Requests/{guid('later')}")["properties"]["status"] == "Provisioned"
    made.tenant.clock.advance(timedelta(hours=1))
    assert (arm.expire(made.tenant), holders(made, SUB_A)) == (1, [])


def test_a_request_whose_whole_window_was_slept_through_opens_nothing():
    made = world()
    info = {"startDateTime": "2026-11-02T00:00:00Z", "expiration": {"type": "AfterDuration", "duration": "PT2H"}}
    ask(made, "later", ACTIVE, SUB_A, "AdminAssign", scheduleInfo=info)
    made.tenant.clock.advance(timedelta(days=3))
    assert (arm.expire(made.tenant), holders(made, SUB_A)) == (0, [])


@pytest.mark.parametrize(
    ("side", "kind", "said", "expected"),
    [
        (ELIGIBLE, "AdminAssign", {"principalId": ROBOT}, (400, "InvalidPrincipalType")),
        (ELIGIBLE, "AdminAssign", {}, (400, "RoleAssignmentExists")),
        (ACTIVE, "AdminExtend", {}, (400, "UnsupportedRequestType")),
        (ACTIVE, "AdminRemove", {}, (400, "RoleAssignmentDoesNotExist")),
        (ACTIVE, "SelfActivate", {"roleDefinitionId": f"/x/{READER}"}, (400, "RoleAssignmentDoesNotExist")),
        (
            ACTIVE,
            "AdminAssign",
            {"scheduleInfo": {"expiration": {"type": "AfterDuration"}}},
            (400, "InvalidScheduleInfo"),
        ),
        (
            ACTIVE,
            "AdminAssign",
            {"scheduleInfo": {"expiration": {"type": "AfterDuration", "duration": "PT4M59S"}}},
            (400, "ActiveDurationTooShort"),
        ),
    ],
)
def test_what_pim_refuses(eligible, side, kind, said, expected):
    assert code(ask(eligible, "no", side, SUB_A, kind, **said)) == expected


def test_only_its_own_principal_activates_a_role_and_only_who_may_assigns_one(eligible):
    assert code(ask(eligible, "1", ACTIVE, SUB_A, "SelfActivate", by=app(STRANGER))) == (403, "InsufficientPermissions")
    assert code(ask(eligible, "2", ACTIVE, SUB_A, "AdminAssign", by=app(STRANGER))) == (403, "AuthorizationFailed")
    assert ask(eligible, "3", ACTIVE, SUB_A, "SelfActivate", by=app(ADA))[0] == 201


def test_the_policy_of_a_role_limits_its_activation(eligible):
    rules = [
        {"id": "Expiration_EndUser_Assignment", "isExpirationRequired": True, "maximumDuration": "PT4H"},
        {"id": "Enablement_EndUser_Assignment", "enabledRules": ["Justification", "Ticketing"]},
    ]
    eligible.load(
        "arm/roleManagementPolicyAssignments",
        id=f"{SUB_A}{AUTH}/roleManagementPolicyAssignments/x",
        properties={"scope": SUB_A, "roleDefinitionId": ROLE, "effectiveRules": rules},
    )
    asked = ask(eligible, "long", ACTIVE, SUB_A, "SelfActivate")
    assert asked[1]["error"]["message"] == (
        'The following policy rules failed: ["ExpirationRule","JustificationRule","TicketingRule"]'
    )
    for_ever = ask(eligible, "ever", ACTIVE, SUB_A, "SelfActivate", hours=0, justification="x")
    assert for_ever[1]["error"]["message"].endswith('["ExpirationRule","TicketingRule"]')
    good = {"justification": "x", "ticketInfo": {"ticketNumber": "7"}, "hours": 4}
    assert ask(eligible, "good", ACTIVE, SUB_A, "SelfActivate", **good)[0] == 201


def test_an_activation_that_needs_approval_waits_for_ever(eligible):
    eligible.load(
        "arm/roleManagementPolicyAssignments",
        id=f"{SUB_A}{AUTH}/roleManagementPolicyAssignments/x",
        properties={
            "scope": SUB_A,
            "roleDefinitionId": ROLE,
            "effectiveRules": [{"id": "Approval_EndUser_Assignment", "setting": {"isApprovalRequired": True}}],
        },
    )
    _, request = ask(eligible, "go", ACTIVE, SUB_A, "SelfActivate")
    assert (request["properties"]["status"], holders(eligible, SUB_A)) == ("PendingApproval", [])


def test_one_reads_ones_own_eligibility_without_a_role(eligible):
    url = f"{SUB_A}{ELIGIBLE}Instances"
    assert eligible.error("GET", url, by=app(STRANGER)) == (403, "AuthorizationFailed")
    assert eligible.ids(f"{url}?$filter=asTarget()", by=app(STRANGER)) == []
    assert len(eligible.ids(f"{url}?$filter=asTarget()", by=app(ADA))) == 1


def test_a_schedule_stands_behind_every_window(eligible):
    (window,) = eligible.get(f"{SUB_A}{ELIGIBLE}Instances")["value"]
    (schedule,) = eligible.get(f"{SUB_A}{ELIGIBLE}s")["value"]
    assert window["properties"]["roleEligibilityScheduleId"] == schedule["id"]
    assert schedule["properties"]["endDateTime"] == window["properties"]["endDateTime"]
