"""What PIM does to assignments (H3): activations with their windows, what ends them, and eligibility.

An activation is told twice: by the request, and by the assignment that PIM writes and deletes for it. Where both are
seen they are one, under the assignment's id and with the request's end; where only the request is, it stands for both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from remit.engine.facts import AssignmentKind
from remit.engine.splice import AssignmentRow
from remit.model.interval import ALWAYS_FROM, ALWAYS_UNTIL
from remit.model.usage import ChangeKind
from remit.usage.changes.base import Base, Held, Window, held_of, scope_of
from remit.usage.changes.draft import Draft
from remit.usage.changes.lines import Timeline, held_in, rows_of
from remit.usage.changes.settling import SettledChange
from remit.usage.changes.timelines import ABSENT, Point, pieces

_ACTIVE = (ChangeKind.ACTIVATED, ChangeKind.DEACTIVATED)
_ELIGIBLE = (ChangeKind.ELIGIBLE_ADDED, ChangeKind.ELIGIBLE_REMOVED)
_ONE_US = 600_000_000
"""The assignment that PIM writes for an activation begins at most this far from the window asked for."""
_NOT_THERE = frozenset({ABSENT})

Holder = tuple[str, str, str]
"""Principal, role and key of the scope."""


def plan_pim(
    draft: Draft,
    base: Base,
    changes: Sequence[SettledChange],
    read_at: int,
    lines: dict[tuple[str, str], Timeline],
) -> list[AssignmentRow]:
    """Write eligibility into a draft, end what was deactivated, and return the rows of activations."""
    active, eligible = _by_holder(draft, changes, _ACTIVE), _by_holder(draft, changes, _ELIGIBLE)
    found: list[AssignmentRow] = []
    for holder, rows in sorted(active.items()):
        for one in rows:
            if one.change.kind is ChangeKind.DEACTIVATED:
                _end(base, holder, one, lines)
        found += _activations(holder, rows, read_at)
    for holder, rows in sorted(eligible.items()):
        _eligible(draft, base, holder, rows, read_at)
    draft.scopes.update(one.scope for one in found)
    return found


def _by_holder(
    draft: Draft, changes: Sequence[SettledChange], kinds: Sequence[ChangeKind]
) -> dict[Holder, list[SettledChange]]:
    found: dict[Holder, list[SettledChange]] = {}
    for one in changes:
        said = one.change
        if said.kind not in kinds:
            continue
        scope = scope_of(said.scope)
        if scope is None or not (said.subject_id and said.role_id):
            if not (said.kind in _ELIGIBLE and said.object_id and not said.role_id):
                draft.left_out.append(one)  # eligibility for a directory role is no matter of Azure RBAC
            continue
        draft.saw(said.subject_id, one.detail.principal_type)
        found.setdefault((said.subject_id, said.role_id, scope.key), []).append(one)
    return found


def _activations(holder: Holder, rows: Sequence[SettledChange], read_at: int) -> list[AssignmentRow]:
    principal, role, _ = holder
    windows: tuple[Window, ...] = ()
    points: list[Point[Held]] = []
    name = scope = ""
    for one in rows:
        said = one.change
        if said.time >= read_at and points and points[-1].time < read_at:
            windows = ()
        if said.kind is ChangeKind.DEACTIVATED:
            windows = ()
            points.append(Point(said.time, None, _NOT_THERE, default=_NOT_THERE, sure=one.confirmed))
            continue
        name, scope = one.detail.content_id or said.object_id, said.scope
        own = (ALWAYS_FROM if said.start is None else said.start, ALWAYS_UNTIL if said.end is None else said.end)
        windows = (*windows, own) if one.detail.request_type in ("", "selfactivate", "adminassign") else (own,)
        held = replace(held_in(one), principal_id=principal, role=role, mark=f"{windows}", windows=windows)
        points.append(Point(said.time, None, frozenset({held}), default=_NOT_THERE, sure=one.confirmed))
    if points and points[0].time < read_at:
        # From its own instant on the snapshot knows better.
        points.append(Point(read_at, None, _NOT_THERE, default=_NOT_THERE, snapshot=True))
        points.sort(key=lambda point: (point.time, not point.snapshot))
    found: list[AssignmentRow] = []
    for piece in pieces(points):
        found += rows_of(scope, name, piece, AssignmentKind.ACTIVE)
    return found


def _end(base: Base, holder: Holder, one: SettledChange, lines: dict[tuple[str, str], Timeline]) -> None:
    """End the assignments of a holder: those with a window, and any where an administrator took it away."""
    principal, role, scope = holder
    every = one.detail.request_type == "adminremove"
    for row in base.at(scope):
        if row.kind != AssignmentKind.ACTIVE or (row.held.principal_id, row.held.role) != (principal, role):
            continue
        if every or row.held.windows[0][1] != ALWAYS_UNTIL:
            line = lines.setdefault((scope, row.name), Timeline(one.change.scope, row.name))
            if row not in line.rows:
                line.rows.append(row)
    if one.confirmed:
        for (at, _), line in lines.items():
            if at == scope and (principal, role) in line.holders():
                line.ended.append(one.change.time)


def settle_activations(draft: Draft, base: Base, activations: Sequence[AssignmentRow]) -> None:
    """Write activations into a draft, except those whose assignment is known itself; that one ends when they do."""
    for one in activations:
        place = next((at for at, row in enumerate(draft.assignments) if _is_same(row, one)), None)
        if place is not None:
            row = draft.assignments[place]
            if one.end < row.end and one.condition == row.condition:
                draft.assignments[place] = replace(row, end=max(one.end, row.start + 1))
        elif not _in_base(base, one, draft.gone):
            draft.assignments.append(one)


def _is_same(row: AssignmentRow, one: AssignmentRow) -> bool:
    same = (row.principal_id, row.role, row.scope.lower()) == (one.principal_id, one.role, one.scope.lower())
    return same and row.kind == AssignmentKind.ACTIVE and abs(row.start - one.start) <= _ONE_US


def _in_base(base: Base, one: AssignmentRow, gone: set[int]) -> bool:
    for row in base.at(one.scope.lower().rstrip("/") or "/"):
        start, end = row.held.windows[0]
        same = (row.held.principal_id, row.held.role) == (one.principal_id, one.role)
        near = abs(start - one.start) <= _ONE_US and end >= one.end
        if row.row not in gone and row.kind == AssignmentKind.ACTIVE and same and near:
            return True
    return False


def _eligible(draft: Draft, base: Base, holder: Holder, rows: Sequence[SettledChange], read_at: int) -> None:
    principal, role, scope = holder
    own = [
        one
        for one in base.at(scope)
        if one.kind == AssignmentKind.ELIGIBLE and (one.held.principal_id, one.held.role) == (principal, role)
    ]
    state: frozenset[Held | None] = frozenset({held_of(own)})
    points: list[Point[Held]] = [Point(read_at, state, state, snapshot=True)]
    for one in rows:
        said, added = one.change, one.change.kind is ChangeKind.ELIGIBLE_ADDED
        window = (ALWAYS_FROM if said.start is None else said.start, ALWAYS_UNTIL if said.end is None else said.end)
        held = Held(principal, role, windows=(window,))
        after: frozenset[Held | None] = frozenset({held}) if added else _NOT_THERE
        points.append(Point(said.time, None, after, default=_NOT_THERE, sure=one.confirmed, keeps=False))
    draft.gone.update(one.row for one in own)
    first = rows[0]
    name = base.index.facts.assignments.name[own[0].row] if own else first.detail.content_id or first.change.object_id
    for piece in pieces(sorted(points, key=lambda point: (point.time, not point.snapshot))):
        draft.assignments += rows_of(first.change.scope, name, piece, AssignmentKind.ELIGIBLE)
