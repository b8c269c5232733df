"""AI workloads: what there is, who does what with it, what should not be in one hand, and how to take it apart.

answer = review_ai(review, ai_rules())
answer.workloads[0].duties, answer.whole[0].proposals
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from remit.app.graphing.reviewing import Granted, Review, Sure
from remit.engine.actions import NO
from remit.engine.facts import PrincipalKind
from remit.graph.answers import NodeRef
from remit.graph.facts import CredentialKind, GuardState, IdentityLink, ServiceFlag
from remit.graph.reviews.ai_duties import DutyFinder, Holders, Sureness
from remit.graph.reviews.ai_findings import AiFindings, Held, OpenKeys, SharedIdentity
from remit.graph.reviews.ai_rules import DUTIES, INFERENCE, WHOLE, AiRules
from remit.graph.reviews.ai_split import Proposal, Splitter
from remit.graph.reviews.ai_workloads import NO_KEYS, Workload, find_workloads
from remit.graph.reviews.identities import holdings, software
from remit.model.snapshot import Gap

LISTS = (
    "graph/servicePrincipals",
    "graph/groupMembers",
    "graph/applicationFederatedIdentityCredentials",
    "arm/federatedIdentityCredentials",
    "arm/denyAssignments",
    "arm/roleEligibilityScheduleInstances",
)
"""Lists that the review rests on: a gap in one of them is told."""

MOST_NAMED = 50
"""Workloads that are named for one identity; how many there are is told besides."""

_KEY_WORDS = {NO_KEYS: "none", GuardState.OPEN: "open", GuardState.CLOSED: "closed", GuardState.UNKNOWN: "unknown"}
_SURE_WORDS = {
    Sureness.CERTAIN: "certain",
    Sureness.ELIGIBLE: "afterActivation",
    Sureness.POSSIBLE: "possible",
}


@dataclass(frozen=True, slots=True)
class DutyCount:
    """How many have a duty, groups left out; `unread`: role assignments were not read, it may be anybody.

    Attributes:
        duty: one of `DUTIES`, or `keys`. people, software: certainly. eligible: once they activate. possible: if what
            is not known is so.
    """

    duty: str
    people: int
    software: int
    eligible: int
    possible: int
    unread: bool


@dataclass(frozen=True, slots=True)
class WorkloadAnswer:
    """One workload.

    Attributes:
        node: the resource. sort: word for it. says: the same for people. parent: what it is a part of.
        environment, owner_tag: "" where nothing says it. runs_as: its identities.
        keys: `open`, `closed`, `unknown`, or `none` where it has none.
    """

    node: NodeRef
    sort: str
    says: str
    parent: NodeRef | None
    environment: str
    owner_tag: str
    runs_as: tuple[NodeRef, ...]
    keys: str
    duties: tuple[DutyCount, ...]


@dataclass(frozen=True, slots=True)
class AiIdentity:
    """Software that touches AI workloads.

    Attributes:
        duties: over any of them. sureness: `certain`, `afterActivation` or `possible`; "" where it only runs as it.
        count: how many workloads. workloads: the first of them. attached: workloads that run as it.
        carriers: other resources that carry it: automation, functions, machines. trusts: outside subjects that sign in
            as it. kept: sorts of credentials that somebody keeps. agent: `agentIdentity`, `agentBlueprint` or "".
        roles: role assignments that give a duty.
    """

    identity: NodeRef
    duties: tuple[str, ...]
    sureness: str
    count: int
    workloads: tuple[NodeRef, ...]
    attached: tuple[NodeRef, ...]
    carriers: tuple[NodeRef, ...]
    trusts: tuple[str, ...]
    kept: tuple[str, ...]
    agent: str
    roles: tuple[Granted, ...]


@dataclass(frozen=True, slots=True)
class ProposalAnswer:
    """Which role a duty needs.

    Attributes:
        sort: of the workload. duty: which. role: name of the smallest role that gives it and no other duty, or "".
        actions, data_actions: for a custom role where there is none. too_much: the nearest role, "" for none.
        more: what that would give besides.
    """

    sort: str
    duty: str
    role: str
    role_id: str
    actions: tuple[str, ...]
    data_actions: tuple[str, ...]
    too_much: str
    more: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a split: `itself` keeps it, or another identity gets it; `proposal` says which permissions."""

    itself: bool
    proposal: ProposalAnswer


@dataclass(frozen=True, slots=True)
class Joined:
    """Somebody in whose hands duties come together.

    Attributes:
        identity: who, maybe a group. members: of a group. duties: which. sureness: as in `AiIdentity`.
        count, workloads: where. roles: role assignments behind it. split: how to take it apart, the
            sort of most of the workloads first.
    """

    identity: NodeRef
    members: int
    duties: tuple[str, ...]
    sureness: str
    count: int
    workloads: tuple[NodeRef, ...]
    roles: tuple[Granted, ...]
    split: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class KeysAnswer:
    """A workload that its keys open.

    Attributes:
        state: `open` or `unknown`. certain, eligible, possible: how many can get at them, groups left out.
        around: who certainly can and may not ask it as themselves; with keys they can all the same.
        around_count: how many those are.
    """

    workload: NodeRef
    state: str
    certain: int
    eligible: int
    possible: int
    unread: bool
    around: tuple[NodeRef, ...]
    around_count: int


@dataclass(frozen=True, slots=True)
class SharedAnswer:
    """An identity of several projects; `attached` run as it, over `works_in` it has duties (`count` of them)."""

    identity: NodeRef
    attached: tuple[NodeRef, ...]
    works_in: tuple[NodeRef, ...]
    count: int


@dataclass(frozen=True, slots=True)
class AgentAnswer:
    """An agent identity or blueprint of Entra: what it holds, and whether it gets to control of the tenant."""

    identity: NodeRef
    kind: str
    owner_tenant: str
    roles: tuple[Granted, ...]
    permissions: tuple[str, ...]
    tier_zero: Sure


@dataclass(frozen=True, slots=True)
class AiAnswer:
    """All of it.

    Attributes:
        workloads: by sort and name. identities: software that touches them. agents: of Entra.
        whole: who can modify, deploy, observe and provision one workload. mixed: software that asks and changes.
        keys: workloads that keys open. shared: identities of several projects. split: per sort, what each duty needs.
    """

    workloads: tuple[WorkloadAnswer, ...]
    identities: tuple[AiIdentity, ...]
    agents: tuple[AgentAnswer, ...]
    whole: tuple[Joined, ...]
    mixed: tuple[Joined, ...]
    keys: tuple[KeysAnswer, ...]
    shared: tuple[SharedAnswer, ...]
    split: tuple[ProposalAnswer, ...]
    unread: tuple[Gap, ...]

    @property
    def found(self) -> bool:
        """Tell whether there is anything to mend."""
        return bool(self.whole or self.mixed or self.keys or self.shared)


class _Work(NamedTuple):
    """What every part of the answer works with."""

    review: Review
    rules: AiRules
    workloads: Sequence[Workload]
    duties: DutyFinder
    software: frozenset[int]
    splitter: Splitter


def review_ai(review: Review, rules: AiRules) -> AiAnswer:
    """Review the AI workloads of a snapshot.

    Cost: an object for each AI workload; for each scope with assignments of its own below which there are some, one
    question to the engine for each way in which the roles tell the actions of the rules apart.
    """
    index, facts = review.escalation.tenant.index, review.escalation.facts
    workloads = find_workloads(index, facts, rules)
    duties = DutyFinder(index, facts, rules, review.escalation.at)
    own = software(index, facts)
    work = _Work(review, rules, workloads, duties, frozenset(own), Splitter(index, rules))
    findings = AiFindings(index, rules, workloads, duties, own)
    whole = [_joined(work, one, WHOLE) for one in findings.whole()]
    mixed = [_joined(work, one, DUTIES) for one in findings.mixed()]
    sorts = sorted({workload.sort.name for workload in workloads})
    named = {sort.name: sort for sort in rules.sorts}
    return AiAnswer(
        tuple(sorted((_workload(work, one) for one in workloads), key=lambda one: (one.sort, one.node.id.lower()))),
        tuple(_identities(work, findings.touching())),
        tuple(_agents(work)),
        tuple(sorted(whole, key=_worst)),
        tuple(sorted(mixed, key=_worst)),
        tuple(
            sorted(
                (_keys(work, one) for one in findings.open_keys()),
                key=lambda one: (-one.around_count, -one.certain, one.workload.id.lower()),
            )
        ),
        tuple(
            sorted(
                (_shared(work, one) for one in findings.shared(review.placing.workload_of)),
                key=lambda one: (one.identity.label, one.identity.id),
            )
        ),
        tuple(_proposal(work, named[sort].name, one) for sort in sorts for one in work.splitter.of(named[sort])),
        review.unread(LISTS),
    )


def _worst(one: Joined) -> tuple[object, ...]:
    order = ("certain", "afterActivation", "possible")
    return order.index(one.sureness), -one.count, -one.members, one.identity.label, one.identity.id


# Inventory -------------------------------------------------------------------------------------------------------


def _workload(work: _Work, one: Workload) -> WorkloadAnswer:
    review = work.review
    return WorkloadAnswer(
        review.names.resource(one.resource),
        one.sort.name,
        one.sort.says,
        None if one.parent < 0 else review.names.resource(one.parent),
        review.rules.name(review.placing.of_resource(one.resource)),
        review.placing.owner_of(one.resource),
        tuple(review.principal(row) for row in one.identities),
        _KEY_WORDS[one.keys],
        tuple(_count(work, duty, holders) for duty, holders in work.duties.of(one).items()),
    )


def _count(work: _Work, duty: str, holders: Holders) -> DutyCount:
    certain, eligible, possible = (
        _without_groups(work, codes) for codes in (holders.certain, holders.eligible, holders.possible)
    )
    own = sum(row in work.software for row in certain)
    return DutyCount(duty, len(certain) - own, own, len(eligible), len(possible), holders.unread)


def _without_groups(work: _Work, codes: np.ndarray) -> list[int]:
    kinds = work.review.escalation.tenant.index.facts.principals.kind[codes]
    found: list[int] = codes[kinds != PrincipalKind.GROUP].tolist()
    return found


def _identities(work: _Work, touching: Iterable[Held]) -> Iterable[AiIdentity]:
    attached: dict[int, list[int]] = {}
    for workload in work.workloads:
        for row in workload.identities:
            attached.setdefault(row, []).append(workload.resource)
    held = {one.principal: one for one in touching}
    rows = sorted({*held, *attached} & work.software)
    told = [_identity(work, row, held.get(row), attached.get(row, [])) for row in rows]
    return sorted(told, key=lambda one: (one.identity.label, one.identity.id))


def _identity(work: _Work, row: int, held: Held | None, attached: Sequence[int]) -> AiIdentity:
    review = work.review
    own = {workload.resource for workload in work.workloads}
    carriers = dict.fromkeys(
        resource
        for resource, link in review.placing.carriers(row)
        if resource not in own and link != IdentityLink.ITSELF
    )
    trusts = {
        f"{review.placing.source_of(review.placing.trusts[one])}: {review.placing.trusts[one].shown}"
        for one in review.placing.trusts_by_principal.get(row, ())
    }
    return AiIdentity(
        review.principal(row),
        held.duties if held else (),
        _SURE_WORDS[held.sureness] if held else "",
        len(held.workloads) if held else 0,
        _named(work, held.workloads) if held else (),
        tuple(review.names.resource(one) for one in attached),
        tuple(review.names.resource(one) for one in carriers),
        tuple(sorted(trusts)),
        _kept(work, row),
        _agent(work, row),
        _roles(work, row, held.workloads if held else ()),
    )


def _named(work: _Work, places: Sequence[int]) -> tuple[NodeRef, ...]:
    return tuple(work.review.names.resource(work.workloads[place].resource) for place in places[:MOST_NAMED])


def _kept(work: _Work, row: int) -> tuple[str, ...]:
    table, at = work.review.escalation.facts.credentials, work.review.at
    valid = np.flatnonzero((table.principal == row) & (table.start <= at) & (at < table.end))
    words = {"secret" if table.kind[one] == CredentialKind.PASSWORD else "certificate" for one in valid.tolist()}
    return tuple(sorted(words))


def _agent(work: _Work, row: int) -> str:
    services = work.review.escalation.facts.service_principals
    place = int(np.searchsorted(services.principal, row))
    if place >= len(services.principal) or services.principal[place] != row:
        return ""
    if services.flags[place] & ServiceFlag.AGENT_BLUEPRINT:
        return "agentBlueprint"
    return "agentIdentity" if services.flags[place] & ServiceFlag.AGENT_IDENTITY else ""


def _roles(work: _Work, row: int, places: Sequence[int]) -> tuple[Granted, ...]:
    """Return the assignments of somebody, at or above some workloads, whose roles give a duty there."""
    index = work.review.escalation.tenant.index
    sorts = {work.workloads[place].sort.name: work.workloads[place].sort for place in places}
    needs = {need for sort in sorts.values() for duty in work.rules.duties_of(sort) for need in duty.needs}
    needs |= {need for sort in sorts.values() for need in sort.key_needs}
    giving = {
        role
        for need in needs
        for role, code in enumerate(index.actions.match(need.action, need.plane).roles)
        if code != NO
    }
    above: set[int] = set()
    parent = index.facts.scopes.parent
    for place in places:
        scope = work.workloads[place].place
        while scope >= 0 and scope not in above:
            above.add(scope)
            scope = int(parent[scope])
    held = holdings(index, row, work.review.at)
    return tuple(work.review.granted(one) for one in held if one.role in giving and one.scope in above)


def _agents(work: _Work) -> Iterable[AgentAnswer]:
    review, facts = work.review, work.review.escalation.facts
    services, index = facts.service_principals, review.escalation.tenant.index
    wanted = np.flatnonzero(services.flags & (ServiceFlag.AGENT_IDENTITY | ServiceFlag.AGENT_BLUEPRINT))
    if not len(wanted):
        return
    search, ends = review.escalation.search, [review.escalation.graph.tier_zero]
    certain, possible = search.certain.reaching(ends), search.reaching(ends)
    for place in wanted.tolist():
        row = int(services.principal[place])
        grants = facts.app_role_grants
        node = review.node(row)
        names = {grants.permission_name[int(one)] for one in grants.permission[grants.principal == row].tolist()}
        yield AgentAnswer(
            review.principal(row),
            _agent(work, row),
            services.owner_tenant[place],
            tuple(review.granted(one) for one in holdings(index, row, review.at)),
            tuple(sorted(names)),
            Sure.NO if node < 0 or not possible[node] else Sure.CERTAIN if certain[node] else Sure.POSSIBLE,
        )


# Findings --------------------------------------------------------------------------------------------------------


def _joined(work: _Work, held: Held, duties: Sequence[str]) -> Joined:
    wanted = [duty for duty in held.duties if duty in duties]
    counts = Counter(work.workloads[place].sort.name for place in held.workloads)
    sorts = [name for name, _ in sorted(counts.items(), key=lambda one: (-one[1], one[0]))]
    return Joined(
        work.review.principal(held.principal),
        held.members,
        tuple(wanted),
        _SURE_WORDS[held.sureness],
        len(held.workloads),
        _named(work, held.workloads),
        _roles(work, held.principal, held.workloads),
        tuple(part for sort in sorts for part in _split(work, sort, wanted)),
    )


def _split(work: _Work, sort: str, duties: Sequence[str]) -> Iterable[Part]:
    """Propose who keeps what: software keeps asking, or else its first duty; every other duty gets its own identity."""
    named = next(one for one in work.rules.sorts if one.name == sort)
    offered = [one for one in work.splitter.of(named) if one.duty in duties]
    kept = INFERENCE if INFERENCE in duties else next((one.duty for one in offered), "")
    for one in offered:
        yield Part(one.duty == kept, _proposal(work, sort, one))


def _proposal(work: _Work, sort: str, one: Proposal) -> ProposalAnswer:
    roles = work.review.escalation.tenant.index.facts.roles
    role = roles[one.role] if one.role >= 0 else None
    near = roles[one.too_much] if one.too_much >= 0 else None
    return ProposalAnswer(
        sort,
        one.duty,
        (role.name or role.key) if role else "",
        role.key if role else "",
        one.actions,
        one.data_actions,
        (near.name or near.key) if near else "",
        one.more,
    )


def _keys(work: _Work, one: OpenKeys) -> KeysAnswer:
    certain, eligible, possible = (
        _without_groups(work, codes) for codes in (one.holders.certain, one.holders.eligible, one.holders.possible)
    )
    around = _without_groups(work, one.around)
    refs = [work.review.principal(row) for row in around[:MOST_NAMED]]
    return KeysAnswer(
        work.review.names.resource(work.workloads[one.workload].resource),
        _KEY_WORDS[one.state],
        len(certain),
        len(eligible),
        len(possible),
        one.holders.unread,
        tuple(sorted(refs, key=lambda ref: (ref.label, ref.id))),
        len(around),
    )


def _shared(work: _Work, one: SharedIdentity) -> SharedAnswer:
    return SharedAnswer(
        work.review.principal(one.principal),
        _named(work, one.attached),
        _named(work, one.works_in),
        len(one.works_in),
    )
