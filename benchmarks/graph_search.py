"""Questions to a graph of the size and shape of a large tenant's, and some of them to networkx on a smaller one.

python -m benchmarks.graph_search --nodes 1000000 --edges 10000000

Every question is asked of a graph that is in memory; what turning the edges around takes is told apart. networkx gets
the smaller graph, and so does Remit once more, in the same run.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from remit.graph.network import EdgeBatch, EdgeFlag, Labels, Network
from remit.graph.nodes import Facet, NodeKind, node_key, refs_of
from remit.graph.radius import radius
from remit.graph.search import Search
from remit.graph.ways import one_step

CLASSES, KINDS, DIRECTORY_ROLES, RESOURCE_FACETS = 12, 7, 100, (Facet.CODE, Facet.SECRET, Facet.DATA)
RISKY, RECKLESS = 0.02, 0.000_5
"""Parts of the identities on resources: hold something above their own container; give roles at the root."""


@dataclass(frozen=True)
class Shape:
    """How many of what: users, groups, service principals, containers (scopes) and resources."""

    users: int
    groups: int
    services: int
    scopes: int
    resources: int

    @classmethod
    def of(cls, nodes: int) -> Shape:
        """Share nodes out; a container has `CLASSES` nodes and GRANT, a resource its facets."""
        return cls(
            users=int(nodes * 0.25),
            groups=int(nodes * 0.03),
            services=int(nodes * 0.10),
            scopes=int(nodes * 0.10 / (CLASSES + 1)),
            resources=int(nodes * 0.51 / len(RESOURCE_FACETS)),
        )


def tenant_like(nodes: int, edges: int, seed: int) -> Network:
    """Make a graph: a tree of containers, resources with identities, people in groups, and rights over all of it.

    Most rights are held by groups and low in the tree; a few high up, some by identities that run on resources. What is
    left of `edges` is given to memberships and to kinds of edges onto resources.
    """
    return Network.assemble(_Maker(Shape.of(nodes), edges, np.random.default_rng(seed)).batches(), _labels()[0])


def _labels() -> tuple[Labels, dict[str, int]]:
    labels = Labels()
    costs = {"silent": 0, "MEMBER-OF": 0, "HAS-ROLE": 1, "MI-03": 1, "owns": 2, "resets": 3, "tier": 0}
    numbers = {name: labels.number(name, (), cost) for name, cost in costs.items()}
    numbers |= {
        f"kind-{number}": labels.number(f"kind-{number}", (), 1 + number % 6) for number in range(CLASSES * KINDS)
    }
    return labels, numbers


Ends = tuple[NDArray[np.int64], NDArray[np.int64]]


def _principal(row: NDArray[np.int64]) -> NDArray[np.int64]:
    return node_key(NodeKind.PRINCIPAL, row)


class _Maker:
    def __init__(self, shape: Shape, edges: int, dice: np.random.Generator) -> None:
        self.shape, self.edges, self.dice = shape, edges, dice
        self.names = _labels()[1]
        self.parent = self._tree()
        self.container = self._low(shape.resources)

    def batches(self) -> list[EdgeBatch]:
        """Every edge of the graph; the last batches fill up what is missing."""
        made = [*self._containers(), *self._people(), *self._rights(), *self._identities(), *self._directory()]
        made += self._onto_resources(self.edges - sum(len(batch.source) for batch in made))
        return made

    def _tree(self) -> NDArray[np.int64]:
        """Containers: one root, 1 in 200 a subscription, the others below those."""
        count = self.shape.scopes
        subscriptions = max(count // 200, 1)
        parent = np.zeros(count, np.int64)
        parent[subscriptions + 1 :] = self.dice.integers(1, subscriptions + 1, max(count - subscriptions - 1, 0))
        return parent

    def _low(self, count: int) -> NDArray[np.int64]:
        """Containers at the bottom, some much fuller than others."""
        first = max(self.shape.scopes // 200, 1) + 1
        return first + ((self.shape.scopes - first) * self.dice.random(count) ** 2).astype(np.int64)

    def _user(self, count: int) -> NDArray[np.int64]:
        return _principal(self.dice.integers(0, self.shape.users, count))

    def _group(self, count: int) -> NDArray[np.int64]:
        return _principal(self.shape.users + (self.shape.groups * self.dice.random(count) ** 2).astype(np.int64))

    def _service(self, count: int) -> NDArray[np.int64]:
        return _principal(self.shape.users + self.shape.groups + self.dice.integers(0, self.shape.services, count))

    def _held(self, scope: NDArray[np.int64], held: NDArray[np.int64]) -> NDArray[np.int64]:
        return node_key(NodeKind.HELD, held * self.shape.scopes + scope)

    def _edges(self, ends: Ends, name: str, flags: int | NDArray[np.uint8] = 0) -> EdgeBatch:
        return EdgeBatch.of(*ends, label=self.names[name], flags=flags)

    def _possible(self, count: int) -> NDArray[np.uint8]:
        return np.where(self.dice.random(count) < 0.1, EdgeFlag.POSSIBLE, 0).astype(np.uint8)

    def _containers(self) -> Iterator[EdgeBatch]:
        """What is held above is held below; who may give roles holds everything, and may give them below."""
        below = np.arange(1, self.shape.scopes)
        for held in range(CLASSES):
            number = np.full(len(below), held)
            yield self._edges((self._held(self.parent[below], number), self._held(below, number)), "silent", 8)
            every = np.arange(self.shape.scopes)
            grant = node_key(NodeKind.SCOPE, every, Facet.GRANT)
            yield self._edges((grant, self._held(every, np.full(len(every), held))), "silent", 8)
        grant = node_key(NodeKind.SCOPE, np.arange(self.shape.scopes), Facet.GRANT)
        yield self._edges((grant[self.parent[below]], grant[below]), "silent", 8)
        yield self._edges((grant[:1], node_key(NodeKind.TIER_ZERO, np.zeros(1, np.int64))), "tier")

    def _people(self) -> Iterator[EdgeBatch]:
        count = min(self.shape.users * 6, self.edges // 5)
        yield self._edges((self._user(count), self._group(count)), "MEMBER-OF")
        nested = self.shape.groups // 5
        groups = np.sort(np.stack([self._group(nested), self._group(nested)]), axis=0)
        yield self._edges((groups[1], groups[0]), "MEMBER-OF")
        owned = self.shape.services // 20
        yield self._edges((self._user(owned), self._service(owned)), "owns")

    def _rights(self) -> Iterator[EdgeBatch]:
        """Classes of rights: groups low down, a few high up; users and services here and there."""
        for who, count, low in (
            (self._group, self.shape.groups * 6, True),
            (self._service, self.shape.services * 3, True),
            (self._user, self.shape.users // 10, True),
            (self._group, self.shape.groups // 100, False),
            (self._service, self.shape.services // 2_000, False),
        ):
            scope = self._low(count) if low else self.dice.integers(1, max(self.shape.scopes // 200, 1) + 1, count)
            held = self.dice.integers(0, CLASSES, count)
            yield self._edges((who(count), self._held(scope, held)), "silent", 8 | self._possible(count))
            few = count // 50
            yield self._edges((who(few), node_key(NodeKind.SCOPE, scope[:few], Facet.GRANT)), "kind-1")
        high = max(self.shape.groups // 3_000, 1)
        top = np.zeros(high, np.int64)
        yield self._edges((self._group(high), node_key(NodeKind.SCOPE, top, Facet.GRANT)), "kind-1")

    def _identities(self) -> Iterator[EdgeBatch]:
        """One in six resources runs as an identity; most of those hold something in their own container."""
        runs = np.flatnonzero(self.dice.random(self.shape.resources) < 1 / 6)
        first, every = self.shape.users + self.shape.groups, self.shape.services
        runs = runs[: every // 2]
        identity = _principal(first + np.arange(len(runs)))
        yield self._edges((node_key(NodeKind.RESOURCE, runs, Facet.CODE), identity), "MI-03")
        held = self.dice.integers(0, CLASSES, len(runs))
        scope = self.container[runs]
        risky = self.dice.random(len(runs)) < RISKY
        scope = np.where(risky, self.parent[scope], scope)
        yield self._edges((identity, self._held(scope, held)), "silent", 8)
        reckless = self.dice.choice(identity, max(4, int(len(runs) * RECKLESS)), replace=False)
        top = node_key(NodeKind.SCOPE, np.zeros(len(reckless), np.int64), Facet.GRANT)
        yield self._edges((reckless, top), "kind-1")

    def _directory(self) -> Iterator[EdgeBatch]:
        roles = node_key(NodeKind.DIRECTORY_ROLE, np.arange(DIRECTORY_ROLES))
        holders = max(self.shape.users // 500, 1)
        chosen = self.dice.integers(1, DIRECTORY_ROLES, holders)
        yield self._edges((self._user(holders), roles[chosen]), "HAS-ROLE", 2)
        few = max(self.shape.users // 50_000, 1)
        yield self._edges((self._user(few), roles[np.zeros(few, np.int64)]), "HAS-ROLE")
        yield self._edges((roles[:1], node_key(NodeKind.TIER_ZERO, np.zeros(1, np.int64))), "tier")
        hubs = node_key(NodeKind.HUB, np.arange(2))
        yield self._edges((roles[[0, 1, 2]], hubs[[0, 0, 1]]), "resets")
        people = _principal(np.arange(self.shape.users))
        yield self._edges((np.full(len(people), hubs[0]), people), "silent", 8)
        services = _principal(self.shape.users + self.shape.groups + np.arange(self.shape.services))
        yield self._edges((np.full(len(services), hubs[1]), services), "silent", 8)

    def _onto_resources(self, count: int) -> Iterator[EdgeBatch]:
        """From what is held at a container onto the resources in it, by several kinds."""
        every = self.shape.resources * CLASSES * KINDS
        chosen = self.dice.choice(every, min(max(count, 0), every), replace=False, shuffle=False)
        resource, kind = chosen // (CLASSES * KINDS), chosen % (CLASSES * KINDS)
        held = kind // KINDS
        facet = np.asarray(RESOURCE_FACETS)[held % len(RESOURCE_FACETS)]
        flags = self._possible(len(chosen))
        for number in range(CLASSES * KINDS):
            some = kind == number
            ends = (
                self._held(self.container[resource[some]], held[some]),
                node_key(NodeKind.RESOURCE, resource[some], facet[some]),
            )
            yield self._edges(ends, f"kind-{number}", flags[some])


CATEGORIES = ((NodeKind.PRINCIPAL, 0), *((NodeKind.RESOURCE, facet) for facet in RESOURCE_FACETS), (NodeKind.SCOPE, 5))
"""What the blast radius is counted by: kind and facet."""


def weights_of(network: Network) -> NDArray[np.int64]:
    """A column for each category, and one for tier zero."""
    kind, facet = network.keys >> 40, network.keys & 7
    columns = [(kind == one) & (facet == int(side)) for one, side in CATEGORIES]
    return np.stack([*columns, kind == NodeKind.TIER_ZERO], axis=1).astype(np.int64)


def resources_of(network: Network) -> NDArray[np.int32]:
    """Which resource each node is a side of, -1 for none: they are counted once, too."""
    found = np.full(network.nodes, -1, np.int32)
    first, last = network.of_kind(NodeKind.RESOURCE)
    found[first:last] = refs_of(network.keys[first:last])
    return found


def _direct(network: Network, things: NDArray[np.int32], people: NDArray[np.int64]) -> None:
    """Count what is one step away, as `remit radius` does besides."""
    near, weights = Search(one_step(network)), weights_of(network)
    ends, sides = np.concatenate([weights * 0, weights]), np.concatenate([things * 0 - 1, things])
    radius(near, ends, asked=people, itself=people + network.nodes, things=sides)


def measure(network: Network, seed: int, *, walks: int = 20) -> dict[str, float]:
    """Ask each question; seconds by name, and how many nodes and edges there were.

    `paths` is the median over `walks` principals that reach tier zero, `paths_worst` the longest of them;
    `direct_s` is what `remit radius` takes besides to tell apart what is one step away.
    """
    told: dict[str, float] = {"nodes": network.nodes, "edges": network.edges}
    search = Search(network)
    told["turned_s"] = _seconds(lambda: search.ground.backward)
    tier_zero = [network.number(node_key(NodeKind.TIER_ZERO, 0))]
    told["reaching_s"] = _seconds(lambda: search.reaching(tier_zero))
    told["reached_by_all_s"] = _seconds(lambda: search.reached([network.number(node_key(NodeKind.DIRECTORY_ROLE, 0))]))
    first, last = network.of_kind(NodeKind.PRINCIPAL)
    people = np.arange(first, last)
    who = people[search.reaching(tier_zero)[first:last]]
    told["principals_reaching"] = len(who)
    chosen = np.random.default_rng(seed).choice(who, min(walks, len(who)), replace=False).tolist()
    times = [_seconds(partial(search.best, [one], tier_zero, count=5)) for one in chosen]
    told["paths_s"], told["paths_worst_s"] = float(np.median(times)), max(times)
    things = resources_of(network)
    told["radius_s"] = _seconds(lambda: radius(search, weights_of(network), asked=people, things=things))
    told["direct_s"] = _seconds(lambda: _direct(network, things, people))
    return told


def measure_networkx(network: Network, seed: int, *, walks: int = 20, counted: int = 200) -> dict[str, float]:
    """Ask networkx for the same; its blast radius is that of `counted` principals, times as many as there are."""
    import networkx as nx  # noqa: PLC0415 - a yardstick: not needed to make the graph

    graph = nx.DiGraph()
    graph.add_nodes_from(range(network.nodes))
    costs = zip(network.source.tolist(), network.target.tolist(), network.cost.tolist(), strict=True)
    told = {"built_s": _seconds(lambda: graph.add_weighted_edges_from(costs, weight="cost"))}
    tier_zero = network.number(node_key(NodeKind.TIER_ZERO, 0))
    told["reaching_s"] = _seconds(lambda: nx.ancestors(graph, tier_zero))
    first, last = network.of_kind(NodeKind.PRINCIPAL)
    who = sorted(one for one in nx.ancestors(graph, tier_zero) if first <= one < last)
    dice = np.random.default_rng(seed)
    chosen = dice.choice(who, min(walks, len(who)), replace=False).tolist()

    def paths(source: int) -> None:
        for _ in islice(nx.shortest_simple_paths(graph, source, tier_zero, weight="cost"), 5):
            pass

    times = [_seconds(partial(paths, one)) for one in chosen]
    told["paths_s"], told["paths_worst_s"] = float(np.median(times)), max(times)
    some = dice.choice(np.arange(first, last), min(counted, last - first), replace=False).tolist()
    whole = (last - first) / len(some)
    told["radius_s"] = whole * _seconds(lambda: [nx.descendants(graph, one) for one in some])
    return told


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def main() -> None:
    """Print what was measured as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nodes", type=int, default=1_000_000)
    parser.add_argument("--edges", type=int, default=10_000_000)
    parser.add_argument("--small-nodes", type=int, default=100_000)
    parser.add_argument("--small-edges", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    told = {"large": measure(tenant_like(asked.nodes, asked.edges, asked.seed), asked.seed)}
    small = tenant_like(asked.small_nodes, asked.small_edges, asked.seed)
    told |= {"small": measure(small, asked.seed), "networkx": measure_networkx(small, asked.seed)}
    print(json.dumps(told, indent=1))


if __name__ == "__main__":
    main()
