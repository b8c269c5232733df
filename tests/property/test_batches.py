"""The fast way to columns says what the literal way says, of any lines whatever."""

from __future__ import annotations

import json
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.fakes.both_ways import assert_same
from tests.strategies.log_records import (
    ACTIVITY,
    EXTRA_KEYS,
    GRAPH,
    ODD_VALUES,
    PLAIN,
    SIGN_IN,
    at,
    line_lists,
    paths,
    put,
)

pytest.importorskip("numba", reason="the fast way is compiled by the `fast` extra")


@given(line_lists(), st.integers(1, 3))
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_fast_way_gives_what_the_literal_way_gives(lines, chunks):
    assert_same(lines, chunks=chunks)


def test_bytes_changed_anywhere_in_known_shapes_change_nothing_of_that():
    rng = random.Random(7)
    plain = [json.dumps(record, separators=(",", ":"), ensure_ascii=False).encode() for record in PLAIN]
    lines = [*plain, *plain]
    for _ in range(3_000):
        line = rng.choice(plain)
        place = rng.randrange(len(line))
        put_in = bytes(rng.choice(b'"\\{}[],:0a \x00\x1f\xc3\xa9\xffu-') for _ in range(rng.randint(0, 2)))
        lines.append(line[:place] + put_in + line[place + rng.randint(0, 2) :])
    fast = assert_same(lines)
    assert fast.fast_records > len(lines) // 2


@pytest.mark.parametrize("record", [ACTIVITY, SIGN_IN, SIGN_IN | {"category": "SignInLogs"}, GRAPH])
def test_each_value_of_plain_records_put_to_each_odd_one_is_read_alike(record):
    lines = [json.dumps(record).encode()] * 3
    lines += [json.dumps(put(record, path, value)).encode() for path in paths(record) for value in ODD_VALUES]
    fast = assert_same(lines)
    assert fast.fast_records > len(lines) // 4


@pytest.mark.parametrize("record", [ACTIVITY, SIGN_IN, GRAPH])
def test_a_shape_that_says_nothing_at_first_and_something_later_is_read_alike(record):
    """What the literal reading looks at besides: a key that holds nothing useful in the first records of a shape."""
    parents = [(), *(path for path in paths(record) if isinstance(at(record, path), dict))]
    telling = ["2026-04-01T00:00:00Z", "9d370547-cb61-4753-be23-68534909af91", "203.0.113.99", 403, "Failed", None]
    telling += ['{"action": "A.B/other/action", "scope": "/subscriptions/T", "xms_az_rid": "/r", "errorCode": 50126}']
    lines = []
    for parent in parents:
        for key in EXTRA_KEYS:
            changed = put(record, (*parent, key), "x")
            lines += [json.dumps(changed).encode()] * 2
            lines += [json.dumps(put(changed, (*parent, key), value)).encode() for value in telling]
        if parent:
            lines += [json.dumps(put(record, parent, "x")).encode()] * 2
            lines.append(json.dumps(put(record, parent, json.dumps(at(record, parent)))).encode())
    assert_same(lines)
