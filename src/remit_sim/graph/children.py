"""Rows that belong to an object by an id of theirs: app role assignments, delegated grants, federated credentials.

    rows_of(tenant, "appRoleAssignedTo", "11111111-0000-0000-0000-000000000000")

A federated credential is kept with the id of its application in `parentId`; it is served without.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from remit_sim.graph.kinds import parent_of
from remit_sim.graph.rows import Indexed, Render, Rows, project, raw_fields
from remit_sim.tenant import Fields, Row, SimTenant


@dataclass(frozen=True, slots=True)
class Children:
    """Rows that belong to an object.

    Attributes:
        list_name: where they are kept.
        index: name of the index that finds them.
        parent: reads the lower-case id of the object from a row.
    """

    list_name: str
    index: str
    parent: Callable[[Fields], str]


def _named(name: str) -> Callable[[Fields], str]:
    return lambda fields: str(fields.get(name) or "").lower()


CHILDREN = {
    "appRoleAssignedTo": Children("graph/appRoleAssignments", "graph:resource", _named("resourceId")),
    "appRoleAssignments": Children("graph/appRoleAssignments", "graph:principal", _named("principalId")),
    "oauth2PermissionGrants": Children("graph/oauth2PermissionGrants", "graph:client", _named("clientId")),
    "federatedIdentityCredentials": Children(
        "graph/applicationFederatedIdentityCredentials", "graph:parentId", parent_of
    ),
}
"""Relations to rows, by their name in paths."""

GRANTS_TO_USER = Children("graph/oauth2PermissionGrants", "graph:principal", _named("principalId"))
"""`/users/{id}/oauth2PermissionGrants`: the grants for this user, whoever the client is."""


def rows_of(tenant: SimTenant, children: Children, parent: str) -> Rows:
    """Return the rows that belong to an object of a lower-case id."""
    return Indexed(tenant.table(children.list_name), children.index, children.parent, parent)


def render_of(select: tuple[str, ...]) -> Render:
    """Return what makes served rows of such rows."""
    return lambda row: project(without_parent(row), select) if select else without_parent(row)


def without_parent(row: Row) -> Row:
    """Return a row as the API gives it: without the `parentId` that the export adds."""
    if b'"parentId"' not in row:
        return row
    fields = raw_fields(row)
    del fields["parentId"]
    return msgspec.json.encode(fields)
