"""Files of logs, and ingesting them in a process that can be killed."""

from __future__ import annotations

import random
from pathlib import Path

from tests.fakes.log_records import NOT_UNDERSTOOD, activity, graph_call, role_write, secret_get

from remit.adapters.clock import SystemClock
from remit.adapters.sql_engine.duck import DuckEngine
from remit.adapters.usage_store.folder import FolderUsage
from remit.app.ingesting.ingest import Ingested, Pace, ingest
from remit.bootstrap.logs import WorkerTools, find_units
from remit.model.usage import ObservedPlane


def write_logs(folder: Path, seed: int, *, files: int = 4, records: int = 30) -> Path:
    """Overlapping files of the records of nine days."""
    dice = random.Random(seed)
    made = [NOT_UNDERSTOOD, b"{", role_write(40)]
    for number in range(files * records):
        hours, caller = dice.uniform(0, 9 * 24), dice.randrange(1, 9)
        kind = number % 3
        if kind == 0:
            made += [
                activity(hours, caller=caller, correlation=number, result="Start"),
                activity(hours + 0.1, caller=caller, correlation=number, assignment=7),
            ]
        elif kind == 1:
            made.append(secret_get(hours, caller=caller, correlation=number))
        else:
            made.append(graph_call(hours, caller=caller, request=number))
    folder.mkdir()
    for number in range(files):
        some = [record for at, record in enumerate(made) if at % files in (number, (number + 1) % files)]
        (folder / f"{number}.jsonl").write_bytes(b"\n".join(some) + b"\n")
    return folder


def usage_of(store: Path) -> FolderUsage:
    return FolderUsage(store / "usage", lambda spill: DuckEngine(spill, threads=1), SystemClock())


def ingest_here(store: str, logs: str) -> Ingested:
    """Ingest in this process, in many small commits."""
    pace = Pace(commit_records=60, task_bytes=1)
    return ingest(find_units([logs]), usage_of(Path(store)), WorkerTools, pace=pace)


def told(store: Path) -> tuple:
    """Everything that counts: whatever way the records came in, it is the same."""
    reading = usage_of(store).reading()
    return (
        list(reading.used_by_all()),
        reading.coverage(),
        list(reading.changes()),
        [(one.reason, one.records) for one in reading.reasons()],
        sorted((one.name, one.line) for one in reading.set_aside()),
        sorted(reading.operations(ObservedPlane.CONTROL), key=repr),
        reading.totals().normalised,
        reading.totals().set_aside,
    )
