"""What everybody who draws edges works from, and what they hand over.

def draw_owners(drawing: Drawing) -> list[EdgeBatch]: ...
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from remit.engine.index import TenantIndex
from remit.graph.facts import GraphFacts
from remit.graph.kinds import EdgeCatalogue
from remit.graph.network import Labels
from remit.graph.nodes import NodeKind, node_key
from remit.model.interval import to_micros

MEMBER_OF = "MEMBER-OF"
HAS_ROLE = "HAS-ROLE"
HAS_IDENTITY = "MI-03"
SILENT = "-"
"""Label of edges that are no step of their own."""
GAP, GAP_COST = "not-read", 10
"""Label of edges through what was not read, and how hard they are taken to be."""


@dataclass(slots=True)
class Hubs:
    """Sets of targets that several edges share, numbered as they are named."""

    names: list[str] = field(default_factory=list)
    _numbers: dict[str, int] = field(default_factory=dict)

    def key(self, name: str) -> int:
        """Return the node key of a hub, made when first named."""
        if name not in self._numbers:
            self._numbers[name] = len(self.names)
            self.names.append(name)
        return node_key(NodeKind.HUB, self._numbers[name])


@dataclass(frozen=True, slots=True)
class Drawing:
    """One snapshot at one instant, and the tables that grow while edges are drawn."""

    index: TenantIndex
    facts: GraphFacts
    catalogue: EdgeCatalogue
    at: datetime
    labels: Labels = field(default_factory=Labels)
    hubs: Hubs = field(default_factory=Hubs)

    @property
    def micros(self) -> int:
        """The instant in microseconds."""
        return to_micros(self.at)

    def label(self, kind_id: str, table: str = "") -> int:
        """Return the label of a declared kind, with its cost; `table` is what its evidence is a row of."""
        return self.labels.number(kind_id, (kind_id,), self.catalogue.kind(kind_id).cost, table)

    def plain(self, name: str, table: str = "", cost: int = 0) -> int:
        """Return the label of a plain relation: MEMBER-OF, HAS-ROLE, or SILENT."""
        return self.labels.number(name, (), cost, table)
