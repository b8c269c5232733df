"""The rows of a collection: one JSON Lines file for each list, only ever added to."""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from remit.adapters.durable import flush
from remit.adapters.spool.records import PageRecord
from remit.model.errors import UnavailableError

_CHUNK_BYTES = 4 * 1024 * 1024


class ListFiles:
    """Adds rows to the files of lists, and reads them back."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._handles: dict[str, int] = {}
        self._ends: dict[str, int] = {}
        self._unsynced: set[str] = set()
        self._new: set[Path] = set()

    def path(self, list_name: str) -> Path:
        """Return the file of a list."""
        return self._root / f"{list_name}.jsonl"

    def ends(self) -> dict[str, int]:
        """Return where each file ends."""
        return dict(self._ends)

    def size(self) -> int:
        """Return the bytes of all files."""
        return sum(self._ends.values())

    def add(self, list_name: str, rows: Sequence[bytes]) -> tuple[int, int, int]:
        """Write rows; return where they end, their bytes, and the CRC-32 of these.

        Raises:
            OSError: they cannot be written.
        """
        text = b"\n".join(rows) + b"\n"
        write_all(self._handle(list_name), text)
        self._unsynced.add(list_name)
        end = self._ends.get(list_name, 0) + len(text)
        self._ends[list_name] = end
        return end, len(text), zlib.crc32(text)

    def sync(self) -> None:
        """Bring everything to the disk itself."""
        for name in self._unsynced:
            os.fsync(self._handle(name))
        for folder in self._new:
            flush(folder)
        self._unsynced.clear()
        self._new.clear()

    def holds(self, page: PageRecord) -> bool:
        """Tell whether the rows of a page are there as they were written."""
        try:
            with self.path(page.list_name).open("rb") as stream:
                stream.seek(page.end - page.size)
                return zlib.crc32(stream.read(page.size)) == page.check
        except FileNotFoundError:
            return False

    def cut(self, ends: dict[str, int]) -> None:
        """Leave in each file what lies before its end, and no file that has none.

        Raises:
            UnavailableError: a file ends before that: rows that were kept are lost.
        """
        for name, end in ends.items():
            path = self.path(name)
            if not path.exists() or path.stat().st_size < end:
                raise UnavailableError(f"{path} is damaged", hint="start afresh with `remit collect --discard`")
        for path in self._root.glob("*/*.jsonl"):
            name = path.relative_to(self._root).as_posix().removesuffix(".jsonl")
            end = ends.get(name, 0)
            if end:
                if path.stat().st_size > end:
                    os.truncate(path, end)
            else:
                path.unlink()
        self._ends = dict(ends)

    def rows(self, list_name: str, ranges: Sequence[tuple[int, int]]) -> Iterator[bytes]:
        """Yield the rows between some pairs of offsets."""
        if not ranges:
            return
        with self.path(list_name).open("rb") as stream:
            for start, end in ranges:
                stream.seek(start)
                yield from _lines(stream, end - start)

    def close(self) -> None:
        """Let go of the files."""
        while self._handles:
            os.close(self._handles.popitem()[1])

    def _handle(self, list_name: str) -> int:
        handle = self._handles.get(list_name)
        if handle is None:
            path = self.path(list_name)
            path.parent.mkdir(mode=0o700, exist_ok=True)
            self._new |= {path.parent, self._root}
            handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            self._handles[list_name] = handle
        return handle


def write_all(handle: int, text: bytes) -> None:
    """Write all of a text.

    Raises:
        OSError: it cannot be written; a part of it may have been.
    """
    rest = memoryview(text)
    while rest:
        rest = rest[os.write(handle, rest) :]


def _lines(stream: BinaryIO, size: int) -> Iterator[bytes]:
    open_line = b""
    while size > 0 and (chunk := stream.read(min(size, _CHUNK_BYTES))):
        size -= len(chunk)
        pieces = chunk.split(b"\n")
        pieces[0] = open_line + pieces[0]
        open_line = pieces.pop()
        yield from pieces
