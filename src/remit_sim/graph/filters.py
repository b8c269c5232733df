"""The `$filter` texts that the simulator understands.

    >>> parse("startswith(displayName,'a') and accountEnabled eq true").matches({"displayName": "Ada"})
    False

Understood: `eq` with texts, booleans, numbers and null, `startswith`, `in`, `any(x:x eq '..')`, `and`, `or`, `not` and
brackets; paths with `/`. Texts compare without letter case, as the directory does. Anything else is a 400.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from remit_sim.call import Refusal
from remit_sim.tenant import Fields

Value = str | bool | int | float | None


class Filter(Protocol):
    """A condition on the fields of an object."""

    def matches(self, fields: Fields) -> bool:
        """Return whether an object passes."""
        ...


@dataclass(frozen=True, slots=True)
class Equal:
    """`path eq value` and `path in (values)`."""

    path: str
    values: tuple[Value, ...]

    def matches(self, fields: Fields) -> bool:
        """Return whether the field is one of the values."""
        return _folded(field_of(fields, self.path)) in {_folded(value) for value in self.values}


@dataclass(frozen=True, slots=True)
class StartsWith:
    """`startswith(path, 'text')`."""

    path: str
    text: str

    def matches(self, fields: Fields) -> bool:
        """Return whether the field begins so."""
        return str(field_of(fields, self.path) or "").casefold().startswith(self.text.casefold())


@dataclass(frozen=True, slots=True)
class AnyEqual:
    """`path/any(x:x eq 'text')`."""

    path: str
    text: str

    def matches(self, fields: Fields) -> bool:
        """Return whether the list holds the text."""
        items = field_of(fields, self.path)
        return isinstance(items, list) and self.text.casefold() in {str(item).casefold() for item in items}


@dataclass(frozen=True, slots=True)
class All:
    """`left and right`."""

    parts: tuple[Filter, ...]

    def matches(self, fields: Fields) -> bool:
        """Return whether all parts match."""
        return all(part.matches(fields) for part in self.parts)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """`left or right`."""

    parts: tuple[Filter, ...]

    def matches(self, fields: Fields) -> bool:
        """Return whether one part matches."""
        return any(part.matches(fields) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Not:
    """`not (part)`."""

    part: Filter

    def matches(self, fields: Fields) -> bool:
        """Return whether the part does not match."""
        return not self.part.matches(fields)


def conjuncts(condition: Filter) -> Iterator[Filter]:
    """Yield what must hold together: the parts of an `and`, else the condition itself."""
    if isinstance(condition, All):
        for part in condition.parts:
            yield from conjuncts(part)
    else:
        yield condition


def parse(text: str) -> Filter:
    """Read a filter.

    Raises:
        Refusal: it is not understood.
    """
    return _Parser(text).whole()


def field_of(fields: Fields, path: str) -> object:
    """Return the value at a path, None where there is none; names that no list of an export keeps are derived."""
    if path == "servicePrincipalNames" and path not in fields:
        return [fields.get("appId")]
    value: object = fields
    for name in path.split("/"):
        value = value.get(name) if isinstance(value, dict) else None
    return value


_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>-?\d+(?:\.\d+)?(?![\w-]))|(?P<word>[A-Za-z_@$][\w.@$/-]*)|(?P<mark>[(),:]))"
)
_WORDS: dict[str, Value] = {"true": True, "false": False, "null": None}


def _folded(value: object) -> object:
    """Return what two equal values have in common: letter case aside, and `true` is no 1."""
    if isinstance(value, str):
        return value.casefold()
    if value is None or isinstance(value, (int, float)):
        return (type(value) is bool, value)
    return object()  # a list or an object equals nothing


class _Parser:
    """Recursive descent over tokens: `or` binds loosest, then `and`, then `not`."""

    def __init__(self, text: str) -> None:
        self._tokens: list[str] = []
        place = 0
        text = text.rstrip()
        while place < len(text):
            found = _TOKEN.match(text, place)
            if found is None:
                raise _not_understood()
            self._tokens.append(found.group().strip())
            place = found.end()
        self._next = 0

    def whole(self) -> Filter:
        condition = self._any_of()
        if self._peek():
            raise _not_understood()
        return condition

    def _any_of(self) -> Filter:
        parts = [self._all()]
        while self._peek().lower() == "or":
            self._take()
            parts.append(self._all())
        return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))

    def _all(self) -> Filter:
        parts = [self._one()]
        while self._peek().lower() == "and":
            self._take()
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def _one(self) -> Filter:
        word = self._take()
        if word == "(":
            inner = self._any_of()
            self._take(")")
            return inner
        if word.lower() == "not":
            return Not(self._one())
        if word.lower() == "startswith" and self._peek() == "(":
            return self._starts_with()
        if word.endswith("/any") and self._peek() == "(":
            return self._any_equal(word.removesuffix("/any"))
        return self._comparison(word)

    def _starts_with(self) -> Filter:
        self._take("(")
        path = self._path(self._take())
        self._take(",")
        text = self._value()
        self._take(")")
        if not isinstance(text, str):
            raise _not_understood()
        return StartsWith(path, text)

    def _any_equal(self, path: str) -> Filter:
        self._take("(")
        name = self._take()
        self._take(":")
        if self._take() != name or self._take().lower() != "eq":
            raise _not_understood()
        text = self._value()
        self._take(")")
        if not isinstance(text, str):
            raise _not_understood()
        return AnyEqual(self._path(path), text)

    def _comparison(self, word: str) -> Filter:
        path = self._path(word)
        operator = self._take().lower()
        if operator == "eq":
            return Equal(path, (self._value(),))
        if operator == "ne":
            return Not(Equal(path, (self._value(),)))
        if operator != "in":
            raise _not_understood()
        self._take("(")
        values = [self._value()]
        while self._peek() == ",":
            self._take()
            values.append(self._value())
        self._take(")")
        return Equal(path, tuple(values))

    def _path(self, word: str) -> str:
        if not re.fullmatch(r"[A-Za-z_@][\w.@]*(?:/[A-Za-z_@][\w.@]*)*", word) or word.lower() in _WORDS:
            raise _not_understood()
        return word

    def _value(self) -> Value:
        word = self._take()
        if word.startswith("'"):
            return word[1:-1].replace("''", "'")
        if word.lower() in _WORDS:
            return _WORDS[word.lower()]
        try:
            return float(word) if "." in word else int(word)
        except ValueError:
            raise _not_understood() from None

    def _peek(self) -> str:
        return self._tokens[self._next] if self._next < len(self._tokens) else ""

    def _take(self, wanted: str = "") -> str:
        token = self._peek()
        if not token or (wanted and token != wanted):
            raise _not_understood()
        self._next += 1
        return token


def _not_understood() -> Refusal:
    return Refusal(400, "BadRequest", "Invalid filter clause, or one that the simulator does not understand.")
