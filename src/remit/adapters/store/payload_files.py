"""Payloads of a snapshot in the making: each list a folder of Parquet files, digests aside until the end.

Nothing is held in memory but a few megabytes that wait to be written, of all lists together, so that the largest
tenants pass through. Within a file rows are sorted by key: one payload is found by reading a small part of each.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from remit.adapters.store.duplicates import Conflict, Seen, settle
from remit.adapters.store.folders import payload_folder
from remit.adapters.store.identity import DIGEST_BYTES, Digests, list_digest, payload_digest
from remit.adapters.store.parquet import columns_as_table, quoted

_FILE_ROWS = 25_000
_WAITING_BYTES = 8 * 1024 * 1024
_WRITTEN = "(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 8192)"
_FETCHED = 1_000


class PayloadFiles:
    """All lists of one import."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, root: Path, aside: Path) -> None:
        """Start.

        Args:
            connection: writes and reads the files.
            root: where the folders of the lists go.
            aside: where digests wait.
        """
        self._connection = connection
        self._root = root
        self._aside = aside
        self._lists: dict[str, _List] = {}
        root.mkdir(parents=True)

    def add(
        self, list_name: str, file: str, lines: Sequence[int], keys: Sequence[str], payloads: Sequence[bytes]
    ) -> None:
        """Take rows of one list."""
        one = self._lists.get(list_name)
        if one is None:
            digests = self._aside / f"{len(self._lists)}.digests"
            one = self._lists[list_name] = _List(
                self._connection, list_name, payload_folder(self._root, list_name), digests
            )
        one.add(file, lines, keys, payloads)
        if sum(each.waiting_bytes for each in self._lists.values()) >= _WAITING_BYTES:
            max(self._lists.values(), key=lambda each: each.waiting_bytes).flush()

    def settle(self) -> list[Conflict]:
        """Keep one row of those that say the same; return what contradicts itself."""
        return [conflict for one in self._lists.values() for conflict in one.settle()]

    def digests(self) -> dict[str, str]:
        """Return the digest of every list that has rows."""
        return {name: one.digest() for name, one in sorted(self._lists.items()) if one.count}

    def rows(self) -> dict[str, int]:
        """Return the number of rows of every list."""
        return {name: one.count for name, one in self._lists.items()}

    def close(self) -> None:
        """Let go of all files."""
        for one in self._lists.values():
            one.close()


class _List:
    """One list: files of its rows, and a file of their digests."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, name: str, folder: Path, digests: Path) -> None:
        self._connection = connection
        self._name = name
        self._folder = folder
        self._digest_path = digests
        self._digests = digests.open("wb")
        self._removed: list[bytes] = []
        self._waiting: list[tuple[str, str, int, bytes]] = []
        self.waiting_bytes = 0
        self._files = 0
        self.count = 0

    def add(self, file: str, lines: Sequence[int], keys: Sequence[str], payloads: Sequence[bytes]) -> None:
        self._digests.write(b"".join(map(payload_digest, payloads)))
        self._waiting.extend(zip(keys, [file] * len(keys), lines, payloads, strict=True))
        self.waiting_bytes += sum(map(len, payloads))
        self.count += len(payloads)
        if len(self._waiting) >= _FILE_ROWS:
            self.flush()

    def flush(self) -> None:
        if not self._waiting:
            return
        keys, files, lines, payloads = zip(*self._waiting, strict=True)
        self._waiting = []
        self.waiting_bytes = 0
        self._folder.mkdir(exist_ok=True)
        self._files += 1
        path = self._folder / f"{self._files:05}.parquet"
        columns = {
            "key": _objects(keys),
            "file": _objects(files),
            "line": np.array(lines, dtype=np.int64),
            "payload": _objects([payload.decode() for payload in payloads]),
        }
        with columns_as_table(self._connection, columns) as table:
            self._connection.execute(
                f"COPY (SELECT * FROM {table} ORDER BY key) TO {quoted(path)} {_WRITTEN}"  # noqa: S608 - our own path
            )

    def settle(self) -> list[Conflict]:
        """Find keys that stand several times."""
        self.flush()
        if not self.count:
            return []
        conflicts: list[Conflict] = []
        dropped: dict[str, list[int]] = {}
        for key, group in groupby(self._repeated(), key=itemgetter(0)):
            rows = [(Seen(payload.encode(), file, line), path, row) for _, file, line, payload, path, row in group]
            rows.sort()
            kept, conflict = settle(self._name, key, [seen for seen, _, _ in rows])
            if conflict is not None:
                conflicts.append(conflict)
            for seen, path, row in rows[1:]:
                dropped.setdefault(path, []).append(row)
                if seen.payload != kept.payload:
                    self._removed.append(payload_digest(seen.payload))
        for path, places in dropped.items():
            self._rewrite(Path(path), places)
        return conflicts

    def _repeated(self) -> Iterator[tuple[Any, ...]]:
        """Yield key, file, line, payload, path and row of all rows whose key stands several times, by key."""
        every = f"read_parquet({quoted(self._folder / '*.parquet')}, filename = true, file_row_number = true)"
        # Hashes first: ten million keys would not fit into the memory that the store may take.
        found = self._connection.execute(
            f"WITH hashes AS (SELECT hash(key) AS h FROM {every} GROUP BY h HAVING count(*) > 1),"  # noqa: S608 - our own path
            f" several AS (SELECT key FROM {every} WHERE hash(key) IN (SELECT h FROM hashes)"
            " GROUP BY key HAVING count(*) > 1)"
            f" SELECT key, file, line, payload, filename, file_row_number FROM {every}"
            " WHERE key IN (SELECT key FROM several) ORDER BY key"
        )
        while rows := found.fetchmany(_FETCHED):
            yield from rows

    def _rewrite(self, path: Path, without: list[int]) -> None:
        """Write one file again without some of its rows."""
        made = path.with_suffix(".new")
        with columns_as_table(self._connection, {"row": np.array(without, dtype=np.int64)}) as table:
            self._connection.execute(
                f"COPY (SELECT key, file, line, payload FROM read_parquet({quoted(path)}, file_row_number = true)"  # noqa: S608 - our own path
                f" WHERE file_row_number NOT IN (SELECT row FROM {table}) ORDER BY key) TO {quoted(made)} {_WRITTEN}"
            )
        made.replace(path)
        self.count -= len(without)

    def digest(self) -> str:
        """Return the digest of the rows that are kept."""
        self._digests.flush()
        digests: Digests = np.fromfile(self._digest_path, dtype=f"S{DIGEST_BYTES}")
        if self._removed:
            digests = np.setdiff1d(digests, np.array(self._removed, dtype=digests.dtype))
        return list_digest(digests)

    def close(self) -> None:
        self._digests.close()


def _objects(values: Sequence[Any]) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    made = np.empty(len(values), dtype=object)
    made[:] = values
    return made
