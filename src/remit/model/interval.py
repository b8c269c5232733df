"""Instants and half-open intervals, as whole microseconds since 1970 UTC where they stand in columns."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from remit.model.errors import InstantSyntaxError

ALWAYS_FROM = -(2**63)
ALWAYS_UNTIL = 2**63 - 1

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SHAPE = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?\s?(Z|z|[+-]\d\d:?\d\d)?)?", re.ASCII
)


def parse_instant(text: str) -> datetime:
    """Read an ISO 8601 instant (Azure writes up to seven decimals); without an offset it is UTC.

    Raises:
        InstantSyntaxError: the text is no instant.
    """
    found = _SHAPE.fullmatch(text.strip())
    if found is None:
        raise InstantSyntaxError(text)
    year, month, day, hour, minute, second, fraction, offset = found.groups()
    micro = int(((fraction or "") + "000000")[:6])
    try:
        instant = datetime(
            int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0), micro, tzinfo=UTC
        )
        if offset and offset not in "Zz":
            shift = timedelta(hours=int(offset[1:3]), minutes=int(offset[-2:]))
            instant = instant - shift if offset[0] == "+" else instant + shift
    except (ValueError, OverflowError) as error:
        raise InstantSyntaxError(text) from error
    return instant


@lru_cache(maxsize=256)
def to_micros(instant: datetime) -> int:
    """Return whole microseconds since 1970 UTC of an aware instant."""
    return (instant - _EPOCH) // timedelta(microseconds=1)


def from_micros(micros: int) -> datetime:
    """Return the aware UTC instant of whole microseconds since 1970."""
    return _EPOCH + timedelta(microseconds=micros)


def format_instant(instant: datetime) -> str:
    """Return ISO 8601 in UTC with `Z`, microseconds only where there are any."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")
