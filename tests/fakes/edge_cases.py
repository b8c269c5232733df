"""Cases of declared edges: a principal at a resource, with what it holds and what stands in its way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tests.fakes.edge_reading import BELOW, Held, Standing
from tests.fakes.scenario_draft import Row

from remit.graph.kinds import EdgeCatalogue, EdgeKind, GuardRule, Way

SCOPE = "scope"


@dataclass(frozen=True)
class EdgeCase:
    """One principal at one resource.

    Attributes:
        kind: the kind it is about. way: the way. target: one of its targets.
        name: what differs, for messages.
        here: the role at the resource's group. elsewhere: the role at another group.
        row: what the resource says besides its id and type; no `properties` where they were not read.
        denied: what a deny assignment at the group takes from everybody but `spared`.
        locked: a ReadOnly lock stands at the group. eligible: the role here has to be activated.
    """

    kind: EdgeKind
    way: Way
    target: str
    name: str
    here: Held
    elsewhere: Held
    row: Mapping[str, Any] = field(default_factory=lambda: {"properties": {}})
    denied: tuple[str, ...] = ()
    spared: bool = False
    locked: bool = False
    eligible: bool = False

    def __str__(self) -> str:
        needs = " + ".join((*self.way.needs, *(f"{need} elsewhere" for need in self.way.anywhere)))
        return f"{self.kind.id} {self.target} by {needs}: {self.name}"

    def but(self, name: str, **changes: Any) -> EdgeCase:
        """Return the same case but for something."""
        return replace(self, name=name, **changes)


def declared(catalogue: EdgeCatalogue) -> tuple[EdgeKind, ...]:
    """Return the kinds that rest on actions of Azure alone."""
    return tuple(kind for kind in catalogue.kinds if not kind.draws and any(way.needs for way in kind.way))


def base_cases(catalogue: EdgeCatalogue, kind: EdgeKind) -> Iterator[EdgeCase]:
    """Yield for each way and target of a kind the case in which exactly what is needed is held and nothing stops it."""
    for way in kind.way:
        for target in kind.targets_of(way) if way.needs else ():
            row: Row = {"properties": {}}
            for rule in rules_of(catalogue, way, target):
                opened(rule, row)
            yield EdgeCase(kind, way, target, "exact role", Held(way.needs), Held(way.anywhere), row)


def rules_of(catalogue: EdgeCatalogue, way: Way, target: str) -> list[GuardRule]:
    """Return the rules by which a way's guards are read at a type."""
    return [
        rule
        for guard in catalogue.guards
        if guard.name in way.guards
        for rule in guard.rule
        if target.lower() in {name.lower() for name in rule.types}
    ]


def opened(rule: GuardRule, row: Row) -> None:
    """Write into a row what opens a guard."""
    if rule.open is not None:
        _write(rule, row, rule.open)
    elif rule.absent != "open":
        _write(rule, row, not rule.closed if isinstance(rule.closed, bool) else "Other")


def closed(rule: GuardRule, row: Row) -> None:
    """Write into a row what closes a guard."""
    if rule.closed is not None:
        _write(rule, row, rule.closed)
    elif rule.absent == "closed":
        _write(rule, row, None)
    else:
        _write(rule, row, not rule.open if isinstance(rule.open, bool) else "Other")


def unsure(rule: GuardRule, row: Row) -> None:
    """Write into a row what leaves a guard open."""
    _write(rule, row, rule.unsure)


def _write(rule: GuardRule, row: Row, value: object) -> None:
    steps = (["properties"] if rule.property else []) + (rule.property or rule.top).split(".")
    place: Any = row.setdefault(BELOW, {}).setdefault(rule.child, {}) if rule.child else row
    for here, there in zip(steps, [*steps[1:], ""], strict=True):
        if here == "*":
            place = place[0]
        elif there:
            place = place.setdefault(here, [{}] if there == "*" else {})
        elif value is None:
            place.pop(here, None)
        else:
            one = value[0] if isinstance(value, tuple) else value
            place[here] = [one] if here.endswith("Modes") else one


def standing(case: EdgeCase) -> Standing:
    """Return a case as the literal reading wants it."""
    denied = () if case.spared else case.denied
    return Standing(case.target, case.row, case.here, case.elsewhere, denied, case.locked)
