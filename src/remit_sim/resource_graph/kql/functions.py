"""The scalar functions that the simulator knows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from remit_sim.resource_graph.kql.tokens import instant_of
from remit_sim.resource_graph.kql.values import (
    BOOL,
    DATETIME,
    DYNAMIC,
    LONG,
    NUMBERS,
    STRING,
    TIMESPAN,
    Value,
    text_of,
)

_ANY = frozenset({STRING, DYNAMIC, DATETIME, TIMESPAN, BOOL}) | NUMBERS
_TEXTS = frozenset({STRING, DYNAMIC})
_MOST_TEXTS = 64
_SAFE_DIGITS = 18


@dataclass(frozen=True, slots=True)
class Known:
    """A function: what it takes, what it gives, and how."""

    gives: str
    run: Callable[..., Any]
    takes: frozenset[str] = _ANY
    least: int = 1
    most: int = 1


def _instant(value: Value) -> datetime | None:
    if isinstance(value, datetime):
        return value
    return instant_of(value) if isinstance(value, str) else None


def _whole(value: Value) -> int | None:
    if isinstance(value, str):
        text = value.strip()
        short = text.lstrip("-").isascii() and text.lstrip("-").isdigit() and len(text) <= _SAFE_DIGITS
        return int(text) if short and text.count("-") <= 1 else None
    return int(value) if isinstance(value, (bool, int, float)) else None


def _ago(now: datetime, span: timedelta) -> datetime:
    try:
        return now - span
    except OverflowError:
        return datetime.min.replace(tzinfo=UTC)


FUNCTIONS: Mapping[str, Known] = {
    "tostring": Known(STRING, text_of),
    "tolower": Known(STRING, lambda value: text_of(value).lower(), _TEXTS),
    "toupper": Known(STRING, lambda value: text_of(value).upper(), _TEXTS),
    "todatetime": Known(DATETIME, _instant, _TEXTS | {DATETIME}),
    "toint": Known(LONG, _whole, _TEXTS | NUMBERS | {BOOL}),
    "tolong": Known(LONG, _whole, _TEXTS | NUMBERS | {BOOL}),
    "isempty": Known(BOOL, lambda value: text_of(value) == ""),
    "isnotempty": Known(BOOL, lambda value: text_of(value) != ""),
    "isnull": Known(BOOL, lambda value: value is None),
    "isnotnull": Known(BOOL, lambda value: value is not None),
    "not": Known(BOOL, lambda value: value is not True, frozenset({BOOL})),
    "strcat": Known(STRING, lambda *values: "".join(map(text_of, values)), _ANY, 1, _MOST_TEXTS),
    "now": Known(DATETIME, lambda now: now, least=0, most=0),
    "ago": Known(DATETIME, _ago, frozenset({TIMESPAN})),
}
"""The functions by lower-case name."""

ENVIRONMENTAL = frozenset({"now", "ago"})
"""Functions that are given the present instant before their arguments."""
