"""What follows from a resource, and what resources say of themselves: identities, access policies, clusters.

Code that runs on a resource can ask for the token of every identity attached to it (I4, MI-03); whoever controls a
cluster controls the machines of its node resource group (AKS-11); tasks of a Batch account run on its pools, jobs of a
hybrid worker group on its machines; an access policy of a vault gives what it names while the vault is ruled by
policies (K1).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from remit.engine.facts import Setting
from remit.graph.drawing import HAS_IDENTITY, SILENT, Drawing
from remit.graph.facts import THROUGH_APPLICATION, GuardState, IdentityLink, VaultRight
from remit.graph.network import EdgeBatch, EdgeFlag
from remit.graph.nodes import Facet, NodeKind, node_key

Codes = NDArray[np.int32]

NODE_GROUP = "AKS-11"
_CLUSTER = "microsoft.containerservice/managedclusters"
_BATCH, _POOLS = "microsoft.batch/batchaccounts", "microsoft.batch/batchaccounts/pools"
_MACHINE_TYPES = ("microsoft.compute/virtualmachines", "microsoft.compute/virtualmachinescalesets")


def draw_resources(drawing: Drawing) -> list[EdgeBatch]:
    """Return the edges of identities, access policies and clusters. Cost: linear in their tables."""
    return [
        *_identities(drawing),
        *_vault_policies(drawing),
        *_node_groups(drawing),
        *_pools(drawing),
        *_workers(drawing),
    ]


def _identities(drawing: Drawing) -> list[EdgeBatch]:
    table, resources = drawing.facts.identities, drawing.facts.resources
    clusters = _types(drawing, _CLUSTER)
    # What runs in a cluster gets tokens of its nodes' identities, not of the control plane's.
    inside = ~np.isin(resources.type[table.resource], clusters) | (table.link == IdentityLink.NODES)
    rows = np.flatnonzero(inside).astype(np.int32)
    source = node_key(NodeKind.RESOURCE, table.resource[rows], int(Facet.CODE))
    target = node_key(NodeKind.PRINCIPAL, table.principal[rows])
    # Tasks get tokens of their pool's identities; the account's own serves its keys and its storage (I4).
    own = np.isin(resources.type[table.resource[rows]], _types(drawing, _BATCH))
    flags = np.where(own, EdgeFlag.POSSIBLE, 0).astype(np.uint8)
    return [EdgeBatch.of(source, target, label=drawing.label(HAS_IDENTITY, "identities"), flags=flags, evidence=rows)]


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
            state = _worst_state(drawing, way.guards)[table.resource[rows]]
            rows, state = rows[state != GuardState.CLOSED], state[state != GuardState.CLOSED]
            source = node_key(NodeKind.PRINCIPAL, table.principal[rows])
            target = node_key(NodeKind.RESOURCE, table.resource[rows], int(kind.side))
            doubt = (mode[rows] == _NOT_READ) | (state == GuardState.UNKNOWN)
            doubt |= (table.rights[rows] & THROUGH_APPLICATION) != 0
            flags = np.where(doubt, EdgeFlag.POSSIBLE, 0).astype(np.uint8)
            label = drawing.label(kind.id, "vault_policies")
            batches.append(EdgeBatch.of(source, target, label=label, flags=flags, evidence=rows))
    return batches


def _worst_state(drawing: Drawing, names: tuple[str, ...]) -> NDArray[np.uint8]:
    """Return the worst state of some guards per resource: closed, else not known, else open."""
    table = drawing.facts.guards
    found = np.full(drawing.facts.resources.count, GuardState.OPEN, dtype=np.uint8)
    mine = np.isin(table.guard, [place for place, name in enumerate(table.name) if name in names])
    for state in (GuardState.UNKNOWN, GuardState.CLOSED):
        found[table.resource[mine & (table.state == state)]] = state
    return found


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
    types = _types(drawing, *_MACHINE_TYPES)
    order = np.argsort(groups, kind="stable")
    groups, owners = groups[order], owners[order]
    machines = np.flatnonzero(np.isin(table.type, types) & np.isin(table.scope, groups)).astype(np.int32)
    # A group is the node group of one cluster.
    cluster = owners[np.searchsorted(groups, table.scope[machines])]
    source = node_key(NodeKind.RESOURCE, cluster, int(Facet.CODE))
    target = node_key(NodeKind.RESOURCE, machines, int(Facet.CODE))
    return [EdgeBatch.of(source, target, label=drawing.label(NODE_GROUP))]


def _pools(drawing: Drawing) -> list[EdgeBatch]:
    """Draw from a Batch account to its pools, no step of its own: whoever runs tasks chooses the pool."""
    table = drawing.facts.resources
    accounts = np.flatnonzero(np.isin(table.type, _types(drawing, _BATCH))).tolist()
    row_of = {(int(table.scope[row]), table.suffix[row].lower()): row for row in accounts}
    pairs = []
    for pool in np.flatnonzero(np.isin(table.type, _types(drawing, _POOLS))).tolist():
        account = row_of.get((int(table.scope[pool]), table.suffix[pool].lower().rsplit("/", 2)[0]))
        if account is not None:
            pairs.append((account, pool))
    found = np.asarray(pairs, dtype=np.int32).reshape(-1, 2)
    return _code_to_code(drawing, found[:, 0], found[:, 1])


def _workers(drawing: Drawing) -> list[EdgeBatch]:
    """Draw from a hybrid worker group to its machines, no step of its own."""
    workers = drawing.facts.workers
    return _code_to_code(drawing, workers.group, workers.machine)


def _code_to_code(drawing: Drawing, source: Codes, target: Codes) -> list[EdgeBatch]:
    if not len(source):
        return []
    above, below = (node_key(NodeKind.RESOURCE, rows, int(Facet.CODE)) for rows in (source, target))
    return [EdgeBatch.of(above, below, label=drawing.plain(SILENT), flags=EdgeFlag.SILENT)]


def _types(drawing: Drawing, *names: str) -> list[int]:
    """Return the rows of some lower-case types."""
    return [row for row, name in enumerate(drawing.facts.resources.type_name) if name in names]
