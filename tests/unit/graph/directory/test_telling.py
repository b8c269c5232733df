"""Reasons of steps in the directory."""

from __future__ import annotations

from tests.fakes.directory_tenant import DirectoryTenant


def test_each_relation_says_what_it_rests_on():
    tenant = DirectoryTenant()
    ada, group, app = tenant.user("ada"), tenant.group("staff"), tenant.software("app")
    later, unit = tenant.user("later"), tenant.unit("North")
    tenant.member(group, ada)
    tenant.member(group, tenant.user("owner"), "groupOwners")
    tenant.member(tenant.application("app"), ada, "applicationOwners")
    tenant.member(app, later, "servicePrincipalOwners")
    tenant.add("groupEligibilityScheduleInstances", groupId=group, principalId=later, accessId="member")
    tenant.add("groupEligibilityScheduleInstances", groupId=group, principalId=app, accessId="owner")
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
    assert drawn.told(app, group) == [("EN-17", "eligible owner of the group", ("owner", "activation", "note"))]
    assert drawn.told(ada, role) == [("HAS-ROLE", "Global Administrator at /", ("directoryRole",))]
    assert drawn.told(later, role) == [("EN-16", "eligible Global Administrator at /", ("directoryRole", "activation"))]
    assert drawn.told(ada, "azure") == [("AUT-04", "Global Administrator (active)", ("directoryRole", "note"))]


def test_a_role_says_which_action_makes_the_step():
    tenant = DirectoryTenant()
    ada, group = tenant.user("ada"), tenant.group("staff")
    tenant.role(ada, "Writers", "groups.security/members/update", "groups.unified/members/update")
    tenant.role(ada, "Privileged Authentication Administrator")
    drawn = tenant.draw()
    ((kind, permission, reasons),) = drawn.told("role:Writers", group)
    assert (kind, permission) == ("EN-08", "microsoft.directory/groups.security/members/update")
    assert reasons == ("directoryRole", "note")
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


def test_what_was_not_read_is_told_as_a_gap():
    tenant = DirectoryTenant(absent=["graph/groupOwners"])
    ada, group = tenant.user("ada"), tenant.group("staff")
    drawn = tenant.draw()
    assert drawn.reaches(ada, group, certain=False)
    graph = drawn.graph
    labels = [label for label in graph.network.labels if label.table == "gaps"]
    assert [label.name for label in labels] == ["EN-08"]
