"""Rows of Azure Resource Manager and Resource Graph, in the form and order in which a collector writes them.

Resource Graph says `type` in lower case, and a column that is null is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from remit_sim.generate.kinds import Kind

Row = dict[str, Any]

ROLE = "/providers/Microsoft.Authorization/roleDefinitions/"


def resource_group(scope: str, location: str, tags: dict[str, str]) -> Row:
    """Return a resource group."""
    return {
        "id": scope,
        "name": scope.rsplit("/", 1)[-1],
        "type": "Microsoft.Resources/resourceGroups",
        "location": location,
        "tags": tags,
        "properties": {"provisioningState": "Succeeded"},
    }


def resource(
    scope: str, kind: Kind, *, location: str, tags: dict[str, str], properties: Row, identity: Row | None = None
) -> Row:
    """Return a resource."""
    top = dict(kind.top)
    row: Row = {"id": scope, "name": scope.rsplit("/", 1)[-1], "type": kind.type.lower()}
    if "kind" in top:
        row["kind"] = top["kind"]
    row["location"] = location
    if "sku" in top:
        row["sku"] = top["sku"]
    if identity is not None:
        row["identity"] = identity
    return {**row, "tags": tags, "properties": properties}


def identity(tenant: str, own: str | None, attached: Sequence[tuple[str, str, str]]) -> Row | None:
    """Return the `identity` of a resource, None where it has none.

    Args:
        tenant: tenant id.
        own: object id of the system-assigned identity.
        attached: id, object id and application id of identities that are resources of their own.
    """
    kinds = [*(["SystemAssigned"] if own else []), *(["UserAssigned"] if attached else [])]
    if not kinds:
        return None
    row: Row = {"type": ", ".join(kinds)}
    if own:
        row |= {"principalId": own, "tenantId": tenant}
    if attached:
        row["userAssignedIdentities"] = {
            place: {"principalId": principal, "clientId": app_id} for place, principal, app_id in attached
        }
    return row


def identity_properties(tenant: str, principal: str, app_id: str) -> Row:
    """Return the `properties` of a managed identity that is a resource of its own."""
    return {"tenantId": tenant, "principalId": principal, "clientId": app_id}


def role_assignment(
    scope: str,
    name: str,
    role: str,
    holder: tuple[str, str],
    *,
    created: str,
    author: str,
    condition: str | None = None,
) -> Row:
    """Return a role assignment; at `/` in ARM's form, elsewhere in that of Resource Graph.

    Args:
        scope: where.
        name: its GUID.
        role: GUID of the role.
        holder: object id of the principal, and its type: User, Group or ServicePrincipal.
        created: when.
        author: object id of who granted it.
        condition: in the language of version 2.0.
    """
    said: Row = {"roleDefinitionId": ROLE + role, "principalId": holder[0], "principalType": holder[1], "scope": scope}
    if condition is not None:
        said |= {"condition": condition, "conditionVersion": "2.0"}
    return {
        "id": assignment_id(scope, name),
        "name": name,
        "type": "Microsoft.Authorization/roleAssignments"
        if scope == "/"
        else "microsoft.authorization/roleassignments",
        "properties": {**said, "createdOn": created, "updatedOn": created, "createdBy": author, "updatedBy": author},
    }


def assignment_id(scope: str, name: str) -> str:
    """Return the id of a role assignment."""
    return f"{'' if scope == '/' else scope}/providers/Microsoft.Authorization/roleAssignments/{name}"


def under(scope: str, list_name: str, name: str) -> str:
    """Return the id of what Microsoft.Authorization keeps at a scope."""
    return f"{scope}/providers/Microsoft.Authorization/{list_name}/{name}"


def authorization(scope: str, list_name: str, name: str, properties: Row) -> Row:
    """Return an object that Microsoft.Authorization keeps at a scope."""
    return {
        "id": under(scope, list_name, name),
        "name": name,
        "type": f"Microsoft.Authorization/{list_name}",
        "properties": properties,
    }
