"""The story that the sample tenant tells: a way from a guest to all of it, and doors beside it that are shut."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache

import pytest
from tests.fakes.cutting import lists_of, opened
from tests.fakes.scenario_draft import Row

from remit.app.graphing.asking import PathsAnswer, find_paths
from remit.app.graphing.naming import Naming
from remit.app.graphing.opening import Escalation
from remit.bootstrap.reader import sample_tenant

GUEST, LEFT = "Omar Haddad", "Sam Becker"


@cache
def sample() -> Escalation:
    return opened(*lists_of(sample_tenant()))


def changed(name: str, change: Callable[[Row], Row | None]) -> Escalation:
    """The sample with each row of a list changed, or left out."""
    lists, manifest = lists_of(sample_tenant())
    return opened({**lists, name: [new for row in lists[name] if (new := change(row)) is not None]}, manifest)


def ask(escalation: Escalation, source: str, target: str = "tier0") -> PathsAnswer:
    naming = Naming(escalation)
    return find_paths(escalation, naming.find(source), naming.find(target), most=1)


def steps(answer: PathsAnswer) -> list[str]:
    return [hop.edge for hop in answer.paths[0].hops]


def test_a_guest_comes_to_control_the_tenant_in_six_certain_steps() -> None:
    found = ask(sample(), GUEST)
    assert found.certain
    assert found.unread == ()
    assert steps(found) == ["MEMBER-OF", "WEB-01", "MI-03", "EN-05", "EN-02", "TIER-ZERO"]
    assert [hop.target.label for hop in found.paths[0].hops] == [
        "Developers",
        "web-tracking-dev",
        "web-tracking-dev",
        "ci-release",
        "Global Administrator",
        "control of the tenant",
    ]


def test_the_secrets_of_production_are_five_steps_away() -> None:
    found = ask(sample(), GUEST, "kv-tracking-prod")
    assert found.certain
    assert steps(found) == ["MEMBER-OF", "WEB-01", "MI-03", "EN-05", "KV-03"]


def test_only_the_lock_keeps_the_guest_from_the_short_way_through_what_he_owns() -> None:
    def unlocked(row: Row) -> Row:
        return {**row, "servicePrincipalLockConfiguration": {"isEnabled": False, "allProperties": True}}

    assert steps(ask(changed("graph/applications", unlocked), GUEST)) == ["EN-05", "EN-02", "TIER-ZERO"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("graph/groupMembers", "aa99d53c-9ba2-5ff1-a6a2-c396da536134"),
        ("arm/roleAssignments", "bf358233-db65-529e-8817-795b0c79efbc"),
        ("graph/applicationOwners", "#microsoft.graph.servicePrincipal"),
        ("graph/appRoleAssignments", "ci-release"),
    ],
    ids=["membership", "role of the developers", "ownership", "permission of the pipeline"],
)
def test_the_way_is_gone_without_what_one_step_of_it_rests_on(name, text) -> None:
    found = ask(changed(name, lambda row: None if text in json.dumps(row) else row), GUEST)
    assert not found.possible
    assert found.paths == ()


def test_an_owner_that_is_a_program_and_has_no_permission_to_use_that_is_only_possible() -> None:
    found = ask(
        changed("graph/appRoleAssignments", lambda row: row if row["principalDisplayName"] == "ci-release" else None),
        GUEST,
    )
    assert (found.certain, found.possible) == (False, True)


def test_who_has_left_goes_nowhere_with_the_role_that_was_forgotten() -> None:
    def enabled(row: Row) -> Row:
        return {**row, "accountEnabled": True}

    assert not ask(sample(), LEFT).possible
    assert ask(changed("graph/users", enabled), LEFT).certain


def test_a_pull_request_reaches_data_of_production_and_no_more() -> None:
    outside = "subject:https://token.actions.githubusercontent.com#repo:halden-freight/backup:pull_request"
    assert ask(sample(), outside, "sthaldenprod").certain
    assert not ask(sample(), outside).possible
