"""Import a tenant: read every payload once, keep it, and make the facts of it. All or nothing.

Rules kept here:

- The payloads go to the store's writer as they were read, and to the `FactsBuilder`; nothing else holds them.
- Whatever goes wrong, the store stays as it was.
- Lenient: a bad row is left out, listed in the report, and its list gets a gap, so that an answer it could have
  touched is never a plain no. Rows that contradict each other are all left out; for that the source is read again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Protocol, Self, runtime_checkable

from remit.app.intake import FactsBuilder
from remit.model.errors import DuplicateError
from remit.model.role import RoleDefinition
from remit.model.snapshot import Flag, Gap
from remit.ports.reader import Skipped, TenantReader
from remit.ports.store import SnapshotStore, SnapshotSummary, SnapshotWriter

Progress = Callable[[int, int | None], None]
"""Called with the bytes read so far, and the bytes to read where the source knows; both are equal once all is read."""


@runtime_checkable
class Rereadable(Protocol):
    """A reader whose source can be read once more."""

    def again(self) -> Self:
        """Return a fresh reader of the same source."""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did.

    Attributes:
        summary: the snapshot.
        accounting: (kind, used|kept|ignored, count) for every kind of record met.
        skipped: rows a lenient import left out.
        rows: rows kept for each list.
        flags, gaps: of the snapshot.
    """

    summary: SnapshotSummary
    accounting: tuple[tuple[str, str, int], ...]
    skipped: tuple[Skipped, ...]
    rows: Mapping[str, int]
    flags: tuple[Flag, ...]
    gaps: tuple[Gap, ...]


def _silent(done: int, total: int | None) -> None:
    del done, total


def import_tenant(
    reader: TenantReader,
    store: SnapshotStore,
    catalogue: Mapping[str, RoleDefinition],
    *,
    lenient: bool = False,
    progress: Progress = _silent,
) -> ImportReport:
    """Read a source into a store.

    Args:
        reader: the source; lenient itself where `lenient` is asked.
        store: where the snapshot goes.
        catalogue: starter roles by lower-case GUID (V6).
        lenient: leave bad rows out instead of failing.
        progress: called after every batch.

    Raises:
        PayloadError: the source is bad.
        StoreError: the store cannot be written.
    """
    try:
        return _read(reader, store, catalogue, FactsBuilder(lenient=lenient), progress)
    except DuplicateError as error:
        if not lenient or not isinstance(reader, Rereadable):
            raise
        again = reader.again()
        without: Collection[tuple[str, str]] = error.rows
        return _read(again, store, catalogue, FactsBuilder(lenient=True, without=without), progress)


def _read(
    reader: TenantReader,
    store: SnapshotStore,
    catalogue: Mapping[str, RoleDefinition],
    builder: FactsBuilder,
    progress: Progress,
) -> ImportReport:
    writer = store.begin()
    try:
        _take_all(reader, writer, builder, progress)
        facts = builder.finish(reader.meta(), catalogue)
        summary = writer.commit(facts)
    except BaseException:
        # Also when interrupted: what was written so far must not stay.
        writer.abandon()
        raise
    return ImportReport(
        summary=summary,
        accounting=tuple(reader.accounting()),
        skipped=(*reader.skipped(), *builder.skipped),
        rows=summary.rows,
        flags=summary.flags,
        gaps=summary.gaps,
    )


def _take_all(reader: TenantReader, writer: SnapshotWriter, builder: FactsBuilder, progress: Progress) -> None:
    done, total = 0, reader.size_hint()
    for batch in reader.batches():
        taken = builder.add(batch.list_name, batch.file, batch.lines, batch.payloads)
        writer.add(batch.list_name, batch.file, taken.lines, taken.keys, taken.payloads)
        # One more for the end of each line.
        done += sum(map(len, batch.payloads)) + len(batch.payloads)
        progress(done if total is None else min(done, total), total)
    # Line ends and skipped rows are not counted: say plainly that reading is over and writing begins.
    progress(done, done)
