"""Blast radius counts exactly the pairs that `decide` allows, on random tenants, with the compiler and without."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.fakes.engine_world import facts_of
from tests.strategies.assignments import assignment, deny
from tests.strategies.choices import Choices, seeded
from tests.strategies.tenants import tenant
from tests.strategies.vocabulary import (
    CONTROL_ACTIONS,
    DATA_ACTIONS,
    EVERYONE,
    GROUPS,
    RESOURCE_GROUPS,
    RESOURCES,
    SUBSCRIPTIONS,
    USERS,
)

from remit.engine.batch import encode, outcome_codes
from remit.engine.blast_radius import blast_radius
from remit.engine.facts import UNPLACED
from remit.engine.index import TenantIndex
from remit.engine.kernels import ALLOWED
from remit.engine.radius_rows import CATEGORIES, RESOURCE_GROUP_TYPES, Columns
from remit.model.interval import parse_instant
from remit.model.question import Plane, Question
from remit.model.scope import Scope, ScopeKind
from remit.reference.export import Export

AT = parse_instant("2026-11-01T00:00:00Z")


def _conditions_without_names(value: Any) -> None:
    """Spoil conditions that look at a resource's name: they hold at some places only, and are left out by design."""
    if isinstance(value, dict):
        if ":name" in str(value.get("condition") or "").lower():
            value["condition"] = "("
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            _conditions_without_names(one)


def _permissions(actions: list[str], data_actions: list[str]) -> dict[str, Any]:
    return {"permissions": [{"actions": actions, "dataActions": data_actions}]}


_ROLE_ID = "/providers/Microsoft.Authorization/roleDefinitions/"
_WIDE_ROLES = {
    "0aded01e-cafe-4bad-8ace-000000000001": _permissions(["*"], ["*"]),
    "0aded01e-cafe-4bad-8ace-000000000002": _permissions(["*/read"], []),
    "0aded01e-cafe-4bad-8ace-000000000003": _permissions(["*/write", "*/delete"], ["*/read"]),
    "0aded01e-cafe-4bad-8ace-000000000004": _permissions(["Microsoft.Storage/*"], ["Microsoft.Storage/*"]),
}


def _world(seed: int) -> tuple[TenantIndex, list[str]]:
    choose = seeded(f"radius-{seed}")
    made = tenant(seeded(f"radius-{seed}"), whole=None if seed % 2 else True)
    export = made.export
    _conditions_without_names(list(export.lists.values()))
    groups = [f"{one}/resourceGroups/{name}" for one in SUBSCRIPTIONS for name in RESOURCE_GROUPS]
    ids = sorted({choose.pick(groups) + choose.pick(("", *RESOURCES)) for _ in range(10)})
    rows = [{"id": one, "name": one.rsplit("/", 1)[1], "type": _type(one)} for one in ids]
    operations = [{"name": name, "isDataAction": False} for name in CONTROL_ACTIONS]
    operations += [{"name": name, "isDataAction": True} for name in DATA_ACTIONS]
    lists = {
        **(export.lists if seed % 2 else _crowded(choose, [*made.scopes], export)),
        "arm/resources": rows,
        "arm/providerOperations": [{"id": "x", "name": "x", "operations": operations, "resourceTypes": []}],
    }
    return TenantIndex.build(facts_of(Export(lists, export.manifest))), ids


def _crowded(choose: Choices, scopes: list[str], export: Export) -> dict[str, Any]:
    """Return lists of a tenant where wide grants and wide denies lie around, inside and beside each other.

    Its directory and tree are the export's. No deny has a condition, and none stands at a management group, below which
    a subscription without a known place may hang: so every one counts for certain.
    """
    places = [*scopes, *SUBSCRIPTIONS]
    roles = [
        {
            "id": f"{_ROLE_ID}{name}",
            "name": name,
            "properties": {"roleName": name, "type": "BuiltInRole", **permissions},
        }
        for name, permissions in _WIDE_ROLES.items()
    ]
    grants = [assignment(choose, places, number) for number in range(24)]
    below = [one for one in places if "/managementgroups/" not in one.lower()]
    denies = [deny(choose, below, number) for number in range(16)]
    for one in grants:
        one["properties"]["roleDefinitionId"] = _ROLE_ID + choose.pick(tuple(_WIDE_ROLES))
        one["properties"].pop("condition", None)
    for one in denies:
        one["properties"]["permissions"] = choose.pick(tuple(_WIDE_ROLES.values()))["permissions"]
        one["properties"].pop("condition", None)
        if choose.chance(50):
            one["properties"]["principals"] = [{"id": EVERYONE, "type": "SystemDefined"}]
            one["properties"]["excludePrincipals"] = [{"id": one} for one in choose.some(GROUPS + USERS, 0, 2)]
    return {
        **export.lists,
        "arm/roleDefinitions": roles,
        "arm/roleAssignments": grants,
        "arm/denyAssignments": denies,
    }


def _type(identity: str) -> str:
    names = Scope.parse(identity).resource_names()
    return names[-1][0] if names else "Microsoft.Resources/resourceGroups"


def _pairs(index: TenantIndex, ids: list[str]) -> Iterator[tuple[str, str, Plane, str]]:
    """Yield every (resource, operation, plane, category) that exists."""
    columns = Columns.of(index)
    types = [RESOURCE_GROUP_TYPES[0] if one in RESOURCE_GROUP_TYPES else one for one in index.facts.resources.type_name]
    for identity in ids:
        kind = _type(identity).lower()
        kind = RESOURCE_GROUP_TYPES[0] if kind in RESOURCE_GROUP_TYPES else kind
        place = types.index(kind)
        for part in range(columns.part_offsets[place], columns.part_offsets[place + 1]):
            category = CATEGORIES[columns.part_category[part]]
            for bit in range(64):
                if int(columns.part_mask[part]) >> bit & 1:
                    name = columns.names[int(columns.part_word[part]) * 64 + bit]
                    yield identity, name, Plane(category.startswith("data")), category


@pytest.mark.parametrize("seed", range(60))
def test_radius_counts_what_decide_allows(seed: int) -> None:
    index, ids = _world(seed)
    pairs = list(_pairs(index, ids))
    keys = list(index.facts.principals.key)
    radius = blast_radius(index, at=AT)
    for row, key in enumerate(keys):
        questions = [Question(key, name, plane, Scope.parse(identity)) for identity, name, plane, _ in pairs]
        codes = outcome_codes(index, encode(index, questions), at=AT, compiled=False)
        expected = dict.fromkeys(CATEGORIES, 0)
        for (_, _, _, category), code in zip(pairs, codes.tolist(), strict=True):
            expected[category] += code == ALLOWED
        counted = dict(zip(CATEGORIES, radius.pairs[row].tolist(), strict=True))
        if _denies_unsure(index):
            assert all(counted[category] <= expected[category] for category in CATEGORIES), key
        else:
            assert counted == expected, key


def _denies_unsure(index: TenantIndex) -> bool:
    """Tell whether a deny may reach further than was read; then nothing below it counts as certain."""
    facts = index.facts
    unread = index.directory.any_group or bool(index.directory.unread)
    at_groups = (facts.scopes.kind[facts.denies.scope] == ScopeKind.MANAGEMENT_GROUP).any()
    unplaced = bool(at_groups and (facts.scopes.parent == UNPLACED).any())
    return unplaced or (unread and len(facts.denies.scope) > 0)


def test_asking_for_some_gives_their_lines() -> None:
    index, _ = _world(3)
    everybody = blast_radius(index, at=AT)
    some = np.array([len(everybody.pairs) - 1, 0], dtype=np.int32)
    assert blast_radius(index, at=AT, principals=some).pairs.tolist() == everybody.pairs[some].tolist()


_WITHOUT_NUMBA = """
import sys
sys.modules["numba"] = None
from remit.engine.kernels import COMPILED
from tests.property.test_blast_radius import AT, _world, blast_radius
print(COMPILED, [blast_radius(_world(seed)[0], at=AT).pairs.tolist() for seed in range(12)])
"""


def test_plain_python_counts_the_same() -> None:
    command = [sys.executable, "-W", "error", "-c", _WITHOUT_NUMBA]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2])  # noqa: S603 - this Python
    assert done.stdout == f"False {[blast_radius(_world(seed)[0], at=AT).pairs.tolist() for seed in range(12)]}\n", (
        done.stderr
    )
