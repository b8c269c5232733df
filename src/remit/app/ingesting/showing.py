"""What records say, one after the other, without storing anything: the literal reading of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256

from remit.app.ingesting.working import Source
from remit.model.usage import Normalised, ObservedOperation, SetAside
from remit.ports.log_source import LogOpener, LogUnit
from remit.usage.fast.operations import OperationRows, bytes_halves
from remit.usage.fast.texts import Keys, Texts
from remit.usage.records import normalise
from remit.wire.logs.framing import Broken, Framed, Lines, Record, frame


@dataclass(frozen=True, slots=True)
class ShownRecord:
    """What one record says.

    Attributes:
        name, line: where it begins.
        duplicate: the same was met before.
        reason: why it was not understood, "" where it was.
        operations: what it says was done; () where it was not understood.
    """

    name: str
    line: int
    duplicate: bool
    reason: str
    operations: tuple[ObservedOperation, ...]

    @property
    def status(self) -> str:
        """Return `duplicate`, `set_aside` or `normalised`."""
        if self.duplicate:
            return "duplicate"
        return "normalised" if self.operations else "set_aside"


def shown(units: Iterable[LogUnit], opener: Callable[[LogUnit], LogOpener]) -> Iterator[ShownRecord]:
    """Yield every record of some units, in order.

    Cost: the identities of all records are held, some 100 bytes each.

    Raises:
        CollectionError: a service refuses or does not answer.
    """
    seen: set[tuple[int, int]] = set()
    place, base = ("", ""), 0
    for unit in units:
        if (unit.opened_by, unit.place) != place or not unit.start:
            place, base = (unit.opened_by, unit.place), 0
        source = Source(opener(unit), unit)
        for block in frame(source.chunks()):
            yield from _read(block, unit.name, base, seen)
        rest = source.broken()
        if rest is not None:
            yield from _read(rest, unit.name, base, seen)
        base += source.lines


def _read(block: Framed, name: str, base: int, seen: set[tuple[int, int]]) -> Iterator[ShownRecord]:
    match block:
        case Lines(first_line, lines):
            for line, record in enumerate(lines, base + first_line):
                if record and not record.isspace():
                    yield _shown(name, line, record, seen)
        case Record(line, data):
            yield _shown(name, base + line, data, seen)
        case Broken(line, reason, _, digest, _):
            yield ShownRecord(name, base + line, _met(bytes_halves(digest), seen), reason, ())


def _shown(name: str, line: int, record: bytes, seen: set[tuple[int, int]]) -> ShownRecord:
    match normalise(record):
        case SetAside(reason):
            return ShownRecord(name, line, _met(bytes_halves(sha256(record).digest()), seen), reason, ())
        case Normalised(operations):
            return ShownRecord(name, line, _met(_identity(operations), seen), "", operations)


def _met(identity: tuple[int, int], seen: set[tuple[int, int]]) -> bool:
    """Tell whether something was met before, and take note of it."""
    if identity in seen:
        return True
    seen.add(identity)
    return False


def _identity(operations: tuple[ObservedOperation, ...]) -> tuple[int, int]:
    """Return the identity that the store would give a record."""
    rows = OperationRows(Keys(), Texts())
    rows.add(0, operations)
    return rows.columns()[1][0]
