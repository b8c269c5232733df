"""Steps to Entra roles, to control of the tenant, to its guards and to the root of Azure."""

from __future__ import annotations

import pytest
from tests.fakes.directory_tenant import DirectoryTenant

from remit.engine.strings import TextColumn
from remit.graph.directory.tenant import own_domain
from remit.graph.naming import NodeNames
from remit.graph.nodes import NodeKind

ROLE = "role:Global Administrator"


def with_roles() -> DirectoryTenant:
    tenant = DirectoryTenant()
    tenant.define("Global Administrator")
    tenant.define("Directory Readers")
    return tenant


@pytest.mark.parametrize(
    ("permissions", "steps"),
    [
        (["RoleManagement.ReadWrite.Directory"], {"EN-01"}),
        (["AppRoleAssignment.ReadWrite.All"], {"EN-02"}),
        (["Policy.ReadWrite.PermissionGrant"], {"EN-04 possible"}),
        (["RoleAssignmentSchedule.ReadWrite.Directory"], {"EN-16"}),
        (["RoleEligibilitySchedule.ReadWrite.Directory"], {"EN-16 possible"}),
        (["User.Read.All"], set()),
    ],
)
def test_permissions_that_give_entra_roles(permissions, steps):
    tenant = with_roles()
    app = tenant.software("app")
    tenant.permit(app, *permissions)
    drawn = tenant.draw()
    assert drawn.steps(app, ROLE) == steps
    assert drawn.reaches(app, "tenant", certain=False) == bool(steps)


def test_a_permission_that_was_only_asked_for_is_nothing():
    tenant = with_roles()
    app = tenant.software("app")
    wish = {"resourceAppId": "00000003-0000-0000-c000-000000000000"}
    tenant.application("app", requiredResourceAccess=[{**wish, "resourceAccess": [{"id": "x", "type": "Role"}]}])
    assert tenant.draw().steps(app, ROLE) == set()


def test_a_permission_of_another_api_with_the_same_name_is_nothing():
    tenant = with_roles()
    app, api = (
        tenant.software("app"),
        tenant.software("api", appRoles=[{"id": "r1", "value": "RoleManagement.ReadWrite.Directory"}]),
    )
    row = {"principalId": app, "resourceId": api, "appRoleId": "r1", "principalType": "ServicePrincipal"}
    tenant.add("appRoleAssignments", id="g1", **row)
    assert tenant.draw().steps(app, ROLE) == set()


@pytest.mark.parametrize("name", ["Global Administrator", "Privileged Role Administrator"])
def test_who_may_give_roles_gives_itself_any(name):
    tenant = with_roles()
    ada = tenant.user("ada")
    tenant.role(ada, name)
    assert "EN-01" in tenant.draw().steps(ada, "role:Directory Readers")


def test_a_role_that_gives_roles_held_below_the_tenant_does_not_reach_it():
    tenant = with_roles()
    ada = tenant.user("ada")
    tenant.role(ada, "Givers", "roleAssignments/allProperties/allTasks", scope=tenant.unit("unit", ada))
    drawn = tenant.draw()
    assert not drawn.reaches(ada, "tenant", certain=False)


def test_control_of_the_tenant_is_reached_where_no_definition_of_its_role_was_read():
    tenant = DirectoryTenant()
    app = tenant.software("app")
    tenant.permit(app, "RoleManagement.ReadWrite.Directory")
    assert tenant.draw().steps(app, "tenant") == {"EN-01"}


@pytest.mark.parametrize(("domain", "steps"), [("t.onmicrosoft.com", "EN-13 possible"), ("corp.example", "EN-13")])
@pytest.mark.parametrize("source", ["role", "permission"])
def test_federating_a_domain_is_certain_where_one_of_the_tenants_own_is_in_use(domain, steps, source):
    tenant = DirectoryTenant()
    tenant.user("bob", userPrincipalName=f"bob@{domain}")
    ada = tenant.user("ada") if source == "role" else tenant.software("app")
    if source == "role":
        tenant.role(ada, "Federators", "domains/allProperties/allTasks")
    else:
        tenant.permit(ada, "Domain.ReadWrite.All")
    assert tenant.draw().steps(ada, "tenant") == {steps}


@pytest.mark.parametrize(
    ("names", "own"),
    [
        ([], False),
        (["", "a@T.OnMicrosoft.com", "b_x#EXT#@t.onmicrosoft.com"], False),
        (["a@t.onmicrosoft.us", "a@t.partner.onmschina.cn"], False),
        (["a@b"], True),
        (["a@t.onmicrosoft.com", "a@t-onmicrosoft.com"], True),
        (["a@corp.example.onmicrosoft.comx"], True),
    ],
)
def test_a_domain_of_its_own_is_known_by_names_that_end_otherwise(names, own):
    assert own_domain(TextColumn.of(names)) is own


@pytest.mark.parametrize(
    ("permissions", "node", "steps"),
    [
        (["Organization.ReadWrite.All"], "tenant", {"EN-14 possible"}),
        (
            ["Organization.ReadWrite.All", "Policy.ReadWrite.AuthenticationMethod"],
            "tenant",
            {"EN-14"},
        ),
        (["Policy.ReadWrite.ConditionalAccess", "Policy.Read.All"], "tenant:gate", {"EN-15"}),
        (["Policy.ReadWrite.ConditionalAccess"], "tenant:gate", set()),
        (["RoleManagementPolicy.ReadWrite.Directory"], "tenant:gate", {"EN-16"}),
        (["RoleManagementPolicy.ReadWrite.AzureADGroup"], "tenant:gate", {"EN-17"}),
        (["Policy.ReadWrite.CrossTenantAccess"], "tenant:gate", {"EN-32"}),
        (["User.EnableDisableAccount.All"], "tenant:control", {"EN-33"}),
        (["User.DeleteRestore.All"], "tenant:control", {"EN-33"}),
        (["SecurityIdentitiesActions.ReadWrite.All"], "tenant:control", {"EN-33"}),
    ],
)
def test_permissions_on_the_tenant_itself(permissions, node, steps):
    tenant = with_roles()
    app = tenant.software("app")
    tenant.permit(app, *permissions)
    drawn = tenant.draw()
    known = drawn.graph.network.number(drawn.key(node)) >= 0
    assert (drawn.steps(app, node) if known else set()) == steps
    assert drawn.reaches(app, "tenant", certain=False) is (node == "tenant")


def test_a_guard_of_the_tenant_is_not_control_of_it():
    tenant = DirectoryTenant()
    app = tenant.software("app")
    tenant.permit(app, "Policy.ReadWrite.ConditionalAccess", "Policy.Read.All", "User.DeleteRestore.All")
    drawn = tenant.draw()
    names = NodeNames(drawn.graph.drawing)
    assert {names.ref(drawn.key(node)).id for node in ("tenant:gate", "tenant:control")} == {"tenant"}
    assert names.ref(drawn.key("tenant")).id == "tier0"
    assert drawn.graph.network.of_kind(NodeKind.TIER_ZERO)[1] - drawn.graph.network.of_kind(NodeKind.TIER_ZERO)[0] == 1


def test_attributes_and_units_are_guards_only_where_something_rests_on_them():
    for tested in (False, True):
        tenant = DirectoryTenant()
        ada = tenant.user("ada")
        tenant.role(ada, "Units", "administrativeUnits/allProperties/allTasks")
        tenant.unit("unit", restricted=tested)
        drawn = tenant.draw()
        gate = drawn.graph.network.number(drawn.key("tenant:gate"))
        assert (gate >= 0) is tested
        assert not tested or drawn.steps(ada, "tenant:gate") == {"EN-24"}


def test_users_who_hold_global_administrator_give_themselves_azure_and_service_principals_do_not():
    tenant = DirectoryTenant()
    ada, bob, later, app = tenant.user("ada"), tenant.user("bob"), tenant.user("later"), tenant.software("app")
    group = tenant.group("admins", isAssignableToRole=True)
    tenant.role(ada, "Global Administrator")
    tenant.role(app, "Global Administrator")
    tenant.role(group, "Global Administrator")
    tenant.role(later, "Global Administrator", eligible=True)
    tenant.member(group, bob)
    joining = tenant.user("joining")
    tenant.add("groupEligibilityScheduleInstances", groupId=group, principalId=joining, accessId="member")
    other = tenant.user("other")
    tenant.role(other, "Privileged Role Administrator")
    drawn = tenant.draw()
    assert drawn.steps(ada, "azure") == drawn.steps(bob, "azure") == {"AUT-04"}
    assert drawn.steps(later, "azure") == drawn.steps(joining, "azure") == {"AUT-04 eligible"}
    assert drawn.steps(app, "azure") == drawn.steps(group, "azure") == drawn.steps(other, "azure") == set()
    assert drawn.reaches(app, "azure")


def test_eligible_roles_must_be_activated_and_are_not_held_by_service_principals():
    tenant = with_roles()
    ada, app = tenant.user("ada"), tenant.software("app")
    for principal in (ada, app):
        tenant.role(principal, "Global Administrator", eligible=True)
    drawn = tenant.draw()
    assert drawn.steps(ada, ROLE) == {"EN-16 eligible"}
    assert "EN-01 eligible" in drawn.steps(ada, "role:Directory Readers")
    assert drawn.steps(app, ROLE) == set()


@pytest.mark.parametrize(("end", "held"), [("2026-11-01T00:00:00Z", False), ("2026-11-01T00:00:01Z", True)])
@pytest.mark.parametrize("eligible", [False, True])
def test_a_role_is_held_inside_its_window(end, held, eligible):
    tenant = with_roles()
    ada = tenant.user("ada")
    tenant.role(ada, "Global Administrator", eligible=eligible, endDateTime=end)
    if not eligible:
        row = tenant.lists["graph/directoryRoleAssignments"].pop()
        tenant.add(
            "directoryRoleAssignmentScheduleInstances", **row, startDateTime="2026-10-01T00:00:00Z", memberType="Direct"
        )
    assert bool(tenant.draw().steps(ada, ROLE)) is held


def test_managing_packages_may_reach_groups_and_delegated_consent_users():
    tenant = DirectoryTenant()
    ada, app, bob = tenant.user("ada"), tenant.software("app"), tenant.user("bob")
    group = tenant.group("roles", isAssignableToRole=True)
    tenant.role(ada, "Packages", "entitlementManagement/allProperties/allTasks")
    tenant.permit(app, "EntitlementManagement.ReadWrite.All", "DelegatedPermissionGrant.ReadWrite.All")
    drawn = tenant.draw()
    assert drawn.steps(ada, group) == drawn.steps(app, group) == {"EN-18 possible"}
    assert drawn.steps(app, bob) == {"EN-03 possible"}
