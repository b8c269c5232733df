"""Whose password or sign-in methods who may set."""

from __future__ import annotations

import pytest
from tests.fakes.directory_tenant import BUILT_IN, DirectoryTenant

ALL = (
    "Directory Readers",
    "Guest Inviter",
    "Message Center Reader",
    "Reports Reader",
    "Usage Summary Reports Reader",
    "Password Administrator",
    "Helpdesk Administrator",
    "Authentication Administrator",
    "Groups Administrator",
    "User Administrator",
    "Security Reader",
    "Global Administrator",
)
READERS = {*ALL[:5], "Password Administrator"}
MATRIX = {
    "Helpdesk Administrator": {*READERS, "Helpdesk Administrator"},
    "Authentication Administrator": {*READERS, "Authentication Administrator"},
    "User Administrator": {*READERS, "Helpdesk Administrator", "User Administrator", "Groups Administrator"},
    "Password Administrator": {"Password Administrator", "Guest Inviter", "Directory Readers"},
    "Privileged Authentication Administrator": set(ALL),
    "Partner Tier2 Support": set(ALL),
    "Global Administrator": set(ALL),
}


@pytest.mark.parametrize("resetting", MATRIX)
def test_a_reset_reaches_holders_of_the_roles_in_its_list_and_no_others(resetting):
    tenant = DirectoryTenant()
    ada = tenant.user("ada")
    tenant.role(ada, resetting)
    for name in ALL:
        tenant.role(tenant.user(f"holder of {name}"), name)
    nobody = tenant.user("nobody")
    drawn = tenant.draw()
    reached = {name for name in ALL if "EN-11" in drawn.steps(ada, tenant.user(f"holder of {name}"))}
    assert reached == MATRIX[resetting]
    assert "EN-11" in drawn.steps(ada, nobody)


@pytest.mark.parametrize("how", ["member", "owner", "nested member", "timed member"])
def test_members_and_owners_of_a_role_assignable_group_are_out_of_reach_of_limited_resets(how):
    tenant = DirectoryTenant()
    ada, bob, paa = tenant.user("ada"), tenant.user("bob"), tenant.user("paa")
    tenant.role(ada, "Helpdesk Administrator")
    tenant.role(paa, "Privileged Authentication Administrator")
    group = tenant.group("staff", isAssignableToRole=True)
    if how == "nested member":
        inner = tenant.group("inner")
        tenant.member(group, inner)
        tenant.member(inner, bob)
    elif how == "timed member":
        window = {"startDateTime": "2026-10-01T00:00:00Z", "endDateTime": "2026-12-01T00:00:00Z"}
        tenant.add("groupAssignmentScheduleInstances", groupId=group, principalId=bob, accessId="member", **window)
    else:
        tenant.member(group, bob, {"member": "groupMembers", "owner": "groupOwners"}[how])
    drawn = tenant.draw()
    assert drawn.steps(ada, bob) == set()
    assert "EN-11" in drawn.steps(paa, bob)
    if how == "timed member":
        later = tenant.draw("2027-01-01T00:00:00Z")
        assert later.steps(ada, bob) == {"EN-11"}


@pytest.mark.parametrize(("scope", "held"), [("/", True), ("unit", True), ("/", False)])
def test_a_role_protects_whatever_its_scope_and_an_eligible_one_not_for_certain(scope, held):
    tenant = DirectoryTenant()
    ada, bob = tenant.user("ada"), tenant.user("bob")
    tenant.role(ada, "Helpdesk Administrator")
    where = tenant.unit("unit", bob) if scope == "unit" else scope
    tenant.role(bob, "User Administrator", scope=where, eligible=not held)
    assert tenant.draw().steps(ada, bob) == (set() if held else {"EN-11 possible"})


def test_a_custom_role_of_the_target_leaves_a_limited_reset_open():
    tenant = DirectoryTenant()
    ada, bob = tenant.user("ada"), tenant.user("bob")
    tenant.role(ada, "Helpdesk Administrator")
    tenant.role(bob, "Readers of audits", "auditLogs/allProperties/read")
    assert tenant.draw().steps(ada, bob) == {"EN-11 possible"}


def test_a_custom_role_with_the_action_reaches_users_without_a_role_only():
    tenant = DirectoryTenant()
    ada, bob, eve = tenant.user("ada"), tenant.user("bob"), tenant.user("eve")
    tenant.role(ada, "Resetters", "users/password/update")
    tenant.role(eve, "Directory Readers")
    drawn = tenant.draw()
    assert drawn.steps(ada, bob) == {"EN-11"}
    assert drawn.steps(ada, eve) == set()


@pytest.mark.parametrize(
    ("fields", "steps"),
    [
        ({}, {"EN-11", "EN-12 possible"}),
        ({"onPremisesSyncEnabled": True}, {"EN-11 possible", "EN-12 possible"}),
        ({"userType": "Guest"}, {"EN-11 possible", "EN-12 possible"}),
        ({"isManagementRestricted": True}, set()),
        ({"accountEnabled": False}, set()),
    ],
)
def test_what_a_user_is_decides_what_a_reset_is_worth(fields, steps):
    tenant = DirectoryTenant()
    ada, bob = tenant.user("ada"), tenant.user("bob", **fields)
    tenant.role(ada, "Privileged Authentication Administrator")
    assert tenant.draw().steps(ada, bob) == steps


def test_a_global_administrator_lifts_the_protection_of_a_restricted_unit_first():
    tenant = DirectoryTenant()
    ada, bob = tenant.user("ada"), tenant.user("bob")
    tenant.role(ada, "Global Administrator")
    tenant.unit("vault", bob, restricted=True)
    assert tenant.draw().steps(ada, bob) == {"EN-11 lifts", "EN-12 lifts"}


def test_protection_is_lifted_only_by_a_role_held_in_the_whole_tenant():
    tenant = DirectoryTenant()
    ada, bob = tenant.user("ada"), tenant.user("bob")
    tenant.unit("vault", bob, restricted=True)
    tenant.role(ada, "Global Administrator", scope=tenant.unit("plain", bob))
    assert tenant.draw().steps(ada, bob) == set()


def test_administrators_of_a_unit_reach_its_members_and_those_of_a_restricted_one_are_reached_from_it_alone():
    tenant = DirectoryTenant()
    ada, inside, outside = tenant.user("ada"), tenant.user("inside"), tenant.user("outside")
    eve, kept = tenant.user("eve"), tenant.user("kept")
    admin = tenant.user("admin")
    tenant.role(admin, "User Administrator")
    plain = tenant.unit("plain", inside, admin, kept)
    shut = tenant.unit("shut", kept, restricted=True)
    tenant.role(ada, "Helpdesk Administrator", scope=plain)
    tenant.role(eve, "Helpdesk Administrator", scope=shut)
    drawn = tenant.draw()
    assert drawn.steps(ada, inside) == {"EN-11"}
    assert drawn.steps(ada, outside) == set()
    assert drawn.steps(ada, admin) == set()
    assert drawn.steps(ada, kept) == set()
    assert drawn.steps(eve, kept) == {"EN-11"}
    assert drawn.steps(admin, kept) == set()


def test_synchronisation_sets_passwords_of_users_from_on_premises_alone():
    tenant = DirectoryTenant()
    sync, ground, cloud = tenant.user("sync"), tenant.user("g", onPremisesSyncEnabled=True), tenant.user("cloud")
    tenant.role(sync, "Directory Synchronization Accounts")
    drawn = tenant.draw()
    assert drawn.steps(sync, ground) == {"EN-22 possible"}
    assert drawn.steps(sync, cloud) == set()


@pytest.mark.parametrize("absent", ["graph/groupMembers", "graph/groupOwners", "graph/groups"])
def test_who_is_protected_is_not_known_where_groups_were_not_read(absent):
    tenant = DirectoryTenant(absent=[absent])
    ada, bob = tenant.user("ada"), tenant.user("bob")
    tenant.role(ada, "Helpdesk Administrator")
    assert tenant.draw().steps(ada, bob) == {"EN-11 possible"}


def test_users_that_were_not_read_are_reached_possibly():
    tenant = DirectoryTenant(absent=["graph/users"])
    ada, bob = tenant.user("ada"), tenant.user("bob")
    tenant.role(ada, "Privileged Authentication Administrator")
    tenant.member(tenant.group("staff"), ada)
    tenant.member(tenant.group("staff"), bob)
    assert "EN-11 possible" in tenant.draw().steps(ada, bob)


def test_a_thousand_users_are_led_to_once():
    tenant = DirectoryTenant()
    for number in range(1000):
        tenant.user(f"user {number}")
    ada = tenant.user("ada")
    for name in BUILT_IN:
        tenant.role(ada, name)
    drawn = tenant.draw()
    sizes = {name: size for name, size in drawn.hub_sizes().items() if name.startswith("user")}
    assert max(size for name, size in sizes.items() if ":" in name) < 10
    assert sum(size for name, size in sizes.items() if ":" not in name) == 1001
