"""What several assignments give together: a way whose needs no single role holds.

First, for all principals at once, which needs each holds anywhere by roles that do not hold them all, as bits, through
itself and its groups; only who holds all needs of a way so is looked at one by one. A way is had at a scope where every
need is granted at or above it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from remit.engine.index import TenantIndex
from remit.engine.views import view
from remit.graph.holding.grants import NONE, SURE, Worth
from remit.graph.holding.tree import PlaceTree
from remit.graph.kinds import Need
from remit.model.scope import Scope, ScopeKind

Codes = NDArray[np.int32]
Mask = NDArray[np.bool_]
_BITS = 63


class Combiner:
    """Finds who has ways together from several assignments; conditions make it only possible.

    Args:
        index, tree, worth, micros: the snapshot, its places, what roles and assignments are worth, the instant.
        activated: count what is only eligible as well.
    """

    def __init__(
        self, index: TenantIndex, tree: PlaceTree, worth: Worth, micros: int, *, activated: bool = False
    ) -> None:
        self._index = index
        self._worth = worth
        self._micros = micros
        self._tree = tree
        self._rows = np.union1d(worth.active, worth.eligible).astype(np.int32) if activated else worth.active
        active = np.zeros(len(index.facts.assignments.role), dtype=np.uint8)
        active[self._rows] = 1
        self._active = view(active)
        self._plain: dict[Need, bytes] = {}
        self._types: dict[int, str] = {}

    def together(
        self, ways: Sequence[tuple[Need, ...]], known: Mask | None = None
    ) -> Iterator[tuple[int, int, int, bool]]:
        """Yield (way, principal, scope, certain) for ways that no single role of the principal holds.

        Scopes are those of the assignments themselves: what is below inherits.

        Args:
            ways: needs of each.
            known: principals who need not be looked at.

        Cost: one pass over closed memberships for some dozen needs, then the assignments of each candidate.
        """
        several = [number for number, needs in enumerate(ways) if len(needs) > 1]
        needs = list(dict.fromkeys(need for number in several for need in ways[number]))
        for first in range(0, len(needs), _BITS):
            part = needs[first : first + _BITS]
            inside = [number for number in several if ways[number][0] in part]
            # A way whose needs fall into two parts is done in a pass of its own.
            whole = [number for number in inside if set(ways[number]) <= set(part)]
            yield from self._pass(ways, whole, part, known)
            for number in inside:
                if number not in whole:
                    yield from self._pass(ways, [number], list(ways[number]), known)

    def _pass(
        self, ways: Sequence[tuple[Need, ...]], numbers: list[int], needs: list[Need], known: Mask | None
    ) -> Iterator[tuple[int, int, int, bool]]:
        if not numbers:
            return
        place = {need: np.uint64(1) << np.uint64(bit) for bit, need in enumerate(needs)}
        table = self._index.facts.assignments
        role_bits = np.zeros(len(self._index.facts.roles), dtype=np.uint64)
        for need in needs:
            role_bits |= np.where(self._worth.roles(need) != NONE, place[need], np.uint64(0))
        active = self._rows
        for number in numbers:
            wanted = np.bitwise_or.reduce([place[need] for need in ways[number]])
            sole = self._worth.roles_all(ways[number]) != NONE
            partial = (role_bits & wanted != 0) & ~sole
            some = np.zeros(len(self._index.facts.principals.key), dtype=np.uint64)
            rows = active[partial[table.role[active]]]
            if not len(rows):
                continue
            np.bitwise_or.at(some, table.principal[rows], role_bits[table.role[rows]] & wanted)
            # A role that holds the whole way gives it wherever it is joined to another, so only the others count.
            asked = (self._through_groups(some) & wanted) == wanted
            candidates = np.flatnonzero(asked if known is None else asked & ~known)
            for principal in candidates.tolist():
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
        index = self._index
        ranks = [self._ranks(need) for need in needs]
        held: dict[int, list[tuple[int, ...]]] = {}
        for one in index.directory.caller(principal, self._micros).identities:
            for row in index.v_held[index.v_by_principal[one] : index.v_by_principal[one + 1]]:
                role = index.v_role[row]
                stands = tuple(rank[role] for rank in ranks)
                if self._active[row] and any(stands):
                    plain = index.v_condition[row] < 0
                    held.setdefault(index.v_scope[row], []).append(stands if plain else tuple(map(_doubted, stands)))
        found: list[tuple[int, bool]] = []
        for scope in sorted(held):
            if all(all(stands) for stands in held[scope]):
                continue
            above = [stands for row in self._tree.chain(scope) for stands in held.get(row, ())]
            # What a single role gives is drawn as it stands; several together count where they are surer than each.
            alone = max(min(stands) for stands in above)
            together = min(max(column) for column in zip(*above, strict=True))
            if together > alone and (together == SURE or not alone):
                found.append((scope, together == SURE))
        return found

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
            names = Scope.parse(self._index.facts.scopes.key[scope]).resource_names()
            found = self._types[scope] = f"{names[-1][0]}/" if names else "/"
        return found

    def _ranks(self, need: Need) -> bytes:
        found = self._plain.get(need)
        if found is None:
            found = self._plain[need] = self._worth.roles(need).tobytes()
        return found


def _doubted(rank: int) -> int:
    """Return how a role stands to a need where its assignment has a condition."""
    return min(rank, SURE - 1)


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
    if len(worth.eligible):
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
        ranks = worth.roles_all(needs)
        rows = worth.rows(ranks, among, data=False)
        rows = rows[combiner.is_place(table.scope[rows], needs)]
        plain = rows[(ranks[table.role[rows]] == SURE) & ~worth.conditional[rows]]
        sure |= with_members(index, table.principal[plain])
        may |= with_members(index, table.principal[rows])
    for number, principal, scope, certain in combiner.together(ways, known=sure):
        if combiner.is_place(np.asarray([scope], dtype=np.int32), ways[number])[0]:
            may[principal] = True
            sure[principal] |= certain
    return sure, may | sure


def _join(index: TenantIndex, mask: Mask, micros: int) -> None:
    """Add to a mask of principals, in place, who may join them after activation (P6)."""
    table = index.facts.eligible_memberships
    now = (table.start <= micros) & (micros < table.end)
    member, parent = table.member[now], table.parent[now]
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
