"""What edges rest on where that was not written down when they were drawn.

Below deny assignments and locks, and where one way takes several assignments, who holds something is listed without the
assignment that gives it. Before a cut, such edges between sources and targets are given their evidence: the engine is
asked for every grant behind them, and an edge becomes as many as there are assignments that have to go.

INVARIANT: an edge whose assignments are all taken away is not there any more. Of a way that needs several permissions,
only the grants of one are named (the one with the fewest), which is enough for that.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from remit.app.graphing.units import ASSIGNMENTS
from remit.engine.decide import decide
from remit.engine.explain import assignment_id
from remit.engine.facts import AssignmentKind, PrincipalKind
from remit.engine.membership import offsets_of
from remit.graph.cut_part import TimeLeft
from remit.graph.directory.relations import ELEVATE
from remit.graph.kinds import Need
from remit.graph.network import EdgeFlag, Label, Network
from remit.graph.nodes import NodeKind, kind_of, node_key, ref_of, refs_of
from remit.graph.walking import Mask
from remit.model.decision import EligibleFor, Granted, MayGrant
from remit.model.question import Question
from remit.model.scope import Scope

if TYPE_CHECKING:
    from remit.app.graphing.opening import Escalation

MOST_ASKED = 20_000
"""Edges that the engine is asked about; more stay without evidence, and cannot be cut. They are counted."""
_HELD = "held:"
GIVING = "AUT-01"
"""The kind of edges by which one gives oneself a role."""
Ground = tuple[str, int]
"""A table and a row of it."""


class Stand(NamedTuple):
    """An edge to be drawn: like another one, from a node, with flags, once for each thing that it rests on."""

    like: int
    source: int
    flags: int
    grounds: list[Ground]


class Grounds:
    """Finds the assignments behind edges of one graph."""

    def __init__(self, escalation: Escalation) -> None:
        self._escalation = escalation
        self._index = escalation.tenant.index
        self._network = escalation.graph.network
        self._kinds = {kind.id: kind for kind in escalation.catalogue.kinds}
        self._answers: dict[tuple[int, Need, int], frozenset[int]] = {}
        self._rows: dict[int, dict[str, int]] = {}
        self.unasked = 0

    def filled(self, inside: Mask, left: TimeLeft) -> Network:
        """Return the network with evidence for edges between some nodes; node numbers stay.

        `unasked` counts edges, and nodes that members may hold beside their groups, for which there was no time, or
        which were too many.

        Args:
            inside: which nodes.
            left: seconds that are left for it.

        Cost: some decisions of the engine for each edge that has none.
        """
        bare = self._bare(inside)
        edges, found = bare[:MOST_ASKED], list[Stand]()
        for count, edge in enumerate(edges.tolist()):
            if left() <= 0:
                edges = edges[:count]
                break
            if grounds := self._behind(edge):
                found.append(Stand(edge, int(self._network.source[edge]), int(self._network.flags[edge]), grounds))
        self.unasked = len(bare) - len(edges)
        found += self._left_out(edges, inside, left)
        return self._network if not found else _parallel(self._network, found)

    def _left_out(self, edges: NDArray[np.int64], inside: Mask, left: TimeLeft) -> list[Stand]:
        """Return edges of members that were left out because a group of theirs is listed, but who hold it without.

        Locks are not asked about: where one stands, more may be taken away than has to be.
        """
        network, index = self._network, self._index
        found: list[Stand] = []
        order = np.argsort(network.target[edges], kind="stable")
        nodes, begin = np.unique(network.target[edges[order]], return_index=True)
        for place, (node, mine) in enumerate(zip(nodes.tolist(), np.split(edges[order], begin[1:]), strict=False)):
            if left() <= 0:
                self.unasked += len(nodes) - place
                break
            listed = frozenset(refs_of(network.keys[network.source[mine]]).tolist())
            groups = [row for row in listed if index.v_principal_kind[row] == PrincipalKind.GROUP]
            covered = {member for row in groups for member in index.directory.members(row)} - listed
            assigned = self._assigned_above(self._place(int(network.keys[node]))) - listed
            by_others = {member for row in assigned for member in index.directory.members(row)}
            for row in sorted(covered):
                number = network.number(node_key(NodeKind.PRINCIPAL, row))
                if number < 0 or not inside[number]:
                    continue
                if len(found) >= MOST_ASKED:
                    self.unasked += 1
                    continue
                if row in assigned or row in by_others or self._elevation(number):
                    found += self._own(int(mine[0]), number, row, listed)
        return found

    def _own(self, edge: int, number: int, principal: int, listed: frozenset[int]) -> list[Stand]:
        """Return what a member holds beside what the listed groups hold: each label's grounds."""
        kinds, key = self._kinds, int(self._network.keys[int(self._network.target[edge])])
        place = self._place(key)
        giving = tuple(way.at_target for way in kinds[GIVING].way if way.needs) if GIVING in kinds else ()
        stands, grounds, flags = [], set[Ground](), EdgeFlag.ELIGIBLE
        for needs in (*self._ways_into(key, edge), *giving):
            own = [self._beside(principal, need, place, listed) for need in needs]
            if all(rows for rows, _ in own):
                rows, _ = min(own, key=lambda one: (len(one[0]), sorted(one[0])))
                grounds |= {(ASSIGNMENTS, row) for row in rows}
                flags &= max(later for _, later in own)
        grounds |= self._elevation(number)
        if self._elevation(number):
            flags = 0
        if grounds:
            stands.append(Stand(edge, number, flags, sorted(grounds)))
        return stands

    def _beside(self, principal: int, need: Need, place: int, listed: frozenset[int]) -> tuple[frozenset[int], int]:
        """Return the grants that no listed group holds, and the flag of an edge that rests on them."""
        holder = self._index.v_principal
        rows = frozenset(row for row in self._grants(principal, need, place) if holder[row] not in listed)
        kind = self._index.v_kind
        active = any(kind[row] in (AssignmentKind.ACTIVE, AssignmentKind.LIGHTHOUSE) for row in rows)
        return rows, 0 if active else EdgeFlag.ELIGIBLE

    def _assigned_above(self, place: int) -> set[int]:
        """Return who has an assignment at a scope or above it."""
        index, found = self._index, set[int]()
        row = place
        while row >= 0:
            first, last = (int(one) for one in index.by_scope[row : row + 2])
            found |= set(index.facts.assignments.principal[first:last].tolist())
            row = int(index.facts.scopes.parent[row])
        return found

    def _bare(self, inside: Mask) -> NDArray[np.int64]:
        """Return edges from principals that rest on role assignments, and on none that is known."""
        network = self._network
        ours = np.asarray([self._ways(label) != () for label in network.labels] or [False], dtype=np.bool_)
        first, last = network.of_kind(NodeKind.PRINCIPAL)
        span = slice(int(network.offsets[first]), int(network.offsets[last]))
        bare = ours[network.label[span]] & (network.evidence[span] < 0)
        places = np.flatnonzero(bare) + span.start
        return places[inside[network.source[places]] & inside[network.target[places]]]

    def _ways(self, label: Label) -> tuple[tuple[Need, ...], ...]:
        """Return the ways behind a label about role assignments, each with its needs at the place."""
        if label.table:
            return ()
        name, mark, number = label.name.partition(":")
        if mark and f"{name}:" == _HELD:
            return tuple(way.needs for way in self._escalation.graph.classes[int(number)].ways)
        kind = self._kinds.get(label.name)
        if kind is None or kind.targets[0] != "scope":
            return ()
        return tuple(way.at_target for way in kind.way if way.needs)

    def _ways_into(self, key: int, edge: int) -> tuple[tuple[Need, ...], ...]:
        """Return the ways of the class that a node stands for, or of the label of an edge to another one."""
        if kind_of(key) != NodeKind.HELD:
            return self._ways(self._network.labels[int(self._network.label[edge])])
        number = ref_of(key) // len(self._index.facts.scopes.key)
        return tuple(way.needs for way in self._escalation.graph.classes[number].ways)

    def _behind(self, edge: int) -> list[Ground]:
        """Return what has to go, all of it, as tables and rows; nothing where it is not known."""
        network = self._network
        principal = ref_of(int(network.keys[int(network.source[edge])]))
        place = self._place(int(network.keys[int(network.target[edge])]))
        label = network.labels[int(network.label[edge])]
        found: set[Ground] = set()
        for needs in self._ways(label):
            grants = [self._grants(principal, need, place) for need in needs]
            if all(grants):
                found |= {(ASSIGNMENTS, row) for row in min(grants, key=lambda some: (len(some), sorted(some)))}
        if not label.name.startswith(_HELD):
            found |= self._elevation(int(network.source[edge]))
        return sorted(found)

    def _elevation(self, node: int) -> set[Ground]:
        """Return the Entra roles by which somebody gives itself any role in Azure: no role assignment says so."""
        network = self._network
        edges = range(int(network.offsets[node]), int(network.offsets[node + 1]))
        mine = [(network.labels[int(network.label[edge])], int(network.evidence[edge])) for edge in edges]
        return {(label.table, row) for label, row in mine if label.name == ELEVATE and label.table and row >= 0}

    def _place(self, key: int) -> int:
        row = ref_of(key)
        return row % len(self._index.facts.scopes.key) if kind_of(key) == NodeKind.HELD else row

    def _grants(self, principal: int, need: Need, place: int) -> frozenset[int]:
        key = principal, need, place
        if key not in self._answers:
            person = self._index.facts.principals.key[principal]
            question = Question(person, need.action, need.plane, Scope.parse(self._index.scope_text(place)))
            decision = decide(self._index, question, at=self._escalation.at, beside=False)
            ids = {
                (reason.assignment.principal_id, reason.assignment.assignment_id)
                for reason in decision.because
                if isinstance(reason, Granted | MayGrant | EligibleFor)
            }
            self._answers[key] = frozenset(self._row(*one) for one in ids)
        return self._answers[key]

    def _row(self, principal_id: str, name: str) -> int:
        principal = self._index.principal_row(principal_id)
        if principal not in self._rows:
            first, last = (int(one) for one in self._index.by_principal[principal : principal + 2])
            held: Iterable[int] = self._index.held[first:last].tolist()
            self._rows[principal] = {assignment_id(self._index, row): row for row in held}
        return self._rows[principal][name]


def _parallel(network: Network, found: list[Stand]) -> Network:
    """Return a network in which some edges stand once for each thing that they rest on."""
    labels = list(network.labels)
    numbers = {(label.name, label.table): number for number, label in enumerate(labels)}

    def renamed(number: int, table: str) -> int:
        label = labels[number]
        if (label.name, table) not in numbers:
            numbers[label.name, table] = len(labels)
            labels.append(Label(label.name, label.kinds, label.cost, table))
        return numbers[label.name, table]

    every = [(stand, ground) for stand in found for ground in stand.grounds]
    like = np.asarray([stand.like for stand, _ in every], dtype=np.int64)
    label = np.asarray([renamed(int(network.label[stand.like]), table) for stand, (table, _) in every], dtype=np.uint16)
    kept = np.ones(network.edges, np.bool_)
    kept[[stand.like for stand in found if stand.source == int(network.source[stand.like])]] = False
    stay = np.flatnonzero(kept)
    source = np.concatenate([network.source[stay], np.asarray([one.source for one, _ in every], dtype=np.int32)])
    order = np.argsort(source, kind="stable")
    edges = np.concatenate([stay, like])[order]
    return Network(
        network.keys,
        offsets_of(network.nodes, source[order]),
        network.target[edges],
        np.concatenate([network.label[stay], label])[order],
        np.concatenate([network.flags[stay], np.asarray([one.flags for one, _ in every], dtype=np.uint8)])[order],
        network.cost[edges],
        np.concatenate([network.evidence[stay], np.asarray([row for _, (_, row) in every], dtype=np.int32)])[order],
        tuple(labels),
    )
