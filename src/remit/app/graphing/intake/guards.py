"""Guards of resources: what their own properties say about each guard of the catalogue.

A rule names a path below `properties`, or of the row itself (`top`), and the value that closes the guard, or the value
without which it is closed; `remit.graph.guarding` compares. What a rule looks for in a resource below (`child`) comes
later in the list: payloads come by id, so that it follows its parent with nothing between but what starts alike.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from remit.graph.facts import GuardState
from remit.graph.guarding import judge, missing, path_of
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
    """Evaluates the guards of one catalogue.

    Attributes:
        below: by lower-case type, what rules look for below resources of it: the path below the id, and the test.
        types_below: lower-case types of what they look for.
    """

    def __init__(self, guards: Sequence[Guard]) -> None:
        self.names = tuple(guard.name for guard in guards)
        self._tests: dict[str, list[_Test]] = {}
        self.below: dict[str, list[tuple[str, _Test]]] = {}
        for place, guard in enumerate(guards):
            for rule in guard.rule:
                test = _Test(place, path_of(rule), bool(rule.top), rule)
                for name in (one.lower() for one in rule.types):
                    if rule.child:
                        self.below.setdefault(name, []).append((f"/{rule.child.lower()}", test))
                    else:
                        self._tests.setdefault(name, []).append(test)
        self.types_below = frozenset(
            "/".join([name, *child.split("/")[1::2]]) for name, tests in self.below.items() for child, _ in tests
        )

    @property
    def types(self) -> frozenset[str]:
        """Return the lower-case types that have a guard of their own properties."""
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


@dataclass(slots=True)
class _Parent:
    """A resource whose guards wait for what is below it; `states` by guard, the missing one's until it comes."""

    key: str
    row: int
    kind: str
    states: dict[int, int] = field(default_factory=dict)


class GuardsBelow:
    """Evaluates the rules about what is below a resource, while resources come by id."""

    def __init__(self, reader: GuardReader, add: Callable[[int, int, int], None]) -> None:
        """Take the guards, and what takes (row, guard, state) of those that are not open."""
        self._reader = reader
        self._add = add
        self._parents: list[_Parent] = []

    def enter(self, key: str, row: int, kind: str) -> None:
        """Take a resource that rules look below."""
        self._leave(key)
        tests = self._reader.below[kind]
        self._parents.append(_Parent(key, row, kind, {test.guard: missing(test.rule) for _, test in tests}))

    def take(self, key: str, properties: object) -> None:
        """Take what may be looked for, with its decoded properties, None where they were not read."""
        self._leave(key)
        for parent in self._parents:
            for child, test in self._reader.below[parent.kind]:
                if key == parent.key + child:
                    read = isinstance(properties, dict)
                    state = judge(test.rule, test.path, properties) if read else GuardState.UNKNOWN
                    parent.states[test.guard] = state

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
