"""One assignment against what was used: used, unused, not observable, operation by operation, in groups for people.

A row whose log names the granting assignment is use of that assignment alone. Any other row, one that the engine
attributed among them, is use of every assignment that could have granted it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from remit.app.using.answers import OperationGroup, Used
from remit.app.using.measuring import Measurer, Touched, is_use
from remit.app.using.operations import Granted, Mask, Operations
from remit.app.using.rows import together
from remit.model.question import Plane
from remit.ports.usage_store import UsedRow
from remit.usage.observability import Observable, Why
from remit.usage.observable_operations import Need
from remit.usage.weights import WeightClass


@dataclass(frozen=True, slots=True)
class Split:
    """What became of the operations that one assignment grants."""

    granted: int
    used_operations: int
    used: tuple[Used, ...]
    unused: tuple[OperationGroup, ...]
    not_observable: tuple[OperationGroup, ...]


@dataclass(frozen=True, slots=True)
class Doubt:
    """Operations whose use cannot be ruled out, and why."""

    why: Why
    touched: Touched


def rows_for(rows: Iterable[UsedRow], assignment_id: str, known: frozenset[str]) -> list[UsedRow]:
    """Return the rows that show, or may show, use of one assignment.

    Args:
        rows: of its holders.
        assignment_id: its GUID.
        known: GUIDs of all assignments of the same holders: a row that a log ties to one of them is of no other.
    """
    return [
        row
        for row in rows
        if is_use(row) and (row.computed or row.assignment_id == assignment_id or row.assignment_id not in known)
    ]


def split(
    measurer: Measurer,
    scope: int,
    held: Granted,
    rows: Sequence[UsedRow],
    *,
    days: int,
    assignment_id: str = "",
    doubts: Sequence[Doubt] = (),
    never: Why | None = None,
) -> Split:
    """Say what of an assignment was used.

    Args:
        measurer: of the tenant.
        scope: row of the assignment's scope.
        held: what its role grants.
        rows: what `rows_for` gives.
        days: the days on which it could have been used, as far as that is known.
        assignment_id: its GUID: what a log ties to it is use, wherever its subscription has been moved since.
        doubts: what else may have been used.
        never: why nothing of it is observable at all, None where something may be.

    Cost: some 5 us an operation, most of it for making groups.
    """
    hit, left, doubted = _left(measurer, scope, held, rows, assignment_id=assignment_id, doubts=doubts)
    seen = {
        Need(need): Observable(never) if never is not None else measurer.observable(scope, Need(need)).within(days)
        for need in np.unique(measurer.operations.need[left]).tolist()
    }
    unused, unseen = _groups(measurer.operations, np.flatnonzero(left).tolist(), seen, doubted)
    mine = [row for row in rows if _is_granted(measurer, held, scope, row)]
    return Split(held.count, hit, together(mine), unused, unseen)


def _left(
    measurer: Measurer,
    scope: int,
    held: Granted,
    rows: Sequence[UsedRow],
    *,
    assignment_id: str,
    doubts: Sequence[Doubt],
) -> tuple[int, Mask, dict[int, Why]]:
    """Return how many operations were used, which were not, and which of these nobody can be sure of."""
    used = set(measurer.touched(rows).there(scope))
    for one in rows:
        if assignment_id and one.assignment_id == assignment_id:
            used.update(measurer.rows_of(one.action.lower()))
    left = held.mask.copy()
    hit = [row for row in used if left[row]]
    left[hit] = False
    doubted: dict[int, Why] = {}
    for doubt in doubts:
        for row in doubt.touched.there(scope):
            if left[row]:
                doubted.setdefault(row, doubt.why)
    return len(hit), left, doubted


def _groups(
    operations: Operations, rows: Sequence[int], seen: Mapping[Need, Observable], doubted: Mapping[int, Why]
) -> tuple[tuple[OperationGroup, ...], tuple[OperationGroup, ...]]:
    """Put operations that were not seen to be used into groups: those that would have been seen, and the others."""
    found: dict[tuple[bool, str, str, int, Why | None], list[int]] = {}
    needs, data = operations.need.tolist(), operations.first_data
    kinds, verbs = operations.type_path, operations.verb
    for row in rows:
        key = (row >= data, kinds[row], verbs[row], needs[row], doubted.get(row) if doubted else None)
        found.setdefault(key, []).append(row)
    unused: list[OperationGroup] = []
    unseen: list[OperationGroup] = []
    for (of_data, kind, verb, need, why), members in found.items():
        shown = seen[Need(need)]
        if why is not None and shown.observable:
            shown = Observable(why)
        group = OperationGroup(
            plane=(Plane.DATA if of_data else Plane.CONTROL).word,
            resource_type=kind,
            verb=verb,
            operations=tuple([operations.spelt(row) for row in members]),
            weight=WeightClass(max(operations.weight_class[row] for row in members)),
            why=shown.why,
            window=shown.window,
            missing=shown.missing,
            unnamed=shown.unnamed,
            of=shown.of,
        )
        (unused if shown.observable else unseen).append(group)
    return _sorted(unused), _sorted(unseen)


def _is_granted(measurer: Measurer, held: Granted, scope: int, row: UsedRow) -> bool:
    """Tell whether an assignment grants what a row names, at or above where it says."""
    above = measurer.chain_of(row.scope)
    if above and scope not in above:
        return False
    names = measurer.operations.rows.get(row.action.lower())
    if names is None:
        # No catalogue has it, so nobody knows which roles list it.
        return True
    return bool(held.mask[list(names)].any())


def _sorted(groups: Iterable[OperationGroup]) -> tuple[OperationGroup, ...]:
    return tuple(
        sorted(groups, key=lambda one: (-one.weight, one.plane, one.resource_type, one.verb, one.why, one.operations))
    )
