"""Where inheritance is cut: below deny assignments and locks holders are found one by one, as the engine decides.

Within a region every scope with assignments or targets of a class has its holders listed: who is allowed every need
there (all denies, conditions and memberships weighed), and who could give himself the role and is not denied. A lock
stops writes (B1); who may delete the lock can lift it first. Locks do not bind a managing tenant (B7).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from remit.engine.enumerate import Standing, standing
from remit.engine.facts import AssignmentKind, DenyFlag, LockLevel, PrincipalFlag
from remit.engine.guard_index import profile_of
from remit.engine.index import TenantIndex
from remit.graph.holding.classes import HoldingClass, HoldingWay
from remit.graph.holding.grants import NONE, Worth
from remit.graph.holding.tree import PlaceTree
from remit.graph.kinds import Need
from remit.graph.network import EdgeFlag
from remit.model.question import Plane

Codes = NDArray[np.int32]
Mask = NDArray[np.bool_]

MOST_PLACES = 4_000
"""So many scopes of one class below denies or locks are asked one by one; with more, edges there are possible."""

MOST_STANDINGS = 40_000
"""So many questions are put to the engine for all regions of a graph."""

LOCK_DELETE = Need("Microsoft.Authorization/locks/delete", Plane.CONTROL)
ROLE_WRITE = Need("Microsoft.Authorization/roleAssignments/write", Plane.CONTROL)


@dataclass(frozen=True, slots=True, eq=False)
class Holders:
    """Who holds a class at one scope of a region.

    Attributes:
        principal: rows, a group only where everybody in it holds it, too. flags: `EdgeFlag` bits.
        by_grant: True where it holds it only after giving itself a role.
    """

    principal: Codes
    flags: NDArray[np.uint8]
    by_grant: Mask


class Regions:
    """The parts of the tree where denies or locks stand, for one index at one instant.

    Attributes:
        owners: who can give any role at `/` beyond role assignments: whoever can elevate (E2).
        exhausted: the budget of questions is used up; edges into regions are possible from then on.
    """

    def __init__(self, index: TenantIndex, tree: PlaceTree, worth: Worth, at: datetime, owners: Mask) -> None:
        self._index = index
        self._tree = tree
        self._worth = worth
        self._at = at
        self.owners = owners
        self._kept: dict[tuple[Need, int], Standing] = {}
        self._asked = 0
        locks = index.facts.locks
        self._locks: dict[int, int] = {}
        for scope, level in zip(locks.scope.tolist(), locks.level.tolist(), strict=True):
            self._locks[scope] = max(level, self._locks.get(scope, 0))
        table = index.facts.assignments
        lighthouse = np.zeros(len(index.facts.principals.key), np.bool_)
        lighthouse[table.principal[table.kind == AssignmentKind.LIGHTHOUSE]] = True
        self._lighthouse = lighthouse & ((index.facts.principals.flags & PrincipalFlag.LISTED) == 0)

    @property
    def exhausted(self) -> bool:
        """Whether no more questions are put."""
        return self._asked >= MOST_STANDINGS

    def listed(self, held: HoldingClass, ranks: NDArray[np.uint8], places: Mask) -> tuple[Mask, Mask]:
        """Return the region of a class, and at which of its scopes holders are to be listed.

        Args:
            held: the class.
            ranks: how each role stands to it.
            places: scopes with targets at them.

        Returns:
            Masks over the scopes. Between the listed ones inheritance is as everywhere. None are listed where they
            would be too many: then what is inherited into the region is only possible.
        """
        nothing = np.zeros(self._tree.count, np.bool_)
        cut = self.cuts(held)
        if len(cut):
            cut = cut[self._tree.counts_below(np.flatnonzero(places).astype(np.int32))[cut] > 0]
        if not len(cut):
            return nothing, nothing
        region = self._tree.below(cut)
        listed = nothing.copy()
        listed[cut] = True
        table = self._index.facts.assignments
        giving = self._worth.roles(ROLE_WRITE)
        for rows in (self._worth.active, self._worth.eligible):
            roles = table.role[rows]
            listed[table.scope[rows[(ranks[roles] != NONE) | (giving[roles] != NONE)]]] = True
        here_only = self._here_only()
        if len(here_only):
            listed |= places & self._tree.below(here_only)
        listed &= region
        if int(listed.sum()) > MOST_PLACES or self.exhausted:
            return region, nothing
        return region, listed

    def doubt(self, held: HoldingClass) -> Mask:
        """Return the scopes where a deny or a lock may stand that was not read, or whose place was not (V3).

        A lock matters where it would stop every way of the class.
        """
        index, tree = self._index, self._tree
        rows = set(index.deny_gaps)
        if all(_stopped(way, LockLevel.READ_ONLY) for way in held.ways):
            rows.update(index.guards.lock_gaps)
        stopping = set(self.cuts(held).tolist())
        for row, groups in tree.unsure:
            if not stopping.isdisjoint(groups):
                rows.add(row)
        return tree.below(np.asarray(sorted(rows), dtype=np.int32))

    def _here_only(self) -> Codes:
        """Return the scopes of denies that say nothing about what is below them (N6)."""
        denies = self._index.facts.denies
        scopes: Codes = denies.scope[(denies.flags & DenyFlag.THIS_SCOPE_ONLY) != 0]
        return scopes

    def cuts(self, held: HoldingClass) -> Codes:
        """Return the scopes where a deny or a lock may stop a way of the class, sorted."""
        found = self._deny_scopes(held)
        stopping = {level for level in set(self._locks.values()) if any(_stopped(way, level) for way in held.ways)}
        found.update(scope for scope, level in self._locks.items() if level in stopping)
        return np.asarray(sorted(found), dtype=np.int32)

    def _deny_scopes(self, held: HoldingClass) -> set[int]:
        denies = self._index.facts.denies
        if not len(denies.scope):
            return set()
        covered = np.zeros(len(self._index.facts.deny_permissions), dtype=np.bool_)
        for need in {need for way in held.ways for need in way.needs}:
            match = self._index.actions.match(need.action, need.plane)
            covered |= np.frombuffer(match.denies, dtype=np.uint8) != NONE
        here = covered[denies.permissions] & ((denies.flags & DenyFlag.AUDIT) == 0)
        return set(denies.scope[here].tolist())

    def holders(self, held: HoldingClass, row: int) -> Holders:
        """Return who holds a class at a scope of a region. Cost: a few masks over all principals for each need."""
        count = len(self._index.facts.principals.key)
        sure, may = np.zeros(count, np.bool_), np.zeros(count, np.bool_)
        lifting, later, granting, own = (np.zeros(count, np.bool_) for _ in range(4))
        granters = self._granters(row)
        for way in held.ways:
            parts = [self._standing(need, row) for need in way.needs]
            way_sure = np.logical_and.reduce([part.allowed for part in parts])
            way_may = np.logical_and.reduce([part.possible for part in parts])
            undenied = ~np.logical_or.reduce([part.denied | part.may_be_denied for part in parts])
            way_later = undenied & np.logical_and.reduce([part.allowed | part.eligible for part in parts])
            way_grant = granters & undenied
            free = self._unlocked(way, row)
            if free is None:
                sure |= way_sure
                may |= way_may
                later |= way_later
                granting |= way_grant
                continue
            # A granter gives himself what deletes the lock as well.
            own |= way_sure & free
            lifting |= (way_sure & free) | way_grant
            granting |= way_grant
            sure |= way_sure & self._lighthouse
            may |= way_may & (free | self._lighthouse)
        flags = np.where(may & ~sure, EdgeFlag.POSSIBLE, 0)
        flags = np.where(later & ~sure, EdgeFlag.ELIGIBLE, flags)
        flags = np.where((lifting | granting) & ~sure, 0, flags)
        flags = np.where(lifting & ~sure, flags | EdgeFlag.LIFTS, flags).astype(np.uint8)
        anyone = sure | may | lifting | later | granting
        rows = self._compact(anyone)
        by_grant = granting & ~sure & ~own
        return Holders(rows, flags[rows], by_grant[rows])

    def _granters(self, row: int) -> Mask:
        """Return who can give himself any role at a scope, or above it where a ReadOnly lock stops that (B2)."""
        allowed = self._standing(ROLE_WRITE, row).allowed
        locked = [scope for scope in self._tree.chain(row) if self._locks.get(scope, 0) >= LockLevel.READ_ONLY]
        if locked:
            allowed = allowed & np.logical_and.reduce([self._standing(LOCK_DELETE, one).allowed for one in locked])
            above = int(self._tree.parent[locked[-1]])
            if above >= 0:
                allowed |= self._standing(ROLE_WRITE, above).allowed
        return allowed | self.owners

    def _unlocked(self, way: HoldingWay, row: int) -> Mask | None:
        """Return who can delete every lock that stops a way at a scope, None where none does."""
        stopping = [
            scope for scope in self._tree.chain(row) if scope in self._locks and _stopped(way, self._locks[scope])
        ]
        if not stopping:
            return None
        free: Mask = np.logical_and.reduce([self._standing(LOCK_DELETE, scope).allowed for scope in stopping])
        return free

    def _standing(self, need: Need, row: int) -> Standing:
        key = (need, row)
        found = self._kept.get(key)
        if found is None:
            if len(self._kept) >= _REMEMBERED:
                self._kept.clear()
            self._asked += 1
            scope = self._tree.scope(row)
            found = self._kept[key] = standing(self._index, need.action, need.plane, scope, at=self._at)
        return found

    def _compact(self, mask: Mask) -> Codes:
        """Return rows for a mask: a group stands for its members where all of them are in it, else they stand alone.

        A group of which only some members hold is left out: being a member of it is not enough.
        """
        rows = np.flatnonzero(mask).astype(np.int32)
        closure = self._index.directory.closure
        sizes = np.diff(closure.member_offsets)[rows]
        covered = np.zeros(len(mask), np.bool_)
        dropped = np.zeros(len(mask), np.bool_)
        standing_for: list[int] = []
        largest_first = np.argsort(-sizes, kind="stable")
        for group in rows[largest_first[sizes[largest_first] > 0]].tolist():
            members = closure.member[closure.member_offsets[group] : closure.member_offsets[group + 1]]
            if not mask[members].all():
                dropped[group] = True
            elif not covered[group]:
                covered[members] = True
                standing_for.append(group)
        # Groups that are in each other cover each other; one of them has to stay.
        covered[standing_for] = False
        kept: Codes = rows[~covered[rows] & ~dropped[rows]]
        return kept


_REMEMBERED = 256


def _stopped(way: HoldingWay, level: int) -> bool:
    """Tell whether a lock of a level stops a way (B1)."""
    return any(
        need.plane is Plane.CONTROL and 0 < profile_of(need.action.lower()).least_lock <= level for need in way.needs
    )
