"""Targets sorted into classes: everything that decides who reaches a target, as one number per target.

A set of targets that a permission reaches ("users below a Helpdesk Administrator") is a few classes. So a tenant of a
million users has a million edges from classes to users, once, and a handful from each set to its classes.

    users = Classes.of("user", keys, traits)
    hubs.key("user:password-helpdesk")
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from remit.graph.drawing import SILENT, Drawing
from remit.graph.facts import AdministrativeUnits
from remit.graph.network import Codes, EdgeBatch, EdgeFlag, Small
from remit.graph.nodes import Keys, NodeKind, node_key

CLOSED, OPEN, POSSIBLE = range(3)
"""States of a target towards somebody: not reached, reached, not known."""
Traits = NDArray[np.int64]
States = NDArray[np.uint8]
SetOf = Callable[[str, Traits, bool], States]
"""From the name of a set, distinct traits, and whether it is asked from inside a restricted unit, to states."""
WHOLE = -1
"""The whole tenant, where an administrative unit could stand."""


def both(first: NDArray[Any], second: NDArray[Any] | int) -> States:
    """Return the state that two guards leave: closed if one is, else not known if one is."""
    closed = (first == CLOSED) | (second == CLOSED)
    possible = (first == POSSIBLE) | (second == POSSIBLE)
    return np.where(closed, CLOSED, np.where(possible, POSSIBLE, OPEN)).astype(np.uint8)


def unsure(state: NDArray[Any], where: NDArray[Any]) -> States:
    """Return states with the open ones not known at some places."""
    return np.where((state == OPEN) & where, POSSIBLE, state).astype(np.uint8)


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

    def state(self, name: str, key: int) -> int:
        """Return the state of one target in a set, `CLOSED` where it is none of this kind."""
        return int(self.states(name, np.asarray([key], dtype=np.int64))[0])

    def states(self, name: str, keys: Keys) -> States:
        """Return the states of many keys in a set."""
        if not len(self.keys):
            return np.zeros(len(keys), dtype=np.uint8)
        place = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        state = self.sets(name, self.traits, False)[self.code[place]]
        return np.where(self.keys[place] == keys, state, CLOSED).astype(np.uint8)


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
        self._keys: dict[tuple[str, int], int] = {}
        self._silent = drawing.plain(SILENT)
        self.batches: list[EdgeBatch] = []

    def key(self, name: str, unit: int = WHOLE) -> int:
        """Return the node of a set, or `NONE`."""
        found = self._keys.get((name, unit))
        if found is None:
            found = self._keys[name, unit] = self._draw(name, unit)
        return found

    def _draw(self, name: str, unit: int) -> int:
        if name in self._single:
            keys = self._single[name] if unit == WHOLE else np.zeros(0, dtype=np.int64)
            if len(keys) <= 1:
                return int(keys[0]) if len(keys) else self.NONE
            hub = self._drawing.hubs.key(name)
            self._silently(hub, keys)
            return hub
        kind = self._classes[name.partition(":")[0]]
        units = self._drawing.facts.administrative_units
        inside = unit != WHOLE and bool(units.restricted[unit])
        state = kind.sets(name, kind.traits, inside)
        lead = [(code, int(state[code])) for code in np.flatnonzero(state).tolist()]
        members = [(self._of_class(kind, code, unit), how) for code, how in lead]
        members = [(key, how) for key, how in members if key != self.NONE]
        if not members:
            return self.NONE
        hub = self._drawing.hubs.key(name if unit == WHOLE else f"{name} in unit {unit}")
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
                found = self._drawing.hubs.key(name if unit == WHOLE else f"{name} in unit {unit}")
                self._silently(found, targets)
            self._keys[name, unit] = found
        return found

    def _members(self, kind: Classes, unit: int, code: int) -> Keys:
        place = kind.places(node_key(NodeKind.PRINCIPAL, members_of(self._drawing.facts.administrative_units, unit)))
        members: Keys = kind.keys[place[kind.code[place] == code]]
        return members

    def _silently(self, hub: int, targets: Keys, flags: Small | None = None) -> None:
        shown = np.zeros(len(targets), dtype=np.uint8) if flags is None else flags
        source = np.full(len(targets), hub, dtype=np.int64)
        self.batches.append(
            EdgeBatch.of(source, targets, label=self._silent, flags=(shown | EdgeFlag.SILENT).astype(np.uint8))
        )


def members_of(units: AdministrativeUnits, unit: int) -> Codes:
    """Return the members of an administrative unit, principals."""
    first, last = np.searchsorted(units.unit, [unit, unit + 1])
    return units.member[first:last]
