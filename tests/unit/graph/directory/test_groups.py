"""Whose members, and whose rules, who may write."""

from __future__ import annotations

import pytest
from tests.fakes.directory_tenant import DirectoryTenant

DYNAMIC = {"groupTypes": ["DynamicMembership"], "membershipRule": 'user.department -eq "IT"'}
GROUPS = {
    "security": {},
    "unified": {"groupTypes": ["Unified"], "securityEnabled": False},
    "assignable": {"isAssignableToRole": True},
    "dynamic": DYNAMIC,
    "synced": {"onPremisesSyncEnabled": True},
    "restricted": {"isManagementRestricted": True},
    "distribution": {"securityEnabled": False},
}


def groups(tenant: DirectoryTenant) -> dict[str, str]:
    return {name: tenant.group(name, **fields) for name, fields in GROUPS.items()}


@pytest.mark.parametrize(
    ("actions", "reached"),
    [
        (["groups/members/update"], {"security": "EN-08", "unified": "EN-08", "distribution": "EN-08 possible"}),
        (["groups/owners/update"], {"security": "EN-08", "unified": "EN-08", "distribution": "EN-08 possible"}),
        (["groups.security/members/update"], {"security": "EN-08", "distribution": "EN-08 possible"}),
        (["groups.unified/members/update"], {"unified": "EN-08"}),
        (["groupsAssignableToRoles/members/update"], {"assignable": "EN-08"}),
        (["groupsAssignableToRoles/allProperties/update"], {"assignable": "EN-08"}),
        (["groups/dynamicMembershipRule/update"], {"dynamic": "EN-09"}),
        (["users/basic/update"], {"dynamic": "EN-10"}),
        (["users/contactInfo/update"], {"dynamic": "EN-10 possible"}),
        (["groups/basic/update", "groups/members/read"], {}),
    ],
)
def test_an_action_reaches_the_groups_that_it_is_about(actions, reached):
    tenant = DirectoryTenant()
    ada, made = tenant.user("ada"), groups(tenant)
    tenant.role(ada, "Writers", *actions)
    drawn = tenant.draw()
    found = {name: drawn.steps(ada, group) for name, group in made.items()}
    assert {name: steps for name, steps in found.items() if steps} == {name: {one} for name, one in reached.items()}


@pytest.mark.parametrize(
    ("permissions", "reached"),
    [
        (["Group.ReadWrite.All"], {"security": {"EN-08"}, "unified": {"EN-08"}, "dynamic": {"EN-09"}}),
        (["GroupMember.ReadWrite.All"], {"security": {"EN-08"}, "unified": {"EN-08"}}),
        (["Directory.ReadWrite.All"], {"security": {"EN-08"}, "unified": {"EN-08"}, "dynamic": {"EN-09"}}),
        (["RoleManagement.ReadWrite.Directory"], {"assignable": {"EN-08"}}),
        (["User.ReadWrite.All"], {"dynamic": {"EN-10"}}),
        (
            ["PrivilegedAccess.ReadWrite.AzureADGroup"],
            {"security": {"EN-17"}, "unified": {"EN-17"}, "assignable": {"EN-17"}, "distribution": {"EN-17"}},
        ),
        (["User.Read.All"], {}),
    ],
)
def test_a_permission_reaches_the_groups_that_it_is_about(permissions, reached):
    tenant = DirectoryTenant()
    app, made = tenant.software("app"), groups(tenant)
    tenant.permit(app, *permissions)
    drawn = tenant.draw()
    found = {name: drawn.steps(app, group) for name, group in made.items()}
    if "distribution" not in reached:
        found["distribution"] -= {"EN-08 possible"}
    assert {name: steps for name, steps in found.items() if steps} == reached


@pytest.mark.parametrize(
    ("name", "steps"),
    [
        ("security", {"EN-08"}),
        ("unified", {"EN-08"}),
        ("assignable", {"EN-08"}),
        ("dynamic", {"EN-09 possible"}),
        ("synced", set()),
        ("restricted", set()),
    ],
)
def test_an_owner_joins_its_group(name, steps):
    tenant = DirectoryTenant()
    ada, bob, made = tenant.user("ada"), tenant.user("bob"), groups(tenant)
    tenant.member(made[name], ada, "groupOwners")
    drawn = tenant.draw()
    assert drawn.steps(ada, made[name]) == steps
    assert drawn.steps(bob, made[name]) == set()
    assert all(drawn.steps(ada, group) == set() for other, group in made.items() if other != name)


def test_a_service_principal_that_owns_a_group_joins_it_possibly():
    tenant = DirectoryTenant()
    app, group = tenant.software("app"), tenant.group("staff")
    tenant.member(group, app, "groupOwners")
    assert tenant.draw().steps(app, group) == {"EN-08 possible"}


def test_whether_a_group_takes_roles_is_not_known_where_the_list_does_not_say():
    tenant = DirectoryTenant()
    ada, bob, group = tenant.user("ada"), tenant.user("bob"), tenant.group("staff")
    del tenant.lists["graph/groups"][0]["isAssignableToRole"]
    tenant.role(ada, "Groups Administrator")
    tenant.role(ada, "Helpdesk Administrator")
    tenant.member(group, bob)
    drawn = tenant.draw()
    assert drawn.steps(ada, group) == {"EN-08 possible"}
    assert drawn.steps(ada, bob) == {"EN-11 possible"}


def test_attributes_of_users_from_on_premises_are_not_written_in_the_cloud():
    tenant = DirectoryTenant()
    ada, app = tenant.user("ada", onPremisesSyncEnabled=True), tenant.software("app")
    group = tenant.group("dynamic", **DYNAMIC)
    tenant.role(ada, "Writers", "users/basic/update")
    tenant.permit(app, "User.ReadWrite.All")
    drawn = tenant.draw()
    assert drawn.steps(ada, group) == {"EN-10 possible"}
    assert drawn.steps(app, group) == {"EN-10"}


def test_a_unit_holds_its_groups_and_not_their_members():
    tenant = DirectoryTenant()
    ada, bob = tenant.user("ada"), tenant.user("bob")
    inside, outside, assignable = tenant.group("in"), tenant.group("out"), tenant.group("a", isAssignableToRole=True)
    tenant.member(inside, bob)
    unit = tenant.unit("unit", inside, assignable)
    tenant.role(ada, "User Administrator", scope=unit)
    drawn = tenant.draw()
    assert drawn.steps(ada, inside) == {"EN-08"}
    assert drawn.steps(ada, outside) == set()
    assert drawn.steps(ada, assignable) == set()
    assert drawn.steps(ada, bob) == set()


def test_who_writes_users_of_a_unit_may_meet_the_rule_of_a_group_anywhere():
    tenant = DirectoryTenant()
    ada, bob = tenant.user("ada"), tenant.user("bob")
    one, two = tenant.group("one", **DYNAMIC), tenant.group("two", **DYNAMIC)
    tenant.role(ada, "User Administrator", scope=tenant.unit("unit", bob))
    drawn = tenant.draw()
    assert drawn.steps(ada, one) == drawn.steps(ada, two) == {"EN-10 possible"}


def test_a_role_held_at_a_group_reaches_that_group():
    tenant = DirectoryTenant()
    ada, one, other = tenant.user("ada"), tenant.group("one"), tenant.group("other")
    shut = tenant.group("shut", isManagementRestricted=True)
    for group in (one, shut):
        tenant.role(ada, "Writers", "groups/members/update", scope=f"/{group}")
    drawn = tenant.draw()
    assert drawn.steps(ada, one) == {"EN-08"}
    assert drawn.steps(ada, other) == set()
    assert drawn.steps(ada, shut) == set()


def test_membership_is_a_step_and_ends_with_its_window():
    tenant = DirectoryTenant()
    ada, group = tenant.user("ada"), tenant.group("staff")
    window = {"startDateTime": "2026-10-01T00:00:00Z", "endDateTime": "2026-12-01T00:00:00Z"}
    tenant.add("groupEligibilityScheduleInstances", groupId=group, principalId=ada, accessId="member", **window)
    tenant.add("groupEligibilityScheduleInstances", groupId=group, principalId=ada, accessId="owner", **window)
    bob = tenant.user("bob")
    tenant.member(group, bob)
    drawn = tenant.draw()
    assert drawn.steps(ada, group) == {"EN-17 eligible"}
    assert drawn.steps(bob, group) == {"MEMBER-OF"}
    assert tenant.draw("2026-12-01T00:00:00Z").steps(ada, group) == set()


@pytest.mark.parametrize(("state", "steps"), [("Paused", set()), ("On", {"EN-10"})])
def test_nobody_comes_into_a_dynamic_group_by_a_rule_that_is_paused(state, steps):
    tenant = DirectoryTenant()
    app, group = tenant.software("app"), tenant.group("one", **DYNAMIC, membershipRuleProcessingState=state)
    tenant.permit(app, "User.ReadWrite.All", "Group.ReadWrite.All")
    assert tenant.draw().steps(app, group) == {"EN-09"} | steps


@pytest.mark.parametrize("access", ["member", "owner"])
def test_a_service_principal_cannot_be_eligible_in_a_group(access):
    tenant = DirectoryTenant()
    group = tenant.group("one")
    for who, steps in ((tenant.software("app"), set()), (tenant.user("ada"), {"EN-17"})):
        row = {"groupId": group, "principalId": who, "accessId": access, "startDateTime": "2026-01-01T00:00:00Z"}
        tenant.add("groupEligibilityScheduleInstances", **row)
        assert {one.split()[0] for one in tenant.draw().steps(who, group)} == steps
