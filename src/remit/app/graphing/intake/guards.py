"""Guards of resources: what their own properties say about each guard of the catalogue.

A rule names a path below `properties`, or of the row itself (`top`), and the value that closes the guard, or the value
without which it is closed. Texts compare without regard to letter case. A star steps into every element of a list:

- with `closed`, the guard is closed where every element has the value, unknown where only some have it;
- with `open`, it is open where any element has the value.

A value of another kind than the rule compares with is no match; it does not fail the reading.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from remit.graph.facts import GuardState
from remit.graph.kinds import Guard, GuardRule

_STATES = {"open": GuardState.OPEN, "closed": GuardState.CLOSED, "unknown": GuardState.UNKNOWN}
# Of several rules of one guard the one that closes it is enough; not knowing one of them leaves the whole not known.
_WORST = (GuardState.OPEN, GuardState.UNKNOWN, GuardState.CLOSED)
_STAR = "*"


@dataclass(frozen=True, slots=True)
class _Test:
    """One rule for one type: `guard` is its place among the guards."""

    guard: int
    path: tuple[str, ...]
    top: bool
    rule: GuardRule


class GuardReader:
    """Evaluates the guards of one catalogue."""

    def __init__(self, guards: Sequence[Guard]) -> None:
        self.names = tuple(guard.name for guard in guards)
        self._tests: dict[str, list[_Test]] = {}
        for place, guard in enumerate(guards):
            for rule in guard.rule:
                test = _Test(place, tuple((rule.top or rule.property).split(".")), bool(rule.top), rule)
                for name in rule.types:
                    self._tests.setdefault(name.lower(), []).append(test)

    @property
    def types(self) -> frozenset[str]:
        """Return the lower-case types that have a guard."""
        return frozenset(self._tests)

    def needs_row(self, kind: str) -> bool:
        """Tell whether a rule of a type looks at the row itself."""
        return any(test.top for test in self._tests.get(kind, ()))

    def states(self, kind: str, properties: object, row: object) -> list[tuple[int, int]]:
        """Return the guards of one resource that are not open, by place, each once.

        Args:
            kind: lower-case type.
            properties: its decoded properties, None where they were not read.
            row: the decoded row where `needs_row`, else anything.
        """
        found: dict[int, int] = {}
        for test in self._tests.get(kind, ()):
            if test.top:
                state = _state(test.rule, test.path, row)
            elif isinstance(properties, dict):
                state = _state(test.rule, test.path, properties)
            else:
                state = GuardState.UNKNOWN
            if _WORST.index(state) > _WORST.index(found.get(test.guard, GuardState.OPEN)):
                found[test.guard] = state
        return list(found.items())


def _state(rule: GuardRule, path: Sequence[str], said: object) -> int:
    values = [value for value in _at(said, path) if value is not None]
    if not values:
        # An empty list is said: nothing in it has the value.
        return _STATES[rule.absent] if not _is_listed(said, path) else _empty(rule)
    if rule.closed is not None:
        hits = sum(_equal(value, rule.closed) for value in values)
        if hits == len(values):
            return GuardState.CLOSED
        return GuardState.UNKNOWN if hits else GuardState.OPEN
    return GuardState.OPEN if any(_equal(value, rule.open) for value in values) else GuardState.CLOSED


def _empty(rule: GuardRule) -> int:
    return GuardState.OPEN if rule.closed is not None else GuardState.CLOSED


def _is_listed(said: object, path: Sequence[str]) -> bool:
    """Tell whether a path with a star leads to an empty list."""
    if _STAR not in path:
        return False
    lists = _at(said, path[: path.index(_STAR)])
    return bool(lists) and all(isinstance(one, list) and not one for one in lists)


def _at(said: object, path: Sequence[str]) -> list[object]:
    """Return the values at a path: one, or with stars any number."""
    here = [said]
    for step in path:
        if step == _STAR:
            here = [one for value in here if isinstance(value, list) for one in value]
        else:
            here = [value[step] for value in here if isinstance(value, dict) and step in value]
    return here


def _equal(value: object, wanted: bool | str | int | None) -> bool:  # noqa: FBT001 - a value of the rule
    if isinstance(wanted, str):
        return isinstance(value, str) and value.lower() == wanted.lower()
    return type(value) is type(wanted) and value == wanted


def decoded(raw: msgspec.Raw | bytes) -> object:
    """Return what some JSON says; None where it cannot be read."""
    try:
        return msgspec.json.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
