"""What one state of a tenant opens and closes against another: who reaches a target, steps, grants, roles and guards.

answer = compare(before, after, "tier0", most=20)
answer.opens, answer.reaching.opened[0].path

Everything is compared by ids. Counts are of everything that differs; of each list as many are told as are asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from remit.app.graphing.naming import Named, Naming
from remit.app.graphing.units import ASSIGNMENTS, Unit, Units
from remit.graph.answers import Hop, NodeRef, Path
from remit.graph.delta.cones import Sureness
from remit.graph.delta.likeness import Likeness
from remit.graph.delta.steps import FoundSteps, steps_only_in
from remit.graph.delta.tables import (
    GuardChange,
    grants_only_in,
    guards_only_in,
    role_changes,
    under_another_condition,
)
from remit.graph.network import EdgeFlag
from remit.graph.nodes import NodeKind
from remit.graph.search import Search, Tree
from remit.model.errors import InputError
from remit.model.role import PermissionBlock
from remit.model.snapshot import Gap

if TYPE_CHECKING:
    from remit.app.graphing.opening import Escalation

Longs = NDArray[np.int64]
Small = NDArray[np.int8]
_T = TypeVar("_T")

DEFAULT_MOST = 20
_SUBJECTS = (NodeKind.PRINCIPAL, NodeKind.OUTSIDE)
_WITHOUT = {
    Sureness.POSSIBLE: 0,
    Sureness.ELIGIBLE: EdgeFlag.POSSIBLE,
    Sureness.CERTAIN: EdgeFlag.POSSIBLE | EdgeFlag.ELIGIBLE,
}


@dataclass(frozen=True, slots=True)
class Sides(Generic[_T]):
    """What is opened, what is closed: the first few, and how many there are."""

    opened: tuple[_T, ...]
    closed: tuple[_T, ...]
    opened_count: int
    closed_count: int


@dataclass(frozen=True, slots=True)
class Reaching:
    """Somebody who reaches the target in one state and not, or less surely, in the other.

    Attributes:
        before, after: `Sureness`. path: its best way in the state in which it is surer.
    """

    ref: NodeRef
    before: int
    after: int
    path: Path


@dataclass(frozen=True, slots=True)
class StepChange:
    """A step of one state that the other has not, or less surely.

    Attributes:
        before, after: `Sureness`. leads: nothing led there as surely in the other state.
        alike: how many steps of this source, kind and side differ, this one among them.
    """

    hop: Hop
    before: int
    after: int
    leads: bool
    alike: int


@dataclass(frozen=True, slots=True)
class GrantChange:
    """Something given in one state and not in the other.

    Attributes:
        unit: what, to whom. blocks: of a role assignment, what its role grants. condition: of a role assignment, or "".
    """

    unit: Unit
    blocks: tuple[PermissionBlock, ...] = ()
    condition: str = ""


@dataclass(frozen=True, slots=True)
class ConditionChange:
    """A role assignment under another condition; "" is none. `narrows`: it had none before."""

    unit: Unit
    before: str
    after: str

    @property
    def narrows(self) -> bool:
        """Tell whether it certainly allows no more than before."""
        return not self.before


@dataclass(frozen=True, slots=True)
class RoleDifference:
    """A role whose permissions differ: patterns that allow more, and less; in how many assignments it is in force."""

    key: str
    name: str
    more: tuple[str, ...]
    less: tuple[str, ...]
    assignments: int


@dataclass(frozen=True, slots=True, eq=False)
class DeltaAnswer:
    """All of it.

    Attributes:
        target: what is reached or not. reaching, steps, grants: what is opened and closed.
        conditions, roles: what is otherwise. guards: denies and locks; `opened` are those that are gone.
        leading: how many of the steps, opened and closed, lead where nothing led as surely in the other state.
        sources: who may have other steps. compared: as many of them were compared, the same unless they are very many.
        unread: gaps of one state that the other has not; `opened` are those of the state after.
    """

    before: Escalation
    after: Escalation
    target: NodeRef
    reaching: Sides[Reaching]
    steps: Sides[StepChange]
    grants: Sides[GrantChange]
    conditions: tuple[ConditionChange, ...]
    roles: tuple[RoleDifference, ...]
    guards: Sides[GuardChange]
    unread: Sides[Gap]
    leading: tuple[int, int]
    sources: int
    compared: int

    @property
    def opens(self) -> bool:
        """Tell whether anything is open after that was not before, certainly or possibly."""
        return bool(
            self.reaching.opened_count
            or self.leading[0]
            or self.grants.opened_count
            or self.guards.opened_count
            or any(role.more for role in self.roles)
            or not all(one.narrows for one in self.conditions)
            or self.compared < self.sources
        )

    @property
    def differs(self) -> bool:
        """Tell whether anything differs at all."""
        sides = (self.reaching, self.steps, self.grants, self.guards, self.unread)
        return bool(
            self.roles or self.conditions or any(one.opened_count or one.closed_count for one in sides) or self.opens
        )


def compare(before: Escalation, after: Escalation, target: str, *, most: int = DEFAULT_MOST) -> DeltaAnswer:
    """Compare two states of one tenant.

    Args:
        before: the one.
        after: the other.
        target: as `Naming` finds it in either of them.
        most: how many of each list are told; all are counted.

    Raises:
        InputError: the target is in neither.

    Cost: passes over nodes, edges and grants of both, six walks over each graph, and some milliseconds for each told.
    """
    sides = _Side.pair(before, after, target)
    old, new = sides
    steps = new.steps, old.steps
    ref = new.named.ref if new.named is not None else old.named.ref if old.named is not None else None
    if ref is None:
        raise InputError(f"`{target}` is in neither snapshot")
    grants, conditions = _grants(old, new, most)
    gone = guards_only_in(before.tenant.index, after.tenant.index)
    come = guards_only_in(after.tenant.index, before.tenant.index)
    return DeltaAnswer(
        before,
        after,
        ref,
        _reaching(old, new, most),
        Sides(
            tuple(_told(after, steps[0], most, opened=True)),
            tuple(_told(before, steps[1], most, opened=False)),
            steps[0].count,
            steps[1].count,
        ),
        grants,
        conditions,
        _roles(before, after),
        Sides(gone[:most], come[:most], len(gone), len(come)),
        _unread(before, after),
        (steps[0].leading, steps[1].leading),
        sum(one.sources for one in steps),
        sum(one.compared for one in steps),
    )


class _Side:
    """One state, and the other one as it sees it."""

    def __init__(self, state: Escalation, other: Escalation, named: Named | None) -> None:
        self.state = state
        self.other = other
        self.named = named
        self.same = Likeness(state.graph, other.graph)
        self._trees: dict[int, Tree] = {}

    @classmethod
    def pair(cls, before: Escalation, after: Escalation, target: str) -> tuple[_Side, _Side]:
        """Return both, the target found in at least one."""
        found: list[Named | None] = []
        trouble: InputError | None = None
        for state in (before, after):
            try:
                found.append(Naming(state).find(target))
            except InputError as error:
                found.append(None)
                trouble = error
        if found == [None, None] and trouble is not None:
            raise trouble
        # Where there is no such resource, `Naming` asks about the place in which it would stand.
        stands_in = [named is not None and named.stands_in for named in found]
        if any(stands_in) and not all(stands_in):
            found = [None if instead else named for named, instead in zip(found, stands_in, strict=True)]
        return cls(before, after, found[0]), cls(after, before, found[1])

    @cached_property
    def steps(self) -> FoundSteps:
        """Steps that only this state has."""
        return steps_only_in(self.state.graph, self.other.graph, self.same)

    def _search(self, level: int) -> Search:
        return self.state.search.but(without=_WITHOUT[level])

    @cached_property
    def levels(self) -> Small:
        """How surely each node reaches the target."""
        found = np.zeros(self.state.graph.network.nodes, dtype=np.int8)
        if self.named is not None and len(self.named.nodes):
            for level in (Sureness.POSSIBLE, Sureness.ELIGIBLE, Sureness.CERTAIN):
                found[self._search(level).reaching(self.named.nodes)] = level
        return found

    def path(self, node: int) -> Path:
        """Return the best way of a node that has one."""
        level = int(self.levels[node])
        if level not in self._trees:
            nodes = np.zeros(0, dtype=np.int32) if self.named is None else self.named.nodes
            self._trees[level] = self._search(level).tree_to(nodes)
        found = self._trees[level].path(node)
        return Path(0, certain=True, eligible=False, hops=()) if found is None else self.state.tell(found)

    def surer(self, other: _Side) -> tuple[Longs, Small, Small]:
        """Return subjects that reach the target more surely than in the other state, with how surely there and here."""
        network = self.state.graph.network
        who = np.concatenate([np.arange(*network.of_kind(kind)) for kind in _SUBJECTS])
        if self.named is not None:
            who = who[~np.isin(who, self.named.nodes)]
        mapped = self.same.nodes[who]
        had = np.where(mapped < 0, 0, other.levels[mapped] if len(other.levels) else 0).astype(np.int8)
        now = self.levels[who]
        chosen = np.flatnonzero(now > had)
        chosen = chosen[np.lexsort((who[chosen], had[chosen], -now[chosen]))]
        return who[chosen], had[chosen], now[chosen]


def _reaching(old: _Side, new: _Side, most: int) -> Sides[Reaching]:
    gained, lost = new.surer(old), old.surer(new)
    opened = [
        Reaching(new.state.node_ref(int(node)), int(had), int(now), new.path(int(node)))
        for node, had, now in zip(*(column[:most] for column in gained), strict=True)
    ]
    closed = [
        Reaching(old.state.node_ref(int(node)), int(had), int(now), old.path(int(node)))
        for node, now, had in zip(*(column[:most] for column in lost), strict=True)
    ]
    return Sides(tuple(opened), tuple(closed), len(gained[0]), len(lost[0]))


def _told(state: Escalation, found: FoundSteps, most: int, *, opened: bool) -> Sequence[StepChange]:
    changes = []
    for step in found.steps(range(min(most, found.count))):
        (hop,) = state.teller.hops(step.nodes, step.edges)
        first, last = (step.before, step.now) if opened else (step.now, step.before)
        changes.append(StepChange(hop, first, last, step.leads, step.alike))
    return changes


def _grants(old: _Side, new: _Side, most: int) -> tuple[Sides[GrantChange], tuple[ConditionChange, ...]]:
    before, after = old.state.graph.drawing, new.state.graph.drawing
    come, gone = dict(grants_only_in(after, before, new.same)), dict(grants_only_in(before, after, old.same))
    twins = under_another_condition(after, before, new.same, come[ASSIGNMENTS], gone[ASSIGNMENTS])
    units, old_units = Units(new.state), Units(old.state)
    conditions = tuple(
        ConditionChange(
            units.unit(ASSIGNMENTS, int(row)), _condition(old.state, int(twin)), _condition(new.state, int(row))
        )
        for row, twin in zip(come[ASSIGNMENTS].tolist(), twins.tolist(), strict=True)
        if twin >= 0
    )
    come[ASSIGNMENTS] = come[ASSIGNMENTS][twins < 0]
    gone[ASSIGNMENTS] = gone[ASSIGNMENTS][~np.isin(gone[ASSIGNMENTS], twins)]
    return (
        Sides(
            _units(new.state, units, come, most),
            _units(old.state, old_units, gone, most),
            sum(map(len, come.values())),
            sum(map(len, gone.values())),
        ),
        conditions,
    )


def _units(state: Escalation, units: Units, rows: dict[str, Longs], most: int) -> tuple[GrantChange, ...]:
    """Tell the first rows of each table, table by table."""
    told: list[GrantChange] = []
    for table, some in rows.items():
        for row in some[: max(most - len(told), 0)].tolist():
            blocks: tuple[PermissionBlock, ...] = ()
            condition = ""
            if table == ASSIGNMENTS:
                facts = state.tenant.index.facts
                blocks = facts.roles[int(facts.assignments.role[row])].blocks
                condition = _condition(state, row)
            told.append(GrantChange(units.unit(table, row), blocks, condition))
    return tuple(told)


def _condition(state: Escalation, row: int) -> str:
    facts = state.tenant.index.facts
    number = int(facts.assignments.condition[row])
    return "" if number < 0 else facts.conditions.text[number]


def _roles(before: Escalation, after: Escalation) -> tuple[RoleDifference, ...]:
    roles = after.tenant.index.facts.roles
    return tuple(
        RoleDifference(roles[one.row].key, roles[one.row].name, one.more, one.less, one.assignments)
        for one in role_changes(before.graph.drawing, after.graph.drawing)
    )


def _unread(before: Escalation, after: Escalation) -> Sides[Gap]:
    old, new = (frozenset(state.tenant.index.facts.meta.gaps) for state in (before, after))
    come, gone = tuple(sorted(new - old)), tuple(sorted(old - new))
    return Sides(come, gone, len(come), len(gone))
