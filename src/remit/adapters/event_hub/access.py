"""Where an Event Hub is reached by Kafka, and with what.

Rules kept here:

- A namespace is reached over TLS, and signed in to with its connection string, which stands in an environment variable,
  or with a token of Entra ID. What is signed in with is in no text that an error or a person gets.
- Another endpoint can be named: an emulator on this machine is spoken to without TLS, any other host is not.

    >>> hub_of("telemetry/insights", suffix="servicebus.windows.net").bootstrap
    'telemetry.servicebus.windows.net:9093'
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from remit.model.errors import InputError, SettingsError

PORT = 9093
CONNECTION_VARIABLE = "REMIT_EVENT_HUB_CONNECTION"
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,254}[A-Za-z0-9])?")
_HOST_PORT = re.compile(r"(\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+):(\d{1,5})")
_THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "[::1]"})


@dataclass(frozen=True, slots=True)
class Hub:
    """An Event Hub.

    Attributes:
        host: of its namespace, lower case.
        name: as Azure has it, lower case: Event Hubs knows no letter case.
        endpoint: `host:port` of its Kafka endpoint where that is not the namespace's own, else "".
    """

    host: str
    name: str
    endpoint: str = ""

    @property
    def bootstrap(self) -> str:
        """Return where Kafka is spoken."""
        return self.endpoint or f"{self.host}:{PORT}"

    @property
    def is_here(self) -> bool:
        """Return whether the endpoint is on this machine, where no TLS is spoken."""
        return bool(self.endpoint) and self.endpoint.rpartition(":")[0].lower() in _THIS_MACHINE

    @property
    def token_scope(self) -> str:
        """Return what a token is asked for."""
        return f"https://{self.host}/.default"


@dataclass(frozen=True, slots=True)
class Access:
    """What is signed in with: a connection string, else tokens, else (on this machine only) nothing.

    Attributes:
        connection: the connection string.
        token: gives a token and the second since 1970 at which it ends; may raise a `CollectionError`.
        ca_file: certificate authorities to trust, None for those of the machine.
    """

    connection: str = field(default="", repr=False)
    token: Callable[[], tuple[str, float]] | None = None
    ca_file: Path | None = None


def hub_of(text: str, *, suffix: str, endpoint: str = "") -> Hub:
    """Return the Event Hub that `NAMESPACE/HUB` names; the namespace by its name or its whole host.

    Args:
        text: what was given.
        suffix: of the hosts of the cloud's namespaces, for example `servicebus.windows.net`.
        endpoint: another Kafka endpoint, `host:port`.

    Raises:
        InputError: it is no such name.
        SettingsError: the endpoint is none.
    """
    namespace, slash, name = text.strip().partition("/")
    if not slash or not _NAME.fullmatch(namespace) or not _NAME.fullmatch(name):
        raise InputError(f"`{text}` is no Event Hub", hint="write NAMESPACE/HUB, for example telemetry/insights-logs")
    if endpoint and not _HOST_PORT.fullmatch(endpoint):
        raise SettingsError("the Kafka endpoint is no address", hint="write host:port")
    host = namespace if "." in namespace else f"{namespace}.{suffix}"
    return Hub(host.lower(), name.lower(), endpoint)


def checked(connection: str, hub: Hub) -> str:
    """Return a connection string that is one, and of this namespace.

    Raises:
        SettingsError: it is none, or another namespace's or hub's; the text itself is not repeated.
    """
    fields = {
        name.strip().lower(): value.strip()
        for name, equals, value in (part.partition("=") for part in connection.split(";"))
        if equals
    }
    has_key = "sharedaccesskey" in fields or "sharedaccesssignature" in fields
    if not fields.get("endpoint", "").lower().startswith("sb://") or not has_key:
        raise SettingsError(
            f"{CONNECTION_VARIABLE} holds no connection string",
            hint="it begins with Endpoint=sb:// and holds a SharedAccessKey",
        )
    host = fields["endpoint"][len("sb://") :].strip("/").lower()
    if not hub.endpoint and host != hub.host:
        raise SettingsError(f"{CONNECTION_VARIABLE} is for another namespace than `{hub.host}`")
    if fields.get("entitypath", hub.name).lower() != hub.name:
        raise SettingsError(f"{CONNECTION_VARIABLE} is for another Event Hub than `{hub.name}`")
    return connection.strip()


def security(hub: Hub, access: Access) -> Mapping[str, Any]:
    """Return the settings of librdkafka for encryption and signing in, tokens aside.

    Raises:
        SettingsError: there is nothing to sign in with.
    """
    wire = "PLAINTEXT" if hub.is_here else "SSL"
    trusted = {"ssl.ca.location": str(access.ca_file)} if access.ca_file else {}
    if access.connection:
        return {
            **trusted,
            "security.protocol": f"SASL_{wire}",
            "sasl.mechanism": "PLAIN",
            "sasl.username": "$ConnectionString",
            "sasl.password": checked(access.connection, hub),
        }
    if access.token is not None:
        return {**trusted, "security.protocol": f"SASL_{wire}", "sasl.mechanism": "OAUTHBEARER"}
    if hub.is_here:
        return {"security.protocol": wire}
    raise SettingsError("there is nothing to sign in to the Event Hub with", hint=f"set {CONNECTION_VARIABLE}")
