"""Graph facts of a tenant export, through the real import and an in-memory store.

index, facts = open_graph_facts(folder)
"""

from __future__ import annotations

from pathlib import Path

from tests.fakes.scenario_draft import Lists, Row
from tests.fakes.world import FixedClock, PayloadReader

from remit.adapters.catalogue.starter import starter_roles
from remit.adapters.export.reader import ExportReader
from remit.adapters.store.memory import MemoryStore
from remit.app.graphing.intake import read_graph_facts
from remit.app.importing import import_tenant
from remit.engine.index import TenantIndex
from remit.graph.facts import GraphFacts
from remit.graph.kinds import EdgeCatalogue
from remit.ports.reader import TenantReader

NO_CATALOGUE = EdgeCatalogue((), ())


def open_graph_facts(export_folder: Path, catalogue: EdgeCatalogue = NO_CATALOGUE) -> tuple[TenantIndex, GraphFacts]:
    """Return the index and the graph facts of a tenant export."""
    return graph_facts_of(ExportReader(export_folder), catalogue)


def graph_facts_of_lists(
    lists: Lists, manifest: Row, catalogue: EdgeCatalogue = NO_CATALOGUE
) -> tuple[TenantIndex, GraphFacts]:
    """Return the same of lists of payloads that never were a folder."""
    return graph_facts_of(PayloadReader(lists, manifest), catalogue)


def graph_facts_of(reader: TenantReader, catalogue: EdgeCatalogue) -> tuple[TenantIndex, GraphFacts]:
    """Return the same of anything that is read."""
    store = MemoryStore(FixedClock())
    import_tenant(reader, store, starter_roles())
    snapshot_id = store.resolve(None)
    index = TenantIndex.build(store.facts(snapshot_id))
    return index, read_graph_facts(store, snapshot_id, index, catalogue)
