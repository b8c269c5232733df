"""Conditions from text to tree (C2 to C4, C9, C12). What cannot be understood raises ConditionSyntaxError.

    condition  := term {"AND" term} | term {"OR" term}          never both on one level (C9)
    term       := "NOT" term | "(" condition ")" | function | comparison
    function   := "ActionMatches" set | "SubOperationMatches" set | "Exists" attribute
    comparison := operand operator operand,  operator := [quantifier ":"] name
    operand    := attribute | literal | set,  set := "{" [literal {"," literal}] "}"

Parentheses are kept on a list, not on Python's stack.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NoReturn

from remit.model.errors import ConditionSyntaxError

DEEPEST = 200
"""Parentheses within parentheses that are read (V13): a tree must be walkable."""

Literal = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Attribute:
    """`@Source[name]` as written."""

    source: str
    name: str


@dataclass(frozen=True, slots=True)
class Text:
    """A quoted text, escapes still in: what they mean depends on the operator (C7)."""

    raw: str


Operand = Attribute | tuple[Text | Literal, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """One comparison; `operator` and `quantifier` in lower case, `quantifier` "" for none."""

    left: Operand
    quantifier: str
    operator: str
    right: Operand


@dataclass(frozen=True, slots=True)
class Function:
    """ActionMatches or SubOperationMatches with its values; `name` in lower case."""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Exists:
    """Does the call carry this attribute?"""

    attribute: Attribute


@dataclass(frozen=True, slots=True)
class Not:
    """Negation."""

    part: Node


@dataclass(frozen=True, slots=True)
class All:
    """AND over parts."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Any:
    """OR over parts."""

    parts: tuple[Node, ...]


Node = Comparison | Function | Exists | Not | All | Any

_STRING_RELATIONS = ("equals", "startswith", "like")
OPERATORS = frozenset(
    [f"string{no}{word}{case}" for no in ("", "not") for word in _STRING_RELATIONS for case in ("", "ignorecase")]
    + [f"{family}{no}equals" for family in ("bool", "numeric", "datetime", "guid") for no in ("", "not")]
    + [
        f"{family}{side}than{same}"
        for family in ("numeric", "datetime")
        for side in ("less", "greater")
        for same in ("", "equals")
    ]
)
"""Every operator Azure documents, lower case (C4)."""

_QUANTIFIED = frozenset(
    name for name in OPERATORS if not name.startswith(("bool", "datetime")) and "startswith" not in name
)
_QUANTIFIERS = frozenset(f"for{left}of{right}values" for left in ("any", "all") for right in ("any", "all"))
_SOURCES = frozenset(("resource", "request", "principal", "environment"))

_TOKEN = re.compile(
    r"""[ \t\r\n]*(?:
      @(?P<source>[A-Za-z]+)\[(?P<name>[^\[\]]+)\]
    | '(?P<text>(?:[^'\\]|\\.)*)'
    | (?P<guid>[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}|[0-9A-Fa-f]{32})(?![\w-])
    | (?P<number>-?[0-9]+(?:\.[0-9]+)?)(?![\w-])
    | (?P<word>[A-Za-z]\w*(?::[A-Za-z]\w*)?)
    | (?P<sign>&&|\|\||[!(){},])
    | (?P<end>\Z)
    )""",
    re.VERBOSE | re.DOTALL | re.ASCII,
)
_SAME = {"&&": "and", "||": "or", "!": "not"}


class _Reader:
    """A condition read from left to right; `kind` and `value` are the token in hand."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self.kind = ""
        self.value: Attribute | Text | Literal = ""
        self.step()

    def step(self) -> None:
        """Take the next token in hand."""
        found = _TOKEN.match(self._text, self._at)
        if found is None:
            self.fail("no word of the language starts here")
        self._at = found.end()
        kind = found.lastgroup or ""
        word = found[kind]
        if kind == "name":
            self.kind, self.value = "attribute", Attribute(found["source"].lower(), word)
        elif kind == "text":
            self.kind, self.value = "literal", Text(word)
        elif kind == "guid":
            self.kind, self.value = "literal", word
        elif kind == "number":
            self.kind, self.value = "literal", float(word) if "." in word else int(word)
        elif kind == "word" and word.lower() in ("true", "false"):
            self.kind, self.value = "literal", word.lower() == "true"
        elif kind == "word" and word.lower() not in ("and", "or", "not"):
            self.kind, self.value = "word", word.lower()
        else:
            self.kind, self.value = _SAME.get(word, word.lower()) or "end", ""

    def take(self, kind: str) -> Attribute | Text | Literal:
        """Return the value in hand, which must be of this kind, and step."""
        if self.kind != kind:
            self.fail(f"`{kind}` expected")
        value = self.value
        self.step()
        return value

    def fail(self, why: str) -> NoReturn:
        """Say that the text is not understood here."""
        raise ConditionSyntaxError(why, self._at)


@dataclass(slots=True)
class _Level:
    """One pair of parentheses: its parts so far, what joins them, and how many NOTs wait for the next part."""

    parts: list[Node]
    joint: str
    negations: int


def parse(text: str) -> Node:
    """Read a whole condition.

    Raises:
        ConditionSyntaxError: it does not follow the grammar above, or names an unknown operator, function or source.
    """
    reader = _Reader(text)
    levels = [_Level([], "", 0)]
    while True:
        while reader.kind in ("not", "("):
            if reader.kind == "not":
                levels[-1].negations += 1
            elif len(levels) > DEEPEST:
                reader.fail("too many parentheses within each other")
            else:
                levels.append(_Level([], "", 0))
            reader.step()
        _add(levels[-1], _leaf(reader))
        while reader.kind == ")" and len(levels) > 1:
            reader.step()
            inner = levels.pop()
            _add(levels[-1], _joined(inner))
        if reader.kind == "end" and len(levels) == 1:
            return _joined(levels[0])
        if reader.kind not in ("and", "or"):
            reader.fail("`and`, `or` or `)` expected")
        if levels[-1].joint not in ("", reader.kind):
            reader.fail("AND and OR on one level need parentheses")  # C9
        levels[-1].joint = reader.kind
        reader.step()


def _add(level: _Level, node: Node) -> None:
    """Put a part on its level, turned round when an odd number of NOTs stands before it."""
    level.parts.append(Not(node) if level.negations % 2 else node)
    level.negations = 0


def _joined(level: _Level) -> Node:
    """Return what a level says as one node."""
    if len(level.parts) == 1:
        return level.parts[0]
    return All(tuple(level.parts)) if level.joint == "and" else Any(tuple(level.parts))


def _leaf(reader: _Reader) -> Node:
    """Read a function or a comparison."""
    if reader.kind == "word":
        name = reader.take("word")
        if name == "exists":
            return Exists(_attribute(reader))
        if name in ("actionmatches", "suboperationmatches"):
            return Function(str(name), _names(reader))
        reader.fail(f"`{name}` is no function")
    left = _operand(reader)
    quantifier, _, operator = str(reader.take("word")).rpartition(":")
    if operator not in (_QUANTIFIED if quantifier else OPERATORS):
        reader.fail(f"`{operator}` is no operator")
    if quantifier and quantifier not in _QUANTIFIERS:
        reader.fail(f"`{quantifier}` is no quantifier")
    return Comparison(left, quantifier, operator, _operand(reader))


def _names(reader: _Reader) -> tuple[str, ...]:
    """Read the set of a function: at least one quoted text, nothing else."""
    values = _set(reader)
    names = tuple(plain(value.raw) for value in values if isinstance(value, Text))
    if not names or len(names) < len(values):
        reader.fail("a function needs quoted names")
    return names


def _attribute(reader: _Reader) -> Attribute:
    """Read `@Source[name]` with one of the four sources (C10)."""
    found = reader.take("attribute")
    if not isinstance(found, Attribute) or found.source not in _SOURCES:
        reader.fail("no such source of attributes")
    return found


def _operand(reader: _Reader) -> Operand:
    """Read one side of a comparison; a single literal is a set of one (C6)."""
    if reader.kind == "attribute":
        return _attribute(reader)
    return _set(reader) if reader.kind == "{" else (_literal(reader),)


def _set(reader: _Reader) -> tuple[Text | Literal, ...]:
    """Read `{a, b}`; `{}` is empty."""
    reader.take("{")
    values: list[Text | Literal] = []
    while reader.kind != "}":
        if values:
            reader.take(",")
        values.append(_literal(reader))
    reader.take("}")
    return tuple(values)


def _literal(reader: _Reader) -> Text | Literal:
    """Read a text, number, boolean or bare GUID (C8)."""
    value = reader.take("literal")
    if isinstance(value, Attribute):
        reader.fail("an attribute cannot stand here")
    return value


def plain(raw: str) -> str:
    r"""Return what a quoted text says: `\'` is a quote, `\\` a backslash, any other backslash itself."""
    return re.sub(r"\\([\\'])", r"\1", raw)


def comparisons(node: Node) -> list[Comparison]:
    """Return every comparison in a condition."""
    if isinstance(node, Comparison):
        return [node]
    if isinstance(node, Not):
        return comparisons(node.part)
    if isinstance(node, All | Any):
        return [found for part in node.parts for found in comparisons(part)]
    return []
