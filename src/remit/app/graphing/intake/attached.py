"""What single types of resources say that edges rest on: access policies of vaults, clusters, and hybrid workers."""

from __future__ import annotations

from bisect import bisect_left

import numpy as np

from remit.app.graphing.intake.columns import Rows
from remit.app.graphing.intake.identities import IdentityRows
from remit.app.graphing.intake.source import Source
from remit.app.intake.columns import Ints, TextRows, gather
from remit.graph.facts import (
    THROUGH_APPLICATION,
    Clusters,
    IdentityLink,
    ResourceTable,
    VaultPolicies,
    VaultRight,
    Workers,
)
from remit.wire.azure import graph_shapes as shapes
from remit.wire.azure.tolerant import Tolerant

VAULT = "microsoft.keyvault/vaults"
CLUSTERS = frozenset(("microsoft.containerservice/managedclusters", "microsoft.kubernetes/connectedclusters"))

WORKER = "microsoft.automation/automationaccounts/hybridrunbookworkergroups/hybridrunbookworkers"

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


class VaultRows:
    """Columns of access policies; `row` is the number of the vault in the order of reading."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._rows = Rows("iib")
        self._decode = Tolerant(shapes.VaultAccess).decode

    def take(self, row: int, said: shapes.GraphResource) -> None:
        """Take the policies of one vault."""
        decoded = self._decode(said.properties)
        home = (decoded.tenant_id or "").lower()
        for policy in decoded.access_policies or ():
            if home and policy.tenant_id and policy.tenant_id.lower() != home:
                # It names somebody of another tenant, whoever has that id here; the vault asks its own tenant alone.
                continue
            principal = self._source.holder(policy.object_id)
            if principal >= 0 and policy.permissions is not None:
                rights = _rights(policy.permissions)
                if rights:
                    # A policy that names an application holds only for that one, on behalf of the principal.
                    self._rows.add(row, principal, rights | (THROUGH_APPLICATION if policy.application_id else 0))

    def finish(self, table_row: Ints) -> VaultPolicies:
        """Return the table; policies of one principal count together, those through applications apart."""
        self._rows.replace(0, table_row)
        resource, principal, rights = self._rows.sorted()
        if not len(resource):
            return VaultPolicies(resource, principal, rights)
        through = rights & THROUGH_APPLICATION
        changes = [one[1:] != one[:-1] for one in (resource, principal, through)]
        first = np.concatenate([[True], np.logical_or.reduce(changes)])
        starts = np.flatnonzero(first)
        together = np.bitwise_or.reduceat(rights, starts).astype(np.uint8)
        return VaultPolicies(resource[starts], principal[starts], together)


class ClusterRows:
    """Columns of clusters; `row` is the number of the cluster in the order of reading."""

    def __init__(self, source: Source, identities: IdentityRows) -> None:
        self._tree = source.index.tree
        self._identities = identities
        self._rows = Rows("ii")
        self._issuer = TextRows()
        self._decode = Tolerant(shapes.ClusterSays).decode

    def take(self, row: int, key: str, said: shapes.GraphResource) -> None:
        """Take one cluster; `key` is its lower-case id."""
        cluster = self._decode(said.properties)
        group = -1
        if cluster.node_resource_group:
            subscription = "/".join(key.split("/", 3)[:3])
            group = self._tree.row(f"{subscription}/resourcegroups/{cluster.node_resource_group.lower()}")
        for one in (cluster.identity_profile or {}).values():
            if one is not None and (one.object_id or one.resource_id):
                self._identities.attach(row, one.resource_id or "", one.object_id, IdentityLink.NODES)
        profile = cluster.oidc_issuer_profile
        self._rows.add(row, group)
        self._issuer.add((profile and (profile.issuer_url or profile.issuer_url_arc)) or "")

    def finish(self, table_row: Ints) -> Clusters:
        """Return the table."""
        read, group = self._rows.columns()
        resource = table_row[read]
        order = np.argsort(resource, kind="stable")
        return Clusters(resource[order], group[order], gather(self._issuer.column(), order))


class WorkerRows:
    """Which machine is a worker of which group, by their ids until all resources were read."""

    def __init__(self, source: Source) -> None:
        self._tree = source.index.tree
        self._found: list[tuple[str, str]] = []
        self._decode = Tolerant(shapes.WorkerSays).decode

    def take(self, key: str, said: shapes.GraphResource) -> None:
        """Take one worker; `key` is its lower-case id, below that of its group."""
        machine = self._decode(said.properties).vm_resource_id
        if machine:
            self._found.append((key.rsplit("/", 2)[0], machine.rstrip("/").lower()))

    def finish(self, resources: ResourceTable) -> Workers:
        """Return the table; machines that were not read are left out. Cost: a search in the table for each worker."""
        rows = Rows("ii")
        for group, machine in self._found:
            pair = self._row(resources, group), self._row(resources, machine)
            if min(pair) >= 0:
                rows.add(*pair)
        return Workers(*rows.sorted())

    def _row(self, resources: ResourceTable, key: str) -> int:
        container, provider, rest = key.partition("/providers/")
        scope = self._tree.row(container)
        if scope < 0:
            return -1
        suffix = provider + rest
        low, high = np.searchsorted(resources.scope, (scope, scope + 1)).tolist()
        place: int = bisect_left(range(low, high), suffix, key=lambda row: resources.suffix[row].lower()) + low
        return place if place < high and resources.suffix[place].lower() == suffix else -1


def _rights(said: shapes.PolicyPermissions) -> int:
    rights = 0
    for words, meant in zip((said.secrets, said.keys, said.certificates), _RIGHTS.values(), strict=True):
        for word in words or ():
            if word.lower() == _EVERYTHING:
                rights |= int(np.bitwise_or.reduce(list(meant.values())))
            else:
                rights |= meant.get(word.lower(), 0)
    return rights
