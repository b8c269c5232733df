"""`remit logs ingest` and `remit logs set-aside`: logs into the store, and what of them was not understood."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from remit.cli.logs_paths import LogPath, checked
from remit.cli.options import DEFAULT_STORE, JsonFlag, StoreFolder
from remit.cli.output import console, write_json
from remit.model.errors import InputError

if TYPE_CHECKING:
    from remit.app.ingesting.ingest import Ingested
    from remit.ports.usage_store import ReasonCount, SetAsideRecord
    from remit.wire.v1.logs import IngestDocument, ReasonDocument, SetAsideDocument

_KEEP = "How long records are kept as they were read, such as 30d. [default: not at all]"
_ENGINE = "duckdb, spark, or the URL of a Spark master."


def ingest(
    *paths: LogPath,
    keep_raw: Annotated[str | None, Parameter(help=_KEEP, show_default=False)] = None,
    engine: Annotated[str, Parameter(help=_ENGINE)] = "duckdb",
    processes: Annotated[
        int | None, Parameter(help="Workers. [default: one for each processor]", show_default=False)
    ] = None,
    store: StoreFolder = DEFAULT_STORE,
    json: JsonFlag = False,
) -> int:
    """Read logs into the store."""
    from remit.app.ingesting.ingest import Ingested
    from remit.bootstrap.following import hub_in, ingest_hub
    from remit.bootstrap.logs import ingest_paths, read_usage
    from remit.cli.logs_showing import IngestDisplay, show_ingested

    if processes is not None and processes < 1:
        raise InputError(f"`{processes}` is no number of workers", hint="name at least 1")
    kept = 0 if keep_raw is None else days_of(keep_raw)
    hubs = [path for path in checked(paths, "ingest") if hub_in(path)]
    with IngestDisplay() as display:
        done = Ingested()
        if len(hubs) < len(paths):
            done = ingest_paths(
                store,
                [path for path in paths if path not in hubs],
                keep_raw=kept,
                engine=engine,
                processes=processes,
                watcher=display.show,
                tell=display.tell,
            )
        for hub in hubs:
            name, read = ingest_hub(store, hub_in(hub), kept, display.tell)
            done = replace(
                done,
                totals=done.totals + read.totals,
                reasons=(*done.reasons, *read.reasons),
                streams=(*done.streams, (name, read.totals)),
            )
    done = replace(done, disagreements=len(read_usage(store).disagreements()))
    if json:
        write_json(_ingest_document(done))
    else:
        show_ingested(console(), done)
    return 0


def set_aside(
    *,
    reason: Annotated[str | None, Parameter(help="Show each record of this reason.", show_default=False)] = None,
    store: StoreFolder = DEFAULT_STORE,
    json: JsonFlag = False,
) -> int:
    """Say what was not understood."""
    from remit.bootstrap.logs import read_usage
    from remit.cli.logs_showing import show_reasons, show_set_aside
    from remit.wire.v1.logs import ReasonsDocument

    usage = read_usage(store)
    if reason is None:
        found = usage.reasons()
        if json:
            write_json(ReasonsDocument(sum(one.records for one in found), _reason_documents(found)))
        else:
            show_reasons(console(), found)
        return 0
    if reason not in {one.reason for one in usage.reasons()}:
        raise InputError(f"nothing was set aside for the reason `{reason}`", hint="see remit logs set-aside")
    for record in usage.set_aside(reason):
        if json:
            write_json(_set_aside_document(record))
        else:
            show_set_aside(record)
    return 0


def days_of(text: str) -> int:
    """Return the days of a duration such as `30d`.

    Raises:
        InputError: the text is none.
    """
    found = re.fullmatch(r"([1-9]\d{0,4})d", text.strip())
    if found is None:
        raise InputError(f"`{text}` is no number of days", hint="for example 30d")
    return int(found[1])


def _ingest_document(done: Ingested) -> IngestDocument:
    from remit.wire.v1.logs import IngestDocument, LogCountDocument

    return IngestDocument(
        done.totals.read,
        done.totals.normalised,
        done.totals.set_aside,
        done.totals.duplicates,
        done.files,
        done.size,
        tuple(LogCountDocument(log.word, new, again) for log, (new, again) in done.logs.items()),
        _reason_documents(done.reasons),
        done.disagreements,
    )


def _reason_documents(reasons: tuple[ReasonCount, ...]) -> tuple[ReasonDocument, ...]:
    from remit.wire.v1.logs import ReasonDocument

    return tuple(ReasonDocument(one.reason, one.records, one.name, one.line) for one in reasons)


def _set_aside_document(found: SetAsideRecord) -> SetAsideDocument:
    """Return a record as JSON has it; bytes that are no UTF-8 are replaced."""
    from remit.wire.v1.logs import SetAsideDocument

    return SetAsideDocument(found.name, found.line, found.reason, found.size, found.record.decode("utf-8", "replace"))
