"""A writer that ends at any step of a commit or of settling leaves a store that says what it said before, or after."""

from __future__ import annotations

import gc
import random

from tests.contract.test_usage_store import a_month, ingest, put, told
from tests.fakes.log_records import NOT_UNDERSTOOD, activity, graph_call, role_write, secret_get

from remit.adapters.clock import SystemClock
from remit.adapters.sql_engine.duck import DuckEngine
from remit.adapters.usage_store import committing, draft, manifest, rollup, settling
from remit.adapters.usage_store.folder import FolderUsage
from remit.adapters.usage_store.memory import MemoryUsage

FILES = [
    [activity(1, result="Start"), secret_get(2), graph_call(3), NOT_UNDERSTOOD],
    [activity(1.5), secret_get(2), role_write(30), graph_call(31, request=2)],
]


class KilledError(BaseException):
    """Nobody catches this."""


def usage_in(folder):
    return FolderUsage(folder, lambda spill: DuckEngine(spill, threads=1), SystemClock())


def work(store) -> None:
    with store.writing() as writing:
        for number, records in enumerate(FILES):
            put(writing, records, file=number, name=f"{number}", number=number)
            writing.commit("hub", {"0": str(number)})
        writing.settle(None)


def works_until(store, step: int, monkeypatch) -> bool:
    """Work until so many files have been brought to the disk; tell whether that came to an end before."""
    left = [step]

    def counting(flush):
        def flushed(path):
            if not left[0]:
                raise KilledError
            left[0] -= 1
            flush(path)

        return flushed

    held = []

    def hold(writing):
        held.append(writing)

    with monkeypatch.context() as patch:
        patch.setattr(draft, "flush", counting(draft.flush))
        patch.setattr(manifest, "flush", counting(manifest.flush))
        patch.setattr("remit.adapters.usage_store.folder.FolderWriting.close", hold)
        try:
            work(store)
        except KilledError:
            return False
        finally:
            for writing in held:
                # What the system does when a process ends.
                writing._lock.release()
                writing._engine.close()
    return True


def test_every_step_may_be_the_last(tmp_path, monkeypatch) -> None:
    expected = MemoryUsage()
    work(expected)
    step = 0
    while True:
        folder = tmp_path / str(step)
        store = usage_in(folder)
        finished = works_until(store, step, monkeypatch)
        totals = store.reading().totals()
        assert totals.read in (0, 4, 8)
        assert totals.read == totals.normalised + totals.set_aside + totals.duplicates
        with store.writing() as writing:
            assert writing.offsets("hub") == {0: {}, 4: {"0": "0"}, 8: {"0": "1"}}[totals.read]
        work(store)
        assert told(store) == told(expected)
        named = set(manifest.read_manifest(folder).names())
        gc.collect()
        assert {path.name for path in (folder / "parts").iterdir()} == named
        if finished:
            break
        step += 4
    assert step > 20


def test_a_reader_keeps_what_it_reads_in_place(tmp_path) -> None:
    store = usage_in(tmp_path)
    work(store)
    reading = store.reading()
    with store.writing() as writing:
        put(writing, [activity(2, correlation=9)])
        writing.commit()
        writing.settle(None)
        writing.settle(None)
    parts = set((tmp_path / "parts").iterdir())
    assert len(list(reading.used_by_all())) == 1
    del reading
    store.writing().close()
    assert set((tmp_path / "parts").iterdir()) < parts


def test_many_small_commits_leave_few_parts_and_say_the_same(tmp_path) -> None:
    store, expected = usage_in(tmp_path), MemoryUsage()
    for number in range(17):
        records = [activity(number * 7, correlation=number), graph_call(number * 7 + 1, request=number)]
        records += [NOT_UNDERSTOOD.replace(b"here", str(number).encode()), role_write(number, correlation=number)]
        for one in (store, expected):
            with one.writing(9) as writing:
                put(writing, records, number=number, raw=True)
                writing.commit()
                if number % 4 == 0:
                    writing.settle(None)
    assert told(store) == told(expected)
    assert len(list(store.reading().set_aside())) == 17
    raw = [sorted(one.record for one in some.reading().raw()) for some in (store, expected)]
    assert raw[0] == raw[1] != []
    tables = manifest.read_manifest(tmp_path)
    for table in (tables.seen, tables.seen_aside, tables.changes, tables.set_aside, tables.activity, tables.other):
        assert len(table) <= 14
    assert len(tables.texts) < 8
    assert len(tables.coverage) == 1


def test_more_rows_than_are_folded_at_once_give_the_same(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(settling, "_FOLDED_ROWS", 7)
    monkeypatch.setattr(settling, "_PIECE_ROWS", 5)
    monkeypatch.setattr(settling, "NARROW_ROWS", 3)
    monkeypatch.setattr(rollup, "MOST_ROWS", 4)
    monkeypatch.setattr(committing, "_BUCKET_ROWS", 6)
    records = a_month(random.Random(5)) + [activity(50, correlation=number) for number in range(20)]
    store, expected = usage_in(tmp_path), MemoryUsage()
    for one in (store, expected):
        ingest(one, records[:100])
        ingest(one, records[60:], records[:20])
    assert told(store) == told(expected)
    assert all(part.rows <= 4 for part in manifest.read_manifest(tmp_path).other_rollup)
