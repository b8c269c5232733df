"""From the flattened objects that `az` prints back to the payloads of Azure Resource Manager.

`az` lifts the members of `properties` to the top level and adds names it looked up (`principalName`,
`roleDefinitionName`). Here they go back under `properties`, unknown ones too, so that the rest of Remit reads one
shape. An object that is a payload already (from `az rest`, or from an old `az`) passes as it is.

    >>> list_name, payload = to_payload({"id": "/x", "principalId": "p", "roleDefinitionId": "r", "scope": "/"})
    >>> list_name, payload["properties"]["principalId"]
    ('arm/roleAssignments', 'p')
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

ROLE_ASSIGNMENTS = "arm/roleAssignments"
ROLE_DEFINITIONS = "arm/roleDefinitions"
PROVIDER_OPERATIONS = "arm/providerOperations"
CLASSIC_ADMINISTRATORS = "arm/classicAdministrators"

COMMANDS: Mapping[str, str] = {
    ROLE_ASSIGNMENTS: "az role assignment list",
    ROLE_DEFINITIONS: "az role definition list",
    PROVIDER_OPERATIONS: "az provider operation list",
    CLASSIC_ADMINISTRATORS: "az role assignment list --include-classic-administrators",
}
"""Which command fills which list."""

CONDITION_NOT_LISTED = "<condition not collected: this version of az does not list the conditions of roles>"
"""Stands for a condition that may exist. It is no condition of Azure's language, so it is never taken for true (C9)."""

_ON_TOP = frozenset({"id", "name", "type"})
_TYPES = {
    ROLE_ASSIGNMENTS: "Microsoft.Authorization/roleAssignments",
    ROLE_DEFINITIONS: "Microsoft.Authorization/roleDefinitions",
    CLASSIC_ADMINISTRATORS: "Microsoft.Authorization/classicAdministrators",
}
_NO_ID = "NA("
"""How `az` begins the invented ids of classic administrators."""


def list_of(element: Any) -> str | None:  # noqa: ANN401 - any JSON value may stand in the file
    """Tell which list an object belongs to by its fields, or None."""
    if not isinstance(element, dict):
        return None
    inner = element["properties"] if isinstance(element.get("properties"), dict) else element
    if {"principalId", "roleDefinitionId"} <= inner.keys():
        return CLASSIC_ADMINISTRATORS if str(element.get("id")).startswith(_NO_ID) else ROLE_ASSIGNMENTS
    if "permissions" in inner and not inner.keys().isdisjoint({"roleName", "assignableScopes"}):
        return ROLE_DEFINITIONS
    if {"resourceTypes", "operations"} <= element.keys():
        return PROVIDER_OPERATIONS
    return None


def to_payload(element: dict[str, Any]) -> tuple[str, dict[str, Any]] | None:
    """Return the list and the payload of one object, or None when it is none of the three commands' objects."""
    list_name = list_of(element)
    if list_name is None or list_name == PROVIDER_OPERATIONS:
        # Providers are not flattened: their payload has no `properties`.
        return None if list_name is None else (list_name, element)
    if isinstance(element.get("properties"), dict):
        top = {key: value for key, value in element.items() if key != "properties"}
        inner = dict(element["properties"])
    else:
        top = {key: element[key] for key in ("id", "name", "type") if key in element}
        inner = {key: value for key, value in element.items() if key not in _ON_TOP}
    if list_name == CLASSIC_ADMINISTRATORS:
        return list_name, _classic(inner)
    if not isinstance(top.get("type"), str):
        top["type"] = _TYPES[list_name]
    if list_name == ROLE_DEFINITIONS:
        _restore_role(inner)
    return list_name, top | {"properties": inner}


def _classic(inner: dict[str, Any]) -> dict[str, Any]:
    scope, email = inner.get("scope"), inner.get("principalName")
    kind = _TYPES[CLASSIC_ADMINISTRATORS]
    return {
        "id": f"{scope}/providers/{kind}/{email}",
        "name": email,
        "type": kind,
        "properties": inner | {"emailAddress": email, "role": inner.get("roleDefinitionName")},
    }


def _restore_role(inner: dict[str, Any]) -> None:
    """Name the role's type as ARM does, and mark built-in blocks whose condition an old `az` left out.

    Only built-in roles have conditions of their own. A current `az` writes `condition: null` where there is none.
    """
    if "roleType" in inner and "type" not in inner:
        inner["type"] = inner["roleType"]
    blocks = inner.get("permissions")
    if inner.get("type") != "BuiltInRole" or not isinstance(blocks, list):
        return
    inner["permissions"] = [
        block | {"condition": CONDITION_NOT_LISTED, "conditionVersion": "2.0"}
        if isinstance(block, dict) and "condition" not in block
        else block
        for block in blocks
    ]
