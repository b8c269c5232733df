"""How much every principal can do: (resource, operation) pairs by plane and verb, exactly, for all at once.

A pair counts when `decide` allows the operation on the resource whatever the call carries: conditions that look at
more than the action are not met on the granting side and are met on the denying side; eligible access and anything
that was not read do not count. An operation counts only on resources of its own type (see `radius_rows`).

>>> radius = blast_radius(index, at=instant)                                     # doctest: +SKIP
>>> dict(zip(radius.categories, radius.pairs[0].tolist()))                       # doctest: +SKIP
{'control.read': 1200, 'control.write': 40, ...}
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from remit.engine import radius_kernels as kernels
from remit.engine.facts import AssignmentFlag, AssignmentKind, PrincipalFlag
from remit.engine.index import TenantIndex
from remit.engine.kernels import fixed, in_shares
from remit.engine.membership import Codes, Counts, offsets_of
from remit.engine.radius_areas import sum_areas
from remit.engine.radius_denies import closed_scopes, lay_out_denies
from remit.engine.radius_rows import CATEGORIES, Columns, RowMaker, Rows
from remit.model.interval import to_micros

_SHARE = 4_096
"""Principals or pairs that one thread counts before it takes more."""

Tables = tuple[NDArray[Any], ...]


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
        at: instant asked about, aware UTC.
        principals: rows of principals; None for all.

    Source: D2 to D6, N1 to N6, V1, V3. Cost: see docs/benchmarks.md; linear in assignments after closing groups.
    """
    asked = np.arange(len(index.facts.principals.key), dtype=np.int32) if principals is None else principals
    totals = np.zeros((len(asked), len(CATEGORIES)), dtype=np.int64)
    columns = Columns.of(index)
    if columns.width and len(asked):
        maker, rows = RowMaker(columns, at), Rows(columns.width)
        groups = _groups(index, to_micros(at))
        wanted = None if principals is None else _reached(asked, *groups)
        granted = _granted(index, maker, rows, to_micros(at), wanted)
        tables, special = _tables(index, columns, maker, rows, granted)
        values = np.zeros((len(granted.scope), len(CATEGORIES)), dtype=np.int64)
        in_shares(len(values), _SHARE, lambda first, last: kernels.value_pairs(first, last, values, *tables))
        names = fixed(values, *groups, granted.held_offsets, granted.held, *special, asked.astype(np.int32))
        in_shares(
            len(asked), _SHARE, lambda first, last: kernels.count_principals(first, last, totals, *tables, *names)
        )
    return BlastRadius(asked, CATEGORIES, totals)


def _groups(index: TenantIndex, at: int) -> tuple[Counts, Codes]:
    """Return the groups that each principal is in at an instant, as compressed rows (G1, P6)."""
    directory, timed = index.directory, index.directory.timed
    offsets, group = directory.closure.group_offsets, directory.closure.group
    starting = np.unique(timed.member[(timed.start <= at) & (at < timed.end)])
    if not len(starting):
        return offsets, group
    odd = np.unique(np.concatenate([starting, *(directory.members(one) for one in starting.tolist())]))
    theirs = [np.asarray(directory.caller(row, at).groups, dtype=np.int32) for row in odd.tolist()]
    plain = np.ones(len(offsets) - 1, dtype=np.bool_)
    plain[odd] = False
    member = np.repeat(np.arange(len(plain)), np.diff(offsets))
    members = np.concatenate([member[plain[member]], np.repeat(odd, [len(one) for one in theirs])])
    groups = np.concatenate([group[plain[member]], *theirs])
    order = np.argsort(members, kind="stable")
    return offsets_of(len(plain), members[order]), groups[order]


def _reached(asked: Codes, group_offsets: Counts, group: Codes) -> NDArray[np.bool_]:
    """Return a mask of some principals and their groups."""
    wanted = np.zeros(len(group_offsets) - 1, dtype=np.bool_)
    wanted[asked] = True
    for row in asked.tolist():
        wanted[group[group_offsets[row] : group_offsets[row + 1]]] = True
    return wanted


@dataclass(frozen=True, slots=True, eq=False)
class _Granted:
    """What assignments certainly grant: distinct (scope, row of bits, reach) in tree order, and who holds which.

    Attributes:
        scope, row, reach: of each pair; see `radius_kernels`.
        held_offsets, held: per principal, its own pairs, sorted and distinct.
    """

    scope: Codes
    row: Codes
    reach: Codes
    held_offsets: Counts
    held: Codes


def _granted(index: TenantIndex, maker: RowMaker, rows: Rows, at: int, wanted: NDArray[np.bool_] | None) -> _Granted:
    """Find the assignments that certainly grant, of all principals or of those wanted."""
    table, tree = index.facts.assignments, index.tree
    bad = AssignmentFlag.CUSTOM_DATA_AT_MANAGEMENT_GROUP | AssignmentFlag.LIGHTHOUSE_NOT_PERMITTED
    invalid = np.asarray(index.role_invalid, dtype=np.bool_)
    lighthouse = table.kind == AssignmentKind.LIGHTHOUSE
    good = (table.start <= at) & (at < table.end) & ((table.flags & bad) == 0) & ~invalid[table.role]
    good &= (table.kind == AssignmentKind.ACTIVE) | lighthouse
    if wanted is not None:
        good &= wanted[table.principal]
    chosen = np.flatnonzero(good)
    reach = np.where(lighthouse[chosen], kernels.ITSELF, kernels.EVERYBODY)
    if index.directory_complete:
        listed = (index.facts.principals.flags & PrincipalFlag.LISTED) != 0
        foreign = (table.flags[chosen] & AssignmentFlag.FOREIGN_PRINCIPAL) != 0
        reach[~listed[table.principal[chosen]] & ~foreign] = kernels.MEMBERS
    row = _rows_of(index, maker, rows, chosen)
    width = 3 * len(rows)
    pair, number = np.unique(
        tree.order[table.scope[chosen]].astype(np.int64) * width + 3 * row + reach, return_inverse=True
    )
    count = max(len(pair), 1)
    held = np.unique(table.principal[chosen].astype(np.int64) * count + number)
    scope_at = np.empty(len(tree.order), dtype=np.int32)
    scope_at[tree.order] = np.arange(len(tree.order), dtype=np.int32)
    return _Granted(
        scope_at[pair // width],
        (pair % width // 3).astype(np.int32),
        (pair % 3).astype(np.int32),
        offsets_of(len(index.facts.principals.key), held // count),
        (held % count).astype(np.int32),
    )


def _rows_of(index: TenantIndex, maker: RowMaker, rows: Rows, chosen: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the row of bits of each chosen assignment: its role's, under its condition."""
    table, conditions = index.facts.assignments, index.facts.conditions
    width = len(conditions.text) + 1
    lighthouse = table.kind[chosen] == AssignmentKind.LIGHTHOUSE
    key = (table.role[chosen].astype(np.int64) * width + table.condition[chosen] + 1) * 2 + lighthouse
    made, inverse = np.unique(key, return_inverse=True)
    found = np.empty(len(made), dtype=np.int64)
    for place, one in enumerate(made.tolist()):
        role, condition = divmod(one // 2, width)
        text = conditions.text[condition - 1] if condition else None
        version = conditions.version[condition - 1] or None if condition else None
        mask = maker.granted(index.facts.roles[role].blocks, text, version)
        # X4: Lighthouse reaches the control plane only.
        found[place] = rows.add(mask & ~maker.columns.data if one % 2 else mask)
    return found[inverse]


def _tables(
    index: TenantIndex, columns: Columns, maker: RowMaker, rows: Rows, granted: _Granted
) -> tuple[Tables, Tables]:
    """Lay out everything that does not depend on the principal, and per principal the denies that name or spare it."""
    tree = index.tree
    wanted = np.zeros(len(tree.order), dtype=np.bool_)
    wanted[granted.scope] = True
    wanted[index.facts.denies.scope] = True
    wanted[closed_scopes(index)] = True
    areas = sum_areas(index, wanted)
    table = lay_out_denies(index, maker, rows, areas.first_leaf)
    begin, end = tree.order[granted.scope].astype(np.int64) * 2, tree.end[granted.scope].astype(np.int64) * 2
    pairs = np.empty((len(begin), 8), dtype=np.int32)
    pairs[:, kernels.BEGIN], pairs[:, kernels.END] = begin, end
    pairs[:, kernels.AREA], pairs[:, kernels.ROW] = granted.scope, granted.row
    pairs[:, kernels.INNERMOST] = table.innermost(begin)
    pairs[:, kernels.FIRST], pairs[:, kernels.LAST] = table.inside(begin, end)
    pairs[:, kernels.REACH] = granted.reach
    parts = np.stack([columns.part_word, columns.part_category], axis=1)
    tables = fixed(
        rows.array(), areas.offsets, areas.cells, columns.part_offsets, parts, columns.part_mask, pairs, table.denies
    )
    return tables, (table.special_offsets, table.special)
