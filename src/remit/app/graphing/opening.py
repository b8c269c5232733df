"""The escalation graph of a snapshot, ready to be asked: read and drawn once, then mapped from the store.

    escalation = open_escalation(tenant, store, edge_catalogue())
    escalation.tell(path)

What is kept is derived: it is made anew when the declarations, the instant or the way of drawing change.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import msgspec

from remit.app.answering import Tenant
from remit.app.graphing.intake import read_graph_facts
from remit.graph.answers import Hop, NodeRef, Path
from remit.graph.drawing import Drawing
from remit.graph.escalation import EscalationGraph, build
from remit.graph.facts import GraphFacts
from remit.graph.keeping import pack_network, unpack_network
from remit.graph.kinds import EdgeCatalogue
from remit.graph.packing import pack_graph, unpack_graph
from remit.graph.search import FoundPath, Search
from remit.graph.telling import Teller
from remit.model.interval import to_micros
from remit.ports.store import SnapshotStore

FACTS_VERSION = "5"
"""Changes whenever the graph facts or their meaning do."""

GRAPH_VERSION = "4"
"""Changes whenever edges are drawn otherwise from the same facts and declarations."""

Progress = Callable[[str, int, int | None], None]
"""Called with the step, how much of it is done, and how much there is, where that is known."""


@dataclass(frozen=True, eq=False)
class Escalation:
    """One snapshot's graph.

    Attributes:
        tenant: the snapshot as other questions ask it.
        graph: network, drawing, classes.
        at: the instant it is drawn for.
    """

    tenant: Tenant
    graph: EscalationGraph
    at: datetime

    @property
    def facts(self) -> GraphFacts:
        """What the graph knows beyond the engine."""
        return self.graph.drawing.facts

    @property
    def catalogue(self) -> EdgeCatalogue:
        """The declared kinds."""
        return self.graph.drawing.catalogue

    @cached_property
    def search(self) -> Search:
        """Questions to the network."""
        return Search(self.graph.network)

    @cached_property
    def teller(self) -> Teller:
        """Turns edges into words."""
        return Teller(self.graph)

    def tell(self, found: FoundPath) -> Path:
        """Tell a path with its reasons."""
        return self.teller.path(found)

    def hops(self, found: FoundPath) -> tuple[Hop, ...]:
        """Tell the hops of a path."""
        return self.teller.hops(found.nodes, found.edges)

    def node_ref(self, number: int) -> NodeRef:
        """Return a node by its number."""
        return self.teller.ref(number)


def open_escalation(
    tenant: Tenant,
    store: SnapshotStore,
    catalogue: EdgeCatalogue,
    at: datetime | None = None,
    progress: Progress | None = None,
) -> Escalation:
    """Open the graph of an opened snapshot.

    Args:
        tenant: the snapshot.
        store: that holds it.
        catalogue: the declared kinds.
        at: the instant; that of the snapshot for None.
        progress: told what is being done.

    Raises:
        StoreError: the payloads cannot be read.

    Cost: milliseconds from what is kept; else the payloads are read and the graph is drawn and kept.
    """
    instant = at or tenant.at
    tell = progress or (lambda _step, _done, _whole: None)
    digest = hashlib.sha256(msgspec.msgpack.encode(catalogue)).hexdigest()[:16]
    facts = _facts(tenant, store, catalogue, f"graph-facts@{FACTS_VERSION}-{digest}", tell)
    drawing = Drawing(tenant.index, facts, catalogue, instant)
    version = f"graph@{FACTS_VERSION}.{GRAPH_VERSION}-{digest}-{to_micros(instant)}"
    kept = store.load_index(tenant.snapshot_id, version) if tenant.state is None else None
    if kept is not None:
        return Escalation(tenant, unpack_network(kept[0], drawing), instant)
    graph = build(drawing, lambda step, done, whole: tell(f"drawing {step}", done, whole))
    if tenant.state is None:
        tell("keeping the graph", 0, None)
        store.save_index(tenant.snapshot_id, version, pack_network(graph), {})
    return Escalation(tenant, graph, instant)


def _facts(tenant: Tenant, store: SnapshotStore, catalogue: EdgeCatalogue, version: str, tell: Progress) -> GraphFacts:
    kept = store.load_index(tenant.snapshot_id, version) if tenant.state is None else None
    if kept is not None:
        return unpack_graph(kept[0])

    def read(done: int, whole: int | None) -> None:
        tell("reading the graph's facts", done, whole)

    facts = read_graph_facts(store, tenant.snapshot_id, tenant.index, catalogue, read)
    if tenant.state is None:
        store.save_index(tenant.snapshot_id, version, pack_graph(facts), {})
    return facts
