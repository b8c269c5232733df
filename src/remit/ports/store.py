"""A store of immutable, content-addressed snapshots."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from remit.engine.facts import TenantFacts
from remit.model.snapshot import Flag, Gap


@dataclass(frozen=True, slots=True)
class SnapshotSummary:
    """One line about a snapshot.

    Attributes:
        snapshot_id: 64 hexadecimal digits, digest of everything the snapshot holds.
        tenant_id, cloud, source: as in `SnapshotMeta`.
        collected_at: instant of collection, None when the source does not say.
        imported_at: when this store got it (not part of the digest).
        rows: rows per list of payloads.
        gaps, flags: as in the facts.
    """

    snapshot_id: str
    tenant_id: str
    cloud: str
    source: str
    collected_at: datetime | None
    imported_at: datetime
    rows: Mapping[str, int]
    gaps: tuple[Gap, ...]
    flags: tuple[Flag, ...]


class SnapshotWriter(Protocol):
    """One snapshot in the making. Nothing of it is seen by readers before `commit` returns."""

    def add(
        self, list_name: str, file: str, lines: Sequence[int], keys: Sequence[str], payloads: Sequence[bytes]
    ) -> None:
        """Take payloads; `keys` are their lower-case ids. Order does not matter."""

    def commit(self, facts: TenantFacts) -> SnapshotSummary:
        """Write the snapshot; the same payloads and facts give the same id, and committing twice is no error.

        Raises:
            PayloadError: one id stands twice in a list with different content.
            UnavailableError: the store cannot be written.
        """

    def abandon(self) -> None:
        """Leave the store as it was."""


class SnapshotStore(Protocol):
    """Keeps snapshots; all methods raise `StoreError`s only."""

    def begin(self) -> SnapshotWriter:
        """Start a snapshot."""

    def summaries(self) -> tuple[SnapshotSummary, ...]:
        """Return every snapshot, the newest import last."""

    def resolve(self, snapshot_id: str | None) -> str:
        """Return the full id for a prefix of at least 6 digits, or of the newest import for None.

        Raises:
            NotFoundError: none, or several, match.
        """

    def facts(self, snapshot_id: str) -> TenantFacts:
        """Read the facts back, equal to those committed. Cost: reads the tables of the snapshot."""

    def payload(self, snapshot_id: str, list_name: str, key: str) -> bytes | None:
        """Return one payload as it was read, or None."""

    def payloads(self, snapshot_id: str, list_name: str) -> Iterator[bytes]:
        """Yield every payload of one list as it was read, by key; nothing for a list without rows.

        Cost: a bounded number of rows is held at a time.
        """

    def marks(self, snapshot_id: str) -> Mapping[str, str]:
        """Return where a later incremental collection goes on from, {} where nothing is kept."""

    def keep_marks(self, snapshot_id: str, marks: Mapping[str, str]) -> None:
        """Keep where a later incremental collection goes on from; beside the snapshot, no part of its digest."""

    def load_index(
        self, snapshot_id: str, version: str
    ) -> tuple[Mapping[str, NDArray[np.generic]], Mapping[str, Any]] | None:
        """Return an index kept under this version (arrays mapped from disk, and small values), or None."""

    def save_index(
        self, snapshot_id: str, version: str, arrays: Mapping[str, NDArray[np.generic]], values: Mapping[str, Any]
    ) -> None:
        """Keep a derived index beside the snapshot; it is a cache and no part of the digest.

        Of several versions of one family only the last is kept; `graph@1` is version 1 of the family `graph`.
        """

    def recall(self, fingerprint: str) -> str | None:
        """Return the snapshot that an earlier import of the same source gave, or None (`--tenant` caching)."""

    def remember(self, fingerprint: str, snapshot_id: str) -> None:
        """Keep which snapshot a source gave."""
