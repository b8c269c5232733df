"""Bodies of writes, checked for the kinds of what they say before a handler looks at them.

    >>> sorted(Lock.__annotations__)
    ['level', 'notes', 'owners']

What a body says besides is dropped; what it leaves out is left out. Azure's own checks of values are the handlers'.
"""

from __future__ import annotations

from typing import Any, TypedDict

import msgspec

from remit_sim.call import Call, Refusal
from remit_sim.tenant import Fields


class RoleAssignment(TypedDict, total=False):
    """What a role assignment can say."""

    roleDefinitionId: str | None
    principalId: str | None
    principalType: str | None
    description: str | None
    condition: str | None
    conditionVersion: str | None
    delegatedManagedIdentityResourceId: str | None


class Block(TypedDict, total=False):
    """One permission block."""

    actions: list[str] | None
    notActions: list[str] | None
    dataActions: list[str] | None
    notDataActions: list[str] | None


class RoleDefinition(TypedDict, total=False):
    """What a custom role can say."""

    roleName: str | None
    description: str | None
    assignableScopes: list[str] | None
    permissions: list[Block] | None


class Lock(TypedDict, total=False):
    """What a lock can say."""

    level: str | None
    notes: str | None
    owners: list[dict[str, str]] | None


class Trust(TypedDict, total=False):
    """What a federated credential can say."""

    issuer: str | None
    subject: str | None
    audiences: list[str] | None


class Expiration(TypedDict, total=False):
    """How a window ends."""

    type: str | None
    endDateTime: str | None
    duration: str | None


class Schedule(TypedDict, total=False):
    """When a window begins, and how it ends."""

    startDateTime: str | None
    expiration: Expiration | None


class Ticket(TypedDict, total=False):
    """The ticket that a request is for."""

    ticketNumber: str | None
    ticketSystem: str | None


class ScheduleRequest(TypedDict, total=False):
    """What a request of PIM can say."""

    roleDefinitionId: str | None
    principalId: str | None
    requestType: str | None
    linkedRoleEligibilityScheduleId: str | None
    targetRoleAssignmentScheduleId: str | None
    targetRoleAssignmentScheduleInstanceId: str | None
    targetRoleEligibilityScheduleId: str | None
    targetRoleEligibilityScheduleInstanceId: str | None
    scheduleInfo: Schedule | None
    ticketInfo: Ticket | None
    justification: str | None
    condition: str | None
    conditionVersion: str | None


class _Parent(TypedDict, total=False):
    id: str | None


class _Details(TypedDict, total=False):
    parent: _Parent | None


class ManagementGroup(TypedDict, total=False):
    """What a management group can say; a PATCH says it without `properties`."""

    displayName: str | None
    details: _Details | None
    parentGroupId: str | None


class _Identity(TypedDict, total=False):
    type: str | None
    userAssignedIdentities: dict[str, dict[str, Any] | None] | None


class Resource(TypedDict, total=False):
    """What a resource or resource group can say."""

    kind: str | None
    location: str | None
    managedBy: str | None
    sku: dict[str, Any] | None
    plan: dict[str, Any] | None
    identity: _Identity | None
    zones: list[str] | None
    extendedLocation: dict[str, Any] | None
    tags: dict[str, str] | None
    properties: dict[str, Any] | None


def whole(call: Call, kind: type[Any]) -> Fields:
    """Return the body of a call.

    Raises:
        Refusal: 400, it is no JSON or says something of another kind.
    """
    return _converted(call.json(), kind)


def properties(call: Call, kind: type[Any]) -> Fields:
    """Return the `properties` of the body of a call, {} where there are none.

    Raises:
        Refusal: 400, it is no JSON or says something of another kind.
    """
    body = _converted(call.json(), dict)
    return _converted(body.get("properties") or {}, kind)


def _converted(value: object, kind: type[Any]) -> Fields:
    try:
        found: Fields = msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise Refusal(400, "InvalidRequestContent", f"The request content was invalid: {error}") from error
    return found
