"""Deny assignments laid out for counting: in tree order, with what lies around and inside each.

Rules kept here: N4 to N6, N9, V3 (where denies were not read, one for everyone stands in that takes everything).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from remit.engine import radius_kernels as kernels
from remit.engine.facts import UNPLACED, DenyFlag
from remit.engine.index import TenantIndex
from remit.engine.membership import Codes, Counts, offsets_of, places_of
from remit.engine.radius_areas import own_types
from remit.engine.radius_rows import RowMaker, Rows
from remit.model.role import PermissionBlock
from remit.model.scope import ScopeKind

_EVERYTHING = (PermissionBlock(actions=("*",), data_actions=("*",)),)


@dataclass(frozen=True, slots=True, eq=False)
class DenyTable:
    """Enforced denies.

    Attributes:
        denies: int32 table, see `radius_kernels`.
        special_offsets, special: per principal, the denies that name (2 d) or spare (2 d + 1) it itself.
    """

    denies: NDArray[np.int32]
    special_offsets: Counts
    special: Codes

    def innermost(self, begin: NDArray[np.int64]) -> Codes:
        """Return, for each place, the last deny that covers it, -1 for none."""
        if not len(self.denies):
            return np.full(len(begin), -1, dtype=np.int32)
        found = np.searchsorted(self.denies[:, kernels.BEGIN], begin, side="right") - 1
        while True:
            beside = (found >= 0) & (self.denies[found, kernels.END] <= begin)
            if not beside.any():
                return found.astype(np.int32)
            found[beside] = self.denies[found[beside], kernels.OUTER]

    def inside(self, begin: NDArray[np.int64], end: NDArray[np.int64]) -> tuple[Codes, Codes]:
        """Return the range of denies strictly inside each interval."""
        starts = self.denies[:, kernels.BEGIN]
        first, last = np.searchsorted(starts, begin, side="right"), np.searchsorted(starts, end)
        return first.astype(np.int32), last.astype(np.int32)


def lay_out_denies(index: TenantIndex, maker: RowMaker, rows: Rows, first_leaf: int) -> DenyTable:
    """Lay out the denies of a snapshot.

    Args:
        index: the snapshot, indexed.
        maker: turns permissions into bits.
        rows: where to keep the bits.
        first_leaf: see `radius_areas.Areas`.
    """
    table, tree = index.facts.denies, index.tree
    read = np.flatnonzero((table.flags & DenyFlag.AUDIT) == 0)
    only = (table.flags[read] & DenyFlag.THIS_SCOPE_ONLY) != 0
    leaf = np.full(len(read), -1, dtype=np.int32)
    leaf[only] = own_types(index, table.scope[read[only]])
    # A deny that reaches no further down than a scope which is no resource takes nothing away that is counted.
    some = ~only | (leaf >= 0)
    read, only, leaf = read[some], only[some], leaf[some]
    taken = np.asarray(
        [rows.add(maker.denied(one.blocks, one.condition, one.condition_version))
         for one in index.facts.deny_permissions],
        dtype=np.int32,
    )  # fmt: skip
    closed = closed_scopes(index)
    scope = np.concatenate([table.scope[read], closed])
    beyond = np.concatenate([only, np.zeros(len(closed), dtype=np.bool_)])
    order, end = tree.order[scope], tree.end[scope]
    made = np.zeros((len(scope), 7), dtype=np.int32)
    made[:, kernels.BEGIN] = 2 * order + beyond
    made[:, kernels.END] = np.where(beyond, 2 * order + 2, 2 * end)
    made[:, kernels.AREA] = scope
    made[: len(read), kernels.AREA][only] = first_leaf + leaf[only]
    made[: len(read), kernels.ROW] = taken[table.permissions[read]]
    made[: len(read), kernels.EVERYONE] = (table.flags[read] & DenyFlag.EVERYONE) != 0
    if len(closed):
        made[len(read) :, kernels.ROW] = rows.add(maker.denied(_EVERYTHING, None, None))
        made[len(read) :, kernels.EVERYONE] = 1
    places = np.argsort(made[:, kernels.BEGIN], kind="stable")
    made = made[places]
    made[:, kernels.OUTER] = _around(made[:, kernels.BEGIN].tolist(), made[:, kernels.END].tolist())
    made[:, kernels.PAST] = np.searchsorted(made[:, kernels.BEGIN], made[:, kernels.END])
    number = np.empty(len(places), dtype=np.int64)
    number[places] = np.arange(len(places))
    return DenyTable(made, *_special(index, read, number))


def _special(index: TenantIndex, read: NDArray[np.int64], number: NDArray[np.int64]) -> tuple[Counts, Codes]:
    """Return per principal the denies that name or spare it; `number` is where each deny of `read` stands."""
    table = index.facts.denies
    lists = (
        (table.principal_offsets, table.principal, 0),
        (table.excluded_offsets, table.excluded, 1),
    )
    principals, denies = [], []
    for offsets, listed, spared in lists:
        sizes = offsets[read + 1] - offsets[read]
        principals.append(listed[places_of(offsets[read], sizes)])
        denies.append(np.repeat(number[: len(read)] * 2 + spared, sizes))
    principal = np.concatenate(principals)
    order = np.argsort(principal, kind="stable")
    special = np.concatenate(denies)[order].astype(np.int32)
    return offsets_of(len(index.facts.principals.key), principal[order]), special


def _around(begins: list[int], ends: list[int]) -> list[int]:
    """Return for each interval the one around it, or before it where both are the same; -1 for none."""
    found, open_ones = [], list[int]()
    for place, begin in enumerate(begins):
        while open_ones and ends[open_ones[-1]] <= begin:
            open_ones.pop()
        found.append(open_ones[-1] if open_ones else -1)
        open_ones.append(place)
    return found


def closed_scopes(index: TenantIndex) -> Codes:
    """Return the scopes below which nothing is certain: denies, or placement with denies, were not read."""
    found = set(index.deny_gaps)
    scopes, placed = index.facts.scopes, index.facts.denies.scope
    if (scopes.kind[placed] == ScopeKind.MANAGEMENT_GROUP).any():
        found.update(np.flatnonzero(scopes.parent == UNPLACED).tolist())
    if index.directory.any_group or index.directory.unread:
        found.update(placed.tolist())
    return np.asarray(sorted(found), dtype=np.int32)
