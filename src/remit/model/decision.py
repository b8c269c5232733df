"""Answers, always with their reasons.

Structs rather than dataclasses: one answer makes many of them, and they are made several times faster (decision 0018).
A closed family of reasons; each names the clause it rests on. `Decision.because` is sorted, so that the same
snapshot and question give the same bytes.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from remit.model.question import Question


class Outcome(StrEnum):
    """The four answers (D1)."""

    ALLOWED = "allowed"
    NOT_ALLOWED = "not_allowed"
    DENIED = "denied"
    UNKNOWN = "unknown"


class Truth(StrEnum):
    """Three-valued truth of a condition or a membership."""

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"


class GrantKind(StrEnum):
    """How an assignment came to be."""

    ACTIVE = "active"
    ELIGIBLE = "eligible"
    LIGHTHOUSE = "lighthouse"
    LIGHTHOUSE_ELIGIBLE = "lighthouseEligible"


class ConditionResult(Struct, frozen=True, gc=False):
    """A condition, where it stands, and how it evaluated.

    Attributes:
        where: `assignment`, `role` (its permission block) or `deny`.
        text: the condition as Azure holds it.
        truth: true, false or unknown.
        why: what decided it: the comparison that failed, the attribute not given, the syntax not understood.
    """

    where: str
    text: str
    truth: Truth
    why: str


class AssignmentFacts(Struct, frozen=True, gc=False):
    """One role assignment as a reason shows it.

    Attributes:
        assignment_id: full id, Azure's spelling.
        kind: active, eligible, or through Lighthouse.
        principal_id: whom it names: the caller or one of its groups.
        membership: object ids from the caller to `principal_id`, both included; one entry when direct.
        role_id: key of the role: its GUID, and a mark behind it for one that a delegation narrows.
        role_name: "" when not known.
        scope: where it is assigned, Azure's spelling; what it is inherited from when above the question's scope.
    """

    assignment_id: str
    kind: GrantKind
    principal_id: str
    membership: tuple[str, ...]
    role_id: str
    role_name: str
    scope: str

    @property
    def role_guid(self) -> str:
        """GUID of the role definition; one that a delegation narrows is still that role (X3)."""
        return self.role_id.partition("+")[0]


class Granted(Struct, frozen=True, gc=False):
    """This assignment grants the action (D2, D4)."""

    assignment: AssignmentFacts
    block: int
    conditions: tuple[ConditionResult, ...] = ()
    clause: str = "D2"


class MayGrant(Struct, frozen=True, gc=False):
    """This assignment would grant the action if what is not known were so; `why` says what that is."""

    assignment: AssignmentFacts
    block: int | None
    why: str
    conditions: tuple[ConditionResult, ...] = ()
    clause: str = "C22"


class GrantsNothing(Struct, frozen=True, gc=False):
    """An assignment that looks as if it granted the action and does not: condition false, invalid, not active."""

    assignment: AssignmentFacts
    why: str
    conditions: tuple[ConditionResult, ...] = ()
    clause: str = "C1"


class EligibleFor(Struct, frozen=True, gc=False):
    """An eligible assignment, or eligible group membership, that would grant the action once activated (P1)."""

    assignment: AssignmentFacts
    through_eligible_group: str | None
    clause: str = "P1"


class Denied(Struct, frozen=True, gc=False):
    """This deny assignment takes the action away (N1, N5)."""

    assignment_id: str
    name: str
    scope: str
    everyone: bool
    membership: tuple[str, ...]
    condition: ConditionResult | None = None
    clause: str = "N1"


class MayBeDenied(Struct, frozen=True, gc=False):
    """This deny assignment may apply: membership or placement was not seen."""

    assignment_id: str
    name: str
    scope: str
    why: str
    clause: str = "N5"


class NotSeen(Struct, frozen=True, gc=False):
    """A gap that touches this answer."""

    api: str
    scope: str
    reason: str
    clause: str


Reason = Denied | MayBeDenied | Granted | MayGrant | NotSeen | EligibleFor | GrantsNothing


class Guard(Struct, frozen=True, gc=False):
    """Something beside RBAC that acts on the same call, reported and never mixed in (sections B and K).

    Attributes:
        kind: `lock`, `denyActionPolicy`, `policyNotEvaluated`, `auditDeny`, `keyVaultPermissionModel`,
            `sharedKey`, `localAuth`, `registryMode`, `aksLocalAccounts`, `classicAdministrator`,
            `accountDisabled`, `principalNotFound`, `notCovered`, `scopeNotListed`.
        effect: `blocks`, `opens` (another way in), `void` (RBAC gives nothing here), `notCovered` or `note`.
        subject: id of the lock, policy assignment, resource or principal.
        detail: one sentence for people.
        clause: the clause it keeps.
    """

    kind: str
    effect: str
    subject: str
    detail: str
    clause: str


class Decision(Struct, frozen=True, gc=False):
    """The engine's answer to one question.

    Attributes:
        question: what was asked.
        at: the instant asked about, aware UTC.
        outcome: allowed, not_allowed, denied or unknown.
        because: every reason that settles or touches it, sorted; () only when nothing bears on it.
        guards: what acts beside RBAC.
    """

    question: Question
    at: datetime
    outcome: Outcome
    because: tuple[Reason, ...]
    guards: tuple[Guard, ...] = ()
