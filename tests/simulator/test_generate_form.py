"""A generated row stands as a collector would have written it: its form, its keys, what it refers to."""

from __future__ import annotations

from collections import Counter

import msgspec
import pytest
from tests.simulator.planted import Generated

from remit.wire.azure.lists import LISTS
from remit_sim.generate import generate

KEYS = {
    "graph/users": "id displayName userPrincipalName userType accountEnabled onPremisesSyncEnabled createdDateTime",
    "graph/groups": "id displayName securityEnabled mailEnabled groupTypes isAssignableToRole membershipRule "
    "onPremisesSyncEnabled visibility createdDateTime",
    "graph/servicePrincipals": "id appId displayName servicePrincipalType accountEnabled appOwnerOrganizationId "
    "alternativeNames tags appRoles keyCredentials passwordCredentials",
    "graph/applications": "id appId displayName createdDateTime signInAudience identifierUris appRoles "
    "requiredResourceAccess servicePrincipalLockConfiguration keyCredentials passwordCredentials",
    "graph/devices": "id deviceId displayName accountEnabled trustType isCompliant isManaged",
    "graph/administrativeUnits": "id displayName visibility isMemberManagementRestricted membershipType membershipRule",
    "graph/groupMembers": "parentId member",
    "graph/groupOwners": "parentId member",
    "graph/applicationOwners": "parentId member",
    "graph/servicePrincipalOwners": "parentId member",
    "graph/administrativeUnitMembers": "parentId member",
    "graph/applicationFederatedIdentityCredentials": "parentId id name issuer subject description audiences",
    "arm/managementGroups": "id name type properties",
    "arm/roleDefinitions": "id name type properties",
    "arm/roleAssignments": "id name type properties",
}
RESOURCE = "id name type kind location managedBy sku plan identity zones extendedLocation tags properties".split()  # noqa: SIM905 - as in the query
AT_A_SCOPE = (
    "arm/roleAssignments", "arm/denyAssignments", "arm/policyAssignments", "arm/roleAssignmentScheduleInstances",
    "arm/roleEligibilityScheduleInstances", "arm/roleAssignmentScheduleRequests",
    "arm/roleEligibilityScheduleRequests", "arm/roleManagementPolicyAssignments",
)  # fmt: skip


@pytest.fixture(scope="module")
def it(tmp_path_factory):
    folder = tmp_path_factory.mktemp("form")
    return Generated(folder / "t", generate(2_000, 11, folder / "t"), folder / "store")


@pytest.mark.parametrize("name", LISTS)
def test_rows_are_compact_json_without_blanks(it, name) -> None:
    lines = (it.folder / f"{name}.jsonl").read_bytes().splitlines()
    assert [line for line in lines if msgspec.json.encode(msgspec.json.decode(line)) != line] == []


@pytest.mark.parametrize("name", KEYS)
def test_rows_have_the_keys_that_are_asked_for_in_their_order(it, name) -> None:
    assert {tuple(row) for row in it.rows(name)} == {tuple(KEYS[name].split())}


def test_resources_have_the_columns_of_the_query_in_their_order_and_no_null(it) -> None:
    for row in it.rows("arm/resources"):
        assert list(row) == [key for key in RESOURCE if key in row]
    assert [row for name in LISTS if name.startswith("arm/") for row in it.rows(name) if None in row.values()] == []


def test_resource_graph_writes_types_in_lower_case(it) -> None:
    types = {row["type"] for row in it.rows("arm/resources")} - {"Microsoft.Resources/resourceGroups"}
    assert all(kind == kind.lower() for kind in types)
    assert len(types) > 20
    assert {row["type"] for row in it.rows("arm/roleDefinitions")} == {"microsoft.authorization/roledefinitions"}
    told = {(row["properties"]["scope"] == "/", row["type"]) for row in it.rows("arm/roleAssignments")}
    assert told == {
        (False, "microsoft.authorization/roleassignments"),
        (True, "Microsoft.Authorization/roleAssignments"),
    }


@pytest.mark.parametrize("name", AT_A_SCOPE)
def test_the_scope_is_the_one_of_the_id(it, name) -> None:
    for row in it.rows(name):
        scope = row["properties"]["scope"]
        at = "" if scope == "/" else scope
        kind = name.removeprefix("arm/")
        assert row["id"].lower() == f"{at}/providers/Microsoft.Authorization/{kind}/{row['name']}".lower()


def test_every_scope_stands_in_the_tree(it) -> None:
    """Management groups, subscriptions and resources that anything is granted at are listed."""
    places = {row["id"] for name in ("arm/managementGroups", "arm/resources") for row in it.rows(name)} | {"/"}
    for name in (*AT_A_SCOPE, "arm/locks"):
        for row in it.rows(name):
            scope = row["id"].rpartition("/providers/Microsoft.Authorization/")[0] or "/"
            assert scope.partition("/blobServices/")[0] in places, name


def test_the_tree_has_the_shape_of_entities(it) -> None:
    rows = it.rows("arm/managementGroups")
    names = {row["id"] for row in rows}
    roots = [row for row in rows if row["properties"]["parent"]["id"] is None]
    assert [row["name"] for row in roots] == [it.labels.tenant_id]
    assert {row["properties"]["parent"]["id"] for row in rows} - {None} <= names
    assert Counter(row["type"] for row in rows)["/subscriptions"] == len(it.rows("arm/subscriptions"))
    for row in rows:
        prefix = (
            "/subscriptions/"
            if row["type"] == "/subscriptions"
            else "/providers/Microsoft.Management/managementGroups/"
        )
        assert row["id"] == prefix + row["name"]
        assert list(row["properties"]) == ["displayName", "parent"]


def test_members_and_owners_are_listed_and_of_the_kind_that_is_said(it) -> None:
    kinds = {"user": "users", "group": "groups", "servicePrincipal": "servicePrincipals", "device": "devices"}
    known = {
        f"#microsoft.graph.{kind}": {row["id"] for row in it.rows(f"graph/{name}")} for kind, name in kinds.items()
    }
    parents = {
        "graph/groupMembers": "graph/groups", "graph/groupOwners": "graph/groups",
        "graph/applicationOwners": "graph/applications", "graph/servicePrincipalOwners": "graph/servicePrincipals",
        "graph/administrativeUnitMembers": "graph/administrativeUnits",
    }  # fmt: skip
    for name, parent in parents.items():
        above = {row["id"] for row in it.rows(parent)}
        for row in it.rows(name):
            assert row["parentId"] in above
            assert row["member"]["id"] in known[row["member"]["@odata.type"]]
    assert {row["member"]["@odata.type"] for row in it.rows("graph/groupMembers")} == set(known)


def test_groups_hold_only_what_their_kind_allows(it) -> None:
    groups = {row["id"]: row for row in it.rows("graph/groups")}
    users = {row["id"]: row for row in it.rows("graph/users")}
    for row in it.rows("graph/groupMembers"):
        group, kind = groups[row["parentId"]], row["member"]["@odata.type"].rpartition(".")[2]
        if group["groupTypes"]:
            assert kind == "user"
        if group["onPremisesSyncEnabled"]:
            assert users[row["member"]["id"]]["onPremisesSyncEnabled"]
    for name in ("graph/groupAssignmentScheduleInstances", "graph/groupEligibilityScheduleInstances"):
        for row in it.rows(name):
            group = groups[row["groupId"]]
            assert "DynamicMembership" not in group["groupTypes"]
            assert not group["onPremisesSyncEnabled"]
    assert {tuple(row["groupTypes"]) for row in groups.values()} == {(), ("Unified",), ("DynamicMembership",)}


def test_managed_identities_and_what_bears_them_know_each_other(it) -> None:
    listed = {
        row["id"]: (row["alternativeNames"][1], row["appId"])
        for row in it.rows("graph/servicePrincipals")
        if row["servicePrincipalType"] == "ManagedIdentity"
    }
    borne, attached, names = {}, {}, set()
    for row in it.rows("arm/resources"):
        names.add(row["id"])
        said = row.get("identity", {})
        principal = said.get("principalId") or row["properties"].get("principalId")
        if principal:
            borne[principal] = row["id"]
        attached |= said.get("userAssignedIdentities", {})
    assert {key: resource for key, (resource, _) in listed.items()} == borne
    assert attached
    for resource, said in attached.items():
        assert listed[said["principalId"]] == (resource, said["clientId"])


def test_applications_and_permissions_refer_to_what_is_listed(it) -> None:
    services = {row["id"]: row for row in it.rows("graph/servicePrincipals")}
    apps = {row["appId"] for row in it.rows("graph/applications")}
    own = {row["appId"] for row in services.values() if row["appOwnerOrganizationId"] == it.labels.tenant_id}
    assert apps == own
    people = {*services, *(row["id"] for name in ("graph/users", "graph/groups") for row in it.rows(name))}
    for row in it.rows("graph/appRoleAssignments"):
        assert row["principalId"] in people
        offered = {role["id"] for role in services[row["resourceId"]]["appRoles"]} | {
            "00000000-0000-0000-0000-000000000000"
        }
        assert row["appRoleId"] in offered
    for row in it.rows("graph/oauth2PermissionGrants"):
        assert {row["clientId"], row["resourceId"]} <= set(services)
        assert (row["principalId"] is None) == (row["consentType"] == "AllPrincipals")


def test_no_row_holds_a_secret(it) -> None:
    for row in it.rows("graph/applications"):
        assert [one for one in row["passwordCredentials"] if one["secretText"] is not None] == []
        assert [one for one in row["keyCredentials"] if one["key"] is not None] == []


def test_roles_that_are_given_are_listed_and_pim_has_rules_for_each(it) -> None:
    known = {row["name"] for row in it.rows("arm/roleDefinitions")}
    rows = [
        row["properties"] for name in AT_A_SCOPE for row in it.rows(name) if "roleDefinitionId" in row["properties"]
    ]
    assert {said["roleDefinitionId"].rpartition("/")[2] for said in rows} <= known
    eligible, ruled = (
        [(row["properties"]["scope"], row["properties"]["roleDefinitionId"]) for row in it.rows(name)]
        for name in ("arm/roleEligibilityScheduleInstances", "arm/roleManagementPolicyAssignments")
    )
    assert len(ruled) == len(set(ruled))
    assert set(ruled) == set(eligible)


def test_operations_are_a_few_hundred_each_once_on_its_plane(it) -> None:
    found = Counter(
        (one["name"].lower(), one["isDataAction"])
        for row in it.rows("arm/providerOperations")
        for kind in row["resourceTypes"]
        for one in kind["operations"]
    )
    assert 300 < len(found) < 1_000
    assert max(found.values()) == 1
    assert ("microsoft.keyvault/vaults/secrets/getsecret/action", True) in found


def test_settings_that_act_beside_rbac_are_told(it) -> None:
    told = Counter(
        f"{key}={value}"
        for row in it.rows("arm/resources")
        for key, value in row["properties"].items()
        if isinstance(value, bool)
    )
    for key in (
        "enableRbacAuthorization",
        "allowSharedKeyAccess",
        "disableLocalAuth",
        "isHnsEnabled",
        "adminUserEnabled",
    ):
        assert min(told[f"{key}=True"], told[f"{key}=False"]) > 0, key
