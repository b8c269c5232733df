"""`remit collect`: read a live tenant into the store."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from remit.cli.connection import HERE, ConnectionOptions
from remit.cli.options import DEFAULT_STORE, JsonFlag, StoreFolder, names_in, switch
from remit.cli.output import console, write_json
from remit.model.errors import InputError

_LISTS = "Lists to read, with commas. [default: all]"
_SECONDS = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0}


def collect(
    *,
    lists: Annotated[str | None, Parameter(help=_LISTS, show_default=False)] = None,
    without: Annotated[str | None, Parameter(help="Lists to leave out, with commas.", show_default=False)] = None,
    export: Annotated[Path | None, Parameter(help="Folder for the raw export.", show_default=False)] = None,
    resume: Annotated[bool, switch("Go on with what was interrupted.")] = False,
    discard: Annotated[bool, switch("Throw away what was interrupted.")] = False,
    since: Annotated[str | None, Parameter(help="Read only what changed since a snapshot.", show_default=False)] = None,
    patience: Annotated[str, Parameter(help="How long to try what only fails.")] = "15m",
    progress: Annotated[
        bool, Parameter(help="Show how far it is.", negative="--no-progress", show_default=False)
    ] = True,
    store: StoreFolder = DEFAULT_STORE,
    json: JsonFlag = False,
    options: ConnectionOptions = HERE,
) -> int:
    """Read a live tenant."""
    from remit.bootstrap.collecting import Wish, is_interrupted
    from remit.bootstrap.collecting import collect as run
    from remit.cli.collect_showing import CollectDisplay, document, show

    if resume and any((lists, without, since, discard)):
        raise InputError(
            "--resume goes on with the lists that it was begun with",
            hint="leave out --lists, --without, --since and --discard",
        )
    chosen = None if resume else _chosen(lists, without)
    wish = Wish(chosen, store, export, resume, discard, since, seconds_of(patience))
    connection = options.connection()
    try:
        with CollectDisplay(shown=progress) as display:
            done = run(connection, wish, watcher=display.reading, stalled=display.stalled, progress=display.making)
    except KeyboardInterrupt:
        if is_interrupted(store):
            sys.stderr.write("remit: interrupted; what was read is kept\nhint: go on with `remit collect --resume`\n")
        raise
    if json:
        write_json(document(done))
    else:
        show(console(), done)
    return 0


def seconds_of(text: str) -> float:
    """Return the seconds of a duration such as `90s`, `15m` or `2h`.

    Raises:
        InputError: the text is none.
    """
    found = re.fullmatch(r"(\d{1,6})([smh]?)", text.strip())
    if found is None:
        raise InputError(f"`{text}` is no duration", hint="for example 90s, 15m or 2h")
    return float(found[1]) * _SECONDS[found[2]]


def _chosen(lists: str | None, without: str | None) -> tuple[str, ...]:
    from remit.app.setting_up.needs import choose_lists

    return choose_lists(names_in(lists), names_in(without) or ())
