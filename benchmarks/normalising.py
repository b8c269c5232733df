"""Normalising records: text to typed rows, beside what msgspec takes to read five fields of the same lines.

`python -m benchmarks.normalising READER PATH` is one measured process: it warms up on the first lines, says so, waits
for a line on its standard input, reads the whole file, and prints records and seconds. Readers:

    five       msgspec decodes each line into a struct of five texts, as fast as we could make it
    fast       frame, BatchMaker.add_lines, take: what an ingest does
    split      the same with lines split as for msgspec, which knows of no envelope and no broken line
    digests    frame and the SHA-256 of each record, as an ingest that keeps the records makes it
    literal    the same, one record at a time
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.log_lines import write_lines
from benchmarks.measuring import FailedRunError
from benchmarks.places import SEED, Work

RECORDS = 200_000
LITERAL_RECORDS = 40_000
ROUNDS = 3
_CHUNK = 1 << 20
_BATCH = 50_000
_WARM_UP = 60_000


class Five(msgspec.Struct, gc=False):
    """What the rival reads: five texts that every record has at its top."""

    time: str
    category: str
    operationName: str  # noqa: N815 - as logged
    correlationId: str  # noqa: N815
    resourceId: str  # noqa: N815


def _lines(path: Path) -> Iterator[list[bytes]]:
    """Yield the lines of a file, some hundreds at a time; it ends with a line end."""
    with path.open("rb") as source:
        rest = b""
        while chunk := source.read(_CHUNK):
            lines = (rest + chunk).split(b"\n")
            rest = lines.pop()
            yield lines


def _framed(path: Path) -> Iterator[Sequence[bytes]]:
    """Yield the same, as an ingest gets them."""
    from remit.wire.logs.framing import Lines, frame  # noqa: PLC0415 - the rival does not pay for it

    with path.open("rb") as source:
        for block in frame(iter(lambda: source.read(_CHUNK), b"")):
            if not isinstance(block, Lines):
                raise FailedRunError(f"no line of a record: {block}")
            yield block.lines


def _five(path: Path, most: int) -> int:
    decode = msgspec.json.Decoder(Five).decode
    count = 0
    for lines in _lines(path):
        for line in lines:
            decode(line)
        count += len(lines)
        if count >= most:
            break
    return count


def _made(blocks: Iterable[Sequence[bytes]], most: int, *, digests: bool = False, fast: bool = True) -> int:
    from remit.usage.batches import BatchMaker  # noqa: PLC0415 - the rival does not pay for it

    maker = _MAKERS.setdefault((digests, fast), BatchMaker(digests=digests, fast=fast))
    count = waiting = 0
    for lines in blocks:
        maker.add_lines(1 + count + waiting, lines)
        waiting += len(lines)
        if waiting >= _BATCH:
            count, waiting = count + maker.take().read, 0
        if count + waiting >= most:
            break
    return count + maker.take().read


_MAKERS: dict[tuple[bool, bool], Any] = {}
READERS: dict[str, Callable[[Path, int], int]] = {
    "five": _five,
    "fast": lambda path, most: _made(_framed(path), most),
    "split": lambda path, most: _made(_lines(path), most),
    "digests": lambda path, most: _made(_framed(path), most, digests=True),
    "literal": lambda path, most: _made(_framed(path), min(most, LITERAL_RECORDS), fast=False),
}


def compare(work: Work) -> Mapping[str, float]:
    """Measure all readers on the same file: one process, then two at once; the best of some rounds of each."""
    path = work.folder / f"logs-{RECORDS}.jsonl"
    if not path.exists():
        write_lines(path, RECORDS, SEED)
    rates = {name: max(_rate(name, path, 1) for _ in range(ROUNDS)) for name in READERS}
    two = {name: max(_rate(name, path, 2) for _ in range(ROUNDS)) for name in ("five", "fast")}
    return {
        "share": 100 * rates["fast"] / rates["five"],
        "per_s": rates["fast"],
        "five_per_s": rates["five"],
        "split_share": 100 * rates["split"] / rates["five"],
        "share_digests": 100 * rates["digests"] / rates["five"],
        "literal_per_s": rates["literal"],
        "two_per_s": two["fast"],
        "two_share": 100 * two["fast"] / two["five"],
    }


def _rate(reader: str, path: Path, processes: int) -> float:
    """Return records in a second of so many processes at once."""
    command = [sys.executable, "-m", "benchmarks.normalising", reader, str(path)]
    running = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603 - this module
        for _ in range(processes)
    ]
    for each in running:
        if each.stdout is None or each.stdout.readline() != b"ready\n":
            raise FailedRunError(f"{reader} did not start")
    for each in running:
        if each.stdin is not None:
            each.stdin.write(b"go\n")
            each.stdin.flush()
    told = [json.loads(each.communicate()[0]) for each in running]
    return float(sum(each["records"] for each in told) / max(each["seconds"] for each in told))


def main() -> None:
    """Be one measured process."""
    name, path = sys.argv[1], Path(sys.argv[2])
    reader = READERS[name]
    reader(path, _WARM_UP)
    print("ready", flush=True)
    sys.stdin.readline()
    began = time.perf_counter()
    count = reader(path, sys.maxsize)
    print(json.dumps({"records": count, "seconds": time.perf_counter() - began}))


if __name__ == "__main__":
    main()
