"""A store of another version, and files that were cut, emptied or overwritten: one line that names the file."""

from __future__ import annotations

import json

import pytest
from tests.contract.test_usage_store import Grants, ingest
from tests.fakes.log_records import NOT_UNDERSTOOD, activity, graph_call, guid, role_write, secret_get

from remit.adapters.clock import SystemClock
from remit.adapters.sql_engine.duck import DuckEngine
from remit.adapters.usage_store.folder import FolderUsage
from remit.adapters.usage_store.manifest import FORMAT, layout
from remit.model.errors import SchemaTooNewError, StoreError, UnavailableError
from remit.model.usage import ObservedPlane

QUESTIONS = (
    lambda reading: reading.used_by([guid(1)]),
    lambda reading: list(reading.used_by_all()),
    lambda reading: reading.used_through(guid(7)),
    lambda reading: reading.coverage(),
    lambda reading: list(reading.changes()),
    lambda reading: reading.disagreements(),
    lambda reading: reading.reasons(),
    lambda reading: list(reading.set_aside()),
    lambda reading: list(reading.raw()),
    lambda reading: reading.operations(ObservedPlane.DATA),
)


def usage_in(folder) -> FolderUsage:
    return FolderUsage(folder, lambda spill: DuckEngine(spill, threads=1), SystemClock())


@pytest.fixture
def store(tmp_path) -> FolderUsage:
    made = usage_in(tmp_path)
    records = [activity(10, assignment=7), graph_call(3), secret_get(4), role_write(5), NOT_UNDERSTOOD]
    ingest(made, records, attribution=Grants(guid(8)), keep_raw=30)
    return made


def asked(store) -> list[str]:
    """What goes wrong when everything is asked; anything but an error of the store is let through."""
    said = []
    for question in QUESTIONS:
        try:
            question(store.reading())
        except StoreError as error:
            said.append(str(error))
    return said


def test_the_format_counts_up_with_what_files_hold() -> None:
    # Whoever changes columns or how keys are made changes both; and FORMAT alone where only the meaning changes.
    assert (FORMAT, layout()) == (2, "036f3cd81cdc")


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"format": FORMAT + 1}, SchemaTooNewError, f"has format {FORMAT + 1}, this Remit reads format {FORMAT}"),
        ({"format": FORMAT - 1}, UnavailableError, f"has format {FORMAT - 1}, this Remit reads format {FORMAT}"),
        ({"layout": "of others"}, UnavailableError, "was written by another version of Remit"),
        ({"seen": 5}, UnavailableError, "is damaged"),
        ({"format": "x"}, UnavailableError, "is damaged"),
    ],
)
def test_a_store_of_another_version_is_told_by_who_reads_and_who_writes(
    store, tmp_path, changes, error, message
) -> None:
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))
    for doing in (store.reading, store.writing):
        with pytest.raises(error, match=message) as raised:
            doing()
        assert "ingest the logs again" in (raised.value.hint() or "")
    assert "lock" in {one.name for one in tmp_path.iterdir()}


@pytest.mark.parametrize("text", [b"", b"{", b"\xff"])
def test_a_damaged_manifest_is_told(tmp_path, text) -> None:
    (tmp_path / "manifest.json").write_bytes(text)
    with pytest.raises(UnavailableError, match="is damaged"):
        usage_in(tmp_path).reading()


@pytest.mark.parametrize("left", [0, 1, 8, 40, -1, -8, -48])
def test_a_file_that_was_cut_is_named(store, tmp_path, left) -> None:
    # How many raw records there are stands nowhere: nothing is counted of them.
    files = [path for path in (tmp_path / "parts").iterdir() if path.suffix != ".parquet" and "raw" not in path.name]
    assert len(files) >= 6
    before = [question(store.reading()) for question in QUESTIONS]
    for path in files:
        whole = path.read_bytes()
        path.write_bytes(whole[: max(len(whole) + left, 0) if left < 0 else left])
        said = asked(store)
        # The end of a packed file may hold nothing.
        assert said or [question(store.reading()) for question in QUESTIONS] == before
        assert said or path.suffix == ".zst"
        assert all(path.name in line for line in said)
        path.write_bytes(whole)
    assert asked(store) == []


def test_a_file_that_is_gone_is_named(store, tmp_path) -> None:
    for path in sorted((tmp_path / "parts").iterdir()):
        if path.suffix == ".parquet":
            continue
        whole = path.read_bytes()
        path.unlink()
        said = asked(store)
        assert said
        assert all(path.name in line for line in said)
        path.write_bytes(whole)


def test_numbers_that_cannot_be_are_no_crash(store, tmp_path) -> None:
    for path in (tmp_path / "parts").iterdir():
        if path.suffix in (".parquet", ".zst"):
            continue
        whole = path.read_bytes()
        for head in (b"\xff" * 8, b"\x00\x00\x00\x00\x00\x00\x00\x40", b"\x07" + b"\x00" * 7):
            path.write_bytes(head + whole[8:])
            assert all(path.name in line for line in asked(store))
        path.write_bytes(whole)


def test_a_damaged_part_of_rows_is_told_by_who_writes(store, tmp_path) -> None:
    for path in (tmp_path / "parts").glob("*.parquet"):
        path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(StoreError, match="parquet"):
        ingest(store, [activity(11, assignment=7), activity(10, assignment=7)])
