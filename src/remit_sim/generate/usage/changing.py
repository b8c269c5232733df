"""From a change of who may do what to the operations that the logs tell it by."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from remit_sim.generate.dice import Ids
from remit_sim.generate.usage.calls import ACTIVITY, CONTROL, Call
from remit_sim.generate.usage.facts import Assignment, Facts, Person
from remit_sim.generate.usage.history import HOUR_US, Change
from remit_sim.generate.usage.holdings import Holding, Holdings
from remit_sim.generate.usage.instants import plain
from remit_sim.generate.usage.observing import AUDIT
from remit_sim.generate.usage.operations import Operation
from remit_sim.generate.usage.records.entra_audit import activation_details, activation_targets, member_targets

_MS_PIM = "01fc33a7-78ba-4d2f-a4b7-768e336e890e"
_ROLE = "Microsoft.Authorization/roleAssignments/"
_SECOND = 1_000_000


class Changing:
    """Tells changes; whoever is in charge at that instant makes them."""

    def __init__(self, facts: Facts, holdings: Holdings, ids: Ids) -> None:
        self._facts = facts
        self._holdings = holdings
        self._ids = ids
        self._pim = Person(ids.guid("usage", "MS-PIM"), "application", "MS-PIM", app_id=_MS_PIM)
        self._stranger = Person(
            ids.guid("usage", "author"), "user", "Directory Administrator", f"admin@{facts.tenant_id}"
        )
        self._authors = [
            person
            for person in sorted(facts.people.values(), key=lambda one: one.guid)
            if person.kind == "user"
            and any(one.assignment.role.gives(_ROLE + "write", CONTROL) for one in holdings.of[person.guid])
        ]

    def operations(self, change: Change) -> Iterator[Operation]:
        """Yield what the logs tell a change by; numbers and correlations are given later."""
        if change.kind in {"memberAdded", "memberRemoved"}:
            yield self._membership(change)
        elif change.assignment is not None:
            if change.kind in {"activated", "expired"}:
                yield from self._pim_rows(change, change.assignment)
            deleted = change.kind in {"assignmentDeleted", "expired"}
            by_pim = change.kind in {"activated", "expired"}
            yield self._assignment(change.time, change.assignment, deleted=deleted, by_pim=by_pim)

    def setting(self, resource: str, time: int, *, deleted: bool) -> Operation:
        """Return the operation that switches a log of a resource on or off."""
        scope = f"{resource}/providers/Microsoft.Insights/diagnosticSettings/audit"
        verb = "delete" if deleted else "write"
        logs = [{"categoryGroup": "allLogs", "enabled": True}]
        made = self._control(
            f"Microsoft.Insights/diagnosticSettings/{verb}", scope, time, "DELETE" if deleted else "PUT"
        )
        made.body = {} if deleted else {"properties": {"logs": logs}}
        return made

    def author(self, action: str, scope: str, time: int) -> tuple[Person, list[Holding]]:
        """Return who does such a thing there at that time, and what grants it."""
        for person in self._authors:
            granting = self._holdings.nearest(person.guid, action, CONTROL, scope, time)
            if granting:
                return person, granting
        return self._stranger, []

    def _control(self, action: str, scope: str, time: int, method: str, who: Person | None = None) -> Operation:
        granting: list[Holding] = []
        if who is None:
            who, granting = self.author(action, scope, time)
        return Operation(
            0, time, who, ACTIVITY, CONTROL, action, scope, "succeeded", granting,
            call=Call(action, CONTROL, ACTIVITY, method),
        )  # fmt: skip

    def _assignment(self, time: int, one: Assignment, *, deleted: bool, by_pim: bool) -> Operation:
        scope = f"{'' if one.scope == '/' else one.scope}/providers/Microsoft.Authorization/roleAssignments/{one.guid}"
        action, method = (_ROLE + "delete", "DELETE") if deleted else (_ROLE + "write", "PUT")
        made = self._control(action, scope, time, method, self._pim if by_pim else None)
        role = f"/providers/Microsoft.Authorization/roleDefinitions/{one.role.guid}"
        if deleted:
            made.extra["body"] = "responseBody"
            said = {
                "roleDefinitionId": role,
                "principalId": one.principal,
                "principalType": one.principal_type,
                "scope": one.scope,
            }
            made.body = {"properties": said, "id": scope, "type": _ROLE[:-1], "name": one.guid}
        else:
            made.body = {
                "Id": one.guid,
                "Properties": {
                    "PrincipalId": one.principal,
                    "PrincipalType": one.principal_type,
                    "RoleDefinitionId": role,
                    "Scope": one.scope,
                    "Condition": None,
                    "ConditionVersion": None,
                },
            }
        return made

    def _pim_rows(self, change: Change, one: Assignment) -> Iterator[Operation]:
        user = self._facts.people[change.subject]
        request = self._ids.guid("usage-request", one.guid)
        target = activation_targets(
            (one.role.guid, one.role.name), (user.guid, user.name, user.upn), one.scope, request
        )
        common = {"service": "PIM", "category": "ResourceManagement", "targets": target}
        if change.kind == "expired":
            yield self._audit(
                "Remove member from role (PIM activation expired)", change.time + _SECOND, self._pim,
                {**common, "type": "Assign", "reason": "RoleAssignmentExpired"},
            )  # fmt: skip
            return
        until = change.until or change.time
        details = activation_details(one.role.guid, change.time, until, request)
        asked = change.time - 30 * _SECOND
        scope = f"{one.scope}/providers/Microsoft.Authorization/roleAssignmentScheduleRequests/{request}"
        action = "Microsoft.Authorization/roleAssignmentScheduleRequests/write"
        made = self._control(action, scope, asked, "PUT", user)
        made.granting = self._holdings.nearest(user.guid, action, CONTROL, scope, asked) or []
        made.body = {
            "properties": {
                "principalId": user.guid,
                "roleDefinitionId": f"{one.scope}/providers/Microsoft.Authorization/roleDefinitions/{one.role.guid}",
                "requestType": "SelfActivate",
                "justification": "on call",
                "scheduleInfo": {
                    "startDateTime": plain(change.time) + "Z",
                    "expiration": {
                        "type": "AfterDuration",
                        "endDateTime": None,
                        "duration": f"PT{(until - change.time) // HOUR_US}H",
                    },
                },
            }
        }
        yield made
        extra = {**common, "type": "Assign", "reason": "on call", "details": details}
        yield self._audit("Add member to role requested (PIM activation)", asked + _SECOND, user, extra)
        yield self._audit("Add member to role completed (PIM activation)", change.time + _SECOND, user, extra)

    def _audit(self, action: str, time: int, who: Person, extra: dict[str, Any]) -> Operation:
        return Operation(
            0,
            time,
            who,
            AUDIT,
            "directory",
            action,
            f"/tenants/{self._facts.tenant_id}",
            "succeeded",
            extra=dict(extra),
        )

    def _membership(self, change: Change) -> Operation:
        removed = change.kind == "memberRemoved"
        who = self._authors[0] if self._authors else self._stranger
        member = self._facts.people[change.subject]
        kind = "User" if member.kind == "user" else "ServicePrincipal"
        name = self._facts.group_names.get(change.group, "")
        extra = {
            "service": "Core Directory",
            "category": "GroupManagement",
            "type": "Unassign" if removed else "Assign",
            "targets": member_targets((member.guid, kind, member.upn), (change.group, name), removed=removed),
        }
        return self._audit("Remove member from group" if removed else "Add member to group", change.time, who, extra)
