"""Random histories: a tenant, what was changed of it one after the other, and the log records of that.

Every state is kept as an export of its own, so that what a splice answers can be compared with a fresh import.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from tests.strategies.assignments import assignment
from tests.strategies.choices import Choices
from tests.strategies.roles import custom_role
from tests.strategies.tenants import Tenant, tenant
from tests.strategies.vocabulary import AT

from remit.model.interval import to_micros
from remit.model.usage import LogKind, ObservedChange, ObservedOperation, ObservedOutcome, ObservedPlane, Phase
from remit.reference.export import Export
from remit.usage.changes import changes_of
from remit.usage.recognised import Family, Recognised, Shape

Payload = dict[str, Any]
Lists = dict[str, list[Payload]]
HOUR_US = 3_600_000_000
START = to_micros(AT)
_ACTIVE = "arm/roleAssignments"
_NEW_PLACES = (
    "/subscriptions/5ab5ab5a-cafe-4bad-8ace-0000000000ee",
    "/subscriptions/5ab5ab5a-cafe-4bad-8ace-000000000001/resourceGroups/new/providers/Contoso.New/widgets/w",
    "/providers/Microsoft.Management/managementGroups/mg-new",
)


@dataclass(slots=True)
class History:
    """A tenant over time.

    Attributes:
        states: (instant from which it is so, the whole export); the first is from the beginning.
        changes: what the records of the changes say, as read by `changes_of`, not joined.
    """

    first: Tenant
    states: list[tuple[int, Export]]
    changes: list[ObservedChange] = field(default_factory=list)

    def at(self, instant: int) -> Export:
        """Return the tenant as it was."""
        return [export for since, export in self.states if since <= instant][-1]


def history(choose: Choices, steps: int = 6) -> History:
    """Return a history; every change is told by a record that holds all of it."""
    first = tenant(choose, whole=True)
    lists = {name: list(rows) for name, rows in first.export.lists.items()}
    # Windows of PIM belong to assignments by their id or holder; that is another test's matter.
    lists["arm/roleAssignmentScheduleInstances"] = []
    lists["graph/groupAssignmentScheduleInstances"] = []
    made = History(first, [(-(2**62), Export(_copy(lists), first.export.manifest))])
    for step in range(steps):
        at = START + (step + 1) * HOUR_US
        kind = choose.pick(("write", "write", "delete", "condition", "role", "member", "leave", "begun"))
        said = _STEPS[kind](choose, lists, made, at)
        for records in said:
            made.changes += changes_of(*records)
        made.states.append((at, Export(_copy(lists), first.export.manifest)))
    return made


def _copy(lists: Lists) -> Lists:
    return {name: list(rows) for name, rows in lists.items()}


def listed(lists: Mapping[str, list[Payload]]) -> list[str]:
    """Return the object ids that the directory lists."""
    names = ("graph/users", "graph/groups", "graph/servicePrincipals")
    return sorted({row["id"].lower() for name in names for row in lists[name]})


def activity(
    action: str,
    identity: str,
    at: int,
    *,
    request: Any = None,
    response: Any = None,
    status: str = "",
    phase: Phase = Phase.ENDED,
    outcome: ObservedOutcome = ObservedOutcome.SUCCEEDED,
    correlation: str = "",
    caller: str = "actor",
) -> tuple[Recognised, ObservedOperation]:
    """Return an Activity Log record as diagnostic settings write it."""
    properties: Payload = {"entity": identity, "statusCode": status, "hierarchy": "x"}
    if request is not None:
        properties["requestbody"] = json.dumps(request)
    if response is not None:
        properties["responseBody"] = json.dumps(response)
    fields = {"operationName": action, "resourceId": identity.upper(), "properties": properties}
    digest = sha256(json.dumps([fields, at, phase]).encode()).digest()
    operation = ObservedOperation(
        LogKind.ACTIVITY,
        at,
        ObservedPlane.CONTROL,
        action,
        identity,
        outcome,
        principal_id=caller,
        phase=phase,
        correlation_id=correlation or f"{at}",
        digest=digest,
    )
    return Recognised(Family.ACTIVITY, Shape.DIAGNOSTIC, "Administrative", fields, digest), operation


def audit(name: str, targets: list[Payload], at: int, **more: Any) -> tuple[Recognised, ObservedOperation]:
    """Return an Entra audit record as diagnostic settings write it."""
    properties = {"activityDisplayName": name, "targetResources": targets, "initiatedBy": {}, **more}
    fields = {"category": "AuditLogs", "operationName": name, "properties": properties}
    digest = sha256(json.dumps([fields, at]).encode()).digest()
    operation = ObservedOperation(
        LogKind.ENTRA_AUDIT,
        at,
        ObservedPlane.DIRECTORY,
        name,
        "/tenants/t",
        ObservedOutcome.SUCCEEDED,
        principal_id="actor",
        correlation_id=f"{at}",
        digest=digest,
    )
    return Recognised(Family.ENTRA_AUDIT, Shape.DIAGNOSTIC, "AuditLogs", fields, digest), operation


def member_target(group: str, member: str) -> list[Payload]:
    """Return what a record about a membership is about."""
    changed = [{"displayName": "Group.ObjectID", "oldValue": None, "newValue": json.dumps(group)}]
    return [{"id": member, "type": "User", "modifiedProperties": changed}, {"id": group, "type": "Group"}]


Records = list[tuple[Recognised, ObservedOperation]]


def _write(choose: Choices, lists: Lists, made: History, at: int) -> Records:
    row = assignment(choose, list(made.first.scopes), 1000 + len(made.states))
    row["properties"]["principalId"] = choose.spell(choose.pick(listed(lists)))
    row["properties"].pop("principalType", None)
    if choose.chance(20):  # a place that nothing has named before
        scope = choose.pick(_NEW_PLACES)
        row["id"] = f"{choose.spell(scope)}/providers/Microsoft.Authorization/roleAssignments/{row['name']}"
        row["properties"]["scope"] = scope
    lists[_ACTIVE].append(row)
    body = {choose.pick(("properties", "Properties")): row["properties"]}
    begun = activity(
        "Microsoft.Authorization/roleAssignments/write",
        row["id"],
        at - 5,
        request=body,
        phase=Phase.STARTED,
        outcome=ObservedOutcome.UNFINISHED,
        correlation=f"{at}",
    )
    ended = activity(
        "Microsoft.Authorization/roleAssignments/write",
        row["id"],
        at,
        response=body if choose.chance(50) else None,
        status="Created",
    )
    return [begun, ended]


def _delete(choose: Choices, lists: Lists, made: History, at: int) -> Records:
    if not lists[_ACTIVE]:
        return []
    row = choose.pick(lists[_ACTIVE])
    lists[_ACTIVE] = [one for one in lists[_ACTIVE] if one is not row]
    del made
    return [activity("Microsoft.Authorization/roleAssignments/delete", row["id"], at, response=row, status="OK")]


def _condition(choose: Choices, lists: Lists, made: History, at: int) -> Records:
    """Delete one and write it anew with another condition: an update alone would not tell what was before."""
    if not lists[_ACTIVE]:
        return []
    row = choose.pick(lists[_ACTIVE])
    other = {
        **row,
        "properties": {**row["properties"], "condition": "true is not a condition", "conditionVersion": "2.0"},
    }
    if choose.chance(50):
        other["properties"].pop("condition")
    lists[_ACTIVE] = [one for one in lists[_ACTIVE] if one is not row] + [other]
    del made
    name = "Microsoft.Authorization/roleAssignments/"
    gone = activity(name + "delete", row["id"], at, response=row, status="OK", correlation=f"{at} a")
    back = activity(name + "write", row["id"], at, response=other, status="Created", correlation=f"{at} b")
    return [gone, back]


def _role(choose: Choices, lists: Lists, made: History, at: int) -> Records:
    rows = [row for row in lists["arm/roleDefinitions"] if row["properties"]["type"].lower() == "customrole"]
    if not rows:
        return []
    old = choose.pick(rows)
    key = old["id"].lower().rsplit("/", 1)[1]
    new = custom_role(choose, key, list(made.first.scopes))
    new["properties"]["type"] = "CustomRole"
    lists["arm/roleDefinitions"] = [
        row for row in lists["arm/roleDefinitions"] if row["id"].lower().rsplit("/", 1)[1] != key
    ] + [new]
    name = "Microsoft.Authorization/roleDefinitions/"
    gone = activity(name + "delete", old["id"], at, response=old, status="OK", correlation=f"{at} a")
    back = activity(name + "write", new["id"], at, request=new, status="Created", correlation=f"{at} b")
    return [gone, back]


def _member(choose: Choices, lists: Lists, made: History, at: int) -> Records:
    del made
    groups = sorted({row["id"].lower() for row in lists["graph/groups"]})
    group, member = choose.pick(groups), choose.pick(listed(lists))
    pairs = {(row["parentId"].lower(), row["member"]["id"].lower()) for row in lists["graph/groupMembers"]}
    if (group, member) in pairs or group == member:
        return []
    lists["graph/groupMembers"].append({"parentId": group, "member": {"id": member}})
    return [audit("Add member to group", member_target(group, member), at)]


def _leave(choose: Choices, lists: Lists, made: History, at: int) -> Records:
    del made
    known = set(listed(lists))
    rows = [
        row
        for row in lists["graph/groupMembers"]
        if row["member"]["id"].lower() in known and row["parentId"].lower() in known
    ]
    if not rows:
        return []
    row = choose.pick(rows)
    lists["graph/groupMembers"] = [one for one in lists["graph/groupMembers"] if one is not row]
    target = member_target(row["parentId"].lower(), row["member"]["id"].lower())
    return [audit("Remove member from group", target, at)]


def _failed(choose: Choices, lists: Lists, made: History, at: int) -> Records:
    """Return a write that was begun and refused."""
    row = assignment(choose, list(made.first.scopes), 2000 + len(made.states))
    row["properties"]["principalId"] = choose.pick(listed(lists))
    name = "Microsoft.Authorization/roleAssignments/write"
    begun = activity(name, row["id"], at - 5, request=row, phase=Phase.STARTED, correlation=f"{at}")
    ended = activity(name, row["id"], at, status="Forbidden", outcome=ObservedOutcome.REFUSED)
    return [begun, ended]


_STEPS = {
    "write": _write,
    "delete": _delete,
    "condition": _condition,
    "role": _role,
    "member": _member,
    "leave": _leave,
    "begun": _failed,
}
