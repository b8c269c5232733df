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


@cache
def drawn() -> DrawnTenant:
    return DrawnTenant(TENANT)


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
