"""Small networks of any shape: shown and silent nodes, cycles, costs, flags, and what edges rest on."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from remit.graph.network import EdgeBatch, EdgeFlag, Labels, Network
from remit.graph.nodes import NodeKind, node_key

SHOWN = (NodeKind.PRINCIPAL, NodeKind.RESOURCE)
SILENT = (NodeKind.HELD, NodeKind.HUB)
TABLES = ("", "assignments", "owners")


def network_of(kinds: list[int], edges: list[tuple[int, int, int, int, int, int]]) -> Network:
    """Build one of (source, target, cost, flags, table, evidence); nodes are places in `kinds`, which are sorted."""
    labels = Labels()
    keys = np.asarray([node_key(kind, place) for place, kind in enumerate(kinds)], dtype=np.int64)
    batches = []
    for source, target, cost, flags, table, evidence in edges:
        label = labels.number(f"{TABLES[table]}-{cost}", (), cost, TABLES[table])
        batches.append(EdgeBatch.of(keys[[source]], keys[[target]], label=label, flags=flags, evidence=evidence))
    return Network.assemble(batches, labels, nodes=[keys])


@st.composite
def networks(draw: st.DrawFn, *, most: int = 8, thick: int = 2) -> Network:
    """Draw a network of few nodes."""
    count = draw(st.integers(2, most))
    kinds = sorted(draw(st.lists(st.sampled_from(SHOWN + SHOWN + SILENT), min_size=count, max_size=count)))
    node = st.integers(0, count - 1)
    flags = st.sampled_from((0, 0, 0, EdgeFlag.POSSIBLE, EdgeFlag.ELIGIBLE))
    edge = st.tuples(node, node, st.integers(0, 3), flags, st.integers(0, len(TABLES) - 1), st.integers(0, 3))
    size = draw(st.integers(0, thick * count))
    return network_of(kinds, draw(st.lists(edge, min_size=size, max_size=size)))


def some_nodes(network: Network) -> st.SearchStrategy[list[int]]:
    """Draw nodes of a network, at least one."""
    return st.lists(st.integers(0, network.nodes - 1), min_size=1, max_size=3, unique=True)


def seeded_network(seed: int, nodes: int, edges: int, *, silent: float = 0.2) -> Network:
    """Make a larger network by chance."""
    dice = np.random.default_rng(seed)
    kinds = sorted(dice.choice(SHOWN if one > silent else SILENT) for one in dice.random(nodes))
    ends = dice.integers(0, nodes, (edges, 2)).tolist()
    rest = zip(dice.integers(1, 6, edges).tolist(), dice.choice([0, 0, 0, 1], edges).tolist(), strict=True)
    drawn = zip(ends, rest, strict=True)
    return network_of(kinds, [(one, two, cost, flags, 0, -1) for (one, two), (cost, flags) in drawn])
