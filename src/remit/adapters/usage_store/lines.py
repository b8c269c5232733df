"""Files of JSON lines, packed by Zstandard: what was set aside, what was changed, raw records."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import msgspec
import zstandard

from remit.adapters.usage_store.failures import as_unavailable, damaged
from remit.model.usage import ObservedChange

_LEVEL = 3
_One = TypeVar("_One", bound=msgspec.Struct)


class AsideLine(msgspec.Struct, frozen=True):
    """A record that was set aside; `unit` counts the places that its intake had read before, of no use afterwards."""

    reason: str
    name: str
    line: int
    size: int
    record: bytes
    unit: int = 0


class ReasonLine(msgspec.Struct, frozen=True):
    """How often a reason was met, and where first."""

    reason: str
    records: int
    name: str
    line: int


class ChangeLine(msgspec.Struct, frozen=True):
    """A change, and the identity of the record that tells of it."""

    high: int
    low: int
    change: ObservedChange


class RawLine(msgspec.Struct, frozen=True):
    """A record as it was read."""

    day: int
    digest: str
    record: bytes


class DisagreementLine(msgspec.Struct, frozen=True):
    """See `remit.ports.usage_store.Disagreement`."""

    principal: str
    action: str
    scope: str
    at: int
    logged: str
    computed: tuple[str, ...]


class LineWriter:
    """Writes one file; use it in a `with`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("wb")
        self._packed = zstandard.ZstdCompressor(level=_LEVEL).stream_writer(self._file)
        self._encoder = msgspec.json.Encoder()
        self.count = 0

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Write what is left."""
        self._packed.close()  # type: ignore[no-untyped-call] # zstandard types it not
        self._file.close()

    def write(self, line: msgspec.Struct) -> None:
        """Write a line."""
        self._packed.write(self._encoder.encode(line) + b"\n")
        self.count += 1


def read_lines(path: Path, kind: type[_One], count: int | None = None) -> Iterator[_One]:
    """Yield the lines of a file.

    Args:
        path: of the file.
        kind: of its lines.
        count: how many there are, where that is known: a packed file that was cut may look whole.

    Raises:
        UnavailableError: it is damaged, or not there.
    """
    decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(kind)
    found = 0
    with (
        as_unavailable("be read"),
        path.open("rb") as file,
        zstandard.ZstdDecompressor().stream_reader(file, read_across_frames=True) as packed,
    ):
        try:
            for line in io.BufferedReader(packed):
                found += 1
                yield decoder.decode(line)
        except (zstandard.ZstdError, msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise damaged(path) from error
    if count is not None and found != count:
        raise damaged(path)
