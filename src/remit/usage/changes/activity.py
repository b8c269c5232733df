"""Changes told by the Activity Log: writes and deletes under `Microsoft.Authorization`, and of diagnostic settings.

The body of a write stands in `properties.requestbody` (JSON in a text, `Properties` or `properties`), the old content
of a delete in `properties.responseBody`; where a record holds both, what Azure answered counts before what was asked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from remit.model.scope import assignment_scope_text
from remit.model.usage import ChangeKind, ObservedChange, ObservedOperation, ObservedOutcome, Phase
from remit.usage.changes.detail import FAILED, STARTED, SUCCEEDED, ChangeDetail, Permission, written
from remit.usage.changes.loose import inner, member, objects, strings, word
from remit.usage.changes.windows import schedule_window
from remit.usage.recognised import Recognised
from remit.usage.spellings import last_segment, spell_id

USER_ACCESS_ADMINISTRATOR = "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9"
"""What `elevateAccess` assigns at `/`."""

_AUTHORIZATION = "microsoft.authorization/"
_DIAGNOSTIC = "microsoft.insights/diagnosticsettings/"
_ENDS = ("selfdeactivate", "adminremove")
_NO_CHANGE = ("validate", "canceled", "denied", "failed")


@dataclass(frozen=True, slots=True)
class _Row:
    """One record as the readers below need it: the operation, its name, what was written, and the bodies."""

    operation: ObservedOperation
    kind: str
    identity: str
    request: Mapping[str, Any]
    response: Mapping[str, Any]
    ended: str
    status: str

    def said(self, *names: str) -> Any:  # noqa: ANN401 - whatever a body holds
        """Return a member of the body's properties: of the answer, else of the request."""
        for body in (self.response, self.request):
            found = member(inner(body, "properties") or body, *names)
            if found is not None:
                return found
        return None

    def text(self, *names: str) -> str:
        """Return the same as text."""
        found = self.said(*names)
        return found.strip() if isinstance(found, str) else ""

    @property
    def created(self) -> bool | None:
        """Say whether something new was made, as far as the status tells."""
        if "created" in self.status or self.status == "201":
            return True
        return False if self.status.startswith(("ok", "200")) else None

    @property
    def scope(self) -> str:
        """Return what the id stands at, without its own provider part."""
        found = assignment_scope_text(self.identity, self.kind)
        return found if found is not None else self.text("scope") or self.operation.scope


def activity_changes(found: Recognised, operation: ObservedOperation) -> tuple[ObservedChange, ...]:
    """Return what an Activity Log record says was changed; () for any other operation."""
    fields = found.fields
    # Not the action: what was deleted along with its group is authorised as the group's delete (quirk 2).
    name = (word(fields, "operationName", "OperationNameValue") or operation.action).lower()
    if not name.startswith((_AUTHORIZATION, _DIAGNOSTIC)):
        name = word(fields, "OperationNameValue").lower() or operation.action.lower()
    reader = _READERS.get(name)
    if reader is None:
        return ()
    row = _row(fields, operation, name)
    change = reader(row)
    return () if change is None else (change,)


def _row(fields: Mapping[str, Any], operation: ObservedOperation, name: str) -> _Row:
    properties = inner(fields, "properties", "Properties_d")
    properties = properties | inner(properties, "eventProperties")
    kind = name.rpartition("/")[0]
    identity = ""
    for text in (
        word(properties, "entity"),
        word(fields, "resourceId", "_ResourceId"),
        word(fields, "ResourceUri"),
        operation.scope,
    ):
        if f"/providers/{kind}/" in text.lower():
            identity = text.rstrip("/")
            break
    response = inner(properties, "responseBody")
    identity = identity or word(response, "id")
    status = word(properties, "statusCode") or word(fields, "resultSignature", "subStatus", "ActivitySubstatusValue")
    return _Row(
        operation, kind, identity, inner(properties, "requestbody"), response, ended_of(operation), status.lower()
    )


def ended_of(operation: ObservedOperation) -> str:
    """Return how far a change has come, by what its record says of the call."""
    if operation.outcome in (ObservedOutcome.FAILED, ObservedOutcome.REFUSED):
        return FAILED
    begun = operation.phase in (Phase.STARTED, Phase.ACCEPTED) or operation.outcome is ObservedOutcome.UNFINISHED
    return STARTED if begun else SUCCEEDED


def _change(row: _Row, kind: ChangeKind, detail: ChangeDetail, **ids: Any) -> ObservedChange:  # noqa: ANN401 - fields
    operation = row.operation
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


def _assignment_written(row: _Row) -> ObservedChange:
    role = row.text("roleDefinitionId")
    subject = spell_id(row.text("principalId"))
    detail = ChangeDetail(
        ended=row.ended,
        created=row.created,
        content_id=row.identity,
        principal_type=row.text("principalType"),
        condition=row.text("condition") or None,
        condition_version=row.text("conditionVersion") or None,
        told=bool(role and subject),
    )
    return _change(
        row,
        ChangeKind.ASSIGNMENT_WRITTEN,
        detail,
        subject_id=subject,
        object_id=last_segment(row.identity),
        role_id=last_segment(role),
        scope=row.scope,
    )


def _assignment_deleted(row: _Row) -> ObservedChange | None:
    role = row.text("roleDefinitionId")
    if not role and row.status.startswith(("nocontent", "204")):
        return None  # there was nothing to delete
    detail = ChangeDetail(
        ended=row.ended,
        content_id=row.identity,
        principal_type=row.text("principalType"),
        condition=row.text("condition") or None,
        condition_version=row.text("conditionVersion") or None,
        told=bool(role),
    )
    return _change(
        row,
        ChangeKind.ASSIGNMENT_DELETED,
        detail,
        subject_id=spell_id(row.text("principalId")),
        object_id=last_segment(row.identity),
        role_id=last_segment(role),
        scope=row.scope,
    )


def _definition(row: _Row, kind: ChangeKind) -> ObservedChange:
    told = row.said("permissions")
    detail = ChangeDetail(
        ended=row.ended,
        created=row.created,
        content_id=row.identity,
        role_name=row.text("roleName"),
        custom=(row.text("type", "roleType") or "CustomRole").lower() == "customrole",
        permissions=None if told is None else tuple(_permission(one) for one in objects(told)),
        assignable_scopes=strings(row.said("assignableScopes")),
        told=told is not None,
        object_name=row.text("roleName"),
    )
    return _change(row, kind, detail, object_id=last_segment(row.identity), scope=row.scope)


def _permission(body: Mapping[str, Any]) -> Permission:
    return Permission(
        strings(member(body, "actions")),
        strings(member(body, "notActions")),
        strings(member(body, "dataActions")),
        strings(member(body, "notDataActions")),
        word(body, "condition") or None,
        word(body, "conditionVersion") or None,
    )


def _request(row: _Row, *, eligible: bool) -> ObservedChange | None:
    asked = row.text("requestType").lower()
    if row.text("status").lower() in _NO_CHANGE or "validate" in asked:
        return None
    ends = asked in _ENDS
    kinds = (ChangeKind.ACTIVATED, ChangeKind.DEACTIVATED, ChangeKind.ELIGIBLE_ADDED, ChangeKind.ELIGIBLE_REMOVED)
    start, end = (None, None) if ends else schedule_window(inner_schedule(row), row.operation.time)
    role = row.text("roleDefinitionId")
    subject = spell_id(row.text("principalId"))
    detail = ChangeDetail(
        ended=row.ended,
        content_id=row.identity,
        principal_type=row.text("principalType"),
        condition=row.text("condition") or None,
        condition_version=row.text("conditionVersion") or None,
        told=bool(role and subject),
        request_type=asked,
        eligible=eligible,
    )
    return _change(
        row,
        kinds[2 * eligible + ends],
        detail,
        subject_id=subject,
        object_id=last_segment(row.identity),
        role_id=last_segment(role),
        scope=row.scope,
        start=start,
        end=end,
    )


def inner_schedule(row: _Row) -> dict[str, Any]:
    """Return what a PIM request says of its window."""
    for body in (row.response, row.request):
        found = inner(inner(body, "properties") or body, "scheduleInfo")
        if found:
            return found
    return {}


def _elevated(row: _Row) -> ObservedChange:
    return _change(
        row,
        ChangeKind.ELEVATED,
        ChangeDetail(ended=row.ended, told=True),
        subject_id=row.operation.principal_id,
        role_id=USER_ACCESS_ADMINISTRATOR,
        scope="/",
    )


def _setting(row: _Row, kind: ChangeKind) -> ObservedChange:
    body = {**(inner(row.request, "properties") or row.request), **inner(row.response, "properties")}
    detail = ChangeDetail(
        ended=row.ended, created=row.created, content_id=row.identity, told=bool(body), setting=body or None
    )
    return _change(row, kind, detail, object_id=last_segment(row.identity), scope=row.scope)


_READERS: dict[str, Callable[[_Row], ObservedChange | None]] = {
    f"{_AUTHORIZATION}roleassignments/write": _assignment_written,
    f"{_AUTHORIZATION}roleassignments/delete": _assignment_deleted,
    f"{_AUTHORIZATION}roledefinitions/write": lambda row: _definition(row, ChangeKind.DEFINITION_WRITTEN),
    f"{_AUTHORIZATION}roledefinitions/delete": lambda row: _definition(row, ChangeKind.DEFINITION_DELETED),
    f"{_AUTHORIZATION}roleassignmentschedulerequests/write": lambda row: _request(row, eligible=False),
    f"{_AUTHORIZATION}roleeligibilityschedulerequests/write": lambda row: _request(row, eligible=True),
    f"{_AUTHORIZATION}elevateaccess/action": _elevated,
    f"{_DIAGNOSTIC}write": lambda row: _setting(row, ChangeKind.DIAGNOSTIC_SETTING_WRITTEN),
    f"{_DIAGNOSTIC}delete": lambda row: _setting(row, ChangeKind.DIAGNOSTIC_SETTING_DELETED),
}
