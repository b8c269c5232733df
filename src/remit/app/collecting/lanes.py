"""How many calls one of Azure's budgets takes at a time.

Rules kept here:

- A lane starts at 4 calls. Each good answer adds one until Azure throttles for the first time, from then on all good
  answers of a round together add one, up to a bound.
- It is halved when Azure throttles, and at most once for one round trip: calls that were on their way before the last
  halving say nothing new.
- Three throttled answers in a row, or as many as may be under way, speak of the whole lane: it rests as long as Azure
  told the last of them.

    >>> lane = Lane()
    >>> lane.free(0.0)
    4
"""

from __future__ import annotations

FIRST_WINDOW = 4.0
MOST_CALLS = 16
CLEAR_STREAK = 3


class Lane:
    """The window of one lane; times are seconds of a clock that never goes back."""

    def __init__(self, most: int = MOST_CALLS) -> None:
        self._most = most
        self._window = min(FIRST_WINDOW, float(most))
        self._was_throttled = False
        self._halved_at = float("-inf")
        self._streak = 0
        self.running = 0
        self.rests_until = 0.0

    @property
    def window(self) -> int:
        """Calls that may be under way at once."""
        return int(self._window)

    def free(self, now: float) -> int:
        """Return how many calls may begin."""
        return 0 if now < self.rests_until else max(0, self.window - self.running)

    def succeeded(self) -> None:
        """Take note of a good answer."""
        self._streak = 0
        step = 1 / self._window if self._was_throttled else 1.0
        self._window = min(self._window + step, float(self._most))

    def throttled(self, began: float, now: float, wait_s: float) -> None:
        """Take note of a throttled answer.

        Args:
            began: when its call began.
            now: when it came.
            wait_s: how long Azure asks to wait.
        """
        self._was_throttled = True
        self._streak += 1
        if began >= self._halved_at:
            self._window = max(1.0, self._window / 2)
            self._halved_at = now
        if self._streak >= max(CLEAR_STREAK, self.window):
            self.rest(now + wait_s)

    def rest(self, until: float) -> None:
        """Begin no call before a moment."""
        self.rests_until = max(self.rests_until, until)
