"""Instants, lengths of time and new ids as Resource Manager writes them.

    >>> from datetime import UTC, datetime
    >>> text(datetime(2026, 11, 1, 8, 30, tzinfo=UTC))
    '2026-11-01T08:30:00.0000000Z'
    >>> length("P1DT12H").total_seconds()
    129600.0

New ids are derived from the tenant and from what happened to it before: the same session has the same ids.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from remit_sim.tenant import SimTenant

_LENGTH = re.compile(
    r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?", re.IGNORECASE
)
_DAYS = (365, 30, 7, 1)
_SECONDS = (3600, 60, 1)
_TICKS_AT_EPOCH = 621_355_968_000_000_000


def text(at: datetime) -> str:
    """Return an instant with seven digits after the second."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{at.microsecond:06d}0Z"


def instant(said: str) -> datetime:
    """Return the instant that a text says; without an offset it is UTC.

    Raises:
        ValueError: it says none.
    """
    digits = re.sub(r"(\.\d{6})\d+", r"\1", said)
    at = datetime.fromisoformat(digits)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def normal(said: str) -> str:
    """Return an instant in words as `text` writes it, so that words compare as instants do; any other unchanged."""
    try:
        return text(instant(said))
    except ValueError:
        return said


def length(said: str) -> timedelta:
    """Return an ISO 8601 duration; a year has 365 days, a month 30.

    Raises:
        ValueError: it is none.
    """
    found = _LENGTH.fullmatch(said)
    if found is None or not any(found.groups()):
        raise ValueError(said)
    parts = [float(part or 0) for part in found.groups()]
    days = sum(part * size for part, size in zip(parts[:4], _DAYS, strict=True))
    return timedelta(days=days, seconds=sum(part * size for part, size in zip(parts[4:], _SECONDS, strict=True)))


def ticks(at: datetime) -> int:
    """Return an instant in .NET's ticks."""
    return _TICKS_AT_EPOCH + int(at.timestamp() * 10_000_000)


def new_id(tenant: SimTenant, *parts: object) -> str:
    """Return a GUID for something new."""
    return str(uuid5(NAMESPACE_URL, "/".join(str(part).lower() for part in (tenant.tenant_id, *parts))))
