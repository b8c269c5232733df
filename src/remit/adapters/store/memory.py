"""A snapshot store in memory: for tests, and for a tenant that is asked once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from remit.adapters.store.choosing import choose, not_found
from remit.adapters.store.duplicates import Conflict, Seen, raise_first, settle
from remit.adapters.store.identity import content, list_digest, payload_digest, snapshot_id
from remit.adapters.store.tables import to_tables
from remit.engine.facts import TenantFacts
from remit.ports.clock import Clock
from remit.ports.store import SnapshotSummary

_Payloads = dict[str, dict[str, bytes]]


class MemoryStore:
    """Keeps snapshots as long as it lives."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._summaries: dict[str, SnapshotSummary] = {}
        self._facts: dict[str, TenantFacts] = {}
        self._payloads: dict[str, _Payloads] = {}
        self._indexes: dict[tuple[str, str], tuple[Mapping[str, NDArray[np.generic]], Mapping[str, Any]]] = {}
        self._sources: dict[str, str] = {}
        self._marks: dict[str, Mapping[str, str]] = {}

    def begin(self) -> MemoryWriter:
        """Start a snapshot."""
        return MemoryWriter(self)

    def summaries(self) -> tuple[SnapshotSummary, ...]:
        """Return every snapshot, the newest import last."""
        return tuple(self._summaries.values())

    def resolve(self, snapshot_id: str | None) -> str:
        """Return the full id for a prefix, or of the newest import for None."""
        return choose(tuple(self._summaries), snapshot_id)

    def facts(self, snapshot_id: str) -> TenantFacts:
        """Return the facts."""
        return self._facts[self._known(snapshot_id)]

    def payload(self, snapshot_id: str, list_name: str, key: str) -> bytes | None:
        """Return one payload as it was read, or None."""
        return self._payloads[self._known(snapshot_id)].get(list_name, {}).get(key.lower())

    def payloads(self, snapshot_id: str, list_name: str) -> Iterator[bytes]:
        """Yield every payload of one list as it was read, by key."""
        rows = self._payloads[self._known(snapshot_id)].get(list_name, {})
        return (rows[key] for key in sorted(rows))

    def marks(self, snapshot_id: str) -> Mapping[str, str]:
        """Return where a later incremental collection goes on from, {} where nothing is kept."""
        return self._marks.get(self._known(snapshot_id), {})

    def keep_marks(self, snapshot_id: str, marks: Mapping[str, str]) -> None:
        """Keep where a later incremental collection goes on from."""
        self._marks[self._known(snapshot_id)] = dict(marks)

    def load_index(
        self, snapshot_id: str, version: str
    ) -> tuple[Mapping[str, NDArray[np.generic]], Mapping[str, Any]] | None:
        """Return an index kept under this version, or None."""
        return self._indexes.get((self._known(snapshot_id), version))

    def save_index(
        self, snapshot_id: str, version: str, arrays: Mapping[str, NDArray[np.generic]], values: Mapping[str, Any]
    ) -> None:
        """Keep a derived index beside the snapshot."""
        self._indexes[self._known(snapshot_id), version] = (dict(arrays), dict(values))

    def recall(self, fingerprint: str) -> str | None:
        """Return the snapshot that an earlier import of the same source gave, or None."""
        return self._sources.get(fingerprint)

    def remember(self, fingerprint: str, snapshot_id: str) -> None:
        """Keep which snapshot a source gave."""
        self._sources[fingerprint] = self._known(snapshot_id)

    def _known(self, snapshot_id: str) -> str:
        if snapshot_id not in self._facts:
            raise not_found(snapshot_id)
        return snapshot_id

    def keep(self, facts: TenantFacts, payloads: _Payloads) -> SnapshotSummary:
        """Take a finished snapshot."""
        digests = {
            name: list_digest(np.array([payload_digest(one) for one in rows.values()], dtype="S32"))
            for name, rows in sorted(payloads.items())
            if rows
        }
        name = snapshot_id(content(facts.meta, facts.flags, to_tables(facts), digests))
        summary = SnapshotSummary(
            snapshot_id=name,
            tenant_id=facts.meta.tenant_id,
            cloud=facts.meta.cloud,
            source=facts.meta.source,
            collected_at=facts.meta.collected_at,
            imported_at=self._clock.now(),
            rows={
                list_name: len(payloads.get(list_name, ())) for list_name in sorted({*payloads, *facts.meta.collected})
            },
            gaps=facts.meta.gaps,
            flags=facts.flags,
        )
        self._summaries.pop(name, None)
        self._summaries[name] = summary
        self._facts[name] = facts
        self._payloads[name] = payloads
        return summary


class MemoryWriter:
    """One snapshot in the making."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store
        self._rows: dict[str, dict[str, Seen]] = {}
        self._conflicts: list[Conflict] = []

    def add(
        self, list_name: str, file: str, lines: Sequence[int], keys: Sequence[str], payloads: Sequence[bytes]
    ) -> None:
        """Take payloads."""
        rows = self._rows.setdefault(list_name, {})
        for line, key, payload in zip(lines, keys, payloads, strict=True):
            one = Seen(bytes(payload), file, line)
            if key in rows:
                one, conflict = settle(list_name, key, (rows[key], one))
                if conflict is not None:
                    self._conflicts.append(conflict)
            rows[key] = one

    def commit(self, facts: TenantFacts) -> SnapshotSummary:
        """Put the snapshot into the store.

        Raises:
            DuplicateError: one id stands twice in a list with different content.
        """
        raise_first(self._conflicts)
        payloads = {name: {key: one.payload for key, one in rows.items()} for name, rows in self._rows.items() if rows}
        return self._store.keep(facts, payloads)

    def abandon(self) -> None:
        """Forget what was taken."""
        self._rows.clear()
        self._conflicts.clear()
