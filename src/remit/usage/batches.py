"""Many records to one batch: columns of operations, the texts they name, the changes, and what was set aside.

    maker = BatchMaker()
    maker.add(1, b'{...}')
    batch = maker.take()

Plain records of the three largest logs go a faster way, whole lists at a time; it takes only what it reads exactly as
`remit.usage.records.normalise` does, and leaves every other record to that function.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from remit.model.usage import ObservedChange, SetAside
from remit.usage.columns import Longs, no_rows
from remit.usage.fast.operations import OperationRows, bytes_halves
from remit.usage.fast.texts import Keys, Texts
from remit.usage.records import normalise

KEPT_BYTES = 64 * 1024
"""Most bytes of a record set aside that are kept with its reason."""


@dataclass(frozen=True, slots=True)
class SetAsideRow:
    """A record that was not understood.

    Attributes:
        line: where it begins in its file, from 1.
        reason: why; one line.
        identity: halves of its identity: equal bytes, equal identity.
        size: bytes of the record.
        record: its first `KEPT_BYTES` bytes.
    """

    line: int
    reason: str
    identity: tuple[int, int]
    size: int
    record: bytes


@dataclass(frozen=True, slots=True)
class Batch:
    """What some records of one file say.

    Attributes:
        read: records taken in; each has a row with part 0 in `columns`, or stands in `set_aside`.
        columns: `remit.usage.columns.COLUMNS`, in the order of the records.
        texts: key to text, of every key in the text columns but 0.
        changes: (identity, change) of records that change who may do what.
        set_aside: in the order of the records.
    """

    read: int = 0
    columns: dict[str, Longs] = field(default_factory=no_rows)
    texts: dict[int, str] = field(default_factory=dict)
    changes: Sequence[tuple[tuple[int, int], ObservedChange]] = ()
    set_aside: Sequence[SetAsideRow] = ()


class BatchMaker:
    """Takes records, gives batches. One for one worker; it remembers the keys of texts that it has seen."""

    def __init__(self) -> None:
        """Begin without records."""
        self._keys = Keys()
        self._begin()

    def add(self, line: int, record: bytes) -> None:
        """Take a record: JSON text of one object."""
        self._read += 1
        found = normalise(record)
        if isinstance(found, SetAside):
            self._put_aside(line, found.reason, len(record), sha256(record).digest(), record)
            return
        self._rows.add(line, found.operations)
        self._changes.extend((self._rows.records - 1, change) for change in found.changes)

    def add_lines(self, first_line: int, lines: Sequence[bytes]) -> None:
        """Take one record for each line; blank lines are no records. The fast way in."""
        for line, record in enumerate(lines, first_line):
            if record and not record.isspace():
                self.add(line, record)

    def add_broken(self, line: int, reason: str, size: int, digest: bytes, head: bytes) -> None:
        """Take note of something in a file that is no record at all: cut short, too large, no JSON."""
        self._read += 1
        self._put_aside(line, reason, size, digest, head)

    def take(self) -> Batch:
        """Return what was taken since the last call."""
        columns, ids = self._rows.columns()
        changes = tuple((ids[record], change) for record, change in self._changes)
        batch = Batch(self._read, columns, self._texts, changes, tuple(self._set_aside))
        self._keys.forget()
        self._begin()
        return batch

    def _begin(self) -> None:
        self._read = 0
        self._texts = Texts()
        self._rows = OperationRows(self._keys, self._texts)
        self._changes: list[tuple[int, ObservedChange]] = []
        self._set_aside: list[SetAsideRow] = []

    def _put_aside(self, line: int, reason: str, size: int, digest: bytes, head: bytes) -> None:
        self._set_aside.append(SetAsideRow(line, reason, bytes_halves(digest), size, head[:KEPT_BYTES]))
