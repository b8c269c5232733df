"""Cut what a log file, blob, message or answer holds into records, in bounded memory, whatever is in it.

    for block in frame(chunks):
        ...

Rules kept here:

- What is found depends on the bytes alone, not on where the chunks were cut.
- A line that begins and ends like an object of one record is handed on as it is: whoever reads it says whether it is
  JSON. Any other line is looked at: an envelope on one line is opened, a document on several lines is cut, and a line
  that is neither is broken, by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass

from remit.model.errors import PayloadError
from remit.wire.logs.csv_rows import csv_rows, header
from remit.wire.logs.documents import documents
from remit.wire.logs.feed import Feed
from remit.wire.logs.framed import Broken, Framed, Held, Lines, Record, broken
from remit.wire.logs.opening import MAY_HOLD_SEVERAL, opened

__all__ = ["MAX_RECORD_BYTES", "Broken", "Framed", "Lines", "Record", "frame"]

MAX_RECORD_BYTES = 16 * 1024 * 1024
"""A longer record is set aside; it is never held whole."""

_BLOCK = 1 << 20
"""Most bytes of a line that is handed out as one."""
_WINDOW = 1 << 18
"""Bytes of lines that are looked at, and handed out, at once; more than that leaves the processor's cache."""
_FIRST_WINDOW = 1 << 10
_LOOKED_AT = 256
"""So many lines are searched for a second document on the same line, and for an envelope inside of a record.

After a second document everything is read as documents; after an envelope all lines are searched."""
_MARK = b"\xef\xbb\xbf"
_ENVELOPES = tuple(
    b"{" + blank + b'"' + name
    for blank in (b"", b" ")
    for name in (
        *(b'records"', b'value"', b'tables"', b'Records"', b'Tables"', b'statistics"'),
        *(b"@odata.", b'nextLink"', b'count"'),
    )
)
_HELD = (b'\\"records\\"', b'{"records"')
"""An envelope in what a forwarder put around it, as text or as it is."""
_TYPE = b"#TYPE "
"""What Windows PowerShell writes before the header of CSV; no record."""
_CONTAINERS = (b"{", b"[")
_ENDS = (b"}", b"}\r")
_LIST_ENDS = (b"]}", b"]}\r", b"] }", b"] }\r")
_EDGE = 20
"""Longer than each of these, where a line begins and where it ends."""
_GOES_ON = (b" ", b"\t", b'"', b"{", b"[", b"]", b"}", b"\r", b"\n")


def _begins_a_record(text: bytes) -> bool:
    return text.startswith(b'{"') and not text.startswith(_ENVELOPES)


def _ends_a_record(text: bytes) -> bool:
    return text.endswith(_ENDS) and not text.endswith(_LIST_ENDS)


def frame(chunks: Iterable[bytes], *, limit: int = MAX_RECORD_BYTES) -> Iterator[Framed]:
    """Yield what stands in some bytes, in order. Nothing is lost and nothing raised: what is no record is `Broken`.

    Understood, by content: JSON Lines (each line a record, or an envelope of several: `{"records": [...]}`,
    `{"value": [...]}`, `{"tables": [...]}`, an array), one JSON document of those shapes on any number of lines,
    several documents one after the other, CSV with a header (Log Analytics, Sentinel, the portal), a UTF-8 byte order
    mark, UTF-16 with one.

    Args:
        chunks: the bytes, cut anywhere; already unpacked.
        limit: most bytes of one record.

    Cost: about twice what splitting the lines takes; memory: a few MiB and one record.
    """
    return _Framer(Feed(chunks), limit).run()


class _Framer:
    def __init__(self, feed: Feed, limit: int) -> None:
        self._feed = feed
        self._limit = limit
        self._longest = min(limit, _BLOCK)
        self._began = False  # something that is not blank was met
        self._held = False  # an envelope was met inside of a record

    def run(self) -> Iterator[Framed]:
        """Go through the feed, in windows that grow as long as it holds lines."""
        size = _FIRST_WINDOW
        while data := self._feed.window(size):
            cut = data.rfind(b"\n") + 1
            if not cut and self._feed.ends_after(len(data)):
                cut = len(data)
            if cut:
                whole = yield from self._lines(data[:cut])
                size = min(size * 4, _WINDOW) if whole else _FIRST_WINDOW
            elif len(data) <= self._longest:
                size = min(size * 4, self._longest + 1)
            else:
                yield from self._long(data)
                size = _FIRST_WINDOW

    def _lines(self, block: bytes) -> Generator[Framed, None, bool]:
        """Yield what stands on whole lines; say whether none of them needed more than a line to be understood."""
        lines = block.split(b"\n")
        if block.endswith(b"\n"):
            lines.pop()
        first, low = self._feed.line, 0
        for at in self._odd(lines, first):
            behind = lines[at + 1 : at + 2]
            following = behind[0] or b"\n" if behind else self._feed.window(len(block) + 2)[len(block) :]
            found = self._look(first + at, lines[at], following)
            if found is None:
                continue
            if low < at:
                yield Lines(first + low, lines[low:at])
            low = at + 1
            if isinstance(found, _Rest):
                self._feed.skip(sum(map(len, lines[:at])) + at, at)
                yield from found.run()
                return False
            yield from found
            if not self._held and len(found) > 1 and any(mark in lines[at][1:] for mark in _HELD):
                self._held = True  # from here on all lines are searched
                self._feed.skip(min(len(block), sum(map(len, lines[: at + 1])) + at + 1), at + 1)
                return True
        if low < len(lines):
            yield Lines(first + low, lines[low:])
        self._feed.skip(len(block), len(lines))
        return True

    def _odd(self, lines: list[bytes], first: int) -> list[int]:
        """Return which lines do not look like one record each."""
        # Lines of a log begin and end alike: few beginnings and ends tell of all of them.
        alike = all(map(_begins_a_record, {text[:_EDGE] for text in lines})) and all(
            map(_ends_a_record, {text[-_EDGE:] for text in lines})
        )
        odd = (
            []
            if alike
            else [at for at, text in enumerate(lines) if not (_begins_a_record(text) and _ends_a_record(text))]
        )
        searched = max(0, _LOOKED_AT + 1 - first)
        more = [at for at, text in enumerate(lines[:searched]) if b"}{" in text]
        searched = len(lines) if self._held else searched
        more += [at for at, text in enumerate(lines[:searched]) if any(mark in text for mark in _HELD)]
        if self._longest < _BLOCK:
            more += [at for at, text in enumerate(lines) if len(text) > self._longest]
        if not self._began and lines:
            more.append(0)
        return sorted({*odd, *more}) if more else odd

    def _look(self, number: int, line: bytes, following: bytes) -> list[Framed] | _Rest | None:
        """Return what stands on a line, or who reads from it on; None where it is to be handed on as it is."""
        text = line.strip()
        if not text or (text.startswith(_TYPE) and not self._began):
            return [] if text else None
        began, self._began = self._began, True
        opening = text[:1]
        if len(line) > self._longest:
            return self._from_here(opening)
        names = None if began or opening in _CONTAINERS else header(line)
        if names is not None:
            return _Rest(lambda: self._rows(names, len(line)))
        if opening in (*_CONTAINERS, b'"'):
            return self._opened(number, line, following)
        if text.startswith(_MARK):
            return [Record(number, text.removeprefix(_MARK))]
        return [broken(number, "no JSON", line)]

    def _opened(self, number: int, line: bytes, following: bytes) -> list[Framed] | _Rest | None:
        text = line.strip()
        opening = text[:1]
        try:
            records = opened(text)
        except PayloadError as error:
            if text.endswith(b"},") and _is_whole(text[:-1]):
                return [Record(number, text[:-1])]  # a line out of the middle of a list
            if opening != b'"' and _goes_on(text, following):
                return self._from_here(opening)
            return [broken(number, error.why, line)]
        if records is not None:
            return [Record(number, record) for record in records]
        return None if opening == b"{" else [broken(number, "no JSON object", line)]

    def _from_here(self, opening: bytes) -> _Rest:
        if opening in _CONTAINERS:
            return _Rest(lambda: documents(self._feed, self._limit))
        return _Rest(self._waste)

    def _long(self, data: bytes) -> Iterator[Framed]:
        """Yield what stands on a line that is longer than a window."""
        opening = data.lstrip()[:1]
        if not opening:
            self._feed.skip(len(data))
            return
        self._began = True
        yield from self._from_here(opening).run()

    def _waste(self) -> Iterator[Framed]:
        """Hold what is no JSON to the end of its line."""
        held = Held(self._limit)
        number = self._feed.line
        while data := self._feed.window(_BLOCK):
            cut = data.find(b"\n") + 1
            held.add(number, data[: cut or len(data)].rstrip(b"\n"))
            self._feed.skip(cut or len(data))
            if cut:
                break
        yield held.broken("no JSON", number)

    def _rows(self, names: list[str], header_bytes: int) -> Iterator[Framed]:
        self._feed.window(header_bytes + 1)
        self._feed.skip(header_bytes if self._feed.ends_after(header_bytes) else header_bytes + 1)
        return csv_rows(self._feed, names, self._limit)


@dataclass(frozen=True, slots=True)
class _Rest:
    """Who reads on from the beginning of a line."""

    run: Callable[[], Iterator[Framed]]


def _is_whole(text: bytes) -> bool:
    try:
        return opened(text) is None
    except PayloadError:
        return False


def _goes_on(text: bytes, following: bytes) -> bool:
    """Say whether a line that is no JSON by itself may begin a document that goes on with the following line."""
    if text.endswith((b"}", b"]")):
        return True  # several documents on one line, or a list that is not closed yet
    if following.startswith(b'{"'):
        return text.endswith((b"[", b",")) and MAY_HOLD_SEVERAL.match(text) is not None
    return following.startswith(_GOES_ON)
