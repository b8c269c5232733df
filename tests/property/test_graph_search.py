"""Searches of a network against networkx, and against walking every path there is."""

from __future__ import annotations

from itertools import islice

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.strategies.networks import networks, seeded_network, some_nodes

from remit.graph import ranking
from remit.graph.network import EdgeFlag, Network
from remit.graph.search import FoundPath, Search
from remit.graph.walking import Measure

MEASURES = st.sampled_from(list(Measure))
FLAGS = st.sampled_from((0, EdgeFlag.POSSIBLE, EdgeFlag.POSSIBLE | EdgeFlag.ELIGIBLE))


def graph_of(search: Search, measure: Measure = Measure.COST) -> nx.DiGraph:
    """The same edges in networkx: `weight` compares as (first, second), the best of equal edges stays."""
    network, shown = search.network, search.ground.shown
    graph = nx.DiGraph()
    graph.add_nodes_from(range(network.nodes))
    for edge in range(network.edges):
        if network.flags[edge] & search.without:
            continue
        source, target = int(network.source[edge]), int(network.target[edge])
        cost, hop = int(network.cost[edge]), int(shown[target])
        weight = cost * 1_000_000 + hop if measure is Measure.COST else hop * 1_000_000 + cost
        if not graph.has_edge(source, target) or graph[source][target]["weight"] > weight:
            graph.add_edge(source, target, weight=weight)
    return graph


def length(path: FoundPath, measure: Measure) -> tuple[int, int]:
    """What paths are ordered by."""
    return (path.cost, path.hops) if measure is Measure.COST else (path.hops, path.cost)


def shown_nodes(search: Search, path: FoundPath, ends: set[int]) -> tuple[int, ...]:
    """The nodes of a path that are shown or asked about."""
    return tuple(node for node in path.nodes if search.ground.shown[node] or node in ends)


def every_path(
    search: Search, sources: list[int], targets: list[int], measure: Measure
) -> dict[tuple[int, ...], tuple]:
    """Walk every path; of those that show the same the best."""
    network, ends, best = search.network, {*sources, *targets}, {}

    def walk(node: int, seen: tuple[int, ...], silent: frozenset[int], cost: int, hops: int) -> None:
        if node in targets:
            found = (cost, hops) if measure is Measure.COST else (hops, cost)
            best[seen] = min(best.get(seen, found), found)
            return
        for edge in range(network.offsets[node], network.offsets[node + 1]):
            target, more = int(network.target[edge]), int(network.cost[edge])
            if network.flags[edge] & search.without:
                continue
            shown = bool(search.ground.shown[target])
            if shown or target in ends:
                if target not in seen:
                    walk(target, (*seen, target), frozenset(), cost + more, hops + shown)
            elif target not in silent:
                walk(target, seen, silent | {target}, cost + more, hops)

    for source in sources:
        walk(source, (source,), frozenset(), 0, 0)
    return best


def assert_path_is_one(network: Network, path: FoundPath) -> None:
    edges = np.asarray(path.edges, dtype=np.int64)
    assert network.source[edges].tolist() == list(path.nodes[:-1])
    assert network.target[edges].tolist() == list(path.nodes[1:])
    assert path.certain == (not (network.flags[edges] & EdgeFlag.POSSIBLE).any())
    assert path.eligible == bool((network.flags[edges] & EdgeFlag.ELIGIBLE).any())


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_reach_is_that_of_networkx(data):
    network = data.draw(networks(most=12))
    search = Search(network, data.draw(FLAGS))
    nodes, graph = data.draw(some_nodes(network)), graph_of(search)
    forward = set().union(nodes, *(nx.descendants(graph, node) for node in nodes))
    back = set().union(nodes, *(nx.ancestors(graph, node) for node in nodes))
    assert set(np.flatnonzero(search.reached(nodes)).tolist()) == forward
    assert set(np.flatnonzero(search.reaching(nodes)).tolist()) == back


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_trees_are_as_short_as_those_of_networkx(data):
    network, measure = data.draw(networks(most=12)), data.draw(MEASURES)
    search = Search(network, data.draw(FLAGS))
    nodes, graph = data.draw(some_nodes(network)), graph_of(search, measure)
    away = nx.multi_source_dijkstra_path_length(graph, nodes)
    there = nx.multi_source_dijkstra_path_length(graph.reverse(), nodes)
    for tree, expected in (
        (search.tree_from(nodes, measure=measure), away),
        (search.tree_to(nodes, measure=measure), there),
    ):
        for node in range(network.nodes):
            path = tree.path(node)
            if node not in expected:
                assert path is None
                assert (tree.cost[node], tree.hops[node]) == (-1, -1)
                continue
            assert_path_is_one(network, path)
            assert divmod(expected[node], 1_000_000) == length(path, measure)
            assert (tree.cost[node], tree.hops[node]) == (path.cost, path.hops)
            assert (path.nodes[0] if tree.towards else path.nodes[-1]) == node
            assert (path.nodes[-1] if tree.towards else path.nodes[0]) in nodes


@given(st.data(), st.sampled_from((0, 2, ranking._PATIENCE)))
@settings(max_examples=200, deadline=None)
def test_ranked_paths_are_every_path_in_order(data, patience):
    network, measure = data.draw(networks()), data.draw(MEASURES)
    search = Search(network, data.draw(FLAGS))
    sources, targets = data.draw(some_nodes(network)), data.draw(some_nodes(network))
    expected = every_path(search, sources, targets, measure)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ranking, "_PATIENCE", patience)
        found = list(search.ranked(sources, targets, measure=measure))
    for path in found:
        assert_path_is_one(network, path)
    lengths = {shown_nodes(search, path, {*sources, *targets}): length(path, measure) for path in found}
    assert len(lengths) == len(found)
    assert lengths == expected
    assert list(lengths.values()) == sorted(lengths.values())


@pytest.mark.parametrize("measure", list(Measure))
@pytest.mark.parametrize("seed", range(4))
def test_the_best_of_a_larger_network_are_those_of_networkx(seed, measure):
    """Larger than the balls that meet, so that the bound is raised several times; without silent nodes, as networkx."""
    network = seeded_network(seed, 3_000, 10_000, silent=0.0)
    search = Search(network)
    graph = graph_of(search, measure)
    dice = np.random.default_rng(seed)
    for _ in range(3):
        source, target = dice.integers(0, network.nodes, 2).tolist()
        found = search.best([source], [target], count=12, measure=measure)
        if not nx.has_path(graph, source, target):
            assert found == ()
            continue
        paths = islice(nx.shortest_simple_paths(graph, source, target, weight="weight"), 12)
        expected = [divmod(nx.path_weight(graph, path, "weight"), 1_000_000) for path in paths]
        assert [length(path, measure) for path in found] == expected
