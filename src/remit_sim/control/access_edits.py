"""Edits of who has what: role assignments, PIM activations, client secrets.

They are asked of the simulated Azure itself, so that they leave the rows, the changes and the Activity Log that a
client's own would.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from remit.model.errors import InputError
from remit_sim.control import verbs
from remit_sim.control.world import Result, World
from remit_sim.login.principals import application, service_principal

_AUTHORIZATION = "/providers/Microsoft.Authorization"
_VERSION, _PIM_VERSION = "2022-04-01", "2020-10-01"


def assign_role(world: World, edit: verbs.AssignRole) -> Result:
    """Create a role assignment; return its row."""
    scope = edit.scope.rstrip("/")
    properties = {"principalId": edit.principal, "roleDefinitionId": _role_id(world, edit.role, scope)}
    if edit.condition is not None:
        properties |= {"condition": edit.condition, "conditionVersion": "2.0"}
    path = f"{scope}{_AUTHORIZATION}/roleAssignments/{edit.name or uuid4()}"
    return world.ask_arm("PUT", path, _VERSION, {"properties": properties})


def unassign_role(world: World, edit: verbs.UnassignRole) -> Result:
    """Delete a role assignment; return its row."""
    if world.table("arm/roleAssignments").get(edit.assignment.lower()) is None:
        raise InputError(f"there is no role assignment `{edit.assignment}`")
    return world.ask_arm("DELETE", edit.assignment, _VERSION)


def activate(world: World, edit: verbs.Activate) -> Result:
    """Activate an eligible assignment; return the row of the request."""
    eligible = world.table("arm/roleEligibilityScheduleInstances").fields(edit.eligibility.lower())
    if eligible is None:
        raise InputError(f"there is no eligible assignment `{edit.eligibility}`")
    held: dict[str, Any] = eligible["properties"]
    now = world.tenant.clock.now()
    expiration = {"type": "AfterDuration", "duration": f"PT{round(edit.hours * 60)}M"}
    properties = {
        "principalId": edit.principal or held["principalId"],
        "roleDefinitionId": held["roleDefinitionId"],
        "requestType": "SelfActivate",
        "linkedRoleEligibilityScheduleId": held.get("roleEligibilityScheduleId"),
        "justification": edit.justification,
        "scheduleInfo": {"startDateTime": f"{now:%Y-%m-%dT%H:%M:%SZ}", "expiration": expiration},
    }
    place = edit.eligibility.lower().find(_AUTHORIZATION.lower())
    path = f"{edit.eligibility[:place]}{_AUTHORIZATION}/roleAssignmentScheduleRequests/{uuid4()}"
    return world.ask_arm("PUT", path, _PIM_VERSION, {"properties": properties})


def add_secret(world: World, edit: verbs.AddSecret) -> Result:
    """Give an application a client secret; return `keyId`, `secretText` and the rest."""
    try:
        end = world.tenant.clock.now() + timedelta(days=edit.days)
    except (ValueError, OverflowError) as error:
        raise InputError(f"a secret cannot last {edit.days:g} days") from error
    body = {"passwordCredential": {"endDateTime": f"{end:%Y-%m-%dT%H:%M:%SZ}"}}
    return world.ask_graph("POST", f"{_holder(world, edit.application)}/addPassword", body)


def remove_secret(world: World, edit: verbs.RemoveSecret) -> Result:
    """Take a client secret away."""
    return world.ask_graph("POST", f"{_holder(world, edit.application)}/removePassword", {"keyId": edit.key_id})


def _holder(world: World, client_id: str) -> str:
    """Return Graph's path of what holds the secrets of an application: its service principal where it is another's."""
    if found := application(world.tenant, client_id):
        return f"/applications/{found['id']}"
    if found := service_principal(world.tenant, client_id):
        return f"/servicePrincipals/{found['id']}"
    raise InputError(f"there is no application `{client_id}`", hint="name it by its app id")


def _role_id(world: World, role: str, scope: str) -> str:
    """Return the id of a role definition that is named by its id, its GUID or its name."""
    if role.startswith("/"):
        return role
    if _is_guid(role):
        return f"{scope}{_AUTHORIZATION}/roleDefinitions/{role}"
    table = world.table("arm/roleDefinitions")
    for key in table.keys():  # noqa: SIM118 - a table is no mapping
        fields = table.fields(key) or {}
        if str(fields["properties"].get("roleName", "")).lower() == role.lower():
            return str(fields["id"])
    raise InputError(f"there is no role definition `{role}`")


def _is_guid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
