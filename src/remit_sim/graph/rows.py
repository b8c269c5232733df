"""Rows as they are served: unchanged where everything they say is selected, cut down to the selection elsewhere.

    >>> project(b'{"id": "1", "displayName": "Ada"}', ("displayName",))
    b'{"displayName":"Ada"}'

What a row says is kept as its bytes, also when some of its properties are left out: values are never decoded.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Protocol

import msgspec

from remit_sim.graph.filters import Equal, Filter, conjuncts
from remit_sim.tenant import Fields, Row, SimTenant, Table

Positioned = tuple[int, Row]
Render = Callable[[Row], Row]

_RAW_FIELDS = msgspec.json.Decoder(dict[str, msgspec.Raw])
_SCAN = 1000
_INDEXED = frozenset({"appId", "displayName", "userPrincipalName", "clientId", "principalId", "resourceId", "groupId"})


class Rows(Protocol):
    """Rows in a fixed order, each at a position; a `Table` is one."""

    def __len__(self) -> int:
        """Return how many rows there are."""
        ...

    def page(self, start: int, count: int) -> list[Positioned]:
        """Return up to `count` rows from position `start` on."""
        ...


class Chosen:
    """Rows that were chosen beforehand, in order of their positions."""

    def __init__(self, rows: Sequence[Positioned]) -> None:
        self._rows = rows

    def __len__(self) -> int:
        """Return how many rows there are."""
        return len(self._rows)

    def page(self, start: int, count: int) -> list[Positioned]:
        """Return up to `count` rows from position `start` on."""
        first = bisect_left(self._rows, start, key=lambda positioned: positioned[0])
        return list(self._rows[first : first + count])


class Indexed:
    """The rows of a list that have one value in an index."""

    def __init__(self, table: Table, name: str, value_of: Callable[[Fields], str], value: str) -> None:
        self._table = table
        self._slots = table.slots(name, value_of, value)

    def __len__(self) -> int:
        """Return how many rows there are."""
        return len(self._slots)

    def page(self, start: int, count: int) -> list[Positioned]:
        """Return up to `count` rows from position `start` on."""
        first = bisect_left(self._slots, start)
        slots = self._slots[first : first + count]
        return [(slot, row) for slot in slots if (row := self._table.at(slot)) is not None]


class Matching:
    """Those of some rows that match a filter."""

    def __init__(self, rows: Rows, condition: Filter) -> None:
        self._rows = rows
        self._condition = condition

    def __len__(self) -> int:
        """Return how many rows match; reads them all."""
        return sum(1 for _ in self._from(0))

    def page(self, start: int, count: int) -> list[Positioned]:
        """Return up to `count` matching rows from position `start` on."""
        found = self._from(start)
        return [row for row, _ in zip(found, range(count), strict=False)]

    def _from(self, start: int) -> Iterator[Positioned]:
        while block := self._rows.page(start, _SCAN):
            for position, row in block:
                if self._condition.matches(msgspec.json.decode(row)):
                    yield position, row
            start = block[-1][0] + 1


def matching(table: Table, condition: Filter | None) -> Rows:
    """Return the rows of a list that match; an `eq` on a property that is often asked for does not read them all."""
    if condition is None:
        return table
    for part in conjuncts(condition):
        if isinstance(part, Equal) and part.path in _INDEXED and all(isinstance(value, str) for value in part.values):
            values = {str(value).casefold() for value in part.values}
            found = {pair for value in values for pair in table.where(f"graph:{part.path}", _reader(part.path), value)}
            return Matching(Chosen(sorted(found)), condition)
    return Matching(table, condition)


def project(row: Row, names: Collection[str]) -> Row:
    """Return a row with only the named properties, in its own order; the row itself if it says nothing else."""
    fields = _RAW_FIELDS.decode(row)
    kept = {name: value for name, value in fields.items() if name in names}
    return row if len(kept) == len(fields) else msgspec.json.encode(kept)


def renderer(tenant: SimTenant, list_name: str, select: Sequence[str]) -> Render:
    """Return what makes a served row of a row of a list.

    Cost: reads the list once after each edit, to know the names of all properties in it.
    """
    if not select or _keys_of(tenant, list_name).issubset(select):
        return _unchanged
    names = frozenset(select)
    return lambda row: project(row, names)


def _keys_of(tenant: SimTenant, list_name: str) -> frozenset[str]:
    def build() -> frozenset[str]:
        return frozenset(name for row in tenant.table(list_name).rows() for name in _RAW_FIELDS.decode(row))

    return tenant.derive(f"graph:keys:{list_name}", (list_name,), build)


def raw_fields(row: Row) -> dict[str, msgspec.Raw]:
    """Return the properties of a row with their values as bytes."""
    return _RAW_FIELDS.decode(row)


def with_fields(row: Row, *more: tuple[str, bytes]) -> Row:
    """Return a row with properties added at its end, their values given as JSON."""
    body = row.rstrip()[:-1].rstrip()
    for name, value in more:
        comma = b"" if body == b"{" else b","
        body += comma + msgspec.json.encode(name) + b":" + value
    return body + b"}"


def _unchanged(row: Row) -> Row:
    return row


def _reader(path: str) -> Callable[[Fields], str]:
    return lambda fields: str(fields.get(path) or "").casefold()
