"""Processes measured from outside, and series of timings summed up."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

# The kernel counts what a process held before `exec`, too: a child of this (large) process would start with our own
# peak. So a bare interpreter of a few megabytes starts the measured process, waits for it, and tells what it took.
_LAUNCHER = """
import os, sys, time
began = time.perf_counter()
child = os.fork()
if child == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
_, status, usage = os.wait4(child, 0)
seconds = time.perf_counter() - began
told = f'[{seconds!r}, {usage.ru_maxrss}, {os.waitstatus_to_exitcode(status)}]'
os.write(int(sys.argv[1]), told.encode())
"""


@dataclass(frozen=True, slots=True)
class Run:
    """One process: how long it took, the most memory it held, and what it said."""

    seconds: float
    peak_mb: float
    code: int
    output: str


class FailedRunError(Exception):
    """A measured process did not end as it should; nothing is recorded."""


def run(command: Sequence[str], *, codes: Sequence[int] = (0,), environment: Mapping[str, str] | None = None) -> Run:
    """Run a process to its end; wall time includes its start, peak memory is what the kernel counted for it.

    Raises:
        FailedRunError: it ended with none of the exit codes.
    """
    source, sink = os.pipe()
    try:
        done = subprocess.run(  # noqa: S603 - commands of this package only
            [sys.executable, "-I", "-S", "-c", _LAUNCHER, str(sink), *command],
            stdout=subprocess.PIPE,
            env={**os.environ, **(environment or {})},
            pass_fds=[sink],
            check=False,
        )
        os.close(sink)
        with os.fdopen(source, "rb", closefd=False) as told:
            seconds, peak_kb, code = json.loads(told.read() or "[0, 0, -1]")
    finally:
        os.close(source)
    if code not in codes:
        raise FailedRunError(f"{' '.join(command)}: exit code {code}")
    return Run(seconds, peak_kb / 1024, code, done.stdout.decode())


def remit_command(*arguments: str) -> list[str]:
    """Return the command of the `remit` beside this Python, or of the package where there is none."""
    script = Path(sys.executable).parent / "remit"
    start = [str(script)] if script.exists() else [sys.executable, "-m", "remit"]
    return [*start, *arguments]


def percentile(values: Sequence[float], part: float) -> float:
    """Return a percentile of a series."""
    return float(np.percentile(np.asarray(values, dtype=float), part))
