"""What properties of a resource say about guards."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.json import encode

from remit.app.graphing.intake.guards import GuardReader
from remit.graph.facts import GuardState
from remit.graph.kinds import Guard, GuardRule

OPEN, CLOSED, UNKNOWN = GuardState.OPEN, GuardState.CLOSED, GuardState.UNKNOWN
CACHE = "microsoft.cache/redis"


def state(rule: dict[str, Any], properties: object, row: object = None) -> int:
    reader = GuardReader([Guard("keys", "Says so.", (GuardRule(types=("Microsoft.Cache/Redis",), **rule),))])
    found = dict(reader.states(CACHE, encode(properties), encode(row)))
    assert OPEN not in found.values()
    return found.get(0, OPEN)


CASES = [
    ("the closing value closes", {"property": "off", "closed": True}, {"off": True}, CLOSED),
    ("another value leaves it open", {"property": "off", "closed": True}, {"off": False}, OPEN),
    ("a missing property is what the rule says", {"property": "on", "closed": False, "absent": "closed"}, {}, CLOSED),
    ("properties that were not read leave it unknown", {"property": "off", "closed": True}, None, UNKNOWN),
    ("so do properties that are no object", {"property": "off", "closed": True}, [True], UNKNOWN),
    ("a path goes down", {"property": "a.b", "closed": "Deny"}, {"a": {"b": "deny"}}, CLOSED),
]


@pytest.mark.parametrize(
    ("rule", "properties", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_a_rule_reads_a_property(rule: dict[str, Any], properties: object, expected: int) -> None:
    assert expected == state(rule, properties)


def test_a_rule_of_the_row_looks_at_the_row_and_not_at_the_properties() -> None:
    rule = {"top": "identity.type", "closed": "None"}
    assert state(rule, None, {"identity": {"type": "none"}}) == CLOSED
    assert state(rule, {"identity": {"type": "None"}}, {}) == OPEN


def test_one_closed_rule_of_a_guard_is_enough() -> None:
    rules = (
        GuardRule(types=(CACHE,), property="off", closed=True),
        GuardRule(types=(CACHE,), property="open", closed=False, absent="unknown"),
    )
    reader = GuardReader([Guard("keys", "Says so.", rules)])
    assert reader.states(CACHE, b'{"off": true}', b"{}") == ((0, CLOSED),)
    assert reader.states(CACHE, b'{"off": false}', b"{}") == ((0, UNKNOWN),)
    assert reader.states(CACHE, b'{"off": false, "open": true}', b"{}") == ()


def test_guards_are_told_apart_and_other_types_have_none() -> None:
    rule = GuardRule(types=(CACHE,), property="off", closed=True)
    other = GuardRule(types=(CACHE,), top="sku.name", closed="Free")
    reader = GuardReader([Guard("a", "A.", (rule,)), Guard("b", "B.", (other,))])
    assert reader.names == ("a", "b")
    assert reader.types == {CACHE}
    assert reader.states(CACHE, b'{"off": true}', b'{"sku": {"name": "Free"}}') == ((0, CLOSED), (1, CLOSED))
    assert reader.states("microsoft.web/sites", b'{"off": true}', b"{}") == ()


def test_what_is_remembered_of_one_resource_is_not_said_of_another() -> None:
    rules = (
        GuardRule(types=(CACHE,), property="acls.action", closed="Deny"),
        GuardRule(types=(CACHE,), top="kind", closed="x"),
    )
    reader = GuardReader([Guard("keys", "Says so.", rules)])
    said = [
        (b'{"acls": {"action": "Deny"}}', b"{}"),
        (b'{"acls": {"action": "Allow"}}', b"{}"),
        (b'{"acls": {"action": "Allow"}}', b'{"kind": "x"}'),
        (b"null", b"{}"),
        (b'{"more": 1}', b"{}"),
    ]
    expected = [((0, CLOSED),), (), ((0, CLOSED),), ((0, UNKNOWN),), ()]
    assert expected == [reader.states(CACHE, *one) for one in (*said, *said)][5:]
    assert expected == [reader.states(CACHE, *one) for one in said]
