"""The lists of a tenant export: their names, the struct of their rows, and the key of a row.

>>> LISTS["arm/locks"].decoder.decode(b'{"id": "/x", "properties": {"level": "ReadOnly"}}').id
'/x'
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Protocol

import msgspec

from remit.wire.azure import shapes


@dataclass(frozen=True, slots=True)
class ListShape:
    """How one list reads.

    Attributes:
        decoder: from the bytes of one row to its struct.
        key: lower-case identity of a row; two rows of one list with one key must say the same.
    """

    decoder: msgspec.json.Decoder[Any]
    key: Callable[[Any], str]


class _HasId(Protocol):
    id: str


def _own_id(row: _HasId) -> str:
    return row.id.lower()


def _pair(row: shapes.Pair) -> str:
    return f"{row.parent_id}/{row.member.id}".lower()


def _child(row: shapes.ChildOfParent) -> str:
    return f"{row.parent_id}/{row.id}".lower()


def _shape(kind: type[Any], key: Callable[[Any], str] = _own_id) -> ListShape:
    return ListShape(msgspec.json.Decoder(kind), key)


_OWN_SHAPES: Mapping[str, tuple[type[Any], Callable[[Any], str]]] = {
    "arm/managementGroups": (shapes.Entity, _own_id),
    "arm/resources": (shapes.Resource, _own_id),
    "arm/roleDefinitions": (shapes.RoleDefinition, _own_id),
    "arm/roleAssignments": (shapes.RoleAssignment, _own_id),
    "arm/denyAssignments": (shapes.DenyAssignment, _own_id),
    "arm/classicAdministrators": (shapes.ClassicAdministrator, _own_id),
    "arm/roleAssignmentScheduleInstances": (shapes.ScheduleInstance, _own_id),
    "arm/roleEligibilityScheduleInstances": (shapes.ScheduleInstance, _own_id),
    "arm/locks": (shapes.Lock, _own_id),
    "arm/policyAssignments": (shapes.PolicyAssignment, _own_id),
    "arm/registrationAssignments": (shapes.RegistrationAssignment, _own_id),
    "arm/providerOperations": (shapes.ProviderOperations, _own_id),
    "graph/users": (shapes.DirectoryObject, _own_id),
    "graph/groups": (shapes.DirectoryObject, _own_id),
    "graph/servicePrincipals": (shapes.DirectoryObject, _own_id),
    "graph/devices": (shapes.DirectoryObject, _own_id),
    "graph/groupMembers": (shapes.Pair, _pair),
    "graph/groupOwners": (shapes.Pair, _pair),
    "graph/applicationOwners": (shapes.Pair, _pair),
    "graph/servicePrincipalOwners": (shapes.Pair, _pair),
    "graph/administrativeUnitMembers": (shapes.Pair, _pair),
    "graph/groupAssignmentScheduleInstances": (shapes.GroupScheduleInstance, _own_id),
    "graph/groupEligibilityScheduleInstances": (shapes.GroupScheduleInstance, _own_id),
    "graph/applicationFederatedIdentityCredentials": (shapes.ChildOfParent, _child),
    "graph/appRoleAssignments": (shapes.AppRoleAssignment, _own_id),
    "graph/directoryRoleDefinitions": (shapes.DirectoryRoleDefinition, _own_id),
    "graph/directoryRoleAssignments": (shapes.DirectoryRoleAssignment, _own_id),
    "graph/directoryRoleAssignmentScheduleInstances": (shapes.DirectoryRoleAssignment, _own_id),
    "graph/directoryRoleEligibilityScheduleInstances": (shapes.DirectoryRoleAssignment, _own_id),
}

_KEPT = (
    "arm/subscriptions",
    "arm/roleAssignmentScheduleRequests",
    "arm/roleEligibilityScheduleRequests",
    "arm/roleManagementPolicyAssignments",
    "arm/deploymentStacks",
    "arm/federatedIdentityCredentials",
    "arm/diagnosticSettings",
    "graph/applications",
    "graph/administrativeUnits",
    "graph/oauth2PermissionGrants",
)

LISTS: Mapping[str, ListShape] = MappingProxyType(
    {name: _shape(kind, key) for name, (kind, key) in _OWN_SHAPES.items()}
    | {name: _shape(shapes.Identified) for name in _KEPT}
)
"""Every list of a tenant export by name."""

USED_LISTS = frozenset(LISTS) - {
    "arm/roleAssignmentScheduleRequests",
    "arm/roleEligibilityScheduleRequests",
    "arm/deploymentStacks",
}
"""Lists that answers rest on, those about what an identity can become included; the others are only kept."""
