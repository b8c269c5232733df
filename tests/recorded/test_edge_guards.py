"""Guards on real shapes of resources: the labelled tenant of open and closed ones, and the examples of vaults."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from remit.bootstrap.edges import edge_catalogue
from remit.graph.facts import GuardState
from remit.graph.guarding import state_of

DATA = Path(os.environ.get("REMIT_TEST_DATA", Path(__file__).parents[2].parent / "shared" / "data"))
TENANT = DATA / "tenants" / "guards_open"
CATALOGUE = edge_catalogue()
SETTINGS = {
    "o05": "keys",
    "o06": "keys",
    "o07": "keys",
    "o08": "keys",
    "o09": "template_deployment",
}
"""The pairs that a setting of the resource decides, and which."""


@pytest.fixture(scope="module")
def tenant():
    if not TENANT.exists():
        pytest.skip("no test data")
    rows = [json.loads(line) for line in (TENANT / "export/arm/resources.jsonl").read_text("utf-8").splitlines()]
    pairs = json.loads((TENANT / "truth.json").read_text("utf-8"))["pairs"]
    return {row["id"].lower(): row for row in rows}, {pair["id"]: pair for pair in pairs}


def state(name, row):
    (guard,) = (one for one in CATALOGUE.guards if one.name == name)
    rules = [rule for rule in guard.rule if row["type"].lower() in {one.lower() for one in rule.types}]
    assert rules
    return max(
        (state_of(rule, row) for rule in rules), key=(GuardState.OPEN, GuardState.UNKNOWN, GuardState.CLOSED).index
    )


@pytest.mark.parametrize(("pair", "guard"), SETTINGS.items())
def test_the_setting_that_closes_an_edge_is_the_guard_of_its_way(tenant, pair, guard):
    rows, pairs = tenant
    for side, expected in (("open", GuardState.OPEN), ("closed", GuardState.CLOSED)):
        said = pairs[pair][side]
        assert state(guard, rows[said["to"].lower()]) == expected
        ways = [
            way
            for way in CATALOGUE.kind(said["edge"]).way
            if said["permission"].lower() in {need.action.lower() for need in way.at_target}
        ]
        assert any(guard in way.guards for way in ways)


def test_a_resource_that_is_open_meets_no_other_guard_of_its_edge(tenant):
    """What the labelled tenant calls open is open in every guard of some way of the edge."""
    rows, pairs = tenant
    shut = []
    for pair in pairs.values():
        said = pair["open"]
        row = rows.get(said["to"].lower())
        if row is None or not said["permission"].startswith("Microsoft."):
            continue
        ways = [
            way
            for way in CATALOGUE.kind(said["edge"]).way
            if row["type"] in CATALOGUE.kind(said["edge"]).targets_of(way)
        ]
        if not any(all(state(name, row) == GuardState.OPEN for name in way.guards) for way in ways):
            shut.append(pair["id"])
    assert shut == []


def test_vaults_are_in_one_mode_or_the_other(tenant):
    rows, _ = tenant
    vaults = [row for row in rows.values() if row["type"].lower() == "microsoft.keyvault/vaults"]
    assert vaults
    for row in vaults:
        assert {state("rbac_mode", row), state("policy_mode", row)} == {GuardState.OPEN, GuardState.CLOSED}
