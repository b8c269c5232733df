"""Reasons and guards as JSON objects: one struct for each kind, told apart by `kind`."""

from __future__ import annotations

from typing import assert_never

from msgspec import Struct

from remit.model.decision import (
    AssignmentFacts,
    ConditionResult,
    Denied,
    EligibleFor,
    Granted,
    GrantsNothing,
    Guard,
    MayBeDenied,
    MayGrant,
    NotSeen,
    Reason,
)


class ConditionDocument(Struct, frozen=True, rename="camel"):
    """A condition, where it stands and how it evaluated."""

    where: str
    text: str
    truth: str
    why: str


class GrantDocument(Struct, frozen=True, rename="camel", omit_defaults=True, tag_field="kind", tag="grant"):
    """An assignment that grants the action."""

    clause: str
    assignment_id: str
    assignment_kind: str
    principal_id: str
    membership: tuple[str, ...]
    role_definition_id: str
    scope: str
    block: int
    role_name: str = ""
    conditions: tuple[ConditionDocument, ...] = ()


class MayGrantDocument(Struct, frozen=True, rename="camel", omit_defaults=True, tag_field="kind", tag="mayGrant"):
    """An assignment that would grant the action if what is not known were so."""

    clause: str
    why: str
    assignment_id: str
    assignment_kind: str
    principal_id: str
    membership: tuple[str, ...]
    role_definition_id: str
    scope: str
    block: int | None = None
    role_name: str = ""
    conditions: tuple[ConditionDocument, ...] = ()


class GrantsNothingDocument(
    Struct, frozen=True, rename="camel", omit_defaults=True, tag_field="kind", tag="grantsNothing"
):
    """An assignment that looks as if it granted the action and does not."""

    clause: str
    why: str
    assignment_id: str
    assignment_kind: str
    principal_id: str
    membership: tuple[str, ...]
    role_definition_id: str
    scope: str
    role_name: str = ""
    conditions: tuple[ConditionDocument, ...] = ()


class EligibleDocument(Struct, frozen=True, rename="camel", omit_defaults=True, tag_field="kind", tag="eligible"):
    """An assignment or membership that grants the action once activated."""

    clause: str
    assignment_id: str
    assignment_kind: str
    principal_id: str
    membership: tuple[str, ...]
    role_definition_id: str
    scope: str
    through_eligible_group: str | None = None
    role_name: str = ""


class DenyDocument(Struct, frozen=True, rename="camel", omit_defaults=True, tag_field="kind", tag="deny"):
    """A deny assignment that takes the action away."""

    clause: str
    assignment_id: str
    name: str
    scope: str
    everyone: bool
    membership: tuple[str, ...]
    condition: ConditionDocument | None = None


class MayBeDeniedDocument(Struct, frozen=True, rename="camel", tag_field="kind", tag="mayBeDenied"):
    """A deny assignment that may apply."""

    clause: str
    why: str
    assignment_id: str
    name: str
    scope: str


class GapDocument(Struct, frozen=True, rename="camel", tag_field="kind", tag="gap"):
    """Something that was not read and touches the answer."""

    clause: str
    api: str
    scope: str
    reason: str


class GuardDocument(Struct, frozen=True, rename="camel"):
    """Something beside Azure RBAC that acts on the same call."""

    kind: str
    effect: str
    subject: str
    detail: str
    clause: str


ReasonDocument = (
    DenyDocument
    | MayBeDeniedDocument
    | GrantDocument
    | MayGrantDocument
    | GapDocument
    | EligibleDocument
    | GrantsNothingDocument
)


def reason_document(reason: Reason) -> ReasonDocument:  # noqa: PLR0911 - a closed family, one return for each
    """Return the JSON object of a reason."""
    if isinstance(reason, Granted):
        return GrantDocument(reason.clause, *_assignment(reason.assignment), reason.block, *_rest(reason))
    if isinstance(reason, MayGrant):
        return MayGrantDocument(
            reason.clause, reason.why, *_assignment(reason.assignment), reason.block, *_rest(reason)
        )
    if isinstance(reason, GrantsNothing):
        return GrantsNothingDocument(reason.clause, reason.why, *_assignment(reason.assignment), *_rest(reason))
    if isinstance(reason, Denied):
        return DenyDocument(
            reason.clause,
            reason.assignment_id,
            reason.name,
            reason.scope,
            reason.everyone,
            reason.membership,
            None if reason.condition is None else condition_document(reason.condition),
        )
    if isinstance(reason, MayBeDenied):
        return MayBeDeniedDocument(reason.clause, reason.why, reason.assignment_id, reason.name, reason.scope)
    if isinstance(reason, NotSeen):
        return gap_document(reason)
    if isinstance(reason, EligibleFor):
        return EligibleDocument(
            reason.clause,
            *_assignment(reason.assignment),
            reason.through_eligible_group,
            reason.assignment.role_name,
        )
    assert_never(reason)


def gap_document(gap: NotSeen) -> GapDocument:
    """Return the JSON object of a gap."""
    return GapDocument(gap.clause, gap.api, gap.scope, gap.reason)


def guard_document(guard: Guard) -> GuardDocument:
    """Return the JSON object of a guard."""
    return GuardDocument(guard.kind, guard.effect, guard.subject, guard.detail, guard.clause)


def condition_document(condition: ConditionResult) -> ConditionDocument:
    """Return the JSON object of an evaluated condition."""
    return ConditionDocument(condition.where, condition.text, condition.truth.value, condition.why)


def _assignment(facts: AssignmentFacts) -> tuple[str, str, str, tuple[str, ...], str, str]:
    return (
        facts.assignment_id,
        facts.kind.value,
        facts.principal_id,
        facts.membership,
        facts.role_guid,
        facts.scope,
    )


def _rest(reason: Granted | MayGrant | GrantsNothing) -> tuple[str, tuple[ConditionDocument, ...]]:
    if not reason.conditions:
        return reason.assignment.role_name, ()
    return reason.assignment.role_name, tuple(condition_document(one) for one in reason.conditions)
