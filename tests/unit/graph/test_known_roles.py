"""Built-in Entra roles that an export may not define."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from remit.bootstrap.edges import edge_catalogue
from remit.bootstrap.tiers import tier_rules
from remit.graph.directory.powers import SERVICE
from remit.graph.directory.roles import GLOBAL_ADMINISTRATOR, RESETTABLE, covers
from remit.graph.known_roles import KNOWN_ROLES, known_role
from remit.graph.tiers import DIRECTORY, DIRECTORY_ROLES, Tier

DATA = Path(os.environ.get("REMIT_TEST_DATA", Path(__file__).parents[3].parent / "shared" / "data"))
ROLES = DATA / "azure" / "entra-directory-roles.json"
WAYS = [
    way
    for service in edge_catalogue().services
    if service.file == SERVICE
    for kind in service.kinds
    for way in kind.way
]
RULES = tier_rules()
NAMED = {role for way in WAYS for role in way.roles}
WANTED = {action.lower() for way in WAYS for action in way.directory} | {
    name for rule in RULES.on(DIRECTORY) if rule.tier is Tier.CONTROL for name in rule.names
}
"""What an edge asks for, or a rule makes control of the tenant by its full name."""


def test_a_known_role_has_its_name() -> None:
    found = known_role(GLOBAL_ADMINISTRATOR.upper())
    assert found is not None
    assert found.name == "Global Administrator"
    assert known_role("00000000-0000-0000-0000-000000000000") is None


def test_ids_are_lower_case_and_names_stand_once() -> None:
    assert [one for one in KNOWN_ROLES if not re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", one)] == []
    assert len({role.name for role in KNOWN_ROLES.values()}) == len(KNOWN_ROLES)


def test_every_role_that_a_way_names_is_known() -> None:
    assert NAMED - set(KNOWN_ROLES) == set()


def test_actions_are_those_that_something_rests_on_lower_case_and_sorted() -> None:
    for role in KNOWN_ROLES.values():
        assert list(role.actions) == sorted(set(role.actions))
        assert set(role.actions) - WANTED == set(), role.name


def test_every_known_role_is_control_of_the_tenant() -> None:
    """Others, such as readers, lead nowhere and are not listed: see `RESETTABLE` for those that leave a reset open."""
    for key, role in KNOWN_ROLES.items():
        tiers = [RULES.of(DIRECTORY_ROLES, key), *(RULES.of(DIRECTORY, action) for action in role.actions)]
        assert min(tiers) is Tier.CONTROL, role.name
    assert RESETTABLE["password"] - set(KNOWN_ROLES)


@pytest.mark.skipif(not ROLES.is_file(), reason="no test data")
def test_every_built_in_role_that_leads_somewhere_is_known_with_all_that_it_allows() -> None:
    expected = {}
    for role in json.loads(ROLES.read_text(encoding="utf-8"))["roles"]:
        held = frozenset(action.lower() for action in role["resourceActions"])
        actions = tuple(sorted(action for action in WANTED if covers(held, action)))
        if actions or role["id"] in NAMED:
            expected[role["id"]] = (role["displayName"], actions)
    assert {key: (role.name, role.actions) for key, role in KNOWN_ROLES.items()} == expected
