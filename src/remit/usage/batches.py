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

from remit.model.usage import ObservedChange
from remit.usage.columns import Longs, no_rows

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

    def add(self, line: int, record: bytes) -> None:
        """Take a record: JSON text of one object."""
        raise NotImplementedError

    def add_lines(self, first_line: int, lines: Sequence[bytes]) -> None:
        """Take one record for each line; blank lines are no records. The fast way in."""
        raise NotImplementedError

    def add_broken(self, line: int, reason: str, size: int, digest: bytes, head: bytes) -> None:
        """Take note of something in a file that is no record at all: cut short, too large, no JSON."""
        raise NotImplementedError

    def take(self) -> Batch:
        """Return what was taken since the last call."""
        raise NotImplementedError
