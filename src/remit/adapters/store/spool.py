"""Payloads on their way into a snapshot: rows in a temporary DuckDB database, digests in files beside it.

Nothing is held in memory but one batch, so that the largest tenants pass through.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from remit.adapters.store.duplicates import Conflict, Seen, settle
from remit.adapters.store.identity import DIGEST_BYTES, Digests, list_digest, payload_digest
from remit.adapters.store.parquet import connect, insert, quoted

_BATCH_ROWS = 50_000
_BATCH_BYTES = 16 * 1024 * 1024


class Spool:
    """All lists of one import."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.connection = connect(folder / "spool.duckdb", folder / "spill")
        # What is here is thrown away after a crash: no log is needed.
        self.connection.execute("SET threads = 2")
        self._lists: dict[str, _List] = {}

    def add(
        self, list_name: str, file: str, lines: Sequence[int], keys: Sequence[str], payloads: Sequence[bytes]
    ) -> None:
        """Take rows of one list."""
        one = self._lists.get(list_name)
        if one is None:
            one = self._lists[list_name] = _List(self.connection, list_name, f"list_{len(self._lists)}", self._folder)
        one.add(file, lines, keys, payloads)

    def settle(self) -> list[Conflict]:
        """Keep one row of those that say the same; return what contradicts itself."""
        conflicts: list[Conflict] = []
        for one in self._lists.values():
            conflicts.extend(one.settle())
        return conflicts

    def digests(self) -> dict[str, str]:
        """Return the digest of every list that has rows."""
        return {name: one.digest() for name, one in sorted(self._lists.items()) if one.count}

    def rows(self) -> dict[str, int]:
        """Return the number of rows of every list."""
        return {name: one.count for name, one in self._lists.items()}

    def write(self, folder: Path) -> None:
        """Write a Parquet file for every list that has rows, sorted by key."""
        folder.mkdir()
        for name, one in sorted(self._lists.items()):
            if one.count:
                one.write(folder / f"{name.replace('/', '.')}.parquet")

    def close(self) -> None:
        """Let go of all files."""
        for one in self._lists.values():
            one.close()
        self.connection.close()


class _List:
    """One list: its rows in a table, their digests in a file."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, list_name: str, table: str, folder: Path) -> None:
        self._connection = connection
        self._name = list_name
        self._table = table
        self._files: dict[str, int] = {}
        self._digest_path = folder / f"{table}.digests"
        self._digests = self._digest_path.open("wb")
        self._dropped: list[bytes] = []
        self.count = 0
        self._waiting: list[tuple[int, int, str, bytes]] = []
        self._bytes = 0
        connection.execute(f"CREATE TABLE {table} (file INTEGER, line BIGINT, key VARCHAR, payload BLOB)")

    def add(self, file: str, lines: Sequence[int], keys: Sequence[str], payloads: Sequence[bytes]) -> None:
        number = self._files.setdefault(file, len(self._files))
        self._waiting.extend(
            (number, line, key, payload) for line, key, payload in zip(lines, keys, payloads, strict=True)
        )
        self._digests.write(b"".join(map(payload_digest, payloads)))
        self.count += len(payloads)
        self._bytes += sum(map(len, payloads))
        if len(self._waiting) >= _BATCH_ROWS or self._bytes >= _BATCH_BYTES:
            self._flush()

    def _flush(self) -> None:
        if not self._waiting:
            return
        files, lines, keys, payloads = zip(*self._waiting, strict=True)
        self._waiting.clear()
        self._bytes = 0
        insert(
            self._connection,
            self._table,
            {
                "file": np.array(files, dtype=np.int32),
                "line": np.array(lines, dtype=np.int64),
                "key": _objects(keys),
                "payload": _objects(payloads),
            },
        )

    def settle(self) -> list[Conflict]:
        """Find keys that stand several times."""
        self._flush()
        found = self._connection.execute(
            f"SELECT key, file, line, rowid, payload FROM {self._table} WHERE key IN"  # noqa: S608 - our own table
            f" (SELECT key FROM {self._table} GROUP BY key HAVING count(*) > 1) ORDER BY key, rowid"
        )
        names = list(self._files)
        conflicts: list[Conflict] = []
        dropped: list[int] = []
        group: list[Seen] = []
        key: str | None = None

        def settled() -> None:
            if key is None:
                return
            kept, conflict = settle(self._name, key, group)
            if conflict is not None:
                conflicts.append(conflict)
            for one in group:
                if one.row != kept.row:
                    dropped.append(one.row)
                    if one.payload != kept.payload:
                        self._dropped.append(payload_digest(one.payload))

        while rows := found.fetchmany(1_000):
            for row_key, file, line, row, payload in rows:
                if row_key != key:
                    settled()
                    key, group = row_key, []
                group.append(Seen(bytes(payload), names[file], line, row))
        settled()
        self._drop(dropped)
        return conflicts

    def _drop(self, rows: list[int]) -> None:
        if not rows:
            return
        self._connection.execute("CREATE TEMP TABLE dropped (row BIGINT)")
        insert(self._connection, "dropped", {"row": np.array(rows, dtype=np.int64)})
        self._connection.execute(f"DELETE FROM {self._table} WHERE rowid IN (SELECT row FROM dropped)")  # noqa: S608 - our own table
        self._connection.execute("DROP TABLE dropped")
        self.count -= len(rows)

    def digest(self) -> str:
        """Return the digest of the rows that are kept."""
        self._digests.flush()
        digests: Digests = np.fromfile(self._digest_path, dtype=f"S{DIGEST_BYTES}")
        if self._dropped:
            digests = np.setdiff1d(digests, np.array(self._dropped, dtype=digests.dtype))
        return list_digest(digests)

    def write(self, path: Path) -> None:
        """Write the kept rows as Parquet, sorted by key, so that one is found without reading all."""
        self._connection.execute(
            f"COPY (SELECT key, payload FROM {self._table} ORDER BY key) TO {quoted(path)}"  # noqa: S608 - our own table
            " (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 20480)"
        )

    def close(self) -> None:
        self._digests.close()


def _objects(values: Sequence[Any]) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    made = np.empty(len(values), dtype=object)
    made[:] = values
    return made
