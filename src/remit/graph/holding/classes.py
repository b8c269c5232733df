"""Classes of edge kinds: what is drawn alike is drawn once.

A class is one side of one resource type (or of any scope) under one set of guards; whoever has any of its ways has it.
Ways that locks stop are never in one class with others, so that locks that were not read leave open the whole class.
Which kind it is in a single case is found when a path is told.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from remit.engine.facts import LockLevel
from remit.engine.guard_index import profile_of
from remit.graph.facts import GraphFacts
from remit.graph.kinds import EdgeCatalogue, EdgeKind, Need, Way
from remit.graph.nodes import Facet
from remit.model.question import Plane

SCOPE = -1
"""`HoldingClass.type` of classes about scopes themselves."""

_SCOPE_TARGET = "scope"
_ANY_LOCK = LockLevel.READ_ONLY
_NOT_THERE = -2


class _Key(NamedTuple):
    """What ways must agree in to be one class."""

    type: int
    facet: Facet
    guards: tuple[int, ...]
    certain: bool
    lockable: bool
    needs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HoldingWay:
    """One way of one kind: everything in `needs` at the target."""

    kind: EdgeKind
    way: Way
    needs: tuple[Need, ...]


@dataclass(frozen=True, slots=True)
class HoldingClass:
    """Kinds that are drawn as one.

    Attributes:
        number: place in the list of classes.
        type: row of `ResourceTable.type_name`, or SCOPE.
        facet: the side that is reached.
        guards: places in `EdgeCatalogue.guards`, sorted; one that is closed stops every way.
        certain: False where it is not sure that Azure lets the ways pass.
        elsewhere: what must be held together at some scope besides, any one of these; () for nothing.
        ways: cheapest first.
    """

    number: int
    type: int
    facet: Facet
    guards: tuple[int, ...]
    certain: bool
    elsewhere: tuple[tuple[Need, ...], ...]
    ways: tuple[HoldingWay, ...]

    @property
    def name(self) -> str:
        """What its edges are labelled with."""
        return f"held:{self.number}"

    @property
    def cost(self) -> int:
        """That of its cheapest way."""
        return min(way.kind.cost for way in self.ways)

    @property
    def kinds(self) -> tuple[str, ...]:
        """Ids of its kinds, cheapest first."""
        return tuple(dict.fromkeys(way.kind.id for way in self.ways))


def classes_of(catalogue: EdgeCatalogue, facts: GraphFacts) -> tuple[HoldingClass, ...]:
    """Return the classes of every declared kind that the tenant has targets for, in a defined order."""
    types = {name: row for row, name in enumerate(facts.resources.type_name)}
    guards = {guard.name: place for place, guard in enumerate(catalogue.guards)}
    found: dict[_Key, list[HoldingWay]] = {}
    for kind in catalogue.kinds:
        for way in kind.way:
            if kind.draws or not way.needs:
                continue
            closing = tuple(sorted(guards[name] for name in way.guards))
            # Ways with a second place are joined only where they need the same at the first.
            needs = tuple(sorted(way.needs)) if way.anywhere else ()
            for target in kind.targets_of(way):
                row = SCOPE if target == _SCOPE_TARGET else types.get(target.lower(), _NOT_THERE)
                if row != _NOT_THERE:
                    key = _Key(row, kind.side, closing, way.certain, stopped_by(way.at_target, _ANY_LOCK), needs)
                    found.setdefault(key, []).append(HoldingWay(kind, way, way.at_target))
    return tuple(
        HoldingClass(
            number,
            key.type,
            key.facet,
            key.guards,
            key.certain,
            tuple(dict.fromkeys(one.way.elsewhere for one in found[key])) if key.needs else (),
            tuple(sorted(found[key], key=lambda one: (one.kind.cost, one.kind.id))),
        )
        for number, key in enumerate(sorted(found))
    )


def stopped_by(needs: Iterable[Need], level: int) -> bool:
    """Tell whether a lock of a level stops any of some actions (B1)."""
    return any(
        need.plane is Plane.CONTROL and 0 < profile_of(need.action.lower()).least_lock <= level for need in needs
    )
