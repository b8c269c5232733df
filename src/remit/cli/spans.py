"""`--since`: an instant, or a number of days, hours or weeks before now."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from remit.model.interval import parse_instant

_SPAN = re.compile(r"(\d{1,5})([hdw])", re.ASCII)
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}


def read_since(text: str | None, now: datetime | None = None) -> datetime | None:
    """Return the instant of `--since`, None where it was not given.

    Raises:
        InstantSyntaxError: it is neither an instant nor a span such as `30d`.
    """
    if text is None:
        return None
    found = _SPAN.fullmatch(text.strip())
    if found is None:
        return parse_instant(text)
    return (now or datetime.now(UTC)) - int(found[1]) * _UNITS[found[2]]
