"""The engine asked about a raw export: intake, index, answers. What differential tests compare with the reference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from remit.app.intake import FactsBuilder
from remit.engine import batch
from remit.engine.decide import decide
from remit.engine.enumerate import WhoCan, who_can
from remit.engine.facts import TenantFacts
from remit.engine.index import TenantIndex
from remit.model.decision import Decision, Outcome
from remit.model.interval import parse_instant
from remit.model.question import Plane, Question
from remit.model.role import PermissionBlock, RoleDefinition, RoleSource
from remit.model.scope import Scope
from remit.model.snapshot import Gap, SnapshotMeta
from remit.reference.export import Export

_LISTS = ("actions", "notActions", "dataActions", "notDataActions")


def facts_of(export: Export, catalogue: Mapping[str, Mapping[str, Any]] | None = None) -> TenantFacts:
    """Return the facts that the intake makes of an export."""
    builder = FactsBuilder()
    for api, rows in export.lists.items():
        payloads = [msgspec.json.encode(row) for row in rows]
        builder.add(api, f"{api}.jsonl", range(1, len(payloads) + 1), payloads)
    roles = {key: _catalogue_role(key, payload) for key, payload in (catalogue or {}).items()}
    return builder.finish(_meta(export), roles)


def _catalogue_role(key: str, payload: Mapping[str, Any]) -> RoleDefinition:
    """Return a role of a starter catalogue from its roleDefinitions payload."""
    blocks = tuple(
        PermissionBlock(*(tuple(block.get(name) or ()) for name in _LISTS))
        for block in payload["properties"]["permissions"]
    )
    return RoleDefinition(key, payload["properties"]["roleName"], False, blocks, RoleSource.CATALOGUE)


def _meta(export: Export) -> SnapshotMeta:
    manifest = export.manifest
    return SnapshotMeta(
        tenant_id=str(manifest.get("tenantId") or "").lower(),
        collected_at=parse_instant(manifest["collectedAt"]) if "collectedAt" in manifest else None,
        cloud="AzureCloud",
        source="tenantExport",
        collected=frozenset(export.lists),
        gaps=tuple(Gap(gap["api"], gap["scope"], gap["reason"]) for gap in manifest.get("gaps") or ()),
    )


@dataclass(frozen=True, slots=True)
class EngineWorld:
    """One export behind the engine."""

    index: TenantIndex
    at: datetime

    @classmethod
    def of(cls, export: Export, at: datetime, catalogue: Mapping[str, Mapping[str, Any]] | None = None) -> EngineWorld:
        """Read an export; `at` stands where a question has no instant."""
        return cls(TenantIndex.build(facts_of(export, catalogue)), at)

    def decide(self, question: Question, at: datetime | None = None) -> Decision:
        return decide(self.index, question, at=at or self.at)

    def outcomes(self, questions: Sequence[Question], *, compiled: bool, at: datetime | None = None) -> list[Outcome]:
        """Answer a batch in codes, by the compiled pass or without it."""
        coded = batch.encode(self.index, questions)
        codes = batch.outcome_codes(self.index, coded, at=at or self.at, compiled=compiled)
        return [batch.OUTCOMES[code] for code in codes.tolist()]

    def who_can(self, action: str, plane: Plane, scope: Scope, at: datetime | None = None) -> WhoCan:
        return who_can(self.index, action, plane, scope, at=at or self.at)

    def ids(self, rows: Sequence[int]) -> frozenset[str]:
        """Return the object ids of rows of principals."""
        return frozenset(self.index.facts.principals.key[int(row)] for row in rows)
