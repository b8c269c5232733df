"""Every spelling of an id, an instant, a token id and an address is read as one."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.usage.spellings import (
    address_only,
    is_guid,
    last_segment,
    nested,
    nested_object,
    one_line,
    read_time,
    spell_id,
    text_of,
    token_guid,
)

GUID = "5cbd0526-9043-4533-8d6a-4c8732084200"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("0A1B2C3D4E5F60718293A4B5C6D7E8F9", "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9"),
        (" 0A1B2C3D-4E5F-6071-8293-A4B5C6D7E8F9 ", "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9"),
        ("D4BA3E84-0444-XXXX", "d4ba3e84-0444-xxxx"),
        ("Ann@Contoso.example", "ann@contoso.example"),
        (None, ""),
        (7, ""),
    ],
)
def test_ids_are_lower_case_with_dashes(value, expected):
    assert spell_id(value) == expected


@pytest.mark.parametrize(
    "value",
    [
        "JgW9XEOQM0WNakyHMghCAA",
        "JgW9XEOQM0WNakyHMghCAA==",
        "NWNiZDA1MjYtOTA0My00NTMzLThkNmEtNGM4NzMyMDg0MjAw",
        GUID,
        GUID.upper(),
        f" {GUID} ",
    ],
)
def test_a_token_id_has_three_spellings(value):
    assert token_guid(value) == GUID


@pytest.mark.parametrize("value", ["", "UTI", "x" * 21, "é" * 22, "*" * 48, "A" * 48, "A" * 22 + "x", "=" * 22])
def test_what_is_no_token_id_is_none(value):
    assert token_guid(value) == ""


@given(st.uuids())
def test_the_short_spelling_is_little_endian(identifier):
    import base64  # noqa: PLC0415 - the other way round, for this test alone

    short = base64.urlsafe_b64encode(identifier.bytes_le).decode().rstrip("=")
    assert UUID(token_guid(short)) == identifier


@pytest.mark.parametrize("value", ["", "x", None, 5, "13/45/2026 1:02 PM", "2026-02-30", "4/28/2026, 25:00:00"])
def test_what_is_no_instant_is_none(value):
    assert read_time(value) is None


@pytest.mark.parametrize(
    "value",
    [
        "1/9/2026 10:41:07 AM +01:00",
        "1/9/2026 4:41:07 AM -05:00",
        "1/9/2026 9:41:07\u202fAM",
        "2026-01-09 09:41:07 UTC",
        "2026-01-09 10:41:07+01",
        1767951667,
        1767951667000,
        1767951667000000,
        1767951667000000000,
        1767951667.0,
        "1767951667",
        "1767951667000",
    ],
)
def test_an_instant_may_have_an_offset_or_be_counted_since_1970(value):
    assert read_time(value) == read_time("2026-01-09T09:41:07Z")


def test_parts_of_a_second_are_kept_to_the_microsecond_in_counts():
    assert read_time(1767951667123) == read_time("2026-01-09T09:41:07.123Z")
    assert read_time(1767951667.25) == read_time("2026-01-09T09:41:07.25Z")
    assert read_time(1767951667123456789) == read_time("2026-01-09T09:41:07.123456Z")


@pytest.mark.parametrize("value", [0, -1767951667, True, 20260109, float("inf"), 10**30, "17679516670", "2026-13-09"])
def test_numbers_of_another_size_are_no_instants(value):
    assert read_time(value) is None


def test_midnight_and_noon_of_the_american_form():
    midnight, noon = read_time("4/28/2026 12:00 AM"), read_time("4/28/2026 12:00 PM")
    assert midnight == read_time("2026-04-28T00:00:00Z")
    assert noon == read_time("2026-04-28T12:00:00Z")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("192.168.0.1:11111", "192.168.0.1"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("2001:db8::1", "2001:db8::1"),
        ("::1", "::1"),
        ("10.0.0.1", "10.0.0.1"),
        ("", ""),
        (None, ""),
    ],
)
def test_addresses_lose_port_and_brackets(value, expected):
    assert address_only(value) == expected


def test_json_in_texts_is_read_up_to_three_deep():
    assert nested('{"a": 1}') == {"a": 1}
    assert nested('"{\\"a\\": 1}"') == {"a": 1}
    assert nested("{no json") == "{no json"
    assert nested("[" * 100_000) == "[" * 100_000
    assert nested(3) == 3
    assert nested_object("[1]") == nested_object("x") == nested_object(None) == {}


def test_small_spellings():
    assert is_guid(GUID)
    assert not is_guid(GUID.upper())
    assert last_segment(f"/subscriptions/s/providers/x/roleAssignments/{GUID.upper()}/") == GUID
    assert last_segment(None) == ""
    assert text_of({"value": {"value": " x "}}) == "x"
    assert text_of(5) == "5"
    assert text_of(True) == text_of(1.5) == text_of(None) == ""
    assert one_line(["a\nb"]) == "['a\\nb']"
    assert one_line("a\nb`\u202e") == "a b  "
