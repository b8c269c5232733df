"""Every connection point of a tenant, with what its identity holds, how far it gets, who owns it and when it was used.

answer = list_integrations(review)
answer.integrations[0].identity, answer.integrations[0].reach.tier_zero
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from remit.app.graphing.reviewing import Granted, ReachSummary, Review, instant_of
from remit.graph.answers import NodeRef
from remit.graph.federation.openness import Weakness
from remit.graph.federation.subjects import WORDS
from remit.graph.nodes import NodeKind, node_key
from remit.graph.reviews.cards import Card, Cards, Consent
from remit.graph.reviews.integrations import Integrations, Point, PointKind, principals_of
from remit.model.snapshot import Gap

LISTS = (
    "graph/servicePrincipals",
    "graph/applications",
    "graph/applicationFederatedIdentityCredentials",
    "arm/federatedIdentityCredentials",
    "graph/appRoleAssignments",
    "graph/oauth2PermissionGrants",
    "graph/applicationOwners",
    "graph/servicePrincipalOwners",
    "graph/directoryRoleAssignments",
    "arm/registrationAssignments",
)
"""Lists that connection points stand in: a gap in one of them is told."""


@dataclass(frozen=True, slots=True)
class Credential:
    """How a point signs in.

    Attributes:
        kind: `federated`, `secret`, `certificate`, `managed`, `delegation` or `otherTenant`.
        name: of a federated credential. issuer, subject, audiences: what it trusts.
        sort: of the issuer and subject: GitHub, Kubernetes, …; "" where it is not federated.
        expires: when it ends, None where it does not. expired: it has.
        weaknesses: who else could come by it.
    """

    kind: str
    name: str = ""
    issuer: str = ""
    subject: str = ""
    audiences: tuple[str, ...] = ()
    sort: str = ""
    expires: datetime | None = None
    expired: bool = False
    weaknesses: tuple[Weakness, ...] = ()


@dataclass(frozen=True, slots=True)
class Permissions:
    """Permissions on an API; `on_behalf_of` of delegated ones, None for everybody."""

    api: NodeRef | None
    names: tuple[str, ...]
    delegated: bool
    on_behalf_of: NodeRef | None = None


@dataclass(frozen=True, slots=True)
class Integration:
    """One connection point.

    Attributes:
        kind: what sort. source: what is connected. tenant: id, or name, of the other tenant, "" for none.
        identity: who it signs in as. resource: what acts by itself, or is the identity.
        environment: where the identity belongs, "" where nothing says it.
        credentials: how it signs in. roles: of Azure. permissions: on APIs. directory_roles: of Entra.
        owners: of the identity, those of its application among them. owner_tag: who a tag of the resource, or of what
            it is in, says; "" for nobody.
        reach: how far it gets. last_use: when it was last seen at work, None for never, or where no log was seen.
    """

    kind: PointKind
    source: str
    tenant: str
    identity: NodeRef
    resource: NodeRef | None
    environment: str
    credentials: tuple[Credential, ...]
    roles: tuple[Granted, ...]
    permissions: tuple[Permissions, ...]
    directory_roles: tuple[str, ...]
    owners: tuple[NodeRef, ...]
    owner_tag: str
    reach: ReachSummary
    last_use: datetime | None


@dataclass(frozen=True, slots=True)
class Shared:
    """A subject that satisfies credentials of several identities."""

    issuer: str
    subject: str
    identities: tuple[NodeRef, ...]
    certain: bool


@dataclass(frozen=True, slots=True)
class IntegrationsAnswer:
    """All of it; `observed` tells whether any log was seen, so that "never used" can be told from "not known"."""

    integrations: tuple[Integration, ...]
    shared: tuple[Shared, ...]
    observed: bool
    unread: tuple[Gap, ...]


def list_integrations(review: Review) -> IntegrationsAnswer:
    """List the connection points.

    Cost: linear in them and what their identities hold, and that of counting what these reach.
    """
    points = Integrations(review.placing, review.at, review.repositories).points()
    cards = Cards(review.placing.index, review.placing.facts, review.at)
    people = principals_of(points).tolist()
    lasts, reaches = review.last_uses(people), review.reaches([*people, -1])
    known: dict[int, _Known] = {}
    told = []
    for point in points:
        if point.principal not in known:
            card = cards.card(point.principal)
            known[point.principal] = _Known(review, card, point.principal, reaches[point.principal])
        told.append(_told(review, point, known[point.principal], lasts.get(point.principal)))
    return IntegrationsAnswer(tuple(told), _shared(review), review.observed, review.unread(LISTS))


class _Known:
    """What is the same for every point of one identity."""

    def __init__(self, review: Review, card: Card, principal: int, reach: ReachSummary) -> None:
        self.roles = tuple(review.granted(one) for one in card.holdings)
        self.permissions = tuple(_permissions(review, one) for one in card.consents)
        roles = review.escalation.facts.directory_roles
        self.directory_roles = tuple(
            f"{roles[one.role].name or roles[one.role].key}{' (not for the whole tenant)' if one.scoped else ''}"
            for one in card.roles
        )
        self.owners = tuple(review.principal(row) for row in card.owners)
        self.reach = reach
        environment = review.placing.of_principal(principal)[0] if principal >= 0 else -1
        self.environment = review.rules.name(environment)


def _told(review: Review, point: Point, known: _Known, last_use: datetime | None) -> Integration:
    tenant = _tenant(review, point)
    return Integration(
        point.kind,
        _source(review, point, tenant),
        tenant,
        _identity(review, point),
        None if point.resource < 0 else review.names.resource(point.resource),
        known.environment,
        tuple(_credentials(review, point)),
        known.roles,
        known.permissions,
        known.directory_roles,
        known.owners,
        _owner_tag(review, point),
        known.reach,
        last_use,
    )


def _identity(review: Review, point: Point) -> NodeRef:
    if point.principal >= 0:
        return review.principal(point.principal)
    if point.application >= 0:
        return review.names.ref(node_key(NodeKind.APPLICATION, point.application))
    return review.names.resource(point.resource) if point.resource >= 0 else NodeRef("", "unknown", "not known")


def _source(review: Review, point: Point, tenant: str) -> str:
    if point.kind is PointKind.AUTOMATION:
        return f"{point.source} {review.names.resource(point.resource).label}"
    return f"tenant {tenant}" if tenant else point.source


def _tenant(review: Review, point: Point) -> str:
    """Return the other tenant by the name that Lighthouse gives it, else by its id."""
    if point.kind is PointKind.LIGHTHOUSE:
        key = review.principal(point.principal).id
        found = sorted({one.tenant_name or one.tenant_id for one in review.delegations if key in one.people})
        return ", ".join(found)
    named = {one.tenant_id: one.tenant_name for one in review.delegations if one.tenant_name}
    return named.get(point.tenant, point.tenant)


def _owner_tag(review: Review, point: Point) -> str:
    """Return what tags say of the resource that acts by itself, or that the identity is."""
    rows = [point.resource] if point.resource >= 0 else [row for row, _ in review.placing.carriers(point.principal)]
    return next((said for row in rows if (said := review.placing.owner_of(row))), "")


def _credentials(review: Review, point: Point) -> Iterable[Credential]:
    table = review.escalation.facts.federated_credentials
    for row in point.trusts:
        trust = review.placing.trusts[row]
        weak = tuple(one for of, one in point.weaknesses if of == row)
        sort = WORDS[trust.subject.kind]
        yield Credential(
            "federated", table.name[row], trust.issuer_url, trust.shown, trust.audiences, sort, weaknesses=weak
        )
    for kept in point.credentials:
        yield Credential(kept.kind, expires=instant_of(kept.end), expired=kept.end <= review.at)
    if point.kind is PointKind.AUTOMATION:
        yield Credential("managed")
    elif point.kind is PointKind.LIGHTHOUSE:
        yield Credential("delegation")
    elif point.kind in (PointKind.SAAS, PointKind.OTHER_TENANT) and not point.trusts:
        yield Credential("otherTenant")


def _permissions(review: Review, consent: Consent) -> Permissions:
    api = None if consent.api < 0 else review.principal(consent.api)
    behalf = None if consent.principal < 0 else review.principal(consent.principal)
    return Permissions(api, consent.names, consent.delegated, behalf)


def _shared(review: Review) -> tuple[Shared, ...]:
    table = review.escalation.facts.federated_credentials
    found = []
    for overlap in review.isolation.overlaps:
        rows = np.asarray(overlap.rows)
        people = np.unique(table.principal[rows])
        refs = [review.principal(int(row)) for row in people if row >= 0]
        alone = {int(table.application[row]) for row in overlap.rows if table.principal[row] < 0}
        refs += [review.names.ref(node_key(NodeKind.APPLICATION, one)) for one in sorted(alone) if one >= 0]
        found.append(Shared(overlap.issuer, overlap.subject, tuple(refs), overlap.certain))
    return tuple(found)
