"""The blast radius of everybody against one walk for each."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.strategies.networks import networks, seeded_network

from remit.graph import radius as module
from remit.graph.network import EdgeFlag
from remit.graph.radius import radius
from remit.graph.search import Search


def one_by_one(search, weights, asked):
    lines = []
    for node in asked:
        reached = search.reached([node])
        reached[node] = False
        lines.append(weights[reached].sum(axis=0))
    return np.asarray(lines).reshape(len(asked), weights.shape[1])


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_everybody_is_counted_as_by_a_walk_of_their_own(data):
    network = data.draw(networks(most=12))
    search = Search(network, data.draw(st.sampled_from((0, EdgeFlag.POSSIBLE))))
    weight = st.lists(st.sampled_from((0, 0, 1, 5)), min_size=network.nodes * 2, max_size=network.nodes * 2)
    weights = np.asarray(data.draw(weight), dtype=np.int64).reshape(network.nodes, 2)
    asked = data.draw(st.lists(st.integers(0, network.nodes - 1), unique=True))
    assert radius(search, weights, asked=asked).tolist() == one_by_one(search, weights, asked).tolist()


def with_things(search, weights, asked, itself, things):
    lines = []
    for node, own in zip(asked, itself, strict=True):
        reached = search.reached([node])
        count = len(set(things[reached & (things >= 0)].tolist()))
        reached[own] = False
        lines.append([*weights[reached].sum(axis=0).tolist(), count])
    return lines


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_things_with_several_sides_count_once_as_by_a_walk_of_their_own(data):
    network = data.draw(networks(most=14))
    search = Search(network, data.draw(st.sampled_from((0, EdgeFlag.POSSIBLE))))
    weight = st.lists(st.sampled_from((0, 0, 1, 5)), min_size=network.nodes, max_size=network.nodes)
    weights = np.asarray(data.draw(weight), dtype=np.int64).reshape(network.nodes, 1)
    thing = st.lists(st.sampled_from((-1, 0, 1, 2, 5)), min_size=network.nodes, max_size=network.nodes)
    things = np.asarray(data.draw(thing), dtype=np.int32)
    node = st.integers(0, network.nodes - 1)
    asked = data.draw(st.lists(node, unique=True))
    itself = data.draw(st.lists(node, min_size=len(asked), max_size=len(asked)))
    found = radius(search, weights, asked=asked, itself=itself, things=things)
    assert found.tolist() == with_things(search, weights, asked, itself, things)


@pytest.mark.parametrize("edges", [500, 1_400, 4_000])
def test_things_count_once_over_many_stretches(edges, monkeypatch):
    monkeypatch.setattr(module, "_WORDS", 1)
    monkeypatch.setattr(module, "_BITS", 64)
    network = seeded_network(edges, 1_000, edges)
    dice = np.random.default_rng(edges)
    weights, things = dice.integers(0, 4, (network.nodes, 2)), dice.integers(-1, 300, network.nodes).astype(np.int32)
    search, asked = Search(network), np.arange(0, network.nodes, 7)
    itself = dice.integers(0, network.nodes, len(asked))
    found = radius(search, weights, asked=asked, itself=itself, things=things)
    assert found.tolist() == with_things(search, weights, asked, itself, things)


@pytest.mark.parametrize("edges", [500, 1_400, 4_000])
def test_many_stretches_add_up(edges, monkeypatch):
    monkeypatch.setattr(module, "_WORDS", 1)
    monkeypatch.setattr(module, "_BITS", 64)
    network = seeded_network(edges, 1_000, edges)
    weights = np.random.default_rng(edges).integers(0, 4, (network.nodes, 3))
    search, asked, told = Search(network), np.arange(0, network.nodes, 7), []
    found = radius(search, weights, asked=asked, progress=lambda done, of: told.append((done, of)))
    assert (found == one_by_one(search, weights, asked)).all()
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1][0] == told[-1][1]


def test_weights_beyond_what_small_floats_hold_are_added_exactly():
    network = seeded_network(3, 200, 500)
    weights = np.full((network.nodes, 1), 2**25 + 1, dtype=np.int64)
    search, asked = Search(network), np.arange(network.nodes)
    assert (radius(search, weights, asked=asked) == one_by_one(search, weights, asked)).all()
