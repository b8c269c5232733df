"""What roles and application permissions reach: every declared way of every kind of the directory.

A way names its targets by sets (`classes.TargetHubs`); a role leads into the hub of a set, an assignment below the
tenant into the hub of the same set inside its administrative unit, or to the one object it is about.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from remit.graph.directory import unread as lists
from remit.graph.directory.classes import CLOSED, POSSIBLE, Classes, TargetHubs
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


@dataclass(frozen=True, slots=True)
class Power:
    """One way of a kind that a role has; `action` is the resource action behind it, or "" where its id says it."""

    kind: EdgeKind
    way: Way
    action: str

    @property
    def flags(self) -> int:
        """What edges of this way are, whatever the target."""
        return 0 if self.way.certain else int(EdgeFlag.POSSIBLE)


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


def lifts(name: str) -> int:
    """Return the flag of a set whose guard has to be lifted first, and can be by who has the way."""
    return int(EdgeFlag.LIFTS) if ":restricted" in name else 0


def kinds_of(drawing: Drawing) -> tuple[EdgeKind, ...]:
    """Return the kinds of the directory."""
    return next((service.kinds for service in drawing.catalogue.services if service.file == SERVICE), ())


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
                if way.permissions and not way.owner:
                    self._of_permissions(kind, way)
        for place, role in enumerate(self._drawing.facts.directory_roles):
            source = _one(node_key(NodeKind.DIRECTORY_ROLE, place))
            for power in powers_of(role, self._kinds):
                for name in power.kind.targets_of(power.way):
                    self._into(power.kind, source, self._hubs.key(name), power.flags | lifts(name))
        self._below()
        return self._found

    def _into(
        self, kind: EdgeKind, source: NDArray[np.int64], target: int, flags: int, grants: Rows | None = None
    ) -> None:
        if target == TargetHubs.NONE:
            return
        into = np.full(len(source), target, dtype=np.int64)
        label = self._drawing.label(kind.id, "" if grants is None else "app_role_grants")
        evidence = -1 if grants is None else grants
        self._found.append(EdgeBatch.of(source, into, label=label, flags=flags, evidence=evidence))

    def _of_permissions(self, kind: EdgeKind, way: Way) -> None:
        held = holders_of(self._drawing, way.permissions)
        if held:
            source = node_key(NodeKind.PRINCIPAL, np.asarray([who for who, _ in held], dtype=np.int32))
            grants = np.asarray([row for _, row in held], dtype=np.int32)
            flags = 0 if way.certain else int(EdgeFlag.POSSIBLE)
            for name in kind.targets_of(way):
                self._into(kind, source, self._hubs.key(name), flags | lifts(name), grants)

    def _below(self) -> None:
        """Draw roles held at administrative units and at single objects."""
        table, rows = self._standing.assignments, self._standing.below()
        for place in np.unique(table.role[rows]).tolist():
            powers = list(powers_of(self._drawing.facts.directory_roles[place], self._kinds))
            for row in rows[table.role[rows] == place].tolist():
                source = _one(node_key(NodeKind.SCOPED_ROLE, row))
                for power in powers:
                    for name in power.kind.targets_of(power.way):
                        target, flags = self._scoped(row, name)
                        self._into(power.kind, source, target, power.flags | flags)

    def _scoped(self, row: int, name: str) -> tuple[int, int]:
        """Return where one assignment below the tenant leads with one set, and how sure that is."""
        scope_kind = int(self._standing.assignments.scope_kind[row])
        if name.partition(":")[0] not in self._classes or lifts(name):
            return TargetHubs.NONE, 0
        if scope_kind == DirectoryScope.ADMINISTRATIVE_UNIT:
            return self._in_unit(int(self._standing.assignments.scope[row]), name)
        if scope_kind == DirectoryScope.UNKNOWN:
            blind = self._unread.any(*_OBJECTS)
            return (self._hubs.key(name), int(EdgeFlag.POSSIBLE)) if blind else (TargetHubs.NONE, 0)
        through_application = name in _APPLICATION_SIDE
        if (scope_kind == DirectoryScope.APPLICATION) != through_application or name.startswith(_ATTRIBUTE):
            return TargetHubs.NONE, 0
        target = scoped_target(self._standing, row)
        state = self._classes[name.partition(":")[0]].state(name, target)
        return (TargetHubs.NONE if state == CLOSED else target), (int(EdgeFlag.POSSIBLE) if state == POSSIBLE else 0)

    def _in_unit(self, unit: int, name: str) -> tuple[int, int]:
        # Who writes users of a unit may meet rules of groups anywhere, if one of those users can be used to get in.
        if name.startswith(_ATTRIBUTE) or self._unread.any(lists.UNIT_MEMBERS):
            return self._hubs.key(name), int(EdgeFlag.POSSIBLE)
        return self._hubs.key(name, unit), 0


def _one(key: int) -> NDArray[np.int64]:
    return np.asarray([key], dtype=np.int64)
