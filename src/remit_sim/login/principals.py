"""Who signs in: the service principal of a client id, and what Microsoft Graph lets it do."""

from __future__ import annotations

import msgspec

from remit_sim.graph_permissions import GRAPH_APP_ID, GRAPH_PERMISSIONS
from remit_sim.tenant import Fields, SimTenant


def service_principal(tenant: SimTenant, client_id: str) -> Fields | None:
    """Return the service principal of an application or managed identity, decoded."""
    found = tenant.table("graph/servicePrincipals").where("login:appId", _app_id, client_id.lower())
    return msgspec.json.decode(found[0][1]) if found else None


def application(tenant: SimTenant, client_id: str) -> Fields | None:
    """Return the application of a client id, decoded."""
    found = tenant.table("graph/applications").where("login:appId", _app_id, client_id.lower())
    return msgspec.json.decode(found[0][1]) if found else None


def graph_roles(tenant: SimTenant, object_id: str) -> frozenset[str]:
    """Return the names of the application permissions that a service principal has on Microsoft Graph."""
    graph = service_principal(tenant, GRAPH_APP_ID)
    if graph is None:
        return frozenset()
    names = dict(GRAPH_PERMISSIONS)
    names |= {str(role.get("id")).lower(): str(role.get("value")) for role in graph.get("appRoles") or ()}
    table = tenant.table("graph/appRoleAssignments")
    held = [msgspec.json.decode(row) for _, row in table.where("login:principal", _principal, object_id.lower())]
    ids = [str(one.get("appRoleId")).lower() for one in held if _is(one.get("resourceId"), graph["id"])]
    return frozenset(names[one] for one in ids if one in names)


def _is(left: object, right: object) -> bool:
    return str(left).lower() == str(right).lower()


def _app_id(row: Fields) -> str:
    return str(row.get("appId", "")).lower()


def _principal(row: Fields) -> str:
    return str(row.get("principalId", "")).lower()
