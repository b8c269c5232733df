"""The last step for assignments: names against the chosen spelling of scopes, L7, P4, order, no row twice."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from remit.app.intake.assignments import Batch, whole_id
from remit.app.intake.columns import Longs, gather
from remit.app.intake.principals import People
from remit.app.intake.roles import Roles
from remit.app.intake.scopes import Nodes
from remit.engine.facts import AssignmentFlag, AssignmentKind, Assignments, PrincipalKind
from remit.model.scope import ScopeKind


def finish_assignments(
    batch: Batch, *, condition_row: NDArray[np.int32], people: People, roles: Roles, nodes: Nodes
) -> Assignments:
    """Return the table of assignments. Cost: one sort; names are gathered, never made objects of."""
    changes = _spelt_out(batch, nodes)
    scope = nodes.of_spelling[batch.spelling]
    principal = people.row[batch.principal]
    role = roles.row[batch.role]
    condition = condition_row[batch.condition]
    flags = batch.flags.copy()
    at_group = nodes.scopes.kind[scope] == ScopeKind.MANAGEMENT_GROUP
    flags[at_group & roles.custom_data[role]] |= AssignmentFlag.CUSTOM_DATA_AT_MANAGEMENT_GROUP
    software = people.principals.kind[principal] == PrincipalKind.SERVICE_PRINCIPAL
    flags[(batch.kind == AssignmentKind.ELIGIBLE) & software] |= AssignmentFlag.ELIGIBLE_SERVICE_PRINCIPAL
    columns = (scope, principal, role, batch.kind, batch.start)
    rest = (batch.end, condition, flags)

    def named(row: int) -> tuple[str, str]:
        name = changes.get(row) or batch.name[row]
        return name, whole_id(name, nodes.scopes.text[int(scope[row])]).lower()

    order = _ordered(columns, rest, named)
    return Assignments(
        principal=principal[order],
        role=role[order],
        scope=scope[order],
        condition=condition[order],
        kind=batch.kind[order],
        flags=flags[order],
        start=batch.start[order],
        end=batch.end[order],
        name=gather(batch.name, order, changes),
    )


def _spelt_out(batch: Batch, nodes: Nodes) -> dict[int, str]:
    """Return the whole id of each row whose scope was written otherwise than the node's chosen text."""
    if not nodes.respelt:
        return {}
    other = np.zeros(len(nodes.of_spelling), dtype=bool)
    other[list(nodes.respelt)] = True
    return {
        row: whole_id(batch.name[row], nodes.respelt[int(batch.spelling[row])])
        for row in np.flatnonzero(other[batch.spelling]).tolist()
    }


def _ordered(
    columns: tuple[NDArray[np.generic], ...],
    rest: tuple[NDArray[np.generic], ...],
    named: Callable[[int], tuple[str, str]],
) -> Longs:
    """Return rows sorted by the columns, then by name, then by the rest; rows with one id (S2) and equal rest once.

    `named` gives the name of a row and its id in lower case. Names are compared only where all columns are equal, which
    is rare (C19).
    """
    order = np.lexsort(columns[::-1])
    if len(order) < 2:  # noqa: PLR2004 - nothing to compare
        return order
    same = np.ones(len(order) - 1, dtype=bool)
    for column in columns:
        there = column[order]
        same &= there[1:] == there[:-1]
    if not same.any():
        return order
    edges = np.flatnonzero(np.diff(np.concatenate([[False], same, [False]]).astype(np.int8)))
    keep = np.ones(len(order), dtype=bool)
    for low, high in zip(edges[::2].tolist(), (edges[1::2] + 1).tolist(), strict=True):
        tied = sorted((named(row), *(int(column[row]) for column in rest), row) for row in order[low:high].tolist())
        met = set()
        for place, ((_, identity), *others, row) in enumerate(tied):
            order[low + place] = row
            keep[low + place] = (identity, *others) not in met
            met.add((identity, *others))
    return order[keep]
