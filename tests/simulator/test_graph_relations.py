"""Members, owners, memberships and what else belongs to objects of the simulated Microsoft Graph."""

import json

import pytest
from tests.simulator.graph_world import (
    ADA,
    APP,
    BASE,
    BEN,
    CY,
    INNER,
    LAPTOP,
    ROBOT,
    SECRET_CLUB,
    STAFF,
    TOOL,
    UNIT,
    Directory,
    caller_with,
    compact,
    guid,
    pair,
    small,
)

MEMBER = "GroupMember.Read.All"
GRANT = {"id": "a-1", "appRoleId": guid(8, 1), "principalId": ROBOT, "resourceId": TOOL}
DELEGATED = {"id": "d-1", "clientId": ROBOT, "principalId": ADA, "resourceId": TOOL, "scope": "Use"}


def test_members_say_of_what_kind_they_are():
    page = small().get(f"/groups/{STAFF}/members?$select=id")
    assert page["@odata.context"] == f"{BASE}/v1.0/$metadata#directoryObjects(id)"
    assert page["value"] == [
        {"@odata.type": "#microsoft.graph.user", "id": ADA},
        {"@odata.type": "#microsoft.graph.group", "id": INNER},
    ]


def test_a_member_is_served_byte_for_byte_when_only_its_id_is_selected():
    row = b'{"parentId":"%s","member":{"@odata.type": "#microsoft.graph.user",  "id":"X"}}' % STAFF.encode()
    world = Directory().load("graph/groups", {"id": STAFF}).load("graph/groupMembers", row)
    body = world.send("GET", f"/groups/{STAFF}/members?$select=id").body
    assert b'[{"@odata.type": "#microsoft.graph.user",  "id":"X"}]' in body


def test_more_of_a_member_comes_from_the_directory():
    page = small().get(f"/groups/{STAFF}/members?$select=id,displayName")
    assert [row["displayName"] for row in page["value"]] == ["Ada", "Inner"]
    assert small().get(f"/groups/{STAFF}/members")["value"][0]["userPrincipalName"] == "ada@halden.example"


def test_members_of_a_group_leave_service_principals_out_in_v1_unless_they_are_asked_for():
    world = small()
    assert world.ids(f"/groups/{INNER}/members") == [BEN]
    assert world.ids(f"/groups/{INNER}/transitiveMembers") == [BEN]
    cast = world.cast(f"/groups/{INNER}/members/microsoft.graph.servicePrincipal?$select=id")
    assert (cast["@odata.context"], cast["value"]) == (f"{BASE}/v1.0/$metadata#servicePrincipals(id)", [{"id": ROBOT}])
    expanded = world.get("/groups?$select=id&$expand=members($select=id)")
    assert expanded["@odata.context"] == f"{BASE}/v1.0/$metadata#groups(id,members(id))"
    assert expanded["value"][1] == {
        "id": INNER,
        "members": [
            {"@odata.type": "#microsoft.graph.user", "id": BEN},
            {"@odata.type": "#microsoft.graph.servicePrincipal", "id": ROBOT},
        ],
    }


def test_a_cast_chooses_and_a_strange_one_is_refused():
    world = small()
    assert world.cast_ids(f"/groups/{STAFF}/members/microsoft.graph.group") == [INNER]
    assert world.cast_ids(f"/groups/{STAFF}/members/microsoft.graph.user?$filter=displayName eq 'Ada'") == [ADA]
    assert world.refused("GET", f"/groups/{STAFF}/members/microsoft.graph.planet") == (400, "BadRequest")


@pytest.mark.parametrize(
    ("option", "headers"),
    [("", {"consistencylevel": "eventual"}), ("?$count=true", {}), ("?$count=true", {"consistencylevel": "session"})],
)
def test_a_cast_is_refused_unless_it_is_asked_for_as_an_advanced_query(option, headers):
    for path in (f"/groups/{STAFF}/members/microsoft.graph.user", f"/users/{BEN}/memberOf/microsoft.graph.group"):
        answer = small().send("GET", path + option, **headers)
        assert (answer.status, json.loads(answer.body)["error"]["code"]) == (400, "Request_UnsupportedQuery")


def test_hidden_members_are_given_to_who_may_see_them():
    world = small()
    seeing = caller_with(MEMBER, "Member.Read.Hidden")
    for path in ("members", "members/microsoft.graph.user", "transitiveMembers"):
        assert world.cast_ids(f"/groups/{SECRET_CLUB}/{path}", caller=caller_with(MEMBER)) == []
        assert world.cast_ids(f"/groups/{SECRET_CLUB}/{path}", caller=seeing) == [CY]
    expanded = world.get("/groups?$select=id&$expand=members($select=id)", caller=caller_with(MEMBER))
    assert [len(row["members"]) for row in expanded["value"]] == [2, 2, 0]


def test_hidden_membership_of_an_administrative_unit_is_hidden_too():
    world = small().load("graph/administrativeUnits", {"id": UNIT, "visibility": "HiddenMembership"})
    path = f"/directory/administrativeUnits/{UNIT}/members"
    assert world.ids(path, caller=caller_with("AdministrativeUnit.Read.All")) == []
    assert world.ids(path, caller=caller_with("AdministrativeUnit.Read.All", "Member.Read.Hidden")) == [LAPTOP]


def test_an_expansion_gives_20_and_a_page_100():
    world = Directory().load("graph/groups", *({"id": guid(2, number)} for number in range(101)))
    world.load("graph/groupMembers", *(pair(guid(2, 0), "user", guid(1, number)) for number in range(25)))
    page = world.get("/groups?$select=id&$expand=members($select=id)&$top=999")
    assert (len(page["value"]), len(page["value"][0]["members"])) == (100, 20)
    assert "@odata.nextLink" in page
    assert [len(one["value"]) for one in world.pages(f"/groups/{guid(2, 0)}/members?$top=10")] == [10, 10, 5]


def test_nesting_is_followed_once_though_it_runs_in_a_circle():
    world = small().load("graph/groupMembers", pair(INNER, "group", STAFF), pair(INNER, "user", ADA))
    assert sorted(world.ids(f"/groups/{STAFF}/transitiveMembers")) == sorted([ADA, INNER, BEN])
    assert sorted(world.ids(f"/users/{BEN}/transitiveMemberOf")) == [STAFF, INNER]


def test_memberships_are_read_backwards():
    world = small()
    assert world.ids(f"/users/{BEN}/memberOf") == [INNER]
    assert world.get(f"/users/{BEN}/memberOf?$select=id")["value"] == [
        {"@odata.type": "#microsoft.graph.group", "id": INNER}
    ]
    assert world.cast_ids(f"/servicePrincipals/{ROBOT}/transitiveMemberOf/microsoft.graph.group") == [INNER, STAFF]
    assert world.ids(f"/users/{CY}/memberOf") == [SECRET_CLUB]
    assert world.ids(f"/users/{CY}/memberOf", caller=caller_with("Directory.Read.All")) == []


@pytest.mark.parametrize(("security_only", "expected"), [(False, [INNER, STAFF]), (True, [STAFF])])
def test_member_groups_are_ids(security_only, expected):
    body = {"securityEnabledOnly": security_only}
    assert small().done("POST", f"/users/{BEN}/getMemberGroups", body)["value"] == expected
    assert small().done("POST", f"/directoryObjects/{BEN}/getMemberGroups", body)["value"] == expected


def test_owners_of_a_group_leave_service_principals_out_in_v1_unless_they_are_asked_for():
    world = small().load("graph/groupOwners", pair(STAFF, "servicePrincipal", ROBOT))
    assert world.ids(f"/groups/{STAFF}/owners") == [BEN]
    assert world.cast_ids(f"/groups/{STAFF}/owners/microsoft.graph.servicePrincipal") == [ROBOT]
    expanded = world.get("/groups?$select=id&$expand=owners($select=id)")["value"][0]["owners"]
    assert [one["id"] for one in expanded] == [BEN, ROBOT]


def test_owners_and_what_they_own():
    world = small()
    assert world.ids(f"/groups/{STAFF}/owners") == [BEN]
    assert world.ids(f"/applications/{APP}/owners?$select=id") == [ADA]
    assert world.ids(f"/servicePrincipals/{TOOL}/owners") == [ROBOT]
    assert world.ids(f"/users/{ADA}/ownedObjects") == [APP]
    assert world.cast_ids(f"/servicePrincipals/{ROBOT}/ownedObjects/microsoft.graph.servicePrincipal") == [TOOL]
    owned = world.get("/applications?$select=id&$expand=owners($select=id)")["value"]
    assert owned == [{"id": APP, "owners": [{"@odata.type": "#microsoft.graph.user", "id": ADA}]}]


def test_app_role_assignments_are_found_from_both_ends_and_in_an_expansion():
    world = small().load("graph/appRoleAssignments", GRANT)
    assert world.get(f"/servicePrincipals/{TOOL}/appRoleAssignedTo")["value"] == [GRANT]
    assert world.get(f"/servicePrincipals/{ROBOT}/appRoleAssignments")["value"] == [GRANT]
    assert world.get(f"/servicePrincipals/{ROBOT}/appRoleAssignedTo")["value"] == []
    assert world.get(f"/servicePrincipals/{ROBOT}/appRoleAssignments?$filter=resourceId eq '{ADA}'")["value"] == []
    body = world.send("GET", "/servicePrincipals?$select=id&$expand=appRoleAssignedTo").body
    assert b'{"id":"%s","appRoleAssignedTo":[%s]}' % (TOOL.encode(), compact(GRANT)) in body


def test_delegated_grants_are_found_by_client_and_by_user():
    world = small().load("graph/oauth2PermissionGrants", DELEGATED)
    for path in (f"/servicePrincipals/{ROBOT}", f"/users/{ADA}", ""):
        assert world.get(f"{path}/oauth2PermissionGrants")["value"] == [DELEGATED]
    assert world.get("/oauth2PermissionGrants/d-1")["scope"] == "Use"
    assert world.get(f"/users/{BEN}/oauth2PermissionGrants")["value"] == []


def test_federated_credentials_are_served_without_the_parent_that_the_export_adds():
    row = {"id": "f-1", "name": "ci", "issuer": "https://ci.example", "subject": "main", "audiences": ["a"]}
    world = small().load("graph/applicationFederatedIdentityCredentials", {"parentId": APP} | row)
    path = f"/applications/{APP}/federatedIdentityCredentials"
    assert world.get(path)["value"] == [row]
    assert world.get(f"{path}/CI")["id"] == world.get(f"{path}/f-1")["id"] == "f-1"
    assert world.refused("GET", f"{path}/none")[0] == 404
    assert world.get("/applications?$select=id&$expand=federatedIdentityCredentials")["value"] == [
        {"id": APP, "federatedIdentityCredentials": [row]}
    ]
