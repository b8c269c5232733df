"""Permissions on APIs, application and delegated, and trust in outside issuers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from remit.app.graphing.intake.columns import Names, Rows
from remit.app.graphing.intake.software import Software
from remit.app.graphing.intake.source import Source
from remit.app.intake.columns import TextRows, gather
from remit.engine.strings import TextColumn
from remit.graph.facts import AppRoleGrants, DelegatedGrants, FederatedCredentials
from remit.graph.known_permissions import GRAPH_APP_ID, known_permission
from remit.wire.azure import graph_shapes as shapes

_EVERYBODY = "allprincipals"
_CREDENTIALS = "/federatedidentitycredentials/"


def read_app_role_grants(source: Source, software: Software) -> AppRoleGrants:
    """Read graph/appRoleAssignments. A permission is named by its API, else by Graph's known ids, else by its id."""
    rows = Rows("iiii")
    names, app_ids = Names(), Names()
    app_id_of = source.index.facts.principals.app_id
    for said in source.rows("graph/appRoleAssignments", shapes.AppRoleAssignment):
        principal, api = source.holder(said.principal_id), source.holder(said.resource_id)
        if principal < 0 or not said.app_role_id:
            continue
        permission = said.app_role_id.lower()
        known = known_permission(permission)
        app_id = app_id_of[api].lower() if api >= 0 else ""
        name = software.permissions.get((api, permission)) or known or permission
        rows.add(principal, api, names.code(name), app_ids.code(app_id or (GRAPH_APP_ID if known else "")))
    permission_name, permission_row = names.finish()
    app_id_name, app_id_row = app_ids.finish()
    principal_column, api_column, permission_column, app_id_column = rows.columns()
    permission_column, app_id_column = permission_row[permission_column], app_id_row[app_id_column]
    order = np.lexsort((app_id_column, permission_column, api_column, principal_column))
    return AppRoleGrants(
        principal=principal_column[order],
        api=api_column[order],
        permission=permission_column[order],
        permission_name=permission_name,
        api_app_id=app_id_column[order],
        app_id_name=app_id_name,
    )


def read_delegated_grants(source: Source) -> DelegatedGrants:
    """Read graph/oauth2PermissionGrants."""
    rows = Rows("iii")
    scopes = TextRows()
    for said in source.rows("graph/oauth2PermissionGrants", shapes.DelegatedGrant):
        client, api = source.principal(said.client_id), source.principal(said.resource_id)
        everybody = (said.consent_type or "").lower() == _EVERYBODY
        principal = -1 if everybody else source.principal(said.principal_id)
        if client >= 0 and (everybody or principal >= 0):
            rows.add(client, api, principal)
            scopes.add(" ".join((said.scope or "").split()))
    client_column, api_column, principal_column = rows.columns()
    order = np.lexsort((principal_column, api_column, client_column))
    return DelegatedGrants(
        client_column[order], api_column[order], principal_column[order], gather(scopes.column(), order)
    )


class FederatedRows:
    """Columns of federated credentials of applications and of user-assigned identities."""

    def __init__(self) -> None:
        self._rows: list[tuple[int, int, int, tuple[str, ...]]] = []

    def add(self, where: tuple[int, int, int], key: str, name: str, said: shapes.FederatedFields) -> None:
        """Take one credential; `where` is its application, its resource and its principal."""
        matching = said.claims_matching_expression
        expression = (matching if isinstance(matching, str) else matching and matching.value) or ""
        audiences = " ".join(said.audiences or ())
        texts = (key, name, said.issuer or "", said.subject or "", expression, audiences)
        self._rows.append((*where, texts))

    def finish(self) -> FederatedCredentials:
        """Return the table."""
        rows = sorted(self._rows, key=lambda row: (row[0], row[1], row[3]))

        def numbers(place: int) -> NDArray[np.int32]:
            return np.array([row[place] for row in rows], dtype=np.int32)

        texts = [TextColumn.of([row[3][place] for row in rows]) for place in range(6)]
        return FederatedCredentials(numbers(0), numbers(1), numbers(2), *texts)


def read_federated_credentials(
    source: Source, software: Software, resource_of: dict[str, tuple[int, int]]
) -> FederatedCredentials:
    """Read both lists; `resource_of` gives (resource, principal) of a user-assigned identity by lower-case id."""
    rows = FederatedRows()
    principals = software.applications.principal
    for one in source.rows("graph/applicationFederatedIdentityCredentials", shapes.ApplicationCredential):
        application = software.row.get(one.parent_id.lower(), -1)
        principal = int(principals[application]) if application >= 0 else -1
        rows.add((application, -1, principal), one.id.lower(), one.name or "", one)
    for other in source.rows("arm/federatedIdentityCredentials", shapes.IdentityCredential):
        key = other.id.lower()
        identity = key.rpartition(_CREDENTIALS)[0]
        # A service principal names the identity that it belongs to, also where resources were not read.
        resource, principal = resource_of.get(identity, (-1, software.managed.get(identity, -1)))
        name = other.name or other.id.rpartition("/")[2]
        rows.add((-1, resource, principal), key, name, other.properties or shapes.FederatedFields())
    return rows.finish()
