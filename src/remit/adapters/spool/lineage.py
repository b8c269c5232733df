"""Which pages stand after parts were restarted.

Rule kept here: a part stands as long as a standing page of another standing part gives rise to it, or the collection
began with it. When a part is restarted its own pages fall, and with them every part that nothing leads to any more.
"""

from __future__ import annotations

from collections.abc import Iterable

from remit.adapters.spool.records import BeginRecord, CommitRecord, Key, Record, RestartRecord


class Lineage:
    """Parts and pages by number, and which pages have fallen. Cost of a restart: all parts and pages."""

    def __init__(self) -> None:
        self._numbers: dict[Key, int] = {}
        self._pages: list[list[int]] = []
        self._opens: list[tuple[int, ...]] = []
        self._roots: tuple[int, ...] = ()
        self.fallen = bytearray()
        """One byte for each page in the order of the journal: 1 for a page that does not stand."""

    def take(self, record: Record) -> None:
        """Go one record further."""
        if isinstance(record, BeginRecord):
            self._roots = self._all(record.parts)
        elif isinstance(record, CommitRecord):
            for page in record.pages:
                self._pages[self._number(page.part)].append(len(self.fallen))
                self._opens.append(self._all(page.opens))
                self.fallen.append(0)
        elif isinstance(record, RestartRecord):
            self._restart(self._number(record.part))

    def _restart(self, part: int) -> None:
        self._drop(part)
        standing = bytearray(len(self._pages))
        ahead = list(self._roots)
        while ahead:
            one = ahead.pop()
            if not standing[one]:
                standing[one] = 1
                for page in self._pages[one]:
                    ahead.extend(self._opens[page])
        for one, stands in enumerate(standing):
            if not stands:
                self._drop(one)

    def _drop(self, part: int) -> None:
        for page in self._pages[part]:
            self.fallen[page] = 1
        self._pages[part] = []

    def _all(self, keys: Iterable[Key]) -> tuple[int, ...]:
        return tuple(self._number(key) for key in keys)

    def _number(self, key: Key) -> int:
        number = self._numbers.setdefault(key, len(self._pages))
        if number == len(self._pages):
            self._pages.append([])
        return number


def fallen_pages(records: Iterable[Record]) -> bytearray | None:
    """Return a byte for each page, 1 where it does not stand; None where all stand."""
    lineage = Lineage()
    for record in records:
        lineage.take(record)
    return lineage.fallen if any(lineage.fallen) else None
