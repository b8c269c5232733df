"""The scope tree as the graph needs it: what is below, and the nearest of some marked scopes above.

Rows whose place was not read hang below the tenant root group, where they certainly are; what else may be above them
is an edge of its own that is only possible (S3).
"""

from __future__ import annotations

from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from remit.engine.index import TenantIndex
from remit.engine.membership import places_of
from remit.engine.views import view
from remit.model.scope import Scope

Codes = NDArray[np.int32]
Mask = NDArray[np.bool_]


class PlaceTree:
    """Depth levels and intervals of the scopes of one index.

    Attributes:
        count: number of scopes. parent: int32 per row, -1 for `/`.

    Cost: building is one pass per level.
    """

    def __init__(self, index: TenantIndex) -> None:
        self._index = index
        self.count = len(index.facts.scopes.key)
        self.parent: Codes = index.tree.hung
        self._above = view(np.ascontiguousarray(self.parent))
        self._order, self._end = index.tree.order, index.tree.end

    @cached_property
    def levels(self) -> tuple[Codes, ...]:
        """Return the rows of each depth, from the children of `/` on."""
        depth = np.zeros(self.count, dtype=np.int32)
        at = self.parent.copy()
        while (alive := at >= 0).any():
            depth += alive
            at = np.where(alive, self.parent[at], -1).astype(np.int32)
        by_depth = np.argsort(depth, kind="stable").astype(np.int32)
        edges = np.searchsorted(depth[by_depth], np.arange(1, int(depth.max(initial=0)) + 2))
        return tuple(by_depth[first:last] for first, last in pairwise(edges.tolist()))

    def nearest(self, marked: Mask) -> Codes:
        """Return, per scope, the nearest marked row at or above it, -1 for none. Cost: one pass over the scopes."""
        near = np.full(self.count, -1, dtype=np.int32)
        near[0] = 0 if marked[0] else -1
        for rows in self.levels:
            near[rows] = np.where(marked[rows], rows, near[self.parent[rows]])
        return near

    def counts_below(self, places: Codes) -> NDArray[np.int64]:
        """Return, per scope, how many of some places are at or below it; those that may be count, too."""
        total = np.zeros(self.count + 1, dtype=np.int64)
        np.cumsum(np.bincount(self._order[places], minlength=self.count), out=total[1:])
        below: NDArray[np.int64] = total[self._end] - total[self._order]
        for groups, rows in self.unsure_below:
            below[list(groups)] += below[rows].sum()
        return below

    def below(self, tops: Codes) -> Mask:
        """Return a mask of the rows at or below any of some rows."""
        steps = np.zeros(self.count + 1, dtype=np.int32)
        np.add.at(steps, self._order[tops], 1)
        np.add.at(steps, self._end[tops], -1)
        mask: Mask = np.cumsum(steps[:-1])[self._order] > 0
        return mask

    def is_below(self, row: int, top: int) -> bool:
        """Tell whether a row is at or below another."""
        return bool(self._order[top] <= self._order[row] < self._end[top])

    def chain(self, row: int) -> list[int]:
        """Return a row and what is certainly above it, nearest first."""
        rows = []
        above = self._above
        while row >= 0:
            rows.append(row)
            row = above[row]
        return rows

    def scope(self, row: int) -> Scope:
        """Return a row as a scope."""
        return Scope.parse(self._index.scope_text(row))

    @cached_property
    def unsure(self) -> tuple[tuple[int, tuple[int, ...]], ...]:
        """Return the rows whose place was not read, each with the management groups that may be above it."""
        rows = np.flatnonzero(self.parent != self._index.facts.scopes.parent)
        chains = ((int(row), self._index.tree.chain(self.scope(int(row)))) for row in rows)
        return tuple((row, chain.possible) for row, chain in chains if chain.possible)

    @cached_property
    def unsure_below(self) -> tuple[tuple[tuple[int, ...], Codes], ...]:
        """Return the same by the management groups that may be above: mostly all rows have the same ones."""
        found: dict[tuple[int, ...], list[int]] = {}
        for row, groups in self.unsure:
            found.setdefault(groups, []).append(row)
        return tuple((groups, np.asarray(rows, dtype=np.int32)) for groups, rows in found.items())

    def maybe_below(self, group: int) -> Codes:
        """Return the rows whose place was not read and that may be below a management group, sorted."""
        parts = [rows for groups, rows in self.unsure_below if group in groups]
        return np.sort(np.concatenate(parts)) if parts else np.zeros(0, dtype=np.int32)

    def tops(self, marked: Mask, near: Codes, rows: Codes) -> Codes:
        """Return the marked scopes at or first below some rows, those without another marked one between.

        `near` is `nearest(marked)`. Cost: what is marked below the rows.
        """
        chosen = np.flatnonzero(marked)
        chosen = chosen[np.argsort(self._order[chosen])]
        place = self._order[chosen]
        first, last = np.searchsorted(place, self._order[rows]), np.searchsorted(place, self._end[rows])
        sizes = last - first
        found = chosen[places_of(first, sizes)]
        parent = self.parent[found]
        above = np.where(parent >= 0, near[parent], -1)
        outside = (above < 0) | (self._order[above] < np.repeat(self._order[rows], sizes))
        tops: Codes = found[outside].astype(np.int32)
        return tops

    @cached_property
    def maybe_above(self) -> frozenset[int]:
        """Return the management groups that may hold more than is known."""
        return frozenset(group for _, groups in self.unsure for group in groups)
