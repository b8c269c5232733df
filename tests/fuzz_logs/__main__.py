"""Read N records that were changed at random: `python -m tests.fuzz_logs N [--seed S]`.

Every file of them has a seed of its own, made of S and its number, so that any of them can be looked at alone. Nothing
may be raised, and what is read must be normalised or set aside. Ends with 1 and the seeds where that does not hold.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from multiprocessing import get_context

from tests.fuzz_logs.checking import RECORDS, Tally, check_file

_SHOWN = 10
_CHUNK = 20
_EVERY = 2000


def main(arguments: list[str]) -> int:
    """Run; return the exit code."""
    options = _options(arguments)
    total, started = Tally(), time.monotonic()
    todo = [f"{options.seed}:{number}" for number in range(-(-options.records // RECORDS))]
    with get_context("spawn").Pool(options.processes) as pool:
        for number, tally in enumerate(pool.imap_unordered(check_file, todo, chunksize=_CHUNK), 1):
            total.add(tally)
            if number % _EVERY == 0:
                rate = total.mutated / (time.monotonic() - started)
                _say(f"{total.mutated:,} of {options.records:,} records, {rate:,.0f}/s")
            if len(total.failures) >= _SHOWN:
                break
    for failure in total.failures[:_SHOWN]:
        _say(failure)
    _say(
        f"mutated {total.mutated:,} records (seed {options.seed}, {time.monotonic() - started:.0f} s): "
        f"read {total.read:,}, normalised {total.normalised:,}, set aside for {len(total.reasons)} kinds of reason; "
        f"{len(total.failures)} failures"
    )
    return 1 if total.failures else 0


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz_logs", description=__doc__)
    parser.add_argument("records", type=int, help="how many records to read")
    parser.add_argument("--seed", default="1", help="what the records are made from")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
