"""Days on which a log was seen, and what silence on them says.

A log is taken to have been there from its first record to its last. Days on which no record of its kind came in from
anywhere in the tenant are left out. A silence that is longer than chance explains is a hole, and only what comes after
the last hole counts: a place with records on a share f of its days is silent on g days in a row with probability
(1 - f)**g, and below `CHANCE` that is no chance.

Days are numbered from 1970 UTC. A set of days is a whole number with those bits set: sets meet by `&`.

>>> seen = last_stretch(days_of([100, 101, 102, 110, 111, 112, 113]))
>>> first_day(seen), last_day(seen), seen.bit_count()
(110, 113, 4)
>>> less_than_once_in(90)
30
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

DAY = 86_400_000_000
"""Microseconds."""

CHANCE = 0.01
"""A silence less likely than this is a hole in the log."""

RISK = 0.05
"""How often the bound on the rate is wrong."""


@dataclass(frozen=True, slots=True)
class Window:
    """What an "unused" claim is about.

    Attributes:
        first, last: numbers of the first and last day.
        days: how many days between them, both included, the log was seen; at least 1.
    """

    first: int
    last: int
    days: int

    @property
    def rate(self) -> float:
        """Return the 95 % upper bound on how often it is used a day."""
        return -math.log(RISK) / self.days

    @property
    def once_in(self) -> int:
        """Return N of "used less than once in N days, at 95 %"; 0 where there are too few days to say."""
        return less_than_once_in(self.days)


def less_than_once_in(days: int) -> int:
    """Return the whole days of the bound on the rate of what was not seen in some days.

    With no use in W days the 95 % upper bound on the rate is -ln(0.05)/W a day, about 3/W (the rule of three).
    """
    return math.floor(days / -math.log(RISK))


def days_of(numbers: Iterable[int]) -> int:
    """Return a set of days."""
    found = bytearray()
    for number in numbers:
        place, bit = divmod(number, 8)
        if place >= len(found):
            found.extend(bytes(place + 1 - len(found)))
        found[place] |= 1 << bit
    return int.from_bytes(found, "little")


def span(first: int, last: int) -> int:
    """Return all days from first to last, both included; none where last is before first."""
    return ((1 << (last - first + 1)) - 1) << first if last >= first else 0


def since(first: int) -> int:
    """Return all days from one on, to the year 2200."""
    return span(max(first, 0), 84_000)


def first_day(days: int) -> int:
    """Return the earliest day of a set that is not empty."""
    return (days & -days).bit_length() - 1


def last_day(days: int) -> int:
    """Return the latest day of a set that is not empty."""
    return days.bit_length() - 1


def window_of(days: int) -> Window | None:
    """Return the window of a set of days, None of the empty one."""
    return Window(first_day(days), last_day(days), days.bit_count()) if days else None


def last_stretch(days: int) -> int:
    """Return every day from the end of the last hole to the last record, the silent ones among them included.

    Args:
        days: days with a record.
    """
    numbers = [place for place in range(first_day(days), last_day(days) + 1) if days >> place & 1] if days else []
    while numbers:
        silent = 1.0 - len(numbers) / (numbers[-1] - numbers[0] + 1)
        cut = next(
            (
                place
                for place in range(len(numbers) - 1, 0, -1)
                if _is_hole(silent, numbers[place] - numbers[place - 1] - 1)
            ),
            0,
        )
        if not cut:
            return span(numbers[0], numbers[-1])
        numbers = numbers[cut:]
    return 0


def silent_days(days: Iterable[int]) -> int:
    """Return the days between the first and the last of some days that are none of them."""
    known = sorted(set(days))
    found = 0
    for before, after in pairwise(known):
        found |= span(before + 1, after - 1)
    return found


def _is_hole(silent: float, length: int) -> bool:
    return length > 0 and silent**length < CHANCE
