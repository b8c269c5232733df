"""Waiting in an event loop. Apart from the clock, because asyncio is slow to load and only a collection needs it."""

from __future__ import annotations

import asyncio


class LoopWaiter:
    """Waits by the running event loop's clock."""

    def monotonic(self) -> float:
        """Return seconds by the clock that the loop sleeps by."""
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        """Return when so many seconds have passed."""
        await asyncio.sleep(seconds)
