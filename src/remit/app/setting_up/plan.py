"""What a setup will make, before anything is made: pure values, the same for the same choices.

Ids are computed, not drawn: the mark and the GUIDs of role and assignment follow from tenant, name and scope. So a
setup whose record was lost finds what it made, and running it twice makes nothing new.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID, uuid5

from remit.app.setting_up.needs import ARM, EVERY_READ, Need, graph_permissions, role_actions

MANAGEMENT_GROUPS = "/providers/Microsoft.Management/managementGroups/"
_NAMES = UUID("5f1f7a0e-7f3c-5d6b-9d53-2b6c8d0f4e11")


class Credential(StrEnum):
    """How an application signs in; the first two leave no secret with anybody."""

    CERTIFICATE = "certificate"
    FEDERATED = "federated"
    SECRET = "secret"  # noqa: S105 - the name of a choice


@dataclass(frozen=True, slots=True)
class ApplicationChoice:
    """An app registration.

    Attributes:
        credential: how it signs in.
        file: where the private key or the secret is written.
        issuer, subject: of the outside token; "" unless federated.
    """

    credential: Credential
    file: str
    issuer: str = ""
    subject: str = ""


@dataclass(frozen=True, slots=True)
class ManagedIdentityChoice:
    """A user-assigned managed identity."""

    subscription: str
    resource_group: str
    location: str


@dataclass(frozen=True, slots=True)
class SetupPlan:
    """Everything that a setup makes.

    Attributes:
        name: of the application or managed identity, and of the custom role.
        tenant_id: lower case.
        cloud: AzureCloud, AzureUSGovernment or AzureChinaCloud.
        scope: where the role is assigned: a management group or a subscription.
        identity: what signs in.
        lists: chosen lists, sorted.
        needs: what the lists need, sorted.
    """

    name: str
    tenant_id: str
    cloud: str
    scope: str
    identity: ApplicationChoice | ManagedIdentityChoice
    lists: Sequence[str]
    needs: Sequence[Need]

    @property
    def actions(self) -> tuple[str, ...]:
        """Return the actions of the custom role; () where no list needs one."""
        return role_actions(self.needs)

    @property
    def every_type(self) -> bool:
        """Tell whether resources of every type are read."""
        return EVERY_READ in self.actions

    @property
    def reads_azure(self) -> bool:
        """Tell whether any list needs a role in Azure."""
        return any(need.api == ARM for need in self.needs)

    @property
    def graph_permissions(self) -> tuple[str, ...]:
        """Return the application permissions of Microsoft Graph."""
        return graph_permissions(self.needs)

    @property
    def mark(self) -> str:
        """Return what tells the things of this setup from everybody else's."""
        return f"remit-setup-{uuid5(_NAMES, f'{self.tenant_id}/{self.name.lower()}')}"

    @property
    def role_id(self) -> str:
        """Return the GUID of the custom role."""
        return str(uuid5(_NAMES, f"{self.mark}/role{self.scope.lower()}"))

    def assignment_id(self, principal_id: str) -> str:
        """Return the GUID of the role's assignment to a principal."""
        return str(uuid5(_NAMES, f"{self.role_id}/assignment/{principal_id.lower()}"))

    @property
    def description(self) -> str:
        """Return what the custom role says of itself."""
        return "Reads what remit collect needs; made by remit setup azure."


def scope_of(text: str | None, tenant_id: str) -> str:
    """Return the scope that `--scope` names.

    Args:
        text: a whole scope, the GUID of a subscription, the name of a management group, or None for the tenant root
            management group, whose name is the tenant's id.
        tenant_id: of the tenant.
    """
    if text is None:
        return f"{MANAGEMENT_GROUPS}{tenant_id}"
    if text.startswith("/"):
        return text.rstrip("/")
    try:
        subscription = str(UUID(text))
    except ValueError:
        return f"{MANAGEMENT_GROUPS}{text}"
    return f"{MANAGEMENT_GROUPS}{text}" if subscription == tenant_id.lower() else f"/subscriptions/{text}"
