"""Ways that need a second place, such as any place to run code: activated, together with others, and truly told."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from tests.fakes.drawn_tenant import DrawnTenant

from remit.graph.answers import Path
from remit.graph.nodes import Facet

ASSIGN = "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action"
MACHINES = "Microsoft.Compute/virtualMachines/*"
IDENTITY = "sub1/app/mi/own"
JOB = "Microsoft.MachineLearningServices/workspaces/jobs/write"
START = "Microsoft.MachineLearningServices/workspaces/computes/start/action"
STUDIO = "sub1/data/ml/w1"

TENANT: dict[str, Any] = {
    "users": ["ann", "ben", "cat", "dan", "eve", "fay", "gil", "hal", "ivy"],
    "groups": {"attachers": ["hal"], "machinists": [], "joiners": []},
    "managementGroups": {"north": "root"},
    "subscriptions": {"sub1": "north"},
    "roles": {
        "attaches": [{"actions": [ASSIGN]}],
        "machines": [{"actions": [MACHINES]}],
        "both": [{"actions": [ASSIGN, MACHINES]}],
        "jobs": [{"actions": [JOB]}],
        "starts": [{"actions": [START]}],
        "unread": [{"actions": [JOB]}],
    },
    "notCollected": ["unread"],
    "assignments": [
        "ann attaches sub1",
        "ann machines sub1",
        "ben attaches sub1",
        "dan jobs sub1/data",
        "eve jobs sub1/data",
        "eve starts sub1/data",
        "eve unread sub1/data",
        "attachers attaches sub1",
        "machinists machines sub1",
        "joiners attaches sub1",
        "ivy machines sub1",
    ],
    "pim": {"eligible": ["ben machines sub1", "cat both sub1", "dan starts sub1/data", "fay machines sub1"]},
    "pimGroups": {
        "active": [
            {"to": "gil", "group": "attachers"},
            {"to": "gil", "group": "machinists"},
            {"to": "hal", "group": "machinists"},
        ],
        "eligible": [{"to": "ivy", "group": "joiners"}],
    },
    "resources": {"sub1/app": {}, "sub1/data": {}, IDENTITY: {}, STUDIO: {}},
}


@cache
def drawn() -> DrawnTenant:
    return DrawnTenant(TENANT)


def path(name: str, place: str, *, certain: bool = True) -> Path | None:
    return drawn().path(name, drawn().resource(place, Facet.CODE), certain=certain)


def test_the_way_that_is_told_is_one_whose_second_place_is_there() -> None:
    found = path("ann", IDENTITY)
    assert found is not None
    hop = found.hops[-1]
    assert hop.edge == "MI-01"
    (where,) = [reason for reason in hop.because if getattr(reason, "kind", "") == "elsewhere"]
    assert "Microsoft.Compute/virtualMachines/write" in where.detail
    assert "Batch" not in where.detail
    assert where.subject == drawn().names.scope("sub1")


@pytest.mark.parametrize("name", ["ben", "cat"])
def test_a_second_place_that_is_only_eligible_is_reached_after_activation(name: str) -> None:
    found = path(name, IDENTITY)
    assert found is not None
    assert found.eligible


def test_a_second_place_alone_reaches_nothing() -> None:
    assert path("fay", IDENTITY, certain=False) is None


def test_what_an_active_and_an_eligible_role_give_together_is_reached_after_activation() -> None:
    found = path("dan", STUDIO)
    assert found is not None
    assert found.eligible


def test_a_role_that_was_not_read_hides_nothing_of_what_others_give_together() -> None:
    found = path("eve", STUDIO)
    assert found is not None
    assert not found.eligible


@pytest.mark.parametrize("name", ["gil", "hal"])
def test_who_is_in_groups_for_a_time_holds_both_places_through_them(name: str) -> None:
    found = path(name, IDENTITY)
    assert found is not None
    assert not found.eligible


def test_who_may_join_a_group_holds_its_place_and_the_own_after_activation() -> None:
    found = path("ivy", IDENTITY)
    assert found is not None
    assert found.eligible
