"""The clouds, and the endpoints of each.

Rules kept here:

- An endpoint is `https://host[:port]` and nothing else: tokens go there.
- A named cloud brings all endpoints. An endpoint that is given, as an argument or in the environment, stands in place
  of the cloud's. Where only Resource Manager's is given, the others are what its `/metadata/endpoints` says.

    >>> cloud_of("AzureCloud").graph
    'https://graph.microsoft.com'
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from urllib.parse import urlsplit

import msgspec

from remit.model.errors import SettingsError, UnexpectedAnswerError

METADATA_PATH = "/metadata/endpoints?api-version=2022-09-01"
ARM_VARIABLE, GRAPH_VARIABLE, AUTHORITY_VARIABLE = "REMIT_ARM_ENDPOINT", "REMIT_GRAPH_ENDPOINT", "AZURE_AUTHORITY_HOST"
LOGS_VARIABLE = "REMIT_LOGS_ENDPOINT"


@dataclass(frozen=True, slots=True)
class Cloud:
    """Where Azure is.

    Attributes:
        name: AzureCloud, AzureUSGovernment or AzureChinaCloud.
        arm: Resource Manager, without a slash at the end.
        graph: Microsoft Graph, without version; "" while it is to be learned from Resource Manager.
        authority: where tokens come from; "" while it is to be learned.
        arm_scope: what a token for Resource Manager is asked for.
        graph_scope: what a token for Microsoft Graph is asked for.
        logs: the query API of Log Analytics; "" while it is to be learned.
        logs_scope: what a token for it is asked for.
        event_hubs: the end of the names of namespaces of Event Hubs.
        own_authority: the authority is none of Microsoft's; nobody there answers for others.
    """

    name: str
    arm: str
    graph: str
    authority: str
    arm_scope: str
    graph_scope: str
    logs: str
    logs_scope: str
    event_hubs: str
    own_authority: bool = False

    @property
    def is_known(self) -> bool:
        """Return whether nothing is left to be learned from Resource Manager."""
        return bool(self.graph and self.authority)


def _cloud(name: str, *, arm: str, graph: str, authority: str, logs: str, event_hubs: str) -> Cloud:
    return Cloud(
        name=name,
        arm=arm,
        graph=graph,
        authority=authority,
        arm_scope=f"{arm}/.default",
        graph_scope=f"{graph}/.default",
        logs=logs,
        logs_scope=f"{logs}/.default",
        event_hubs=event_hubs,
    )


CLOUDS: Mapping[str, Cloud] = MappingProxyType(
    {
        cloud.name: cloud
        for cloud in (
            _cloud(
                "AzureCloud",
                arm="https://management.azure.com",
                graph="https://graph.microsoft.com",
                authority="https://login.microsoftonline.com",
                logs="https://api.loganalytics.io",
                event_hubs="servicebus.windows.net",
            ),
            _cloud(
                "AzureUSGovernment",
                arm="https://management.usgovcloudapi.net",
                graph="https://graph.microsoft.us",
                authority="https://login.microsoftonline.us",
                logs="https://api.loganalytics.us",
                event_hubs="servicebus.usgovcloudapi.net",
            ),
            _cloud(
                "AzureChinaCloud",
                arm="https://management.chinacloudapi.cn",
                graph="https://microsoftgraph.chinacloudapi.cn",
                authority="https://login.chinacloudapi.cn",
                logs="https://api.loganalytics.azure.cn",
                event_hubs="servicebus.chinacloudapi.cn",
            ),
        )
    }
)
"""Every cloud by its name."""

_AUTHORITIES = frozenset(cloud.authority for cloud in CLOUDS.values()) | {"https://login.partner.microsoftonline.cn"}


def cloud_of(
    name: str = "AzureCloud",
    *,
    arm: str = "",
    graph: str = "",
    authority: str = "",
    logs: str = "",
    environment: Mapping[str, str] = MappingProxyType({}),
) -> Cloud:
    """Return the cloud of a name with the endpoints that were given in place of its own.

    Args:
        name: one of `CLOUDS`, in any letter case.
        arm: Resource Manager, for example of a private cloud.
        graph: Microsoft Graph.
        authority: where tokens come from; may lack `https://`, as azure-identity allows.
        logs: the query API of Log Analytics.
        environment: what stands in for arguments that are "": `REMIT_ARM_ENDPOINT`, `REMIT_GRAPH_ENDPOINT`,
            `AZURE_AUTHORITY_HOST`, `REMIT_LOGS_ENDPOINT`.

    Raises:
        SettingsError: no such cloud, or an endpoint that is not `https://host[:port]`.
    """
    known = {key.lower(): cloud for key, cloud in CLOUDS.items()}.get(name.lower())
    if known is None:
        raise SettingsError(f"no cloud `{name}`", hint=f"name one of {', '.join(CLOUDS)}")
    arm = arm or environment.get(ARM_VARIABLE, "")
    graph = graph or environment.get(GRAPH_VARIABLE, "")
    authority = authority or environment.get(AUTHORITY_VARIABLE, "")
    logs = logs or environment.get(LOGS_VARIABLE, "")
    if authority and "://" not in authority:
        authority = f"https://{authority}"
    given = replace(
        known,
        arm=_endpoint(arm, "Resource Manager") if arm else known.arm,
        # Resource Manager elsewhere has its directory elsewhere, too: the cloud's own would be the wrong one.
        graph=_endpoint(graph, "Microsoft Graph") if graph else "" if arm else known.graph,
        authority=_endpoint(authority, "the authority") if authority else "" if arm else known.authority,
        logs=_endpoint(logs, "Log Analytics") if logs else "" if arm else known.logs,
    )
    return replace(given, own_authority=bool(given.authority) and given.authority not in _AUTHORITIES)


def learned(cloud: Cloud, document: bytes) -> Cloud:
    """Return a cloud completed by what Resource Manager says at `METADATA_PATH`.

    Endpoints that were given stay.

    Raises:
        UnexpectedAnswerError: the document does not say what is missing.
    """
    try:
        said = _METADATA.decode(document)
        graph = cloud.graph or _endpoint(said.microsoft_graph_resource_id, "Microsoft Graph")
        authority = cloud.authority or _endpoint(said.authentication.login_endpoint, "the authority")
    except (msgspec.MsgspecError, SettingsError, UnicodeDecodeError) as error:
        raise UnexpectedAnswerError("arm/metadata", "does not name the endpoints of its cloud") from error
    audience = next(iter(said.authentication.audiences), "")
    logs = said.log_analytics_resource_id.rstrip("/")
    return replace(
        cloud,
        graph=graph,
        authority=authority,
        arm_scope=f"{audience.rstrip('/')}/.default" if audience else cloud.arm_scope,
        graph_scope=f"{said.microsoft_graph_resource_id.rstrip('/')}/.default",
        logs=cloud.logs or (logs if not _wrong(logs) else ""),
        logs_scope=f"{logs}/.default" if logs else cloud.logs_scope,
        own_authority=authority not in _AUTHORITIES,
    )


class _Authentication(msgspec.Struct, rename="camel"):
    login_endpoint: str
    audiences: list[str] = msgspec.field(default_factory=list)


class _Metadata(msgspec.Struct, rename="camel"):
    authentication: _Authentication
    microsoft_graph_resource_id: str
    log_analytics_resource_id: str = ""


_METADATA = msgspec.json.Decoder(_Metadata)


def _endpoint(text: str, what: str) -> str:
    why = _wrong(text)
    if why:
        raise SettingsError(f"the endpoint of {what} {why}", hint="write https://host or https://host:port")
    parts = urlsplit(text)
    return f"https://{parts.netloc.lower()}"


def _wrong(text: str) -> str:
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return "is no address"
    if parts.scheme.lower() != "https":
        return "is not https: tokens are sent only over TLS"
    if not parts.hostname or not text.isprintable():
        return "names no host"
    if parts.username is not None or parts.password is not None or "@" in parts.netloc:
        return "must not hold a user name or password"
    if parts.path.strip("/") or parts.query or parts.fragment:
        return "must not go on after the host"
    return ""
