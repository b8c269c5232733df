"""Who may give an application, or its service principal, a credential."""

from __future__ import annotations

import pytest
from tests.fakes.directory_tenant import MICROSOFT, OTHER_TENANT, DirectoryTenant

LOCK = {"isEnabled": True, "allProperties": True}
MULTI = "AzureADMultipleOrgs"
SOFTWARE = {
    "single": ({}, {}),
    "single locked": ({}, {"servicePrincipalLockConfiguration": LOCK}),
    "multi": ({}, {"signInAudience": MULTI}),
    "multi locked": ({}, {"signInAudience": MULTI, "servicePrincipalLockConfiguration": LOCK}),
    "foreign": ({"appOwnerOrganizationId": OTHER_TENANT}, None),
    "microsoft": ({"appOwnerOrganizationId": MICROSOFT}, None),
    "managed": ({"servicePrincipalType": "ManagedIdentity"}, None),
    "disabled": ({"accountEnabled": False}, {}),
}
THROUGH_APPLICATION = {"single", "single locked", "multi", "multi locked"}
THROUGH_ITSELF = {"single": "", "single locked": " possible", "multi": "", "foreign": " possible"}


def software(tenant: DirectoryTenant) -> dict[str, str]:
    made = {}
    for name, (fields, application) in SOFTWARE.items():
        if application is not None:
            tenant.application(name, **application)
        made[name] = tenant.software(name, **fields)
    return made


def reached(drawn, source, made) -> dict[str, set[str]]:
    found = {name: drawn.steps(source, one) for name, one in made.items()}
    return {name: steps for name, steps in found.items() if steps}


@pytest.mark.parametrize(
    ("action", "kind"),
    [
        ("applications/credentials/update", "EN-05"),
        ("applications/allProperties/update", "EN-05"),
        ("applications/allProperties/allTasks", "EN-05"),
        ("applications/owners/update", "EN-06"),
    ],
)
def test_writing_applications_reaches_those_registered_here_locked_or_not(action, kind):
    tenant = DirectoryTenant()
    ada, made = tenant.user("ada"), software(tenant)
    tenant.role(ada, "Writers", action)
    found = reached(tenant.draw(), ada, made)
    assert set(found) == THROUGH_APPLICATION
    assert all(kind in steps for steps in found.values())


@pytest.mark.parametrize(
    ("action", "kind"),
    [("servicePrincipals/credentials/update", "EN-05"), ("servicePrincipals/owners/update", "EN-06")],
)
def test_writing_service_principals_stops_at_locks_and_at_what_takes_no_credential(action, kind):
    tenant = DirectoryTenant()
    ada, made = tenant.user("ada"), software(tenant)
    tenant.role(ada, "Writers", action)
    assert reached(tenant.draw(), ada, made) == {name: {kind + word} for name, word in THROUGH_ITSELF.items()}


def test_writing_applications_of_this_tenant_leaves_out_those_of_many():
    tenant = DirectoryTenant()
    ada, made = tenant.user("ada"), software(tenant)
    tenant.role(ada, "Writers", "applications.myOrganization/credentials/update")
    assert set(reached(tenant.draw(), ada, made)) == {"single", "single locked"}


@pytest.mark.parametrize(
    "action", ["applications/basic/update", "applications/credentials/read", "applications/create"]
)
def test_other_writing_reaches_nothing(action):
    tenant = DirectoryTenant()
    ada, made = tenant.user("ada"), software(tenant)
    tenant.role(ada, "Writers", action)
    assert reached(tenant.draw(), ada, made) == {}


@pytest.mark.parametrize("permission", ["Application.ReadWrite.All", "Application.ReadUpdate.All"])
def test_a_permission_on_all_applications_reaches_both_sides(permission):
    tenant = DirectoryTenant()
    app, made = tenant.software("app"), software(tenant)
    tenant.permit(app, permission)
    found = reached(tenant.draw(), app, made)
    assert set(found) == {*THROUGH_APPLICATION, *THROUGH_ITSELF}
    assert {name for name, steps in found.items() if "EN-05" in steps} == THROUGH_APPLICATION


@pytest.mark.parametrize("name", SOFTWARE)
def test_an_owner_of_the_application_signs_in_as_it_and_one_of_the_instance_only_where_it_takes_credentials(name):
    tenant = DirectoryTenant()
    ada, bob, made = tenant.user("ada"), tenant.user("bob"), software(tenant)
    if SOFTWARE[name][1] is not None:
        tenant.member(tenant.application(name), ada, "applicationOwners")
    tenant.member(made[name], bob, "servicePrincipalOwners")
    drawn = tenant.draw()
    assert drawn.steps(ada, made[name]) == ({"EN-05"} if name in THROUGH_APPLICATION else set())
    assert drawn.steps(bob, made[name]) == ({f"EN-05{THROUGH_ITSELF[name]}"} if name in THROUGH_ITSELF else set())


@pytest.mark.parametrize("permission", ["Application.ReadWrite.OwnedBy", "User.Read.All"])
def test_software_uses_an_ownership_for_certain_only_with_the_permission_for_owned_applications(permission):
    tenant = DirectoryTenant()
    owner, app = tenant.software("owner"), tenant.software("app")
    tenant.permit(owner, permission)
    tenant.member(tenant.application("app"), owner, "applicationOwners")
    expected = "EN-05" if permission.endswith("OwnedBy") else "EN-05 possible"
    assert tenant.draw().steps(owner, app) == {expected}


def test_the_permission_for_owned_applications_reaches_nothing_that_is_not_owned():
    tenant = DirectoryTenant()
    app, made = tenant.software("app"), software(tenant)
    tenant.permit(app, "Application.ReadWrite.OwnedBy")
    assert reached(tenant.draw(), app, made) == {}


def test_a_lock_that_the_list_does_not_tell_leaves_the_instance_open():
    tenant = DirectoryTenant()
    ada, app = tenant.user("ada"), tenant.software("app")
    tenant.application("app", signInAudience=MULTI)
    del tenant.lists["graph/applications"][0]["servicePrincipalLockConfiguration"]
    tenant.member(app, ada, "servicePrincipalOwners")
    assert tenant.draw().steps(ada, app) == {"EN-05 possible"}


def test_applications_that_were_not_read_may_stand_behind_any_software_that_takes_credentials():
    tenant = DirectoryTenant(absent=["graph/applications"])
    ada, made = tenant.user("ada"), software(tenant)
    tenant.role(ada, "Writers", "applications/credentials/update")
    found = reached(tenant.draw(), ada, made)
    assert found == {name: {"EN-05 possible"} for name in THROUGH_APPLICATION}


def test_an_application_without_a_service_principal_is_reached_as_itself():
    tenant = DirectoryTenant()
    ada, bob, alone = tenant.user("ada"), tenant.user("bob"), tenant.application("alone")
    tenant.role(ada, "Writers", "applications/credentials/update")
    tenant.member(alone, bob, "applicationOwners")
    drawn = tenant.draw()
    assert drawn.steps(ada, alone) == {"EN-05"}
    assert drawn.steps(bob, alone) == {"EN-05"}


def test_a_role_held_at_one_application_reaches_its_service_principal_alone():
    tenant = DirectoryTenant()
    ada, bob = tenant.user("ada"), tenant.user("bob")
    one, other = tenant.software("one"), tenant.software("other")
    tenant.application("other")
    tenant.role(ada, "Writers", "applications/credentials/update", scope=f"/{tenant.application('one')}")
    tenant.role(bob, "Instances", "servicePrincipals/credentials/update", scope=f"/{one}")
    drawn = tenant.draw()
    assert drawn.steps(ada, one) == {"EN-05"}
    assert drawn.steps(bob, one) == {"EN-05"}
    assert drawn.steps(ada, other) == drawn.steps(bob, other) == set()


def test_a_role_held_at_a_group_reaches_no_application():
    tenant = DirectoryTenant()
    ada, group = tenant.user("ada"), tenant.group("group")
    tenant.role(ada, "Writers", "servicePrincipals/credentials/update", scope=f"/{group}")
    assert tenant.draw().steps(ada, group) == set()


def test_agents_are_reached_through_credentials_of_blueprints():
    tenant = DirectoryTenant()
    ada, plain = tenant.user("ada"), tenant.software("plain")
    agent = tenant.software("agent", **{"@odata.type": "#microsoft.graph.agentIdentity"})
    blueprint = tenant.software("blueprint", **{"@odata.type": "#microsoft.graph.agentIdentityBlueprintPrincipal"})
    tenant.role(ada, "Writers", "agentIdentityBlueprints/credentials/update")
    bob = tenant.user("bob")
    tenant.role(bob, "Instances", "servicePrincipals/credentials/update")
    drawn = tenant.draw()
    assert drawn.steps(ada, agent) == drawn.steps(ada, blueprint) == {"EN-25"}
    assert drawn.steps(ada, plain) == set()
    assert drawn.steps(bob, agent) == set()
