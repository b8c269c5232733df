"""How much every principal can do: (resource, operation) pairs by plane and verb, exactly, for all at once.

A pair counts when `decide` allows the operation on the resource whatever the call carries: conditions that look at
more than the action are not met on the granting side and are met on the denying side; eligible access and anything
that was not read do not count. An operation counts only on resources of its own type (see `radius_rows`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from remit.engine import radius_kernels as kernels
from remit.engine.facts import UNPLACED, AssignmentFlag, AssignmentKind, DenyFlag, PrincipalFlag, ScopeFlag
from remit.engine.index import TenantIndex
from remit.engine.membership import Codes, offsets_of
from remit.engine.radius_rows import CATEGORIES, Columns, Mask, RowMaker, pack_rows
from remit.model.interval import to_micros
from remit.model.role import PermissionBlock
from remit.model.scope import Scope, ScopeKind

_EVERYTHING = (PermissionBlock(actions=("*",), data_actions=("*",)),)


@dataclass(frozen=True, slots=True, eq=False)
class BlastRadius:
    """Pairs per principal.

    Attributes:
        principals: int32 rows of `Principals`, as asked.
        categories: names of the columns of `pairs`: control.read … data.action.
        pairs: int64, one line per principal.
    """

    principals: Codes
    categories: tuple[str, ...]
    pairs: NDArray[np.int64]


def blast_radius(index: TenantIndex, *, at: datetime, principals: Codes | None = None) -> BlastRadius:
    """Count what principals can certainly do.

    Args:
        index: the snapshot, indexed.
        at: instant asked about, aware UTC; memberships with a window do not count.
        principals: rows of principals; None for all.

    Source: D2 to D6, N1 to N6, V1, V3. Cost: see docs/benchmarks.md; linear in assignments after closing groups.
    """
    asked = np.arange(len(index.facts.principals.key), dtype=np.int32) if principals is None else principals
    pairs = np.zeros((len(asked), len(CATEGORIES)), dtype=np.int64)
    columns = Columns.of(index)
    if columns.width:
        maker = RowMaker(columns, at)
        rows, held, scope, row = _held(index, maker, to_micros(at))
        ground = _ground(index, columns, maker, rows)
        value = np.zeros((len(scope), len(CATEGORIES)), dtype=np.int64)
        kernels.value_pairs(ground, scope, row, value)
        kernels.count_all(ground, held, value, asked, pairs)
    return BlastRadius(asked, CATEGORIES, pairs)


def _held(index: TenantIndex, maker: RowMaker, at: int) -> tuple[kernels.Words, kernels.Held, Codes, Codes]:
    """Return bits of roles, the assignments that certainly grant, and their distinct (scope, row) pairs."""
    table = index.facts.assignments
    bad = AssignmentFlag.CUSTOM_DATA_AT_MANAGEMENT_GROUP | AssignmentFlag.LIGHTHOUSE_NOT_PERMITTED
    invalid = np.asarray(index.role_invalid, dtype=np.bool_)
    lighthouse = table.kind == AssignmentKind.LIGHTHOUSE
    good = (table.start <= at) & (at < table.end) & ((table.flags & bad) == 0) & ~invalid[table.role]
    good &= (table.kind == AssignmentKind.ACTIVE) | lighthouse
    if index.directory_complete:
        listed = (index.facts.principals.flags & PrincipalFlag.LISTED) != 0
        good &= listed[table.principal] | ((table.flags & AssignmentFlag.FOREIGN_PRINCIPAL) != 0)
    order = index.tree.order[table.scope]
    chosen = np.flatnonzero(good)
    chosen = chosen[np.lexsort((order[chosen], table.principal[chosen]))]
    made, row = _distinct(
        table.role[chosen].astype(np.int64), table.condition[chosen].astype(np.int64) + 1, lighthouse[chosen]
    )
    rows = pack_rows([_row(index, maker, *one) for one in made], maker.columns.width)
    spot, pair = np.unique(table.scope[chosen].astype(np.int64) * max(len(made), 1) + row, return_inverse=True)
    held = kernels.Held(
        offsets_of(len(index.facts.principals.key), table.principal[chosen]),
        order[chosen],
        table.scope[chosen],
        row,
        pair.astype(np.int32),
        lighthouse[chosen],
    )
    width = max(len(made), 1)
    return rows, held, (spot // width).astype(np.int32), (spot % width).astype(np.int32)


def _distinct(
    role: NDArray[np.int64], condition: NDArray[np.int64], lighthouse: Mask
) -> tuple[list[tuple[int, int, bool]], Codes]:
    """Return the distinct (role, condition + 1, lighthouse) and which one each assignment has."""
    width = int(condition.max(initial=0)) + 1
    key, inverse = np.unique((role * width + condition) * 2 + lighthouse, return_inverse=True)
    made = [(int(one) // 2 // width, int(one) // 2 % width, bool(one % 2)) for one in key]
    return made, inverse.astype(np.int32)


def _row(index: TenantIndex, maker: RowMaker, role: int, condition: int, lighthouse: bool) -> Mask:
    """Return the columns that a role certainly grants under an assignment's condition."""
    conditions = index.facts.conditions
    text = conditions.text[condition - 1] if condition else None
    version = conditions.version[condition - 1] or None if condition else None
    mask = maker.granted(index.facts.roles[role].blocks, text, version)
    # X4: Lighthouse reaches the control plane only.
    return mask & ~maker.columns.data if lighthouse else mask


def _ground(index: TenantIndex, columns: Columns, maker: RowMaker, rows: kernels.Words) -> kernels.Ground:
    """Lay out everything that does not depend on the principal."""
    tree = index.tree
    denies = _Denies(index, maker)
    counts = _below(index)
    closure = index.directory.closure
    return kernels.Ground(
        order=tree.order,
        end=tree.end,
        parent=tree.hung,
        count_offsets=counts[0],
        count_type=counts[1],
        below=counts[2],
        own_type=_own_types(index),
        part_offsets=columns.part_offsets,
        part_word=columns.part_word,
        part_category=columns.part_category,
        part_mask=columns.part_mask,
        rows=rows,
        **denies.arrays(columns.width),
        group_offsets=closure.group_offsets,
        group=closure.group,
    )


def _below(index: TenantIndex) -> tuple[NDArray[np.int64], Codes, NDArray[np.int64]]:
    """Sum the resources by type up the tree: compressed rows of (type, count) at and below each scope."""
    table = index.facts.resources
    types = max(len(table.type_name), 1)
    parent = index.tree.hung.astype(np.int64)
    key = table.scope.astype(np.int64) * types + table.type
    count = table.count
    all_keys, all_counts = [key], [count]
    while True:
        moving = key // types != 0
        key, inverse = np.unique(parent[key[moving] // types] * types + key[moving] % types, return_inverse=True)
        if not len(key):
            break
        count = np.bincount(inverse, weights=count[moving], minlength=len(key)).astype(np.int64)
        all_keys.append(key)
        all_counts.append(count)
    key, inverse = np.unique(np.concatenate(all_keys), return_inverse=True)
    count = np.bincount(inverse, weights=np.concatenate(all_counts), minlength=len(key)).astype(np.int64)
    return offsets_of(len(parent), key // types), (key % types).astype(np.int32), count


def _own_types(index: TenantIndex) -> Codes:
    """Return the resource type of every listed scope that is a resource or resource group itself, else -1."""
    scopes = index.facts.scopes
    types = {name: place for place, name in enumerate(index.facts.resources.type_name)}
    group = types.get(
        "microsoft.resources/resourcegroups", types.get("microsoft.resources/subscriptions/resourcegroups")
    )
    found = np.full(len(scopes.key), -1, dtype=np.int32)
    listed = (scopes.flags & ScopeFlag.LISTED) != 0
    if group is not None:
        found[listed & (scopes.kind == ScopeKind.RESOURCE_GROUP)] = group
    for row in np.flatnonzero(listed & (scopes.kind == ScopeKind.RESOURCE)).tolist():
        names = Scope.parse(scopes.key[row]).resource_names()
        found[row] = types.get(names[-1][0], -1) if names else -1
    return found


class _Denies:
    """Enforced denies laid out for the kernels; a gap in the denies counts as a deny of everything (V3)."""

    def __init__(self, index: TenantIndex, maker: RowMaker) -> None:
        self._index = index
        table = index.facts.denies
        rows = np.flatnonzero((table.flags & DenyFlag.AUDIT) == 0)
        self._rows = rows[np.argsort(index.tree.order[table.scope[rows]], kind="stable")]
        masks = [maker.denied(one.blocks, one.condition, one.condition_version) for one in index.facts.deny_permissions]
        self._everything = len(masks)
        self._masks: list[Mask] = [*masks, maker.denied(_EVERYTHING, None, None)]

    def arrays(self, width: int) -> dict[str, Any]:
        """Return the fields of `Ground` that are about denies."""
        index, table, rows = self._index, self._index.facts.denies, self._rows
        everyone = (table.flags[rows] & DenyFlag.EVERYONE) != 0
        only = (table.flags[rows] & DenyFlag.THIS_SCOPE_ONLY) != 0
        named_offsets, named = _take(table.principal_offsets, table.principal, rows)
        spared_offsets, spared = _take(table.excluded_offsets, table.excluded, rows)
        touched = np.concatenate([named, spared])
        owner = np.concatenate(
            [
                np.repeat(np.arange(len(rows)), np.diff(named_offsets)),
                np.repeat(np.arange(len(rows)), np.diff(spared_offsets)),
            ]
        )
        by_principal = np.argsort(touched, kind="stable")
        return {
            **self._for_everyone(everyone, only, width),
            "deny_order": index.tree.order[table.scope[rows]],
            "deny_scope": table.scope[rows],
            "deny_bits": table.permissions[rows],
            "deny_only": only,
            "deny_everyone": everyone,
            "deny_rows": pack_rows(self._masks, width),
            "named_offsets": named_offsets,
            "named": named,
            "spared_offsets": spared_offsets,
            "spared": spared,
            "special_offsets": offsets_of(len(index.facts.principals.key), touched[by_principal]),
            "special": owner[by_principal].astype(np.int32),
        }

    def _for_everyone(self, everyone: Mask, only: Mask, width: int) -> dict[str, Any]:
        """Carry denies for everyone down the tree, and note where they newly take something away."""
        index, tree = self._index, self._index.tree
        whole: dict[int, set[int]] = {row: {self._everything} for row in self._closed_scopes()}
        alone: dict[int, set[int]] = {}
        table = index.facts.denies
        for row, for_all, here in zip(self._rows.tolist(), everyone.tolist(), only.tolist(), strict=True):
            if for_all:
                (alone if here else whole).setdefault(int(table.scope[row]), set()).add(int(table.permissions[row]))
        sets: dict[frozenset[int], int] = {frozenset(): 0}
        unions: list[Mask] = [np.zeros_like(self._masks[0])]
        in_force = np.zeros(len(tree.order), dtype=np.int32)
        fresh: list[tuple[int, int, Mask]] = []
        keys: list[frozenset[int]] = [frozenset()]
        for scope in sorted(whole, key=lambda one: int(tree.order[one])):
            first, last = int(tree.order[scope]), int(tree.end[scope])
            before = int(in_force[first])
            key = keys[before] | whole[scope]
            if key not in sets:
                sets[key] = len(unions)
                keys.append(key)
                unions.append(np.logical_or.reduce([self._masks[one] for one in sorted(key)]))
            in_force[first:last] = sets[key]
            fresh.append((first, scope, unions[sets[key]] & ~unions[before]))
        scope_taken = in_force[tree.order]
        single = [
            (int(tree.order[scope]), scope, np.logical_or.reduce([self._masks[one] for one in sorted(some)]))
            for scope, some in alone.items()
        ]
        single = [
            (order, scope, mask & ~unions[int(scope_taken[scope])]) for order, scope, mask in sorted(single, key=_first)
        ]
        return {
            "taken": pack_rows(unions, width),
            "scope_taken": scope_taken,
            **_listed("fresh", fresh, width),
            **_listed("only", sorted(single, key=_first), width),
        }

    def _closed_scopes(self) -> list[int]:
        """Return the scopes below which nothing is certain: denies, or placement with denies, were not read."""
        index = self._index
        found = list(index.deny_gaps)
        scopes = index.facts.scopes
        groups = scopes.kind[index.facts.denies.scope] == ScopeKind.MANAGEMENT_GROUP
        if groups.any():
            found += np.flatnonzero(scopes.parent == UNPLACED).tolist()
        if (index.directory.any_group or index.directory.unread) and len(index.facts.denies.scope):
            found += np.unique(index.facts.denies.scope).tolist()
        return found


def _first(one: tuple[int, int, Mask]) -> int:
    return one[0]


def _listed(name: str, some: list[tuple[int, int, Mask]], width: int) -> dict[str, Any]:
    """Return arrays of (order, scope, bits), equal bits kept once."""
    kept: dict[bytes, int] = {}
    masks: list[Mask] = []
    rows: list[int] = []
    for _, _, mask in some:
        key = mask.tobytes()
        if key not in kept:
            kept[key] = len(masks)
            masks.append(mask)
        rows.append(kept[key])
    return {
        f"{name}_order": np.asarray([one[0] for one in some], dtype=np.int32),
        f"{name}_scope": np.asarray([one[1] for one in some], dtype=np.int32),
        f"{name}_row": np.asarray(rows, dtype=np.int32),
        name: pack_rows(masks, width),
    }


def _take(offsets: NDArray[np.int64], values: Codes, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], Codes]:
    """Return some rows of compressed rows, in the order asked."""
    sizes = offsets[rows + 1] - offsets[rows]
    taken = np.zeros(len(rows) + 1, dtype=np.int64)
    np.cumsum(sizes, out=taken[1:])
    places = np.repeat(offsets[rows] - taken[:-1], sizes) + np.arange(int(sizes.sum()))
    return taken, values[places].astype(np.int32)
