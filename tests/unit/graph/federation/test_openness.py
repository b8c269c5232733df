"""Who can come by a subject."""

from __future__ import annotations

import pytest

from remit.graph.federation.openness import Repositories, Width, weaknesses
from remit.graph.federation.trusts import trust_of

GITHUB = "https://token.actions.githubusercontent.com"
EXCHANGE = "api://AzureADTokenExchange"
KNOWN = Repositories.of(["contoso/site  # the shop", "", "# nothing", "contoso/flows.git"])


def found(subject="", expression="", *, url=GITHUB, audiences=EXCHANGE, repositories=KNOWN) -> list[str]:
    trust = trust_of(0, url, subject, expression, audiences)
    return [one.kind for one in weaknesses(trust.subject, trust.demands, trust.audiences, repositories)]


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("repo:contoso/site:ref:refs/heads/main", []),
        ("repo:contoso/site:environment:prod", []),
        ("repo:contoso/site:pull_request", ["pullRequest"]),
        ("repo:contoso/gone:environment:prod", ["removedRepository"]),
        ("repo:fabrikam/site:environment:prod", ["repositoryNotSeen"]),
        ("repo:contoso@1/gone@2:environment:prod", []),
        ("repository_owner:contoso", ["customSubject"]),
    ],
)
def test_a_subject_of_github_word_for_word(subject, expected) -> None:
    assert found(subject) == expected


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("repo:contoso/site:ref:refs/heads/*", ["wildcardBranch"]),
        ("repo:contoso/site:ref:refs/heads/release/*", ["wildcardBranch"]),
        ("repo:contoso/site:ref:refs/tags/v?", ["wildcardTag"]),
        ("repo:contoso/site:environment:*", ["wildcardEnvironment"]),
        ("repo:contoso/site:*", ["pullRequest", "wildcardBranch", "wildcardTag", "wildcardEnvironment"]),
        ("repo:contoso/site:pull*", ["pullRequest"]),
        ("repo:contoso/*:ref:refs/heads/main", ["anyRepository"]),
        ("repo:contoso/site*:ref:refs/heads/main", ["anyRepository"]),
        ("repo:contoso*", ["anyOwner"]),
        ("repo:*/site:ref:refs/heads/main", ["anyOwner"]),
        ("*", ["anyOwner"]),
        ("environment:*", ["customSubject"]),
    ],
)
def test_a_pattern_for_github(pattern, expected) -> None:
    assert found(expression=f"claims['sub'] matches '{pattern}'") == expected


def test_an_owner_may_be_followed_by_others_of_a_like_name() -> None:
    trust = trust_of(0, GITHUB, "", "claims['sub'] matches 'repo:contoso*'", EXCHANGE)
    (only,) = weaknesses(trust.subject, trust.demands, trust.audiences, KNOWN)
    assert only.width is Width.ANYBODY
    assert "begins with contoso" in only.detail


def test_a_workflow_demanded_besides_is_told() -> None:
    expression = "claims['sub'] matches 'repo:contoso/*' and claims['job_workflow_ref'] eq 'contoso/flows/w.yml@main'"
    trust = trust_of(0, GITHUB, "", expression, EXCHANGE)
    (only,) = weaknesses(trust.subject, trust.demands, trust.audiences, KNOWN)
    assert only.kind == "anyRepository"
    assert "contoso/flows/w.yml@main" in only.detail


def test_without_a_list_it_is_unknown_whether_a_repository_exists() -> None:
    trust = trust_of(0, GITHUB, "repo:contoso/site:environment:prod", "", EXCHANGE)
    (only,) = weaknesses(trust.subject, trust.demands, trust.audiences)
    assert (only.kind, only.width, only.certain) == ("repositoryNotSeen", Width.UNKNOWN, False)


@pytest.mark.parametrize(
    ("url", "pattern", "expected"),
    [
        ("https://gitlab.com", "project_path:contoso/site:ref_type:branch:ref:main", []),
        ("https://gitlab.com", "project_path:contoso/site:ref_type:branch:ref:*", ["wildcardBranch"]),
        ("https://gitlab.com", "project_path:contoso/*:ref_type:branch:ref:main", ["anyRepository"]),
        ("https://gitlab.com", "project_path:*", ["anyOwner"]),
        ("https://app.terraform.io", "organization:c:project:p:workspace:w:run_phase:apply", []),
        ("https://app.terraform.io", "organization:c:project:p:workspace:w:run_phase:plan", ["planPhase"]),
        (
            "https://app.terraform.io",
            "organization:c:project:p:workspace:w:run_phase:*",
            ["wildcardBranch", "planPhase"],
        ),
        ("https://app.terraform.io", "organization:c:project:p:workspace:*:run_phase:apply", ["anyRepository"]),
        ("https://app.terraform.io", "organization:c*", ["anyOwner"]),
    ],
)
def test_other_forges(url, pattern, expected) -> None:
    assert found(expression=f"claims['sub'] matches '{pattern}'", url=url) == expected


def test_the_default_service_account_is_every_pod_that_names_none() -> None:
    cluster = "https://westeurope.oic.prod-aks.azure.com/a/b/"
    assert found("system:serviceaccount:shop:default", url=cluster) == ["defaultServiceAccount"]
    assert found("system:serviceaccount:shop:api", url=cluster) == []


@pytest.mark.parametrize(
    ("audiences", "expected"),
    [
        (EXCHANGE, []),
        (f"{EXCHANGE}China", []),
        ("https://github.com/contoso", ["otherAudience"]),
        (f"{EXCHANGE} sts.amazonaws.com", ["otherAudience"]),
        ("", ["noAudience"]),
    ],
)
def test_an_audience_of_another_service_takes_its_tokens(audiences, expected) -> None:
    assert found("repo:contoso/site:environment:prod", audiences=audiences) == expected


def test_what_cannot_be_read_is_unknown_and_nothing_else() -> None:
    assert found(expression="claims['sub'] like 'repo:*'") == ["unread"]
