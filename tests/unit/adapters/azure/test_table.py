"""The table of endpoints: whole, sound, and true to what Azure publishes."""

import json
import os
import re
from pathlib import Path

import msgspec
import pytest

from remit.adapters.azure import queries
from remit.adapters.azure.endpoint import ARM, GRAPH, Over, Shape
from remit.adapters.azure.endpoints import FINDERS, TABLE, chosen, lists_behind, needed_permissions
from remit.adapters.azure.known_types import KNOWN_TYPES, RESOURCE_GROUPS
from remit.app.intake.settings import READERS
from remit.wire.azure.lists import LISTS

DATA = Path(os.environ.get("REMIT_TEST_DATA", Path(__file__).parents[4].parent / "shared" / "data")) / "azure"
# Lists whose rows are made here, or are read with all their fields.
OWN_ROWS = {"graph/groupMembers", "graph/groupOwners", "graph/applicationOwners", "graph/servicePrincipalOwners"}
# The published table of endpoints is older than this permission, which the table of permissions has.
PUBLISHED_LATER = "DelegatedPermissionGrant.Read.All"


def _data(name):
    file = DATA / name
    if not file.exists():
        pytest.skip("no test data")
    return json.loads(file.read_text("utf-8"))


def test_every_list_of_an_export_is_read():
    assert {one.list_name for one in TABLE.values()} - {""} == set(LISTS)


@pytest.mark.parametrize("endpoint", TABLE.values(), ids=lambda one: one.key)
def test_a_row_is_sound(endpoint):
    assert endpoint.key.startswith((f"{endpoint.list_name}/", endpoint.list_name) if endpoint.list_name else "arm/")
    assert set(endpoint.opens) <= set(TABLE)
    told = endpoint.place + (endpoint.query if endpoint.over is Over.CHANGED else "")
    assert ("{target}" in told) == (endpoint.over is not Over.TENANT)
    assert endpoint.needs
    assert all(need.permission and need.lost and not need.lost.endswith(".") for need in endpoint.needs)
    assert endpoint.page_size or endpoint.key == "arm/permissions"
    assert bool(endpoint.api_version) == (endpoint.api == ARM)
    assert endpoint.place.startswith("/v1.0/") == (endpoint.api == GRAPH)
    assert endpoint.is_batched <= (endpoint.api == GRAPH)
    assert (endpoint.method == "POST") == bool(endpoint.query)
    assert "beta" not in endpoint.place


def test_everything_but_what_is_for_the_whole_tenant_is_opened_by_something():
    opened = {key for one in TABLE.values() for key in one.opens}
    assert not any(TABLE[key].later for one in TABLE.values() if not one.later for key in one.opens)
    assert opened == {one.key for one in TABLE.values() if one.over is not Over.TENANT and not one.probe}


@pytest.mark.parametrize("name", sorted({one.list_name for one in TABLE.values() if one.select} | OWN_ROWS))
def test_every_field_that_answers_rest_on_is_asked_for(name):
    """What the struct of a list reads stands in `$select`, and `used` names exactly that."""
    fields = {field.encode_name for field in msgspec.structs.fields(LISTS[name].decoder.type)}
    for endpoint in (one for one in TABLE.values() if one.shape is not Shape.DELTA):
        if endpoint.list_name == name and endpoint.select:
            assert endpoint.used == fields & set(endpoint.select)
            assert "id" in endpoint.select
            assert set(endpoint.kept).isdisjoint(endpoint.used)
            assert f"$select={','.join(endpoint.select)}" in endpoint.place.split("&", maxsplit=1)[0]
        elif endpoint.list_name == name:
            assert "$select=id" in endpoint.place


def test_every_kind_of_principal_is_asked_for_what_names_it():
    named = {
        name: {"id", "displayName", "accountEnabled"} & set(TABLE[name].used)
        for name in ("graph/users", "graph/devices")
    }
    assert all(len(fields) == 3 for fields in named.values())
    assert "userPrincipalName" in TABLE["graph/users"].used
    assert {"appId", "accountEnabled"} <= TABLE["graph/servicePrincipals"].used


@pytest.mark.parametrize("endpoint", [one for one in TABLE.values() if one.query], ids=lambda one: one.key)
def test_a_query_projects_what_the_struct_reads_and_is_ordered(endpoint):
    columns = set(re.search(r"project ([a-zA-Z, =.()]+) \|", endpoint.query).group(1).split(", "))
    assert endpoint.query.endswith("| order by id asc")
    assert "\n" not in endpoint.query
    if endpoint.list_name and endpoint.shape is not Shape.CHANGES:
        fields = {field.encode_name for field in msgspec.structs.fields(LISTS[endpoint.list_name].decoder.type)}
        assert fields <= columns


def test_known_resources_are_what_answers_rest_on_and_more():
    known = {one.lower() for one in KNOWN_TYPES}
    assert set(READERS) <= known
    assert len(known) == len(KNOWN_TYPES)
    assert 90 <= len(KNOWN_TYPES) <= 120
    assert all(f"'{one}'" in queries.KNOWN_RESOURCES for one in known)


def test_a_page_of_resource_graph_is_asked_for_over_the_whole_tenant():
    body = json.loads(queries.request_body(queries.RESOURCES, "abc"))
    assert set(body) == {"query", "options"}
    assert body["options"] == {
        "$top": 1000,
        "$skipToken": "abc",
        "resultFormat": "objectArray",
        "authorizationScopeFilter": "AtScopeAboveAndBelow",
    }
    assert "$skipToken" not in json.loads(queries.request_body(queries.RESOURCES))["options"]


def test_what_leads_to_a_list_is_chosen_with_it():
    assert [one.key for one in chosen({"arm/locks"})] == [
        "arm/permissions",
        "arm/subscriptions",
        "arm/managementGroups",
        "arm/locks/subscription",
    ]
    assert [one.key for one in chosen({"graph/users"})] == ["graph/users"]
    assert "graph/groups" in {one.key for one in chosen({"graph/groupMembers"})}
    identities = {one.key for one in chosen({"arm/federatedIdentityCredentials"})}
    assert "arm/federatedIdentityCredentials/find" in identities
    assert "arm/resources/all" not in identities
    assert {one.key for one in chosen(set(LISTS))} == {one.key for one in TABLE.values() if not one.later} - FINDERS


def test_an_unvisited_list_is_behind_what_leads_to_it():
    behind = lists_behind(TABLE["arm/subscriptions"], set(LISTS))
    assert {"arm/locks", "arm/denyAssignments", "arm/roleManagementPolicyAssignments"} <= set(behind)
    assert lists_behind(TABLE["arm/subscriptions"], {"arm/locks"}) == ("arm/locks",)


def test_the_permissions_for_some_lists_are_no_more_than_these_lists_need():
    actions, permissions = needed_permissions({"arm/locks", "graph/devices"})
    assert set(actions) == {
        "Microsoft.Authorization/locks/read",
        "Microsoft.Authorization/permissions/read",
        "Microsoft.Management/managementGroups/read",
        "Microsoft.Resources/subscriptions/read",
    }
    assert permissions.keys() == {"Device.Read.All"}
    assert actions["Microsoft.Resources/subscriptions/read"].lists == ("arm/locks",)
    assert permissions["Device.Read.All"].lists == ("graph/devices",)


def test_a_permission_that_a_wider_one_includes_is_needed_only_without_it():
    narrow = "RoleAssignmentSchedule.Read.Directory"
    windows, roles = "graph/directoryRoleAssignmentScheduleInstances", "graph/directoryRoleAssignments"
    assert needed_permissions({windows})[1].keys() == {narrow}
    both = needed_permissions({windows, roles})[1]
    assert {name: loss.lists for name, loss in both.items()} == {"RoleManagement.Read.Directory": (windows, roles)}
    assert "windows of PIM" in both["RoleManagement.Read.Directory"].sentence


def test_the_catalogue_of_operations_needs_its_own_action_alone():
    assert needed_permissions({"arm/providerOperations"})[0].keys() == {
        "Microsoft.Authorization/providerOperations/read"
    }


def test_the_permissions_for_all_lists_only_read():
    actions, permissions = needed_permissions(set(LISTS))
    assert all(action.endswith("/read") and "*" not in action for action in actions)
    assert all(".Read." in permission for permission in permissions)
    assert f"{RESOURCE_GROUPS}/read" in actions
    assert permissions["Member.Read.Hidden"].lists == ("graph/administrativeUnitMembers", "graph/groupMembers")
    units = needed_permissions({"graph/administrativeUnitMembers"})[1]
    assert units.keys() == {"AdministrativeUnit.Read.All", "Member.Read.Hidden"}
    assert {f"{one}/read" for one in KNOWN_TYPES} <= set(actions)
    assert all(loss.lists for loss in actions.values())


def test_every_action_is_one_that_azure_publishes():
    published = {
        name.lower()
        for provider in _data("provider-operations.json")["providers"].values()
        for plane in ("actions", "actionsAssumed")
        for name in provider.get(plane, ())
    }
    asked = {need.permission for one in TABLE.values() if one.api == ARM for need in one.needs} - {"*/read"}
    assert {action for action in asked if action.lower() not in published} == set()


@pytest.mark.parametrize("endpoint", [one for one in TABLE.values() if one.api == GRAPH], ids=lambda one: one.key)
def test_every_graph_permission_is_one_that_its_endpoint_takes(endpoint):
    published = _data("graph-endpoint-permissions.json")["endpoints"]
    path = endpoint.place.removeprefix("/v1.0").partition("?")[0].replace("{target}", "{id}").lower()
    path = path.removesuffix("/microsoft.graph.serviceprincipal")
    takes = [published.get(f"GET {path}")]
    if endpoint.shape in {Shape.EXPANDED_PAIRS, Shape.EXPANDED_ROWS}:
        takes.append(published.get(f"GET {path}/{{id}}/{endpoint.relation.lower()}"))
    if None in takes:
        pytest.skip(f"the published table does not have {path}")
    asked = endpoint.needs[0].permission
    if asked == PUBLISHED_LATER:
        known = {role["value"] for role in _data("graph-permissions.json")["appRoles"]}
        assert asked in known
    else:
        assert all(asked in one["application"] for one in takes)


def test_every_graph_permission_exists():
    known = {role["value"] for role in _data("graph-permissions.json")["appRoles"]}
    assert {need.permission for one in TABLE.values() if one.api == GRAPH for need in one.needs} <= known
