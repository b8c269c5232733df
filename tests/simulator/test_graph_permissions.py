"""Which permissions allow which call: the simulator's own table, and Microsoft's."""

import json
import os
import re
from pathlib import Path

import pytest
from tests.simulator.graph_world import ADA, OPERATOR, STAFF, caller_with, small

from remit_sim.graph.permissions import NEEDS, allowed, held
from remit_sim.graph_permissions import GRAPH_PERMISSIONS

DATA = Path(os.environ.get("REMIT_TEST_DATA", Path(__file__).parents[2].parent / "shared" / "data"))
TABLE = DATA / "azure" / "graph-endpoint-permissions.json"
PERMISSIONS = DATA / "azure" / "graph-permissions.json"
needs_table = pytest.mark.skipif(not TABLE.is_file(), reason="no test data")

OURS = {
    ("GET /oauth2PermissionGrants", "DelegatedPermissionGrant.Read.All"),
    ("GET /oauth2PermissionGrants/{id}", "DelegatedPermissionGrant.Read.All"),
    ("GET /servicePrincipals/{id}/oauth2PermissionGrants", "DelegatedPermissionGrant.Read.All"),
    ("GET /users/{id}/oauth2PermissionGrants", "DelegatedPermissionGrant.Read.All"),
}
"""Allowed by our own decision."""

SLIPS = {
    ("POST /applications/{id}/owners", "Directory.Read.All"),
    ("POST /servicePrincipals/{id}/owners", "Directory.Read.All"),
}
"""Allowed by Microsoft's table only: a read permission that would write."""

NOT_IN_THE_TABLE = {
    "GET /devices",
    "GET /devices/{id}",
    "POST /users/{id}/getMemberGroups",
    "POST /groups/{id}/members",
    "GET /roleManagement/directory/roleAssignmentScheduleInstances",
    "GET /roleManagement/directory/roleEligibilityScheduleInstances",
    "GET /identityGovernance/privilegedAccess/group/assignmentScheduleInstances",
    "GET /identityGovernance/privilegedAccess/group/eligibilityScheduleInstances",
}
"""Endpoints that Microsoft's table leaves out; their permissions are those of their reference pages."""


def microsofts() -> dict[str, list[str]]:
    endpoints = json.loads(TABLE.read_text())["endpoints"]
    return {name.lower(): entry.get("application", []) for name, entry in endpoints.items()}


def needed(entry: str) -> list[frozenset[str]]:
    """Return the sets of permissions that an entry such as `A + (B | C)` asks for."""
    first, _, rest = entry.partition(" + ")
    return [frozenset({first, *filter(None, [one])}) for one in re.split(r"[ |()]+", rest.strip("()"))]


def test_who_has_no_permission_is_refused_and_who_has_not_signed_in_too():
    world = small()
    assert world.refused("GET", "/users", caller=caller_with()) == (403, "Authorization_RequestDenied")
    assert world.refused("GET", "/users", caller=None) == (401, "InvalidAuthenticationToken")
    assert world.refused("POST", "/$batch", {"requests": []}, caller=None)[0] == 401


@pytest.mark.parametrize(
    "role", ["User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"]
)
def test_the_least_permission_and_higher_ones_allow_a_read(role):
    assert small().ids("/users?$top=1", caller=caller_with(role)) == [ADA]


@pytest.mark.parametrize("endpoint", sorted(NEEDS))
def test_every_entry_of_an_endpoint_is_enough_and_nothing_is_not(endpoint):
    assert not allowed(frozenset(), endpoint)
    for entry in NEEDS[endpoint]:
        assert allowed(frozenset(entry.split(" + ")), endpoint)


def test_both_of_two_permissions_are_needed_to_grant_one():
    endpoint = "POST /servicePrincipals/{id}/appRoleAssignedTo"
    assert not allowed(frozenset({"AppRoleAssignment.ReadWrite.All"}), endpoint)
    assert allowed(frozenset({"AppRoleAssignment.ReadWrite.All", "Application.Read.All"}), endpoint)


def test_the_operator_may_do_everything():
    assert small().send("DELETE", f"/groups/{STAFF}", caller=OPERATOR).status == 204


def test_every_permission_of_the_table_is_one_that_can_be_granted():
    named = {name for entries in NEEDS.values() for entry in entries for name in entry.split(" + ")}
    assert named <= set(GRAPH_PERMISSIONS.values())


@needs_table
def test_ids_and_names_are_microsofts():
    known = {role["id"]: role["value"] for role in json.loads(PERMISSIONS.read_text())["appRoles"]}
    assert {app_role: known.get(app_role) for app_role in GRAPH_PERMISSIONS} == dict(GRAPH_PERMISSIONS)


@needs_table
def test_endpoints_that_microsofts_table_lacks_are_known():
    known = microsofts()
    assert {name for name in NEEDS if name.lower() not in known} == NOT_IN_THE_TABLE


@needs_table
@pytest.mark.parametrize("endpoint", sorted(set(NEEDS) - NOT_IN_THE_TABLE))
def test_what_microsoft_allows_is_allowed(endpoint):
    """Of the permissions that the simulator knows."""
    known = set(GRAPH_PERMISSIONS.values())
    for entry in microsofts()[endpoint.lower()]:
        for roles in [] if (endpoint, entry) in SLIPS else needed(entry):
            assert allowed(roles, endpoint) or not roles <= known, roles


@needs_table
@pytest.mark.parametrize("endpoint", sorted(set(NEEDS) - NOT_IN_THE_TABLE))
def test_what_is_allowed_is_allowed_by_microsoft_too(endpoint):
    """Apart from our own decisions, and from writes that include the read that Microsoft allows."""
    theirs = [roles for entry in microsofts()[endpoint.lower()] for roles in needed(entry)]
    for entry in NEEDS[endpoint]:
        roles = frozenset(entry.split(" + "))
        assert (endpoint, entry) in OURS or any(held(roles) >= one for one in theirs), entry
