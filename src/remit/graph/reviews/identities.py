"""The identities of software, and what each holds in standing: the part that both reviews share."""

from __future__ import annotations

from msgspec import Struct

from remit.engine.facts import AssignmentFlag, AssignmentKind, PrincipalFlag
from remit.engine.granting import worthless
from remit.engine.index import TenantIndex
from remit.graph.facts import GraphFacts, ServiceFlag
from remit.model.role import RoleDefinition

_READ = "/read"


class Holding(Struct, frozen=True, gc=False):
    """A role assignment in force for somebody.

    Attributes:
        row: of `Assignments`. role: of `TenantFacts.roles`. scope: of `Scopes`.
        through: the group it names, -1 where it names the identity itself.
        reads_only: the role holds no action but reading.
        conditional: a condition narrows it.
        below_deny: a deny assignment stands at the scope or above it.
        foreign: it comes through Lighthouse, or from another tenant.
    """

    row: int
    role: int
    scope: int
    through: int
    reads_only: bool
    conditional: bool
    below_deny: bool
    foreign: bool = False


def software(index: TenantIndex, facts: GraphFacts) -> list[int]:
    """Return the rows of enabled workload identities, Microsoft's own left out, ascending."""
    services = facts.service_principals
    own = services.principal[(services.flags & ServiceFlag.FIRST_PARTY) == 0]
    every = set(own.tolist()) | set(facts.identities.principal.tolist())
    flags = index.facts.principals.flags
    return [row for row in sorted(every) if not flags[row] & PrincipalFlag.DISABLED]


def holdings(index: TenantIndex, principal: int, at: int) -> list[Holding]:
    """Return the active assignments of a principal and of its groups, by scope and role.

    Args:
        index: the snapshot.
        principal: row.
        at: instant in microseconds.

    Source: D2, P2, L6, L7, X3, V5. Cost: half a microsecond an assignment.
    """
    caller = index.directory.caller(principal, at)
    listed = bool(index.v_principal_flags[principal] & PrincipalFlag.LISTED)
    gone = index.directory_complete and not listed
    found = []
    for one in sorted(caller.identities):
        for row in index.held[index.v_by_principal[one] : index.v_by_principal[one + 1]].tolist():
            if index.v_kind[row] not in (AssignmentKind.ACTIVE, AssignmentKind.LIGHTHOUSE) or worthless(index, row, at):
                continue
            foreign = (
                bool(index.v_flags[row] & AssignmentFlag.FOREIGN_PRINCIPAL)
                or index.v_kind[row] == AssignmentKind.LIGHTHOUSE
            )
            if gone and one == principal and not foreign:
                continue
            role, scope = index.v_role[row], index.v_scope[row]
            found.append(
                Holding(
                    row,
                    role,
                    scope,
                    -1 if one == principal else one,
                    reads_only(index.facts.roles[role]),
                    index.v_condition[row] >= 0,
                    _below_deny(index, scope),
                    foreign,
                )
            )
    return sorted(found, key=lambda held: (held.scope, held.role, held.row))


def reads_only(role: RoleDefinition) -> bool:
    """Tell whether a role lists nothing but reading; not of one whose actions are not known."""
    patterns = [one for block in role.blocks for one in (*block.actions, *block.data_actions)]
    return bool(patterns) and all(one.strip().rstrip("/").lower().endswith(_READ) for one in patterns)


def _below_deny(index: TenantIndex, scope: int) -> bool:
    if not index.scopes_with_denies:
        return False
    parent = index.facts.scopes.parent
    row = scope
    while row >= 0:
        if row in index.scopes_with_denies:
            return True
        row = int(parent[row])
    return False
