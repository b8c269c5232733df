"""Compare engine and reference on N random decisions: `python -m tests.fuzz N [--seed S] [--out FOLDER]`.

Every tenant has a seed of its own, made of S and its number, so that a run can be repeated and any tenant of it be
looked at alone. Ends with 1 and a reproduction on disk when they disagree.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator
from multiprocessing import get_context
from pathlib import Path

from tests.fuzz.comparing import QUESTIONS, Tally, compare_some
from tests.fuzz.reproduction import write_reproduction

_CHUNK = 20
_SHOWN = 5
_EVERY = 500


def main(arguments: list[str]) -> int:
    """Run the comparison; return the exit code."""
    options = _options(arguments)
    total, started = Tally(), time.monotonic()
    tenants = 0
    for tally in _tallies(options):
        total.add(tally)
        tenants += 1
        if tenants % _EVERY == 0:
            rate = total.decisions / (time.monotonic() - started)
            _say(f"{total.decisions:,} of {options.decisions:,} decisions, {rate:,.0f}/s")
        if len(total.disagreements) >= _SHOWN:
            break
    for found in total.disagreements[:_SHOWN]:
        place = write_reproduction(found, options.out)
        _say(f"\n{found.form} of tenant {found.seed} at {found.at}: {found.question}")
        _say(f"  reference: {found.expected}\n  engine:    {found.found}\n  written to {place}")
    words = ", ".join(f"{count:,} {outcome.value}" for outcome, count in sorted(total.outcomes.items()))
    _say(f"answers: {words}; also {total.batch:,} batch answers and {total.lists:,} lists of principals")
    _say(
        f"compared {total.decisions:,} decisions over {tenants:,} tenants: "
        f"{len(total.disagreements)} disagreements (seed {options.seed}, {time.monotonic() - started:.0f} s)"
    )
    return 1 if total.disagreements else 0


def _tallies(options: argparse.Namespace) -> Iterator[Tally]:
    """Yield what each tenant came to, in whatever order the processes finish."""
    left = range(options.decisions, 0, -QUESTIONS)
    todo = [(f"{options.seed}:{number}", min(QUESTIONS, rest)) for number, rest in enumerate(left)]
    with get_context("spawn").Pool(options.processes) as pool:
        yield from pool.imap_unordered(compare_some, todo, chunksize=_CHUNK)


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("decisions", type=int, help="how many decisions to compare")
    parser.add_argument("--seed", default="1", help="what the tenants are made from")
    parser.add_argument("--out", type=Path, default=Path("fuzz-reproductions"), help="where to write disagreements")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
