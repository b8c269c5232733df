"""Steps from shown node to shown node: silent nodes between, what says a step, and the best of several."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.graph.network import EdgeBatch, EdgeFlag, Labels, Network
from remit.graph.nodes import NodeKind, node_key
from remit.graph.stepping import NOTHING_SAID, Steps, steps_of
from remit.graph.walking import Ground

SHOWN, SILENT_NODE = NodeKind.PRINCIPAL, NodeKind.HUB
NAMES = ("-", "VM-01", "KV-01")
COSTS = (0, 2, 5)

Edge = tuple[tuple[NodeKind, int], tuple[NodeKind, int], int, int]


def network_of(*edges: Edge) -> Network:
    labels = Labels()
    for name, cost in zip(NAMES, COSTS, strict=True):
        labels.number(name, cost=cost)
    batches = [
        EdgeBatch.of(
            np.asarray([node_key(*source)], np.int64),
            np.asarray([node_key(*target)], np.int64),
            label=label,
            flags=flags,
        )
        for source, target, label, flags in edges
    ]
    people = [node_key(SHOWN, row) for row in range(6)]
    return Network.assemble(batches, labels, nodes=[np.asarray(people, np.int64)])


def told(network: Network, parts: list[Steps]) -> list[tuple[int, int, str, int, int]]:
    return [
        (
            int(network.keys[steps.source[row]]) >> 3,
            int(network.keys[steps.target[row]]) >> 3,
            "" if steps.label[row] == NOTHING_SAID else network.labels[steps.label[row]].name,
            int(steps.flags[row]),
            int(steps.cost[row]),
        )
        for steps in parts
        for row in range(steps.count)
    ]


def steps(network: Network, **given) -> list[tuple[int, int, str, int, int]]:
    return told(network, list(steps_of(Ground(network), **given)))


def person(row: int) -> tuple[NodeKind, int]:
    return SHOWN, row


def hub(row: int) -> tuple[NodeKind, int]:
    return SILENT_NODE, row


def test_an_edge_between_shown_nodes_is_a_step():
    assert steps(network_of((person(0), person(1), 1, 0))) == [(0, 1, "VM-01", 0, 2)]


def test_what_a_hub_holds_is_reached_by_whoever_reaches_the_hub():
    network = network_of(
        (person(0), hub(0), 1, EdgeFlag.ELIGIBLE),
        (hub(0), hub(1), 0, EdgeFlag.SILENT),
        (hub(1), person(1), 0, EdgeFlag.SILENT | EdgeFlag.POSSIBLE),
        (hub(0), person(2), 0, EdgeFlag.SILENT),
    )
    assert steps(network) == [(0, 1, "VM-01", EdgeFlag.POSSIBLE | EdgeFlag.ELIGIBLE, 24), (0, 2, "VM-01", 2, 4)]


def test_the_first_edge_that_is_not_silent_says_the_step():
    network = network_of(
        (person(0), hub(0), 0, EdgeFlag.SILENT), (hub(0), hub(1), 1, 0), (hub(1), person(1), 2, EdgeFlag.SILENT)
    )
    assert steps(network) == [(0, 1, "VM-01", 0, 7)]


def test_a_step_that_nothing_says_is_one_too():
    network = network_of((person(0), hub(0), 0, EdgeFlag.SILENT), (hub(0), person(1), 0, EdgeFlag.SILENT))
    assert steps(network) == [(0, 1, "", 0, 0)]


def test_of_two_ways_the_surer_stays_then_the_cheaper():
    network = network_of(
        (person(0), hub(0), 1, EdgeFlag.POSSIBLE),
        (hub(0), person(1), 0, EdgeFlag.SILENT),
        (person(0), hub(1), 1, 0),
        (hub(1), hub(2), 2, 0),
        (hub(2), person(1), 0, EdgeFlag.SILENT),
        (person(0), person(1), 2, 0),
    )
    assert steps(network) == [(0, 1, "VM-01", 0, 7), (0, 1, "KV-01", 0, 5)]


def test_a_ring_of_silent_nodes_ends():
    network = network_of(
        (person(0), hub(0), 1, 0),
        (hub(0), hub(1), 0, EdgeFlag.SILENT),
        (hub(1), hub(0), 0, EdgeFlag.SILENT),
        (hub(1), person(1), 0, EdgeFlag.SILENT),
        (hub(1), person(0), 0, EdgeFlag.SILENT),
    )
    assert steps(network) == [(0, 1, "VM-01", 0, 2)]


def test_edges_and_nodes_that_are_shut_out_make_no_step():
    network = network_of(
        (person(0), hub(0), 1, EdgeFlag.POSSIBLE),
        (hub(0), person(1), 0, EdgeFlag.SILENT),
        (person(0), person(2), 2, 0),
        (person(2), person(3), 2, 0),
    )
    certain = Ground(network, EdgeFlag.POSSIBLE)
    assert told(network, list(steps_of(certain))) == [(0, 2, "KV-01", 0, 5), (2, 3, "KV-01", 0, 5)]
    inside = np.ones(network.nodes, np.bool_)
    inside[network.number(node_key(SHOWN, 3))] = False
    inside[network.number(node_key(SILENT_NODE, 0))] = False
    assert steps(network, inside=inside) == [(0, 2, "KV-01", 0, 5)]
    allowed = network.label != 2
    assert told(network, list(steps_of(Ground(network, allowed=allowed)))) == [(0, 1, "VM-01", 1, 22)]


@pytest.mark.parametrize("at_once", [1, 2, 100])
def test_the_edges_of_a_step_lead_from_its_source_to_its_target(at_once):
    network = network_of(
        (person(0), hub(0), 1, 0),
        (hub(0), hub(1), 0, EdgeFlag.SILENT),
        (hub(1), person(1), 0, EdgeFlag.SILENT),
        (person(1), hub(1), 2, 0),
        (hub(1), person(2), 0, EdgeFlag.SILENT),
    )
    parts = list(steps_of(Ground(network), at_once=at_once))
    assert told(network, parts) == [(0, 1, "VM-01", 0, 2), (0, 2, "VM-01", 0, 2), (1, 2, "KV-01", 0, 5)]
    for part in parts:
        for row in range(part.count):
            chain = part.chain(row)
            assert network.source[chain[0]] == part.source[row]
            assert network.target[chain[-1]] == part.target[row]
            assert all(network.target[one] == network.source[other] for one, other in pairwise(chain))


NODES = st.tuples(st.sampled_from([SHOWN, SILENT_NODE]), st.integers(0, 4))
EDGES = st.lists(st.tuples(NODES, NODES, st.integers(0, 2), st.integers(0, 3)), max_size=14).map(
    lambda edges: [
        (one, other, label, flags | (EdgeFlag.SILENT if not label else 0)) for one, other, label, flags in edges
    ]
)


@given(EDGES, st.integers(1, 6))
def test_steps_are_those_of_a_walk_by_hand(edges, at_once):
    network = network_of(*edges)
    found = {(one, other, name): flags for one, other, name, flags, _ in steps(network, at_once=at_once)}
    assert found == by_hand(edges_that_stay(edges))


def edges_that_stay(edges: list[Edge]) -> list[Edge]:
    """Of equal edges a network keeps the cheapest."""
    best: dict[tuple[object, ...], Edge] = {}
    costs = {0: 0, 1: 20, 2: 2, 3: 22}
    for edge in edges:
        known = best.get(edge[:3])
        if known is None or costs[edge[3] & 3] < costs[known[3] & 3]:
            best[edge[:3]] = edge
    return list(best.values())


def by_hand(edges: list[Edge]) -> dict[tuple[int, int, str], int]:
    found: dict[tuple[int, int, str], int] = {}
    seen = set()
    waiting = [(row, person(row), "", 0) for row in range(6)]
    while waiting:
        first, at, name, sure = waiting.pop()
        for source, target, label, flags in edges:
            if source != at:
                continue
            said, so_far = name or ("" if label == 0 else NAMES[label]), sure | (flags & 3)
            if target[0] is SHOWN and target[1] != first:
                known = found.get((first, target[1], said), so_far)
                found[first, target[1], said] = min(known, so_far, key=lambda one: (one & 1, one))
            elif target[0] is not SHOWN and (first, target, said, so_far) not in seen:
                seen.add((first, target, said, so_far))
                waiting.append((first, target, said, so_far))
    return found
