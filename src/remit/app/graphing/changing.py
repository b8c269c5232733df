"""A snapshot with a change, read as if it had been collected so.

import_tenant(ChangedReader(store, snapshot_id, meta, change), another_store, roles)

The store that holds the snapshot is only read. What was not collected stays a gap, also where something is added to it:
the rest of such a list is as unknown as before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice

from remit.model.errors import InputError
from remit.model.snapshot import SnapshotMeta
from remit.ports.reader import RawBatch, Skipped
from remit.ports.store import SnapshotStore
from remit.wire.azure.decode import decode_one
from remit.wire.azure.lists import LISTS
from remit.wire.v1.change import Change

_BATCH_ROWS = 5_000


class ChangedReader:
    """Reads a kept snapshot with a change applied. See `remit.ports.reader.TenantReader`."""

    def __init__(self, store: SnapshotStore, snapshot_id: str, meta: SnapshotMeta, change: Change) -> None:
        self._store = store
        self._snapshot_id = snapshot_id
        self._meta = meta
        self._change = change
        self._counts: Counter[str] = Counter()

    def meta(self) -> SnapshotMeta:
        """Return what the snapshot says of itself."""
        return self._meta

    def batches(self) -> Iterator[RawBatch]:
        """Yield what the snapshot holds and the change leaves, then what it adds.

        Raises:
            InputError: something to be removed is not there.
            PayloadError: something to be added is bad.
        """
        for name in LISTS:
            touched = name in self._change.lists
            rows = self._left(name) if touched else self._store.payloads(self._snapshot_id, name)
            line = 1
            while some := tuple(islice(rows, _BATCH_ROWS)):
                self._counts[name] += len(some)
                yield RawBatch(name, f"{name}.jsonl", range(line, line + len(some)), some)
                line += len(some)
            added = self._change.add.get(name, ())
            if added:
                self._counts[name] += len(added)
                yield RawBatch(name, f"{self._change.name}: add.{name}", range(1, len(added) + 1), added)

    def _left(self, name: str) -> Iterator[bytes]:
        """Yield the payloads of a list that are neither removed nor replaced."""
        shape, missing = LISTS[name], set(self._change.remove.get(name, ()))
        gone = missing | {
            shape.key(decode_one(shape.decoder, f"{self._change.name}: add.{name}", place, row))
            for place, row in enumerate(self._change.add.get(name, ()), start=1)
        }
        for line, payload in enumerate(self._store.payloads(self._snapshot_id, name), start=1):
            key = shape.key(decode_one(shape.decoder, f"{name}.jsonl", line, payload))
            missing.discard(key)
            if key not in gone:
                yield payload
        if missing:
            raise InputError(
                f"{self._change.name}: `{min(missing)}` is not in {name} of this snapshot, so it cannot be removed",
                hint="ids are those of the objects; of a membership or owner they are <group>/<member>",
            )

    def skipped(self) -> Sequence[Skipped]:
        """Return nothing: a kept snapshot was judged when it was imported."""
        return ()

    def accounting(self) -> Sequence[tuple[str, str, int]]:
        """Return how many rows of each list were read."""
        return [(name, "used", count) for name, count in sorted(self._counts.items())]

    def size_hint(self) -> int | None:
        """Return None: a store does not tell the bytes of its payloads."""
        return None
