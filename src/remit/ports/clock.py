"""The time, as ports: what it is, and waiting for it to pass."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Return the present instant, aware UTC."""


class Waiter(Protocol):
    """Lets time pass."""

    def monotonic(self) -> float:
        """Return seconds since some moment; they never go back."""

    async def sleep(self, seconds: float) -> None:
        """Return when so many seconds have passed, not before."""
