"""Writes to users, groups and memberships."""

import pytest
from tests.simulator.graph_world import ADA, BEN, CY, INNER, LAPTOP, STAFF, UNIT, guid, small

LINK = "https://127.0.0.1:1/v1.0/directoryObjects/"
NEW_GROUP = {"displayName": "New", "mailEnabled": False, "mailNickname": "new", "securityEnabled": True}
NEW_USER = {
    "accountEnabled": True,
    "displayName": "Dee",
    "mailNickname": "dee",
    "userPrincipalName": "dee@halden.example",
    "passwordProfile": {"password": "canary-password"},
}


def test_a_group_is_made_with_members_and_owners():
    world = small()
    body = NEW_GROUP | {"members@odata.bind": [LINK + ADA], "owners@odata.bind": [LINK + BEN]}
    made = world.done("POST", "/groups", body)
    assert made["createdDateTime"] == "2026-11-01T12:00:00Z"
    assert world.ids(f"/groups/{made['id']}/members") == [ADA]
    assert world.ids(f"/groups/{made['id']}/owners") == [BEN]
    assert world.tenant.changes[0].list_name == "graph/groups"
    assert "members@odata.bind" not in world.get(f"/groups/{made['id']}")


def test_a_group_with_a_member_that_is_not_there_is_not_made():
    world = small()
    assert world.refused("POST", "/groups", NEW_GROUP | {"members@odata.bind": [LINK + guid(1, 99)]})[0] == 404
    assert len(world.tenant.table("graph/groups")) == 3


@pytest.mark.parametrize("missing", sorted(NEW_GROUP))
def test_a_group_needs_its_properties(missing):
    body = {name: value for name, value in NEW_GROUP.items() if name != missing}
    assert small().refused("POST", "/groups", body) == (400, "Request_BadRequest")


def test_a_user_is_made_without_its_password_being_kept():
    world = small()
    made = world.done("POST", "/users", NEW_USER)
    assert world.get("/users/dee@halden.example")["id"] == made["id"]
    assert not any(b"canary" in change.row for change in world.tenant.changes)
    assert world.refused("POST", "/users", NEW_USER)[0] == 409


def test_members_come_and_go_and_are_changes_of_the_pair():
    world = small()
    world.done("POST", f"/groups/{STAFF}/members/$ref", {"@odata.id": LINK + CY})
    assert world.refused("POST", f"/groups/{STAFF}/members/$ref", {"@odata.id": LINK + CY})[0] == 400
    world.done("DELETE", f"/groups/{STAFF}/members/{CY.upper()}/$ref")
    assert world.refused("DELETE", f"/groups/{STAFF}/members/{CY}/$ref")[0] == 404
    assert world.refused("POST", f"/groups/{STAFF}/members/$ref", {"@odata.id": LINK + guid(1, 99)})[0] == 404
    key = f"{STAFF}/{CY}"
    assert [(one.list_name, one.key, one.kind) for one in world.tenant.changes] == [
        ("graph/groupMembers", key, "Create"),
        ("graph/groupMembers", key, "Delete"),
    ]


def test_administrative_units_take_members_too():
    world = small()
    world.done("POST", f"/directory/administrativeUnits/{UNIT}/members/$ref", {"@odata.id": LINK + ADA})
    assert world.ids(f"/directory/administrativeUnits/{UNIT}/members") == [LAPTOP, ADA]


def test_properties_change_and_nothing_else():
    world = small()
    world.done("PATCH", f"/users/{BEN}", {"accountEnabled": True, "id": ADA, "passwordProfile": {"password": "canary"}})
    assert world.get(f"/users/{BEN}?$select=id,accountEnabled,displayName,passwordProfile") == {
        "@odata.context": "https://127.0.0.1:8444/v1.0/$metadata#users(id,accountEnabled,displayName,passwordProfile)/$entity",
        "id": BEN,
        "displayName": "Ben",
        "accountEnabled": True,
    }


def test_a_deleted_group_leaves_nothing_behind():
    world = small()
    assignment = {"id": "r-1", "principalId": INNER, "roleDefinitionId": guid(7, 1), "directoryScopeId": "/"}
    world.load("graph/directoryRoleAssignments", assignment, assignment | {"id": "r-2", "principalId": ADA})
    world.done("DELETE", f"/groups/{INNER}")
    assert world.ids(f"/groups/{STAFF}/members") == [ADA]
    assert world.ids("/roleManagement/directory/roleAssignments") == ["r-2"]
    assert [row for row in world.tenant.table("graph/groupMembers").rows() if INNER.encode() in row] == []


def test_a_deleted_user_is_in_no_group():
    world = small()
    world.done("DELETE", f"/users/{BEN}")
    assert world.refused("GET", f"/users/{BEN}")[0] == 404
    assert world.ids(f"/groups/{STAFF}/owners") == []
