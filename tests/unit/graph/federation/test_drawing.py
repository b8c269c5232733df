"""Edges of federation, on a tenant that was read by the real intake."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from tests.fakes.graph_tenants import graph_facts_of_lists
from tests.fakes.reviewed_tenant import (
    CLUSTER,
    CLUSTER_ISSUER,
    CLUSTER_TYPE,
    DEV_GROUP,
    DEV_IDENTITY,
    ENTRA,
    GITHUB,
    POD_IDENTITY,
    TENANT,
    Drafted,
    guid,
    places,
    resource,
)

from remit.graph.drawing import Drawing
from remit.graph.federation import draw_federation, tell_federation
from remit.graph.kinds import read_catalogue
from remit.graph.network import EdgeFlag, Network
from remit.graph.nodes import NodeKind, kind_of, ref_of

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
KIND = """
[[edge]]
id = "{}"
name = "N"
says = "s"
targets = ["servicePrincipal"]
facet = "none"
gain = "run-as"
log = ["entra"]
sources = ["https://example.com"]
basis = "derived"
draws = "federation"
"""
KINDS = read_catalogue({"x": 'service = "X"' + "".join(KIND.format(one) for one in ("DEV-03", "DEV-06", "AKS-12"))})
OTHER = "eeeeeeee-0000-4000-8000-000000000005"


@pytest.fixture
def draft() -> Drafted:
    drafted = Drafted()
    places(drafted)
    return drafted


class Drawn:
    """What was drawn, by names."""

    def __init__(self, draft: Drafted) -> None:
        index, facts = graph_facts_of_lists(draft.lists, draft.manifest)
        self.drawing = Drawing(index, facts, KINDS, NOW)
        self.network = Network.assemble(draw_federation(self.drawing), self.drawing.labels)

    def name(self, number: int) -> str:
        key = int(self.network.keys[number])
        facts, row = self.drawing.facts, ref_of(key)
        if kind_of(key) == NodeKind.PRINCIPAL:
            return self.drawing.index.facts.principals.display_name[row]
        if kind_of(key) == NodeKind.OUTSIDE:
            return f"outside:{facts.federated_credentials.name[row]}"
        if kind_of(key) == NodeKind.RESOURCE:
            return facts.resources.suffix[row].rsplit("/", 1)[-1]
        if kind_of(key) == NodeKind.APPLICATION:
            return f"application:{facts.applications.display_name[row]}"
        return NodeKind(kind_of(key)).name.lower()

    def edges(self) -> list[tuple[str, str, str, bool]]:
        network = self.network
        return sorted(
            (
                self.name(int(network.source[edge])),
                network.labels[network.label[edge]].name,
                self.name(int(network.target[edge])),
                not network.flags[edge] & EdgeFlag.POSSIBLE,
            )
            for edge in range(network.edges)
        )

    def told(self, edge: int) -> tuple[str, str, tuple[str, ...]]:
        network = self.network
        kind, permission, because = tell_federation(
            self.drawing,
            network.labels[network.label[edge]],
            int(network.evidence[edge]),
            int(network.keys[network.source[edge]]),
            int(network.keys[network.target[edge]]),
        )
        return kind, permission, tuple(f"{one.kind}: {one.detail}" for one in because)


def test_a_subject_signs_in_as_the_service_principal_of_the_application(draft) -> None:
    draft.application("ci")
    draft.trust("ci", "main", "repo:shop/site:ref:refs/heads/main")
    drawn = Drawn(draft)
    assert drawn.edges() == [("outside:main", "DEV-03", "ci", True)]
    kind, permission, because = drawn.told(0)
    assert kind == "DEV-03"
    assert permission == f"token of {GITHUB} for repo:shop/site:ref:refs/heads/main"
    assert because[0].startswith("federation: federated credential main trusts repo:shop/site")
    assert "GitHub" in because[0]


def test_an_application_without_service_principal_is_itself_the_target(draft) -> None:
    draft.add("graph/applications", id=guid("lone-app"), appId=guid("lone-client"), displayName="lone")
    draft.trust("lone", "main", "repo:shop/site:ref:refs/heads/main")
    assert Drawn(draft).edges() == [("outside:main", "DEV-03", "application:lone", True)]


def test_an_expression_that_is_read_is_certain_and_one_that_is_not_is_possible(draft) -> None:
    draft.application("ci")
    draft.trust("ci", "read", None, expression="claims['sub'] matches 'repo:shop/*'")
    draft.trust("ci", "strange", None, expression="claims['sub'] like 'repo:shop/*'")
    draft.trust("ci", "claim", None, expression="claims['actor'] eq 'mia'")
    draft.trust("ci", "issuer", None, url="https://issuer.example", expression="claims['sub'] eq 'a'")
    drawn = Drawn(draft)
    assert [(source, certain) for source, _, _, certain in drawn.edges()] == [
        ("outside:claim", False),
        ("outside:issuer", False),
        ("outside:read", True),
        ("outside:strange", False),
    ]
    strange = next(
        edge for edge in range(drawn.network.edges) if drawn.name(int(drawn.network.source[edge])) == "outside:strange"
    )
    assert "it is not known whom it trusts" in drawn.told(strange)[2][1]


def test_a_cluster_that_is_the_issuer_vouches_for_its_service_accounts(draft) -> None:
    draft.managed_identity(POD_IDENTITY)
    draft.resource(CLUSTER, oidcIssuerProfile={"enabled": True, "issuerURL": CLUSTER_ISSUER})
    # Written without the slash that the cluster's own answer ends with.
    draft.trust(POD_IDENTITY, "pods", "system:serviceaccount:shop:api", url=CLUSTER_ISSUER.rstrip("/"))
    drawn = Drawn(draft)
    assert drawn.edges() == [("aks-1", "AKS-12", "outside:pods", True), ("outside:pods", "AKS-12", "id-pods", True)]
    told = {drawn.told(edge) for edge in range(2)}
    assert any("run one as system:serviceaccount:shop:api" in because[0] for _, _, because in told)


def test_a_cluster_that_does_not_tell_its_issuer_is_possible(draft) -> None:
    draft.managed_identity(POD_IDENTITY)
    draft.resource(CLUSTER)
    draft.trust(POD_IDENTITY, "pods", "system:serviceaccount:shop:api", url=CLUSTER_ISSUER)
    drawn = Drawn(draft)
    assert ("aks-1", "AKS-12", "hub", False) in drawn.edges()
    label = next(one for one in drawn.network.labels if one.name == "AKS-12")
    outside = int(drawn.network.keys[drawn.network.of_kind(NodeKind.OUTSIDE)[0]])
    (reason,) = tell_federation(drawn.drawing, label, -1, 0, outside)[2]
    assert (reason.kind, CLUSTER_ISSUER in reason.detail) == ("gap", True)


def test_a_cluster_of_another_tenant_is_not_one_of_ours(draft) -> None:
    draft.managed_identity(POD_IDENTITY)
    draft.resource(CLUSTER)
    elsewhere = f"https://westeurope.oic.prod-aks.azure.com/{OTHER}/{OTHER}/"
    draft.trust(POD_IDENTITY, "pods", "system:serviceaccount:shop:api", url=elsewhere)
    assert Drawn(draft).edges() == [("outside:pods", "AKS-12", "id-pods", True)]


def test_two_clusters_keep_to_their_own_issuers(draft) -> None:
    draft.managed_identity(POD_IDENTITY)
    draft.resource(CLUSTER, oidcIssuerProfile={"enabled": True, "issuerURL": CLUSTER_ISSUER})
    other = CLUSTER_ISSUER.replace("dddddddd", "ffffffff")
    draft.resource(resource(DEV_GROUP, CLUSTER_TYPE, "aks-2"), oidcIssuerProfile={"enabled": True, "issuerURL": other})
    draft.trust(POD_IDENTITY, "pods", "system:serviceaccount:shop:api", url=other)
    assert [one for one in Drawn(draft).edges() if one[2] == "outside:pods"] == [
        ("aks-2", "AKS-12", "outside:pods", True)
    ]


def test_an_identity_of_this_tenant_that_is_the_subject_is_drawn_to_it(draft) -> None:
    draft.managed_identity(DEV_IDENTITY)
    draft.application("bridge")
    draft.trust("bridge", "mi", guid("id-dev"), url=ENTRA)
    drawn = Drawn(draft)
    assert drawn.edges() == [("id-dev", "DEV-06", "outside:mi", True), ("outside:mi", "DEV-06", "bridge", True)]


@pytest.mark.parametrize("changed", [{"subject": guid("id-dev").upper()}, {"audience": "api://another"}])
def test_a_token_that_may_not_say_what_is_asked_for_letter_by_letter_is_possible_only(draft, changed) -> None:
    draft.managed_identity(DEV_IDENTITY)
    draft.application("bridge")
    draft.trust("bridge", "mi", **{"subject": guid("id-dev"), "url": ENTRA} | changed)
    assert ("id-dev", "DEV-06", "outside:mi", False) in Drawn(draft).edges()


def test_an_application_as_the_subject_is_possible_only(draft) -> None:
    draft.application("other")
    draft.application("bridge")
    draft.trust("bridge", "app", guid("other"), url=ENTRA)
    assert ("other", "DEV-06", "outside:app", False) in Drawn(draft).edges()


def test_an_identity_of_another_tenant_comes_from_outside_alone(draft) -> None:
    draft.managed_identity(DEV_IDENTITY)
    draft.application("bridge")
    draft.trust("bridge", "mi", guid("id-dev"), url=ENTRA.replace(TENANT, OTHER))
    drawn = Drawn(draft)
    assert drawn.edges() == [("outside:mi", "DEV-06", "bridge", True)]
    assert f"belongs to tenant {OTHER}" in drawn.told(0)[2][1]


def test_a_list_that_was_not_read_leaves_every_application_open(draft) -> None:
    draft.application("ci")
    draft.managed_identity(DEV_IDENTITY)
    del draft.lists["graph/applicationFederatedIdentityCredentials"]
    drawn = Drawn(draft)
    assert drawn.edges() == [
        ("hub", "-", "ci", True),
        ("hub", "-", "unseen", True),
        ("id-dev", "DEV-06", "hub", False),
        ("unseen", "DEV-03", "hub", False),
    ]
    told = [drawn.told(edge) for edge in range(4) if drawn.network.labels[drawn.network.label[edge]].name == "DEV-03"]
    assert "graph/applicationFederatedIdentityCredentials was not read for /" in told[0][2][0]


@pytest.mark.parametrize(
    ("scope", "expected"),
    [("/", ["id-dev", "id-pods"]), (DEV_GROUP, ["id-dev", "id-pods"]), (POD_IDENTITY, ["id-pods"])],
    ids=["everywhere", "a group", "one identity"],
)
def test_a_gap_is_about_the_identities_below_its_place(draft, scope, expected) -> None:
    draft.managed_identity(DEV_IDENTITY)
    draft.managed_identity(POD_IDENTITY)
    draft.manifest["gaps"] = [{"api": "arm/federatedIdentityCredentials", "scope": scope, "reason": "403"}]
    assert [
        target for source, label, target, _ in Drawn(draft).edges() if label == "-" and target != "unseen"
    ] == expected


def test_a_gap_of_one_application_is_about_it_alone(draft) -> None:
    draft.application("one")
    draft.application("other")
    scope = f"/applications/{guid('one-app')}"
    api = "graph/applicationFederatedIdentityCredentials"
    draft.manifest["gaps"] = [{"api": api, "scope": scope, "reason": "403"}]
    assert [target for _, label, target, _ in Drawn(draft).edges() if label == "-" and target != "unseen"] == ["one"]


def test_a_tenant_without_federation_has_no_edges_of_it(draft) -> None:
    draft.application("ci")
    assert Drawn(draft).edges() == []


def test_a_subject_of_this_tenant_that_nobody_is_leads_only_out(draft) -> None:
    draft.application("bridge")
    draft.trust("bridge", "mi", guid("nobody"), url=ENTRA)
    assert Drawn(draft).edges() == [("outside:mi", "DEV-06", "bridge", True)]
