"""Writes one snapshot of a `DuckStore`: everything under `tmp/` first, then one rename."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from remit.adapters.store.duplicates import raise_first
from remit.adapters.store.folders import Workplace, as_unavailable, put_in_place, write_in_place
from remit.adapters.store.identity import content, snapshot_id
from remit.adapters.store.manifest import IMPORTED, MANIFEST, summary_of
from remit.adapters.store.parquet import as_store_error, connect, write_table
from remit.adapters.store.payload_files import PayloadFiles
from remit.adapters.store.tables import to_tables
from remit.engine.facts import TenantFacts
from remit.model.errors import InvariantError
from remit.ports.clock import Clock
from remit.ports.store import SnapshotSummary


class DuckWriter:
    """One snapshot in the making."""

    def __init__(self, root: Path, clock: Clock) -> None:
        self._root = root
        self._clock = clock
        self._open = True
        with as_unavailable("be written"):
            self._workplace = Workplace(root)
            with as_store_error("be written"):
                path = self._workplace.path
                self._made = path / "snapshot"
                self._connection = connect(path)
                self._payloads = PayloadFiles(self._connection, self._made / "payloads", path)

    def add(
        self, list_name: str, file: str, lines: Sequence[int], keys: Sequence[str], payloads: Sequence[bytes]
    ) -> None:
        """Take payloads."""
        self._must_be_open()
        with as_unavailable("be written"), as_store_error("be written"):
            self._payloads.add(list_name, file, lines, keys, payloads)

    def commit(self, facts: TenantFacts) -> SnapshotSummary:
        """Write the snapshot.

        Raises:
            DuplicateError: one id stands twice in a list with different content.
            UnavailableError: the store cannot be written.
        """
        self._must_be_open()
        with as_unavailable("be written"), as_store_error("be written"):
            raise_first(self._payloads.settle())
            tables = to_tables(facts)
            described = content(facts.meta, facts.flags, tables, self._payloads.digests())
            name = snapshot_id(described)
            rows = dict.fromkeys(facts.meta.collected, 0) | self._payloads.rows()
            rows = dict(sorted(rows.items()))
            summary = summary_of(name, facts.meta, facts.flags, rows, self._clock.now())
            imported = msgspec.json.encode({"at": summary.imported_at})
            place = self._root / "snapshots" / name
            if not (place / MANIFEST).is_file():
                made = self._made
                (made / "tables").mkdir()
                for table_name, table in tables.items():
                    write_table(self._connection, table_name, table, made / "tables" / f"{table_name}.parquet")
                (made / MANIFEST).write_bytes(msgspec.json.format(msgspec.json.encode({**described, "rows": rows})))
                (made / IMPORTED).write_bytes(imported)
                put_in_place(made, place)
            write_in_place(place / IMPORTED, imported)
        self._end()
        self._workplace.remove()
        return summary

    def abandon(self) -> None:
        """Leave the store as it was; after a commit this does nothing."""
        if self._open:
            self._end()
            self._workplace.undo()

    def _end(self) -> None:
        self._open = False
        self._payloads.close()
        self._connection.close()

    def _must_be_open(self) -> None:
        if not self._open:
            raise InvariantError("this snapshot was finished before")
