"""Scenarios of a tenant over time: what a snapshot holds, what logs say was changed, and answers about instants.

A scenario is as `tests/scenarios/README.md` says, with a `log` of entries `{at, <deed>: <what>}`. Deeds: `written`,
`deleted`, `activated`, `deactivated`, `eligible`, `notEligible` (`alice Reader sub1`, with `as`, `condition`, `hours`);
`joined`, `left` (`alice team`); `role`, `roleDeleted` (`mine`, with `actions`); `elevated` (`alice`); `directoryRole`
(`alice Global Administrator`). `how` is `done` (default), `begun`, `failed`, or `both` for the beginning and the end;
`told: false` leaves the content away, `replaced: true` says that it stood there before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from tests.fakes import scenario
from tests.fakes.scenario_names import Names, guid
from tests.fakes.scenario_tenant import expand
from tests.strategies.histories import Records, activity, audit, member_target

from remit.model.interval import parse_instant, to_micros
from remit.model.usage import ObservedChange, ObservedOutcome, Phase
from remit.reference.export import Export
from remit.usage.changes import changes_of

_AUTHORIZATION = "Microsoft.Authorization/"


@dataclass(frozen=True, slots=True)
class HistoryScenario:
    """A named history with answers it must give."""

    name: str
    clauses: tuple[str, ...]
    export: Export = field(repr=False)
    changes: tuple[ObservedChange, ...] = field(repr=False)
    asks: tuple[scenario.Ask, ...] = field(repr=False)


def load_histories(folder: Path) -> list[HistoryScenario]:
    """Read every scenario of every file."""
    found = []
    for path in sorted(folder.glob("*.yaml")):
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        found += [_scenario(document.get("base") or {}, one) for one in document["scenarios"]]
    return found


def _scenario(base: Mapping[str, Any], given: Mapping[str, Any]) -> HistoryScenario:
    names, lists, manifest = expand(scenario._merged(base, given.get("tenant") or {}))
    changes = tuple(
        change
        for number, entry in enumerate(given.get("log", ()))
        for record in _records(names, dict(entry), number)
        for change in changes_of(*record)
    )
    asks = tuple(scenario._asks(names, given["ask"]))
    return HistoryScenario(given["name"], tuple(given["clauses"]), Export(lists, manifest), changes, asks)


def _records(names: Names, entry: dict[str, Any], number: int) -> Records:
    at = to_micros(parse_instant(str(entry.pop("at"))))
    deed = next(one for one in _DEEDS if one in entry)
    return list(_DEEDS[deed](names, deed, entry, at, f"correlation {number}"))


def _rows(  # noqa: PLR0917 - what a record says
    entry: Mapping[str, Any], action: str, identity: str, body: Any, at: int, correlation: str, **more: Any
) -> Iterator[Any]:
    how = entry.get("how", "done")
    status = more.get("status", "OK")
    told = body if entry.get("told", True) else None
    if how in ("begun", "both", "failed"):
        yield activity(
            action,
            identity,
            at - 3,
            request=told,
            phase=Phase.STARTED,
            outcome=ObservedOutcome.UNFINISHED,
            correlation=correlation,
        )
    if how in ("done", "both"):
        yield activity(
            action, identity, at, response=None if how == "both" else told, status=status, correlation=correlation
        )
    if how == "failed":
        yield activity(action, identity, at, status="Conflict", outcome=ObservedOutcome.FAILED, correlation=correlation)


def _assigned(names: Names, deed: str, entry: dict[str, Any], at: int, correlation: str) -> Iterator[Any]:
    who, *role, where = str(entry[deed]).split()
    scope = names.scope(where)
    name = guid("assignment", str(entry.get("as", entry[deed])))
    base = "" if scope == "/" else scope
    properties: dict[str, Any] = {
        "principalId": names.principal(who),
        "roleDefinitionId": f"/providers/Microsoft.Authorization/roleDefinitions/{names.role(' '.join(role))}",
        "scope": scope,
        "principalType": "User",
    }
    if "condition" in entry:
        properties |= {"condition": names.text(entry["condition"]), "conditionVersion": "2.0"}
    kind, request = _KINDS[deed]
    if request:
        properties["requestType"] = request
        if "hours" in entry:
            properties["scheduleInfo"] = {"expiration": {"type": "AfterDuration", "duration": f"PT{entry['hours']}H"}}
    action = f"{_AUTHORIZATION}{kind}/{'delete' if deed == 'deleted' else 'write'}"
    identity = f"{base}/providers/{_AUTHORIZATION}{kind}/{name}"
    status = "OK" if deed == "deleted" or entry.get("replaced") else "Created"
    yield from _rows(entry, action, identity, {"properties": properties}, at, correlation, status=status)


_KINDS = {
    "written": ("roleAssignments", ""),
    "deleted": ("roleAssignments", ""),
    "activated": ("roleAssignmentScheduleRequests", "SelfActivate"),
    "deactivated": ("roleAssignmentScheduleRequests", "SelfDeactivate"),
    "eligible": ("roleEligibilityScheduleRequests", "AdminAssign"),
    "notEligible": ("roleEligibilityScheduleRequests", "AdminRemove"),
}


def _member(names: Names, deed: str, entry: dict[str, Any], at: int, correlation: str) -> Iterator[Any]:
    del correlation
    who, group = str(entry[deed]).split()
    name = "Add member to group" if deed == "joined" else "Remove member from group"
    yield audit(name, member_target(names.principal(group), names.principal(who)), at)


def _role(names: Names, deed: str, entry: dict[str, Any], at: int, correlation: str) -> Iterator[Any]:
    key = names.role(str(entry[deed]))
    lists = {name: entry[name] for name in ("actions", "notActions", "dataActions") if name in entry}
    body = {
        "properties": {
            "roleName": entry[deed],
            "type": "CustomRole",
            "permissions": [lists],
            "assignableScopes": ["/x"],
        }
    }
    verb = "write" if deed == "role" else "delete"
    status = "OK" if entry.get("replaced") or verb == "delete" else "Created"
    identity = f"/providers/{_AUTHORIZATION}roleDefinitions/{key}"
    yield from _rows(entry, f"{_AUTHORIZATION}roleDefinitions/{verb}", identity, body, at, correlation, status=status)


def _elevated(names: Names, deed: str, entry: dict[str, Any], at: int, correlation: str) -> Iterator[Any]:
    who = names.principal(str(entry[deed]))
    name = f"{_AUTHORIZATION}elevateAccess/action"
    yield activity(name, "/", at, status="OK", correlation=correlation, caller=who)


def _directory(names: Names, deed: str, entry: dict[str, Any], at: int, correlation: str) -> Iterator[Any]:
    del correlation
    who, _, role = str(entry[deed]).partition(" ")
    changed = [{"displayName": "Role.DisplayName", "newValue": f'"{role}"'}]
    yield audit("Add member to role", [{"id": names.principal(who), "type": "User", "modifiedProperties": changed}], at)


_DEEDS = {
    **dict.fromkeys(_KINDS, _assigned),
    "joined": _member,
    "left": _member,
    "role": _role,
    "roleDeleted": _role,
    "elevated": _elevated,
    "directoryRole": _directory,
}
