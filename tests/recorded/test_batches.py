"""Every public record goes into columns alike by both ways, the second time by known shapes."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from tests.fakes.both_ways import assert_same

DATA = Path(os.environ.get("REMIT_TEST_DATA", Path(__file__).parents[2].parent / "shared" / "data")) / "logs"


@pytest.fixture(scope="module")
def records():
    if not DATA.exists():
        pytest.skip("no test data")
    found = []
    for path in sorted(DATA.rglob("*.jsonl")):
        for text in path.read_bytes().splitlines():
            held = json.loads(text)
            if isinstance(held.get("raw"), str):
                found.append(held["raw"].replace("\n", " ").encode())
            elif isinstance(held.get("event"), dict):
                found.append(json.dumps(held["event"]).encode())
            else:
                found.append(text)
    return found


pytest.importorskip("numba", reason="the fast way is compiled by the `fast` extra")


def test_public_records_are_read_alike_by_both_ways(records):
    assert len(records) > 1_000
    fast = assert_same(records)
    assert fast.fast_records > 50
