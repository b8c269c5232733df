"""Payloads of a tenant in few words, and a reader over them, for tests of the import."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from remit.engine.facts import TenantFacts
from remit.engine.packing import pack
from remit.model.snapshot import Gap, SnapshotMeta
from remit.ports.reader import RawBatch, Skipped

TENANT = "11111111-0000-4000-8000-000000000000"
SUB = "/subscriptions/22222222-0000-4000-8000-000000000000"
GROUP = f"{SUB}/resourceGroups/App"
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
USER = "33333333-0000-4000-8000-000000000000"
TEAM = "44444444-0000-4000-8000-000000000000"
NOW = datetime(2026, 11, 1, tzinfo=UTC)

Row = dict[str, Any]
Lists = dict[str, list[Row]]


class TickingClock:
    """A minute later at each look."""

    def __init__(self) -> None:
        self._at = NOW

    def now(self) -> datetime:
        self._at += timedelta(minutes=1)
        return self._at


def assignment(name: str = "a1", **said: Any) -> Row:
    scope = said.get("scope", GROUP)
    properties = {"roleDefinitionId": role_id(READER), "principalId": USER, "principalType": "User", "scope": scope}
    return {
        "id": f"{'' if scope == '/' else scope}/providers/Microsoft.Authorization/roleAssignments/{name}",
        "properties": properties | said,
    }


def window(name: str, **said: Any) -> Row:
    row = assignment(name, **said)
    return row | {"id": row["id"].replace("/roleAssignments/", "/roleAssignmentScheduleInstances/")}


def role_id(guid: str) -> str:
    return f"/providers/Microsoft.Authorization/roleDefinitions/{guid}"


def role(guid: str = READER, **said: Any) -> Row:
    properties = {"roleName": "Reader", "type": "BuiltInRole", "permissions": [{"actions": ["*/read"]}]}
    return {"id": role_id(guid), "properties": properties | said}


def deny(name: str = "d1", **said: Any) -> Row:
    scope = said.get("scope", GROUP)
    properties = {
        "denyAssignmentName": name,
        "scope": scope,
        "permissions": [{"actions": ["*/delete"]}],
        "principals": [{"id": USER, "type": "User"}],
    }
    return {
        "id": f"{scope}/providers/Microsoft.Authorization/denyAssignments/{name}",
        "properties": properties | said,
    }


def entity(name: str, parent: str | None, kind: str = "/providers/Microsoft.Management/managementGroups/") -> Row:
    above = None if parent is None else f"/providers/Microsoft.Management/managementGroups/{parent}"
    return {"id": f"{kind}{name}", "properties": {"parent": {"id": above}}}


def pair(parent: str, member: str, kind: str = "user") -> Row:
    return {"parentId": parent, "member": {"@odata.type": f"#microsoft.graph.{kind}", "id": member}}


def small_tenant() -> Lists:
    """One of everything that a store has to keep."""
    return {
        "arm/managementGroups": [
            entity(TENANT, None),
            entity("22222222-0000-4000-8000-000000000000", TENANT, "/subscriptions/"),
        ],
        "arm/subscriptions": [{"id": SUB, "displayName": "Größe ✓", "unknown": {"kept": [1, 2.5, None]}}],
        "arm/resources": [
            {"id": GROUP, "type": "Microsoft.Resources/resourceGroups"},
            {
                "id": f"{GROUP}/providers/Microsoft.KeyVault/vaults/v",
                "type": "Microsoft.KeyVault/vaults",
                "properties": {"enableRbacAuthorization": True},
            },
            {
                "id": f"{GROUP}/providers/Microsoft.Compute/virtualMachines/m",
                "type": "Microsoft.Compute/virtualMachines",
            },
        ],
        "arm/roleDefinitions": [role(), role("custom-1", type="CustomRole", assignableScopes=[SUB])],
        "arm/roleAssignments": [
            assignment(),
            assignment("a2", condition="@Resource[a:b] StringEquals 'é'", principalId=TEAM),
        ],
        "arm/roleAssignmentScheduleInstances": [],
        "arm/denyAssignments": [
            deny(excludePrincipals=[{"id": TEAM, "type": "Group"}], condition="", conditionVersion="2.0"),
            deny("d2", principals=[{"id": "00000000-0000-0000-0000-000000000000", "type": "SystemDefined"}]),
        ],
        "arm/locks": [
            {"id": f"{GROUP}/providers/Microsoft.Authorization/locks/l", "properties": {"level": "CanNotDelete"}}
        ],
        "arm/classicAdministrators": [
            {
                "id": f"{SUB}/providers/Microsoft.Authorization/classicAdministrators/c",
                "properties": {"emailAddress": "a@b.example", "role": "CoAdministrator"},
            }
        ],
        "arm/providerOperations": [
            {"id": "/p/Microsoft.X", "operations": [{"name": "Microsoft.X/a/read", "isDataAction": False}]}
        ],
        "graph/users": [
            {"id": USER, "displayName": "Zoë", "userPrincipalName": "zoe@x.example", "accountEnabled": False}
        ],
        "graph/groups": [{"id": TEAM, "displayName": "Team"}],
        "graph/groupMembers": [pair(TEAM, USER)],
    }


class RowsReader:
    """Reads payloads from memory; `order` shuffles lists and rows."""

    def __init__(
        self, lists: Lists, gaps: Sequence[Gap] = (), *, tenant_id: str = TENANT, order: int | None = None
    ) -> None:
        self._lists = lists
        self._gaps = tuple(gaps)
        self._tenant_id = tenant_id
        self._order = order

    def again(self) -> RowsReader:
        return RowsReader(self._lists, self._gaps, tenant_id=self._tenant_id, order=self._order)

    def meta(self) -> SnapshotMeta:
        return SnapshotMeta(self._tenant_id, NOW, "AzureCloud", "tenantExport", frozenset(self._lists), self._gaps)

    def batches(self) -> Iterator[RawBatch]:
        names = list(self._lists)
        if self._order is not None:
            np.random.default_rng(self._order).shuffle(names)
        for name in names:
            rows = list(enumerate(self._lists[name], start=1))
            if self._order is not None:
                np.random.default_rng(self._order).shuffle(rows)
            payloads = [json.dumps(row, ensure_ascii=False).encode() for _, row in rows]
            yield RawBatch(name, f"{name}.jsonl", [int(line) for line, _ in rows], payloads)

    def skipped(self) -> Sequence[Skipped]:
        return ()

    def accounting(self) -> Sequence[tuple[str, str, int]]:
        return tuple((name, "used", len(rows)) for name, rows in self._lists.items())

    def size_hint(self) -> int | None:
        return 1_000


def write_export(folder: Path, lists: Lists) -> Path:
    """Write lists as a tenant export."""
    for name, rows in lists.items():
        path = folder / f"{name}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return folder


def differences(one: TenantFacts, other: TenantFacts) -> list[str]:
    """Name what two facts differ in; none when they are equal, byte by byte."""
    left, right = pack(one), pack(other)
    found = [
        name
        for name in left
        if name != "short" and (left[name].dtype != right[name].dtype or left[name].tobytes() != right[name].tobytes())
    ]
    short = ("meta", "flags", "roles", "deny_permissions", "classic_administrators")
    return found + [name for name in short if getattr(one, name) != getattr(other, name)]
