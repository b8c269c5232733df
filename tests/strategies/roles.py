"""Random role definitions and permission blocks (D4, L6, L7)."""

from __future__ import annotations

from typing import Any

from tests.strategies.choices import Choices
from tests.strategies.conditions import conditions
from tests.strategies.vocabulary import (
    BUILT_IN,
    CONTRIBUTOR,
    CONTROL_PATTERNS,
    CUSTOM_ROLES,
    DATA_PATTERNS,
    OWNER,
    READER,
)

Payload = dict[str, Any]
_ID = "/providers/Microsoft.Authorization/roleDefinitions/"


def built_in_role(key: str) -> Payload:
    """Return a built-in role as the service lists it."""
    return {
        "id": _ID + key,
        "name": key,
        "type": "Microsoft.Authorization/roleDefinitions",
        "properties": {
            "roleName": key[:8],
            "type": "BuiltInRole",
            "assignableScopes": ["/"],
            "permissions": BUILT_IN[key],
        },
    }


CATALOGUE = {key: built_in_role(key) for key in (OWNER, CONTRIBUTOR, READER)}
"""What stands in for the starter catalogue: roleDefinitions payloads of some built-in roles (V6)."""


def block(choose: Choices) -> Payload:
    """Return one permission block; a list that is empty may be absent."""
    lists = {
        "actions": choose.some(CONTROL_PATTERNS, 0, 3),
        "notActions": choose.some(CONTROL_PATTERNS, 0, 2) if choose.chance(40) else [],
        "dataActions": choose.some(DATA_PATTERNS, 0, 2) if choose.chance(45) else [],
        "notDataActions": choose.some(DATA_PATTERNS, 0, 1) if choose.chance(30) else [],
    }
    made: Payload = {name: [choose.spell(one) for one in found] for name, found in lists.items()}
    if choose.chance(20):
        made = {name: found for name, found in made.items() if found}
    if choose.chance(15):
        made["condition"] = conditions(choose)
        made["conditionVersion"] = choose.pick(("2.0", "2.0", "1.0", None, "3.0"))
    return made


def blocks(choose: Choices) -> list[Payload]:
    return [block(choose) for _ in range(choose.pick((1, 1, 1, 2, 3)))]


def custom_role(choose: Choices, key: str, scopes: list[str]) -> Payload:
    """Return a custom role; a few break L6, a few call themselves built-in and may hold several wildcards."""
    role_type = choose.pick(("CustomRole", "CustomRole", "CustomRole", "BuiltInRole", "customrole"))
    assignable = choose.some(scopes, 1, 2)
    if choose.chance(6):
        assignable.append(choose.pick(("/", "/subscriptions/*")))
    return {
        "id": choose.spell(_ID) + choose.spell(key),
        "name": choose.spell(key),
        "type": "Microsoft.Authorization/roleDefinitions",
        "properties": {
            "roleName": f"role {key[-2:]}",
            "type": role_type,
            "assignableScopes": assignable,
            "permissions": blocks(choose),
        },
    }


def role_definitions(choose: Choices, scopes: list[str]) -> list[Payload]:
    """Return the list: most built-in roles, some custom ones, one of them listed under two scopes (V20)."""
    found = [built_in_role(key) for key in choose.some(tuple(BUILT_IN), 3, len(BUILT_IN))]
    for key in choose.some(CUSTOM_ROLES, 2, len(CUSTOM_ROLES)):
        role = custom_role(choose, key, scopes)
        found.append(role)
        if choose.chance(15):
            found.append({**role, "id": scopes[0].rstrip("/") + role["id"]})
    return found
