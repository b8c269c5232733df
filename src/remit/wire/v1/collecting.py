"""A collection as JSON: what `remit collect --json` writes."""

from __future__ import annotations

from msgspec import Struct

from remit.wire.v1.snapshots import SkippedDocument, SnapshotDocument


class CallsDocument(Struct, frozen=True, rename="camel"):
    """HTTP requests to one endpoint."""

    endpoint: str
    count: int


class CollectDocument(Struct, frozen=True, rename="camel", omit_defaults=True):
    """What came of a collection.

    Attributes:
        snapshot: the snapshot, its gaps included.
        skipped: rows that could not be read.
        calls: of the process that ended the collection.
        throttled_seconds: during which Azure made it wait.
        resumed: whether it went on with what another process had begun.
        export: folder of the export.
    """

    snapshot: SnapshotDocument
    skipped: tuple[SkippedDocument, ...]
    calls: tuple[CallsDocument, ...]
    throttled_seconds: float
    resumed: bool
    export: str | None = None
