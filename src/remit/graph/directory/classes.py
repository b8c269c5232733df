"""Targets sorted into classes: everything that decides who reaches a target, as one number per target.

A set of targets that a permission reaches ("users below a Helpdesk Administrator") is a few classes. So a tenant of a
million users has a million edges from classes to users, once, and a handful from each set to its classes.

    users = Classes.of("user", keys, traits)
    hubs.key((SetName("user:password-helpdesk"),))
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from remit.engine.membership import offsets_of
from remit.graph.drawing import SILENT, Drawing
from remit.graph.network import Codes, EdgeBatch, EdgeFlag, Small
from remit.graph.nodes import Keys, NodeKind, node_key

CLOSED, OPEN, POSSIBLE = range(3)
"""States of a target towards somebody: not reached, reached, not known."""
Traits = NDArray[np.int64]
States = NDArray[np.uint8]
SetOf = Callable[[str, Traits, bool], States]
"""From the name of a set, distinct traits, and whether it is asked from inside a restricted unit, to states."""
IN_UNIT = " in unit "
WHOLE = -1
"""The whole tenant, where an administrative unit could stand."""


def both(first: NDArray[Any], second: NDArray[Any] | int) -> States:
    """Return the state that two guards leave: closed if one is, else not known if one is."""
    closed = (first == CLOSED) | (second == CLOSED)
    possible = (first == POSSIBLE) | (second == POSSIBLE)
    return np.where(closed, CLOSED, np.where(possible, POSSIBLE, OPEN)).astype(np.uint8)


def either(first: NDArray[Any], second: NDArray[Any]) -> States:
    """Return the state of two ways: open if one is, else not known if one is."""
    opened = (first == OPEN) | (second == OPEN)
    possible = (first == POSSIBLE) | (second == POSSIBLE)
    return np.where(opened, OPEN, np.where(possible, POSSIBLE, CLOSED)).astype(np.uint8)


def unsure(state: NDArray[Any], where: NDArray[Any]) -> States:
    """Return states with the open ones not known at some places."""
    return np.where((state == OPEN) & where, POSSIBLE, state).astype(np.uint8)


class SetName(NamedTuple):
    """A set by its name, and whether the way to it is certain to pass; shown with a question mark where it is not."""

    name: str
    certain: bool = True

    def __str__(self) -> str:
        """Return how the set stands in the name of a hub."""
        return self.name if self.certain else f"{self.name}?"


@dataclass(frozen=True, slots=True, eq=False)
class Classes:
    """Targets of one kind.

    Attributes:
        word: what they are: `user`, `group` or `servicePrincipal`.
        keys: int64 node keys, sorted.
        code: int32 class of each. traits: what each class is, bits that the kind gives a meaning to.
        sets: what the sets of this kind hold.
    """

    word: str
    keys: Keys
    code: Codes
    traits: Traits
    sets: SetOf

    @classmethod
    def of(cls, word: str, keys: Keys, traits: Traits, sets: SetOf) -> Self:
        """Sort targets into classes. Cost: two sorts."""
        order = np.argsort(keys, kind="stable")
        distinct, code = np.unique(traits[order], return_inverse=True)
        return cls(word, keys[order], code.astype(np.int32), distinct.astype(np.int64), sets)

    def places(self, keys: Keys) -> NDArray[np.int64]:
        """Return the places of those keys that are targets of this kind."""
        if not len(self.keys):
            return np.zeros(0, dtype=np.int64)
        place = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        found: NDArray[np.int64] = place[self.keys[place] == keys]
        return found

    def states(self, names: tuple[SetName, ...], keys: Keys) -> States:
        """Return how many nodes stand to some sets together, `CLOSED` where they are none of this kind."""
        if not len(self.keys):
            return np.zeros(len(keys), dtype=np.uint8)
        place = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        state = self.together(names, inside=False)[self.code[place]]
        return np.where(self.keys[place] == keys, state, CLOSED).astype(np.uint8)

    def together(self, names: tuple[SetName, ...], *, inside: bool) -> States:
        """Return how every class stands to some sets: reached if one reaches it."""
        found = np.zeros(len(self.traits), dtype=np.uint8)
        for one in names:
            state = self.sets(one.name, self.traits, inside)
            found = either(found, state if one.certain else both(state, POSSIBLE))
        return found


class TargetHubs:
    """Hubs of sets of targets, drawn when first asked for.

    A set leads to the classes it holds, a class to its targets; inside an administrative unit likewise, of its
    members. `NONE` stands for a set that holds nothing.
    """

    NONE = -1

    def __init__(self, drawing: Drawing, classes: Mapping[str, Classes], single: Mapping[str, Keys]) -> None:
        """Take the kinds with classes, and the few sets that are plain lists of nodes."""
        self._drawing = drawing
        self._classes = classes
        self._single = single
        self._keys: dict[tuple[object, int], int] = {}
        self._silent = drawing.plain(SILENT)
        units = drawing.facts.administrative_units
        self._offsets = offsets_of(len(units.key), units.unit)
        self._places: dict[tuple[str, int], NDArray[np.int64]] = {}
        self.batches: list[EdgeBatch] = []

    def single(self, name: str) -> int:
        """Return the node of a set that is a plain list of nodes, or `NONE`; a single node stands for itself."""
        keys = self._single[name]
        if len(keys) <= 1:
            return int(keys[0]) if len(keys) else self.NONE
        if (name, WHOLE) not in self._keys:
            self._keys[name, WHOLE] = self._drawing.hubs.key(name)
            self._silently(self._keys[name, WHOLE], keys)
        return self._keys[name, WHOLE]

    def key(self, names: tuple[SetName, ...], unit: int = WHOLE) -> int:
        """Return the node of some sets of one kind together, or `NONE`."""
        found = self._keys.get((names, unit))
        if found is None:
            found = self._keys[names, unit] = self._draw(names, unit)
        return found

    def _draw(self, names: tuple[SetName, ...], unit: int) -> int:
        kind = self._classes[names[0].name.partition(":")[0]]
        inside = unit != WHOLE and bool(self._drawing.facts.administrative_units.restricted[unit])
        state = kind.together(names, inside=inside)
        lead = [(self._of_class(kind, code, unit), int(state[code])) for code in np.flatnonzero(state).tolist()]
        members = [(key, how) for key, how in lead if key != self.NONE]
        if not members:
            return self.NONE
        hub = self._drawing.hubs.key(" + ".join(map(str, names)) + _where(unit))
        flags = np.asarray([EdgeFlag.POSSIBLE if how == POSSIBLE else 0 for _, how in members], dtype=np.uint8)
        self._silently(hub, np.asarray([key for key, _ in members], dtype=np.int64), flags)
        return hub

    def _of_class(self, kind: Classes, code: int, unit: int) -> int:
        name = f"{kind.word} class {code}"
        found = self._keys.get((name, unit))
        if found is None:
            targets = kind.keys[kind.code == code] if unit == WHOLE else self._members(kind, unit, code)
            found = self.NONE
            if len(targets):
                found = self._drawing.hubs.key(name + _where(unit))
                self._silently(found, targets)
            self._keys[name, unit] = found
        return found

    def _members(self, kind: Classes, unit: int, code: int) -> Keys:
        place = self._places.get((kind.word, unit))
        if place is None:
            members = self._drawing.facts.administrative_units.member[self._offsets[unit] : self._offsets[unit + 1]]
            place = self._places[kind.word, unit] = kind.places(node_key(NodeKind.PRINCIPAL, members))
        found: Keys = kind.keys[place[kind.code[place] == code]]
        return found

    def _silently(self, hub: int, targets: Keys, flags: Small | None = None) -> None:
        shown = np.zeros(len(targets), dtype=np.uint8) if flags is None else flags
        source = np.full(len(targets), hub, dtype=np.int64)
        self.batches.append(
            EdgeBatch.of(source, targets, label=self._silent, flags=(shown | EdgeFlag.SILENT).astype(np.uint8))
        )


def _where(unit: int) -> str:
    return "" if unit == WHOLE else f"{IN_UNIT}{unit}"
