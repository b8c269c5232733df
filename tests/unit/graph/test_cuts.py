"""Cuts of small networks that are written out."""

from __future__ import annotations

from math import inf

import numpy as np
import pytest
from tests.strategies.networks import TABLES, network_of, seeded_network

from remit.graph import cuts
from remit.graph.cuts import cut
from remit.graph.network import EdgeBatch, Labels, Network
from remit.graph.nodes import NodeKind
from remit.graph.search import Search

P = NodeKind.PRINCIPAL
NOTHING, ASSIGNMENT, OWNER = range(len(TABLES))


def searched(count, *edges):
    """A search over (source, target, table, evidence)."""
    return Search(network_of([P] * count, [(source, target, 1, 0, *unit) for source, target, *unit in edges]))


def told(found):
    return [(unit.table, unit.evidence) for unit in found.units]


def test_one_assignment_is_taken_away_once_though_it_draws_two_edges():
    search = searched(4, (0, 1, ASSIGNMENT, 7), (0, 2, ASSIGNMENT, 7), (1, 3, OWNER, 1), (2, 3, OWNER, 2))
    found = cut(search, [0], [3])
    assert told(found) == [("assignments", 7)]
    assert (found.price, found.value, found.bound, found.gap) == (1, 1, 1, 0)
    assert (found.cut_off.tolist(), found.left.tolist(), found.stuck.tolist()) == ([0], [], [])


def test_two_assignments_that_give_the_same_are_both_taken_away():
    search = searched(2, (0, 1, ASSIGNMENT, 1), (0, 1, ASSIGNMENT, 2))
    assert search.network.edges == 2
    assert told(cut(search, [0], [1])) == [("assignments", 1), ("assignments", 2)]


def test_what_has_a_high_price_stays_and_what_must_stay_does():
    search = searched(3, (0, 1, ASSIGNMENT, 1), (1, 2, OWNER, 1))
    for prices, expected in (([5, 1], "owners"), ([1, 5], "assignments"), ([inf, 9], "owners")):
        found = cut(search, [0], [2], pricing=lambda _, prices=prices: np.asarray(prices))
        assert [unit.table for unit in found.units] == [expected]


def test_whoever_nothing_keeps_away_is_stuck_and_the_others_are_still_cut_off():
    search = searched(4, (0, 3, NOTHING, -1), (1, 3, ASSIGNMENT, 4), (2, 3, ASSIGNMENT, -1))
    found = cut(search, [0, 1, 2, 3], [3])
    assert (told(found), found.cut_off.tolist()) == ([("assignments", 4)], [1])
    assert found.left.tolist() == found.stuck.tolist() == [0, 2, 3]


def test_nothing_is_taken_away_where_nothing_is_reached():
    found = cut(searched(3, (1, 0, ASSIGNMENT, 1)), [0], [1, 2])
    assert (found.units, found.value, found.gap, found.left.tolist()) == ((), 0, 0, [])


def test_a_budget_is_spent_where_it_keeps_most_away():
    several = [(source, 6, ASSIGNMENT, source) for source in range(3)]
    search = searched(8, *several, (6, 7, OWNER, 0), (3, 7, ASSIGNMENT, 3), (4, 7, ASSIGNMENT, 4))
    found = cut(search, [0, 1, 2, 3, 4], [7], budget=2)
    assert told(found) == [("owners", 0), ("assignments", 3)]
    assert (found.value, found.bound, found.left.tolist()) == (1, 1, [4])
    assert [unit.needed.tolist() for unit in found.units] == [[0, 1, 2], [3]]


@pytest.mark.parametrize("seconds", [0.0, 1e-9])
@pytest.mark.parametrize("budget", [None, 4])
def test_when_time_is_over_the_gap_is_told(budget, seconds):
    plain = seeded_network(11, 60, 160, silent=0.0)
    labels = Labels()
    label = labels.number("assigned", (), 1, "assignments")
    edges = EdgeBatch.of(
        plain.keys[plain.source], plain.keys[plain.target], label=label, evidence=np.arange(plain.edges, dtype=np.int32)
    )
    search = Search(Network.assemble([edges], labels))
    quick = cut(search, range(20), range(55, 60), budget=budget, seconds=seconds)
    best = cut(search, range(20), range(55, 60), budget=budget)
    assert best.gap == 0
    assert quick.gap == 1
    assert quick.bound == 0 < best.value <= quick.value


def test_after_many_units_the_quick_way_takes_several_at_once(monkeypatch):
    monkeypatch.setattr(cuts, "_ONE_BY_ONE", 1)
    search = searched(9, *((source, 8, ASSIGNMENT, source) for source in range(8)))
    assert len(cut(search, range(8), [8], seconds=0.0).units) == 8
