"""Steps that only one of two graphs has, held against walking every path of both."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from remit.graph.delta.cones import Sureness
from remit.graph.delta.steps import steps_only_in
from remit.graph.network import EdgeBatch, EdgeFlag, Labels, Network
from remit.graph.nodes import Facet, NodeKind, node_key

PEOPLE = [node_key(NodeKind.PRINCIPAL, row) for row in range(4)]
SILENT = [node_key(NodeKind.HUB, row) for row in range(4)]
SCOPES = [node_key(NodeKind.SCOPE, row, Facet.GRANT) for row in range(2)]
GATES = [node_key(NodeKind.RESOURCE, 0, Facet.GATE)]
KEYS = np.array(sorted([*PEOPLE, *SILENT, *SCOPES, *GATES]), dtype=np.int64)
NAMES = ("-", "VM-01", "EN-05")

edge = st.tuples(
    st.sampled_from(KEYS.tolist()),
    st.sampled_from(KEYS.tolist()),
    st.sampled_from(NAMES),
    st.sampled_from([0, EdgeFlag.POSSIBLE, EdgeFlag.ELIGIBLE]),
    st.integers(0, 1),
)
graphs = st.lists(edge, max_size=14)


def drawn(edges, order) -> SimpleNamespace:
    """A graph of nothing but a network; labels are numbered in the order given, to be told apart by name alone."""
    labels, batches = Labels(), []
    numbers = {name: labels.number(name) for name in order}
    for source, target, name, flags, evidence in edges:
        bits = flags | (EdgeFlag.SILENT if name == "-" else 0)
        ends = (np.array([one], dtype=np.int64) for one in (source, target))
        batches.append(EdgeBatch.of(*ends, label=numbers[name], flags=bits, evidence=evidence))
    return SimpleNamespace(network=Network.assemble(batches, labels, nodes=[KEYS]), classes=())


def level(flags: int) -> int:
    if flags & EdgeFlag.POSSIBLE:
        return Sureness.POSSIBLE
    return Sureness.ELIGIBLE if flags & EdgeFlag.ELIGIBLE else Sureness.CERTAIN


def steps(edges, *, inherited: bool) -> dict[tuple[int, int, str], int]:
    """Every step, at its surest, by walking; with `inherited` also those that go on from a scope to what is in it."""
    found: dict[tuple[int, int, str], int] = {}
    for begin in KEYS.tolist():
        if begin in SILENT:
            continue
        waiting, seen = [(begin, "", Sureness.CERTAIN, False)], set()
        while waiting:
            at, label, sure, inside = waiting.pop()
            for source, target, name, flags, _ in edges:
                if source != at or (inside and name != "-"):
                    continue
                now = (target, label or ("" if name == "-" else name), min(sure, level(flags)), inside)
                if now in seen:
                    continue
                seen.add(now)
                if target not in SILENT and target != begin:
                    key = begin, target, now[1]
                    found[key] = max(found.get(key, 0), now[2])
                if target in SILENT:
                    waiting.append(now)
                elif inherited and target in SCOPES:
                    waiting.append((*now[:3], True))
    return found


@given(graphs, graphs, st.permutations(NAMES), st.permutations(NAMES))
def test_steps_are_those_that_walking_finds_and_lead_where_they_say(here, there, order, other_order) -> None:
    graph, other = drawn(here, order), drawn(there, other_order)
    same = SimpleNamespace(nodes=np.arange(len(KEYS), dtype=np.int32), nodes_above=np.arange(len(KEYS), dtype=np.int32))
    found = steps_only_in(graph, other, same)
    mine, theirs = steps(here, inherited=False), steps(there, inherited=True)
    between: dict[tuple[int, int], int] = {}
    for (source, target, _), sure in theirs.items():
        between[source, target] = max(between.get((source, target), 0), sure)
    wanted = {key: (sure, theirs.get(key, 0)) for key, sure in mine.items() if sure > theirs.get(key, 0)}
    told = {}
    for step in found.steps(range(found.count)):
        source, target = (int(KEYS[node]) for node in (step.nodes[0], step.nodes[-1]))
        told[source, target, label_of(graph.network, step.edges)] = (step.now, step.before)
        assert step.leads == (between.get((source, target), 0) < step.now and target not in GATES)
        assert all(int(KEYS[node]) in SILENT for node in step.nodes[1:-1])
        assert [int(graph.network.source[one]) for one in step.edges] == list(step.nodes[:-1])
        assert min(level(int(graph.network.flags[one])) for one in step.edges) == step.now
    assert told == wanted
    assert found.count == len(wanted)
    assert found.compared == found.sources


def label_of(network: Network, edges: tuple[int, ...]) -> str:
    names = [network.labels[int(network.label[one])].name for one in edges]
    return next((name for name in names if name != "-"), "")


@given(graphs)
def test_a_graph_has_no_step_that_it_has_not(edges) -> None:
    graph, again = drawn(edges, NAMES), drawn(edges[::-1], NAMES[::-1])
    same = SimpleNamespace(nodes=np.arange(len(KEYS), dtype=np.int32), nodes_above=np.arange(len(KEYS), dtype=np.int32))
    assert steps_only_in(graph, again, same).sources == 0
