"""C2, C8, C20, C21: every condition inside Azure's own roles is understood, and comes out as its role says."""

from __future__ import annotations

import json
import os
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from remit.engine.condition_syntax import parse_condition
from remit.engine.condition_values import normal_guid
from remit.engine.conditions import call_of, check_condition
from remit.model.decision import Truth
from remit.model.question import Plane, Question
from remit.model.scope import Scope

DATA = Path(os.environ.get("REMIT_TEST_DATA", Path(__file__).parents[2].parent / "shared" / "data"))
NOW = datetime(2026, 11, 1, tzinfo=UTC)
ASSIGNMENTS = "Microsoft.Authorization/roleAssignments"
STRANGER = "ffffffff-ffff-4fff-bfff-ffffffffffff"
_GUIDS = re.compile(r"GuidEquals ?\{([^}]*)\}")


@pytest.fixture(scope="module")
def conditions():
    path = DATA / "azure" / "builtin-roles.json"
    if not path.exists():
        pytest.skip("no test data")
    roles = json.loads(path.read_text(encoding="utf-8"))["roles"]
    assert len(roles) >= 900
    return [
        (role["roleName"], block["condition"], block.get("conditionVersion"))
        for role in roles
        for block in role["permissions"]
        if block.get("condition")
    ]


def _truth(text, version, action, attributes):
    question = Question("p", action, Plane.CONTROL, Scope.parse("/subscriptions/s"), attributes, True)
    return check_condition(text, version, call_of(question, NOW)).truth


def _carried(source, guid, *, kind="ServicePrincipal"):
    return {f"@{source}[{ASSIGNMENTS}:RoleDefinitionId]": guid, f"@{source}[{ASSIGNMENTS}:PrincipalType]": kind}


def test_every_condition_is_understood(conditions):
    assert len(conditions) >= 29
    for _, text, version in conditions:
        assert parse_condition(text).text == text
        assert version in ("1.0", "2.0")


def test_conditions_that_ask_hasobotoken_are_never_settled_in_favour(conditions):
    asking = [one for one in conditions if "HasObotoken" in one[1]]
    assert len(asking) >= 5
    for name, text, version in asking:
        for guid in _listed(text) or [STRANGER]:
            truth = _truth(
                text, version, f"{ASSIGNMENTS}/write", _carried("Request", guid) | {"@Resource[HasObotoken]": True}
            )
            assert truth is Truth.UNKNOWN, name


@pytest.mark.parametrize(("verb", "source"), [("write", "Request"), ("delete", "Resource")])
def test_delegations_hold_for_the_roles_they_list_and_for_no_other(conditions, verb, source):
    held = 0
    for name, text, version in conditions:
        if "HasObotoken" in text or f"@{source}[{ASSIGNMENTS}:RoleDefinitionId]" not in text:
            continue
        part = text[text.index(f"@{source}[{ASSIGNMENTS}:RoleDefinitionId]") :]
        for guid in _listed(part[: part.index("}") + 1]):
            for spelt in (guid, guid.upper(), normal_guid(guid)):
                assert _truth(text, version, f"{ASSIGNMENTS}/{verb}", _carried(source, spelt)) is Truth.TRUE, (
                    name,
                    guid,
                )
            held += 1
        assert _truth(text, version, f"{ASSIGNMENTS}/{verb}", _carried(source, STRANGER)) is Truth.FALSE, name
        assert _truth(text, version, f"{ASSIGNMENTS}/{verb}", {}) is Truth.FALSE, name
    assert held > 30


def test_a_delegation_to_service_principals_asks_for_their_type(conditions):
    typed = [one for one in conditions if "PrincipalType" in one[1]]
    assert typed
    for name, text, version in typed:
        guid = _listed(text)[0]
        assert _truth(text, version, f"{ASSIGNMENTS}/write", _carried("Request", guid, kind="User")) is Truth.FALSE, (
            name
        )


def test_actions_that_a_condition_does_not_name_pass(conditions):
    usual = [one for one in conditions if one[1].lstrip("(").startswith("!(ActionMatches")]
    assert len(usual) >= 15
    for name, text, version in usual:
        assert _truth(text, version, "Microsoft.Compute/virtualMachines/read", {}) is Truth.TRUE, name


def test_protection_levels_of_log_tables(conditions):
    text, version = next((text, version) for _, text, version in conditions if "protectionLevel" in text)
    action, key = "Microsoft.Insights/logs/data/read", "@Resource[Microsoft.Insights/logs/tables:protectionLevel]"
    for value, truth in (("General", Truth.TRUE), (("Protected", "General"), Truth.TRUE), ("Secret", Truth.FALSE)):
        assert _truth(text, version, action, {key: value}) is truth


def _listed(text):
    return [guid.strip() for found in _GUIDS.findall(text) for guid in found.split(",")]
