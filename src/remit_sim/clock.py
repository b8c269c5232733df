"""The simulator's own time: it stands still unless it is told to go on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class SimClock:
    """A clock that a test, or `remit-sim`, moves; it starts where the loaded tenant was collected."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        """Return the present instant of the simulation, aware UTC."""
        return self._now

    def advance(self, step: timedelta) -> datetime:
        """Move on and return the new present; time never goes back.

        Raises:
            ValueError: the step is negative.
        """
        if step < timedelta(0):
            raise ValueError("time does not go back")
        self._now += step
        return self._now
