"""Who does nothing at all: no use and no sign-in, where both would have been seen."""

from __future__ import annotations

from collections.abc import Iterable

from remit.app.using.answers import Dormancy
from remit.app.using.rows import last_sign_in, last_use
from remit.model.usage import LogKind
from remit.ports.usage_store import UsedRow
from remit.usage.observability import Seeing

FEWEST_DAYS = 14
"""A shorter silence is a holiday."""

_USER = (LogKind.USER_SIGN_IN, LogKind.NON_INTERACTIVE_SIGN_IN)
_SERVICE = (LogKind.SERVICE_PRINCIPAL_SIGN_IN, LogKind.MANAGED_IDENTITY_SIGN_IN)
_SIGN_INS = {"user": _USER, "servicePrincipal": _SERVICE}


class Silence:
    """Over how many days silence would have been heard, by the kind of principal."""

    def __init__(self, seeing: Seeing) -> None:
        self._days: dict[str, int] = {}
        for kind, logs in _SIGN_INS.items():
            days = seeing.seen_in_tenant(LogKind.ACTIVITY)
            for log in logs:
                days &= seeing.seen_in_tenant(log)
            self._days[kind] = days.bit_count()

    def of(self, kind: str, rows: Iterable[UsedRow]) -> tuple[Dormancy, int]:
        """Say whether a principal with these rows in the window is dormant, and over how many days."""
        some = list(rows)
        if last_use(some) is not None or last_sign_in(some) is not None:
            return Dormancy.ACTIVE, 0
        days = self._days.get(kind, 0)
        return (Dormancy.DORMANT, days) if days >= FEWEST_DAYS else (Dormancy.UNKNOWN, 0)
