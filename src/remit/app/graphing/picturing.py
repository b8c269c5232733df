"""What surrounds a node, to be drawn: who reaches it and what it reaches, within some steps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from remit.graph.answers import Hop, NodeRef
from remit.graph.network import EdgeFlag
from remit.graph.search import Search
from remit.graph.stepping import Steps, steps_of
from remit.graph.walking import FAR, Distances, Measure

if TYPE_CHECKING:
    from remit.app.graphing.naming import Named
    from remit.app.graphing.opening import Escalation

MOST_NODES = 60
"""Nodes of a picture that is still taken in at a glance."""

_WITHIN = 2


@dataclass(frozen=True, slots=True, eq=False)
class Surroundings:
    """Steps around a node, and how many nodes within reach were too many."""

    centre: NodeRef
    hops: tuple[Hop, ...]
    left_out: int


def surroundings(
    escalation: Escalation,
    named: Named,
    *,
    within: int = _WITHIN,
    forward: bool = True,
    backward: bool = True,
    certain_only: bool = False,
    most: int = MOST_NODES,
) -> Surroundings:
    """Return the steps around a node, the nearest nodes first, the cheaper to reach before the dearer.

    Args:
        escalation: the graph.
        named: the node.
        within: so many steps away at most.
        forward: what it reaches.
        backward: what reaches it.
        certain_only: without what is only possible.
        most: so many nodes at most.

    Cost: one walk each way, and some decisions of the engine for each step.
    """
    network = escalation.graph.network
    search = Search(network, EdgeFlag.POSSIBLE if certain_only else 0)
    near = np.full(network.nodes, FAR)
    if len(named.nodes):
        for wanted, tree in ((forward, search.tree_from), (backward, search.tree_to)):
            if wanted:
                near = np.minimum(near, tree(named.nodes, measure=Measure.HOPS).distance)
    close = (near < FAR) & (Measure.HOPS.hops(near) <= within)
    kept = _nearest(near, close & search.ground.shown, most)
    inside = close & ~search.ground.shown
    inside[kept] = True
    hops = tuple(
        hop
        for steps in steps_of(search.ground, inside)
        for place in range(steps.count)
        for hop in _told(escalation, steps, place)
    )
    return Surroundings(named.ref, hops, int((close & search.ground.shown).sum()) - len(kept))


def _nearest(near: Distances, shown: np.ndarray, most: int) -> np.ndarray:
    places = np.flatnonzero(shown)
    return places[np.argsort(near[places], kind="stable")[:most]]


def _told(escalation: Escalation, steps: Steps, place: int) -> tuple[Hop, ...]:
    chain = steps.chain(place)
    nodes = (int(steps.source[place]), *escalation.graph.network.target[list(chain)].tolist())
    return escalation.teller.hops(nodes, chain)
