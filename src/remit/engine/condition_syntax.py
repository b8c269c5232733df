"""Conditions from text to tree: the whole condition language, or an error that says where it stops (C2 to C10, C12).

    condition  := part {AND part} | part {OR part}      never both on one level without parentheses (C9)
    part       := {NOT} ( "(" condition ")" | function | comparison )
    function   := ActionMatches set | SubOperationMatches set | Exists attribute
    comparison := operand [quantifier ":"] operator operand
    operand    := attribute | literal | set

Words and operators in any letter case. Parentheses are kept on a list, not on Python's stack, and no deeper than
`DEEPEST`, so that a tree can always be walked.

>>> parse_condition("@Resource[HasObotoken] boolequals true").uses_guid_operator
False
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from remit.engine.condition_tokens import Token, TokenKind, tokens, unescape
from remit.engine.condition_tree import (
    SUB_OPERATION,
    ActionMatches,
    AllOf,
    AnyOf,
    Attribute,
    Comparison,
    Condition,
    Exists,
    Leaf,
    Literal,
    Node,
    Not,
    Operand,
    Place,
    SubOperationMatches,
    attribute_of,
)
from remit.engine.condition_values import OPERATORS, QUANTIFIERS, Family, Operator, Quantifier, fold
from remit.model.errors import ConditionSyntaxError

DEEPEST = 200
"""Parentheses within parentheses; Azure's own limit of 8 KB leaves room for more, no honest condition needs it."""

_SOURCES = frozenset({"resource", "request", "principal", "environment"})
_ATTRIBUTE = re.compile(r"@([A-Za-z]+)\[(.*)\]", re.DOTALL)


def parse_condition(text: str) -> Condition:
    """Read a whole condition.

    Raises:
        ConditionSyntaxError: it does not follow the grammar, or names an operator, function or source that is
            not known.

    Source: C2 to C10, C12. Cost: linear in the text.
    """
    reader = _Reader(text)
    root = _tree(reader)
    return Condition(text, root, reader.guid)


@dataclass(slots=True)
class _Level:
    """One pair of parentheses: its parts so far, what joins them, and whether a NOT waits for the next part."""

    parts: list[Node] = field(default_factory=list)
    joint: TokenKind | None = None
    negated: bool = False

    def add(self, node: Node) -> None:
        self.parts.append(Not(node) if self.negated else node)
        self.negated = False

    def joined(self) -> Node:
        if len(self.parts) == 1:
            return self.parts[0]
        return AllOf(tuple(self.parts)) if self.joint is TokenKind.AND else AnyOf(tuple(self.parts))


class _Reader:
    """The tokens of a condition, one in hand."""

    def __init__(self, text: str) -> None:
        self._left: Iterator[Token] = tokens(text)
        self.token = next(self._left)
        self.last_end = 0
        self.guid = False

    def step(self) -> Token:
        """Return the token in hand, which is not END, and take the next."""
        taken = self.token
        self.last_end = taken.end
        self.token = next(self._left)
        return taken

    def take(self, kind: TokenKind, wanted: str) -> Token:
        """Return the token in hand, which must be of this kind, and take the next."""
        if self.token.kind is not kind:
            raise self.error(f"{wanted} is expected")
        return self.step()

    def error(self, why: str) -> ConditionSyntaxError:
        """Return the error that the token in hand is the trouble."""
        return ConditionSyntaxError(why, self.token.start)


def _tree(reader: _Reader) -> Node:
    levels = [_Level()]
    while True:
        while reader.token.kind in (TokenKind.NOT, TokenKind.OPEN):
            if reader.token.kind is TokenKind.NOT:
                levels[-1].negated = not levels[-1].negated
            elif len(levels) > DEEPEST:
                raise reader.error(f"more than {DEEPEST} parentheses within each other")
            else:
                levels.append(_Level())
            reader.step()
        levels[-1].add(_leaf(reader))
        while reader.token.kind is TokenKind.CLOSE and len(levels) > 1:
            reader.step()
            inner = levels.pop()
            levels[-1].add(inner.joined())
        if reader.token.kind is TokenKind.END and len(levels) == 1:
            return levels[0].joined()
        if reader.token.kind not in (TokenKind.AND, TokenKind.OR):
            raise reader.error("AND, OR or the end is expected" if len(levels) == 1 else "AND, OR or ) is expected")
        if levels[-1].joint not in (None, reader.token.kind):
            raise reader.error("AND and OR stand on one level without parentheses")  # C9
        levels[-1].joint = reader.step().kind


def _leaf(reader: _Reader) -> Leaf:
    start = reader.token.start
    if reader.token.kind is TokenKind.WORD and reader.token.text.lower() not in ("true", "false"):
        return _function(reader, start)
    left = _values(reader)
    quantifier, operator = _operator(reader)
    right = _values(reader)
    ready = _ready(left, operator, right_side=False), _ready(right, operator, right_side=True)
    return Comparison(ready[0], quantifier, operator, ready[1], Place(start, reader.last_end))


def _function(reader: _Reader, start: int) -> Leaf:
    name = reader.token.text.lower()
    if name not in ("exists", "actionmatches", "suboperationmatches"):
        raise reader.error(f"`{reader.token.text}` is no function")
    reader.step()
    if name == "exists":
        return Exists(_attribute(reader), Place(start, reader.last_end))
    at = reader.token
    written = _set(reader)
    texts = tuple(unescape(value.text) for value in written if value.kind is TokenKind.STRING)
    if not texts or len(texts) < len(written):
        raise ConditionSyntaxError("a set of quoted names is expected", at.start)
    place = Place(start, reader.last_end)
    if name == "actionmatches":
        patterns = tuple(text.lower() for text in texts)
        exact = frozenset(text for text in patterns if "*" not in text)
        return ActionMatches(patterns, exact, tuple(text for text in patterns if "*" in text), place)
    return SubOperationMatches(tuple(map(fold, texts)), SUB_OPERATION, place)


def _operator(reader: _Reader) -> tuple[Quantifier | None, Operator]:
    token = reader.token
    before, _, name = token.text.lower().rpartition(":")
    operator = OPERATORS.get(name)
    quantifier = QUANTIFIERS.get(before)
    if token.kind is not TokenKind.WORD or operator is None:
        raise reader.error("an operator is expected" if token.kind is not TokenKind.WORD else _no_operator(token))
    if before and (quantifier is None or not operator.quantified):
        raise reader.error(_no_operator(token))
    reader.guid |= operator.family is Family.GUID
    reader.step()
    return quantifier, operator


def _no_operator(token: Token) -> str:
    return f"`{token.text}` is no operator"


def _values(reader: _Reader) -> Attribute | tuple[Token, ...]:
    if reader.token.kind is TokenKind.ATTRIBUTE:
        return _attribute(reader)
    return tuple(_set(reader)) if reader.token.kind is TokenKind.OPEN_SET else (_literal(reader),)


def _attribute(reader: _Reader) -> Attribute:
    token = reader.token
    found = _ATTRIBUTE.fullmatch(token.text) if token.kind is TokenKind.ATTRIBUTE else None
    if found is None or found[1].lower() not in _SOURCES:
        raise reader.error("an attribute of Resource, Request, Principal or Environment is expected")
    reader.step()
    return attribute_of(token.text)


def _set(reader: _Reader) -> list[Token]:
    reader.take(TokenKind.OPEN_SET, "{")
    written: list[Token] = []
    while reader.token.kind is not TokenKind.CLOSE_SET:
        if written:
            reader.take(TokenKind.COMMA, "a comma or }")
        written.append(_literal(reader))
    reader.step()
    return written


def _literal(reader: _Reader) -> Token:
    token = reader.token
    if token.kind in (TokenKind.STRING, TokenKind.GUID, TokenKind.NUMBER) or (
        token.kind is TokenKind.WORD and token.text.lower() in ("true", "false")
    ):
        return reader.step()
    raise reader.error("a value is expected")


def _ready(written: Attribute | tuple[Token, ...], operator: Operator, *, right_side: bool) -> Operand:
    """Turn literals into what the operator compares, once."""
    if isinstance(written, Attribute):
        return written
    pattern = right_side and operator.takes_patterns
    values = tuple(
        operator.accept_right(_value(token, escaped=pattern)) if right_side else operator.accept(_value(token))
        for token in written
    )
    return Literal(None if None in values else values)


def _value(token: Token, *, escaped: bool = False) -> str | int | float | bool:
    if token.kind is TokenKind.STRING:
        return token.text if escaped else unescape(token.text)
    if token.kind is TokenKind.GUID:
        return token.text
    if token.kind is TokenKind.NUMBER:
        return float(token.text) if "." in token.text else int(token.text)
    return token.text.lower() == "true"
