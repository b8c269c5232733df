"""How far a collection is: which parts are open, what has been kept, what was noted.

Held for each part that was ever opened are 16 bytes, so that a part which two pages name is read once; what pages led
to which parts stands in the journal only and is read again when a part is restarted.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from remit.adapters.spool.records import BeginRecord, CommitRecord, Key, PageRecord, Record
from remit.model.errors import InvariantError
from remit.model.snapshot import Gap
from remit.ports.pages import Part
from remit.ports.spool import Finished


class Ledger:
    """What the standing pages of a journal come to."""

    def __init__(self) -> None:
        self.begun: BeginRecord | None = None
        self.open: dict[Key, str] = {}
        self.rows: Counter[str] = Counter()
        self.gaps: set[Gap] = set()
        self.marks: dict[str, str] = {}
        self.superseded: dict[str, set[str]] = {}
        self._known: set[bytes] = set()

    @classmethod
    def of(cls, records: Iterable[Record], fallen: bytearray | None) -> Ledger:
        """Return the ledger of a whole journal, without its fallen pages."""
        made = cls()
        for record, pages in standing(records, fallen):
            if isinstance(record, BeginRecord):
                made.begin(record)
            made.take(pages)
        return made

    def begin(self, record: BeginRecord) -> None:
        """Start; its parts are open."""
        self.begun = record
        self.gaps.update(record.gaps)
        for key in record.parts:
            self._open(key)

    def accepted(self, finished: Iterable[Finished]) -> list[Finished]:
        """Return those pages that are the next one of an open part, the first of each part.

        Raises:
            InvariantError: a row holds a line break.
        """
        found: dict[Key, Finished] = {}
        for one in finished:
            key = (one.part.endpoint, one.part.target)
            if key not in found and self.open.get(key) == one.part.cursor:
                if any(b"\n" in row for row in one.page.rows):
                    raise InvariantError(f"a row of {one.part.endpoint} holds a line break")
                found[key] = one
        return list(found.values())

    def take(self, pages: Iterable[PageRecord]) -> list[Part]:
        """Add pages; return the parts that are open because of them."""
        opened: list[Part] = []
        for page in pages:
            # In a journal with fallen pages a part may be read before the page that leads to it now.
            self._known.add(_digest(page.part))
            self.open.pop(page.part, None)
            if page.cursor:
                self.open[page.part] = page.cursor
                opened.append(Part(*page.part, page.cursor))
            opened.extend(Part(*key) for key in page.opens if self._open(key))
            if page.rows:
                self.rows[page.list_name] += page.rows
            self.gaps.update(page.gaps)
            self.marks.update(page.marks)
            for list_name, key in page.supersedes:
                self.superseded.setdefault(list_name, set()).add(key)
        return opened

    def open_parts(self) -> list[Part]:
        """Return the parts that are still to be read."""
        return [Part(*key, cursor) for key, cursor in self.open.items()]

    def _open(self, key: Key) -> bool:
        digest = _digest(key)
        if digest in self._known:
            return False
        self._known.add(digest)
        self.open[key] = ""
        return True


def standing(records: Iterable[Record], fallen: bytearray | None) -> Iterator[tuple[Record, list[PageRecord]]]:
    """Yield every record with those of its pages that stand."""
    number = 0
    for record in records:
        pages: list[PageRecord] = []
        if isinstance(record, CommitRecord):
            for page in record.pages:
                if fallen is None or not fallen[number]:
                    pages.append(page)
                number += 1
        yield record, pages


def _digest(key: Key) -> bytes:
    return hashlib.blake2b("\0".join(key).encode("utf-8", "surrogatepass"), digest_size=16).digest()


class Accounted:
    """What every spool tells from its ledger."""

    _ledger: Ledger

    def rows(self) -> Mapping[str, int]:
        """Return the rows kept so far, for each list."""
        return dict(sorted(self._ledger.rows.items()))

    def gaps(self) -> Sequence[Gap]:
        """Return the gaps noted so far, sorted and distinct."""
        return sorted(self._ledger.gaps)

    def marks(self) -> Mapping[str, str]:
        """Return where a later incremental collection goes on from."""
        return dict(sorted(self._ledger.marks.items()))

    def superseded(self) -> Mapping[str, Collection[str]]:
        """Return the keys of each list that stand no longer in the earlier snapshot."""
        return self._ledger.superseded
