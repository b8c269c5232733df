"""The journal of a collection: a file of records that is only ever added to."""

from __future__ import annotations

import os
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import msgspec

from remit.adapters.spool.list_files import write_all
from remit.adapters.spool.records import Record, SyncedRecord, decode, encode
from remit.model.errors import UnavailableError

_SYNCED = encode(SyncedRecord())


class Journal:
    """Records in a file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle = -1

    def add(self, record: Record) -> None:
        """Write one record.

        Raises:
            OSError: it cannot be written; a part of it may have been.
        """
        write_all(self._opened(), encode(record))

    def sync(self) -> None:
        """Note that what the records before speak of is on the disk, and bring the journal there, too."""
        self.add(SyncedRecord())
        os.fsync(self._opened())

    def records(self) -> Iterator[Record]:
        """Yield every record.

        Raises:
            UnavailableError: one is damaged.
        """
        for _, record in self._from(0):
            if record is None:
                raise UnavailableError(f"{self._path} is damaged", hint="start afresh with `remit collect --discard`")
            yield record

    def synced_end(self) -> int:
        """Return the offset up to which everything is on the disk for certain."""
        end, synced = 0, 0
        with self._read() as stream:
            for line in stream:
                end += len(line)
                if line == _SYNCED:
                    synced = end
        return synced

    def tail(self, start: int) -> Iterator[tuple[int, Record]]:
        """Yield the records behind an offset, each with where it ends, up to the first that is torn."""
        for end, record in self._from(start):
            if record is None:
                return
            yield end, record

    def _from(self, start: int) -> Iterator[tuple[int, Record | None]]:
        with self._read() as stream:
            stream.seek(start)
            for line in stream:
                start += len(line)
                try:
                    yield start, decode(line) if line.endswith(b"\n") else None
                except (msgspec.MsgspecError, UnicodeDecodeError):
                    yield start, None

    def _read(self) -> BinaryIO:
        try:
            return self._path.open("rb")
        except FileNotFoundError:
            return BytesIO()

    def cut(self, end: int) -> None:
        """Leave what lies before an offset."""
        if self._path.exists() and self._path.stat().st_size > end:
            os.truncate(self._path, end)

    def close(self) -> None:
        """Let go of the file."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1

    def _opened(self) -> int:
        if self._handle < 0:
            self._handle = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        return self._handle
