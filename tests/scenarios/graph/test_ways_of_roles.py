"""How roles come together: inheritance, groups, several assignments, conditions, rewriting, PIM, and what follows."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from tests.fakes.drawn_tenant import DrawnTenant

from remit.graph.answers import Path
from remit.graph.nodes import Facet

WRITE = "Microsoft.Authorization/roleAssignments/write"
RUN = "Microsoft.Compute/virtualMachines/runCommand/action"
JOB = "Microsoft.MachineLearningServices/workspaces/jobs/write"
START = "Microsoft.MachineLearningServices/workspaces/computes/start/action"
NOT_THE_USUAL = (
    f"(!(ActionMatches{{'{WRITE}'}})) OR (@Request[$(roleAssignments):RoleDefinitionId] "
    "ForAnyOfAllValues:GuidNotEquals {$(Owner), $(User Access Administrator)})"
)
ONLY = (
    f"(!(ActionMatches{{'{WRITE}'}})) OR (@Request[$(roleAssignments):RoleDefinitionId] "
    "ForAnyOfAnyValues:GuidEquals {$(%s)})"
)
STUDIO = "sub1/data/ml/w1"
VAULT, CLOSED = "sub1/data/kv/open", "sub1/data/kv/closed"
ACCOUNT = "sub1/data/sa/acc"
CONTAINER = f"{ACCOUNT}/blobServices/default/containers/c1"
BLOBS = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"
NAMED = "@Resource[$(container):name] StringEquals 'c1'"

TENANT: dict[str, Any] = {
    "users": [
        *("ann", "ben", "cat", "dan", "eve", "fay", "gil", "hal", "ida", "jim", "kim", "leo", "max", "ned", "oda"),
        *("pam", "quo", "ron", "sue", "tom", "una", "vic", "wes", "xia", "zoe"),
    ],
    "groups": {"outer": ["inner"], "inner": ["ann"], "writers": ["dan", "eve"], "starters": ["dan", "fay"]},
    "managementGroups": {"north": "root", "south": "root"},
    "subscriptions": {"sub1": "north", "sub2": "south"},
    "roles": {
        "runner": [{"actions": [RUN]}],
        "jobs": [{"actions": [JOB]}],
        "starts": [{"actions": [START]}],
        "harmless": {"blocks": [{"actions": ["*/read"]}], "assignableScopes": ["sub1"]},
        "wide": {"blocks": [{"actions": ["*/read"]}], "assignableScopes": ["sub1", "sub2"]},
        "secrets": [{"dataActions": ["Microsoft.KeyVault/vaults/secrets/getSecret/action"]}],
        "blobs": [{"dataActions": [BLOBS]}],
        "keys": [{"actions": ["Microsoft.Storage/storageAccounts/listkeys/action"]}],
        "definer": {"builtIn": True, "blocks": [{"actions": ["Microsoft.Authorization/roleDefinitions/write"]}]},
    },
    "assignments": [
        "outer runner sub1/app",
        "ben runner mg:south",
        "writers jobs sub1/data",
        "starters starts sub1/data",
        "gil jobs sub1/data",
        f"gil starts {STUDIO}",
        {"to": "hal", "role": "Role Based Access Control Administrator", "at": "sub1", "condition": NOT_THE_USUAL},
        {
            "to": "ida",
            "role": "Role Based Access Control Administrator",
            "at": "sub1",
            "condition": ONLY % "Reader",
        },
        {
            "to": "jim",
            "role": "Role Based Access Control Administrator",
            "at": "sub1",
            "condition": ONLY % "User Access Administrator",
        },
        "tom User Access Administrator sub2",
        f"una secrets {VAULT}/secrets/one",
        f"una secrets {CLOSED}/secrets/one",
        f"vic keys {CONTAINER}",
        f"wes blobs {CONTAINER}",
        {"to": "xia", "role": "blobs", "at": ACCOUNT, "condition": NAMED},
        f"zoe blobs {CONTAINER}",
        {"to": "ron", "role": "blobs", "at": CONTAINER, "condition": NAMED},
        {"to": "sue", "role": "blobs", "at": CONTAINER, "condition": NAMED.replace("c1", "c2")},
        "kim definer sub1",
        "kim harmless sub1",
        "leo definer sub1",
        "max definer sub1",
        "max wide sub1",
        "ned Role Based Access Control Administrator sub1/app",
    ],
    "denies": [
        {"as": "d1", "at": ACCOUNT, "deny": [{"dataActions": [BLOBS]}], "to": ["zoe", "max"]},
    ],
    "pim": {
        "eligible": ["oda runner sub1/app", f"ned blobs {CONTAINER}", f"max blobs {CONTAINER}"],
        "active": [
            {"is": "pam runner sub1/app", "from": "2026-01-01T00:00:00Z", "until": "2026-02-01T00:00:00Z"},
            {"is": "quo runner sub1/app", "from": "2027-01-01T00:00:00Z", "until": "2027-02-01T00:00:00Z"},
        ],
    },
    "resources": {
        "sub1/app": {},
        "sub1/data": {},
        "sub1/app/vm/web": {},
        STUDIO: {},
        "sub2/app/vm/web": {},
        VAULT: {"enableRbacAuthorization": True},
        CLOSED: {"enableRbacAuthorization": False},
        ACCOUNT: {},
    },
}


@cache
def world() -> DrawnTenant:
    return DrawnTenant(TENANT)


def edges(path: Path | None) -> list[str]:
    return [hop.edge for hop in path.hops] if path else []


def test_a_member_of_a_nested_group_has_what_the_outer_group_is_given():
    path = world().path("ann", world().resource("sub1/app/vm/web", Facet.CODE))
    assert edges(path)[-1] == "VM-01"
    assert path is not None
    assert path.hops[-1].permission == RUN


def test_a_role_at_a_management_group_reaches_below_it_and_not_its_sibling():
    assert edges(world().path("ben", world().resource("sub2/app/vm/web", Facet.CODE))) == ["VM-01"]
    assert world().path("ben", world().resource("sub1/app/vm/web", Facet.CODE), certain=False) is None


def test_needs_that_two_groups_give_come_together_in_who_is_in_both():
    studio = world().resource(STUDIO, Facet.CODE)
    assert "ML-01" in edges(world().path("dan", studio))
    for one in ("eve", "fay"):
        assert world().path(one, studio, certain=False) is None


def test_needs_at_two_scopes_come_together_at_the_lower_one():
    assert edges(world().path("gil", world().resource(STUDIO, Facet.CODE))) == ["ML-01"]


def test_a_condition_that_forbids_named_roles_lets_their_equals_pass():
    path = world().path("hal", world().giving("sub1"))
    assert edges(path) == ["AUT-02"]


def test_a_condition_that_allows_only_a_reading_role_gives_nothing():
    assert world().path("ida", world().giving("sub1"), certain=False) is None
    assert world().path("ida", world().resource("sub1/app/vm/web", Facet.CODE), certain=False) is None


def test_a_condition_that_allows_a_role_that_gives_roles_is_as_good_as_none():
    assert edges(world().path("jim", world().giving("sub1"))) == ["AUT-01"]


def test_who_rewrites_a_custom_role_that_it_holds_gives_itself_everything():
    assert edges(world().path("kim", world().giving("sub1"))) == ["AUT-03"]


@pytest.mark.parametrize("name", ["leo", "max"])
def test_rewriting_needs_the_role_and_the_action_at_all_its_assignable_scopes(name):
    assert world().path(name, world().giving("sub1"), certain=False) is None


def test_who_can_give_roles_at_a_group_reaches_what_is_in_it_and_nothing_beside_it():
    path = world().path("ned", world().resource("sub1/app/vm/web", Facet.CODE))
    assert edges(path)[0] == "AUT-01"
    assert path is not None
    assert path.hops[-1].because
    assert world().path("ned", world().resource(STUDIO, Facet.CODE), certain=False) is None
    assert world().path("ned", world().giving("sub1"), certain=False) is None


def test_an_eligible_role_is_told_with_what_activation_asks_for():
    path = world().path("oda", world().resource("sub1/app/vm/web", Facet.CODE))
    assert path is not None
    assert path.eligible
    assert [reason.kind for reason in path.hops[-1].because if getattr(reason, "kind", "") == "activation"]


@pytest.mark.parametrize("name", ["pam", "quo"])
def test_an_active_assignment_outside_its_window_is_no_edge(name):
    assert world().path(name, world().resource("sub1/app/vm/web", Facet.CODE), certain=False) is None


def test_a_role_at_one_secret_reaches_the_vault_and_says_that_it_is_a_part():
    path = world().path("una", world().resource(VAULT, Facet.SECRET))
    assert edges(path) == ["KV-03"]
    assert path is not None
    assert [reason.detail for reason in path.hops[0].because if getattr(reason, "kind", "") == "note"]
    assert world().path("una", world().resource(CLOSED, Facet.SECRET), certain=False) is None


def test_a_role_at_one_container_reads_data_of_the_account_unless_it_is_denied():
    assert edges(world().path("wes", world().resource(ACCOUNT, Facet.DATA))) == ["DP-01"]
    assert world().path("zoe", world().resource(ACCOUNT, Facet.DATA), certain=False) is None


def test_an_action_on_the_whole_is_not_held_at_a_part():
    assert world().path("vic", world().resource(ACCOUNT, Facet.SECRET), certain=False) is None


def test_a_condition_on_the_name_of_a_part_that_is_not_listed_leaves_the_edge_possible():
    assert world().path("xia", world().resource(ACCOUNT, Facet.DATA)) is None
    assert edges(world().path("xia", world().resource(ACCOUNT, Facet.DATA), certain=False)) == ["DP-01"]


@pytest.mark.parametrize("name", ["cat", "ron", "sue"])
def test_who_holds_nothing_reaches_nothing(name):
    for text in ("sub1/app/vm/web", "sub2/app/vm/web", STUDIO):
        assert world().path(name, world().resource(text, Facet.CODE), certain=False) is None


def test_a_condition_at_a_part_is_judged_there():
    assert edges(world().path("ron", world().resource(ACCOUNT, Facet.DATA))) == ["DP-01"]
    assert world().path("sue", world().resource(ACCOUNT, Facet.DATA), certain=False) is None


def test_an_eligible_role_at_a_part_reaches_it_unless_it_is_denied():
    found = world().path("ned", world().resource(ACCOUNT, Facet.DATA))
    assert found is not None
    assert found.eligible
    assert world().path("max", world().resource(ACCOUNT, Facet.DATA), certain=False) is None


NOT_STARTS = f"!(ActionMatches{{'{START}'}})"
MAYBE_JOBS = f"{NOT_STARTS} AND @Request[$(roleAssignments):PrincipalType] StringEquals 'User'"
PARTS: dict[str, Any] = {
    "users": ["ann", "ben", "cat", "dan", "eve", "fay", "gil", "hal", "ida"],
    "groups": {"first": [], "second": [], "third": [], "fourth": ["gil"]},
    "subscriptions": {"sub1": "root"},
    "roles": {"jobs": [{"actions": [JOB]}], "starts": [{"actions": [START]}], "both": [{"actions": [JOB, START]}]},
    "assignments": [
        {"to": "ann", "role": "both", "at": "sub1", "condition": NOT_STARTS},
        "ann starts sub1/data",
        {"to": "ben", "role": "both", "at": "sub1", "condition": NOT_STARTS},
        {"to": "cat", "role": "both", "at": "sub1", "condition": MAYBE_JOBS},
        "cat starts sub1",
        {"to": "dan", "role": "both", "at": "sub1", "condition": MAYBE_JOBS.replace(" AND ", " OR ")},
        "dan starts sub1/data",
        {"to": "ida", "role": "both", "at": "sub1/data", "condition": MAYBE_JOBS.replace(" AND ", " OR ")},
        "ida starts sub1",
        "eve starts sub1",
        "fay starts sub1",
        "gil starts sub1",
        "hal starts sub1",
        "third jobs sub1/data",
    ],
    "pimGroups": {
        "active": [
            {"group": "third", "to": "second", "from": "2026-10-01T00:00:00Z", "until": "2026-12-01T00:00:00Z"},
            {"group": "second", "to": "first", "from": "2026-10-01T00:00:00Z", "until": "2026-12-01T00:00:00Z"},
            {"group": "first", "to": "eve", "from": "2026-10-01T00:00:00Z", "until": "2026-12-01T00:00:00Z"},
            {"group": "first", "to": "hal", "from": "2026-10-01T00:00:00Z", "until": "2026-10-02T00:00:00Z"},
            {"group": "second", "to": "fourth", "from": "2026-10-01T00:00:00Z", "until": "2026-12-01T00:00:00Z"},
        ],
        "eligible": [{"group": "first", "to": "fay"}],
    },
    "resources": {"sub1/data": {}, STUDIO: {}},
}


@cache
def parts() -> DrawnTenant:
    return DrawnTenant(PARTS)


@pytest.mark.parametrize(
    ("name", "possible", "certain"),
    [
        pytest.param("ann", True, True, id="a condition that is true for one part, and a role for the other"),
        pytest.param("ben", False, False, id="that condition alone"),
        pytest.param("cat", True, False, id="a condition that is open for one part, and a role for the other"),
        pytest.param("dan", True, True, id="a condition that is open for the part that another role gives"),
        pytest.param("ida", True, True, id="that condition below the role that gives the part that is open"),
        pytest.param("eve", True, True, id="memberships for a time, one in the other"),
        pytest.param("gil", True, True, id="a permanent membership in the midst of them"),
        pytest.param("hal", False, False, id="a membership whose time is over"),
    ],
)
def test_parts_of_a_way_come_together_as_surely_as_each_is_held(name: str, possible: bool, certain: bool) -> None:
    target = parts().resource(STUDIO, Facet.CODE)
    assert (parts().path(name, target, certain=False) is not None) == possible
    assert (parts().path(name, target) is not None) == certain


def test_a_part_that_comes_with_a_membership_to_be_activated_waits_for_it() -> None:
    found = parts().path("fay", parts().resource(STUDIO, Facet.CODE))
    assert found is not None
    assert found.eligible


def test_below_a_deny_parts_come_together_for_whom_it_does_not_name() -> None:
    deny = {"as": "d1", "at": "sub1", "deny": [{"actions": [START]}], "to": ["eve", "cat"]}
    tenant = DrawnTenant(PARTS | {"denies": [deny]})
    target = tenant.resource(STUDIO, Facet.CODE)
    assert tenant.path("ann", target) is not None
    assert tenant.path("eve", target, certain=False) is None
    assert tenant.path("cat", target, certain=False) is None


def test_a_condition_that_is_open_at_its_scope_does_not_lift_a_deny_below_it() -> None:
    named = {"to": "xia", "role": "blobs", "at": "sub1", "condition": "@Resource[$(account):name] StringEquals 'acc'"}
    denies = [TENANT["denies"][0] | {"to": ["xia"]}]
    tenant = DrawnTenant(TENANT | {"assignments": [named]})
    assert tenant.path("xia", tenant.resource(ACCOUNT, Facet.DATA)) is not None
    tenant = DrawnTenant(TENANT | {"assignments": [named], "denies": denies})
    assert tenant.path("xia", tenant.resource(ACCOUNT, Facet.DATA), certain=False) is None


def test_a_condition_on_the_name_of_a_resource_is_judged_at_each_resource_that_it_is_made_at() -> None:
    condition = "@Resource[$(account):name] StringEquals 'acc'"
    at = ("sub1/data/sa/another", ACCOUNT)
    named = [{"to": "xia", "role": "blobs", "at": place, "condition": condition} for place in at]
    tenant = DrawnTenant(TENANT | {"assignments": named, "denies": [], "resources": TENANT["resources"] | {at[0]: {}}})
    assert tenant.path("xia", tenant.resource(ACCOUNT, Facet.DATA)) is not None
    assert tenant.path("xia", tenant.resource(at[0], Facet.DATA), certain=False) is None
