"""Rows that measure whole processes: the command line, and the first use of compiled code."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from benchmarks.measuring import percentile, remit_command, run
from benchmarks.places import Work

COLD_RUNS = 9


def import_export(work: Work, size: str) -> Mapping[str, float]:
    """Import the export into an empty store."""
    shutil.rmtree(work.store(size), ignore_errors=True)
    done = run(remit_command("import", str(work.export(size)), "--store", str(work.store(size))))
    read = sum(path.stat().st_size for path in work.export(size).rglob("*.jsonl"))
    kept = sum(path.stat().st_size for path in work.store(size).rglob("*") if path.is_file())
    return {"seconds": done.seconds, "peak_mb": done.peak_mb, "read_mb": read / 1e6, "kept_mb": kept / 1e6}


def cold_can(work: Work, size: str) -> Mapping[str, float]:
    """Run `remit can` as a process: once with the kept index removed, then with it; files stay in the page cache."""
    for kept in work.store(size).rglob("index-*"):
        shutil.rmtree(kept)
    timings, peaks = [], []
    for ask in work.questions(size)[: COLD_RUNS + 1]:
        plane = ["--data"] if ask.data else []
        command = remit_command("can", ask.principal, ask.action, ask.scope, *plane, "--store", str(work.store(size)))
        done = run(command, codes=(0, 1, 3))
        timings.append(done.seconds)
        peaks.append(done.peak_mb)
    return {"first_s": timings[0], "median_s": percentile(timings[1:], 50), "peak_mb": max(peaks[1:])}


def version() -> Mapping[str, float]:
    """Run `remit --version`."""
    timings = [run(remit_command("--version")).seconds * 1e3 for _ in range(20)]
    return {"median_ms": percentile(timings[1:], 50), "max_ms": max(timings[1:])}


def first_calls(work: Work, size: str) -> Mapping[str, float]:
    """Start two processes, one without compiled code and one that finds what the first one kept."""
    with tempfile.TemporaryDirectory() as kept:
        command = [sys.executable, "-m", "benchmarks", "first-calls", "--work", str(work.folder), "--size", size]
        compiling = run(command, environment={"NUMBA_CACHE_DIR": kept})
        if not any(Path(kept).rglob("*.nbc")):
            raise RuntimeError("nothing was compiled")
        again = run(command, environment={"NUMBA_CACHE_DIR": kept})
    first, second = json.loads(compiling.output), json.loads(again.output)
    return {
        "compile_batch_s": first["batch_s"],
        "kept_batch_s": second["batch_s"],
        "compile_radius_s": first["radius_s"],
        "kept_radius_s": second["radius_s"],
    }
