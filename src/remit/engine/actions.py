"""What one action means to every role and every deny: asked once per action, remembered.

Rules kept here: D4 and D6 (per block, per plane), V2 and V6 (a role that was not collected may grant anything).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from remit.engine.facts import DenyPermissions
from remit.engine.patterns import PatternIndex
from remit.model.question import Plane
from remit.model.role import PermissionBlock, RoleDefinition, RoleSource

NO, PLAIN, CONDITIONED, NOT_COLLECTED = range(4)
"""Codes of `ActionMatch`: covers not; a block without condition does; only blocks with one do; not known."""

_REMEMBERED = 65_536
"""Actions kept per plane: more than any catalogue has, so that a batch over all of it does not forget as it goes."""


def has_condition(text: str | None) -> bool:
    """Tell whether a condition says anything; an empty or blank one does not (V13)."""
    return text is not None and bool(text.strip())


@dataclass(frozen=True, slots=True)
class ActionMatch:
    """One action on one plane, against all roles and denies.

    Attributes:
        roles: one code per role, `NO`, `PLAIN`, `CONDITIONED` or `NOT_COLLECTED`.
        denies: one code per row of `TenantFacts.deny_permissions`, `NO`, `PLAIN` or `CONDITIONED`.
        blocks: numbers of the covering blocks; see `ActionTable.role_blocks` and `deny_blocks`.
    """

    roles: bytes
    denies: bytes
    blocks: frozenset[int]


class ActionTable:
    """Permission blocks of all roles, then of all denies, numbered in one sequence.

    Attributes:
        blocks: all permission blocks.
        role_start: number of each role's first block, and one more.
        deny_start: number of the first block of each row of deny permissions, and one more.
    """

    __slots__ = (
        "_denies",
        "_owner",
        "_patterns",
        "_remembered",
        "_roles",
        "_unknown",
        "blocks",
        "deny_start",
        "role_start",
    )

    def __init__(self, roles: Sequence[RoleDefinition], denies: Sequence[DenyPermissions]) -> None:
        self.blocks: list[PermissionBlock] = []
        self.role_start: list[int] = [0]
        self._owner: list[int] = []
        for row, role in enumerate(roles):
            self.blocks.extend(role.blocks)
            self._owner.extend([row] * len(role.blocks))
            self.role_start.append(len(self.blocks))
        self.deny_start: list[int] = [len(self.blocks)]
        for row, deny in enumerate(denies):
            self.blocks.extend(deny.blocks)
            self._owner.extend([row] * len(deny.blocks))
            self.deny_start.append(len(self.blocks))
        self._denies = [has_condition(deny.condition) for deny in denies]
        self._unknown = bytes(NOT_COLLECTED if role.source is RoleSource.NOT_COLLECTED else NO for role in roles)
        self._patterns = PatternIndex(self.blocks)
        self._remembered: tuple[dict[str, ActionMatch], dict[str, ActionMatch]] = ({}, {})

    def match(self, action: str, plane: Plane) -> ActionMatch:
        """Return what an action, in any letter case, means. Cost: a look-up, or about 20 us the first time."""
        remembered = self._remembered[plane]
        found = remembered.get(action)
        if found is None:
            found = self._match(action.lower(), plane)
            if len(remembered) >= _REMEMBERED:
                remembered.clear()
            remembered[action] = found
        return found

    def _match(self, action: str, plane: Plane) -> ActionMatch:
        covering = self._patterns.match(action, plane).blocks
        roles = bytearray(self._unknown)
        denies = bytearray(len(self._denies))
        first_deny = self.deny_start[0]
        for number in covering:
            owner = self._owner[number]
            code = CONDITIONED if has_condition(self.blocks[number].condition) else PLAIN
            if number >= first_deny:
                if self._denies[owner]:
                    code = CONDITIONED
                denies[owner] = code if not denies[owner] else min(denies[owner], code)
            else:
                roles[owner] = code if not roles[owner] else min(roles[owner], code)
        return ActionMatch(bytes(roles), bytes(denies), covering)

    def role_blocks(self, role: int, match: ActionMatch) -> list[int]:
        """Return the numbers of a role's blocks that cover the action."""
        return [number for number in range(self.role_start[role], self.role_start[role + 1]) if number in match.blocks]

    def deny_blocks(self, permissions: int, match: ActionMatch) -> list[int]:
        """Return the numbers of a deny's blocks that cover the action."""
        first, last = self.deny_start[permissions], self.deny_start[permissions + 1]
        return [number for number in range(first, last) if number in match.blocks]
