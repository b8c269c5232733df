"""What is wrong with a query."""

from __future__ import annotations

SYNTAX, MEANING = "ParserFailure", "InvalidQueryLanguage"


class QueryError(Exception):
    """A query that cannot be answered.

    Attributes:
        code: `ParserFailure` where it does not parse, `InvalidQueryLanguage` where something in it is not known.
        message: what is wrong, in one line.
        line: from 1; 0 where no place can be told.
        column: from 0, in that line.
        token: the text that is not understood.
    """

    def __init__(self, code: str, message: str, *, line: int = 0, column: int = 0, token: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.line = line
        self.column = column
        self.token = token
