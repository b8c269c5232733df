"""The pages of a collection in a folder; `kill -9` at any moment loses nothing that `commit` returned from.

    FOLDER/journal.jsonl       one record for each commit; the collection is what they come to
    FOLDER/arm/x.jsonl         the rows of a list, as the pages gave them
    FOLDER/lock                held by the process at work

Rules kept here:

- Rows are written before the record that speaks of them: what stands in a list file behind the last record's end is
  rubbish, and is cut off when the folder is opened.
- Every few seconds everything is brought to the disk itself, and a record says so. Power loss costs what came after:
  records behind that one are believed only as far as the checksums of their rows hold.
- Rows of a page that was given up stay in the file and are passed over by the reader.
- Only the owner can read the folder.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from remit.adapters.durable import flush
from remit.adapters.spool.journal import Journal
from remit.adapters.spool.ledger import Accounted, Ledger, standing
from remit.adapters.spool.lineage import fallen_pages
from remit.adapters.spool.list_files import ListFiles
from remit.adapters.spool.lock import FolderLock
from remit.adapters.spool.reader import SpoolReader
from remit.adapters.spool.records import (
    CommitRecord,
    PageRecord,
    Record,
    RestartRecord,
    begin_record,
    page_record,
)
from remit.model.errors import InvariantError, StoreError, UnavailableError
from remit.model.snapshot import SnapshotMeta
from remit.ports.pages import Beginning, Part
from remit.ports.reader import TenantReader
from remit.ports.spool import Finished

SYNC_EVERY_S = 5.0
"""Power loss costs at most what was read in this time."""

_JOURNAL = "journal.jsonl"


class FolderSpool(Accounted):
    """Keeps pages in a folder. See `remit.ports.spool.Spool`."""

    def __init__(self, root: Path, *, sync_every_s: float = SYNC_EVERY_S) -> None:
        """Take hold of a folder, which need not exist, and mend what a killed process left torn.

        Raises:
            UnavailableError: another process works there, or it cannot be read or written.
        """
        self._root = root
        self._sync_every_s = sync_every_s
        self._broken = False
        with _as_unavailable(root):
            self._lock = FolderLock(root)
            self._journal = Journal(root / _JOURNAL)
            self._lists = ListFiles(root)
            try:
                self._mend()
                self._ledger = Ledger.of(self._journal.records(), self._fallen())
            except BaseException:
                self._lock.release()
                raise
        self._synced = time.monotonic()

    @staticmethod
    def is_begun(root: Path) -> bool:
        """Tell whether a folder seems to hold a collection, without taking hold of it."""
        return (root / _JOURNAL).is_file()

    @staticmethod
    def discard(root: Path) -> None:
        """Throw away what a folder holds, whatever state it is in.

        Raises:
            UnavailableError: another process works there, or it cannot be written.
        """
        with _as_unavailable(root):
            lock = FolderLock(root)
            try:
                _remove(root)
            finally:
                lock.release()

    def beginning(self) -> Beginning | None:
        """Return what the collection began with, None for a new one."""
        begun = self._ledger.begun
        return None if begun is None else begun.beginning()

    def begin(self, beginning: Beginning, settings: Mapping[str, str]) -> None:
        """Start."""
        if self._ledger.begun is not None:
            raise InvariantError("this collection has begun before")
        record = begin_record(beginning, dict(settings))
        with self._writing():
            self._journal.add(record)
            self._sync()
            flush(self._root)
        self._ledger.begin(record)

    def settings(self) -> Mapping[str, str]:
        """Return what the collection was begun with."""
        begun = self._ledger.begun
        return {} if begun is None else begun.settings

    def open_parts(self) -> Sequence[Part]:
        """Return the parts that are still to be read."""
        return self._ledger.open_parts()

    def commit(self, finished: Sequence[Finished]) -> Sequence[Part]:
        """Keep pages. Cost: one write for each page with rows, one for the record; nothing is waited for."""
        accepted = self._ledger.accepted(finished)
        if not accepted:
            return ()
        with self._writing():
            pages = tuple(self._written(one) for one in accepted)
            self._journal.add(CommitRecord(pages))
            if time.monotonic() - self._synced >= self._sync_every_s:
                self._sync()
        return self._ledger.take(pages)

    def restart(self, part: Part) -> Sequence[Part]:
        """Forget all pages of a part and of all that it gave rise to. Cost: the journal is read again."""
        before = self._ledger.open_parts()
        with self._writing():
            self._journal.add(RestartRecord((part.endpoint, part.target)))
        with _as_unavailable(self._root):
            self._ledger = Ledger.of(self._journal.records(), self._fallen())
        return [one for one in before if (one.endpoint, one.target) not in self._ledger.open]

    def reader(self, meta: SnapshotMeta) -> TenantReader:
        """Return all rows as a tenant to import."""
        if self._ledger.open:
            raise InvariantError("the collection is not finished")
        with _as_unavailable(self._root):
            ranges = self._ranges()

        def rows_of(list_name: str) -> Iterator[bytes]:
            with _as_unavailable(self._root):
                yield from self._lists.rows(list_name, ranges[list_name])

        return SpoolReader(meta, self._ledger.rows, rows_of, self._lists.size())

    def is_held(self) -> bool:
        """Tell whether the folder is still this process's."""
        return self._lock.is_held()

    def let_go(self) -> None:
        """Bring everything to the disk and leave the folder to whoever goes on."""
        try:
            if not self._broken and self._ledger.begun is not None:
                with self._writing():
                    self._sync()
        finally:
            self._close()

    def remove(self) -> None:
        """Throw the collection away, folder and all."""
        with _as_unavailable(self._root):
            _remove(self._root)
        self._broken = True
        self._close()

    def _written(self, one: Finished) -> PageRecord:
        if not one.page.rows:
            return page_record(one)
        end, size, check = self._lists.add(one.page.list_name, one.page.rows)
        return page_record(one, end=end, size=size, check=check)

    def _close(self) -> None:
        self._journal.close()
        self._lists.close()
        self._lock.release()

    def _sync(self) -> None:
        self._lists.sync()
        self._journal.sync()
        self._synced = time.monotonic()

    def _mend(self) -> None:
        """Cut off what was not written to its end."""
        ends: dict[str, int] = {}
        good = self._journal.synced_end()
        synced = good
        for end, record in self._journal.tail(0):
            if end > synced and not all(self._lists.holds(page) for page in _with_rows(record)):
                break
            ends.update((page.list_name, page.end) for page in _with_rows(record))
            good = max(good, end)
        self._journal.cut(good)
        self._lists.cut(ends)

    def _fallen(self) -> bytearray | None:
        if not any(isinstance(record, RestartRecord) for record in self._journal.records()):
            return None
        return fallen_pages(self._journal.records())

    def _ranges(self) -> Mapping[str, Sequence[tuple[int, int]]]:
        """Return where in each file the standing rows are, neighbours joined."""
        fallen = self._fallen()
        if fallen is None:
            return {name: [(0, end)] for name, end in self._lists.ends().items()}
        found: dict[str, list[tuple[int, int]]] = {}
        for _, pages in standing(self._journal.records(), fallen):
            for page in pages:
                if page.rows:
                    ranges = found.setdefault(page.list_name, [])
                    start = page.end - page.size
                    if ranges and ranges[-1][1] == start:
                        start = ranges.pop()[0]
                    ranges.append((start, page.end))
        return found

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Guard a change: after one that failed half-way only a folder that is opened again is whole."""
        if self._broken:
            raise UnavailableError(
                f"{self._root} could not be written before", hint="go on with `remit collect --resume`"
            )
        self._broken = True
        with _as_unavailable(self._root):
            yield
        self._broken = False


def _remove(root: Path) -> None:
    # The journal first: without it the rest is rubbish that the next collection cuts off.
    (root / _JOURNAL).unlink(missing_ok=True)
    shutil.rmtree(root)


def _with_rows(record: Record) -> Iterator[PageRecord]:
    if isinstance(record, CommitRecord):
        yield from (page for page in record.pages if page.rows)


@contextmanager
def _as_unavailable(root: Path) -> Iterator[None]:
    try:
        yield
    except StoreError:
        raise
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise UnavailableError(
            f"{root} cannot be used: {why}", hint="check its permissions and the space on the disk"
        ) from error
