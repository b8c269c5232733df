"""What a query says: expressions and tabular operators as values."""

from __future__ import annotations

from dataclasses import dataclass

from remit_sim.resource_graph.kql.tokens import Scalar, Token


@dataclass(frozen=True, slots=True)
class Literal:
    """A value that stands in the query."""

    value: Scalar
    at: Token


@dataclass(frozen=True, slots=True)
class Column:
    """A column by name."""

    name: str
    at: Token


@dataclass(frozen=True, slots=True)
class Member:
    """A part of a dynamic value: `properties.displayName`, `zones[0]`."""

    of: Expression
    key: str | int
    at: Token


@dataclass(frozen=True, slots=True)
class Function:
    """A call of a function, its name in lower case."""

    name: str
    arguments: tuple[Expression, ...]
    at: Token


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two values and an operator such as `==`, `!contains` or `<`."""

    operator: str
    left: Expression
    right: Expression
    at: Token


@dataclass(frozen=True, slots=True)
class Among:
    """Whether a value is one of several: `in`, `!in`, `in~`, `!in~`."""

    operator: str
    left: Expression
    values: tuple[Expression, ...]
    at: Token


@dataclass(frozen=True, slots=True)
class Both:
    """`and`."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """`or`."""

    parts: tuple[Expression, ...]


Expression = Literal | Column | Member | Function | Comparison | Among | Both | Either


@dataclass(frozen=True, slots=True)
class Item:
    """A column that an operator makes; `name` is "" where the query gives none."""

    name: str
    expression: Expression
    at: Token


@dataclass(frozen=True, slots=True)
class SortKey:
    """What to sort by; null first or last as the query says, else first when ascending."""

    expression: Expression
    descending: bool
    nulls_first: bool
    at: Token


@dataclass(frozen=True, slots=True)
class Where:
    """Keep the rows of which the condition is true."""

    condition: Expression


@dataclass(frozen=True, slots=True)
class Project:
    """Make exactly these columns, in this order."""

    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class ProjectAway:
    """Drop columns."""

    names: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Extend:
    """Add columns, or replace those of the same name in their places."""

    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Sort:
    """Put the rows in order; equal ones stay as they were."""

    keys: tuple[SortKey, ...]


@dataclass(frozen=True, slots=True)
class Take:
    """Keep the first rows."""

    count: int


@dataclass(frozen=True, slots=True)
class Distinct:
    """Each combination of values once, in the order of first appearance."""

    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Summarize:
    """How many rows there are for each combination of values; `name` is the column of the number."""

    name: str
    by: tuple[Item, ...]


Operator = Where | Project | ProjectAway | Extend | Sort | Take | Distinct | Summarize


@dataclass(frozen=True, slots=True)
class Query:
    """A table, by lower-case name, and what is done with it, in order."""

    table: str
    operators: tuple[Operator, ...]
    at: Token
