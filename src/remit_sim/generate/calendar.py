"""Instants around the collection, as Azure writes them.

>>> from datetime import UTC, datetime
>>> Calendar(datetime(2026, 11, 1, tzinfo=UTC)).day(-1)
'2026-10-31T00:00:00Z'
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache

from remit.model.interval import format_instant
from remit_sim.generate.dice import Dice

_DAY_S = 86_400
_OLDEST_DAYS = 2_000


class Calendar:
    """Days counted from the collection: negative ones are past."""

    def __init__(self, collected_at: datetime) -> None:
        self.collected_at = collected_at
        self._date = lru_cache(4_096)(self._date_of)

    def day(self, days: int) -> str:
        """Return the instant that many days from the collection."""
        return format_instant(self.collected_at + timedelta(days=days))

    def hours(self, hours: float) -> str:
        """Return the instant that many hours from the collection."""
        return format_instant(self.collected_at + timedelta(seconds=round(hours * 3_600)))

    def past(self, dice: Dice, oldest: int = _OLDEST_DAYS, newest: int = 1) -> str:
        """Draw an instant between so many days ago."""
        return self.around(-dice.between(newest, oldest), dice)

    def around(self, days: int, dice: Dice) -> str:
        """Draw an instant of the day that many days from the collection."""
        second = dice.below(_DAY_S)
        return f"{self._date(days)}T{second // 3_600:02d}:{second // 60 % 60:02d}:{second % 60:02d}Z"

    def _date_of(self, days: int) -> str:
        # Whole days away: whatever the second, day -1 is past and day 1 is to come.
        return (self.collected_at + timedelta(days=days)).date().isoformat()
