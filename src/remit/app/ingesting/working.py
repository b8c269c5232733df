"""What one worker does: opens units, cuts them into records, makes batches of them and puts those down.

Whatever stands in a unit, nothing is raised: a unit that cannot be read to its end counts as one record set aside, and
what was read of it before stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

from remit.model.errors import PayloadError
from remit.ports.log_source import LogOpener, LogUnit
from remit.ports.usage_store import Taken, UnitPlace, UsageIntake
from remit.usage.batches import BatchMaker
from remit.wire.logs.framing import Broken, Lines, Record, frame

_BATCH_RECORDS = 20_000
_BATCH_BYTES = 48 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Task:
    """What one worker reads at once.

    Attributes:
        number: tells tasks apart.
        units: with the numbers of their files.
        workplace: where what is read is put down.
        keep_raw: the records themselves are put down, too.
    """

    number: int
    units: tuple[tuple[int, LogUnit], ...]
    workplace: str
    keep_raw: bool = False

    @property
    def size(self) -> int:
        """Return the bytes that reading takes, as far as they are known."""
        return sum(unit.size or 0 for _, unit in self.units)


class Tools(Protocol):
    """What a worker needs of the outside."""

    def opener(self, unit: LogUnit) -> LogOpener:
        """Return what opens a unit."""

    def intake(self, workplace: str, number: int) -> UsageIntake:
        """Return where what is read is put down."""

    def take_maker(self, *, digests: bool) -> BatchMaker:
        """Give away the maker of batches, one that has learned from earlier tasks where there is one."""

    def give_back(self, maker: BatchMaker, *, digests: bool) -> None:
        """Take back a maker that holds no records."""


class Source:
    """The bytes of one unit. They end where they cannot be read any further.

    Attributes:
        lines: line ends met so far.
        size: bytes met so far.
        failure: why it ended before its end, None where it did not.
    """

    def __init__(self, opener: LogOpener, unit: LogUnit) -> None:
        self._opener = opener
        self._unit = unit
        self.lines = 0
        self.size = 0
        self.failure: str | None = None

    def chunks(self) -> Iterator[bytes]:
        """Yield the bytes."""
        try:
            for chunk in self._opener.chunks(self._unit):
                self.lines += chunk.count(b"\n")
                self.size += len(chunk)
                yield chunk
        except PayloadError as error:
            self.failure = error.why

    def broken(self) -> Broken | None:
        """Return what stands for the rest of a unit that could not be read."""
        if self.failure is None:
            return None
        told = f"{self._unit.name}\n{self.failure}\n{self.size}".encode("utf-8", "surrogatepass")
        return Broken(self.lines + 1, self.failure, 0, sha256(told).digest(), b"")


class UnitReader:
    """Reads units into an intake."""

    def __init__(self, intake: UsageIntake, maker: BatchMaker, *, keep_raw: bool) -> None:
        self._intake = intake
        self._keep_raw = keep_raw
        self._maker = maker
        self._raw: list[bytes] = []
        self._records = 0
        self._size = 0

    def read(self, place: UnitPlace, source: Source) -> None:
        """Read one unit to its end.

        Raises:
            CollectionError: a service refuses or does not answer.
        """
        for block in frame(source.chunks()):
            match block:
                case Lines(first_line, lines):
                    for low in range(0, len(lines), _BATCH_RECORDS):
                        some = lines[low : low + _BATCH_RECORDS]
                        self._maker.add_lines(first_line + low, some)
                        self._count(len(some), sum(map(len, some)))
                        if self._keep_raw:
                            self._raw += [line for line in some if line and not line.isspace()]
                        self._flush_if_due(place)
                    continue
                case Record(line, data):
                    self._maker.add(line, data)
                    self._count(1, len(data))
                    if self._keep_raw:
                        self._raw.append(data)
                case Broken():
                    self._add_broken(block)
            self._flush_if_due(place)
        rest = source.broken()
        if rest is not None:
            self._add_broken(rest)
        self._flush(place)
        self._intake.done(place, source.lines)

    def _add_broken(self, found: Broken) -> None:
        self._maker.add_broken(found.line, found.reason, found.size, found.digest, found.head)
        self._count(1, len(found.head))

    def _count(self, records: int, size: int) -> None:
        self._records += records
        self._size += size

    def _flush_if_due(self, place: UnitPlace) -> None:
        if self._records >= _BATCH_RECORDS or self._size >= _BATCH_BYTES:
            self._flush(place)

    def _flush(self, place: UnitPlace) -> None:
        if self._records:
            self._intake.add(place, self._maker.take(), self._raw)
            self._raw = []
            self._records = self._size = 0


def work(task: Task, tools: Tools) -> Taken:
    """Read the units of a task.

    Raises:
        CollectionError: a service refuses or does not answer.
        StoreError: what was read cannot be written.
    """
    intake = tools.intake(task.workplace, task.number)
    # Only who keeps the records can look for one by its digest.
    maker = tools.take_maker(digests=task.keep_raw)
    reader = UnitReader(intake, maker, keep_raw=task.keep_raw)
    for file, unit in task.units:
        reader.read(UnitPlace(file, unit.name, unit.start), Source(tools.opener(unit), unit))
    # After a failure it may hold records of a unit that was not read, and is let go.
    tools.give_back(maker, digests=task.keep_raw)
    return intake.finish()
