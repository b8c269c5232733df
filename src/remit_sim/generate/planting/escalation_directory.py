"""Paths through the directory to a privileged role: owners of applications and groups, permissions of Graph."""

from __future__ import annotations

from remit_sim.generate.catalogue import OWNER, directory_role, graph_permissions
from remit_sim.generate.directory_rows import app_role_assignment, pair
from remit_sim.generate.estate import GOALS
from remit_sim.generate.labels import EscalationPath, Step, Use
from remit_sim.generate.planting.escalation import GRANT
from remit_sim.generate.planting.tier_zero import GRAPH_NAME, microsoft_graph
from remit_sim.generate.soil import Soil

_PERMISSIONS = ("RoleManagement.ReadWrite.Directory", "AppRoleAssignment.ReadWrite.All")


def application_owner(soil: Soil, number: int) -> None:
    """The owner of a service principal, or of its application, that owns a subscription."""
    subscription = soil.estate.planted_in(GOALS, number)
    software, user = soil.software(), soil.user()
    list_name = ("graph/servicePrincipalOwners", "graph/applicationOwners")[number % 2]
    owned = (software.principal_id, software.application_id)[number % 2]
    soil.own(list_name, owned, user)
    large = soil.grant(software.principal_id, "ServicePrincipal", OWNER, subscription.scope)
    use = Use(GRANT, "control", subscription.scope)
    soil.labels.escalation_paths.append(
        EscalationPath(
            kind="applicationOwner",
            start=user,
            steps=[
                Step(user, software.principal_id, "EN-05", "adds a credential and signs in", [f"{list_name} {owned}"]),
                Step(software.principal_id, subscription.scope, "AUT-01", "gives roles away", [large], use),
            ],
            principals=[user, software.principal_id],
            goal=use,
        )
    )


def group_owner(soil: Soil, number: int) -> None:
    """The owner of a role-assignable group that owns a subscription; a group has a member already."""
    subscription = soil.estate.planted_in(GOALS, number)
    group, user, member = soil.group(assignable=True), soil.user(), soil.user(admin=True)
    soil.own("graph/groupOwners", group, user)
    soil.add("graph/groupMembers", pair(group, "user", member))
    soil.labels.tier_zero.users.append(member)
    soil.labels.tier_zero.groups.append(group)
    large = soil.grant(group, "Group", OWNER, subscription.scope)
    soil.labels.tier_zero.assignments.append(large)
    use = Use(GRANT, "control", subscription.scope)
    soil.labels.escalation_paths.append(
        EscalationPath(
            kind="groupOwner",
            start=user,
            steps=[
                Step(user, group, "EN-08", "adds itself to the group", [f"graph/groupOwners {group}"]),
                Step(group, subscription.scope, "AUT-01", "gives roles away", [large], use),
            ],
            principals=[user, group],
            goal=use,
        )
    )


def graph_permission(soil: Soil, number: int) -> None:
    """An application with a permission of Graph that leads to Global Administrator."""
    software = soil.software()
    value = _PERMISSIONS[number % len(_PERMISSIONS)]
    key = soil.ids.long("planted-app-role-assignment", number)
    soil.add(
        "graph/appRoleAssignments",
        app_role_assignment(
            key,
            graph_permissions()[value],
            soil.calendar.past(soil.dice, oldest=700, newest=60),
            (software.principal_id, "ServicePrincipal", software.name),
            (microsoft_graph(soil), GRAPH_NAME),
        ),
    )
    role = directory_role("Global Administrator")
    edge = ("EN-01", "EN-02")[number % len(_PERMISSIONS)]
    soil.labels.escalation_paths.append(
        EscalationPath(
            kind="graphPermission",
            start=software.principal_id,
            steps=[Step(software.principal_id, role, edge, value, [key])],
            principals=[software.principal_id],
            directory_goal=role,
        )
    )
