"""The graph of the sample tenant as a payload and as a neighbourhood: whole, in part, explained, attached."""

from __future__ import annotations

import json
from collections import Counter, defaultdict

import pytest
from tests.unit.wire.bloodhound.test_opengraph import faults

from remit.app.graphing.exporting import Choice, choose_export
from remit.app.graphing.naming import Naming
from remit.app.graphing.opening import Escalation
from remit.app.graphing.picturing import surroundings
from remit.bootstrap.graphing import open_graph
from remit.bootstrap.reader import open_tenant, sample_tenant
from remit.model.errors import InputError
from remit.wire.bloodhound.definition import definition

RELEASE, VAULT = "ci-release", "kv-tracking-prod"


@pytest.fixture(scope="module")
def escalation(tmp_path_factory) -> Escalation:
    folder = tmp_path_factory.mktemp("export") / "store"
    return open_graph(folder, open_tenant(folder, tenant=sample_tenant()))


def payload(escalation: Escalation, **chosen) -> dict:
    ends = {name: Naming(escalation).find(chosen.pop(name)) for name in ("source", "target") if name in chosen}
    export = choose_export(escalation, Choice(**ends, **chosen))
    text = b"".join(export.write())
    assert faults(text) == []
    graph = json.loads(text)["graph"]
    assert (len(graph["nodes"]), len(graph["edges"])) == (export.tally.nodes, export.tally.edges)
    return graph


def edges(graph: dict) -> Counter:
    return Counter((edge["kind"], edge["start"]["value"], edge["end"]["value"]) for edge in graph["edges"])


def test_the_whole_graph_keeps_the_rules_of_bloodhound_and_describes_both_ends_of_every_edge(escalation):
    graph = payload(escalation)
    described = [node["id"] for node in graph["nodes"]]
    assert len(set(described)) == len(described)
    assert {end for edge in edges(graph) for end in edge[1:]} == set(described)


def test_every_kind_of_an_export_is_defined(escalation):
    defined = json.loads(definition(escalation.catalogue))
    edge_kinds = {kind["name"]: kind["is_traversable"] for kind in defined["relationship_kinds"]}
    node_kinds = {kind["name"] for kind in defined["node_kinds"]}
    for graph in (payload(escalation), payload(escalation, explain=True)):
        assert {edge["kind"] for edge in graph["edges"]} <= edge_kinds.keys()
        assert {kind for node in graph["nodes"] for kind in node["kinds"]} <= node_kinds
        assert all(edge_kinds[edge["kind"]] is edge["properties"]["certain"] for edge in graph["edges"])


def test_explained_edges_lead_the_same_way_with_the_permission_and_the_reasons(escalation):
    plain, explained = payload(escalation), payload(escalation, explain=True)
    said, found = kinds_between(plain), kinds_between(explained)
    assert said.keys() == found.keys()
    assert all(found[pair] <= said[pair] for pair in found)
    assert all(edge["properties"]["because"] for edge in explained["edges"])


def kinds_between(graph: dict) -> dict[tuple[str, str], set[str]]:
    found = defaultdict(set)
    for edge in graph["edges"]:
        facts = edge["properties"]
        found[edge["start"]["value"], edge["end"]["value"]] |= {*facts.get("edgeids", [facts.get("edgeid")])}
    return found


def test_between_two_objects_there_is_one_edge_of_a_kind(escalation):
    for graph in (payload(escalation), payload(escalation, explain=True)):
        assert set(edges(graph).values()) == {1}


def test_a_part_is_what_is_reached_from_one_end_and_reaches_the_other(escalation):
    whole, out, into = (edges(payload(escalation, **ends)) for ends in ({}, {"source": RELEASE}, {"target": VAULT}))
    both = edges(payload(escalation, source=RELEASE, target=VAULT))
    assert 0 < both.total() < min(out.total(), into.total()) < whole.total()
    assert both <= out & into
    assert out <= whole


def test_only_what_is_certain_leaves_no_possible_edge(escalation):
    graph = payload(escalation, certain_only=True)
    assert all(edge["properties"]["certain"] for edge in graph["edges"])
    assert not any(edge["kind"].endswith("_Possible") for edge in graph["edges"])
    assert edges(graph) < edges(payload(escalation))


def test_attached_nodes_are_left_to_azurehound(escalation):
    attached, whole = payload(escalation, attach=True), payload(escalation)
    assert edges(attached) == edges(whole)
    left = {node["id"] for node in attached["nodes"]}
    assert left < {node["id"] for node in whole["nodes"]}
    assert "REMIT-SCOPE" in " ".join(left)
    assert not any(node["properties"]["remitkind"] == "user" for node in attached["nodes"])


def test_too_many_edges_are_refused_before_anything_is_written(escalation):
    with pytest.raises(InputError, match="more than 10 edges") as caught:
        choose_export(escalation, Choice(most=10))
    assert "--to" in caught.value.hint()


def test_the_same_graph_is_the_same_payload(escalation):
    assert payload(escalation) == payload(escalation)


def test_progress_is_told_while_edges_are_counted_and_written(escalation):
    told = []
    export = choose_export(escalation, Choice(), lambda *step: told.append(step))
    b"".join(export.write(lambda *step: told.append(step)))
    assert told == [("counting edges", export.steps, None), ("writing edges", export.steps, export.steps)]


def test_a_neighbourhood_holds_the_steps_within_reach(escalation):
    named = Naming(escalation).find(VAULT)
    into = surroundings(escalation, named, within=1, forward=False)
    assert {hop.target.id for hop in into.hops} >= {named.ref.id}
    assert RELEASE in {hop.source.label for hop in into.hops}
    wider = surroundings(escalation, named, within=2, forward=False)
    assert {hop.source.id for hop in into.hops} < {hop.source.id for hop in wider.hops}
    assert wider.left_out == 0


def test_what_a_node_reaches_is_not_what_reaches_it(escalation):
    named = Naming(escalation).find(RELEASE)
    out = surroundings(escalation, named, within=1, backward=False)
    into = surroundings(escalation, named, within=1, forward=False)
    assert named.ref.id in {hop.source.id for hop in out.hops}
    assert {hop.target.id for hop in into.hops} <= {named.ref.id}


def test_a_scope_does_not_repeat_what_one_below_it_has(escalation):
    hops = surroundings(escalation, Naming(escalation).find(VAULT), within=3).hops
    contains = {(hop.source.id, hop.target.id) for hop in hops if hop.edge == "CONTAINS"}
    doubled = {(one, other) for one, middle in contains for start, other in contains if start == middle}
    assert contains
    assert not contains & doubled


def test_of_too_many_nodes_the_nearest_stay_and_the_rest_is_counted(escalation):
    named = Naming(escalation).find(RELEASE)
    few = surroundings(escalation, named, within=3, most=5)
    all_of_it = surroundings(escalation, named, within=3)
    assert 0 < len(few.hops) < len(all_of_it.hops)
    assert few.left_out > 0
    assert len({ref.id for hop in few.hops for ref in (hop.source, hop.target)}) <= 5


def test_certain_surroundings_hold_nothing_that_is_only_possible(escalation):
    hops = surroundings(escalation, Naming(escalation).find(RELEASE), within=3, certain_only=True).hops
    assert all(hop.certain for hop in hops)


def test_somebody_whom_no_edge_touches_is_alone(escalation):
    alone = surroundings(escalation, Naming(escalation).find("99999999-0000-4000-8000-000000000000"))
    assert (alone.hops, alone.left_out) == ((), 0)
