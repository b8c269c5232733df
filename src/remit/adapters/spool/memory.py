"""A spool in memory: for tests, and what the one in a folder has to equal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from remit.adapters.spool.ledger import Accounted, Ledger
from remit.adapters.spool.lineage import fallen_pages
from remit.adapters.spool.reader import SpoolReader
from remit.adapters.spool.records import CommitRecord, Record, RestartRecord, begin_record, page_record
from remit.model.errors import InvariantError
from remit.model.snapshot import SnapshotMeta
from remit.ports.pages import Beginning, Part
from remit.ports.reader import TenantReader
from remit.ports.spool import Finished


class MemorySpool(Accounted):
    """Keeps pages as long as it lives. See `remit.ports.spool.Spool`."""

    def __init__(self) -> None:
        self._records: list[Record] = []
        self._rows: list[Sequence[bytes]] = []
        self._ledger = Ledger()

    def beginning(self) -> Beginning | None:
        """Return what the collection began with, None for a new one."""
        begun = self._ledger.begun
        return None if begun is None else begun.beginning()

    def begin(self, beginning: Beginning, settings: Mapping[str, str]) -> None:
        """Start."""
        record = begin_record(beginning, dict(settings))
        self._records.append(record)
        self._ledger.begin(record)

    def settings(self) -> Mapping[str, str]:
        """Return what the collection was begun with."""
        begun = self._ledger.begun
        return {} if begun is None else begun.settings

    def open_parts(self) -> Sequence[Part]:
        """Return the parts that are still to be read."""
        return self._ledger.open_parts()

    def commit(self, finished: Sequence[Finished]) -> Sequence[Part]:
        """Keep pages."""
        accepted = self._ledger.accepted(finished)
        pages = tuple(page_record(one) for one in accepted)
        self._records.append(CommitRecord(pages))
        self._rows.extend(tuple(one.page.rows) for one in accepted)
        return self._ledger.take(pages)

    def restart(self, part: Part) -> Sequence[Part]:
        """Forget all pages of a part and of all that it gave rise to."""
        before = self._ledger.open_parts()
        self._records.append(RestartRecord((part.endpoint, part.target)))
        self._ledger = Ledger.of(self._records, fallen_pages(self._records))
        return [one for one in before if (one.endpoint, one.target) not in self._ledger.open]

    def reader(self, meta: SnapshotMeta) -> TenantReader:
        """Return all rows as a tenant to import."""
        if self._ledger.open:
            raise InvariantError("the collection is not finished")
        return SpoolReader(meta, self._ledger.rows, self._rows_of)

    def remove(self) -> None:
        """Throw the collection away."""
        self._records.clear()
        self._rows.clear()
        self._ledger = Ledger()

    def _rows_of(self, list_name: str) -> Iterator[bytes]:
        fallen = fallen_pages(self._records)
        pages = [page for record in self._records if isinstance(record, CommitRecord) for page in record.pages]
        for number, page in enumerate(pages):
            if page.list_name == list_name and not (fallen and fallen[number]):
                yield from self._rows[number]
