"""Who is in which group, nested groups included, at an instant.

Rules kept here: G1 (transitive, cycles safe), G6 and P6 (memberships with windows), V3 (a member list that was not
read makes membership possible), V22 (a group counts itself).
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from remit.engine.facts import Memberships
from remit.engine.views import view
from remit.model.interval import ALWAYS_FROM, ALWAYS_UNTIL

Codes = NDArray[np.int32]
Counts = NDArray[np.int64]
_Integer = TypeVar("_Integer", np.int32, np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Closure:
    """Permanent memberships, closed: who holds what, both ways, as compressed rows.

    Attributes:
        group_offsets, group: row p holds the groups that p is in, transitively, sorted; p itself left out unless it
            is in a cycle.
        member_offsets, member: row g holds everybody who is in g, transitively.
        parent_offsets, parent: direct permanent memberships: row p holds its direct groups.
    """

    group_offsets: Counts
    group: Codes
    member_offsets: Counts
    member: Codes
    parent_offsets: Counts
    parent: Codes


def close(count: int, memberships: Memberships) -> Closure:
    """Close the permanent memberships of `count` principals.

    Cost: one breadth-first walk per group that is itself in groups, then sorts over the closed pairs.
    """
    permanent = (memberships.start == ALWAYS_FROM) & (memberships.end == ALWAYS_UNTIL)
    member, parent = memberships.member[permanent], memberships.parent[permanent]
    parent_offsets, parents = compress(count, member, parent)
    above = _groups_above_groups(parent_offsets, parents, _distinct(parent))
    pairs_member, pairs_group = _expand(member, parent, above, count)
    key = _distinct(pairs_member.astype(np.int64) * max(count, 1) + pairs_group)
    members, groups = (key // max(count, 1)).astype(np.int32), (key % max(count, 1)).astype(np.int32)
    group_offsets = offsets_of(count, members)
    order = np.argsort(groups, kind="stable")
    return Closure(group_offsets, groups, offsets_of(count, groups[order]), members[order], parent_offsets, parents)


def _distinct(key: NDArray[_Integer]) -> NDArray[_Integer]:
    """Return each value once, sorted. `np.unique` hashes before it sorts, which takes longer here."""
    key = np.sort(key)
    first = np.ones(len(key), np.bool_)
    first[1:] = key[1:] != key[:-1]
    return key[first]


def offsets_of(count: int, sorted_codes: NDArray[np.integer]) -> Counts:
    """Return where each code's run begins in a sorted column of codes; one more than there are codes."""
    return np.searchsorted(sorted_codes, np.arange(count + 1)).astype(np.int64)


def places_of(begin: NDArray[np.integer], count: NDArray[np.integer]) -> Counts:
    """Return the places of several runs, one run after the other: `begin`, `begin + 1`, … of each, `count` of them."""
    return np.repeat(begin - (np.cumsum(count) - count), count) + np.arange(int(count.sum()))


def compress(count: int, key: Codes, value: Codes) -> tuple[Counts, Codes]:
    """Sort pairs by (key, value) and return the offsets of each key and the values."""
    order = np.lexsort((value, key))
    return offsets_of(count, key[order]), value[order].astype(np.int32)


def _groups_above_groups(offsets: Counts, parents: Codes, groups: Codes) -> dict[int, list[int]]:
    """Return, for every group that is in a group, all groups above it."""
    starts, flat = view(offsets), view(parents)
    found: dict[int, list[int]] = {}
    for group in groups[offsets[groups] < offsets[groups + 1]].tolist():
        seen: set[int] = set()
        waiting = [group]
        while waiting:
            one = waiting.pop()
            for higher in flat[starts[one] : starts[one + 1]]:
                if higher not in seen:
                    seen.add(higher)
                    waiting.append(higher)
        found[group] = sorted(seen)
    return found


def _expand(member: Codes, parent: Codes, above: dict[int, list[int]], count: int) -> tuple[Codes, Codes]:
    """Return every direct pair and, for each, the pairs with what is above its group."""
    if not above:
        return member, parent
    sizes = np.zeros(count, dtype=np.int64)
    keys = np.fromiter(above, dtype=np.int64, count=len(above))
    sizes[keys] = [len(above[int(key)]) for key in keys]
    starts = np.zeros(count, dtype=np.int64)
    starts[keys] = np.cumsum(sizes[keys]) - sizes[keys]
    flat = np.concatenate([np.asarray(above[int(key)], dtype=np.int32) for key in keys])
    repeat = sizes[parent]
    higher = flat[places_of(starts[parent], repeat)]
    return np.concatenate([member, np.repeat(member, repeat)]), np.concatenate([parent, higher])


class Caller(NamedTuple):
    """A principal at an instant.

    Attributes:
        row: its row, -1 when no list mentions it.
        groups: rows of the groups it is certainly in, transitively.
        possible: rows of groups it may be in, because their member lists were not read.
        any_group: it may be in any group, because no member list was read.
        identities: its own row and its groups: whom an assignment must name.
    """

    row: int
    groups: tuple[int, ...]
    possible: frozenset[int]
    any_group: bool
    identities: frozenset[int]


class Directory:
    """Memberships at an instant: the closed permanent ones, those with windows, and what was not read.

    Attributes:
        closure: permanent memberships.
        timed: direct memberships with a bounded window.
        any_group: no member list was read at all.
        unread: groups whose own member list was not read, with every group permanently above them.
    """

    __slots__ = (
        "_groups",
        "_offsets",
        "_parent_offsets",
        "_parents",
        "_timed",
        "any_group",
        "closure",
        "timed",
        "unread",
    )

    def __init__(self, closure: Closure, timed: Memberships, unread: frozenset[int], *, any_group: bool) -> None:
        self.closure = closure
        self.timed = timed
        self.any_group = any_group
        self._offsets = view(closure.group_offsets)
        self._groups = view(closure.group)
        self._parent_offsets, self._parents = view(closure.parent_offsets), view(closure.parent)
        self._timed: dict[int, list[tuple[int, int, int]]] = {}
        columns = (timed.member.tolist(), timed.parent.tolist(), timed.start.tolist(), timed.end.tolist())
        for member, parent, start, end in zip(*columns, strict=True):
            self._timed.setdefault(member, []).append((parent, start, end))
        self.unread = frozenset(unread).union(*(self.groups_of(group) for group in unread)) if unread else frozenset()

    def groups_of(self, row: int) -> tuple[int, ...]:
        """Return the groups that a principal is permanently in, transitively."""
        return tuple(self._groups[self._offsets[row] : self._offsets[row + 1]])

    def caller(self, row: int, at: int) -> Caller:
        """Return who a principal is at an instant (microseconds). Cost: linear in its groups."""
        if row < 0:
            return Caller(row, (), self.unread_at(at), self.any_group, frozenset())
        groups = self._groups[self._offsets[row] : self._offsets[row + 1]].tolist()
        if self._timed:
            groups = self._with_timed(row, groups, at)
        possible = self.unread
        if possible:
            possible = self.unread_at(at).difference(groups, (row,))
        return Caller(row, tuple(groups), possible, self.any_group, frozenset((row, *groups)))

    def unread_at(self, at: int) -> frozenset[int]:
        """Return the unread groups with every group above them at an instant, windows included."""
        if not self._timed or not self.unread:
            return self.unread
        return self.unread.union(*(self._with_timed(one, [*self.groups_of(one)], at) for one in self.unread))

    def _with_timed(self, row: int, groups: list[int], at: int) -> list[int]:
        """Add the groups reached through memberships whose window holds the instant (P6)."""
        timed = self._timed
        waiting = [one for one in (row, *groups) if one in timed]
        if not waiting:
            return groups
        seen = {row, *groups}
        known = list(groups)
        while waiting:
            for parent, start, end in timed.get(waiting.pop(), ()):
                if start <= at < end:
                    for one in (parent, *self.groups_of(parent)):
                        if one not in seen:
                            seen.add(one)
                            known.append(one)
                            if one in timed:
                                waiting.append(one)
        return sorted(known)

    def members(self, group: int) -> Codes:
        """Return everybody who is permanently in a group, transitively."""
        closure = self.closure
        return closure.member[closure.member_offsets[group] : closure.member_offsets[group + 1]]

    def spread(self, mask: NDArray[np.bool_], at: int) -> None:
        """Close a mask of principals downwards over memberships whose window holds the instant, in place.

        Everybody permanently in a group that is set must already be set.
        """
        timed = self.timed
        now = (timed.start <= at) & (at < timed.end)
        member, parent = timed.member[now], timed.parent[now]
        while True:
            fresh = member[mask[parent] & ~mask[member]]
            if not len(fresh):
                return
            for one in np.unique(fresh):
                mask[one] = True
                mask[self.members(int(one))] = True

    def path(self, row: int, group: int, at: int) -> tuple[int, ...]:
        """Return a shortest way from a principal to a group it is in, both included.

        Cost: breadth first over the direct memberships of the principal's groups.
        """
        if row == group:
            return (row,)
        starts, flat = self._parent_offsets, self._parents
        if group in flat[starts[row] : starts[row + 1]]:
            return (row, group)
        came: dict[int, int] = {row: -1}
        waiting = deque((row,))
        while waiting:
            one = waiting.popleft()
            direct = flat[starts[one] : starts[one + 1]].tolist()
            direct += [parent for parent, start, end in self._timed.get(one, ()) if start <= at < end]
            for higher in direct:
                if higher not in came:
                    came[higher] = one
                    if higher == group:
                        return _walk_back(came, group)
                    waiting.append(higher)
        return (row, group)


def _walk_back(came: dict[int, int], last: int) -> tuple[int, ...]:
    way = [last]
    while came[way[-1]] >= 0:
        way.append(came[way[-1]])
    return tuple(reversed(way))
