"""Builds the process that collects a tenant: the source, the spool in the store's folder, and what comes of both.

This process only reads Azure. One collection at a time has its pages in a store's folder `collecting`, until the
snapshot is in the store.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from remit.model.errors import CredentialError, InputError
from remit.model.interval import format_instant

if TYPE_CHECKING:
    from remit.adapters.azure.earlier import Earlier
    from remit.adapters.spool.folder import FolderSpool
    from remit.app.collecting.meter import Meter, Progress
    from remit.app.importing import ImportReport
    from remit.bootstrap.connecting import Connection
    from remit.model.errors import InterruptedAnswerError
    from remit.ports.pages import Beginning
    from remit.ports.store import SnapshotStore

FOLDER = "collecting"
_RESUME = "`remit collect --resume`"


@dataclass(frozen=True, slots=True)
class Wish:
    """What to collect.

    Attributes:
        lists: names of the tenant export, sorted; None for those of the collection that is resumed.
        store: folder of the store.
        export: folder for the export, None for none.
        resume: go on with the collection that was interrupted.
        discard: throw that one away.
        since: snapshot that an incremental collection adds to, by the start of its id.
        patience_s: after which a part that only fails is given up.
    """

    lists: tuple[str, ...] | None
    store: Path
    export: Path | None = None
    resume: bool = False
    discard: bool = False
    since: str | None = None
    patience_s: float = 900.0


@dataclass(frozen=True, slots=True)
class Collected:
    """What came of a collection.

    Attributes:
        report: of the snapshot.
        last: how far the reading was when it ended.
        calls: (endpoint, HTTP requests made by this process).
        resumed: whether this process went on with what another had begun.
        export: where the export is, None where none was asked for.
    """

    report: ImportReport
    last: Progress
    calls: tuple[tuple[str, int], ...]
    resumed: bool
    export: Path | None


def collect(
    connection: Connection,
    wish: Wish,
    *,
    watcher: Callable[[Meter], None],
    stalled: Callable[[InterruptedAnswerError], None] = lambda _: None,
    progress: Callable[[int, int | None], None],
) -> Collected:
    """Collect a tenant into a store.

    Args:
        connection: how Azure is reached, and who signs in.
        wish: what to collect.
        watcher: called after every step of the reading.
        stalled: called whenever nothing can be read yet.
        progress: called while the snapshot is made.

    Raises:
        CredentialError: Azure refuses the credential; what was read stays for a later process.
        InputError: nothing was interrupted that could be resumed, or something was and is in the way.
        StoreError: the store cannot be used.
    """
    from remit.adapters.export.writer import write_export
    from remit.app.collecting.finishing import finish
    from remit.bootstrap.reader import open_catalogue, open_store

    store = open_store(wish.store)
    with _spool(wish) as spool:
        settings = _settings(wish, spool, store)
        last, calls = _read(
            connection, settings, spool, patience_s=wish.patience_s, store=store, watcher=watcher, stalled=stalled
        )
        export = Path(settings["export"]) if settings["export"] else None
        report = finish(
            spool,
            store,
            open_catalogue(wish.store).roles(),
            since=settings["since"] or None,
            export=None if export is None else lambda reader: write_export(reader, export),
            progress=progress,
        )
        spool.remove()
    return Collected(report, last, calls, wish.resume, export)


def is_interrupted(store: Path) -> bool:
    """Tell whether a store holds a collection to go on with."""
    from remit.adapters.spool.folder import FolderSpool

    return FolderSpool.is_begun(store / FOLDER)


@contextmanager
def _spool(wish: Wish) -> Iterator[FolderSpool]:
    """Take hold of the folder of the collection, and leave nothing there if none began.

    Raises:
        InputError: there is nothing to resume, or something is in the way.
        UnavailableError: another process is at work there.
    """
    from remit.adapters.spool.folder import FolderSpool

    folder = wish.store / FOLDER
    if wish.resume and not FolderSpool.is_begun(folder):
        raise InputError(f"no collection was interrupted in {wish.store}", hint="begin one with `remit collect`")
    if wish.discard and FolderSpool.is_begun(folder):
        # Not opened before: what is damaged can be thrown away, too.
        FolderSpool.discard(folder)
    spool = FolderSpool(folder)
    try:
        begun = spool.beginning()
        if begun is not None and not wish.resume:
            raise InputError(
                f"a collection of tenant {begun.tenant_id} of {format_instant(begun.at)} was interrupted",
                hint=f"go on with {_RESUME}, or throw it away with `remit collect --discard`",
            )
        yield spool
    finally:
        if spool.is_held():
            if spool.beginning() is None:
                spool.remove()
            else:
                spool.let_go()


def _settings(wish: Wish, spool: FolderSpool, store: SnapshotStore) -> dict[str, str]:
    """Return what the collection is begun with, or was.

    Raises:
        InputError: the folder of the export is taken.
        NotFoundError: there is no such earlier snapshot.
    """
    from remit.adapters.export.writer import is_free

    kept = dict(spool.settings())
    export = "" if wish.export is None else str(wish.export.resolve())
    if kept:
        return kept | ({"export": export} if export else {})
    if wish.export is not None and not is_free(wish.export):
        raise InputError(f"{wish.export} is not empty", hint="name another folder with --export")
    since = "" if wish.since is None else store.resolve(wish.since)
    return {"lists": ",".join(wish.lists or ()), "export": export, "since": since}


def _read(
    connection: Connection,
    settings: Mapping[str, str],
    spool: FolderSpool,
    *,
    patience_s: float,
    store: SnapshotStore,
    watcher: Callable[[Meter], None],
    stalled: Callable[[InterruptedAnswerError], None],
) -> tuple[Progress, tuple[tuple[str, int], ...]]:
    """Read all that is open; what the reading took is let go of before the snapshot is made."""
    from remit.adapters.azure.source import AzureSource
    from remit.adapters.clock import SystemClock
    from remit.adapters.waiter import LoopWaiter
    from remit.app.collecting.driver import Driver, Pace
    from remit.bootstrap.connecting import connect

    clock = SystemClock()

    async def run() -> tuple[Progress, tuple[tuple[str, int], ...]]:
        async with connect(connection, clock) as client:
            source = AzureSource(
                client, settings["lists"].split(","), clock, earlier=_earlier(store, settings["since"])
            )
            driver = Driver(
                source,
                spool,
                LoopWaiter(),
                # Processes that began at once should not come back at once.
                pace=Pace(patience_s=patience_s, seed=os.getpid()),
                expected=lambda beginning: _rows_before(store, beginning),
                watcher=watcher,
                stalled=stalled,
            )
            await driver.run(settings)
            return driver.meter.view(), tuple(source.calls())

    try:
        return asyncio.run(run())
    except CredentialError as error:
        if spool.beginning() is None:
            raise
        hint = error.hint()
        raise CredentialError(
            error.why, hint=f"{hint}; then go on with {_RESUME}" if hint else f"go on with {_RESUME}"
        ) from error


def _earlier(store: SnapshotStore, snapshot_id: str) -> Earlier | None:
    """Return the snapshot that an incremental collection adds to, None where all is read."""
    from remit.adapters.azure.earlier import Earlier

    found = next((one for one in store.summaries() if one.snapshot_id == snapshot_id), None)
    if found is None:
        return None
    return Earlier(found.tenant_id, found.collected_at, found.gaps, store.marks(snapshot_id))


def _rows_before(store: SnapshotStore, beginning: Beginning) -> Mapping[str, int]:
    """Return the rows of the newest snapshot that was collected of the same tenant."""
    found = [one for one in store.summaries() if one.tenant_id == beginning.tenant_id]
    return {name: number for name, number in found[-1].rows.items() if name in beginning.collected} if found else {}
