"""What a snapshot and the changes that logs tell of say about logging, and since when access has stood as it does."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import msgspec
from msgspec import Struct

from remit.model.usage import ChangeKind, ObservedChange
from remit.ports.usage_store import UsedOperation
from remit.usage.observability import SeenVerb, Setting
from remit.usage.observable_days import DAY
from remit.usage.weights import WeightClass, weight_class

_MARK = "/providers/microsoft.insights/diagnosticsettings/"
_SERVICE_PARTS = 11
"""Parts of the id of a storage service: `/subscriptions/…/storageAccounts/{account}/blobServices/default`."""


class _Log(Struct, rename="camel"):
    enabled: bool = False
    category: str | None = None
    category_group: str | None = None


class _Properties(Struct):
    logs: list[_Log] | None = None


class _Row(Struct):
    id: str = ""
    properties: _Properties | None = None


_ROW = msgspec.json.Decoder(_Row)
_GROUPS = {
    "alllogs": frozenset({"AuditEvent", "StorageRead", "StorageWrite", "StorageDelete", "DataPlaneRequests"}),
    "audit": frozenset({"AuditEvent", "StorageRead", "StorageWrite", "StorageDelete", "DataPlaneRequests"}),
}


@dataclass(slots=True)
class Known:
    """What changes say, by what they are about.

    Attributes:
        settings: diagnostic settings written or deleted, the latest change of each place.
        assigned: when an assignment was last written, by its GUID. defined: the same of role definitions.
        joined: when a member was last added, by (member, group).
        left: who was removed, by group.
        activated: stretches in which a role was active, by (principal, role GUID, lower-case scope).
    """

    settings: dict[str, Setting] = field(default_factory=dict)
    assigned: dict[str, int] = field(default_factory=dict)
    defined: dict[str, int] = field(default_factory=dict)
    joined: dict[tuple[str, str], int] = field(default_factory=dict)
    left: dict[str, set[str]] = field(default_factory=dict)
    activated: dict[tuple[str, str, str], list[tuple[int, int | None]]] = field(default_factory=dict)

    @classmethod
    def of(cls, changes: Iterable[ObservedChange]) -> Known:
        """Take in changes, the earliest first."""
        known = cls()
        for one in changes:
            known.take(one)
        return known

    def take(self, one: ObservedChange) -> None:
        """Take in one change."""
        if one.kind is ChangeKind.ASSIGNMENT_WRITTEN:
            self.assigned[one.object_id] = one.time
        elif one.kind is ChangeKind.DEFINITION_WRITTEN:
            self.defined[one.object_id] = one.time
        elif one.kind is ChangeKind.MEMBER_ADDED:
            self.joined[one.subject_id, one.object_id] = one.time
        elif one.kind is ChangeKind.MEMBER_REMOVED:
            self.left.setdefault(one.object_id, set()).add(one.subject_id)
        elif one.kind is ChangeKind.ACTIVATED:
            key = (one.subject_id, one.role_id, one.scope.lower().rstrip("/") or "/")
            self.activated.setdefault(key, []).append((one.time if one.start is None else one.start, one.end))
        elif one.kind in (ChangeKind.DIAGNOSTIC_SETTING_WRITTEN, ChangeKind.DIAGNOSTIC_SETTING_DELETED):
            place = one.scope.lower().partition(_MARK)[0].rstrip("/")
            self.settings[place] = Setting(place, None, one.time // DAY)


def settings_of(payloads: Iterable[bytes]) -> list[Setting]:
    """Return the diagnostic settings of a snapshot's list; rows that are none are passed over."""
    found = []
    for payload in payloads:
        try:
            row = _ROW.decode(payload)
        except msgspec.DecodeError:
            continue
        place, mark, _ = row.id.lower().partition(_MARK)
        if mark and row.properties is not None:
            categories = _categories(row.properties.logs or [])
            if categories:
                found.append(Setting(place, categories))
    return found


def _categories(logs: Iterable[_Log]) -> frozenset[str]:
    found: set[str] = set()
    for log in logs:
        if log.enabled:
            found |= {log.category} if log.category else _GROUPS.get((log.category_group or "").lower(), frozenset())
    return frozenset(found)


def verbs_of(rows: Iterable[UsedOperation]) -> list[SeenVerb]:
    """Return which calls the logs of storage services hold: evidence of what is switched on."""
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for row in rows:
        if not row.action.lower().startswith("microsoft.storage/"):
            continue
        place = "/".join(row.scope.lower().split("/")[:_SERVICE_PARTS])
        weight = weight_class(row.action.lower())
        verb = {WeightClass.READ: "read", WeightClass.DELETE: "delete"}.get(weight, "")
        verb = verb or ("write" if row.action.lower().endswith("/write") else "")
        if verb:
            first, last = found.get((place, verb), (row.first_seen, row.last_seen))
            found[place, verb] = min(first, row.first_seen), max(last, row.last_seen)
    return [SeenVerb(place, verb, first // DAY, last // DAY) for (place, verb), (first, last) in sorted(found.items())]
