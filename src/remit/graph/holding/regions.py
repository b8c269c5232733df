"""Where inheritance is cut: below deny assignments and locks holders are found one by one, as the engine decides.

Within a region every scope with assignments or targets of a class has its holders listed: who is allowed every need
there (all denies, conditions and memberships weighed), and who could give himself the role and is not denied. A lock
stops writes (B1); who may delete the lock can lift it first. Locks do not bind a managing tenant (B7). A scope whose
place was not read is cut, too, where a deny or a lock stands at a group that may be above it: who is stopped at the
group may hold below it all the same (V3).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from remit.engine.enumerate import Standing, standing
from remit.engine.facts import AssignmentKind, LockLevel, PrincipalFlag
from remit.engine.guard_index import profile_of
from remit.engine.index import TenantIndex
from remit.graph.holding.classes import HoldingClass, HoldingWay, stopped_by
from remit.graph.holding.cuts import Cuts
from remit.graph.holding.grants import NONE, Worth
from remit.graph.holding.levels import Levels, nobody
from remit.graph.holding.tree import PlaceTree
from remit.graph.kinds import Need
from remit.graph.network import EdgeFlag
from remit.model.question import Plane
from remit.model.scope import Scope

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


class _Seen(NamedTuple):
    """How everybody stands to one need at one scope, and who is granted it in any way at all (sorted rows)."""

    standing: Standing
    people: Codes


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
        self._kept: dict[tuple[Need, int, str], _Seen] = {}
        self._asked = 0
        self._nobody = np.zeros(len(index.facts.principals.key), np.bool_)
        self._owning = np.flatnonzero(owners).astype(np.int32)
        self._cuts = Cuts(index, tree)
        self._locks = self._cuts.locks
        self._maybe_givers: dict[tuple[int, ...], tuple[Mask, Mask]] = {}
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
        cut = self._cuts.of(held)
        if len(cut):
            cut = self._cuts.with_maybe_below(cut)
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
        here_only = self._cuts.here_only
        if len(here_only):
            listed |= places & self._tree.below(here_only)
        listed &= region
        if int(listed.sum()) > MOST_PLACES or self.exhausted:
            return region, nothing
        return region, listed

    def doubt(self, held: HoldingClass) -> Mask:
        """Return the scopes where a deny or a lock may stand that was not read (V3)."""
        return self._cuts.doubt(held)

    def locked(self, held: HoldingClass) -> Mask:
        """Return the scopes where a lock certainly stops every way of the class."""
        return self._cuts.stopped(held)

    def is_read_only(self, row: int) -> bool:
        """Tell whether a ReadOnly lock stands at or above a scope: then no role can be given there (B2)."""
        return bool(self._cuts.strictest[row] >= LockLevel.READ_ONLY)

    @cached_property
    def lifting(self) -> Mask:
        """Return who may delete a lock anywhere, or be bound by none, in any way at all, and every group of theirs.

        Whoever is not among them is stopped by every lock.
        """
        index, directory, worth = self._index, self._index.directory, self._worth
        found: Mask = self.owners | self._lighthouse
        if index.assignment_gaps or directory.any_group or directory.unread:
            return np.ones(len(found), np.bool_)
        rows = np.concatenate([worth.active, worth.eligible])
        named = index.facts.assignments.principal[
            rows[worth.roles(LOCK_DELETE)[index.facts.assignments.role[rows]] != NONE]
        ]
        found[named] = True
        closure, tables = directory.closure, (directory.timed, index.facts.eligible_memberships)
        member = np.concatenate([table.member for table in tables])
        parent = np.concatenate([table.parent for table in tables])
        groups = np.flatnonzero(np.diff(closure.member_offsets) > 0)
        inside = np.repeat(groups, np.diff(closure.member_offsets)[groups])
        above: list[NDArray[np.integer]] = [inside, parent]
        below: list[NDArray[np.integer]] = [closure.member, member]
        # Downwards to whoever is in who is named, then upwards to the groups of all of these.
        for given, gained in ((above, below), (below, above)):
            fresh = True
            while fresh:
                before = int(found.sum())
                for source, target in zip(given, gained, strict=True):
                    found[target[found[source]]] = True
                fresh = int(found.sum()) > before
        return found

    def says_only(self, row: int) -> bool:
        """Tell whether a deny at a scope says nothing about what is below it (N6)."""
        return bool(np.isin(row, self._cuts.here_only))

    def holders(self, held: HoldingClass, row: int, inside: Scope | None = None) -> Holders:
        """Return who holds a class at a scope of a region.

        Args:
            held: the class.
            row: the scope.
            inside: a place in it without a row of its own, where the denies are asked instead.

        Cost: a few masks over all principals for each need; then only who is granted anything there is looked at.
        """
        needs = dict.fromkeys(need for way in held.ways for need in way.needs)
        granted = [self._seen(need, row).people for need in needs]
        giving = [self._seen(ROLE_WRITE, place).people for place in self._giving_at(row)]
        maybe = np.flatnonzero(np.logical_or(*self._maybe_giving(row))).astype(np.int32)
        people = _joined([*granted, *giving, maybe, self._owning])
        count = len(people)
        own, lifting, given, given_lifting = (nobody(count) for _ in range(4))
        granters = self._granters(row, people, inside)
        maybe_locked = self._maybe_locked(row)
        for way in held.ways:
            parts = [self._standing(need, row, people, inside) for need in way.needs]
            held_here = Levels.of_all(Levels.of(part) for part in parts)
            gained = Levels.of_all([granters, Levels.undenied(parts)])
            free = self._unlocked(way, row, people)
            if free is None:
                bound = self._perhaps_free((one for one, level in maybe_locked if stopped_by(way.needs, level)), people)
                own = own.either(Levels.of_all([held_here, bound.either(self._managing(people))]))
                given = given.either(gained)
                continue
            # A granter gives himself what deletes the lock as well; a managing tenant is not bound by it.
            own = own.either(Levels.of_all([held_here, self._managing(people)]))
            lifting = lifting.either(Levels.of_all([held_here, free]))
            given_lifting = given_lifting.either(gained)
        flags, by_grant, left = np.zeros(count, np.uint8), np.zeros(count, np.bool_), np.ones(count, np.bool_)
        kinds = ((own, 0, False), (lifting, _LIFTS, False), (given, 0, True), (given_lifting, _LIFTS, True))
        # The surest first; of what is as sure, what is held already before what has to be taken.
        for level in range(len(own.masks())):
            for levels, lifts, taken in kinds:
                mask, said = list(levels.flagged())[level]
                chosen = mask & left
                flags[chosen], by_grant[chosen] = said | lifts, taken
                left &= ~mask
        kept = self._compact(people[~left], (flags[~left] << 1 | by_grant[~left]).astype(np.uint8))
        places = np.searchsorted(people, kept)
        return Holders(kept, flags[places], by_grant[places])

    def callers(self, need: Need, scope: Scope) -> tuple[Levels, bool]:
        """Return who is granted a call at any scope, and whether a lock has to be lifted for it there.

        Only denies, locks and what is not known of them leave it open: who may be granted it is not counted.
        """
        rows = self._index.tree.chain(scope).rows
        levels = Levels.granted(standing(self._index, need.action, need.plane, scope, at=self._at))
        least = profile_of(need.action.lower()).least_lock
        stopping = [row for row in rows if 0 < least <= self._locks.get(row, 0)]
        levels = Levels.of_all([levels, *(Levels.of(self._seen(LOCK_DELETE, row).standing) for row in stopping)])
        if least and not set(rows).isdisjoint(self._index.guards.lock_gaps):
            nobody_surely = np.zeros(len(levels.sure), np.bool_)
            levels = Levels(nobody_surely, levels.may, nobody_surely, levels.ever)
        return levels, bool(stopping)

    def _giving_at(self, row: int) -> list[int]:
        """Return where giving roles is asked for: at a scope, and above it where a ReadOnly lock stops it there."""
        locked = self._read_only(row)
        above = int(self._tree.parent[locked[-1]]) if locked else -1
        return [row, above] if above >= 0 else [row]

    def _read_only(self, row: int) -> list[int]:
        return [scope for scope in self._tree.chain(row) if self._locks.get(scope, 0) >= LockLevel.READ_ONLY]

    def _granters(self, row: int, people: Codes, inside: Scope | None) -> Levels:
        """Return who can give himself any role at a scope, or above it where a ReadOnly lock stops that (B2)."""
        here = self._standing(ROLE_WRITE, row, people, inside)
        allowed = Levels.granted(here)
        locked = self._read_only(row)
        if locked:
            lifting = (Levels.of(self._standing(LOCK_DELETE, one, people)) for one in locked)
            allowed = Levels.of_all([allowed, *lifting])
            for above in self._giving_at(row)[1:]:
                allowed = allowed.either(Levels.granted(self._standing(ROLE_WRITE, above, people)))
        unsure = self._perhaps_free(
            (one for one, level in self._maybe_locked(row) if level == LockLevel.READ_ONLY), people
        )
        allowed = Levels.of_all([allowed, unsure])
        now, later = (mask[people] & ~here.denied for mask in self._maybe_giving(row))
        nobody_surely = np.zeros(len(people), np.bool_)
        allowed = allowed.either(Levels(nobody_surely, now, nobody_surely, now | later))
        owners = self.owners[people]
        return allowed.either(Levels(owners, owners, owners, owners))

    def _maybe_giving(self, row: int) -> tuple[Mask, Mask]:
        """Return who gives roles at groups that may be above a scope, as things are and after activation (V3)."""
        groups = self._index.tree.chain(self._tree.scope(row)).possible
        found = self._maybe_givers.get(groups)
        if found is None:
            worth, table = self._worth, self._index.facts.assignments
            rows = np.concatenate([worth.active, worth.eligible])
            rows = rows[np.isin(table.scope[rows], groups) & (worth.roles(ROLE_WRITE)[table.role[rows]] != NONE)]
            stands = [self._seen(ROLE_WRITE, one).standing for one in np.unique(table.scope[rows]).tolist()]
            now = np.logical_or.reduce([self._nobody, *(one.sure for one in stands)])
            later = np.logical_or.reduce([self._nobody, *(one.after for one in stands)])
            found = self._maybe_givers[groups] = now, later
        return found

    def _maybe_locked(self, row: int) -> list[tuple[int, int]]:
        """Return the groups that may be above a scope and are locked, with the level of the lock (V3)."""
        groups = self._index.tree.chain(self._tree.scope(row)).possible
        return [(group, self._locks[group]) for group in groups if group in self._locks]

    def _perhaps_free(self, locked: Iterable[int], people: Codes) -> Levels:
        """Return how surely some principals are free of locks that may be above: certainly who can delete each."""
        everybody = np.ones(len(people), np.bool_)
        can = [Levels.of(self._standing(LOCK_DELETE, one, people)) for one in locked]
        parts = (Levels(one.sure, everybody, one.sure | one.later, everybody) for one in can)
        return Levels.of_all([Levels(everybody, everybody, everybody, everybody), *parts])

    def _managing(self, people: Codes) -> Levels:
        """Return who is of a managing tenant, whom locks do not bind (B7)."""
        lighthouse = self._lighthouse[people]
        return Levels(lighthouse, lighthouse, lighthouse, lighthouse)

    def _unlocked(self, way: HoldingWay, row: int, people: Codes) -> Levels | None:
        """Return who can delete every lock that stops a way at a scope, None where none does."""
        stopping = [
            scope
            for scope in self._tree.chain(row)
            if scope in self._locks and stopped_by(way.needs, self._locks[scope])
        ]
        if not stopping:
            return None
        return Levels.of_all(Levels.of(self._standing(LOCK_DELETE, scope, people)) for scope in stopping)

    def _standing(self, need: Need, row: int, people: Codes, inside: Scope | None = None) -> Standing:
        """Return how some principals stand to a need at a scope, denied as they are `inside` it."""
        found = Standing(*(mask[people] for mask in _masks(self._seen(need, row).standing)))
        if inside is None:
            return found
        there = self._seen(need, row, inside).standing
        return replace(found, denied=there.denied[people], may_be_denied=there.may_be_denied[people])

    def _seen(self, need: Need, row: int, inside: Scope | None = None) -> _Seen:
        key = (need, row, inside.key if inside else "")
        found = self._kept.get(key)
        if found is None:
            if len(self._kept) >= _REMEMBERED:
                self._kept.clear()
            self._asked += 1
            asked = standing(self._index, need.action, need.plane, inside or self._tree.scope(row), at=self._at)
            # Most masks are empty; kept once they take next to nothing.
            masks = [mask if mask.any() else self._nobody for mask in _masks(asked)]
            granted = [mask for mask in (masks[0], masks[1], masks[4], masks[5]) if mask is not self._nobody]
            people = np.flatnonzero(np.logical_or.reduce(granted)) if granted else np.zeros(0, dtype=np.int64)
            found = self._kept[key] = _Seen(Standing(*masks), people.astype(np.int32))
        return found

    def _compact(self, rows: Codes, how: NDArray[np.uint8]) -> Codes:
        """Return rows: a group stands for its members where all of them are among them, else they stand alone.

        A group of which only some members hold is left out: being a member of it is not enough. A member that holds
        otherwise than the group, more surely or without activation, has an edge of its own besides.
        """
        closure = self._index.directory.closure
        sizes = closure.member_offsets[rows + 1] - closure.member_offsets[rows]
        covered, dropped = np.zeros(len(rows), np.bool_), np.zeros(len(rows), np.bool_)
        standing_for: list[int] = []
        largest_first = np.argsort(-sizes, kind="stable")
        for place in largest_first[sizes[largest_first] > 0].tolist():
            group = int(rows[place])
            members = closure.member[closure.member_offsets[group] : closure.member_offsets[group + 1]]
            at = np.minimum(np.searchsorted(rows, members), len(rows) - 1)
            if (rows[at] != members).any():
                dropped[place] = True
            elif not covered[place]:
                covered[at[(how[at] == how[place]) | (how[place] == 0)]] = True
                standing_for.append(place)
        # Groups that are in each other cover each other; one of them has to stay.
        covered[standing_for] = False
        kept: Codes = rows[~covered & ~dropped]
        return kept


def _masks(asked: Standing) -> tuple[Mask, Mask, Mask, Mask, Mask, Mask]:
    """Return the masks of a standing in the order of its attributes."""
    return asked.sure, asked.may, asked.denied, asked.may_be_denied, asked.eligible, asked.after


def _joined(parts: list[Codes]) -> Codes:
    """Return every row of some sorted columns once, sorted."""
    rows = np.sort(np.concatenate(parts))
    first = np.ones(len(rows), np.bool_)
    first[1:] = rows[1:] != rows[:-1]
    return rows[first]


_REMEMBERED = 256
_LIFTS = int(EdgeFlag.LIFTS)
