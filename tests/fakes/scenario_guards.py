"""What acts beside roles: locks, policies, settings of resources, classic administrators, requests."""

from __future__ import annotations

from tests.fakes.scenario_draft import Draft, Row
from tests.fakes.scenario_names import guid


def write_guards(draft: Draft) -> None:
    for line in draft.tenant.get("locks", ()):
        level, text = str(line).split()
        scope = draft.names.scope(text)
        draft.lists["arm/locks"].append(draft.arm("locks", scope, f"{level}-lock", {"level": level}))
    for given in draft.tenant.get("policies", ()):
        _policy(draft, dict(given))
    for text, fields in (draft.tenant.get("resources") or {}).items():
        draft.lists["arm/resources"].append(_resource(draft.names.scope(str(text)), dict(fields or {})))
    for number, line in enumerate(draft.tenant.get("classicAdministrators", ())):
        who, role, text = str(line).split()
        draft.lists["arm/classicAdministrators"].append(
            draft.arm(
                "classicAdministrators",
                draft.names.scope(text),
                f"classic{number}",
                {"emailAddress": f"{who}@example.com", "role": role},
            )
        )
    for api, rows in (draft.tenant.get("requests") or {}).items():
        for number, given in enumerate(rows):
            core = draft.core(draft.assignment_fields(given)) | {"status": "PendingApproval"}
            name = guid(str(api), str(number))
            draft.lists[f"arm/{api}"].append(draft.arm(str(api), core["scope"], name, core))


def _policy(draft: Draft, fields: Row) -> None:
    scope = draft.names.scope(str(fields["at"]))
    name = str(fields["as"])
    properties: Row = {
        "displayName": name,
        "policyDefinitionId": f"/providers/Microsoft.Authorization/policyDefinitions/{guid('policy', name)}",
        "scope": scope,
        "notScopes": [draft.names.scope(str(one)) for one in fields.get("notAt", ())],
        "enforcementMode": fields.get("mode", "Default"),
        "parameters": {"effect": {"value": fields["effect"]}} if "effect" in fields else {},
    }
    draft.lists["arm/policyAssignments"].append(draft.arm("policyAssignments", scope, name, properties))


def _resource(identity: str, properties: Row) -> Row:
    parts = identity.split("/")
    if "providers" not in parts:
        kind = "Microsoft.Resources/resourceGroups"
    else:
        at = len(parts) - 1 - parts[::-1].index("providers")
        kind = "/".join([parts[at + 1], *parts[at + 2 :: 2]])
    return {"id": identity, "name": parts[-1], "type": kind, "location": "westeurope", "properties": properties}
