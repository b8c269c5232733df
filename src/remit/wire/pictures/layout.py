"""Places for the nodes of a picture, and ways for its edges: layers from left to right.

Layers, order within a layer and the ways around nodes come from `fast_sugiyama`; `layers` says what it is given. The
same picture has the same places.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fast_sugiyama import from_edges
from msgspec import Struct

from remit.wire.pictures.layers import Pair, laid_out
from remit.wire.pictures.picture import Picture, PictureEdge, PictureNode
from remit.wire.pictures.words import BOLD, fit, wrapped

BOX_WIDTH, BOX_HEIGHT = 216.0, 64.0
LABEL_SIZE, SMALL_SIZE = 13.0, 11.0
TEXT_LEFT = 40.0
"""Where text begins in a box, behind the icon."""

_LABEL_LINES = 2
_ROW = BOX_HEIGHT + 26.0
_GAP, _WIDE_GAP = 150.0, 236.0
"""Between two layers: without and with the permission on each edge."""
_FEW_EDGES = 40
_PARTS_APART = 40.0
_BELOW = 24.0
"""Room below a line that passes a layer, for its words."""

_LONGEST_ROW, _FOLDED_ROW = 4, 3
_FOLD = 84.0
"""Between the rows of a folded chain: room for the words on the line down."""

Point = tuple[float, float]
Ways = dict[Pair, tuple[Point, ...]]
"""Points that a pair passes between its ends, in its direction."""

_NO_WAYS: Ways = {}


class Box(Struct, frozen=True, gc=False):
    """A node with its place: left upper corner, and the lines of its label."""

    node: PictureNode
    x: float
    y: float
    lines: tuple[str, ...]


class Strand(Struct, frozen=True, gc=False):
    """All edges from one node to another, drawn as one line.

    Attributes:
        source, target: places in `Layout.boxes`.
        edges: at least one.
        through: points that the line passes between its ends, in its direction.
    """

    source: int
    target: int
    edges: tuple[PictureEdge, ...]
    through: tuple[Point, ...]

    @property
    def certain(self) -> bool:
        """Tell whether one of its edges is certain."""
        return any(edge.certain for edge in self.edges)

    @property
    def eligible(self) -> bool:
        """Tell whether every edge asks for activation first."""
        return all(edge.eligible for edge in self.edges if edge.certain == self.certain)


class Layout(Struct, frozen=True, gc=False):
    """A picture with places.

    Attributes:
        gap: room between two layers.
        folded: it is one chain, in rows that run to the right and to the left in turn.
    """

    picture: Picture
    boxes: tuple[Box, ...]
    strands: tuple[Strand, ...]
    width: float
    height: float
    gap: float
    folded: bool


def arrange(picture: Picture) -> Layout:
    """Return the places of a picture.

    Cost: some milliseconds for 300 nodes.
    """
    rows = {node.id: row for row, node in enumerate(picture.nodes)}
    grouped: dict[Pair, list[PictureEdge]] = {}
    for edge in picture.edges:
        grouped.setdefault((rows[edge.source], rows[edge.target]), []).append(edge)
    gap = _WIDE_GAP if len(grouped) <= _FEW_EDGES else _GAP
    count, pairs = len(picture.nodes), list(grouped)
    chain = _chain(count, pairs)
    places, ways = (_folded(chain, gap), _NO_WAYS) if chain else _places(count, laid_out(count, pairs), gap)
    boxes = tuple(
        Box(node, *places[row], wrapped(_label(node), BOX_WIDTH - TEXT_LEFT - 14, LABEL_SIZE * BOLD, _LABEL_LINES))
        for row, node in enumerate(picture.nodes)
    )
    strands = tuple(
        Strand(source, target, tuple(edges), _through(source, target, ways))
        for (source, target), edges in grouped.items()
    )
    width = max((box.x for box in boxes), default=0.0) + BOX_WIDTH
    lowest = [box.y + BOX_HEIGHT for box in boxes] + [y + _BELOW for strand in strands for _, y in strand.through]
    height = max(lowest, default=BOX_HEIGHT)
    return Layout(picture, boxes, strands, width, height, gap, bool(chain))


def _chain(count: int, pairs: Sequence[Pair]) -> list[int]:
    """Return the nodes in their order where all of it is one chain too long for a row, else nothing."""
    after = dict(pairs)
    targets = set(after.values())
    starts = [row for row in range(count) if row not in targets]
    if count <= _LONGEST_ROW or len(pairs) != count - 1 or len(starts) != 1 or len(targets) != count - 1:
        return []
    chain = starts
    while chain[-1] in after:
        chain.append(after[chain[-1]])
    return chain if len(chain) == count else []


def _folded(chain: Sequence[int], gap: float) -> list[Point]:
    """Return the corners of a chain in short rows, each beginning where the one above it ends."""
    corners = [(0.0, 0.0)] * len(chain)
    for place, row in enumerate(chain):
        line, column = divmod(place, _FOLDED_ROW)
        column = _FOLDED_ROW - 1 - column if line % 2 else column
        corners[row] = (column * (BOX_WIDTH + gap), line * (BOX_HEIGHT + _FOLD))
    return corners


def _label(node: PictureNode) -> str:
    """Return what a node is called; its id where a name shows nothing."""
    return node.label if any(letter.isprintable() and not letter.isspace() for letter in fit(node.label)) else node.id


def _through(source: int, target: int, ways: Ways) -> tuple[Point, ...]:
    if (source, target) in ways:
        return ways[source, target]
    return tuple(reversed(ways.get((target, source), ())))


def _places(count: int, pairs: Sequence[Pair], gap: float) -> tuple[list[Point], Ways]:
    """Return the corner of each node, and the points between for each pair that passes layers."""
    corners: dict[int, Point] = {}
    ways: Ways = {}
    top = 0.0
    for positions, links in _parts(pairs):
        deepest = max(depth for _, depth in positions.values())
        first = min(across for across, _ in positions.values())
        placed = {
            row: ((deepest - depth) / _ROW * (BOX_WIDTH + gap), top + across - first)
            for row, (across, depth) in positions.items()
        }
        corners.update({row: point for row, point in placed.items() if row < count})
        ways.update(_passing(count, links, placed))
        top = max(point[1] for point in placed.values()) + BOX_HEIGHT + _PARTS_APART
    for row in range(count):
        if row not in corners:
            corners[row] = (0.0, top)
            top += _ROW
    return [corners[row] for row in range(count)], ways


def _parts(pairs: Sequence[Pair]) -> list[tuple[dict[int, Point], list[Pair]]]:
    """Return the places of each connected part, those of passed layers among them, and the links through them."""
    if not pairs:
        return []
    parts = [
        (
            {int(row): (float(x), float(y)) for row, (x, y) in places},
            [(int(one), int(other)) for one, other in links or ()],
        )
        for places, _, _, links in from_edges(pairs, dummy_vertices=True, vertex_spacing=_ROW)
    ]
    return sorted(parts, key=lambda part: min(part[0]))


def _passing(count: int, links: Sequence[Pair], placed: Mapping[int, Point]) -> Ways:
    """Return the points of every pair that passes a layer: the middle of the room kept free for it."""
    onward = {source: target for source, target in links if source >= count}
    found: Ways = {}
    for source, first in links:
        if source >= count or first < count:
            continue
        points, step = [], first
        while step >= count:
            x, y = placed[step]
            points += [(x, y + BOX_HEIGHT / 2), (x + BOX_WIDTH, y + BOX_HEIGHT / 2)]
            step = onward[step]
        found[source, step] = tuple(points)
    return found
