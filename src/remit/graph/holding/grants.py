"""Assignments that grant what a class needs, by role: one look per role, one gather per assignment."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from remit.engine.actions import CONDITIONED, NO, NOT_COLLECTED, PLAIN
from remit.engine.facts import AssignmentFlag, AssignmentKind, PrincipalFlag, PrincipalKind
from remit.engine.index import TenantIndex
from remit.graph.holding.classes import HoldingClass
from remit.graph.kinds import Need
from remit.model.question import Plane

Codes = NDArray[np.int32]
Mask = NDArray[np.bool_]
Small = NDArray[np.uint8]

_GROUP_LIKE = (PrincipalKind.UNKNOWN, PrincipalKind.GROUP, PrincipalKind.FOREIGN_GROUP)
_RANK = np.zeros(4, dtype=np.uint8)
_RANK[[NO, NOT_COLLECTED, CONDITIONED, PLAIN]] = [0, 1, 2, 3]
NONE, UNREAD, UNDER_CONDITION, SURE = range(4)
"""How a role stands to a need or a way, worst first: it has it not; it was not collected; under a condition; surely."""


class Worth:
    """What assignments are worth at an instant, whatever is asked of them (L6, L7, P2, P4, X3, V5).

    Attributes:
        active, eligible: rows of assignments in force, and of those that could be activated, sorted.
        lighthouse: per assignment, whether it comes from a managing tenant: control plane only (X4).
    """

    def __init__(self, index: TenantIndex, micros: int) -> None:
        self.index = index
        table = index.facts.assignments
        bad = (
            AssignmentFlag.CUSTOM_DATA_AT_MANAGEMENT_GROUP
            | AssignmentFlag.LIGHTHOUSE_NOT_PERMITTED
            | AssignmentFlag.ELIGIBLE_SERVICE_PRINCIPAL
        )
        invalid = np.asarray(index.role_invalid, dtype=np.bool_)
        good = (table.start <= micros) & (micros < table.end) & ((table.flags & bad) == 0)
        if len(invalid):
            good &= ~invalid[table.role]
        if index.directory_complete:
            listed = (index.facts.principals.flags & PrincipalFlag.LISTED) != 0
            foreign = (table.flags & AssignmentFlag.FOREIGN_PRINCIPAL) != 0
            good &= (listed | _may_have_members(index))[table.principal] | foreign
        kind = table.kind
        self.lighthouse: Mask = (kind == AssignmentKind.LIGHTHOUSE) | (kind == AssignmentKind.LIGHTHOUSE_ELIGIBLE)
        # An id of a managing tenant that is that of a group here says nothing about the members of the latter (V15).
        good &= ~(self.lighthouse & _groups_here(index)[table.principal])
        later = (kind == AssignmentKind.ELIGIBLE) | (kind == AssignmentKind.LIGHTHOUSE_ELIGIBLE)
        self.active: Codes = np.flatnonzero(good & ~later).astype(np.int32)
        self.eligible: Codes = np.flatnonzero(good & later).astype(np.int32)
        self.conditional: Mask = table.condition >= 0
        self._by_need: dict[Need, Small] = {}

    def roles(self, need: Need) -> Small:
        """Return how each role stands to one need."""
        found = self._by_need.get(need)
        if found is None:
            match = self.index.actions.match(need.action, need.plane)
            found = self._by_need[need] = _RANK[np.frombuffer(match.roles, dtype=np.uint8)]
        return found

    def roles_all(self, needs: Iterable[Need]) -> Small:
        """Return how each role stands to several needs together: as to the worst of them."""
        ranks = [self.roles(need) for need in needs]
        return np.minimum.reduce(ranks) if ranks else np.full(len(self.index.facts.roles), SURE, dtype=np.uint8)

    def roles_of(self, held: HoldingClass) -> Small:
        """Return how each role stands to a class: as to the best of its ways."""
        ranks: Small = np.maximum.reduce([self.roles_all(way.needs) for way in held.ways])
        return ranks

    def rows(self, role_ranks: Small, rows: Codes, *, data: bool) -> Codes:
        """Return which assignments have roles that stand to something at all; `data`: it needs a data action."""
        chosen: Codes = rows[role_ranks[self.index.facts.assignments.role[rows]] != NONE]
        return chosen[~self.lighthouse[chosen]] if data else chosen


def _may_have_members(index: TenantIndex) -> Mask:
    """Tell who, though gone, may be a group with members: through PIM, or because member lists were not read (V5)."""
    kinds, directory = index.facts.principals.kind, index.directory
    found = np.isin(kinds, _GROUP_LIKE) if directory.any_group else np.zeros(len(kinds), np.bool_)
    found[directory.timed.parent] = True
    found[sorted(directory.unread)] = True
    return found


def _groups_here(index: TenantIndex) -> Mask:
    """Tell who is a group of this tenant: listed as one, or with members."""
    table, directory = index.facts.principals, index.directory
    found: Mask = (table.kind == PrincipalKind.GROUP) & ((table.flags & PrincipalFlag.LISTED) != 0)
    found |= np.diff(directory.closure.member_offsets) > 0
    found[directory.timed.parent] = True
    found[index.facts.eligible_memberships.parent] = True
    return found


def needs_data(held: HoldingClass) -> bool:
    """Tell whether every way of a class needs a data action."""
    return all(any(need.plane is Plane.DATA for need in way.needs) for way in held.ways)
