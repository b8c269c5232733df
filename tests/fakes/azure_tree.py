"""A small tree as Resource Graph tells it: one group, two subscriptions."""

from __future__ import annotations

GROUPS = "/providers/Microsoft.Management/managementGroups"
ROOT = f"{GROUPS}/root"
ONE, TWO = (f"/subscriptions/5ab00000-0000-4000-8000-00000000000{number}" for number in (1, 2))


def a_group(name, chain, parent=None):
    details = {"managementGroupAncestorsChain": [{"name": one} for one in chain]}
    if parent:
        details["parent"] = {"id": f"{GROUPS}/{parent}"}
    return {
        "id": f"{GROUPS}/{name}",
        "name": name,
        "type": "microsoft.management/managementgroups",
        "properties": {"displayName": name, "details": details},
    }


def a_subscription(scope, chain):
    return {
        "id": scope,
        "name": "s",
        "type": "microsoft.resources/subscriptions",
        "properties": {"managementGroupAncestorsChain": [{"name": one} for one in chain]},
    }


TREE = [a_group("root", []), a_subscription(ONE, ["root"]), a_subscription(TWO, ["root"])]
