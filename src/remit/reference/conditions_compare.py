"""One comparison of a condition: types, operators, quantifiers (C4, C6 to C8, rulings V9, V13)."""

from __future__ import annotations

import re
from datetime import datetime
from operator import eq, ge, gt, le, lt

from remit.model.errors import InstantSyntaxError
from remit.model.interval import parse_instant
from remit.reference.conditions_parse import Literal, Text, plain
from remit.reference.truth import Truth

Value = Text | Literal
Form = str | int | bool | tuple[datetime, int]
_BEYOND_MICROSECONDS = re.compile(r"\.\d{6}(\d{1,3})", re.ASCII)
_ORDER = (("lessthan", lt), ("lessthanequals", le), ("greaterthan", gt), ("greaterthanequals", ge))
_GUID = re.compile(r"[0-9a-f]{8}(-?)[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{12}", re.ASCII)


def compare(left: tuple[Value, ...], quantifier: str, operator: str, right: tuple[Value, ...]) -> Truth:
    """C6: relate two sets; unknown over an empty one (V9) or with a value of another type (V13).

    Without a quantifier only single values can be related.
    """
    if not left or not right or (not quantifier and (len(left), len(right)) != (1, 1)):
        return None
    lefts = [form(value, operator) for value in left]
    rights = [text_of(value) if "like" in operator else form(value, operator) for value in right]
    related: list[list[bool]] = []
    for one in lefts:
        related.append([])
        for other in rights:
            if one is None or other is None:
                return None
            related[-1].append(holds(one, operator, other))
    over_right = all if quantifier.endswith("ofallvalues") else any
    over_left = all if quantifier.startswith("forall") else any
    return over_left(over_right(row) for row in related)


def text_of(value: Value) -> str | None:
    """Return a text with its escapes as they stand, None for another type."""
    return value.raw if isinstance(value, Text) else value if isinstance(value, str) else None


def form(value: Value, operator: str) -> Form | None:
    """V13: return a value as the operator compares it, None where it is of another type."""
    if isinstance(value, Text):
        value = plain(value.raw)
    if operator.startswith("string"):
        return value if isinstance(value, str) else None
    if operator.startswith("bool"):
        return value if isinstance(value, bool) else None
    if operator.startswith("numeric"):  # C4: whole numbers only
        return value if isinstance(value, int) and not isinstance(value, bool) else None
    if not isinstance(value, str):
        return None
    return guid(value) if operator.startswith("guid") else moment(value)


def guid(value: str) -> str | None:
    """C8: a GUID in lower case without dashes, all of them or none written."""
    return value.lower().replace("-", "") if _GUID.fullmatch(value.lower()) else None


def moment(value: str) -> tuple[datetime, int] | None:
    """Return an instant and its digits beyond the microsecond: Azure compares at full precision."""
    try:
        instant = parse_instant(value)
    except InstantSyntaxError:
        return None
    rest = _BEYOND_MICROSECONDS.search(value)
    return instant, int(rest[1].ljust(3, "0")) if rest else 0


def holds(left: Form, operator: str, right: Form) -> bool:
    """Relate two values of one type; an operator with `not` in its name is the other one turned round."""
    if "notequals" in operator or "notlike" in operator or "notstartswith" in operator:
        return not holds(left, operator.replace("not", "", 1), right)
    if operator.startswith("string"):
        return strings(str(left), operator, str(right))
    order = next((sign for end, sign in _ORDER if operator.endswith(end)), eq)
    return bool(order(left, right))


def strings(left: str, operator: str, right: str) -> bool:
    """Relate two texts: equal, starting with, or following a pattern (C7); case counts unless the name says not."""
    ignore = operator.endswith("ignorecase")
    if "like" in operator:
        return like(left, right, ignore=ignore)
    if ignore:
        left, right = same_case(left), same_case(right)
    return left.startswith(right) if "startswith" in operator else left == right


def like(text: str, pattern: str, *, ignore: bool) -> bool:
    r"""C7: `*` is any run, `?` one character, a backslash takes the meaning from `*`, `?`, `\` and `'`; anchored."""
    expression = ""
    for piece in re.findall(r"\\[*?\\']|.", pattern, re.DOTALL):
        if piece in ("*", "?"):
            expression += ".*" if piece == "*" else "."
        else:
            sign = piece[-1]
            expression += re.escape(same_case(sign) if ignore else sign)
    return re.fullmatch(expression, same_case(text) if ignore else text, re.DOTALL) is not None


def same_case(text: str) -> str:
    """Return a text in upper case, letter by letter; a letter whose upper case is longer stays."""
    return "".join(sign.upper() if len(sign.upper()) == 1 else sign for sign in text)
