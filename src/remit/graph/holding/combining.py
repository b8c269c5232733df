"""What several assignments give together: a way whose needs no single role holds.

First, for all principals at once, which needs each holds anywhere by assignments that do not hold them all, as bits,
through itself and its groups; only who holds all needs of a way so is looked at one by one. A way is had at a scope
where every need is granted at or above it; what a condition lets pass is judged need by need.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from remit.engine.index import TenantIndex
from remit.engine.views import view
from remit.graph.elsewhere import type_before
from remit.graph.holding.grants import NONE, SURE, UNREAD, Worth
from remit.graph.holding.stands import Stands
from remit.graph.holding.tree import PlaceTree
from remit.graph.kinds import Need
from remit.graph.windows import now
from remit.model.scope import Scope, ScopeKind

Codes = NDArray[np.int32]
Mask = NDArray[np.bool_]


class Combiner:
    """Finds who has ways together from several assignments.

    Args:
        index, tree, worth: the snapshot, its places, what assignments are worth.
        stands: how assignments stand to needs, conditions judged.
        micros: the instant.
        activated: count roles and memberships that are only eligible as well.
    """

    def __init__(
        self,
        index: TenantIndex,
        tree: PlaceTree,
        worth: Worth,
        stands: Stands,
        micros: int,
        *,
        activated: bool = False,
    ) -> None:
        self._index = index
        self._stands = stands
        self._micros = micros
        self._tree = tree
        self._rows = np.union1d(worth.active, worth.eligible).astype(np.int32) if activated else worth.active
        active = np.zeros(len(index.facts.assignments.role), dtype=np.uint8)
        active[self._rows] = 1
        self._active = view(active)
        self._code = view(stands.code)
        self._joining = activated and index.has_eligible_memberships
        tables = [index.directory.timed, *([index.facts.eligible_memberships] if self._joining else [])]
        usable = [now(table, micros) for table in tables]
        self._member = np.concatenate([table.member[rows] for table, rows in zip(tables, usable, strict=True)])
        self._parent = np.concatenate([table.parent[rows] for table, rows in zip(tables, usable, strict=True)])
        self._types: dict[int, str] = {}

    def together(
        self, ways: Sequence[tuple[Need, ...]], known: Mask | None = None
    ) -> Iterator[tuple[int, int, int, bool]]:
        """Yield (way, principal, scope, certain) for ways that no single assignment of the principal holds as surely.

        Scopes are those of the assignments themselves: what is below inherits.

        Args:
            ways: needs of each.
            known: principals who need not be looked at.

        Cost: for each way one or two passes over closed memberships, then the assignments of each candidate.
        """
        for number, needs in enumerate(ways):
            if len(needs) > 1:
                asked = self._asked(needs)
                for principal in np.flatnonzero(asked if known is None else asked & ~known).tolist():
                    for scope, certain in self._scopes(needs, principal):
                        yield number, principal, scope, certain

    def _asked(self, needs: tuple[Need, ...]) -> Mask:
        """Return who may have all needs of a way by several assignments: all of them certainly, or at all."""
        place = [np.uint64(1) << np.uint64(bit) for bit in range(len(needs))]
        ranks = [self._stands.of(need) for need in needs]
        asked: Mask = np.zeros(len(self._index.facts.principals.key), np.bool_)
        before = None
        for least in (SURE, UNREAD):
            bits = np.bitwise_or.reduce(
                [np.where(rank >= least, bit, np.uint64(0)) for rank, bit in zip(ranks, place, strict=True)]
            )
            if before is None or (bits != before).any():
                asked |= self._all_of(bits, np.bitwise_or.reduce(place))
            before = bits
        return asked

    def _all_of(self, bits: NDArray[np.uint64], wanted: np.uint64) -> Mask:
        """Return who has all bits through itself and its groups; an assignment that has all of them is left out.

        It gives the way wherever it is joined to another, so only the others count.
        """
        partial = (bits != 0) & (bits != wanted)
        some = np.zeros(len(self._index.facts.principals.key), dtype=np.uint64)
        rows = self._rows[partial[self._stands.code[self._rows]]] if partial.any() else self._rows[:0]
        if not len(rows):
            return np.zeros(len(some), np.bool_)
        np.bitwise_or.at(some, self._index.facts.assignments.principal[rows], bits[self._stands.code[rows]])
        found: Mask = self._through_groups(some) == wanted
        return found

    def _through_groups(self, bits: NDArray[np.uint64]) -> NDArray[np.uint64]:
        """Return each principal's own bits with those of its groups, groups for a time and what they are in included.

        Cost: one pass over closed memberships, and one for each further step of memberships for a time.
        """
        closure = self._index.directory.closure
        some = np.flatnonzero(np.diff(closure.group_offsets) > 0)
        direct = bits
        while True:
            found = direct.copy()
            if len(some):
                found[some] |= np.bitwise_or.reduceat(direct[closure.group], closure.group_offsets[some])
            if not (found[self._parent] & ~direct[self._member]).any():
                return found
            direct = direct.copy()
            np.bitwise_or.at(direct, self._member, found[self._parent])

    def _identities(self, principal: int) -> frozenset[int]:
        """Return a principal with its groups, and those it may join where these count."""
        directory, index = self._index.directory, self._index
        found = directory.caller(principal, self._micros).identities
        waiting = list(found) if self._joining else []
        while waiting:
            one = waiting.pop()
            for place in range(index.v_eligible_by_member[one], index.v_eligible_by_member[one + 1]):
                group = int(index.eligible_group[place])
                if group not in found and index.eligible_start[place] <= self._micros < index.eligible_end[place]:
                    more = directory.caller(group, self._micros).identities - found
                    found |= more
                    waiting += more
        return found

    def _scopes(self, needs: tuple[Need, ...], principal: int) -> list[tuple[int, bool]]:
        """Return the scopes of its assignments at which one principal has every need, not by a single assignment."""
        index = self._index
        ranks = [self._stands.of(need) for need in needs]
        held: dict[int, list[tuple[int, ...]]] = {}
        for one in self._identities(principal):
            for row in index.v_held[index.v_by_principal[one] : index.v_by_principal[one + 1]]:
                if self._active[row]:
                    stands = tuple(int(rank[self._code[row]]) for rank in ranks)
                    if any(stands):
                        held.setdefault(index.v_scope[row], []).append(stands)
        found: list[tuple[int, bool]] = []
        for scope in sorted(held):
            if all(min(stands) == SURE for stands in held[scope]):
                continue
            above = [stands for row in self._tree.chain(scope) for stands in held.get(row, ())]
            # What a single assignment gives is drawn as it stands; several together count where they are surer than it.
            alone = max(min(stands) for stands in above)
            together = min(max(column) for column in zip(*above, strict=True))
            if together > alone and (together == SURE or not alone):
                found.append((scope, together == SURE))
        return found

    def holding(self, needs: tuple[Need, ...], rows: Codes) -> tuple[Codes, Codes]:
        """Return which of some assignments hold all needs by themselves: certainly, and certainly or maybe."""
        ranks = np.minimum.reduce([self._stands.of(need) for need in needs])[self._stands.code[rows]]
        return rows[ranks == SURE], rows[ranks != NONE]

    def is_place(self, scopes: Codes, needs: tuple[Need, ...]) -> Mask:
        """Tell at which scopes actions are of use: where resources are made, or at one that they are all about."""
        fits: Mask = self._index.facts.scopes.kind[scopes] < ScopeKind.RESOURCE
        wanted = [need.action.lower() for need in needs]
        for place in np.flatnonzero(~fits).tolist():
            kind = self._type(int(scopes[place]))
            fits[place] = all(action.startswith(kind) for action in wanted)
        return fits

    def _type(self, scope: int) -> str:
        found = self._types.get(scope)
        if found is None:
            found = self._types[scope] = type_before(Scope.parse(self._index.facts.scopes.key[scope]))
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Somewhere:
    """Who holds all actions of some way together at one scope, wherever: masks, each with what the one before has.

    Attributes:
        sure: certainly. later: certainly, once what is eligible is activated. may: that, or maybe. ever: any of these.
    """

    sure: Mask
    later: Mask
    may: Mask
    ever: Mask


def holders_somewhere(
    index: TenantIndex,
    worth: Worth,
    combiners: tuple[Combiner, Combiner],
    ways: Sequence[tuple[Need, ...]],
    micros: int,
) -> Somewhere:
    """Return who holds all actions of some way together at one scope, wherever.

    A place is a group or more, where a resource can be made, or a resource of the very type that the actions are
    about. Denies and locks there are not looked at: what is needed is any place to run code, old or new. `combiners`
    are that of what is active, and that with what is eligible.
    """
    sure, may = _holders(index, worth, combiners[0], ways, worth.active)
    later, ever = sure.copy(), may.copy()
    if len(worth.eligible) or index.has_eligible_memberships:
        later, ever = _holders(index, worth, combiners[1], ways, np.union1d(worth.active, worth.eligible))
    for mask in (sure, may, later, ever):
        index.directory.spread(mask, micros)
    _join(index, later, micros)
    _join(index, ever, micros)
    return Somewhere(sure, later | sure, may, ever | may)


def _holders(
    index: TenantIndex, worth: Worth, combiner: Combiner, ways: Sequence[tuple[Need, ...]], among: Codes
) -> tuple[Mask, Mask]:
    """Return who holds some way by some assignments: certainly, and certainly or maybe."""
    table = index.facts.assignments
    sure = np.zeros(len(index.facts.principals.key), np.bool_)
    may = sure.copy()
    for needs in ways:
        rows = worth.rows(worth.roles_all(needs), among, data=False)
        surely, maybe = combiner.holding(needs, rows[combiner.is_place(table.scope[rows], needs)])
        sure |= with_members(index, table.principal[surely])
        may |= with_members(index, table.principal[maybe])
    for number, principal, scope, certain in combiner.together(ways, known=sure):
        if combiner.is_place(np.asarray([scope], dtype=np.int32), ways[number])[0]:
            may[principal] = True
            sure[principal] |= certain
    return sure, may | sure


def _join(index: TenantIndex, mask: Mask, micros: int) -> None:
    """Add to a mask of principals, in place, who may join them after activation (P6)."""
    table = index.facts.eligible_memberships
    usable = now(table, micros)
    member, parent = table.member[usable], table.parent[usable]
    while len(fresh := np.unique(member[mask[parent] & ~mask[member]])):
        mask |= with_members(index, fresh)
        index.directory.spread(mask, micros)


def with_members(index: TenantIndex, named: Codes) -> Mask:
    """Return a mask of some principals and everybody who is permanently in them."""
    rows = np.flatnonzero(np.bincount(named, minlength=1))
    mask = np.zeros(len(index.facts.principals.key), np.bool_)
    mask[rows] = True
    closure = index.directory.closure
    starts, ends = closure.member_offsets[rows], closure.member_offsets[rows + 1]
    for first, last in zip(starts[ends > starts].tolist(), ends[ends > starts].tolist(), strict=True):
        mask[closure.member[first:last]] = True
    return mask
