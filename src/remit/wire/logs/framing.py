"""Cut what a log file, blob, message or answer holds into records, in bounded memory, whatever is in it.

for block in frame(chunks):
    ...
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

from remit.model.errors import PayloadError
from remit.wire.logs.opening import opened

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
    yield from _frame(chunks, limit)


_MARK = b"\xef\xbb\xbf"
_ENVELOPES = tuple(
    b"{" + blank + b'"' + name
    for blank in (b"", b" ")
    for name in (b'records"', b'value"', b'tables"', b'Records"', b'Tables"', b"@odata.", b'nextLink"', b'count"')
)
_SUSPECT_END = (b"]}", b"] }", b"]}\r")
_BLOCK = 1 << 20


def _frame(chunks: Iterable[bytes], limit: int) -> Iterator[Framed]:
    carry, line, first = b"", 1, True
    for chunk in chunks:
        carry += chunk
        if first and len(carry) >= len(_MARK):
            carry, first = carry.removeprefix(_MARK), False
        cut = carry.rfind(b"\n")
        if cut < 0 or cut < _BLOCK // 4:
            continue
        lines = carry[:cut].split(b"\n")
        carry = carry[cut + 1 :]
        yield from _lines(line, lines, limit)
        line += len(lines)
    if carry.strip():
        yield from _lines(line, carry.removeprefix(_MARK).split(b"\n"), limit)


def _lines(first: int, lines: list[bytes], limit: int) -> Iterator[Framed]:
    low = 0
    for at, text in enumerate(lines):
        if text.startswith(b'{"') and not text.startswith(_ENVELOPES) and not text.endswith(_SUSPECT_END):
            continue
        if not text.strip():
            continue
        try:
            records = opened(text)
        except PayloadError:
            records = None
        if records is None and text.lstrip()[:1] == b"{":
            continue
        if low < at:
            yield Lines(first + low, lines[low:at])
        low = at + 1
        if records is None:
            yield Broken(first + at, "no JSON", len(text), sha256(text).digest(), text[: 64 * 1024])
        for record in records or ():
            yield Record(first + at, record)
    if low < len(lines):
        yield Lines(first + low, lines[low:])
