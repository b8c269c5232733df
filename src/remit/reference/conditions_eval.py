"""Three-valued reading of a condition (section C, rulings V8 to V13)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import lru_cache

from remit.model.errors import ConditionSyntaxError
from remit.model.interval import format_instant
from remit.model.question import AttributeValue, Question
from remit.reference.conditions_compare import Value, compare
from remit.reference.conditions_parse import (
    All,
    Attribute,
    Comparison,
    Exists,
    Function,
    Node,
    Not,
    Operand,
    comparisons,
    parse,
)
from remit.reference.matching import covers_any
from remit.reference.truth import Truth, every, opposite, some

LONGEST = 8192
"""Bytes of UTF-8 (L5, C20)."""

_VERSIONS = ("", "1.0", "2.0")
_FOR_UTC_NOW = ("datetimelessthan", "datetimegreaterthan")
_CASE_SENSITIVE_KEY = "<$key_case_sensitive$>"


class Lack(Enum):
    """Why an attribute has no value: the call does not carry it, or nobody said."""

    ABSENT = 0
    UNKNOWN = 1


Found = tuple[Value, ...] | Lack


@dataclass(frozen=True, slots=True)
class Call:
    """What a condition looks at.

    Attributes:
        question: what is asked.
        at: the instant.
        attributes: the given ones by normal key.
        names: names that the scope itself states, by normal key (V11).
    """

    question: Question
    at: datetime
    attributes: Mapping[str, AttributeValue]
    names: Mapping[str, str]


def call_of(question: Question, at: datetime) -> Call:
    """Gather what conditions look at, once per question."""
    given = {}
    for key, value in question.attributes.items():
        source, _, name = key.partition("[")
        given[normal(source.lstrip("@"), name.removesuffix("]"))] = value
    names = {f"resource[{kind}:name": name for kind, name in question.scope.resource_names()}
    return Call(question, at, given, names)


def normal(source: str, name: str) -> str:
    """V13: keys compare in lower case, except the key of a tag marked as case-sensitive."""
    low = name.lower()  # a type holds no colon, a tag's key may
    if low.endswith(_CASE_SENSITIVE_KEY) and ":" in low:
        colon = low.index(":")
        low = low[:colon] + name[colon : -len(_CASE_SENSITIVE_KEY)] + _CASE_SENSITIVE_KEY
    return f"{source.lower()}[{low}"


@lru_cache(maxsize=65536)
def understood(text: str, version: str) -> Node | None:
    """V13: the tree of a condition that can be evaluated as a whole, else None."""
    if version not in _VERSIONS or len(text.encode("utf-8", "surrogatepass")) > LONGEST:
        return None
    try:
        return parse(text)
    except ConditionSyntaxError:
        return None


def condition_truth(text: str, version: str, call: Call) -> Truth:
    """C1, C22: whether a condition lets the call pass; a blank one always does, one not understood is unknown."""
    if not text.strip():
        return True
    node = understood(text, version)
    return None if node is None else truth_of(node, call)


def uses_guid_operator(text: str, version: str) -> bool:
    """C18: does any comparison use GuidEquals or GuidNotEquals?"""
    node = understood(text, version) if text.strip() else None
    return node is not None and any(one.operator.startswith("guid") for one in comparisons(node))


def truth_of(node: Node, call: Call) -> Truth:
    """Evaluate one node (Kleene)."""
    if isinstance(node, Not):
        return opposite(truth_of(node.part, call))
    if isinstance(node, Function):
        return function_truth(node, call)
    if isinstance(node, Exists):
        return exists_truth(node, call)
    if isinstance(node, Comparison):
        return comparison_truth(node, call)
    parts = [truth_of(part, call) for part in node.parts]
    return every(parts) if isinstance(node, All) else some(parts)


def function_truth(node: Function, call: Call) -> Truth:
    """C5: ActionMatches matches like a role does. C12, V10: SubOperationMatches compares the suboperation."""
    if node.name == "actionmatches":
        return covers_any(node.values, call.question.action)
    found = value_of(Attribute("request", "subOperation"), call)
    if isinstance(found, Lack):
        return None if found is Lack.UNKNOWN else False
    return compare(found, "foranyofanyvalues", "stringequalsignorecase", node.values)


def exists_truth(node: Exists, call: Call) -> Truth:
    """C11, V8: false for an absent attribute, unknown where nobody said; C21: HasObotoken is never known."""
    found = value_of(node.attribute, call)
    return None if found is Lack.UNKNOWN else found is not Lack.ABSENT


def comparison_truth(node: Comparison, call: Call) -> Truth:
    """C11, V8: false when an attribute is absent, whatever the operator; unknown when its value is."""
    sides = [operand_values(side, call) for side in (node.left, node.right)]
    if Lack.ABSENT in sides:
        return False
    left, right = sides
    if isinstance(left, Lack) or isinstance(right, Lack):
        return None
    if any(is_utc_now(side) for side in (node.left, node.right)) and node.operator not in _FOR_UTC_NOW:
        return None  # V12
    return compare(left, node.quantifier, node.operator, right)


def operand_values(side: Operand, call: Call) -> Found:
    """Return the values of one side; a single value is a set of one (C6)."""
    return value_of(side, call) if isinstance(side, Attribute) else side


def is_utc_now(side: Operand) -> bool:
    """Tell whether a side is @Environment[UtcNow] (C10)."""
    return isinstance(side, Attribute) and (side.source, side.name.lower()) == ("environment", "utcnow")


def value_of(attribute: Attribute, call: Call) -> Found:
    """C10, C11: look an attribute up in what was given, in the scope (V11), in the instant (V12)."""
    key = normal(attribute.source, attribute.name)
    if key == "resource[hasobotoken":
        return Lack.UNKNOWN  # C21
    if key in call.attributes:
        given = call.attributes[key]
        return given if isinstance(given, tuple) else (given,)
    if key in call.names:
        return (call.names[key],)
    if key == "environment[utcnow":
        return (format_instant(call.at),)
    if key == "request[suboperation" and call.question.sub_operation is not None:
        return (call.question.sub_operation,)  # C12: the old form
    return Lack.ABSENT if call.question.attributes_complete else Lack.UNKNOWN
