"""What a line of `remit ask` may be, and how a bad one is named."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from remit.model.errors import QuestionError
from remit.model.question import Plane
from remit.wire.v1.questions import attribute_value, decode_question

PLAIN = {"id": "1", "principal": "p", "action": "A/read", "scope": "/"}


def line(**fields: object) -> bytes:
    return json.dumps({**PLAIN, **fields}).encode()


def without(field: str) -> bytes:
    return json.dumps({name: value for name, value in PLAIN.items() if name != field}).encode()


def test_a_line_with_every_field_is_read_to_the_last() -> None:
    asked = decode_question(
        line(
            plane="data",
            at="2026-11-01T00:00:00.5000000Z",
            attributes={"@Resource[x:name]": "logs", "@Request[n]": 3, "@Request[l]": ["a", 1, True]},
            attributesComplete=True,
            subOperation="Blob.List",
        )
    )
    assert (asked.name, asked.principal, asked.action, asked.scope.text) == ("1", "p", "A/read", "/")
    assert asked.plane is Plane.DATA
    assert asked.at == datetime(2026, 11, 1, 0, 0, 0, 500_000, tzinfo=UTC)
    assert asked.attributes == {"@Resource[x:name]": "logs", "@Request[n]": 3, "@Request[l]": ("a", 1, True)}
    assert (asked.attributes_complete, asked.sub_operation) == (True, "Blob.List")


def test_what_is_optional_may_be_left_out_or_null() -> None:
    short, nulls = decode_question(line()), decode_question(line(at=None, subOperation=None))
    assert short == nulls
    assert (short.plane, short.at, short.attributes, short.attributes_complete) == (Plane.CONTROL, None, {}, False)


@pytest.mark.parametrize(
    ("bad", "field", "why"),
    [
        (b"{", "", "not JSON: cut off"),
        (line() + b"x", "", "not JSON"),
        (b"[]", "", "expected an object, got a list"),
        (b"null", "", "expected an object, got null"),
        (b"\xff", "", "not JSON"),
        (b'{"id": "\xff"}', "", "not UTF-8"),
        (b'{"id": NaN}', "", "not JSON"),
        (b'{"id": "\\ud800"}', "", "not JSON"),
        (b'{"attributes":' + b'{"a":' * 5000, "", ""),
        (without("id"), "id", "it is missing"),
        (without("principal"), "principal", "it is missing"),
        (without("action"), "action", "it is missing"),
        (without("scope"), "scope", "it is missing"),
        (line(id=1), "id", "expected text, got a number"),
        (line(principal=" "), "principal", "it is empty"),
        (line(action="A/*"), "action", "it holds a wildcard"),
        (line(scope="subscriptions/1"), "scope", "it does not start with /"),
        (line(plane="both"), "plane", "neither `control` nor `data`: 'both'"),
        (line(at="noon"), "at", "is not a time"),
        (line(at=5), "at", "expected text, got a number"),
        (line(attributes=[]), "attributes", "expected an object, got a list"),
        (line(attributes={"name": 1}), "attributes.name", "not an attribute"),
        (line(attributes={"@Resorce[x]": 1}), "attributes.@Resorce[x]", "not an attribute"),
        (line(attributes={"@Request[]": 1}), "attributes.@Request[]", "not an attribute"),
        (
            line(attributes={"@Request[x]": None}),
            "attributes.@Request[x]",
            "expected a text, number, truth value or list",
        ),
        (
            line(attributes={"@Request[x]": {"a": 1}}),
            "attributes.@Request[x]",
            "expected a text, number, truth value or list",
        ),
        (line(attributes={"@Request[x]": [["a"]]}), "attributes.@Request[x]", "a list holds texts"),
        (line(attributes={"@Request[x]": 1, "@request[X]": 2}), "attributes.@request[X]", "it stands twice"),
        (line(attributesComplete="yes"), "attributesComplete", "expected true or false, got text"),
        (line(attributescomplete=True), "attributescomplete", "no such field; is `attributesComplete` meant?"),
        (line(atributes={}, note="x"), "atributes", "no such field; is `attributes` meant?"),
        (line(sub_operation="x"), "sub_operation", "no such field; is `subOperation` meant?"),
        (line(subOperation=[]), "subOperation", "expected text, got a list"),
    ],
)
def test_a_bad_line_names_its_field(bad, field, why) -> None:
    with pytest.raises(QuestionError) as caught:
        decode_question(bad)
    assert caught.value.field == field or not why
    assert why in caught.value.why
    assert caught.value.message.isprintable()


def test_notes_of_whoever_wrote_the_line_are_left_alone() -> None:
    assert decode_question(line(expected="allowed", comment=[1], ticket={"a": None})) == decode_question(line())


def test_null_is_as_good_as_leaving_out() -> None:
    optional = ("plane", "at", "attributes", "attributesComplete", "subOperation")
    assert decode_question(line(**dict.fromkeys(optional))) == decode_question(line())


def test_tag_keys_that_keep_their_case_are_two() -> None:
    """V13."""
    tags = {"@Request[tags:a<$key_case_sensitive$>]": "x", "@Request[tags:A<$key_case_sensitive$>]": "y"}
    assert decode_question(line(attributes=tags)).attributes == tags


def test_an_empty_list_is_a_value() -> None:
    assert attribute_value("@Request[l]", []) == ()
