"""An export from which things are taken away, as an administrator would, and the graph of what is left."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from tests.fakes.scenario_draft import Lists, Row
from tests.fakes.world import FixedClock, PayloadReader

from remit.adapters.catalogue.starter import starter_roles
from remit.adapters.store.memory import MemoryStore
from remit.app.answering import Tenant
from remit.app.graphing.opening import Escalation, open_escalation
from remit.app.graphing.units import Unit
from remit.app.importing import import_tenant
from remit.bootstrap.edges import edge_catalogue
from remit.graph.known_permissions import known_permission


def lists_of(export: Path) -> tuple[Lists, Row]:
    """The rows of an export by list, and its manifest."""
    lists = {
        f"{file.parent.name}/{file.stem}": [json.loads(line) for line in file.read_text("utf-8").splitlines() if line]
        for file in sorted(export.glob("*/*.jsonl"))
        if file.parent.name in {"arm", "graph"}
    }
    return lists, json.loads((export / "manifest.json").read_text("utf-8"))


def opened(lists: Lists, manifest: Row) -> Escalation:
    """The graph of some rows."""
    store = MemoryStore(FixedClock())
    import_tenant(PayloadReader(lists, {"gaps": [], "cloud": "AzureCloud", **manifest}), store, starter_roles())
    tenant = Tenant.open(store, None, FixedClock())
    return open_escalation(tenant, store, edge_catalogue())


def without(lists: Lists, units: Iterable[Unit]) -> Lists:
    """The rows that are left when units are taken away."""
    left = dict(lists)
    for unit in units:
        gone = _GONE[unit.kind](unit.id.split("/"))
        for name, rows in left.items():
            left[name] = [row for row in rows if not gone(name, row)]
    return left


Gone = Callable[[str, Row], bool]


def _low(value: Any) -> str:
    return str(value or "").lower()


def _assignment(parts: list[str]) -> Gone:
    name = parts[-1].lower()
    return lambda _list, row: _low(row.get("id")).endswith(f"/{name}")


def _membership(parts: list[str]) -> Gone:
    group, member = parts

    def gone(list_name: str, row: Row) -> bool:
        if list_name == "graph/groupMembers":
            return (_low(row["parentId"]), _low(row["member"]["id"])) == (group, member)
        named = (_low(row.get("groupId")), _low(row.get("principalId")))
        return list_name.startswith("graph/group") and named == (group, member)

    return gone


def _directory(parts: list[str]) -> Gone:
    role, _, where = "/".join(parts[:-1]).partition("@")
    principal = parts[-1]

    def gone(list_name: str, row: Row) -> bool:
        named = (_low(row.get("roleDefinitionId")), _low(row.get("principalId")), _low(row.get("directoryScopeId")))
        return list_name.startswith("graph/directoryRole") and named == (role, principal, where.lower() or "/")

    return gone


def _owner(parts: list[str]) -> Gone:
    owned, owner = parts

    def gone(list_name: str, row: Row) -> bool:
        if not list_name.endswith("Owners"):
            return False
        other = row.get("owner") or row.get("member") or {}
        return (_low(row.get("parentId")), _low(other.get("id"))) == (owned, owner)

    return gone


def _app_role(parts: list[str]) -> Gone:
    _, permission, principal = parts

    def gone(list_name: str, row: Row) -> bool:
        if list_name != "graph/appRoleAssignments" or _low(row.get("principalId")) != principal:
            return False
        return _low(known_permission(_low(row.get("appRoleId")))) == permission.lower()

    return gone


def _identity(parts: list[str]) -> Gone:
    resource = "/".join(parts[:-1]).lower()

    def gone(list_name: str, row: Row) -> bool:
        if list_name == "arm/resources" and _low(row.get("id")) == resource:
            row.pop("identity", None)
        return False

    return gone


def _policy(parts: list[str]) -> Gone:
    vault, principal = "/".join(parts[:-1]).lower(), parts[-1]

    def gone(list_name: str, row: Row) -> bool:
        if list_name == "arm/resources" and _low(row.get("id")) == vault:
            policies = row["properties"]["accessPolicies"]
            row["properties"]["accessPolicies"] = [one for one in policies if _low(one.get("objectId")) != principal]
        return False

    return gone


_GONE: dict[str, Callable[[list[str]], Gone]] = {
    "roleAssignment": _assignment,
    "membership": _membership,
    "eligibleMembership": _membership,
    "directoryRoleAssignment": _directory,
    "owner": _owner,
    "appRoleAssignment": _app_role,
    "attachedIdentity": _identity,
    "accessPolicy": _policy,
}
