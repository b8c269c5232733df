"""Roles given at a part of a resource: one secret of a vault, one container of an account, one pipeline of a factory.

Whoever may read one secret reads a secret of the vault. A role at a part counts for a way as far as every action of
the way is one on that part or on what is in it: `.../vaults/secrets/getSecret/action` at a secret, but never
`.../storageAccounts/listkeys/action` at a container.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from remit.engine.enumerate import standing
from remit.graph.holding.classes import HoldingClass, HoldingWay
from remit.graph.holding.conditions import ConditionJudge, conditioned
from remit.graph.holding.grants import SURE, needs_data
from remit.graph.holding.levels import Levels
from remit.graph.holding.sheet import ASSIGNMENTS, Sheet
from remit.graph.holding.targets import Targets
from remit.graph.network import EdgeFlag
from remit.graph.nodes import NodeKind, node_key
from remit.model.decision import Truth
from remit.model.scope import ScopeKind

Codes = NDArray[np.int32]
Mask = NDArray[np.bool_]
Small = NDArray[np.uint8]

_NOWHERE = -1


class Parts:
    """Assignments at parts of resources, of one index. Cost: one look at each scope that is such a part."""

    def __init__(self, sheet: Sheet, judge: ConditionJudge) -> None:
        self._sheet = sheet
        self._judge = judge
        index = sheet.drawing.index
        kind, parent = index.facts.scopes.kind, sheet.tree.parent
        inner = (kind == ScopeKind.RESOURCE) & (parent >= 0)
        inner[inner] = kind[parent[inner]] == ScopeKind.RESOURCE
        self._type = np.full(len(kind), _NOWHERE, dtype=np.int32)
        numbers: dict[str, int] = {}
        for row in np.flatnonzero(inner).tolist():
            self._type[row] = numbers.setdefault(_type_of(index.facts.scopes.key[row]), len(numbers))
        self._names = tuple(numbers)
        table = index.facts.assignments
        self._rows = [
            (rows[self._type[table.scope[rows]] != _NOWHERE], later)
            for rows, later in ((sheet.worth.active, 0), (sheet.worth.eligible, EdgeFlag.ELIGIBLE))
        ]

    def draw(self, held: HoldingClass, targets: Targets, region: Mask) -> None:
        """Draw what assignments at parts of a class's targets reach.

        Args:
            held: the class.
            targets: what it reaches.
            region: mask of scopes below denies and locks, where the engine is asked about each assignment.
        """
        if held.elsewhere or not self._names:
            return
        for rows, later in self._rows:
            for number, ways in self._ways(held):
                self._draw(held, ways, rows[self._type_at(rows) == number], (targets, region, later))

    def _type_at(self, rows: Codes) -> Codes:
        types: Codes = self._type[self._sheet.drawing.index.facts.assignments.scope[rows]]
        return types

    def _ways(self, held: HoldingClass) -> Iterator[tuple[int, list[HoldingWay]]]:
        """Yield per type of parts the ways whose every action is one on such a part."""
        for number, name in enumerate(self._names):
            ways = [way for way in held.ways if all(need.action.lower().startswith(name + "/") for need in way.needs)]
            if ways:
                yield number, ways

    def _draw(self, held: HoldingClass, ways: list[HoldingWay], rows: Codes, at: tuple[Targets, Mask, int]) -> None:
        targets, region, later = at
        sheet, table = self._sheet, self._sheet.drawing.index.facts.assignments
        ranks: Small = np.maximum.reduce([sheet.worth.roles_all(way.needs) for way in ways])
        rows = sheet.worth.rows(ranks, rows, data=needs_data(held))
        if not len(rows):
            return
        place = self._targets_above(targets, table.scope[rows])
        rows, place = rows[place >= 0], place[place >= 0]
        flags = targets.flags[place] | later
        keep = np.ones(len(rows), np.bool_)
        for one in np.flatnonzero(conditioned(sheet.worth, ranks, rows, SURE)).tolist():
            truth = self._judge.any_of(ways, int(rows[one]), sheet.tree.scope(int(table.scope[rows[one]])))
            keep[one] = truth is not Truth.FALSE
            flags[one] |= 0 if truth is Truth.TRUE else EdgeFlag.POSSIBLE
        for one in np.flatnonzero(keep & region[table.scope[rows]]).tolist():
            who, scope = int(table.principal[rows[one]]), int(table.scope[rows[one]])
            sure, keep[one] = self._asked(ways, scope, who, later=later != 0)
            flags[one] |= 0 if sure else EdgeFlag.POSSIBLE
        rows, place = rows[keep], place[keep]
        bits: Small = flags[keep].astype(np.uint8)
        keys = node_key(NodeKind.RESOURCE, targets.resource[place], int(held.facet))
        sheet.add(sheet.people(table.principal[rows]), keys, sheet.label(held, ASSIGNMENTS), bits, rows)

    def _targets_above(self, targets: Targets, scopes: Codes) -> Codes:
        """Return per scope the place in the targets of the nearest one that it is a part of, -1 for none."""
        own = self._sheet.drawing.facts.resources.own[targets.resource]
        at = np.full(self._sheet.tree.count, _NOWHERE, dtype=np.int32)
        at[own[own >= 0]] = np.flatnonzero(own >= 0)
        found = np.full(len(scopes), _NOWHERE, dtype=np.int32)
        above = scopes
        while (open_ := (found < 0) & (self._type[above] != _NOWHERE)).any():
            above = np.where(open_, self._sheet.tree.parent[above], above).astype(np.int32)
            found = np.where(open_, at[above], found).astype(np.int32)
        return found

    def _asked(self, ways: list[HoldingWay], scope: int, principal: int, *, later: bool) -> tuple[bool, bool]:
        """Ask the engine whether a principal surely, or possibly, has a way at a part; `later`: once activated."""
        drawing, place = self._sheet.drawing, self._sheet.tree.scope(scope)
        sure = may = False
        for way in ways:
            stands = (standing(drawing.index, need.action, need.plane, place, at=drawing.at) for need in way.needs)
            found = Levels.of_all(Levels.of(one) for one in stands)
            sure |= bool((found.later if later else found.sure)[principal])
            may |= bool((found.ever if later else found.may)[principal])
        return sure, may


def _type_of(key: str) -> str:
    """Return the lower-case type of a resource from its lower-case id."""
    provider = key.rpartition("/providers/")[2].split("/")
    return "/".join([provider[0], *provider[1::2]])
