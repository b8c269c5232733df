"""Words on lines.

They stand in the room between two layers, near the end at which their line is alone, and never on a box or on other
words: where there is no room, they are left to the list of steps and to what a line shows when it is pointed at.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from msgspec import Struct

from remit.wire.pictures.layout import BOX_HEIGHT, BOX_WIDTH, Box, Layout, Point, Strand
from remit.wire.pictures.routes import ARROW, Course, Route
from remit.wire.pictures.words import BOLD, width, wrapped

NAME_SIZE, DETAIL_SIZE = 12.0, 10.5
DETAIL_HEIGHT = 13.0

_NAME_HEIGHT = 15.0
_MARGIN = 12.0
_DETAIL_LINES = 3
_CELL = 256.0
_NEAR_SOURCE, _BETWEEN, _NEAR_TARGET = (0.1, 0.3, 0.5), (0.5, 0.3, 0.7), (0.9, 0.7, 0.5)
"""Parts of the way between two layers, the best first."""

Area = tuple[float, float, float, float]


class Caption(Struct, frozen=True, gc=False):
    """Words on a line: the middle of the name's base line, the name, and lines below it."""

    x: float
    y: float
    name: str
    details: tuple[str, ...]


def captions(layout: Layout, lines: Sequence[Route], *, details: bool) -> tuple[Caption | None, ...]:
    """Return the words of every strand, None where they found no room; `details`: with the permission."""
    taken = _Taken(layout.boxes)
    leaving: dict[int, int] = defaultdict(int)
    arriving: dict[int, int] = defaultdict(int)
    for strand in layout.strands:
        leaving[strand.source] += 1
        arriving[strand.target] += 1
    return tuple(
        _caption(layout, strand, line, leaving[strand.source] - arriving[strand.target], taken, details=details)
        for strand, line in zip(layout.strands, lines, strict=True)
    )


class _Taken:
    """Areas where something stands, found by cells."""

    def __init__(self, boxes: Sequence[Box]) -> None:
        self._cells: dict[tuple[int, int], list[Area]] = defaultdict(list)
        for box in boxes:
            self.take((box.x - 4, box.y - 4, box.x + BOX_WIDTH + 4, box.y + BOX_HEIGHT + 4))

    def take(self, area: Area) -> None:
        """Take an area."""
        for cell in self._of(area):
            self._cells[cell].append(area)

    def free(self, area: Area) -> bool:
        """Tell whether nothing stands in an area."""
        left, top, right, bottom = area
        return not any(
            left < other[2] and other[0] < right and top < other[3] and other[1] < bottom
            for cell in self._of(area)
            for other in self._cells.get(cell, ())
        )

    def _of(self, area: Area) -> Iterator[tuple[int, int]]:
        left, top, right, bottom = (int(value // _CELL) for value in area)
        for column in range(left, right + 1):
            for row in range(top, bottom + 1):
                yield column, row


def _caption(
    layout: Layout, strand: Strand, line: Route, crowd: int, taken: _Taken, *, details: bool
) -> Caption | None:
    """Return the words of a strand at the first place that is free, and take it.

    Args:
        layout: places.
        strand: what the words are of.
        line: its line.
        crowd: how many more lines leave its source than arrive at its target.
        taken: where something stands.
        details: with the permission, as long as that finds room.
    """
    room = layout.gap - 2 * _MARGIN - ARROW
    edge = next((one for one in strand.edges if one.certain == strand.certain), strand.edges[0])
    more = f" +{len(strand.edges) - 1}" if len(strand.edges) > 1 else ""
    bold = NAME_SIZE * BOLD
    name = wrapped(edge.name or edge.edge, room - width(more, bold), bold, 1)[0] + more
    full = wrapped(edge.permission, room, DETAIL_SIZE, _DETAIL_LINES) if details and edge.permission else ()
    for told in dict.fromkeys((full, ())):
        half = max([width(name, bold), *(width(row, DETAIL_SIZE) for row in told)]) / 2 + 2
        below = DETAIL_HEIGHT * len(told)
        for x, base in _candidates(line, crowd, half, below, leftmost=line.points[0][0] < layout.width / 2):
            area = (x - half, base - _NAME_HEIGHT + 3, x + half, base + 5 + below)
            if taken.free(area):
                taken.take(area)
                return Caption(x, base, name, told)
    return None


def _candidates(line: Route, crowd: int, half: float, below: float, *, leftmost: bool) -> Iterator[Point]:
    """Yield middles of base lines, from the best place to the worst."""
    points = line.points
    if line.course is Course.DOWN:
        (x, y0), (_, y1) = points
        beside = x + half + _MARGIN if leftmost else x - half - _MARGIN
        yield beside, (y0 + y1 - below) / 2
    elif line.course is Course.BULGE:
        (x, y0), (_, y1) = points
        yield from ((x + half + _MARGIN + 20, y0 + (y1 - y0) * part) for part in _BETWEEN)
    elif line.course is Course.ACROSS and crowd == 0 and len(points) == 2:  # noqa: PLR2004 - nothing is passed
        yield from _between(points[0], points[1], _BETWEEN, half)
    elif line.course is Course.ACROSS:
        first, last = (
            _between(points[0], points[1], _NEAR_SOURCE, half),
            _between(points[-2], points[-1], _NEAR_TARGET, half),
        )
        yield from (*last, *first) if crowd >= 0 else (*first, *last)
        passed = points[1:-1]
        yield from (((x0 + x1) / 2, y - 6) for (x0, y), (x1, _) in zip(passed[::2], passed[1::2], strict=True))


def _between(start: Point, finish: Point, parts: Sequence[float], half: float) -> Iterator[Point]:
    """Yield middles above a line between two layers, at parts of its way; those near an end stand close to it."""
    (x0, y0), (x1, y1) = start, finish
    sign = 1 if x1 > x0 else -1
    for part in parts:
        x = {
            -1: x0 + sign * (half + _MARGIN),
            0: (x0 + x1) / 2,
            1: x1 - sign * (half + _MARGIN + ARROW),
        }[(part > 0.5) - (part < 0.5)]  # noqa: PLR2004 - the half of the way
        yield x, y0 + (y1 - y0) * part * part * (3 - 2 * part) - 6
