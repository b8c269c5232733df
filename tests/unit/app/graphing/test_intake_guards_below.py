"""Guards that a resource below another tells of it."""

from __future__ import annotations

import pytest
from tests.fakes.graph_tenants import APP, SUB, catalogue_of, graph_facts_of_lists

from remit.graph.facts import GuardState
from remit.graph.kinds import GuardRule

SITES = "Microsoft.Web/sites"
POLICIES = "Microsoft.Web/sites/basicPublishingCredentialsPolicies"
PLACE = f"{APP}/providers/{SITES}"
RULE = GuardRule(
    types=(SITES,),
    child="basicPublishingCredentialsPolicies/scm",
    property="allow",
    closed=False,
    absent="unknown",
)


def site(name):
    return {"id": f"{PLACE}/{name}", "type": SITES, "properties": {"state": "Running"}}


def policy(name, child="scm", **more):
    return {"id": f"{PLACE}/{name}/basicPublishingCredentialsPolicies/{child}", "type": POLICIES, **more}


def states(*resources):
    """State of the guard by name of the site, as the facts hold it."""
    group = {"id": APP, "type": "Microsoft.Resources/resourceGroups"}
    lists = {
        "arm/subscriptions": [{"id": SUB, "subscriptionId": SUB.rpartition("/")[2]}],
        "arm/resources": [group, *resources],
    }
    _, facts = graph_facts_of_lists(lists, catalogue=catalogue_of(SITES, guards={"basic": (RULE,)}))
    found = dict(zip(facts.guards.resource.tolist(), facts.guards.state.tolist(), strict=True))
    assert len(found) == len(facts.guards.resource)
    names = [suffix.rpartition("/")[2] for suffix in facts.resources.suffix]
    return {name: found.get(row, GuardState.OPEN) for row, name in enumerate(names)}


def test_what_is_below_tells_of_its_own_parent_only():
    """`a-b` and its policy stand between `a` and the policy of `a`, in the order of ids."""
    found = states(
        site("a"),
        site("a-b"),
        site("c"),
        policy("a", properties={"allow": True}),
        policy("a-b", properties={"allow": False}),
    )
    assert found == {"a": GuardState.OPEN, "a-b": GuardState.CLOSED, "c": GuardState.UNKNOWN}


@pytest.mark.parametrize(
    ("below", "state"),
    [
        (policy("a"), GuardState.UNKNOWN),
        (policy("a", properties=None), GuardState.UNKNOWN),
        (policy("a", properties={}), GuardState.UNKNOWN),
        (policy("a", child="ftp", properties={"allow": True}), GuardState.UNKNOWN),
        (policy("A", child="SCM", properties={"Allow": True}), GuardState.OPEN),
        (policy("other", properties={"allow": True}), GuardState.UNKNOWN),
    ],
)
def test_what_does_not_say_it_leaves_it_unknown(below, state):
    assert states(site("a"), below) == {"a": state}


def test_a_policy_whose_parent_is_not_listed_is_passed_over():
    assert states(policy("gone", properties={"allow": False})) == {}
