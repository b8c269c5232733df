"""Lines between boxes: path data and arrow heads.

A line leaves a box on its right and arrives on the left of the next; one that leads back, the other way round. Lines
on one side of a box are spread over it, by where they go. In a folded chain a line also leads down, from row to row.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from enum import Enum
from itertools import pairwise

from msgspec import Struct

from remit.wire.pictures.layout import BOX_HEIGHT, BOX_WIDTH, Box, Layout, Point, Strand

ARROW = 9.0

_SPREAD, _APART = 36.0, 9.0
_HALF_ARROW = 4.5


class Course(Enum):
    """How a line runs."""

    ACROSS = 0
    BULGE = 1
    """Between two boxes of one layer, out of the right of both."""
    DOWN = 2
    LOOP = 3


class Route(Struct, frozen=True, gc=False):
    """A line: how it runs, the points it passes, its path data and its arrow head's."""

    course: Course
    points: tuple[Point, ...]
    line: str
    arrow: str


def routes(layout: Layout) -> tuple[Route, ...]:
    """Return the lines of a layout in the order of its strands."""
    return tuple(
        _route(layout, strand, start, finish)
        for strand, (start, finish) in zip(layout.strands, _ends(layout), strict=True)
    )


def _route(layout: Layout, strand: Strand, start: Point, finish: Point) -> Route:
    here, there = layout.boxes[strand.source], layout.boxes[strand.target]
    if strand.source == strand.target:
        return _loop(here)
    if _leads_down(layout, strand):
        return _down(here, there)
    if start[0] == finish[0] and not strand.through:
        return _bulge(start, finish)
    points = (start, *strand.through, finish)
    back = points[-1][0] < points[-2][0]
    return Route(Course.ACROSS, points, _curve(points), _arrow(finish, -1 if back else 1))


def _ends(layout: Layout) -> list[tuple[Point, Point]]:
    """Return where each strand leaves and arrives: spread over a side by where it goes. What leads down has neither."""
    sides: dict[tuple[int, bool], list[tuple[float, int, bool]]] = defaultdict(list)
    boxes = layout.boxes
    for place, strand in enumerate(layout.strands):
        here, there = boxes[strand.source], boxes[strand.target]
        if _leads_down(layout, strand):
            continue
        forward = there.x > here.x
        toward = strand.through[0][1] if strand.through else there.y + BOX_HEIGHT / 2
        back = strand.through[-1][1] if strand.through else here.y + BOX_HEIGHT / 2
        sides[strand.source, forward or there.x == here.x].append((toward, place, True))
        sides[strand.target, not forward].append((back, place, False))
    found: dict[tuple[int, bool], Point] = {}
    for (row, right), strands in sides.items():
        box = boxes[row]
        step = min(_APART, _SPREAD / max(len(strands) - 1, 1))
        first = box.y + BOX_HEIGHT / 2 - step * (len(strands) - 1) / 2
        for position, (_, place, leaves) in enumerate(sorted(strands)):
            found[place, leaves] = (box.x + (BOX_WIDTH if right else 0.0), first + step * position)
    nowhere = (0.0, 0.0)
    return [
        (found.get((place, True), nowhere), found.get((place, False), nowhere)) for place in range(len(layout.strands))
    ]


def _leads_down(layout: Layout, strand: Strand) -> bool:
    return layout.folded and layout.boxes[strand.source].x == layout.boxes[strand.target].x


def _curve(points: Sequence[Point]) -> str:
    line = f"M{_pair(points[0])}"
    for (x0, y0), (x1, y1) in pairwise(points):
        if y0 == y1:
            line += f"L{_pair((x1, y1))}"
        else:
            middle = (x0 + x1) / 2
            line += f"C{_pair((middle, y0))} {_pair((middle, y1))} {_pair((x1, y1))}"
    return line


def _bulge(start: Point, finish: Point) -> Route:
    out = start[0] + 36 + min(abs(finish[1] - start[1]) / 6, 60)
    line = f"M{_pair(start)}C{_pair((out, start[1]))} {_pair((out, finish[1]))} {_pair(finish)}"
    return Route(Course.BULGE, (start, finish), line, _arrow(finish, -1))


def _down(here: Box, there: Box) -> Route:
    x = here.x + BOX_WIDTH / 2
    start, tip = (x, here.y + BOX_HEIGHT), (x, there.y)
    back = there.y - ARROW
    head = f"M{_pair(tip)}L{_pair((x - _HALF_ARROW, back))}L{_pair((x + _HALF_ARROW, back))}z"
    return Route(Course.DOWN, (start, tip), f"M{_pair(start)}L{_pair(tip)}", head)


def _loop(box: Box) -> Route:
    right = box.x + BOX_WIDTH
    start, finish = (right - 24, box.y), (right, box.y + 16)
    line = f"M{_pair(start)}C{_pair((right - 20, box.y - 22))} {_pair((right + 30, box.y - 12))} {_pair(finish)}"
    return Route(Course.LOOP, (start, finish), line, _arrow(finish, -1))


def _arrow(tip: Point, direction: int) -> str:
    x, y = tip
    back = x - direction * ARROW
    return f"M{_pair(tip)}L{_pair((back, y - _HALF_ARROW))}L{_pair((back, y + _HALF_ARROW))}z"


def _pair(point: Point) -> str:
    return " ".join(f"{value:.1f}".removesuffix(".0") for value in point)
