"""Lists that were not read never read as "no"."""

from __future__ import annotations

import pytest
from tests.fakes.directory_tenant import DirectoryTenant, guid

from remit.graph.directory import tell_directory
from remit.graph.directory import unread as lists
from remit.graph.directory.unread import Unread
from remit.graph.nodes import NodeKind, node_key
from remit.model.snapshot import Gap

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
        tenant = DirectoryTenant(absent=absent)
        ada, held = tenant.user("ada"), tenant.define("Global Administrator")
        for name in {*both} - {*absent}:
            row = {"principalId": tenant.user("bob"), "roleDefinitionId": held, "directoryScopeId": "/"}
            tenant.add(name.removeprefix("graph/"), **row)
        assert tenant.draw().reaches(ada, "role:Global Administrator", certain=False) is found


def test_instances_in_which_nobody_holds_a_role_stand_for_no_list():
    drawn, made = draw("graph/directoryRoleAssignments")
    assert drawn.reaches(made["ada"], "role:Global Administrator", certain=False)
    assert drawn.reaches(made["ada"], "azure", certain=False)


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
    tenant.role(ada, "Operators of something", **place)
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


def unlisted(tenant, name, *actions):
    """Let somebody hold a role that the list of definitions does not have."""
    who, taken = tenant.user("ada"), list(tenant.lists["graph/directoryRoleDefinitions"])
    tenant.role(who, name, *actions)
    tenant.lists["graph/directoryRoleDefinitions"][:] = taken
    return who


def test_a_role_that_the_list_of_definitions_lacks_may_reach_everybody_and_everything():
    tenant = DirectoryTenant()
    ada, bob, other = unlisted(tenant, "Operators of something"), tenant.user("bob"), tenant.user("cat")
    tenant.role(other, "Readers of something", "users/standard/read")
    drawn = tenant.draw()
    for target in (bob, "tenant"):
        assert drawn.reaches(ada, target, certain=False)
        assert not drawn.reaches(ada, target)
        assert not drawn.reaches(other, target, certain=False)


def test_each_role_that_is_not_defined_is_told_by_its_own_gap():
    tenant = DirectoryTenant()
    unlisted(tenant, "One")
    unlisted(tenant, "Two")
    graph = tenant.draw().graph
    unread = Unread(graph.drawing.index.facts.meta.gaps)
    scopes = [unread.gaps[unread.definition(role.key)].scope for role in graph.drawing.facts.directory_roles]
    assert [scope.rpartition("/")[2] for scope in scopes] == [role.key for role in graph.drawing.facts.directory_roles]
    assert len(set(scopes)) == 2


@pytest.mark.parametrize(
    ("gaps", "place"),
    [
        ((), -1),
        ((("graph/users", "/"),), -1),
        (((lists.ROLES, "/roles/ab"), (lists.ROLES, "/roles/B")), 1),
        (((lists.ROLES, "/roles/a"), (lists.ROLES, "/")), 1),
        (((lists.ROLES, "/roles/a"), (lists.ROLES, "/roles/c")), 0),
    ],
)
def test_the_gap_by_which_a_role_is_not_defined(gaps, place):
    assert Unread(tuple(Gap(api, scope, "why") for api, scope in gaps)).definition("b") == place


@pytest.mark.parametrize("absent", [(), ("graph/directoryRoleDefinitions",)])
def test_a_built_in_role_that_is_not_defined_acts_by_its_template_id(absent):
    tenant = DirectoryTenant(absent=absent)
    bob, group, app = tenant.user("bob"), tenant.group("group"), tenant.software("app")
    tenant.application("app")
    ada = tenant.user("ada")
    tenant.role(ada, "Application Administrator")
    tenant.lists.get("graph/directoryRoleDefinitions", []).clear()
    drawn = tenant.draw()
    assert drawn.steps(ada, app) == {"EN-05", "EN-06"}
    for target in (bob, group, "tenant"):
        assert not drawn.reaches(ada, target, certain=False)


@pytest.mark.parametrize("name", ["Global Administrator", "Privileged Role Administrator"])
def test_control_of_the_tenant_is_certain_without_a_definition(name):
    tenant = DirectoryTenant()
    ada = unlisted(tenant, name)
    tenant.define("Global Administrator")
    assert tenant.draw().reaches(ada, "tenant")


def test_a_role_that_is_not_known_may_or_may_not_protect_who_holds_it():
    for name, expected in (("Operators of something", {"EN-11 possible"}), ("Application Administrator", set())):
        tenant = DirectoryTenant()
        bob = tenant.user("bob")
        tenant.role(bob, "Helpdesk Administrator")
        ada = unlisted(tenant, name)
        assert tenant.draw().steps(bob, ada) == expected


@pytest.mark.parametrize(
    ("name", "words"), [("Global Administrator", "built-in role that has"), ("One", "no built-in")]
)
def test_it_is_told_that_the_definition_was_not_read(name, words):
    tenant = DirectoryTenant()
    ada = unlisted(tenant, name)
    drawn = tenant.draw()
    drawing = drawn.graph.drawing
    role = drawing.facts.directory_roles[0]
    label = next(one for one in drawn.graph.network.labels if one.table == "directory_assignments")
    _, _, because = tell_directory(drawing, label, 0, drawn.key(ada), drawn.key(f"role:{role.name}"))
    assert [words in reason.detail for reason in because if reason.kind == "note"] == [True]
    assert because[0].detail.startswith("role " if name == "One" else "Global Administrator, active")


@pytest.mark.parametrize("absent", ["graph/users", "graph/servicePrincipals", "graph/groups"])
def test_who_is_named_by_an_assignment_alone_may_hold_its_role_where_a_list_was_not_read(absent):
    tenant = DirectoryTenant(absent=[absent])
    tenant.role(guid("eve"), "Global Administrator")
    drawn = tenant.draw()
    assert drawn.reaches(guid("eve"), "tenant", certain=False)
    assert not drawn.reaches(guid("eve"), "tenant")
    assert drawn.steps(guid("eve"), "azure") == {"AUT-04 possible"}


def test_software_that_is_named_by_a_grant_alone_may_hold_it_where_its_list_was_not_read():
    tenant = DirectoryTenant(absent=["graph/servicePrincipals"])
    tenant.define("Global Administrator")
    grant = {"principalId": guid("eve"), "principalType": "ServicePrincipal", "resourceId": guid("Microsoft Graph")}
    tenant.add("appRoleAssignments", **grant, appRoleId="9e3f62cf-ca93-4989-b6ce-bf83c28f9fe8")
    drawn = tenant.draw()
    assert drawn.reaches(guid("eve"), "tenant", certain=False)
    assert not drawn.reaches(guid("eve"), "tenant")
