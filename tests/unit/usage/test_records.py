"""Whatever stands in a record, it is understood or set aside with a reason on one line."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from remit.model.usage import Normalised, SetAside
from remit.usage import records
from remit.usage.duplicates import twice
from remit.usage.records import normalise, normalise_object

PLAIN = {
    "time": "2026-01-01T00:00:00Z",
    "category": "Administrative",
    "operationName": "A/b/write",
    "resourceId": "/subscriptions/s",
    "resultType": "Success",
    "identity": {"claims": {"appid": "a"}},
}


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (b"", "no JSON"),
        (b"x", "no JSON"),
        (b'{"a":1}}', "no JSON"),
        (b'{"a":"\xff"}', "no JSON"),
        (b'{"a":"\\ud800"}', "no JSON"),
        (b'{"a":1e999}', "no JSON"),
        (b'{"a":' + b"9" * 5000 + b"}", "no JSON"),
        (b'{"a":"\x00"}', "no JSON"),
        (b"[1]", "no JSON object"),
        (b'"x"', "no JSON object"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "nested too deep"),
        (b'{"a":1,"a":2}', "duplicate key `a`"),
        (b'{"x":[{"a`\\n":1,"b":2,"a`\\n":3}]}', "duplicate key `a  `"),
        (b"{}", "of unknown form"),
        (json.dumps({"category": "x\ny`" * 100, "operationName": "o"}).encode(), f"category `{'x y x y x y x y '}"),
    ],
)
def test_what_cannot_be_read_is_set_aside(record, reason):
    found = normalise(record)
    assert isinstance(found, SetAside)
    assert found.reason.startswith(reason)
    assert found.reason.isprintable()
    assert len(found.reason) < 150


def test_a_byte_order_mark_and_blanks_around_a_record_do_not_matter():
    text = json.dumps(PLAIN).encode()
    assert isinstance(normalise(b"\xef\xbb\xbf" + text), Normalised)
    assert isinstance(normalise(b" " + text + b"\r"), Normalised)


def test_a_mistake_of_a_reader_sets_its_record_aside_and_no_more(monkeypatch):
    def fails(_found):
        raise KeyError("x\ny")

    monkeypatch.setattr(records, "_READERS", dict.fromkeys(records._READERS, fails))
    assert normalise_object(PLAIN, b"") == SetAside("cannot be read: 'x\\ny'")
    with pytest.raises(KeyError):
        records.understand(PLAIN, b"")


def test_the_changes_that_a_record_tells_of_come_with_it():
    written = {
        **PLAIN,
        "operationName": "Microsoft.Authorization/roleAssignments/write",
        "resourceId": "/subscriptions/s/providers/Microsoft.Authorization/roleAssignments/a",
    }
    assert normalise_object(PLAIN, b"").changes == ()
    assert len(normalise_object(written, b"").changes) == 1


# ---- duplicate keys

keys = st.sampled_from(["a", "b", "a\\", 'a"', ":", '":', " ", "é", "a:", "\\", "\n"])
values = st.recursive(
    keys | st.integers() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.lists(st.tuples(keys, inner), max_size=3).map(tuple),
    max_leaves=10,
)


class Pairs(dict):
    """An object whose keys may stand twice, for `json.dumps`."""

    def __init__(self, pairs):
        super().__init__(pairs or ())
        self.pairs = pairs

    def __bool__(self):
        return bool(self.pairs)

    def items(self):
        return iter(self.pairs)


def objects(value):
    if isinstance(value, tuple):
        return Pairs([(key, objects(inner)) for key, inner in value])
    return [objects(inner) for inner in value] if isinstance(value, list) else value


def has_duplicates(value) -> bool:
    if isinstance(value, tuple):
        names = [key for key, _ in value]
        return len(set(names)) < len(names) or any(has_duplicates(inner) for _, inner in value)
    return isinstance(value, list) and any(has_duplicates(inner) for inner in value)


@given(st.lists(st.tuples(keys, values), max_size=4).map(tuple), st.sampled_from([":", ": ", " :", "\t: ", "\n:"]))
@example((("a", 1), ("a", 2), ("a\\", 3)), ":")
@example((("a", 1), ("a", 2), ("b", ":")), " :")
def test_a_key_that_stands_twice_is_found_at_any_depth(pairs, colon):
    text = json.dumps(objects(pairs), separators=(",", colon)).encode()
    found = twice(text, json.loads(text))
    assert (found is not None) == has_duplicates(pairs)


def test_json_in_texts_has_no_keys_of_the_record():
    text = json.dumps({"p": json.dumps({"a": json.dumps({"a": 1, "b": json.dumps({"a": 2})})})}).encode()
    assert twice(text, json.loads(text)) is None


# ---- anything at all

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
CATEGORIES = ["Administrative", "SignInLogs", "AuditLogs", "MicrosoftGraphActivityLogs", "AuditEvent", "StorageRead"]
NAMES = ["time", "identity", "properties", "resourceId", "operationName", "resultType", "message", "event", "azure"]
TABLES = ["AzureActivity", "SigninLogs", "AuditLogs", "AZKVAuditLogs", "StorageBlobLogs", "CDBDataPlaneRequests"]
COLUMNS = ["TimeGenerated", "OperationName", "Authorization", "Claims", "Properties", "ResourceId", "RequestUri"]


@given(st.sampled_from(CATEGORIES), st.dictionaries(st.sampled_from(NAMES), anything, max_size=6))
def test_no_record_of_a_known_category_raises(category, fields):
    check(records.understand({"category": category, "operationName": "x", "time": "2026-01-01", **fields}, b""))


@given(st.sampled_from([*TABLES, "AKSAudit", "AzureDiagnostics"]), st.dictionaries(st.sampled_from(COLUMNS), anything))
def test_no_row_of_a_known_table_raises(table, columns):
    row = {"Type": table, "TimeGenerated": "2026-01-01", "OperationName": "x", "Category": "AuditEvent", **columns}
    check(records.understand(row, b""))


def check(found):
    if isinstance(found, SetAside):
        assert found.reason.isprintable()
        return
    for operation in found.operations:
        assert operation.principal_id == operation.principal_id.lower()
        assert isinstance(operation.time, int)
