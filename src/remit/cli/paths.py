"""`remit paths`: the cheapest and shortest ways from somebody to a target, each step with its permission and reason."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from remit.cli.files import check_pictures
from remit.cli.graph_words import end_fields, names_for, show_path, show_remarks, show_unread
from remit.cli.layout import fields, paragraph
from remit.cli.options import NEWEST, Instant, JsonFlag, Which, read_at, switch
from remit.cli.output import console, write_json
from remit.cli.showing import origin
from remit.model.interval import format_instant

if TYPE_CHECKING:
    from rich.console import Console

    from remit.app.graphing.asking import PathsAnswer
    from remit.app.graphing.opening import Escalation

CERTAIN, NONE, POSSIBLE = 0, 1, 4
"""Exit codes."""

Target = Annotated[str, Parameter(help="As FROM; tier0 is control of the tenant.")]
Svg = Annotated[Path | None, Parameter(help="Also draw it into this file, as SVG.", show_default=False)]
Html = Annotated[Path | None, Parameter(help="Also draw it as a page that works offline.", show_default=False)]


def paths(
    source: Annotated[
        str, Parameter(name="FROM", help="Object id, name as in `remit can`, resource id, scope or role:NAME.")
    ],
    /,
    *,
    to: Target = "tier0",
    most: Annotated[
        int, Parameter(name="--max", help="How many paths at most.", validator=Number(gte=1, lte=1000))
    ] = 3,
    certain: Annotated[bool, switch("Leave out paths that are only possible.")] = False,
    explain: Annotated[bool, switch("Tell everything: ids, conditions, where each step would be logged.")] = False,
    draw: Annotated[
        bool | None,
        Parameter(help="Draw the first one. [default: on a terminal]", negative="--no-draw", show_default=False),
    ] = None,
    svg: Svg = None,
    html: Html = None,
    at: Instant = None,
    json: JsonFlag = False,
    which: Which = NEWEST,
) -> int:
    """Find paths."""
    from remit.app.graphing.asking import find_paths
    from remit.app.graphing.naming import Naming
    from remit.cli.graph_opening import open_escalation

    check_pictures(svg, html)
    escalation = open_escalation(which, read_at(at))
    naming = Naming(escalation)
    answer = find_paths(escalation, naming.find(source), naming.find(to), most=most, certain_only=certain)
    drawn = _drawn(escalation, answer, svg, html)
    if json:
        _write(escalation, answer)
    else:
        out = console()
        show_paths(out, escalation, answer, full=explain)
        if answer.paths and (out.is_terminal if draw is None else draw):
            from remit.cli.path_drawing import draw_path

            out.print()
            draw_path(out, answer.paths[0])
        if drawn:
            out.print()
        for file, summary in drawn:
            out.print(f"{file}: {summary}", soft_wrap=True)
    if answer.certain:
        return CERTAIN
    return POSSIBLE if answer.possible else NONE


def _drawn(escalation: Escalation, answer: PathsAnswer, svg: Path | None, html: Path | None) -> list[tuple[Path, str]]:
    """Draw into the files that are asked for; return each with what is in it."""
    if svg is None and html is None:
        return []
    from remit.cli.graph_pictures import draw_paths

    summary = draw_paths(escalation, answer, svg, html).summary
    return [(file, summary) for file in (svg, html) if file is not None]


def show_paths(out: Console, escalation: Escalation, answer: PathsAnswer, *, full: bool = False) -> None:
    """Write the answer for people."""
    from rich.text import Text

    tenant = escalation.tenant
    names = names_for(tenant, answer.paths, (answer.source.ref, answer.target.ref))
    word, style, said = _verdict(answer)
    who, what = answer.source.ref.label, answer.target.ref.label
    out.print(Text.assemble((word, style), (f"  {who} {said} {what}.", "bold")))
    told = [*end_fields("start", answer.source, names), *end_fields("target", answer.target, names)]
    told.append(("as of", format_instant(escalation.at.replace(microsecond=0))))
    fields(out, [*told, *origin(tenant)])
    show_remarks(out, answer.source, answer.target)
    for number, path in enumerate(answer.paths, start=1):
        out.print()
        show_path(out, number, path, names, full=full)
    if not answer.paths:
        out.print()
        more = "; without --certain possible ones are shown" if answer.possible else ""
        paragraph(out, f"No {'certain ' if answer.possible else ''}path leads there{more}.", indent=2)
    show_unread(out, answer.unread, names)


def _verdict(answer: PathsAnswer) -> tuple[str, str, str]:
    if answer.certain:
        there = any(not path.hops for path in answer.paths)
        return "CERTAIN", "bold red", "is already at" if there else "can reach"
    if answer.possible:
        return "POSSIBLE", "bold yellow", "may be able to reach"
    return "NONE", "bold green", "cannot reach"


def _write(escalation: Escalation, answer: PathsAnswer) -> None:
    from remit.wire.v1.paths import end_document, paths_document, unread_document

    write_json(
        paths_document(
            end_document(answer.source.ref, answer.source.remarks),
            end_document(answer.target.ref, answer.target.remarks),
            answer.paths,
            at=escalation.at,
            snapshot_id=escalation.tenant.snapshot_id,
            certain=answer.certain,
            possible=answer.possible,
            unread=unread_document(answer.unread),
        )
    )
