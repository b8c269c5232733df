"""`remit collect` as a process: what it prints, how it ends, how it goes on, and what it must never write."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.e2e.conftest import environment

from remit.bootstrap.reader import import_path, sample_tenant
from remit_sim.embedded import Simulator
from remit_sim.generate import generate

WRONG = {"AZURE_CLIENT_SECRET": "wrong"}
CANARY = {"AZURE_CLIENT_SECRET": "canary-7f3a91"}
DONE, USAGE, CREDENTIAL, INTERRUPTED = 0, 64, 77, 130


@pytest.fixture(scope="module")
def sim():
    with Simulator(sample_tenant()) as simulator:
        yield simulator


def collect(sim: Simulator, store: Path, *arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-m", "remit", "collect", "--store", str(store), *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env=environment(**(sim.env() | changes)),
    )


def begin(sim: Simulator, store: Path, *arguments: str) -> subprocess.Popen[str]:
    """Start a collection and return once something of it is kept."""
    process = subprocess.Popen(  # noqa: S603 - our own interpreter
        [sys.executable, "-m", "remit", "collect", "--store", str(store), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(**sim.env()),
    )
    journal = store / "collecting" / "journal.jsonl"
    deadline = time.monotonic() + 60
    while not (journal.exists() and journal.read_bytes().count(b"\n") > 3):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return process


@pytest.fixture(scope="module")
def stopped(sim, tmp_path_factory) -> Path:
    """A store whose collection was ended by Ctrl-C."""
    store = tmp_path_factory.mktemp("stopped") / "store"
    sim.faults.set("slow", "1:0.2")
    try:
        process = begin(sim, store, "--without", "graph/devices")
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    finally:
        sim.faults.set("slow", "off")
    assert process.returncode == INTERRUPTED
    assert said == "remit: interrupted; what was read is kept\nhint: go on with `remit collect --resume`\n"
    return store


@pytest.fixture
def interrupted(stopped, tmp_path) -> Path:
    """A store with a collection that was interrupted."""
    return Path(shutil.copytree(stopped, tmp_path / "store"))


def test_people_are_told_rows_calls_gaps_and_the_snapshot(sim, tmp_path):
    done = collect(sim, tmp_path / "store", "--without", "graph/devices,arm/locks", "--export", str(tmp_path / "out"))
    assert (done.returncode, done.stderr) == (DONE, "")
    lines = done.stdout.splitlines()
    assert lines[0].split() == ["list", "rows", "calls", "gaps"]
    assert ["arm/roleAssignments", "21", "2"] in [line.split() for line in lines]
    assert "- not collected: arm/locks, graph/devices" in done.stdout
    name = next(line for line in lines if line.startswith("Snapshot ")).split()[1]
    assert import_path(tmp_path / "other", tmp_path / "out").summary.snapshot_id.startswith(name)
    assert f"  export     {tmp_path / 'out'}" in lines
    assert not (tmp_path / "store" / "collecting").exists()


def test_programs_are_told_the_same(sim, tmp_path):
    done = collect(sim, tmp_path / "store", "--lists", "graph/users,arm/subscriptions", "--json")
    said = json.loads(done.stdout)
    assert set(said) == {"snapshot", "skipped", "calls", "throttledSeconds", "resumed"}
    assert said["snapshot"]["rows"] == {"arm/subscriptions": 3, "graph/users": 11}
    assert {"endpoint": "graph/users", "count": 1} in said["calls"]
    assert (said["skipped"], said["resumed"], said["throttledSeconds"]) == ([], False, 0.0)


def test_what_was_interrupted_goes_on_and_equals_what_was_not(sim, interrupted, tmp_path):
    more = collect(sim, interrupted, "--resume", "--json", "--export", str(tmp_path / "out"))
    assert (more.returncode, more.stderr) == (DONE, "")
    said = json.loads(more.stdout)
    assert said["resumed"]
    whole = json.loads(collect(sim, tmp_path / "whole", "--without", "graph/devices", "--json").stdout)
    assert said["snapshot"]["snapshotId"] == whole["snapshot"]["snapshotId"]
    assert sum(one["count"] for one in said["calls"]) < sum(one["count"] for one in whole["calls"])
    assert said["export"] == str(tmp_path / "out")


def test_a_new_collection_does_not_begin_beside_an_interrupted_one(sim, interrupted):
    refused = collect(sim, interrupted)
    assert refused.returncode == USAGE
    assert f"a collection of tenant {sim.tenant_id} of 2026-11-02T09:00:00Z was interrupted" in refused.stderr
    assert "`remit collect --resume`, or throw it away with `remit collect --discard`" in refused.stderr
    done = collect(sim, interrupted, "--discard", "--json", "--lists", "graph/users")
    assert json.loads(done.stdout)["snapshot"]["rows"] == {"graph/users": 11}
    assert collect(sim, interrupted, "--resume").returncode == USAGE


def test_a_refused_credential_says_how_to_go_on(sim, interrupted):
    refused = collect(sim, interrupted, "--resume", "--json", **WRONG)
    assert refused.returncode == CREDENTIAL
    assert "the client secret is wrong (AADSTS7000215)" in refused.stderr
    assert "`remit collect --resume`" in refused.stderr
    assert json.loads(refused.stdout)["error"]["code"] == "credential"
    assert collect(sim, interrupted, "--resume").returncode == DONE


def test_a_credential_that_is_refused_at_once_leaves_nothing_behind(sim, tmp_path):
    refused = collect(sim, tmp_path / "store", **WRONG)
    assert refused.returncode == CREDENTIAL
    assert not (tmp_path / "store" / "collecting").exists()


def test_two_collections_do_not_share_a_store(sim, tmp_path):
    sim.faults.set("slow", "1:0.3")
    process = begin(sim, tmp_path / "store")
    try:
        refused = collect(sim, tmp_path / "store")
        assert refused.returncode == 74
        assert "another collection is at work" in refused.stderr
    finally:
        sim.faults.set("slow", "off")
        process.kill()
        process.communicate()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--resume"], "no collection was interrupted in"),
        (["--resume", "--lists", "graph/users"], "--resume goes on with the lists that it was begun with"),
        (["--lists", "graph/nobody"], "`graph/nobody` is no list of a tenant export"),
        (["--patience", "soon"], "`soon` is no duration"),
        (["--since", "abcdef"], "no snapshot `abcdef` in this store"),
    ],
)
def test_what_cannot_be_asked_for_is_told_before_anything_is_called(sim, tmp_path, arguments, said):
    refused = collect(sim, tmp_path / "store", *arguments)
    assert (refused.returncode, refused.stdout) == (USAGE, "")
    assert said in refused.stderr
    assert not (tmp_path / "store" / "collecting").exists()


def test_an_export_is_never_written_over_anything(sim, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").write_text("mine")
    refused = collect(sim, tmp_path / "store", "--export", str(tmp_path / "full"))
    assert (refused.returncode, "is not empty" in refused.stderr) == (USAGE, True)
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["file"]


def test_no_credential_reaches_anything_that_is_written(sim, interrupted, tmp_path):
    """The folder of an interrupted collection, the snapshot, the export, standard output and standard error."""
    written = [path.read_bytes() for path in interrupted.rglob("*") if path.is_file()]
    refused = collect(sim, interrupted, "--resume", **CANARY)
    done = collect(sim, interrupted, "--resume", "--export", str(tmp_path / "out"), REMIT_DEBUG="1")
    assert done.returncode == DONE
    written += [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    written += [stream.encode() for run in (refused, done) for stream in (run.stdout, run.stderr)]
    everything = b"\n".join(written)
    for secret in (sim.client_secret.encode(), b"canary-7f3a91", b"eyJ0eXAi", b"eyJhbGci", b"Bearer"):
        assert secret not in everything


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system cannot kill a process outright")
def test_killed_again_and_again_it_comes_to_the_same(tmp_path):
    generate(150, 5, tmp_path / "tenant", resources=100)
    store = tmp_path / "store"
    chance = random.Random(3)
    with Simulator(tmp_path / "tenant", faults={"small-pages": "20"}) as sim:
        for kill in range(4):
            process = begin(sim, store, *(["--resume"] if kill else []))
            time.sleep(chance.uniform(0, 0.5))
            process.kill()
            process.communicate()
            if not (store / "collecting").exists():
                break
        if (store / "collecting").exists():
            assert collect(sim, store, "--resume").returncode == DONE
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-m", "remit", "snapshots", "--store", str(store), "--json"],
        capture_output=True,
        check=True,
        env=os.environ,
    )
    (snapshot,) = json.loads(done.stdout)["snapshots"]
    assert snapshot["snapshotId"] == import_path(tmp_path / "imported", tmp_path / "tenant").summary.snapshot_id
