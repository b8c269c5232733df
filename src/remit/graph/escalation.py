"""The escalation graph of one snapshot at one instant.

    graph = build(Drawing(index, facts, catalogue, at))
    graph.network.nodes, graph.network.edges

Who is disabled signs in nowhere: no edge leads from it or to it. Who was not read may be: its edges are only possible.
What has expired or not yet begun is not drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from remit.graph.accounts import Accounts
from remit.graph.directory import draw_directory
from remit.graph.drawing import GAP, GAP_COST, SILENT, Drawing
from remit.graph.federation import draw_federation
from remit.graph.holding.classes import HoldingClass
from remit.graph.holding.draw import draw_holding
from remit.graph.network import EdgeBatch, EdgeFlag, Network
from remit.graph.nodes import Facet, NodeKind, node_key, rows_of_nodes
from remit.graph.resources import draw_resources
from remit.model.scope import ScopeKind

Codes = NDArray[np.int32]

TIER_ZERO = node_key(NodeKind.TIER_ZERO, 0)
ANYBODY = "anybody"
"""The hub of every principal, before what was not read."""


@dataclass(frozen=True, slots=True, eq=False)
class EscalationGraph:
    """A network with what its numbers mean.

    Attributes:
        network: nodes and edges. drawing: the snapshot and tables they refer to.
        classes: of holding, by the number in their label and nodes.
    """

    network: Network
    drawing: Drawing
    classes: tuple[HoldingClass, ...]

    @property
    def tier_zero(self) -> int:
        """Number of the node that stands for control of the tenant."""
        return self.network.number(TIER_ZERO)


Progress = Callable[[str, int, int | None], None]
"""Told the step, how much of it is done, and how much there is, where that is known."""


def build(drawing: Drawing, progress: Progress | None = None) -> EscalationGraph:
    """Draw everything and put it together.

    Args:
        drawing: the snapshot, its graph facts, the declared kinds and the instant.
        progress: told each step as it begins, and how far it is where it is long.

    Source: docs/edges.md. Cost: see docs/benchmarks.md; linear in assignments, resources and directory objects, times
    the classes of edges for the first two.
    """
    tell = progress or (lambda _step, _done, _whole: None)
    tell("the directory", 0, None)
    batches = draw_directory(drawing)
    tell("federated credentials", 0, None)
    batches += draw_federation(drawing)
    held, classes = draw_holding(drawing, _elevating(drawing, batches), partial(tell, "roles and resources"))
    batches += held
    held.clear()
    batches += draw_resources(drawing)
    batches += _tier_zero(drawing)
    batches += _unread(drawing)
    tell("the graph as a whole", 0, None)
    people = node_key(NodeKind.PRINCIPAL, np.arange(len(drawing.index.facts.principals.key), dtype=np.int32))
    kept = _given_up(Accounts.of(drawing), batches)
    network = Network.assemble(kept, drawing.labels, nodes=[people, np.asarray([TIER_ZERO])])
    return EscalationGraph(network, drawing, classes)


def _elevating(drawing: Drawing, batches: list[EdgeBatch]) -> NDArray[np.bool_]:
    """Return who can certainly make itself User Access Administrator at `/`: the users drawn so (E2)."""
    mask = np.zeros(len(drawing.index.facts.principals.key), np.bool_)
    root = node_key(NodeKind.SCOPE, 0, int(Facet.GRANT))
    for batch in batches:
        hit = (batch.target == root) & ((batch.flags & (EdgeFlag.POSSIBLE | EdgeFlag.ELIGIBLE)) == 0)
        people = batch.source[hit]
        mask[rows_of_nodes(people[people < node_key(NodeKind.PRINCIPAL + 1, 0)])] = True
    return mask


def _tier_zero(drawing: Drawing) -> list[EdgeBatch]:
    """Draw that who can give any role at `/`, or at the tenant root group, controls the tenant's Azure (E4)."""
    scopes = drawing.index.facts.scopes
    groups = np.flatnonzero((scopes.kind == ScopeKind.MANAGEMENT_GROUP) & (scopes.parent == 0)).astype(np.int32)
    tops = np.concatenate([np.zeros(1, dtype=np.int32), groups])
    source = node_key(NodeKind.SCOPE, tops, int(Facet.GRANT))
    target = np.full(len(tops), TIER_ZERO, dtype=np.int64)
    return [EdgeBatch.of(source, target, label=drawing.plain(SILENT), flags=EdgeFlag.SILENT)]


def _unread(drawing: Drawing) -> list[EdgeBatch]:
    """Draw what role assignments that were not read could give: to anybody, and only possibly (V3).

    Of eligible ones that were not read, the same after activation.
    """
    index = drawing.index
    silent, label = drawing.plain(SILENT), drawing.plain(GAP, cost=GAP_COST)
    batches = []
    numbers = {gap: number for number, gap in enumerate(index.facts.meta.gaps)}
    found = [(row, gap, 0) for row, gaps in sorted(index.assignment_gaps.items()) for gap in gaps]
    found += [(row, gap, EdgeFlag.ELIGIBLE) for row, gaps in sorted(index.eligible_gaps.items()) for gap in gaps]
    for row, gap, later in found:
        unseen = np.asarray([node_key(NodeKind.UNSEEN, numbers[gap])], dtype=np.int64)
        hub = np.asarray([drawing.hubs.key(ANYBODY)], dtype=np.int64)
        batches.append(EdgeBatch.of(hub, unseen, label=label, flags=EdgeFlag.POSSIBLE | later))
        given = np.asarray([node_key(NodeKind.SCOPE, row, int(Facet.GRANT))], dtype=np.int64)
        batches.append(EdgeBatch.of(unseen, given, label=silent, flags=EdgeFlag.SILENT))
    if ANYBODY in drawing.hubs.names:
        people = node_key(NodeKind.PRINCIPAL, np.arange(len(index.facts.principals.key), dtype=np.int32))
        hub = np.full(len(people), drawing.hubs.key(ANYBODY), dtype=np.int64)
        batches.append(EdgeBatch.of(people, hub, label=silent, flags=EdgeFlag.SILENT))
    return batches


def _given_up(accounts: Accounts, batches: list[EdgeBatch]) -> Iterator[EdgeBatch]:
    """Take edges out of a list one batch after the other, so that nothing else holds them."""
    batches.reverse()
    while batches:
        yield accounts.applied(batches.pop())
