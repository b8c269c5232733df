"""Who may write a resource runs code on it, and so comes by the identity that it already has."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from tests.fakes.drawn_tenant import DrawnTenant
from tests.fakes.scenario_names import guid

from remit.graph.nodes import Facet

SUBSCRIPTION = guid("subscription", "sub1")
JOIN = "Microsoft.App/managedEnvironments/join/action"
WRITERS: dict[str, tuple[str, list[str], list[str]]] = {
    "group": ("Microsoft.ContainerInstance/containerGroups", ["Microsoft.ContainerInstance/containerGroups/write"], []),
    "app": ("Microsoft.App/containerApps", ["Microsoft.App/containerApps/write", JOIN], []),
    "site": ("Microsoft.Web/sites", ["Microsoft.Web/sites/write"], []),
    "slot": ("Microsoft.Web/sites/slots", ["Microsoft.Web/sites/slots/write"], []),
    "account": (
        "Microsoft.Automation/automationAccounts",
        [
            "Microsoft.Automation/automationAccounts/runbooks/write",
            "Microsoft.Automation/automationAccounts/jobs/write",
        ],
        [],
    ),
    "everything": ("Microsoft.App/containerApps", ["*"], ["Microsoft.Authorization/*/Write"]),
}
MAYBE: dict[str, tuple[str, dict[str, list[str]]]] = {
    "alone": ("Microsoft.App/containerApps", {"actions": ["Microsoft.App/containerApps/write"]}),
    "pool": ("Microsoft.Batch/batchAccounts/pools", {"actions": ["Microsoft.Batch/batchAccounts/pools/write"]}),
    "arc": (
        "Microsoft.HybridCompute/machines",
        {"dataActions": ["Microsoft.HybridCompute/machines/loginAsAdmin/action"]},
    ),
}


def resource(name: str, kind: str) -> str:
    provider, *types = kind.split("/")
    return f"{group(name)}/providers/{provider}" + "".join(f"/{word}/{name}" for word in types)


def group(name: str) -> str:
    return f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{name}"


@cache
def drawn() -> DrawnTenant:
    kinds = {name: found[0] for name, found in {**WRITERS, **MAYBE}.items()}
    roles: dict[str, Any] = {
        name: [{"actions": actions, "notActions": without}] for name, (_, actions, without) in WRITERS.items()
    }
    return DrawnTenant(
        {
            "users": list(kinds),
            "subscriptions": {"sub1": "root"},
            "roles": roles | {name: [block] for name, (_, block) in MAYBE.items()},
            "assignments": [f"{name} {name} sub1/{name}" for name in kinds],
            "resources": {group(name): {} for name in kinds}
            | {resource(name, kind): {} for name, kind in kinds.items()},
        }
    )


def reached(name: str, kind: str, *, certain: bool) -> bool:
    target = drawn().resource(resource(name, kind), Facet.CODE)
    return drawn().path(name, target, certain=certain) is not None


@pytest.mark.parametrize("name", WRITERS)
def test_who_writes_a_resource_runs_code_on_it(name: str) -> None:
    assert reached(name, WRITERS[name][0], certain=True)


@pytest.mark.parametrize("name", MAYBE)
def test_what_is_not_said_of_a_resource_leaves_its_writer_possible(name: str) -> None:
    assert reached(name, MAYBE[name][0], certain=False)
    assert not reached(name, MAYBE[name][0], certain=True)
