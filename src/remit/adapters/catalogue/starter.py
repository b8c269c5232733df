"""The built-in roles that Remit brings along (V6), read from `starter.toml` beside this module.

>>> starter_roles()["acdd72a7-3385-48ef-bd42-f606fba81ae7"].name
'Reader'
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from remit.model.role import PermissionBlock, RoleDefinition, RoleSource


@cache
def starter_roles() -> Mapping[str, RoleDefinition]:
    """Return the starter roles by lower-case GUID, sorted. Cost: some 15 ms, once."""
    text = files(__package__).joinpath("starter.toml").read_text("utf-8")
    roles = (_role(entry) for entry in tomllib.loads(text)["role"])
    return MappingProxyType({role.key: role for role in sorted(roles, key=lambda role: role.key)})


def _role(entry: dict[str, Any]) -> RoleDefinition:
    return RoleDefinition(
        key=entry["guid"],
        name=entry["name"],
        is_custom=False,
        blocks=tuple(_block(block) for block in entry["block"]),
        source=RoleSource.CATALOGUE,
        assignable_scopes=("/",),
    )


def _block(block: dict[str, Any]) -> PermissionBlock:
    return PermissionBlock(
        actions=tuple(block.get("actions", ())),
        not_actions=tuple(block.get("not_actions", ())),
        data_actions=tuple(block.get("data_actions", ())),
        not_data_actions=tuple(block.get("not_data_actions", ())),
        condition=block.get("condition"),
        condition_version=block.get("condition_version"),
    )
