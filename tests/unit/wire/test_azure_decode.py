"""Payloads to structs: unknown fields, keys of rows, and words for what is wrong."""

from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.model.errors import PayloadError
from remit.wire.azure.decode import decode_all, decode_one, explain_field
from remit.wire.azure.lists import LISTS, USED_LISTS

USERS = LISTS["graph/users"].decoder


def message(payload: bytes, name: str = "graph/users") -> str:
    assert decode_all(LISTS[name].decoder, [payload]) is None
    with pytest.raises(PayloadError) as caught:
        decode_one(LISTS[name].decoder, "f", 7, payload)
    return caught.value.message


def test_unknown_fields_do_no_harm():
    row = decode_one(USERS, "f", 1, b'{"new": {"deep": [1]}, "id": "A", "displayName": "x"}')
    assert (row.id, row.display_name, row.user_principal_name) == ("A", "x", None)


@pytest.mark.parametrize(
    ("name", "payload", "key"),
    [
        ("graph/users", {"id": "AbC"}, "abc"),
        ("graph/groupMembers", {"parentId": "G", "member": {"id": "M"}}, "g/m"),
        ("graph/applicationFederatedIdentityCredentials", {"parentId": "A", "id": "F"}, "a/f"),
        ("arm/locks", {"id": "/X", "properties": {"level": "ReadOnly"}}, "/x"),
        ("arm/deploymentStacks", {"id": "/X"}, "/x"),
    ],
)
def test_the_key_of_a_row(name, payload, key):
    shape = LISTS[name]
    assert shape.key(shape.decoder.decode(json.dumps(payload))) == key


def test_every_list_of_a_tenant_export_is_known():
    assert len(LISTS) == 39
    assert set(LISTS) > USED_LISTS
    assert {name.partition("/")[0] for name in LISTS} == {"arm", "graph"}


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        (b"", "is empty"),
        (b"   ", "is empty"),
        (b"nul", "is not JSON: input data was truncated"),
        (b'{"id": "a", "x": Infinity}', "is not JSON: NaN and Infinity are no numbers (byte 17)"),
        (b'{"id": "a", "x": 01}', "is not JSON: invalid number (byte 18)"),
        (b'{"id": "a", "x": "\\udc00"}', "holds a lone surrogate"),
        (b'{"id": "a", "x": "\\ud83d x"}', "holds a lone surrogate"),
        (b'{"id": "\xc3"}', "is not UTF-8"),
        (b'{"id": "a", "x": "\xed\xa0\x80"}', "is not UTF-8"),
        (b'{"id": "a\\u0000"}', "holds a NUL character"),
        (b"[" * 200_000, "must be an object, is a list"),
        (b'{"id": [1]}', "id: must be text, is a list"),
        (b'{"id": true}', "id: must be text, is true or false"),
        (b'{"id": "a", "accountEnabled": 1}', "accountEnabled: must be true or false or null, is a number"),
    ],
)
def test_what_is_wrong_is_said_in_plain_words(payload, expected):
    assert message(payload) == f"f:7: {expected}"


@pytest.mark.parametrize("text", ['"\\ud83d\\ude00"', '"\\\\u0000"', '"\\\\ud800"', '"\\u00e9"', '"é😀"'])
def test_what_only_looks_wrong_is_read(text):
    payload = b'{"id": "a", "x": ' + text.encode() + b"}"
    assert decode_all(USERS, [payload]) is not None
    assert decode_one(USERS, "f", 1, payload).id == "a"


def test_one_bad_row_spoils_a_batch_and_is_then_named():
    assert decode_all(USERS, [b'{"id": "a"}', b"{}"]) is None
    assert len(decode_all(USERS, [b'{"id": "a"}', b'{"id": "b"}']) or ()) == 2


def test_a_message_that_nobody_foresaw_still_names_the_field():
    assert explain_field("Something new - at `$.a.b[0]`") == ("a.b[0]", "has the wrong shape")
    assert explain_field("Expected `str`, got `int` - at `$.a`", "properties") == (
        "properties.a",
        "must be text, is a number",
    )
    assert explain_field("Expected `object`, got `int`", "properties") == (
        "properties",
        "must be an object, is a number",
    )


def refusal(name: str, payload: bytes) -> str | None:
    """Why a payload is refused, or None where it is read."""
    try:
        decode_one(LISTS[name].decoder, "f", 1, payload)
    except PayloadError as error:
        return error.message
    return None


@given(st.binary(max_size=60), st.sampled_from(sorted(LISTS)))
def test_any_bytes_decode_or_are_refused_in_one_line(payload, name):
    why = refusal(name, payload)
    assert "\n" not in (why or "")
    assert (decode_all(LISTS[name].decoder, [payload]) is None) == (why is not None)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "properties", "member", "parentId", "scope"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(JSON, st.sampled_from(sorted(LISTS)))
def test_any_json_decodes_or_is_refused_in_one_line(value, name):
    payload = json.dumps(value).encode()
    why = refusal(name, payload)
    assert "\n" not in (why or "")
    assert "`str`" not in (why or "")
    assert (decode_all(LISTS[name].decoder, [payload]) is None) == (why is not None)
    assert why is not None or isinstance(msgspec.json.decode(payload), dict)
