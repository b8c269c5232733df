"""What edges rest on where that was not written down when they were drawn.

Below deny assignments and locks, and where one way takes several assignments, who holds something is listed without the
assignment that gives it. Before a cut, such edges between sources and targets are given their evidence: the engine is
asked for every grant behind them, and an edge becomes as many as there are assignments that have to go.

INVARIANT: an edge whose assignments are all taken away is not there any more. Of a way that needs several permissions,
only the grants of one are named (the one with the fewest), which is enough for that.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from remit.app.graphing.units import ASSIGNMENTS
from remit.engine.decide import decide
from remit.engine.explain import assignment_id
from remit.engine.membership import offsets_of
from remit.graph.directory.relations import ELEVATE
from remit.graph.kinds import Need
from remit.graph.network import Label, Network
from remit.graph.nodes import NodeKind, kind_of, ref_of
from remit.graph.walking import Mask
from remit.model.decision import EligibleFor, Granted, MayGrant
from remit.model.question import Question
from remit.model.scope import Scope

if TYPE_CHECKING:
    from remit.app.graphing.opening import Escalation

MOST_ASKED = 20_000
"""Edges that the engine is asked about; more stay without evidence, and cannot be cut."""
_HELD = "held:"
Ground = tuple[str, int]
"""A table and a row of it."""


class Grounds:
    """Finds the assignments behind edges of one graph."""

    def __init__(self, escalation: Escalation) -> None:
        self._escalation = escalation
        self._index = escalation.tenant.index
        self._network = escalation.graph.network
        self._kinds = {kind.id: kind for kind in escalation.catalogue.kinds}
        self._answers: dict[tuple[int, Need, int], frozenset[int]] = {}
        self._rows: dict[int, dict[str, int]] = {}

    def filled(self, inside: Mask) -> Network:
        """Return the network with evidence for edges between some nodes; node numbers stay.

        Cost: some decisions of the engine for each edge that has none.
        """
        edges = self._bare(inside)[:MOST_ASKED]
        found = [(edge, grounds) for edge in edges.tolist() if (grounds := self._behind(edge))]
        return self._network if not found else _parallel(self._network, found)

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


def _parallel(network: Network, found: list[tuple[int, list[Ground]]]) -> Network:
    """Return a network in which some edges stand once for each thing that they rest on."""
    labels = list(network.labels)
    numbers = {(label.name, label.table): number for number, label in enumerate(labels)}

    def renamed(number: int, table: str) -> int:
        label = labels[number]
        if (label.name, table) not in numbers:
            numbers[label.name, table] = len(labels)
            labels.append(Label(label.name, label.kinds, label.cost, table))
        return numbers[label.name, table]

    again = np.asarray([edge for edge, grounds in found for _ in grounds], dtype=np.int64)
    every = [(int(network.label[edge]), ground) for edge, grounds in found for ground in grounds]
    evidence = np.asarray([row for _, (_, row) in every], dtype=np.int32)
    label = np.asarray([renamed(number, table) for number, (table, _) in every], dtype=np.uint16)
    kept = np.ones(network.edges, np.bool_)
    kept[again] = False
    stay = np.flatnonzero(kept)
    edges = np.concatenate([stay, again])
    order = np.argsort(network.source[edges], kind="stable")
    edges = edges[order]
    return Network(
        network.keys,
        offsets_of(network.nodes, network.source[edges]),
        network.target[edges],
        np.concatenate([network.label[stay], label])[order],
        network.flags[edges],
        network.cost[edges],
        np.concatenate([network.evidence[stay], evidence])[order],
        tuple(labels),
    )
