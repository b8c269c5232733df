"""The payloads of the simulated Microsoft Graph have the fields of Microsoft's own recorded examples."""

import json
import os
from pathlib import Path
from urllib.parse import quote

import pytest
from tests.simulator.graph_world import ADA, APP, BASE, ROBOT, STAFF, TOOL, Directory, guid, small

DATA = Path(os.environ.get("REMIT_TEST_DATA", Path(__file__).parents[2].parent / "shared" / "data"))
EXAMPLES = DATA / "azure" / "examples" / "graph"
needs_examples = pytest.mark.skipif(not EXAMPLES.is_dir(), reason="no test data")

GROUP_PIM = "/identityGovernance/privilegedAccess/group"

LISTS = {
    "administrativeunit-list": ("graph/administrativeUnits", "/directory/administrativeUnits"),
    "application-list": ("graph/applications", "/applications"),
    "group-list": ("graph/groups", "/groups"),
    "serviceprincipal-list": ("graph/servicePrincipals", "/servicePrincipals"),
    "user-list": ("graph/users", "/users"),
    "oauth2permissiongrant-list": ("graph/oauth2PermissionGrants", "/oauth2PermissionGrants"),
    "beta-rbacapplication-list-roleassignments": (
        "graph/directoryRoleAssignments",
        "/roleManagement/directory/roleAssignments",
    ),
    "rbacapplication-list-roleassignmentscheduleinstances": (
        "graph/directoryRoleAssignmentScheduleInstances",
        "/roleManagement/directory/roleAssignmentScheduleInstances",
    ),
    "privilegedaccessgroup-list-eligibilityscheduleinstances": (
        "graph/groupEligibilityScheduleInstances",
        f"{GROUP_PIM}/eligibilityScheduleInstances?$filter=groupId eq '2b5ed229-4072-478d-9504-a047ebd4b07d'",
    ),
}
SINGLES = {
    "application-get": ("graph/applications", "/applications"),
    "group-get": ("graph/groups", "/groups"),
    "serviceprincipal-get": ("graph/servicePrincipals", "/servicePrincipals"),
}
ASSIGNMENTS = {
    "group-list-approleassignments": ("graph/groups", "/groups/{principal}/appRoleAssignments"),
    "serviceprincipal-list-approleassignedto": (
        "graph/servicePrincipals",
        "/servicePrincipals/{resource}/appRoleAssignedTo",
    ),
    "serviceprincipal-list-approleassignments": (
        "graph/servicePrincipals",
        "/servicePrincipals/{principal}/appRoleAssignments",
    ),
    "user-list-approleassignments": ("graph/users", "/users/{principal}/appRoleAssignments"),
}
MEMBERS = {
    "application-list-owners": ("graph/applicationOwners", f"/applications/{APP}/owners", APP),
    "group-list-members": ("graph/groupMembers", f"/groups/{STAFF}/members", STAFF),
    "group-list-owners": ("graph/groupOwners", f"/groups/{STAFF}/owners", STAFF),
    "group-list-transitivemembers": ("graph/groupMembers", f"/groups/{STAFF}/transitiveMembers", STAFF),
    "serviceprincipal-list-owners": ("graph/servicePrincipalOwners", f"/servicePrincipals/{TOOL}/owners", TOOL),
}
CONTAINERS = {
    "serviceprincipal-list-transitivememberof": f"/servicePrincipals/{ROBOT}/transitiveMemberOf",
    "user-list-transitivememberof": f"/users/{ADA}/transitiveMemberOf",
    "serviceprincipal-list-ownedobjects": f"/servicePrincipals/{ROBOT}/ownedObjects",
    "user-list-ownedobjects": f"/users/{ADA}/ownedObjects",
}
WRITES = {
    "application-addpassword": f"/applications/{APP}/addPassword",
    "serviceprincipal-addpassword": f"/servicePrincipals/{ROBOT}/addPassword",
    "serviceprincipal-post-approleassignments": f"/servicePrincipals/{ROBOT}/appRoleAssignments",
}
OWN_TESTS = {"application-list-federatedidentitycredentials", "serviceprincipal-list-oauth2permissiongrants"}
NOT_SERVED = {
    "administrativeunit-list-scopedrolemembers",
    "beta-policyroot-list-rolemanagementpolicies",
    "beta-policyroot-list-rolemanagementpolicyassignments",
    "beta-unifiedroleassignmentschedule-list",
    "beta-unifiedroleassignmentscheduleinstance-list",
    "beta-unifiedroleassignmentschedulerequest-list",
    "beta-unifiedroleassignmentschedulerequest-post-unifiedroleassignmentschedulerequests",
    "beta-unifiedroleeligibilityschedule-list",
    "beta-unifiedroleeligibilityscheduleinstance-list",
    "beta-unifiedroleeligibilityschedulerequest-list",
    "beta-unifiedrolemanagementpolicy-list",
    "beta-unifiedrolemanagementpolicy-list-rules",
    "beta-unifiedrolemanagementpolicyassignment-list",
    "directoryaudit-list",
    "directoryrole-list",
    "directoryrole-list-members",
    "directoryroletemplate-list",
    "signin-list",
}
"""No list of a tenant export holds them, or the beta form of a list that v1.0 has."""


def example(name: str, number: int = 0) -> dict:
    return json.loads((EXAMPLES / f"{name}.json").read_text())["examples"][number]


def rows_of(name: str) -> list[dict]:
    """Return the rows of an example; one that was cut short of its id gets one."""
    rows = example(name)["response"]["value"]
    assert rows
    return [{"id": guid(7, number)} | row for number, row in enumerate(rows)]


def same_envelope(found: dict, name: str) -> None:
    """Everything that stands around the rows of an example stands around ours."""
    theirs = {key: value for key, value in example(name)["response"].items() if key != "value"}
    if "@odata.context" in theirs:
        metadata = theirs.pop("@odata.context").partition("$metadata")[2]
        if "beta" not in name:
            assert found["@odata.context"] == f"{BASE}/v1.0/$metadata{metadata}"
    assert theirs.keys() <= found.keys()


@needs_examples
def test_every_example_is_compared_or_said_to_be_not_served():
    compared = {*LISTS, *SINGLES, *ASSIGNMENTS, *MEMBERS, *CONTAINERS, *WRITES, *OWN_TESTS}
    assert {path.stem for path in EXAMPLES.glob("*.json")} == compared | NOT_SERVED
    assert not compared & NOT_SERVED


@needs_examples
@pytest.mark.parametrize("name", sorted(LISTS))
def test_rows_of_lists_have_their_fields(name):
    list_name, url = LISTS[name]
    rows = rows_of(name)
    found = Directory().load(list_name, *rows).get(quote(url, safe="/?$='"))
    assert found["value"] == rows
    same_envelope(found, name)


@needs_examples
@pytest.mark.parametrize("name", sorted(SINGLES))
def test_single_objects_have_their_fields(name):
    list_name, path = SINGLES[name]
    row = {key: value for key, value in example(name)["response"].items() if key != "@odata.context"}
    found = Directory().load(list_name, row).get(f"{path}/{row['id']}")
    assert found == {"@odata.context": f"{BASE}/v1.0/$metadata#{path[1:]}/$entity"} | row
    same_envelope(found, name)


@needs_examples
@pytest.mark.parametrize("name", sorted(ASSIGNMENTS))
def test_app_role_assignments_have_their_fields(name):
    list_name, url = ASSIGNMENTS[name]
    rows = rows_of(name)
    ends = {"principal": rows[0]["principalId"], "resource": rows[0]["resourceId"]}
    world = Directory().load("graph/appRoleAssignments", *rows)
    world.load(list_name, *({"id": object_id} for object_id in ends.values()))
    found = world.get(url.format(**ends))
    assert [row for row in rows if row in found["value"]]
    assert found["value"] == [row for row in rows if row in found["value"]]
    same_envelope(found, name)


@needs_examples
@pytest.mark.parametrize("name", sorted(MEMBERS))
def test_members_and_owners_have_their_fields(name):
    list_name, path, parent = MEMBERS[name]
    rows = [{key: value for key, value in row.items() if key != "@odata.type"} for row in rows_of(name)]
    world = small()
    for table in ("graph/groupMembers", "graph/groupOwners", "graph/applicationOwners", "graph/servicePrincipalOwners"):
        for key in list(world.tenant.table(table).keys()):
            world.tenant.remove(table, key)
    world.load("graph/users", *rows)
    member = "#microsoft.graph.user"
    pairs = ({"parentId": parent, "member": {"@odata.type": member, "id": row["id"]}} for row in rows)
    found = world.load(list_name, *pairs).get(path)
    assert found["value"] == [{"@odata.type": member} | row for row in rows]
    same_envelope(found, name)


@needs_examples
@pytest.mark.parametrize("name", sorted(CONTAINERS))
def test_memberships_and_ownerships_have_their_fields(name):
    rows = [{key: value for key, value in row.items() if key != "@odata.type"} for row in rows_of(name)]
    path = CONTAINERS[name]
    member, list_name = path.split("/")[2], "graph/groupOwners" if "owned" in path else "graph/groupMembers"
    world = Directory().load("graph/groups", *rows).load("graph/users", {"id": ADA})
    world.load("graph/servicePrincipals", {"id": ROBOT})
    world.load(list_name, *({"parentId": row["id"], "member": {"id": member}} for row in rows))
    found = world.get(path)
    assert found["value"] == [{"@odata.type": "#microsoft.graph.group"} | row for row in rows]
    same_envelope(found, name)


@needs_examples
@pytest.mark.parametrize("name", sorted(WRITES))
def test_what_writes_answer_has_their_fields(name):
    recorded = example(name)
    body = recorded["request"]["body"]
    if "principalId" in body:
        body = {"principalId": ROBOT, "resourceId": TOOL, "appRoleId": guid(8, 1)}
    answer = small().send("POST", WRITES[name], body)
    assert answer.status == recorded["status"]
    ours, theirs = json.loads(answer.body), recorded["response"]
    assert set(ours) - {"@odata.context", "deletedDateTime"} == set(theirs) - {"@odata.context"}
    assert {key: type(value) for key, value in ours.items() if key in theirs} == {
        key: type(value) for key, value in theirs.items() if key in ours
    }


@needs_examples
def test_federated_credentials_have_their_fields():
    rows = rows_of("application-list-federatedidentitycredentials")
    kept = ({"parentId": APP} | row for row in rows)
    found = small().load("graph/applicationFederatedIdentityCredentials", *kept)
    assert found.get(f"/applications/{APP}/federatedIdentityCredentials/")["value"] == rows


@needs_examples
def test_delegated_grants_of_a_service_principal_have_their_fields():
    rows = [row | {"clientId": ROBOT} for row in rows_of("serviceprincipal-list-oauth2permissiongrants")]
    found = small().load("graph/oauth2PermissionGrants", *rows)
    assert found.get(f"/servicePrincipals/{ROBOT}/oauth2PermissionGrants")["value"] == rows
