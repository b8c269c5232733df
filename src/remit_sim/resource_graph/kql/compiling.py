"""From expressions to functions over rows.

A row is whatever a `Shape` knows how to take cells from: an object of a list at first, a tuple after `project`. Names,
kinds and numbers of arguments are checked here, once for a query and before any row is read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, assert_never

from remit_sim.resource_graph.kql.errors import MEANING, QueryError
from remit_sim.resource_graph.kql.functions import ENVIRONMENTAL, FUNCTIONS
from remit_sim.resource_graph.kql.syntax import (
    Among,
    Both,
    Column,
    Comparison,
    Either,
    Expression,
    Function,
    Literal,
    Member,
)
from remit_sim.resource_graph.kql.tokens import Token
from remit_sim.resource_graph.kql.values import (
    BOOL,
    DYNAMIC,
    STRING,
    Cell,
    Value,
    comparable,
    kind_of,
    meaning_of,
    of_text,
    plain,
    same,
    text_of,
)

Row = Any
Read = Callable[[Row], Cell]


@dataclass(frozen=True, slots=True)
class Compiled:
    """An expression ready to run.

    Attributes:
        kind: kind of its values.
        cell: from a row to the cell, still as bytes where it is only a column.
    """

    kind: str
    cell: Read

    def value(self) -> Callable[[Row], Value]:
        """Return the function from a row to the plain value; what a text column holds is a text, never null."""
        cell = self.cell
        if self.kind == STRING:
            return lambda row: text_of(plain(cell(row)))
        return lambda row: plain(cell(row))


Shape = Mapping[str, Compiled]
"""The columns that rows have, in order."""


@dataclass(frozen=True, slots=True)
class Compiler:
    """Compiles expressions over rows of one shape; `now` is what `now()` and `ago()` count from."""

    shape: Shape
    now: datetime

    def compiled(self, expression: Expression) -> Compiled:  # noqa: PLR0911 - one for each kind of expression
        """Return the expression ready to run.

        Raises:
            QueryError: it names what is not there, or mixes kinds.
        """
        match expression:
            case Literal():
                value = expression.value
                return Compiled(kind_of(value), lambda _: value)
            case Column():
                return self._column(expression)
            case Member():
                return self._member(expression)
            case Function():
                return self._function(expression)
            case Comparison():
                return self._comparison(expression)
            case Among():
                return self._among(expression)
            case Both():
                parts = [self.condition(part) for part in expression.parts]
                return Compiled(BOOL, lambda row: all(part(row) for part in parts))
            case Either():
                parts = [self.condition(part) for part in expression.parts]
                return Compiled(BOOL, lambda row: any(part(row) for part in parts))
        assert_never(expression)

    def condition(self, expression: Expression) -> Callable[[Row], bool]:
        """Return an expression as a condition: null is not true."""
        compiled = self.compiled(expression)
        if compiled.kind not in {BOOL, DYNAMIC}:
            raise _wrong(_place(expression), f"a condition is wanted, not a value of kind {compiled.kind}")
        value = compiled.value()
        return lambda row: value(row) is True

    def _column(self, expression: Column) -> Compiled:
        if expression.name not in self.shape:
            raise _wrong(expression.at, f"there is no column `{expression.name}` here")
        return self.shape[expression.name]

    def _member(self, expression: Member) -> Compiled:
        whole = self.compiled(expression.of)
        if whole.kind != DYNAMIC:
            raise _wrong(expression.at, f"a value of kind {whole.kind} has no part `{expression.key}`")
        value, key = whole.value(), expression.key

        def part(row: Row) -> Value:
            found = value(row)
            if isinstance(key, str):
                return found.get(key) if isinstance(found, dict) else None
            inside = isinstance(found, list) and -len(found) <= key < len(found)
            return found[key] if inside else None

        return Compiled(DYNAMIC, part)

    def _function(self, expression: Function) -> Compiled:
        name = expression.name
        if name not in FUNCTIONS:
            raise _wrong(expression.at, f"the function `{name}()` is not understood")
        function = FUNCTIONS[name]
        if not function.least <= len(expression.arguments) <= function.most:
            raise _wrong(expression.at, f"`{name}()` does not take {len(expression.arguments)} arguments")
        arguments = [self.compiled(argument) for argument in expression.arguments]
        for argument in arguments:
            if argument.kind not in function.takes:
                raise _wrong(expression.at, f"`{name}()` does not take a value of kind {argument.kind}")
        values, run, now = [argument.value() for argument in arguments], function.run, self.now
        if name in ENVIRONMENTAL:
            return Compiled(function.gives, lambda row: run(now, *(value(row) for value in values)))
        return Compiled(function.gives, lambda row: run(*(value(row) for value in values)))

    def _comparison(self, expression: Comparison) -> Compiled:
        left, right = self.compiled(expression.left), self.compiled(expression.right)
        self._check(expression.at, expression.operator, left.kind, right.kind)
        decide, one, other = meaning_of(expression.operator), left.value(), right.value()
        return Compiled(BOOL, lambda row: decide(one(row), other(row)))

    def _among(self, expression: Among) -> Compiled:
        left = self.compiled(expression.left)
        operator = "=~" if expression.operator.endswith("~") else "=="
        found = []
        for item in expression.values:
            if not isinstance(item, Literal):
                raise _wrong(expression.at, f"`{expression.operator}` takes values, no columns")
            self._check(item.at, operator, left.kind, kind_of(item.value))
            found.append(item.value)
        decide, value = _one_of(operator, left.kind, found), left.value()
        wanted = not expression.operator.startswith("!")
        return Compiled(BOOL, lambda row: decide(value(row)) is wanted)

    def _check(self, at: Token, operator: str, left: str, right: str) -> None:
        texts = {left, right} <= {STRING, DYNAMIC}
        if (of_text(operator) and not texts) or not comparable(left, right):
            raise _wrong(at, f"`{operator}` cannot compare {left} with {right}, a cast is needed")


def _one_of(operator: str, kind: str, values: list[Value]) -> Callable[[Value], bool]:
    """Return whether a value is one of several; texts are looked up, however many there are."""
    if operator == "=~":
        folded = frozenset(text_of(one).casefold() for one in values)
        return lambda value: text_of(value).casefold() in folded
    if kind == STRING:
        exact = frozenset(values)
        return lambda value: value in exact
    return lambda value: any(same(value, one) for one in values)


def _wrong(at: Token | None, message: str) -> QueryError:
    return QueryError(MEANING, message) if at is None else at.error(message, MEANING)


def _place(expression: Expression) -> Token | None:
    return None if isinstance(expression, (Both, Either)) else expression.at
