"""The words of the condition language (C4): text in, tokens out, in one pass and linear time.

>>> [token.kind.name for token in tokens("!(ActionMatches{'a/b'})")]
['NOT', 'OPEN', 'WORD', 'OPEN_SET', 'STRING', 'CLOSE_SET', 'CLOSE', 'END']
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum, auto
from typing import NamedTuple

from remit.model.errors import ConditionSyntaxError


class TokenKind(Enum):
    """What a token is."""

    OPEN = auto()
    CLOSE = auto()
    OPEN_SET = auto()
    CLOSE_SET = auto()
    COMMA = auto()
    AND = auto()
    OR = auto()
    NOT = auto()
    ATTRIBUTE = auto()
    STRING = auto()
    GUID = auto()
    NUMBER = auto()
    WORD = auto()
    END = auto()


class Token(NamedTuple):
    """One token.

    Attributes:
        kind: what it is.
        text: as written; of a string what stands between its quotes, escapes still in.
        start, end: its place in the condition.
    """

    kind: TokenKind
    text: str
    start: int
    end: int


_SIGNS = {
    "(": TokenKind.OPEN,
    ")": TokenKind.CLOSE,
    "{": TokenKind.OPEN_SET,
    "}": TokenKind.CLOSE_SET,
    ",": TokenKind.COMMA,
    "&&": TokenKind.AND,
    "||": TokenKind.OR,
    "!": TokenKind.NOT,
}
_WORDS = {"and": TokenKind.AND, "or": TokenKind.OR, "not": TokenKind.NOT}

# Possessive quantifiers: nothing is ever tried twice, so hostile texts cost no more than honest ones.
_TOKEN = re.compile(
    r"""(?P<blank>[ \t\r\n]++)
    |(?P<sign>&&|\|\||[(){},!])
    |(?P<attribute>@[A-Za-z]++\[[^\]\[]++\])
    |'(?P<string>[^'\\]*+(?:\\.[^'\\]*+)*+)'
    |(?P<guid>[0-9A-Fa-f]{8}(?:(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}|[0-9A-Fa-f]{24}))(?![\w-])
    |(?P<number>-?[0-9]++(?:\.[0-9]++)?)(?![\w-])
    |(?P<word>[A-Za-z]\w*+(?::[A-Za-z]\w*+)?)""",
    re.VERBOSE | re.DOTALL | re.ASCII,
)
_ESCAPED = re.compile(r"\\([\\'])")
_KINDS = {
    "attribute": TokenKind.ATTRIBUTE,
    "string": TokenKind.STRING,
    "guid": TokenKind.GUID,
    "number": TokenKind.NUMBER,
    "word": TokenKind.WORD,
}


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of a condition, END last.

    Raises:
        ConditionSyntaxError: a character that starts no token, or a string or attribute that does not end.
    """
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise ConditionSyntaxError(_complaint(text, at), at)
        name = found.lastgroup or ""
        end = found.end()
        if name == "sign":
            yield Token(_SIGNS[found["sign"]], found["sign"], at, end)
        elif name != "blank":
            words = found[name]
            kind = _KINDS[name]
            if kind is TokenKind.WORD:
                kind = _WORDS.get(words.lower(), kind)
            yield Token(kind, words, at, end)
        at = end
    yield Token(TokenKind.END, "", at, at)


def unescape(text: str) -> str:
    r"""Return the value of a quoted text: `\'` is a quote and `\\` a backslash; any other backslash is itself."""
    return _ESCAPED.sub(r"\1", text) if "\\" in text else text


def _complaint(text: str, at: int) -> str:
    sign = text[at]
    if sign == "'":
        return "a quoted text does not end"
    if sign == "@":
        return "an attribute is written @Source[name]"
    return f"`{sign}` cannot stand here" if sign.isprintable() else "a character that no condition has"
