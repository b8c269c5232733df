"""OpenGraph payloads: what BloodHound's rules say of them, and which of its nodes ours fall together with.

`faults` is the documented schema as a function: required fields, flat properties, homogeneous arrays, kinds.
"""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fakes.drawn_paths import HARM, KINDS, SUBSCRIPTION

from remit.bootstrap.edges import edge_catalogue
from remit.graph.answers import NodeRef
from remit.wire.bloodhound.definition import FACET_EDGES, PLAIN_EDGES, definition
from remit.wire.bloodhound.identity import Identities
from remit.wire.bloodhound.opengraph import ExportedEdge, edge_kind, node_kind, opengraph

TENANT = "11111111-0000-4000-8000-00000000000a"
OBJECT = "0f3c1f4e-0000-4000-8000-00000000000b"
IDENTITIES = Identities(TENANT, {"app-object": "APP-id"})
KIND = re.compile(r"[A-Za-z0-9_]+")


def faults(text: bytes) -> list[str]:
    """What of a payload breaks the documented rules."""
    payload = json.loads(text)
    found = [f"top level: {name}" for name in payload.keys() - {"graph", "metadata"}]
    found += [f"metadata: {name}" for name in payload.get("metadata", {}).keys() - {"source_kind"}]
    found += [f"graph: {name}" for name in payload["graph"].keys() ^ {"nodes", "edges"}]
    for node in payload["graph"]["nodes"]:
        found += [f"node: {name}" for name in node.keys() ^ {"id", "kinds", "properties"}]
        if not isinstance(node["id"], str) or not node["id"]:
            found.append("node without an id")
        if not 1 <= len(node["kinds"]) <= 3 or not all(KIND.fullmatch(kind) for kind in node["kinds"]):
            found.append(f"kinds {node['kinds']}")
        if "objectid" in node["properties"]:
            found.append("objectid among the properties")
        found += property_faults(node["properties"])
    for edge in payload["graph"]["edges"]:
        found += [f"edge: {name}" for name in edge.keys() ^ {"kind", "start", "end", "properties"}]
        if not KIND.fullmatch(edge["kind"]):
            found.append(f"kind {edge['kind']}")
        for end in (edge["start"], edge["end"]):
            if end.keys() != {"match_by", "value"} or end["match_by"] != "id" or not isinstance(end["value"], str):
                found.append(f"endpoint {end}")
        found += property_faults(edge["properties"])
    kinds = [kind for node in payload["graph"]["nodes"] for kind in node["kinds"]]
    kinds += [edge["kind"] for edge in payload["graph"]["edges"]]
    return found + [f"reserved {kind}" for kind in kinds if kind.lower() == "tag" or kind.lower().startswith("tag_")]


def property_faults(properties: dict[str, object]) -> list[str]:
    found = []
    for name, value in properties.items():
        if name != name.lower() or not KIND.fullmatch(name):
            found.append(f"property {name}")
        parts = value if isinstance(value, list) else [value]
        if not all(isinstance(part, str | int | float | bool) for part in parts) or len(set(map(type, parts))) > 1:
            found.append(f"value of {name}")
        if any(isinstance(part, str) and "\x00" in part for part in parts):
            found.append(f"a zero in {name}, which PostgreSQL refuses")
    return found


def payload(nodes: list[NodeRef], edges: list[ExportedEdge], identities: Identities = IDENTITIES) -> bytes:
    return b"".join(opengraph(nodes, edges, identities))


def test_a_payload_holds_nodes_and_edges_and_no_source_kind():
    user, group = NodeRef(OBJECT, "user", "Maya"), NodeRef("g", "group", "ops", "")
    edge = ExportedEdge(user, group, edge_kind("MEMBER-OF"), {"certain": True, "cost": 0, "log": ("entra",)})
    text = payload([user, group], [edge])
    assert faults(text) == []
    assert json.loads(text) == {
        "graph": {
            "nodes": [
                {
                    "id": OBJECT.upper(),
                    "kinds": ["Remit_User", "Remit_Base"],
                    "properties": {"name": "Maya", "displayname": "Maya", "remitid": OBJECT, "remitkind": "user"},
                },
                {
                    "id": "G",
                    "kinds": ["Remit_Group", "Remit_Base"],
                    "properties": {"name": "ops", "displayname": "ops", "remitid": "g", "remitkind": "group"},
                },
            ],
            "edges": [
                {
                    "kind": "Remit_MemberOf",
                    "start": {"match_by": "id", "value": OBJECT.upper()},
                    "end": {"match_by": "id", "value": "G"},
                    "properties": {"certain": True, "cost": 0, "log": ["entra"]},
                }
            ],
        }
    }


@pytest.mark.parametrize(("nodes", "edges"), [(0, 0), (1, 0), (2000, 1), (2001, 4001)])
def test_a_payload_is_whole_however_many_there_are(nodes, edges):
    refs = [NodeRef(str(place), "user", str(place)) for place in range(nodes)]
    some = [ExportedEdge(NodeRef("a", "user", "a"), NodeRef("b", "user", "b"), "Remit_X", {})] * edges
    graph = json.loads(payload(refs, some))["graph"]
    assert (len(graph["nodes"]), len(graph["edges"])) == (nodes, edges)
    assert [node["id"] for node in graph["nodes"]] == [str(place) for place in range(nodes)]


VAULT = f"{SUBSCRIPTION}/resourceGroups/r/providers/Microsoft.KeyVault/vaults/v"
WORDS = st.text() | st.sampled_from(HARM)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(WORDS, st.sampled_from([*KINDS, "phone", "tag", ""]), WORDS), min_size=1, max_size=5))
def test_any_names_keep_the_rules(named):
    refs = [NodeRef(one or "x", kind, label, label) for one, kind, label in named]
    edges = [
        ExportedEdge(
            refs[0], ref, edge_kind(ref.label, certain=False), {"permission": ref.label, "because": (ref.id, "")}
        )
        for ref in refs
    ]
    assert faults(payload(refs, edges)) == []


@pytest.mark.parametrize(
    ("ref", "known"),
    [
        (NodeRef(OBJECT, "user", "u"), OBJECT.upper()),
        (NodeRef(OBJECT, "managedIdentity", "m"), OBJECT.upper()),
        (NodeRef("app-object", "application", "a"), "APP-ID"),
        (NodeRef("tier0", "tenant", "t"), TENANT.upper()),
        (NodeRef("entraRole:62e90394-a", "directoryRole", "r"), f"62E90394-A@{TENANT.upper()}"),
        (NodeRef(SUBSCRIPTION, "scope", "s"), SUBSCRIPTION.upper()),
        (NodeRef(VAULT, "resource", "v", "Microsoft.KeyVault/vaults"), VAULT.upper()),
    ],
)
def test_what_azurehound_collects_is_called_as_there(ref, known):
    assert IDENTITIES.of(ref) == known
    assert IDENTITIES.is_collected(ref)


@pytest.mark.parametrize(
    "ref",
    [
        NodeRef("/", "scope", "root"),
        NodeRef("subject:https://token.example#repo:org/x:ref:refs/heads/main", "subject", "s"),
        NodeRef("gap:graph/users@/", "gap", "g"),
        NodeRef("entraRole:1@/administrativeUnits/2", "directoryRole", "r"),
        NodeRef("other-app", "application", "a"),
    ],
)
def test_what_azurehound_does_not_know_gets_an_id_that_is_unique_among_tenants(ref):
    other = Identities("22222222-0000-4000-8000-00000000000a")
    assert re.fullmatch(r"REMIT-[A-Z]+-[0-9A-F]{32}", IDENTITIES.of(ref))
    assert IDENTITIES.of(ref) != other.of(ref)
    assert not IDENTITIES.is_collected(ref)


def test_subjects_that_differ_in_case_are_two_nodes():
    one, other = (NodeRef(f"subject:https://t#repo:{name}/x:pull_request", "subject", name) for name in ("Org", "org"))
    assert IDENTITIES.of(one) != IDENTITIES.of(other)


def test_resources_of_other_types_and_devices_are_described_by_us():
    assert not IDENTITIES.is_collected(NodeRef("/subscriptions/1/x", "resource", "x", "Microsoft.Batch/batchAccounts"))
    assert not IDENTITIES.is_collected(NodeRef(OBJECT, "device", "laptop"))


def test_without_a_tenant_id_the_tenant_and_its_roles_are_our_own():
    nameless = Identities("")
    assert nameless.of(NodeRef("tier0", "tenant", "t")).startswith("REMIT-TENANT-")
    assert nameless.of(NodeRef("entraRole:1", "directoryRole", "r")).startswith("REMIT-DIRECTORYROLE-")


def test_the_definition_declares_every_kind_that_an_export_can_hold():
    catalogue = edge_catalogue()
    whole = json.loads(definition(catalogue))
    assert whole["schema"] == {"name": "Remit", "display_name": "Remit", "version": "v1.0.0", "namespace": "Remit"}
    edges = {kind["name"]: kind["is_traversable"] for kind in whole["relationship_kinds"]}
    assert len(edges) == len(whole["relationship_kinds"])
    words = [kind.name for kind in catalogue.kinds] + [word for word, _ in FACET_EDGES.values()] + list(PLAIN_EDGES)
    for word in words:
        assert edges[edge_kind(word, certain=False)] is False
        assert edges.get(edge_kind(word)) is (None if word == "NOT-READ" else True)
    nodes = {kind["name"] for kind in whole["node_kinds"]}
    assert nodes == {node_kind(kind) for kind in KINDS} | {"Remit_Base"}
    assert all(name.startswith("Remit_") and KIND.fullmatch(name) for name in [*edges, *nodes])
    assert all(re.fullmatch(r"#[0-9a-f]{6}", kind["color"]) for kind in whole["node_kinds"])


def test_no_two_kinds_of_edges_share_a_word():
    names = {kind.name for kind in edge_catalogue().kinds} | {word for word, _ in FACET_EDGES.values()}
    assert len({edge_kind(name).lower() for name in [*names, *PLAIN_EDGES]}) == len(names) + len(PLAIN_EDGES)
