"""Rows of the roll-up taken together, as people read them."""

from __future__ import annotations

from collections.abc import Iterable

from remit.app.using.answers import Used
from remit.model.usage import ObservedOutcome, ObservedPlane
from remit.ports.usage_store import UsedRow


def is_refused(row: UsedRow) -> bool:
    """Tell whether a row shows need, not use."""
    return row.outcome is ObservedOutcome.REFUSED


def is_directory(row: UsedRow) -> bool:
    """Tell whether a row is of Microsoft Graph or the directory."""
    return row.plane is ObservedPlane.DIRECTORY


def last_use(rows: Iterable[UsedRow]) -> int | None:
    """Return when something was last done, in any log; refused calls and signing in do not count."""
    return max(
        (row.last_seen for row in rows if not is_refused(row) and row.plane is not ObservedPlane.SIGN_IN), default=None
    )


def last_sign_in(rows: Iterable[UsedRow]) -> int | None:
    """Return when a sign-in last succeeded."""
    return max(
        (row.last_seen for row in rows if not is_refused(row) and row.plane is ObservedPlane.SIGN_IN), default=None
    )


def together(rows: Iterable[UsedRow]) -> tuple[Used, ...]:
    """Add up rows that differ only in application, host and outcome; the latest first."""
    found: dict[tuple[object, ...], list[UsedRow]] = {}
    for row in rows:
        key = (row.principal_id, row.plane, row.action.lower(), row.scope.lower(), row.assignment_id, row.computed)
        found.setdefault(key, []).append(row)
    used = [_sum(some) for some in found.values()]
    return tuple(sorted(used, key=lambda one: (-one.last_seen, one.action, one.scope, one.assignment_id)))


def _sum(rows: list[UsedRow]) -> Used:
    latest = max(rows, key=lambda row: (row.last_seen, row.app_id, row.host_resource))
    return Used(
        latest.principal_id,
        latest.plane,
        latest.action,
        latest.scope,
        latest.assignment_id,
        bool(latest.assignment_id) and not latest.computed,
        sum(row.operations for row in rows),
        min(row.first_seen for row in rows),
        latest.last_seen,
        latest.app_id,
        latest.host_resource,
    )
