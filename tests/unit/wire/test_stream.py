"""The splitter cuts what json reads, at any chunk size, and fails only in its own words."""

import json

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from remit.model.errors import PayloadError
from remit.wire.stream import MAX_DEPTH, split_elements


def cut(document: bytes, size: int) -> list[bytes]:
    return [document[at : at + size] for at in range(0, len(document), size)]


def elements(document: bytes, size: int = 1 << 20, **options) -> list[bytes]:
    return list(split_elements(cut(document, size), file="f.json", **options))


texts = st.text(st.sampled_from('ab"\\{}[],: \t\né\U0001f600\u2028'), max_size=8)
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4), max_leaves=12
)
dumps = st.sampled_from(
    [
        json.dumps,
        lambda value: json.dumps(value, indent=1),
        lambda value: json.dumps(value, ensure_ascii=False, separators=(",", ":")),
    ]
)


@given(st.lists(values, max_size=6), dumps, st.integers(1, 40), st.booleans())
@example(['a\\"b', "\\"], json.dumps, 1, False)
def test_an_array_is_cut_into_what_json_reads(items, dump, size, mark):
    document = (b"\xef\xbb\xbf" if mark else b"") + dump(items).encode() + b"\n"
    assert items == [json.loads(each) for each in elements(document, size)]


@given(
    st.dictionaries(texts, values, max_size=3),
    st.lists(values, max_size=5),
    st.integers(0, 3),
    dumps,
    st.integers(1, 40),
)
def test_a_list_under_a_member_is_cut_wherever_the_member_stands(others, items, before, dump, size):
    others.pop("value", None)
    names = list(others)
    document = {name: others[name] for name in names[:before]} | {"value": items}
    document |= {name: others[name] for name in names[before:]}
    beside: dict[str, bytes] = {}
    found = elements(dump(document).encode(), size, member="value", beside=beside)
    assert items == [json.loads(each) for each in found]
    assert others == {name: json.loads(value) for name, value in beside.items()}


@given(st.lists(st.dictionaries(texts, values, max_size=3), max_size=5), dumps, st.integers(1, 40))
def test_objects_one_after_the_other_are_elements(items, dump, size):
    document = "\n".join(dump(item) for item in items).encode()
    assert items == [json.loads(each) for each in elements(document, size, several=True)]


@given(st.lists(st.lists(values, max_size=3), max_size=4), dumps, st.integers(1, 40))
def test_arrays_one_after_the_other_are_one_list(lists, dump, size):
    document = "\n".join(dump(items) for items in lists).encode()
    expected = [item for items in lists for item in items]
    assert expected == [json.loads(each) for each in elements(document, size, several=True)]


@given(
    st.binary(max_size=60) | st.text(st.sampled_from('[]{}",:\\ 1a\n'), max_size=60).map(str.encode),
    st.integers(1, 20),
    st.sampled_from([None, "", "a"]),
    st.booleans(),
)
def test_what_is_accepted_is_json_and_the_rest_is_a_payload_error(document, size, member, several):
    try:
        found = [msgspec.json.decode(each) for each in elements(document, size, member=member, several=several)]
    except (PayloadError, msgspec.DecodeError, UnicodeDecodeError):
        return
    if not several:
        whole = json.loads(document.removeprefix(b"\xef\xbb\xbf"))
        assert found == (whole[member] if isinstance(whole, dict) else whole)


@given(st.lists(values, min_size=1, max_size=4), st.data(), st.integers(1, 40))
def test_a_document_cut_short_is_a_payload_error(items, data, size):
    document = json.dumps({"data": items, "meta": {}}).encode()
    short = document[: data.draw(st.integers(0, len(document) - 1))]
    with pytest.raises(PayloadError):
        elements(short, size, member="data")


@pytest.mark.parametrize(
    ("document", "member", "message"),
    [
        (b"", None, "f.json: the file is empty"),
        (b" \n ", None, "f.json: the file is empty"),
        (b"{}", None, "f.json: expected a list"),
        (b'"text"', "value", "f.json: expected a list, or an object with the list `value`"),
        (b"[1,,2]", None, "f.json:2: an element is missing before the comma"),
        (b"[1,]", None, "f.json:2: an element is missing after the last comma"),
        (b"[1", None, "f.json:1: the file ends in the middle of the document"),
        (b"[1}", None, "f.json:1: the list does not end with ]"),
        (b"[1] 2", None, "f.json:2: text after the end of the document"),
        (b"[1][2]", None, "f.json:2: text after the end of the document"),
        (b"{}", "value", "f.json:1: the document has no list `value`"),
        (b'{"value": {}}', "value", "f.json:1: `value` is not a list"),
        (b'{"value": [1], "value": [2]}', "value", "f.json:2: `value` stands twice"),
        (b'{"value": [1] "b": 2}', "value", "f.json:2: expected a comma after the list `value`"),
        (b'{"value": [1],}', "value", "f.json:2: a member is missing beside a comma"),
        (b'{"b": x, "value": []}', "value", "f.json:1: a member of the document is not JSON"),
        (b'{x: [1], "value": []}', "value", "f.json:1: a member of the document is not JSON"),
        (b'{"value": []]', "value", "f.json:1: the document does not end with }"),
        ("[1]".encode("utf-16"), None, "f.json: it is UTF-16, not UTF-8"),
    ],
)
@pytest.mark.parametrize("size", [1, 1000])
def test_a_bad_document_has_one_clear_error(document, member, message, size):
    with pytest.raises(PayloadError) as caught:
        elements(document, size, member=member)
    assert message == caught.value.message


@pytest.mark.parametrize("document", [b'[1, "' + b"x" * 200 + b'"]', b'{"a": "' + b"x" * 200 + b'", "value": []}'])
@pytest.mark.parametrize("size", [7, 1000])
def test_an_element_over_the_limit_is_an_error_before_it_fills_the_memory(document, size):
    with pytest.raises(PayloadError, match="longer than 100 bytes"):
        elements(document, size, member="value", limit=100)


@pytest.mark.parametrize("size", [1, 1000])
def test_brackets_deeper_than_a_decoder_can_follow_are_an_error(size):
    with pytest.raises(PayloadError, match=f"nested deeper than {MAX_DEPTH} levels"):
        elements(b"[" * (MAX_DEPTH + 1), size)
    deep = b"[" * MAX_DEPTH + b"]" * MAX_DEPTH
    assert [deep[1:-1]] == elements(deep, size)


def test_members_beside_the_list_are_passed_over():
    assert elements(b'{"a": 1, "value": [2], "b": {"value": [3]}}', member="value") == [b"2"]
