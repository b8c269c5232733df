"""Snapshots as folders of Parquet files; `docs/snapshot.md` describes every file and column.

    STORE/snapshots/ID/manifest.json      what the snapshot says about itself, and the digests its id rests on
    STORE/snapshots/ID/imported.json      when this store got it
    STORE/snapshots/ID/tables/*.parquet   the facts
    STORE/snapshots/ID/payloads/LIST/*    every payload as it was read, by key
    STORE/snapshots/ID/index-*/           kept indexes: a cache
    STORE/snapshots/ID/marks.json         where an incremental collection goes on from: a cache
    STORE/sources/*                       which snapshot a source gave
    STORE/tmp/                            snapshots in the making

A snapshot is there whole or not at all. Stores may be read while they are written, by any number of processes.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from remit.adapters.store import kept_index
from remit.adapters.store.choosing import choose, not_found
from remit.adapters.store.folders import Workplace, as_unavailable, payload_folder, write_in_place
from remit.adapters.store.manifest import MANIFEST, read_manifest, read_summary
from remit.adapters.store.tables import Column, from_tables
from remit.engine.facts import TenantFacts
from remit.ports.clock import Clock
from remit.ports.store import SnapshotSummary

if TYPE_CHECKING:
    from remit.adapters.store.writing import DuckWriter

_ID = re.compile("[0-9a-f]{64}")
_SORTING = "1GB"
"""What sorting a list of ten million payloads by key takes, when it spills; small lists take little of it."""

_FETCHED = 1_000
_MARKS_FILE = "marks.json"
_MARKS = msgspec.json.Decoder(dict[str, str])


class DuckStore:
    """Keeps snapshots in a folder. See `remit.ports.store.SnapshotStore`."""

    def __init__(self, root: Path, clock: Clock) -> None:
        self._root = root
        self._snapshots = root / "snapshots"
        self._clock = clock

    def begin(self) -> DuckWriter:
        """Start a snapshot.

        Raises:
            UnavailableError: the folder cannot be written.
        """
        # DuckDB takes 0.2 s to load, and an answer from a kept index never needs it.
        from remit.adapters.store.writing import DuckWriter  # noqa: PLC0415 - see above

        return DuckWriter(self._root, self._clock)

    def summaries(self) -> tuple[SnapshotSummary, ...]:
        """Return every snapshot, the newest import last."""
        found = [read_summary(self._snapshots / name) for name in self._names()]
        return tuple(sorted(found, key=lambda one: (one.imported_at, one.snapshot_id)))

    def resolve(self, snapshot_id: str | None) -> str:
        """Return the full id for a prefix, or of the newest import for None."""
        if snapshot_id is not None:
            found = choose(self._names(), snapshot_id)
            # What answers from a kept index reads no manifest any more, so this is where a changed one is met.
            read_manifest(self._snapshots / found)
            return found
        return choose([one.snapshot_id for one in self.summaries()], None)

    def facts(self, snapshot_id: str) -> TenantFacts:
        """Read the facts back."""
        from remit.adapters.store.parquet import as_store_error, connect, read_table  # noqa: PLC0415 - as in begin

        place = self._place(snapshot_id)
        manifest = read_manifest(place)

        with as_unavailable("be read"), as_store_error(f"read snapshot {snapshot_id[:12]}"):
            connection = connect(self._root / "tmp")

            def table(name: str) -> dict[str, Column]:
                return read_table(connection, name, place / "tables" / f"{name}.parquet")

            try:
                return from_tables(manifest.snapshot_meta(), tuple(manifest.flags), table)
            finally:
                connection.close()

    def payload(self, snapshot_id: str, list_name: str, key: str) -> bytes | None:
        """Return one payload as it was read, or None."""
        from remit.adapters.store.parquet import as_store_error, connect, quoted  # noqa: PLC0415 - as in begin

        folder = payload_folder(self._place(snapshot_id) / "payloads", list_name)
        if not folder.is_dir():
            return None
        with as_unavailable("be read"), as_store_error(f"read snapshot {snapshot_id[:12]}"):
            connection = connect(self._root / "tmp")
            try:
                query = f"SELECT payload FROM read_parquet({quoted(folder / '*.parquet')}) WHERE key = ?"  # noqa: S608 - our own path
                found = connection.execute(query, [key.lower()]).fetchone()
            finally:
                connection.close()
        return None if found is None else str(found[0]).encode()

    def payloads(self, snapshot_id: str, list_name: str) -> Iterator[bytes]:
        """Yield every payload of one list as it was read, by key."""
        return self._payloads(payload_folder(self._place(snapshot_id) / "payloads", list_name), snapshot_id)

    def _payloads(self, folder: Path, snapshot_id: str) -> Iterator[bytes]:
        from remit.adapters.store.parquet import as_store_error, connect, quoted  # noqa: PLC0415 - as in begin

        if not folder.is_dir():
            return
        with as_unavailable("be read"), as_store_error(f"read snapshot {snapshot_id[:12]}"):
            connection = connect(self._root / "tmp", memory=_SORTING)
            try:
                query = f"SELECT payload FROM read_parquet({quoted(folder / '*.parquet')}) ORDER BY key"  # noqa: S608 - our own path
                found = connection.execute(query)
                while rows := found.fetchmany(_FETCHED):
                    yield from (str(payload).encode() for (payload,) in rows)
            finally:
                connection.close()

    def marks(self, snapshot_id: str) -> Mapping[str, str]:
        """Return where a later incremental collection goes on from, {} where nothing is kept."""
        place = self._place(snapshot_id)
        with as_unavailable("be read"):
            try:
                return _MARKS.decode((place / _MARKS_FILE).read_bytes())
            except (FileNotFoundError, msgspec.MsgspecError, UnicodeDecodeError):
                return {}

    def keep_marks(self, snapshot_id: str, marks: Mapping[str, str]) -> None:
        """Keep where a later incremental collection goes on from."""
        place = self._place(snapshot_id)
        with as_unavailable("be written"):
            write_in_place(place / _MARKS_FILE, msgspec.json.encode(dict(marks), order="sorted"))

    def load_index(
        self, snapshot_id: str, version: str
    ) -> tuple[Mapping[str, NDArray[np.generic]], Mapping[str, Any]] | None:
        """Return an index kept under this version, mapped from disk, or None."""
        return kept_index.load(self._place(snapshot_id), version)

    def save_index(
        self, snapshot_id: str, version: str, arrays: Mapping[str, NDArray[np.generic]], values: Mapping[str, Any]
    ) -> None:
        """Keep a derived index beside the snapshot; where the store cannot be written, it is not kept."""
        place = self._place(snapshot_id)
        try:
            workplace = Workplace(self._root)
        except OSError:
            return
        try:
            kept_index.save(place, workplace.path, version, arrays, values)
        except OSError:
            return
        finally:
            workplace.remove()

    def recall(self, fingerprint: str) -> str | None:
        """Return the snapshot that an earlier import of the same source gave, or None."""
        with as_unavailable("be read"):
            try:
                found = self._source(fingerprint).read_text("ascii").strip()
            except (FileNotFoundError, UnicodeDecodeError):
                return None
            return found if (self._snapshots / found / MANIFEST).is_file() else None

    def remember(self, fingerprint: str, snapshot_id: str) -> None:
        """Keep which snapshot a source gave."""
        self._place(snapshot_id)
        with as_unavailable("be written"):
            write_in_place(self._source(fingerprint), snapshot_id.encode())

    def _names(self) -> list[str]:
        """Return the ids of all snapshots, sorted.

        A store that cannot be listed is an error, and so is, once it is read, a snapshot that lost its manifest: taken
        for an empty or a smaller store it would answer from an older snapshot.
        """
        with as_unavailable("be read"):
            try:
                names = [place.name for place in self._snapshots.iterdir()]
            except FileNotFoundError:
                return []
        return sorted(name for name in names if _ID.fullmatch(name))

    def _source(self, fingerprint: str) -> Path:
        return self._root / "sources" / hashlib.sha256(fingerprint.encode()).hexdigest()

    def _place(self, snapshot_id: str) -> Path:
        place = self._snapshots / snapshot_id
        if not snapshot_id.isalnum() or not (place / MANIFEST).is_file():
            raise not_found(snapshot_id)
        return place
