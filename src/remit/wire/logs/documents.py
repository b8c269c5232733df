"""JSON documents on any number of lines, one after the other: their records, cut out in bounded memory.

Rules kept here:

- A document that is a list, or an object with a list under `records` or `value`, gives its elements; one with `tables`
  the rows of its tables; any other object is a record itself.
- What is inside a record is not judged: whoever reads it does. Never more than a window and one record are held.
- No JSON has a line end inside a string, and hardly any printer puts `{"` at the beginning of a line inside a record.
  Where either stands, the document was cut short there, and what follows is looked at anew.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from enum import Enum, auto

import numpy as np

from remit.model.errors import PayloadError
from remit.wire.logs.feed import Feed
from remit.wire.logs.framed import Framed, Held, Record, broken
from remit.wire.logs.opening import LISTS, MAY_HOLD_SEVERAL, TABLES, column_names, named_row, opened
from remit.wire.logs.tokens import CLOSE, COMMA, OPEN, Places, Scan

_FIRST_WINDOW, _LARGEST_WINDOW = 1 << 10, 1 << 18
_BETWEEN = re.compile(rb"[ \t\r\n,]*")
_KEY = re.compile(rb'"([A-Za-z]+)"\s*:\s*\Z')
_MAY_BEGIN = re.compile(rb"^[ \t]*[\[{]", re.MULTILINE)
_BEGINNINGS = (b"", b"{", b"[", b'"', b"]")
_KEY_BYTES = 256
_MEMBER_DEPTH = 2  # behind the bracket that opens a member of the object at the top
_TABLE_DEPTH = 3  # inside a table of the list `tables`
_NEVER = 1 << 62
CUT_SHORT = "cut short"
_NO_JSON = "no JSON"


class _In(Enum):
    BETWEEN = auto()  # before, between and after documents
    OBJECT = auto()  # in an object at the top: a record, or what is around a list of records
    LIST = auto()  # among records
    TABLES = auto()  # in the list `tables`, outside the two lists that matter
    COLUMNS = auto()  # in a table's `columns`
    REST = auto()  # behind a document, on its last line, in what is none
    LOST = auto()  # in a document that was cut short, until a line that may begin another


def documents(feed: Feed, limit: int) -> Iterator[Framed]:
    """Yield what the documents at the beginning of `feed` hold.

    Ends before a line that looks like JSON Lines again or like no JSON, behind a document that was cut short, or at the
    end; never without having gone on. `feed` stands at the beginning of a line then, but for blanks.
    """
    cutter = _Cutter(feed, limit)
    size = _FIRST_WINDOW
    while not cutter.done:
        data = feed.window(size)
        if not data:
            yield from cutter.ended()
            return
        if data.endswith(b"\n{") and len(data) > 2 and not feed.ends_after(len(data)):  # noqa: PLR2004
            data = data[:-1]  # whether it is a head is told by the next byte
        yield from cutter.feed(data)
        size = min(size * 4, _LARGEST_WINDOW)


class _Cutter:
    """The state between two windows."""

    def __init__(self, feed: Feed, limit: int) -> None:
        self._feed = feed
        self._scan = Scan()
        self._state = _In.BETWEEN
        self._held = Held(limit)
        self._level = 0  # depth inside the list of records, 0 in an object that is none of several
        self._found = False  # the list of records, or of tables, was met
        self._names: list[str] | None = None  # columns of the table whose rows come
        self._first_line = 0  # of the present document, 0 before the first
        self._crossed = True  # a line ended since the last document
        self._before = b""
        self._fresh_line = True
        self.done = False

    def feed(self, data: bytes) -> Iterator[Framed]:
        """Take the next window; go on in the feed behind what was read of it."""
        self._data, self._counted, self._line = data, 0, self._feed.line
        self._tokens = tokens = self._scan.read(data)
        self._ends = tokens.place[(tokens.kind == CLOSE) & (tokens.depth == 0)]
        self._opens = tokens.place[(tokens.kind == OPEN) & (tokens.depth == _MEMBER_DEPTH)]
        at = 0
        while at < len(data) and not self.done:
            at = yield from self._step(at)
        self._before = (self._before + data)[-_KEY_BYTES:]
        self._feed.skip(at)

    def ended(self) -> Iterator[Framed]:
        """Judge the end of the bytes."""
        self.done = True
        if self._state is not _In.BETWEEN:
            yield self._held.broken(_NO_JSON if self._state is _In.REST else CUT_SHORT, self._feed.line)

    def _step(self, at: int) -> Generator[Framed, None, int]:
        if self._state is _In.BETWEEN:
            return self._between(at)
        if self._state is _In.OBJECT:
            return (yield from self._object(at))
        if self._state is _In.LIST:
            return (yield from self._list(at))
        if self._state is _In.REST:
            return (yield from self._rest(at))
        if self._state is _In.LOST:
            return (yield from self._lost(at))
        return (yield from self._tables(at))

    # ---- outside of documents

    def _between(self, at: int) -> int:
        gap = _BETWEEN.match(self._data, at)
        start: int = gap.end() if gap else at
        self._crossed = self._crossed or self._data.find(b"\n", at, start) >= 0
        opening = self._data[start : start + 2]
        if not opening:
            return start
        if opening[:1] not in (b"{", b"["):
            if self._crossed:
                self.done = True
            else:
                self._state = _In.REST
            return start
        if opening == b'{"' and self._crossed and self._first_line and self._data[start - 1 : start] == b"\n":
            self.done = True
            return start
        self._begin(start, opening[:1])
        return start + (opening[:1] == b"[")

    def _begin(self, start: int, opening: bytes) -> None:
        self._held.clear()
        self._found = self._crossed = False
        self._first_line = self._line_of(start)
        if opening == b"[":
            self._state, self._level = _In.LIST, 1
        else:
            self._state, self._level = _In.OBJECT, 0

    def _rest(self, at: int) -> Generator[Framed, None, int]:
        """Hold what stands behind a document on its line, which begins nothing."""
        end = self._data.find(b"\n", at)
        stop = len(self._data) if end < 0 else end
        self._held.add(self._line_of(at), self._data[at:stop])
        if end < 0:
            return stop
        yield self._held.broken(_NO_JSON, self._first_line)
        self.done, self._state = True, _In.BETWEEN
        return stop + 1

    def _lost(self, at: int) -> Generator[Framed, None, int]:
        """Hold what is left of a document that was cut short."""
        if not self._fresh_line:
            end = self._data.find(b"\n", at) + 1
            self._held.add(self._line_of(at), self._data[at : end or len(self._data)])
            self._fresh_line = bool(end)
            return end or len(self._data)
        start = _MAY_BEGIN.search(self._data, at)
        if start is not None:
            place = start.start()
            self._held.add(self._line_of(at), self._data[at:place])
            yield self._held.broken(CUT_SHORT, self._first_line)
            self.done, self._state = True, _In.BETWEEN
            return place
        stop = self._data.rfind(b"\n", at) + 1
        self._fresh_line = False
        self._held.add(self._line_of(at), self._data[at : stop or at])
        return stop or at

    # ---- inside a document

    def _object(self, at: int) -> Generator[Framed, None, int]:
        end = _first(self._ends, at)
        bad = self._cut_at(at)
        stop = min(end, bad)
        if not self._found:
            opens: list[int] = self._opens[slice(*np.searchsorted(self._opens, (at, stop)))].tolist()
            for place in opens:
                if self._enters(place):
                    return place + 1
        if bad < end:
            return (yield from self._cut(at, bad))
        self._held.add(self._line_of(at), self._data[at : end + 1])
        if end == _NEVER:
            return len(self._data)
        if self._found:
            self._held.clear()  # what stands around a list of records
        else:
            yield from self._element()
        self._state = _In.BETWEEN
        return end + 1

    def _enters(self, place: int) -> bool:
        """Say whether a list of records, or of tables, opens here, and go into it."""
        if self._data[place : place + 1] != b"[":
            return False
        name = self._key_before(place)
        following = self._data[place + 1 : place + _KEY_BYTES].lstrip()[:1]
        if (name not in LISTS and name not in TABLES) or following not in _BEGINNINGS:
            return False
        self._held.clear()
        self._found = True
        if name in TABLES:
            self._state, self._names = _In.TABLES, None
        else:
            self._state, self._level = _In.LIST, _MEMBER_DEPTH
        return True

    def _list(self, at: int) -> Generator[Framed, None, int]:
        tokens, level = self._tokens, self._level
        low = int(np.searchsorted(tokens.place, at))
        place, kind, depth = tokens.place[low:], tokens.kind[low:], tokens.depth[low:]
        end = _first(place[(kind == CLOSE) & (depth == level - 1)], at)
        bad = self._cut_at(at)
        commas = place[(kind == COMMA) & (depth == level)]
        for comma in commas[: int(np.searchsorted(commas, min(end, bad)))].tolist():
            self._held.add(self._line_of(at), self._data[at:comma])
            yield from self._element()
            at = comma + 1
        if bad < end:
            return (yield from self._cut(at, bad))
        self._held.add(self._line_of(at), self._data[at:end])
        if end == _NEVER:
            return len(self._data)
        yield from self._element()
        self._state = {1: _In.BETWEEN, _MEMBER_DEPTH: _In.OBJECT}.get(level, _In.TABLES)
        return end + 1

    def _tables(self, at: int) -> Generator[Framed, None, int]:
        tokens = self._tokens
        if self._cut_at(at) != _NEVER:
            return (yield from self._cut(at, self._cut_at(at)))
        low = int(np.searchsorted(tokens.place, at))
        place, kind, depth = tokens.place[low:], tokens.kind[low:], tokens.depth[low:]
        if self._state is _In.COLUMNS:
            end = _first(place[(kind == CLOSE) & (depth == _TABLE_DEPTH)], at)
            self._held.add(self._line_of(at), self._data[at : end + 1])
            if end == _NEVER:
                return len(self._data)
            self._names = None if self._held.over else column_names(self._held.take())
            self._held.clear()
            self._state = _In.TABLES
            return end + 1
        starts: list[int] = place.tolist()
        for start, what, deep in zip(starts, kind.tolist(), depth.tolist(), strict=True):
            if what == OPEN and deep == _TABLE_DEPTH + 1 and self._enters_table(start):
                return start + (self._state is _In.LIST)
            if what == CLOSE and deep == _MEMBER_DEPTH:
                self._names = None
            if what == CLOSE and deep < _MEMBER_DEPTH:
                self._state = _In.OBJECT
                return start + 1
        return len(self._data)

    def _enters_table(self, place: int) -> bool:
        name = self._key_before(place).lower()
        if self._data[place : place + 1] == b"[" and name in ("columns", "rows"):
            self._held.clear()
            self._state, self._level = (_In.LIST if name == "rows" else _In.COLUMNS), _TABLE_DEPTH + 1
            return True
        return False

    def _element(self) -> Iterator[Framed]:
        """Yield the record that is held, or the records in it."""
        if not self._held.size:
            return
        line = self._held.line
        if self._held.over:
            yield self._held.broken("", line)
            return
        text = self._held.take().rstrip()
        try:
            if self._level == _TABLE_DEPTH + 1:
                yield Record(line, named_row(self._names, text))
            elif self._level and (records := opened(text) if MAY_HOLD_SEVERAL.match(text) else None) is not None:
                yield from (Record(line, record) for record in records)
            else:
                yield Record(line, text)
        except PayloadError as error:
            yield broken(line, error.why, text)

    # ---- documents that are cut short

    def _cut_at(self, at: int) -> int:
        """Return the first place from `at` on that shows that the document was cut short before it."""
        torn = self._tokens.torn
        places = [] if torn is None or torn < at else [torn]
        if self._state in (_In.OBJECT, _In.LIST):
            deepest = self._level + 1
            places += [place for place, depth in self._tokens.heads if place >= at and depth > deepest][:1]
        return min(places, default=_NEVER)

    def _cut(self, at: int, bad: int) -> Generator[Framed, None, int]:
        self._held.add(self._line_of(at), self._data[at:bad])
        line, torn = self._line_of(bad), bad == self._tokens.torn
        if torn and line > self._first_line:
            self._state, self._fresh_line = _In.LOST, True
            return bad + 1
        yield self._held.broken(CUT_SHORT, line)
        self.done, self._state = True, _In.BETWEEN
        return bad + torn

    # ---- places

    def _line_of(self, place: int) -> int:
        """Return the number of the line of a place; places of one window are asked for in order."""
        if place > self._counted:
            self._line += self._data.count(b"\n", self._counted, place)
            self._counted = place
        return self._line

    def _key_before(self, place: int) -> str:
        low = max(0, place - _KEY_BYTES)
        found = _KEY.search((b"" if low else self._before) + self._data[low:place])
        return found[1].decode() if found else ""


def _first(places: Places, at: int) -> int:
    index = int(np.searchsorted(places, at))
    return int(places[index]) if index < len(places) else _NEVER
