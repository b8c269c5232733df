r"""From the text of a query to its tokens.

    >>> [token.text for token in tokens_of("resources | where name !in~ ('a', 'b') // both")]
    ['resources', '|', 'where', 'name', '!in~', '(', "'a'", ',', "'b'", ')', '']

Rules: blanks and comments to the end of the line separate; a text stands in single or double quotes and knows the
escapes \\ \' \" \n \r \t and \uXXXX, a text after `@` none; `14d`, `2.5h` are spans of time; the content of
`datetime(...)` is one token; the last token is empty and of kind `END`; a sign
that means nothing is a token, too, and for the parser to refuse.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from remit.model.errors import InputError
from remit.model.interval import parse_instant
from remit_sim.resource_graph.kql.errors import SYNTAX, QueryError

NAME, TEXT, NUMBER, SPAN, INSTANT, SIGN, END = "name", "text", "number", "span", "instant", "sign", "end"

Scalar = str | int | float | bool | datetime | timedelta | None


@dataclass(frozen=True, slots=True)
class Token:
    """One word, sign or literal; `value` is what a literal says."""

    kind: str
    text: str
    line: int
    column: int
    value: Scalar = None

    def error(self, message: str, code: str = SYNTAX) -> QueryError:
        """Return an error that points here."""
        return QueryError(code, message, line=self.line, column=self.column, token=self.text)


_PATTERN = re.compile(
    r"""
    (?P<blank>\s+|//[^\n]*)
  | (?P<instant>datetime\s*\(\s*[^()]*\))
  | (?P<verbatim>@'[^'\n]*'|@"[^"\n]*")
  | (?P<text>'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")
  | (?P<span>\d+(?:\.\d+)?(?:ms|d|h|m|s)\b)
  | (?P<number>-?\d+(?:\.\d+)?\b)
  | (?P<sign>!?in~|!=|!~|==|=~|<=|>=|[<>=()\[\],.|])
  | (?P<open>['"])
  | (?P<name>(?:project|mv|make)-[a-z]+|![A-Za-z_]+|[A-Za-z_][A-Za-z0-9_]*)
  | (?P<other>.)
    """,
    re.VERBOSE | re.ASCII,
)
_UNITS = {"d": 86_400.0, "h": 3_600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
_ESCAPES = {"\\": "\\", "'": "'", '"': '"', "n": "\n", "r": "\r", "t": "\t"}
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)")
_LONGEST_NUMBER = 18


def tokens_of(query: str) -> tuple[Token, ...]:
    """Return the tokens of a query, the last one of kind `END`.

    Raises:
        QueryError: a literal that has no end or says nothing.
    """
    found: list[Token] = []
    line, start_of_line = 1, 0
    for match in _PATTERN.finditer(query):
        text = match.group()
        if match.lastgroup != "blank":
            found.append(_token(str(match.lastgroup), Token(SIGN, text, line, match.start() - start_of_line)))
        if (breaks := text.count("\n")) > 0:
            line, start_of_line = line + breaks, match.start() + text.rindex("\n") + 1
    return (*found, Token(END, "", line, len(query) - start_of_line))


def _token(group: str, token: Token) -> Token:
    value: Scalar = None
    if group == "open":
        raise token.error(f"the text that `{token.text}` opens has no end in this line")
    if group == "text":
        value = _unescaped(token)
    elif group == "verbatim":
        group, value = TEXT, token.text[2:-1]
    elif group == "span":
        value = _span(token)
    elif group == "number":
        value = _number(token)
    elif group == "instant":
        value = instant_of(token.text.partition("(")[2][:-1].strip(" \t\r\n'\""))
        if value is None:
            raise token.error(f"`{token.text}` is no date and time")
    return Token(group, token.text, token.line, token.column, value)


def instant_of(text: str) -> datetime | None:
    """Return the instant that a text names, or None."""
    try:
        return parse_instant(text)
    except InputError:
        return None


def _unescaped(token: Token) -> str:
    def one(match: re.Match[str]) -> str:
        sign = match.group(1)
        known = chr(int(sign[1:], 16)) if len(sign) > 1 else _ESCAPES.get(sign, "")
        if not known or "\ud800" <= known <= "\udfff":
            raise token.error(f"the escape `\\{sign}` is not understood")
        return known

    return _ESCAPE.sub(one, token.text[1:-1])


def _span(token: Token) -> timedelta:
    amount, unit = re.split(r"(?=[a-z])", token.text, maxsplit=1)
    try:
        return timedelta(seconds=float(amount) * _UNITS[unit])
    except OverflowError as error:
        raise token.error(f"the span `{token.text}` is too long") from error


def _number(token: Token) -> int | float:
    if len(token.text) > _LONGEST_NUMBER:
        raise token.error(f"the number `{token.text}` is too long")
    return float(token.text) if "." in token.text else int(token.text)
