"""Logs to the roll-up: a day of records made on the fly, and one large file."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.places import SEED, Work
from remit.app.ingesting.ingest import Ingested, Pace, ingest
from remit.bootstrap.logs import WorkerTools, ingest_paths, open_usage, read_usage
from remit.ports.log_source import LogOpener, LogUnit
from remit_sim.generate.usage.bulk import LINES, Bulk

PROCESSES = 2
DAY_RECORDS = 20_000_000
FILE_BYTES = 10_000_000_000
_UNITS = 256
_LINE_BYTES = 1_720
_POLL_S = 0.1


class BulkOpener:
    """Opens units that stand nowhere: blocks of records, made as they are read. `place` is how many records in all."""

    def __init__(self) -> None:
        self._bulk = Bulk(SEED)

    def chunks(self, unit: LogUnit) -> Iterator[bytes]:
        whole = int(unit.place)
        blocks = -(-whole // LINES)
        for number in range(unit.start, unit.end or blocks):
            yield self._bulk.chunk(number, blocks)


class BulkTools(WorkerTools):
    """Tools of a worker that opens such units."""

    def __init__(self) -> None:
        super().__init__()
        self._own: BulkOpener | None = None

    def opener(self, unit: LogUnit) -> LogOpener:
        del unit
        self._own = self._own or BulkOpener()
        return self._own


def bulk_units(records: int) -> list[LogUnit]:
    """Return the units of so many records, a whole number of blocks each."""
    blocks = records // LINES
    edges = [blocks * part // _UNITS for part in range(_UNITS + 1)]
    return [
        LogUnit(f"bulk-{low}", "bulk", str(records), low, high, size=(high - low) * LINES * _LINE_BYTES)
        for low, high in pairwise(edges)
    ]


@contextmanager
def watched_memory() -> Iterator[dict[str, float]]:
    """Give the most memory that this process and its children hold together: the sum of their resident sets."""
    import psutil  # noqa: PLC0415 - installed for benchmarks only

    found = {"together_mb": 0.0}
    over = threading.Event()

    def watch() -> None:
        own = psutil.Process()
        while not over.wait(_POLL_S):
            total = 0
            for one in (own, *own.children(recursive=True)):
                try:
                    total += one.memory_info().rss
                except psutil.NoSuchProcess:
                    continue
            found["together_mb"] = max(found["together_mb"], total / 1e6)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield found
    finally:
        over.set()
        watcher.join()


def day(work: Work) -> dict[str, float]:
    """Ingest and settle a day of a large tenant that stands on no disk; totals must be those that were made."""
    expected = Bulk(SEED).totals(DAY_RECORDS)
    work.folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=work.folder, prefix="day-") as name, watched_memory() as memory:
        began = time.perf_counter()
        done = ingest(bulk_units(DAY_RECORDS), open_usage(Path(name)), BulkTools, pace=Pace(processes=PROCESSES))
        seconds = time.perf_counter() - began
        _check(done, expected.records, expected.duplicates)
        operations = sum(row.operations for _, rows in read_usage(Path(name)).used_by_all() for row in rows)
        if operations != expected.operations:
            raise SystemExit(f"{operations} operations of {expected.operations}")
    return {
        "minutes": seconds / 60,
        "per_s": DAY_RECORDS / seconds,
        "gigabytes": expected.bytes / 1e9,
        **memory,
    }


def generated(_: Work) -> dict[str, float]:
    """Make the same records and do nothing with them: what of the time above is not Remit's."""
    bulk = Bulk(SEED)
    began = time.perf_counter()
    size = sum(map(len, bulk.chunks(2_000_000)))
    return {"per_s": 2_000_000 / (time.perf_counter() - began), "gigabytes": size / 1e9}


def one_file(work: Work) -> dict[str, float]:
    """Ingest one file of 5 GB, then one of 10 GB: memory must not grow with the file."""
    found: dict[str, float] = {}
    work.folder.mkdir(parents=True, exist_ok=True)
    for name, size in (("small", FILE_BYTES // 2), ("large", FILE_BYTES)):
        with TemporaryDirectory(dir=work.folder, prefix="file-") as folder:
            path = Path(folder) / "logs.jsonl"
            records = size // _LINE_BYTES // LINES * LINES
            Bulk(SEED).write(path, records)
            with watched_memory() as memory:
                began = time.perf_counter()
                done = ingest_paths(Path(folder) / "store", [str(path)], processes=PROCESSES)
                found[f"{name}_s"] = time.perf_counter() - began
            found[f"{name}_gb"] = path.stat().st_size / 1e9
            found[f"{name}_mb"] = memory["together_mb"]
            _check(done, records, Bulk(SEED).totals(records).duplicates)
            shutil.rmtree(Path(folder) / "store")
    found["growth"] = 100 * (found["large_mb"] / found["small_mb"] - 1)
    return found


def _check(done: Ingested, records: int, duplicates: int) -> None:
    """Totals are those that were made; a few rows of one operation may say the same at the same instant."""
    totals = done.totals
    if (totals.read, totals.set_aside) != (records, 0) or not duplicates <= totals.duplicates < 1.01 * duplicates:
        raise SystemExit(f"{totals} of {records} records, {duplicates} of them duplicates")
