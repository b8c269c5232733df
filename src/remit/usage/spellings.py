"""The many spellings of ids, instants, token ids, addresses and nested JSON in logs, each to one.

Source: `azure-logs`: quirks 4, 5 and 8, token identifiers, and Storage's addresses with ports.
"""

from __future__ import annotations

import base64
import binascii
import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

import msgspec

from remit.model.errors import InstantSyntaxError
from remit.model.interval import parse_instant, to_micros

_BARE_GUID = re.compile(r"[0-9a-f]{32}", re.ASCII)
_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_US_TIME = re.compile(
    r"(\d{1,2})/(\d{1,2})/(\d{4})[, ]\s*(\d{1,2}):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(?:\s*([AaPp])[Mm])?", re.ASCII
)
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
    """Return microseconds since 1970 UTC of an instant in any spelling that logs use, None for anything else."""
    if not isinstance(value, str) or not value:
        return None
    try:
        return to_micros(parse_instant(value))
    except InstantSyntaxError:
        return _us_time(value)


def _us_time(text: str) -> int | None:
    found = _US_TIME.fullmatch(text.strip())
    if found is None:
        return None
    month, day, year, hour, minute, second, fraction, half = found.groups()
    hours = int(hour) % 12 + (12 if half in "Pp" else 0) if half else int(hour)
    try:
        instant = datetime(int(year), int(month), int(day), hours, int(minute), int(second or 0), tzinfo=UTC)
    except ValueError:
        return None
    return to_micros(instant + timedelta(microseconds=int(((fraction or "") + "000000")[:6])))


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
