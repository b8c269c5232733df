"""Usage in a folder of Parquet parts.

USAGE/manifest.json     names everything that counts
USAGE/parts/            what it names
USAGE/incoming/         what workers write before a commit takes it
USAGE/work/             what lasts no longer than a commit
USAGE/lock, readers     held by the writer, and by readers
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from secrets import token_hex
from typing import Protocol, Self

from remit.adapters.statement_engine import SqlEngine
from remit.adapters.usage_store.attributing import Asking
from remit.adapters.usage_store.committing import Commit
from remit.adapters.usage_store.compacting import compact
from remit.adapters.usage_store.draft import Draft, remove_unnamed
from remit.adapters.usage_store.failures import as_unavailable
from remit.adapters.usage_store.intake import FolderIntake, Written
from remit.adapters.usage_store.locks import WriterLock, unless_read
from remit.adapters.usage_store.manifest import PARTS, Manifest, read_manifest
from remit.adapters.usage_store.reading import FolderReading
from remit.adapters.usage_store.records import drop_raw
from remit.adapters.usage_store.settling import Settling
from remit.model.errors import InvariantError
from remit.model.interval import to_micros
from remit.ports.clock import Clock
from remit.ports.usage_store import NO_OFFSETS, Added, Attribution, Taken

_AHEAD = timedelta(days=1)
"""How far a clock that wrote a log may be ahead."""


class OwnEngine(SqlEngine, Protocol):
    """An engine that this writer alone uses."""

    def close(self) -> None:
        """Give back what it holds."""


EngineMaker = Callable[[Path], OwnEngine]
"""Makes the engine, given a folder for what does not fit in memory; called when something is to be written."""


class FolderUsage:
    """See `remit.ports.usage_store.UsageStore`."""

    def __init__(self, folder: Path, engine: EngineMaker, clock: Clock) -> None:
        """Name the folder, which need not exist yet."""
        self._folder = folder
        self._engine = engine
        self._clock = clock

    def reading(self) -> FolderReading:
        """Return what was committed last."""
        return FolderReading(self._folder)

    def writing(self, keep_raw: int = 0) -> FolderWriting:
        """Begin to write."""
        return FolderWriting(self._folder, self._engine, self._clock, keep_raw)


class FolderWriting:
    """See `remit.ports.usage_store.UsageWriting`."""

    def __init__(self, folder: Path, engine: EngineMaker, clock: Clock, keep_raw: int) -> None:
        """Take hold of the folder, and remove what a writer that was killed has left."""
        self._folder = folder
        self._keep_raw = keep_raw
        self._latest = to_micros(clock.now() + _AHEAD)
        with as_unavailable("be written"):
            self._lock = WriterLock(folder)
        try:
            self._manifest = read_manifest(folder)
            with as_unavailable("be written"):
                self._run = _cleared(folder, self._manifest)
            self._engine = engine(folder / "work")
        except BaseException:
            self._lock.release()
            raise
        self._taken: list[tuple[Written, list[int]]] = []
        self._read = 0
        self._lines: dict[int, int] = {}

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def workplace(self) -> str:
        """Return the folder of this run."""
        return str(self._run)

    def intake(self, number: int) -> FolderIntake:
        """Return an intake."""
        return FolderIntake(self._run, number, self._engine)

    def take(self, taken: Taken) -> None:
        """Add what an intake wrote to the next commit."""
        written = taken.content
        if not isinstance(written, Written):
            raise InvariantError("this was not written by an intake of a usage folder")
        bases = []
        for file, lines in written.units:
            bases.append(self._lines.get(file, 0))
            self._lines[file] = bases[-1] + lines
        self._taken.append((written, bases))
        self._read += taken.read

    def commit(self, source: str = "", offsets: Mapping[str, str] = NO_OFFSETS) -> Added:
        """Keep all that was taken since the last commit."""
        with as_unavailable("be written"):
            draft = Draft(self._folder, self._manifest)
            added = Commit(draft, self._engine, self._taken, self._latest).run(self._read, self._keep_raw)
            if offsets:
                draft.manifest.offsets[source] = {**self.offsets(source), **offsets}
            drop_raw(draft)
            self._manifest = draft.commit()
            for written, _ in self._taken:
                for name in written.files():
                    Path(name).unlink(missing_ok=True)
        self._taken, self._read = [], 0
        return added

    def offsets(self, source: str) -> Mapping[str, str]:
        """Return the offsets of a source."""
        return dict(self._manifest.offsets.get(source, {}))

    def settle(self, attribution: Attribution | None) -> None:
        """Bring the roll-up up to date."""
        with as_unavailable("be written"):
            draft = Draft(self._folder, self._manifest)
            asking = Asking(draft, self._engine, attribution)
            Settling(draft, self._engine, asking).run()
            asking.finish()
            compact(draft, self._engine)
            self._manifest = draft.commit()

    def close(self) -> None:
        """Let others write."""
        if self._lock.is_held():
            with suppress(OSError):
                shutil.rmtree(self._folder / "incoming", ignore_errors=True)
                shutil.rmtree(self._folder / "work", ignore_errors=True)
            self._engine.close()
            self._lock.release()


def _cleared(folder: Path, manifest: Manifest) -> Path:
    """Remove what nothing names, and return a new folder for what workers write."""
    for name in ("incoming", "work"):
        shutil.rmtree(folder / name, ignore_errors=True)
    (folder / PARTS).mkdir(mode=0o700, exist_ok=True)
    with unless_read(folder) as nobody:
        if nobody:
            remove_unnamed(folder, manifest)
    run = folder / "incoming" / token_hex(8)
    run.mkdir(mode=0o700, parents=True)
    return run
