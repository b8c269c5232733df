"""Builds the client with which Azure is called: which cloud, which credential, whose certificates are trusted.

What is not given is taken from the environment, as azure-identity and the Azure CLI do.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from remit.adapters.azure_client.clouds import Cloud
    from remit.adapters.azure_client.credentials import Credential, SignIn
    from remit.adapters.azure_client.http import AzureClient
    from remit.ports.clock import Clock

CA_VARIABLE = "REMIT_CA_FILE"


@dataclass(frozen=True, slots=True)
class Connection:
    """How Azure is reached.

    Attributes:
        cloud: AzureCloud, AzureUSGovernment or AzureChinaCloud.
        arm, graph, authority: endpoints in place of the cloud's; "" for `REMIT_ARM_ENDPOINT`, `REMIT_GRAPH_ENDPOINT`
            and `AZURE_AUTHORITY_HOST`, or else the cloud's.
        auth: one of `azure_client.credentials.KINDS`.
        tenant_id, client_id: "" for `AZURE_TENANT_ID`, `AZURE_CLIENT_ID`.
        certificate: PEM or PKCS#12 file; None for `AZURE_CLIENT_CERTIFICATE_PATH`.
        token_file: None for `AZURE_FEDERATED_TOKEN_FILE`.
        ca_file: certificate authorities to trust; None for `REMIT_CA_FILE`, or else those of the machine.
        environment: where the variables are.
    """

    cloud: str = "AzureCloud"
    arm: str = ""
    graph: str = ""
    authority: str = ""
    auth: str = "default"
    tenant_id: str = ""
    client_id: str = ""
    certificate: Path | None = None
    token_file: Path | None = None
    ca_file: Path | None = None
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)

    @property
    def told_tenant(self) -> str:
        """Return the tenant id that was given, lower case, "" where only the credential knows."""
        return (self.tenant_id or self.environment.get("AZURE_TENANT_ID", "")).lower()


def connect(connection: Connection, clock: Clock) -> AzureClient:
    """Return a client that has asked nobody yet; call its `learn` before anything else.

    Raises:
        SettingsError: what the way to sign in needs is missing, or an endpoint is none.
    """
    from remit.adapters.azure_client.credentials import Tokens, credential_of
    from remit.adapters.azure_client.http import AzureClient

    environment, ca_file, sign_in = connection.environment, ca_file_of(connection), sign_in_of(connection)

    def credential() -> Credential:
        # Where tokens come from may be known only after Resource Manager was asked.
        return credential_of(client.cloud, sign_in, ca_file=ca_file, environment=environment)()

    cloud = cloud_for(connection)
    # Whatever is missing is told now, not after the first call.
    credential_of(cloud, sign_in, ca_file=ca_file, environment=environment)
    client = AzureClient(cloud, Tokens(credential, clock, kind=sign_in.kind), ca_file=ca_file)
    return client


def credential_for(connection: Connection, clock: Clock) -> Callable[[], Credential]:
    """Return what makes the credential, for those that call something else than Azure's APIs with it.

    Raises:
        SettingsError: what the way to sign in needs is missing, or an endpoint is none.
        CollectionError: where tokens come from is to be learned, and cannot be.
    """
    from remit.adapters.azure_client.credentials import credential_of

    async def learned() -> Cloud:
        async with connect(connection, clock) as client:
            return await client.learn()

    cloud = cloud_for(connection)
    cloud = cloud if cloud.is_known else asyncio.run(learned())
    return credential_of(
        cloud, sign_in_of(connection), ca_file=ca_file_of(connection), environment=connection.environment
    )


def cloud_for(connection: Connection) -> Cloud:
    """Return the cloud with the endpoints that are named.

    Raises:
        SettingsError: there is no such cloud, or an endpoint is none.
    """
    from remit.adapters.azure_client.clouds import cloud_of

    return cloud_of(
        connection.cloud,
        arm=connection.arm,
        graph=connection.graph,
        authority=connection.authority,
        environment=connection.environment,
    )


def sign_in_of(connection: Connection) -> SignIn:
    """Return how it signs in."""
    from remit.adapters.azure_client.credentials import SignIn

    return SignIn(
        connection.auth, connection.tenant_id, connection.client_id, connection.certificate, connection.token_file
    )


def ca_file_of(connection: Connection) -> Path | None:
    """Return the file of the certificate authorities to trust, None for those of the machine."""
    named = connection.environment.get(CA_VARIABLE, "")
    return connection.ca_file or (Path(named) if named else None)
