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
    """A role definition by its GUID."""

    guid: str
    name: str
    blocks: tuple[Block, ...]

    @classmethod
    def read(cls, row: dict[str, Any]) -> Self:
        """Read a row of arm/roleDefinitions."""
        said = row.get("properties") or {}
        blocks = tuple(
            Block(
                *(tuple(block.get(name) or ()) for name in ("actions", "notActions", "dataActions", "notDataActions"))
            )
            for block in said.get("permissions") or ()
        )
        return cls(str(row["name"]).lower(), str(said.get("roleName") or ""), blocks)

    def gives(self, action: str, plane: str) -> bool:
        """Tell whether the role gives an action of the `control` or `data` plane."""
        return _gives(self.blocks, action.lower(), plane)


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
