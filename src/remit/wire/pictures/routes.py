"""Lines between boxes and the words on them.

A line leaves a box on its right and arrives on the left of the next; one that leads back, the other way round. Words
stand in the room between two layers, near the end at which the line is alone, and never on a box or on other words:
where there is no room, they are left to the list of steps and to what is shown on a line when it is pointed at.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

from msgspec import Struct

from remit.wire.pictures.layout import BOX_HEIGHT, BOX_WIDTH, Box, Layout, Point, Strand
from remit.wire.pictures.words import BOLD, width, wrapped

NAME_SIZE, DETAIL_SIZE = 12.0, 10.5
NAME_HEIGHT, DETAIL_HEIGHT = 15.0, 13.0

_SPREAD, _APART = 36.0, 9.0
_ARROW = 9.0
_MARGIN = 12.0
_DETAIL_LINES = 3
_CELL = 256.0

Area = tuple[float, float, float, float]


class Words(Struct, frozen=True, gc=False):
    """Words on a line: the middle of the first row's base line, the name, and more lines below it."""

    x: float
    y: float
    name: str
    details: tuple[str, ...]


class Route(Struct, frozen=True, gc=False):
    """A drawn line: path data, its arrow head, and its words where they found room."""

    line: str
    arrow: str
    words: Words | None


def routes(layout: Layout, *, details: bool) -> tuple[Route, ...]:
    """Return the lines of a layout in the order of its strands; `details` writes permissions below the names."""
    ends = _ends(layout)
    taken = _Taken(layout.boxes)
    alone = _alone(layout.strands)
    made = []
    for place, strand in enumerate(layout.strands):
        start, finish = ends[place]
        points = (start, *strand.through, finish)
        loop = strand.source == strand.target
        bulge = start[0] == finish[0] and not strand.through
        if loop:
            line, points = _loop(layout.boxes[strand.source])
        elif bulge:
            line = _bulging(start, finish)
        else:
            line = _curved(points)
        words = _find_room(layout, strand, points, taken, alone[place], details=details, bulge=bulge and not loop)
        made.append(Route(line, _arrow(points[-1], leftward=loop or bulge or points[-1][0] < points[-2][0]), words))
    return tuple(made)


def _ends(layout: Layout) -> list[tuple[Point, Point]]:
    """Return where each strand leaves and arrives: spread over a side by where it goes."""
    sides: dict[tuple[int, bool], list[tuple[float, int, bool]]] = defaultdict(list)
    boxes = layout.boxes
    for place, strand in enumerate(layout.strands):
        here, there = boxes[strand.source], boxes[strand.target]
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
    return [(found[place, True], found[place, False]) for place in range(len(layout.strands))]


def _alone(strands: Sequence[Strand]) -> list[float]:
    """Return where on its line the words of each strand stand best: 0 at its source, 1 at its target."""
    leaving: dict[int, int] = defaultdict(int)
    arriving: dict[int, int] = defaultdict(int)
    for strand in strands:
        leaving[strand.source] += 1
        arriving[strand.target] += 1
    return [
        0.5
        if leaving[strand.source] == arriving[strand.target] == 1
        else float(arriving[strand.target] <= leaving[strand.source])
        for strand in strands
    ]


def _curved(points: Sequence[Point]) -> str:
    line = f"M{_pair(points[0])}"
    for (x0, y0), (x1, y1) in pairwise(points):
        if y0 == y1:
            line += f"L{_pair((x1, y1))}"
        else:
            middle = (x0 + x1) / 2
            line += f"C{_pair((middle, y0))} {_pair((middle, y1))} {_pair((x1, y1))}"
    return line


def _bulging(start: Point, finish: Point) -> str:
    out = start[0] + 36 + min(abs(finish[1] - start[1]) / 6, 60)
    return f"M{_pair(start)}C{_pair((out, start[1]))} {_pair((out, finish[1]))} {_pair(finish)}"


def _loop(box: Box) -> tuple[str, tuple[Point, ...]]:
    right = box.x + BOX_WIDTH
    start, finish = (right - 24, box.y), (right, box.y + 16)
    line = f"M{_pair(start)}C{_pair((right - 20, box.y - 22))} {_pair((right + 30, box.y - 12))} {_pair(finish)}"
    return line, (start, finish)


def _arrow(tip: Point, *, leftward: bool) -> str:
    x, y = tip
    back = x + _ARROW if leftward else x - _ARROW
    return f"M{_pair(tip)}L{_pair((back, y - 4.5))}L{_pair((back, y + 4.5))}z"


def _pair(point: Point) -> str:
    return f"{_number(point[0])} {_number(point[1])}"


def _number(value: float) -> str:
    return f"{round(value, 1):g}" if abs(value) < 1e5 else str(round(value))  # noqa: PLR2004 - `g` would round


class _Taken:
    """Areas where something stands, found by cells."""

    def __init__(self, boxes: Sequence[Box]) -> None:
        self._cells: dict[tuple[int, int], list[Area]] = defaultdict(list)
        for box in boxes:
            self.take((box.x - 4, box.y - 4, box.x + BOX_WIDTH + 4, box.y + BOX_HEIGHT + 4))

    def take(self, area: Area) -> None:
        for cell in self._of(area):
            self._cells[cell].append(area)

    def free(self, area: Area) -> bool:
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


def _find_room(
    layout: Layout,
    strand: Strand,
    points: Sequence[Point],
    taken: _Taken,
    alone: float,
    *,
    details: bool,
    bulge: bool,
) -> Words | None:
    """Return the words of a strand at the first place that is free, and take it."""
    room = layout.gap - 2 * _MARGIN - _ARROW
    edge = next((one for one in strand.edges if one.certain == strand.certain), strand.edges[0])
    more = f" +{len(strand.edges) - 1}" if len(strand.edges) > 1 else ""
    bold = NAME_SIZE * BOLD
    name = wrapped(edge.name or edge.edge, room - width(more, bold), bold, 1)[0] + more
    lines = wrapped(edge.permission, room, DETAIL_SIZE, _DETAIL_LINES) if details and edge.permission else ()
    for told in (lines, ()) if lines else ((),):
        wide = max([width(name, bold), *(width(line, DETAIL_SIZE) for line in told)]) / 2 + 2
        for x, y in _candidates(points, alone, wide, bulge=bulge):
            base = y - 6
            area = (x - wide, base - NAME_HEIGHT + 3, x + wide, base + 5 + DETAIL_HEIGHT * len(told))
            if taken.free(area):
                taken.take(area)
                return Words(x, base, name, told)
    return None


def _candidates(points: Sequence[Point], alone: float, wide: float, *, bulge: bool) -> Iterator[Point]:
    """Yield middles for words: between two layers, from the best place to the worst."""
    if bulge:
        (x, y0), (_, y1) = points[0], points[-1]
        yield from ((x + wide + _MARGIN + 20, y0 + (y1 - y0) * part) for part in (0.5, 0.3, 0.7))
        return
    ends = [(points[0], points[1], 0.0), (points[-2], points[-1], 1.0)]
    if alone > 0.5:  # noqa: PLR2004 - nearer to the target
        ends.reverse()
    for (x0, y0), (x1, y1), side in ends:
        parts = (0.5, 0.3, 0.7) if alone == 0.5 and len(points) == 2 else ((0.9, 0.7, 0.5) if side else (0.1, 0.3, 0.5))  # noqa: PLR2004
        for part in parts:
            middle = (x0 + x1) / 2
            if part != 0.5:  # noqa: PLR2004 - towards the end where the line is alone
                near, far = (x1, x0) if part > 0.5 else (x0, x1)  # noqa: PLR2004
                sign = 1 if far > near else -1
                middle = near + sign * (wide + _MARGIN + (_ARROW if part > 0.5 else 0))  # noqa: PLR2004
            smooth = part * part * (3 - 2 * part)
            yield middle, y0 + (y1 - y0) * smooth
