"""How long to wait before another try, and when to stop trying.

Exponential with full jitter: many parts that fail at once do not come back at once. The same seed gives the same waits.
"""

from __future__ import annotations

from random import Random

FIRST_S = 0.5
LONGEST_S = 60.0
PATIENCE_S = 15 * 60.0
MOST_RESTARTS = 50


class Backoff:
    """Draws waits."""

    def __init__(self, seed: int) -> None:
        self._chance = Random(seed)  # noqa: S311 - spreads load, hides nothing

    def wait(self, failures: int) -> float:
        """Return the seconds to wait after so many failures in a row, from 1."""
        return self._chance.uniform(0, min(LONGEST_S, FIRST_S * 2 ** min(failures, 20)))
