"""Shapes of records: what is left of a line without its values, kept as a tree of the stretches between them.

Logs are written by programs: millions of lines have the same keys in the same order, and few shapes. A line whose
shape is known holds no key twice, no key that nobody looked at, and is JSON as far as its values are.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass

import numpy as np

from remit.usage.fast.kernels import ANYTHING, END, NUMBER, SPARE, TEXT, Bytes, Ints

MOST_NODES = 400_000
"""Nodes of the tree, 24 bytes each and their stretches; the tree begins anew beyond."""

MOST_VALUES = 1_000
"""Values of one record."""

_TOKEN = re.compile(rb'[ \t\r\n]*("(?:[^"\\]|\\.)*"|[{}\[\]:,]|[^ \t\r\n{}\[\]:,"]+)')
_MOVING = (b"{", b"}", b"[", b"]", b":", b",")
_STRETCH, _SIZE, _KIND, _SIBLING, _CHILD, _SHAPE = range(6)


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a line that is no part of its shape.

    Attributes:
        path: the keys that lead to it; `[]` for an array.
        kind: how it is cut out: `TEXT`, `NUMBER` or `ANYTHING`.
        begin, end: its bytes; without the quotes of a `TEXT`.
    """

    path: tuple[str, ...]
    kind: int
    begin: int
    end: int


def values_of(line: bytes, telling: Container[tuple[str, ...]]) -> list[Value]:
    """Return the values of a line that is JSON of one object, in their order.

    Args:
        line: its bytes.
        telling: paths of which it matters whether they hold anything: "", null, true and false are part of the shape
            there, while elsewhere one value is as good as another.
    """
    return [value for value in _scalars(line, telling) if value is not None]


def _scalars(line: bytes, telling: Container[tuple[str, ...]]) -> Iterator[Value | None]:
    path: list[str] = []
    objects: list[bool] = []
    key_next = False
    for found in _TOKEN.finditer(line):
        token = found[1]
        if token in _MOVING:
            if token in (b"{", b"["):
                objects.append(token == b"{")
                path.append("" if objects[-1] else "[]")
                key_next = objects[-1]
            elif token in (b"}", b"]"):
                objects.pop()
                path.pop()
                key_next = False
            else:
                key_next = token == b"," and objects[-1]
        elif key_next:
            path[-1] = token[1:-1].decode()
        else:
            yield _value(tuple(path), token, found.start(1), telling)


def _value(path: tuple[str, ...], token: bytes, begin: int, telling: Container[tuple[str, ...]]) -> Value | None:
    if path not in telling:
        return Value(path, ANYTHING, begin, begin + len(token))
    if token[:1] == b'"':
        return Value(path, TEXT, begin + 1, begin + len(token) - 1) if len(token) > len('""') else None
    return None if token in (b"true", b"false", b"null") else Value(path, NUMBER, begin, begin + len(token))


class Shapes:
    """The tree of known shapes, in arrays that grow."""

    def __init__(self) -> None:
        """Begin without shapes."""
        self.count = 0
        self.nodes: Ints = np.full((256, 6), -1, dtype=np.int32)
        self._used = 1
        self._bytes = bytearray()
        self._known: dict[bytes, int] = {}
        self._stretches: Bytes | None = None

    @property
    def full(self) -> bool:
        """Say whether there should not be more."""
        return self._used > MOST_NODES

    @property
    def stretches(self) -> Bytes:
        """Return the bytes of all stretches, and some more."""
        if self._stretches is None:
            self._stretches = np.frombuffer(bytes(self._bytes) + bytes(SPARE), dtype=np.uint8)
        return self._stretches

    def learn(self, line: bytes, values: list[Value]) -> int:
        """Add the shape of a line; return its number."""
        node, at = 0, 0
        for value in values:
            node = self._child(node, line[at : value.begin], value.kind)
            at = value.end
        node = self._child(node, line[at:], END)
        if self.nodes[node, _SHAPE] < 0:
            self.nodes[node, _SHAPE] = self.count
            self.count += 1
        return int(self.nodes[node, _SHAPE])

    def _child(self, parent: int, stretch: bytes, kind: int) -> int:
        place = self._place(stretch)
        child, last = int(self.nodes[parent, _CHILD]), -1
        while child >= 0:
            row = self.nodes[child]
            if row[_STRETCH] == place and row[_SIZE] == len(stretch) and row[_KIND] == kind:
                return child
            child, last = int(row[_SIBLING]), child
        if self._used == len(self.nodes):
            self.nodes = np.concatenate([self.nodes, np.full_like(self.nodes, -1)])
        made = self._used
        self._used += 1
        self.nodes[made] = (place, len(stretch), kind, -1, -1, -1)
        if last < 0:
            self.nodes[parent, _CHILD] = made
        else:
            self.nodes[last, _SIBLING] = made
        return made

    def _place(self, stretch: bytes) -> int:
        """Return where the bytes of a stretch are kept."""
        known = self._known.get(stretch)
        if known is None:
            known = self._known[stretch] = len(self._bytes)
            self._bytes += stretch
            self._stretches = None
        return known
