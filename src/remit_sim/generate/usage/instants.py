"""Instants in microseconds since 1970 UTC, and how logs spell them.

>>> seven(0), us_form(0)
('1970-01-01T00:00:00.0000000Z', '1/1/1970, 12:00:00.000 AM')
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache

DAY_US = 86_400_000_000
HOUR_US = 3_600_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@lru_cache(maxsize=1_024)
def date_of(day: int) -> str:
    """Return the date of a day since 1970."""
    return (_EPOCH + timedelta(days=day)).date().isoformat()


def plain(time: int) -> str:
    """Return date and time without fraction and zone."""
    day, rest = divmod(time, DAY_US)
    second = rest // 1_000_000
    return f"{date_of(day)}T{second // 3_600:02d}:{second // 60 % 60:02d}:{second % 60:02d}"


def seven(time: int) -> str:
    """Return the usual spelling: seven digits after the point."""
    return f"{plain(time)}.{time % 1_000_000:06d}0Z"


def offset(time: int) -> str:
    """Return what Entra writes inside `properties`: seven digits and `+00:00`."""
    return f"{plain(time)}.{time % 1_000_000:06d}0+00:00"


def us_form(time: int) -> str:
    """Return what CSV exports of Log Analytics hold: US dates and milliseconds."""
    day, rest = divmod(time, DAY_US)
    year, month, date = date_of(day).split("-")
    second = rest // 1_000_000
    hour = second // 3_600
    half = "AM" if hour < 12 else "PM"  # noqa: PLR2004 - noon
    return (
        f"{int(month)}/{int(date)}/{year}, {(hour + 11) % 12 + 1}:{second // 60 % 60:02d}:{second % 60:02d}"
        f".{time // 1_000 % 1_000:03d} {half}"
    )


def parts(time: int) -> tuple[int, int, int, int]:
    """Return year, month, day and hour."""
    day, rest = divmod(time, DAY_US)
    year, month, date = date_of(day).split("-")
    return int(year), int(month), int(date), rest // HOUR_US
