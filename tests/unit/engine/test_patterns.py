"""M1 to M8: patterns against actions, and blocks against actions."""

from __future__ import annotations

import random
import re

import pytest

from remit.engine.patterns import PatternIndex, covers, expand
from remit.model.question import Plane
from remit.model.role import PermissionBlock


@pytest.mark.parametrize(
    ("pattern", "action", "expected"),
    [
        ("*", "Microsoft.Compute/virtualMachines/read", True),
        ("*/read", "Microsoft.Compute/virtualMachines/read", True),
        ("*/read", "Microsoft.Compute/virtualMachines/write", False),
        ("Microsoft.Network/*/read", "Microsoft.Network/virtualNetworks/subnets/read", True),
        ("microsoft.compute/VIRTUALMACHINES/*", "Microsoft.Compute/virtualMachines/read", True),
        ("Microsoft.Compute/virtualMachines/*", "Microsoft.Compute/virtualMachineScaleSets/read", False),
        ("Microsoft.KeyVault/vaults/*/read", "Microsoft.KeyVault/vaults/read", True),
        ("Microsoft.KeyVault/vaults/*/read", "Microsoft.KeyVault/vaultsread", False),
        ("A/*/assign/action", "A/assign/action", True),
        ("A/*", "A", False),
        ("A/b?", "A/bc", False),
        ("A/b ", "A/b", False),
        ("A/b/", "A/b", False),
        ("A/b*", "A/bcd/read", True),
        ("A/*/b/*/c", "A/b/c", True),
        ("A/*/b/*/c", "A/x/b/y/z/c", True),
        ("A/*/b/*/c", "A/x/c", False),
    ],
)
def test_a_pattern_covers_an_action(pattern, action, expected):
    assert covers(pattern, action) is expected


def _as_regular_expression(pattern):
    parts = re.split(r"(/\*/|\*)", pattern.lower())
    return re.compile("".join({"/*/": "/(?:.*/)?", "*": ".*"}.get(part, re.escape(part)) for part in parts), re.DOTALL)


def test_every_form_of_pattern_agrees_with_the_regular_expression_of_m3a():
    chance = random.Random(20261101)
    for _ in range(60_000):
        pattern = "".join(chance.choice("ab/*/") for _ in range(chance.randrange(9)))
        action = "".join(chance.choice("ab//") for _ in range(chance.randrange(9)))
        assert covers(pattern, action) == bool(_as_regular_expression(pattern).fullmatch(action)), (pattern, action)


def test_index_and_expansion_agree_with_single_patterns():
    chance = random.Random(7)
    words = ["a", "b", "ab", "*"]
    operations = sorted({"/".join(chance.choice(words[:3]) for _ in range(chance.randrange(2, 5))) for _ in range(200)})
    patterns = ["/".join(chance.choice(words) for _ in range(chance.randrange(1, 5))) for _ in range(300)] + [
        "a*",
        "*b*",
    ]
    index = PatternIndex([PermissionBlock(actions=(pattern,)) for pattern in patterns])
    for operation in operations:
        expected = {number for number, pattern in enumerate(patterns) if covers(pattern, operation)}
        assert index.match(operation, Plane.CONTROL).blocks == expected
    for pattern in patterns:
        expected = {place for place, operation in enumerate(operations) if covers(pattern, operation)}
        assert expand([pattern], operations) == expected


def test_subtraction_stays_inside_its_block_and_planes_do_not_mix():
    blocks = [
        PermissionBlock(actions=("A/*",), not_actions=("A/*/write",), data_actions=("A/d/read",)),
        PermissionBlock(actions=("A/x/write",)),
        PermissionBlock(not_actions=("*",)),
    ]
    index = PatternIndex(blocks)
    assert index.match("a/x/read", Plane.CONTROL).blocks == {0}
    assert index.match("a/x/write", Plane.CONTROL).blocks == {1}
    assert index.match("a/d/read", Plane.DATA).blocks == {0}
    assert index.match("a/x/read", Plane.DATA).blocks == set()
