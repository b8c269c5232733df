"""Guards of resources that something below them tells: rules with a `child`.

Payloads come by id, so that what is below a resource follows it, with nothing between but what starts alike.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec

from remit.graph.facts import GuardState
from remit.graph.guarding import judge, missing, path_of
from remit.graph.kinds import Guard, GuardRule
from remit.wire.azure.tolerant import decode_any


@dataclass(frozen=True, slots=True)
class _Test:
    """One rule for one type: `guard` is its place among the guards, `below` follows the resource's id."""

    guard: int
    below: str
    path: tuple[str, ...]
    rule: GuardRule


@dataclass(frozen=True, slots=True)
class _Parent:
    """A resource whose guards wait for what is below it; `states` by guard, the missing one's until it comes."""

    key: str
    row: int
    tests: Sequence[_Test]
    states: dict[int, int]


class GuardsBelow:
    """Evaluates the rules about what is below resources, while resources come by id.

    Attributes:
        types: lower-case types of which a rule looks below. types_below: those of what it looks for.
    """

    def __init__(self, guards: Sequence[Guard], add: Callable[[int, int, int], None]) -> None:
        """Take the guards, and what takes (row, guard, state) of those that are not open."""
        self._add = add
        self._parents: list[_Parent] = []
        self._tests: dict[str, list[_Test]] = {}
        for place, guard in enumerate(guards):
            for rule in guard.rule:
                for name in rule.types if rule.child else ():
                    test = _Test(place, f"/{rule.child.lower()}", path_of(rule), rule)
                    self._tests.setdefault(name.lower(), []).append(test)
        self.types = frozenset(self._tests)
        self.types_below = frozenset(
            "/".join([name, *test.below.split("/")[1::2]]) for name, tests in self._tests.items() for test in tests
        )

    def enter(self, key: str, row: int, kind: str) -> None:
        """Take a resource of one of `types`."""
        self._leave(key)
        tests = self._tests[kind]
        self._parents.append(_Parent(key, row, tests, {test.guard: missing(test.rule) for test in tests}))

    def take(self, key: str, properties: msgspec.Raw | bytes) -> None:
        """Take a resource of one of `types_below`; `null` where its properties were not read."""
        self._leave(key)
        said = decode_any(properties)
        for parent in self._parents:
            for test in parent.tests:
                if key == parent.key + test.below:
                    read = isinstance(said, dict)
                    parent.states[test.guard] = judge(test.rule, test.path, said) if read else GuardState.UNKNOWN

    def finish(self) -> None:
        """Take it that nothing more comes."""
        self._leave("")

    def _leave(self, key: str) -> None:
        """Settle resources that nothing can be below any more."""
        while self._parents and not key.startswith(self._parents[-1].key):
            parent = self._parents.pop()
            for guard, state in parent.states.items():
                if state != GuardState.OPEN:
                    self._add(parent.row, guard, state)
