"""The several records of one change as one: who, what, when, how far it came, and in which logs it was seen.

Joined are the records of one write (Started, Succeeded, Failed share a correlation), copies of a record in
overlapping exports, and the two rows that two services write for one thing: the activation that PIM reports and the
membership that the directory writes for it, and elevated access in both logs. Order and copies make no difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import msgspec

from remit.model.usage import ChangeKind, LogKind, ObservedChange
from remit.usage.changes.detail import FAILED, STARTED, SUCCEEDED, ChangeDetail, detail_of

_ONE_WRITE_US = 24 * 3_600_000_000
"""Records of one correlation about one thing tell of one change within this time."""
_TWO_ROWS_US = 10 * 60_000_000
"""Rows of two services about one thing stand at most this far apart."""
_RANKS = {FAILED: 0, STARTED: 1, SUCCEEDED: 2}

_TWICE = frozenset(
    {
        ChangeKind.DIRECTORY_ROLE_ADDED,
        ChangeKind.DIRECTORY_ROLE_REMOVED,
        ChangeKind.ELIGIBLE_ADDED,
        ChangeKind.ELIGIBLE_REMOVED,
        ChangeKind.ACTIVATED,
        ChangeKind.DEACTIVATED,
        ChangeKind.ELEVATED,
    }
)


@dataclass(frozen=True, slots=True)
class SettledChange:
    """One change.

    Attributes:
        change: the fullest of its records, with what the others add; its time is when it took effect: the earliest of
            the records that tell of its end, or of the beginning where none does.
        detail: what stands in its `detail`, joined in the same way.
        confirmed: a record tells that it was made. False: only its beginning was seen.
        logs: in which logs it was seen, in order.
    """

    change: ObservedChange
    detail: ChangeDetail
    confirmed: bool
    logs: tuple[LogKind, ...]

    @property
    def order(self) -> tuple[int, str, str, str, str, str]:
        """Return what changes are sorted by."""
        one = self.change
        return (one.time, one.kind.value, one.object_id, one.subject_id, one.role_id, one.correlation_id)


def settled(changes: Iterable[ObservedChange]) -> list[SettledChange]:
    """Join the records of each change; those that failed are left out.

    Args:
        changes: in any order, with copies.

    Returns:
        By time. Cost: two sorts.
    """
    made: list[SettledChange] = []
    for _, rows in groupby(sorted(changes, key=_sorting), key=_identity):
        made += _of_one_thing(list(rows))
    return sorted(_once(made), key=lambda one: one.order)


def _identity(change: ObservedChange) -> tuple[str, ...]:
    """Return what the records of one write share. Without a correlation every record stands for itself."""
    own = change.correlation_id or f"{change.digest.hex()} {change.time}"
    about = change.object_id or f"{change.subject_id} {change.role_id}"
    member = change.subject_id if change.log is LogKind.ENTRA_AUDIT else ""
    return (change.kind.value, own, about, member)


def _sorting(change: ObservedChange) -> tuple[tuple[str, ...], int, str, bytes]:
    return _identity(change), change.time, change.detail, change.digest


def _of_one_thing(rows: Sequence[ObservedChange]) -> list[SettledChange]:
    """Split the records of one identity where too much time lies between, and join each part."""
    parts: list[list[ObservedChange]] = []
    for row in rows:
        if parts and row.time - parts[-1][0].time <= _ONE_WRITE_US:
            parts[-1].append(row)
        else:
            parts.append([row])
    return [one for part in parts if (one := _joined(part)) is not None]


def _joined(rows: Sequence[ObservedChange]) -> SettledChange | None:
    details = [detail_of(row.detail) for row in rows]
    best = max(_RANKS[_ended(one)] for one in details)
    failed = any(_ended(one) == FAILED for one in details)
    if best != _RANKS[SUCCEEDED] and failed:
        return None
    # What tells of the end counts before what tells of the beginning; among equals the earliest.
    order = sorted(range(len(rows)), key=lambda place: (-_RANKS[_ended(details[place])], rows[place].time))
    fullest, detail = rows[order[0]], details[order[0]]
    for place in order[1:]:
        fullest, detail = _filled(fullest, rows[place]), _filled_detail(detail, details[place])
    logs = tuple(sorted({row.log for row in rows}))
    return SettledChange(fullest, detail, best == _RANKS[SUCCEEDED], logs)


def _ended(detail: ChangeDetail) -> str:
    return detail.ended if detail.ended in _RANKS else STARTED


_IDS = ("actor_id", "app_id", "subject_id", "object_id", "role_id", "scope")


def _filled(one: ObservedChange, other: ObservedChange) -> ObservedChange:
    more = {name: getattr(other, name) for name in _IDS if not getattr(one, name) and getattr(other, name)}
    if one.end is None and other.end is not None:
        more |= {"start": other.start, "end": other.end}
    elif one.start is None and other.start is not None:
        more["start"] = other.start
    return replace(one, **more) if more else one


def _filled_detail(one: ChangeDetail, other: ChangeDetail) -> ChangeDetail:
    """Fill what one record leaves open; the content comes as a whole from the record that tells it."""
    more = {}
    for name in ("created", "content_id", "request_type", "actor_name", "subject_name", "object_name", "setting"):
        if getattr(one, name) in (None, "") and getattr(other, name) not in (None, ""):
            more[name] = getattr(other, name)
    if not one.told and other.told:
        content = ("principal_type", "condition", "condition_version", "told")
        of_role = ("role_name", "custom", "permissions", "assignable_scopes")
        more |= {name: getattr(other, name) for name in content + of_role}
    return msgspec.structs.replace(one, **more) if more else one


def _once(changes: Sequence[SettledChange]) -> list[SettledChange]:
    """Take two rows about one thing, written by two services, for one."""
    kept: list[SettledChange] = []
    several: dict[tuple[str, ...], list[SettledChange]] = {}
    for one in changes:
        if one.change.kind in _TWICE:
            said = one.change
            several.setdefault((said.kind.value, said.subject_id, said.role_id or said.object_id), []).append(one)
        else:
            kept.append(one)
    for rows in several.values():
        open_rows: list[SettledChange] = []
        for one in sorted(rows, key=lambda each: each.order):
            before = open_rows[-1] if open_rows else None
            if before is not None and _are_one(before, one):
                open_rows[-1] = _both(before, one)
            else:
                open_rows.append(one)
        kept += open_rows
    return kept


def _are_one(one: SettledChange, other: SettledChange) -> bool:
    near = abs(other.change.time - one.change.time) <= _TWO_ROWS_US
    if LogKind.ACTIVITY in one.logs and LogKind.ACTIVITY in other.logs:
        return False  # one service: two writes
    first, second = one.change.scope.lower().rstrip("/"), other.change.scope.lower().rstrip("/")
    return near and (not first or not second or first == second)


def _both(one: SettledChange, other: SettledChange) -> SettledChange:
    confirmed = one.confirmed or other.confirmed
    # What the Activity Log says of a role of Azure resources is fuller than what the directory says.
    first, second = (
        (other, one) if (other.confirmed, -other.change.log) > (one.confirmed, -one.change.log) else (one, other)
    )
    change = replace(_filled(first.change, second.change), time=min(one.change.time, other.change.time))
    logs = tuple(sorted({*one.logs, *other.logs}))
    return SettledChange(change, _filled_detail(first.detail, second.detail), confirmed, logs)
