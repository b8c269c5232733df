"""What a condition says, as a tree of frozen values: `condition_syntax` makes it, `conditions` evaluates it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from remit.engine.condition_values import Operator, Quantifier

_CASE_SENSITIVE = "<$key_case_sensitive$>"
_NAME = ":name]"


@dataclass(frozen=True, slots=True)
class Attribute:
    """`@Source[name]`: something that the call carries, or not.

    Attributes:
        key: what it is looked up by, as `attribute_key` makes it.
        resource_type: lower-case type of `@Resource[{type}:name]`, else "" (V11).
        text: as written.
    """

    key: str
    resource_type: str
    text: str


@dataclass(frozen=True, slots=True)
class Literal:
    """Values written in the condition, in the form that the comparison's operator compares.

    None when one of them is of a type that the operator cannot compare (V13).
    """

    values: tuple[Any, ...] | None


Operand = Attribute | Literal


@dataclass(frozen=True, slots=True)
class Place:
    """From where to where a leaf stands in the text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """One comparison; `quantifier` None for plain ones, which compare single values."""

    left: Operand
    quantifier: Quantifier | None
    operator: Operator
    right: Operand
    place: Place


@dataclass(frozen=True, slots=True)
class ActionMatches:
    """Is the action covered by one of these patterns, given in lower case (C5)?

    Attributes:
        exact: those without a wildcard, which need no matching.
        loose: those with one.
    """

    patterns: tuple[str, ...]
    exact: frozenset[str]
    loose: tuple[str, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class SubOperationMatches:
    """Is the suboperation one of these, given as the IgnoreCase operators see them (C12)?"""

    names: tuple[str, ...]
    attribute: Attribute
    place: Place


@dataclass(frozen=True, slots=True)
class Exists:
    """Does the call carry this attribute?"""

    attribute: Attribute
    place: Place


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite of its part."""

    part: Node


@dataclass(frozen=True, slots=True)
class AllOf:
    """AND."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """OR."""

    parts: tuple[Node, ...]


Leaf = Comparison | ActionMatches | SubOperationMatches | Exists
Node = Leaf | Not | AllOf | AnyOf


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition that was understood.

    Attributes:
        text: as written.
        root: its tree.
        uses_guid_operator: GuidEquals or GuidNotEquals stands somewhere in it (C18).
    """

    text: str
    root: Node = field(repr=False)
    uses_guid_operator: bool


@lru_cache(maxsize=8192)
def attribute_key(text: str) -> str:
    """Return what `@Source[name]` is looked up by: lower case, except a tag key marked as case-sensitive (V13)."""
    low = text.lower()
    if low.endswith(_CASE_SENSITIVE + "]") and len(low) == len(text):
        # A resource type holds no colon, a tag key may: the first one ends the type.
        colon, end = low.find(":"), len(low) - len(_CASE_SENSITIVE) - 1
        if 0 <= colon < end:
            return low[:colon] + text[colon:end] + low[end:]
    return low


def attribute_of(text: str) -> Attribute:
    """Return an attribute from `@Source[name]`."""
    key = attribute_key(text)
    named = key.startswith("@resource[") and key.endswith(_NAME)
    return Attribute(key, key[len("@resource[") : -len(_NAME)] if named else "", text)


SUB_OPERATION = attribute_of("@Request[subOperation]")
"""What the old form of SubOperationMatches asks for (C12)."""


def action_patterns(condition: Condition) -> tuple[str, ...]:
    """Return every pattern that an ActionMatches of the condition names, sorted; others do not look at the action."""
    found: set[str] = set()
    waiting: list[Node] = [condition.root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ActionMatches):
            found.update(node.patterns)
        elif isinstance(node, Not):
            waiting.append(node.part)
        elif isinstance(node, AllOf | AnyOf):
            waiting.extend(node.parts)
    return tuple(sorted(found))
