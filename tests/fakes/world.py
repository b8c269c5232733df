"""One scenario behind every way of asking: the literal reference, and the engine over each store.

    world = in_memory(scenario)
    world.answer(ask)["outcome"]

An `answer` is the public JSON of an answer, decoded, so that scenarios speak of what people see.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from tests.fakes.scenario import Ask, Scenario, write_export
from tests.fakes.scenario_draft import Lists, Row

from remit.adapters.catalogue.starter import starter_roles
from remit.adapters.export.reader import ExportReader
from remit.adapters.store.duckdb import DuckStore
from remit.adapters.store.memory import MemoryStore
from remit.app.answering import Tenant
from remit.app.asking import answer_lines
from remit.app.importing import import_tenant
from remit.engine import batch
from remit.engine.enumerate import WhoCan, who_can
from remit.model.effective import WhatCan
from remit.model.interval import format_instant, parse_instant
from remit.model.snapshot import Gap, SnapshotMeta
from remit.ports.reader import RawBatch, Skipped, TenantReader
from remit.ports.store import SnapshotStore
from remit.reference.decide import Reference
from remit.reference.export import Export
from remit.wire.v1.answers import answer_document, encode_answers

NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)


class FixedClock:
    """Always the same instant."""

    def now(self) -> datetime:
        return NOW


class PayloadReader:
    """A tenant export that never was a folder: lists of payloads and a manifest."""

    def __init__(self, lists: Lists, manifest: Row) -> None:
        self._lists = lists
        self._manifest = manifest

    def meta(self) -> SnapshotMeta:
        return SnapshotMeta(
            tenant_id=str(self._manifest["tenantId"]).lower(),
            collected_at=parse_instant(self._manifest["collectedAt"]),
            cloud=self._manifest["cloud"],
            source="tenantExport",
            collected=frozenset(self._lists),
            gaps=tuple(sorted(Gap(gap["api"], gap["scope"], gap["reason"]) for gap in self._manifest["gaps"])),
        )

    def batches(self) -> Iterator[RawBatch]:
        for name, rows in self._lists.items():
            payloads = [json.dumps(row).encode() for row in rows]
            yield RawBatch(name, f"{name}.jsonl", range(1, len(rows) + 1), payloads)

    def skipped(self) -> Sequence[Skipped]:
        return ()

    def accounting(self) -> Sequence[tuple[str, str, int]]:
        return [(name, "used", len(rows)) for name, rows in self._lists.items()]

    def size_hint(self) -> int | None:
        return None


@dataclass(frozen=True)
class World:
    """One tenant behind the engine."""

    tenant: Tenant

    def answer(self, ask: Ask) -> Row:
        """Ask one question; return its public JSON."""
        decision = self.tenant.can(ask.question, ask.at)
        answer: Row = json.loads(msgspec.json.encode(answer_document(ask.line, decision)))
        return answer

    def answers(self, asks: Sequence[Ask]) -> list[Row]:
        """Ask all at once, by the lines that `remit ask` reads; return the lines it writes, decoded."""
        lines = [question_line(ask) for ask in asks]
        written = b"".join(encode_answers(named) for named in answer_lines(self.tenant, "questions", [lines]))
        return [json.loads(line) for line in written.splitlines()]

    def coded(self, ask: Ask) -> str:
        """Ask one question in the coded form, which gives outcomes only."""
        index = self.tenant.index
        (outcome,) = batch.outcomes(index, [ask.question], at=ask.at or self.tenant.at)
        return outcome.value

    def who_can(self, ask: Ask) -> Mapping[str, frozenset[str]]:
        """Ask who can do it; return object ids by `allowed`, `unknown`, `denied` and `eligible`."""
        question = ask.question
        at = ask.at or self.tenant.at
        found: WhoCan = who_can(self.tenant.index, question.action, question.plane, question.scope, at=at)
        ids = self.tenant.index.facts.principals.key
        return {
            word: frozenset(ids[int(row)] for row in getattr(found, word))
            for word in ("allowed", "unknown", "denied", "eligible")
        }

    def what_can(self, ask: Ask) -> WhatCan:
        """Ask what the caller holds at the scope."""
        return self.tenant.what_can(ask.question.principal_id, ask.question.scope, ask.at)

    def mentions(self, ask: Ask) -> bool:
        """Tell whether any list of the tenant mentions the caller."""
        return ask.question.principal_id.lower() in set(self.tenant.index.facts.principals.key)


def question_line(ask: Ask) -> bytes:
    """Return a question as a line of `remit ask`."""
    question = ask.question
    line: Row = {
        "id": ask.line,
        "principal": question.principal_id,
        "action": question.action,
        "plane": question.plane.word,
        "scope": question.scope.text,
        "attributes": dict(question.attributes),
        "attributesComplete": question.attributes_complete,
    }
    if question.sub_operation is not None:
        line["subOperation"] = question.sub_operation
    if ask.at is not None:
        line["at"] = format_instant(ask.at)
    return json.dumps(line).encode()


def in_memory(lists: Lists, manifest: Row) -> World:
    """Import payloads into the store in memory and open the snapshot."""
    return _opened(PayloadReader(lists, manifest), MemoryStore(FixedClock()))


def through_a_folder(scenario: Scenario, folder: Path) -> World:
    """Write a real tenant export, import it into the DuckDB store, and open the snapshot from disk."""
    export = write_export(folder / "export", scenario.lists, scenario.manifest)
    return _opened(ExportReader(export), DuckStore(folder / "store", FixedClock()))


def reference(scenario: Scenario) -> Reference:
    """Return the literal reading of the same payloads, with the same starter catalogue."""
    return Reference(Export(scenario.lists, scenario.manifest), _catalogue())


def _opened(reader: TenantReader, store: SnapshotStore) -> World:
    import_tenant(reader, store, starter_roles())
    return World(Tenant.open(store, None, FixedClock()))


def _catalogue() -> Mapping[str, Row]:
    """Return the starter catalogue as Azure would list it: the reference reads payloads only."""
    found: dict[str, Row] = {}
    for key, role in starter_roles().items():
        blocks = [asdict(block) for block in role.blocks]
        found[key] = {
            "id": f"/providers/Microsoft.Authorization/roleDefinitions/{key}",
            "name": key,
            "type": "Microsoft.Authorization/roleDefinitions",
            "properties": {
                "roleName": role.name,
                "type": "BuiltInRole",
                "assignableScopes": ["/"],
                "permissions": [
                    {
                        "actions": block["actions"],
                        "notActions": block["not_actions"],
                        "dataActions": block["data_actions"],
                        "notDataActions": block["not_data_actions"],
                        "condition": block["condition"],
                        "conditionVersion": block["condition_version"],
                    }
                    for block in blocks
                ],
            },
        }
    return found
