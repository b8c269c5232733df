"""Identities that join what should be apart, with names, places and the ways they open.

answer = find_isolation(review)
answer.reaching[0].path, answer.shared[0].uses
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from remit.app.graphing.reviewing import Granted, Review
from remit.graph.answers import NodeRef, Path
from remit.graph.federation.subjects import WORDS
from remit.graph.nodes import NodeKind, node_key
from remit.graph.reviews.isolation import ReachesProduction, SharedIdentity, Use
from remit.model.snapshot import Gap

MOST_PATHS = 500
"""Identities whose way into production is told step by step; of the others it is said that there is one."""

LISTS = (
    "graph/servicePrincipals",
    "graph/applications",
    "graph/groupMembers",
    "graph/applicationFederatedIdentityCredentials",
    "arm/federatedIdentityCredentials",
    "arm/managementGroups",
    "arm/subscriptions",
)
"""Lists that the review rests on: a gap in one of them is told."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an identity is at work.

    Attributes:
        node: the resource that carries it, the identity's own resource (`itself`), or the subject that it trusts.
        environment: name, "" where nothing says it. workload: tag's value, or id of the resource group.
    """

    node: NodeRef
    environment: str
    workload: str
    itself: bool = False


@dataclass(frozen=True, slots=True)
class SharedAnswer:
    """An identity at work in several environments, or in several workloads of one."""

    identity: NodeRef
    environments: tuple[str, ...]
    workloads: tuple[str, ...]
    crosses: bool
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class SubjectAnswer:
    """A subject that signs in as identities of several environments; `crosses`: production is one of them."""

    issuer: str
    subject: str
    identities: tuple[NodeRef, ...]
    environments: tuple[str, ...]
    crosses: bool
    certain: bool


@dataclass(frozen=True, slots=True)
class SeveralAnswer:
    """An identity behind several integrations."""

    identity: NodeRef
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReachingAnswer:
    """An identity outside production that holds something there, or can get there.

    Attributes:
        environment: where it belongs. says: what says so.
        direct: its role assignments that hold in production. path: its best way there, None where there is none or
            where it is not told. possible: it has a way, at least if what is not known is so.
        changes: one of its assignments allows more than reading.
    """

    identity: NodeRef
    environment: str
    says: str
    direct: tuple[Granted, ...]
    path: Path | None
    possible: bool

    @property
    def changes(self) -> bool:
        """Tell whether an assignment allows more than reading."""
        return any(not one.reads_only for one in self.direct)

    @property
    def certain(self) -> bool:
        """Tell whether it certainly gets there."""
        return (self.path is not None and self.path.certain) or any(
            not one.conditional and not one.below_deny for one in self.direct
        )


@dataclass(frozen=True, slots=True)
class IsolationAnswer:
    """All of it, each list in the order of severity.

    Attributes:
        reaching: outside production, and in production all the same. shared, workloads: identities of several
            environments, of several workloads. subjects: outside subjects of several environments. several:
            identities behind several integrations.
        placed: identities that belong to an environment. identities: all that were looked at.
        environments: names, and whether they are production.
    """

    reaching: tuple[ReachingAnswer, ...]
    shared: tuple[SharedAnswer, ...]
    workloads: tuple[SharedAnswer, ...]
    subjects: tuple[SubjectAnswer, ...]
    several: tuple[SeveralAnswer, ...]
    placed: int
    identities: int
    environments: tuple[tuple[str, bool], ...]
    unread: tuple[Gap, ...]

    @property
    def found(self) -> bool:
        """Tell whether there is anything to mend."""
        return bool(self.reaching or self.shared or self.workloads or self.subjects or self.several)


def find_isolation(review: Review) -> IsolationAnswer:
    """Find what is joined.

    Cost: linear in workload identities and what they hold; two walks over the graph; some decisions of the engine for
    each step of each path.
    """
    isolation = review.isolation
    environments, workloads = isolation.shared()
    several = [SeveralAnswer(review.principal(one.principal), one.sources) for one in isolation.several()]
    return IsolationAnswer(
        _reaching(review),
        _shared(review, environments),
        _shared(review, workloads),
        _subjects(review),
        tuple(sorted(several, key=lambda one: (-len(one.sources), one.identity.label, one.identity.id))),
        len(isolation.belonging),
        len(isolation.identities),
        tuple((one.name, one.production) for one in review.rules.environments),
        review.unread(LISTS),
    )


def _reaching(review: Review) -> tuple[ReachingAnswer, ...]:
    found = review.isolation.reaching(review.network, review.may_reach_production())
    told = [_reaches(review, one, with_path=place < MOST_PATHS) for place, one in enumerate(_by_holding(found))]
    return tuple(
        sorted(
            told,
            key=lambda one: (
                not one.certain,
                not one.changes,
                len(one.path.hops) if one.path else 0,
                one.identity.label,
                one.identity.id,
            ),
        )
    )


def _by_holding(found: list[ReachesProduction]) -> list[ReachesProduction]:
    """Put those first that hold more than reading: where not every path is told, theirs are."""
    return sorted(found, key=lambda one: (all(held.reads_only for held in one.holdings), one.principal))


def _reaches(review: Review, one: ReachesProduction, *, with_path: bool) -> ReachingAnswer:
    path = review.way_to_production(one.principal) if with_path and one.has_way else None
    return ReachingAnswer(
        review.principal(one.principal),
        review.rules.name(one.environment),
        one.says,
        tuple(review.granted(held) for held in one.holdings),
        path,
        one.has_way,
    )


def _shared(review: Review, found: list[SharedIdentity]) -> tuple[SharedAnswer, ...]:
    told = [
        SharedAnswer(
            review.principal(one.principal),
            tuple(review.rules.name(number) for number in one.environments),
            one.workloads,
            _crosses(review, one.environments),
            tuple(_place(review, use) for use in _one_of_each(one.uses)),
        )
        for one in found
    ]
    return tuple(sorted(told, key=lambda one: (not one.crosses, one.identity.label, one.identity.id)))


def _one_of_each(uses: tuple[Use, ...]) -> list[Use]:
    """Put one use of each environment before the second of any, those in production first."""
    seen: Counter[tuple[int, bool]] = Counter()
    ranked: list[tuple[int, bool, int, int, Use]] = []
    for use in uses:
        ranked.append((seen[use.environment, use.itself], use.environment < 0, use.environment, len(ranked), use))
        seen[use.environment, use.itself] += 1
    return [use for *_, use in sorted(ranked, key=lambda one: one[:-1])]


def _place(review: Review, use: Use) -> Place:
    key = node_key(NodeKind.OUTSIDE, use.trust)
    node = review.names.resource(use.resource) if use.resource >= 0 else review.names.ref(key)
    workload = use.workload
    if use.trust >= 0:
        trust = review.placing.trusts[use.trust]
        workload = f"{WORDS[trust.subject.kind]} {trust.subject.container}".strip()
    return Place(node, review.rules.name(use.environment), workload, use.itself)


def _subjects(review: Review) -> tuple[SubjectAnswer, ...]:
    told = [
        SubjectAnswer(
            one.overlap.issuer,
            one.overlap.subject,
            tuple(review.principal(row) for row in one.principals),
            tuple(review.rules.name(number) for number in one.environments),
            _crosses(review, one.environments),
            one.overlap.certain,
        )
        for one in review.isolation.shared_subjects()
    ]
    return tuple(sorted(told, key=lambda one: (not one.crosses, one.issuer, one.subject)))


def _crosses(review: Review, environments: tuple[int, ...]) -> bool:
    kinds = {review.rules.is_production(number) for number in environments}
    return len(kinds) > 1
