"""From outside to production: whole paths through federated credentials, and what closes them."""

from __future__ import annotations

import pytest
from tests.fakes.reviewed_tenant import (
    CLUSTER,
    CLUSTER_ISSUER,
    CONTRIBUTOR,
    DEV,
    ENTRA,
    GITHUB,
    OWNER,
    POD_IDENTITY,
    PROD,
    PROD_MACHINE,
    Drafted,
    guid,
    places,
    reviewed_tenant,
)
from tests.fakes.reviews import review_of

from remit.app.graphing.asking import PathsAnswer, find_paths
from remit.app.graphing.naming import Naming
from remit.model.errors import InputError


@pytest.fixture
def draft() -> Drafted:
    drafted = Drafted()
    places(drafted)
    return drafted


def asked(draft: Drafted, source: str, target: str) -> PathsAnswer:
    escalation = review_of(draft).escalation
    naming = Naming(escalation)
    return find_paths(escalation, naming.find(source), naming.find(target))


def steps(answer: PathsAnswer) -> list[tuple[str, str, str]]:
    return [(hop.source.label, hop.edge, hop.target.label) for hop in answer.paths[0].hops] if answer.paths else []


PULL_REQUEST = f"subject:{GITHUB}#repo:shop/site:pull_request"


def test_a_pull_request_gets_to_a_machine_of_production() -> None:
    answer = asked(reviewed_tenant(), PULL_REQUEST, PROD_MACHINE)
    assert answer.certain
    assert steps(answer) == [
        ("repo:shop/site:pull_request", "DEV-03", "ci-dev"),
        ("ci-dev", "VM-01", "vm-1"),
        ("vm-1", "MI-03", "id-dev"),
        ("id-dev", "VM-01", "vm-2"),
    ]
    assert "federated credential requests trusts" in answer.paths[0].hops[0].because[0].detail


def test_a_disabled_application_closes_it() -> None:
    draft = reviewed_tenant()
    row = next(one for one in draft.lists["graph/servicePrincipals"] if one["id"] == guid("ci-dev"))
    row["accountEnabled"] = False
    assert not asked(draft, PULL_REQUEST, PROD_MACHINE).possible


def test_without_the_credential_nothing_leads_in() -> None:
    draft = reviewed_tenant()
    trusts = draft.lists["graph/applicationFederatedIdentityCredentials"]
    draft.lists["graph/applicationFederatedIdentityCredentials"] = [one for one in trusts if one["name"] != "requests"]
    draft.trust("ci-dev", "elsewhere", "repo:shop/site:environment:dev")
    answer = asked(draft, f"subject:{GITHUB}#repo:shop/site:environment:dev", PROD_MACHINE)
    assert answer.certain
    with pytest.raises(InputError, match="pull_request"):
        asked(draft, PULL_REQUEST, PROD_MACHINE)


def test_who_rules_over_a_cluster_signs_in_as_what_its_pods_are_trusted_for(draft) -> None:
    draft.application("ops")
    draft.managed_identity(POD_IDENTITY)
    draft.resource(CLUSTER, oidcIssuerProfile={"enabled": True, "issuerURL": CLUSTER_ISSUER})
    draft.trust(POD_IDENTITY, "pods", "system:serviceaccount:shop:api", url=CLUSTER_ISSUER)
    draft.assign(guid("ops"), CONTRIBUTOR, CLUSTER)
    draft.assign(guid("id-pods"), OWNER, PROD)
    answer = asked(draft, "ops", PROD)
    assert answer.certain
    assert [edge for _, edge, _ in steps(answer)][-3:] == ["AKS-12", "AKS-12", "AUT-01"]


def test_a_cluster_with_another_issuer_does_not(draft) -> None:
    draft.application("ops")
    draft.managed_identity(POD_IDENTITY)
    draft.resource(CLUSTER, oidcIssuerProfile={"enabled": True, "issuerURL": CLUSTER_ISSUER.replace("dddd", "eeee")})
    draft.trust(POD_IDENTITY, "pods", "system:serviceaccount:shop:api", url=CLUSTER_ISSUER)
    draft.assign(guid("ops"), CONTRIBUTOR, CLUSTER)
    draft.assign(guid("id-pods"), OWNER, PROD)
    assert not asked(draft, "ops", PROD).possible


def test_a_managed_identity_that_an_application_trusts_becomes_it(draft) -> None:
    draft.managed_identity(POD_IDENTITY)
    draft.application("bridge")
    draft.trust("bridge", "mi", guid("id-pods"), url=ENTRA)
    draft.assign(guid("bridge"), OWNER, DEV)
    answer = asked(draft, "id-pods", DEV)
    assert answer.certain
    assert [edge for _, edge, _ in steps(answer)] == ["DEV-06", "DEV-06", "AUT-01"]


def test_an_expression_that_cannot_be_read_makes_a_path_possible_and_no_more(draft) -> None:
    draft.application("ci")
    draft.trust("ci", "odd", None, expression="claims['sub'] like 'repo:*'")
    draft.assign(guid("ci"), OWNER, DEV)
    answer = asked(draft, f"subject:{GITHUB}", DEV)
    assert (answer.certain, answer.possible) == (False, True)
    assert [hop.certain for hop in answer.paths[0].hops] == [False, True]


def test_an_unread_list_of_credentials_makes_a_path_possible_and_says_which(draft) -> None:
    draft.managed_identity(POD_IDENTITY)
    draft.application("ci")
    draft.assign(guid("ci"), OWNER, DEV)
    assert not asked(draft, "id-pods", DEV).possible
    del draft.lists["graph/applicationFederatedIdentityCredentials"]
    answer = asked(draft, "id-pods", DEV)
    assert (answer.certain, answer.possible) == (False, True)
    assert [gap.api for gap in answer.unread] == ["graph/applicationFederatedIdentityCredentials"]
