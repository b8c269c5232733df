"""Resources at and below each scope, by type: what an operation granted there is multiplied with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from remit.engine.facts import ScopeFlag
from remit.engine.index import TenantIndex
from remit.engine.membership import Codes, offsets_of
from remit.engine.radius_rows import RESOURCE_GROUP_TYPES
from remit.model.scope import Scope, ScopeKind


@dataclass(frozen=True, slots=True, eq=False)
class Areas:
    """Compressed rows of (type, count): one per scope for what is at and below it, then one per resource type.

    Attributes:
        offsets: int64, where each area begins; one more.
        cells: int64, (row of `Resources.type_name`, count).
        first_leaf: the area of one resource of type 0; that of type t is `first_leaf + t`.
    """

    offsets: NDArray[np.int64]
    cells: NDArray[np.int64]
    first_leaf: int


def sum_areas(index: TenantIndex, wanted: NDArray[np.bool_]) -> Areas:
    """Sum the resources by type up the tree.

    Args:
        index: the snapshot, indexed.
        wanted: which scopes are to have an area; the others' stay empty.

    Cost: a sort of (scope, type) per level of the tree.
    """
    table = index.facts.resources
    types = max(len(table.type_name), 1)
    parent = index.tree.hung.astype(np.int64)
    key, count = table.scope.astype(np.int64) * types + table.type, table.count
    kept_keys, kept_counts = [], []
    while len(key):
        kept = wanted[key // types]
        kept_keys.append(key[kept])
        kept_counts.append(count[kept])
        moving = key // types != 0
        key, count = _sum(parent[key[moving] // types] * types + key[moving] % types, count[moving])
    leaves = len(parent) * types + np.arange(types) * (types + 1)
    key, count = _sum(np.concatenate([*kept_keys, leaves]), np.concatenate([*kept_counts, np.ones_like(leaves)]))
    cells = np.stack([key % types, count], axis=1)
    return Areas(offsets_of(len(parent) + types, key // types), cells, len(parent))


def _sum(key: NDArray[np.int64], count: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the distinct keys, sorted, and the sum of each one's counts."""
    order = np.argsort(key)
    key = key[order]
    heads = np.flatnonzero(np.r_[True, key[1:] != key[:-1]][: len(key)])
    return key[heads], np.add.reduceat(count[order], heads) if len(heads) else count[:0]


def own_types(index: TenantIndex, scopes: Codes) -> Codes:
    """Return the resource type of each scope that is itself a listed resource or resource group, else -1."""
    table = index.facts.scopes
    types = {name: place for place, name in enumerate(index.facts.resources.type_name)}
    group = next((types[name] for name in RESOURCE_GROUP_TYPES if name in types), -1)
    found = np.full(len(scopes), -1, dtype=np.int32)
    for place, row in enumerate(scopes.tolist()):
        if not table.flags[row] & ScopeFlag.LISTED:
            continue
        if table.kind[row] == ScopeKind.RESOURCE_GROUP:
            found[place] = group
        elif table.kind[row] == ScopeKind.RESOURCE:
            names = Scope.parse(table.key[row]).resource_names()
            found[place] = types.get(names[-1][0], -1) if names else -1
    return found
