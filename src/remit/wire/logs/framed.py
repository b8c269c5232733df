"""What framing finds in some bytes: lines, records, and what is neither."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

HEAD_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines that are to be records, one each, as JSON Lines has them; blank ones are no records."""

    first_line: int
    lines: Sequence[bytes]


@dataclass(frozen=True, slots=True)
class Record:
    """One record cut out of something larger (an array, an envelope, a table), as JSON text of one object."""

    line: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Broken:
    """Something that is no record: cut short, over the limit, no JSON, an envelope of unknown shape.

    Attributes:
        line: where it begins, from 1.
        reason: one line, lower case.
        size: its bytes.
        digest: SHA-256 of all of its bytes.
        head: its first 64 KiB.
    """

    line: int
    reason: str
    size: int
    digest: bytes
    head: bytes


Framed = Lines | Record | Broken


class Held:
    """Bytes of something that is not whole yet: kept up to a limit, then only hashed, counted and begun."""

    __slots__ = ("_hash", "_head", "_limit", "_pieces", "line", "size")

    def __init__(self, limit: int) -> None:
        """Hold nothing, and later at most `limit` bytes."""
        self._limit = limit
        self.clear()

    def clear(self) -> None:
        """Forget what is held."""
        self.line = 0
        self.size = 0
        self._pieces: list[bytes] = []
        self._hash = None if self._limit else sha256()
        self._head = b""

    def add(self, line: int, piece: bytes) -> None:
        """Take the next bytes; `line` is where they begin, and counts for the first that are not blank."""
        if not self.size:
            kept = piece.lstrip()
            line += piece.count(b"\n", 0, len(piece) - len(kept))
            piece = kept
            self.line = line
        if not piece:
            return
        self.size += len(piece)
        if self._hash is not None:
            self._waste(piece)
            return
        self._pieces.append(piece)
        if self.size > self._limit:
            held, self._pieces, self._hash = self._pieces, [], sha256()
            for each in held:
                self._waste(each)

    @property
    def over(self) -> bool:
        """Whether it is longer than the limit, so that `take` has nothing to give."""
        return self._hash is not None

    def take(self) -> bytes:
        """Return all of it and hold nothing; only where it is not `over`."""
        found = b"".join(self._pieces)
        self.clear()
        return found

    def broken(self, reason: str, line: int) -> Broken:
        """Return it as something that is no record, and hold nothing; `line` is told where nothing is held."""
        line, size = self.line if self.size else line, self.size
        if self._hash is None:
            whole = b"".join(self._pieces)
            found = Broken(line, reason, size, sha256(whole).digest(), whole[:HEAD_BYTES])
        else:
            found = Broken(line, f"longer than {self._limit:,} bytes", size, self._hash.digest(), self._head)
        self.clear()
        return found

    def _waste(self, piece: bytes) -> None:
        if self._hash is None:
            raise AssertionError
        self._hash.update(piece)
        if len(self._head) < HEAD_BYTES:
            self._head += piece[: HEAD_BYTES - len(self._head)]


def broken(line: int, reason: str, whole: bytes) -> Broken:
    """Return some bytes as something that is no record."""
    return Broken(line, reason, len(whole), sha256(whole).digest(), whole[:HEAD_BYTES])
