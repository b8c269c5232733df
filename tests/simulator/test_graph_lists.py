"""Collections and single objects of the simulated Microsoft Graph: options, pages, filters, bytes."""

import json

import pytest
from tests.simulator.graph_world import ADA, APP_ID, BASE, BEN, CY, ROBOT, TENANT, TOOL, Directory, guid, small

from remit_sim.graph_permissions import GRAPH_APP_ID, GRAPH_PERMISSIONS

ROLE = {"id": guid(7, 1), "displayName": "Reader"}


def test_rows_are_served_byte_for_byte_when_all_their_properties_are_selected():
    odd = b'{"id": "%s",  "displayName":"\\u00e9\xc3\xa9", "accountEnabled" :null}' % ADA.encode()
    world = Directory().load("graph/users", odd)
    assert odd in world.send("GET", "/users?$select=accountEnabled,displayName,id,userType").body
    assert odd in world.send("GET", "/users").body


def test_a_selection_of_less_keeps_the_order_of_the_row_and_the_bytes_of_its_values():
    world = Directory().load("graph/users", b'{"id":"1","accountEnabled": true,"displayName":"\\u00e9"}')
    body = world.send("GET", "/users?$select=displayName,id").body
    assert b'"value":[{"id":"1","displayName":"\\u00e9"}]' in body


def test_a_property_that_only_an_edited_row_has_is_not_selected_by_old_knowledge():
    world = Directory().load("graph/users", {"id": "1"})
    assert world.get("/users?$select=id")["value"] == [{"id": "1"}]
    world.tenant.put("graph/users", b'{"id":"2","mail":"x"}')
    assert world.get("/users?$select=id")["value"] == [{"id": "1"}, {"id": "2"}]


def test_pages_follow_each_other_and_end():
    world = Directory().load("graph/users", *({"id": guid(1, number)} for number in range(7)))
    pages = list(world.pages("/users?$select=id&$top=3"))
    assert [len(page["value"]) for page in pages] == [3, 3, 1]
    assert [row["id"] for page in pages for row in page["value"]] == [guid(1, number) for number in range(7)]
    assert pages[0]["@odata.nextLink"].startswith(f"{BASE}/v1.0/users?$select=id&$top=3&$skiptoken=")
    assert pages[0]["@odata.context"] == f"{BASE}/v1.0/$metadata#users(id)"


def test_a_list_that_ends_with_its_page_has_no_next_link():
    world = Directory().load("graph/users", *({"id": guid(1, number)} for number in range(3)))
    assert "@odata.nextLink" not in world.get("/users?$top=3")


def test_an_object_deleted_between_two_pages_costs_no_other_row():
    world = Directory().load("graph/users", *({"id": guid(1, number)} for number in range(5)))
    first = world.get("/users?$top=2")
    world.tenant.remove("graph/users", guid(1, 0))
    second = world.get(first["@odata.nextLink"])
    assert [row["id"] for row in second["value"]] == [guid(1, 2), guid(1, 3)]


def test_a_page_has_100_rows_unless_it_is_asked_for_more():
    world = Directory().load("graph/users", *({"id": guid(1, number)} for number in range(1001)))
    assert len(world.get("/users")["value"]) == 100
    assert len(world.get("/users?$top=999")["value"]) == 999


@pytest.mark.parametrize(
    "query",
    [
        "$top=1000",
        "$top=0",
        "$top=many",
        "$orderby=displayName",
        '$search="displayName:a"',
        "$filter=displayName lt 'a'",
        "$filter=displayName eq",
        "$filter=startswith(displayName)",
        "$filter=displayName eq 'a",
        "$select=id;name",
        "$expand=members",
        "$expand=manager($levels=max)",
    ],
)
def test_what_is_not_understood_is_refused(query):
    assert small().refused("GET", f"/users?{query}") == (400, "BadRequest")


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("displayName eq 'ada'", [ADA]),
        ("displayName eq 'Cy O''Hara'", [CY]),
        ("accountEnabled eq false", [BEN]),
        ("accountEnabled ne false", [ADA, CY]),
        ("startswith(userPrincipalName,'B')", [BEN]),
        ("startswith(displayName,'a') or startswith(displayName,'b')", [ADA, BEN]),
        ("accountEnabled eq true and not(displayName eq 'Ada')", [CY]),
        (f"id in ('{ADA}','{CY}')", [ADA, CY]),
        ("displayName in ('Ben','Ada') and accountEnabled eq true", [ADA]),
        ("mail eq null and displayName eq 'Ben'", [BEN]),
        ("displayName eq 'Nobody'", []),
    ],
)
def test_filters_choose(condition, expected):
    assert small().ids(f"/users?$filter={condition}") == expected


def test_a_filtered_list_is_paged_and_counted_too():
    world = Directory().load("graph/users", *({"id": guid(1, n), "accountEnabled": n % 3 > 0} for n in range(9)))
    pages = list(world.pages("/users?$filter=accountEnabled eq true&$top=4&$count=true"))
    assert [(page["@odata.count"], len(page["value"])) for page in pages] == [(6, 4), (6, 2)]


def test_the_count_stands_before_the_rows():
    assert list(small().get("/users?$count=true")) == ["@odata.context", "@odata.count", "value"]


def test_a_single_object_has_its_context_before_its_properties():
    found = small().get(f"/users/{ADA.upper()}?$select=id,displayName")
    assert found == {
        "@odata.context": f"{BASE}/v1.0/$metadata#users(id,displayName)/$entity",
        "id": ADA,
        "displayName": "Ada",
    }


def test_a_user_is_found_by_name():
    assert small().get("/users/ADA@halden.example")["id"] == ADA


def test_an_application_and_its_service_principal_are_found_by_application_id():
    world = small()
    assert world.get(f"/servicePrincipals(appId='{APP_ID}')")["id"] == ROBOT
    assert world.get(f"/applications(appId='{APP_ID}')")["displayName"] == "robot"
    assert world.ids(f"/servicePrincipals?$filter=servicePrincipalNames/any(c:c eq '{APP_ID}')") == [ROBOT]
    assert world.ids(f"/servicePrincipals?$filter=appId eq '{APP_ID}' and displayName eq 'robot'") == [ROBOT]


@pytest.mark.parametrize(
    "path",
    [
        f"/users/{guid(1, 99)}",
        f"/groups/{ADA}",
        f"/applications(appId='{guid(9, 9)}')",
        f"/directoryObjects/{guid(0, 1)}",
        f"/groups/{ADA}/members",
        "/users/nobody@halden.example",
    ],
)
def test_what_is_not_there_is_a_404(path):
    assert small().refused("GET", path) == (404, "Request_ResourceNotFound")


def test_microsoft_graph_is_found_though_no_export_named_it_and_stands_in_no_list():
    world = small()
    one = world.get(f"/servicePrincipals(appId='{GRAPH_APP_ID}')")
    assert {role["id"]: role["value"] for role in one["appRoles"]} == dict(GRAPH_PERMISSIONS)
    assert world.ids(f"/servicePrincipals?$filter=appId eq '{GRAPH_APP_ID}'") == [one["id"]]
    assert world.ids("/servicePrincipals?$filter=displayName eq 'Microsoft Graph'") == [one["id"]]
    assert world.get(f"/servicePrincipals/{one['id']}")["appId"] == GRAPH_APP_ID
    assert world.ids("/servicePrincipals") == [ROBOT, TOOL]
    assert world.ids("/servicePrincipals?$filter=displayName ne null") == [ROBOT, TOOL]
    assert world.ids("/servicePrincipals?$filter=accountEnabled eq true") == []
    assert world.ids(f"/servicePrincipals?$filter=appId in ('{GRAPH_APP_ID}','{APP_ID}')") == [ROBOT, one["id"]]


def test_a_tenant_that_has_microsoft_graph_shows_its_own():
    own = {"id": guid(3, 7), "appId": GRAPH_APP_ID.upper(), "displayName": "Microsoft Graph", "appRoles": []}
    world = small().load("graph/servicePrincipals", own)
    assert world.ids(f"/servicePrincipals?$filter=appId eq '{GRAPH_APP_ID}'") == [own["id"]]
    assert world.get(f"/servicePrincipals(appId='{GRAPH_APP_ID}')")["id"] == own["id"]


def test_objects_of_any_kind_are_given_by_their_ids():
    body = {"ids": [ROBOT, ADA, guid(1, 99)], "types": ["user", "group", "servicePrincipal"]}
    found = small().done("POST", "/directoryObjects/getByIds", body)
    assert [(row["@odata.type"], row["displayName"]) for row in found["value"]] == [
        ("#microsoft.graph.servicePrincipal", "robot"),
        ("#microsoft.graph.user", "Ada"),
    ]
    assert small().done("POST", "/directoryObjects/getByIds", {"ids": [ADA, ROBOT], "types": ["group"]})["value"] == []
    assert small().get(f"/directoryObjects/{ADA}")["@odata.type"] == "#microsoft.graph.user"


def test_no_more_than_1000_ids_are_looked_up():
    body = {"ids": [guid(1, number) for number in range(1001)]}
    assert small().refused("POST", "/directoryObjects/getByIds", body)[0] == 400


def test_the_organization_is_the_tenant():
    assert [row["id"] for row in small().get("/organization?$select=id")["value"]] == [TENANT]


def test_directory_roles_are_listed_and_given_one_by_one():
    world = small().load("graph/directoryRoleDefinitions", ROLE)
    page = world.get("/roleManagement/directory/roleDefinitions?$top=999")
    assert page["@odata.context"] == f"{BASE}/v1.0/$metadata#roleManagement/directory/roleDefinitions"
    assert page["value"] == [ROLE]
    assert world.get(f"/roleManagement/directory/roleDefinitions/{ROLE['id']}")["displayName"] == "Reader"
    assert world.refused("GET", f"/roleManagement/directory/roleDefinitions/{ADA}")[0] == 404


def test_pim_for_groups_is_asked_for_one_group_at_a_time():
    rows = [
        {"id": f"{group}_member_1", "groupId": group, "principalId": ADA, "accessId": "member"}
        for group in (guid(2, 1), guid(2, 2))
    ]
    world = small().load("graph/groupEligibilityScheduleInstances", *rows)
    path = "/identityGovernance/privilegedAccess/group/eligibilityScheduleInstances"
    assert world.refused("GET", path) == (400, "BadRequest")
    assert world.refused("GET", f"{path}?$filter=accessId eq 'member'") == (400, "BadRequest")
    assert world.get(f"{path}?$filter=groupId eq '{guid(2, 2)}'")["value"] == [rows[1]]


def test_letter_case_of_paths_does_not_matter():
    assert json.loads(small().send("GET", "/Users").body)["value"]
