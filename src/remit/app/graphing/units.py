"""What can be taken away: the rows that edges rest on, as people and programs name them.

unit_of(escalation, "assignments", 12).said
'role assignment Contributor at rg-app to ci-release'
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from remit.engine.explain import assignment_id
from remit.engine.facts import AssignmentKind
from remit.graph.answers import NodeRef
from remit.graph.facts import DirectoryScope, OwnedKind
from remit.graph.naming import NodeNames
from remit.graph.nodes import NodeKind, node_key

if TYPE_CHECKING:
    from remit.app.graphing.opening import Escalation

ASSIGNMENTS = "assignments"
WORDS = {
    ASSIGNMENTS: "roleAssignment",
    "memberships": "membership",
    "eligible_memberships": "eligibleMembership",
    "directory_assignments": "directoryRoleAssignment",
    "app_role_grants": "appRoleAssignment",
    "owners": "owner",
    "identities": "attachedIdentity",
    "vault_policies": "accessPolicy",
    "federated_credentials": "federatedCredential",
}
"""Tables whose rows can be taken away, and what one is called."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One thing that can be taken away.

    Attributes:
        table, row: where it stands.
        kind: as in `WORDS`.
        id: full id of a role assignment; else ids of what it joins, with slashes.
        said: in a few words.
        holder: who has it.
    """

    table: str
    row: int
    kind: str
    id: str
    said: str
    holder: NodeRef


class Units:
    """Names the units of one graph."""

    def __init__(self, escalation: Escalation) -> None:
        self._index = escalation.tenant.index
        self._facts = escalation.facts
        self._names = NodeNames(escalation.graph.drawing)
        self._describe = {
            ASSIGNMENTS: self._assignment,
            "memberships": lambda row: self._membership(row, eligible=False),
            "eligible_memberships": lambda row: self._membership(row, eligible=True),
            "directory_assignments": self._directory_assignment,
            "app_role_grants": self._app_role,
            "owners": self._owner,
            "identities": self._identity,
            "vault_policies": self._policy,
            "federated_credentials": self._credential,
        }

    def unit(self, table: str, row: int) -> Unit:
        """Return a unit by the table and row that its edges rest on."""
        key, said, holder = self._describe[table](row)
        return Unit(table, row, WORDS[table], key, said, holder)

    def _who(self, row: int) -> NodeRef:
        return self._names.ref(node_key(NodeKind.PRINCIPAL, row))

    def _assignment(self, row: int) -> tuple[str, str, NodeRef]:
        table = self._index.facts.assignments
        role = self._index.facts.roles[int(table.role[row])]
        scope, who = self._names.scope(int(table.scope[row])), self._who(int(table.principal[row]))
        eligible = int(table.kind[row]) in (AssignmentKind.ELIGIBLE, AssignmentKind.LIGHTHOUSE_ELIGIBLE)
        word = "eligible role assignment" if eligible else "role assignment"
        return assignment_id(self._index, row), f"{word} {role.name or role.key} at {scope.label} to {who.label}", who

    def _membership(self, row: int, *, eligible: bool) -> tuple[str, str, NodeRef]:
        table = self._index.facts.eligible_memberships if eligible else self._index.facts.memberships
        group, who = self._who(int(table.parent[row])), self._who(int(table.member[row]))
        word = "eligible membership" if eligible else "membership"
        return f"{group.id}/{who.id}", f"{word} of {who.label} in {group.label}", who

    def _directory_assignment(self, row: int) -> tuple[str, str, NodeRef]:
        table = self._facts.directory_assignments
        role, who = self._facts.directory_roles[int(table.role[row])], self._who(int(table.principal[row]))
        word = "eligible directory role" if table.eligible[row] else "directory role"
        key, said = role.key, role.name or role.key
        if table.scope_kind[row] != DirectoryScope.TENANT:
            place = self._names.ref(node_key(NodeKind.SCOPED_ROLE, row))
            key, said = place.id.removeprefix("entraRole:"), place.label
        return f"{key}/{who.id}", f"{word} {said} of {who.label}", who

    def _app_role(self, row: int) -> tuple[str, str, NodeRef]:
        table = self._facts.app_role_grants
        who, api = self._who(int(table.principal[row])), int(table.api[row])
        name = table.permission_name[int(table.permission[row])]
        at = self._who(api) if api >= 0 else None
        return (
            f"{at.id if at else ''}/{name}/{who.id}",
            f"application permission {name}{f' of {at.label}' if at else ''} for {who.label}",
            who,
        )

    def _owner(self, row: int) -> tuple[str, str, NodeRef]:
        table = self._facts.owners
        owned, who = int(table.owned[row]), self._who(int(table.owner[row]))
        if table.kind[row] == OwnedKind.APPLICATION:
            thing = self._names.ref(node_key(NodeKind.APPLICATION, owned))
        else:
            thing = self._who(owned)
        word = {OwnedKind.APPLICATION: "application", OwnedKind.GROUP: "group"}.get(int(table.kind[row]), "")
        return f"{thing.id}/{who.id}", f"ownership of {f'{word} ' if word else ''}{thing.label} by {who.label}", who

    def _identity(self, row: int) -> tuple[str, str, NodeRef]:
        table = self._facts.identities
        resource, who = self._names.resource(int(table.resource[row])), self._who(int(table.principal[row]))
        return f"{resource.id}/{who.id}", f"managed identity {who.label} on {resource.label}", who

    def _policy(self, row: int) -> tuple[str, str, NodeRef]:
        table = self._facts.vault_policies
        vault, who = self._names.resource(int(table.resource[row])), self._who(int(table.principal[row]))
        return f"{vault.id}/{who.id}", f"access policy of vault {vault.label} for {who.label}", who

    def _credential(self, row: int) -> tuple[str, str, NodeRef]:
        table = self._facts.federated_credentials
        principal = int(table.principal[row])
        who = self._who(principal) if principal >= 0 else self._names.ref(node_key(NodeKind.OUTSIDE, row))
        return table.key[row], f"federated credential {table.name[row]} of {who.label}", who
