"""A collection that is killed over and over, and resumed, gives in the end what one that was left alone gives."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
from pathlib import Path

import pytest
from tests.e2e.collecting_world import collected, generated, imported, store_of

from remit.adapters.spool.folder import FolderSpool
from remit.bootstrap.collecting import FOLDER
from remit_sim.embedded import Simulator

KILLS = 50
SEEDS = (1, 2)
"""A hundred kills in all, half of them in each of two tests, so that two processors share them."""

LONGEST_LIFE_S = 0.9

# Processes are forked from one that has loaded everything: starting one anew would take longer than it lives.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(
    [
        "azure.identity",
        "remit.adapters.azure.source",
        "remit.adapters.export.writer",
        "remit.adapters.spool.folder",
        "remit.adapters.store.duckdb",
        "remit.app.collecting.driver",
        "remit.app.collecting.finishing",
        "remit.bootstrap.collecting",
        "tests.e2e.collecting_world",
    ]
)


def work(store: str, environment: dict[str, str], export: str, *, resume: bool) -> None:
    """Collect in a process of its own."""
    collected(Path(store), environment, resume=resume, export=None if resume else Path(export))


def live(store: Path, environment: dict[str, str], export: Path, life_s: float) -> bool | None:
    """Run one process; return True where it ended well, False where it was killed, None where it failed."""
    resume = FolderSpool.is_begun(store / FOLDER)
    process = PROCESSES.Process(
        target=work, args=(str(store), environment, str(export)), kwargs={"resume": resume}, daemon=True
    )
    process.start()
    process.join(life_s)
    if process.is_alive():
        os.kill(process.pid, signal.SIGKILL)
    process.join()
    return {0: True, -signal.SIGKILL: False}.get(process.exitcode)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_collection_survives_a_hundred_kills(tmp_path, seed) -> None:
    chance = random.Random(seed)
    export = generated(tmp_path, seed)
    expected = imported(tmp_path, export)
    kills = finished = 0
    with Simulator(export, faults={"small-pages": "4"}, seed=seed) as sim:
        while kills < KILLS or not finished:
            store = tmp_path / f"store-{finished}"
            written = tmp_path / f"written-{finished}"
            # Once enough were killed, the last one lives.
            life_s = chance.uniform(0.0, LONGEST_LIFE_S) if kills < KILLS else 60.0
            ended = live(store, sim.env(), written, life_s)
            assert ended is not None
            kills += not ended
            if ended:
                (summary,) = store_of(store).summaries()
                assert summary.snapshot_id == expected
                assert not (store / FOLDER).exists()
                assert imported(tmp_path / f"again-{finished}", written) == expected
                finished += 1
    assert kills >= KILLS
