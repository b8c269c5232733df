"""An ingest that is killed over and over, and run again, gives in the end what an undisturbed one gives."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.e2e.conftest import environment
from tests.e2e.logs_world import ingest_here, told, usage_of, write_logs

KILLS = 50
SEEDS = (1, 2)
"""A hundred kills in all, half of them in each of two tests, so that two processors share them."""

LONGEST_LIFE_S = 0.35

# Processes are forked from one that has loaded everything: starting one anew would take longer than it lives.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(
    [
        "duckdb",
        "remit.adapters.sql_engine.duck",
        "remit.adapters.usage_store.folder",
        "remit.app.ingesting.ingest",
        "remit.bootstrap.logs",
        "remit.usage.records",
        "tests.e2e.logs_world",
    ]
)


def live(store: Path, logs: Path, life_s: float) -> bool | None:
    """Run one process; return True where it ended well, False where it was killed, None where it failed."""
    process = PROCESSES.Process(target=ingest_here, args=(str(store), str(logs)), daemon=True)
    process.start()
    process.join(life_s)
    if process.is_alive():
        os.kill(process.pid, signal.SIGKILL)
    process.join()
    return {0: True, -signal.SIGKILL: False}.get(process.exitcode)


@pytest.mark.parametrize("seed", SEEDS)
def test_an_ingest_survives_a_hundred_kills(tmp_path, seed) -> None:
    chance = random.Random(seed)
    logs = write_logs(tmp_path / "logs", seed)
    ingest_here(str(tmp_path / "undisturbed"), str(logs))
    expected = told(tmp_path / "undisturbed")
    kills = finished = 0
    while kills < KILLS or not finished:
        store = tmp_path / f"store-{finished}"
        life_s = chance.uniform(0.0, LONGEST_LIFE_S) if kills < KILLS else 60.0
        ended = live(store, logs, life_s)
        assert ended is not None
        kills += not ended
        totals = usage_of(store).reading().totals()
        assert totals.read == totals.normalised + totals.set_aside + totals.duplicates
        if ended:
            assert told(store) == expected
            finished += 1
    assert kills >= KILLS


def children(pid: int) -> set[int]:
    """The processes that one has started, as the system lists them."""
    found = Path(f"/proc/{pid}/task/{pid}/children")
    return {int(word) for word in found.read_text().split()} if found.exists() else set()


def runs(pid: int) -> bool:
    state = Path(f"/proc/{pid}/stat")
    try:
        return state.read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_workers_end_with_the_one_that_started_them_and_the_next_run_is_whole(tmp_path) -> None:
    if not Path("/proc/self/task").exists():
        pytest.skip("this system does not list the children of a process")
    logs = write_logs(tmp_path / "logs", 3, files=12, records=800)
    arguments = [sys.executable, "-m", "remit", "logs", "ingest", str(logs), "--store"]
    store = tmp_path / "store"
    started = [*arguments, str(store), "--processes", "2"]
    process = subprocess.Popen(started, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603 - our own interpreter
    workers: set[int] = set()
    while len(workers) < 3 and process.poll() is None:  # two, and the one that looks after shared resources
        workers |= children(process.pid)
        time.sleep(0.01)
    time.sleep(0.3)
    process.kill()
    process.wait()
    assert len(workers) == 3
    give_up = time.monotonic() + 10
    while any(map(runs, workers)):
        assert time.monotonic() < give_up
        time.sleep(0.02)
    done = subprocess.run(started, env=environment(), capture_output=True, check=False)  # noqa: S603 - our own interpreter
    assert done.returncode == 0, done.stderr.decode()
    subprocess.run([*arguments, str(tmp_path / "one"), "--processes", "1"], env=environment(), check=True)  # noqa: S603 - our own interpreter
    assert told(store) == told(tmp_path / "one")
    left = {path.name for path in (store / "usage").iterdir()}
    assert left == {"lock", "readers", "manifest.json", "parts"}
