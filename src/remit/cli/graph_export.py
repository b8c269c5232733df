"""`remit graph export`: the graph for BloodHound."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from remit.cli.files import check_places
from remit.cli.options import NEWEST, Instant, Which, read_at, switch
from remit.cli.output import console
from remit.model.errors import InputError

if TYPE_CHECKING:
    from remit.app.graphing.exporting import Export, Progress

_MOST = 2_000_000


def export(
    *,
    bloodhound: Annotated[Path | None, Parameter(help="File for the graph.", show_default=False)] = None,
    definition: Annotated[
        Path | None, Parameter(help="File for the definition of its kinds, installed once.", show_default=False)
    ] = None,
    source: Annotated[
        str | None, Parameter(name="--from", help="Only what is reached from here.", show_default=False)
    ] = None,
    to: Annotated[str | None, Parameter(help="Only what reaches this, such as tier0.", show_default=False)] = None,
    certain: Annotated[bool, switch("Leave out what is only possible.")] = False,
    explain: Annotated[bool, switch("Say of every edge which kind it is, and why. Slower.")] = False,
    attach: Annotated[bool, switch("Leave nodes that AzureHound collects as they are in BloodHound.")] = False,
    most: Annotated[int, Parameter(name="--max", help="Edges at most.", validator=Number(gte=1))] = _MOST,
    at: Instant = None,
    which: Which = NEWEST,
) -> int:
    """Export the graph."""
    if bloodhound is None and definition is None:
        raise InputError("no file to write", hint="give --bloodhound FILE, --definition FILE, or both")
    if bloodhound is not None and bloodhound == definition:
        raise InputError("--bloodhound and --definition name one file", hint="give each a file of its own")
    check_places(bloodhound, definition)
    if definition is not None:
        _define(definition)
    if bloodhound is not None:
        from remit.app.graphing.exporting import Choice, choose_export
        from remit.app.graphing.naming import Naming
        from remit.cli.graph_opening import open_escalation
        from remit.cli.progress import Steps
        from remit.wire.pictures.picture import counted

        escalation = open_escalation(which, read_at(at))
        naming = Naming(escalation)
        begin, end = (None if text is None else naming.find(text) for text in (source, to))
        choice = Choice(begin, end, certain_only=certain, explain=explain, attach=attach, most=most)
        with Steps() as progress:
            chosen = choose_export(escalation, choice, progress)
            _write(chosen, bloodhound, progress)
        told = f"{counted(chosen.tally.nodes, 'node')} described, {counted(chosen.tally.edges, 'edge')}"
        console().print(f"{bloodhound}: {told}.", soft_wrap=True)
    return 0


def _define(file: Path) -> None:
    from remit.bootstrap.edges import edge_catalogue
    from remit.wire.bloodhound.definition import definition

    file.write_bytes(definition(edge_catalogue()))
    console().print(f"{file}: the kinds of Remit; install it once in BloodHound.", soft_wrap=True)


def _write(chosen: Export, file: Path, progress: Progress) -> None:
    """Write beside the file and then in its place, so that half a graph is never taken for a whole."""
    draft = file.with_name(f"{file.name}.part")
    try:
        with draft.open("wb") as out:
            for piece in chosen.write(progress):
                out.write(piece)
        draft.replace(file)
    except OSError as error:
        # The draft is ours; whoever called knows the file.
        raise OSError(error.errno, error.strerror, str(file)) from error
    finally:
        draft.unlink(missing_ok=True)
