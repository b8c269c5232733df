"""Access policies of vaults: those that hold only through an application are no certain step."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from tests.fakes.drawn_tenant import DrawnTenant
from tests.fakes.scenario_names import guid

from remit.graph.nodes import Facet

VAULT = "sub1/app/kv/safe"


def policy(name: str, *, through: str = "") -> dict[str, Any]:
    said = {"objectId": guid("principal", name), "permissions": {"secrets": ["get"]}}
    return said | ({"applicationId": through} if through else {})


@cache
def drawn() -> DrawnTenant:
    policies = [policy("ann"), policy("ben", through="an-app"), policy("cat", through="an-app"), policy("cat")]
    return DrawnTenant(
        {
            "users": ["ann", "ben", "cat", "dan"],
            "subscriptions": {"sub1": "root"},
            "resources": {"sub1/app": {}, VAULT: {"enableRbacAuthorization": False, "accessPolicies": policies}},
        }
    )


@pytest.mark.parametrize(("name", "certain", "possible"), [("ann", 1, 1), ("ben", 0, 1), ("cat", 1, 1), ("dan", 0, 0)])
def test_a_policy_reads_for_certain_unless_an_application_stands_between(name, certain, possible) -> None:
    secrets = drawn().resource(VAULT, Facet.SECRET)
    assert (drawn().path(name, secrets, certain=True) is not None) == bool(certain)
    assert (drawn().path(name, secrets, certain=False) is not None) == bool(possible)


def test_the_step_says_that_an_application_stands_between() -> None:
    found = drawn().path("ben", drawn().resource(VAULT, Facet.SECRET), certain=False)
    assert found is not None
    (hop,) = found.hops
    assert [reason.kind for reason in hop.because] == ["accessPolicy", "note"]
    assert "through one application" in hop.because[-1].detail
