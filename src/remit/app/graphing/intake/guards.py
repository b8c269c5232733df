"""Guards of resources: what their own properties say about each guard of the catalogue.

A rule names a path below `properties`, or of the row itself (`top`), and the value that closes the guard, or the value
without which it is closed; `remit.graph.guarding` compares.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from remit.graph.facts import GuardState
from remit.graph.guarding import judge, path_of
from remit.graph.kinds import Guard, GuardRule

# Of several rules of one guard the one that closes it is enough; not knowing one of them leaves the whole not known.
_WORST = (GuardState.OPEN, GuardState.UNKNOWN, GuardState.CLOSED)


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
                test = _Test(place, path_of(rule), bool(rule.top), rule)
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
                state = judge(test.rule, test.path, row)
            elif isinstance(properties, dict):
                state = judge(test.rule, test.path, properties)
            else:
                state = GuardState.UNKNOWN
            if _WORST.index(state) > _WORST.index(found.get(test.guard, GuardState.OPEN)):
                found[test.guard] = state
        return list(found.items())
