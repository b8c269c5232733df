"""Values of columns: how they are kept, compared and written.

A cell is a value or, where it stands in a row of the export, its bytes there (`msgspec.Raw`), so that what is only
handed on is handed on byte for byte. Kinds are Kusto's: a text is never null (`""` stands for null), comparing with
null is never true but for `!=`, and what stands inside a dynamic value must be cast before it is compared with an
instant, sorted or grouped by.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

STRING, DYNAMIC, DATETIME, TIMESPAN, LONG, REAL, BOOL = (
    "string",
    "dynamic",
    "datetime",
    "timespan",
    "long",
    "real",
    "bool",
)
NUMBERS = frozenset({LONG, REAL})

Cell = Any
Value = Any

JSON_KINDS = {STRING: "string", DATETIME: "datetime", LONG: "integer", REAL: "number", BOOL: "boolean"}
"""What `resultFormat` `table` calls the kinds; others are `object`."""


def plain(cell: Cell) -> Value:
    """Return the value of a cell."""
    return msgspec.json.decode(cell) if isinstance(cell, msgspec.Raw) else cell


def written(cell: Cell) -> Cell:
    """Return a cell as JSON holds it: instants in Azure's form, spans as text."""
    if isinstance(cell, datetime):
        return instant_text(cell)
    return str(cell) if isinstance(cell, timedelta) else cell


def instant_text(instant: datetime) -> str:
    """Return an instant as Resource Graph writes it.

    >>> instant_text(datetime(2026, 11, 1, 9, tzinfo=UTC))
    '2026-11-01T09:00:00.000Z'
    """
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def kind_of(value: Value) -> str:
    """Return the kind of a literal."""
    kinds: dict[type, str] = {str: STRING, bool: BOOL, int: LONG, float: REAL, datetime: DATETIME, timedelta: TIMESPAN}
    return kinds.get(type(value), DYNAMIC)


def comparable(left: str, right: str) -> bool:
    """Return whether values of two kinds may be compared."""
    if left == right or {left, right} <= NUMBERS:
        return True
    return DYNAMIC in {left, right} and not {left, right} & {DATETIME, TIMESPAN}


def text_of(value: Value) -> str:
    """Return what `tostring` gives: "" for null, JSON for objects."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, datetime):
        return instant_text(value)
    return str(value) if isinstance(value, timedelta) else msgspec.json.encode(value).decode()


def same(left: Value, right: Value) -> bool:
    """Return whether two values are equal; null equals nothing, a truth value is no number."""
    if left is None or right is None or isinstance(left, bool) != isinstance(right, bool):
        return False
    return bool(left == right)


def _different(left: Value, right: Value) -> bool:
    return not (left is None and right is None) and not same(left, right)


def _ordered(compare: Callable[[Any, Any], bool]) -> Callable[[Value, Value], bool]:
    def decide(left: Value, right: Value) -> bool:
        if left is None or right is None:
            return False
        try:
            return compare(left, right)
        except TypeError:
            return False

    return decide


def _folded(compare: Callable[[str, str], bool]) -> Callable[[Value, Value], bool]:
    return lambda left, right: compare(text_of(left).casefold(), text_of(right).casefold())


def _exact(compare: Callable[[str, str], bool]) -> Callable[[Value, Value], bool]:
    return lambda left, right: compare(text_of(left), text_of(right))


def _has(text: str, term: str) -> bool:
    """Return whether a term stands in a text as a whole word."""
    found = text.find(term)
    while found >= 0:
        before, after = text[found - 1 : found], text[found + len(term) : found + len(term) + 1]
        if not before.isalnum() and not after.isalnum():
            return True
        found = text.find(term, found + 1)
    return False


_TEXT_TESTS: dict[str, Callable[[str, str], bool]] = {
    "contains": lambda text, part: part in text,
    "startswith": str.startswith,
    "endswith": str.endswith,
    "has": _has,
}

COMPARISONS: dict[str, Callable[[Value, Value], bool]] = {
    "==": same,
    "!=": _different,
    "<": _ordered(lambda left, right: left < right),
    "<=": _ordered(lambda left, right: left <= right),
    ">": _ordered(lambda left, right: left > right),
    ">=": _ordered(lambda left, right: left >= right),
    "=~": _folded(lambda left, right: left == right),
    "!~": _folded(lambda left, right: left != right),
    **{name: _folded(test) for name, test in _TEXT_TESTS.items()},
    **{f"{name}_cs": _exact(test) for name, test in _TEXT_TESTS.items()},
}
"""What the operators mean; those with `!` before a word are the contrary of these."""

_WORD = re.compile(r"[a-z]")


def meaning_of(operator: str) -> Callable[[Value, Value], bool]:
    """Return what a comparison means."""
    if operator in COMPARISONS:
        return COMPARISONS[operator]
    positive = COMPARISONS[operator[1:]]
    return lambda left, right: not positive(left, right)


def of_text(operator: str) -> bool:
    """Return whether a comparison is one of texts."""
    return operator in {"=~", "!~"} or _WORD.match(operator.lstrip("!")) is not None


def sortable(value: Value) -> tuple[int, Any]:
    """Return a key by which values of any kind sort, null before all others."""
    if value is None:
        return (0, 0)
    if isinstance(value, (bool, int, float)):
        return (1, value)
    return (2, value) if isinstance(value, (datetime, timedelta)) else (3, text_of(value))
