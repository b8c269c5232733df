"""The text of a statement, ready to run."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib.resources import files

from remit.adapters.statement_engine import Inputs
from remit.model.errors import InvariantError
from remit.usage.statements import STATEMENTS, Statement

_NUMBER = re.compile(r"\$([a-z_]+)")


def checked(name: str, inputs: Inputs, numbers: Mapping[str, int]) -> Statement:
    """Return the statement of a name that takes just these inputs and numbers.

    Raises:
        InvariantError: there is none.
    """
    statement = STATEMENTS.get(name)
    if statement is None or set(inputs) != set(statement.inputs) or set(numbers) != set(statement.numbers):
        raise InvariantError(f"no statement `{name}` reads {sorted(inputs)} with the numbers {sorted(numbers)}")
    return statement


def text_of(name: str, numbers: Mapping[str, int]) -> str:
    """Return a statement's SQL in DuckDB's dialect, with its whole numbers in place."""
    text = files("remit.usage").joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")
    return _NUMBER.sub(lambda found: str(int(numbers[found[1]])), text)
