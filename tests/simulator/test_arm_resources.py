import json

import pytest
from tests.simulator.arm_world import (
    APP,
    AUTH,
    CONTRIBUTOR,
    DATA,
    NORTH,
    OWNER,
    READER,
    ROBOT,
    SITE,
    STORE,
    STRANGER,
    SUB_A,
    SUB_B,
    TENANT,
    World,
    app,
    guid,
    world,
)

IDENTITY = f"{APP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/deployer"
CREDENTIAL = f"{IDENTITY}/federatedIdentityCredentials/github"
TRUST = {"issuer": "https://token.example", "subject": "repo:a/b", "audiences": ["api://AzureADTokenExchange"]}


def test_groups_and_resources_are_listed_as_the_caller_may_read_them():
    made = world()
    assert made.ids(f"{SUB_A}/resourcegroups") == ["app", "data"]
    assert made.ids(f"{SUB_A}/resources") == ["shop", "records"]
    assert made.ids(f"{APP}/resources") == ["shop"]
    assert made.error("GET", f"{SUB_A}/resourceGroups", by=app(STRANGER)) == (403, "AuthorizationFailed")
    made.assign("one", SITE, READER, STRANGER)
    assert made.ids(f"{SUB_A}/resources", by=app(STRANGER)) == ["shop"]
    made.assign("group", DATA, READER, STRANGER)
    assert made.ids(f"{SUB_A}/resourceGroups", by=app(STRANGER)) == ["data"]


@pytest.mark.parametrize(
    ("filtered", "expected"),
    [
        ("resourceType eq 'Microsoft.Web/sites'", ["shop"]),
        ("resourceType eq 'microsoft.web/SITES' and name eq 'other'", []),
        ("resourceGroup eq 'DATA'", ["records"]),
        ("tagName eq 'env' and tagValue eq 'prod'", ["shop"]),
        ("tagName eq 'env' and tagValue eq 'test'", []),
        ("location eq 'westeurope'", ["shop", "records"]),
    ],
)
def test_resources_are_filtered(filtered, expected):
    assert world().ids(f"{SUB_A}/resources?$filter={filtered}") == expected


def test_a_resource_group_says_its_state_though_the_export_does_not():
    made = world()
    bare = f"{SUB_B}/resourceGroups/bare"
    made.load("arm/resources", id=bare, name="bare", type="Microsoft.Resources/resourceGroups", location="westeurope")
    listed = {row["name"]: row["properties"] for row in made.get(f"{SUB_B}/resourceGroups")["value"]}
    assert listed["bare"] == made.get(bare)["properties"] == {"provisioningState": "Succeeded"}
    whole = {"provisioningState": "Deleting"}
    made.load(
        "arm/resources",
        id=bare,
        name="bare",
        type="Microsoft.Resources/resourceGroups",
        location="westeurope",
        properties=whole,
    )
    assert made.get(bare)["properties"] == whole


def test_all_resources_are_shown_without_properties_one_and_one_type_with_them():
    made = world()
    whole = made.tenant.table("arm/resources").fields(SITE.lower())
    short = {name: value for name, value in whole.items() if name != "properties"}
    assert made.get(f"{APP}/resources")["value"] == [short]
    assert made.get(SITE) == whole
    assert made.get(f"{SUB_A}/providers/Microsoft.Web/sites")["value"] == [whole]
    assert made.get(f"{DATA}/providers/Microsoft.Web/sites")["value"] == []


def test_resources_come_in_pages_of_two_hundred():
    made = world()
    for number in range(450):
        row_id = f"{APP}/providers/Microsoft.Web/sites/s{number}"
        made.load("arm/resources", id=row_id, name=f"s{number}", type="Microsoft.Web/sites", location="x")
    assert len(made.get(f"{APP}/resources")["value"]) == 200
    assert len(made.ids(f"{APP}/resources")) == 451


def test_a_group_is_made_kept_in_its_place_and_deleted_with_all_in_it():
    made = world()
    url = f"{SUB_A}/resourcegroups/new"
    assert made.call("HEAD", url).status == 404
    assert made.error("PUT", url, {}) == (400, "LocationRequired")
    answer = made.call("PUT", url, {"location": "westeurope", "tags": {"a": "b"}})
    assert (answer.status, json.loads(answer.body)["id"]) == (201, f"{SUB_A}/resourceGroups/new")
    assert made.call("HEAD", url).status == 204
    assert made.error("PUT", url, {"location": "eastus"}) == (409, "InvalidResourceGroupLocation")
    made.call("PUT", f"{url}/providers/Microsoft.Web/sites/w", {"location": "x"})
    made.assign("inside", f"{SUB_A}/resourceGroups/new/providers/Microsoft.Web/sites/w", READER, ROBOT)
    made.assign("aside", APP, READER, ROBOT)
    assert made.call("DELETE", url).status == 200
    assert made.error("GET", url) == (404, "ResourceGroupNotFound")
    assert made.ids(f"{SUB_A}/resources") == ["shop", "records"]
    assert sorted(made.ids(f"{SUB_A}{AUTH}/roleAssignments")) == sorted([guid("robot-reads"), guid("aside")])
    assert made.error("DELETE", url) == (404, "ResourceGroupNotFound")


def test_a_resource_is_written_patched_and_deleted():
    made = world()
    url = f"{SUB_A}/resourcegroups/app/providers/Microsoft.Web/sites/new"
    body = {"location": "x", "tags": {"a": "1"}, "properties": {"size": 1, "kept": True}}
    assert made.call("PUT", url, body).status == 201
    patched = json.loads(made.call("PATCH", url, {"properties": {"size": 2}}).body)
    assert (patched["id"], patched["location"]) == (f"{APP}/providers/Microsoft.Web/sites/new", "x")
    assert (patched["tags"], patched["properties"]["size"], patched["properties"]["kept"]) == ({"a": "1"}, 2, True)
    assert made.call("DELETE", url).status == 200
    assert made.call("DELETE", url).status == 204
    assert made.error("GET", url) == (404, "ResourceNotFound")


def test_writing_needs_the_action_of_the_type():
    made, caller = world(), app(ROBOT)
    answer = made.call("PUT", f"{APP}/providers/Microsoft.Web/sites/shop/slots/blue", {"location": "x"}, by=caller)
    assert answer.status == 403
    assert b"'Microsoft.Web/sites/slots/write' over scope" in answer.body
    assert made.call("GET", SITE, by=caller).status == 200
    made.assign("writes", APP, CONTRIBUTOR, ROBOT)
    assert made.call("PUT", SITE, {"location": "x"}, by=caller).status == 200


def test_what_belongs_to_another_part_is_not_taken_for_a_resource():
    assert world().error("GET", f"{SUB_A}{AUTH}/policyDefinitions") == (404, "NotFound")


def test_a_system_assigned_identity_is_a_service_principal_as_long_as_its_resource():
    made = world()
    answer = json.loads(made.call("PATCH", SITE, {"identity": {"type": "SystemAssigned"}}).body)
    principal = made.tenant.table("graph/servicePrincipals").fields(answer["identity"]["principalId"])
    assert (principal["servicePrincipalType"], principal["displayName"]) == ("ManagedIdentity", "shop")
    assert principal["alternativeNames"] == ["isExplicit=False", SITE]
    again = json.loads(made.call("PATCH", SITE, {"identity": {"type": "SystemAssigned"}}).body)
    assert again["identity"] == answer["identity"]
    made.call("DELETE", SITE)
    assert made.tenant.table("graph/servicePrincipals").get(principal["id"]) is None


def with_identity() -> tuple[World, dict]:
    made = world()
    answer = made.call("PUT", IDENTITY, {"location": "westeurope"})
    assert answer.status == 201
    return made, json.loads(answer.body)


def test_a_user_assigned_identity_is_made_with_its_service_principal():
    made, identity = with_identity()
    said = identity["properties"]
    principal = made.tenant.table("graph/servicePrincipals").fields(said["principalId"])
    assert (said["tenantId"], principal["appId"]) == (TENANT, said["clientId"])
    assert principal["alternativeNames"] == ["isExplicit=True", IDENTITY]
    assert json.loads(made.call("PUT", IDENTITY, {"location": "westeurope"}).body) == identity
    body = {"location": "x", "identity": {"type": "UserAssigned", "userAssignedIdentities": {IDENTITY: {}}}}
    site = json.loads(made.call("PUT", SITE, body).body)
    attached = {"principalId": said["principalId"], "clientId": said["clientId"]}
    assert site["identity"]["userAssignedIdentities"] == {IDENTITY: attached}


def test_attaching_an_identity_needs_a_right_on_it():
    made, _ = with_identity()
    made.assign("writes", DATA, CONTRIBUTOR, STRANGER)
    body = {"location": "x", "identity": {"type": "UserAssigned", "userAssignedIdentities": {IDENTITY: {}}}}
    assert made.error("PUT", STORE, body, by=app(STRANGER)) == (403, "LinkedAuthorizationFailed")
    made.assign("uses", IDENTITY, CONTRIBUTOR, STRANGER)
    assert made.call("PUT", STORE, body, by=app(STRANGER)).status == 200


def test_federated_credentials_live_with_their_identity():
    made, identity = with_identity()
    assert made.error("PUT", CREDENTIAL, {"properties": {"issuer": "x"}}) == (400, "BadRequest")
    assert made.call("PUT", CREDENTIAL, {"properties": TRUST}).status == 201
    assert made.call("PUT", CREDENTIAL, {"properties": TRUST}).status == 200
    assert made.error("PUT", CREDENTIAL + "2", {"properties": TRUST}) == (409, "Conflict")
    assert made.get(CREDENTIAL)["properties"] == TRUST
    assert made.ids(f"{IDENTITY}/federatedIdentityCredentials") == ["github"]
    made.call("DELETE", IDENTITY)
    assert len(made.tenant.table("arm/federatedIdentityCredentials")) == 0
    assert made.tenant.table("graph/servicePrincipals").get(identity["properties"]["principalId"]) is None
    assert made.error("GET", f"{IDENTITY}/federatedIdentityCredentials") == (404, "ResourceNotFound")


@pytest.mark.parametrize(
    ("level", "place", "deletes", "writes"),
    [
        ("CanNotDelete", SITE, 409, 200),
        ("ReadOnly", SITE, 409, 409),
        ("CanNotDelete", SUB_A, 409, 200),
        ("ReadOnly", STORE, 200, 200),
        ("ReadOnly", SUB_B, 200, 200),
    ],
)
def test_a_lock_stops_what_it_is_for(level, place, deletes, writes):
    made = world()
    lock = f"{place}{AUTH}/locks/keep"
    assert made.call("PUT", lock, {"properties": {"level": level, "notes": "of record"}}).status == 201
    assert made.call("PATCH", SITE, {"tags": {}}).status == writes
    assert made.call("DELETE", SITE).status == deletes
    assert made.call("DELETE", lock).status == 200
    assert made.call("DELETE", lock).status == 204


def test_a_lock_inside_a_group_keeps_the_group():
    made = world()
    made.call("PUT", f"{SITE}{AUTH}/locks/keep", {"properties": {"level": "CanNotDelete"}})
    assert made.error("DELETE", APP) == (409, "ScopeLocked")
    assert made.call("DELETE", DATA).status == 200
    assert made.ids(f"{SUB_A}{AUTH}/locks") == ["keep"]
    assert made.error("PUT", f"{SITE}{AUTH}/locks/x", {"properties": {"level": "Some"}}) == (400, "InvalidLockLevel")


def test_roles_are_found_by_name_and_shown_with_the_subscription():
    made = world()
    (role,) = made.get(f"{SUB_A}{AUTH}/roleDefinitions?$filter=roleName eq 'Reader'")["value"]
    assert role["id"] == f"{SUB_A}{AUTH}/roleDefinitions/{READER}"
    assert made.get(f"{NORTH}{AUTH}/roleDefinitions/{READER}")["id"] == f"{AUTH}/roleDefinitions/{READER}"
    assert made.ids(f"{SUB_A}{AUTH}/roleDefinitions?$filter=type eq 'CustomRole'") == []
    assert made.error("GET", f"{SUB_A}{AUTH}/roleDefinitions/{guid('x')}") == (404, "RoleDefinitionDoesNotExist")


CUSTOM = {"roleName": "Operator", "assignableScopes": [APP], "permissions": [{"actions": ["*/read"]}]}


def test_a_custom_role_is_made_found_and_kept_while_it_is_assigned():
    made = world()
    url = f"{SUB_A}{AUTH}/roleDefinitions/{guid('custom')}"
    answer = made.call("PUT", url, {"properties": CUSTOM})
    assert (answer.status, json.loads(answer.body)["properties"]["type"]) == (201, "CustomRole")
    only = "$filter=type eq 'CustomRole'"
    assert made.ids(f"{APP}{AUTH}/roleDefinitions?{only}") == [guid("custom")]
    assert made.ids(f"{DATA}{AUTH}/roleDefinitions?{only}") == []
    assert made.ids(f"{SUB_A}{AUTH}/roleDefinitions?{only}") == []
    assert made.ids(f"{SUB_A}{AUTH}/roleDefinitions?$filter=atScopeAndBelow() and type eq 'CustomRole'") == [
        guid("custom")
    ]
    assert made.ids(f"{NORTH}{AUTH}/roleDefinitions?$filter=atScopeAndBelow() and type eq 'CustomRole'") == [
        guid("custom")
    ]
    assert made.ids(f"{AUTH}/roleDefinitions?{only}") == [guid("custom")]
    changed = CUSTOM | {"description": "new"}
    assert made.call("PUT", url, {"properties": changed}).status == 201
    assert made.get(url)["properties"]["description"] == "new"
    made.assign("uses", APP, guid("custom"), ROBOT)
    assert made.error("DELETE", url) == (409, "RoleDefinitionHasAssignments")
    made.call("DELETE", f"{APP}{AUTH}/roleAssignments/{guid('uses')}")
    assert made.call("DELETE", url).status == 200
    assert made.call("DELETE", url).status == 204


@pytest.mark.parametrize(
    ("name", "said", "expected"),
    [
        ("custom", {"roleName": "reader"}, (409, "RoleDefinitionWithSameNameExists")),
        ("custom", {"permissions": []}, (400, "InvalidRoleDefinition")),
        ("custom", {"assignableScopes": ["/"]}, (400, "InvalidRoleDefinitionScope")),
        ("custom", {"permissions": [{"actions": ["A/*/b/*"]}]}, (400, "InvalidActionOrNotAction")),
        (None, {}, (400, "CannotChangeBuiltInRole")),
    ],
)
def test_what_a_role_definition_must_be(name, said, expected):
    role = guid(name) if name else OWNER
    url = f"{SUB_A}{AUTH}/roleDefinitions/{role}"
    assert world().error("PUT", url, {"properties": CUSTOM | said}) == expected


def test_a_role_is_written_only_where_the_caller_may_write_all_its_scopes():
    made = world()
    made.assign("owns", SUB_A, OWNER, STRANGER)
    url = f"{SUB_A}{AUTH}/roleDefinitions/{guid('custom')}"
    wide = {"properties": CUSTOM | {"assignableScopes": [SUB_A, SUB_B]}}
    assert made.error("PUT", url, wide, by=app(STRANGER)) == (403, "LinkedAuthorizationFailed")
    assert made.call("PUT", url, {"properties": CUSTOM}, by=app(STRANGER)).status == 201
