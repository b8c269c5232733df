"""What surrounds a node, to be drawn: who reaches it and what it reaches, within some steps.

What follows from being above is drawn once: of a scope and one below it that both lead to a third by the same edge, the
line of the nearer one stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from remit.app.graphing.exporting import as_resource
from remit.graph.answers import Hop, NodeRef
from remit.graph.network import EdgeFlag
from remit.graph.search import Search
from remit.graph.stepping import Steps, steps_of
from remit.graph.telling import CONTAINS
from remit.graph.walking import FAR, Distances, Mask, Measure

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
    hops = [
        hop
        for steps in steps_of(search.ground, inside)
        for place in range(steps.count)
        for hop in _told(escalation, steps, place)
    ]
    left_out = int((close & search.ground.shown).sum()) - len(kept)
    return Surroundings(as_resource(named.ref), _without_implied(hops), left_out)


def _nearest(near: Distances, shown: Mask, most: int) -> NDArray[np.intp]:
    places = np.flatnonzero(shown)
    return places[np.argsort(near[places], kind="stable")[:most]]


def _told(escalation: Escalation, steps: Steps, place: int) -> tuple[Hop, ...]:
    chain = steps.chain(place)
    nodes = (int(steps.source[place]), *escalation.graph.network.target[list(chain)].tolist())
    hops = escalation.teller.hops(nodes, chain)
    return tuple(replace(hop, source=as_resource(hop.source), target=as_resource(hop.target)) for hop in hops)


def _without_implied(hops: Sequence[Hop]) -> tuple[Hop, ...]:
    """Leave out the steps of a scope that one below it has, too."""
    below: dict[str, set[str]] = {}
    for hop in hops:
        if hop.edge == CONTAINS:
            below.setdefault(hop.source.id, set()).add(hop.target.id)
    known = {(hop.source.id, hop.target.id, hop.edge) for hop in hops}
    return tuple(
        hop
        for hop in hops
        if not any(
            (one, hop.target.id, hop.edge) in known for one in below.get(hop.source.id, ()) if one != hop.target.id
        )
    )
