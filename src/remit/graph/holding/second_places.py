"""Who holds what a way needs at a second place, and whom that leaves of those who hold the first.

A group that has no second place as a whole, or less surely than some member, has that member drawn by itself: permanent
members, those for a time, and after activation those who may join.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from remit.engine.index import TenantIndex
from remit.engine.membership import places_of
from remit.graph.holding.combining import Somewhere
from remit.graph.network import EdgeFlag
from remit.graph.windows import now

Codes = NDArray[np.int32]
Counts = NDArray[np.int64]
Mask = NDArray[np.bool_]
_NONE, _EVER, _MAY, _LATER, _SURE = range(5)


class Kept(NamedTuple):
    """Holders of both places: columns of equal length.

    Attributes:
        entry: place of the entry of the first place. principal: who has it. flags: what the second place adds.
    """

    entry: Counts
    principal: Codes
    flags: NDArray[np.uint8]


class SecondPlaces:
    """Holders of one second place, of one index at one instant."""

    def __init__(self, index: TenantIndex, there: Somewhere, micros: int) -> None:
        self._index = index
        self._micros = micros
        self._rank = np.full(len(there.sure), _NONE, np.uint8)
        for mask, rank in ((there.ever, _EVER), (there.may, _MAY), (there.later, _LATER), (there.sure, _SURE)):
            self._rank[mask] = rank
        doubt = np.where(np.isin(self._rank, (_MAY, _EVER)), EdgeFlag.POSSIBLE, 0)
        waits = np.where(np.isin(self._rank, (_LATER, _EVER)), EdgeFlag.ELIGIBLE, 0)
        self._flags = (doubt | waits).astype(np.uint8)

    def of(self, principal: Codes) -> Kept:
        """Return who of the principals of some entries, or of their members, holds the second place, too.

        Cost: the members of the distinct groups among them, then what is kept.
        """
        named, place = np.unique(principal, return_inverse=True)
        group, member, waits = self._members(named.astype(np.int32))
        order = np.argsort(group, kind="stable")
        group, member, waits = group[order], member[order], waits[order]
        first = np.searchsorted(group, named[place], "left")
        sizes = np.searchsorted(group, named[place], "right") - first
        entry = np.repeat(np.arange(len(principal)), sizes)
        inside = places_of(first, sizes)
        itself = np.flatnonzero(self._rank[principal] != _NONE)
        who = np.concatenate([principal[itself], member[inside]]).astype(np.int32)
        more = np.concatenate([np.zeros(len(itself), np.uint8), waits[inside]])
        return Kept(np.concatenate([itself, entry]), who, (self._flags[who] | more).astype(np.uint8))

    def _members(self, groups: Codes) -> tuple[Codes, Codes, NDArray[np.uint8]]:
        """Return (group, member, flags) for members who hold it more surely than their group does."""
        index = self._index
        closure = index.directory.closure
        wanted = np.zeros(len(self._rank), np.bool_)
        wanted[groups] = True
        place, member = _below(closure.member_offsets, closure.member, groups)
        parts = [(groups[place], member, 0)]
        for table, flag in (
            (index.directory.timed, 0),
            (index.facts.eligible_memberships, int(EdgeFlag.ELIGIBLE)),
        ):
            rows = now(table, self._micros)
            above, group = _with_own(closure.group_offsets, closure.group, table.parent[rows])
            hit = wanted[group]
            row, one = _with_own(closure.member_offsets, closure.member, table.member[rows[above[hit]]])
            parts.append((group[hit][row], one, flag))
        found = [
            (group[better], member[better], np.full(int(better.sum()), flag, np.uint8))
            for group, member, flag in parts
            if len(better := self._rank[member] > self._rank[group])
        ]
        if not found:
            return groups[:0], groups[:0], np.zeros(0, np.uint8)
        columns = zip(*found, strict=True)
        group, member, flags = (np.concatenate(column) for column in columns)
        return group.astype(np.int32), member.astype(np.int32), flags


def _below(offsets: Counts, values: Codes, rows: Codes) -> tuple[Counts, Codes]:
    """Return (place among the rows, value) for the values of rows of a compressed table."""
    sizes = offsets[rows + 1] - offsets[rows]
    place = np.repeat(np.arange(len(rows)), sizes)
    return place, values[places_of(offsets[rows], sizes)]


def _with_own(offsets: Counts, values: Codes, rows: Codes) -> tuple[Counts, Codes]:
    """Return the same, each row itself among its values."""
    place, value = _below(offsets, values, rows)
    return np.concatenate([np.arange(len(rows)), place]), np.concatenate([rows, value])
