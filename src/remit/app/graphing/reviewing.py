"""What the reviews of a tenant share: the graph, what belongs where, names, and how far somebody gets.

review = Review(escalation, rules, repositories=Repositories.of(lines), delegations=..., usage=reading)
review.reaches([principal])[principal].tier_zero
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from remit.app.graphing.asking import NOTHING_WITHOUT
from remit.engine.facts import PrincipalKind
from remit.graph.answers import NodeRef, Path
from remit.graph.federation.openness import NOTHING_KNOWN, Repositories
from remit.graph.federation.trusts import trusts_of
from remit.graph.naming import NodeNames
from remit.graph.network import Codes, EdgeFlag, Network
from remit.graph.nodes import Facet, NodeKind, facets_of, node_key, refs_of
from remit.graph.radius import radius
from remit.graph.reviews.environments import DEFAULT_RULES, EnvironmentRules
from remit.graph.reviews.identities import Holding
from remit.graph.reviews.isolation import Isolation
from remit.graph.reviews.placing import Placing
from remit.graph.search import Tree
from remit.graph.walking import Mask
from remit.model.interval import ALWAYS_FROM, ALWAYS_UNTIL, from_micros, to_micros
from remit.model.snapshot import Gap
from remit.model.usage import ObservedOutcome
from remit.ports.usage_store import UsageReading
from remit.wire.azure.delegations import Delegation

if TYPE_CHECKING:
    from remit.app.graphing.opening import Escalation


COUNTED = ("identities", "scopes", "code", "secret", "data", "control")
"""What is counted of what somebody reaches: whom it can become, where it can give any role, sides of resources."""

_FACETS = {Facet.CODE: 2, Facet.SECRET: 3, Facet.DATA: 4, Facet.CONTROL: 5}


class Sure(StrEnum):
    """Whether somebody gets somewhere."""

    CERTAIN = "certain"
    POSSIBLE = "possible"
    NO = "no"


@dataclass(frozen=True, slots=True)
class ReachSummary:
    """How far somebody gets.

    Attributes:
        tier_zero, production: control of the tenant, and anything of production but itself.
        counts: how much is certainly reached, by `COUNTED`, what is 0 left out.
    """

    tier_zero: Sure
    production: Sure
    counts: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Granted:
    """A role assignment in force, with names.

    Attributes:
        role: name of the role, or its id. scope: where. through: the group it names, None for the identity itself.
        assignment_id: of the assignment. reads_only, conditional, below_deny: as in `Holding`.
    """

    role: str
    scope: NodeRef
    through: NodeRef | None
    assignment_id: str
    reads_only: bool
    conditional: bool
    below_deny: bool


@dataclass(frozen=True, eq=False)
class Review:
    """One snapshot under review.

    Attributes:
        escalation: its graph.
        rules: what speaks of which environment.
        repositories: those that are known to exist.
        delegations: what Lighthouse says of the other side.
        usage: what was observed, None where nobody asks for it.
    """

    escalation: Escalation
    rules: EnvironmentRules = DEFAULT_RULES
    repositories: Repositories = NOTHING_KNOWN
    delegations: Sequence[Delegation] = field(default=())
    usage: UsageReading | None = None

    @property
    def network(self) -> Network:
        """The graph."""
        return self.escalation.graph.network

    @cached_property
    def placing(self) -> Placing:
        """What belongs where."""
        index, facts = self.escalation.tenant.index, self.escalation.facts
        return Placing(index, facts, self.rules, trusts_of(facts, index.facts.meta.tenant_id))

    @cached_property
    def isolation(self) -> Isolation:
        """Questions about what should be apart."""
        return Isolation(self.placing, self.at)

    @property
    def at(self) -> int:
        """The instant in microseconds."""
        return to_micros(self.escalation.at)

    # Names -------------------------------------------------------------------------------------------------------

    @cached_property
    def names(self) -> NodeNames:
        """Names of nodes."""
        return NodeNames(self.escalation.graph.drawing)

    def principal(self, row: int) -> NodeRef:
        """Return a principal; one of another tenant by the name that Lighthouse gives it."""
        ref = self.names.ref(node_key(NodeKind.PRINCIPAL, row))
        said = self._foreign_names.get(ref.id, "")
        return NodeRef(ref.id, ref.kind, said) if said and ref.label == ref.id else ref

    @cached_property
    def _foreign_names(self) -> dict[str, str]:
        return {key: name for one in self.delegations for key, name in one.people.items() if name}

    def granted(self, held: Holding) -> Granted:
        """Return a role assignment with names."""
        facts = self.escalation.tenant.index.facts
        role = facts.roles[held.role]
        scope = self.names.scope(held.scope)
        name = facts.assignments.name[held.row]
        whole = f"{scope.id.rstrip('/')}/providers/Microsoft.Authorization/roleAssignments/{name}"
        return Granted(
            role.name or role.key,
            scope,
            None if held.through < 0 else self.principal(held.through),
            name if name.startswith("/") else whole,
            held.reads_only,
            held.conditional,
            held.below_deny,
        )

    # Reach -------------------------------------------------------------------------------------------------------

    @cached_property
    def production(self) -> Codes:
        """Numbers of the nodes of production."""
        return self.isolation.production_nodes(self.network)

    @cached_property
    def _trees(self) -> tuple[Tree, Tree]:
        """The best certain way of everybody into production, and the best of all."""
        search = self.escalation.search
        return search.certain.tree_to(self.production), search.tree_to(self.production)

    @cached_property
    def _tier_zero(
        self,
    ) -> tuple[Mask, Mask]:
        search = self.escalation.search
        ends = [self.escalation.graph.tier_zero]
        return search.certain.reaching(ends), search.reaching(ends)

    def node(self, principal: int) -> int:
        """Return the number of a principal's node, -1 for none."""
        return self.network.number(node_key(NodeKind.PRINCIPAL, principal)) if principal >= 0 else -1

    def may_reach_production(self) -> Mask:
        """Return per node whether it reaches production, certainly or possibly."""
        return self._trees[1].reached

    def way_to_production(self, principal: int) -> Path | None:
        """Return the best way into production, a certain one where there is any."""
        node = self.node(principal)
        for tree in self._trees if node >= 0 else ():
            found = tree.path(node)
            if found is not None:
                return self.escalation.tell(found)
        return None

    def reaches(self, principals: Sequence[int]) -> dict[int, ReachSummary]:
        """Return how far some identities get. Cost: that of `radius` over what they reach."""
        nodes = {row: self.node(row) for row in principals}
        asked = np.asarray(sorted({node for node in nodes.values() if node >= 0}), dtype=np.int32)
        sums = radius(self.escalation.search.certain, self._weights(), asked=asked) if len(asked) else asked
        figures = {int(node): line for node, line in zip(asked.tolist(), sums.tolist(), strict=True)}
        return {row: self._summary(node, figures.get(node, [])) for row, node in nodes.items()}

    def _summary(self, node: int, figures: Sequence[int]) -> ReachSummary:
        if node < 0:
            return ReachSummary(Sure.NO, Sure.NO)
        counts = tuple((word, count) for word, count in zip(COUNTED, figures, strict=True) if count)
        return ReachSummary(_sure(*self._tier_zero, node), self._production(node), counts)

    def _production(self, node: int) -> Sure:
        """Tell whether a step from a node leads on into production; who belongs there is not there by that alone."""
        edges = slice(int(self.network.offsets[node]), int(self.network.offsets[node + 1]))
        targets, sure = self.network.target[edges], (self.network.flags[edges] & EdgeFlag.POSSIBLE) == 0
        if self._trees[0].reached[targets[sure]].any():
            return Sure.CERTAIN
        return Sure.POSSIBLE if self._trees[1].reached[targets].any() else Sure.NO

    def _weights(self) -> NDArray[np.int64]:
        """Return a line per node and a column for each of `COUNTED`."""
        network = self.network
        weights = np.zeros((network.nodes, len(COUNTED)), np.int64)
        first, last = network.of_kind(NodeKind.PRINCIPAL)
        kinds = self.escalation.tenant.index.facts.principals.kind[refs_of(network.keys[first:last])]
        weights[first:last, 0] = kinds != PrincipalKind.GROUP
        first, last = network.of_kind(NodeKind.SCOPE)
        weights[first:last, 1] = facets_of(network.keys[first:last]) == Facet.GRANT
        first, last = network.of_kind(NodeKind.RESOURCE)
        facets = facets_of(network.keys[first:last])
        for facet, column in _FACETS.items():
            weights[first:last, column] = facets == facet
        return weights

    # Use ---------------------------------------------------------------------------------------------------------

    @cached_property
    def observed(self) -> bool:
        """Tell whether any log was seen."""
        return self.usage is not None and bool(self.usage.coverage())

    def last_uses(self, principals: Iterable[int]) -> dict[int, datetime]:
        """Return when some identities were last seen at work, as far as logs show it; refused calls are no work."""
        if self.usage is None or not self.observed:
            return {}
        table = self.escalation.tenant.index.facts.principals
        rows: dict[str, int] = {}
        for row in principals:
            rows |= {name.lower(): row for name in (table.key[row], table.app_id[row]) if name}
        last: dict[int, int] = {}
        for used in self.usage.used_by(sorted(rows)) if rows else ():
            row = rows.get(used.principal_id.lower(), rows.get(used.app_id.lower(), -1))
            if row >= 0 and used.outcome is not ObservedOutcome.REFUSED:
                last[row] = max(last.get(row, 0), used.last_seen)
        return {row: from_micros(micros) for row, micros in last.items()}

    # Gaps --------------------------------------------------------------------------------------------------------

    def unread(self, lists: Iterable[str]) -> tuple[Gap, ...]:
        """Return the gaps in some lists, and in those without which there would be no edges at all."""
        wanted = {*lists, *NOTHING_WITHOUT}
        return tuple(gap for gap in self.escalation.tenant.index.facts.meta.gaps if gap.api in wanted)


def instant_of(micros: int) -> datetime | None:
    """Return an instant, None where it is unbounded."""
    return None if micros in (ALWAYS_FROM, ALWAYS_UNTIL) else from_micros(micros)


def _sure(certain: Mask, possible: Mask, node: int) -> Sure:
    if certain[node]:
        return Sure.CERTAIN
    return Sure.POSSIBLE if possible[node] else Sure.NO
