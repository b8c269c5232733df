"""What roles and application permissions reach: every declared way of every kind of the directory.

A way names its targets by sets (`classes.TargetHubs`); a role leads into the hub of all sets that it has by one kind,
an assignment below the tenant into the same hub inside its administrative unit, or to the one object it is about.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from remit.graph.directory import unread as lists
from remit.graph.directory.classes import CLOSED, POSSIBLE, Classes, SetName, TargetHubs
from remit.graph.directory.permissions import holders_of
from remit.graph.directory.relations import scoped_target
from remit.graph.directory.roles import covers
from remit.graph.directory.standing import Rows, Standing
from remit.graph.directory.unread import Unread
from remit.graph.drawing import Drawing
from remit.graph.facts import DirectoryRole, DirectoryScope
from remit.graph.kinds import EdgeKind, Way
from remit.graph.network import EdgeBatch, EdgeFlag
from remit.graph.nodes import NodeKind, node_key

SERVICE = "entra"
_APPLICATION_SIDE = ("servicePrincipal:application", "servicePrincipal:singleTenant")
_ATTRIBUTE = "group:attribute"
_OBJECTS = (lists.UNITS, lists.APPLICATIONS, lists.SERVICE_PRINCIPALS, lists.GROUPS, lists.USERS)
_MAYBE = int(EdgeFlag.POSSIBLE)
_NOWHERE = (TargetHubs.NONE, 0)


@dataclass(frozen=True, slots=True)
class Power:
    """One way of a kind that a role has; `action` is the resource action behind it, or "" where its id says it."""

    kind: EdgeKind
    way: Way
    action: str


def powers_of(role: DirectoryRole, kinds: tuple[EdgeKind, ...]) -> Iterator[Power]:
    """Yield every way that a role has."""
    held = frozenset(role.actions)
    for kind in kinds:
        for way in kind.way:
            if role.key in way.roles:
                yield Power(kind, way, "")
            else:
                action = next((one for one in way.directory if covers(held, one.lower())), None)
                if action is not None:
                    yield Power(kind, way, action)


def kinds_of(drawing: Drawing) -> tuple[EdgeKind, ...]:
    """Return the kinds of the directory."""
    return next((service.kinds for service in drawing.catalogue.services if service.file == SERVICE), ())


def sets_of(kind: EdgeKind, ways: Iterable[Way]) -> list[tuple[SetName, ...]]:
    """Return the sets that some ways of a kind reach, those of one kind of target together.

    Together, so that a target in two of them is led to once. Sets whose guard has to be lifted stand apart.
    """
    sure: dict[str, bool] = {}
    for way in ways:
        for name in kind.targets_of(way):
            sure[name] = sure.get(name, False) or way.certain
    found: dict[tuple[str, int], list[SetName]] = {}
    for name, certain in sorted(sure.items()):
        found.setdefault((name.partition(":")[0], lifts(name)), []).append(SetName(name, certain))
    return [tuple(names) for names in found.values()]


def lifts(name: str) -> int:
    """Return the flag of a set whose guard has to be lifted first, and can be by who has the way."""
    return int(EdgeFlag.LIFTS) if ":restricted" in name else 0


class Powers:
    """Draws what every role and every granted application permission reaches.

    Cost: per role and way, per assignment below the tenant and way, per grant and way.
    """

    def __init__(self, standing: Standing, classes: Mapping[str, Classes], hubs: TargetHubs, unread: Unread) -> None:
        """Take who holds what, and what sets of targets there are."""
        self._standing = standing
        self._drawing = standing.drawing
        self._classes = classes
        self._hubs = hubs
        self._unread = unread
        self._kinds = kinds_of(standing.drawing)
        self._found: list[EdgeBatch] = []

    def draw(self) -> list[EdgeBatch]:
        """Return every edge."""
        for kind in self._kinds:
            for way in kind.way:
                if way.permissions:
                    self._of_permissions(kind, way)
        below = self._standing.below()
        held = self._standing.assignments.role[below]
        for place, role in enumerate(self._drawing.facts.directory_roles):
            rows = below[held == place]
            for kind, names in self._of_role(role):
                self._whole(kind, _nodes(NodeKind.DIRECTORY_ROLE, np.asarray([place])), names)
                for row in rows.tolist() if names[0].name.partition(":")[0] in self._classes else ():
                    for target, flags in self._scoped(row, names):
                        self._into(kind, _nodes(NodeKind.SCOPED_ROLE, np.asarray([row])), target, flags)
        return self._found

    def _of_role(self, role: DirectoryRole) -> Iterator[tuple[EdgeKind, tuple[SetName, ...]]]:
        ways: dict[str, list[Way]] = {}
        for power in powers_of(role, self._kinds):
            ways.setdefault(power.kind.id, []).append(power.way)
        for kind in self._kinds:
            for names in sets_of(kind, ways.get(kind.id, ())):
                yield kind, names

    def _of_permissions(self, kind: EdgeKind, way: Way) -> None:
        held = holders_of(self._drawing, way.permissions)
        if held:
            source = _nodes(NodeKind.PRINCIPAL, np.asarray([who for who, _ in held]))
            grants = np.asarray([row for _, row in held], dtype=np.int32)
            for names in sets_of(kind, [way]):
                self._whole(kind, source, names, grants)

    def _whole(
        self, kind: EdgeKind, source: NDArray[np.int64], names: tuple[SetName, ...], grants: Rows | None = None
    ) -> None:
        """Lead to sets in the whole tenant."""
        if names[0].name.partition(":")[0] in self._classes:
            self._into(kind, source, self._hubs.key(names), lifts(names[0].name), grants)
        else:
            for one in names:
                self._into(kind, source, self._hubs.single(one.name), 0 if one.certain else _MAYBE, grants)

    def _into(
        self, kind: EdgeKind, source: NDArray[np.int64], target: int, flags: int, grants: Rows | None = None
    ) -> None:
        if target == TargetHubs.NONE:
            return
        into = np.full(len(source), target, dtype=np.int64)
        label = self._drawing.label(kind.id, "" if grants is None else "app_role_grants")
        evidence = -1 if grants is None else grants
        self._found.append(EdgeBatch.of(source, into, label=label, flags=flags, evidence=evidence))

    def _scoped(self, row: int, names: tuple[SetName, ...]) -> Iterator[tuple[int, int]]:
        """Yield where one assignment below the tenant leads with some sets, and how sure that is."""
        scope_kind = int(self._standing.assignments.scope_kind[row])
        if lifts(names[0].name):
            return
        if scope_kind == DirectoryScope.ADMINISTRATIVE_UNIT:
            yield from self._in_unit(int(self._standing.assignments.scope[row]), names)
        elif scope_kind == DirectoryScope.UNKNOWN:
            if self._unread.any(*_OBJECTS):
                yield self._hubs.key(names), _MAYBE
        else:
            yield self._at_object(row, names, through_application=scope_kind == DirectoryScope.APPLICATION)

    def _in_unit(self, unit: int, names: tuple[SetName, ...]) -> Iterator[tuple[int, int]]:
        # Who writes users of a unit may meet rules of groups anywhere, if one of those users can be used to get in.
        rules = tuple(one for one in names if one.name.startswith(_ATTRIBUTE))
        others = tuple(one for one in names if one not in rules)
        if rules:
            yield self._hubs.key(rules), _MAYBE
        if others and self._unread.any(lists.UNIT_MEMBERS):
            yield self._hubs.key(others), _MAYBE
        elif others:
            yield self._hubs.key(others, unit), 0

    def _at_object(self, row: int, names: tuple[SetName, ...], *, through_application: bool) -> tuple[int, int]:
        about = tuple(
            one
            for one in names
            if through_application == (one.name in _APPLICATION_SIDE) and not one.name.startswith(_ATTRIBUTE)
        )
        if not about:
            return _NOWHERE
        target = scoped_target(self._standing, row)
        kind = self._classes[about[0].name.partition(":")[0]]
        state = int(kind.states(about, np.asarray([target], dtype=np.int64))[0])
        return _NOWHERE if state == CLOSED else (target, _MAYBE if state == POSSIBLE else 0)


def _nodes(kind: int, rows: NDArray[np.integer]) -> NDArray[np.int64]:
    return node_key(kind, rows)
