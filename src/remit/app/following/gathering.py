"""What was read of a stream since the last commit: batches in memory, and the offsets that they reach.

Use:

    gathered = Gathering("eventhub:telemetry/insights", {}, {})
    gathered.add(piece)
    gathered.hand_over(writing.intake(0))
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from remit.ports.log_stream import Piece
from remit.ports.usage_store import UnitPlace, UsageIntake
from remit.usage.batches import BatchMaker
from remit.wire.logs.framing import Broken, Lines, Record, frame


@dataclass(slots=True)
class _Part:
    """What was taken of one part; its pieces are read as if they were one file, one behind the other."""

    name: str
    maker: BatchMaker
    lines: int = 0
    raw: list[bytes] = field(default_factory=list)


class Gathering:
    """Takes pieces of one stream until they are handed over.

    Args:
        source: name of the stream.
        begun: offsets at which it begins, by part; they are in the names of what is told of records.
        makers: of batches, by part; what they have learned serves the next gathering.
        keep_raw: whether the records themselves are kept.
    """

    def __init__(
        self, source: str, begun: Mapping[str, str], makers: dict[str, BatchMaker], *, keep_raw: bool = False
    ) -> None:
        self._source = source
        self._begun = begun
        self._makers = makers
        self._keep_raw = keep_raw
        self._parts: dict[str, _Part] = {}
        self.records = 0
        """Records taken in."""
        self.reached: dict[str, str] = {}
        """Offsets behind what was taken, by part."""

    def add(self, piece: Piece) -> int:
        """Take a piece; return how many records stand in it."""
        self.reached[piece.part] = piece.offset
        if not piece.data:
            return 0
        part = self._parts.get(piece.part)
        if part is None:
            begun = self._begun.get(piece.part, "the beginning")
            part = self._parts[piece.part] = _Part(
                f"{self._source}/{piece.part} from {begun}", self._makers.setdefault(piece.part, BatchMaker())
            )
        found = _take(part, piece.data, keep_raw=self._keep_raw)
        part.lines += piece.data.count(b"\n") + (not piece.data.endswith(b"\n"))
        self.records += found
        return found

    def hand_over(self, intake: UsageIntake) -> None:
        """Put everything down where it can be committed."""
        for number, part in enumerate(self._parts.values()):
            place = UnitPlace(number, part.name)
            intake.add(place, part.maker.take(), part.raw)
            intake.done(place, part.lines)


def _take(part: _Part, data: bytes, *, keep_raw: bool) -> int:
    maker, before, count = part.maker, part.lines, 0
    for block in frame([data]):
        records: list[bytes] = []
        match block:
            case Lines(first_line, lines):
                maker.add_lines(before + first_line, lines)
                records = [line for line in lines if line.strip()]
            case Record(line, record):
                maker.add(before + line, record)
                records = [record]
            case Broken(line, reason, size, digest, head):
                maker.add_broken(before + line, reason, size, digest, head)
                count += 1
        count += len(records)
        if keep_raw:
            part.raw += records
    return count
