"""A picture as one HTML page that works without a network: move, zoom, search, hide, and ask each line for its reasons.

What comes from a tenant stands in the page as escaped text and as JSON without `<`; the policy of the page lets only
its own script and rules run, told by their digests, and lets it load nothing.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterator

import msgspec

from remit.wire.pictures.layout import Layout, Strand, arrange
from remit.wire.pictures.page_script import SCRIPT
from remit.wire.pictures.page_style import page_style
from remit.wire.pictures.palette import STYLES, style_of, word_of
from remit.wire.pictures.picture import Picture, counted
from remit.wire.pictures.svg import drawn, kind_sign, state_sign, step_words
from remit.wire.pictures.words import escaped, fit

_STATES = {"certain": "certain", "possible": "possible: something is not known", "eligible": "after activation"}
_KEYS = (
    ("Tab, arrows", "from node to node"),
    ("Enter", "choose"),
    ("+ - 0", "closer, farther, whole"),
    ("/", "search"),
    ("Esc", "let go"),
)


def to_html(picture: Picture) -> str:
    """Return a picture as an HTML page."""
    return "".join(_page(arrange(picture)))


def embedded_json(value: object) -> str:
    r"""Return JSON that may stand in a script element: it holds no `<`, `>`, `&` and no line separator.

    >>> embedded_json({"name": "</script>"})
    '{"name":"\\u003c/script\\u003e"}'
    """
    text = msgspec.json.encode(value).decode()
    for letter in "<>&\u2028\u2029":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return text


def _page(layout: Layout) -> Iterator[str]:
    picture, style = layout.picture, page_style()
    policy = (
        f"default-src 'none'; script-src '{_digest(SCRIPT)}'; style-src '{_digest(style)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    yield (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width,initial-scale=1">\n'
        f"<title>{escaped(picture.title)}</title>\n<style>{style}</style>\n</head>\n<body>\n"
        f'<header><div><h1 id="heading">{escaped(picture.title)}</h1><p>{escaped(picture.summary)}'
    )
    if picture.left_out:
        yield f" {counted(picture.left_out, 'node')} farther away left out."
    yield (
        '</p></div>\n<form id="find" role="search"><input type="search" id="search" autocomplete="off" '
        'aria-label="Search nodes" placeholder="Search nodes"> <span id="said" role="status"></span></form>\n'
        '<nav aria-label="Zoom"><button type="button" id="closer" aria-label="Closer">+</button> '
        '<button type="button" id="farther" aria-label="Farther">&minus;</button> '
        '<button type="button" id="whole">Whole</button></nav></header>\n<main>'
    )
    yield drawn(layout, embedded=True)
    yield '</main>\n<aside aria-label="Details and filters"><div id="panel" role="region" aria-live="polite"></div>\n'
    yield from _filters(layout)
    yield "".join(f"<p><kbd>{keys}</kbd> {does}</p>" for keys, does in _KEYS)
    yield "</aside>\n"
    yield from _steps(layout)
    yield f'<script type="application/json" id="data">{embedded_json(_data(layout))}</script>\n'
    yield f"<script>{SCRIPT}</script>\n</body>\n</html>\n"


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def state_of(strand: Strand) -> str:
    """Return the name of how sure a line is: `certain`, `possible` or `eligible`."""
    if not strand.certain:
        return "possible"
    return "eligible" if strand.eligible else "certain"


def _filters(layout: Layout) -> Iterator[str]:
    kinds = Counter(node.kind for node in layout.picture.nodes)
    yield "<h3>Shown</h3><fieldset><legend>Nodes</legend>"
    for kind in [*(kind for kind in STYLES if kind in kinds), *sorted(kinds.keys() - STYLES.keys())]:
        word = style_of(kind).word if kind in STYLES else kind
        yield _check(f"kind:{kind}", f"{kind_sign(kind)} {escaped(word)} ({kinds[kind]})")
    states = Counter(state_of(strand) for strand in layout.strands)
    yield "</fieldset><fieldset><legend>Lines</legend>"
    for state, word in _STATES.items():
        if states[state]:
            yield _check(f"state:{state}", f"{state_sign(state)} {word} ({states[state]})")
    yield "</fieldset>"


def _check(value: str, inside: str) -> str:
    return f'<label><input type="checkbox" checked value="{escaped(value)}">{inside}</label>'


def _steps(layout: Layout) -> Iterator[str]:
    """Yield every line in words, for those who do not see the picture or have no script."""
    yield f'<details id="words"><summary>{counted(len(layout.strands), "line")} in words</summary><ol class="steps">'
    for place, strand in enumerate(layout.strands):
        source, target = layout.boxes[strand.source].node, layout.boxes[strand.target].node
        yield (
            f'<li><button type="button" value="{place}">{escaped(source.label)} → {escaped(target.label)}</button> '
            f"{escaped('; '.join(step_words(edge) for edge in strand.edges))}"
        )
        reasons = [reason for edge in strand.edges for reason in edge.because]
        if reasons:
            yield "<ul>" + "".join(f"<li>{escaped(reason)}</li>" for reason in reasons) + "</ul>"
        yield "</li>"
    yield "</ol></details>\n"


def _data(layout: Layout) -> dict[str, object]:
    nodes = [
        {
            "id": fit(box.node.id),
            "kind": fit(box.node.kind),
            "word": fit(word_of(box.node.kind, "")),
            "label": fit(box.node.label) or fit(box.node.id),
            "type": fit(box.node.type),
            "place": box.node.place,
            "x": round(box.x, 1),
            "y": round(box.y, 1),
        }
        for box in layout.boxes
    ]
    strands = [
        {
            "source": strand.source,
            "target": strand.target,
            "state": state_of(strand),
            "edges": [
                {
                    "edge": fit(edge.edge),
                    "name": fit(edge.name) or fit(edge.edge),
                    "permission": fit(edge.permission),
                    "certain": edge.certain,
                    "eligible": edge.eligible,
                    "facet": fit(edge.facet),
                    "because": [fit(reason) for reason in edge.because],
                    "log": [fit(log) for log in edge.log],
                }
                for edge in strand.edges
            ],
        }
        for strand in layout.strands
    ]
    return {"nodes": nodes, "strands": strands}
