"""What sort of subject it is, told by issuer and text."""

import pytest

from remit.graph.federation.issuers import IssuerKind, issuer_key, issuer_of
from remit.graph.federation.subjects import Subject, SubjectKind, subject_of

TENANT = "11111111-0000-4000-8000-000000000001"
OTHER = "22222222-0000-4000-8000-000000000002"
GITHUB = "https://token.actions.githubusercontent.com"
IDENTITY = "33333333-0000-4000-8000-000000000003"


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        (GITHUB, IssuerKind.GITHUB),
        (f"{GITHUB}/contoso-enterprise", IssuerKind.GITHUB),
        ("https://token.actions.contoso.ghe.com", IssuerKind.GITHUB),
        ("https://git.contoso.example/_services/token", IssuerKind.GITHUB),
        ("https://gitlab.com", IssuerKind.GITLAB),
        ("https://gitlab.contoso.example", IssuerKind.GITLAB),
        (f"https://vstoken.dev.azure.com/{OTHER}", IssuerKind.AZURE_DEVOPS),
        ("https://app.terraform.io", IssuerKind.TERRAFORM),
        (f"https://westeurope.oic.prod-aks.azure.com/{TENANT}/{OTHER}/", IssuerKind.AZURE_KUBERNETES),
        (f"https://oidc.prod-aks.azure.com/{TENANT}/{OTHER}", IssuerKind.AZURE_KUBERNETES),
        ("https://oidc.eks.eu-west-1.amazonaws.com/id/ABC", IssuerKind.KUBERNETES),
        ("https://container.googleapis.com/v1/projects/p/locations/l/clusters/c", IssuerKind.KUBERNETES),
        (f"https://login.microsoftonline.com/{TENANT}/v2.0", IssuerKind.ENTRA),
        (f"https://sts.windows.net/{TENANT}/", IssuerKind.ENTRA),
        ("https://login.microsoftonline.com/common/v2.0", IssuerKind.OTHER),
        ("https://accounts.google.com", IssuerKind.OTHER_CLOUD),
        ("https://0a1b.tokens.sts.global.api.aws", IssuerKind.OTHER_CLOUD),
        ("https://issuer.example", IssuerKind.OTHER),
        ("https://token.actions.githubusercontent.com.evil.example", IssuerKind.OTHER),
        ("http://token.actions.githubusercontent.com", IssuerKind.OTHER),
        ("", IssuerKind.OTHER),
    ],
)
def test_an_issuer_is_told_by_its_host_and_path(url, kind) -> None:
    assert issuer_of(url).kind is kind


def test_expressions_are_documented_for_some_issuers_only() -> None:
    assert issuer_of(GITHUB).flexible
    assert not issuer_of(f"{GITHUB}/contoso-enterprise").flexible
    assert not issuer_of("https://issuer.example").flexible


def test_issuers_compare_without_a_final_slash() -> None:
    assert issuer_key("https://Issuer.example/a/ ") == issuer_key("https://issuer.example/a")


@pytest.mark.parametrize(
    ("url", "text", "expected"),
    [
        (
            GITHUB,
            "repo:contoso/site:environment:prod",
            Subject(SubjectKind.GITHUB, "contoso", "contoso/site", "environment:prod", "prod"),
        ),
        (
            GITHUB,
            "repo:contoso@12/site@34:ref:refs/heads/main",
            Subject(SubjectKind.GITHUB, "contoso", "contoso/site", "ref:refs/heads/main", "", immutable=True),
        ),
        (
            GITHUB,
            "repo:contoso/*:environment:*",
            Subject(SubjectKind.GITHUB, "contoso", "", "environment:*"),
        ),
        (GITHUB, "job_workflow_ref:x", Subject(SubjectKind.GITHUB, context="job_workflow_ref:x")),
        (
            "https://gitlab.com",
            "project_path:contoso/shop/site:ref_type:branch:ref:main",
            Subject(SubjectKind.GITLAB, "contoso", "contoso/shop/site", "ref_type:branch:ref:main"),
        ),
        (
            "https://app.terraform.io",
            "organization:contoso:project:net:workspace:hub:run_phase:apply",
            Subject(SubjectKind.TERRAFORM, "contoso", "contoso/net/hub", "run_phase:apply"),
        ),
        (
            f"https://vstoken.dev.azure.com/{OTHER}",
            "sc://contoso/shop/deploy-prod",
            Subject(SubjectKind.AZURE_DEVOPS, "contoso", "contoso/shop", "deploy-prod"),
        ),
        (
            f"https://login.microsoftonline.com/{TENANT}/v2.0",
            f"/eid1/c/pub/t/AAA/a/BBB/sc/{OTHER}/{IDENTITY}",
            Subject(SubjectKind.AZURE_DEVOPS, OTHER, OTHER, IDENTITY),
        ),
        (
            f"https://westeurope.oic.prod-aks.azure.com/{TENANT}/{OTHER}/",
            "system:serviceaccount:shop:api",
            Subject(SubjectKind.SERVICE_ACCOUNT, "shop", "shop", "api"),
        ),
        (
            "https://oidc.contoso.example",
            "system:serviceaccount:shop:api",
            Subject(SubjectKind.SERVICE_ACCOUNT, "shop", "shop", "api"),
        ),
        (
            "https://spire.contoso.example",
            "spiffe://contoso.example/ns/shop",
            Subject(SubjectKind.SPIFFE, "contoso.example", "contoso.example", "/ns/shop"),
        ),
        (
            f"https://login.microsoftonline.com/{TENANT}/v2.0",
            IDENTITY,
            Subject(SubjectKind.OWN_IDENTITY, TENANT, TENANT, IDENTITY),
        ),
        (
            f"https://login.microsoftonline.com/{OTHER}/v2.0",
            IDENTITY,
            Subject(SubjectKind.OTHER_TENANT, OTHER, OTHER, IDENTITY),
        ),
        ("https://accounts.google.com", "1234", Subject(SubjectKind.OTHER_CLOUD, context="1234")),
        ("https://issuer.example", "s", Subject(SubjectKind.UNKNOWN, context="s")),
    ],
)
def test_a_subject_is_taken_apart(url, text, expected) -> None:
    assert subject_of(issuer_of(url), text, TENANT) == expected
