"""Changes told by the Entra audit log: group members, directory roles, elevated access.

The diagnostic and Graph forms hold `targetResources` with `modifiedProperties`, whose values are JSON in JSON; the
unified form holds `Target` and `ModifiedProperties`. Names are display texts, in the unified form with a full stop.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from remit.model.usage import ChangeKind, ObservedChange, ObservedOperation
from remit.usage.changes.activity import USER_ACCESS_ADMINISTRATOR, ended_of
from remit.usage.changes.detail import SUCCEEDED, ChangeDetail, written
from remit.usage.changes.loose import inner, member, objects, unquoted, word
from remit.usage.recognised import Recognised, Shape
from remit.usage.spellings import is_guid, read_time, spell_id

_ELEVATED = "user has elevated their access to user access administrator"
_LOWERED = "the role assignment of user access administrator has been removed"
_NOT_YET = ("requested", "request approved", "request denied", "approval", "canceled", "expired soon")


@dataclass(frozen=True, slots=True)
class _Target:
    """One thing that a record is about.

    Attributes:
        kind: lower case: user, group, serviceprincipal, role, device, "" where not told.
        changed: name of a property, lower case, to (old, new) text.
    """

    object_id: str
    kind: str
    name: str
    changed: Mapping[str, tuple[str, str]] = field(default_factory=dict)


def audit_changes(found: Recognised, operation: ObservedOperation) -> tuple[ObservedChange, ...]:
    """Return what an Entra audit record says was changed; () for any other activity, and for one that failed."""
    name = operation.action.strip().rstrip(".").lower()
    if not ("member" in name or "user access administrator" in name) or ended_of(operation) != SUCCEEDED:
        return ()
    kind = _kind(name)
    if kind is None:
        return ()
    fields, unified = found.fields, found.shape is Shape.UNIFIED
    said = fields if unified else _said(fields)
    targets = _unified_targets(said) if unified else _targets(said)
    extra = _extra(said)
    by = _actor_name(said, unified=unified)
    if kind in (ChangeKind.ELEVATED, ChangeKind.ASSIGNMENT_DELETED):
        return (_elevation(operation, kind, targets, by),)
    if kind in (ChangeKind.MEMBER_ADDED, ChangeKind.MEMBER_REMOVED):
        return _membership(operation, kind, targets, by)
    return _role(operation, kind, targets, extra, by, resource=word(said, "category").lower() == "resourcemanagement")


def _kind(name: str) -> ChangeKind | None:
    if name.startswith(_ELEVATED):
        return ChangeKind.ELEVATED
    if name.startswith(_LOWERED):
        return ChangeKind.ASSIGNMENT_DELETED
    if not name.startswith(("add ", "remove ")) or any(one in name for one in _NOT_YET):
        return None
    for place, kinds in _BY_NAME:
        if place in name:
            return kinds[2 * ("eligible" in name) + name.startswith("remove ")]
    return None


_GROUP_KINDS = (ChangeKind.MEMBER_ADDED, ChangeKind.MEMBER_REMOVED, None, None)
"""What is added and removed, then the same for eligibility: that of a group's membership is not followed."""
_ROLE_KINDS = (
    ChangeKind.DIRECTORY_ROLE_ADDED,
    ChangeKind.DIRECTORY_ROLE_REMOVED,
    ChangeKind.ELIGIBLE_ADDED,
    ChangeKind.ELIGIBLE_REMOVED,
)
_BY_NAME = (
    ("to group", _GROUP_KINDS),
    ("from group", _GROUP_KINDS),
    ("to role", _ROLE_KINDS),
    ("from role", _ROLE_KINDS),
)


def _said(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    properties = inner(fields, "properties")
    return properties if member(properties, "targetResources", "initiatedBy") is not None else fields


def _targets(said: Mapping[str, Any]) -> list[_Target]:
    found = []
    for one in objects(member(said, "targetResources")):
        changed = {
            word(each, "displayName").lower(): (unquoted(member(each, "oldValue")), unquoted(member(each, "newValue")))
            for each in objects(member(one, "modifiedProperties"))
        }
        name = word(one, "userPrincipalName") or word(one, "displayName")
        found.append(_Target(spell_id(word(one, "id")), word(one, "type").lower(), name, changed))
    return found


def _unified_targets(said: Mapping[str, Any]) -> list[_Target]:
    """Return the one target of a unified row: `User_{id}` among its ids tells what kind it is."""
    kind = object_id = name = ""
    for one in objects(member(said, "Target")):
        text = word(one, "ID")
        before, _, after = text.partition("_")
        if is_guid(spell_id(after)) and before.isalpha() and not object_id:
            kind, object_id = before.lower(), spell_id(after)
        elif word(one, "Type") in ("1", "5") and not name:
            name = text
    changed = {
        word(each, "Name").lower(): (unquoted(member(each, "OldValue")), unquoted(member(each, "NewValue")))
        for each in objects(member(said, "ModifiedProperties"))
    }
    return [_Target(object_id, kind, name or word(said, "ObjectId"), changed)]


def _extra(said: Mapping[str, Any]) -> dict[str, str]:
    return {
        word(one, "key", "Name").lower(): unquoted(member(one, "value", "Value"))
        for one in objects(member(said, "additionalDetails", "ExtendedProperties"))
    }


def _actor_name(said: Mapping[str, Any], *, unified: bool) -> str:
    if unified:
        return word(said, "UserId")
    by = inner(said, "initiatedBy")
    user, app = inner(by, "user"), inner(by, "app")
    return word(user, "userPrincipalName") or word(user, "displayName") or word(app, "displayName")


def _changed(targets: list[_Target], *names: str) -> str:
    """Return the new value of the first property of these names, or the old one where it was taken away."""
    for name in names:
        for target in targets:
            old, new = target.changed.get(name, ("", ""))
            if new or old:
                return new or old
    return ""


def _membership(
    operation: ObservedOperation, kind: ChangeKind, targets: list[_Target], by: str
) -> tuple[ObservedChange, ...]:
    group = spell_id(_changed(targets, "group.objectid"))
    named = [one for one in targets if one.kind == "group"]
    members = [one for one in targets if one.object_id and one.kind != "group"]
    if not members and len(named) > 1:
        members, named = named[:1], named[1:]  # a group in a group: the member stands first
    if not members and group:
        members, named = named, []
    own = named[0] if named else _Target("", "group", "")
    group = group or (own.object_id if is_guid(own.object_id) else "")
    label = _changed(targets, "group.displayname") or own.name
    return tuple(
        _change(
            operation,
            kind,
            ChangeDetail(principal_type=one.kind, actor_name=by, subject_name=one.name, object_name=label),
            subject_id=one.object_id,
            object_id=group,
        )
        for one in members
    )


def _role(
    operation: ObservedOperation,
    kind: ChangeKind,
    targets: list[_Target],
    extra: Mapping[str, str],
    by: str,
    *,
    resource: bool,
) -> tuple[ObservedChange, ...]:
    """Read a directory role given or taken; a row about a role of Azure resources is an activation there."""
    roles = [one for one in targets if one.kind == "role"]
    subjects = [one for one in targets if one.object_id and one.kind not in ("role", "request", "other", "")]
    template = spell_id(_changed(targets, "role.templateid")) or extra.get("templateid", "")
    own = spell_id(_changed(targets, "role.objectid")) or (roles[0].object_id if roles else "")
    role = template or own or spell_id(extra.get("roledefinitionoriginid", ""))
    label = _changed(targets, "role.displayname") or (roles[0].name if roles else "")
    if resource:
        kind = _RESOURCE_KINDS[kind]
    return tuple(
        _change(
            operation,
            kind,
            ChangeDetail(
                principal_type=one.kind,
                actor_name=by,
                subject_name=one.name,
                object_name=label,
                eligible=kind in (ChangeKind.ELIGIBLE_ADDED, ChangeKind.ELIGIBLE_REMOVED),
            ),
            subject_id=one.object_id,
            object_id=own if resource else role,
            role_id=role if resource else "",
            scope="" if resource else operation.scope,
            start=read_time(extra.get("starttime", "")),
            end=read_time(extra.get("expirationtime", "")),
        )
        for one in subjects
    )


_RESOURCE_KINDS = {
    ChangeKind.DIRECTORY_ROLE_ADDED: ChangeKind.ACTIVATED,
    ChangeKind.DIRECTORY_ROLE_REMOVED: ChangeKind.DEACTIVATED,
    ChangeKind.ELIGIBLE_ADDED: ChangeKind.ELIGIBLE_ADDED,
    ChangeKind.ELIGIBLE_REMOVED: ChangeKind.ELIGIBLE_REMOVED,
}


def _elevation(operation: ObservedOperation, kind: ChangeKind, targets: list[_Target], by: str) -> ObservedChange:
    subject = next((one for one in targets if one.object_id and one.kind == "user"), None)
    return _change(
        operation,
        kind,
        ChangeDetail(told=True, actor_name=by, subject_name=subject.name if subject else by),
        subject_id=subject.object_id if subject else operation.principal_id,
        role_id=USER_ACCESS_ADMINISTRATOR,
        scope="/",
    )


def _change(operation: ObservedOperation, kind: ChangeKind, detail: ChangeDetail, **ids: Any) -> ObservedChange:  # noqa: ANN401 - fields
    return ObservedChange(
        kind,
        operation.time,
        operation.log,
        actor_id=operation.principal_id,
        app_id=operation.app_id,
        correlation_id=operation.correlation_id,
        digest=operation.digest,
        detail=written(detail),
        **ids,
    )
