"""M1 to M8: the engine's matchers against the one regular expression per pattern of the reference."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.engine.patterns import PatternIndex, covers, expand
from remit.model.question import Plane
from remit.model.role import PermissionBlock
from remit.reference import matching

# Few letters, so that patterns and actions meet; blanks and dots, which must stand for themselves (M5).
_PATTERNS = st.text(alphabet="aAb/* .", min_size=1, max_size=9)
_ACTIONS = st.text(alphabet="aAb/ .", min_size=1, max_size=9)
_MANY = st.lists(_PATTERNS, max_size=4)


@pytest.mark.parametrize(
    ("pattern", "action", "expected"),
    [
        ("A/*/x", "A/x", True),
        ("A/*/x", "a/b/c/X", True),
        ("A/*/x", "A/bx", False),
        ("A/*/x", "Ax", False),
        ("A/*", "A/", True),
        ("A/*", "A", False),
        ("*", "", True),
        ("*/read", "read", False),
        ("*/read", "/read", True),
        ("A/x ", "A/x", False),
        ("A/x/", "A/x", False),
        ("A/b*", "A/bc/d", True),
        ("A/?", "A/b", False),
        ("A.B/x", "AxB/x", False),
        ("A/*/*/x", "A/x", False),
        ("A/*/*/x", "A/b/x", True),
    ],
)
def test_both_matchers_follow_the_clauses(pattern: str, action: str, expected: bool):
    """M1 to M5, M3a: expected answers, so that the two cannot be wrong together."""
    assert matching.covers(pattern, action) is expected
    assert covers(pattern, action) is expected


@given(_PATTERNS, _ACTIONS)
def test_the_matchers_agree_on_any_pattern(pattern: str, action: str):
    """M1 to M5: also on patterns with several wildcards, which Azure does not write."""
    assert covers(pattern, action) == matching.covers(pattern, action)


@given(st.lists(st.tuples(_MANY, _MANY, _MANY, _MANY), max_size=4), _ACTIONS)
def test_the_index_finds_the_blocks_that_grant(lists: list[tuple[list[str], ...]], action: str):
    """M6, D4, D6: per block and plane, actions minus notActions."""
    blocks = [PermissionBlock(*(tuple(patterns) for patterns in four)) for four in lists]
    raw = [dict(zip(("actions", "notActions", "dataActions", "notDataActions"), four, strict=True)) for four in lists]
    index = PatternIndex(blocks)
    for plane in Plane:
        expected = {number for number, block in enumerate(raw) if matching.block_matches(block, action, plane)}
        assert index.match(action.lower(), plane).blocks == expected


@given(_MANY, st.lists(_ACTIONS, max_size=8))
def test_expansion_over_a_catalogue_finds_what_each_pattern_covers(patterns: list[str], names: list[str]):
    """M2, M3a: the catalogue's order does not matter to what is found."""
    operations = sorted({name.lower() for name in names})
    expected = {place for place, name in enumerate(operations) if matching.covers_any(patterns, name)}
    assert expand(patterns, operations) == expected
