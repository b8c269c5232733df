"""Nodes of the graph as numbers: what a node is, which row it is about, and which side of it is reached.

>>> key = node_key(NodeKind.RESOURCE, 12, Facet.CODE)
>>> kind_of(key), ref_of(key), facet_of(key)
(2, 12, 1)
"""

from __future__ import annotations

from enum import IntEnum
from typing import overload

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.int64]


class NodeKind(IntEnum):
    """What a node is about; the row is of the table named."""

    PRINCIPAL = 0
    """`Principals`: acting as it; for a group, being a member."""
    APPLICATION = 1
    """`Applications`, only those without a service principal here."""
    RESOURCE = 2
    """`ResourceTable`, by facet."""
    SCOPE = 3
    """`Scopes`; facet GRANT is the power to give any role there."""
    DIRECTORY_ROLE = 4
    """Place in `GraphFacts.directory_roles`, held in the whole tenant."""
    OUTSIDE = 5
    """A federated credential (row of `FederatedCredentials`): a subject of an outside issuer that satisfies it."""
    HELD = 6
    """Holding what a class of edges needs at a place: class number times scopes plus scope row. Not shown."""
    HUB = 7
    """A set of targets that several edges share, numbered by who draws them (`hubs`). Not shown."""
    TIER_ZERO = 8
    """Row 0: control of the tenant."""
    UNSEEN = 9
    """What was not read: place in `SnapshotMeta.gaps`."""
    SCOPED_ROLE = 10
    """Row of `DirectoryAssignments`: an Entra role held below the tenant."""
    ELIGIBLE = 11
    """Row of `DirectoryAssignments`, `Owners` or others that need activation; not shown."""
    TENANT = 12
    """Row 0: the tenant, without control of it. Facet GATE: a guard can be taken away; CONTROL: it can be harmed."""


class Facet(IntEnum):
    """Which side of a resource or scope is reached."""

    NONE = 0
    CODE = 1
    """Code runs as it: its identities follow."""
    SECRET = 2
    """Its keys or stored credentials are read."""
    DATA = 3
    CONTROL = 4
    """Its settings are changed, with harm, but nothing follows for certain."""
    GRANT = 5
    """Any role can be given at this scope."""
    GATE = 6
    """A guard can be taken away; by itself no way in."""


_KIND_SHIFT, _REF_SHIFT, _FACETS = 40, 3, 7


@overload
def node_key(kind: int, ref: int, facet: int = 0) -> int: ...
@overload
def node_key(kind: int, ref: NDArray[np.integer], facet: int | NDArray[np.integer] = 0) -> Keys: ...
def node_key(kind: int, ref: int | NDArray[np.integer], facet: int | NDArray[np.integer] = 0) -> int | Keys:
    """Return the number of a node, or of many."""
    if isinstance(ref, np.ndarray):
        return (np.int64(kind) << _KIND_SHIFT) | (ref.astype(np.int64) << _REF_SHIFT) | facet
    return (int(kind) << _KIND_SHIFT) | (int(ref) << _REF_SHIFT) | int(facet)


def kind_of(key: int) -> int:
    """Return the `NodeKind` of a node."""
    return int(key) >> _KIND_SHIFT


def ref_of(key: int) -> int:
    """Return the row a node is about."""
    return (int(key) & ((1 << _KIND_SHIFT) - 1)) >> _REF_SHIFT


def facet_of(key: int) -> int:
    """Return the `Facet` of a node."""
    return int(key) & _FACETS


def refs_of(keys: Keys) -> NDArray[np.int64]:
    """Return the rows that many nodes are about."""
    return (keys & ((1 << _KIND_SHIFT) - 1)) >> _REF_SHIFT


def facets_of(keys: Keys) -> NDArray[np.int64]:
    """Return the `Facet` of many nodes."""
    return keys & _FACETS


def rows_of_nodes(keys: Keys) -> NDArray[np.int64]:
    """Return the rows that many nodes are about."""
    rows: NDArray[np.int64] = (keys & ((1 << _KIND_SHIFT) - 1)) >> _REF_SHIFT
    return rows
