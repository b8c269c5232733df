"""What is held below denies and locks: by whom, how surely, and what a condition or activation leaves of it."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from tests.fakes.drawn_tenant import DrawnTenant

from remit.graph.answers import Path
from remit.graph.nodes import Facet

WRITE = "Microsoft.Authorization/roleAssignments/write"
RUN = "Microsoft.Compute/virtualMachines/runCommand/action"
ONLY_RUNNER = (
    f"(!(ActionMatches{{'{WRITE}'}})) OR (@Request[$(roleAssignments):RoleDefinitionId] "
    "ForAnyOfAnyValues:GuidEquals {$(runner)})"
)
PLAIN, LOCKED, DENIED = "sub1/plain/vm/web", "sub1/locked/vm/web", "sub1/denied/vm/web"

TENANT: dict[str, Any] = {
    "users": ["ann", "ben", "cat", "dan", "eve", "fay", "gil", "hal", "ivy", "leo"],
    "groups": {"runners": ["dan", "eve"]},
    "managementGroups": {"north": "root"},
    "subscriptions": {"sub1": "north"},
    "roles": {
        "runner": [{"actions": [RUN]}],
        "giver": [{"actions": [WRITE]}],
        "everything": [{"actions": ["*"]}],
        "unread": [{"actions": [RUN]}],
        "definer": {"builtIn": True, "blocks": [{"actions": ["Microsoft.Authorization/roleDefinitions/write"]}]},
        "harmless": {"blocks": [{"actions": ["*/read"]}], "assignableScopes": ["sub1/locked", "sub1/plain"]},
        "local": {"blocks": [{"actions": ["*/read"]}], "assignableScopes": ["sub1/plain"]},
    },
    "notCollected": ["unread"],
    "assignments": [
        {"to": "ann", "role": "giver", "at": "sub1", "condition": ONLY_RUNNER},
        "dan runner sub1/denied",
        "hal definer sub1",
        "hal harmless sub1/plain",
        "leo definer sub1",
        "leo local sub1/plain",
    ],
    "denies": [{"as": "d1", "at": "sub1/denied", "deny": [{"actions": ["Microsoft.Compute/*"]}], "to": ["ivy"]}],
    "locks": ["ReadOnly sub1/locked"],
    "pim": {
        "eligible": [
            "ben everything sub1",
            "cat runner sub1",
            "fay giver sub1",
            "gil unread sub1",
            "runners runner sub1/denied",
        ]
    },
    "resources": {"sub1/plain": {}, "sub1/locked": {}, "sub1/denied": {}, PLAIN: {}, LOCKED: {}, DENIED: {}},
}


@cache
def drawn() -> DrawnTenant:
    return DrawnTenant(TENANT)


def path(name: str, place: str, *, certain: bool = True) -> Path | None:
    return drawn().path(name, drawn().resource(place, Facet.CODE), certain=certain)


def test_a_role_taken_under_a_condition_is_possible_below_a_deny() -> None:
    assert path("ann", PLAIN) is not None
    assert path("ann", DENIED) is None
    assert path("ann", DENIED, certain=False) is not None


def test_a_role_taken_under_a_condition_gives_nothing_below_a_lock_that_stops_what_it_is_for() -> None:
    assert path("ann", LOCKED, certain=False) is None


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"assignments": ["ann lifter sub1"]}, id="by a role of its own"),
        pytest.param({"assignments": ["lifters lifter sub1/plain"]}, id="by a role of a group that it is in"),
        pytest.param({"pim": {"eligible": ["ann lifter sub1"]}}, id="after activation"),
        pytest.param({"pimGroups": {"eligible": [{"group": "crew", "to": "ann"}]}}, id="after joining a group"),
        pytest.param(
            {"condition": ONLY_RUNNER.replace("$(runner)", "$(runner), $(lifter)")}, id="by a role taken, too"
        ),
    ],
)
def test_who_may_delete_a_lock_possibly_uses_a_role_taken_under_a_condition_below_it(more: dict[str, Any]) -> None:
    giver = TENANT["assignments"][0] | {"condition": more.get("condition", ONLY_RUNNER)}
    tenant = DrawnTenant(
        TENANT
        | {
            "groups": {"runners": ["dan", "eve"], "lifters": ["ann"], "crew": ["ben"]},
            "roles": TENANT["roles"] | {"lifter": [{"actions": ["Microsoft.Authorization/locks/delete"]}]},
            "pim": more.get("pim", {}),
            "pimGroups": more.get("pimGroups", {}),
            "assignments": [giver, "dan lifter sub1", *more.get("assignments", ()), "crew lifter sub1"],
        }
    )
    target = tenant.resource(LOCKED, Facet.CODE)
    assert tenant.path("ann", target) is None
    assert tenant.path("ann", target, certain=False) is not None


def test_a_lock_above_stops_that_a_role_is_taken_at_all() -> None:
    giver = TENANT["assignments"][0] | {"at": "sub1/plain"}
    tenant = DrawnTenant(TENANT | {"locks": ["ReadOnly sub1"], "pim": {}, "assignments": [giver]})
    assert tenant.path("ann", tenant.resource(PLAIN, Facet.CODE), certain=False) is None
    uaa = giver | {"condition": ONLY_RUNNER.replace("$(runner)", "$(User Access Administrator)")}
    other = "ivy User Access Administrator sub1/denied"
    for locks, reached in (([], True), (["ReadOnly sub1"], False)):
        tenant = DrawnTenant(TENANT | {"locks": locks, "pim": {}, "denies": [], "assignments": [uaa, other]})
        assert (tenant.path("ann", tenant.giving("sub1/plain"), certain=False) is not None) == reached


def test_who_may_delete_the_lock_after_activation_holds_after_activation_what_it_stops() -> None:
    found = path("ben", LOCKED)
    assert found is not None
    assert found.eligible


def test_a_lock_stops_an_eligible_role_that_cannot_delete_it() -> None:
    assert path("cat", PLAIN) is not None
    assert path("cat", LOCKED, certain=False) is None


def test_who_may_give_roles_after_activation_reaches_below_a_deny_for_somebody_else() -> None:
    found = path("fay", DENIED)
    assert found is not None
    assert found.eligible


def test_an_eligible_role_that_was_not_read_is_only_possible_below_a_deny() -> None:
    assert path("gil", DENIED) is None
    assert path("gil", DENIED, certain=False) is not None


def test_below_a_deny_an_eligible_group_does_not_stand_for_a_member_who_is_active() -> None:
    own = path("dan", DENIED)
    assert own is not None
    assert not own.eligible
    through = path("eve", DENIED)
    assert through is not None
    assert through.eligible


def test_a_lock_stops_who_would_rewrite_a_role_that_can_be_assigned_below_it() -> None:
    assert drawn().path("leo", drawn().giving("sub1/plain")) is not None
    assert drawn().path("hal", drawn().giving("sub1/plain"), certain=False) is None


@pytest.mark.parametrize("unread", ["denyAssignments", "locks"])
def test_who_rewrites_a_role_possibly_does_where_denies_or_locks_were_not_read(unread: str) -> None:
    tenant = DrawnTenant(TENANT | {"lists": {"absent": [f"arm/{unread}"]}, "denies": [], "locks": []})
    assert tenant.path("leo", tenant.giving("sub1/plain")) is None
    assert tenant.path("leo", tenant.giving("sub1/plain"), certain=False) is not None


@pytest.mark.parametrize(("name", "certain"), [("ann", False), ("ben", True)])
def test_locks_that_were_not_read_leave_open_what_they_would_stop_and_nothing_else(name: str, certain: bool) -> None:
    secrets = "Microsoft.CognitiveServices/accounts/connections/listsecrets/action"
    account = "sub1/plain/ai/chat"
    tenant = DrawnTenant(
        {
            "users": ["ann", "ben"],
            "subscriptions": {"sub1": "root"},
            "roles": {"controls": [{"actions": [secrets]}], "reads": [{"dataActions": [secrets]}]},
            "assignments": ["ann controls sub1", "ben reads sub1"],
            "resources": {"sub1/plain": {}, account: {}},
            "lists": {"absent": ["arm/locks"]},
        }
    )
    target = tenant.resource(account, Facet.SECRET)
    assert tenant.path(name, target, certain=False) is not None
    assert (tenant.path(name, target) is not None) == certain


def test_a_deny_that_says_nothing_about_what_is_below_its_scope_does_not_stop_what_is_in_it() -> None:
    deny = {"as": "d1", "at": "sub1/denied", "deny": [{"actions": [RUN]}], "to": ["dan", "fay"], "thisScopeOnly": True}
    tenant = DrawnTenant(TENANT | {"denies": [deny]})
    target = tenant.resource(DENIED, Facet.CODE)
    assert tenant.path("dan", target) is not None
    assert tenant.path("fay", target) is not None
    assert tenant.path("ivy", target, certain=False) is None


def test_a_managing_tenant_names_nobody_who_is_in_a_group_here() -> None:
    managed = [
        {"at": "sub1", "grants": [{"to": "runners", "role": "Contributor"}, {"to": "ivy", "role": "Contributor"}]}
    ]
    tenant = DrawnTenant(TENANT | {"denies": [], "lighthouse": managed})
    target = tenant.resource(PLAIN, Facet.CODE)
    assert tenant.path("eve", target, certain=False) is None
    assert tenant.path("ivy", target) is not None


def test_who_takes_a_role_that_gives_roles_possibly_has_anything_below_denies_and_locks() -> None:
    uaa = TENANT["assignments"][0] | {"condition": ONLY_RUNNER.replace("$(runner)", "$(User Access Administrator)")}
    deny = TENANT["denies"][0] | {"deny": [{"actions": ["*"]}]}
    other = "ivy User Access Administrator sub1/denied"
    tenant = DrawnTenant(TENANT | {"pim": {}, "assignments": [uaa, other], "denies": [deny]})
    for place in (LOCKED, DENIED):
        assert tenant.path("ann", tenant.resource(place, Facet.CODE), certain=False) is not None
        assert tenant.path("ann", tenant.resource(place, Facet.CODE)) is None
    for group in ("sub1/locked", "sub1/denied"):
        assert tenant.path("ann", tenant.giving(group), certain=False) is not None
    assert tenant.path("ann", tenant.giving("sub1/plain")) is not None
