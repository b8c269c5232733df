"""Reading a query: its table and its tabular operators.

    >>> query = parse("Resources | where type =~ 'a/b' | project id, kind | order by id asc | take 5")
    >>> query.table, [type(operator).__name__ for operator in query.operators]
    ('resources', ['Where', 'Project', 'Sort', 'Take'])

Rules: the names of tables may be written in any letter case, all other names may not; `order by` and `top` sort from
the greatest down unless `asc` is said, as Kusto does; an operator that is not listed here is refused by its name.
"""

from __future__ import annotations

from collections.abc import Callable

from remit_sim.resource_graph.kql.errors import MEANING
from remit_sim.resource_graph.kql.expressions import ExpressionReader
from remit_sim.resource_graph.kql.syntax import (
    Column,
    Distinct,
    Expression,
    Extend,
    Function,
    Item,
    Member,
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
from remit_sim.resource_graph.kql.tokens import END, NUMBER, tokens_of

_NAMED_AFTER_ARGUMENT = frozenset({"tostring", "todatetime", "toint", "tolong"})


def parse(query: str) -> Query:
    """Return what a query says.

    Raises:
        QueryError: it does not parse, or uses what is not understood.
    """
    return _Reader(tokens_of(query)).query()


def name_of(expression: Expression) -> str:
    """Return the name that a column gets from its expression, "" where it gets none."""
    if isinstance(expression, Column):
        return expression.name
    if isinstance(expression, Member):
        before = name_of(expression.of)
        return before and f"{before}_{expression.key}"
    if isinstance(expression, Function) and expression.name in _NAMED_AFTER_ARGUMENT and expression.arguments:
        return name_of(expression.arguments[0])
    return ""


class _Reader(ExpressionReader):
    def query(self) -> Query:
        at = self.name()
        found: list[Operator] = []
        while self.accept("|"):
            found += self._operator()
        if self.now.kind != END:
            raise self.unexpected("`|` or the end of the query")
        return Query(at.text.lower(), tuple(found), at)

    def _operator(self) -> tuple[Operator, ...]:
        operators: dict[str, Callable[[], tuple[Operator, ...]]] = {
            "where": lambda: (Where(self.expression()),),
            "project": lambda: (Project(self.listed(self._item)),),
            "project-away": lambda: (ProjectAway(self.listed(self._column)),),
            "extend": lambda: (Extend(self.listed(self._item)),),
            "order": self._sort,
            "sort": self._sort,
            "take": lambda: (Take(self._count()),),
            "limit": lambda: (Take(self._count()),),
            "top": self._top,
            "count": lambda: (Summarize("Count", ()),),
            "distinct": lambda: (Distinct(self.listed(self._item)),),
            "summarize": self._summarize,
        }
        at = self.name()
        if at.text not in operators:
            raise at.error(f"the operator `{at.text}` is not understood", MEANING)
        return operators[at.text]()

    def _item(self) -> Item:
        at = self.now
        expression = self.expression()
        if not self.accept("="):
            return Item("", expression, at)
        if not isinstance(expression, Column):
            raise at.error(f"`{at.text}` cannot be the name of a column")
        return Item(expression.name, self.expression(), at)

    def _column(self) -> Column:
        at = self.name()
        return Column(at.text, at)

    def _count(self) -> int:
        token = self.now
        if token.kind != NUMBER or not isinstance(token.value, int) or token.value < 0:
            raise self.unexpected("a whole number")
        self.take()
        return token.value

    def _sort(self) -> tuple[Operator, ...]:
        self.expect("by")
        return (Sort(self.listed(self._sort_key)),)

    def _top(self) -> tuple[Operator, ...]:
        count = self._count()
        return (*self._sort(), Take(count))

    def _sort_key(self) -> SortKey:
        at = self.now
        expression = self.expression()
        ascending = self.accept("asc")
        if not ascending:
            self.accept("desc")
        nulls_first = ascending
        if self.accept("nulls"):
            nulls_first = self.accept("first")
            if not nulls_first:
                self.expect("last")
        return SortKey(expression, not ascending, nulls_first, at)

    def _summarize(self) -> tuple[Operator, ...]:
        at, name = self.name(), "count_"
        if self.accept("="):
            name, at = at.text, self.name()
        if at.text != "count":
            raise at.error(f"the aggregation `{at.text}` is not understood, only count() is", MEANING)
        self.expect("(")
        self.expect(")")
        return (Summarize(name, self.listed(self._item) if self.accept("by") else ()),)
