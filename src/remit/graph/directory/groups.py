"""Groups as targets: whose members who may write.

Members of role-assignable groups are written only by those who may give roles, and by owners; members of dynamic groups
by nobody, their rule by some; groups that come from on-premises not here at all; those of restricted units from their
unit alone.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from remit.engine.facts import PrincipalKind
from remit.graph.directory import unread as lists
from remit.graph.directory.classes import CLOSED, OPEN, POSSIBLE, Classes, States, Traits, both
from remit.graph.directory.rules import WRITERS, rule_states
from remit.graph.directory.standing import Standing
from remit.graph.directory.unread import Unread
from remit.graph.drawing import Drawing
from remit.graph.facts import GroupFlag, UserFlag
from remit.graph.nodes import NodeKind, node_key

_UNREAD = 1 << 24
_SHIFT = {name: 8 + 2 * place for place, name in enumerate(WRITERS)}
_ORDINARY = GroupFlag.SECURITY | GroupFlag.UNIFIED
_NOT_SAID = GroupFlag.ASSIGNABLE_NOT_READ


def groups_of(standing: Standing, unread: Unread) -> Classes:
    """Sort the groups of a tenant. Cost: a few passes over principals; each distinct rule is read once."""
    wanted = standing.kind == PrincipalKind.GROUP
    if unread.any(lists.GROUPS):
        wanted |= standing.kind == PrincipalKind.UNKNOWN
    rows = np.flatnonzero(wanted)
    table = standing.drawing.facts.groups
    traits = np.full(standing.count, _UNREAD, dtype=np.int64)
    traits[table.principal] = table.flags
    dynamic = np.flatnonzero((table.flags & (GroupFlag.DYNAMIC | GroupFlag.PAUSED)) == GroupFlag.DYNAMIC)
    synced = bool((standing.drawing.facts.users.flags & UserFlag.SYNCED).any())
    kept: dict[str, int] = {}
    for row in dynamic.tolist():
        rule = table.rule[row]
        if rule not in kept:
            states_of = rule_states(rule)
            kept[rule] = sum(_sure(name, states_of[name], synced=synced) << _SHIFT[name] for name in WRITERS)
        traits[table.principal[row]] |= kept[rule]
    return Classes.of("group", node_key(NodeKind.PRINCIPAL, rows), traits[rows], states)


def group_traits(drawing: Drawing, principal: int) -> Traits | None:
    """Return the traits of one group, but for its rule; None where it is none that was read."""
    table = drawing.facts.groups
    place = int(np.searchsorted(table.principal, principal))
    if place >= len(table.principal) or int(table.principal[place]) != principal:
        return None
    return table.flags[place : place + 1].astype(np.int64)


def _sure(writer: str, state: int, *, synced: bool) -> int:
    """Return a state, not sure where who acts may be a user whose attributes are written on-premises."""
    return POSSIBLE if state == OPEN and synced and writer != "all" else state


def states(name: str, traits: Traits, inside: bool) -> States:
    """Return how classes of groups stand in a set.

    Sets: `group:assigned`, `group:security`, `group:unified` (members can be written, not role-assignable);
    `group:roleAssignable`; `group:pim` (PIM can be used); `group:owned` (by its owner), `group:ownedRule`;
    `group:dynamic` (the rule can be written), `group:attribute-…` (the rule can be met by a writer of attributes);
    `group:restricted` (who stands in a restricted unit); `group:every`.
    """
    what, _, writer = name.partition(":")[2].partition("-")
    groups = _Traits(traits)
    if what == "every":
        return np.full(len(traits), OPEN, dtype=np.uint8)
    if what == "attribute":
        # What a rule tests about a user does not depend on where the group stands.
        rule = np.where(groups.has(_UNREAD), POSSIBLE, (traits >> _SHIFT[writer]) & 3)
        return both(groups.dynamic, rule)
    found = groups.restricted_ones if what == "restricted" else groups.writable(inside=inside)
    return both(found, getattr(groups, _KINDS[what]))


class _Traits:
    """What classes of groups are, trait by trait as states."""

    def __init__(self, traits: Traits) -> None:
        self._traits = traits
        self._unread = self.has(_UNREAD)

    def has(self, flag: int) -> NDArray[np.bool_]:
        return (self._traits & flag) > 0

    def writable(self, *, inside: bool) -> States:
        shut = self.has(GroupFlag.SYNCED) | (self.has(GroupFlag.RESTRICTED) & (not inside))
        return np.where(shut, CLOSED, np.where(self._unread, POSSIBLE, OPEN)).astype(np.uint8)

    @property
    def restricted_ones(self) -> States:
        shut = self.has(GroupFlag.SYNCED | GroupFlag.ROLE_ASSIGNABLE) | ~self.has(GroupFlag.RESTRICTED)
        return np.where(shut, CLOSED, OPEN).astype(np.uint8)

    @property
    def any_members(self) -> States:
        """Members that are written one by one."""
        return np.where(self.has(GroupFlag.DYNAMIC), CLOSED, OPEN).astype(np.uint8)

    @property
    def ordinary(self) -> States:
        # A distribution list gives nothing; where neither was said, the list may have been read without the columns.
        sure = self.has(GroupFlag.SECURITY | GroupFlag.UNIFIED) & ~self.has(_NOT_SAID)
        shut = self.has(GroupFlag.ROLE_ASSIGNABLE)
        return both(self.any_members, np.where(shut, CLOSED, np.where(sure, OPEN, POSSIBLE)))

    @property
    def security(self) -> States:
        return both(self.ordinary, np.where(self.has(GroupFlag.UNIFIED), CLOSED, OPEN))

    @property
    def unified(self) -> States:
        return both(self.ordinary, np.where(self.has(GroupFlag.UNIFIED) | self._unread, OPEN, CLOSED))

    @property
    def role_assignable(self) -> States:
        otherwise = np.where(self.has(_NOT_SAID) | self._unread, POSSIBLE, CLOSED)
        return both(self.any_members, np.where(self.has(GroupFlag.ROLE_ASSIGNABLE), OPEN, otherwise))

    @property
    def dynamic(self) -> States:
        return np.where(self.has(GroupFlag.DYNAMIC), OPEN, np.where(self._unread, POSSIBLE, CLOSED)).astype(np.uint8)

    @property
    def maybe_dynamic(self) -> States:
        return both(self.dynamic, POSSIBLE)


_KINDS = {
    "assigned": "ordinary",
    "security": "security",
    "unified": "unified",
    "roleAssignable": "role_assignable",
    "pim": "any_members",
    "owned": "any_members",
    "restricted": "any_members",
    "dynamic": "dynamic",
    "ownedRule": "maybe_dynamic",
}
"""By the name of a set: which trait decides it, besides whether the group can be written at all."""
