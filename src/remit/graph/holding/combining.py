"""What several assignments give together: a way whose needs no single role holds.

First, for all principals at once, which needs each holds anywhere, as bits, through itself and its groups; only who
holds all needs of a way that way is looked at one by one. A way is had at a scope where every need is granted at or
above it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from remit.engine.index import TenantIndex
from remit.graph.holding.grants import NONE, SURE, Worth
from remit.graph.kinds import Need

Codes = NDArray[np.int32]
Mask = NDArray[np.bool_]
_BITS = 63
_MOST = 200_000


class Combiner:
    """Finds who has ways together from several assignments; conditions make it only possible."""

    def __init__(self, index: TenantIndex, worth: Worth, micros: int) -> None:
        self._index = index
        self._worth = worth
        self._micros = micros

    def together(self, ways: Sequence[tuple[Need, ...]]) -> Iterator[tuple[int, int, int, bool]]:
        """Yield (way, principal, scope, certain) for ways that no single role of the principal holds.

        Scopes are those of the assignments themselves: what is below inherits. Cost: one pass over closed memberships
        for some dozen needs, then the assignments of each candidate.
        """
        several = [number for number, needs in enumerate(ways) if len(needs) > 1]
        needs = list(dict.fromkeys(need for number in several for need in ways[number]))
        for first in range(0, len(needs), _BITS):
            part = needs[first : first + _BITS]
            inside = [number for number in several if ways[number][0] in part]
            # A way whose needs fall into two parts is done in a pass of its own.
            whole = [number for number in inside if set(ways[number]) <= set(part)]
            yield from self._pass(ways, whole, part)
            for number in inside:
                if number not in whole:
                    yield from self._pass(ways, [number], list(ways[number]))

    def _pass(
        self, ways: Sequence[tuple[Need, ...]], numbers: list[int], needs: list[Need]
    ) -> Iterator[tuple[int, int, int, bool]]:
        if not numbers:
            return
        place = {need: np.uint64(1) << np.uint64(bit) for bit, need in enumerate(needs)}
        table = self._index.facts.assignments
        role_bits = np.zeros(len(self._index.facts.roles), dtype=np.uint64)
        for need in needs:
            role_bits |= np.where(self._worth.roles(need) != NONE, place[need], np.uint64(0))
        active = self._worth.active
        bits = np.zeros(len(self._index.facts.principals.key), dtype=np.uint64)
        np.bitwise_or.at(bits, table.principal[active], role_bits[table.role[active]])
        reached = self._through_groups(bits)
        for number in numbers:
            wanted = np.bitwise_or.reduce([place[need] for need in ways[number]])
            sole = self._worth.roles_all(ways[number]) != NONE
            partial = (role_bits & wanted != 0) & ~sole
            some = np.zeros(len(bits), dtype=np.uint64)
            rows = active[partial[table.role[active]]]
            np.bitwise_or.at(some, table.principal[rows], role_bits[table.role[rows]] & wanted)
            candidates = np.flatnonzero((reached & wanted) == wanted)
            if not len(candidates) or not len(rows):
                continue
            candidates = candidates[(self._through_groups(some)[candidates] & wanted) != 0]
            for principal in candidates[:_MOST].tolist():
                for scope, certain in self._scopes(ways[number], principal):
                    yield number, principal, scope, certain

    def _through_groups(self, bits: NDArray[np.uint64]) -> NDArray[np.uint64]:
        """Return each principal's own bits with those of its groups."""
        closure = self._index.directory.closure
        offsets, group = closure.group_offsets, closure.group
        found = bits.copy()
        some = np.flatnonzero(np.diff(offsets) > 0)
        if len(some):
            found[some] |= np.bitwise_or.reduceat(bits[group], offsets[some])
        timed = self._index.directory.timed
        if len(timed.member):
            np.bitwise_or.at(found, timed.member, found[timed.parent])
        return found

    def _scopes(self, needs: tuple[Need, ...], principal: int) -> list[tuple[int, bool]]:
        """Return the scopes of its assignments at which one principal has every need, not by a single role."""
        index, tree = self._index, self._index.tree
        caller = index.directory.caller(principal, self._micros)
        held = [
            row
            for one in sorted(caller.identities)
            for row in index.v_held[index.v_by_principal[one] : index.v_by_principal[one + 1]]
        ]
        mine = np.asarray(held, dtype=np.int32)
        mine = mine[np.isin(mine, self._worth.active)] if len(mine) else mine
        table = index.facts.assignments
        role, scope = table.role[mine], table.scope[mine]
        ranks = np.asarray([self._worth.roles(need)[role] for need in needs]).reshape(len(needs), len(mine))
        sole = (ranks != NONE).all(axis=0)
        some = (ranks != NONE).any(axis=0)
        order, end = tree.order, tree.end
        found: list[tuple[int, bool]] = []
        for place in np.unique(scope[some & ~sole]).tolist():
            above = (order[scope] <= order[place]) & (order[place] < end[scope])
            if (sole & above).any():
                continue
            if not (ranks[:, above] != NONE).any(axis=1).all():
                continue
            plain = above & ~self._worth.conditional[mine]
            found.append((place, bool((ranks[:, plain] == SURE).any(axis=1).all())))
        return found


def holders_somewhere(
    index: TenantIndex, worth: Worth, combiner: Combiner, ways: Sequence[tuple[Need, ...]]
) -> tuple[Mask, Mask]:
    """Return who holds all actions of some way together at one scope, wherever: certainly, and certainly or maybe.

    Denies and locks at that scope are not looked at: what is needed is any place to run code, old or new.
    """
    table = index.facts.assignments
    sure = np.zeros(len(index.facts.principals.key), np.bool_)
    may = sure.copy()
    for needs in ways:
        ranks = worth.roles_all(needs)
        rows = worth.rows(ranks, worth.active, data=False)
        plain = rows[(ranks[table.role[rows]] == SURE) & ~worth.conditional[rows]]
        sure |= with_members(index, table.principal[plain])
        may |= with_members(index, table.principal[rows])
    for _, principal, _, certain in combiner.together(ways):
        may[principal] = True
        sure[principal] |= certain
    return sure, may | sure


def with_members(index: TenantIndex, named: Codes) -> Mask:
    """Return a mask of some principals and everybody who is permanently in them."""
    rows = np.unique(named)
    mask = np.zeros(len(index.facts.principals.key), np.bool_)
    mask[rows] = True
    closure = index.directory.closure
    starts, ends = closure.member_offsets[rows], closure.member_offsets[rows + 1]
    for first, last in zip(starts[ends > starts].tolist(), ends[ends > starts].tolist(), strict=True):
        mask[closure.member[first:last]] = True
    return mask
