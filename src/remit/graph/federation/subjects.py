"""What an outside subject is: a workflow of a repository, a service connection, a service account, an identity.

A subject may be a pattern; then what a wildcard may stand for is "" here, and `openness` says how wide it is.

>>> subject_of(issuer_of("https://token.actions.githubusercontent.com"), "repo:contoso/site:environment:prod").container
'contoso/site'
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from enum import StrEnum

from msgspec import Struct

from remit.graph.federation.issuers import Issuer, IssuerKind
from remit.graph.federation.wildcards import is_literal


class SubjectKind(StrEnum):
    """What sort of subject it is."""

    GITHUB = "github"
    GITLAB = "gitlab"
    AZURE_DEVOPS = "azureDevOps"
    TERRAFORM = "terraform"
    SERVICE_ACCOUNT = "serviceAccount"
    SPIFFE = "spiffe"
    OWN_IDENTITY = "ownIdentity"
    """A managed identity of this very tenant."""
    OTHER_TENANT = "otherTenant"
    """An identity of another tenant."""
    OTHER_CLOUD = "otherCloud"
    UNKNOWN = "unknown"


WORDS = {
    SubjectKind.GITHUB: "GitHub",
    SubjectKind.GITLAB: "GitLab",
    SubjectKind.AZURE_DEVOPS: "Azure DevOps",
    SubjectKind.TERRAFORM: "Terraform",
    SubjectKind.SERVICE_ACCOUNT: "Kubernetes",
    SubjectKind.SPIFFE: "SPIFFE",
    SubjectKind.OWN_IDENTITY: "managed identity",
    SubjectKind.OTHER_TENANT: "other tenant",
    SubjectKind.OTHER_CLOUD: "other cloud",
    SubjectKind.UNKNOWN: "unknown issuer",
}


class Subject(Struct, frozen=True, gc=False):
    """A subject, taken apart.

    Attributes:
        kind: what sort it is.
        owner: who rules over it: organisation, group, namespace, trust domain or tenant.
        container: what it runs in: `owner/repository`, project path, workspace, cluster's namespace.
        context: what it is bound to there: `environment:prod`, `ref:refs/heads/main`, `pull_request`, an account.
        environment: name of the environment that the subject itself names, "" for none.
        immutable: owner and repository stand with numbers that are never given again.
    """

    kind: SubjectKind
    owner: str = ""
    container: str = ""
    context: str = ""
    environment: str = ""
    immutable: bool = False


_GITHUB = re.compile(r"repo:(?P<owner>[^/:]+)/(?P<name>[^/:]+):(?P<context>.*)", re.DOTALL)
_NUMBERED = re.compile(r"(?P<name>.*)@[0-9]+", re.ASCII | re.DOTALL)
_GITLAB = re.compile(r"project_path:(?P<path>[^:]+):(?P<context>.*)", re.DOTALL)
_TERRAFORM = re.compile(
    r"organization:(?P<owner>[^:]*):project:(?P<project>[^:]*):workspace:(?P<space>[^:]*):(?P<context>run_phase:.*)",
    re.DOTALL,
)
_ACCOUNT = re.compile(r"system:serviceaccount:(?P<space>[^:]+):(?P<name>[^:]+)")
_CONNECTION = re.compile(r"sc://(?P<owner>[^/]+)/(?P<project>[^/]+)/(?P<name>.+)", re.DOTALL)
_ENTRA_CONNECTION = re.compile(r"/eid1/c/pub/t/[^/]+/a/[^/]+/sc/(?P<owner>[^/]+)/(?P<name>[^/]+)")
_SPIFFE = re.compile(r"spiffe://(?P<domain>[^/]+)(?P<path>/.*)?", re.DOTALL)
_ENVIRONMENT = re.compile(r"(?:.*:)?environment:(?P<name>[^:]+)(?::.*)?", re.DOTALL)


def subject_of(issuer: Issuer, pattern: str, tenant_id: str = "") -> Subject:
    """Say what sort of subject this is.

    Args:
        issuer: who vouches for it.
        pattern: the subject, or the narrowest pattern of it.
        tenant_id: of the tenant that was read, lower case.
    """
    if pattern.startswith("spiffe://"):
        return _spiffe(pattern)
    if issuer.kind is not IssuerKind.AZURE_DEVOPS and _ENTRA_CONNECTION.fullmatch(pattern):
        return _connection(pattern)
    if issuer.kind is IssuerKind.ENTRA:
        own = bool(tenant_id) and issuer.tenant == tenant_id
        kind = SubjectKind.OWN_IDENTITY if own else SubjectKind.OTHER_TENANT
        return Subject(kind, issuer.tenant, issuer.tenant, pattern)
    read = _READERS.get(issuer.kind)
    if read is None and _ACCOUNT.fullmatch(pattern):
        read = _account
    return Subject(SubjectKind.UNKNOWN, context=pattern) if read is None else read(pattern)


def _github(pattern: str) -> Subject:
    found = _GITHUB.fullmatch(pattern)
    if found is None:
        # An organisation may choose other claims for the subject: then who is behind it cannot be told from here.
        return Subject(SubjectKind.GITHUB, context=pattern)
    numbered = [_NUMBERED.fullmatch(found[part]) for part in ("owner", "name")]
    owner, name = (
        _known(number["name"] if number else found[part])
        for number, part in zip(numbered, ("owner", "name"), strict=True)
    )
    environment = _ENVIRONMENT.fullmatch(found["context"])
    return Subject(
        SubjectKind.GITHUB,
        owner,
        f"{owner}/{name}" if owner and name else "",
        found["context"],
        _known(environment["name"]) if environment else "",
        all(number is not None for number in numbered),
    )


def _terraform(pattern: str) -> Subject:
    found = _TERRAFORM.fullmatch(pattern)
    if found is None:
        return Subject(SubjectKind.TERRAFORM, context=pattern)
    owner, project, space = (_known(found[part]) for part in ("owner", "project", "space"))
    whole = f"{owner}/{project}/{space}" if owner and project and space else ""
    return Subject(SubjectKind.TERRAFORM, owner, whole, found["context"])


def _connection(pattern: str) -> Subject:
    found = _CONNECTION.fullmatch(pattern)
    if found is not None:
        owner, project = found["owner"], found["project"]
        return Subject(SubjectKind.AZURE_DEVOPS, owner, f"{owner}/{project}", found["name"])
    found = _ENTRA_CONNECTION.fullmatch(pattern)
    # Organisation and connection stand there as ids.
    owner, name = (found["owner"], found["name"]) if found else ("", pattern)
    return Subject(SubjectKind.AZURE_DEVOPS, owner, owner, name)


def _gitlab(pattern: str) -> Subject:
    found = _GITLAB.fullmatch(pattern)
    path = _known(found["path"]) if found else ""
    return Subject(SubjectKind.GITLAB, path.partition("/")[0], path, found["context"] if found else pattern)


def _account(pattern: str) -> Subject:
    found = _ACCOUNT.fullmatch(pattern)
    space, name = (found["space"], found["name"]) if found else ("", pattern)
    return Subject(SubjectKind.SERVICE_ACCOUNT, space, space, name)


def _spiffe(pattern: str) -> Subject:
    found = _SPIFFE.fullmatch(pattern)
    domain, path = (found["domain"], found["path"] or "") if found else ("", pattern)
    return Subject(SubjectKind.SPIFFE, domain, domain, path)


def _other_cloud(pattern: str) -> Subject:
    return Subject(SubjectKind.OTHER_CLOUD, context=pattern)


def _known(text: str) -> str:
    """Return a part of a subject, "" where a wildcard stands in it."""
    return text if is_literal(text) else ""


_READERS: Mapping[IssuerKind, Callable[[str], Subject]] = {
    IssuerKind.GITHUB: _github,
    IssuerKind.GITLAB: _gitlab,
    IssuerKind.TERRAFORM: _terraform,
    IssuerKind.AZURE_DEVOPS: _connection,
    IssuerKind.KUBERNETES: _account,
    IssuerKind.AZURE_KUBERNETES: _account,
    IssuerKind.OTHER_CLOUD: _other_cloud,
}
