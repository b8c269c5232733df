"""`python -m benchmarks.reading STORE`: a collection whose memory is told where reading ends, and at the end.

It does what `remit collect` does, without a terminal; peak memory is what the kernel says of this process.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

from remit.bootstrap.collecting import Wish, collect
from remit.bootstrap.connecting import Connection
from remit.wire.azure.lists import LISTS


def peak_mb() -> float:
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="utf-8"))
    return int(found[1]) / 1024 if found else 0.0


def main() -> None:
    reading: list[float] = []

    def progress(_done: int, _whole: int | None) -> None:
        if not reading:
            reading.append(peak_mb())

    collect(
        Connection(auth="secret"),
        Wish(lists=tuple(sorted(LISTS)), store=Path(sys.argv[1])),
        watcher=lambda _: None,
        progress=progress,
    )
    print(json.dumps({"read_mb": reading[0], "peak_mb": peak_mb()}))


if __name__ == "__main__":
    main()
