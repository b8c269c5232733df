"""A path drawn with letters: boxes and arrows, in rows that run to the right and to the left in turn.

    ╭──────────────╮         ╭──────────────╮
    │ Omar Haddad  │MEMBER-OF│ Developers   │
    │ user         │────────▶│ group        │
    ╰──────────────╯         ╰──────────────╯

Arrows carry the ids under which the steps are told in words. Names come from the tenant: what does not fit is cut, and
nothing in them moves the cursor or leaves its box.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

from remit.cli.graph_words import KIND_WORDS
from remit.cli.layout import paragraph
from remit.cli.places import place_kind
from remit.graph.answers import Hop, NodeRef, Path
from remit.wire.pictures.words import fit

if TYPE_CHECKING:
    from rich.console import Console

_BOX, _WIDEST, _GAP, _MARGIN = 20, 28, 9, 1
"""Columns of a box at least and at most, between two of them, and left free at the right end."""
_LINES = 2
"""Of a name at most, and of what it is."""
_BETWEEN_ROWS = 2
_PIECES = re.compile(r"[^\s/\\\-_.@:#]+[/\\\-_.@:#]*|[/\\\-_.@:#]+|\s+")
"""Between these a line may end, as in pictures."""
_JOINERS = re.compile("[\u00ad\u200b-\u200d\u2060\ufe00-\ufe0f\ufeff]|[\U000e0000-\U000e01ef]")
"""Letters that are not seen, and of which terminals make one letter out of several."""
_SIDES = {
    "code": "code",
    "secret": "secrets",
    "data": "data",
    "control": "settings",
    "grant": "any role",
    "gate": "a guard",
}
_COLOURS = {
    "user": "blue",
    "group": "cyan",
    "servicePrincipal": "magenta",
    "managedIdentity": "magenta",
    "application": "magenta",
    "subject": "yellow",
    "resource": "green",
    "scope": "green",
    "directoryRole": "red",
    "tenant": "bold red",
}


@dataclass(frozen=True, slots=True)
class _Signs:
    """Letters to draw with.

    Attributes:
        thin, thick: corners and sides of a box: upper left, across, upper right, side, lower right, lower left.
        certain, possible, eligible: lines: two letters across, one upright.
        heads: of arrows to the right, to the left and down.
    """

    thin: str
    thick: str
    certain: str
    possible: str
    eligible: str
    heads: str
    more: str


_UNICODE = _Signs("╭─╮│╯╰", "┏━┓┃┛┗", "──│", "╌╌┆", "─·┆", "▶◀▼", "…")
_ASCII = _Signs("+-+|++", "#=#|##", "--|", "..:", "-.:", "><v", "~")


class _Canvas:
    """Letters by line and column, each with a style."""

    def __init__(self) -> None:
        self._cells: dict[int, dict[int, tuple[str, str]]] = {}

    def put(self, line: int, column: int, text: str, style: str = "") -> None:
        """Write a text; a letter that is two columns wide takes both."""
        from rich.cells import cell_len

        row = self._cells.setdefault(line, {})
        for letter in text:
            wide = cell_len(letter)
            if not wide:  # a mark on the letter before it
                before = max((at for at in row if at < column), default=None)
                if before is not None:
                    row[before] = (row[before][0] + letter, row[before][1])
                continue
            row[column] = (letter, style)
            for more in range(1, wide):
                row[column + more] = ("", style)
            column += wide

    def lines(self) -> Iterator[list[tuple[str, str]]]:
        """Yield the lines from the first to the last in runs of one style, without blanks at their ends."""
        for line in range(max(self._cells, default=-1) + 1):
            row = self._cells.get(line, {})
            last = max((column for column, (letter, _) in row.items() if letter != " "), default=-1)
            cells = (row.get(column, (" ", "")) for column in range(last + 1))
            yield [("".join(letter for letter, _ in run), style) for style, run in groupby(cells, itemgetter(1))]


def draw_path(out: Console, path: Path) -> None:
    """Draw a path as wide as the console.

    Args:
        out: where to; without UTF-8 it gets plain letters.
        path: at least one hop, or nothing is drawn.
    """
    from rich.text import Text

    if not path.hops:
        return
    signs = _ASCII if out.options.ascii_only else _UNICODE
    canvas = _Canvas()
    _Drawing(canvas, signs, out.width - _MARGIN).draw(path.hops)
    for runs in canvas.lines():
        out.print(Text.assemble(*runs), soft_wrap=True)
    told = [
        f"{line[:2] * 2} {what}"
        for line, what, there in (
            (signs.possible, "possible", not path.certain),
            (signs.eligible, "after activation", path.eligible),
        )
        if there
    ]
    if told:
        paragraph(out, ", ".join(told), style="dim")


@dataclass(frozen=True, slots=True)
class _Box:
    """What stands in a box: the name, and below it what it is."""

    name: tuple[str, ...]
    kind: tuple[str, ...]
    colour: str
    ends: bool


class _Drawing:
    """Puts boxes and arrows on a canvas of some width."""

    def __init__(self, canvas: _Canvas, signs: _Signs, width: int) -> None:
        self._put, self._signs = canvas.put, signs
        self._columns = max(1, (width + _GAP) // (_BOX + _GAP))
        self._box = max(_BOX, min(_WIDEST, (width + _GAP) // self._columns - _GAP))

    def draw(self, hops: Sequence[Hop]) -> None:
        """Draw all boxes, row by row, and the arrow that leads into each."""
        boxes = [self._told(hops[0].source, "", ends=True)]
        boxes += [self._told(hop.target, hop.facet, ends=hop is hops[-1]) for hop in hops]
        top = 0
        for start in range(0, len(boxes), self._columns):
            row = boxes[start : start + self._columns]
            inside = max(2, *(len(box.name) + len(box.kind) for box in row))
            for place, box in enumerate(row, start):
                self._draw_box(top, self._left(place), box, inside)
                if place > start:
                    self._draw_across(top + 1, place, hops[place - 1])
                elif place:
                    self._draw_down(top - _BETWEEN_ROWS, self._left(place), hops[place - 1])
            top += inside + 2 + _BETWEEN_ROWS

    def _left(self, place: int) -> int:
        row, column = divmod(place, self._columns)
        return (self._columns - 1 - column if row % 2 else column) * (self._box + _GAP)

    def _told(self, ref: NodeRef, facet: str, *, ends: bool) -> _Box:
        kind = "" if ref.kind == "tenant" else place_kind(ref.id) or KIND_WORDS.get(ref.kind, ref.kind)
        told = ": ".join(filter(None, (kind, _SIDES.get(facet, ""))))
        return _Box(
            self._folded(ref.label or ref.id), self._folded(told) if told else (), _COLOURS.get(ref.kind, ""), ends
        )

    def _folded(self, text: str) -> tuple[str, ...]:
        """Return a text in at most two lines that fit into a box; one that does not ends in `…`."""
        width = self._box - 4
        lines = [""]
        pieces = [short for piece in _PIECES.findall(_JOINERS.sub("", fit(text))) for short in _chopped(piece, width)]
        for place, piece in enumerate(pieces):
            if _wide((lines[-1] + piece).rstrip()) <= width:
                lines[-1] += piece
            elif len(lines) < _LINES:
                lines.append(piece.lstrip())
            else:
                rest = lines[-1] + "".join(pieces[place:])
                lines[-1] = next(_chopped(rest, width - 1)).rstrip() + self._signs.more
                break
        return tuple(line.rstrip() for line in lines)

    def _draw_box(self, top: int, left: int, box: _Box, inside: int) -> None:
        corner, across, upper_right, side, lower_right, lower_left = [
            *(self._signs.thick if box.ends else self._signs.thin)
        ]
        right = left + self._box - 1
        self._put(top, left, corner + across * (self._box - 2) + upper_right, box.colour)
        for line in range(top + 1, top + 1 + inside):
            self._put(line, left, side, box.colour)
            self._put(line, right, side, box.colour)
        for line, word in enumerate(box.name, top + 1):
            self._put(line, left + 2, word, "bold")
        for line, word in enumerate(box.kind, top + 1 + len(box.name)):
            self._put(line, left + 2, word, "dim")
        self._put(top + 1 + inside, left, lower_left + across * (self._box - 2) + lower_right, box.colour)

    def _draw_across(self, line: int, place: int, hop: Hop) -> None:
        """Draw the arrow from the box before, with its id above."""
        backwards = (place // self._columns) % 2
        left = self._left(place) + self._box if backwards else self._left(place) - _GAP
        word = hop.edge[:_GAP]
        self._put(line, left + (_GAP - len(word)) // 2, word, "cyan")
        shaft, style = self._line(hop)
        across = (shaft[:2] * _GAP)[: _GAP - 1]
        right, leftwards = self._signs.heads[0], self._signs.heads[1]
        self._put(line + 1, left, leftwards + across if backwards else across + right, style)

    def _draw_down(self, line: int, left: int, hop: Hop) -> None:
        """Draw the arrow from the row above, with its id to the left."""
        middle = left + self._box // 2
        word = hop.edge[: middle - left - 1]
        shaft, style = self._line(hop)
        self._put(line, middle - len(word) - 1, word, "cyan")
        self._put(line, middle, shaft[2], style)
        self._put(line + 1, middle, self._signs.heads[2], style)

    def _line(self, hop: Hop) -> tuple[str, str]:
        if not hop.certain:
            return self._signs.possible, "yellow"
        return (self._signs.eligible, "yellow") if hop.eligible else (self._signs.certain, "")


def _wide(text: str) -> int:
    """Return how many columns a text takes, letter by letter: terminals do not agree on letters joined into one."""
    from rich.cells import cell_len

    return sum(map(cell_len, text))


def _chopped(text: str, width: int) -> Iterator[str]:
    """Yield a text in pieces of at most so many columns."""
    start = used = 0
    for place, letter in enumerate(text):
        wide = _wide(letter)
        if used + wide > width:
            yield text[start:place]
            start, used = place, 0
        used += wide
    yield text[start:]
