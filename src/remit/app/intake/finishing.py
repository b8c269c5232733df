"""The last step of an import: tables numbered, joined and sorted."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from remit.app.intake.assignments import AssignmentRows, Batch, with_windows
from remit.app.intake.columns import ints, longs
from remit.app.intake.flags import assignment_flags, classic_flag, directory_flags, flag, role_flags, was_seen
from remit.app.intake.lighthouse import is_permitted
from remit.app.intake.principals import MembershipRows
from remit.app.intake.resources import ResourceRows
from remit.app.intake.roles import Roles
from remit.app.intake.sorting import finish_assignments
from remit.app.intake.state import Intake
from remit.app.intake.surroundings import classic_table
from remit.engine.facts import AssignmentFlag, AssignmentKind, TenantFacts
from remit.model.errors import ScopeSyntaxError
from remit.model.role import RoleDefinition
from remit.model.scope import Scope
from remit.model.snapshot import SnapshotMeta


def finish_facts(intake: Intake, meta: SnapshotMeta, catalogue: Mapping[str, RoleDefinition]) -> TenantFacts:
    """Return the facts of everything taken; `meta` is complete."""
    _gap_nodes(intake, meta)
    intake.resources.mark_listed()
    roles = intake.roles.finish(catalogue, ask_catalogue=not was_seen(meta, "arm/roleDefinitions"))
    people = intake.principals.finish()
    nodes = intake.scopes.finish(meta.tenant_id.lower())
    scope_of = ints(intake.scopes.spelling_code)
    scope_row = nodes.of_spelling
    resources, settings = intake.resources.finish(nodes)
    # A table that is finished is let go of: for the largest tenants there is no room for both.
    intake.resources = ResourceRows(intake.scopes)
    batch = with_windows(intake.active, intake.windows, scope_of, longs(intake.origins))
    intake.active = intake.windows = AssignmentRows()
    others = Batch(intake.others)
    refused = _refuse(others, roles)
    if len(others):
        batch.append(others)
    conditions, condition_row = intake.conditions.finish(batch.condition)
    assignments = finish_assignments(batch, condition_row=condition_row, people=people, roles=roles, nodes=nodes)
    memberships, eligible_memberships = intake.memberships.finish(people)
    intake.memberships = MembershipRows()
    denies, deny_permissions = intake.denies.finish(people, scope_row)
    classic = classic_table(intake.classic)
    flags = (
        directory_flags(meta, people, assignments, memberships)
        + role_flags(roles)
        + assignment_flags(people, roles, assignments)
        + flag("lighthouseInvalid", "X3", [*intake.lighthouse_invalid, *refused])
        + classic_flag(classic)
        + flag("unplacedSubscription", "S3", nodes.unplaced)
        + flag("everyoneExcluded", "N4", intake.denies.everyone_excluded)
    )
    return TenantFacts(
        meta=meta,
        flags=tuple(sorted(flags)),
        principals=people.principals,
        memberships=memberships,
        eligible_memberships=eligible_memberships,
        scopes=nodes.scopes,
        roles=roles.table,
        assignments=assignments,
        conditions=conditions,
        denies=denies,
        deny_permissions=deny_permissions,
        locks=intake.locks.locks(scope_row),
        policies=intake.policies.policies(scope_row),
        settings=settings,
        resources=resources,
        operations=intake.operations.finish(),
        classic_administrators=classic,
    )


def _gap_nodes(intake: Intake, meta: SnapshotMeta) -> None:
    """Make a node of every scope that a gap of an ARM list names; gaps of Graph lists name groups."""
    for gap in meta.gaps:
        if gap.api.startswith("arm/"):
            try:
                intake.scopes.intern(Scope.parse(gap.scope))
            except ScopeSyntaxError:
                # Readers judge the gaps of their source; a place that is none can hold no node.
                continue


def _refuse(others: Batch, roles: Roles) -> list[str]:
    """Flag Lighthouse rows whose role cannot be delegated (X3); return their ids."""
    lighthouse = np.isin(others.kind, (AssignmentKind.LIGHTHOUSE, AssignmentKind.LIGHTHOUSE_ELIGIBLE))
    if not lighthouse.any():
        return []
    permitted = np.array([is_permitted(role) or "+" in role.key for role in roles.table], dtype=bool)
    refused = lighthouse & ~permitted[roles.row[others.role]]
    flags = others.flags.copy()
    flags[refused] |= AssignmentFlag.LIGHTHOUSE_NOT_PERMITTED
    others.flags = flags
    return others.name.rows(np.flatnonzero(refused))
