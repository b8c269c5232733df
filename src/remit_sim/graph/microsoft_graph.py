"""The service principal of Microsoft Graph, on which application permissions are granted.

    >>> from datetime import UTC, datetime
    >>> from remit_sim.clock import SimClock
    >>> tenant = SimTenant("00000000-0000-0000-0000-000000000001", SimClock(datetime(2026, 11, 1, tzinfo=UTC)))
    >>> msgspec.json.decode(find(tenant))["displayName"], len(tenant.table("graph/servicePrincipals"))
    ('Microsoft Graph', 0)

Every real tenant has this service principal; an export need not. Where it has none, a made one answers look-ups by id
and by application id, but stands in no list, so that what is collected is what was loaded. It joins the list once
somebody is granted one of its permissions: from then on the tenant tells of it.
"""

from __future__ import annotations

from uuid import NAMESPACE_URL, uuid5

import msgspec

from remit_sim.graph_permissions import GRAPH_APP_ID, GRAPH_PERMISSIONS
from remit_sim.tenant import Fields, Row, SimTenant

MICROSOFT_TENANT = "f8cdef31-a31e-4b4a-93e4-5f571e91255a"
"""Tenant that owns Microsoft's own applications."""

_LIST = "graph/servicePrincipals"


def app_id_of(service_principal: Fields) -> str:
    """Return the lower-case application id of a service principal or application, "" where it has none."""
    return str(service_principal.get("appId") or "").lower()


def find(tenant: SimTenant) -> Row:
    """Return the service principal of Microsoft Graph: the tenant's own, else the made one."""
    own = tenant.table(_LIST).where("graph:app", app_id_of, GRAPH_APP_ID)
    return own[0][1] if own else _made(tenant)


def made_id(tenant: SimTenant) -> str:
    """Return the object id that the made service principal has in a tenant, lower case."""
    return str(uuid5(NAMESPACE_URL, f"{tenant.tenant_id}/{GRAPH_APP_ID}"))


def is_listed(tenant: SimTenant) -> bool:
    """Return whether the tenant's list has the service principal of Microsoft Graph."""
    return bool(tenant.table(_LIST).where("graph:app", app_id_of, GRAPH_APP_ID))


def ensure_listed(tenant: SimTenant) -> None:
    """Let the tenant tell of Microsoft Graph from now on, if it did not yet."""
    if not is_listed(tenant):
        tenant.put(_LIST, _made(tenant))


def _made(tenant: SimTenant) -> Row:
    fields = {
        "id": made_id(tenant),
        "appId": GRAPH_APP_ID,
        "displayName": "Microsoft Graph",
        "servicePrincipalType": "Application",
        "accountEnabled": True,
        "appOwnerOrganizationId": MICROSOFT_TENANT,
        "alternativeNames": [],
        "tags": [],
        "appRoles": [_app_role(name, app_role) for app_role, name in GRAPH_PERMISSIONS.items()],
        "keyCredentials": [],
        "passwordCredentials": [],
    }
    return msgspec.json.encode(fields)


def _app_role(name: str, app_role: str) -> Fields:
    return {
        "allowedMemberTypes": ["Application"],
        "description": name,
        "displayName": name,
        "id": app_role,
        "isEnabled": True,
        "origin": "Application",
        "value": name,
    }
