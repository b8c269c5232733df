"""Reading expressions: from tokens to `syntax.Expression`.

    >>> from remit_sim.resource_graph.kql.tokens import tokens_of
    >>> ExpressionReader(tokens_of("name =~ 'a' and not(isempty(kind))")).expression().parts[0].operator
    '=~'

Rules: `and` binds tighter than `or`; comparisons do not chain; brackets nest at most `DEEPEST` levels.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from remit_sim.resource_graph.kql.errors import QueryError
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
from remit_sim.resource_graph.kql.tokens import END, INSTANT, NAME, NUMBER, SPAN, TEXT, Token

DEEPEST = 40
"""Levels of brackets that a query may have."""

_SIGNS = frozenset({"==", "!=", "=~", "!~", "<", "<=", ">", ">="})
_WORDS = frozenset(
    {"contains", "contains_cs", "startswith", "startswith_cs", "endswith", "endswith_cs", "has", "has_cs"}
)
_COMPARISONS = _SIGNS | _WORDS | {f"!{word}" for word in _WORDS}
_AMONG = frozenset({"in", "!in", "in~", "!in~"})
_CONSTANTS = {"true": True, "false": False, "null": None}
_T = TypeVar("_T")


class Tokens:
    """A place in the tokens of a query."""

    def __init__(self, tokens: tuple[Token, ...]) -> None:
        self._tokens = tokens
        self._place = 0

    @property
    def now(self) -> Token:
        """The token that is next."""
        return self._tokens[self._place]

    def take(self) -> Token:
        """Return the next token and go on."""
        token = self.now
        if token.kind != END:
            self._place += 1
        return token

    def accept(self, text: str) -> bool:
        """Go on if the next token is this word or sign; return whether it was."""
        if self.now.kind in {TEXT, INSTANT} or self.now.text != text:
            return False
        self.take()
        return True

    def expect(self, text: str) -> Token:
        """Return the next token, which must be this word or sign."""
        token = self.now
        if not self.accept(text):
            raise self.unexpected(f"`{text}`")
        return token

    def name(self) -> Token:
        """Return the next token, which must be a name."""
        if self.now.kind != NAME or self.now.text.startswith("!"):
            raise self.unexpected("a name")
        return self.take()

    def unexpected(self, wanted: str) -> QueryError:
        """Return the error that something else was wanted here."""
        found = "the end of the query" if self.now.kind == END else f"`{self.now.text}`"
        return self.now.error(f"expected {wanted}, found {found}")

    def listed(self, one: Callable[[], _T]) -> tuple[_T, ...]:
        """Return one or more things with commas between them."""
        found = [one()]
        while self.accept(","):
            found.append(one())
        return tuple(found)


class ExpressionReader(Tokens):
    """Reads expressions from where it stands."""

    def __init__(self, tokens: tuple[Token, ...]) -> None:
        super().__init__(tokens)
        self._depth = 0

    def expression(self) -> Expression:
        """Return the expression that starts here."""
        self._depth += 1
        if self._depth > DEEPEST:
            raise self.now.error("the query nests too deep")
        parts = [self._conjunction()]
        while self.accept("or"):
            parts.append(self._conjunction())
        self._depth -= 1
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def _conjunction(self) -> Expression:
        parts = [self._comparison()]
        while self.accept("and"):
            parts.append(self._comparison())
        return parts[0] if len(parts) == 1 else Both(tuple(parts))

    def _comparison(self) -> Expression:
        left = self._value()
        sign = self.now
        if sign.text in _COMPARISONS:
            self.take()
            return Comparison(sign.text, left, self._value(), sign)
        if sign.text in _AMONG:
            self.take()
            self.expect("(")
            values = self.listed(self._value)
            self.expect(")")
            return Among(sign.text, left, values, sign)
        return left

    def _value(self) -> Expression:
        value = self._start()
        while self.now.text in {".", "["}:
            at = self.take()
            if at.text == ".":
                key: str | int = self.name().text
            else:
                key = self._index()
                self.expect("]")
            value = Member(value, key, at)
        return value

    def _index(self) -> str | int:
        token = self.now
        if token.kind == TEXT or (token.kind == NUMBER and isinstance(token.value, int)):
            self.take()
            return str(token.value) if token.kind == TEXT else int(token.text)
        raise self.unexpected("a text or a whole number")

    def _start(self) -> Expression:
        token = self.now
        if token.kind in {TEXT, NUMBER, SPAN, INSTANT}:
            self.take()
            return Literal(token.value, token)
        if self.accept("("):
            inner = self.expression()
            self.expect(")")
            return inner
        if self.accept("["):
            column = self._index()
            self.expect("]")
            return Column(str(column), token)
        if token.kind != NAME or token.text.startswith("!"):
            raise self.unexpected("a value")
        self.take()
        if self.accept("("):
            return Function(token.text.lower(), self._arguments(), token)
        if token.text in _CONSTANTS:
            return Literal(_CONSTANTS[token.text], token)
        return Column(token.text, token)

    def _arguments(self) -> tuple[Expression, ...]:
        if self.accept(")"):
            return ()
        found = self.listed(self.expression)
        self.expect(")")
        return found
