"""Open what holds several records: lists, `records` and `value` envelopes, and the tables of a query's answer.

>>> opened(b'{"records": [{"time": "2026-01-01"}, {"time": "2026-01-02"}]}')
[b'{"time": "2026-01-01"}', b'{"time": "2026-01-02"}']
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from remit.model.errors import PayloadError

LISTS = ("records", "value", "Records")
"""Members of an envelope under which the records stand."""
TABLES = ("tables", "Tables")
HOLDERS = ("Body", "body", "message", "value", "event", "content", "data", "_raw")
"""Members under which forwarders keep a whole message, which may be an envelope of several records."""
MAY_HOLD_SEVERAL = re.compile(rb'\s*(?:[\["]|\{\s*"(?:[Rr]ecords|value|[Tt]ables|@odata|nextLink|count|statistics)\b)')
"""How a text begins that is worth opening; an envelope that begins otherwise is only found at the top of a file."""

_RECORD_MEMBERS = ("time", "operationName", "category")
_ENVELOPE = re.compile(rb'(?:"\s*)?\{\s*\\?"[Rr]ecords\\?"')
_DEEPEST = 4
_RAW = msgspec.json.Decoder(msgspec.Raw)
_MEMBERS = msgspec.json.Decoder(dict[str, msgspec.Raw])
_ELEMENTS = msgspec.json.Decoder(list[msgspec.Raw])
_TEXT = msgspec.json.Decoder(str)
_FAILURES = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def opened(text: bytes) -> list[bytes] | None:
    """Return the records in a JSON text, None where it is one object that is no envelope, or no container at all.

    A list's elements and an envelope's records are opened in turn, as are strings that hold JSON.

    Raises:
        PayloadError: it is no JSON, or a table whose rows do not fit its columns.
    """
    try:
        return _opened(text.strip(), 0)
    except _FAILURES as error:
        raise _unfit("no JSON") from error


def _opened(text: bytes, depth: int) -> list[bytes] | None:
    first = text[:1]
    if depth > _DEEPEST or first not in (b"{", b"[", b'"'):
        _RAW.decode(text)
        return None
    if first == b'"':
        inner = _TEXT.decode(text).strip().encode()
        return _each(inner, depth + 1) if inner[:1] in (b"{", b"[", b'"') else None
    if first == b"[":
        return _all(_ELEMENTS.decode(text), depth + 1)
    return _envelope(_MEMBERS.decode(text), depth)


def _envelope(members: Mapping[str, msgspec.Raw], depth: int) -> list[bytes] | None:
    for name in LISTS:
        held = bytes(members.get(name, b""))
        if held[:1] == b"[" and not any(member in members for member in _RECORD_MEMBERS):
            return _all(_ELEMENTS.decode(held), depth + 1)
    for name in TABLES:
        held = bytes(members.get(name, b""))
        if held[:1] == b"[":
            return [row for table in _ELEMENTS.decode(held) for row in _table_rows(bytes(table))]
    return _held(members, depth)


def _held(members: Mapping[str, msgspec.Raw], depth: int) -> list[bytes] | None:
    """Return the records of an envelope that a forwarder kept whole; one alone is left with what is around it."""
    if "operationName" in members or "category" in members:
        return None
    for name in HOLDERS:
        held = bytes(members.get(name, b""))
        if _ENVELOPE.match(held):
            found = _opened(held, depth + 1)
            if found is not None and len(found) > 1:
                return found
    return None


def _each(text: bytes, depth: int) -> list[bytes]:
    found = _opened(text, depth)
    return [text] if found is None else found


def _all(elements: Sequence[msgspec.Raw], depth: int) -> list[bytes]:
    return [record for element in elements for record in _each(bytes(element).strip(), depth)]


# ---- tables


def _table_rows(text: bytes) -> Iterator[bytes]:
    table = {name.lower(): value for name, value in _MEMBERS.decode(text).items()}
    if "columns" not in table or "rows" not in table:
        raise _unfit("a table without columns or rows")
    names = column_names(bytes(table["columns"]))
    for row in _ELEMENTS.decode(table["rows"]):
        yield named_row(names, bytes(row))


def column_names(text: bytes) -> list[str] | None:
    """Return the names in a table's `columns`; None where it is none."""
    try:
        columns = msgspec.json.decode(text)
    except _FAILURES:
        return None
    if not isinstance(columns, list) or not all(isinstance(column, dict) for column in columns):
        return None
    return [str(column.get("name", column.get("ColumnName", ""))) for column in columns]


def named_row(names: Sequence[str] | None, text: bytes) -> bytes:
    """Return a row of a table as a JSON object of its columns; what is null or empty is left out.

    Raises:
        PayloadError: it is no row, or does not fit the columns.
    """
    try:
        row = msgspec.json.decode(text)
    except _FAILURES as error:
        raise _unfit("no JSON") from error
    if names is None or not isinstance(row, list) or len(row) != len(names):
        raise _unfit("a row that does not fit the columns of its table")
    return row_object(names, row)


def row_object(names: Sequence[str], values: Sequence[Any]) -> bytes:
    """Return a row as the JSON text of an object; cells that are empty or under no name are left out."""
    return msgspec.json.encode(
        {name: value for name, value in zip(names, values, strict=False) if name and value not in (None, "")}
    )


def _unfit(reason: str) -> PayloadError:
    return PayloadError("", 0, "", reason)
