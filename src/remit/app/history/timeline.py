"""What changed about a principal, a place or a role: told by logs, or seen only by comparing snapshots.

events(history, Subject("principal", object_id), since=None)
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from remit.app.answering import Tenant
from remit.app.history.comparing import Difference, differences
from remit.app.history.subjects import Subject
from remit.app.history.tenant_history import TenantHistory
from remit.model.history import Event
from remit.model.interval import from_micros, to_micros
from remit.model.usage import ChangeKind
from remit.usage.changes.base import scope_of
from remit.usage.changes.settling import SettledChange

_DEFINITIONS = (ChangeKind.DEFINITION_WRITTEN, ChangeKind.DEFINITION_DELETED)
_DIRECTORY = (ChangeKind.DIRECTORY_ROLE_ADDED, ChangeKind.DIRECTORY_ROLE_REMOVED)
_SETTINGS = (ChangeKind.DIAGNOSTIC_SETTING_WRITTEN, ChangeKind.DIAGNOSTIC_SETTING_DELETED)


def events(history: TenantHistory, subject: Subject, since: datetime | None = None) -> list[Event]:
    """Return what changed about a subject, the earliest first.

    Cost: the changes of the logs once; for each pair of neighbouring snapshots a comparison of the rows about it.
    """
    earliest = None if since is None else to_micros(since)
    names = _Names(history)
    found = [
        names.of_change(one)
        for one in history.changes
        if (earliest is None or one.change.time >= earliest) and _is_about(subject, one)
    ]
    for earlier, later in zip(history.stretches, history.stretches[1:], strict=False):
        if earliest is not None and later.read_at < earliest:
            continue
        before, after = history.state_of(later.read_at - 1), history.state_of(later.read_at)
        if before is None or after is None:
            continue
        # The state that the earlier snapshot and the logs lead to, against what the later one holds.
        unexplained = differences(before.index_at(later.read_at - 1), after.base, subject, later.read_at)
        found += [names.of_difference(one, earlier.read_at, later.read_at) for one in unexplained]
    return sorted(found, key=lambda one: (one.time, one.kind, one.object_id, one.subject_id))


def _is_about(subject: Subject, one: SettledChange) -> bool:
    said = one.change
    if subject.kind == "principal":
        return subject.key in (said.subject_id, said.object_id)
    if subject.kind == "role":
        return said.role_id == subject.key or (
            said.kind in (*_DEFINITIONS, *_DIRECTORY) and said.object_id == subject.key
        )
    scope = scope_of(said.scope)
    return scope is not None and not said.scope.startswith("/tenants/") and subject.holds(scope.key)


class _Names:
    """What people call principals and roles: as the newest snapshot has it, else as the record says."""

    def __init__(self, history: TenantHistory) -> None:
        self._tenant: Tenant | None = history.newest() if history.stretches else None
        roles = () if self._tenant is None else self._tenant.index.facts.roles
        self._roles = {role.key: role.name for role in roles}
        self.person = lru_cache(maxsize=4096)(self._person)

    def _person(self, principal_id: str) -> str:
        if self._tenant is None or not principal_id:
            return ""
        label = self._tenant.principals.named(principal_id).label
        return "" if label == principal_id else label

    def of_change(self, one: SettledChange) -> Event:
        said, detail = one.change, one.detail
        role_name = self._roles.get(said.role_id, "")
        object_name = detail.object_name or (self.person(said.object_id) if said.object_id else "")
        if said.kind in _DEFINITIONS:
            object_name = object_name or self._roles.get(said.object_id, "")
        return Event(
            from_micros(said.time),
            said.kind.value,
            logs=tuple(log.word for log in one.logs),
            confirmed=one.confirmed,
            actor_id=said.actor_id,
            actor_name=self.person(said.actor_id) or detail.actor_name,
            app_id=said.app_id,
            subject_id=said.subject_id,
            subject_name=self.person(said.subject_id) or detail.subject_name,
            object_id=said.object_id,
            object_name=object_name,
            role_id=said.role_id,
            role_name=role_name,
            scope="" if said.scope.startswith("/tenants/") else said.scope,
            start=None if said.start is None else from_micros(said.start),
            end=None if said.end is None else from_micros(said.end),
        )

    def of_difference(self, one: Difference, earlier: int, later: int) -> Event:
        return Event(
            from_micros(later),
            one.kind,
            since=from_micros(earlier),
            subject_id=one.subject_id,
            subject_name=self.person(one.subject_id),
            object_id=one.object_id,
            object_name=one.object_name or self.person(one.object_id),
            role_id=one.role_id,
            role_name=one.role_name,
            scope=one.scope,
        )
