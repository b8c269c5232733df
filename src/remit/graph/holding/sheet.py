"""What drawers of holding share: the nodes, and the edges drawn so far."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from remit.graph.drawing import SILENT, Drawing
from remit.graph.holding.classes import HoldingClass
from remit.graph.holding.grants import Worth
from remit.graph.holding.tree import PlaceTree
from remit.graph.network import EdgeBatch, EdgeFlag
from remit.graph.nodes import Facet, Keys, NodeKind, node_key

Codes = NDArray[np.int32]
Small = NDArray[np.uint8]
ASSIGNMENTS = "assignments"
GIVING = "AUT-01"
"""The kind that stands for giving oneself a role."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """Nodes of holding over the scopes of one index, and a list that fills."""

    drawing: Drawing
    classes: tuple[HoldingClass, ...]
    tree: PlaceTree
    worth: Worth
    batches: list[EdgeBatch] = field(default_factory=list)

    def held(self, held: HoldingClass, scopes: Codes) -> Keys:
        """Return the nodes of holding a class at scopes."""
        return self._node(held.number, scopes)

    def giving(self, scopes: Codes) -> Keys:
        """Return the nodes of holding the power to give any role at scopes, inherited or not."""
        return self._node(len(self.classes), scopes)

    def _node(self, number: int, scopes: Codes) -> Keys:
        return node_key(NodeKind.HELD, number * np.int64(self.tree.count) + scopes.astype(np.int64))

    def people(self, rows: Codes) -> Keys:
        """Return the nodes of principals."""
        return node_key(NodeKind.PRINCIPAL, rows)

    def scopes(self, rows: Codes, facet: Facet = Facet.GRANT) -> Keys:
        """Return the visible nodes of scopes."""
        return node_key(NodeKind.SCOPE, rows, int(facet))

    def label(self, held: HoldingClass, table: str = "") -> int:
        """Return the label of edges into a class."""
        return self.drawing.labels.number(held.name, held.kinds, held.cost, table)

    def add(self, source: Keys, target: Keys, label: int, flags: int | Small = 0, evidence: int | Codes = -1) -> None:
        """Draw edges."""
        if len(source):
            self.batches.append(EdgeBatch.of(source, target, label=label, flags=flags, evidence=evidence))

    def silent(self, source: Keys, target: Keys, flags: int | Small = 0) -> None:
        """Draw edges that are no step of their own."""
        bits = (np.asarray(flags, dtype=np.uint8) | EdgeFlag.SILENT).astype(np.uint8)
        self.add(source, target, self.drawing.plain(SILENT), bits)


def rows_of(*rows: int) -> Codes:
    """Return a few rows as a column."""
    return np.asarray(rows, dtype=np.int32)
