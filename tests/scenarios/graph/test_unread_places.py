"""Where the place of a subscription was not read: what may be above it gives only what is possible."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from tests.fakes.drawn_tenant import DrawnTenant

from remit.graph.nodes import Facet

RUN = "Microsoft.Compute/virtualMachines/runCommand/action"
PLACES = ("sub1/app/vm/one", "sub1/app/vm/two", "sub2/app/vm/one")

TENANT: dict[str, Any] = {
    "users": ["ann", "ben", "cat"],
    "managementGroups": {"north": "root"},
    "subscriptions": {"sub1": "north", "sub2": "north"},
    "roles": {"runner": [{"actions": [RUN]}]},
    "assignments": ["ann runner mg:north", "ben runner sub1", "cat runner sub1/app/vm/one"],
    "resources": {"sub1/app": {}, "sub2/app": {}, **{place: {} for place in PLACES}},
    "lists": {"absent": ["arm/managementGroups"]},
}

WRITE = "Microsoft.Authorization/roleAssignments/write"
ONLY_RUNNER = (
    f"(!(ActionMatches{{'{WRITE}'}})) OR (@Request[$(roleAssignments):RoleDefinitionId] "
    "ForAnyOfAnyValues:GuidEquals {$(runner)})"
)
MAYBE: dict[str, Any] = {
    "users": ["ann", "ben", "cat", "dan", "eve", "fay", "gil"],
    "managementGroups": {"north": "root"},
    "subscriptions": {"sub1": None},
    "roles": {"runner": [{"actions": [RUN]}], "giver": [{"actions": [WRITE]}]},
    "assignments": [
        "ann runner mg:north",
        "ben runner sub1",
        "cat runner sub1",
        "dan giver mg:north",
        {"to": "eve", "role": "giver", "at": "mg:north", "condition": ONLY_RUNNER},
        "fay runner mg:north",
        "gil giver mg:north",
    ],
    "denies": [
        {"as": "above", "at": "mg:north", "deny": [{"actions": [RUN]}], "to": ["ann", "cat"]},
        {"as": "inside", "at": "sub1", "deny": [{"actions": ["*"]}], "to": ["fay", "gil"]},
    ],
    "resources": {"sub1/app": {}, PLACES[0]: {}},
}


@cache
def drawn() -> DrawnTenant:
    return DrawnTenant(TENANT)


@cache
def maybe() -> DrawnTenant:
    return DrawnTenant(MAYBE)


@pytest.mark.parametrize("place", PLACES)
def test_a_group_that_may_be_above_several_subscriptions_reaches_into_each_possibly(place: str) -> None:
    target = drawn().resource(place, Facet.CODE)
    assert drawn().path("ann", target) is None
    assert drawn().path("ann", target, certain=False) is not None


def test_what_is_assigned_in_the_subscription_itself_stays_certain_and_where_it_is() -> None:
    for name, reached in (("ben", PLACES[:2]), ("cat", PLACES[:1])):
        for place in PLACES:
            found = drawn().path(name, drawn().resource(place, Facet.CODE), certain=place in reached)
            assert (found is not None) == (place in reached)


def test_what_follows_from_assignments_that_were_not_read_is_told_as_such() -> None:
    tenant = DrawnTenant(
        TENANT | {"gaps": ["arm/roleAssignments sub2"], "lists": {}, "assignments": ["ben runner sub1"]}
    )
    found = tenant.path("ann", tenant.resource(PLACES[2], Facet.CODE), certain=False)
    assert found is not None
    hop = found.hops[1]
    assert hop.source.kind == "gap"
    assert (hop.edge, hop.certain) == ("NOT-READ", False)
    assert [getattr(reason, "kind", "") for reason in hop.because] == ["gap"]


@pytest.mark.parametrize(
    ("name", "possible", "certain"),
    [
        pytest.param("ann", True, False, id="denied where the role is, and both may be above"),
        pytest.param("ben", True, True, id="not named by the deny that may be above"),
        pytest.param("cat", True, False, id="named by the deny that may be above"),
        pytest.param("dan", True, False, id="may give itself the role"),
        pytest.param("eve", True, False, id="may take the role under a condition"),
        pytest.param("fay", False, False, id="denied below for certain"),
        pytest.param("gil", False, False, id="may give itself the role, and is denied below for certain"),
    ],
)
def test_a_deny_at_a_group_that_may_be_above_is_weighed_for_each_below_it(
    name: str, possible: bool, certain: bool
) -> None:
    target = maybe().resource(PLACES[0], Facet.CODE)
    assert (maybe().path(name, target, certain=False) is not None) == possible
    assert (maybe().path(name, target) is not None) == certain


def test_the_power_to_give_roles_from_a_group_that_may_be_above_stops_at_a_deny_below_it() -> None:
    assert maybe().path("dan", maybe().giving("sub1"), certain=False) is not None
    assert maybe().path("dan", maybe().giving("sub1")) is None
    assert maybe().path("gil", maybe().giving("sub1"), certain=False) is None


def test_a_deny_that_says_nothing_about_what_is_below_its_group_leaves_what_may_be_below_possible() -> None:
    denies = [MAYBE["denies"][0] | {"thisScopeOnly": True}]
    tenant = DrawnTenant(MAYBE | {"denies": denies})
    target = tenant.resource(PLACES[0], Facet.CODE)
    assert tenant.path("ann", target) is None
    assert tenant.path("ann", target, certain=False) is not None
    assert tenant.path("cat", target) is not None


@pytest.mark.parametrize("unread", ["denyAssignments", "locks"])
def test_denies_or_locks_that_were_not_read_of_a_group_that_may_be_above_leave_all_below_open(unread: str) -> None:
    tenant = DrawnTenant(MAYBE | {"denies": [], "gaps": [f"arm/{unread} mg:north"]})
    target = tenant.resource(PLACES[0], Facet.CODE)
    assert tenant.path("ben", target) is None
    assert tenant.path("ben", target, certain=False) is not None


@pytest.mark.parametrize(
    ("name", "certain"),
    [
        pytest.param("ben", False, id="stopped if it is above"),
        pytest.param("cat", True, id="may delete it if it is"),
        pytest.param("gil", False, id="may not give itself the role if it is"),
    ],
)
def test_a_lock_at_a_group_that_may_be_above_stops_possibly_who_cannot_delete_it(name: str, certain: bool) -> None:
    tenant = DrawnTenant(
        MAYBE
        | {
            "denies": [],
            "locks": ["ReadOnly mg:north"],
            "roles": MAYBE["roles"] | {"lifter": [{"actions": ["Microsoft.Authorization/locks/delete"]}]},
            "assignments": ["ben runner sub1", "cat runner sub1", "cat lifter mg:north", "gil giver sub1"],
        }
    )
    target = tenant.resource(PLACES[0], Facet.CODE)
    assert tenant.path(name, target, certain=False) is not None
    assert (tenant.path(name, target) is not None) == certain
