"""The lists that are only read, and the Activity Log."""

import json
from datetime import timedelta

import pytest
from tests.simulator.arm_world import (
    ADA,
    APP,
    AUTH,
    DATA,
    NORTH,
    OPS,
    READER,
    ROBOT,
    ROOT,
    SITE,
    STRANGER,
    SUB_A,
    SUB_B,
    TENANT,
    World,
    app,
    guid,
    world,
)

from remit_sim import tenant as tenants

SERVICES, RESOURCES = "/providers/Microsoft.ManagedServices", "/providers/Microsoft.Resources"
LOG = "/providers/Microsoft.Insights/eventtypes/management/values"


@pytest.fixture
def full() -> World:
    made = world()
    for name, scope, who in (("top", ROOT, ADA), ("sub", SUB_A, OPS), ("group", APP, ADA)):
        said = {"scope": scope, "permissions": [], "principals": [{"id": who}]}
        made.load("arm/denyAssignments", id=f"{scope}{AUTH}/denyAssignments/{name}", properties=said)
        made.load("arm/policyAssignments", id=f"{scope}{AUTH}/policyAssignments/{name}", properties={"scope": scope})
        made.load("arm/deploymentStacks", id=f"{scope}{RESOURCES}/deploymentStacks/{name}", properties={})
        made.load(
            "arm/roleManagementPolicyAssignments",
            id=f"{scope}{AUTH}/roleManagementPolicyAssignments/{name}",
            properties={"scope": scope},
        )
    made.load(
        "arm/diagnosticSettings", id=f"{SITE}/providers/microsoft.insights/diagnosticSettings/audit", properties={}
    )
    said = {"emailAddress": "a@example.org", "role": "CoAdministrator"}
    made.load("arm/classicAdministrators", id=f"{SUB_A}{AUTH}/classicAdministrators/c", properties=said)
    for name in ("Microsoft.Web", "Microsoft.Storage"):
        row_id = f"{AUTH}/providerOperations/{name}"
        made.load("arm/providerOperations", id=row_id, name=name, resourceTypes=[{"name": "x"}], operations=[])
    said = {"registrationDefinitionId": "/d", "registrationDefinition": {"id": "/d"}}
    made.load("arm/registrationAssignments", id=f"{SUB_A}{SERVICES}/registrationAssignments/far", properties=said)
    return made


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (f"{SUB_A}{AUTH}/denyAssignments", ["top", "sub", "group"]),
        (f"{SUB_B}{AUTH}/denyAssignments", ["top"]),
        (f"{ROOT}{AUTH}/denyAssignments?$filter=atScope()", ["top"]),
        (f"{APP}{AUTH}/denyAssignments?$filter=principalId eq '{ADA}'", ["top", "group"]),
        (f"{SUB_A}{AUTH}/denyAssignments?$filter=assignedTo('{ADA}')", ["top", "sub", "group"]),
        (f"{SUB_A}{AUTH}/policyAssignments", ["top", "sub", "group"]),
        (f"{ROOT}{AUTH}/policyAssignments?$filter=atExactScope()", ["top"]),
        (f"{NORTH}{AUTH}/policyAssignments?$filter=atExactScope()", []),
        (f"{SUB_A}{RESOURCES}/deploymentStacks", ["sub"]),
        (f"{APP}{RESOURCES}/deploymentStacks", ["group"]),
        (f"{ROOT}{RESOURCES}/deploymentStacks", ["top"]),
        (f"{DATA}{RESOURCES}/deploymentStacks", []),
        (f"{SUB_A}{AUTH}/roleManagementPolicyAssignments", ["sub"]),
        (f"{SITE}{AUTH}/roleManagementPolicyAssignments", []),
        (f"{SUB_A}{AUTH}/classicAdministrators", ["c"]),
        (f"{SUB_B}{AUTH}/classicAdministrators", []),
        (f"{SITE}/providers/Microsoft.Insights/diagnosticSettings", ["audit"]),
        (f"{APP}/providers/Microsoft.Insights/diagnosticSettings", []),
        (f"{AUTH}/providerOperations", ["Microsoft.Web", "Microsoft.Storage"]),
        (f"{SUB_A}{SERVICES}/registrationAssignments", ["far"]),
        (f"{SUB_B}{SERVICES}/registrationAssignments", []),
    ],
)
def test_each_list_gives_its_rows(full, url, expected):
    assert full.ids(url) == expected


@pytest.mark.parametrize(
    ("url", "action"),
    [
        (f"{SUB_A}{AUTH}/denyAssignments", "Microsoft.Authorization/denyAssignments/read"),
        (f"{SUB_A}{AUTH}/classicAdministrators", "Microsoft.Authorization/classicAdministrators/read"),
        (
            f"{SUB_A}{AUTH}/roleAssignmentScheduleInstances",
            "Microsoft.Authorization/roleAssignmentScheduleInstances/read",
        ),
        (f"{SUB_A}{RESOURCES}/deploymentStacks", "Microsoft.Resources/deploymentStacks/read"),
        (f"{AUTH}/providerOperations", "Microsoft.Authorization/providerOperations/read"),
        (f"{SUB_A}{SERVICES}/registrationAssignments/far", "Microsoft.ManagedServices/registrationAssignments/read"),
        (f"{SITE}/providers/Microsoft.Insights/diagnosticSettings", "Microsoft.Insights/diagnosticSettings/read"),
        (f"{SUB_A}{LOG}", "Microsoft.Insights/eventtypes/values/read"),
        (f"{SUB_A}/resourceGroups", "Microsoft.Resources/subscriptions/resourceGroups/read"),
        (
            f"{APP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i/federatedIdentityCredentials",
            "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/read",
        ),
    ],
)
def test_a_refusal_names_the_action_that_a_role_would_need(full, url, action):
    answer = full.call("GET", url, by=app(STRANGER))
    assert (answer.status, f"'{action}'" in json.loads(answer.body)["error"]["message"]) == (403, True)
    said = {"roleName": "Just that", "assignableScopes": [ROOT], "permissions": [{"actions": [action]}]}
    full.load("arm/roleDefinitions", id=f"{AUTH}/roleDefinitions/{guid('that')}", properties=said)
    full.assign("that", "/", guid("that"), STRANGER)
    assert full.call("GET", url, by=app(STRANGER)).status in {200, 404}


def test_a_row_is_read_by_its_id(full):
    assert full.get(f"{APP}{AUTH}/denyAssignments/group")["properties"]["scope"] == APP
    assert full.error("GET", f"{APP}{AUTH}/denyAssignments/none") == (404, "DenyAssignmentNotFound")
    assert full.get(f"{APP}{RESOURCES}/deploymentStacks/group")["id"].endswith("/group")


def test_what_is_expanded_is_left_out_unless_asked_for(full):
    far = f"{SUB_A}{SERVICES}/registrationAssignments/far"
    assert full.get(far)["properties"] == {"registrationDefinitionId": "/d"}
    assert full.get(f"{far}?$expandRegistrationDefinition=true")["properties"]["registrationDefinition"] == {"id": "/d"}
    one = f"{AUTH}/providerOperations/microsoft.web"
    assert "resourceTypes" not in full.get(one)
    assert full.get(f"{one}?$expand=resourceTypes")["resourceTypes"] == [{"name": "x"}]
    assert full.error("GET", f"{AUTH}/providerOperations/none") == (404, "ProviderNotFound")


def test_every_write_is_logged_and_no_read_and_no_refusal():
    made = world()
    made.assign("owns", SUB_A, "8e3af657-a8ff-443c-a75c-2fe8c4bcb635", STRANGER)
    body = {"properties": {"roleDefinitionId": f"{AUTH}/roleDefinitions/{READER}", "principalId": ADA}}
    url = f"{APP}{AUTH}/roleAssignments/{guid('new')}"
    made.call("PUT", url, body, by=app(STRANGER), x_ms_correlation_request_id="c-1")
    made.call("PUT", url, body, by=app(ROBOT))
    made.get(url)
    made.call("DELETE", f"{APP}{AUTH}/roleAssignments/{guid('none')}")
    (event,) = made.get(f"{SUB_A}{LOG}")["value"]
    assert (event["caller"], event["correlationId"], event["httpRequest"]["method"]) == (STRANGER, "c-1", "PUT")
    assert event["operationName"]["value"] == "Microsoft.Authorization/roleAssignments/write"
    assert (event["authorization"]["role"], event["authorization"]["scope"]) == ("Owner", url)
    assert event["authorization"]["evidence"]["roleAssignmentScope"] == SUB_A
    assert (event["subStatus"]["value"], event["resourceGroupName"]) == ("Created", "app")
    assert json.loads(event["properties"]["requestbody"]) == body
    assert json.loads(event["properties"]["responseBody"])["name"] == guid("new")


@pytest.mark.parametrize(
    ("scope", "filtered", "expected"),
    [
        (SUB_A, "", ["two", "one"]),
        (SUB_B, "", ["three"]),
        ("", "", ["north"]),
        (NORTH, "", ["north"]),
        (SUB_A, "eventTimestamp ge '2026-11-01T08:30:00Z'", ["two"]),
        (SUB_A, "eventTimestamp ge '2026-11-01T00:00:00Z' and eventTimestamp le '2026-11-01T08:30:00Z'", ["one"]),
        (SUB_A, "eventTimestamp ge '2026-11-01T00:00:00Z' and resourceGroupName eq 'TWO'", ["two"]),
        (SUB_A, f"resourceUri eq '{SUB_A}/resourceGroups/one'", ["one"]),
        (SUB_A, "caller eq 'somebody'", []),
        (SUB_A, "resourceProvider eq 'Microsoft.Resources'", ["two", "one"]),
    ],
)
def test_events_are_found_by_scope_and_filter(scope, filtered, expected):
    made = world()
    for step, url in enumerate(
        (f"{SUB_A}/resourceGroups/one", f"{SUB_A}/resourceGroups/two", f"{SUB_B}/resourceGroups/three", NORTH)
    ):
        made.tenant.clock.advance(timedelta(hours=1) if step else timedelta(0))
        made.call("PUT", url, {"location": "x"})
    rows = made.get(f"{scope}{LOG}" + (f"?$filter={filtered}" if filtered else ""))["value"]
    assert [row["resourceId"].rpartition("/")[2] for row in rows] == expected


def test_events_come_in_pages_the_oldest_forgotten(monkeypatch):
    monkeypatch.setattr(tenants, "ACTIVITY_KEPT", 450)
    made = world()
    for number in range(500):
        made.call("PUT", f"{SUB_A}/resourceGroups/g{number}", {"location": "x"})
    first = made.get(f"{SUB_A}{LOG}?$select=resourceId")
    assert (len(first["value"]), list(first["value"][0])) == (200, ["resourceId"])
    made.call("PUT", f"{SUB_A}/resourceGroups/late", {"location": "x"})
    found = []
    link = f"{SUB_A}{LOG}?$select=resourceId"
    while link:
        page = made.get(link)
        found += [row["resourceId"].rpartition("/")[2] for row in page["value"]]
        link = page.get("nextLink", "")
        link = link[link.find("/subscriptions") :] if link else ""
    assert found == ["late"] + [f"g{number}" for number in range(499, 50, -1)]


def test_the_same_session_has_the_same_ids():
    def session() -> list[str]:
        made = world()
        made.call("PUT", f"{SUB_A}/resourceGroups/one", {"location": "x"})
        return [row["eventDataId"] for row in made.get(f"{SUB_A}{LOG}")["value"]] + [TENANT]

    assert session() == session()
