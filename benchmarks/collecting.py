"""Rows about collecting: `remit collect` from the simulator, against a client that only makes the same requests."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from benchmarks.measuring import FailedRunError, remit_command, run
from benchmarks.places import SEED, Work

THROTTLED = "0.1:1-5"
_MAKING = "making the snapshot"


@dataclass(frozen=True, slots=True)
class Served:
    """A running simulator: its environment, and the file that turns recording on while it exists."""

    environment: Mapping[str, str]
    record: Path

    def control(self, place: str, edit: object = None) -> Any:
        """Ask the control API."""
        context = ssl.create_default_context(cafile=self.environment["REMIT_CA_FILE"])
        data = None if edit is None else json.dumps(edit).encode()
        request = Request(self.environment["REMIT_SIM_CONTROL"] + place, data)  # noqa: S310 - our own loopback server
        with urlopen(request, context=context) as answer:  # noqa: S310 - as above
            return json.load(answer)


@contextmanager
def serving(work: Work, principals: int) -> Iterator[Served]:
    """Serve a generated tenant of as many resources as principals."""
    export = work.folder / f"generated-{principals}"
    if not (export / "manifest.json").exists():
        size = str(principals)
        run([sys.executable, "-m", "remit_sim", "generate", "--size", size, "--seed", str(SEED), str(export)])
    folder = work.folder / f"serving-{principals}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    env_file, record = folder / "env", folder / "requests.jsonl"
    command = [sys.executable, "-m", "benchmarks.serving", str(export), str(env_file), str(record)]
    with subprocess.Popen(command) as process:  # noqa: S603 - a command of this package
        try:
            while not env_file.exists():
                if process.poll() is not None:
                    raise FailedRunError("the simulator ended")
                time.sleep(0.1)
            time.sleep(0.2)
            lines = env_file.read_text(encoding="utf-8").splitlines()
            pairs = (line.removeprefix("export ").partition("=") for line in lines)
            yield Served({name: "".join(shlex.split(value)) for name, _, value in pairs}, record)
        finally:
            process.kill()


def collected(served: Served, store: Path) -> Mapping[str, float]:
    """Collect into an empty store; what it took until the last page was read, and in all.

    Peak memory is read from the kernel while the process runs: what `wait4` tells would count our own, too.
    """
    shutil.rmtree(store, ignore_errors=True)
    command = remit_command("collect", "--auth", "secret", "--store", str(store))
    began = time.perf_counter()
    figures: dict[str, float] = {}
    with subprocess.Popen(  # noqa: S603 - a command of this package
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env={**os.environ, **served.environment}
    ) as process:
        peak = Peak(process.pid)
        peak.start()
        for line in process.stderr or ():
            if _MAKING in line and not figures:
                figures = {"read_s": time.perf_counter() - began, "read_mb": peak.now()}
        process.wait()
        peak.join()
    if process.returncode or not figures:
        raise FailedRunError(f"{' '.join(command)}: exit code {process.returncode}")
    return {**figures, "seconds": time.perf_counter() - began, "peak_mb": peak.most}


class Peak(threading.Thread):
    """Watches the most memory that a process has held, until it ends."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._status = Path(f"/proc/{pid}/status")
        self.most = 0.0

    def now(self) -> float:
        found = re.search(r"VmHWM:\s+(\d+) kB", self._status.read_text(encoding="utf-8"))
        return int(found[1]) / 1024 if found else 0.0

    def run(self) -> None:
        with suppress(OSError):
            while found := self.now():
                self.most = found
                time.sleep(0.02)


def against_bare(work: Work, principals: int) -> Mapping[str, float]:
    """Collect, then make the same requests with bare clients; the simulator has answered all of it once before."""
    with serving(work, principals) as served:
        store = work.folder / f"collected-{principals}"
        served.record.touch()
        collected(served, store)
        record = served.record.rename(served.record.with_suffix(".done"))
        figures = dict(collected(served, store))
        for name in ("httpx2", "aiohttp"):
            done = run([sys.executable, "-m", "benchmarks.bare", name, str(record)], environment=served.environment)
            told = json.loads(done.output)
            figures[f"{name}_s"], figures["requests"] = told["seconds"], told["requests"]
    figures["share"] = 100 * figures["httpx2_s"] / figures["read_s"]
    figures["share_aiohttp"] = 100 * figures["aiohttp_s"] / figures["read_s"]
    return figures


def memory(work: Work) -> Mapping[str, float]:
    """How much more memory ten times the tenant takes."""
    peaks = {}
    for principals in (10_000, 100_000):
        with serving(work, principals) as served:
            store = work.folder / f"collected-{principals}"
            shutil.rmtree(store, ignore_errors=True)
            command = [sys.executable, "-m", "benchmarks.reading", str(store)]
            peaks[principals] = json.loads(run(command, environment=served.environment).output)
    small, large = peaks[10_000], peaks[100_000]
    return {
        "small_mb": small["read_mb"],
        "large_mb": large["read_mb"],
        "growth": 100 * (large["read_mb"] / small["read_mb"] - 1),
        "small_whole_mb": small["peak_mb"],
        "whole_mb": large["peak_mb"],
    }


def throttled(work: Work, principals: int) -> Mapping[str, float]:
    """Collect while a tenth of all answers is 429; what the waits alone force is counted by the simulator."""
    with serving(work, principals) as served:
        store = work.folder / f"collected-{principals}"
        plain = collected(served, store)
        served.control(
            "/edits", [{"do": "reset-statistics"}, {"do": "set-fault", "name": "throttle", "value": THROTTLED}]
        )
        struck = collected(served, store)
        counted = served.control("/statistics")
    return {
        "plain_s": plain["read_s"],
        "read_s": struck["read_s"],
        "forced_s": counted["longestWaitSeconds"],
        "throttled": counted["throttled"],
        "impatient": counted["impatient"],
        "ratio": struck["read_s"] / counted["longestWaitSeconds"],
    }
