"""A picture as SVG: one file without references, for light and dark, with a title and a description.

>>> from remit.wire.pictures.picture import Picture
>>> to_svg(Picture("Nothing", "No step.", "No step.", (), ())).startswith("<svg")
True
"""

from __future__ import annotations

from collections.abc import Iterator

from remit.wire.pictures.captions import DETAIL_HEIGHT, DETAIL_SIZE, NAME_SIZE, Caption, captions
from remit.wire.pictures.layout import (
    BOX_HEIGHT,
    BOX_WIDTH,
    LABEL_SIZE,
    SMALL_SIZE,
    TEXT_LEFT,
    Box,
    Layout,
    Strand,
    arrange,
)
from remit.wire.pictures.palette import DARK, LIGHT, STYLES, Colours, KindStyle, icon_of, style_of, word_of
from remit.wire.pictures.picture import Picture, PictureEdge, counted
from remit.wire.pictures.routes import Route, routes
from remit.wire.pictures.shapes import outline
from remit.wire.pictures.words import escaped, fit, width, wrapped

MARGIN = 28.0
FEW_EDGES = 40
"""Up to so many lines carry the permission below their name."""

_LEAST_WIDTH = 640.0
_LINE = 18.0
_FONT = "system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif"
_HALO = "paint-order:stroke;stroke-width:5px;stroke-linejoin:round"
_LEGEND_ROW, _LEGEND_GAP = 26.0, 26.0


def to_svg(picture: Picture) -> str:
    """Return a picture as an SVG document."""
    return drawn(arrange(picture), embedded=False)


def drawn(layout: Layout, *, embedded: bool) -> str:
    """Return a layout as SVG.

    Args:
        layout: places.
        embedded: for a page that has its own styles, title and legend.
    """
    return "".join(_embedded(layout) if embedded else _document(layout))


def style_sheet() -> str:
    """Return the rules that both the file and the page draw by; no rule carries text of a tenant."""
    return "".join(
        [
            f"svg{{font-family:{_FONT}}}",
            ".line{fill:none;stroke-width:1.8}.halo{fill:none;stroke:none;stroke-width:14}",
            ".possible .line{stroke-dasharray:7 5}.eligible .line{stroke-dasharray:12 4 2 4}",
            f".shape{{stroke-width:1.6;stroke-linejoin:round}}.label{{font-size:{LABEL_SIZE:g}px;font-weight:600}}",
            ".dashed .shape{stroke-dasharray:5 4}.place .shape{stroke-width:3.4}",
            f".small{{font-size:{SMALL_SIZE:g}px}}.name{{font-size:{NAME_SIZE:g}px;font-weight:600}}",
            f".detail{{font-size:{DETAIL_SIZE:g}px}}.name,.detail{{text-anchor:middle;{_HALO}}}",
            ".title{font-size:18px;font-weight:700}.told{font-size:13px}.icon{fill-rule:evenodd}",
            *_colour_rules(LIGHT, dark=False),
            "@media (prefers-color-scheme:dark){",
            *_colour_rules(DARK, dark=True),
            "}",
        ]
    )


def step_words(edge: PictureEdge) -> str:
    """Return an edge in a line: name, permission, and what is open about it."""
    words = f"{edge.name or edge.edge} ({edge.edge})" if edge.name and edge.name != edge.edge else edge.edge
    words += f", {edge.permission}" if edge.permission else ""
    return words + ("" if edge.certain else ", possible") + (", after activation" if edge.eligible else "")


def _colour_rules(colours: Colours, *, dark: bool) -> Iterator[str]:
    yield f".paper{{fill:{colours.paper}}}.ink,.label,.name,.title{{fill:{colours.ink}}}"
    yield f".small,.detail,.told{{fill:{colours.faint}}}.name,.detail{{stroke:{colours.paper}}}"
    yield f".line{{stroke:{colours.certain}}}.arrow{{fill:{colours.certain}}}"
    yield f".possible .line{{stroke:{colours.possible}}}.possible .arrow{{fill:{colours.possible}}}"
    for kind, style in [*STYLES.items(), ("other", style_of(""))]:
        line, fill = style.dark if dark else style.light
        yield f".k-{kind} .shape{{stroke:{line};fill:{fill}}}.k-{kind} .icon{{fill:{line}}}"


def _document(layout: Layout) -> Iterator[str]:
    picture = layout.picture
    inner = max(layout.width, _LEAST_WIDTH)
    head = wrapped(picture.title, inner, LABEL_SIZE * 1.5, 2)
    told = wrapped(picture.summary, inner, LABEL_SIZE, 3)
    top = MARGIN + len(head) * 24 + len(told) * _LINE + 14
    lines, words = _lines(layout)
    legend, legend_height = _legend(layout, words.count(None), inner)
    wide, high = inner + 2 * MARGIN, top + layout.height + 24 + legend_height + MARGIN
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide:g} {high:g}" width="{wide:g}" '
        f'height="{high:g}" role="img" aria-labelledby="title description">'
        f'<title id="title">{escaped(picture.title)}</title>'
        f'<desc id="description">{escaped(picture.description)}</desc><style>{style_sheet()}</style>'
        f'<rect class="paper" width="{wide:g}" height="{high:g}"/>'
    )
    for row, line in enumerate(head):
        yield f'<text class="title" x="{MARGIN:g}" y="{MARGIN + 14 + 24 * row:g}">{escaped(line)}</text>'
    for row, line in enumerate(told):
        y = MARGIN + 24 * len(head) + 10 + _LINE * row
        yield f'<text class="told" x="{MARGIN:g}" y="{y:g}">{escaped(line)}</text>'
    yield f'<g transform="translate({MARGIN:g} {top:g})">'
    yield from _graph(layout, lines, words)
    yield f'<g transform="translate(0 {layout.height + 30:g})">{legend}</g></g></svg>\n'


def _embedded(layout: Layout) -> Iterator[str]:
    left, top = -MARGIN, -MARGIN
    wide, high = layout.width + 2 * MARGIN, layout.height + 2 * MARGIN
    yield (
        f'<svg id="graph" xmlns="http://www.w3.org/2000/svg" viewBox="{left:g} {top:g} {wide:g} {high:g}" '
        'role="group" aria-labelledby="heading">'
    )
    yield from _graph(layout, *_lines(layout))
    yield "</svg>"


def _lines(layout: Layout) -> tuple[tuple[Route, ...], tuple[Caption | None, ...]]:
    lines = routes(layout)
    return lines, captions(layout, lines, details=len(lines) <= FEW_EDGES)


def _graph(layout: Layout, lines: tuple[Route, ...], words: tuple[Caption | None, ...]) -> Iterator[str]:
    boxes = layout.boxes
    for place, (strand, line) in enumerate(zip(layout.strands, lines, strict=True)):
        yield _edge(place, strand, line, boxes[strand.source], boxes[strand.target])
    for place, caption in enumerate(words):
        if caption:
            yield from _caption(place, caption)
    for place, box in enumerate(boxes):
        yield from _node(place, box)


def _edge(place: int, strand: Strand, route: Route, here: Box, there: Box) -> str:
    state = "certain" if strand.certain else "possible"
    state += " eligible" if strand.eligible else ""
    title = f"{here.node.label} → {there.node.label}: " + "; ".join(step_words(edge) for edge in strand.edges)
    return (
        f'<g class="edge {state}" id="e{place}"><title>{escaped(title)}</title><path class="halo" d="{route.line}"/>'
        f'<path class="line" d="{route.line}"/><path class="arrow" d="{route.arrow}"/></g>'
    )


def _caption(place: int, caption: Caption) -> Iterator[str]:
    """Yield the words of a line; above every line, so that none runs through them."""
    x, y = caption.x, caption.y
    yield f'<g class="words" id="w{place}">'
    yield f'<text class="name" x="{x:.1f}" y="{y:.1f}">{escaped(caption.name)}</text>'
    for row, line in enumerate(caption.details, 1):
        yield f'<text class="detail" x="{x:.1f}" y="{y + 5 + DETAIL_HEIGHT * row:.1f}">{escaped(line)}</text>'
    yield "</g>"


def _node(place: int, box: Box) -> Iterator[str]:
    node = box.node
    style = style_of(node.kind)
    marks = f"node {_kind_class(node.kind)} {style.outline}" + (f" place {node.place}" if node.place else "")
    word = word_of(node.kind, node.type)
    small = fit({"start": f"{word} · from here", "end": f"{word} · target"}.get(node.place, word))
    title = f"{fit(node.label)} ({word})\n{fit(node.id)}"
    lines = len(box.lines) + 1
    first = BOX_HEIGHT / 2 - (lines - 1) * 8 + 4
    yield (
        f'<g class="{marks}" id="n{place}" transform="translate({box.x:.1f} {box.y:.1f})">'
        f"<title>{escaped_lines(title)}</title>"
        f'<path class="shape" d="{outline(style.outline)}"/>'
        f'<path class="icon" transform="translate(14 {BOX_HEIGHT / 2 - 10:g})" d="{icon_of(node.kind, node.type)}"/>'
    )
    for row, line in enumerate(box.lines):
        yield f'<text class="label" x="{TEXT_LEFT:g}" y="{first + 16 * row:g}">{escaped(line)}</text>'
    told = wrapped(small, BOX_WIDTH - TEXT_LEFT - 12, SMALL_SIZE, 1)[0]
    yield f'<text class="small" x="{TEXT_LEFT:g}" y="{first + 16 * (lines - 1):g}">{escaped(told)}</text></g>'


def escaped_lines(text: str) -> str:
    """Return a text of several lines for XML."""
    return "\n".join(escaped(line) for line in text.split("\n"))


def _kind_class(kind: str) -> str:
    return f"k-{kind}" if kind in STYLES else "k-other"


def kind_sign(kind: str) -> str:
    """Return a small picture of a kind of node, for a page."""
    return f'<svg viewBox="0 -14 40 20" aria-hidden="true">{_small_box(kind, style_of(kind))}</svg>'


def state_sign(state: str) -> str:
    """Return a small line, for a page; `state` is certain, possible or eligible."""
    return f'<svg viewBox="0 -14 44 20" aria-hidden="true">{_small_line(state)}</svg>'


def _legend(layout: Layout, unnamed: int, room: float) -> tuple[str, float]:
    """Return what the signs in this picture mean, and how high that is."""
    kinds = {node.kind for node in layout.picture.nodes}
    ordered = [kind for kind in STYLES if kind in kinds] + (["other"] if kinds - set(STYLES) else [])
    entries = [(_small_box(kind, style_of(kind)), style_of(kind).word) for kind in ordered]
    states = {(strand.certain, strand.eligible) for strand in layout.strands}
    for state, word, wanted in (
        ("certain", "certain", any(certain for certain, _ in states)),
        ("possible", "possible: something is not known", any(not certain for certain, _ in states)),
        ("eligible", "after activation", any(eligible for _, eligible in states)),
    ):
        if wanted:
            entries.append((_small_line(state), word))
    parts, x, y = [], 0.0, 0.0
    for sign, word in entries:
        wide = 50 + width(word, SMALL_SIZE + 1)
        if x and x + wide > room:
            x, y = 0.0, y + _LEGEND_ROW
        parts.append(
            f'<g transform="translate({x:g} {y:g})">{sign}<text class="told" x="50" y="0">{escaped(word)}</text></g>'
        )
        x += wide + _LEGEND_GAP
    notes = [
        f"{counted(unnamed, 'line')} without words for lack of room; point at one to read it." if unnamed else "",
        f"{counted(layout.picture.left_out, 'node')} farther away left out." if layout.picture.left_out else "",
    ]
    for note in filter(None, notes):
        y += _LEGEND_ROW
        parts.append(f'<text class="told" x="0" y="{y:g}">{escaped(note)}</text>')
    return "".join(parts), y + 8


def _small_line(state: str) -> str:
    line = '<path class="line" d="M0 0h34"/><path class="arrow" d="M42 0l-9 -4.5v9z"/>'
    return f'<g class="edge {state}" transform="translate(0 -4)">{line}</g>'


def _small_box(kind: str, style: KindStyle) -> str:
    shape = f'<path class="shape" d="{outline(style.outline)}"/>'
    return (
        f'<g class="{_kind_class(kind)} {style.outline}" transform="translate(0 -12)">'
        f'<g transform="scale({38 / BOX_WIDTH:.3f} {16 / BOX_HEIGHT:.3f})">{shape}</g>'
        f'<path class="icon" transform="translate(13 2) scale(.6)" d="{style.icon}"/></g>'
    )
