"""Searches of small networks that are written out."""

from __future__ import annotations

import numpy as np
import pytest
from tests.strategies.networks import network_of, seeded_network

from remit.graph import walking
from remit.graph.network import EdgeFlag
from remit.graph.nodes import NodeKind
from remit.graph.search import Search
from remit.graph.walking import Measure, backward_rows

P, HELD, HUB = NodeKind.PRINCIPAL, NodeKind.HELD, NodeKind.HUB
CERTAIN, MAYBE, LATER = 0, EdgeFlag.POSSIBLE, EdgeFlag.ELIGIBLE


def searched(kinds, *edges):
    """A search over (source, target, cost, flags)."""
    return Search(network_of(list(kinds), [(*edge, 0, -1) for edge in edges]))


def told(paths):
    return [(path.nodes, path.cost, path.hops) for path in paths]


class TestBest:
    def test_the_cheapest_comes_first_and_of_equals_the_one_with_fewer_hops(self):
        search = searched([P] * 4, (0, 1, 1, 0), (1, 3, 1, 0), (0, 2, 3, 0), (2, 3, 3, 0), (0, 3, 2, 0))
        assert told(search.best([0], [3], count=9)) == [((0, 3), 2, 1), ((0, 1, 3), 2, 2), ((0, 2, 3), 6, 2)]

    def test_by_hops_the_shortest_comes_first(self):
        search = searched([P] * 3, (0, 1, 1, 0), (1, 2, 1, 0), (0, 2, 9, 0))
        assert told(search.best([0], [2], count=9, measure=Measure.HOPS)) == [((0, 2), 9, 1), ((0, 1, 2), 2, 2)]

    def test_silent_nodes_are_no_hops_and_make_no_second_path(self):
        search = searched([P, P, HELD, HUB], (0, 2, 1, 0), (2, 1, 0, 0), (0, 3, 2, 0), (3, 1, 0, 0))
        assert told(search.best([0], [1], count=9)) == [((0, 2, 1), 1, 1)]

    def test_a_path_ends_at_the_first_target_and_a_source_that_is_one_has_arrived(self):
        search = searched([P] * 3, (0, 1, 1, 0), (1, 2, 1, 0))
        assert told(search.best([0], [1, 2], count=9)) == [((0, 1), 1, 1)]
        assert told(search.best([1], [1], count=9)) == [((1,), 0, 0)]

    def test_nothing_leads_to_what_is_not_reached(self):
        search = searched([P] * 3, (0, 1, 1, 0), (2, 1, 1, 0))
        assert search.best([0], [2]) == ()
        assert search.best([], [1]) == search.best([0], []) == ()

    def test_certain_answers_walk_no_possible_edge_and_eligible_ones_are_marked(self):
        search = searched([P] * 3, (0, 2, 1, MAYBE), (0, 1, 1, LATER), (1, 2, 1, CERTAIN))
        paths = search.best([0], [2], count=9)
        assert [(path.nodes, path.certain, path.eligible) for path in paths] == [
            ((0, 1, 2), True, True),
            ((0, 2), False, False),
        ]
        assert [path.nodes for path in search.certain.best([0], [2], count=9)] == [(0, 1, 2)]
        assert search.certain.certain is search.certain

    def test_edges_that_are_not_allowed_are_not_walked(self):
        search = searched([P] * 3, (0, 1, 1, 0), (1, 2, 1, 0), (0, 2, 9, 0))
        without_the_first = search.but(allowed=np.asarray([False, True, True]))
        assert told(without_the_first.best([0], [2], count=9)) == [((0, 2), 9, 1)]

    def test_a_gate_that_everything_leads_through_is_not_walked_around_forever(self):
        """A thousand neighbours lead back to the one node that leads on: there is one path, and it is soon said."""
        many = range(3, 1_503)
        back = [edge for node in many for edge in ((1, node, 1, 0), (node, 1, 1, 0))]
        search = searched([P] * 1_503, (0, 1, 1, 0), (1, 2, 1, 0), *back)
        assert told(search.best([0], [2], count=3)) == [((0, 1, 2), 2, 2)]


def test_a_tree_tells_the_way_of_each_node():
    search = searched([P, P, P, HELD], (0, 3, 1, 0), (3, 1, 0, 0), (1, 2, 2, MAYBE))
    tree = search.tree_to([2])
    assert (tree.cost.tolist()[:3], tree.hops.tolist()[:3]) == ([23, 22, 0], [2, 1, 0])
    assert tree.path(0).nodes == (0, 3, 1, 2)
    assert search.certain.tree_to([2]).path(0) is None
    assert search.tree_from([0]).path(2).nodes == (0, 3, 1, 2)


@pytest.mark.parametrize("edges", [0, 3_000])
def test_many_edges_are_turned_around_as_few_are(edges, monkeypatch):
    network = seeded_network(5, 500, edges)
    few = backward_rows(network)
    monkeypatch.setattr(walking, "_MANY_EDGES", 0)
    many = backward_rows(network)
    assert few.offsets.tolist() == many.offsets.tolist()
    assert (few.other.tolist(), few.edge.tolist()) == (many.other.tolist(), many.edge.tolist())
