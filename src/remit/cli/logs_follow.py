"""`remit logs follow`: read an Event Hub or a workspace as it goes on."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Annotated

from cyclopts import Parameter

from remit.cli.collect import seconds_of
from remit.cli.connection import HERE, ConnectionOptions
from remit.cli.logs_ingest import days_of
from remit.cli.options import DEFAULT_STORE, JsonFlag, StoreFolder, switch
from remit.cli.output import console, write_json
from remit.model.errors import InputError

_KEEP = "How long records are kept as they were read, such as 30d. [default: not at all]"
_SINCE = "How far back a workspace is read at first."


def follow(
    *,
    event_hub: Annotated[str | None, Parameter(help="Event Hub, NAMESPACE/HUB.", show_default=False)] = None,
    consumer_group: Annotated[str, Parameter(help="Consumer group of the Event Hub.")] = "$Default",
    workspace: Annotated[str | None, Parameter(help="Log Analytics workspace, by its id.", show_default=False)] = None,
    since: Annotated[str, Parameter(help=_SINCE)] = "90d",
    once: Annotated[bool, switch("End where the source ends now.")] = False,
    for_: Annotated[str | None, Parameter("--for", help="End after a while, such as 10m.", show_default=False)] = None,
    keep_raw: Annotated[str | None, Parameter(help=_KEEP, show_default=False)] = None,
    commit_every: Annotated[str, Parameter(help="How often what was read is committed.")] = "10s",
    progress: Annotated[
        bool, Parameter(help="Show how far it is.", negative="--no-progress", show_default=False)
    ] = True,
    store: StoreFolder = DEFAULT_STORE,
    json: JsonFlag = False,
    options: ConnectionOptions = HERE,
) -> int:
    """Follow one source until Ctrl-C."""
    from remit.bootstrap.following import FollowWish, Reporting
    from remit.bootstrap.following import follow as run
    from remit.cli.logs_follow_showing import FollowDisplay, document, show
    from remit.cli.stopping import Stopping

    if (event_hub is None) == (workspace is None):
        raise InputError("one source has to be named", hint="--event-hub NAMESPACE/HUB or --workspace ID")
    until = None if for_ is None else time.monotonic() + seconds_of(for_)
    wish = FollowWish(
        store,
        event_hub or "",
        consumer_group,
        workspace or "",
        timedelta(days=days_of(since)),
        once,
        0 if keep_raw is None else days_of(keep_raw),
        seconds_of(commit_every),
    )
    with Stopping() as stopping, FollowDisplay(shown=progress) as display:

        def end() -> bool:
            return stopping.wanted or (until is not None and time.monotonic() >= until)

        source, done = run(options.connection(), wish, Reporting(end, display.reading, display.tell))
    if json:
        write_json(document(source, done))
    else:
        show(console(), source, done)
    return 0
