"""Graph facts of a tenant export, through the real import and an in-memory store.

index, facts = open_graph_facts(folder)
index, facts = graph_facts_of_lists({"graph/users": [{"id": "ann"}]})
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tests.fakes.scenario_draft import Lists, Row
from tests.fakes.world import FixedClock, PayloadReader

from remit.adapters.catalogue.starter import starter_roles
from remit.adapters.export.reader import ExportReader
from remit.adapters.store.memory import MemoryStore
from remit.app.graphing.intake import read_graph_facts
from remit.app.importing import import_tenant
from remit.engine.index import TenantIndex
from remit.graph.facts import GraphFacts
from remit.graph.kinds import EdgeCatalogue, EdgeKind, Guard, GuardRule, Service
from remit.ports.reader import TenantReader
from remit.ports.store import SnapshotStore

NO_CATALOGUE = EdgeCatalogue((), ())
TENANT = "11111111-0000-4000-8000-000000000000"
SUB = "/subscriptions/22222222-0000-4000-8000-000000000000"
APP = f"{SUB}/resourceGroups/App"
MANIFEST: Row = {"tenantId": TENANT, "collectedAt": "2026-11-01T00:00:00Z", "cloud": "AzureCloud", "gaps": []}


def open_graph_facts(export_folder: Path, catalogue: EdgeCatalogue = NO_CATALOGUE) -> tuple[TenantIndex, GraphFacts]:
    """Return the index and the graph facts of a tenant export."""
    return graph_facts_of(ExportReader(export_folder), catalogue)


def graph_facts_of_lists(
    lists: Lists, manifest: Row | None = None, catalogue: EdgeCatalogue = NO_CATALOGUE
) -> tuple[TenantIndex, GraphFacts]:
    """Return the same of lists of payloads that never were a folder."""
    return graph_facts_of(PayloadReader(lists, MANIFEST | (manifest or {})), catalogue)


def graph_facts_of(
    reader: TenantReader, catalogue: EdgeCatalogue, store: SnapshotStore | None = None
) -> tuple[TenantIndex, GraphFacts]:
    """Return the same of anything that is read, over any store."""
    store = store or MemoryStore(FixedClock())
    import_tenant(reader, store, starter_roles())
    snapshot_id = store.resolve(None)
    index = TenantIndex.build(store.facts(snapshot_id))
    return index, read_graph_facts(store, snapshot_id, index, catalogue)


def catalogue_of(*targets: str, guards: Mapping[str, Iterable[GuardRule]] | None = None) -> EdgeCatalogue:
    """Return a catalogue with one kind about these resource types, and these guards."""
    kind = EdgeKind(
        id="TST-01",
        name="Test",
        says="Does it.",
        targets=targets,
        facet="code",
        gain="run-as",
        log=("activity",),
        sources=("https://learn.microsoft.com/azure/",),
        basis="documented",
    )
    declared = tuple(Guard(name, name, tuple(rules)) for name, rules in (guards or {}).items())
    return EdgeCatalogue((Service("test", "Test", "", (kind,), ()),), declared)


def resource(kind: str, name: str, group: str = APP, **said: Any) -> Row:
    """Return a resource of a group; `kind` as `Microsoft.Web/sites`."""
    return {"id": f"{group}/providers/{kind}/{name}", "type": kind, "properties": {}} | said


def principals(index: TenantIndex, rows: Iterable[int]) -> list[str]:
    """Return the object ids of principals, "" for none."""
    return [index.facts.principals.key[int(row)] if row >= 0 else "" for row in rows]


def scope_texts(index: TenantIndex, rows: Iterable[int]) -> list[str]:
    """Return scopes as Azure spells them, "" for none."""
    return [index.facts.scopes.text[int(row)] if row >= 0 else "" for row in rows]


def resource_ids(index: TenantIndex, facts: GraphFacts, rows: Iterable[int]) -> list[str]:
    """Return the ids of resources, "" for none."""
    table, text = facts.resources, index.facts.scopes.text
    return [
        text[int(table.scope[row])].rstrip("/") + table.suffix[int(row)] if row >= 0 else "" for row in map(int, rows)
    ]
