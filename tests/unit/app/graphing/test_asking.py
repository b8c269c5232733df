"""Paths, reach and exposure on a graph that was drawn by hand."""

from __future__ import annotations

import pytest
from tests.fakes.ai_tenant import role
from tests.fakes.cutting import opened
from tests.fakes.escalations import GLOBAL_ADMIN, LISTS, MANIFEST, VAULT, VM, hand_drawn
from tests.fakes.reviewed_tenant import PROD_GROUP, PROD_MACHINE, Drafted, guid, places, resource
from tests.fakes.reviewed_tenant import VAULT as SHOP_VAULT
from tests.fakes.reviews import review_of

from remit.app.graphing.asking import find_paths
from remit.app.graphing.exposing import exposure_of
from remit.app.graphing.naming import Naming
from remit.app.graphing.reaching import reach_of


@pytest.fixture(scope="module")
def world():
    return hand_drawn()


@pytest.fixture(scope="module")
def naming(world):
    return Naming(world.escalation)


@pytest.fixture(scope="module")
def ask(world, naming):
    def asked(source: str, target: str, **more):
        return find_paths(world.escalation, naming.find(source), naming.find(target), **more)

    return asked


def edges(path) -> str:
    return " ".join(hop.edge for hop in path.hops)


def test_certain_paths_come_before_possible_ones(ask) -> None:
    answer = ask("Ada", "tier0")
    assert [(edges(path), path.certain, path.eligible) for path in answer.paths] == [
        ("MEMBER-OF EN-16 EN-23", True, True),
        ("MEMBER-OF VM-01 MI-03 EN-02 EN-23", False, False),
    ]
    assert (answer.certain, answer.possible) == (True, True)


def test_a_step_through_a_class_is_one_hop(ask) -> None:
    (path,) = ask("Ada", VAULT).paths
    assert edges(path) == "MEMBER-OF VM-01 MI-03 AUT-01 KV-03"
    assert [hop.target.id for hop in path.hops][-1] == VAULT


def test_the_way_down_from_a_scope_to_one_below_is_no_other_path(world, naming, ask) -> None:
    search = world.escalation.search
    source, target = naming.find("uami"), naming.find(VAULT)
    assert len(search.best(source.nodes, target.nodes, count=5)) == 2
    assert [edges(path) for path in ask("uami", VAULT, most=5).paths] == ["AUT-01 KV-03"]


def test_only_certain_paths_where_only_they_are_wanted(ask) -> None:
    answer = ask("uami", "tier0", certain_only=True)
    assert (answer.paths, answer.certain, answer.possible) == ((), False, True)
    answer = ask("Ada", "tier0", certain_only=True)
    assert [path.certain for path in answer.paths] == [True]


def test_no_more_paths_than_wanted(ask) -> None:
    assert [edges(path) for path in ask("Ada", "tier0", most=1).paths] == ["MEMBER-OF EN-16 EN-23"]


@pytest.mark.parametrize(
    ("source", "target", "certain", "possible"),
    [
        ("Bob", "tier0", True, True),
        ("uami", "tier0", False, True),
        ("app", "tier0", False, False),
        ("tier0", "Ada", False, False),
        ("lone app", "tier0", False, False),
    ],
)
def test_certain_possible_or_none(ask, source, target, certain, possible) -> None:
    answer = ask(source, target)
    assert (answer.certain, answer.possible) == (certain, possible)


def test_who_is_there_already_has_a_path_without_steps(ask) -> None:
    answer = ask("tier0", "tier0")
    assert [(path.cost, path.hops) for path in answer.paths] == [(0, ())]


def test_a_path_to_control_of_the_tenant_ends_with_the_first_thing_that_gives_it() -> None:
    """Global Administrator could become Ada, elevate as her, and come there once more."""
    escalation = opened({**LISTS, "arm/denyAssignments": [], "arm/locks": []}, {**MANIFEST, "gaps": []})
    found = Naming(escalation).find
    paths = find_paths(escalation, found("Bob"), found("tier0"), most=5, certain_only=True).paths
    assert [(edges(path), path.cost) for path in paths] == [("HAS-ROLE TIER-ZERO", 0), ("AUT-04 TIER-ZERO", 1)]
    (only,) = find_paths(escalation, found("role:Global Administrator"), found("tier0"), most=5).paths
    assert edges(only) == "TIER-ZERO"
    longer = find_paths(escalation, found("Bob"), found("/"), most=5, certain_only=True).paths
    assert [edges(path) for path in longer] == ["AUT-04", "HAS-ROLE EN-11 AUT-04"]


def test_what_was_not_read_and_stands_on_the_way_is_told(ask) -> None:
    assert [gap.api for gap in ask("Cleo", "tier0").unread] == ["graph/groupOwners"]
    assert ask("Ada", "tier0").unread == ()


def test_reach_tells_direct_from_indirect(world, naming) -> None:
    answer = reach_of(world.escalation, naming.find("Ada"))
    found = {
        name: [(one.ref.label, one.hops, one.facet, one.direct) for one in answer.shown(some, range(len(some.nodes)))]
        for name, some in answer.lists.items()
    }
    assert found["principals"] == [("uami", 3, "", False)]
    assert found["resources"] == [("vm1", 2, "code", True), ("kv", 5, "secret", False)]
    assert [(hops, facet) for _, hops, facet, _ in found["scopes"]] == [(4, "grant")]
    assert found["directoryRoles"] == [("Global Administrator", 2, "", True)]
    groups = answer.shown(answer.groups, range(len(answer.groups.nodes)))
    assert [one.ref.label for one in groups] == ["Team"]


def test_reach_names_the_highest_scopes_and_not_those_below(world, naming) -> None:
    answer = reach_of(world.escalation, naming.find("uami"))
    scopes = answer.lists["scopes"]
    assert [one.ref.label for one in answer.shown(scopes, range(len(scopes.nodes)))] == ["Only"]


def test_reach_tells_the_path_to_tier_zero_and_what_needs_activation(world, naming) -> None:
    answer = reach_of(world.escalation, naming.find("Ada"))
    assert answer.tier_zero is not None
    assert (answer.tier_zero.certain, answer.tier_zero.eligible) == (True, True)
    (held,) = answer.shown(answer.lists["directoryRoles"], [0])
    assert held.eligible
    assert not any(one.eligible for one in answer.shown(answer.lists["resources"], [0, 1]))


def test_reach_counts_resources_by_type_and_side(world, naming) -> None:
    counts = reach_of(world.escalation, naming.find("Ada")).by_type
    assert [(one.type, one.facet, one.count, one.certain, one.direct) for one in counts] == [
        ("microsoft.compute/virtualmachines", "code", 1, 1, 1),
        ("microsoft.keyvault/vaults", "secret", 1, 1, 0),
    ]


def test_reach_of_somebody_without_edges_is_empty(world, naming) -> None:
    answer = reach_of(world.escalation, naming.find("app"))
    assert [len(found.nodes) for found in answer.lists.values()] == [0, 0, 0, 0]
    assert answer.tier_zero is None


def test_what_leads_only_through_an_unread_list_is_possible(world, naming) -> None:
    answer = reach_of(world.escalation, naming.find("Cleo"))
    assert answer.tier_zero is not None
    assert not answer.tier_zero.certain
    assert [gap.api for gap in answer.unread] == ["graph/groupOwners"]


def test_exposure_counts_everybody_once_the_nearest_certain_ones_first(world, naming) -> None:
    answer = exposure_of(world.escalation, naming.find("tier0"))
    shown = [(one.ref.label, one.hops, one.certain, one.eligible) for one in answer.shown(range(len(answer.nodes)))]
    assert shown == [
        ("Bob", 2, True, False),
        ("Team", 2, True, True),
        ("Ada", 3, True, True),
        ("uami", 2, False, False),
        ("Cleo", 3, False, False),
    ]
    assert answer.kinds == {"user": 3, "group": 1, "managedIdentity": 1}


def test_exposure_tells_the_last_steps_and_how_many_come_through_each(world, naming) -> None:
    answer = exposure_of(world.escalation, naming.find(f"role:{GLOBAL_ADMIN}"))
    told = [(entry.hop.source.label, entry.hop.edge, entry.principals) for entry in answer.entries]
    assert sorted(told) == [
        ("Bob", "HAS-ROLE", 1),
        ("Team", "EN-16", 2),
        ("graph/groupOwners, not read", "EN-08", 1),
        ("uami", "EN-02", 1),
    ]
    through = {one.ref.label: answer.entries[one.through].hop.source.label for one in answer.shown(range(5))}
    assert through["Ada"] == "Team"
    assert through["Cleo"] == "graph/groupOwners, not read"


def test_exposure_shows_the_way(world, naming) -> None:
    answer = exposure_of(world.escalation, naming.find(f"{VAULT}#secret"))
    ways = {one.ref.label: [ref.label for ref in one.way][:-1] for one in answer.shown(range(3), with_ways=True)}
    assert ways["Ada"][:2] == ["Team", "vm1"]
    assert ways["uami"] == [answer.escalation.node_ref(world.number("sub grant")).label]


def test_nobody_is_exposed_to_what_no_edge_leads_to(world, naming) -> None:
    answer = exposure_of(world.escalation, naming.find(f"{VM}#secret"))
    assert (answer.nodes.tolist(), answer.entries, answer.kinds) == ([], (), {})


def test_what_is_certain_only_through_others_is_not_direct_because_it_may_be() -> None:
    draft = Drafted()
    places(draft)
    role(draft, guid("operator"), "Operator", ["Microsoft.Compute/virtualMachines/*"], [])
    role(draft, guid("secrets"), "Secrets", [], ["Microsoft.KeyVault/vaults/secrets/*"])
    draft.add("graph/users", id=guid("maya"), displayName="Maya", userPrincipalName="maya@shop.example")
    identity = resource(PROD_GROUP, "Microsoft.ManagedIdentity/userAssignedIdentities", "id-read")
    draft.managed_identity(identity)
    carried = {"type": "UserAssigned", "userAssignedIdentities": {identity: {"principalId": guid("id-read")}}}
    draft.resource(PROD_MACHINE, identity=carried)
    draft.resource(SHOP_VAULT, enableRbacAuthorization=True)
    draft.assign(guid("maya"), guid("operator"), PROD_GROUP, "User")
    draft.assign(guid("maya"), guid("secrets"), SHOP_VAULT, "User")
    condition = {"condition": "@Request[Microsoft.Unheard:thing] StringEquals 'x'", "conditionVersion": "2.0"}
    draft.lists["arm/roleAssignments"][-1]["properties"] |= condition

    def told() -> tuple[bool, bool, int]:
        escalation = review_of(draft).escalation
        answer = reach_of(escalation, Naming(escalation).find("Maya"))
        found = answer.lists["resources"]
        shown = answer.shown(found, range(len(found.nodes)))
        return next((one.certain, one.direct, one.hops) for one in shown if one.ref.label == "kv-shop")

    assert told() == (False, True, 1)
    draft.assign(guid("id-read"), guid("secrets"), SHOP_VAULT)
    assert told() == (True, False, 3)
