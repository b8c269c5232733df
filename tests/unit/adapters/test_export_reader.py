"""Reading the folder of a tenant export: forms of files, bounded memory, what is left alone."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.fakes.rows import RowsReader, TickingClock, differences, small_tenant, write_export

from remit.adapters.export import reader as module
from remit.adapters.export.reader import ExportReader
from remit.adapters.store.memory import MemoryStore
from remit.app.importing import import_tenant
from remit.model.errors import PayloadError
from remit.model.snapshot import Gap

GOOD = [{"id": "/a"}, {"id": "/b", "x": "é"}, {"id": "/c"}]
NAME = "arm/deploymentStacks"


def put(root: Path, name: str, content: bytes | str) -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


def read(root: Path, **kwargs):
    reader = ExportReader(root, **kwargs)
    rows = [
        (batch.list_name, batch.file, line, json.loads(payload))
        for batch in reader.batches()
        for line, payload in zip(batch.lines, batch.payloads, strict=True)
    ]
    return reader, rows


JSON_LINES = "".join(json.dumps(row) + "\n" for row in GOOD)
FORMS = {
    "lines": (".jsonl", JSON_LINES.encode()),
    "no line end at the end": (".jsonl", JSON_LINES.rstrip().encode()),
    "carriage returns and blank lines": (".jsonl", JSON_LINES.replace("\n", "\r\n\r\n").encode()),
    "byte order mark": (".jsonl", b"\xef\xbb\xbf" + JSON_LINES.encode()),
    "gzip": (".jsonl.gz", gzip.compress(JSON_LINES.encode())),
    "gzip in two members": (".jsonl.gz", b"".join(gzip.compress(json.dumps(row).encode() + b"\n") for row in GOOD)),
    "array": (".json", json.dumps(GOOD).encode()),
    "value": (".json", json.dumps({"@odata.context": "x", "value": GOOD, "nextLink": None}, indent=2).encode()),
    "packed document": (".json.gz", gzip.compress(json.dumps({"value": GOOD}).encode())),
    "loud name": (".JSONL", JSON_LINES.encode()),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("chunk", [1, 7, 4096])
def test_every_form_gives_the_same_rows(form, chunk, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "CHUNK_BYTES", chunk)
    ending, content = FORMS[form]
    reader, rows = read(put(tmp_path, NAME + ending, content))
    assert [row for *_, row in rows] == GOOD
    assert {(name, file) for name, file, *_ in rows} == {(NAME, NAME + ending)}
    assert reader.meta().collected == {NAME}
    assert reader.meta().gaps == ()
    steps = 2 if form == "carriage returns and blank lines" else 1
    assert [line for _, _, line, _ in rows] == [1, 1 + steps, 1 + 2 * steps]


@pytest.mark.parametrize(
    ("ending", "content"), [(".jsonl", ""), (".jsonl", "\n \n"), (".json", "[]"), (".json", '{"value": []}')]
)
def test_an_empty_file_is_an_empty_list(ending, content, tmp_path):
    reader, rows = read(put(tmp_path, NAME + ending, content))
    assert rows == []
    assert reader.meta().collected == {NAME}
    assert list(reader.accounting()) == [(NAME, "kept", 0)]


def test_a_list_in_two_files_is_read_from_both(tmp_path):
    put(tmp_path, f"{NAME}.json", "[" + json.dumps(GOOD[0]) + "]")
    _, rows = read(put(tmp_path, f"{NAME}.jsonl", json.dumps(GOOD[1])))
    assert [row["id"] for *_, row in rows] == ["/a", "/b"]


@pytest.mark.parametrize("member", ["nextLink", "@odata.nextLink"])
def test_a_document_with_a_next_page_leaves_a_gap(member, tmp_path):
    reader, rows = read(put(tmp_path, f"{NAME}.json", json.dumps({"value": GOOD, member: "https://next"})))
    assert len(rows) == 3
    assert reader.meta().gaps == (Gap(NAME, "/", f"{NAME}.json names a next page that it does not hold"),)


def test_the_manifest_is_taken_over(tmp_path):
    said = {
        "format": "azure-tenant-export/1",
        "tenantId": "ABC",
        "collectedAt": "2026-11-01T01:00:00+01:00",
        "cloud": "AzureUSGovernment",
        "gaps": [
            {"api": "arm/locks", "scope": "/subscriptions/s", "reason": "403"},
            {"api": "graph/groupMembers", "scope": "/groups/g"},
        ],
        "other": 1,
    }
    reader, _ = read(put(tmp_path, "manifest.json", b"\xef\xbb\xbf" + json.dumps(said).encode()))
    meta = reader.meta()
    assert (meta.tenant_id, meta.cloud, meta.source) == ("abc", "AzureUSGovernment", "tenantExport")
    assert meta.collected_at is not None
    assert meta.collected_at.isoformat() == "2026-11-01T00:00:00+00:00"
    assert meta.gaps == (
        Gap("arm/locks", "/subscriptions/s", "403"),
        Gap("graph/groupMembers", "/groups/g", "not told"),
    )


def test_files_that_are_no_part_of_an_export_are_counted_and_left_alone(tmp_path):
    for name in (
        "logs/a.json",
        "logs/deep/b.log",
        "notes.txt",
        "arm/unknown.jsonl",
        "arm/locks.csv",
        "graph/old/users.jsonl",
        "arm/locks.2.jsonl",
    ):
        put(tmp_path, name, "not json")
    reader, rows = read(put(tmp_path, "graph/users.jsonl", '{"id": "u"}'))
    assert len(rows) == 1
    assert list(reader.accounting()) == [
        ("graph/users", "used", 1),
        ("logs/**", "ignored", 2),
        ("arm/locks.2.jsonl", "ignored", 1),
        ("arm/locks.csv", "ignored", 1),
        ("arm/unknown.jsonl", "ignored", 1),
        ("graph/old/users.jsonl", "ignored", 1),
        ("notes.txt", "ignored", 1),
    ]


def test_a_room_that_is_a_file_is_an_error(tmp_path):
    put(tmp_path, "arm", "")
    with pytest.raises(PayloadError, match=r"^arm: is a file, not a folder$"):
        ExportReader(tmp_path).size_hint()


def test_the_size_to_read_is_told(tmp_path):
    put(tmp_path, f"{NAME}.jsonl", JSON_LINES)
    packed = gzip.compress(JSON_LINES.encode() * 100)
    put(tmp_path, "graph/users.jsonl.gz", packed)
    assert ExportReader(tmp_path).size_hint() == len(JSON_LINES.encode()) * 101


def test_a_line_over_the_limit_is_an_error_wherever_it_is_cut(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "CHUNK_BYTES", 1 << 18)
    long = json.dumps({"id": "/x", "y": "z" * (1 << 20)})
    root = put(tmp_path, f"{NAME}.jsonl", JSON_LINES + long + "\n" + JSON_LINES)
    assert len(read(root, longest_line=1 << 21)[1]) == 7
    with pytest.raises(PayloadError, match=r"^arm/deploymentStacks\.jsonl:4: line longer than 1 MiB$"):
        read(root, longest_line=1 << 20)


def test_rows_before_a_break_are_kept_when_lenient(tmp_path):
    reader, rows = read(put(tmp_path, f"{NAME}.jsonl.gz", gzip.compress(JSON_LINES.encode())[:-4]), lenient=True)
    assert [row for *_, row in rows] == GOOD
    assert [skipped.reason for skipped in reader.skipped()] == [f"{NAME}.jsonl.gz: the gzip stream is cut short"]
    assert reader.meta().gaps == (Gap(NAME, "/", f"{NAME}.jsonl.gz could not be read to its end"),)


def test_batches_are_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_BATCH_ROWS", 2)
    sizes = [len(batch.payloads) for batch in ExportReader(put(tmp_path, f"{NAME}.jsonl", JSON_LINES)).batches()]
    assert sizes == [2, 1]


def test_an_export_on_disk_gives_what_its_rows_give(tmp_path):
    store = MemoryStore(TickingClock())
    put(
        tmp_path,
        "manifest.json",
        json.dumps({"tenantId": RowsReader({}).meta().tenant_id, "collectedAt": "2026-11-01T00:00:00Z"}),
    )
    lists = small_tenant()
    read_back, given_rows = (
        store.facts(import_tenant(reader, store, {}).summary.snapshot_id)
        for reader in (ExportReader(write_export(tmp_path, lists)), RowsReader(lists))
    )
    assert differences(read_back, given_rows) == []


def attempt(root: Path) -> None:
    """Import, strictly and leniently; only a `PayloadError` of one line may come out."""
    for lenient in (False, True):
        error = failure(root, lenient=lenient)
        if error is not None:
            assert "\n" not in error.message
            assert not lenient or error.file == "manifest.json"


def failure(root: Path, *, lenient: bool) -> PayloadError | None:
    try:
        import_tenant(ExportReader(root, lenient=lenient), MemoryStore(TickingClock()), {}, lenient=lenient)
    except PayloadError as error:
        return error
    return None


FILES = st.sampled_from(
    ["arm/roleAssignments.jsonl", "arm/resources.json", "graph/users.jsonl.gz", "arm/managementGroups.json.gz"]
)
PIECES = st.lists(
    st.sampled_from(
        [
            b"{",
            b"}",
            b"[",
            b"]",
            b'"',
            b",",
            b":",
            b"\\",
            b"\n",
            b'{"id": "/a"}',
            b'"value"',
            b"\x1f\x8b",
            b"\xff",
            b"\x00",
            b"NaN",
            b"1e999",
        ]
    )
    | st.binary(max_size=4),
    max_size=12,
).map(b"".join)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(FILES, PIECES, st.booleans())
def test_no_bytes_bring_anything_but_a_payload_error(tmp_path_factory, name, content, packed):
    attempt(put(tmp_path_factory.mktemp("export"), name, gzip.compress(content) if packed else content))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(PIECES)
def test_no_manifest_brings_anything_but_a_payload_error(tmp_path_factory, content):
    attempt(put(tmp_path_factory.mktemp("export"), "manifest.json", content))


LISTED = sorted((name, place) for name, rows in small_tenant().items() for place in range(len(rows)))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.sampled_from(LISTED), st.data())
def test_no_value_in_any_field_brings_anything_but_a_payload_error(tmp_path_factory, where, data):
    lists = small_tenant()
    name, place = where
    lists[name][place] = changed(lists[name][place], data)
    attempt(write_export(tmp_path_factory.mktemp("export"), lists))


ODD = st.sampled_from(
    [
        None,
        "",
        "/",
        "x",
        "//",
        "/subscriptions/*",
        0,
        -1.5,
        True,
        [],
        {},
        [None],
        {"id": None},
        "\u2028",
        "İ",
        "/subscriptions/İ",
        "9" * 400,
        "/x" * 50,
    ]
)


def changed(value, data):
    """The same value with something odd at one place in it."""
    if isinstance(value, dict) and value and data.draw(st.booleans()):
        key = data.draw(st.sampled_from(sorted(value)))
        return value | {key: changed(value[key], data)}
    if isinstance(value, list) and value and data.draw(st.booleans()):
        return [changed(value[0], data), *value[1:]]
    return data.draw(ODD)
