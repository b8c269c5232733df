"""Which assignments there are, and when each is in force (P2, P3, X1, rulings V4, V15)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from remit.model.scope import Scope
from remit.reference.export import Export, Payload, Window, last_segment, low, properties, rows, window
from remit.reference.places import extension_scope, is_delegable

_DEAD = ("denied", "failed", "canceled", "revoked", "expired")
_REGISTRATION = "microsoft.managedservices/registrationassignments"


@dataclass(frozen=True, slots=True)
class Assignment:
    """A role assignment of whatever origin.

    Attributes:
        assignment_id: as Azure spells it.
        principal_id, principal_type, role_key: lower case.
        scope: where it is assigned.
        condition, condition_version: "" where there is none.
        windows: when it is in force; None is always.
        is_lighthouse: made by a registration assignment.
        delegated: role GUIDs that a Lighthouse User Access Administrator may hand out (X3).
    """

    assignment_id: str
    principal_id: str
    principal_type: str
    role_key: str
    scope: Scope
    condition: str
    condition_version: str
    windows: tuple[Window, ...] | None
    is_lighthouse: bool = False
    delegated: tuple[str, ...] = ()


def active_assignments(export: Export) -> list[Assignment]:
    """V4: role assignments with the windows PIM gives them, PIM instances of their own, and Lighthouse."""
    waiting = live_instances(export, "arm/roleAssignmentScheduleInstances")
    found: list[Assignment] = []
    matched: set[int] = set()
    for row in rows(export, "arm/roleAssignments"):
        own = [place for place, instance in enumerate(waiting) if is_instance_of(instance, row)]
        matched.update(own)
        windows = tuple(window(properties(waiting[place])) for place in own)
        found.append(from_fields(row, windows or None))
    for place, instance in enumerate(waiting):
        if place not in matched:
            found.append(from_fields(instance, (window(properties(instance)),)))
    return [*found, *lighthouse(export, "authorizations")]


def eligible_assignments(export: Export) -> list[Assignment]:
    """P1: what could be activated; grants nothing by itself."""
    instances = live_instances(export, "arm/roleEligibilityScheduleInstances")
    found = [from_fields(instance, (window(properties(instance)),)) for instance in instances]
    return [*found, *lighthouse(export, "eligibleAuthorizations")]


def live_instances(export: Export, api: str) -> list[Payload]:
    """V4: schedule instances whose status is none of the dead ones."""
    return [row for row in rows(export, api) if low(properties(row).get("status")) not in _DEAD]


def is_instance_of(instance: Payload, row: Payload) -> bool:
    """V4: the instance names the assignment, or names none and has the same principal, role and scope."""
    origin = low(properties(instance).get("originRoleAssignmentId"))
    if origin:
        return origin == low(row["id"])
    return triple(instance) == triple(row)


def triple(row: Payload) -> tuple[str, str, str]:
    """Return principal, role and scope, as ids compare."""
    fields = properties(row)
    return low(fields["principalId"]), last_segment(fields["roleDefinitionId"]), scope_of(row).key


def scope_of(row: Payload) -> Scope:
    """S4: the scope property, else the id without its last provider part."""
    text = properties(row).get("scope")
    return Scope.parse(text) if text else extension_scope(row["id"], "microsoft.authorization/roleassignments")


def from_fields(row: Payload, windows: tuple[Window, ...] | None) -> Assignment:
    """Read a roleAssignments or schedule instance payload."""
    fields = properties(row)
    return Assignment(
        fields.get("originRoleAssignmentId") or row["id"],
        low(fields["principalId"]),
        low(fields.get("principalType")),
        last_segment(fields["roleDefinitionId"]),
        scope_of(row),
        fields.get("condition") or "",
        fields.get("conditionVersion") or "",
        windows,
    )


def lighthouse(export: Export, field: str) -> Iterator[Assignment]:
    """X1, V15: each authorization of a registration that succeeded, at its subscription or resource group."""
    for registration in rows(export, "arm/registrationAssignments"):
        fields = properties(registration)
        scope = extension_scope(registration["id"], _REGISTRATION)
        state = low(fields.get("provisioningState"))
        if state not in ("", "succeeded") or not is_delegable(scope):
            continue
        definition = properties(fields.get("registrationDefinition") or {})
        for authorization in definition.get(field) or ():
            yield from_authorization(registration["id"], scope, authorization)


def from_authorization(registration_id: str, scope: Scope, authorization: Payload) -> Assignment:
    """Read one authorization of a registration definition."""
    delegated: Iterable[str] = authorization.get("delegatedRoleDefinitionIds") or ()
    return Assignment(
        registration_id,
        low(authorization["principalId"]),
        "",
        last_segment(authorization["roleDefinitionId"]),
        scope,
        "",
        "",
        None,
        is_lighthouse=True,
        delegated=tuple(last_segment(role_id) for role_id in delegated),
    )
