"""The table of counts of docs/logs.md, from public log records. Write it anew: `python -m tests.docs.log_counts`.

The records are read where REMIT_TEST_DATA says (else ../shared/data beside the repository). Files ending in
`.pairs.jsonl` and `.tests.jsonl` hold a record and what is expected of it on each line: the record alone is framed.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.docs.tree import ROOT

from remit.model.usage import Normalised
from remit.usage.records import normalise
from remit.wire.logs.framing import Broken, Lines, frame

DATA = Path(os.environ.get("REMIT_TEST_DATA", ROOT.parent / "shared" / "data")) / "logs"
PAGE = ROOT / "docs" / "logs.md"
BEGIN, END = "<!-- begin: counted -->", "<!-- end: counted -->"
_NO_RECORDS = ("schemas", "expected")


@dataclass
class Counts:
    """What became of the records of one file."""

    read: int = 0
    normalised: int = 0
    operations: int = 0
    set_aside: Counter[str] = field(default_factory=Counter)


def contents(path: Path) -> Iterator[bytes]:
    """Yield what is to be framed of a file: the whole, or the record of each line of a test file."""
    if not path.name.endswith((".pairs.jsonl", ".tests.jsonl")) and path.parent.name != "used-permission-labels":
        yield path.read_bytes()
        return
    for line in path.read_text("utf-8").splitlines():
        wrapped = json.loads(line)
        record = wrapped.get("raw", wrapped.get("event"))
        yield (record if isinstance(record, str) else json.dumps(record)).encode()


def framed(data: bytes) -> Iterator[bytes | Broken]:
    """Yield the records, and what is none, in some bytes."""
    for block in frame([data]):
        if isinstance(block, Lines):
            yield from (line for line in block.lines if line.strip())
        else:
            yield block if isinstance(block, Broken) else block.data


def counted(path: Path) -> Counts:
    """Frame and normalise all of a file."""
    counts = Counts()
    for data in contents(path):
        for record in framed(data):
            found = record if isinstance(record, Broken) else normalise(record)
            counts.read += 1
            if isinstance(found, Normalised):
                counts.normalised += 1
                counts.operations += len(found.operations)
            else:
                counts.set_aside[found.reason] += 1
    return counts


def files() -> list[Path]:
    """Return the files with log records, by name."""
    found = (path for path in DATA.rglob("*") if path.suffix in (".json", ".jsonl", ".ndjson", ".csv"))
    return sorted(path for path in found if not any(name in path.parts for name in _NO_RECORDS))


def rendered() -> str:
    """Return the table."""
    lines = ["| file | read | normalised | set aside |", "|---|---|---|---|"]
    total = Counts()
    for path in files():
        counts = counted(path)
        total.read += counts.read
        total.normalised += counts.normalised
        total.set_aside += counts.set_aside
        reasons = "; ".join(f"{number} {reason}" for reason, number in sorted(counts.set_aside.items()))
        lines.append(f"| {path.relative_to(DATA)} | {counts.read} | {counts.normalised} | {reasons} |")
    lines.append(f"| all | {total.read:,} | {total.normalised:,} | {total.set_aside.total():,} |")
    return "\n".join(lines) + "\n"


def between(text: str) -> str:
    """Return what stands between the two marks of the page."""
    return text.partition(BEGIN + "\n")[2].partition(END)[0]


if __name__ == "__main__":
    old = PAGE.read_text("utf-8")
    PAGE.write_text(old.replace(BEGIN + "\n" + between(old), BEGIN + "\n\n" + rendered() + "\n"), "utf-8")
