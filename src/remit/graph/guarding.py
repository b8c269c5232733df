"""Whether a guard stops an edge at one resource, from the resource's own row.

>>> rule = GuardRule(types=("Microsoft.Web/sites",), top="kind", open="functionapp", absent="closed")
>>> state_of(rule, {"kind": "functionapp,linux"}) == GuardState.OPEN
True

Of several rules the strictest counts. A property that is missing, null, or an empty list says what the rule's `absent`
says; where the properties as a whole were not read, nothing is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from remit.graph.facts import GuardState
from remit.graph.kinds import GuardRule

_STATES = {"open": GuardState.OPEN, "closed": GuardState.CLOSED, "unknown": GuardState.UNKNOWN}
_STEP_IN = "*"


def state_of_all(rules: Iterable[GuardRule], row: Mapping[str, object]) -> int:
    """Return the `GuardState` that several rules of one guard make together."""
    states = {state_of(rule, row) for rule in rules}
    for state in (GuardState.CLOSED, GuardState.UNKNOWN):
        if state in states:
            return state
    return GuardState.OPEN


def state_of(rule: GuardRule, row: Mapping[str, object]) -> int:
    """Return the `GuardState` that one rule makes.

    Args:
        rule: a rule for the type of the row.
        row: the resource as Azure tells it: `properties`, `kind`, `identity`, …
    """
    if rule.top:
        return judge(rule, list(values_at(row, rule.top.split("."))))
    properties = row.get("properties")
    if not isinstance(properties, Mapping):
        return GuardState.UNKNOWN
    return judge(rule, list(values_at(properties, rule.property.split("."))))


def judge(rule: GuardRule, values: Sequence[object]) -> int:
    """Return the `GuardState` of what stands at the rule's property; () where nothing does."""
    words = {word for value in values for word in _words(value)}
    if not values:
        return _STATES[rule.absent]
    if rule.closed is not None and _text(rule.closed) in words:
        return GuardState.CLOSED
    if rule.open is not None and _text(rule.open) in words:
        return GuardState.OPEN
    if rule.unsure is not None and _text(rule.unsure) in words:
        return GuardState.UNKNOWN
    if rule.present:
        return _STATES[rule.present]
    return GuardState.OPEN if rule.open is None else GuardState.CLOSED


def values_at(tree: object, path: Sequence[str]) -> Iterator[object]:
    """Yield what stands at a path; names of properties in any letter case, null as nothing, lists by element."""
    if not path:
        yield from (one for one in (tree if isinstance(tree, list) else [tree]) if one is not None)
    elif path[0] == _STEP_IN:
        for one in tree if isinstance(tree, list) else ():
            yield from values_at(one, path[1:])
    elif isinstance(tree, Mapping):
        wanted = path[0].lower()
        for name, below in tree.items():
            if isinstance(name, str) and name.lower() == wanted:
                yield from values_at(below, path[1:])


def _text(value: object) -> str:
    """Write `true`, `True` and true alike: some properties are words in quotes."""
    return str(value).strip().lower()


def _words(value: object) -> Iterator[str]:
    """Yield a value, and where it is a list of words (`kind`, `identity.type`) each word."""
    text = _text(value)
    yield text
    if isinstance(value, str) and "," in text:
        yield from (word.strip() for word in text.split(","))
