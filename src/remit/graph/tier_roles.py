"""Tiers of roles and permissions: the highest of what they allow.

tiers = RoleTiers(index, facts, rules)
tiers.azure[role].certain

A role is judged by the operations that it covers, notActions taken away: those of the snapshot, of the rules, and those
that the declared kinds of edges need, so that a snapshot without a list of operations does not lower it. What it names
beyond them is judged by its own text, and by what a star at its end may stand for. Blocks under a condition make it
only possible.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from remit.engine.index import TenantIndex
from remit.engine.patterns import covers, expand
from remit.graph.facts import DirectoryRole, GraphFacts, RoleBasis
from remit.graph.tiers import ACTIONS, DATA_ACTIONS, DIRECTORY, DIRECTORY_ROLES, PERMISSIONS, Tier, TierRule, TierRules
from remit.model.question import Plane
from remit.model.role import PermissionBlock, RoleDefinition, RoleSource

GRAPH_APPS = ("00000003-0000-0000-c000-000000000000", "00000002-0000-0000-c000-000000000000")
"""Microsoft Graph, and the one before it: permissions of other APIs are their workloads'."""

_PLANES = {Plane.CONTROL: ACTIONS, Plane.DATA: DATA_ACTIONS}
_ENDS = ("write", "delete", "any/action", "read")
"""What a star at the end of a pattern stands for, where no operation that it covers is known."""


class RoleTier(NamedTuple):
    """What a role gives: for certain, and if conditions let it pass or what was not read is so."""

    certain: Tier
    possible: Tier


class Levels(NamedTuple):
    """What a role gives where it is assigned below management groups, and what at them or at the root."""

    below: RoleTier
    above: RoleTier


class _Vocabulary:
    """Names of one plane, sorted, and the tier of each."""

    def __init__(self, names: Sequence[str], rules: Sequence[TierRule]) -> None:
        self.names = tuple(sorted(set(names).union(*(rule.names for rule in rules))))
        self.tier = np.full(len(self.names), Tier.NONE, dtype=np.uint8)
        left = np.ones(len(self.names), np.bool_)
        for rule in rules:
            inside = np.zeros(len(self.names), np.bool_)
            inside[[place for place, name in enumerate(self.names) if name in rule.names]] = True
            inside[list(expand(rule.patterns, self.names))] = True
            inside[list(expand(rule.excepted, self.names))] = False
            self.tier[inside & left] = rule.tier
            left &= ~inside

    def highest(self, listed: Sequence[str], subtracted: Sequence[str]) -> tuple[Tier, list[str]]:
        """Return the highest tier of what patterns cover, and what to judge of those that cover no known name."""
        covered = expand(listed, self.names) - expand(subtracted, self.names)
        best = Tier(int(self.tier[list(covered)].min())) if covered else Tier.NONE
        unknown = [text for one in listed if not expand((one,), self.names) for text in _texts(one)]
        return best, [one for one in unknown if not any(covers(less, one.lower()) for less in subtracted)]


def _texts(pattern: str) -> list[str]:
    """Return a pattern that covers no known name as names that it stands for: with a star at its end, one an end."""
    return [pattern[:-1] + end for end in _ENDS] if pattern.endswith("*") else [pattern]


class RoleTiers:
    """Tiers of one snapshot's roles, directory roles and permissions."""

    def __init__(self, index: TenantIndex, facts: GraphFacts, rules: TierRules) -> None:
        self._index = index
        self._facts = facts
        self.rules = rules

    @cached_property
    def azure(self) -> tuple[Levels, ...]:
        """Per row of `TenantFacts.roles`. Cost: some milliseconds a role."""
        return tuple(
            Levels(self._azure(role, above=False), self._azure(role, above=True)) for role in self._index.facts.roles
        )

    @cached_property
    def _words(self) -> dict[tuple[Plane, bool], _Vocabulary]:
        return {
            (plane, above): _Vocabulary(
                [*self._index.catalogue.names[plane], *self.rules.known.get(word, ())],
                self.rules.on(word, above=above),
            )
            for plane, word in _PLANES.items()
            for above in (False, True)
        }

    def _azure(self, role: RoleDefinition, *, above: bool) -> RoleTier:
        for name in (role.key.partition("+")[0].lower(), role.name.lower()):
            if name in self.rules.roles:
                return RoleTier(self.rules.roles[name], self.rules.roles[name])
        if role.source is RoleSource.NOT_COLLECTED:
            return RoleTier(Tier.NONE, Tier.CONTROL)
        plain = [block for block in role.blocks if not (block.condition or "").strip()]
        return RoleTier(self.of_blocks(plain, above=above), self.of_blocks(role.blocks, above=above))

    def of_blocks(self, blocks: Sequence[PermissionBlock], *, above: bool) -> Tier:
        """Return the highest tier of some permission blocks, whatever their conditions say."""
        return min((self._block(block, above=above) for block in blocks), default=Tier.NONE)

    def _block(self, block: PermissionBlock, *, above: bool) -> Tier:
        best = Tier.NONE
        for plane, listed, subtracted in (
            (Plane.CONTROL, block.actions, block.not_actions),
            (Plane.DATA, block.data_actions, block.not_data_actions),
        ):
            if not listed:
                continue
            found, unknown = self._words[plane, above].highest(listed, subtracted)
            best = min([best, found, *(self.rules.of(_PLANES[plane], one, above=above) for one in unknown)])
        return best

    @cached_property
    def directory(self) -> tuple[Tier, ...]:
        """Per place in `GraphFacts.directory_roles`."""
        return tuple(self._directory(role) for role in self._facts.directory_roles)

    @cached_property
    def directory_possible(self) -> tuple[Tier, ...]:
        """The same with what may be so: a role that nobody knows may allow anything, unless a file settles it."""
        return tuple(
            Tier.CONTROL if role.basis == RoleBasis.UNKNOWN and self._settled(role) is None else tier
            for role, tier in zip(self._facts.directory_roles, self.directory, strict=True)
        )

    def _directory(self, role: DirectoryRole) -> Tier:
        settled = self._settled(role)
        if settled is not None:
            return settled
        own = self.rules.of(DIRECTORY_ROLES, role.key)
        return min([own, *(self.rules.of(DIRECTORY, action) for action in role.actions)])

    def _settled(self, role: DirectoryRole) -> Tier | None:
        names = (role.key.lower(), role.name.lower())
        return next((self.rules.directory_roles[name] for name in names if name in self.rules.directory_roles), None)

    @cached_property
    def permissions(self) -> NDArray[np.uint8]:
        """Per row of `AppRoleGrants.permission_name`, as a permission of Microsoft Graph."""
        names = self._facts.app_role_grants.permission_name
        return np.asarray([self.rules.of(PERMISSIONS, name) for name in names], dtype=np.uint8)
