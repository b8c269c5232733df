"""Cut what a log file, blob, message or answer holds into records, in bounded memory, whatever is in it.

    for block in frame(chunks):
        ...
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

MAX_RECORD_BYTES = 16 * 1024 * 1024
"""A longer record is set aside; it is never held whole."""


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


def frame(chunks: Iterable[bytes], *, limit: int = MAX_RECORD_BYTES) -> Iterator[Framed]:
    """Yield what stands in some bytes, in order. Nothing is lost and nothing raised: what is no record is `Broken`.

    Understood, by content: JSON Lines (each line a record, or an envelope of several: `{"records": [...]}`,
    `{"value": [...]}`, `{"tables": [...]}`, an array), one JSON document of those shapes on any number of lines, several
    documents one after the other, CSV with a header (Log Analytics, Sentinel, the portal), a UTF-8 byte order mark.

    Args:
        chunks: the bytes, cut anywhere; already unpacked.
        limit: most bytes of one record.
    """
    raise NotImplementedError
