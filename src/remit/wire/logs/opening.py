"""Open what holds several records: lists, `records` and `value` envelopes, and the tables of a query's answer.

>>> opened(b'{"records": [{"time": "2026-01-01"}, {"time": "2026-01-02"}]}')
[b'{"time": "2026-01-01"}', b'{"time": "2026-01-02"}']
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from remit.model.errors import PayloadError

LISTS = ("records", "value", "Records", "events")
"""Members of an envelope under which the records stand."""
_TABLES = ("tables", "Tables")
_DEEPEST = 4
_RAW = msgspec.json.Decoder(msgspec.Raw)
_MEMBERS = msgspec.json.Decoder(dict[str, msgspec.Raw])
_ELEMENTS = msgspec.json.Decoder(list[msgspec.Raw])
_TEXT = msgspec.json.Decoder(str)


def opened(text: bytes, depth: int = 0) -> list[bytes] | None:
    """Return the records in a JSON text, None where it is one record itself or holds something else.

    A list's elements and an envelope's records are opened in turn, as are strings that hold JSON.

    Raises:
        PayloadError: it is no JSON, or a table whose rows do not fit its columns.
    """
    try:
        return _opened(text.strip(), depth)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise PayloadError("", 0, "", "no JSON") from error


def _opened(text: bytes, depth: int) -> list[bytes] | None:
    first = text[:1]
    if depth > _DEEPEST:
        return None
    if first == b'"':
        inner = _TEXT.decode(text).strip().encode()
        return _each(inner, depth + 1) if inner[:1] in (b"{", b"[", b'"') else None
    if first == b"[":
        return _all(_ELEMENTS.decode(text), depth + 1)
    if first != b"{":
        _RAW.decode(text)
        return None
    members = _MEMBERS.decode(text)
    for name in LISTS:
        held = bytes(members.get(name, b""))
        if held[:1] == b"[" and "time" not in members:
            return _all(_ELEMENTS.decode(held), depth + 1)
    for name in _TABLES:
        held = bytes(members.get(name, b""))
        if held[:1] == b"[":
            return [row for table in msgspec.json.decode(held, type=list[dict[str, Any]]) for row in table_rows(table)]
    return None


def _each(text: bytes, depth: int) -> list[bytes]:
    found = _opened(text, depth)
    return [text] if found is None else found


def _all(elements: Sequence[msgspec.Raw], depth: int) -> list[bytes]:
    return [record for element in elements for record in _each(bytes(element).strip(), depth)]


def table_rows(table: Mapping[str, Any]) -> Iterator[bytes]:
    """Yield the rows of a table of a query's answer as JSON objects of their columns; what is null is left out."""
    names = [str(column["name"] if "name" in column else column["ColumnName"]) for column in _list(table, "columns")]
    for row in _list(table, "rows"):
        if not isinstance(row, list) or len(row) != len(names):
            raise PayloadError("", 0, "", "a row does not fit the columns of its table")
        yield row_object(names, row)


def row_object(names: Sequence[str], values: Sequence[Any]) -> bytes:
    """Return a row as the JSON text of an object; empty cells are left out."""
    return msgspec.json.encode(
        {name: value for name, value in zip(names, values, strict=False) if name and value not in (None, "")}
    )


def _list(table: Mapping[str, Any], name: str) -> list[Any]:
    found = table.get(name, table.get(name.capitalize()))
    if not isinstance(found, list):
        raise PayloadError("", 0, "", f"a table without `{name}`")
    return found
