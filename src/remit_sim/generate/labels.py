"""What was planted: the labels of a generated tenant. Their meaning stands in docs/simulator-generate.md.

Ids are spelt as in the export; instants are ISO 8601 in UTC.
"""

from __future__ import annotations

import msgspec

FORMAT = "remit-sim-labels/1"


class Label(msgspec.Struct, rename="camel", omit_defaults=True):
    """Base of all labels: camel-case names, fields that say nothing left out."""


class Use(Label):
    """An action at a scope; `plane` is control or data."""

    action: str
    plane: str
    scope: str


class OverPrivileged(Label):
    """An identity that was granted more than it needs.

    `grants` are ids of role assignments, `needs` all that the identity ever does, `enough` the role that would do at
    the scopes of the needs, `excess` one thing it can do and never does.
    """

    principal_id: str
    principal_type: str
    grants: list[str]
    role: str
    scope: str
    needs: list[Use]
    enough: str
    excess: Use


class Step(Label):
    """One step of a path: `by` says what makes it possible, `evidence` where it stands in the export."""

    source: str
    target: str
    edge: str
    by: str
    evidence: list[str]
    use: Use | None = None


class EscalationPath(Label):
    """From somebody who holds little to a privileged role; `goal` is None where the role is one of Entra."""

    kind: str
    start: str
    steps: list[Step]
    principals: list[str]
    goal: Use | None = None
    directory_goal: str | None = None


class Credential(Label):
    """A credential of an application: `expired` (`days_left` is negative), or `expiring` within 30 days."""

    state: str
    kind: str
    application_id: str
    service_principal_id: str
    key_id: str
    end_date_time: str
    days_left: int


class DormantGrant(Label):
    """A role assignment that nobody uses; `last_used` is None where it never was."""

    assignment_id: str
    principal_id: str
    role: str
    scope: str
    last_used: str | None = None


class DevReachesProd(Label):
    """An identity that is for development, and what it can do in production.

    `says_dev` tells where that is written: name, tag, subscription.
    """

    kind: str
    principal_id: str
    says_dev: list[str]
    reaches: Use
    grants: list[str]


class GuardedTarget(Label):
    """A target that a role would let somebody change, were it not for a guard: `deny` or `lock`.

    A deny assignment makes the decision Denied; a lock does not change the decision, it stops the deed.
    """

    kind: str
    guard_id: str
    principal_id: str
    grants: list[str]
    stopped: Use


class EligibleOnly(Label):
    """A user who is privileged once they activate, and not before.

    `kind` is `role` (an eligible role assignment) or `group` (an eligible membership of a group that has the role).
    """

    kind: str
    principal_id: str
    eligibility_id: str
    role: str
    scope: str
    use: Use
    group_id: str | None = None


class Orphaned(Label):
    """A role assignment whose principal is gone."""

    assignment_id: str
    principal_id: str


class TierZero(Label):
    """Who is privileged on purpose; no finding, and no other principal is privileged but by a label."""

    users: list[str]
    groups: list[str]
    assignments: list[str]
    directory_assignments: list[str]


class Labels(Label, omit_defaults=False):
    """Everything that was planted in one tenant."""

    format: str
    tenant_id: str
    size: int
    resources: int
    seed: int
    collected_at: str
    privileged_roles: list[str]
    tier_zero: TierZero
    over_privileged: list[OverPrivileged] = msgspec.field(default_factory=list)
    escalation_paths: list[EscalationPath] = msgspec.field(default_factory=list)
    credentials: list[Credential] = msgspec.field(default_factory=list)
    dormant_grants: list[DormantGrant] = msgspec.field(default_factory=list)
    dev_reaches_prod: list[DevReachesProd] = msgspec.field(default_factory=list)
    guarded_targets: list[GuardedTarget] = msgspec.field(default_factory=list)
    eligible_only: list[EligibleOnly] = msgspec.field(default_factory=list)
    orphaned_assignments: list[Orphaned] = msgspec.field(default_factory=list)
