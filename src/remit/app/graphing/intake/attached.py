"""What single types of resources say that edges rest on: identities, access policies of vaults, clusters."""

from __future__ import annotations

import numpy as np

from remit.app.graphing.intake.columns import Rows
from remit.app.graphing.intake.source import Source
from remit.app.intake.columns import TextRows, gather
from remit.graph.facts import Clusters, Identities, IdentityLink, VaultPolicies, VaultRight
from remit.wire.azure import graph_shapes as shapes
from remit.wire.azure.tolerant import Tolerant

VAULT = "microsoft.keyvault/vaults"
USER_ASSIGNED = "microsoft.managedidentity/userassignedidentities"
CLUSTERS = frozenset(("microsoft.containerservice/managedclusters", "microsoft.kubernetes/connectedclusters"))

_EVERYTHING = "all"
_RIGHTS = {
    "secrets": {"get": VaultRight.SECRET_GET, "set": VaultRight.SECRET_SET},
    "keys": {
        **dict.fromkeys(("decrypt", "unwrapkey", "sign"), VaultRight.KEY_USE),
        **dict.fromkeys(
            ("create", "import", "update", "rotate", "setrotationpolicy", "release"), VaultRight.KEY_MANAGE
        ),
    },
    "certificates": {
        "get": VaultRight.CERTIFICATE_GET,
        **dict.fromkeys(("create", "import", "update", "setissuers", "manageissuers"), VaultRight.CERTIFICATE_SET),
    },
}


class AttachedRows:
    """Columns of what resources say beside guards; `row` is the number of the resource in the order of reading."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._identities = Rows("iib")
        self._policies = Rows("iib")
        self._node_group = Rows("ii")
        self._issuer = TextRows()
        self._own_principal: dict[str, int] = {}
        self._pending: list[tuple[int, str, int]] = []
        self._vault = Tolerant(shapes.VaultAccess).decode
        self._cluster = Tolerant(shapes.ClusterSays).decode
        self._user_assigned = Tolerant(shapes.UserAssignedProperties).decode

    def take(self, row: int, kind: str, said: shapes.GraphResource) -> None:
        """Take what one resource says."""
        if said.identity is not None:
            self._take_identity(row, said.identity)
        if kind == VAULT:
            self._take_vault(row, said)
        elif kind == USER_ASSIGNED:
            self._take_user_assigned(row, said)
        elif kind in CLUSTERS:
            self._take_cluster(row, said)

    def _take_identity(self, row: int, identity: shapes.ResourceIdentity) -> None:
        self._link(row, identity.principal_id, IdentityLink.SYSTEM)
        for identity_id, one in (identity.user_assigned_identities or {}).items():
            if one is not None and one.principal_id:
                self._link(row, one.principal_id, IdentityLink.USER_ASSIGNED)
            else:
                self._pending.append((row, identity_id.strip("/").lower(), IdentityLink.USER_ASSIGNED))

    def _link(self, row: int, object_id: str | None, link: int) -> None:
        principal = self._source.principal(object_id)
        if principal >= 0:
            self._identities.add(row, principal, link)

    def _take_user_assigned(self, row: int, said: shapes.GraphResource) -> None:
        principal = self._source.principal(self._user_assigned(said.properties).principal_id)
        if principal >= 0:
            self._identities.add(row, principal, IdentityLink.ITSELF)
            self._own_principal[said.id.strip("/").lower()] = principal

    def _take_vault(self, row: int, said: shapes.GraphResource) -> None:
        for policy in self._vault(said.properties).access_policies or ():
            principal = self._source.principal(policy.object_id)
            # A policy that names an application holds only for that application on behalf of the principal.
            if principal >= 0 and policy.permissions is not None and not policy.application_id:
                rights = _rights(policy.permissions)
                if rights:
                    self._policies.add(row, principal, rights)

    def _take_cluster(self, row: int, said: shapes.GraphResource) -> None:
        cluster = self._cluster(said.properties)
        parts = said.id.split("/", 3)
        group = -1
        if cluster.node_resource_group and len(parts) > 3:  # noqa: PLR2004 - "", subscriptions, id, rest
            group = self._source.index.tree.row(
                f"/subscriptions/{parts[2]}/resourcegroups/{cluster.node_resource_group}".lower()
            )
        for one in (cluster.identity_profile or {}).values():
            if one is not None and one.object_id:
                self._link(row, one.object_id, IdentityLink.NODES)
            elif one is not None and one.resource_id:
                self._pending.append((row, one.resource_id.strip("/").lower(), IdentityLink.NODES))
        profile = cluster.oidc_issuer_profile
        self._node_group.add(row, group)
        self._issuer.add((profile and (profile.issuer_url or profile.issuer_url_arc)) or "")

    def finish(
        self, table_row: np.ndarray[tuple[int], np.dtype[np.int32]]
    ) -> tuple[Identities, VaultPolicies, Clusters]:
        """Return the tables; `table_row` is the row of the resource table by number of reading."""
        for row, identity_id, link in self._pending:
            principal = self._own_principal.get(identity_id, -1)
            if principal >= 0:
                self._identities.add(row, principal, link)
        return (
            Identities(*_moved(self._identities, table_row).sorted()),
            _merged(_moved(self._policies, table_row)),
            self._clusters(table_row),
        )

    def _clusters(self, table_row: np.ndarray[tuple[int], np.dtype[np.int32]]) -> Clusters:
        read, group = self._node_group.columns()
        resource = table_row[read]
        order = np.argsort(resource, kind="stable")
        return Clusters(resource[order], group[order], gather(self._issuer.column(), order))


def _moved(rows: Rows, table_row: np.ndarray[tuple[int], np.dtype[np.int32]]) -> Rows:
    rows.replace(0, table_row)
    return rows


def _merged(rows: Rows) -> VaultPolicies:
    """Return the access policies; several of one principal count together."""
    resource, principal, rights = rows.sorted()
    if not len(resource):
        return VaultPolicies(resource, principal, rights)
    first = np.concatenate([[True], (resource[1:] != resource[:-1]) | (principal[1:] != principal[:-1])])
    starts = np.flatnonzero(first)
    return VaultPolicies(resource[starts], principal[starts], np.bitwise_or.reduceat(rights, starts).astype(np.uint8))


def _rights(said: shapes.PolicyPermissions) -> int:
    rights = 0
    for words, meant in zip((said.secrets, said.keys, said.certificates), _RIGHTS.values(), strict=True):
        for word in words or ():
            if word.lower() == _EVERYTHING:
                rights |= int(np.bitwise_or.reduce(list(meant.values())))
            else:
                rights |= meant.get(word.lower(), 0)
    return rights
