"""The loops behind `blast_radius`: bits of roles times resources below, principal by principal.

What a role adds at a scope is its bits that no assignment above it already gave, times the resources of each type
below, less what deny assignments for everyone take away there. Sums of such additions are exact because every
(resource, operation) pair is added once, where it is first granted. Denies that spare or name single principals are
put right afterwards, in the subtree of each such deny alone.

Compiled where numba is installed; plain Python otherwise. Arrays travel in the named tuples below.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from remit.engine.kernels import njit

Int = NDArray[np.int32]
Long = NDArray[np.int64]
Words = NDArray[np.uint64]

_ROWS = 256


class Ground(NamedTuple):
    """What does not depend on the principal.

    Attributes:
        order, end: depth-first intervals of scopes; parent: rows.
        count_offsets, count_type, below: resources at and below each scope, by type, as compressed rows.
        own_type: type of the scope's own resource, -1 for none.
        part_offsets, part_word, part_category, part_mask: see `radius_rows.Columns`.
        rows: bits of roles; taken: distinct unions of denies for everyone, row 0 empty.
        scope_taken: row of `taken` in force at each scope, its own included.
        fresh_order, fresh_scope, fresh_row, fresh: scopes where denies for everyone newly take bits, in tree order.
        only_order, only_scope, only_row, only: the same for denies of that scope alone (N6).
        deny_order, deny_scope, deny_bits, deny_only, deny_everyone: all enforced denies in tree order.
        deny_rows: bits of deny permissions.
        named_offsets, named, spared_offsets, spared: principals of each of those denies.
        special_offsets, special: per principal, the denies that name or spare it.
        group_offsets, group: groups of each principal.
    """

    order: Int
    end: Int
    parent: Int
    count_offsets: Long
    count_type: Int
    below: Long
    own_type: Int
    part_offsets: Long
    part_word: Int
    part_category: Int
    part_mask: Words
    rows: Words
    taken: Words
    scope_taken: Int
    fresh_order: Int
    fresh_scope: Int
    fresh_row: Int
    fresh: Words
    only_order: Int
    only_scope: Int
    only_row: Int
    only: Words
    deny_order: Int
    deny_scope: Int
    deny_bits: Int
    deny_only: NDArray[np.bool_]
    deny_everyone: NDArray[np.bool_]
    deny_rows: Words
    named_offsets: Long
    named: Int
    spared_offsets: Long
    spared: Int
    special_offsets: Long
    special: Int
    group_offsets: Long
    group: Int


class Held(NamedTuple):
    """Assignments that grant for certain: per principal, in tree order.

    Attributes:
        offsets: where each principal's begin; order, scope, row: place in the tree, scope, row of `Ground.rows`.
        pair: row of `pair_value`: what this row adds at this scope where nothing is held above.
        direct: counts for the principal itself only, not for members of it (Lighthouse names by id alone, V15).
    """

    offsets: Long
    order: Int
    scope: Int
    row: Int
    pair: Int
    direct: NDArray[np.bool_]


@njit(cache=True, nogil=True)
def _bits_set(word: np.uint64) -> np.int64:
    """Count the bits of a word."""
    one = word - ((word >> np.uint64(1)) & np.uint64(0x5555555555555555))
    two = (one & np.uint64(0x3333333333333333)) + ((one >> np.uint64(2)) & np.uint64(0x3333333333333333))
    four = (two + (two >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.int64((four * np.uint64(0x0101010101010101)) >> np.uint64(56))


@njit(cache=True, nogil=True)
def _new_bits(ground: Ground, row: int, above: Int, levels: int, word: int) -> np.uint64:
    """Return the bits of one word that a row adds to the rows held above."""
    bits: np.uint64 = ground.rows[row, word]
    for level in range(levels):
        bits &= ~ground.rows[above[level], word]
    return bits


@njit(cache=True, nogil=True)
def add_row(  # noqa: C901, PLR0917 - three like loops, kept flat for the compiler
    ground: Ground, scope: int, row: int, above: Int, levels: int, total: Long
) -> None:
    """Add to `total` what a row newly grants at a scope and below, denies for everyone taken away."""
    taken = ground.scope_taken[scope]
    for place in range(ground.count_offsets[scope], ground.count_offsets[scope + 1]):
        kind = ground.count_type[place]
        for part in range(ground.part_offsets[kind], ground.part_offsets[kind + 1]):
            word = ground.part_word[part]
            bits = _new_bits(ground, row, above, levels, word) & ground.part_mask[part] & ~ground.taken[taken, word]
            if bits:
                total[ground.part_category[part]] += ground.below[place] * _bits_set(bits)
    first = np.searchsorted(ground.fresh_order, ground.order[scope] + 1)
    last = np.searchsorted(ground.fresh_order, ground.end[scope])
    for fresh in range(first, last):
        below = ground.fresh_scope[fresh]
        for place in range(ground.count_offsets[below], ground.count_offsets[below + 1]):
            kind = ground.count_type[place]
            for part in range(ground.part_offsets[kind], ground.part_offsets[kind + 1]):
                word = ground.part_word[part]
                mask = ground.part_mask[part] & ground.fresh[ground.fresh_row[fresh], word]
                if mask:
                    bits = _new_bits(ground, row, above, levels, word) & mask
                    total[ground.part_category[part]] -= ground.below[place] * _bits_set(bits)
    first = np.searchsorted(ground.only_order, ground.order[scope])
    last = np.searchsorted(ground.only_order, ground.end[scope])
    for only in range(first, last):
        kind = ground.own_type[ground.only_scope[only]]
        if kind >= 0:
            for part in range(ground.part_offsets[kind], ground.part_offsets[kind + 1]):
                word = ground.part_word[part]
                mask = ground.part_mask[part] & ground.only[ground.only_row[only], word]
                total[ground.part_category[part]] -= _bits_set(_new_bits(ground, row, above, levels, word) & mask)


@njit(cache=True, nogil=True)
def value_pairs(ground: Ground, scope: Int, row: Int, value: Long) -> None:
    """Fill one line of `value` for each distinct (scope, row): what it adds where nothing is held above."""
    nothing = np.empty(0, dtype=np.int32)
    for pair in range(len(scope)):
        add_row(ground, scope[pair], row[pair], nothing, 0, value[pair])


@njit(cache=True, nogil=True)
def count_all(ground: Ground, held: Held, pair_value: Long, principals: Int, total: Long) -> None:
    """Fill one line of `total` for each principal asked about.

    Cost: the assignments of the principal and its groups, times the types of resources below them where something
    is held above as well; once per principal a sort of those assignments.
    """
    above = np.empty(_ROWS, dtype=np.int32)
    ends = np.empty(_ROWS, dtype=np.int32)
    for asked in range(len(principals)):
        principal = principals[asked]
        events = _events(ground, held, principal)
        levels = 0
        for event in events:
            while levels and held.order[event] >= ends[levels - 1]:
                levels -= 1
            row, scope = held.row[event], held.scope[event]
            known = False
            for level in range(levels):
                known |= above[level] == row
            if known:
                continue
            if levels == 0:
                for category in range(total.shape[1]):
                    total[asked, category] += pair_value[held.pair[event], category]
            else:
                add_row(ground, scope, row, above, levels, total[asked])
            above[levels] = row
            ends[levels] = ground.end[scope]
            levels += 1
        _put_right(ground, held, principal, events, total[asked])


@njit(cache=True, nogil=True)
def _events(ground: Ground, held: Held, principal: int) -> Long:
    """Return the assignments of a principal and its groups in tree order."""
    size = held.offsets[principal + 1] - held.offsets[principal]
    for place in range(ground.group_offsets[principal], ground.group_offsets[principal + 1]):
        group = ground.group[place]
        if group != principal:
            size += held.offsets[group + 1] - held.offsets[group]
    events = np.empty(size, dtype=np.int64)
    filled = 0
    for event in range(held.offsets[principal], held.offsets[principal + 1]):
        events[filled] = event
        filled += 1
    for place in range(ground.group_offsets[principal], ground.group_offsets[principal + 1]):
        group = ground.group[place]
        if group != principal:
            for event in range(held.offsets[group], held.offsets[group + 1]):
                if not held.direct[event]:
                    events[filled] = event
                    filled += 1
    events = events[:filled]
    return events[np.argsort(held.order[events])]


@njit(cache=True, nogil=True)
def _among(ground: Ground, principal: int, offsets: Long, listed: Int, deny: int) -> bool:
    """Tell whether a deny's list holds the principal or one of its groups."""
    first, last = ground.group_offsets[principal], ground.group_offsets[principal + 1]
    for place in range(offsets[deny], offsets[deny + 1]):
        other = listed[place]
        if other == principal:
            return True
        slot = first + np.searchsorted(ground.group[first:last], other)
        if slot < last and ground.group[slot] == other:
            return True
    return False


@njit(cache=True, nogil=True)
def _applies(ground: Ground, principal: int, deny: int) -> bool:
    """Tell whether an enforced deny applies to a principal (N5)."""
    if _among(ground, principal, ground.spared_offsets, ground.spared, deny):
        return False
    return ground.deny_everyone[deny] or _among(ground, principal, ground.named_offsets, ground.named, deny)


@njit(cache=True, nogil=True)
def _specials(ground: Ground, principal: int) -> Long:
    """Return the denies, in tree order, that treat this principal unlike everyone."""
    size = ground.special_offsets[principal + 1] - ground.special_offsets[principal]
    for place in range(ground.group_offsets[principal], ground.group_offsets[principal + 1]):
        group = ground.group[place]
        size += ground.special_offsets[group + 1] - ground.special_offsets[group]
    found = np.empty(size, dtype=np.int64)
    filled = 0
    for step in range(ground.group_offsets[principal] - 1, ground.group_offsets[principal + 1]):
        one = principal if step < ground.group_offsets[principal] else ground.group[step]
        for slot in range(ground.special_offsets[one], ground.special_offsets[one + 1]):
            deny = ground.special[slot]
            if _applies(ground, principal, deny) != ground.deny_everyone[deny]:
                found[filled] = deny
                filled += 1
    return np.unique(found[:filled])


@njit(cache=True, nogil=True)
def _put_right(ground: Ground, held: Held, principal: int, events: Long, total: Long) -> None:
    """Correct the total below every deny that names or spares this principal, nested ones with the outermost."""
    if not len(events):
        return
    reached = np.int32(-1)
    for deny in _specials(ground, principal):
        top = ground.deny_scope[deny]
        if ground.order[top] < reached:
            continue
        reached = ground.end[top]
        begin = ground.order[top]
        touched = False
        for event in events:
            inside = begin <= held.order[event] < reached
            if inside or held.order[event] <= begin < ground.end[held.scope[event]]:
                touched = True
                break
        if touched:
            _recount(ground, held, principal, events, top, total)


@njit(cache=True, nogil=True)
def _recount(  # noqa: C901, PLR0917 - kept flat for the compiler
    ground: Ground, held: Held, principal: int, events: Long, top: int, total: Long
) -> None:
    """Add, below one scope, what is held under this principal's own denies less what is held under everyone's."""
    begin, finish = ground.order[top], ground.end[top]
    first = np.searchsorted(ground.deny_order, begin)
    last = np.searchsorted(ground.deny_order, finish)
    mine = np.empty(last - first, dtype=np.bool_)
    for deny in range(first, last):
        mine[deny - first] = _applies(ground, principal, deny)
    near = np.empty(len(events), dtype=np.int64)
    count = 0
    for event in events:
        if held.order[event] < finish and ground.end[held.scope[event]] > begin:
            near[count] = event
            count += 1
    near = near[:count]
    cells = np.empty(1 + count + last - first, dtype=np.int32)
    cells[0] = top
    filled = 1
    for event in near:
        if held.order[event] > begin:
            cells[filled] = held.scope[event]
            filled += 1
    for deny in range(first, last):
        cells[filled] = ground.deny_scope[deny]
        filled += 1
    cells = cells[:filled][np.argsort(ground.order[cells[:filled]])]
    outside = 0 if ground.parent[top] < 0 else ground.scope_taken[ground.parent[top]]
    for place in range(len(cells)):
        cell = cells[place]
        if place and cells[place - 1] == cell:
            continue
        outer = -1
        for before in range(place - 1, -1, -1):
            if ground.end[cells[before]] > ground.order[cell]:
                outer = cells[before]
                break
        _recount_cell(ground, held, near, mine, first, outside, cell, outer, total)


@njit(cache=True, nogil=True)
def _recount_cell(  # noqa: PLR0917 - the compiler takes no keywords
    ground: Ground,
    held: Held,
    near: Long,
    mine: NDArray[np.bool_],
    first: int,
    outside: int,
    cell: int,
    outer: int,
    total: Long,
) -> None:
    """Add the difference that one cell makes against the cell around it, and its own resource's (N6)."""
    for place in range(ground.count_offsets[cell], ground.count_offsets[cell + 1]):
        kind = ground.count_type[place]
        for part in range(ground.part_offsets[kind], ground.part_offsets[kind + 1]):
            word = ground.part_word[part]
            mask = ground.part_mask[part]
            change = _gain(ground, held, near, mine, first, outside, cell, word, mask, False)
            if outer >= 0:
                change -= _gain(ground, held, near, mine, first, outside, outer, word, mask, False)
            total[ground.part_category[part]] += ground.below[place] * change
    kind = ground.own_type[cell]
    if kind >= 0:
        for part in range(ground.part_offsets[kind], ground.part_offsets[kind + 1]):
            word = ground.part_word[part]
            mask = ground.part_mask[part]
            change = _gain(ground, held, near, mine, first, outside, cell, word, mask, True)
            change -= _gain(ground, held, near, mine, first, outside, cell, word, mask, False)
            total[ground.part_category[part]] += change


@njit(cache=True, nogil=True)
def _gain(  # noqa: PLR0917 - the compiler takes no keywords
    ground: Ground,
    held: Held,
    near: Long,
    mine: NDArray[np.bool_],
    first: int,
    outside: int,
    cell: int,
    word: int,
    mask: np.uint64,
    only: bool,
) -> np.int64:
    """Return how many bits of a word are held at a cell under this principal's denies, less under everyone's."""
    order = ground.order[cell]
    bits = np.uint64(0)
    for event in near:
        if held.order[event] <= order < ground.end[held.scope[event]]:
            bits |= ground.rows[held.row[event], word]
    bits &= mask & ~ground.taken[outside, word]
    if not bits:
        return np.int64(0)
    everyones, own = bits, bits
    for slot in range(len(mine)):
        deny = first + slot
        scope = ground.deny_scope[deny]
        if not ground.order[scope] <= order < ground.end[scope]:
            continue
        if ground.deny_only[deny] and not (only and scope == cell):
            continue
        taken = ground.deny_rows[ground.deny_bits[deny], word]
        if ground.deny_everyone[deny]:
            everyones &= ~taken
        if mine[slot]:
            own &= ~taken
    return _bits_set(own) - _bits_set(everyones)
