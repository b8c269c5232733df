"""What changes do to role assignments (H2, H7, H9): those that logs write and delete, by their id."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from remit.engine.facts import AssignmentKind
from remit.model.usage import ChangeKind
from remit.usage.changes.base import Base, BaseRow, Held, held_of, scope_of
from remit.usage.changes.draft import Draft
from remit.usage.changes.lines import MAY_BE, Timeline, held_in, put
from remit.usage.changes.pim import plan_pim, settle_activations
from remit.usage.changes.settling import SettledChange
from remit.usage.changes.timelines import ABSENT, Point, pieces, whole

USER_ACCESS_ADMINISTRATOR = "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9"
ELEVATED_NAME = "/providers/Microsoft.Authorization/elevateAccess/"
"""What an assignment that `elevateAccess` made is called until something tells its id: with the caller's behind it."""

_KINDS = (ChangeKind.ASSIGNMENT_WRITTEN, ChangeKind.ASSIGNMENT_DELETED, ChangeKind.ELEVATED)
_NOT_THERE = frozenset({ABSENT})


def plan_assignments(draft: Draft, base: Base, changes: Sequence[SettledChange], read_at: int) -> None:
    """Write into a draft what changes do to assignments, active and eligible."""
    lines = _timelines(draft, base, changes)
    activations = plan_pim(draft, base, changes, read_at, lines)
    for _, one in sorted(lines.items()):
        _one_assignment(draft, base, one, read_at)
    settle_activations(draft, base, activations)


def _timelines(draft: Draft, base: Base, changes: Iterable[SettledChange]) -> dict[tuple[str, str], Timeline]:
    found: dict[tuple[str, str], Timeline] = {}
    chosen = [one for one in changes if one.change.kind in _KINDS]
    named = _elevated_names(base, chosen)
    for one in chosen:
        said = one.change
        scope = scope_of(said.scope)
        elevated = _is_elevation(one) or (said.scope == "/" and said.object_id in named)
        if scope is None or not (said.object_id or elevated):
            draft.left_out.append(one)
            continue
        if one.detail.told and said.kind is not ChangeKind.ASSIGNMENT_DELETED:
            # Whom it was given to was there then; what is deleted may be left over of somebody gone.
            draft.saw(said.subject_id, one.detail.principal_type)
        key = ("/", f"+{named.get(said.object_id) or said.subject_id}") if elevated else (scope.key, said.object_id)
        line = found.get(key)
        if line is None:
            line = found[key] = Timeline(scope.text, "", _base_rows(base, key))
        if not line.name or line.name.startswith(ELEVATED_NAME):
            line.name = one.detail.content_id or said.object_id or ELEVATED_NAME + said.subject_id
        line.changes.append(one)
    _give_to_elevation(found)
    return found


def _elevated_names(base: Base, changes: Sequence[SettledChange]) -> dict[str, str]:
    """Return whose elevated access each assignment is that something tells of: an elevation itself names no id."""
    told = {one.change.object_id: one.change.subject_id for one in changes if one.detail.told and _is_elevation(one)}
    if any(scope == "/" for scope in (one.change.scope for one in changes)):
        for row in base.at("/"):
            if row.held.role == USER_ACCESS_ADMINISTRATOR and row.kind == AssignmentKind.ACTIVE:
                told[row.name] = row.held.principal_id
    told.pop("", None)
    return told


def _give_to_elevation(found: dict[tuple[str, str], Timeline]) -> None:
    """Take the delete of an assignment at `/` that nothing else tells of for what may have ended an elevation."""
    unnamed = [line for line in found.values() if line.name.startswith(ELEVATED_NAME)]
    for key, line in list(found.items()):
        alone = key[0] == "/" and not line.rows and not line.holders()
        if alone and unnamed and all(one.change.kind is ChangeKind.ASSIGNMENT_DELETED for one in line.changes):
            for elevated in unnamed:
                elevated.changes += [replace(one, confirmed=False) for one in line.changes]
            del found[key]


def _is_elevation(one: SettledChange) -> bool:
    said = one.change
    return said.scope == "/" and said.role_id == USER_ACCESS_ADMINISTRATOR and bool(said.subject_id)


def _base_rows(base: Base, key: tuple[str, str]) -> list[BaseRow]:
    scope, name = key
    rows = [one for one in base.at(scope) if one.kind == AssignmentKind.ACTIVE]
    if name.startswith("+"):
        wanted = (name[1:], USER_ACCESS_ADMINISTRATOR)
        return [one for one in rows if (one.held.principal_id, one.held.role) == wanted]
    return [one for one in rows if one.name == name]


def _one_assignment(draft: Draft, base: Base, line: Timeline, read_at: int) -> None:
    own = held_of(line.rows)
    points = [_point(one) for one in line.changes]
    points += [Point(at, None, _NOT_THERE) for at in line.ended if not _deleted_near(line, at)]
    if own is not None or not base.is_unread("arm/roleAssignments", line.scope):
        state: frozenset[Held | None] = frozenset({own})
        points.append(Point(read_at, state, state, snapshot=True))
    found = pieces(sorted(points, key=lambda one: (one.time, not one.snapshot)))
    if whole(found) and found[0].states == frozenset({own}):
        return
    draft.gone.update(one.row for one in line.rows)
    if line.rows:
        line.name = base.index.facts.assignments.name[line.rows[0].row]
    draft.scopes.add(line.scope)
    for piece in found:
        put(draft, line.scope, line.name, piece)


def _deleted_near(line: Timeline, at: int) -> bool:
    near_us = 600_000_000
    kind = ChangeKind.ASSIGNMENT_DELETED
    return any(one.change.kind is kind and abs(one.change.time - at) <= near_us for one in line.changes)


def _point(one: SettledChange) -> Point[Held]:
    said = one.change
    told = frozenset({held_in(one)}) if one.detail.told else None
    if said.kind is ChangeKind.ASSIGNMENT_DELETED:
        return Point(said.time, told, _NOT_THERE, sure=one.confirmed, existed=one.confirmed)
    if said.kind is ChangeKind.ELEVATED:
        return Point(said.time, None, told, default=_NOT_THERE, sure=one.confirmed)
    if one.detail.created is False:
        # It replaced one of the same principal, role and scope: only the condition can have been another.
        before = frozenset({Held(said.subject_id, said.role_id, MAY_BE)}) if told else None
        return Point(said.time, None, told, default=before, sure=one.confirmed)
    return Point(said.time, _NOT_THERE if one.detail.created else None, told, default=_NOT_THERE, sure=one.confirmed)
