"""What changes do to role definitions (H4): each version is a definition of its own, assignments are cut between."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from remit.engine.splice import RoleStretch
from remit.model.interval import ALWAYS_FROM, ALWAYS_UNTIL, format_instant, from_micros
from remit.model.role import PermissionBlock, RoleDefinition, RoleSource, broken_limit
from remit.model.usage import ChangeKind
from remit.usage.changes.base import Base
from remit.usage.changes.draft import Draft
from remit.usage.changes.settling import SettledChange
from remit.usage.changes.timelines import ABSENT, Piece, Point, pieces, whole


@dataclass(frozen=True, slots=True)
class _Version:
    """What a definition allows; equal where its blocks are."""

    blocks: tuple[PermissionBlock, ...]
    role: RoleDefinition = field(compare=False)


_KINDS = (ChangeKind.DEFINITION_WRITTEN, ChangeKind.DEFINITION_DELETED)
_NOT_THERE = frozenset({ABSENT})


def plan_roles(draft: Draft, base: Base, changes: Sequence[SettledChange], read_at: int) -> None:
    """Write into a draft what changes do to role definitions."""
    by_role: dict[str, list[SettledChange]] = {}
    for one in changes:
        if one.change.kind not in _KINDS:
            continue
        if not one.change.object_id:
            draft.left_out.append(one)
            continue
        by_role.setdefault(one.change.object_id, []).append(one)
    for key, rows in sorted(by_role.items()):
        own = _own(base, key)
        points: list[Point[_Version]] = [_point(one) for one in rows]
        if own is not None and own.source is not RoleSource.NOT_COLLECTED:
            state: frozenset[_Version | None] = frozenset({_Version(own.blocks, own)})
            points.append(Point(read_at, state, state, snapshot=True))
        elif own is None and not base.is_unread("arm/roleDefinitions"):
            points.append(Point(read_at, _NOT_THERE, _NOT_THERE, snapshot=True))
        found = pieces(sorted(points, key=lambda point: (point.time, not point.snapshot)))
        if not (whole(found) and own is not None):
            draft.roles[key] = tuple(_stretches(key, own, found))


def borrow_roles(draft: Draft, base: Base, catalogue: Mapping[str, RoleDefinition]) -> None:
    """Take roles that are assigned now and were not collected from a catalogue, where roles may be missing (V6)."""
    if not base.is_unread("arm/roleDefinitions"):
        return
    for key in {one.role for one in draft.assignments} - draft.roles.keys():
        if key in catalogue and _own(base, key) is None:
            role = replace(catalogue[key], key=key, source=RoleSource.CATALOGUE)
            draft.roles[key] = (RoleStretch(ALWAYS_FROM, ALWAYS_UNTIL, role),)


def _own(base: Base, key: str) -> RoleDefinition | None:
    roles = base.index.facts.roles
    place = bisect_left(roles, key, key=lambda role: role.key)
    return roles[place] if place < len(roles) and roles[place].key == key else None


def _point(one: SettledChange) -> Point[_Version]:
    said, detail = one.change, one.detail
    if said.kind is ChangeKind.DEFINITION_DELETED:
        before = frozenset({_version(one)}) if detail.permissions is not None else None
        return Point(said.time, before, _NOT_THERE, sure=one.confirmed)
    after = frozenset({_version(one)}) if detail.permissions is not None else None
    return Point(said.time, _NOT_THERE if detail.created else None, after, sure=one.confirmed)


def _version(one: SettledChange) -> _Version:
    detail = one.detail
    blocks = tuple(each.block() for each in detail.permissions or ())
    role = RoleDefinition(
        key=one.change.object_id,
        name=detail.role_name,
        is_custom=detail.custom,
        blocks=blocks,
        source=RoleSource.TENANT,
        assignable_scopes=tuple(sorted(detail.assignable_scopes)),
        invalid=broken_limit(blocks, detail.assignable_scopes) if detail.custom else "",
    )
    return _Version(blocks, role)


def _stretches(key: str, own: RoleDefinition | None, found: Sequence[Piece[_Version]]) -> list[RoleStretch]:
    made: list[RoleStretch] = []
    for piece in found:
        states = piece.states or frozenset()
        version = next(iter(states)) if len(states) == 1 else None
        if version is None:
            name = own.name if own is not None else ""
            role = RoleDefinition(f"{key}+unknown", name, is_custom=True, blocks=(), source=RoleSource.NOT_COLLECTED)
        elif own is not None and version.blocks == own.blocks:
            role = own
        else:
            role = replace(version.role, key=f"{key}+{_mark(piece)}")
        made.append(RoleStretch(piece.start, piece.end, role))
    return made


def _mark(piece: Piece[_Version]) -> str:
    """Return what tells a version apart: since when it is so, or until when where it was so ever since."""
    if piece.start == ALWAYS_FROM:
        return f"until-{format_instant(from_micros(piece.end))}"
    return format_instant(from_micros(piece.start))
