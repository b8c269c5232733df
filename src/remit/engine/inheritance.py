"""The scope tree: from a place to everything that acts on it, and to everything below it.

Rules kept here: S1 to S3, V3 (a placement that was not read makes every management group a possible ancestor),
V21 (a place need not exist in the snapshot).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from remit.engine.facts import UNPLACED, Scopes
from remit.engine.strings import TextLookup
from remit.engine.views import view
from remit.model.errors import InvariantError
from remit.model.scope import MANAGEMENT_GROUP_PREFIX, Scope, ScopeKind

_ROOT_ROW = 0
_REMEMBERED = 262_144


class Chain(NamedTuple):
    """A place and what is above it, as rows of `Scopes`.

    Attributes:
        own: the row of the place itself, -1 when it is no node.
        rows: rows that certainly act on it, nearest first, its own included; ends with row 0.
        possible: management groups that may be above it, because a placement was not read.
        deep: how many of the first `rows` are resource groups and resources; what follows is shared by many places.
    """

    own: int
    rows: tuple[int, ...]
    possible: tuple[int, ...]
    deep: int


class ScopeTree:
    """Answers "what is above" by parent pointers and "what is below" by intervals of a depth-first order.

    Attributes:
        order: int32 per row, its number in depth-first order; unplaced rows hang below the tenant root group, or `/`.
        end: int32 per row, the first number that is no longer below it.

    Cost: building is a few vector passes per level; `chain` is one look-up per level of the text.
    """

    __slots__ = (
        "_chains",
        "_found",
        "_kind",
        "_lookup",
        "_management_groups",
        "_parent",
        "_root_groups",
        "_top",
        "end",
        "order",
        "scopes",
    )

    def __init__(
        self, scopes: Scopes, lookup: TextLookup, order: NDArray[np.int32], end: NDArray[np.int32], *, tenant_id: str
    ) -> None:
        self.scopes = scopes
        self._top = MANAGEMENT_GROUP_PREFIX + tenant_id if tenant_id else ""
        self.order = order
        self.end = end
        self._lookup = lookup
        self._parent = view(scopes.parent)
        self._found: dict[str, int] = {}
        self._chains: dict[int, Chain] = {}
        self._kind = view(scopes.kind)
        groups = np.flatnonzero(scopes.kind == ScopeKind.MANAGEMENT_GROUP)
        self._management_groups: tuple[int, ...] = tuple(groups.tolist())
        self._root_groups = tuple(row for row in self._management_groups if self._parent[row] == _ROOT_ROW)

    @classmethod
    def build(cls, scopes: Scopes, *, tenant_id: str) -> ScopeTree:
        """Number the tree depth first; `tenant_id` in lower case names the tenant root group, "" where not known."""
        order, end = _number(_hang(scopes))
        return cls(scopes, TextLookup.of(scopes.key), order, end, tenant_id=tenant_id)

    @property
    def hung(self) -> NDArray[np.int32]:
        """Return the parents with unplaced rows hung where they certainly are: below the tenant root group, or `/`."""
        return _hang(self.scopes)

    @property
    def slots(self) -> NDArray[np.int32]:
        """Return the hash table of the keys, for keeping the index."""
        return self._lookup.slots

    def row(self, key: str) -> int:
        """Return the row of a scope key, or -1."""
        return self._lookup.row(key)

    def nearest(self, scope: Scope) -> int:
        """Return the row of the nearest node at or above the place within its text, or -1."""
        row = self._lookup.row(scope.key)
        return row if row >= 0 else self._above(scope)

    def _above(self, scope: Scope) -> int:
        """Return the row of the nearest node above a place that is none itself, or -1."""
        key, found = scope.key, self._found
        for cut in reversed(scope.cuts):
            above = key[:cut]
            row = found.get(above, -1)
            if row >= 0:
                return row
            row = self._lookup.row(above)
            if row >= 0:
                if len(found) >= _REMEMBERED:
                    found.clear()
                found[above] = row
                return row
        return -1 if scope.cuts or scope.kind is not ScopeKind.RESOURCE else _ROOT_ROW

    def chain(self, scope: Scope) -> Chain:
        """Return everything that acts on a place (S1 to S3). Kept from the subscription upwards, as many share it."""
        row = self._lookup.row(scope.key)
        own = row
        if row < 0:
            row = self._above(scope)
            if row < 0:
                if self._is_in_top(scope):
                    return Chain(-1, (_ROOT_ROW,), (), 0)
                return self._unplaced(-1, (), scope.kind is ScopeKind.MANAGEMENT_GROUP)
        rows: list[int] = []
        kind, parent = self._kind, self._parent
        while kind[row] > ScopeKind.SUBSCRIPTION:
            rows.append(row)
            row = parent[row]
        shared = self._chains.get(row)
        if shared is None:
            shared = self._chains[row] = self._from(row)
        if not rows:
            return shared if own >= 0 else shared._replace(own=-1)
        return Chain(own, (*rows, *shared.rows), shared.possible, len(rows))

    def _is_in_top(self, scope: Scope) -> bool:
        """Tell whether a place is the tenant root group, or of it: its place is known though no list has it (S3)."""
        return (scope.key[: scope.cuts[0]] if scope.cuts else scope.key) == self._top

    def _from(self, row: int) -> Chain:
        """Return the chain of a node itself."""
        rows = [row]
        parent = self._parent
        above = parent[row]
        while above >= 0:
            rows.append(above)
            above = parent[above]
        if above == UNPLACED:
            return self._unplaced(row, tuple(rows), self._kind[rows[-1]] == ScopeKind.MANAGEMENT_GROUP)
        return Chain(row, tuple(rows), (), 0)

    def _unplaced(self, own: int, known: tuple[int, ...], top_is_group: bool) -> Chain:
        """Complete a chain whose upper part was not read: the root group and `/` are certain, the rest may be."""
        certain = known + tuple(row for row in self._root_groups if row not in known) + (_ROOT_ROW,)
        below = self._below(known[-1]) if top_is_group and known else frozenset()
        possible = tuple(row for row in self._management_groups if row not in certain and row not in below)
        return Chain(own, certain, possible, 0)

    def _below(self, row: int) -> frozenset[int]:
        first, last = int(self.order[row]), int(self.end[row])
        return frozenset(other for other in self._management_groups if first <= self.order[other] < last)

    def below(self, row: int) -> NDArray[np.bool_]:
        """Return a mask of the rows at or below a row."""
        mask: NDArray[np.bool_] = (self.order >= self.order[row]) & (self.order < self.end[row])
        return mask


def _hang(scopes: Scopes) -> NDArray[np.int32]:
    """Hang unplaced rows below the tenant root group where it is known, else below `/` (S3, V3)."""
    groups = np.flatnonzero((scopes.kind == ScopeKind.MANAGEMENT_GROUP) & (scopes.parent == _ROOT_ROW))
    top = int(groups[0]) if len(groups) == 1 else _ROOT_ROW
    return np.where(scopes.parent == UNPLACED, top, scopes.parent).astype(np.int32)


def _number(parent: NDArray[np.int32]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Give every row its depth-first number and the end of its interval.

    Subtree sizes are summed level by level from the deepest; then each child starts where its elder sibling ends.
    Cost: one sort and a few passes per level.
    """
    count = len(parent)
    above = np.where(parent < 0, _ROOT_ROW, parent).astype(np.int64)
    depth = _depths(above)
    size = np.ones(count, dtype=np.int64)
    by_depth = np.argsort(depth, kind="stable")
    edges = np.searchsorted(depth[by_depth], np.arange(int(depth.max(initial=0)) + 2))
    for level in range(len(edges) - 2, 0, -1):
        rows = by_depth[edges[level] : edges[level + 1]]
        np.add.at(size, above[rows], size[rows])
    order = np.zeros(count, dtype=np.int64)
    for level in range(1, len(edges) - 1):
        rows = by_depth[edges[level] : edges[level + 1]]
        rows = rows[np.argsort(above[rows], kind="stable")]
        before = np.cumsum(size[rows]) - size[rows]
        heads = np.r_[True, above[rows][1:] != above[rows][:-1]]
        base = np.repeat(before[heads], np.diff(np.r_[np.flatnonzero(heads), len(rows)]))
        order[rows] = order[above[rows]] + 1 + before - base
    return order.astype(np.int32), (order + size).astype(np.int32)


def _depths(above: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the depth of every row; row 0 is its own parent here."""
    depth = np.zeros(len(above), dtype=np.int64)
    at = above.copy()
    current = np.arange(len(above))
    while True:
        moving = current != _ROOT_ROW
        if not moving.any():
            return depth
        depth += moving
        current = np.where(moving, at[current], current)
        if depth.max() > len(above):
            raise InvariantError("the scope tree of the snapshot has a cycle")
