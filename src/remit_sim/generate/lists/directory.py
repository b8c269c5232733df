"""Entra roles: definitions, assignments and their windows. Those of the crowd lead nowhere."""

from __future__ import annotations

from collections.abc import Iterator

from remit_sim.generate.azure_rows import Row
from remit_sim.generate.catalogue import directory_role, directory_roles
from remit_sim.generate.directory_rows import directory_assignment, directory_instance
from remit_sim.generate.tenant import GeneratedTenant

_HARMLESS = ("Directory Readers", "Reports Reader", "Message Center Reader", "Global Reader", "Security Reader")
_USERS_PER = 200


def definitions(tenant: GeneratedTenant) -> Iterator[Row]:
    """Yield the built-in Entra roles."""
    del tenant
    for one in directory_roles():
        yield {
            "id": one["id"],
            "description": one["name"],
            "displayName": one["name"],
            "isBuiltIn": True,
            "isEnabled": True,
            "resourceScopes": ["/"],
            "templateId": one["id"],
            "version": "1",
            "rolePermissions": [{"allowedResourceActions": one["actions"], "condition": None}],
        }


def assignments(tenant: GeneratedTenant) -> Iterator[Row]:
    """Yield who reads the directory, and who helps the users of one administrative unit."""
    for number, user, role in _readers(tenant):
        yield directory_assignment(tenant.ids.long("directory-role", number), user, role)
    for number in range(tenant.size.administrative_units):
        unit = tenant.ids.guid("administrative-unit", number)
        yield directory_assignment(
            tenant.ids.long("unit-role", number),
            tenant.crowd.user_id((number * 97 + 5) % tenant.crowd.users),
            directory_role("Helpdesk Administrator"),
            f"/administrativeUnits/{unit}",
        )


def active_instances(tenant: GeneratedTenant) -> Iterator[Row]:
    """Yield the windows of the assignments for the whole directory: they have no end."""
    for number, user, role in _readers(tenant):
        yield directory_instance(tenant.ids.long("directory-role", number), user, role, None, None, eligible=False)


def eligible_instances(tenant: GeneratedTenant) -> Iterator[Row]:
    """Yield who may activate a role that reads."""
    dice = tenant.dice("graph/directoryRoleEligibilityScheduleInstances")
    for number in range(1 + tenant.crowd.users // (2 * _USERS_PER)):
        yield directory_instance(
            tenant.ids.guid("directory-eligibility", number),
            tenant.crowd.user_id(dice.below(tenant.crowd.users)),
            directory_role(dice.pick(_HARMLESS)),
            tenant.calendar.around(-dice.between(20, 300), dice),
            tenant.calendar.around(dice.between(30, 300), dice),
            eligible=True,
        )


def _readers(tenant: GeneratedTenant) -> Iterator[tuple[int, str, str]]:
    dice = tenant.dice("graph/directoryRoleAssignments")
    for number in range(1 + tenant.crowd.users // _USERS_PER):
        # Users a fixed way apart: nobody is drawn twice.
        user = tenant.crowd.user_id(number * _USERS_PER % tenant.crowd.users)
        yield number, user, directory_role(dice.pick(_HARMLESS))
