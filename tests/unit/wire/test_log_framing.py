"""Framing finds the records of every transport form, loses nothing of the rest, and does not mind how bytes arrive."""

import json
import tracemalloc
from hashlib import sha256

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from remit.wire.logs import documents
from remit.wire.logs.framing import Broken, Lines, Record, frame

A, B, C = b'{"a":1}', b'{"b":{"c":[2]}}', b'{"d":"}{"}'


def framed(data: bytes, size: int | None = None, **options) -> list[tuple[int, bytes | str]]:
    """Return (line, bytes) of records, (line, reason) of what is none."""
    found: list[tuple[int, bytes | str]] = []
    chunks = [data] if size is None else [data[at : at + size] for at in range(0, len(data), size)]
    for block in frame(chunks, **options):
        if isinstance(block, Lines):
            found += [(block.first_line + at, line) for at, line in enumerate(block.lines) if line.strip()]
        elif isinstance(block, Record):
            found.append((block.line, block.data))
        else:
            assert "\n" not in block.reason
            found.append((block.line, block.reason))
    return found


def records(data: bytes) -> list[object]:
    return [json.loads(each) for _, each in framed(data)]


TABLE = {
    "tables": [
        {
            "name": "PrimaryResult",
            "columns": [{"name": "TimeGenerated", "type": "datetime"}, {"name": "Caller", "type": "string"}],
            "rows": [["2026-01-01", "x"], ["2026-01-02", None]],
        }
    ]
}
ROWS = [{"TimeGenerated": "2026-01-01", "Caller": "x"}, {"TimeGenerated": "2026-01-02"}]
TWO = [{"a": 1}, {"b": {"c": [2]}}]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(A + b"\n" + B + b"\n", TWO, id="JSON Lines"),
        pytest.param(A + b"\r\n\r\n" + B, TWO, id="carriage returns, a blank line, no line end at the end"),
        pytest.param(b"\xef\xbb\xbf" + A + b"\n" + B, TWO, id="a byte order mark"),
        pytest.param(A + b"\n\xef\xbb\xbf" + B, TWO, id="a byte order mark in the middle, where files were joined"),
        pytest.param("\ufeff{}\n".encode("utf-16-le"), [{}], id="UTF-16, as PowerShell writes it"),
        pytest.param("\ufeff{}\n".encode("utf-16-be"), [{}], id="UTF-16 the other way round"),
        pytest.param(b'{"records":[' + A + b"," + B + b"]}", TWO, id="an Event Hub message, a blob of before 2018"),
        pytest.param(b'{"value":[' + A + b"," + B + b'],"nextLink":"x"}', TWO, id="a page of a REST answer"),
        pytest.param(b'{"@odata.context":"x","value":[' + A + b"," + B + b"]}", TWO, id="a page of Microsoft Graph"),
        pytest.param(b"[" + A + b"," + B + b"]", TWO, id="a list on one line"),
        pytest.param(b"[\n" + A + b",\n" + B + b"\n]\n", TWO, id="a list, one record a line"),
        pytest.param(b"[" + A + b",\n" + B + b"]\n", TWO, id="a list, one record a line, brackets beside"),
        pytest.param(json.dumps(TWO, indent=2).encode(), TWO, id="az, pretty-printed"),
        pytest.param(json.dumps(TWO, indent=0).encode(), TWO, id="a list printed without indentation"),
        pytest.param(json.dumps({"records": TWO}, indent=2).encode(), TWO, id="an envelope, pretty-printed"),
        pytest.param(json.dumps({"k": 1, "value": TWO, "z": 2}, indent=2).encode(), TWO, id="an envelope of an API"),
        pytest.param(b"\n".join(json.dumps(each, indent=2).encode() for each in TWO), TWO, id="pretty documents"),
        pytest.param(A + B, TWO, id="documents one after the other on a line"),
        pytest.param(A + b",\n" + B + b",\n", TWO, id="lines out of the middle of a list"),
        pytest.param(b'{"records":[' + A + b']}\n{"records":[' + B + b"]}\n", TWO, id="envelopes, one a line"),
        pytest.param(b'[{"records":[' + A + b']},{"records":[' + B + b"]}]", TWO, id="envelopes in a list"),
        pytest.param(json.dumps(['{"a":1}', json.dumps({"records": [TWO[1]]})]).encode(), TWO, id="encoded twice"),
        pytest.param(json.dumps('{"a":1}').encode() + b"\n" + B, TWO, id="a line encoded twice"),
        pytest.param(json.dumps(TABLE).encode(), ROWS, id="a query's answer"),
        pytest.param(json.dumps(TABLE, indent=2).encode(), ROWS, id="a query's answer, pretty-printed"),
        pytest.param(b"TimeGenerated,Caller\n2026-01-01,x\n2026-01-02,\n", ROWS, id="CSV"),
        pytest.param(b'\xef\xbb\xbf"TimeGenerated","Caller"\r\n"2026-01-01","x"\r\n', ROWS[:1], id="CSV, all quoted"),
        pytest.param(
            b'TimeGenerated [UTC],P\n1,"{\n""k"": 1\n}"\n',
            [{"TimeGenerated [UTC]": "1", "P": '{\n"k": 1\n}'}],
            id="CSV, line ends and quotes in a cell",
        ),
        pytest.param(b"TimeGenerated,C\n1,x\nTimeGenerated,C\n", [{"TimeGenerated": "1", "C": "x"}], id="CSV twice"),
        pytest.param(b",b,c,d,e,f,g,h\n0,x\n", [{"b": "x"}], id="CSV of a table that nobody knows"),
        pytest.param(b'{"records":[]}\n[]\n' + A, TWO[:1], id="envelopes of nothing"),
        pytest.param(b"", [], id="nothing"),
        pytest.param(b"\n \r\n\n", [], id="blank lines"),
        pytest.param(C + b"\n" + C, [{"d": "}{"}] * 2, id="brackets in a text"),
    ],
)
def test_every_transport_form_is_cut_into_its_records(data, expected):
    assert expected == records(data)
    assert framed(data) == framed(data, 1) == framed(data, 3)


def test_the_type_that_powershell_writes_before_a_header_is_no_record():
    data = b"#TYPE Selected.Object\r\nTimeGenerated,Caller\r\n2026-01-01,x\r\n#TYPE x,y\r\n"
    assert records(data) == [
        {"TimeGenerated": "2026-01-01", "Caller": "x"},
        {"TimeGenerated": "#TYPE x", "Caller": "y"},
    ]
    assert framed(data) == framed(data, 1)


HELD = json.dumps({"Offset": 1, "Body": json.dumps({"records": TWO})}).encode()
HELD_OBJECT = json.dumps({"Offset": 1, "body": {"records": TWO}}).encode()


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (HELD, TWO),
        (HELD_OBJECT, TWO),
        (json.dumps({"message": json.dumps({"records": TWO[:1]})}).encode(), None),
        (json.dumps({"category": "AppLogs", "message": json.dumps({"records": TWO})}).encode(), None),
        (json.dumps({"message": 'he said {"records" ...'}).encode(), None),
        (json.dumps({"message": '{"records": [1, 2'}).encode(), None),
    ],
)
def test_an_envelope_that_a_forwarder_kept_whole_is_opened_where_it_holds_several(line, expected):
    assert records(line) == (expected or [json.loads(line)])
    assert framed(line) == framed(line, 1)


@pytest.mark.parametrize("before", [0, 3, 255])
def test_kept_envelopes_are_looked_for_everywhere_once_one_was_met_at_the_beginning(before):
    line = b'{"time":"2026-01-01","n":"' + b"x" * 40 + b'"}'
    data = b"\n".join([line] * before + [HELD] + [line] * 3_000 + [HELD_OBJECT, line, HELD])
    found = framed(data)
    assert found == framed(data, 1_000)
    assert [number for number, each in found if each != line] == [
        *([before + 1] * 2),
        *([before + 3_002] * 2),
        *([before + 3_004] * 2),
    ]


def test_a_record_is_named_by_the_line_on_which_it_begins():
    data = b"\n" + A + b'\n[\n\n {"x": [\n1]},\n\n  ' + B + b"]\n" + A + b"\n"
    lines = [line for line, _ in framed(data)]
    assert lines == [2, 5, 8, 9]


def test_json_lines_are_handed_on_in_blocks_as_they_are():
    lines = [b'{"time":"2026-01-01","n":%d}' % number for number in range(100_000)]
    blocks = list(frame([b"\n".join(lines)]))
    assert all(isinstance(block, Lines) for block in blocks)
    assert len(blocks) < 20
    assert lines == [line for block in blocks for line in block.lines]
    assert blocks[3].lines[0] == lines[blocks[3].first_line - 1]


ROW = "a row that does not fit the columns of its table"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(b"no\n\nlog\n" + A, [(1, "no JSON"), (3, "no JSON"), (4, A)], id="text: one for each line"),
        pytest.param(b'{"a":"x\n' + A, [(1, "no JSON"), (2, A)], id="cut off in a text"),
        pytest.param(b'{"a":1,\n' + A + b"\n", [(1, "no JSON"), (2, A)], id="cut off between members"),
        pytest.param(b'{"a":1,\nno\n' + A, [(1, "no JSON"), (2, "no JSON"), (3, A)], id="cut off before text"),
        pytest.param(A + b'\n{"b":', [(1, A), (2, "no JSON")], id="the end is cut off"),
        pytest.param(b'{\n "a": 1,\n', [(1, "cut short")], id="the end of a document is cut off"),
        pytest.param(b'[\n{"a":1},\n{"b"', [(2, A), (3, "cut short")], id="the end of a list is cut off"),
        pytest.param(b'[[[[[\n{"a":1}', [(1, "cut short"), (2, A)], id="brackets that nobody closes"),
        pytest.param(b"\x00\x00\n" + A + b"\n\x00", [(1, "no JSON"), (2, A), (3, "no JSON")], id="NUL bytes"),
        pytest.param(b"\xff\xfa\n" + A, [(1, "no JSON"), (2, A)], id="no UTF-8"),
        pytest.param(A + b" x\n" + A, [(1, "no JSON"), (2, A)], id="text behind a record"),
        pytest.param(A + A + b" x}\n" + A, [(1, A), (1, A), (1, "no JSON"), (2, A)], id="text behind two records"),
        pytest.param(b"a,b,c\n" + A, [(1, "no JSON"), (2, A)], id="commas"),
        pytest.param(b"3\n" + A, [(1, "no JSON"), (2, A)], id="a number"),
        pytest.param(b'{\n"a": "x\ny",\n"b": 1\n}\n' + A, [(1, "cut short"), (6, A)], id="a line end in a text"),
        pytest.param(
            b'{"records": [\n{"a": "x\ny"},\n"b",\n' + b"z" * 3000 + b"\n  {\n}]}\n" + A,
            [(2, "cut short"), (6, b"{\n}"), (7, "no JSON"), (8, A)],
            id="a line end in a text of a long document",
        ),
        pytest.param(
            b'{"tables": [\n{"rows": [[1]], "columns": [{"name": "a"}]}]}',
            [(2, "a row that does not fit the columns of its table")],
            id="a table whose columns come last, on lines",
        ),
        pytest.param(b'{"tables": [{"rows": []}]}\n' + A, [(2, A)], id="a table of nothing"),
        pytest.param(b'{"tables": [{"rows": [[1]], "columns": 3}]}', [(1, ROW)], id="a table of no columns"),
        pytest.param(b'TimeGenerated,B\n1,\xff\n2,3"\n', [(2, "no UTF-8"), (3, "cut short")], id="rows of no text"),
        pytest.param(b'TimeGenerated,B\n1,2"3"4\n', [(2, ROW)], id="a row with quotes inside"),
        pytest.param(b'{\n"tables": [{\n"columns": "x\n' + A, [(2, "cut short"), (4, A)], id="a table that is cut off"),
        pytest.param(b'[{"a":1}}\n' + A, [(1, A), (2, A)], id="a bracket of the other kind"),
    ],
)
def test_what_is_no_record_is_told_and_the_next_line_is_read(data, expected):
    assert expected == framed(data)
    assert expected == framed(data, 1)


def test_a_row_that_does_not_fit_its_columns_is_told_and_the_others_are_read():
    table = json.loads(json.dumps(TABLE))
    table["tables"][0]["rows"].insert(1, ["too", "many", "cells"])
    reason = "a row that does not fit the columns of its table"
    for data in (json.dumps(table), json.dumps(table, indent=1), "TimeGenerated,B\n1,2\n1,2,3\n4,5\n"):
        found = [each for _, each in framed(data.encode())]
        assert reason == found[1]
        assert [bytes, str, bytes] == [type(each) for each in found]


def test_a_broken_line_keeps_its_size_digest_and_beginning():
    line = b"x" * 100_000
    [found] = frame([line + b"\n"])
    assert found == Broken(1, "no JSON", 100_000, sha256(line).digest(), line[: 64 * 1024])


LONG = b'{"a":"' + b"x" * 1000 + b'"}'


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(A + b"\n" + LONG + b"\n" + B, [(1, A), (2, None), (3, B)], id="a line"),
        pytest.param(b"[" + A + b"," + LONG + b"," + B + b"]", [(1, A), (1, None), (1, B)], id="in a list"),
        pytest.param(b"z" * 1000 + b"\n" + A, [(1, None), (2, A)], id="no JSON"),
        pytest.param(b'{"a":\n"' + b"x" * 1000 + b'"}\n' + A, [(1, None), (3, A)], id="a document"),
        pytest.param(b'TimeGenerated,B\n1,"' + b"x" * 999 + b'"\n2,3\n', [(2, None), (3, b"")], id="a row"),
    ],
)
def test_a_record_over_the_limit_is_told_and_the_next_is_read(data, expected):
    found = framed(data, limit=200)
    assert [line for line, _ in expected] == [line for line, _ in found]
    for (_, wanted), (_, each) in zip(expected, found, strict=True):
        assert each == "longer than 200 bytes" if wanted is None else isinstance(each, bytes)
    assert framed(data, 7, limit=200) == found


@pytest.mark.parametrize(
    "piece", [b"x", b'{"a":"', b"[", b'{"a":', b"\x00", b'"', b"\\", b"{", b"TimeGenerated,"], ids=repr
)
def test_memory_stays_flat_over_a_line_of_forty_megabytes(piece):
    def chunks():
        yield b'{"begin":"' if piece in (b"x", b"\\") else b""
        for _ in range(40):
            yield piece * ((1 << 20) // len(piece))
        yield b"\n" + A + b"\n"

    tracemalloc.start()
    found = [block for block in frame(chunks(), limit=1 << 22) if not isinstance(block, Lines)]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 30 << 20
    assert len(found) == 1
    assert found[0].size > 39 << 20


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.sampled_from('ab"\\{}[],: \t\né\U0001f600'), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)
objects = st.dictionaries(st.sampled_from(["time", "a", "b\\", "é"]), values, max_size=3)
indents = st.sampled_from([None, 0, 1, 2])


@given(st.lists(st.tuples(objects, indents), max_size=6), st.sampled_from(["\n", "\r\n", "\n\n"]), st.integers(1, 40))
@example([({}, None), ({}, 0)], "\n", 1)
def test_documents_on_any_number_of_lines_are_cut_into_what_json_reads(documents, end, size):
    data = end.join(json.dumps(each, indent=indent) for each, indent in documents).encode()
    assert [each for each, _ in documents] == [json.loads(each) for _, each in framed(data, size)]


@given(st.lists(objects, max_size=6), indents, st.sampled_from([None, "records", "value"]), st.integers(1, 40), objects)
def test_a_list_of_records_is_cut_into_what_json_reads(items, indent, member, size, beside):
    beside.pop("time", None)
    document = items if member is None else {"nextLink": "x", **beside, member: items, "z": beside}
    data = json.dumps(document, indent=indent).encode()
    assert items == [json.loads(each) for _, each in framed(data, size)]


BITS = [
    A,
    B,
    C,
    b"\n",
    b"\n",
    b"\n ",
    b"\r\n",
    b"[",
    b"]",
    b",",
    b'"',
    b"\\",
    b'{"',
    b"{",
    b"}",
    b"x",
    b"\x00",
    b" ",
    b"1",
    b":",
]
ENVELOPES = [b'{"records":[', b'{\n"value": [', b'{"tables":[{"columns":[', b'],"rows":[', b"\xff"]
pieces = st.lists(st.sampled_from([*BITS, *ENVELOPES]), max_size=30)


@given(pieces, st.integers(1, 30), st.sampled_from([1 << 24, 30]))
def test_garbage_is_cut_alike_wherever_the_chunks_end(parts, size, limit):
    data = b"".join(parts)
    found = framed(data, limit=limit)
    assert found == framed(data, size, limit=limit)
    assert sorted(line for line, _ in found) == [line for line, _ in found]
    assert all(len(each) <= limit for _, each in found if isinstance(each, bytes))


bits = st.lists(st.sampled_from(BITS), max_size=30)


@given(bits | st.lists(objects.map(lambda each: json.dumps(each, indent=1).encode()), max_size=3), st.integers(3, 40))
@example([b'{\n"a": "', b'\\"' * 20, b'"}'], 3)
def test_documents_are_cut_alike_whatever_is_looked_at_at_once(parts, window):
    data = b"[\n" + b",".join(parts)
    found = framed(data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(documents, "_FIRST_WINDOW", window)
        patch.setattr(documents, "_LARGEST_WINDOW", window)
        assert found == framed(data)
