"""Who is in the directory, as Resource Manager sees it; service principals made for managed identities.

>>> Principal("1", "User", "Ada", None).kind
'User'
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from remit_sim.arm import moments
from remit_sim.tenant import Fields, SimTenant

_LISTS = {"User": "graph/users", "Group": "graph/groups", "ServicePrincipal": "graph/servicePrincipals"}


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody that a role can be assigned to.

    Attributes:
        object_id: as the directory writes it.
        kind: `User`, `Group` or `ServicePrincipal`.
        display_name: "" where the directory says none.
        email: of a user, else None.
    """

    object_id: str
    kind: str
    display_name: str
    email: str | None


def find(tenant: SimTenant, object_id: str) -> Principal | None:
    """Return the principal of an object id, None where the directory has none."""
    for kind, list_name in _LISTS.items():
        fields = tenant.table(list_name).fields(object_id.lower())
        if fields is not None:
            email = fields.get("mail") or fields.get("userPrincipalName")
            return Principal(fields["id"], kind, fields.get("displayName") or "", email)
    return None


def add_managed_identity(tenant: SimTenant, resource_id: str, *, explicit: bool) -> tuple[str, str]:
    """Make the service principal of a managed identity; return its object id and its client id.

    Args:
        tenant: gets it.
        resource_id: of the user-assigned identity, or of the resource whose system-assigned identity it is.
        explicit: whether it is user-assigned.
    """
    number = len(tenant.changes)
    object_id = moments.new_id(tenant, "principal", number, resource_id)
    client_id = moments.new_id(tenant, "client", number, resource_id)
    row: Fields = {
        "id": object_id,
        "appId": client_id,
        "displayName": resource_id.rpartition("/")[2],
        "servicePrincipalType": "ManagedIdentity",
        "accountEnabled": True,
        "appOwnerOrganizationId": None,
        "alternativeNames": [f"isExplicit={explicit}", resource_id],
        "tags": [],
        "appRoles": [],
        "keyCredentials": [],
        "passwordCredentials": [],
    }
    tenant.put("graph/servicePrincipals", msgspec.json.encode(row))
    return object_id, client_id


def remove_managed_identity(tenant: SimTenant, object_id: str) -> None:
    """Take the service principal of a managed identity away; its role assignments stay, as in Azure."""
    tenant.remove("graph/servicePrincipals", object_id)
