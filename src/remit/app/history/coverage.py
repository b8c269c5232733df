"""On which days between two instants the logs that tell of changes were seen."""

from __future__ import annotations

from collections.abc import Iterable

from remit.model.history import LogDays
from remit.model.usage import LogKind
from remit.ports.usage_store import Coverage

_DAY_US = 86_400_000_000
_LOGS = (LogKind.ACTIVITY, LogKind.ENTRA_AUDIT)


def days_covered(coverage: Iterable[Coverage], first: int, last: int) -> tuple[LogDays, ...]:
    """Count the days from one instant to another, in either order, on which the logs that tell of changes were seen."""
    low, high = min(first, last) // _DAY_US, max(first, last) // _DAY_US
    seen: dict[LogKind, set[int]] = {log: set() for log in _LOGS}
    for one in coverage:
        if one.log in seen:
            seen[one.log].update(day for day in one.days if low <= day <= high)
    return tuple(LogDays(log, high - low + 1, len(seen[log])) for log in _LOGS)
