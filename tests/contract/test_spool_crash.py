"""A collection that is killed, or whose machine loses power, keeps every page that was committed, each as a whole."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime

import pytest

from remit.adapters.spool.folder import FolderSpool
from remit.model.errors import UnavailableError
from remit.model.snapshot import SnapshotMeta
from remit.ports.pages import Beginning, Page, Part
from remit.ports.spool import Finished

NOW = datetime(2026, 11, 1, tzinfo=UTC)
META = SnapshotMeta("t", NOW, "AzureCloud", "tenantExport", frozenset({"graph/users", "arm/locks"}), ())

WRITE = """
import sys
from pathlib import Path
from tests.contract.test_spool_crash import begin, next_page
from remit.adapters.spool.folder import FolderSpool

spool = FolderSpool(Path(sys.argv[1]), sync_every_s=0.01)
begin(spool)
print("ready", flush=True)
while True:
    print(next_page(spool), flush=True)
"""


def begin(spool):
    if spool.beginning() is None:
        parts = (Part("graph/users"), Part("arm/locks"))
        spool.begin(Beginning("t", "AzureCloud", NOW, META.collected, parts), {})


def next_page(spool) -> int:
    """Read one page of both lists: page n holds the rows n.0 to n.(n % 7); return n."""
    finished = []
    number = 0
    for part in spool.open_parts():
        number = int(part.cursor or "0")
        rows = [b'{"id":"%d.%d","more":"%s"}' % (number, place, b"x" * 2_000) for place in range(number % 7)]
        finished.append(Finished(part, Page(part.endpoint, rows, str(number + 1))))
    spool.commit(finished)
    return number


def check(folder, at_least: int) -> int:
    """Finish a copy of the collection and compare each row; return how many pages there were."""
    copy = folder.with_name("copy")
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(folder, copy)
    spool = FolderSpool(copy)
    begin(spool)
    cursors = {part.cursor for part in spool.open_parts()}
    assert len(cursors) == 1, "half of a commit was kept"
    pages = int(cursors.pop() or "0")
    assert pages > at_least
    expected = [f"{number}.{place}" for number in range(pages) for place in range(number % 7)]
    spool.commit([Finished(part, Page(part.endpoint)) for part in spool.open_parts()])
    found: dict[str, list[str]] = {"graph/users": [], "arm/locks": []}
    for batch in spool.reader(META).batches():
        found[batch.list_name] += [payload.split(b'"')[3].decode() for payload in batch.payloads]
    assert found == {"graph/users": expected, "arm/locks": expected}
    spool.let_go()
    return pages


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system cannot kill a process outright")
def test_killed_at_any_moment_nothing_that_was_committed_is_lost(tmp_path):
    folder = tmp_path / "collecting"
    chance = random.Random(11)
    paths = os.pathsep.join(path for path in [os.getcwd(), *sys.path] if path)  # noqa: PTH109 - a text for the environment
    pages = 0
    for _ in range(12):
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and text
            [sys.executable, "-c", WRITE, str(folder)],
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": paths},
            text=True,
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(chance.uniform(0, 0.05))
        process.kill()
        said = [line for line in process.stdout.read().splitlines(keepends=True) if line.endswith("\n")]
        process.wait()
        process.stdout.close()
        pages = check(folder, int(said[-1]) if said else pages - 1)
    assert pages > 12


@pytest.fixture
def written(tmp_path):
    """A folder with a few pages, of which the first five are on the disk for certain."""
    spool = FolderSpool(tmp_path / "collecting", sync_every_s=1_000)
    begin(spool)
    for _ in range(5):
        next_page(spool)
    spool.let_go()
    spool = FolderSpool(tmp_path / "collecting", sync_every_s=1_000)
    for _ in range(4):
        next_page(spool)
    # What a killed process leaves: nothing more is synced.
    spool._close()
    return tmp_path / "collecting"


def test_a_journal_that_is_torn_anywhere_is_cut_to_its_last_whole_record(written):
    journal = written / "journal.jsonl"
    whole = journal.read_bytes()
    synced = whole.rindex(b'{"kind":"synced"}\n') + len(b'{"kind":"synced"}\n')
    for end in range(synced, len(whole), 7):
        journal.write_bytes(whole[:end])
        check(written, 4)
    journal.write_bytes(whole[:-30] + bytes(30))
    assert check(written, 4) == 8


@pytest.mark.parametrize("list_name", ["graph/users", "arm/locks"])
def test_rows_that_did_not_reach_the_disk_take_their_pages_with_them(written, list_name):
    path = written / f"{list_name}.jsonl"
    whole = path.read_bytes()
    synced = sum(number % 7 for number in range(5)) * len(b'{"id":"0.0","more":""}\n' + b"x" * 2_000)
    for end in range(synced, len(whole), 5_000):
        path.write_bytes(whole[:end])
        check(written, 4)
        # A length that reached the disk before the bytes did.
        path.write_bytes(whole[:end] + bytes(len(whole) - end))
        check(written, 4)


def test_rows_without_a_record_are_cut_off(written):
    with (written / "graph" / "users.jsonl").open("ab") as stream:
        stream.write(b'{"id":"half')
    (written / "graph" / "groups.jsonl").write_text('{"id":"g"}\n')
    assert check(written, 8) == 9


def test_damage_to_what_was_on_the_disk_is_an_error(written):
    journal = written / "journal.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join([lines[0], b"{broken\n", *lines[2:]]))
    with pytest.raises(UnavailableError, match="damaged"):
        FolderSpool(written)


@pytest.mark.parametrize("keep", [0, 100])
def test_rows_that_were_on_the_disk_and_are_lost_are_an_error(written, keep):
    path = written / "graph" / "users.jsonl"
    os.truncate(path, keep)
    if not keep:
        path.unlink()
    with pytest.raises(UnavailableError, match=r"users\.jsonl is damaged"):
        FolderSpool(written)


def test_what_is_damaged_can_be_thrown_away(written):
    (written / "journal.jsonl").write_bytes(b"{broken\n" + (written / "journal.jsonl").read_bytes())
    FolderSpool.discard(written)
    assert not written.exists()
    spool = FolderSpool(written)
    with pytest.raises(UnavailableError, match="at work"):
        FolderSpool.discard(written)
    assert spool.beginning() is None
    spool.remove()
