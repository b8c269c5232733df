"""Who issues the tokens: told by the issuer's URL, with the tenant, organisation or cluster that stands in it.

>>> issuer_of("https://token.actions.githubusercontent.com").kind
<IssuerKind.GITHUB: 'github'>
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import StrEnum

from msgspec import Struct


class IssuerKind(StrEnum):
    """What sort of issuer it is."""

    GITHUB = "github"
    GITLAB = "gitlab"
    AZURE_DEVOPS = "azureDevOps"
    TERRAFORM = "terraform"
    KUBERNETES = "kubernetes"
    AZURE_KUBERNETES = "azureKubernetes"
    """A cluster that Azure runs or Arc connects; the issuer is Microsoft's."""
    ENTRA = "entra"
    """A tenant of Entra: its managed identities, and service connections of Azure DevOps."""
    OTHER_CLOUD = "otherCloud"
    OTHER = "other"


class Issuer(Struct, frozen=True, gc=False):
    """An issuer.

    Attributes:
        kind: what sort it is.
        tenant: lower-case id of the Entra tenant that stands in the URL, "" where none does.
        flexible: Entra compares expressions for this issuer.
        claims: the claims that such expressions may name.
    """

    kind: IssuerKind
    tenant: str = ""
    flexible: bool = False
    claims: tuple[str, ...] = ("sub",)


_URL = re.compile(r"https://(?P<host>[^/?#\s]+)(?P<path>/[^?#\s]*)?", re.ASCII | re.IGNORECASE)
_GUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_TENANT = re.compile(rf"/({_GUID})(?:/v2\.0)?/?", re.ASCII | re.IGNORECASE)
_CLUSTER = re.compile(rf"/({_GUID})/{_GUID}/?", re.ASCII | re.IGNORECASE)
_GITHUB_HOST = "token.actions.githubusercontent.com"
_ENTRA_HOSTS = (
    "login.microsoftonline.com",
    "login.microsoftonline.us",
    "login.partner.microsoftonline.cn",
    "login.chinacloudapi.cn",
    "sts.windows.net",
    "sts.chinacloudapi.cn",
)
_CLUSTER_MARKS = (".oic.prod-aks.azure.", ".oic.prod-arc.azure.", "oidc.prod-aks.azure.")
_CLOUD_MARKS = (
    ("accounts.google.com", ""),
    ("cognito-identity.amazonaws.com", ""),
    ("sts.amazonaws.com", ""),
    ("", ".tokens.sts.global.api.aws"),
)


def issuer_key(text: str) -> str:
    """Return how an issuer is compared with what a cluster says of itself: without a final slash.

    Entra compares word for word; clusters and credentials are written by people, who leave the slash out or add it.
    """
    return text.strip().rstrip("/").lower()


def issuer_of(text: str) -> Issuer:
    """Say what sort of issuer a URL names; `OTHER` for what is not known."""
    found = _URL.fullmatch(text.strip())
    if found is None:
        return Issuer(IssuerKind.OTHER)
    host, path = found["host"].lower(), found["path"] or ""
    for read in _READERS:
        issuer = read(host, path)
        if issuer is not None:
            return issuer
    return Issuer(IssuerKind.OTHER)


def _entra(host: str, path: str) -> Issuer | None:
    tenant = _TENANT.fullmatch(path)
    if host not in _ENTRA_HOSTS or tenant is None:
        return None
    return Issuer(IssuerKind.ENTRA, tenant[1].lower())


def _github(host: str, path: str) -> Issuer | None:
    claims = ("sub", "job_workflow_ref")
    if host == _GITHUB_HOST:
        # An enterprise may have an issuer of its own behind the same host; expressions are for the shared one.
        return Issuer(IssuerKind.GITHUB, flexible=path in ("", "/"), claims=claims)
    if host.startswith("token.actions.") and host.endswith(".ghe.com"):
        return Issuer(IssuerKind.GITHUB)
    if path.rstrip("/") == "/_services/token":
        return Issuer(IssuerKind.GITHUB)
    return None


def _gitlab(host: str, path: str) -> Issuer | None:
    del path
    if host == "gitlab.com" or host.startswith("gitlab."):
        return Issuer(IssuerKind.GITLAB, flexible=True)
    return None


def _devops(host: str, path: str) -> Issuer | None:
    del path
    return Issuer(IssuerKind.AZURE_DEVOPS) if host == "vstoken.dev.azure.com" else None


def _terraform(host: str, path: str) -> Issuer | None:
    del path
    if host in ("app.terraform.io", "app.eu.terraform.io"):
        return Issuer(IssuerKind.TERRAFORM, flexible=True)
    return None


def _cluster(host: str, path: str) -> Issuer | None:
    if any(mark in host for mark in _CLUSTER_MARKS):
        tenant = _CLUSTER.fullmatch(path)
        return Issuer(IssuerKind.AZURE_KUBERNETES, "" if tenant is None else tenant[1].lower())
    if host.startswith("oidc.eks.") or (host == "container.googleapis.com" and "/clusters/" in path):
        return Issuer(IssuerKind.KUBERNETES)
    return None


def _cloud(host: str, path: str) -> Issuer | None:
    del path
    known = any(host == whole or (end and host.endswith(end)) for whole, end in _CLOUD_MARKS)
    return Issuer(IssuerKind.OTHER_CLOUD) if known else None


_READERS: tuple[Callable[[str, str], Issuer | None], ...] = (
    _entra,
    _github,
    _gitlab,
    _devops,
    _terraform,
    _cluster,
    _cloud,
)
