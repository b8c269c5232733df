"""What `remit ai` found, as a JSON document."""

from __future__ import annotations

from collections.abc import Iterable

from remit.app.graphing.ai import AiAnswer, AiIdentity, Joined, WorkloadAnswer
from remit.app.graphing.opening import Escalation
from remit.app.graphing.reviewing import Granted
from remit.graph.answers import NodeRef
from remit.model.interval import format_instant
from remit.wire.v1 import ai as parts
from remit.wire.v1.integrations import GrantDocument
from remit.wire.v1.paths import EndDocument, end_document, unread_document


def ai_document(escalation: Escalation, answer: AiAnswer) -> parts.AiDocument:
    """Return the document of `remit ai`."""
    return parts.AiDocument(
        tuple(_workload(one) for one in answer.workloads),
        tuple(_identity(one) for one in answer.identities),
        tuple(
            parts.AgentDocument(
                end_document(one.identity),
                one.kind,
                one.tier_zero.value,
                one.owner_tenant,
                _grants(one.roles),
                one.permissions,
            )
            for one in answer.agents
        ),
        tuple(_joined(one) for one in answer.whole),
        tuple(_joined(one) for one in answer.mixed),
        tuple(
            parts.KeysDocument(
                end_document(one.workload),
                one.state,
                one.certain,
                one.around_count,
                one.eligible,
                one.possible,
                one.unread,
                _ends(one.around),
            )
            for one in answer.keys
        ),
        tuple(
            parts.SharedIdentityDocument(end_document(one.identity), _ids(one.attached), _ids(one.works_in), one.count)
            for one in answer.shared
        ),
        tuple(
            parts.ProposalDocument(
                one.sort, one.duty, one.role, one.role_id, one.actions, one.data_actions, one.too_much, one.more
            )
            for one in answer.split
        ),
        format_instant(escalation.at),
        escalation.tenant.snapshot_id,
        unread_document(answer.unread),
    )


def _workload(one: WorkloadAnswer) -> parts.WorkloadDocument:
    return parts.WorkloadDocument(
        end_document(one.node),
        one.sort,
        one.keys,
        tuple(
            parts.DutyDocument(said.duty, said.people, said.software, said.eligible, said.possible, said.unread)
            for said in one.duties
        ),
        "" if one.parent is None else one.parent.id,
        one.environment,
        one.owner_tag,
        _ends(one.runs_as),
    )


def _identity(one: AiIdentity) -> parts.AiIdentityDocument:
    return parts.AiIdentityDocument(
        end_document(one.identity),
        one.count,
        one.duties,
        one.sureness,
        _ids(one.workloads),
        _ids(one.attached),
        _ends(one.carriers),
        one.trusts,
        one.kept,
        one.agent,
        _grants(one.roles),
    )


def _joined(one: Joined) -> parts.JoinedDocument:
    return parts.JoinedDocument(
        end_document(one.identity),
        one.duties,
        one.sureness,
        one.count,
        _ids(one.workloads),
        tuple(parts.PartDocument(part.proposal.duty, part.proposal.sort, part.itself) for part in one.split),
        one.members,
        _grants(one.roles),
    )


def _ends(refs: Iterable[NodeRef]) -> tuple[EndDocument, ...]:
    return tuple(end_document(ref) for ref in refs)


def _ids(refs: Iterable[NodeRef]) -> tuple[str, ...]:
    return tuple(ref.id for ref in refs)


def _grants(roles: Iterable[Granted]) -> tuple[GrantDocument, ...]:
    return tuple(
        GrantDocument(
            one.role,
            one.scope.id,
            one.assignment_id,
            "" if one.through is None else one.through.id,
            one.reads_only,
            one.conditional,
            one.below_deny,
        )
        for one in roles
    )
