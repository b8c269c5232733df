"""The window of a PIM request: a start, and an end, a duration, or neither.

>>> duration_us("PT8H") == 8 * 3_600_000_000
True
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from remit.usage.changes.loose import inner, word
from remit.usage.spellings import read_time

_DURATION = re.compile(
    r"P(?:(\d{1,4})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,5})D)?"
    r"(?:T(?:(\d{1,6})H)?(?:(\d{1,7})M)?(?:(\d{1,8})(?:\.\d+)?S)?)?",
    re.ASCII | re.IGNORECASE,
)
_SECONDS = (365 * 86_400, 30 * 86_400, 7 * 86_400, 86_400, 3_600, 60, 1)


def duration_us(text: str) -> int | None:
    """Return the microseconds of an ISO 8601 duration; None for anything else. A year is 365 days, a month 30."""
    found = _DURATION.fullmatch(text.strip())
    if found is None or not any(found.groups()):
        return None
    return 1_000_000 * sum(int(number or 0) * unit for number, unit in zip(found.groups(), _SECONDS, strict=True))


def schedule_window(schedule: Mapping[str, Any], made: int) -> tuple[int | None, int | None]:
    """Return the window of a `scheduleInfo` in microseconds; an end that is not told is None.

    Args:
        schedule: the object.
        made: instant of the request; a window never begins before it.
    """
    said = read_time(word(schedule, "startDateTime"))
    start = made if said is None else max(said, made)
    expiration = inner(schedule, "expiration")
    end = read_time(word(expiration, "endDateTime"))
    if end is None:
        length = duration_us(word(expiration, "duration"))
        end = None if length is None else start + length
    return start, end
