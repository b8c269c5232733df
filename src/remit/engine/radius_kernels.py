"""The loops behind `blast_radius`: bits of roles times resources below, principal by principal.

What a role adds at a scope is its bits that no assignment above it already gave, times the resources of each type
below, less what deny assignments take away there. Sums of such additions are exact because every (resource, operation)
pair is added once, where it is first granted. What a (scope, row) adds under the denies for everyone is counted once
for all principals; denies that name or spare one are put right for that principal, in the subtree of each such deny
alone.

Compiled where numba is installed; plain Python otherwise. The compiler's time grows with the number of arrays that
each function takes, so columns of one table stand side by side in one array and are named by the numbers below; and
with every library function, so sorting is written out.

Tables, all in tree order. `BEGIN` and `END` are intervals of a depth-first order in which every scope also has a
leaf of its own for its own resource alone, for denies that do not reach further down (N6):

- `pairs`: the distinct (scope, row of bits) that assignments give.
- `denies`: enforced denies; one for everyone that takes everything where denies were not read.
- `areas`: resources at and below each scope or leaf, as (type, count); `area_offsets` says where each area begins.
- `parts`: per type, (word, category) of its operations, and in `masks` their bits; `part_offsets` as above.
- `bits`: rows of 64-bit words, of roles and of denies; row `ALL_BITS` has every bit.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from remit.engine.kernels import njit

Int = NDArray[np.int32]
Long = NDArray[np.int64]
Words = NDArray[np.uint64]
Small = NDArray[np.uint8]

ALL_BITS = 0
"""Row of `bits` that has them all."""

BEGIN, END, AREA, ROW = range(4)
"""Columns of `pairs` and `denies`: the interval, its area, and the row of bits granted or taken away."""

INNERMOST, FIRST, LAST, REACH = range(4, 8)
"""More columns of `pairs`: the last deny that covers it, -1 for none; the range of denies inside it; who gets it."""

EVERYBODY, ITSELF, MEMBERS = range(3)
"""Values of `REACH`: the principal named and those in it; not those in it (Lighthouse names by id alone, V15); only
those in it (the principal itself is not there any more, V5)."""

OUTER, PAST, EVERYONE = range(4, 7)
"""More columns of `denies`: the deny around it (or before it at the same place), -1 for none; the end of the range of
denies that begins with it and lies inside it; 1 where it is for everyone."""

_NAMED, _SPARED = 1, 2


@njit(cache=True, nogil=True)
def _sort(values: Int) -> None:
    """Sort in place. Values come as a few sorted runs, which Shell's gaps put together soon."""
    count = len(values)
    gap = 1
    while gap < count // 3:
        gap = 3 * gap + 1
    while gap > 0:
        for place in range(gap, count):
            value = values[place]
            slot = place
            while slot >= gap and values[slot - gap] > value:
                values[slot] = values[slot - gap]
                slot -= gap
            values[slot] = value
        gap //= 3


@njit(cache=True, nogil=True)
def _bits_set(word: np.uint64) -> np.int64:
    """Count the bits of a word."""
    word = word - ((word >> np.uint64(1)) & np.uint64(0x5555555555555555))
    word = (word & np.uint64(0x3333333333333333)) + ((word >> np.uint64(2)) & np.uint64(0x3333333333333333))
    word = (word + (word >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    word = word + (word >> np.uint64(8))
    word = word + (word >> np.uint64(16))
    return np.int64((word + (word >> np.uint64(32))) & np.uint64(0x7F))


@njit(cache=True, nogil=True)
def _add(  # noqa: C901, PLR0912, PLR0917 - one loop, kept flat for the compiler, which takes no keywords
    bits: Words,
    area_offsets: Long,
    areas: Long,
    part_offsets: Long,
    parts: Int,
    masks: Words,
    pairs: Int,
    denies: Int,
    pair: int | np.int32,
    above: Int,
    base: bool | np.bool_,
    first: int,
    last: int,
    state: Small,
    total: Long,
) -> None:
    """Add to `total` what one pair newly grants beside the rows held above it.

    Rows `above` are held above it. `base` counts what is granted in the pair's area less what denies around it take
    away; the range of denies from `first` to `last`, inside the pair, what each further takes away. An empty `state`
    asks for what is left under the denies for everyone; else it tells per deny whether it names and whether it spares
    the principal, and asks for the difference between the principal's own denies and everyone's.
    """
    row = pairs[pair, ROW]
    personal = len(state) > 0
    for deny in range(first - 1, last):
        if deny >= first:
            area, taking, outer = denies[deny, AREA], denies[deny, ROW], denies[deny, OUTER]
            for_everyone = denies[deny, EVERYONE] != 0
            for_me = personal and (for_everyone or state[deny] == _NAMED) and state[deny] < _SPARED
            sign = -1
        elif base:
            area, taking, outer = pairs[pair, AREA], np.int32(ALL_BITS), pairs[pair, INNERMOST]
            for_everyone, for_me, sign = True, personal, 1
        else:
            continue
        if not (for_everyone or for_me):
            continue
        for place in range(area_offsets[area], area_offsets[area + 1]):
            kind = areas[place, 0]
            for part in range(part_offsets[kind], part_offsets[kind + 1]):
                word = parts[part, 0]
                fresh = bits[row, word] & bits[taking, word] & masks[part]
                if not fresh:
                    continue
                for held in above:
                    fresh &= ~bits[held, word]
                everyones, mine = fresh, fresh
                around = outer
                while around >= 0 and fresh:
                    kept = ~bits[denies[around, ROW], word]
                    if denies[around, EVERYONE]:
                        everyones &= kept
                    if personal and (denies[around, EVERYONE] or state[around]) and state[around] < _SPARED:
                        mine &= kept
                    around = denies[around, OUTER]
                count = np.int64(0)
                if for_everyone:
                    count = _bits_set(everyones)
                if personal:
                    count = -count
                    if for_me:
                        count += _bits_set(mine)
                if count:
                    total[parts[part, 1]] += sign * count * areas[place, 1]


@njit(cache=True, nogil=True)
def value_pairs(  # noqa: PLR0917 - the compiler takes no keywords
    first: int,
    last: int,
    values: Long,
    bits: Words,
    area_offsets: Long,
    areas: Long,
    part_offsets: Long,
    parts: Int,
    masks: Words,
    pairs: Int,
    denies: Int,
) -> None:
    """Fill a range of lines of `values`: what each pair grants where nothing is held above, under everyone's denies."""
    above = np.empty(0, dtype=np.int32)
    state = np.empty(0, dtype=np.uint8)
    for pair in range(first, last):
        # The types are those of the other call, so that `_add` is compiled once.
        _add(
            bits, area_offsets, areas, part_offsets, parts, masks, pairs, denies,
            np.int32(pair), above, np.bool_(True), pairs[pair, FIRST], pairs[pair, LAST], state, values[pair],
        )  # fmt: skip


@njit(cache=True, nogil=True)
def count_principals(  # noqa: C901, PLR0912, PLR0915, PLR0917 - one walk, kept flat for the compiler
    first: int,
    last: int,
    totals: Long,
    bits: Words,
    area_offsets: Long,
    areas: Long,
    part_offsets: Long,
    parts: Int,
    masks: Words,
    pairs: Int,
    denies: Int,
    values: Long,
    group_offsets: Long,
    group: Int,
    held_offsets: Long,
    held: Int,
    special_offsets: Long,
    special: Int,
    principals: Int,
) -> None:
    """Fill a range of lines of `totals`: one for each principal asked about.

    `values` is what `value_pairs` found. The rest in compressed rows, per principal: the groups it is in; the pairs
    that are assigned to it itself (`held`, sorted); the denies that name it (2 d) or spare it (2 d + 1) itself
    (`special`).

    Cost: the assignments of the principal and its groups, times the types of resources below them where something
    is held above as well; plus the denies below those that name or spare the principal.
    """
    state, nobody = np.zeros(len(denies), dtype=np.uint8), np.empty(0, dtype=np.uint8)
    for asked in range(first, last):
        principal = principals[asked]
        from_group, to_group = group_offsets[principal], group_offsets[principal + 1]
        # 1. Everything that names the principal or one of its groups.
        many = few = 0
        for place in range(from_group - 1, to_group):
            one = principal if place < from_group else group[place]
            many += held_offsets[one + 1] - held_offsets[one]
            few += special_offsets[one + 1] - special_offsets[one]
        if not many:
            continue
        events = np.empty(many, dtype=np.int32)
        touched = np.empty(few, dtype=np.int32)
        count = marked = 0
        for place in range(from_group - 1, to_group):
            one = principal if place < from_group else group[place]
            itself = one == principal
            if itself and place >= from_group:
                continue
            for slot in range(held_offsets[one], held_offsets[one + 1]):
                reach = pairs[held[slot], REACH]
                if reach == EVERYBODY or (reach == ITSELF) == itself:
                    events[count] = held[slot]
                    count += 1
            for slot in range(special_offsets[one], special_offsets[one + 1]):
                deny = special[slot] >> 1
                if not state[deny]:
                    touched[marked] = deny
                    marked += 1
                state[deny] |= _SPARED if special[slot] & 1 else _NAMED
        _sort(events[:count])
        # 2. The denies that treat it unlike everyone.
        unlike = np.empty(marked, dtype=np.int32)
        own = 0
        for place in range(marked):
            deny = touched[place]
            everyones = denies[deny, EVERYONE] != 0
            if ((everyones or state[deny] == _NAMED) and state[deny] < _SPARED) != everyones:
                unlike[own] = deny
                own += 1
        _sort(unlike[:own])
        # 3. Down the tree, with what is held above on a stack.
        above = np.empty(count, dtype=np.int32)
        ends = np.empty(count, dtype=np.int32)
        levels = 0
        for place in range(count):
            pair = events[place]
            begin, end, row = pairs[pair, BEGIN], pairs[pair, END], pairs[pair, ROW]
            while levels and begin >= ends[levels - 1]:
                levels -= 1
            known = False
            for level in range(levels):
                known |= above[level] == row
            if known:
                continue
            if levels == 0:
                for category in range(totals.shape[1]):
                    totals[asked, category] += values[pair, category]
            # The first pass counts under everyone's denies, the others put right what its own denies change: around
            # the pair and then everywhere in it, or inside it, nested ones with the outermost.
            reached = 0
            for slot in range(-1, own):
                base, from_deny, to_deny = True, pairs[pair, FIRST], pairs[pair, LAST]
                if slot < 0:
                    if levels == 0:
                        continue
                else:
                    deny = unlike[slot]
                    inside = from_deny <= deny < to_deny
                    if deny < reached or not (inside or denies[deny, BEGIN] <= begin < denies[deny, END]):
                        continue
                    if inside:
                        base, from_deny, to_deny = False, np.int32(deny), denies[deny, PAST]
                    reached = to_deny
                _add(
                    bits, area_offsets, areas, part_offsets, parts, masks, pairs, denies,
                    pair, above[:levels], base, from_deny, to_deny, state if slot >= 0 else nobody, totals[asked],
                )  # fmt: skip
                if slot >= 0 and base:
                    break
            above[levels] = row
            ends[levels] = end
            levels += 1
        for place in range(marked):
            state[touched[place]] = 0
