"""Conditions evaluated for one call, in three values, with what decided them (section C; V8 to V13).

Rules kept here:
- an attribute that the call is known not to carry can not match: a comparison with it is false, negated ones too
  (C11, V8); one that nobody told of makes the comparison unknown;
- a condition that is not understood as a whole is unknown, never true (C22, V13);
- `@Resource[HasObotoken]` is unknown whatever is given (C21).

    >>> call = Call("a/b/read", None, NOON, {}, complete=True)               # doctest: +SKIP
    >>> check_condition("!(ActionMatches{'a/b/write'})", "2.0", call)        # doctest: +SKIP
    Verdict(truth=<Truth.TRUE: 'true'>, why="`ActionMatches{'a/b/write'}` is false")
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import lru_cache
from typing import Any, Final, NamedTuple

from remit.engine.condition_syntax import parse_condition
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
    attribute_key,
)
from remit.engine.condition_values import OPERATORS, Operator, Quantifier
from remit.engine.patterns import covers
from remit.model.decision import Truth
from remit.model.errors import ConditionSyntaxError
from remit.model.interval import format_instant
from remit.model.question import AttributeValue, Question
from remit.model.scope import Scope

LONGEST = 8192
"""Bytes of UTF-8 that Azure takes (L5)."""

VERSIONS = ("", "1.0", "2.0")
"""Versions read with the one grammar (C20)."""

_SHOWN = 160
_TRUTHS = (Truth.FALSE, Truth.UNKNOWN, Truth.TRUE)
_NEVER_KNOWN = attribute_key("@Resource[HasObotoken]")
_UTC_NOW = attribute_key("@Environment[UtcNow]")
_SAME_TEXT = OPERATORS["stringequalsignorecase"]


@dataclass(frozen=True, slots=True)
class Call:
    """What a condition can look at.

    Attributes:
        action: lower case.
        scope: whose text tells names of resources (V11); None for none.
        at: the instant asked, aware UTC (V12).
        attributes: given attributes by `attribute_key`.
        complete: an attribute that is not given is absent from the call, not unknown (C11).
        sub_operation: None when not told (V10).
    """

    action: str
    scope: Scope | None
    at: datetime
    attributes: Mapping[str, AttributeValue]
    complete: bool = False
    sub_operation: str | None = None


class Verdict(NamedTuple):
    """How a condition came out, and what decided it in one sentence."""

    truth: Truth
    why: str


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """A condition that can not be evaluated as a whole (V13)."""

    why: str


def call_of(question: Question, at: datetime) -> Call:
    """Gather what conditions may look at."""
    given = question.attributes
    attributes = {attribute_key(key): value for key, value in given.items()} if given else given
    return Call(
        question.action.lower(),
        question.scope,
        at,
        attributes,
        question.attributes_complete,
        question.sub_operation,
    )


@lru_cache(maxsize=16384)
def read_condition(text: str, version: str | None) -> Condition | NotUnderstood:
    """Return a condition ready to evaluate, or why it can not be evaluated (V13). Kept for the next time."""
    if len(text.encode("utf-8", "surrogatepass")) > LONGEST:
        return NotUnderstood(f"the condition is longer than {LONGEST} bytes")
    if (version or "") not in VERSIONS:
        return NotUnderstood("the condition has a version that is not known")
    try:
        return parse_condition(text)
    except ConditionSyntaxError as error:
        return NotUnderstood(error.message)


def check_condition(text: str | None, version: str | None, call: Call) -> Verdict:
    """Evaluate a condition as Azure holds it; never raises.

    A blank text is no condition: true. Cost: about 8 us for a condition that delegates role assignments.
    """
    if text is None or not text.strip():
        return Verdict(Truth.TRUE, "no condition")
    found = read_condition(text, version)
    if isinstance(found, NotUnderstood):
        return Verdict(Truth.UNKNOWN, found.why)
    return evaluate(found, call)


def uses_guid_operator(text: str, version: str | None = None) -> bool:
    """Tell whether a condition that is understood compares GUIDs (C18)."""
    found = read_condition(text, version)
    return isinstance(found, Condition) and found.uses_guid_operator


def evaluate(condition: Condition, call: Call) -> Verdict:
    """Evaluate a condition that was understood (Kleene), and say which of its comparisons decided."""
    value, leaf, note = _node(condition.root, call)
    return Verdict(_TRUTHS[value], _why(condition, leaf, note, call))


class _Note(Enum):
    """What to say about the leaf that decided."""

    HOLDS = "is true"
    FAILS = "is false"
    ABSENT = "is absent from the call"
    NOT_GIVEN = "is not given"
    NEVER_KNOWN = "can not be known from outside Azure"
    OTHER_TYPE = "compares something that is not"
    EMPTY = "compares an empty list"
    SEVERAL = "compares several values without a quantifier"
    UTC_NOW = "compares UtcNow in a way that Azure does not allow"


# Truths are numbered so that AND is the least and OR the greatest.
_FALSE: Final = 0
_UNKNOWN: Final = 1
_TRUE: Final = 2
_Found = tuple[int, Leaf, _Note]
_Values = tuple[Any, ...]


def _node(node: Node, call: Call) -> _Found:
    turned = False
    while isinstance(node, Not):
        node, turned = node.part, not turned
    if isinstance(node, AllOf):
        found = _joined(node.parts, call, settling=_FALSE)
    elif isinstance(node, AnyOf):
        found = _joined(node.parts, call, settling=_TRUE)
    else:
        found = _leaf(node, call)
    return (_TRUE - found[0], found[1], found[2]) if turned else found


def _joined(parts: tuple[Node, ...], call: Call, *, settling: int) -> _Found:
    """Evaluate AND or OR; `settling` is the value that settles it at once."""
    found = _node(parts[0], call)
    for part in parts[1:]:
        if found[0] == settling:
            return found
        other = _node(part, call)
        if other[0] == settling:
            return other
        if other[0] != found[0]:
            found = other if other[0] == _UNKNOWN else found
        elif found[0] != _UNKNOWN and isinstance(found[1], ActionMatches):
            # All parts agree: a comparison tells a reader more than which action it was for.
            found = other
    return found


def _leaf(leaf: Leaf, call: Call) -> _Found:
    if isinstance(leaf, ActionMatches):
        return _settled(leaf, holds=_covered(leaf, call.action))
    if isinstance(leaf, Comparison):
        return _comparison(leaf, call)
    value = _value(leaf.attribute, call)
    if isinstance(value, _Note):
        return _FALSE if value is _Note.ABSENT else _UNKNOWN, leaf, value
    if isinstance(leaf, Exists):
        return _settled(leaf, holds=True)
    names = _accepted(value, _SAME_TEXT.accept)
    if isinstance(names, _Note):
        return _UNKNOWN, leaf, names
    return _settled(leaf, holds=not set(names).isdisjoint(leaf.names))


def _covered(leaf: ActionMatches, action: str) -> bool:
    return action in leaf.exact or any(covers(pattern, action) for pattern in leaf.loose)


def _settled(leaf: Leaf, *, holds: bool) -> _Found:
    return (_TRUE, leaf, _Note.HOLDS) if holds else (_FALSE, leaf, _Note.FAILS)


def _value(attribute: Attribute, call: Call) -> AttributeValue | _Note:
    """Return what the call carries, or why nothing can be said: absent, not given, never known (C10, C11, C21)."""
    key = attribute.key
    if key == _NEVER_KNOWN:
        return _Note.NEVER_KNOWN
    given = call.attributes.get(key)
    if given is not None:
        return given
    if attribute.resource_type and call.scope is not None:  # V11
        for kind, name in call.scope.resource_names():
            if kind == attribute.resource_type:
                return name
    if key == _UTC_NOW:
        return format_instant(call.at)
    if key == SUB_OPERATION.key and call.sub_operation is not None:
        return call.sub_operation
    return _Note.ABSENT if call.complete else _Note.NOT_GIVEN


def _comparison(leaf: Comparison, call: Call) -> _Found:
    operator = leaf.operator
    left = _side(leaf.left, call, operator.accept)
    right = _side(leaf.right, call, operator.accept_right)
    if left is _Note.ABSENT or right is _Note.ABSENT:  # V8: whatever the operator, whatever the other side
        return _FALSE, leaf, _Note.ABSENT
    if isinstance(left, _Note):
        return _UNKNOWN, leaf, left
    if isinstance(right, _Note):
        return _UNKNOWN, leaf, right
    if not operator.allowed_for_utc_now and (_is_utc_now(leaf.left) or _is_utc_now(leaf.right)):
        return _UNKNOWN, leaf, _Note.UTC_NOW  # V12
    return _related(leaf, operator, left, right)


def _is_utc_now(side: Attribute | Literal) -> bool:
    return isinstance(side, Attribute) and side.key == _UTC_NOW


def _side(side: Attribute | Literal, call: Call, accept: Callable[[object], Any | None]) -> _Values | _Note:
    if isinstance(side, Literal):
        return _Note.OTHER_TYPE if side.values is None else side.values
    value = _value(side, call)
    return value if isinstance(value, _Note) else _accepted(value, accept)


def _accepted(value: AttributeValue, accept: Callable[[object], Any | None]) -> _Values | _Note:
    """Return values in comparable form; one of another type spoils all (V13)."""
    values = tuple(map(accept, value)) if isinstance(value, tuple) else (accept(value),)
    return _Note.OTHER_TYPE if None in values else values


def _related(leaf: Comparison, operator: Operator, left: tuple[Any, ...], right: tuple[Any, ...]) -> _Found:
    """Relate two sets of accepted values (C6)."""
    if not left or not right:
        return _UNKNOWN, leaf, _Note.EMPTY  # V9
    quantifier, relation, negated = leaf.quantifier, operator.relation, operator.negated
    if quantifier is None or (len(left) == 1 and len(right) == 1):
        if len(left) > 1 or len(right) > 1:
            return _UNKNOWN, leaf, _Note.SEVERAL
        return _settled(leaf, holds=relation(left[0], right[0]) is not negated)
    every_left, every_right = quantifier.value
    over_left, over_right = all if every_left else any, all if every_right else any
    if quantifier is Quantifier.FOR_ANY_OF_ANY and operator.is_equality:
        return _settled(leaf, holds=not set(left).isdisjoint(right))
    holds = over_left(over_right(relation(one, other) is not negated for other in right) for one in left)
    return _settled(leaf, holds=holds)


def _why(condition: Condition, leaf: Leaf, note: _Note, call: Call) -> str:
    """Say what decided, in one sentence; made only once, at the end."""
    if note in (_Note.ABSENT, _Note.NOT_GIVEN, _Note.NEVER_KNOWN):
        said = f"`{_short(_missing(leaf, note, call).text)}` {note.value}"
        if note is _Note.ABSENT and isinstance(leaf, Comparison) and leaf.operator.negated:
            said += f"; {leaf.operator.name} of an absent attribute counts as false"
        return said
    shown = f"`{_short(condition.text[leaf.place.start : leaf.place.end])}` {note.value}"
    if note is _Note.OTHER_TYPE:
        family = leaf.operator.family if isinstance(leaf, Comparison) else _SAME_TEXT.family
        return f"{shown} {family.value}"
    return shown


def _missing(leaf: Leaf, note: _Note, call: Call) -> Attribute:
    """Return the attribute of a leaf that has no value for this reason."""
    if isinstance(leaf, Comparison):
        sides = [side for side in (leaf.left, leaf.right) if isinstance(side, Attribute)]
        return next(side for side in sides if _value(side, call) is note)
    return SUB_OPERATION if isinstance(leaf, ActionMatches) else leaf.attribute


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _SHOWN else flat[:_SHOWN] + "…"
