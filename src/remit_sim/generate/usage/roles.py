"""Role definitions, read literally: which actions they give."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Block:
    """One permission block: patterns of actions and dataActions with what is taken out of them."""

    actions: tuple[str, ...]
    not_actions: tuple[str, ...]
    data_actions: tuple[str, ...]
    not_data_actions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Role:
    """A role definition by its GUID; `conditional` are those of its blocks that hold a condition."""

    guid: str
    name: str
    blocks: tuple[Block, ...]
    conditional: tuple[Block, ...] = ()

    @classmethod
    def read(cls, row: dict[str, Any]) -> Self:
        """Read a row of arm/roleDefinitions."""
        said = row.get("properties") or {}
        blocks = said.get("permissions") or ()
        free = tuple(_block(block) for block in blocks if not block.get("condition"))
        bound = tuple(_block(block) for block in blocks if block.get("condition"))
        return cls(str(row["name"]).lower(), str(said.get("roleName") or ""), free, bound)

    def gives(self, action: str, plane: str) -> bool:
        """Tell whether the role gives an action of the `control` or `data` plane, whatever a condition says."""
        return _gives(self.blocks, action.lower(), plane)

    def may_give(self, action: str, plane: str) -> bool:
        """Tell whether it does, or might by a block with a condition."""
        return self.gives(action, plane) or _gives(self.conditional, action.lower(), plane)


def _block(row: dict[str, Any]) -> Block:
    names = ("actions", "notActions", "dataActions", "notDataActions")
    return Block(*(tuple(row.get(name) or ()) for name in names))


@lru_cache(maxsize=65_536)
def _gives(blocks: tuple[Block, ...], action: str, plane: str) -> bool:
    if plane == "data":
        return any(_any(one.data_actions, action) and not _any(one.not_data_actions, action) for one in blocks)
    return any(_any(one.actions, action) and not _any(one.not_actions, action) for one in blocks)


def _any(patterns: tuple[str, ...], action: str) -> bool:
    return any(_compiled(pattern).fullmatch(action) is not None for pattern in patterns)


@lru_cache(maxsize=8_192)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(re.escape(pattern.lower()).replace(r"\*", ".*"), re.DOTALL)
