"""Which scopes cut inheritance for a class: those with a deny or a lock that may stop one of its ways.

What does not depend on the class is gathered once, so that a class costs what matters to it and not all denies and
locks of the tenant.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from remit.engine.facts import DenyFlag, LockLevel
from remit.engine.index import TenantIndex
from remit.graph.holding.classes import HoldingClass, stopped_by
from remit.graph.holding.grants import NONE
from remit.graph.holding.tree import PlaceTree
from remit.graph.kinds import Need

Codes = NDArray[np.int32]
Mask = NDArray[np.bool_]
Small = NDArray[np.uint8]
_LEVELS = (LockLevel.CAN_NOT_DELETE, LockLevel.READ_ONLY)


class Cuts:
    """Denies and locks of one index, by what they may stop.

    Attributes:
        locks: the strictest level at each locked scope.
    """

    def __init__(self, index: TenantIndex, tree: PlaceTree) -> None:
        self._index = index
        self._tree = tree
        self._covered: dict[Need, Codes] = {}
        table = index.facts.locks
        self.locks: dict[int, int] = {}
        for scope, level in zip(table.scope.tolist(), table.level.tolist(), strict=True):
            self.locks[scope] = max(level, self.locks.get(scope, 0))

    def of(self, held: HoldingClass) -> Codes:
        """Return the scopes where a deny or a lock may stop a way of the class, sorted.

        Cost: the distinct permissions of denies for each new need, then what is found.
        """
        needs = dict.fromkeys(need for way in held.ways for need in way.needs)
        levels = [level for level in _LEVELS if any(stopped_by(way.needs, level) for way in held.ways)]
        parts = [*(self._denying(need) for need in needs), *(self._locked[level] for level in levels)]
        found: Codes = np.unique(np.concatenate(parts))
        return found

    def with_maybe_below(self, rows: Codes) -> Codes:
        """Add to some scopes the rows whose place was not read and that may be below any of them (V3)."""
        groups = set(rows.tolist())
        below = (found for above, found in self._tree.unsure_below if not groups.isdisjoint(above))
        return np.concatenate([rows, *below])

    def doubt(self, held: HoldingClass) -> Mask:
        """Return the scopes where a deny or a lock may stand that was not read (V3).

        A lock matters where it would stop every way of the class.
        """
        lockable = all(stopped_by(way.needs, LockLevel.READ_ONLY) for way in held.ways)
        return self._unread_denies | self._unread_locks if lockable else self._unread_denies

    @cached_property
    def strictest(self) -> Small:
        """Return the level of the strictest lock certainly at or above each scope, 0 for none."""
        found = np.zeros(self._tree.count, dtype=np.uint8)
        found[np.asarray(list(self.locks), dtype=np.int32)] = list(self.locks.values())
        for rows in self._tree.levels:
            found[rows] = np.maximum(found[rows], found[self._tree.parent[rows]])
        return found

    def stopped(self, held: HoldingClass) -> Mask:
        """Return the scopes where a lock certainly stops every way of the class."""
        levels = [level for level in _LEVELS if all(stopped_by(way.needs, level) for way in held.ways)]
        found: Mask = self.strictest >= min(levels, default=LockLevel.READ_ONLY + 1)
        return found

    @cached_property
    def here_only(self) -> Codes:
        """Return the scopes of denies that say nothing about what is below them (N6)."""
        denies = self._index.facts.denies
        scopes: Codes = denies.scope[(denies.flags & DenyFlag.THIS_SCOPE_ONLY) != 0]
        return scopes

    def _denying(self, need: Need) -> Codes:
        """Return the scopes of denies that may stop one need."""
        found = self._covered.get(need)
        if found is None:
            denies, start = self._denies
            match = self._index.actions.match(need.action, need.plane)
            covered = np.flatnonzero(np.frombuffer(match.denies, dtype=np.uint8) != NONE)
            parts = [denies[start[one] : start[one + 1]] for one in covered.tolist()]
            found = self._covered[need] = np.unique(np.concatenate([denies[:0], *parts]))
        return found

    @cached_property
    def _denies(self) -> tuple[Codes, NDArray[np.int64]]:
        """Return the scopes of denies that are more than an audit, by permissions, and where each run begins."""
        table = self._index.facts.denies
        real = np.flatnonzero((table.flags & DenyFlag.AUDIT) == 0)
        real = real[np.argsort(table.permissions[real], kind="stable")]
        count = len(self._index.facts.deny_permissions)
        return table.scope[real].astype(np.int32), np.searchsorted(table.permissions[real], np.arange(count + 1))

    @cached_property
    def _locked(self) -> dict[int, Codes]:
        """Return the scopes whose strictest lock is of each level."""
        return {
            level: np.asarray([scope for scope, found in self.locks.items() if found == level], dtype=np.int32)
            for level in _LEVELS
        }

    @cached_property
    def _unread_denies(self) -> Mask:
        return self._below(self._index.deny_gaps)

    @cached_property
    def _unread_locks(self) -> Mask:
        return self._below(self._index.guards.lock_gaps)

    def _below(self, rows: Iterable[int]) -> Mask:
        """Return what is below some scopes, or may be."""
        return self._tree.below(self.with_maybe_below(np.asarray(sorted(rows), dtype=np.int32)))
