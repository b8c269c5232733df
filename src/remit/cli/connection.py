"""The options that say how Azure is reached and who signs in: the same for every command that calls it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

if TYPE_CHECKING:
    from remit.bootstrap.connecting import Connection

CloudName = Literal["AzureCloud", "AzureUSGovernment", "AzureChinaCloud"]
AuthKind = Literal["default", "secret", "certificate", "workload", "managed", "cli"]


@Parameter(name="*")
@dataclass(frozen=True, slots=True)
class ConnectionOptions:
    """How Azure is reached and who signs in."""

    cloud: Annotated[CloudName, Parameter(help="Which Azure.")] = "AzureCloud"
    auth: Annotated[AuthKind, Parameter(help="How to sign in.")] = "default"
    tenant_id: Annotated[str, Parameter(help="Tenant. [default: AZURE_TENANT_ID]", show_default=False)] = ""
    client_id: Annotated[str, Parameter(help="Application. [default: AZURE_CLIENT_ID]", show_default=False)] = ""
    certificate: Annotated[
        Path | None, Parameter(help="Certificate with key. [default: AZURE_CLIENT_CERTIFICATE_PATH]")
    ] = None
    token_file: Annotated[Path | None, Parameter(help="Federated token. [default: AZURE_FEDERATED_TOKEN_FILE]")] = None
    arm_endpoint: Annotated[str, Parameter(help="Resource Manager elsewhere.", show_default=False)] = ""
    graph_endpoint: Annotated[str, Parameter(help="Microsoft Graph elsewhere.", show_default=False)] = ""
    authority: Annotated[str, Parameter(help="Where tokens come from elsewhere.", show_default=False)] = ""
    ca_file: Annotated[Path | None, Parameter(help="Certificate authorities to trust. [default: REMIT_CA_FILE]")] = None

    def connection(self) -> Connection:
        """Return what the options say."""
        from remit.bootstrap.connecting import Connection

        return Connection(
            self.cloud,
            self.arm_endpoint,
            self.graph_endpoint,
            self.authority,
            self.auth,
            self.tenant_id,
            self.client_id,
            self.certificate,
            self.token_file,
            self.ca_file,
        )


HERE = ConnectionOptions()
"""What the environment says."""
