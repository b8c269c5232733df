"""Cut a large JSON document into the elements of its list, in bounded memory.

Rules kept here:

- The document is an array, or an object with the array under one member (`{"value": [...]}`, `{"data": [...]}`).
- An element is handed out as the bytes it stands in, without the blanks around it. What is inside an element is not
  judged: whoever decodes it does. Everything between the elements is.
- Never more than one chunk and one element are held. An element over `limit` is an error, not a full memory.

One chunk is cut by arithmetic on whole arrays (where are quotes, which of them are escaped, how deep is each bracket),
so the cost is a few passes over the bytes and a few steps of Python for each element, however small the tokens are.

    >>> list(split_elements([b'{"value": [{"a"', b': 1}, 2]}'], file="x.json", member="value"))
    [b'{"a": 1}', b'2']
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from enum import Enum, auto

import msgspec
import numpy as np
from numpy.typing import NDArray

from remit.model.errors import PayloadError

MAX_ELEMENT_BYTES = 64 * 1024 * 1024
"""Azure's largest documented payload is far below this; a longer element is taken for a broken file."""
MAX_DEPTH = 512
"""Decoders recurse; no Azure payload is nested a tenth as deep."""

_BLANK = b" \t\r\n"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_QUOTE, _BACKSLASH, _OPEN, _CLOSE, _COMMA = 1, 2, 3, 4, 5
_CLASS = np.zeros(256, dtype=np.uint8)
_CLASS[ord('"')] = _QUOTE
_CLASS[ord("\\")] = _BACKSLASH
_CLASS[[ord("["), ord("{")]] = _OPEN
_CLASS[[ord("]"), ord("}")]] = _CLOSE
_CLASS[ord(",")] = _COMMA

_Places = NDArray[np.int64]
_Classes = NDArray[np.uint8]


def split_elements(
    chunks: Iterable[bytes],
    *,
    file: str,
    member: str | None = None,
    several: bool = False,
    beside: dict[str, bytes] | None = None,
    limit: int = MAX_ELEMENT_BYTES,
) -> Iterator[bytes]:
    """Yield the elements of a JSON array that arrives in chunks.

    Args:
        chunks: the document's bytes, cut anywhere.
        file: name for errors; their line is the number of the element, from 1.
        member: the array may also stand under this member of a top-level object. With None a top-level object is an
            error, unless `several` is set: then it is an element itself (JSON Lines, however the lines are broken).
        several: the file may hold several documents one after the other, as `>>` makes them.
        beside: takes the bytes of the other members of the top-level object, each within `limit`.
        limit: most bytes of one element.

    Raises:
        PayloadError: the document is cut short, is no such document, or has an element over `limit`.

    Cost: linear in the bytes; memory: one chunk and one element.
    """
    splitter = _Splitter(file, member, several, beside, limit)
    first = True
    head = b""
    for chunk in chunks:
        piece = chunk
        if first:
            head += chunk
            if len(head) < len(_BYTE_ORDER_MARK):
                continue
            first, piece = False, _without_mark(head, file)
        yield from splitter.feed(piece)
    if first:
        yield from splitter.feed(_without_mark(head, file))
    splitter.finish()


def _without_mark(head: bytes, file: str) -> bytes:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise PayloadError(file, 0, "", "it is UTF-16, not UTF-8", hint="save the file as UTF-8 and try again")
    return head.removeprefix(_BYTE_ORDER_MARK)


class _State(Enum):
    OUTSIDE = auto()  # before, between or after documents
    ARRAY = auto()  # inside the list; elements end at a comma or at its closing bracket
    MEMBERS = auto()  # inside the top-level object, outside the list
    WHOLE = auto()  # inside a top-level object that is an element itself


class _Tokens:
    """Brackets and commas of one chunk that stand outside strings, with the depth after each."""

    __slots__ = ("depth", "kind", "place")

    def __init__(self, place: _Places, kind: _Classes, depth: _Places) -> None:
        self.place = place
        self.kind = kind
        self.depth = depth


class _Splitter:
    """The state between two chunks."""

    def __init__(
        self, file: str, member: str | None, several: bool, beside: dict[str, bytes] | None, limit: int
    ) -> None:
        self._file = file
        self._member = member
        self._several = several
        self._beside = beside
        self._limit = limit
        self._state = _State.OUTSIDE
        self._in_string = False
        self._escaped = False  # the next byte is behind a backslash
        self._depth = 0
        self._level = 0  # depth inside the list: 1 or 2
        self._pending: list[bytes] = []
        self._pending_bytes = 0
        self._elements = 0  # finished ones
        self._documents = 0
        self._in_this_list = 0
        self._fresh = True  # MEMBERS: no member of this object was met yet
        self._found = False  # MEMBERS: the list was met
        self._after_list = False  # MEMBERS: nothing but a comma may follow

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """Take the next chunk and yield the elements that it completes."""
        tokens = self._tokens(chunk)
        at = 0
        while at < len(chunk):
            if self._state is _State.OUTSIDE:
                at = self._start_document(chunk, at)
            elif self._state is _State.MEMBERS:
                at = self._members(chunk, at, tokens)
            else:
                at = yield from self._cut(chunk, at, tokens)

    def finish(self) -> None:
        """Judge the end of the file."""
        if self._state is not _State.OUTSIDE:
            raise self._error("the file ends in the middle of the document")
        if not self._documents and not self._several:
            raise PayloadError(self._file, 0, "", "the file is empty")

    # ---- one chunk as arrays

    def _tokens(self, chunk: bytes) -> _Tokens:
        classes = _CLASS[np.frombuffer(chunk, dtype=np.uint8)]
        places = np.flatnonzero(classes)
        kinds = classes[places]
        quotes = places[kinds == _QUOTE]
        quotes = self._unescaped(quotes, places[kinds == _BACKSLASH], len(chunk))
        structural = kinds >= _OPEN
        places, kinds = places[structural], kinds[structural]
        outside = ((np.searchsorted(quotes, places) + self._in_string) & 1) == 0
        places, kinds = places[outside], kinds[outside]
        step = (kinds == _OPEN).astype(np.int64) - (kinds == _CLOSE)
        depth = self._depth + np.cumsum(step)
        self._in_string = bool((len(quotes) + self._in_string) & 1)
        if len(depth):
            self._depth = int(depth[-1])
            if int(depth.max()) > MAX_DEPTH:
                raise self._error(f"nested deeper than {MAX_DEPTH} levels")
        return _Tokens(places, kinds, depth)

    def _unescaped(self, quotes: _Places, slashes: _Places, length: int) -> _Places:
        """Drop the quotes behind an odd run of backslashes; remember a run that ends with the chunk."""
        if not length:
            return quotes
        carried, self._escaped = self._escaped, False
        behind: list[_Places] = []
        if carried and not (len(slashes) and slashes[0] == 0):
            behind.append(np.zeros(1, dtype=np.int64))
        if len(slashes):
            starts = np.flatnonzero(np.diff(slashes, prepend=-2) != 1)
            lengths = np.diff(starts, append=len(slashes))
            follower = slashes[starts] + lengths
            if carried and slashes[0] == 0:
                lengths[0] -= 1
            odd = follower[(lengths & 1) == 1]
            self._escaped = bool(len(odd) and odd[-1] == length)
            behind.append(odd)
        return np.setdiff1d(quotes, np.concatenate(behind), assume_unique=True) if behind else quotes

    # ---- the states

    def _start_document(self, chunk: bytes, at: int) -> int:
        rest = chunk[at:].lstrip(_BLANK)
        if not rest:
            return len(chunk)
        start = len(chunk) - len(rest)
        opening = rest[:1]
        if self._documents and not self._several:
            raise self._error("text after the end of the document")
        if opening == b"[":
            self._state, self._level, self._in_this_list = _State.ARRAY, 1, 0
        elif opening == b"{" and self._member is not None:
            self._state, self._fresh, self._found, self._after_list = _State.MEMBERS, True, False, False
        elif opening == b"{" and self._several:
            self._state, self._level = _State.WHOLE, 1
            self._documents += 1
            self._keep(b"{")
            return start + 1
        else:
            wanted = "a list" if self._member is None else f"a list, or an object with the list `{self._member}`"
            raise self._error(f"expected {wanted}")
        self._documents += 1
        return start + 1

    def _cut(self, chunk: bytes, at: int, tokens: _Tokens) -> Generator[bytes, None, int]:
        """Yield the elements of the list (or the whole object) from `at` on; return where the next state starts."""
        low = int(np.searchsorted(tokens.place, at))
        place, kind, depth = tokens.place[low:], tokens.kind[low:], tokens.depth[low:]
        closing = np.flatnonzero((kind == _CLOSE) & (depth == self._level - 1))
        end = int(closing[0]) if len(closing) else None
        if self._state is _State.ARRAY:
            commas = place[:end][(kind[:end] == _COMMA) & (depth[:end] == self._level)]
            for comma in commas.tolist():
                element = self._take(chunk[at:comma]).strip(_BLANK)
                at = comma + 1
                if not element:
                    raise self._error("an element is missing before the comma")
                self._elements += 1
                self._in_this_list += 1
                yield element
        if end is None:
            self._keep(chunk[at:])
            return len(chunk)
        stop = int(place[end])
        if self._state is _State.WHOLE:
            element = self._take(chunk[at : stop + 1])
            self._state = _State.OUTSIDE
            self._elements += 1
            yield element
            return stop + 1
        element = self._take(chunk[at:stop]).strip(_BLANK)
        if chunk[stop : stop + 1] != b"]":
            raise self._error("the list does not end with ]")
        if element:
            self._elements += 1
            yield element
        elif self._in_this_list:
            raise self._error("an element is missing after the last comma")
        self._state = _State.OUTSIDE if self._level == 1 else _State.MEMBERS
        self._after_list = True
        return stop + 1

    def _members(self, chunk: bytes, at: int, tokens: _Tokens) -> int:
        """Read members of the top-level object from `at` on, until the list starts or the object ends."""
        low = int(np.searchsorted(tokens.place, at))
        kind, depth = tokens.kind[low:], tokens.depth[low:]
        here = (
            ((kind == _COMMA) & (depth == 1))
            | ((kind == _OPEN) & (depth == 2))  # noqa: PLR2004 - the value of a member
            | ((kind == _CLOSE) & (depth == 0))
        )
        for index in np.flatnonzero(here).tolist():
            stop = int(tokens.place[low + index])
            if kind[index] == _OPEN:
                if chunk[stop : stop + 1] == b"[" and self._is_list_of_elements(chunk[at:stop]):
                    return stop + 1
                continue
            self._member_done(self._take(chunk[at:stop]), last=kind[index] == _CLOSE)
            at = stop + 1
            if kind[index] == _CLOSE:
                self._end_object(chunk[stop : stop + 1])
                return at
        self._keep(chunk[at:])
        return len(chunk)

    def _is_list_of_elements(self, before: bytes) -> bool:
        head = b"".join([*self._pending, before]).strip(_BLANK)
        if self._after_list or not head.endswith(b":") or self._key(head[:-1]) != self._member:
            return False
        if self._found:
            raise self._error(f"`{self._member}` stands twice")
        self._take(b"")
        self._found, self._fresh = True, False
        self._state, self._level, self._in_this_list = _State.ARRAY, 2, 0
        return True

    def _key(self, text: bytes) -> str | None:
        try:
            return msgspec.json.decode(text, type=str)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return None

    def _member_done(self, text: bytes, *, last: bool) -> None:
        if self._after_list:
            if text.strip(_BLANK):
                raise self._error(f"expected a comma after the list `{self._member}`")
            self._after_list = False
            return
        if not text.strip(_BLANK):
            if last and self._fresh:
                return
            raise self._error("a member is missing beside a comma")
        self._fresh = False
        try:
            members = msgspec.json.decode(b"{" + text + b"}", type=dict[str, msgspec.Raw])
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise self._error("a member of the document is not JSON") from error
        for key, value in members.items():
            if key == self._member:
                raise self._error(f"`{key}` is not a list")
            if self._beside is not None:
                self._beside[key] = bytes(value)

    def _end_object(self, closing: bytes) -> None:
        if closing != b"}":
            raise self._error("the document does not end with }")
        if not self._found:
            raise self._error(f"the document has no list `{self._member}`")
        self._state = _State.OUTSIDE

    # ---- what was read of the present element

    def _keep(self, piece: bytes) -> None:
        if piece:
            self._pending.append(piece)
            self._pending_bytes += len(piece)
            self._check(self._pending_bytes)

    def _take(self, piece: bytes) -> bytes:
        self._check(self._pending_bytes + len(piece))
        if not self._pending:
            return piece
        whole = b"".join([*self._pending, piece])
        self._pending, self._pending_bytes = [], 0
        return whole

    def _check(self, size: int) -> None:
        if size > self._limit:
            raise self._error(f"longer than {self._limit:,} bytes")

    def _error(self, why: str) -> PayloadError:
        return PayloadError(self._file, self._elements + 1 if self._documents else 0, "", why)
