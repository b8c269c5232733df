"""G1, P6, V3: who is in which group at an instant."""

from __future__ import annotations

import itertools
import random

import numpy as np
import pytest

from remit.engine.facts import Memberships
from remit.engine.membership import Directory, close
from remit.model.interval import ALWAYS_FROM, ALWAYS_UNTIL


def _memberships(pairs, windows=None):
    windows = windows or [(ALWAYS_FROM, ALWAYS_UNTIL)] * len(pairs)
    return Memberships(
        np.array([parent for _, parent in pairs], dtype=np.int32),
        np.array([member for member, _ in pairs], dtype=np.int32),
        np.array([start for start, _ in windows], dtype=np.int64),
        np.array([end for _, end in windows], dtype=np.int64),
    )


def _directory(count, pairs, timed=(), *, unread=frozenset(), any_group=False):
    windows = [(start, end) for _, _, start, end in timed]
    closure = close(count, _memberships(list(pairs)))
    return Directory(closure, _memberships([one[:2] for one in timed], windows), unread, any_group=any_group)


def _reachable(pairs, start):
    seen, waiting = set(), [start]
    while waiting:
        one = waiting.pop()
        for member, parent in pairs:
            if member == one and parent not in seen:
                seen.add(parent)
                waiting.append(parent)
    return seen


@pytest.mark.parametrize("seed", range(60))
def test_closure_follows_every_nesting_and_survives_cycles(seed):
    chance = random.Random(seed)
    count = chance.randrange(1, 14)
    pairs = list({(chance.randrange(count), chance.randrange(count)) for _ in range(chance.randrange(25))})
    directory = _directory(count, pairs)
    for one in range(count):
        expected = _reachable(pairs, one)
        assert set(directory.groups_of(one)) == expected
        for group in expected:
            assert one in directory.members(group)
            way = directory.path(one, group, 0)
            assert way[0] == one
            assert way[-1] == group
            assert all((member, parent) in pairs for member, parent in itertools.pairwise(way))


def test_a_membership_with_a_window_counts_from_its_start_until_before_its_end():
    directory = _directory(4, [(1, 2)], timed=[(0, 1, 10, 20), (2, 3, 15, 30)])
    assert directory.caller(0, 9).groups == ()
    assert directory.caller(0, 10).groups == (1, 2)
    assert directory.caller(0, 15).groups == (1, 2, 3)
    assert directory.caller(0, 20).groups == ()
    assert directory.path(0, 3, 15) == (0, 1, 2, 3)


def test_spreading_a_mask_follows_windows_too():
    directory = _directory(5, [(4, 0)], timed=[(0, 1, 10, 20), (1, 2, 10, 20)])
    mask = np.array([False, False, True, False, False])
    directory.spread(mask, 12)
    assert mask.tolist() == [True, True, True, False, True]


def test_groups_above_an_unread_one_are_possible_too():
    directory = _directory(4, [(1, 2), (0, 2)], unread=frozenset({1}))
    assert directory.caller(3, 0).possible == {1, 2}
    assert directory.caller(0, 0).possible == {1}
    assert directory.caller(-1, 0).possible == {1, 2}
