"""What must hold of any bytes at all that are taken for logs."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from tests.fuzz_logs.mutating import arranged, mutated
from tests.fuzz_logs.seeds import seeds

from remit.model.usage import Normalised, ObservedOperation, SetAside
from remit.usage.batches import BatchMaker
from remit.usage.records import normalise
from remit.wire.logs.framing import Broken, Framed, Lines, frame

RECORDS = 50
"""Mutated records of one file."""
_LIMIT = 1 << 18
_LONGEST_REASON = 200
_BATCHED = 0.2
"""Share of the files whose totals are held to those of a batch as well."""
_SEEDS: list[bytes] = []


@dataclass
class Tally:
    """What became of some files."""

    mutated: int = 0
    read: int = 0
    normalised: int = 0
    reasons: set[str] = field(default_factory=set)
    failures: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Take in what another counted."""
        self.mutated += other.mutated
        self.read += other.read
        self.normalised += other.normalised
        self.reasons |= other.reasons
        self.failures += other.failures


def check_file(seed: str) -> Tally:
    """Make a file of mutated records, read it, and return what became of it; failures name the seed."""
    if not _SEEDS:
        _SEEDS.extend(seeds())
    rng = Random(seed)
    data = arranged(rng, [mutated(rng, _SEEDS) for _ in range(RECORDS)])
    tally = Tally(mutated=RECORDS)
    try:
        _check(rng, data, tally)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what we look for
        tally.failures.append(f"{seed}: {type(error).__name__}: {error}")
    return tally


def _check(rng: Random, data: bytes, tally: Tally) -> None:
    size = rng.choice((len(data) or 1, 1 << 12, rng.randint(50, 5000)))
    chunks = [data[at : at + size] for at in range(0, len(data), size)]
    maker = BatchMaker(fast=False) if rng.random() < _BATCHED else None
    for block in frame(chunks, limit=_LIMIT):
        _take(block, maker, tally)
    if maker is None:
        return
    batch = maker.take()
    whole = int((batch.columns["part"] == 0).sum()) + len(batch.set_aside)
    _expect(batch.read == whole == tally.read, f"read {batch.read}, framed {tally.read}, told {whole}")


def _take(block: Framed, maker: BatchMaker | None, tally: Tally) -> None:
    if isinstance(block, Broken):
        _expect(block.line > 0 and block.size >= len(block.head), "a broken piece is described")
        tally.read += 1
        tally.reasons.add(_reason(SetAside(block.reason)))
        if maker is not None:
            maker.add_broken(block.line, block.reason, block.size, block.digest, block.head)
        return
    lines = block.lines if isinstance(block, Lines) else [block.data]
    for line in lines:
        if line.strip():
            _check_record(line, tally)
    if maker is not None:
        first = block.first_line if isinstance(block, Lines) else block.line
        maker.add_lines(first, lines)


def _check_record(record: bytes, tally: Tally) -> None:
    _expect(len(record) <= _LIMIT, "no record is over the limit")
    found = normalise(record)
    tally.read += 1
    if isinstance(found, Normalised):
        tally.normalised += 1
        _expect(bool(found.operations), "a record that is read has an operation")
        for operation in found.operations:
            _check_operation(operation)
    else:
        tally.reasons.add(_reason(found))


def _reason(found: SetAside) -> str:
    reason = found.reason
    _expect(bool(reason) and reason.isprintable() and len(reason) <= _LONGEST_REASON, f"one line: {reason!r}")
    _expect(not reason.startswith("cannot be read"), reason)
    return reason.partition("`")[0]


def _check_operation(operation: ObservedOperation) -> None:
    for instant in (operation.time, operation.arrived or 0):
        _expect(type(instant) is int and abs(instant) < 2**62, f"an instant: {instant!r}")
    for name in ("principal_id", "app_id", "token_id", "host_resource", "assignment_id", "through_id", "place"):
        text = getattr(operation, name)
        _expect(isinstance(text, str) and text == text.lower(), f"{name}: {text!r}")
    for name in ("correlation_id", "event_id"):
        _expect(getattr(operation, name) == getattr(operation, name).lower(), name)
    _expect(bool(operation.action) and isinstance(operation.action, str), "an action")
    _expect(not operation.scope.endswith("/") or operation.scope == "/", f"scope: {operation.scope!r}")
    _expect(len(operation.digest) == 32, "a digest")


def _expect(holds: bool, what: str) -> None:
    if not holds:
        raise AssertionError(what)
