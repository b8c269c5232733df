"""Guards of resources: what their own properties say about each guard of the catalogue.

A rule names a path below `properties`, or of the row itself (`top`), and the value that closes the guard, or the value
without which it is closed; `remit.graph.guarding` judges. Of a payload only the fields that the rules of its type begin
with are looked at, and as bytes: most resources of a type say the same there, and are judged once.

What a rule looks for in a resource below (`child`) is read by `guards_below`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec

from remit.graph.facts import GuardState
from remit.graph.guarding import judge, path_of
from remit.graph.kinds import Guard, GuardRule
from remit.wire.azure.graph_shapes import NOTHING
from remit.wire.azure.tolerant import decode_any

# Of several rules of one guard the one that closes it is enough; not knowing one of them leaves the whole not known.
_WORST = (GuardState.OPEN, GuardState.UNKNOWN, GuardState.CLOSED)
_REMEMBERED = 20_000

States = tuple[tuple[int, int], ...]
_Said = tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class _Test:
    """One rule for one type: `guard` is its place among the guards."""

    guard: int
    path: tuple[str, ...]
    rule: GuardRule


class _Fields:
    """The fields of an object that rules begin with, as bytes."""

    def __init__(self, tests: Sequence[_Test]) -> None:
        self.names = tuple(sorted({test.path[0] for test in tests}))
        fields = [
            (f"at{place}", msgspec.Raw, msgspec.field(default=NOTHING, name=name))
            for place, name in enumerate(self.names)
        ]
        self._decode = msgspec.json.Decoder(msgspec.defstruct("Fields", fields, gc=False)).decode

    def read(self, said: msgspec.Raw | bytes) -> _Said | None:
        """Return what each field says, `null` where it is missing; None where there is no object."""
        try:
            found = self._decode(said)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return None
        return tuple(map(bytes, msgspec.structs.astuple(found)))


@dataclass(slots=True)
class _Plan:
    """The rules of one type: about its properties, and about the row itself."""

    within: list[_Test] = field(default_factory=list)
    top: list[_Test] = field(default_factory=list)
    fields: _Fields = field(init=False)
    top_fields: _Fields = field(init=False)
    judged: dict[tuple[_Said | None, _Said | None], States] = field(default_factory=dict)


class GuardReader:
    """Evaluates the guards of one catalogue.

    Attributes:
        names: of the guards, by place.
    """

    def __init__(self, guards: Sequence[Guard]) -> None:
        self.names = tuple(guard.name for guard in guards)
        self._plans: dict[str, _Plan] = {}
        for place, guard in enumerate(guards):
            for rule in guard.rule:
                test = _Test(place, path_of(rule), rule)
                # What stands below a resource is for `guards_below`.
                for name in () if rule.child else rule.types:
                    plan = self._plans.setdefault(name.lower(), _Plan())
                    (plan.top if rule.top else plan.within).append(test)
        for plan in self._plans.values():
            plan.fields, plan.top_fields = _Fields(plan.within), _Fields(plan.top)

    @property
    def types(self) -> frozenset[str]:
        """Return the lower-case types that have a guard of their own properties."""
        return frozenset(self._plans)

    def states(self, kind: str, properties: msgspec.Raw | bytes, row: bytes) -> States:
        """Return the guards of one resource that are not open, by place, each once.

        Args:
            kind: lower-case type.
            properties: its properties, `null` where they were not read.
            row: its payload.

        Cost: about two microseconds where another resource of the type said the same.
        """
        plan = self._plans.get(kind)
        if plan is None:
            return ()
        said = plan.fields.read(properties) if plan.within else None
        said_on_top = plan.top_fields.read(row) if plan.top else None
        found = plan.judged.get((said, said_on_top))
        if found is None:
            if len(plan.judged) >= _REMEMBERED:
                plan.judged.clear()
            found = plan.judged[said, said_on_top] = _judged(plan, said, said_on_top)
        return found


def _judged(plan: _Plan, said: _Said | None, said_on_top: _Said | None) -> States:
    found: dict[int, int] = {}
    for tests, fields, values in ((plan.within, plan.fields, said), (plan.top, plan.top_fields, said_on_top)):
        decoded = dict(zip(fields.names, map(decode_any, values), strict=True)) if values is not None else None
        for test in tests:
            state = GuardState.UNKNOWN if decoded is None else judge(test.rule, test.path, decoded)
            found[test.guard] = max(found.get(test.guard, GuardState.OPEN), state, key=_WORST.index)
    return tuple((guard, state) for guard, state in sorted(found.items()) if state != GuardState.OPEN)
