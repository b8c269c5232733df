"""What changes do to memberships of groups (H5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from remit.engine.splice import MembershipRow
from remit.model.usage import ChangeKind
from remit.usage.changes.base import ALWAYS, Base, Window
from remit.usage.changes.draft import Draft
from remit.usage.changes.settling import SettledChange
from remit.usage.changes.timelines import ABSENT, Point, pieces, whole


@dataclass(frozen=True, slots=True)
class _Member:
    windows: tuple[Window, ...] = field(default=ALWAYS, compare=False)


_KINDS = (ChangeKind.MEMBER_ADDED, ChangeKind.MEMBER_REMOVED)
_NO = frozenset({ABSENT})
_YES: frozenset[_Member | None] = frozenset({_Member()})


def plan_members(draft: Draft, base: Base, changes: Sequence[SettledChange], read_at: int) -> None:
    """Write into a draft what changes do to memberships."""
    pairs: dict[tuple[str, str], list[SettledChange]] = {}
    for one in changes:
        if one.change.kind not in _KINDS:
            continue
        if not one.change.object_id or not one.change.subject_id:
            draft.left_out.append(one)
            continue
        pairs.setdefault((one.change.object_id, one.change.subject_id), []).append(one)
        draft.saw(one.change.object_id, "group")
        draft.saw(one.change.subject_id, one.detail.principal_type)
    for (group, member), rows in sorted(pairs.items()):
        _one_pair(draft, base, (group, member), rows, read_at)


def _one_pair(draft: Draft, base: Base, pair: tuple[str, str], changes: list[SettledChange], read_at: int) -> None:
    group, member = pair
    rows, windows = base.membership(group, member)
    known: list[Point[_Member]] = []
    if rows or not base.is_unread("graph/groupMembers", f"/groups/{group}"):
        state = frozenset({_Member(windows)}) if rows else _NO
        known = [Point(read_at, state, state, snapshot=True)]
    points = sorted([*known, *map(_point, changes)], key=lambda one: (one.time, not one.snapshot))
    found = pieces(points)
    if rows and whole(found):
        return
    draft.gone_members.update(rows)
    for piece in found:
        states = piece.states
        if states is None or len(states) > 1:
            draft.gap(piece.start, piece.end, "graph/groupMembers", f"/groups/{group}", _why(member))
            continue
        for one in states:
            for start, end in one.windows if one else ():
                first, last = max(start, piece.start), min(end, piece.end)
                if first < last:
                    draft.members.append(MembershipRow(group, member, first, last))


def _point(one: SettledChange) -> Point[_Member]:
    added = one.change.kind is ChangeKind.MEMBER_ADDED
    before, after = (_NO, _YES) if added else (_YES, _NO)
    return Point(one.change.time, before, after, sure=one.confirmed)


def _why(member: str) -> str:
    return f"the logs do not tell whether {member} was a member then"
