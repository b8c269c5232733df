"""Who holds which Entra role at an instant, groups opened; and who is protected from limited resets.

Everything is over rows of principals, role by role and group by group.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from remit.engine.facts import PrincipalKind
from remit.graph.drawing import Drawing
from remit.graph.facts import DirectoryAssignments, DirectoryScope, GroupFlag, OwnedKind
from remit.graph.windows import in_force, now

Mask = NDArray[np.bool_]
Rows = NDArray[np.int32]


class Standing:
    """Roles, memberships and ownerships as they stand at the instant of a drawing.

    Attributes:
        kind: uint8 `PrincipalKind` by principal.
        held: rows of `DirectoryAssignments` in force; those eligible of service principals left out (P4).
    """

    def __init__(self, drawing: Drawing) -> None:
        """Look at one snapshot at one instant."""
        self.drawing = drawing
        self.kind = drawing.index.facts.principals.kind
        table = drawing.facts.directory_assignments
        usable = in_force(table.start, table.end, drawing.micros)
        usable &= ~(table.eligible & (self.kind[table.principal] == PrincipalKind.SERVICE_PRINCIPAL))
        self.held = np.flatnonzero(usable).astype(np.int32)

    @property
    def count(self) -> int:
        """Number of principals."""
        return len(self.kind)

    @property
    def assignments(self) -> DirectoryAssignments:
        """Every assignment of an Entra role."""
        return self.drawing.facts.directory_assignments

    def tenant_wide(self) -> Rows:
        """Return the rows in force in the whole tenant."""
        rows: Rows = self.held[self.assignments.scope_kind[self.held] == DirectoryScope.TENANT]
        return rows

    def below(self) -> Rows:
        """Return the rows in force below the tenant."""
        rows: Rows = self.held[self.assignments.scope_kind[self.held] != DirectoryScope.TENANT]
        return rows

    def everybody_of(self, principals: Rows) -> Mask:
        """Return some principals with everybody who is in those of them that are groups, transitively."""
        found = np.zeros(self.count, dtype=np.bool_)
        found[principals] = True
        for group in principals[self.kind[principals] == PrincipalKind.GROUP].tolist():
            found[self.drawing.index.directory.members(group)] = True
        self.drawing.index.directory.spread(found, self.drawing.micros)
        return found

    def by_role(self, *, eligible: bool) -> Iterator[tuple[int, NDArray[np.int64]]]:
        """Yield every role that somebody holds anywhere, with the rows of all who hold it, groups opened."""
        table = self.assignments
        rows = self.held[table.eligible[self.held] == eligible]
        for role in np.unique(table.role[rows]).tolist():
            holders = self.everybody_of(np.unique(table.principal[rows[table.role[rows] == role]]))
            yield role, np.flatnonzero(holders)

    def protected(self) -> tuple[Mask, Mask]:
        """Return who is in or owns a role-assignable group, and who would once it is activated."""
        table = self.drawing.facts.groups
        sure, maybe = self._of_groups(table.principal[(table.flags & GroupFlag.ROLE_ASSIGNABLE) > 0])
        not_said = table.principal[(table.flags & GroupFlag.ASSIGNABLE_NOT_READ) > 0]
        for mask in self._of_groups(not_said) if len(not_said) else ():
            maybe |= mask
        return sure, maybe & ~sure

    def _of_groups(self, groups: Rows) -> tuple[Mask, Mask]:
        """Return who is in or owns some groups, and who would once that is activated."""
        micros = self.drawing.micros
        sure = self.everybody_of(groups)
        sure[groups] = False
        maybe = np.zeros(self.count, dtype=np.bool_)
        owners = self.drawing.facts.owners
        owned = (owners.kind == OwnedKind.GROUP) & np.isin(owners.owned, groups)
        owned &= in_force(owners.start, owners.end, micros)
        sure[owners.owner[owned & ~owners.eligible]] = True
        maybe[owners.owner[owned & owners.eligible]] = True
        eligible = self.drawing.index.facts.eligible_memberships
        rows = now(eligible, micros)
        rows = rows[np.isin(eligible.parent[rows], groups)]
        if len(rows):
            maybe |= self.everybody_of(np.unique(eligible.member[rows]))
        return sure, maybe
