"""Who there is and where: Graph lists, management groups, subscriptions, and crowds for the limits (L)."""

from __future__ import annotations

from tests.fakes.scenario_draft import GRAPH_TYPES, Draft, Row
from tests.fakes.scenario_names import guid


def write_directory(draft: Draft) -> None:
    for kind in GRAPH_TYPES:
        for name, fields in draft.principals(kind).items():
            draft.lists[f"graph/{kind}"].append(_principal(draft, kind, name, fields))
    for group, members in (draft.tenant.get("groups") or {}).items():
        for member in members or ():
            _pair(draft, "graph/groupMembers", str(group), str(member))
    for thing, owners in (draft.tenant.get("owners") or {}).items():
        kind = "graph/groupOwners" if draft.kinds.get(thing) == "groups" else "graph/servicePrincipalOwners"
        for owner in owners:
            _pair(draft, kind, str(thing), str(owner))
    for line in draft.tenant.get("directoryRoles", ()):
        who, role = str(line).split(maxsplit=1)
        draft.lists["graph/directoryRoleAssignments"].append(
            {
                "id": guid("directoryRoleAssignment", str(line)),
                "principalId": draft.names.principal(who),
                "roleDefinitionId": guid("directoryRole", role),
                "directoryScopeId": "/",
            }
        )


def _principal(draft: Draft, kind: str, name: str, fields: Row) -> Row:
    row: Row = {"id": draft.names.principal(name), "displayName": name}
    if kind in ("users", "servicePrincipals", "devices"):
        row["accountEnabled"] = not fields.pop("disabled", False)
    if kind == "users":
        row["userPrincipalName"] = f"{name}@example.com"
        row["userType"] = "Member"
    elif kind == "groups":
        row |= {"securityEnabled": True, "mailEnabled": False, "groupTypes": []}
    elif kind == "servicePrincipals":
        row |= {"appId": guid("application", name), "servicePrincipalType": "Application"}
    return row | fields


def _pair(draft: Draft, api: str, parent: str, member: str) -> None:
    kind = GRAPH_TYPES[draft.kinds.get(member, "users")]
    draft.lists[api].append(
        {
            "parentId": draft.names.principal(parent),
            "member": {"@odata.type": f"#microsoft.graph.{kind}", "id": draft.names.principal(member)},
        }
    )


def write_places(draft: Draft) -> None:
    base = "/providers/Microsoft.Management/managementGroups/"
    groups = {"root": None} | dict(draft.tenant.get("managementGroups") or {})
    for name, parent in groups.items():
        own = draft.names.management_group(str(name))
        link = None if parent is None else {"id": base + draft.names.management_group(str(parent))}
        if parent == "unknown":
            link = {"id": base + "a-group-nobody-listed"}
        draft.lists["arm/managementGroups"].append(
            {
                "id": base + own,
                "type": "Microsoft.Management/managementGroups",
                "name": own,
                "properties": {"tenantId": draft.tenant_id, "displayName": str(name), "parent": link},
            }
        )
    for name, parent in draft.subscriptions.items():
        identity = draft.names.subscription(str(name))
        draft.lists["arm/subscriptions"].append(
            {
                "id": f"/subscriptions/{identity}",
                "subscriptionId": identity,
                "displayName": str(name),
                "state": "Enabled",
                "tenantId": draft.tenant_id,
            }
        )
        if parent is not None:
            draft.lists["arm/managementGroups"].append(
                {
                    "id": f"/subscriptions/{identity}",
                    "type": "/subscriptions",
                    "name": identity,
                    "properties": {
                        "tenantId": draft.tenant_id,
                        "displayName": str(name),
                        "parent": {"id": base + draft.names.management_group(str(parent))},
                    },
                }
            )


def write_crowd(draft: Draft) -> None:
    """Add many users with an assignment each, many groups with one member, many roles: for the limits (L)."""
    crowd = draft.tenant.get("crowd") or {}
    for number in range(int(crowd.get("users", 0))):
        who = guid("crowd", str(number))
        draft.lists["graph/users"].append({"id": who, "displayName": f"crowd {number}", "accountEnabled": True})
        core = draft.core({"to": who, "role": crowd["role"], "at": crowd["at"], "type": "User"})
        draft.lists["arm/roleAssignments"].append(
            draft.arm("roleAssignments", core["scope"], guid("crowd assignment", str(number)), core)
        )
    for number in range(int(crowd.get("groups", 0))):
        group = guid("crowd group", str(number))
        draft.lists["graph/groups"].append({"id": group, "displayName": f"crowd {number}", "isAssignableToRole": True})
        member = {"@odata.type": "#microsoft.graph.user", "id": draft.names.principal(str(crowd["member"]))}
        draft.lists["graph/groupMembers"].append({"parentId": group, "member": member})
    for number in range(int(crowd.get("roles", 0))):
        scope = draft.names.scope(str(crowd["at"]))
        properties = {
            "roleName": f"crowd {number}",
            "type": "CustomRole",
            "assignableScopes": [scope],
            "permissions": draft.blocks({"actions": [f"My.Own/things{number}/read"]}),
        }
        role = draft.arm("roleDefinitions", scope, guid("crowd role", str(number)), properties)
        draft.lists["arm/roleDefinitions"].append(role)
