"""Brackets, commas and line ends of a JSON text, found by arithmetic on whole arrays, a window at a time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

OPEN, CLOSE, COMMA = 3, 4, 5
_QUOTE, _BACKSLASH, _LINE_END = 1, 2, 6
_CLASS = np.zeros(256, dtype=np.uint8)
_CLASS[ord('"')] = _QUOTE
_CLASS[ord("\\")] = _BACKSLASH
_CLASS[[ord("["), ord("{")]] = OPEN
_CLASS[[ord("]"), ord("}")]] = CLOSE
_CLASS[ord(",")] = COMMA
_CLASS[ord("\n")] = _LINE_END

Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Tokens:
    """What stands outside strings in one window.

    Attributes:
        place: where, ascending.
        kind: OPEN, CLOSE or COMMA.
        depth: how many brackets are open after it.
        torn: where a line ends inside a string, which no JSON has: all behind it is not to be trusted.
        heads: (place, depth) of each `{"` at the beginning of a line.
    """

    place: Places
    kind: NDArray[np.uint8]
    depth: Places
    torn: int | None
    heads: list[tuple[int, int]]


class Scan:
    """What is carried from one window to the next."""

    def __init__(self) -> None:
        """Begin outside of everything, at the beginning of a line."""
        self._in_string = False
        self._escaped = False  # the next byte is behind a backslash
        self._depth = 0
        self._last = b"\n"

    def read(self, data: bytes) -> Tokens:
        """Return the tokens of the next window, which is not empty."""
        classes = _CLASS[np.frombuffer(data, dtype=np.uint8)]
        place = np.flatnonzero(classes)
        kind = classes[place]
        quote = kind == _QUOTE
        quote[np.isin(place, self._behind(place[kind == _BACKSLASH], len(data)), assume_unique=True)] = False
        inside = (np.cumsum(quote) + self._in_string) & 1 == 1
        self._in_string = bool((int(np.count_nonzero(quote)) + self._in_string) & 1)
        torn = place[inside & (kind == _LINE_END)]
        outside = ~inside & (kind >= OPEN) & (kind <= COMMA)
        place, kind = place[outside], kind[outside]
        depth = self._depth + np.cumsum((kind == OPEN).astype(np.int64) - (kind == CLOSE))
        self._depth = int(depth[-1]) if len(depth) else self._depth
        found = Tokens(place, kind, depth, int(torn[0]) if len(torn) else None, self._heads(data, place, kind, depth))
        self._last = data[-1:]
        return found

    def _behind(self, slashes: Places, length: int) -> Places:
        """Return the places behind an odd run of backslashes; remember a run that ends with the window."""
        carried, self._escaped = self._escaped, False
        if not len(slashes):
            return np.zeros(1 if carried else 0, dtype=np.int64)
        starts = np.flatnonzero(np.diff(slashes, prepend=-2) != 1)
        lengths = np.diff(starts, append=len(slashes))
        follower = slashes[starts] + lengths
        if carried and slashes[0] == 0:
            lengths[0] -= 1
        odd: Places = follower[(lengths & 1) == 1]
        self._escaped = bool(len(odd) and odd[-1] == length)
        if carried and slashes[0] != 0:
            return np.concatenate([np.zeros(1, dtype=np.int64), odd])
        return odd

    def _heads(self, data: bytes, place: Places, kind: NDArray[np.uint8], depth: Places) -> list[tuple[int, int]]:
        raw = np.frombuffer(self._last + data, dtype=np.uint8)
        first = np.flatnonzero((kind == OPEN) & (raw[place] == ord("\n")))
        found = zip(place[first].tolist(), depth[first].tolist(), strict=True)
        return [(at, deep) for at, deep in found if data[at : at + 2] == b'{"']
