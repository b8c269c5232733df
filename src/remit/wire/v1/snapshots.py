"""What is known about a snapshot, as JSON: the list of `remit snapshots`, the report of `remit import`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from msgspec import Struct

from remit.model.interval import format_instant
from remit.model.snapshot import Flag, Gap


class SnapshotGapDocument(Struct, frozen=True, rename="camel"):
    """A list, or a part of one, that could not be read."""

    api: str
    scope: str
    reason: str


class FlagDocument(Struct, frozen=True, rename="camel"):
    """Something Azure leaves behind that is no error: counted, with the first few subjects."""

    kind: str
    count: int
    clause: str
    examples: tuple[str, ...]


class SnapshotDocument(Struct, frozen=True, rename="camel", omit_defaults=True):
    """One snapshot of a store."""

    snapshot_id: str
    tenant_id: str
    cloud: str
    source: str
    imported_at: str
    rows: Mapping[str, int]
    gaps: tuple[SnapshotGapDocument, ...]
    flags: tuple[FlagDocument, ...]
    collected_at: str | None = None


class SnapshotsDocument(Struct, frozen=True, rename="camel"):
    """What `remit snapshots --json` writes, the newest import last."""

    snapshots: tuple[SnapshotDocument, ...]


class SkippedDocument(Struct, frozen=True, rename="camel"):
    """A row that `--lenient` left out."""

    file: str
    line: int
    reason: str


class AccountDocument(Struct, frozen=True, rename="camel"):
    """How many records of a kind were met, and what became of them: used, kept or ignored."""

    kind: str
    treatment: str
    count: int


class ImportDocument(Struct, frozen=True, rename="camel"):
    """What `remit import --json` writes."""

    snapshot: SnapshotDocument
    skipped: tuple[SkippedDocument, ...]
    accounting: tuple[AccountDocument, ...]


def snapshot_document(
    *,
    snapshot_id: str,
    tenant_id: str,
    cloud: str,
    source: str,
    collected_at: datetime | None,
    imported_at: datetime,
    rows: Mapping[str, int],
    gaps: Iterable[Gap],
    flags: Iterable[Flag],
) -> SnapshotDocument:
    """Return the document of one snapshot."""
    return SnapshotDocument(
        snapshot_id,
        tenant_id,
        cloud,
        source,
        format_instant(imported_at),
        dict(sorted(rows.items())),
        tuple(SnapshotGapDocument(gap.api, gap.scope, gap.reason) for gap in gaps),
        tuple(FlagDocument(flag.kind, flag.count, flag.clause, flag.examples) for flag in flags),
        None if collected_at is None else format_instant(collected_at),
    )
