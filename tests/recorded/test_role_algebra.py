"""D4, D6, D7, M1 to M8: every built-in role against every known operation, on both planes, block by block.

The roles go through the intake as roleDefinitions payloads; the reference matches with one regular expression per
pattern. Nothing of the data is copied here: where it is absent the tests say so.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from tests.fakes.engine_world import facts_of

from remit.engine.actions import CONDITIONED, NO, PLAIN, ActionTable
from remit.model.question import Plane
from remit.model.role import RoleDefinition
from remit.reference.export import Export, properties
from remit.reference.matching import block_lists, expression
from remit.reference.roles import Role, read_role

DATA = Path(os.environ.get("REMIT_TEST_DATA", Path(__file__).parents[2].parent / "shared" / "data"))
_PREFIX = "/providers/Microsoft.Authorization/roleDefinitions/"

Granted = dict[tuple[str, int], set[str]]
"""By role and place of the block within it: the operations, in lower case, that the block covers."""


def published(name: str) -> dict[str, Any]:
    path = DATA / "azure" / name
    if not path.exists():
        pytest.skip("no test data")
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def payloads() -> list[dict[str, Any]]:
    """The 928 roles as the service lists them."""
    return [
        {
            "id": _PREFIX + role["id"],
            "name": role["id"],
            "properties": {
                "roleName": role["roleName"],
                "type": "BuiltInRole",
                "permissions": role["permissions"],
                "assignableScopes": role["assignableScopes"],
            },
        }
        for role in published("builtin-roles.json")["roles"]
    ]


@pytest.fixture(scope="module")
def names() -> list[str]:
    """Every operation of the catalogue in lower case, whatever its plane is thought to be (D7, D10)."""
    providers = published("provider-operations.json")["providers"]
    return sorted({name.lower() for lists in providers.values() for some in lists.values() for name in some})


@pytest.fixture(scope="module")
def roles(payloads: list[dict[str, Any]]) -> tuple[RoleDefinition, ...]:
    """The roles as the engine holds them."""
    return facts_of(Export({"arm/roleDefinitions": payloads}, {})).roles


@pytest.fixture(scope="module")
def read(payloads: list[dict[str, Any]]) -> dict[str, Role]:
    """The roles as the reference reads them."""
    return {role.key: role for role in map(read_role, payloads)}


def test_every_role_is_read_with_its_blocks_and_conditions(
    payloads: list[dict[str, Any]], roles: tuple[RoleDefinition, ...]
):
    """D4: nothing flattened, trimmed or lost between payload and engine."""
    assert len(roles) == len(payloads) == 928
    by_key = {role.key: role for role in roles}
    for payload in payloads:
        role = by_key[payload["name"].lower()]
        kept = [
            {
                "actions": list(block.actions),
                "notActions": list(block.not_actions),
                "dataActions": list(block.data_actions),
                "notDataActions": list(block.not_data_actions),
                "condition": block.condition,
                "conditionVersion": block.condition_version,
            }
            for block in role.blocks
        ]
        written = [
            {name: block.get(name) or ([] if "ctions" in name else None) for name in kept[0]}
            for block in properties(payload)["permissions"]
        ]
        assert kept == written
        assert role.name == properties(payload)["roleName"]
        assert not role.invalid
        assert not role.is_custom
    assert sum(len(role.blocks) > 1 for role in roles) == 16
    assert sum(any(block.condition for block in role.blocks) for role in roles) == 29


def test_engine_and_reference_agree_on_every_role_and_operation(
    roles: tuple[RoleDefinition, ...], read: dict[str, Role], names: list[str]
):
    """M1 to M8, D6: 946 blocks against 21,542 operations on both planes."""
    assert len(names) > 20_000
    for plane in Plane:
        expected, found = literally(read.values(), names, plane), by_engine(roles, names, plane)
        assert expected.keys() == found.keys()
        different = [block for block, covered in expected.items() if covered != found[block]]
        assert not different
        assert sum(map(len, expected.values())) > (100_000 if plane is Plane.CONTROL else 10_000)


def test_a_role_is_conditioned_only_where_every_covering_block_is(
    roles: tuple[RoleDefinition, ...], read: dict[str, Role], names: list[str]
):
    """D4: a condition gates its own block; another block without one grants freely."""
    gated = tuple(role for role in roles if any(block.condition for block in role.blocks))
    table = ActionTable(gated, ())
    granted = literally([read[role.key] for role in gated], names, Plane.CONTROL)
    conditioned = 0
    for name in names:
        codes = table.match(name, Plane.CONTROL).roles
        for row, role in enumerate(gated):
            blocks = read[role.key].blocks
            covering = [block for place, block in enumerate(blocks) if name in granted[role.key, place]]
            code = PLAIN if any(not block.get("condition") for block in covering) else CONDITIONED
            assert codes[row] == (code if covering else NO)
            conditioned += code is CONDITIONED and bool(covering)
    assert conditioned > 29


def test_a_wildcard_between_slashes_may_stand_for_nothing(read: dict[str, Role], names: list[str]):
    """M3a: `A/*/x` covers `A/x`; so many built-in roles depend on it that the rule cannot be left out."""
    known = set(names)
    pairs = [
        (role.key, field, pattern)
        for role in read.values()
        for block in role.blocks
        for field in ("actions", "notActions", "dataActions", "notDataActions")
        for pattern in block.get(field) or ()
        if "/*/" in pattern and pattern.replace("/*/", "/").lower() in known
    ]
    assert len({key for key, _, _ in pairs}) > 50
    assert all(expression(pattern).fullmatch(pattern.replace("/*/", "/")) for _, _, pattern in pairs)
    reader = read["21090545-7ca7-4776-b22c-e363652d74d2"]  # Key Vault Reader
    assert "microsoft.keyvault/vaults/read" in literally([reader], names, Plane.CONTROL)[reader.key, 0]


def literally(roles: Iterable[Role], names: list[str], plane: Plane) -> Granted:
    """Return what every block covers: actions minus notActions, by one regular expression per pattern (M6)."""
    covered: dict[str, set[str]] = {}
    known = set(names)

    def union(patterns: Iterable[str]) -> set[str]:
        found: set[str] = set()
        for pattern in patterns:
            if pattern not in covered:
                covered[pattern] = matching_names(pattern, names, known)
            found |= covered[pattern]
        return found

    return {
        (role.key, place): union(granted) - union(subtracted)
        for role in roles
        for place, block in enumerate(role.blocks)
        for granted, subtracted in (block_lists(block, plane),)
    }


def matching_names(pattern: str, names: list[str], known: set[str]) -> set[str]:
    """Return the names that one pattern covers; without a wildcard, only itself can be (M5)."""
    if "*" not in pattern:
        return {pattern.lower()} & known
    fullmatch = expression(pattern).fullmatch
    return {name for name in names if fullmatch(name)}


def by_engine(roles: tuple[RoleDefinition, ...], names: list[str], plane: Plane) -> Granted:
    """Return what every block covers, as the engine's table says, operation by operation."""
    table = ActionTable(roles, ())
    places = [(role.key, place) for role in roles for place in range(len(role.blocks))]
    found: Granted = {place: set() for place in places}
    for name in names:
        for number in table.match(name, plane).blocks:
            found[places[number]].add(name)
    return found
