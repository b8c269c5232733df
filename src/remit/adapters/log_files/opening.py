"""Opens files, ranges of files, and standard input."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from remit.adapters.log_files.unpacking import unpacked
from remit.model.errors import PayloadError
from remit.ports.log_source import LogUnit

FILE = "file"
STDIN = "stdin"
_CHUNK = 1 << 20


class FileOpener:
    """See `remit.ports.log_source.LogOpener`."""

    def chunks(self, unit: LogUnit) -> Iterator[bytes]:
        """Yield a file's bytes, unpacked."""
        try:
            with Path(unit.place).open("rb", buffering=0) as file:
                if unit.start or unit.end is not None:
                    yield from _range(file, unit.start, unit.end)
                else:
                    yield from unpacked(_chunks(file), file=unit.name)
        except OSError as error:
            raise PayloadError(unit.name, 0, "", f"cannot be read: {error.strerror or error}") from error


class StdinOpener:
    """The same of standard input; it can be read once, and in this process only."""

    def chunks(self, unit: LogUnit) -> Iterator[bytes]:
        """Yield its bytes, unpacked."""
        return unpacked(_chunks(sys.stdin.buffer), file=unit.name)


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    while chunk := file.read(_CHUNK):
        yield chunk


def _range(file: BinaryIO, start: int, end: int | None) -> Iterator[bytes]:
    """Yield the lines that begin behind the first line end at or after `start`, up to the one that `end` falls into."""
    file.seek(start)
    at = start
    chunks = _chunks(file)
    inside = start == 0
    for chunk in chunks:
        first = 0
        if not inside:
            found = chunk.find(b"\n")
            if found < 0:
                at += len(chunk)
                continue
            inside, first = True, found + 1
            if end is not None and at + first > end:
                return
        if end is not None and at + len(chunk) > end:
            last = chunk.find(b"\n", max(end - at, first))
            if last >= 0:
                yield chunk[first : last + 1]
                return
        if first < len(chunk):
            yield chunk[first:]
        at += len(chunk)
