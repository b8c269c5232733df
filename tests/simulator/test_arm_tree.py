import json

import pytest
from tests.simulator.arm_world import (
    APP,
    AUTH,
    GROUPS,
    NORTH,
    READER,
    ROBOT,
    ROOT,
    SOUTH,
    STRANGER,
    SUB_A,
    SUB_B,
    TENANT,
    app,
    guid,
    world,
)

from remit_sim import rbac

_GROUPS = GROUPS.rstrip("/")


def test_the_operator_sees_the_whole_tree():
    made = world()
    assert made.ids(_GROUPS) == [TENANT, "north", "south"]
    assert made.ids("/subscriptions") == [guid("sub-a"), guid("sub-b")]
    assert [row["tenantId"] for row in made.get("/tenants")["value"]] == [TENANT]


def test_a_caller_sees_what_it_may_read():
    made = world()
    assert made.ids("/subscriptions", by=app(ROBOT)) == [guid("sub-a")]
    assert made.ids("/subscriptions", by=app(STRANGER)) == []
    assert made.ids(_GROUPS, by=app(ROBOT)) == []
    made.assign("inside", f"{SUB_B}/resourceGroups/app", READER, STRANGER)
    assert made.ids("/subscriptions", by=app(STRANGER)) == [guid("sub-b")]
    made.assign("south", SOUTH, READER, ROBOT)
    assert made.ids(_GROUPS, by=app(ROBOT)) == ["south"]
    entities = json.loads(made.call("POST", "/providers/Microsoft.Management/getEntities", by=app(ROBOT)).body)
    assert [row["id"] for row in entities["value"]] == [SOUTH, SUB_A, SUB_B]
    assert made.error("GET", SUB_A, by=app(STRANGER)) == (403, "AuthorizationFailed")


def test_a_management_group_is_read_with_what_is_around_it():
    made = world()
    shown = made.get(f"{ROOT}?$expand=children&$recurse=true")["properties"]
    assert "parent" not in shown["details"]
    assert [child["name"] for child in shown["children"]] == ["north", "south"]
    assert shown["children"][0]["children"] == [
        {"id": SUB_A, "type": "/subscriptions", "name": guid("sub-a"), "displayName": "sub-a"}
    ]
    flat = made.get(f"{ROOT}?$expand=children")["properties"]["children"]
    assert not any("children" in child for child in flat)
    details = made.get(f"{NORTH}?$expand=path,ancestors")["properties"]["details"]
    above = {"name": TENANT, "displayName": "Tenant Root Group"}
    assert (details["parent"], details["path"]) == ({"id": ROOT} | above, [above])
    assert details["managementGroupAncestorsChain"] == [above]
    assert made.ids(f"{ROOT}/descendants") == ["north", guid("sub-a"), "south", guid("sub-b")]


def test_a_management_group_is_made_moved_and_taken_away():
    made = world()
    answer = made.call("PUT", GROUPS + "west", {"properties": {"displayName": "West"}})
    assert answer.status == 200
    assert made.get(GROUPS + "west")["properties"]["details"]["parent"]["id"] == ROOT
    body = {"properties": {"details": {"parent": {"id": NORTH}}}}
    moved = json.loads(made.call("PUT", GROUPS + "west", body).body)
    assert (moved["properties"]["displayName"], moved["properties"]["details"]["parent"]["name"]) == ("West", "north")
    row = made.tenant.table("arm/managementGroups").fields((GROUPS + "west").lower())
    assert row["properties"]["parentNameChain"] == [TENANT, "north"]
    assert made.error("DELETE", NORTH) == (409, "ManagementGroupNotEmpty")
    assert made.call("DELETE", GROUPS + "west").status == 202
    assert made.call("DELETE", GROUPS + "west").status == 204


def test_a_management_group_cannot_hang_below_itself_nor_too_deep():
    made = world()
    inside = {"properties": {"details": {"parent": {"id": GROUPS + "l1"}}}}
    above = NORTH
    for level in range(2, 7):
        body = {"properties": {"details": {"parent": {"id": above}}}}
        above = GROUPS + f"l{level - 1}"
        assert made.call("PUT", above, body).status == 200
    assert made.error("PUT", GROUPS + "deep", {"properties": {"details": {"parent": {"id": above}}}}) == (
        409,
        "ManagementGroupDepthLimitExceeded",
    )
    assert made.error("PUT", NORTH, inside) == (400, "InvalidParent")


def test_a_subscription_that_is_moved_takes_its_access_from_the_new_place():
    made, caller = world(), app(STRANGER)
    made.assign("south", SOUTH, READER, STRANGER)
    assert made.error("GET", APP, by=caller) == (403, "AuthorizationFailed")
    moved = made.call("PUT", f"{SOUTH}/subscriptions/{guid('sub-a')}")
    assert json.loads(moved.body)["properties"]["parent"] == {"id": SOUTH}
    assert made.get(APP, by=caller)["name"] == "app"
    assert made.ids(f"{SOUTH}/subscriptions") == [guid("sub-a"), guid("sub-b")]
    row = made.tenant.table("arm/managementGroups").fields(SUB_A)
    assert row["properties"]["parentNameChain"] == [TENANT, "south"]
    assert made.call("DELETE", f"{NORTH}/subscriptions/{guid('sub-a')}").status == 204
    assert made.call("DELETE", f"{SOUTH}/subscriptions/{guid('sub-a')}").status == 200
    assert made.ids(f"{ROOT}/subscriptions") == [guid("sub-a")]


@pytest.mark.parametrize(
    ("action", "scope", "expected"),
    [
        ("Microsoft.Web/sites/read", SUB_A, True),
        ("microsoft.web/SITES/read", APP.upper(), True),
        ("Microsoft.Web/sites/read", SUB_B, False),
        ("Microsoft.Web/sites/write", SUB_A, False),
        ("Microsoft.Web/sites/read", SUB_A + "0", False),
        ("Microsoft.Web/sites/read", NORTH, False),
    ],
)
def test_a_right_reaches_down_and_not_up_or_aside(action, scope, expected):
    assert rbac.may(world().tenant, app(ROBOT), action, scope) is expected


def test_ones_own_permissions_are_those_held_at_the_scope():
    made = world()
    url = f"{APP}{AUTH}/permissions"
    block = {"actions": ["*/read"], "notActions": [], "dataActions": [], "notDataActions": []}
    assert made.get(url, by=app(ROBOT))["value"] == [block]
    assert made.error("GET", url, by=app(STRANGER)) == (403, "AuthorizationFailed")


def test_providers_are_registered():
    made = world()
    shown = made.get(f"{SUB_A}/providers/microsoft.web")
    assert (shown["namespace"], shown["registrationState"]) == ("Microsoft.Web", "Registered")
    assert [kind["resourceType"] for kind in shown["resourceTypes"]] == ["sites"]
    assert "Microsoft.Storage" in [row["namespace"] for row in made.get(f"{SUB_A}/providers")["value"]]
    assert made.call("POST", f"{SUB_A}/providers/Microsoft.Web/register").status == 200
    assert made.error("GET", f"{SUB_A}/providers/Nobody.Knows") == (404, "InvalidResourceNamespace")


def test_a_group_in_a_group_gives_its_role():
    made = world()
    for inner, outer in ((STRANGER, guid("inner")), (guid("inner"), guid("outer")), (guid("outer"), guid("inner"))):
        made.load("graph/groupMembers", parentId=outer, member={"@odata.type": "#microsoft.graph.group", "id": inner})
    made.assign("group", SUB_B, READER, guid("outer"), "Group")
    assert made.ids("/subscriptions", by=app(STRANGER)) == [guid("sub-b")]
    made.tenant.remove("graph/groupMembers", f"{guid('inner')}/{STRANGER}")
    assert made.ids("/subscriptions", by=app(STRANGER)) == []


@pytest.mark.parametrize(
    ("pattern", "action", "expected"),
    [
        ("Microsoft.Web/*/read", "Microsoft.Web/read", True),  # M3a
        ("Microsoft.Web/*/read", "Microsoft.Web/sites/slots/READ", True),
        ("Microsoft.Web/*", "Microsoft.WebX/sites/read", False),
        ("Microsoft.Web/sites.read", "Microsoft.Web/sites/read", False),
    ],
)
def test_a_star_stands_for_any_run_of_characters(pattern, action, expected):
    made = world()
    said = {"roleName": "R", "assignableScopes": ["/"], "permissions": [{"actions": [pattern]}]}
    made.load("arm/roleDefinitions", id=f"{AUTH}/roleDefinitions/{guid('r')}", properties=said)
    made.assign("r", SUB_B, guid("r"), STRANGER)
    assert rbac.may(made.tenant, app(STRANGER), action, SUB_B) is expected


def test_a_tall_tree_is_not_moved_where_it_would_be_too_deep():
    made = world()
    above = NORTH
    for level in range(2, 5):
        place = GROUPS + f"l{level}"
        made.call("PUT", place, {"properties": {"details": {"parent": {"id": above}}}})
        above = place
    tall = {"properties": {"details": {"parent": {"id": GROUPS + "l4"}}}}
    made.call("PUT", GROUPS + "s2", {"properties": {"details": {"parent": {"id": SOUTH}}}})
    assert made.call("PUT", GROUPS + "s3", {"properties": {"details": {"parent": {"id": GROUPS + "s2"}}}}).status == 200
    assert made.error("PUT", SOUTH, tall) == (409, "ManagementGroupDepthLimitExceeded")
    assert made.call("PUT", GROUPS + "s2", tall).status == 200
