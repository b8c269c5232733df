"""What the simulated Resource Manager answers has the fields of Microsoft's own recorded examples.

An example and an answer are compared member by member: the same names at the same places with values of the same kind,
where null in an example stands for a kind it does not tell. Members that Azure answers today and its older example has
not are named in `NEWER`; maps whose keys are data (tags, claims) are compared as maps. Examples of lists that an export
holds are loaded and must come back byte for byte.
"""

import json
import os
from pathlib import Path

import pytest
from tests.simulator.arm_world import (
    ADA,
    APP,
    AUTH,
    NORTH,
    OWNER,
    READER,
    ROOT,
    SUB_A,
    World,
    guid,
    world,
)

DATA = Path(os.environ.get("REMIT_TEST_DATA", Path(__file__).parents[2].parent / "shared" / "data"))
EXAMPLES = DATA / "azure" / "examples"
pytestmark = pytest.mark.skipif(not EXAMPLES.is_dir(), reason="no test data")

LOG = "/providers/Microsoft.Insights/eventtypes/management/values"
IDENTITY = f"{APP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/deployer"
MAPS = {"tags", "claims"}
_STAMPS = {"createdOn", "updatedOn", "createdBy", "updatedBy"}
_CONDITION = {"condition", "conditionVersion"}
NEWER = {
    "role assignment": _STAMPS | _CONDITION | {"delegatedManagedIdentityResourceId", "description"},
    "role definition": _STAMPS,
    "activation": {"linkedRoleEligibilityScheduleId"},
    "event": {
        "category",
        "channels",
        "resourceId",
        "resourceType",
        "tenantId",
        "evidence",
        "serviceRequestId",
        "eventCategory",
        "entity",
        "message",
        "hierarchy",
        "requestbody",
        "responseBody",
    },
}


def example(name: str, status: str = "200") -> object:
    return json.loads((EXAMPLES / name).read_text())["responses"][status]["body"]


def kind(value: object) -> str:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return "number" if number else type(value).__name__


def differences(expected: object, found: object, newer: frozenset[str], path: str = "") -> list[str]:
    """Every place at which an answer is not of the shape of an example."""
    if expected is None or found is None:
        return []
    if kind(expected) != kind(found):
        return [f"{path}: {kind(found)} instead of {kind(expected)}"]
    if isinstance(expected, dict):
        if path.rpartition(".")[2] in MAPS:
            return []
        wrong = [f"{path}.{name}: missing" for name in expected.keys() - found.keys()]
        wrong += [f"{path}.{name}: too much" for name in found.keys() - expected.keys() - newer]
        for name in expected.keys() & found.keys():
            wrong += differences(expected[name], found[name], newer, f"{path}.{name}")
        return wrong
    if isinstance(expected, list) and expected and found:
        return differences(expected[0], found[0], newer, f"{path}[]")
    return []


def assert_shape(expected: object, found: object, what: str = "") -> None:
    assert differences(expected, found, frozenset(NEWER.get(what, ()))) == []


def test_the_comparison_sees_what_differs():
    expected = {"a": {"b": 1, "c": "x"}, "d": [{"e": True}], "tags": {"k": "v"}}
    found = {"a": {"b": "1", "f": 2}, "d": [{}], "tags": {}}
    assert sorted(differences(expected, found, frozenset())) == [
        ".a.b: str instead of number",
        ".a.c: missing",
        ".a.f: too much",
        ".d[].e: missing",
    ]


def written(made: World, method: str, url: str, body: object = None) -> object:
    answer = made.call(method, url, body)
    assert answer.status in {200, 201}, answer.body
    return json.loads(answer.body)


def new_assignment(made: World) -> object:
    said = {"roleDefinitionId": f"{AUTH}/roleDefinitions/{READER}", "principalId": ADA, "principalType": "User"}
    return written(made, "PUT", f"{APP}{AUTH}/roleAssignments/{guid('new')}", {"properties": said})


def test_role_assignments():
    made = world()
    row = new_assignment(made)
    for name in ("RoleAssignments_CreateById", "RoleAssignments_CreateForResource"):
        assert_shape(example(f"authorization/{name}.json", "201"), row, "role assignment")
    assert_shape(example("authorization/RoleAssignments_GetById.json"), made.get(row["id"]), "role assignment")
    listed = made.get(f"{APP}{AUTH}/roleAssignments?$filter=atExactScope()")
    assert_shape(example("authorization/RoleAssignments_ListForScope.json"), listed, "role assignment")
    gone = written(made, "DELETE", row["id"])
    assert_shape(example("authorization/RoleAssignments_DeleteById.json"), gone, "role assignment")


def test_role_definitions():
    made = world()
    said = {"roleName": "New", "assignableScopes": [SUB_A], "permissions": [{"actions": ["*/read"]}]}
    row = written(made, "PUT", f"{SUB_A}{AUTH}/roleDefinitions/{guid('new')}", {"properties": said})
    assert_shape(example("authorization/PutRoleDefinition.json", "201"), row, "role definition")
    shown = made.get(row["id"])
    for name in ("GetRoleDefinitionById", "GetRoleDefinitionByName"):
        assert_shape(example(f"authorization/{name}.json"), shown, "role definition")
    listed = made.get(f"{SUB_A}{AUTH}/roleDefinitions?$filter=type eq 'CustomRole'")
    assert_shape(example("authorization/GetRoleDefinitionAtScope.json"), listed, "role definition")
    gone = written(made, "DELETE", row["id"])
    assert_shape(example("authorization/DeleteRoleDefinition.json"), gone, "role definition")


def test_permissions():
    expected = example("authorization/GetPermissions.json")
    expected.pop("nextLink")  # there is never a second page
    assert_shape(expected, world().get(f"{APP}{AUTH}/permissions"))


def pim(made: World, side: str, kind_of: str) -> object:
    said = {
        "principalId": ADA,
        "roleDefinitionId": f"{AUTH}/roleDefinitions/{OWNER}",
        "requestType": kind_of,
        "scheduleInfo": {"expiration": {"type": "AfterDuration", "duration": "PT8H"}},
    }
    return written(made, "PUT", f"{SUB_A}{AUTH}/{side}Requests/{guid(side)}", {"properties": said})


def test_pim():
    made = world()
    eligible = pim(made, "roleEligibilitySchedule", "AdminAssign")
    active = pim(made, "roleAssignmentSchedule", "SelfActivate")
    assert_shape(example("pim/PutRoleEligibilityScheduleRequest.json", "201"), eligible)
    assert_shape(example("pim/PutRoleAssignmentScheduleRequest.json", "201"), active, "activation")
    for side in ("RoleEligibility", "RoleAssignment"):
        base = f"{SUB_A}{AUTH}/{side[:1].lower()}{side[1:]}Schedule"
        for part, name in (("Instances", "InstancesByScope"), ("Requests", "RequestByScope"), ("s", "sByScope")):
            shown = made.get(base + part)
            assert shown["value"]
            assert_shape(example(f"pim/Get{side}Schedule{name}.json"), shown, "activation")
            if part != "s":
                one = made.get(shown["value"][0]["id"])
                assert_shape(example(f"pim/Get{side}Schedule{part[:-1]}ByName.json"), one, "activation")


def test_locks():
    made = world()
    row = written(made, "PUT", f"{APP}{AUTH}/locks/keep", {"properties": {"level": "ReadOnly"}})
    assert_shape(example("locks/ManagementLocks_CreateOrUpdateAtScope.json", "201"), row)
    assert_shape(example("locks/ManagementLocks_GetAtScope.json"), made.get(row["id"]))
    assert_shape(example("locks/ManagementLocks_ListAtScope.json"), made.get(f"{APP}{AUTH}/locks"))


@pytest.mark.parametrize(
    ("name", "method", "url"),
    [
        ("ListManagementGroups", "GET", "/providers/Microsoft.Management/managementGroups"),
        ("GetManagementGroup", "GET", NORTH),
        ("GetManagementGroupWithAncestors", "GET", f"{NORTH}?$expand=ancestors"),
        ("GetManagementGroupWithPath", "GET", f"{NORTH}?$expand=path"),
        ("GetManagementGroupWithExpand", "GET", f"{NORTH}?$expand=children"),
        ("GetManagementGroupWithExpandAndRecurse", "GET", f"{NORTH}?$expand=children&$recurse=true"),
        ("GetDescendants", "GET", f"{ROOT}/descendants"),
        ("GetAllSubscriptionsFromManagementGroup", "GET", f"{NORTH}/subscriptions"),
        ("GetSubscriptionFromManagementGroup", "GET", f"{NORTH}/subscriptions/{guid('sub-a')}"),
        ("AddManagementGroupSubscription", "PUT", f"{NORTH}/subscriptions/{guid('sub-a')}"),
    ],
)
def test_management_groups(name, method, url):
    made = world()
    written(made, "PUT", f"{NORTH}-inner", {"properties": {"details": {"parent": {"id": NORTH}}}})
    expected = example(f"management-groups/{name}.json")
    if name.endswith("Recurse"):  # the last of the example's children has none, the first is compared
        expected["properties"]["children"][0].pop("children")
    assert_shape(expected, written(made, method, url))


def test_managed_identities():
    made = world()
    identity = written(made, "PUT", IDENTITY, {"location": "eastus", "tags": {"a": "b"}})
    assert_shape(example("managed-identity/IdentityGet.json"), identity)
    trust = {"issuer": "https://x", "subject": "y", "audiences": ["z"]}
    row = written(made, "PUT", f"{IDENTITY}/federatedIdentityCredentials/f", {"properties": trust})
    assert_shape(example("managed-identity/FederatedIdentityCredentialGet.json"), row)
    made.call("PUT", f"{IDENTITY}/federatedIdentityCredentials/g", {"properties": trust | {"subject": "other"}})
    listed = made.get(f"{IDENTITY}/federatedIdentityCredentials?$top=1")
    assert_shape(example("managed-identity/FederatedIdentityCredentialList.json"), listed)


def test_tenants():
    expected = example("subscriptions/GetTenants.json")
    expected.pop("nextLink")
    assert_shape(expected, world().get("/tenants"))


@pytest.mark.parametrize("name", ["GetActivityLogsFiltered", "GetTenantActivityLogsNoParams"])
def test_the_activity_log(name):
    made = world()
    new_assignment(made)
    events = made.get(f"{SUB_A}{LOG}")
    expected = example(f"activity-log/{name}.json")
    expected.pop("nextLink")
    expected["value"][0]["authorization"].pop("role")  # the operator acts without one
    assert_shape(expected, events, "event")


LOADED = {
    "authorization/GetAllDenyAssignments": ("arm/denyAssignments", "denyAssignments"),
    "authorization/GetClassicAdministrators": ("arm/classicAdministrators", "classicAdministrators"),
    "pim/GetRoleManagementPolicyAssignmentByScope": (
        "arm/roleManagementPolicyAssignments",
        "roleManagementPolicyAssignments",
    ),
    "pim/GetRoleAssignmentScheduleInstancesByScope": (
        "arm/roleAssignmentScheduleInstances",
        "roleAssignmentScheduleInstances",
    ),
    "pim/GetRoleEligibilityScheduleRequestByScope": (
        "arm/roleEligibilityScheduleRequests",
        "roleEligibilityScheduleRequests",
    ),
    "policy/listPolicyAssignmentsForResourceGroup": ("arm/policyAssignments", "policyAssignments"),
    "deployment-stacks/DeploymentStackSubscriptionList": ("arm/deploymentStacks", "deploymentStacks"),
}


@pytest.mark.parametrize("name", LOADED)
def test_rows_of_an_export_come_back_as_they_were(name):
    made, (list_name, path) = world(), LOADED[name]
    rows = example(f"{name}.json")["value"]
    scopes = set()
    for row in rows:
        scope = (row["properties"].get("scope") or row["id"].partition("/providers/")[0]).lower()
        subscription = "/".join(scope.split("/")[:3])
        made.load("arm/subscriptions", id=subscription)
        made.load("arm/resources", id=scope, name="x", type="Microsoft.Resources/resourceGroups")
        made.load(list_name, **row)
        scopes.add(scope)
    provider = "/providers/Microsoft.Resources" if "Stacks" in path else AUTH
    found = [row for scope in sorted(scopes) for row in made.get(f"{scope}{provider}/{path}")["value"]]
    assert sorted(map(json.dumps, found)) == sorted(map(json.dumps, rows))
