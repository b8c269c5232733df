"""What the reviews found, as JSON documents."""

from __future__ import annotations

from collections.abc import Iterable

from remit.app.graphing.integrating import Credential, Integration, IntegrationsAnswer
from remit.app.graphing.isolating import IsolationAnswer, ReachingAnswer, SharedAnswer
from remit.app.graphing.opening import Escalation
from remit.app.graphing.reviewing import Granted
from remit.graph.answers import NodeRef
from remit.model.interval import format_instant
from remit.wire.v1 import integrations as points
from remit.wire.v1 import isolation as parts
from remit.wire.v1.paths import EndDocument, end_document, node_documents, path_document, unread_document


def integrations_document(escalation: Escalation, answer: IntegrationsAnswer) -> points.IntegrationsDocument:
    """Return the document of `remit integrations`."""
    return points.IntegrationsDocument(
        tuple(_integration(one) for one in answer.integrations),
        tuple(
            points.SharedSubjectDocument(one.issuer, one.subject, _ends(one.identities), one.certain)
            for one in answer.shared
        ),
        format_instant(escalation.at),
        escalation.tenant.snapshot_id,
        answer.observed,
        unread_document(answer.unread),
    )


def isolation_document(escalation: Escalation, answer: IsolationAnswer) -> parts.IsolationDocument:
    """Return the document of `remit isolation`."""
    return parts.IsolationDocument(
        tuple(_reaching(one) for one in answer.reaching),
        tuple(_shared(one) for one in answer.shared),
        tuple(_shared(one) for one in answer.workloads),
        tuple(
            parts.EnvironmentsSubjectDocument(
                one.issuer, one.subject, _ends(one.identities), one.environments, one.crosses, one.certain
            )
            for one in answer.subjects
        ),
        tuple(parts.SeveralIntegrationsDocument(end_document(one.identity), one.sources) for one in answer.several),
        tuple(parts.EnvironmentDocument(name, production) for name, production in answer.environments),
        answer.identities,
        answer.placed,
        node_documents(one.path for one in answer.reaching if one.path is not None),
        format_instant(escalation.at),
        escalation.tenant.snapshot_id,
        unread_document(answer.unread),
    )


def _ends(refs: Iterable[NodeRef]) -> tuple[EndDocument, ...]:
    return tuple(end_document(ref) for ref in refs)


def _integration(one: Integration) -> points.IntegrationDocument:
    reach = one.reach
    return points.IntegrationDocument(
        one.kind.value,
        one.source,
        end_document(one.identity),
        tuple(_credential(credential) for credential in one.credentials),
        tuple(_grant(role) for role in one.roles),
        tuple(
            points.ApiPermissionsDocument(
                said.api.id if said.api else "",
                said.names,
                said.delegated,
                said.on_behalf_of.id if said.on_behalf_of else "",
            )
            for said in one.permissions
        ),
        one.directory_roles,
        _ends(one.owners),
        points.ReachSummaryDocument(reach.tier_zero.value, reach.production.value, **dict(reach.counts)),
        one.tenant,
        None if one.resource is None else end_document(one.resource),
        one.environment,
        one.owner_tag,
        None if one.last_use is None else format_instant(one.last_use),
    )


def _credential(one: Credential) -> points.CredentialDocument:
    return points.CredentialDocument(
        one.kind,
        one.name,
        one.issuer,
        one.subject,
        one.audiences,
        one.sort,
        None if one.expires is None else format_instant(one.expires),
        one.expired,
        tuple(
            points.WeaknessDocument(weak.kind, weak.width.value, weak.detail, weak.certain) for weak in one.weaknesses
        ),
    )


def _grant(one: Granted) -> points.GrantDocument:
    through = "" if one.through is None else one.through.id
    return points.GrantDocument(
        one.role, one.scope.id, one.assignment_id, through, one.reads_only, one.conditional, one.below_deny
    )


def _reaching(one: ReachingAnswer) -> parts.ReachesProductionDocument:
    return parts.ReachesProductionDocument(
        end_document(one.identity),
        one.environment,
        one.says,
        one.certain,
        one.changes,
        one.possible,
        tuple(_grant(role) for role in one.direct),
        None if one.path is None else path_document(one.path),
    )


def _shared(one: SharedAnswer) -> parts.SharedIdentityDocument:
    return parts.SharedIdentityDocument(
        end_document(one.identity),
        one.environments,
        one.workloads,
        one.crosses,
        tuple(
            parts.PlaceDocument(end_document(place.node), place.environment, place.workload, place.itself)
            for place in one.places
        ),
    )
