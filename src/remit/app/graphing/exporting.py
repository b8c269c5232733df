"""A graph, or a part of it, as the nodes and edges of an OpenGraph payload.

    export = choose_export(escalation, Choice(target=naming.find("tier0")))
    export.nodes, export.edges
    for piece in export.write(): file.write(piece)

Silent nodes are no nodes of BloodHound: every step is an edge of its own. An edge that stands for several kinds is
called by the side that it reaches, and lists them; asked to explain, the engine says which one it is, and why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np

from remit.graph.answers import Hop, NodeRef
from remit.graph.drawing import GAP
from remit.graph.network import Codes, EdgeFlag
from remit.graph.nodes import Facet, NodeKind, facet_of, kind_of, ref_of, rows_of_nodes
from remit.graph.search import Search
from remit.graph.stepping import NOTHING_SAID, Steps, steps_of
from remit.graph.telling import CONTAINS, CONTROLS
from remit.graph.walking import Ground, Mask
from remit.model.errors import InputError
from remit.model.scope import Scope, ScopeKind
from remit.wire.bloodhound.definition import FACET_EDGES, NEVER_CERTAIN
from remit.wire.bloodhound.identity import Identities
from remit.wire.bloodhound.opengraph import ExportedEdge, Value, edge_kind, opengraph
from remit.wire.pictures.reasons import reason_text

if TYPE_CHECKING:
    from remit.app.graphing.naming import Named
    from remit.app.graphing.opening import Escalation

Progress = Callable[[str, int, int | None], None]
"""Called with the step, how much of it is done, and how much there is, where that is known."""

MOST_EDGES = 2_000_000
"""More takes BloodHound days, and shows nobody anything."""

_REFS_KEPT = 200_000
_SIDES = 7
_AT_ONCE = 20_000
_EXPLAINED_AT_ONCE = 200


def _silent(step: str, done: int, whole: int | None) -> None:
    del step, done, whole


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """What is exported, and how.

    Attributes:
        source: only what is reached from here. target: only what reaches this.
        certain_only: without what is only possible.
        explain: the engine says of every edge which kind it is.
        attach: without describing what AzureHound describes.
        most: so many edges at most.
    """

    source: Named | None = None
    target: Named | None = None
    certain_only: bool = False
    explain: bool = False
    attach: bool = False
    most: int = MOST_EDGES


@dataclass(slots=True)
class Tally:
    """How many nodes were described and edges written."""

    nodes: int = 0
    edges: int = 0


@dataclass(frozen=True, eq=False)
class Export:
    """A part of a graph that is not too large.

    Attributes:
        numbers: of its nodes, one for each object, whatever side of it is reached.
        steps: how many it has; those of one kind between two objects become one edge.
        tally: what has been written so far.
    """

    escalation: Escalation
    choice: Choice
    ground: Ground
    inside: Mask
    numbers: Codes
    steps: int
    tally: Tally = field(default_factory=Tally)

    def write(self, progress: Progress = _silent) -> Iterator[bytes]:
        """Yield the payload in parts."""
        refs = (self._ref(number) for number in self.numbers.tolist())
        if self.choice.attach:
            refs = (ref for ref in refs if not self._identities.is_collected(ref))
        self.tally.nodes = self.tally.edges = 0
        yield from opengraph(self._nodes(refs), self._merged(progress), self._identities)

    def _nodes(self, refs: Iterable[NodeRef]) -> Iterator[NodeRef]:
        for ref in refs:
            self.tally.nodes += 1
            yield ref

    def _merged(self, progress: Progress) -> Iterator[ExportedEdge]:
        """Yield edges, of one kind between two objects one: BloodHound keeps no more."""
        held: dict[tuple[str, str], ExportedEdge] = {}
        source = ""
        for edge in self._exported(progress):
            if edge.source.id != source:
                yield from self._counted(held)
                source, held = edge.source.id, {}
            key = edge.target.id, edge.kind
            held[key] = _joined(held[key], edge) if key in held else edge
        yield from self._counted(held)

    def _counted(self, held: Mapping[tuple[str, str], ExportedEdge]) -> Iterator[ExportedEdge]:
        self.tally.edges += len(held)
        yield from held.values()

    @cached_property
    def _identities(self) -> Identities:
        table = self.escalation.facts.applications
        first, last = self.ground.network.of_kind(NodeKind.APPLICATION)
        rows = rows_of_nodes(self.ground.network.keys[first:last]).tolist()
        app_ids = {table.key[row]: table.app_id[row] for row in rows}
        return Identities(self.escalation.tenant.index.facts.meta.tenant_id, app_ids)

    @cached_property
    def _words(self) -> dict[str, str]:
        return {kind.id: kind.name for kind in self.escalation.catalogue.kinds}

    def _ref(self, number: int) -> NodeRef:
        return as_resource(self.escalation.node_ref(number))

    def _exported(self, progress: Progress) -> Iterator[ExportedEdge]:
        ref = lru_cache(_REFS_KEPT)(self._ref)
        done = 0
        at_once = _EXPLAINED_AT_ONCE if self.choice.explain else _AT_ONCE
        for steps in steps_of(self.ground, self.inside, at_once=at_once):
            for place in range(steps.count):
                source, target = int(steps.source[place]), int(steps.target[place])
                kind, properties = self._explained(steps, place) if self.choice.explain else self._said(steps, place)
                yield ExportedEdge(ref(source), ref(target), kind, properties)
            done += steps.count
            progress("writing edges", done, self.steps)

    def _said(self, steps: Steps, place: int) -> tuple[str, dict[str, Value]]:
        """Return the kind of an edge and its properties, as far as the drawn edge says them."""
        network = self.ground.network
        key = int(network.keys[steps.target[place]])
        number, side = int(steps.label[place]), Facet(facet_of(key)).name.lower()
        if number == NOTHING_SAID:
            edge = CONTROLS if kind_of(key) == NodeKind.TIER_ZERO else CONTAINS
            kinds: tuple[str, ...] = ()
        else:
            label = network.labels[number]
            edge = NEVER_CERTAIN if label.name == GAP else label.name
            kinds = label.kinds
        several = len(kinds) > 1
        word = FACET_EDGES[side][0] if several else self._words.get(kinds[0] if kinds else edge, edge)
        facts = self._flags(int(steps.flags[place]), int(steps.cost[place]), side)
        facts |= {"edgeids": kinds} if several else {"edgeid": kinds[0] if kinds else edge}
        return edge_kind(word, certain=bool(facts["certain"]) and word != NEVER_CERTAIN), facts

    def _explained(self, steps: Steps, place: int) -> tuple[str, dict[str, Value]]:
        chain = steps.chain(place)
        nodes = (int(steps.source[place]), *self.ground.network.target[list(chain)].tolist())
        (hop,) = self.escalation.teller.hops(nodes, chain)
        facts = self._flags(int(steps.flags[place]), int(steps.cost[place]), hop.facet) | _told(hop)
        return edge_kind(hop.name, certain=hop.certain and hop.edge != NEVER_CERTAIN), facts

    def _flags(self, flags: int, cost: int, side: str) -> dict[str, Value]:
        found: dict[str, Value] = {
            "certain": not flags & EdgeFlag.POSSIBLE,
            "eligible": bool(flags & EdgeFlag.ELIGIBLE),
            "liftsguard": bool(flags & EdgeFlag.LIFTS),
            "cost": cost,
        }
        return found | ({"side": side} if side and side != "none" else {})


def choose_export(escalation: Escalation, choice: Choice, progress: Progress = _silent) -> Export:
    """Find what is exported, and count it.

    Raises:
        InputError: it has more edges than chosen.

    Cost: every step once; writing takes them once more.
    """
    network = escalation.graph.network
    search = Search(network, EdgeFlag.POSSIBLE if choice.certain_only else 0)
    inside = np.ones(network.nodes, np.bool_)
    if choice.source is not None:
        inside &= search.reached(choice.source.nodes)
    if choice.target is not None:
        inside &= search.reaching(choice.target.nodes)
    used, edges = np.zeros(network.nodes, np.bool_), 0
    for steps in steps_of(search.ground, inside):
        used[steps.source] = used[steps.target] = True
        edges += steps.count
        progress("counting edges", edges, None)
        if edges > choice.most:
            raise InputError(
                f"there are more than {choice.most:,} edges",
                hint="export a part with --from or --to, or only what is sure with --certain",
            )
    return Export(
        escalation, choice, search.ground, inside, _one_each(escalation, np.flatnonzero(used).astype(np.int32)), edges
    )


def _one_each(escalation: Escalation, numbers: Codes) -> Codes:
    """Return one node for each object: of sides of one, and of a resource that is a scope, too, the first."""
    keys = escalation.graph.network.keys[numbers]
    objects = keys & ~_SIDES
    first = np.ones(len(keys), np.bool_)
    first[1:] = objects[1:] != objects[:-1]
    resources = escalation.facts.resources
    shown = [ref_of(int(key)) for key in keys[first] if kind_of(int(key)) == NodeKind.RESOURCE]
    doubled = set(resources.own[shown].tolist()) - {-1}
    for place in np.flatnonzero(first):
        key = int(keys[place])
        if kind_of(key) == NodeKind.SCOPE and ref_of(key) in doubled:
            first[place] = False
    return numbers[first]


def as_resource(ref: NodeRef) -> NodeRef:
    """Return a scope that is a resource as that resource."""
    if ref.kind != "scope" or Scope.parse(ref.id).kind is not ScopeKind.RESOURCE:
        return ref
    parts = ref.id.rpartition("/providers/")[2].split("/")
    return NodeRef(ref.id, "resource", ref.label, "/".join([parts[0], *parts[1::2]]))


def _joined(one: ExportedEdge, other: ExportedEdge) -> ExportedEdge:
    """Return two edges of one kind as one: with the facts of the cheaper, and the ids and reasons of both."""
    first, second = sorted((one, other), key=lambda edge: edge.properties["cost"])
    facts = dict(first.properties)
    ids = tuple(dict.fromkeys([*_ids(first), *_ids(second)]))
    if len(ids) > 1:
        facts.pop("edgeid", None)
        facts["edgeids"] = ids
    for name in ("because", "log", "also"):
        both = tuple(dict.fromkeys([*_texts(first, name), *_texts(second, name)]))
        if both:
            facts[name] = both
    return ExportedEdge(first.source, first.target, first.kind, facts)


def _ids(edge: ExportedEdge) -> tuple[str, ...]:
    return _texts(edge, "edgeids") or (str(edge.properties["edgeid"]),)


def _texts(edge: ExportedEdge, name: str) -> tuple[str, ...]:
    value = edge.properties.get(name, ())
    return value if isinstance(value, tuple) else ()


def _told(hop: Hop) -> dict[str, Value]:
    facts: dict[str, Value] = {"edgeid": hop.edge, "because": tuple(reason_text(reason) for reason in hop.because)}
    if hop.permission:
        facts["permission"] = hop.permission
    if hop.log:
        facts["log"] = hop.log
    if hop.also:
        facts["also"] = hop.also
    return facts
