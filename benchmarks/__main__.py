"""`python -m benchmarks`: measure the rows, each in a process of its own, and write the table.

python -m benchmarks                       every row but the large ones, then the report
python -m benchmarks --large               those too (L: 12 GB of disk, most of an hour)
python -m benchmarks --only can,batch      some rows, no report; a word names all that start with it
python -m benchmarks report                the table of docs/benchmarks.md from what is recorded
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from benchmarks.machine import describe
from benchmarks.measuring import FailedRunError, run
from benchmarks.places import Work
from benchmarks.report import PAGE, shown, write_report
from benchmarks.rows import ROWS, Row, chosen

RESULTS = "results"


def main() -> int:
    """Do what the command line says; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure Remit.")
    parser.add_argument("what", nargs="?", choices=("run", "report", "row", "first-calls"), default="run")
    parser.add_argument("--only", help="rows to measure, comma-separated")
    parser.add_argument("--large", action="store_true", help="measure the rows of tenant L, too")
    parser.add_argument("--work", type=Path, default=Path(".bench"), help="folder for tenants, stores and results")
    parser.add_argument("--size", default="M", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    work = Work(asked.work)
    if asked.what == "row":
        (row,) = (row for row in ROWS if row.key == asked.only)
        print(json.dumps(row.measure(work)))
    elif asked.what == "first-calls":
        from benchmarks.asking import first_calls  # noqa: PLC0415 - only the measured process needs the engine

        print(json.dumps(first_calls(work, asked.size)))
    else:
        if asked.what == "run":
            _measure(work, chosen(asked.only, large=asked.large))
        if asked.what == "report" or asked.only is None:
            write_report(work.folder / RESULTS, PAGE)
    return 0


def _measure(work: Work, rows: list[Row]) -> None:
    """Measure rows one after the other; a row that fails is told and does not stop the others."""
    machine = describe()
    (work.folder / RESULTS).mkdir(parents=True, exist_ok=True)
    for row in rows:
        path = work.folder / RESULTS / f"{row.key}.json"
        path.unlink(missing_ok=True)
        print(f"{row.key}: {row.work}", flush=True)
        work.prepare(row.size, **dict.fromkeys(row.needs, True))
        command = [sys.executable, "-m", "benchmarks", "row", "--only", row.key, "--work", str(work.folder)]
        try:
            done = run(command)
        except FailedRunError as error:
            print(f"  failed: {error}", flush=True)
            continue
        figures = {"peak_mb": done.peak_mb, **json.loads(done.output.splitlines()[-1])}
        path.write_text(json.dumps({"figures": figures, "machine": machine}, indent=1) + "\n", encoding="utf-8")
        print(f"  {shown(row, figures)}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
