import json

import pytest
from tests.simulator.arm_world import (
    ADA,
    APP,
    AUTH,
    BASE,
    CONTRIBUTOR,
    DATA,
    NORTH,
    OPS,
    OWNER,
    READER,
    ROBOT,
    ROOT,
    SITE,
    SOUTH,
    STRANGER,
    SUB_A,
    SUB_B,
    World,
    app,
    guid,
    world,
)

SCOPES = {"root": "/", "top": ROOT, "north": NORTH, "south": SOUTH, "sub-a": SUB_A, "sub-b": SUB_B}
SCOPES |= {"app": APP, "data": DATA, "site": SITE}


@pytest.fixture
def placed() -> World:
    """One assignment at every scope, named after it; the world's own taken away."""
    made = world()
    made.tenant.remove("arm/roleAssignments", f"{SUB_A}{AUTH}/roleAssignments/{guid('robot-reads')}")
    for name, scope in SCOPES.items():
        made.assign(name, scope, READER, ADA if name in {"app", "north"} else OPS, "User")
    return made


def names(made: World, scope: str, text: str = "") -> set[str]:
    scope = "" if scope == "/" else scope
    back = {guid(name): name for name in SCOPES}
    found = made.ids(f"{scope}{AUTH}/roleAssignments" + (f"?$filter={text}" if text else ""))
    assert len(found) == len(set(found))
    return {back[one] for one in found}


@pytest.mark.parametrize(
    ("scope", "filtered", "expected"),
    [
        ("root", "", set(SCOPES)),
        ("top", "", set(SCOPES)),
        ("north", "", {"root", "top", "north", "sub-a", "app", "data", "site"}),
        ("sub-a", "", {"root", "top", "north", "sub-a", "app", "data", "site"}),
        ("sub-b", "", {"root", "top", "south", "sub-b"}),
        ("app", "", {"root", "top", "north", "sub-a", "app", "site"}),
        ("site", "", {"root", "top", "north", "sub-a", "app", "site"}),
        ("sub-a", "atScope()", {"root", "top", "north", "sub-a"}),
        ("top", "atScope()", {"root", "top"}),
        ("site", "atScope()", {"root", "top", "north", "sub-a", "app", "site"}),
        ("app", "atExactScope()", {"app"}),
        ("sub-a", f"principalId eq '{ADA}'", {"north", "app"}),
        ("sub-b", f"principalId eq '{ADA.upper()}'", set()),
        ("sub-a", f"assignedTo('{ADA}')", {"root", "top", "north", "sub-a", "app", "data", "site"}),
        ("sub-a", f"atScope() and assignedTo('{ADA}')", {"root", "top", "north", "sub-a"}),
        ("data", f"atScope() and principalId eq '{ADA}'", {"north"}),
    ],
)
def test_a_list_gives_what_stands_around_the_scope(placed, scope, filtered, expected):
    assert names(placed, SCOPES[scope], filtered) == expected


def test_a_scope_is_asked_in_any_letter_case_and_in_its_long_form(placed):
    assert names(placed, SUB_A.upper().replace("SUBSCRIPTIONS", "SubScriptions")) == names(placed, SUB_A)
    assert names(placed, "/providers/Microsoft.Subscription" + SUB_A) == names(placed, SUB_A)


def test_a_filter_that_is_not_known_is_refused(placed):
    assert placed.error("GET", f"{SUB_A}{AUTH}/roleAssignments?$filter=color eq 'red'") == (400, "InvalidFilter")


def test_rows_are_served_with_their_bytes():
    made = world()
    row = b'{ "id":"%s/x",  "properties": {"principalId":"p","roleDefinitionId":"r","scope":"%s"}, "a" :1.50}'
    row %= (f"{SUB_B}{AUTH}/roleAssignments".encode(), SUB_B.encode())
    made.tenant.load("arm/roleAssignments", row)
    assert made.call("GET", f"{SUB_B}{AUTH}/roleAssignments").body == b'{"value":[' + row + b"]}"


@pytest.mark.parametrize(
    ("scope", "expected"),
    [("sub-a", SUB_A), ("app", SUB_A), ("north", ""), ("top", "")],
)
def test_inside_a_subscription_the_role_is_named_as_role_definitions_are_there(placed, scope, expected):
    role = f"{expected}{AUTH}/roleDefinitions/{READER}"
    listed = placed.get(f"{SCOPES[scope]}{AUTH}/roleAssignments")["value"]
    assert {row["properties"]["roleDefinitionId"] for row in listed} == {role}
    assert role in {row["id"] for row in placed.get(f"{SCOPES[scope]}{AUTH}/roleDefinitions")["value"]}


def test_one_role_assignment_names_its_role_so_too_and_the_row_stays_as_it_is():
    made = world()
    row_id = made.assign("spelt", SUB_B, READER.upper(), ADA)
    before = made.tenant.table("arm/roleAssignments").get(row_id.lower())
    shown = made.get(row_id)["properties"]["roleDefinitionId"]
    assert shown == f"{SUB_B}{AUTH}/roleDefinitions/{READER.upper()}"
    assert made.tenant.table("arm/roleAssignments").get(row_id.lower()) == before


def test_pages_follow_each_other_without_loss_over_edits():
    made = world()
    for number in range(2500):
        made.assign(f"many-{number}", f"{SUB_B}/resourceGroups/g{number % 7}", READER, ADA)
    url = f"{SUB_B}{AUTH}/roleAssignments"
    first = made.get(url)
    assert len(first["value"]) == 1000
    assert first["nextLink"].startswith(BASE + SUB_B)
    made.tenant.remove("arm/roleAssignments", first["value"][0]["id"])
    made.assign("late", SUB_B, READER, ADA)
    rest = made.ids(first["nextLink"].removeprefix(BASE))
    assert sorted(rest) == sorted([guid(f"many-{number}") for number in range(1000, 2500)] + [guid("late")])


def put(made: World, name: str, scope: str, **said: object) -> tuple[int, dict]:
    body = {"properties": {"roleDefinitionId": f"{AUTH}/roleDefinitions/{READER}", "principalId": ADA} | said}
    answer = made.call("PUT", f"{scope}{AUTH}/roleAssignments/{name}", body)
    return answer.status, json.loads(answer.body)


def test_an_assignment_is_made_changed_and_taken_away():
    made, name = world(), guid("new")
    status, row = put(made, name, APP, description="why", principalType="User")
    assert status == 201
    assert row["id"] == f"{APP}{AUTH}/roleAssignments/{name}"
    assert row["properties"]["roleDefinitionId"] == f"{SUB_A}{AUTH}/roleDefinitions/{READER}"
    assert (row["properties"]["principalType"], row["properties"]["createdOn"]) == (
        "User",
        "2026-11-01T08:00:00.0000000Z",
    )
    assert made.get(row["id"]) == row
    assert put(made, name, APP, description="why")[0] == 200
    status, changed = put(made, name, APP, description="better")
    assert (status, changed["properties"]["description"]) == (200, "better")
    gone = made.call("DELETE", row["id"])
    assert (gone.status, json.loads(gone.body)["name"]) == (200, name)
    assert made.call("DELETE", row["id"]).status == 204
    assert made.error("GET", row["id"]) == (404, "RoleAssignmentNotFound")


@pytest.mark.parametrize(
    ("name", "said", "expected"),
    [
        ("nonsense", {}, (400, "InvalidRoleAssignmentId")),
        (guid("new"), {"principalId": "ada"}, (400, "InvalidPrincipalId")),
        (guid("new"), {"principalId": guid("nobody")}, (400, "PrincipalNotFound")),
        (guid("new"), {"principalType": "Group"}, (400, "UnmatchedPrincipalType")),
        (guid("new"), {"roleDefinitionId": f"{AUTH}/roleDefinitions/{guid('x')}"}, (400, "RoleDefinitionDoesNotExist")),
        (guid("new"), {"roleDefinitionId": None}, (400, "InvalidCreateRoleAssignmentRequest")),
        (guid("new"), {"principalId": ROBOT}, (409, "RoleAssignmentExists")),
        (guid("robot-reads"), {}, (400, "RoleAssignmentUpdateNotPermitted")),
    ],
)
def test_azures_checks(name, said, expected):
    status, body = put(world(), name, SUB_A, **said)
    assert (status, body["error"]["code"]) == expected


def test_a_custom_role_is_assigned_only_where_it_may_be():
    made = world()
    said = {"roleName": "Only B", "type": "CustomRole", "assignableScopes": [SUB_B], "permissions": []}
    made.load("arm/roleDefinitions", id=f"{AUTH}/roleDefinitions/{guid('b')}", name=guid("b"), properties=said)
    wanted = f"{AUTH}/roleDefinitions/{guid('b')}"
    assert put(made, guid("1"), SUB_B + "/resourceGroups/app", roleDefinitionId=wanted)[0] == 201
    status, body = put(made, guid("2"), SUB_A, roleDefinitionId=wanted)
    assert (status, body["error"]["code"]) == (400, "RoleAssignmentScopeNotAssignableToRoleDefinition")


def test_what_is_not_there_is_told_apart():
    made = world()
    assert made.error("GET", f"/subscriptions/{guid('other')}{AUTH}/roleAssignments") == (404, "SubscriptionNotFound")
    assert made.error("GET", f"{SUB_A}/resourceGroups/none{AUTH}/roleAssignments") == (404, "ResourceGroupNotFound")
    assert made.error("GET", f"{NORTH}x{AUTH}/roleAssignments") == (404, "NotFound")


def test_a_new_assignment_lets_its_principal_in_and_a_deleted_one_keeps_it_out():
    made, caller = world(), app(STRANGER)
    url = f"{SUB_A}{AUTH}/roleAssignments"
    assert made.error("GET", url, by=caller) == (403, "AuthorizationFailed")
    name = made.assign("let-in", NORTH, READER, STRANGER)
    assert guid("let-in") in made.ids(url, by=caller)
    new = {"properties": {"roleDefinitionId": f"{AUTH}/roleDefinitions/{OWNER}", "principalId": STRANGER}}
    assert made.error("PUT", f"{url}/{guid('own')}", new, by=caller) == (403, "AuthorizationFailed")
    made.call("DELETE", name)
    assert made.error("GET", url, by=caller) == (403, "AuthorizationFailed")


def test_a_refusal_says_who_may_not_do_what_where():
    made = world()
    answer = made.call("DELETE", f"{SUB_A}{AUTH}/roleAssignments/{guid('robot-reads')}", by=app(ROBOT))
    assert json.loads(answer.body)["error"] == {
        "code": "AuthorizationFailed",
        "message": f"The client '{guid(ROBOT)}' with object id '{ROBOT}' does not have authorization to perform action "
        f"'Microsoft.Authorization/roleAssignments/delete' over scope "
        f"'{SUB_A}{AUTH}/roleAssignments/{guid('robot-reads')}' or the scope is invalid. "
        "If access was recently granted, please refresh your credentials.",
    }


def test_contributor_writes_resources_and_no_assignments():
    made, caller = world(), app(STRANGER)
    made.assign("contributes", SUB_A, CONTRIBUTOR, STRANGER)
    assert made.call("PUT", f"{SUB_A}/resourceGroups/new", {"location": "x"}, by=caller).status == 201
    body = {"properties": {"roleDefinitionId": f"{AUTH}/roleDefinitions/{OWNER}", "principalId": STRANGER}}
    url = f"{SUB_A}{AUTH}/roleAssignments/{guid('n')}"
    assert made.error("PUT", url, body, by=caller) == (403, "AuthorizationFailed")


def test_a_call_without_a_version_is_refused():
    made = world()
    assert made.error("GET", "/subscriptions?api-version=") == (400, "MissingApiVersionParameter")
