"""Lists that were not read never read as "no"."""

from __future__ import annotations

import pytest
from tests.fakes.directory_tenant import DirectoryTenant

from remit.graph.nodes import NodeKind, node_key

LISTS = {
    "graph/groupMembers": "group",
    "graph/groupOwners": "group",
    "graph/applicationOwners": "app",
    "graph/servicePrincipalOwners": "app",
    "graph/directoryRoleEligibilityScheduleInstances": "role:Global Administrator",
    "graph/groupEligibilityScheduleInstances": "group",
}


def draw(*absent, gaps=()):
    tenant = DirectoryTenant(absent=absent, gaps=gaps)
    made = {"ada": tenant.user("ada"), "group": tenant.group("group"), "app": tenant.software("app")}
    made["other"] = tenant.group("other")
    made["robot"] = tenant.software("robot")
    tenant.application("app")
    tenant.define("Global Administrator")
    tenant.define("Directory Readers")
    return tenant.draw(), made


def test_nothing_is_reached_where_everything_was_read():
    drawn, made = draw()
    for target in set(LISTS.values()):
        assert not drawn.reaches(made["ada"], made.get(target, target), certain=False)


@pytest.mark.parametrize(("absent", "target"), LISTS.items())
def test_anybody_may_stand_in_a_list_that_was_not_read(absent, target):
    drawn, made = draw(absent)
    node = made.get(target, target)
    assert drawn.reaches(made["ada"], node, certain=False)
    assert not drawn.reaches(made["ada"], node)


def test_active_roles_are_known_while_one_of_their_two_lists_was_read():
    both = ("graph/directoryRoleAssignments", "graph/directoryRoleAssignmentScheduleInstances")
    for absent, found in ((both[:1], False), (both[1:], False), (both, True)):
        drawn, made = draw(*absent)
        assert drawn.reaches(made["ada"], "role:Global Administrator", certain=False) is found


def test_permissions_that_were_not_read_may_be_held_by_software_alone():
    drawn, made = draw("graph/appRoleAssignments")
    assert drawn.reaches(made["robot"], "tenant", certain=False)
    assert not drawn.reaches(made["robot"], "tenant")
    assert not drawn.reaches(made["ada"], "tenant", certain=False)


def test_an_unread_list_about_nothing_there_is_no_step():
    tenant = DirectoryTenant(absent=["graph/groupOwners"])
    ada = tenant.user("ada")
    network = tenant.draw().graph.network
    node = network.number(node_key(NodeKind.PRINCIPAL, 0))
    assert ada
    assert network.offsets[node] == network.offsets[node + 1]


@pytest.mark.parametrize("api", ["graph/groupMembers", "graph/groupOwners"])
def test_a_gap_about_one_group_is_about_that_group(api):
    tenant = DirectoryTenant()
    drawn, made = draw(gaps=[(api, f"/groups/{tenant.group('group')}")])
    assert drawn.reaches(made["ada"], made["group"], certain=False)
    assert not drawn.reaches(made["ada"], made["other"], certain=False)


def test_every_member_of_a_unit_that_was_not_read_is_met_by_rules_too():
    tenant = DirectoryTenant(absent=["graph/administrativeUnitMembers"])
    ada = tenant.user("ada")
    one = tenant.group("one", groupTypes=["DynamicMembership"], membershipRule='user.department -eq "IT"')
    tenant.role(ada, "Writers", "users/basic/update", scope=tenant.unit("unit"))
    assert tenant.draw().steps(ada, one) == {"EN-10 possible"}


def test_a_role_without_its_definition_may_allow_anything():
    tenant = DirectoryTenant(absent=["graph/directoryRoleDefinitions"])
    ada = tenant.user("ada")
    tenant.role(ada, "Directory Readers")
    drawn = tenant.draw()
    assert drawn.reaches(ada, "tenant", certain=False)
    assert not drawn.reaches(ada, "tenant")


@pytest.mark.parametrize("below", [False, True])
def test_a_role_without_its_definition_may_reach_everybody_and_everything(below):
    tenant = DirectoryTenant(absent=["graph/directoryRoleDefinitions"])
    ada, bob, group, app = (
        tenant.user("ada"),
        tenant.user("bob"),
        tenant.group("group"),
        tenant.software("app"),
    )
    tenant.application("app")
    place = {"scope": tenant.unit("unit", bob)} if below else {}
    tenant.role(ada, "Application Administrator", **place)
    drawn = tenant.draw()
    for target in (bob, group, app):
        assert drawn.reaches(ada, target, certain=False)
        assert not drawn.reaches(ada, target)


def test_software_that_was_not_read_is_reached_possibly_through_its_own_side():
    tenant = DirectoryTenant(absent=["graph/servicePrincipals"])
    ada, app, group = tenant.user("ada"), tenant.software("app"), tenant.group("group")
    tenant.member(group, app)
    tenant.role(ada, "Writers", "servicePrincipals/credentials/update")
    drawn = tenant.draw()
    assert drawn.steps(ada, app) == {"EN-05 possible"}
    assert drawn.steps(ada, group) == set()


def test_members_of_units_that_were_not_read_may_be_anybody():
    tenant = DirectoryTenant(absent=["graph/administrativeUnitMembers"])
    ada, bob = tenant.user("ada"), tenant.user("bob")
    tenant.role(ada, "Helpdesk Administrator", scope=tenant.unit("unit"))
    assert tenant.draw().steps(ada, bob) == {"EN-11 possible"}


@pytest.mark.parametrize("absent", [(), ("graph/administrativeUnits",)])
def test_a_scope_that_nobody_knows_is_gone_unless_something_was_not_read(absent):
    tenant = DirectoryTenant(absent=absent)
    ada, bob = tenant.user("ada"), tenant.user("bob")
    tenant.role(ada, "Helpdesk Administrator", scope="/administrativeUnits/00000000-0000-0000-0000-00000000beef")
    assert tenant.draw().steps(ada, bob) == ({"EN-11 possible"} if absent else set())
