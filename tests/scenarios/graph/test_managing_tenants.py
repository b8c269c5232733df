"""What a managing tenant holds through Azure Lighthouse: control of what is delegated, never its data."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from tests.fakes.drawn_tenant import DrawnTenant

from remit.graph.nodes import Facet

MACHINE, VAULT = "sub1/app/vm/web", "sub1/app/kv/safe"
TENANT: dict[str, Any] = {
    "users": ["ann"],
    "strangers": ["vendor", "keeper", "riddle"],
    "subscriptions": {"sub1": "root"},
    "assignments": [{"to": "ann", "role": "Key Vault Secrets User", "at": "sub1"}],
    "roles": {"unread": [{"actions": ["*/read"]}]},
    "notCollected": ["unread"],
    "lighthouse": [
        {
            "at": "sub1",
            "grants": [
                {"to": "vendor", "role": "Contributor"},
                {"to": "keeper", "role": "Key Vault Secrets User"},
                {"to": "riddle", "role": "unread"},
            ],
        }
    ],
    "resources": {"sub1/app": {}, MACHINE: {}, VAULT: {"enableRbacAuthorization": True}},
}


@cache
def drawn() -> DrawnTenant:
    return DrawnTenant(TENANT)


def test_a_delegated_role_runs_code_on_machines() -> None:
    found = drawn().path("vendor", drawn().resource(MACHINE, Facet.CODE), certain=True)
    assert found is not None


@pytest.mark.parametrize(("name", "reads"), [("ann", True), ("keeper", False)])
def test_data_is_read_by_roles_of_this_tenant_only(name: str, *, reads: bool) -> None:
    found = drawn().path(name, drawn().resource(VAULT, Facet.SECRET), certain=False)
    assert (found is not None) == reads


def test_a_delegated_role_that_was_not_read_may_be_control_but_is_no_data() -> None:
    assert drawn().path("riddle", drawn().resource(MACHINE, Facet.CODE), certain=True) is None
    assert drawn().path("riddle", drawn().resource(MACHINE, Facet.CODE), certain=False) is not None
    found = drawn().path("riddle", drawn().resource(VAULT, Facet.SECRET), certain=False)
    assert found is not None
    assert found.hops[0].edge != "KV-03"
