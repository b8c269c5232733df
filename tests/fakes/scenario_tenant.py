"""From the `tenant:` of a scenario to the raw payloads of a tenant export, in the shapes of Azure's own answers.

Every list of the export is there, empty where the scenario says nothing, so that nothing is a gap unless the scenario
asks for one with `lists: {absent: […]}` or `gaps: […]`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.fakes.scenario_access import (
    write_assignments,
    write_denies,
    write_lighthouse,
    write_pim,
    write_pim_groups,
)
from tests.fakes.scenario_directory import write_crowd, write_directory, write_places
from tests.fakes.scenario_draft import Draft, Lists, Row
from tests.fakes.scenario_guards import write_guards
from tests.fakes.scenario_names import Names
from tests.fakes.scenario_roles import BUILT_IN

_IDS = frozenset(
    (
        "id",
        "principalId",
        "roleDefinitionId",
        "scope",
        "parentId",
        "groupId",
        "originRoleAssignmentId",
        "subscriptionId",
        "name",
        "registrationDefinitionId",
        "appId",
    )
)


def expand(tenant: Mapping[str, Any]) -> tuple[Names, Lists, Row]:
    """Return what the short names stand for, the lists of payloads, and the manifest."""
    draft = Draft(tenant)
    for part in (
        write_directory,
        write_places,
        write_assignments,
        write_denies,
        write_pim,
        write_pim_groups,
        write_lighthouse,
        write_guards,
        _write_raw,
        write_crowd,
        _write_roles,
    ):
        part(draft)
    for name in (tenant.get("lists") or {}).get("absent", ()):
        del draft.lists[str(name)]
    lists = draft.lists
    if tenant.get("letterCase") == "upper":
        lists = in_capitals(lists)
    manifest = {
        "format": "azure-tenant-export/1",
        "tenantId": draft.tenant_id,
        "collectedAt": str(tenant.get("collectedAt", "2026-11-01T00:00:00Z")),
        "cloud": "AzureCloud",
        "gaps": [_gap(draft, gap) for gap in tenant.get("gaps", ())],
    }
    return draft.names, lists, manifest


def in_capitals(lists: Lists) -> Lists:
    """Return the same payloads with every id and action in capitals, as some of Azure's own answers have them."""
    return {name: [_shout(row) for row in rows] for name, rows in lists.items()}


def _gap(draft: Draft, gap: object) -> Row:
    if isinstance(gap, str):
        api, scope, *_ = [*gap.split(), "/"]
        gap = {"api": api, "scope": scope}
    found: Row = dict(gap)  # type: ignore[call-overload]  # a YAML mapping
    scope = str(found.get("scope", "/"))
    if scope.startswith("group:"):
        scope = "/groups/" + draft.names.principal(scope[6:])
    return {"api": found["api"], "scope": draft.names.scope(scope), "reason": found.get("reason", "403 Forbidden")}


def _write_raw(draft: Draft) -> None:
    """Add payloads that the scenario gives as they are."""
    for api, rows in (draft.tenant.get("raw") or {}).items():
        draft.lists[str(api)] += [_filled(row, draft.names) for row in rows]


def _write_roles(draft: Draft) -> None:
    custom = draft.tenant.get("roles") or {}
    hidden = {str(name) for name in draft.tenant.get("notCollected", ())}
    for name in sorted(draft.used_roles | set(custom)):
        if name in hidden:
            continue
        given = custom.get(name, {"builtIn": True, "blocks": BUILT_IN.get(name, ("", []))[1]})
        fields = dict(given) if isinstance(given, Mapping) and "blocks" in given else {"blocks": given}
        built_in = bool(fields.get("builtIn", False))
        row = draft.arm(
            "roleDefinitions",
            "/",
            draft.names.role(name),
            {
                "roleName": name,
                "type": "BuiltInRole" if built_in else "CustomRole",
                "description": "",
                "assignableScopes": [
                    draft.names.scope(str(one))
                    for one in fields.get("assignableScopes", ["/"] if built_in else list(draft.subscriptions)[:1])
                ],
                "permissions": draft.blocks(fields["blocks"]),
            },
        )
        draft.lists["arm/roleDefinitions"].append(row)


def _filled(value: Any, names: Names) -> Any:
    if isinstance(value, Mapping):
        return {key: _filled(one, names) for key, one in value.items()}
    if isinstance(value, list):
        return [_filled(one, names) for one in value]
    return names.text(value) if isinstance(value, str) else value


def _shout(value: Any, key: str = "") -> Any:
    """Return a payload with every id in capitals (M1, S2)."""
    if isinstance(value, Mapping):
        return {name: _shout(one, name) for name, one in value.items()}
    if isinstance(value, list):
        return [_shout(one, key) for one in value]
    return value.upper() if isinstance(value, str) and (key in _IDS or key.lower().endswith("actions")) else value
