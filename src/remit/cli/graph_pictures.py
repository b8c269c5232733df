"""Pictures of paths and neighbourhoods in files, with the sentences that people read elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from remit.cli.graph_words import names_for
from remit.cli.places import Names
from remit.cli.sentences import sentences
from remit.graph.answers import Hop, HopReason
from remit.model.decision import Reason
from remit.wire.pictures.picture import Picture, Say, picture_of_paths

if TYPE_CHECKING:
    from remit.app.graphing.asking import PathsAnswer
    from remit.app.graphing.opening import Escalation


def draw_paths(escalation: Escalation, answer: PathsAnswer, svg: Path | None, html: Path | None) -> Picture:
    """Draw the paths of an answer into files; return the picture.

    Raises:
        OSError: a file cannot be written.
    """
    ends = answer.source.ref, answer.target.ref
    names = names_for(escalation.tenant, answer.paths, ends)
    title = f"From {ends[0].label} to {ends[1].label}"
    picture = picture_of_paths(answer.paths, title=title, say=saying(names))
    write_picture(picture, svg, html)
    return picture


def saying(names: Names) -> Say:
    """Return how reasons are said where these names are known."""

    def say(reason: Reason | HopReason, hop: Hop) -> str:
        if isinstance(reason, HopReason):
            return _sentence(reason.detail)
        asked = hop.target.id if hop.target.id.startswith("/") else "/"
        return " ".join(one for one in sentences(reason, asked, names) if not one.startswith("("))

    return say


def write_picture(picture: Picture, svg: Path | None, html: Path | None) -> None:
    """Write a picture in the forms that are asked for.

    Raises:
        OSError: a file cannot be written.
    """
    if svg is not None:
        from remit.wire.pictures.svg import to_svg

        svg.write_text(to_svg(picture), encoding="utf-8")
    if html is not None:
        from remit.wire.pictures.html import to_html

        html.write_text(to_html(picture), encoding="utf-8")


def _sentence(text: str) -> str:
    text = text.strip()
    return text if not text or text.endswith((".", "…")) else f"{text[:1].upper()}{text[1:]}."
