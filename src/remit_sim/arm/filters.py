"""`$filter` of Resource Manager's lists: functions and comparisons joined by `and`.

    >>> parse("atScope() and principalId eq 'P'").values
    {'principalid': 'P'}
    >>> parse("eventTimestamp ge '2026-11-01T00:00:00Z'").least
    {'eventtimestamp': '2026-11-01T00:00:00Z'}

Names are compared without case. What the simulator does not know it refuses: a filter that is ignored gives wrong rows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from remit_sim.arm import refusals
from remit_sim.call import Call, Refusal

_PART = re.compile(
    r"\s*(?:(?P<function>\w+)\(\s*(?:'(?P<argument>(?:[^']|'')*)')?\s*\)"
    r"|(?P<name>[\w/]+)\s+(?P<operator>eq|ge|gt|le|lt)\s+(?:'(?P<text>(?:[^']|'')*)'|(?P<bare>[^'\s]+)))\s*",
    re.IGNORECASE,
)
_AND = re.compile(r"and\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Filter:
    """What a `$filter` asks for.

    Attributes:
        functions: argument by lower-case name, "" without one.
        values: what a field must equal, by lower-case name.
        least: what a field must be at least, by lower-case name.
        most: what a field may be at most, by lower-case name.
    """

    functions: dict[str, str] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)
    least: dict[str, str] = field(default_factory=dict)
    most: dict[str, str] = field(default_factory=dict)


def parse(text: str) -> Filter:
    """Read a filter; "" asks for everything.

    Raises:
        Refusal: 400, it cannot be read.
    """
    found = Filter()
    at = 0
    while at < len(text):
        part = _PART.match(text, at)
        if part is None:
            raise _refusal(text)
        _add(found, part)
        at = part.end()
        if at < len(text):
            joint = _AND.match(text, at)
            if joint is None:
                raise _refusal(text)
            at = joint.end()
    return found


def of(call: Call, functions: frozenset[str], values: frozenset[str] = frozenset()) -> Filter:
    """Return the filter of a call.

    Raises:
        Refusal: 400, it uses a function or a field that this list does not know.
    """
    text = call.query.get("$filter", "")
    found = parse(text)
    if not (found.functions.keys() <= functions and {*found.values, *found.least, *found.most} <= values):
        raise _refusal(text)
    return found


def _add(found: Filter, part: re.Match[str]) -> None:
    if part["function"]:
        found.functions[part["function"].lower()] = (part["argument"] or "").replace("''", "'")
        return
    value = (part["text"] if part["bare"] is None else part["bare"]).replace("''", "'")
    operator = part["operator"].lower()
    place = found.values if operator == "eq" else found.least if operator[0] == "g" else found.most
    place[part["name"].lower()] = value


def _refusal(text: str) -> Refusal:
    return refusals.bad_request(f"the filter `{text}` is not supported here", "InvalidFilter")
