"""Many records to one batch: columns of operations, the texts they name, the changes, and what was set aside.

    maker = BatchMaker()
    maker.add(1, b'{...}')
    batch = maker.take()

Plain records of the three largest logs go a faster way, whole lists at a time; it takes only what it reads exactly as
`remit.usage.records.normalise` does, and leaves every other record to that function.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING

import numpy as np

from remit.model.usage import ObservedChange, SetAside
from remit.usage.columns import CHECKED, Longs, joined, no_rows
from remit.usage.fast.operations import OperationRows, bytes_halves
from remit.usage.fast.texts import Keys, Texts
from remit.usage.records import normalise

if TYPE_CHECKING:
    from remit.usage.fast.reading import FastReader

_BLOCK_RECORDS, _BLOCK_BYTES = 2_048, 8 * 1024 * 1024
_WORTH_LOADING = 30_000
"""Records from which on it pays to load (once for a machine: to compile) the fast way."""

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
    """Takes records, gives batches. One for one worker; it remembers keys of texts and shapes of records.

    Attributes:
        fast_records: how many records were read the fast way so far.
    """

    def __init__(self, *, digests: bool = True, fast: bool | None = None) -> None:
        """Begin without records.

        Args:
            digests: whether to fill the columns of digests; else they are 0. SHA-256 takes about as long as all the
                rest of the fast way, and only who keeps the records can look for one by its digest.
            fast: read records of known shapes the fast way. None: where that way is compiled (the `fast` extra), and
                once there are so many records that loading it pays.
        """
        self.fast_records = 0
        self._digests, self._fast = digests, fast
        self._seen = 0
        self._keys = Keys()
        self._reader: FastReader | None = None
        self._lines: list[int] = []
        self._records: list[bytes] = []
        self._size = 0
        self._begin()

    def add(self, line: int, record: bytes) -> None:
        """Take a record: JSON text of one object; a blank one is no record."""
        self._add([line], [record], len(record))

    def add_lines(self, first_line: int, lines: Sequence[bytes]) -> None:
        """Take one record for each line; blank lines are no records. The fast way in."""
        for begin in range(0, len(lines), _BLOCK_RECORDS):
            some = lines[begin : begin + _BLOCK_RECORDS]
            self._add(range(first_line + begin, first_line + begin + len(some)), some, sum(map(len, some)))

    def _add(self, lines: Sequence[int], records: Sequence[bytes], size: int) -> None:
        self._lines.extend(lines)
        self._records.extend(records)
        self._size += size
        if len(self._records) >= _BLOCK_RECORDS or self._size >= _BLOCK_BYTES:
            self._read_waiting()

    def add_broken(self, line: int, reason: str, size: int, digest: bytes, head: bytes) -> None:
        """Take note of something in a file that is no record at all: cut short, too large, no JSON."""
        self._read_waiting()
        self._read += 1
        self._put_aside(line, reason, size, digest, head)

    def take(self) -> Batch:
        """Return what was taken since the last call."""
        self._read_waiting()
        if self._reader is not None:
            self._reader.take_texts(self._texts)
        batch = Batch(self._read, joined(self._parts), self._texts, tuple(self._changes), tuple(self._set_aside))
        self._keys.forget()
        self._begin()
        return batch

    def _begin(self) -> None:
        self._read = 0
        self._texts = Texts()
        self._parts: list[dict[str, Longs]] = []
        self._changes: list[tuple[tuple[int, int], ObservedChange]] = []
        self._set_aside: list[SetAsideRow] = []

    def _read_waiting(self) -> None:
        """Read the records that wait."""
        if not self._records:
            return
        records, lines = self._records, np.array(self._lines, dtype=np.int64)
        self._records, self._lines, self._size = [], [], 0
        self._read += len(records)
        self._seen += len(records)
        reader = self._fast_reader()
        found = None if reader is None else reader.read(records)
        if found is None:
            self._parts.append(self._literally(range(len(records)), records, lines)[0])
            return
        self.fast_records += len(found.rows)
        found.columns["line"] = lines[found.rows]
        if len(found.rows) == len(records):
            self._parts.append(found.columns)
            return
        others = np.ones(len(records), dtype=np.bool_)
        others[found.rows] = False
        columns, rows = self._literally(np.flatnonzero(others).tolist(), records, lines)
        order = np.argsort(np.concatenate([found.rows, rows]), kind="stable")
        both = joined([found.columns, columns])
        self._parts.append({name: column[order] for name, column in both.items()})

    def _fast_reader(self) -> FastReader | None:
        if self._reader is None and self._fast is not False:
            if self._fast is None and self._seen < _WORTH_LOADING:
                return None
            from remit.usage.fast import kernels  # noqa: PLC0415 - importing numba takes a quarter of a second

            if not kernels.COMPILED and self._fast is None:
                self._fast = False
                return None
            from remit.usage.fast.reading import FastReader  # noqa: PLC0415 - as above

            self._reader = FastReader(self._keys, self._read_one, digests=self._digests)
        return self._reader

    def _literally(
        self, chosen: Iterable[int], records: Sequence[bytes], lines: Longs
    ) -> tuple[dict[str, Longs], Longs]:
        """Read some records one by one; return their rows, and which record each is of."""
        rows = OperationRows(self._keys, self._texts)
        changes: list[tuple[int, ObservedChange]] = []
        of_record: list[int] = []
        for at in chosen:
            record, line = records[at], int(lines[at])
            if not record or record.isspace():
                self._read -= 1
                continue
            found = normalise(record)
            if isinstance(found, SetAside):
                self._put_aside(line, found.reason, len(record), sha256(record).digest(), record)
                continue
            changes.extend((rows.records, change) for change in found.changes)
            rows.add(line, found.operations)
            of_record.extend([at] * len(found.operations))
        columns, ids = rows.columns()
        if not self._digests:
            columns["digest_hi"] = columns["digest_lo"] = np.zeros(len(of_record), dtype=np.int64)
        self._changes.extend((ids[number], change) for number, change in changes)
        return columns, np.array(of_record, dtype=np.int64)

    def _read_one(self, record: bytes) -> tuple[int, ...] | None:
        """Return the columns of a record that tells of one operation and no change, as the fast reader checks them."""
        found = normalise(record)
        if isinstance(found, SetAside) or found.changes or len(found.operations) != 1:
            return None
        rows = OperationRows(self._keys, Texts())
        rows.add(0, found.operations)
        columns, _ = rows.columns()
        return tuple(int(columns[name][0]) for name in CHECKED)

    def _put_aside(self, line: int, reason: str, size: int, digest: bytes, head: bytes) -> None:
        self._set_aside.append(SetAsideRow(line, reason, bytes_halves(digest), size, head[:KEPT_BYTES]))
