"""What only the store on disk can meet: damage, other versions, folders that cannot be used."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import ClassVar

import duckdb
import numpy as np
import pytest
from tests.fakes.rows import RowsReader, TickingClock, small_tenant

from remit.adapters.store import kept_index, parquet, payload_files
from remit.adapters.store.duckdb import DuckStore
from remit.adapters.store.tables import SCHEMA, to_tables
from remit.app.importing import import_tenant
from remit.engine.strings import TextColumn
from remit.model.errors import InvariantError, NotFoundError, SchemaTooNewError, UnavailableError


@pytest.fixture
def store(tmp_path):
    return DuckStore(tmp_path / "store", TickingClock())


@pytest.fixture
def name(store):
    return import_tenant(RowsReader(small_tenant()), store, {}).summary.snapshot_id


@pytest.fixture
def place(tmp_path, name):
    return tmp_path / "store" / "snapshots" / name


def test_every_table_is_as_the_schema_says(store, name):
    tables = to_tables(store.facts(name))
    kinds = {
        table: {
            column: "text" if isinstance(value, TextColumn) else value.dtype.name for column, value in columns.items()
        }
        for table, columns in tables.items()
    }
    assert kinds == SCHEMA


def test_a_newer_format_is_refused(store, name, place):
    manifest = json.loads((place / "manifest.json").read_text())
    (place / "manifest.json").write_text(json.dumps(manifest | {"format": 2, "tables": "else"}))
    with pytest.raises(SchemaTooNewError, match=f"^snapshot {name[:12]} has format 2, this Remit reads up to 1$"):
        store.facts(name)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 1}', '{"format": "x"}'])
def test_a_damaged_manifest_is_named(store, name, place, text):
    (place / "manifest.json").write_text(text)
    with pytest.raises(UnavailableError, match=f"^snapshot {name[:12]} has a damaged manifest.json$"):
        store.summaries()


@pytest.mark.parametrize(
    "change",
    [
        {"gaps": []},
        {"collectedAt": "2030-01-01T00:00:00Z"},
        {"tenantId": "another"},
    ],
)
def test_a_manifest_that_was_changed_is_not_believed(tmp_path, change):
    lists = {name: rows for name, rows in small_tenant().items() if name != "arm/denyAssignments"}
    store = DuckStore(tmp_path, TickingClock())
    name = import_tenant(RowsReader(lists), store, {}).summary.snapshot_id
    path = tmp_path / "snapshots" / name / "manifest.json"
    manifest = json.loads(path.read_text())
    assert manifest["meta"]["gaps"]
    path.write_text(json.dumps(manifest | {"meta": manifest["meta"] | change}))
    for ask in (store.summaries, lambda: store.resolve(None), lambda: store.resolve(name), lambda: store.facts(name)):
        with pytest.raises(UnavailableError, match=f"^snapshot {name[:12]} has a manifest.json that was changed$"):
            ask()


@pytest.mark.parametrize("lost", ["manifest.json", "imported.json"])
def test_a_snapshot_that_lost_a_file_is_named_and_no_older_one_answers_instead(store, name, place, lost):
    import_tenant(RowsReader({}), store, {})
    (place / lost).unlink()
    with pytest.raises(UnavailableError, match=f"^snapshot {name[:12]} has no {lost}$"):
        store.resolve(None)


@pytest.mark.parametrize("stands", ["", "snapshots"])
def test_a_store_that_cannot_be_listed_is_not_taken_for_an_empty_one(tmp_path, stands):
    root = tmp_path / "store"
    if stands:
        root.mkdir()
    (root / stands).write_text("")
    store = DuckStore(root, TickingClock())
    for ask in (store.summaries, lambda: store.resolve(None), lambda: store.resolve("abcdef")):
        with pytest.raises(UnavailableError, match=r"^the store cannot be read: Not a directory$"):
            ask()


def test_what_is_no_snapshot_beside_the_snapshots_is_left_alone(store, name, place):
    place.with_name("notes").mkdir()
    place.with_name("README").write_text("")
    assert [one.snapshot_id for one in store.summaries()] == [name]


def test_a_damaged_import_time_is_named(store, name, place):
    (place / "imported.json").write_text("{}")
    with pytest.raises(UnavailableError, match=f"^snapshot {name[:12]} has a damaged imported.json$"):
        store.resolve(None)


def test_a_damaged_or_lost_table_is_an_error_of_the_store(store, name, place):
    (place / "tables" / "scopes.parquet").write_bytes(b"PAR1")
    with pytest.raises(UnavailableError, match=f"^the store cannot read snapshot {name[:12]}: "):
        store.facts(name)
    (place / "tables" / "scopes.parquet").unlink()
    with pytest.raises(UnavailableError, match=f"^the store cannot read snapshot {name[:12]}: "):
        store.facts(name)


def test_damaged_payloads_are_an_error_of_the_store(store, name, place):
    (place / "payloads" / "arm.locks" / "00001.parquet").write_bytes(b"")
    with pytest.raises(UnavailableError):
        store.payload(name, "arm/locks", "/x")


def test_a_file_where_the_store_should_be_cannot_be_used(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UnavailableError, match=r"^the store cannot be written: "):
        DuckStore(tmp_path / "file", TickingClock()).begin()


def test_a_store_that_is_not_there_is_empty(tmp_path):
    store = DuckStore(tmp_path / "none", TickingClock())
    assert store.summaries() == ()
    assert store.recall("x") is None
    with pytest.raises(NotFoundError):
        store.resolve(None)
    assert not (tmp_path / "none").exists()


def test_a_failed_import_leaves_no_folders_where_there_was_no_store(tmp_path):
    DuckStore(tmp_path / "new" / "store", TickingClock()).begin().abandon()
    assert list(tmp_path.iterdir()) == []


def test_a_failed_import_leaves_the_folders_that_were_there_or_that_another_one_needs(tmp_path):
    (tmp_path / "store").mkdir()
    store = DuckStore(tmp_path / "store", TickingClock())
    first, second = store.begin(), store.begin()
    first.abandon()
    assert len(list((tmp_path / "store" / "tmp").iterdir())) == 2
    second.abandon()
    assert (tmp_path / "store").is_dir()


def test_a_folder_that_another_process_takes_away_is_made_again(tmp_path, monkeypatch):
    store = DuckStore(tmp_path / "store", TickingClock())
    gone = []

    def take_away(room):
        gone.append(room)
        room.rmdir()

    monkeypatch.setattr("remit.adapters.store.folders._clean", take_away)
    store.begin().abandon()
    assert len(gone) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_fails_while_writing_is_an_error_of_the_store(store, name, monkeypatch):
    def fail(*_):
        raise OSError(28, "No space left on device")

    writer = store.begin()
    writer.add("arm/locks", "f", [1], ["/x"], [b'{"id": "/x"}'])
    monkeypatch.setattr("remit.adapters.store.writing.put_in_place", fail)
    with pytest.raises(UnavailableError, match=r"^the store cannot be written: No space left on device$"):
        writer.commit(store.facts(name))
    writer.abandon()
    assert [one.snapshot_id for one in store.summaries()] == [name]


def test_of_a_failure_inside_duckdb_the_words_of_the_system_are_told():
    said = (
        'IO Error: failed: {"exception_message":"Could not write file \\"x\\": No space left on device","errno":"28"}'
    )
    with (
        pytest.raises(UnavailableError, match=r"^the store cannot be written: No space left on device$"),
        parquet.as_store_error("be written"),
    ):
        raise duckdb.IOException(said)


def test_a_finished_writer_is_of_no_more_use(store, name):
    writer = store.begin()
    writer.commit(store.facts(name))
    with pytest.raises(InvariantError):
        writer.add("arm/locks", "f", [1], ["/x"], [b"{}"])


def test_a_source_whose_snapshot_was_removed_is_forgotten(store, name, place):
    store.remember("source", name)
    place.rename(place.with_name("gone"))
    assert store.recall("source") is None


def test_rows_in_many_files_are_found_settled_and_counted(store, name, monkeypatch):
    monkeypatch.setattr(payload_files, "_FILE_ROWS", 3)
    writer = store.begin()
    for number in range(20):
        writer.add("arm/locks", "f", [number + 1], [f"/{number % 15}"], [b'{"id": "/%d"}' % (number % 15)])
    writer.add("arm/locks", "g", [1], ["/7"], [b'{"id":"/7"}'])
    summary = writer.commit(store.facts(name))
    assert summary.rows["arm/locks"] == 15
    assert store.payload(summary.snapshot_id, "arm/locks", "/7") == b'{"id": "/7"}'
    whole = store.begin()
    whole.add(
        "arm/locks", "f", range(15), [f"/{number}" for number in range(15)], [b'{"id": "/%d"}' % n for n in range(15)]
    )
    assert whole.commit(store.facts(name)).snapshot_id == summary.snapshot_id


def test_columns_longer_than_one_slice_read_back(store, name, monkeypatch):
    monkeypatch.setattr(parquet, "_WRITTEN_ROWS", 2)
    monkeypatch.setattr(parquet, "_READ_ROWS", 3)
    facts = store.facts(name)
    writer = store.begin()
    writer.add("arm/locks", "f", [1], ["/x"], [b'{"id": "/x"}'])
    again = store.facts(writer.commit(facts).snapshot_id)
    assert list(again.scopes.text) == list(facts.scopes.text)
    assert list(again.principals.display_name) == ["Zoë", "Team"]


class TestKeptIndex:
    arrays: ClassVar = {"one": np.arange(4, dtype=np.int64)}

    def test_a_newer_version_replaces_the_old(self, store, name, place):
        store.save_index(name, "1", self.arrays, {})
        store.save_index(name, "2", self.arrays, {})
        assert store.load_index(name, "1") is None
        assert store.load_index(name, "2") is not None
        assert len(list(place.glob("index-*"))) == 1

    def test_the_arrays_cannot_be_changed(self, store, name):
        store.save_index(name, "1", self.arrays, {})
        arrays, _ = store.load_index(name, "1")
        with pytest.raises(ValueError, match="read-only"):
            arrays["one"][0] = 1

    @pytest.mark.parametrize("harm", ["cut", "header", "lost"])
    def test_a_damaged_index_is_no_index_and_is_made_anew(self, store, name, place, harm):
        store.save_index(name, "1", self.arrays, {})
        (kept,) = place.glob("index-*")
        if harm == "cut":
            (kept / "arrays.bin").write_bytes(b"1234")
        elif harm == "header":
            (kept / "header.json").write_text("{")
        else:
            (kept / "arrays.bin").unlink()
        assert store.load_index(name, "1") is None
        store.save_index(name, "1", self.arrays, {})
        assert store.load_index(name, "1") is not None

    def test_where_it_cannot_be_kept_nothing_happens(self, store, name, monkeypatch):
        def fail(*_):
            raise OSError(30, "Read-only file system")

        monkeypatch.setattr(kept_index, "put_in_place", fail)
        store.save_index(name, "1", self.arrays, {})
        assert store.load_index(name, "1") is None


def test_asking_a_kept_index_does_not_load_duckdb(store, name, tmp_path):
    store.save_index(name, "1", {"one": np.arange(4)}, {})
    code = (
        "import sys; from pathlib import Path; from remit.adapters.clock import SystemClock;"
        "from remit.adapters.store.duckdb import DuckStore; s = DuckStore(Path(sys.argv[1]), SystemClock());"
        "assert s.load_index(s.resolve(None), '1'); print('duckdb' in sys.modules)"
    )
    found = subprocess.run(  # noqa: S603 - our own interpreter and text
        [sys.executable, "-c", code, str(tmp_path / "store")],
        env={"PYTHONPATH": ":".join(path for path in sys.path if path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.strip() == "False"
