"""Builds what reads logs and what keeps usage: openers by the look of a path, workers' tools, the usage of a store."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from remit.bootstrap import blob_logs
from remit.model.errors import InputError

if TYPE_CHECKING:
    from remit.adapters.usage_store.folder import OwnEngine
    from remit.app.ingesting.ingest import Ingested, Progress
    from remit.app.ingesting.showing import ShownRecord
    from remit.ports.log_source import LogOpener, LogUnit
    from remit.ports.usage_store import Attribution, StoreReading, UsageIntake, UsageStore
    from remit.usage.batches import BatchMaker

USAGE = "usage"
"""Folder of a store that holds usage."""


def open_usage(store: Path, engine: str = "duckdb") -> UsageStore:
    """Return the usage of a store, which need not exist yet.

    Args:
        store: folder of the store.
        engine: see `remit.bootstrap.engines.sql_engine`; started when something is written.
    """
    from remit.adapters.clock import SystemClock
    from remit.adapters.usage_store.folder import FolderUsage

    def started(spill: Path) -> OwnEngine:
        from remit.bootstrap.engines import sql_engine

        return sql_engine(engine, spill)

    return FolderUsage(store / USAGE, started, SystemClock())


def read_usage(store: Path) -> StoreReading:
    """Return what a store holds of usage; nothing is loaded that writing needs."""
    from remit.adapters.usage_store.reading import FolderReading

    return FolderReading(store / USAGE)


def _files(text: str) -> list[LogUnit]:
    from remit.adapters.log_files.finding import find_files

    return find_files(text)


def _file_opener() -> LogOpener:
    from remit.adapters.log_files.opening import FileOpener

    return FileOpener()


def _stdin_opener() -> LogOpener:
    from remit.adapters.log_files.opening import StdinOpener

    return StdinOpener()


FINDERS: list[tuple[Callable[[str], bool], Callable[[str], list[LogUnit]]]] = [
    (blob_logs.is_url, blob_logs.find),
    (lambda _: True, _files),
]
"""What tells whether a PATH is its own, and what lists its units; the first that does is taken, files come last."""

OPENERS: dict[str, Callable[[], LogOpener]] = {
    "file": _file_opener,
    "stdin": _stdin_opener,
    "blob": blob_logs.opener,
}
"""Makers of openers by the names that units bear (`LogUnit.opened_by`)."""


class WorkerTools:
    """What a worker needs; each process makes its own."""

    def __init__(self) -> None:
        self._openers: dict[str, LogOpener] = {}
        self._makers: dict[bool, BatchMaker] = {}
        self._engine: OwnEngine | None = None

    def opener(self, unit: LogUnit) -> LogOpener:
        """Return what opens a unit."""
        found = self._openers.get(unit.opened_by)
        if found is None:
            found = self._openers[unit.opened_by] = OPENERS[unit.opened_by]()
        return found

    def take_maker(self, *, digests: bool) -> BatchMaker:
        """Give away the maker of batches, one that has learned from earlier tasks where there is one."""
        from remit.usage.batches import BatchMaker

        return self._makers.pop(digests, None) or BatchMaker(digests=digests)

    def give_back(self, maker: BatchMaker, *, digests: bool) -> None:
        """Take back a maker that holds no records."""
        self._makers[digests] = maker

    def intake(self, workplace: str, number: int) -> UsageIntake:
        """Return where what is read is put down."""
        from remit.adapters.sql_engine.duck import DuckEngine
        from remit.adapters.usage_store.intake import FolderIntake

        folder = Path(workplace)
        if self._engine is None:
            # It writes Parquet and no more.
            self._engine = DuckEngine(folder / "spill", memory_limit="200MB", threads=1)
        return FolderIntake(folder, number, self._engine)


def worker_tools() -> WorkerTools:
    """Return the tools of one worker."""
    return WorkerTools()


def find_units(paths: Sequence[str]) -> list[LogUnit]:
    """Return the units of some paths: what each names, in order.

    Raises:
        CollectionError: one names nothing.
        InputError: one names nothing that could be read.
    """
    if paths.count("-") > 1:
        raise InputError("standard input can be read once only", hint="name - once")
    return [unit for text in paths for unit in next(find for fits, find in FINDERS if fits(text))(text)]


def ingest_paths(
    store: Path,
    paths: Sequence[str],
    *,
    keep_raw: int = 0,
    engine: str = "duckdb",
    processes: int | None = None,
    watcher: Callable[[Progress], None] = lambda _: None,
    tell: Callable[[str], None] = lambda _: None,
) -> Ingested:
    """Read logs into the usage of a store.

    Args:
        store: its folder.
        paths: files, folders, patterns, `-`, or URLs.
        keep_raw: days that records are kept as they were read.
        engine: runs the statements.
        processes: most workers; None for as many as there are processors.
        watcher: is told how far it is.
        tell: takes a line for people where another process is waited for.

    Raises:
        CollectionError, InputError: a path names nothing, or cannot be read.
        StoreError: the store cannot be written.
    """
    from remit.app.following.marks import Marks
    from remit.app.holding import Patience
    from remit.app.ingesting.ingest import Pace, ingest

    usage = open_usage(store, engine)
    patience = Patience(tell=tell)
    marks = Marks(usage, patience)
    done = ingest(
        marks.left_out(find_units(paths)),
        usage,
        worker_tools,
        pace=Pace(processes or os.cpu_count() or 1),
        keep_raw=keep_raw,
        attribution=lambda: attribution_of(store),
        watcher=watcher,
        patience=patience,
    )
    marks.keep()
    return done


def attribution_of(store: Path) -> Attribution | None:
    """Return what says who granted, from the snapshots of a store and the changes that its logs tell of.

    None where there is no snapshot: then nothing is known.
    """
    if not (store / "snapshots").is_dir():
        return None
    from remit.adapters.clock import SystemClock
    from remit.app.history.attributing import HistoryAttribution
    from remit.app.history.tenant_history import TenantHistory
    from remit.bootstrap.reader import open_catalogue, open_store

    snapshots = open_store(store)
    if not snapshots.summaries():
        return None
    # What logs assign may be a built-in role that the snapshot does not define.
    roles = open_catalogue(store).roles()
    return HistoryAttribution(TenantHistory.open(snapshots, read_usage(store), SystemClock(), roles))


def show_paths(paths: Sequence[str]) -> Iterator[ShownRecord]:
    """Yield what the records of some paths say.

    Raises:
        CollectionError, InputError: a path names nothing, or cannot be read.
    """
    from remit.app.ingesting.showing import shown

    return shown(find_units(paths), WorkerTools().opener)
