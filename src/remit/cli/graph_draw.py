"""`remit graph draw`: what surrounds a node, as a picture."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter
from cyclopts.validators import Number

from remit.cli.files import check_pictures
from remit.cli.options import NEWEST, Instant, Which, read_at, switch
from remit.cli.output import console
from remit.graph.answers import Path as FoundPath
from remit.model.errors import InputError


def draw(
    node: Annotated[
        str, Parameter(name="NODE", help="Object id, name as in `remit can`, resource id, scope, role:NAME or tier0.")
    ],
    /,
    *,
    svg: Annotated[Path | None, Parameter(help="File for SVG.", show_default=False)] = None,
    html: Annotated[Path | None, Parameter(help="File for a page that works offline.", show_default=False)] = None,
    within: Annotated[int, Parameter(name="--within", help="So many steps away.", validator=Number(gte=1, lte=20))] = 2,
    towards: Annotated[
        Literal["both", "out", "in"], Parameter(help="What it reaches, what reaches it, or both.")
    ] = "both",
    most: Annotated[int, Parameter(name="--max", help="Nodes at most.", validator=Number(gte=2, lte=300))] = 60,
    certain: Annotated[bool, switch("Leave out what is only possible.")] = False,
    at: Instant = None,
    which: Which = NEWEST,
) -> int:
    """Draw a neighbourhood."""
    if svg is None and html is None:
        raise InputError("no file to draw into", hint="give --svg FILE, --html FILE, or both")
    check_pictures(svg, html)
    from remit.app.graphing.naming import Naming
    from remit.app.graphing.picturing import surroundings
    from remit.cli.graph_opening import open_escalation
    from remit.cli.graph_pictures import saying, write_picture
    from remit.cli.graph_words import names_for, show_remarks
    from remit.wire.pictures.picture import picture_of_hops

    escalation = open_escalation(which, read_at(at))
    named = Naming(escalation).find(node)
    found = surroundings(
        escalation,
        named,
        within=within,
        forward=towards != "in",
        backward=towards != "out",
        certain_only=certain,
        most=most,
    )
    paths = [FoundPath(0, certain=True, eligible=False, hops=found.hops)]
    say = saying(names_for(escalation.tenant, paths, (found.centre,)))
    picture = picture_of_hops(found.hops, centre=found.centre, say=say, left_out=found.left_out)
    write_picture(picture, svg, html)
    for file in (svg, html):
        if file is not None:
            console().print(f"{file}: {picture.summary}", soft_wrap=True)
    show_remarks(console(), named)
    return 0
