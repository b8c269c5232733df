"""From one graph to another of the same tenant: the same principal, place, role or subject under its other number.

>>> same = Likeness(before, after)                                              # doctest: +SKIP
>>> same.nodes[number]                                                          # doctest: +SKIP

What identifies something is its id, not its name: object ids, scope and resource ids, template ids; of an outside
subject who trusts it, its issuer and what it says. Silent nodes are found again by what they stand for; where one is
not, its edges count as changed, and comparing what is visible settles it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from remit.engine.index import TenantIndex
from remit.graph.delta.rows import Numbers, Texts, found_again
from remit.graph.escalation import EscalationGraph
from remit.graph.facts import DirectoryScope, GraphFacts
from remit.graph.holding.classes import SCOPE, HoldingClass
from remit.graph.nodes import NodeKind, facets_of, node_key, rows_of_nodes

Codes = NDArray[np.int32]
Longs = NDArray[np.int64]

CLASSED = ("held:", "given:")
"""Labels whose number is that of a class."""


class Likeness:
    """Rows and nodes of one graph as those of another, -1 where the other has them not.

    Args:
        left: the graph whose numbers are given.
        right: the graph whose numbers are wanted.
    """

    def __init__(self, left: EscalationGraph, right: EscalationGraph) -> None:
        self.left = left
        self.right = right

    @property
    def _indexes(self) -> tuple[TenantIndex, TenantIndex]:
        return self.left.drawing.index, self.right.drawing.index

    @property
    def _facts(self) -> tuple[GraphFacts, GraphFacts]:
        return self.left.drawing.facts, self.right.drawing.facts

    @cached_property
    def principals(self) -> Codes:
        """Rows of `Principals`."""
        here, there = (index.facts.principals.key for index in self._indexes)
        return found_again([Texts(here)], [Texts(there)])

    @cached_property
    def scopes(self) -> Codes:
        """Rows of `Scopes`."""
        here, there = (index.facts.scopes.key for index in self._indexes)
        return found_again([Texts(here)], [Texts(there)])

    @cached_property
    def applications(self) -> Codes:
        """Rows of `Applications`."""
        here, there = (facts.applications.key for facts in self._facts)
        return found_again([Texts(here)], [Texts(there)])

    @cached_property
    def resources(self) -> Codes:
        """Rows of `ResourceTable`."""
        here, there = (facts.resources for facts in self._facts)
        return found_again(
            [Numbers(through(self.scopes, here.scope)), Texts(here.suffix, fold=True)],
            [Numbers(there.scope), Texts(there.suffix, fold=True)],
        )

    @cached_property
    def units(self) -> Codes:
        """Rows of `AdministrativeUnits`."""
        here, there = (facts.administrative_units.key for facts in self._facts)
        return found_again([Texts(here)], [Texts(there)])

    @cached_property
    def roles(self) -> Codes:
        """Rows of `TenantFacts.roles`."""
        here, there = (index.facts.roles for index in self._indexes)
        rows = {role.key: row for row, role in enumerate(there)}
        return np.array([rows.get(role.key, -1) for role in here], dtype=np.int32)

    @cached_property
    def directory_roles(self) -> Codes:
        """Places in `GraphFacts.directory_roles`."""
        here, there = (facts.directory_roles for facts in self._facts)
        rows = {role.key: row for row, role in enumerate(there)}
        return np.array([rows.get(role.key, -1) for role in here], dtype=np.int32)

    @cached_property
    def subjects(self) -> Codes:
        """Rows of `FederatedCredentials`, by who trusts and whom; another audience is still that subject."""
        here, there = (facts.federated_credentials for facts in self._facts)
        return found_again(
            [
                Numbers(through(self.applications, here.application), may_be_none=True),
                Numbers(through(self.resources, here.resource), may_be_none=True),
                *(Texts(column) for column in (here.issuer, here.subject, here.expression)),
            ],
            [
                Numbers(there.application, may_be_none=True),
                Numbers(there.resource, may_be_none=True),
                *(Texts(column) for column in (there.issuer, there.subject, there.expression)),
            ],
        )

    @cached_property
    def directory_assignments(self) -> Codes:
        """Rows of `DirectoryAssignments`, by who holds which role where; one of several windows stands for all."""
        here, there = (facts.directory_assignments for facts in self._facts)
        return found_again(
            [
                Numbers(through(self.principals, here.principal)),
                Numbers(through(self.directory_roles, here.role)),
                Numbers(here.scope_kind),
                Numbers(self.directory_scopes, may_be_none=True),
            ],
            [
                Numbers(there.principal),
                Numbers(there.role),
                Numbers(there.scope_kind),
                Numbers(there.scope, may_be_none=True),
            ],
        )

    @cached_property
    def directory_scopes(self) -> Codes:
        """`DirectoryAssignments.scope` as rows of the other graph: -1 for the tenant, -2 for what it has not."""
        table = self._facts[0].directory_assignments
        found = np.full(len(table.scope), -1, dtype=np.int32)
        for kind, rows in (
            (DirectoryScope.ADMINISTRATIVE_UNIT, self.units),
            (DirectoryScope.PRINCIPAL, self.principals),
            (DirectoryScope.APPLICATION, self.applications),
        ):
            these = table.scope_kind == kind
            found[these] = through(rows, table.scope[these])
        return found

    @cached_property
    def classes(self) -> Codes:
        """Numbers of classes of holding; the one behind the last is the power to give roles."""
        rows = {_said(self.right, held): held.number for held in self.right.classes}
        found = [rows.get(_said(self.left, held), -1) for held in self.left.classes]
        return np.array([*found, len(self.right.classes)], dtype=np.int32)

    @cached_property
    def nodes(self) -> Codes:
        """Numbers of nodes in the networks. Cost: a pass over the nodes, besides the tables."""
        keys = self.left.network.keys
        found = np.full(len(keys), -1, dtype=np.int64)
        for kind, rows in self.finders.items():
            first, last = self.left.network.of_kind(kind)
            if first < last:
                row = rows(rows_of_nodes(keys[first:last]))
                moved = node_key(kind, np.maximum(row, 0), facets_of(keys[first:last]))
                found[first:last] = np.where(row < 0, -1, moved)
        return self.right.network.numbers(found)

    @cached_property
    def nodes_above(self) -> Codes:
        """The same, but of a scope without a node there the nearest node above: what is given above, is below."""
        found = self.nodes.copy()
        here, there = self.left.network, self.right.network
        first, last = here.of_kind(NodeKind.SCOPE)
        lost = np.arange(first, last)[found[first:last] < 0]
        row = through(self.scopes, rows_of_nodes(here.keys[lost]))
        parent, facet = self.right.drawing.index.facts.scopes.parent, facets_of(here.keys[lost])
        while len(lost := lost[row >= 0]):
            facet, row = facet[row >= 0], row[row >= 0]
            found[lost] = there.numbers(node_key(NodeKind.SCOPE, row, facet))
            row = np.where(found[lost] < 0, parent[row], -1).astype(np.int32)
        return found

    @cached_property
    def finders(self) -> dict[NodeKind, Callable[[Longs], Longs]]:
        """What finds the rows of each kind of node."""

        def by(rows: Callable[[], Codes]) -> Callable[[Longs], Longs]:
            return lambda wanted: through(rows(), wanted).astype(np.int64)

        return {
            NodeKind.PRINCIPAL: by(lambda: self.principals),
            NodeKind.APPLICATION: by(lambda: self.applications),
            NodeKind.RESOURCE: by(lambda: self.resources),
            NodeKind.SCOPE: by(lambda: self.scopes),
            NodeKind.DIRECTORY_ROLE: by(lambda: self.directory_roles),
            NodeKind.OUTSIDE: by(lambda: self.subjects),
            NodeKind.HELD: self._held,
            NodeKind.HUB: by(lambda: self._hubs),
            NodeKind.TIER_ZERO: lambda wanted: wanted,
            NodeKind.TENANT: lambda wanted: wanted,
            NodeKind.UNSEEN: by(lambda: self._gaps),
            NodeKind.SCOPED_ROLE: by(lambda: self.directory_assignments),
        }

    def _held(self, wanted: Longs) -> Longs:
        here, there = (len(index.facts.scopes.kind) for index in self._indexes)
        held, scope = through(self.classes, wanted // here), through(self.scopes, wanted % here)
        return np.where((held < 0) | (scope < 0), -1, held.astype(np.int64) * there + scope)

    @cached_property
    def _hubs(self) -> Codes:
        rows = {name: row for row, name in enumerate(self.right.drawing.hubs.names)}
        return np.array([rows.get(name, -1) for name in self.left.drawing.hubs.names], dtype=np.int32)

    @cached_property
    def _gaps(self) -> Codes:
        here, there = (index.facts.meta.gaps for index in self._indexes)
        rows = {(gap.api, gap.scope): row for row, gap in enumerate(there)}
        return np.array([rows.get((gap.api, gap.scope), -1) for gap in here], dtype=np.int32)


def through(rows: Codes, wanted: NDArray[np.integer]) -> Codes:
    """Return the other graph's rows of some rows: -1 stays, -2 where the other has them not."""
    if not len(rows):
        return np.full(len(wanted), -1, dtype=np.int32)
    found = rows[np.maximum(wanted, 0)]
    return np.where(wanted < 0, -1, np.where(found < 0, -2, found)).astype(np.int32)


def label_codes(left: EscalationGraph, right: EscalationGraph) -> tuple[Codes, Codes]:
    """Return for the labels of each network a number that means the same in both; what they rest on does not matter."""
    numbers: dict[object, int] = {}
    codes = []
    for graph in (left, right):
        found = [numbers.setdefault(_label(graph, label.name), len(numbers)) for label in graph.network.labels]
        codes.append(np.array(found, dtype=np.int32))
    return codes[0], codes[1]


def _label(graph: EscalationGraph, name: str) -> object:
    word, colon, number = name.partition(":")
    if word + colon in CLASSED and number.isdigit():
        return word, _said(graph, graph.classes[int(number)])
    return name


def _said(graph: EscalationGraph, held: HoldingClass) -> object:
    """Return what a class stands for."""
    names = graph.drawing.facts.resources.type_name
    kind = "" if held.type == SCOPE else names[held.type]
    guards = tuple(graph.drawing.catalogue.guards[guard].name for guard in held.guards)
    ways = tuple((way.kind.id, way.needs) for way in held.ways)
    return kind, held.facet, guards, held.certain, held.elsewhere, ways
