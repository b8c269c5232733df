"""Rows of a CSV export as JSON objects of their columns; a quoted cell may hold line ends.

Only exports of tables are taken for CSV: the first line must name columns, one of which tables of logs have, or many.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from remit.wire.logs.feed import Feed
from remit.wire.logs.framed import Framed, Held, Record, broken
from remit.wire.logs.opening import row_object

_NAME = re.compile(r"[\w@.$ \-\[\]()/:]*")
_CELL = re.compile(r'"([^"]*(?:""[^"]*)*)"(,|\Z)|([^,"]*)(,|\Z)')
_TELLING = frozenset(
    (
        *("timegenerated", "timegenerated [utc]", "time", "eventtimestamp", "createddatetime", "activitydatetime"),
        *("operationname", "operationnamevalue", "operation", "creationdate", "creationtime", "auditdata"),
        *("date (utc)", "correlationid", "correlation id"),
    )
)
_WORD = re.compile(r"(?:[A-Za-z_]\w*)?", re.ASCII)  # a table that was saved with the numbers of its rows has one of ""
_FEWEST, _MANY = 2, 8
_WINDOW = 1 << 20


def header(line: bytes) -> list[str] | None:
    """Return the names of columns in the first line of a CSV export, None where the line is none."""
    try:
        names = cells(line.strip().decode("utf-8"))
    except UnicodeDecodeError:
        return None
    if names is None or len(names) < _FEWEST or not all(_NAME.fullmatch(name) for name in names):
        return None
    if len(names) >= _MANY and all(_WORD.fullmatch(name) for name in names):
        return names
    return names if any(name.lower() in _TELLING for name in names) else None


def cells(row: str) -> list[str] | None:
    """Return the cells of one row, None where its quotes do not fit."""
    if '"' not in row:
        return row.split(",")
    found: list[str] = []
    at = 0
    while True:
        cell = _CELL.match(row, at)
        if cell is None:
            return None
        quoted, behind, bare, behind_bare = cell.groups()
        found.append(bare if quoted is None else quoted.replace('""', '"'))
        at = cell.end()
        if not (behind or behind_bare):
            return found


def csv_rows(feed: Feed, names: Sequence[str], limit: int) -> Iterator[Framed]:
    """Yield the rows of the rest of a feed that stands behind the header; a header in between is passed over.

    A row ends with the first line end outside quotes; one over the limit ends with the line that crosses it.
    """
    held, odd = Held(limit), False
    while data := feed.window(_WINDOW):
        cut = data.rfind(b"\n") + 1 or len(data)
        number = feed.line
        feed.skip(cut)
        for line in data[:cut].split(b"\n")[: -1 if data[cut - 1 : cut] == b"\n" else None]:
            held.add(number, line + b"\n")
            number += 1
            odd ^= line.count(b'"') % 2 == 1
            if held.over or not odd:
                yield from _row(held, names)
                odd = False
    if held.size:
        yield held.broken("cut short", feed.line)


def _row(held: Held, names: Sequence[str]) -> Iterator[Framed]:
    line = held.line
    if held.over:
        yield held.broken("", line)
        return
    text = held.take().rstrip()
    if not text:
        return
    try:
        values = cells(text.decode("utf-8"))
    except UnicodeDecodeError:
        yield broken(line, "no UTF-8", text)
        return
    if values == names:
        return
    if values is None or len(values) > len(names):
        yield broken(line, "a row that does not fit the columns of its table", text)
        return
    yield Record(line, row_object(names, values))
