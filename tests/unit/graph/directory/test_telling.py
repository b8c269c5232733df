"""Reasons of steps in the directory."""

from __future__ import annotations

from tests.fakes.directory_tenant import DirectoryTenant

from remit.graph.directory.telling import place_of, tell_directory
from remit.graph.nodes import NodeKind, node_key


def test_each_relation_says_what_it_rests_on():
    tenant = DirectoryTenant()
    ada, group, app = tenant.user("ada"), tenant.group("staff"), tenant.software("app")
    later, bob, unit = tenant.user("later"), tenant.user("bob"), tenant.unit("North")
    tenant.member(group, ada)
    tenant.member(group, tenant.user("owner"), "groupOwners")
    tenant.member(tenant.application("app"), ada, "applicationOwners")
    tenant.member(app, later, "servicePrincipalOwners")
    tenant.add("groupEligibilityScheduleInstances", groupId=group, principalId=later, accessId="member")
    tenant.add("groupEligibilityScheduleInstances", groupId=group, principalId=bob, accessId="owner")
    tenant.role(ada, "Global Administrator")
    tenant.role(later, "Global Administrator", eligible=True)
    tenant.role(ada, "Helpdesk Administrator", scope=unit)
    drawn = tenant.draw()
    role = "role:Global Administrator"
    assert drawn.told(ada, group) == [("MEMBER-OF", "direct member", ("member",))]
    assert drawn.told(tenant.user("owner"), group) == [("EN-08", "owner of the group", ("owner", "note"))]
    assert drawn.told(ada, app) == [("EN-05", "owner of the application", ("owner", "note"))]
    assert drawn.told(later, app) == [("EN-05", "owner of the service principal", ("owner", "note"))]
    assert drawn.told(later, group) == [("EN-17", "eligible member", ("member", "activation"))]
    assert drawn.told(bob, group) == [("EN-17", "eligible owner of the group", ("owner", "activation", "note"))]
    assert drawn.told(ada, role) == [("HAS-ROLE", "Global Administrator at /", ("directoryRole",))]
    assert drawn.told(later, role) == [("EN-16", "eligible Global Administrator at /", ("directoryRole", "activation"))]
    assert drawn.told(ada, "azure") == [("AUT-04", "Global Administrator (active)", ("directoryRole", "note"))]


def test_a_role_says_which_action_makes_the_step():
    tenant = DirectoryTenant()
    ada, group = tenant.user("ada"), tenant.group("staff")
    office = tenant.group("office", groupTypes=["Unified"])
    tenant.role(ada, "Writers", "groups.security/members/update", "groups.unified/members/update")
    tenant.role(ada, "Privileged Authentication Administrator")
    drawn = tenant.draw()
    ((kind, permission, reasons),) = drawn.told("role:Writers", group)
    assert (kind, permission) == ("EN-08", "microsoft.directory/groups.security/members/update")
    assert reasons == ("directoryRole", "note")
    ((_, permission, _),) = drawn.told("role:Writers", office)
    assert permission == "microsoft.directory/groups.unified/members/update"
    told = {kind: permission for kind, permission, _ in drawn.told("role:Privileged Authentication Administrator", ada)}
    assert told == {
        "EN-11": "Privileged Authentication Administrator",
        "EN-12": "Privileged Authentication Administrator",
    }


def test_a_permission_is_told_with_what_it_needs_beside_it():
    tenant = DirectoryTenant()
    app, other = tenant.software("app"), tenant.software("other")
    tenant.permit(app, "Policy.ReadWrite.ConditionalAccess", "Policy.Read.All")
    tenant.permit(other, "Organization.ReadWrite.All")
    drawn = tenant.draw()
    both = "Policy.ReadWrite.ConditionalAccess and Policy.Read.All"
    assert drawn.told(app, "tenant:gate") == [("EN-15", both, ("appRole", "note"))]
    assert drawn.told(other, "tenant") == [("EN-14", "Organization.ReadWrite.All", ("appRole", "note"))]


def test_places_below_the_tenant_are_told_by_name():
    tenant = DirectoryTenant()
    ada, group, app = tenant.user("ada"), tenant.group("staff"), tenant.application("Payroll")
    tenant.software("Payroll")
    scopes = (tenant.unit("North", ada), f"/{app}", f"/{group}", "/administrativeUnits/gone")
    for scope in scopes:
        tenant.role(ada, "Writers", "groups/members/update", "applications/credentials/update", scope=scope)
    tenant.role(ada, "Writers", scope=scopes[1], eligible=True)
    graph = tenant.draw().graph
    table = graph.drawing.facts.directory_assignments
    told = {place_of(graph.drawing, row) for row in range(len(table.role))}
    assert told == {"administrative unit North", "application Payroll", group, "an object that was not read"}


def test_a_role_held_below_the_tenant_is_told_like_one_held_in_it():
    tenant = DirectoryTenant()
    ada, bob = tenant.user("ada"), tenant.user("bob")
    tenant.role(ada, "Helpdesk Administrator", scope=tenant.unit("North", bob))
    drawn = tenant.draw()
    label = next(one for one in drawn.graph.network.labels if (one.name, one.table) == ("EN-11", ""))
    scoped = node_key(NodeKind.SCOPED_ROLE, 0)
    names = drawn.graph.drawing.hubs.names
    for target in (
        drawn.key(bob),
        node_key(NodeKind.HUB, names.index("user:password-helpdesk + user:password-none in unit 0")),
    ):
        kind, permission, because = tell_directory(drawn.graph.drawing, label, -1, scoped, target)
        assert (kind, permission) == ("EN-11", "Helpdesk Administrator")
        assert because[0].subject == "729827e3-9c14-49f7-bb1b-9608f156bbb8"
    assert tell_directory(drawn.graph.drawing, label, -1, drawn.key(bob), drawn.key(ada))[:2] == ("EN-11", "")


def test_what_was_not_read_is_told_as_a_gap():
    tenant = DirectoryTenant(absent=["graph/groupOwners"])
    ada, group = tenant.user("ada"), tenant.group("staff")
    drawn = tenant.draw()
    assert drawn.reaches(ada, group, certain=False)
    label = next(label for label in drawn.graph.network.labels if label.table == "gaps")
    gaps = [gap.api for gap in drawn.graph.drawing.index.facts.meta.gaps]
    place = gaps.index("graph/groupOwners")
    ends = node_key(NodeKind.UNSEEN, place), drawn.key(group)
    kind, permission, because = tell_directory(drawn.graph.drawing, label, place, *ends)
    assert (kind, permission) == ("EN-08", "graph/groupOwners was not read")
    assert because[0].detail == "graph/groupOwners was not read at /: not collected"
