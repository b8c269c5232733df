"""Answers about usage as documents of the wire."""

from __future__ import annotations

from collections.abc import Iterable

from remit.app.using.answers import AssignmentUsage, Identity, OperationGroup, PrincipalUsage, Used
from remit.app.using.gaps import LoggingGap
from remit.app.using.of_assignment import AssignmentAnswer
from remit.app.using.of_everybody import Sort
from remit.app.using.tenant_usage import TenantUsage
from remit.wire.v1 import usage as wire


def principal_document(answer: PrincipalUsage) -> wire.PrincipalUsageDocument:
    """Return what `remit usage PRINCIPAL --json` writes."""
    return wire.PrincipalUsageDocument(
        identity=identity_document(answer.identity),
        snapshot_id=answer.snapshot_id,
        asked=wire.asked_document(answer.first_day, answer.last_day),
        catalogue_operations=answer.catalogue,
        assignments=tuple(assignment_document(one) for one in answer.assignments),
        elsewhere=_used(answer.elsewhere),
        directory=_used(answer.directory),
        refused=_used(answer.refused),
        gaps=tuple(wire.UnseenDocument(one.api, one.scope, one.reason) for one in answer.gaps),
        members=answer.members,
        names=wire.sorted_names(answer.names.items()),
    )


def everybody_document(usage: TenantUsage, sort: Sort, found: Iterable[Identity]) -> wire.EverybodyDocument:
    """Return what `remit usage --all --json` writes."""
    return wire.EverybodyDocument(
        usage.tenant.snapshot_id,
        wire.asked_document(usage.since_day, usage.last_day),
        sort.value,
        tuple(identity_document(one) for one in found),
    )


def answer_document(answer: AssignmentAnswer) -> wire.AssignmentAnswerDocument:
    """Return what `remit usage assignment --json` writes."""
    principal = answer.principal
    return wire.AssignmentAnswerDocument(
        assignment=assignment_document(answer.usage),
        holder=identity_document(principal.identity),
        snapshot_id=principal.snapshot_id,
        asked=wire.asked_document(principal.first_day, principal.last_day),
        through=_used(answer.through),
        never_used_since=None if answer.never_since is None else wire.day_text(answer.never_since),
        window=None if answer.window is None else wire.window_document(answer.window),
        names=wire.sorted_names(principal.names.items()),
    )


def gaps_document(usage: TenantUsage, found: Iterable[LoggingGap]) -> wire.LoggingGapsDocument:
    """Return what `remit usage gaps --json` writes."""
    return wire.LoggingGapsDocument(
        usage.tenant.snapshot_id,
        wire.asked_document(usage.since_day, usage.last_day),
        tuple(
            wire.LoggingGapDocument(
                one.resource_id,
                one.log.word,
                one.categories,
                one.remedy.value,
                one.operations,
                one.principals,
                one.az,
                one.arm,
            )
            for one in found
        ),
    )


def identity_document(one: Identity) -> wire.IdentityDocument:
    """Return one identity."""
    principal_id, kind, display_name, user_principal_name = wire.principal_fields(one.principal)
    return wire.IdentityDocument(
        principal_id,
        kind,
        one.granted,
        one.used,
        one.unused,
        one.not_observable,
        one.score,
        one.dormancy.value,
        display_name,
        user_principal_name,
        one.quiet_days,
        wire.instant_text(one.last_use),
        wire.instant_text(one.last_sign_in),
    )


def assignment_document(one: AssignmentUsage) -> wire.AssignmentUsageDocument:
    """Return one assignment."""
    facts = one.facts
    return wire.AssignmentUsageDocument(
        assignment_id=facts.assignment_id,
        assignment_kind=facts.kind.value,
        principal_id=facts.principal_id,
        membership=facts.membership,
        role_definition_id=facts.role_guid,
        scope=facts.scope,
        standing=one.standing.value,
        granted=one.granted,
        used_operations=one.used_operations,
        unused_operations=one.unused_count,
        not_observable_operations=one.not_observable_count,
        used=_used(one.used),
        unused=tuple(_group(group) for group in one.unused),
        not_observable=tuple(_group(group) for group in one.not_observable),
        role_name=facts.role_name,
        why=one.why,
        since=wire.instant_text(one.since),
        last_used=wire.instant_text(one.last_used),
        activations=one.activations,
        active_days=one.active_days,
        used_not_in_catalogue=one.not_in_catalogue,
        used_along=one.along,
    )


def _group(one: OperationGroup) -> wire.OperationGroupDocument:
    return wire.OperationGroupDocument(
        one.plane,
        one.resource_type,
        one.verb,
        one.weight.word,
        one.why.value,
        one.operations,
        None if one.window is None else wire.window_document(one.window),
        one.missing,
        one.unnamed,
        one.of,
    )


def _used(rows: Iterable[Used]) -> tuple[wire.UsedDocument, ...]:
    return tuple(
        wire.UsedDocument(
            one.principal_id,
            one.plane.word,
            one.action,
            one.scope,
            one.operations,
            wire.instant_text(one.first_seen) or "",
            wire.instant_text(one.last_seen) or "",
            one.assignment_id,
            ("log" if one.told_by_log else "engine") if one.assignment_id else "",
            one.app_id,
            one.host_resource,
        )
        for one in rows
    )
