"""Role definitions as Azure holds them (D4, L6, X3, rulings V6, V15, V16, V20)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from remit.model.question import Plane
from remit.reference.export import Export, Payload, gap_places, last_segment, low, properties, rows
from remit.reference.matching import block_matches

OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
USER_ACCESS_ADMINISTRATOR = "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9"
ASSIGN_ROLES = "Microsoft.Authorization/roleAssignments/write"
_NOT_DELEGABLE = tuple(
    f"Microsoft.Authorization/{kind}/{verb}"
    for kind in ("roleAssignments", "roleDefinitions", "classicAdministrators", "locks", "denyAssignments")
    for verb in ("write", "delete")
)
_FOUR_LISTS = ("actions", "notActions", "dataActions", "notDataActions")


@dataclass(frozen=True, slots=True)
class Role:
    """One role definition: its permission blocks are never flattened (D4)."""

    key: str
    is_custom: bool
    blocks: tuple[Payload, ...]
    breaks_limit: bool
    has_data_actions: bool


def read_role(payload: Payload) -> Role:
    """Read a roleDefinitions payload."""
    fields = properties(payload)
    blocks = tuple(fields.get("permissions") or ())
    is_custom = low(fields.get("type")) == "customrole"
    return Role(
        last_segment(payload.get("id") or payload.get("name")),
        is_custom,
        blocks,
        is_custom and breaks_limit(blocks, tuple(fields.get("assignableScopes") or ())),
        any(block.get("dataActions") for block in blocks),
    )


def breaks_limit(blocks: tuple[Payload, ...], assignable_scopes: tuple[str, ...]) -> bool:
    """L6: a custom role has one wildcard in a permission string, none in a scope, and never the scope `/`."""
    patterns = [pattern for block in blocks for name in _FOUR_LISTS for pattern in block.get(name) or ()]
    return any(pattern.count("*") > 1 for pattern in patterns) or any(
        "*" in scope or scope == "/" for scope in assignable_scopes
    )


class Roles:
    """The role definitions of one export, and the starter catalogue behind them."""

    def __init__(self, export: Export, catalogue: Mapping[str, Payload]) -> None:
        """Read the list, once; `catalogue` holds roleDefinitions payloads by lower-case GUID."""
        self._listed = {role.key: role for role in map(read_role, rows(export, "arm/roleDefinitions"))}
        self._ask_catalogue = bool(gap_places(export, "arm/roleDefinitions"))
        self._catalogue = catalogue

    def find(self, role_key: str) -> Role | None:
        """V6: the tenant's own list; the catalogue only where that list has a gap; else not collected."""
        if role_key in self._listed:
            return self._listed[role_key]
        if self._ask_catalogue and role_key in self._catalogue:
            return read_role(self._catalogue[role_key])
        return None


def is_delegable_role(role: Role) -> bool:
    """X3: what Lighthouse permits; Owner and User Access Administrator are judged by their ids elsewhere (V15)."""
    return not (
        role.is_custom
        or role.has_data_actions
        or any(block_matches(block, name, Plane.CONTROL) for block in role.blocks for name in _NOT_DELEGABLE)
    )
