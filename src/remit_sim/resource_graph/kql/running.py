"""Running a query over the rows of a table.

Rows stream through the operators; only sorting and grouping hold them. Where a query ends with sorting, what is held
is each row as it will be sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from operator import itemgetter
from typing import Any, assert_never

import msgspec

from remit_sim.resource_graph.kql.compiling import Compiled, Compiler, Row, Shape
from remit_sim.resource_graph.kql.errors import MEANING
from remit_sim.resource_graph.kql.parsing import name_of
from remit_sim.resource_graph.kql.syntax import (
    Distinct,
    Extend,
    Item,
    Operator,
    Project,
    ProjectAway,
    Query,
    Sort,
    SortKey,
    Summarize,
    Take,
    Where,
)
from remit_sim.resource_graph.kql.values import DATETIME, DYNAMIC, LONG, TIMESPAN, Cell, Value, sortable, written

_ENCODE = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Stream:
    """Rows on their way and the columns that they have."""

    shape: Shape
    rows: Iterable[Row]


@dataclass(frozen=True, slots=True)
class Result:
    """What a query gives.

    Attributes:
        kinds: the columns, in order, with their kinds.
        rows: each row as JSON: an object, or an array where `as_table`.
        as_table: whether rows are arrays.
    """

    kinds: dict[str, str]
    rows: list[bytes] = field(repr=False)
    as_table: bool = False


def run(query: Query, stream: Stream, now: datetime, *, as_table: bool = False) -> Result:
    """Return the result of a query over the rows of its table.

    Raises:
        QueryError: it names what is not there, or mixes kinds; no row has been read then.
    """
    operators = list(query.operators)
    last = operators.pop() if operators and isinstance(operators[-1], Sort) else None
    for operator in operators:
        stream = _apply(operator, stream, now)
    encode = _encoder(stream.shape, as_table=as_table)
    order = _ordering(last, Compiler(stream.shape, now)) if isinstance(last, Sort) else None
    rows = order(stream.rows, encode) if order else list(map(encode, stream.rows))
    return Result({name: column.kind for name, column in stream.shape.items()}, rows, as_table)


def _apply(operator: Operator, stream: Stream, now: datetime) -> Stream:  # noqa: PLR0911 - one for each operator
    compiler = Compiler(stream.shape, now)
    match operator:
        case Where():
            return Stream(stream.shape, filter(compiler.condition(operator.condition), stream.rows))
        case Take():
            return Stream(stream.shape, islice(stream.rows, operator.count))
        case Sort():
            order = _ordering(operator, compiler)
            return Stream(stream.shape, _Later(lambda: order(stream.rows, lambda row: row)))
        case Project():
            return _projected(stream, _columns(operator.items, compiler))
        case ProjectAway():
            away = [compiler.compiled(column) for column in operator.names]
            return _projected(stream, {name: kept for name, kept in stream.shape.items() if kept not in away})
        case Extend():
            return _projected(stream, {**stream.shape, **_columns(operator.items, compiler)})
        case Distinct():
            columns = _grouping(operator.items, compiler)
            return _tuples(columns, _Later(lambda: list(_counted(stream, columns))))
        case Summarize():
            return _summarized(operator, stream, compiler)
    assert_never(operator)


class _Later:
    """Rows that are worked out when they are asked for: after the whole query has been checked."""

    def __init__(self, rows: Callable[[], list[Row]]) -> None:
        self._rows = rows

    def __iter__(self) -> Iterator[Row]:
        yield from self._rows()


def _columns(items: tuple[Item, ...], compiler: Compiler) -> dict[str, Compiled]:
    found: dict[str, Compiled] = {}
    for number, item in enumerate(items, 1):
        name = item.name or name_of(item.expression) or f"Column{number}"
        if name in found:
            raise item.at.error(f"there are two columns `{name}`", MEANING)
        found[name] = compiler.compiled(item.expression)
    return found


def _projected(stream: Stream, columns: dict[str, Compiled]) -> Stream:
    cells = [column.cell for column in columns.values()]
    return _tuples(columns, (tuple([cell(row) for cell in cells]) for row in stream.rows))


def _tuples(columns: dict[str, Compiled], rows: Iterable[Row]) -> Stream:
    kinds = ((name, column.kind) for name, column in columns.items())
    return Stream({name: Compiled(kind, itemgetter(place)) for place, (name, kind) in enumerate(kinds)}, rows)


def _grouping(items: tuple[Item, ...], compiler: Compiler) -> dict[str, Compiled]:
    columns = _columns(items, compiler)
    for (name, column), item in zip(columns.items(), items, strict=True):
        if column.kind == DYNAMIC:
            raise item.at.error(f"`{name}` is dynamic, which cannot be grouped by without a cast", MEANING)
    return columns


def _counted(stream: Stream, columns: dict[str, Compiled]) -> dict[tuple[Value, ...], int]:
    values = [column.value() for column in columns.values()]
    counts: dict[tuple[Value, ...], int] = {}
    for row in stream.rows:
        group = tuple([value(row) for value in values])
        counts[group] = counts.get(group, 0) + 1
    return counts


def _summarized(operator: Summarize, stream: Stream, compiler: Compiler) -> Stream:
    columns = _grouping(operator.by, compiler)
    if operator.name in columns:
        raise operator.by[0].at.error(f"there are two columns `{operator.name}`", MEANING)

    def rows() -> list[Row]:
        counts = _counted(stream, columns)
        return [(*group, count) for group, count in (counts if columns else {(): counts.get((), 0)}).items()]

    return _tuples({**columns, operator.name: Compiled(LONG, lambda _: None)}, _Later(rows))


_Order = Callable[[Iterable[Row], Callable[[Row], Any]], list[Any]]
"""From rows, and what is to be kept of each, to what is kept, sorted."""


def _ordering(operator: Sort, compiler: Compiler) -> _Order:
    values = [_sort_value(key, compiler) for key in operator.keys]

    def order(rows: Iterable[Row], keep: Callable[[Row], Any]) -> list[Any]:
        pairs = [([value(row) for value in values], keep(row)) for row in rows]
        for place, key in reversed(list(enumerate(operator.keys))):
            pairs.sort(key=lambda pair, at=place: pair[0][at], reverse=key.descending)  # type: ignore[misc]
        return [kept for _, kept in pairs]

    return order


def _sort_value(key: SortKey, compiler: Compiler) -> Callable[[Row], Any]:
    column = compiler.compiled(key.expression)
    if column.kind == DYNAMIC:
        raise key.at.error("a dynamic value cannot be sorted by without a cast", MEANING)
    value = column.value()
    null_below = key.nulls_first is not key.descending

    def sort_value(row: Row) -> Any:  # noqa: ANN401 - whatever sorts
        rank, found = sortable(value(row))
        return (rank or (0 if null_below else 9), found)

    return sort_value


def _encoder(shape: Shape, *, as_table: bool) -> Callable[[Row], bytes]:
    names, cells = tuple(shape), [_writer(column) for column in shape.values()]
    if as_table:
        return lambda row: _ENCODE([cell(row) for cell in cells])
    return lambda row: _ENCODE(dict(zip(names, [cell(row) for cell in cells], strict=True)))


def _writer(column: Compiled) -> Callable[[Row], Cell]:
    """Return the function from a row to a cell as JSON holds it; dates and spans alone need to be changed."""
    cell = column.cell
    return (lambda row: written(cell(row))) if column.kind in {DATETIME, TIMESPAN} else cell
