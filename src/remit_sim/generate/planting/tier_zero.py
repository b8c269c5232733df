"""Those who are privileged on purpose: administrators, their group, and Microsoft Graph itself.

They have accounts of their own, hold Global Administrator, and are Owners of the whole tenant through one
role-assignable group that nobody owns.
"""

from __future__ import annotations

from remit_sim.generate import directory_rows
from remit_sim.generate.azure_rows import Row
from remit_sim.generate.catalogue import (
    ACCESS_ADMINISTRATOR,
    GRAPH_APP_ID,
    MICROSOFT_TENANT,
    OWNER,
    directory_role,
    graph_permissions,
)
from remit_sim.generate.soil import Soil

GRAPH_NAME = "Microsoft Graph"


def plant(soil: Soil) -> None:
    """Plant the administrators and Microsoft Graph's service principal."""
    _microsoft_graph(soil)
    labels = soil.labels.tier_zero
    group = soil.group(assignable=True)
    labels.groups.append(group)
    labels.assignments.append(soil.grant(group, "Group", OWNER, soil.estate.root.scope))
    for number in range(soil.size.admins):
        user = soil.user(admin=True)
        labels.users.append(user)
        soil.add("graph/groupMembers", directory_rows.pair(group, "user", user))
        _administrator(soil, user)
        if number == 0:
            # Elevated once, and never taken back: it stays when the Entra role is gone.
            labels.assignments.append(soil.grant(user, "User", ACCESS_ADMINISTRATOR, "/"))


def _administrator(soil: Soil, user: str) -> None:
    key = soil.ids.long("directory-assignment", user)
    role = directory_role("Global Administrator")
    soil.labels.tier_zero.directory_assignments.append(key)
    soil.add("graph/directoryRoleAssignments", directory_rows.directory_assignment(key, user, role))
    soil.add(
        "graph/directoryRoleAssignmentScheduleInstances",
        directory_rows.directory_instance(key, user, role, None, None, eligible=False),
    )


def _microsoft_graph(soil: Soil) -> None:
    soil.used["foreign"] += 1
    roles: list[Row] = [
        {
            "allowedMemberTypes": ["Application"],
            "description": value,
            "displayName": value,
            "id": key,
            "isEnabled": True,
            "origin": "Application",
            "value": value,
        }
        for value, key in sorted(graph_permissions().items())
    ]
    soil.add(
        "graph/servicePrincipals",
        directory_rows.service_principal(
            microsoft_graph(soil), GRAPH_APP_ID, GRAPH_NAME, MICROSOFT_TENANT, tags=(), app_roles=roles
        ),
    )


def microsoft_graph(soil: Soil) -> str:
    """Return the object id of Microsoft Graph's service principal."""
    return soil.ids.guid("microsoft-graph", 0)
