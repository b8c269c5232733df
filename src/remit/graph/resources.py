"""What follows from a resource, and what resources say of themselves: identities, access policies, clusters.

Code that runs on a resource can ask for the token of every identity attached to it (I4, MI-03); whoever controls a
cluster controls the machines of its node resource group (AKS-11); an access policy of a vault gives what it names
while the vault is ruled by policies (K1).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from remit.engine.facts import Setting
from remit.graph.drawing import HAS_IDENTITY, Drawing
from remit.graph.facts import VaultRight
from remit.graph.network import EdgeBatch, EdgeFlag
from remit.graph.nodes import Facet, NodeKind, node_key

Codes = NDArray[np.int32]

NODE_GROUP = "AKS-11"
_MACHINE_TYPES = ("microsoft.compute/virtualmachines", "microsoft.compute/virtualmachinescalesets")


def draw_resources(drawing: Drawing) -> list[EdgeBatch]:
    """Return the edges of identities, access policies and clusters. Cost: linear in their tables."""
    return [*_identities(drawing), *_vault_policies(drawing), *_node_groups(drawing)]


def _identities(drawing: Drawing) -> list[EdgeBatch]:
    table = drawing.facts.identities
    source = node_key(NodeKind.RESOURCE, table.resource, int(Facet.CODE))
    target = node_key(NodeKind.PRINCIPAL, table.principal)
    rows = np.arange(len(table.resource), dtype=np.int32)
    return [EdgeBatch.of(source, target, label=drawing.label(HAS_IDENTITY, "identities"), evidence=rows)]


def _vault_policies(drawing: Drawing) -> list[EdgeBatch]:
    table, resources = drawing.facts.vault_policies, drawing.facts.resources
    mode = _rbac_mode(drawing)[resources.own[table.resource]]
    mode = np.where(resources.own[table.resource] >= 0, mode, _NOT_READ)
    batches = []
    for kind in drawing.catalogue.kinds:
        for way in kind.way:
            rights = sum({getattr(VaultRight, right.upper()) for right in way.vault_rights})
            rows = np.flatnonzero(((table.rights & rights) != 0) & (mode != _BY_ROLES)).astype(np.int32)
            if not rights or not len(rows):
                continue
            source = node_key(NodeKind.PRINCIPAL, table.principal[rows])
            target = node_key(NodeKind.RESOURCE, table.resource[rows], int(kind.side))
            flags = np.where(mode[rows] == _NOT_READ, EdgeFlag.POSSIBLE, 0).astype(np.uint8)
            label = drawing.label(kind.id, "vault_policies")
            batches.append(EdgeBatch.of(source, target, label=label, flags=flags, evidence=rows))
    return batches


_BY_POLICIES, _BY_ROLES, _NOT_READ = 0, 1, 3


def _rbac_mode(drawing: Drawing) -> NDArray[np.uint8]:
    """Return per scope what rules the data of a vault there; what is absent counts as policies (K1)."""
    settings = drawing.index.facts.settings
    mode = np.full(len(drawing.index.facts.scopes.key), _NOT_READ, dtype=np.uint8)
    chosen = settings.setting == Setting.VAULT_RBAC
    mode[settings.scope[chosen]] = np.where(settings.value[chosen] == 1, _BY_ROLES, _BY_POLICIES)
    return mode


def _node_groups(drawing: Drawing) -> list[EdgeBatch]:
    """Draw from a cluster to the machines of its node resource group."""
    table, clusters = drawing.facts.resources, drawing.facts.clusters
    known = clusters.node_group >= 0
    groups, owners = clusters.node_group[known], clusters.resource[known]
    if not len(groups):
        return []
    types = [row for row, name in enumerate(table.type_name) if name in _MACHINE_TYPES]
    order = np.argsort(groups, kind="stable")
    groups, owners = groups[order], owners[order]
    machines = np.flatnonzero(np.isin(table.type, types) & np.isin(table.scope, groups)).astype(np.int32)
    # A group is the node group of one cluster.
    cluster = owners[np.searchsorted(groups, table.scope[machines])]
    source = node_key(NodeKind.RESOURCE, cluster, int(Facet.CODE))
    target = node_key(NodeKind.RESOURCE, machines, int(Facet.CODE))
    return [EdgeBatch.of(source, target, label=drawing.label(NODE_GROUP))]
