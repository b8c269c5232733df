"""A process that is killed while it imports leaves the store as it was, and no rubbish for long."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.fakes.rows import RowsReader, TickingClock, assignment, differences, small_tenant, write_export

from remit.adapters.store.duckdb import DuckStore
from remit.app.importing import import_tenant

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system cannot kill a process outright")

IMPORT = """
import sys
from pathlib import Path
from remit.adapters.clock import SystemClock
from remit.adapters.export.reader import ExportReader
from remit.adapters.store.duckdb import DuckStore
from remit.app.importing import import_tenant
import remit.adapters.store.writing
print("ready", flush=True)
while True:
    # Another content each time, so that every round writes a whole snapshot.
    number = int(sys.stdin.readline())
    Path(sys.argv[2], "arm", "deploymentStacks.jsonl").write_text('{"id": "/stack%d"}' % number)
    summary = import_tenant(ExportReader(Path(sys.argv[2])), DuckStore(Path(sys.argv[1]), SystemClock()), {}).summary
    print(summary.snapshot_id, flush=True)
"""


def many_rows():
    lists = small_tenant()
    lists["arm/roleAssignments"] = [assignment(f"n{number}") for number in range(3_000)]
    return lists


class Importer:
    """A process that imports each time it is told to."""

    def __init__(self, store: Path, export: Path) -> None:
        paths = os.pathsep.join(path for path in sys.path if path)
        self.process = subprocess.Popen(  # noqa: S603 - our own interpreter and text
            [sys.executable, "-c", IMPORT, str(store), str(export)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": paths},
            text=True,
        )
        assert self.read() == "ready"

    def read(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def start(self, number: int) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{number}\n")
        self.process.stdin.flush()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            assert stream is not None
            try:
                stream.close()
            except BrokenPipeError:
                continue


def test_killed_at_any_moment_the_store_holds_whole_snapshots_only(tmp_path):
    export = write_export(tmp_path / "export", many_rows())
    store = DuckStore(tmp_path / "store", TickingClock())
    old = import_tenant(RowsReader(small_tenant()), store, {}).summary
    facts = store.facts(old.snapshot_id)
    chance = random.Random(7)
    # How long a whole import takes here and now, so that the kills fall all over it.
    importer = Importer(tmp_path / "store", export)
    began = time.monotonic()
    importer.start(0)
    whole = importer.read()
    takes = time.monotonic() - began
    importer.kill()
    left = 0
    for round_number in range(1, 9):
        importer = Importer(tmp_path / "store", export)
        importer.start(round_number)
        time.sleep(takes * chance.uniform(0.05, 1.0))
        importer.kill()
        left += sum(1 for _ in (tmp_path / "store" / "tmp").iterdir())
        known = {one.snapshot_id for one in store.summaries()}
        assert {old.snapshot_id, whole} <= known
        for name in known:
            store.facts(name)
        assert differences(store.facts(old.snapshot_id), facts) == []
    assert left, "no kill fell into an import"
    again = import_tenant(RowsReader(small_tenant()), store, {}).summary
    assert again.snapshot_id == old.snapshot_id
    assert list((tmp_path / "store" / "tmp").iterdir()) == []


def test_what_a_running_import_writes_is_not_taken_for_rubbish(tmp_path):
    store = DuckStore(tmp_path, TickingClock())
    running = store.begin()
    running.add("arm/locks", "f", [1], ["/x"], [b'{"id": "/x"}'])
    import_tenant(RowsReader({}), store, {})
    import_tenant(RowsReader(small_tenant()), DuckStore(tmp_path, TickingClock()), {})
    facts = store.facts(store.resolve(None))
    assert running.commit(facts).rows["arm/locks"] == 1
    assert list((tmp_path / "tmp").iterdir()) == []
