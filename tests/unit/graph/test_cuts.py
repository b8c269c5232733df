"""Cuts of small networks that are written out."""

from __future__ import annotations

from math import inf

import numpy as np
import pytest
from tests.strategies.networks import TABLES, network_of, seeded_network

from remit.graph import cuts
from remit.graph.cut_model import Choice, CutModel
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


def drawn(seed):
    """A search over a network in which everything can be taken away."""
    plain = seeded_network(seed, 60, 160, silent=0.0)
    labels = Labels()
    label = labels.number("assigned", (), 1, "assignments")
    edges = EdgeBatch.of(
        plain.keys[plain.source], plain.keys[plain.target], label=label, evidence=np.arange(plain.edges, dtype=np.int32)
    )
    return Search(Network.assemble([edges], labels))


@pytest.mark.parametrize("budget", [None, 4])
def test_when_time_is_over_the_gap_is_told(budget):
    search = drawn(11)
    quick = cut(search, range(20), range(55, 60), budget=budget, left=lambda: 0.0)
    best = cut(search, range(20), range(55, 60), budget=budget)
    assert best.gap == 0
    assert quick.gap == 1
    assert quick.bound == 0 < best.value <= quick.value


def test_after_many_units_the_quick_way_takes_several_at_once(monkeypatch):
    monkeypatch.setattr(cuts, "_ONE_BY_ONE", 1)
    search = searched(9, *((source, 8, ASSIGNMENT, source) for source in range(8)))
    assert len(cut(search, range(8), [8], left=lambda: 0.0).units) == 8


def without_solver(monkeypatch):
    monkeypatch.setattr(cuts._Cutting, "_solve", lambda _self: None)


def test_ways_that_share_nothing_are_a_proof_without_the_solver(monkeypatch):
    without_solver(monkeypatch)
    ways = [(source, 3, ASSIGNMENT, source) for source in range(3)]
    found = cut(searched(5, *ways, (3, 4, OWNER, 0)), [0, 1, 2], [4], pricing=lambda _: np.asarray([1.0, 1, 1, 2]))
    assert (found.value, found.bound) == (2, 2)
    found = cut(searched(5, *ways, (3, 4, OWNER, 0)), [0, 1, 2], [4], pricing=lambda _: np.asarray([1.0, 1, 1, 5]))
    assert (found.value, found.bound) == (3, 3)


def test_a_budget_is_bounded_by_ways_that_are_spread_without_the_solver(monkeypatch):
    """Each of six has two ways of its own, so that a way hit is half of somebody: two removals cut off one."""
    without_solver(monkeypatch)
    ways = [(source, end, ASSIGNMENT, 2 * source + end - 6) for source in range(6) for end in (6, 7)]
    search = searched(9, *ways, (6, 8, NOTHING, -1), (7, 8, NOTHING, -1))
    found = cut(search, range(6), [8], budget=2)
    assert (found.value, found.bound, len(found.units)) == (5, 5, 2)


def test_a_budget_takes_what_alone_cuts_off_most_not_what_most_ways_lead_over(monkeypatch):
    """Four may go by 5 or by 6, which are both on many ways; two only by 7."""
    without_solver(monkeypatch)
    ways = [(source, end, NOTHING, -1) for source in range(3) for end in (5, 6)] + [(3, 7, NOTHING, -1)]
    search = searched(9, *ways, (4, 7, NOTHING, -1), *((end, 8, OWNER, end) for end in (5, 6, 7)))
    found = cut(search, range(5), [8], budget=1)
    assert (told(found), found.cut_off.tolist()) == ([("owners", 7)], [3, 4])


def test_when_time_is_over_what_single_removals_do_is_told_of_the_first_at_least(monkeypatch):
    monkeypatch.setattr(cuts.cut_effects, "AT_ONCE", 2)
    search = searched(6, *((source, 5, ASSIGNMENT, source) for source in range(5)))
    found = cut(search, range(5), [5], left=lambda: 0.0)
    assert [unit.needed is None for unit in found.units] == [unit.alone is None for unit in found.units]
    assert [unit.needed is None for unit in found.units] == [False, False, True, True, True]
    assert not any(unit.needed is None for unit in cut(search, range(5), [5]).units)


@pytest.mark.parametrize("budget", [None, 3])
def test_the_solver_gets_no_more_time_than_is_left(monkeypatch, budget):
    asked, search = [], drawn(11)
    monkeypatch.setattr(cuts.cut_bounds, "cheapest", lambda *_: 0.0)
    monkeypatch.setattr(CutModel, "solve", lambda _, seconds: asked.append(seconds) or Choice(None, 0.0))
    cut(search, range(20), range(55, 60), budget=budget, left=lambda: 10.0)
    assert len(asked) == 1
    assert 7.9 < asked[0] < 8
    cut(search, range(20), range(55, 60), budget=budget, left=lambda: 1e-5)
    assert len(asked) == 1


@pytest.mark.parametrize(("ends", "expected"), [("come", [("owners", 0)]), ("go", [("assignments", 0)])])
def test_a_cut_in_a_hurry_is_at_the_cheaper_end(ends, expected):
    """Three ways join or part in the middle; what is nearest to the single end is one unit."""
    ways = (
        [(0, mid, ASSIGNMENT, 0) for mid in (1, 2, 3)] if ends == "go" else [(0, m, ASSIGNMENT, m) for m in (1, 2, 3)]
    )
    after = [(mid, 4, OWNER, mid if ends == "go" else 0) for mid in (1, 2, 3)]
    assert told(cut(searched(5, *ways, *after), [0], [4], left=lambda: 0.0)) == expected


def test_what_alone_cuts_off_somebody_is_found_among_much_that_more_ways_lead_over(monkeypatch):
    """Forty units, each on the way of three or more who have another way, and one on the only way of one."""
    without_solver(monkeypatch)
    ways = [
        (3 * row + one, 121 + (row + by) % 40, NOTHING, -1) for row in range(40) for one in range(3) for by in (0, 1)
    ]
    units = [(121 + row, 162, OWNER, row) for row in range(40)]
    search = searched(163, *ways, *units, (120, 161, NOTHING, -1), (161, 162, OWNER, 99))
    found = cut(search, range(121), [162], budget=1)
    assert (told(found), found.cut_off.tolist()) == ([("owners", 99)], [120])
