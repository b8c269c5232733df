"""Whether a guard stops an edge at one resource, from the resource's own row.

>>> rule = GuardRule(types=("Microsoft.Web/sites",), top="kind", open="functionapp", absent="closed")
>>> state_of(rule, {"kind": "functionapp,linux"}) == GuardState.OPEN
True

Letter case does not matter, and `true` in quotes is true: some properties are words. A text that is a list of words
with commas between them counts as its words. Of several elements of a list any one with a value of `open` leaves the
edge open, and any one with a value of `closed` closes it, unless the rule asks for `every` element.

A property that is missing, null or an empty list says what the rule's `absent` says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from remit.graph.facts import GuardState
from remit.graph.kinds import GuardRule, Values

_STATES = {"open": GuardState.OPEN, "closed": GuardState.CLOSED, "unknown": GuardState.UNKNOWN}
_STEP_IN = "*"


def path_of(rule: GuardRule) -> tuple[str, ...]:
    """Return the steps to what a rule looks at, from the row (`top`) or from its properties."""
    return tuple((rule.top or rule.property).split("."))


def state_of(rule: GuardRule, row: Mapping[str, object]) -> int:
    """Return the `GuardState` that one rule makes of a resource as Azure tells it.

    Where its properties as a whole were not read, a rule about one of them is UNKNOWN.
    """
    said = row if rule.top else row.get("properties")
    return judge(rule, path_of(rule), said) if isinstance(said, Mapping) else GuardState.UNKNOWN


def judge(rule: GuardRule, path: Sequence[str], said: object) -> int:
    """Return the `GuardState` of what stands at a path.

    Args:
        rule: a rule for the type of the resource.
        path: `path_of(rule)`, which need not be taken apart for every resource.
        said: the resource's row for a rule about it, else its properties.
    """
    words: list[frozenset[str]] = []
    for value in _values_at(said, path):
        words.extend(_words(one) for one in (value if isinstance(value, list) else [value]) if one is not None)
    return _judged(rule, words) if words else _STATES[rule.absent]


def missing(rule: GuardRule) -> int:
    """Return the `GuardState` where what a rule looks at is not there."""
    return _STATES[rule.absent]


def _judged(rule: GuardRule, words: list[frozenset[str]]) -> int:
    if _hits(rule.open, words):
        return GuardState.OPEN
    if hits := _hits(rule.closed, words):
        return GuardState.CLOSED if hits == len(words) or not rule.every else GuardState.UNKNOWN
    if _hits(rule.unsure, words):
        return GuardState.UNKNOWN
    if rule.present:
        return _STATES[rule.present]
    return GuardState.OPEN if rule.open is None else GuardState.CLOSED


def _values_at(said: object, path: Sequence[str]) -> Iterator[object]:
    """Yield what stands at a path: one value, or with stars any number; lists whole, null as nothing."""
    if not path:
        if said is not None:
            yield said
    elif path[0] == _STEP_IN:
        for one in said if isinstance(said, list) else ():
            yield from _values_at(one, path[1:])
    elif isinstance(said, Mapping):
        wanted = path[0]
        if wanted not in said:
            wanted = next((name for name in said if str(name).lower() == wanted.lower()), wanted)
        yield from _values_at(said.get(wanted), path[1:])


def _hits(wanted: Values, words: list[frozenset[str]]) -> int:
    """Return how many values hold one of the words that a rule names."""
    if wanted is None:
        return 0
    texts = {str(one).lower() for one in (wanted if isinstance(wanted, tuple) else (wanted,))}
    return sum(not texts.isdisjoint(one) for one in words)


def _words(value: object) -> frozenset[str]:
    """Return a value as text and, where it is a list of words (`kind`, `identity.type`), each word."""
    text = str(value).strip().lower()
    return frozenset((text, *(word.strip() for word in text.split(","))))
