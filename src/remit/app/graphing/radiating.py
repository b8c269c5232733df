"""Everybody by what they could reach: what each can do itself, and what it reaches by becoming others.

    answer = radius_of(escalation, sort=Sort.SCORE)
    next(answer.shown([0])).score

Things are counted once, however many ways lead there; a resource is counted once for each side that is reached, and
once as a resource, whichever sides those are. What those can do that somebody can become is added up: what two of them
can do counts twice. Only certain steps count, unless asked otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from remit.app.graphing.somebody import actors
from remit.engine.blast_radius import blast_radius
from remit.engine.facts import PrincipalKind
from remit.graph.answers import NodeRef
from remit.graph.network import Codes
from remit.graph.nodes import Facet, NodeKind, facets_of, refs_of
from remit.graph.radius import radius
from remit.graph.search import Search
from remit.graph.ways import one_step
from remit.model.effective import OperationCounts

if TYPE_CHECKING:
    from remit.app.graphing.opening import Escalation

Figures = NDArray[np.int64]
Progress = Callable[[str, int, int | None], None]

IDENTITIES, ROLES, SCOPES, RESOURCES, CODE, SECRET, DATA, CONTROL, TIER_ZERO = range(9)
WORDS = ("identities", "directoryRoles", "scopes", "resources", "code", "secret", "data", "control", "tierZero")
"""What is counted, by column; resources are those reached from one side at least."""

SCORES = {SCOPES: 25, CODE: 12, SECRET: 12, ROLES: 12, DATA: 4, CONTROL: 4}
"""What one of each is worth, in the proportions of the gap score (decision 0034)."""

_FACETS = {Facet.CODE: CODE, Facet.SECRET: SECRET, Facet.DATA: DATA, Facet.CONTROL: CONTROL}
_LISTED = (PrincipalKind.USER, PrincipalKind.GROUP, PrincipalKind.SERVICE_PRINCIPAL)


class Sort(StrEnum):
    """What everybody is ordered by, most first; control of the tenant comes first where the score decides."""

    SCORE = "score"
    DIRECT = "direct"
    IDENTITIES = "identities"
    RESOURCES = "resources"


@dataclass(frozen=True, slots=True)
class Ranked:
    """Somebody, and how far they reach.

    Attributes:
        rank: from 1.
        direct, indirect: (resource, operation) pairs by plane and verb: own ones; those of whom it can become.
        reach: by `WORDS`, those that are not 0, tier zero left out.
        near: of these, what it reaches without becoming anybody before: by own groups and roles, and one step; of
            scopes the highest ones.
    """

    ref: NodeRef
    rank: int
    score: int
    tier_zero: bool
    direct: tuple[OperationCounts, ...]
    indirect: tuple[OperationCounts, ...]
    reach: tuple[tuple[str, int], ...]
    near: tuple[tuple[str, int], ...]


@dataclass(frozen=True, eq=False)
class RadiusAnswer:
    """Everybody in order.

    Attributes:
        nodes: number of each. reach, near: int64, a column for each of `WORDS`. score: the same length.
        categories: plane and verb of the columns of `direct` and `indirect`.
        tier_zero: how many reach control of the tenant.
    """

    escalation: Escalation
    sort: Sort
    possible: bool
    nodes: Codes
    reach: Figures
    near: Figures
    score: Figures
    categories: tuple[tuple[str, str], ...]
    direct: Figures
    indirect: Figures
    tier_zero: int

    def shown(self, places: Iterable[int]) -> Iterator[Ranked]:
        """Yield some of them with names."""
        for place in places:
            figures, near = self.reach[place].tolist(), self.near[place].tolist()
            yield Ranked(
                self.escalation.node_ref(int(self.nodes[place])),
                place + 1,
                int(self.score[place]),
                bool(figures[TIER_ZERO]),
                self._counts(self.direct[place].tolist()),
                self._counts(self.indirect[place].tolist()),
                tuple((word, figures[one]) for one, word in enumerate(WORDS[:TIER_ZERO]) if figures[one]),
                tuple((word, near[one]) for one, word in enumerate(WORDS[:TIER_ZERO]) if near[one]),
            )

    def _counts(self, pairs: Sequence[int]) -> tuple[OperationCounts, ...]:
        named = zip(self.categories, pairs, strict=True)
        return tuple(OperationCounts(plane, verb, count) for (plane, verb), count in named if count)


def radius_of(
    escalation: Escalation,
    *,
    sort: Sort = Sort.SCORE,
    possible: bool = False,
    progress: Progress = lambda _step, _done, _whole: None,
) -> RadiusAnswer:
    """Rank everybody.

    Args:
        escalation: the graph.
        sort: by what.
        possible: whether steps that are only possible count.
        progress: told the step, how much of it is done, and how much there is.

    Cost: the engine's count of everybody's operations, and the sums over the graph; see docs/benchmarks.md.
    """
    network = escalation.graph.network
    search = escalation.search if possible else escalation.search.certain
    progress("counting operations", 0, None)
    own = blast_radius(escalation.tenant.index, at=escalation.at)
    asked = actors(escalation, groups=True)
    rows = refs_of(network.keys[asked])
    weights = np.concatenate([_things(escalation), _operations(escalation, own.pairs)], axis=1)

    def tell(done: int, whole: int) -> None:
        progress("following paths", done, whole)

    things = _resources(escalation)
    sums = radius(search, weights, asked=asked, things=things, progress=tell)
    near = _near(search, weights[:, : len(WORDS)], things, asked, progress)
    reach, indirect, direct = sums[:, : len(WORDS)], sums[:, len(WORDS) : -1], own.pairs[rows]
    reach[:, RESOURCES] = sums[:, -1]
    kind = escalation.tenant.index.facts.principals.kind[rows]
    listed = np.isin(kind, _LISTED) | (reach.sum(axis=1) + direct.sum(axis=1) > 0)
    asked, reach, near = asked[listed], reach[listed], near[listed]
    indirect, direct = indirect[listed], direct[listed]
    score = sum((reach[:, one] * worth for one, worth in SCORES.items()), np.zeros(len(asked), np.int64))
    order = np.lexsort(_keys(sort, asked, reach, direct, score))
    categories = tuple((plane, verb) for plane, _, verb in (one.partition(".") for one in own.categories))
    reached = int((reach[:, TIER_ZERO] > 0).sum())
    parts = (asked[order], reach[order], near[order], score[order], categories, direct[order], indirect[order])
    return RadiusAnswer(escalation, sort, possible, *parts, reached)


def _near(search: Search, weights: Figures, things: Codes, asked: Codes, progress: Progress) -> Figures:
    """Return a line per principal: what it reaches without becoming anybody before, by `WORDS`."""

    def tell(done: int, whole: int) -> None:
        progress("counting what is one step away", done, whole)

    near = Search(one_step(search.network), without=search.without)
    ends = np.concatenate([np.zeros_like(weights), weights])
    sides = np.concatenate([np.full_like(things, -1), things])
    # Somebody who could give itself a credential is none that it can become: its own end is left out.
    itself = asked + search.network.nodes
    sums = radius(near, ends, asked=asked, itself=itself, things=sides, progress=tell)
    sums[:, RESOURCES] = sums[:, -1]
    return sums[:, :-1]


def _keys(sort: Sort, nodes: Codes, reach: Figures, direct: Figures, score: Figures) -> tuple[Figures | Codes, ...]:
    """Return what to sort by, the last first."""
    first = {
        Sort.SCORE: reach[:, TIER_ZERO],
        Sort.DIRECT: direct.sum(axis=1),
        Sort.IDENTITIES: reach[:, IDENTITIES],
        Sort.RESOURCES: reach[:, RESOURCES],
    }[sort]
    return nodes, -direct.sum(axis=1), -score, -first


def _things(escalation: Escalation) -> Figures:
    """Return a line per node: what it counts as."""
    network = escalation.graph.network
    weights = np.zeros((network.nodes, len(WORDS)), np.int64)
    weights[actors(escalation, groups=False), IDENTITIES] = 1
    for kind in (NodeKind.DIRECTORY_ROLE, NodeKind.SCOPED_ROLE):
        weights[slice(*network.of_kind(kind)), ROLES] = 1
    first, last = network.of_kind(NodeKind.SCOPE)
    weights[first:last, SCOPES] = facets_of(network.keys[first:last]) == Facet.GRANT
    weights[slice(*network.of_kind(NodeKind.TIER_ZERO)), TIER_ZERO] = 1
    first, last = network.of_kind(NodeKind.RESOURCE)
    facets = facets_of(network.keys[first:last])
    for facet, column in _FACETS.items():
        weights[first:last, column] = facets == facet
    return weights


def _resources(escalation: Escalation) -> Codes:
    """Return per node the resource that it is a counted side of, -1 for none."""
    network = escalation.graph.network
    found = np.full(network.nodes, -1, np.int32)
    first, last = network.of_kind(NodeKind.RESOURCE)
    keys = network.keys[first:last]
    found[first:last] = np.where(np.isin(facets_of(keys), list(_FACETS)), refs_of(keys), -1)
    return found


def _operations(escalation: Escalation, pairs: Figures) -> Figures:
    """Return a line per node: what whoever becomes it can do by that."""
    network = escalation.graph.network
    weights = np.zeros((network.nodes, pairs.shape[1]), np.int64)
    somebody = actors(escalation, groups=False)
    weights[somebody] = pairs[refs_of(network.keys[somebody])]
    return weights
