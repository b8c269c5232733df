"""Writes the lists of a tenant, one after the other, each as a stream: memory does not grow with them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from types import MappingProxyType

import msgspec

from remit.wire.azure.lists import LISTS
from remit_sim.generate.azure_rows import Row
from remit_sim.generate.lists import access, directory, membership, people, places, software
from remit_sim.generate.tenant import GeneratedTenant

Progress = Callable[[str, int], None]
"""Called with a list and how many of its rows are written."""

Rows = Callable[[GeneratedTenant], Iterator[Row] | Iterator[bytes]]
_FLUSH_BYTES = 1 << 20
_REPORT_ROWS = 20_000

_SURROUNDINGS: Mapping[str, Rows] = MappingProxyType(
    {
        "arm/managementGroups": places.management_groups,
        "arm/subscriptions": places.subscriptions,
        "arm/resources": places.resources,
        "arm/policyAssignments": places.policy_assignments,
        "arm/registrationAssignments": places.registration_assignments,
        "arm/federatedIdentityCredentials": places.federated_credentials,
        "arm/diagnosticSettings": places.diagnostic_settings,
        "arm/roleDefinitions": access.role_definitions,
        "arm/roleAssignments": access.role_assignments,
        "arm/roleManagementPolicyAssignments": access.management_rules,
        "arm/providerOperations": access.provider_operations,
        "arm/roleEligibilityScheduleInstances": lambda tenant: tenant.elevations.eligible_instances(),
        "arm/roleEligibilityScheduleRequests": lambda tenant: tenant.elevations.eligible_requests(),
        "arm/roleAssignmentScheduleInstances": lambda tenant: tenant.elevations.active_instances(),
        "arm/roleAssignmentScheduleRequests": lambda tenant: tenant.elevations.active_requests(),
        "graph/users": people.users,
        "graph/groups": people.groups,
        "graph/devices": people.devices,
        "graph/administrativeUnits": people.administrative_units,
        "graph/administrativeUnitMembers": people.administrative_unit_members,
        "graph/groupMembers": membership.group_members,
        "graph/groupOwners": membership.group_owners,
        "graph/applicationOwners": membership.application_owners,
        "graph/servicePrincipalOwners": membership.service_principal_owners,
        "graph/groupEligibilityScheduleInstances": membership.group_eligibility,
        "graph/groupAssignmentScheduleInstances": membership.group_activations,
        "graph/servicePrincipals": software.service_principals,
        "graph/applications": software.applications,
        "graph/applicationFederatedIdentityCredentials": software.federated_credentials,
        "graph/appRoleAssignments": software.app_role_assignments,
        "graph/oauth2PermissionGrants": software.permission_grants,
        "graph/directoryRoleDefinitions": directory.definitions,
        "graph/directoryRoleAssignments": directory.assignments,
        "graph/directoryRoleAssignmentScheduleInstances": directory.active_instances,
        "graph/directoryRoleEligibilityScheduleInstances": directory.eligible_instances,
    }
)
"""What surrounds the planted facts, by list. Locks, deny assignments and stacks are planted ones only."""


def write_lists(tenant: GeneratedTenant, folder: Path, progress: Progress) -> None:
    """Write every list of an export; one without rows is an empty file, for an absent one would be a gap."""
    for name in LISTS:
        surroundings = _SURROUNDINGS.get(name)
        rows = surroundings(tenant) if surroundings is not None else iter(())
        _write(folder / f"{name}.jsonl", _lines(tenant.soil.rows.get(name, ()), rows), partial(progress, name))


def _lines(planted: Iterable[bytes], rows: Iterator[Row] | Iterator[bytes]) -> Iterator[bytes]:
    encode = msgspec.json.Encoder().encode
    yield from planted
    for row in rows:
        yield row if isinstance(row, bytes) else encode(row)


def _write(path: Path, lines: Iterator[bytes], told: Callable[[int], None]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    piece = bytearray()
    count = 0
    with path.open("wb") as stream:
        for line in lines:
            piece += line
            piece += b"\n"
            count += 1
            if len(piece) >= _FLUSH_BYTES:
                stream.write(piece)
                piece.clear()
            if count % _REPORT_ROWS == 0:
                told(count)
        stream.write(piece)
    told(count)
