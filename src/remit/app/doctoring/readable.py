"""Which lists the credential can read: fully, in part, or not, with what is missing and where.

Resource Manager: Remit's engine is asked about every action at every management group and subscription that is visible.
Who does not see the tenant root group does not know what else there is: no list of the tree is read as a whole then.
Microsoft Graph: what the token carries counts, and what that includes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import msgspec

from remit.app.answering import Tenant
from remit.app.setting_up.needs import ARM, Need
from remit.model.decision import Outcome
from remit.model.question import Plane, Question, TimedQuestion
from remit.model.scope import Scope
from remit.ports.self_reading import SelfReading

_TREE, _SEE_GROUPS, _OUTSIDE = (
    "arm/managementGroups",
    "Microsoft.Management/managementGroups/read",
    "arm/providerOperations",
)


class _Parent(msgspec.Struct):
    id: str | None = None


class _Properties(msgspec.Struct):
    parent: _Parent | None = None


class _Entity(msgspec.Struct):
    properties: _Properties


_ENTITY = msgspec.json.Decoder(_Entity)


class Extent(StrEnum):
    """How much of a list can be read."""

    ALL = "all"
    PART = "part"
    NOTHING = "nothing"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Missing:
    """A permission that is missing.

    Attributes:
        permission: its name.
        scopes: where; () for everywhere.
        is_known: False where it is not known whether it is missing, because something was not read.
    """

    permission: str
    scopes: tuple[str, ...] = ()
    is_known: bool = True


@dataclass(frozen=True, slots=True)
class ListReading:
    """How much of one list can be read, and what is missing."""

    list_name: str
    extent: Extent
    missing: tuple[Missing, ...]


def readable(
    lists: Sequence[str],
    needs: Collection[Need],
    tenant: Tenant,
    reading: SelfReading,
) -> tuple[ListReading, ...]:
    """Return how much of each list can be read, in the order of the lists.

    Args:
        lists: the lists asked about.
        needs: what they need, all together.
        tenant: the principal's own tenant.
        reading: who it is, which scopes are visible, and what the token for Microsoft Graph carries.
    """
    actions = sorted({need.permission for need in needs if need.api == ARM})
    missing = _missing_actions(tenant, reading.who.object_id, actions, reading.scopes)
    held = included(reading.who.permissions)
    missing |= {
        need.permission: Missing(need.permission) for need in needs if need.api != ARM and need.permission not in held
    }
    found = (_of_list(name, [need for need in needs if name in need.lists], missing) for name in lists)
    return tuple(found if _sees_root(reading) else map(_below_only, found))


def _missing_actions(
    tenant: Tenant, principal_id: str, actions: Sequence[str], scopes: Sequence[str]
) -> dict[str, Missing]:
    places = [Scope.parse(scope) for scope in scopes or ("/",)]
    asked = [
        TimedQuestion("", Question(principal_id, action, Plane.CONTROL, place))
        for action in actions
        for place in places
    ]
    outcomes = iter([decision.outcome for decision in tenant.ask(asked)])
    missing: dict[str, Missing] = {}
    for action in actions:
        found = [(place.text, next(outcomes)) for place in places]
        lacking = tuple(text for text, outcome in found if outcome is not Outcome.ALLOWED)
        if lacking:
            known = any(outcome not in {Outcome.ALLOWED, Outcome.UNKNOWN} for _, outcome in found)
            missing[action] = Missing(action, () if len(lacking) == len(places) else lacking, known)
    return missing


def _sees_root(reading: SelfReading) -> bool:
    parents = (_ENTITY.decode(row).properties.parent for row in reading.rows.get(_TREE, ()))
    return any(parent is not None and parent.id is None for parent in parents)


def _below_only(one: ListReading) -> ListReading:
    """Return a list of the tree as it is for who sees a part of the tree."""
    if one.extent is not Extent.ALL or not one.list_name.startswith("arm/") or one.list_name == _OUTSIDE:
        return one
    return ListReading(one.list_name, Extent.PART, (Missing(_SEE_GROUPS, ("/",)),))


def _of_list(name: str, needs: Sequence[Need], missing: Mapping[str, Missing]) -> ListReading:
    lacking = tuple(missing[need.permission] for need in needs if need.permission in missing)
    if not lacking:
        return ListReading(name, Extent.ALL, ())
    if not any(one.is_known for one in lacking):
        return ListReading(name, Extent.UNKNOWN, lacking)
    everywhere = {one.permission for one in lacking if one.is_known and not one.scopes}
    nowhere = any(need.permission in everywhere and name in need.whole for need in needs)
    return ListReading(name, Extent.NOTHING if nowhere else Extent.PART, lacking)


_DIRECTORY = (
    "User.Read.All",
    "GroupMember.Read.All",
    "Group.Read.All",
    "Application.Read.All",
    "Device.Read.All",
    "AdministrativeUnit.Read.All",
    "DelegatedPermissionGrant.Read.All",
    "RoleManagement.Read.Directory",
)
_SCHEDULES = ("RoleAssignmentSchedule.Read.Directory", "RoleEligibilitySchedule.Read.Directory")
_INCLUDES: Mapping[str, tuple[str, ...]] = {
    "Directory.Read.All": _DIRECTORY,
    "Directory.ReadWrite.All": _DIRECTORY,
    "Directory.AccessAsUser.All": _DIRECTORY,
    "RoleManagement.Read.Directory": _SCHEDULES,
    "RoleManagement.ReadWrite.Directory": _SCHEDULES,
    "Group.Read.All": ("GroupMember.Read.All",),
    "Group.ReadWrite.All": ("Group.Read.All", "GroupMember.Read.All"),
}


def included(permissions: Collection[str]) -> frozenset[str]:
    """Return permissions of Microsoft Graph with the reads that they include."""
    found = set(permissions)
    for permission in permissions:
        found.update(_INCLUDES.get(permission, ()))
        found.add(permission.replace(".ReadWrite.", ".Read."))
    return frozenset(found)
