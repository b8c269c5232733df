"""Assembling a network: every edge once, the surest of equal ones, whatever order they come in."""

from __future__ import annotations

from unittest.mock import patch

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import remit.graph.network
from remit.graph.network import EdgeBatch, EdgeFlag, Labels, Network

KEYS = st.sampled_from([0, 8, 16, (1 << 40) | 8, (6 << 40) | 3 << 3, (2 << 40) | 1])
FLAGS = st.sampled_from([0, EdgeFlag.POSSIBLE, EdgeFlag.ELIGIBLE, EdgeFlag.SILENT, EdgeFlag.POSSIBLE | EdgeFlag.LIFTS])
EDGES = st.lists(st.tuples(KEYS, KEYS, st.integers(0, 2), FLAGS, st.integers(-1, 2)), max_size=40)


def assembled(edges: list[tuple[int, int, int, int, int]], extra: list[int]) -> Network:
    labels = Labels()
    for name, cost in (("a", 1), ("b", 2), ("c", 0)):
        labels.number(name, cost=cost)
    batches = [
        EdgeBatch.of(np.asarray([edge[0]]), np.asarray([edge[1]]), label=edge[2], flags=edge[3], evidence=edge[4])
        for edge in edges
    ]
    return Network.assemble(batches, labels, nodes=[np.asarray(extra, dtype=np.int64)])


def rows(network: Network) -> list[tuple[int, int, int, int, int, int]]:
    return [
        (
            int(network.keys[network.source[edge]]),
            int(network.keys[network.target[edge]]),
            int(network.label[edge]),
            int(network.evidence[edge]),
            int(network.cost[edge]),
            int(network.flags[edge]),
        )
        for edge in range(network.edges)
    ]


def cost_of(label: int, flags: int) -> int:
    added = (
        20 * bool(flags & EdgeFlag.POSSIBLE) + 2 * bool(flags & EdgeFlag.ELIGIBLE) + 3 * bool(flags & EdgeFlag.LIFTS)
    )
    return (1, 2, 0)[label] + added


@given(EDGES, st.lists(KEYS, max_size=3))
def test_of_equal_edges_the_surest_stays_and_each_evidence_keeps_its_own(
    edges: list[tuple[int, int, int, int, int]], extra: list[int]
) -> None:
    best: dict[tuple[int, int, int, int], tuple[int, int]] = {}
    for source, target, label, flags, evidence in edges:
        key = (source, target, label, evidence)
        found = (cost_of(label, flags), flags)
        best[key] = min(best.get(key, found), found)
    network = assembled(edges, extra)
    assert sorted(rows(network)) == sorted((*key, *value) for key, value in best.items())
    assert network.keys.tolist() == sorted({*extra, *(edge[0] for edge in edges), *(edge[1] for edge in edges)})


@given(EDGES, st.randoms())
def test_the_order_of_edges_does_not_matter(edges: list[tuple[int, int, int, int, int]], dice: object) -> None:
    shuffled = list(edges)
    dice.shuffle(shuffled)  # type: ignore[attr-defined]
    assert rows(assembled(edges, [])) == rows(assembled(shuffled, []))


@given(EDGES, st.lists(KEYS, max_size=3))
def test_many_nodes_are_put_together_step_by_step(
    edges: list[tuple[int, int, int, int, int]], extra: list[int]
) -> None:
    whole = assembled(edges, extra)
    with patch.object(remit.graph.network, "_PENDING", 1):
        stepwise = assembled(edges, extra)
    assert stepwise.keys.tolist() == whole.keys.tolist()
    assert rows(stepwise) == rows(whole)


def test_a_network_without_edges_has_its_nodes() -> None:
    network = assembled([], [8])
    assert (network.nodes, network.edges, network.number(8), network.number(9)) == (1, 0, 0, -1)
