"""The many spellings of ids, instants, token ids, addresses and nested JSON in logs, each to one.

Source: `azure-logs`: quirks 4, 5 and 8, token identifiers, and Storage's addresses with ports.
"""

from __future__ import annotations

import base64
import binascii
import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import msgspec

from remit.model.errors import InstantSyntaxError
from remit.model.interval import parse_instant, to_micros

_BARE_GUID = re.compile(r"[0-9a-f]{32}", re.ASCII)
_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_US_TIME = re.compile(
    r"(\d{1,2})/(\d{1,2})/(\d{4})[, ]\s*(\d{1,2}):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(?:\s*([AaPp])[Mm])?"
    r"(?:\s*(Z|[+-]\d\d:?\d\d))?",
    re.ASCII,
)
_SHORT_ZONE = re.compile(r"(.*\d)\s*(?:UTC|GMT|([+-]\d\d))", re.ASCII)
_NARROW_BLANK = "\u202f"
_PORT = re.compile(r"\[([^\]]*)\](?::\d+)?|([^:]*):\d+", re.ASCII)
_SHORT_TOKEN, _LONG_TOKEN = 22, 48
_SHOWN = 80


def spell_id(value: Any) -> str:  # noqa: ANN401 - whatever a record holds
    """Return an id in lower case, with dashes where it is a GUID without; "" for what is no text."""
    if not isinstance(value, str):
        return ""
    text = value.strip().lower()
    if _BARE_GUID.fullmatch(text):
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
    return text


def is_guid(text: str) -> bool:
    """Say whether a text is a GUID in lower case with dashes."""
    return _GUID.fullmatch(text) is not None


def last_segment(value: Any) -> str:  # noqa: ANN401
    """Return the id at the end of a resource id, for example a role assignment's name."""
    return spell_id(value.rstrip("/").rpartition("/")[2]) if isinstance(value, str) else ""


@lru_cache(maxsize=65_536)
def token_guid(value: str) -> str:
    """Return the GUID of a token identifier in any of its three spellings; "" where it is none of them."""
    text = value.strip()
    if is_guid(spell_id(text)):
        return spell_id(text)
    bare = text.rstrip("=")
    try:
        if len(bare) == _SHORT_TOKEN:
            return str(UUID(bytes_le=base64.urlsafe_b64decode(bare.replace("+", "-").replace("/", "_") + "==")))
        if len(bare) == _LONG_TOKEN:
            inner = base64.b64decode(bare, validate=True).decode("ascii").lower()
            return inner if is_guid(inner) else ""
    except (ValueError, binascii.Error):
        return ""
    return ""


def read_time(value: Any) -> int | None:  # noqa: ANN401
    """Return microseconds since 1970 UTC of an instant in any spelling that logs use, None for anything else.

    A number, or a text that is one, is a count since 1970 of seconds, milliseconds, microseconds or nanoseconds: its
    size says of which, for instants from 2001 to 2286.
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _counted(value)
    if not isinstance(value, str) or not value:
        return None
    try:
        return to_micros(parse_instant(value))
    except InstantSyntaxError:
        return _other_time(value.strip())


def _other_time(text: str) -> int | None:
    """Return what is no ISO 8601: other names of the zone, the American form, a number."""
    zone = _SHORT_ZONE.fullmatch(text)
    if zone is not None:
        text = zone[1] + (f"{zone[2]}00" if zone[2] else "")
        try:
            return to_micros(parse_instant(text))
        except InstantSyntaxError:
            pass
    if len(text) in _COUNTED and text.isascii() and text.isdecimal():
        return _counted(int(text))
    return _us_time(text)


_COUNTED = {10: 1_000_000, 13: 1_000, 16: 1, 19: 0.001}
"""By figures of a whole count since 1970: how many microseconds one is."""


def _counted(count: float) -> int | None:
    """Return microseconds of a count since 1970, whose unit its size says; None where it is of no such size."""
    if not 0 < count < 10 ** max(_COUNTED):
        return None
    figures = len(str(int(count)))
    if figures not in _COUNTED:
        return None
    if isinstance(count, int):
        return count // 1_000 if figures == max(_COUNTED) else count * int(_COUNTED[figures])
    return round(count * _COUNTED[figures])


def _us_time(text: str) -> int | None:
    found = _US_TIME.fullmatch(text.replace(_NARROW_BLANK, " "))
    if found is None:
        return None
    month, day, year, hour, minute, second, fraction, half, offset = found.groups()
    hours = int(hour) % 12 + (12 if half in "Pp" else 0) if half else int(hour)
    try:
        instant = datetime(int(year), int(month), int(day), hours, int(minute), int(second or 0), tzinfo=UTC)
    except ValueError:
        return None
    micros = to_micros(instant) + int(((fraction or "") + "000000")[:6])
    if not offset or offset == "Z":
        return micros
    ahead = (int(offset[1:3]) * 60 + int(offset[-2:])) * 60_000_000
    return micros - ahead if offset[0] == "+" else micros + ahead


def address_only(value: Any) -> str:  # noqa: ANN401
    """Return an address without the port and brackets that Storage writes with it."""
    if not isinstance(value, str):
        return ""
    text = value.strip()
    found = _PORT.fullmatch(text)
    return text if found is None else found[1] or found[2] or ""


def nested(value: Any) -> Any:  # noqa: ANN401
    """Return what a text holds as JSON (and what texts in it hold, up to three deep); anything else as it is."""
    for _ in range(3):
        if not isinstance(value, str) or value[:1] not in ("{", "[", '"'):
            return value
        try:
            value = msgspec.json.decode(value)
        except (msgspec.DecodeError, RecursionError):
            return value
    return value


def nested_object(value: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return the object that a value is, or holds as JSON text; {} for anything else."""
    if isinstance(value, dict):
        return value
    found = nested(value) if isinstance(value, str) else None
    return found if isinstance(found, dict) else {}


def text_of(value: Any) -> str:  # noqa: ANN401
    """Return a text without the blanks around it, a number as text, the `value` of a localised pair, else ""."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, dict):
        return text_of(value.get("value"))
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return ""


def one_line(value: Any) -> str:  # noqa: ANN401
    """Return a text of a record as it may stand in a reason: on one line, of at most 80 characters, no backticks."""
    text = value if isinstance(value, str) else str(value)[:200] if value is not None else ""
    shown = "".join(each if each.isprintable() and each != "`" else " " for each in text[:81])
    return f"{shown[:77]}..." if len(shown) > _SHOWN else shown
