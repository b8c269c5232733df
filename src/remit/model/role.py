"""Role definitions: permission blocks, never flattened (D4)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class PermissionBlock:
    """One entry of a role's `permissions`: subtraction and condition belong to it alone (D4, M6).

    Patterns keep Azure's spelling, blanks and final slashes included (M5).
    """

    actions: tuple[str, ...] = ()
    not_actions: tuple[str, ...] = ()
    data_actions: tuple[str, ...] = ()
    not_data_actions: tuple[str, ...] = ()
    condition: str | None = None
    condition_version: str | None = None


class RoleSource(StrEnum):
    """Where the blocks of a role come from."""

    TENANT = "tenant"
    CATALOGUE = "catalogue"
    NOT_COLLECTED = "notCollected"


@dataclass(frozen=True, slots=True)
class RoleDefinition:
    """A role of the tenant, by the GUID at the end of its id.

    Attributes:
        key: lower-case last segment of the role definition id.
        name: role name, "" when not known.
        is_custom: a custom role (L6, L7 apply).
        blocks: permission blocks; () when not collected.
        source: tenant, starter catalogue, or not collected (its answers are unknown).
        invalid: why the role breaks L6, or "" (then it grants nothing).
    """

    key: str
    name: str
    is_custom: bool
    blocks: tuple[PermissionBlock, ...]
    source: RoleSource
    assignable_scopes: tuple[str, ...] = ()
    invalid: str = ""

    @property
    def has_data_actions(self) -> bool:
        """Tell whether any block lists a data action (L7, X3)."""
        return any(block.data_actions for block in self.blocks)


def broken_limit(blocks: tuple[PermissionBlock, ...], assignable_scopes: tuple[str, ...]) -> str:
    """Say how a custom role breaks L6, or return "".

    L6: one wildcard per permission string, no wildcard in assignableScopes, no `/` among them.
    """
    for block in blocks:
        for patterns in (block.actions, block.not_actions, block.data_actions, block.not_data_actions):
            for pattern in patterns:
                if pattern.count("*") > 1:
                    return f"`{pattern}` has more than one wildcard"
    for scope in assignable_scopes:
        if "*" in scope:
            return f"assignable scope `{scope}` has a wildcard"
        if scope == "/":
            return "a custom role cannot be assignable at /"
    return ""
