"""Whether an account can be used: nobody signs in as a disabled one, and of one that was not read nobody knows.

accounts = Accounts.of(drawing)
accounts.applied(batch)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from remit.engine.facts import AssignmentFlag, AssignmentKind, PrincipalFlag, PrincipalKind
from remit.graph.drawing import Drawing
from remit.graph.network import EdgeBatch, EdgeFlag
from remit.graph.nodes import NodeKind, node_key, rows_of_nodes

Mask = NDArray[np.bool_]

USERS, SERVICE_PRINCIPALS, GROUPS = "graph/users", "graph/servicePrincipals", "graph/groups"
_BY_LIST = {
    USERS: (PrincipalKind.USER, PrincipalKind.UNKNOWN),
    SERVICE_PRINCIPALS: (PrincipalKind.SERVICE_PRINCIPAL, PrincipalKind.UNKNOWN),
}
"""The lists that say whether an account is enabled, and whom they are about."""


@dataclass(frozen=True, slots=True, eq=False)
class Accounts:
    """What is known of the accounts of a tenant, as masks over principals.

    Attributes:
        disabled: no step leads from it or to it.
        unsure: not read, so it may be disabled, or gone: its steps are only possible.
    """

    disabled: Mask
    unsure: Mask

    @classmethod
    def of(cls, drawing: Drawing) -> Self:
        """Read them off a snapshot. Cost: a few passes over principals."""
        index, facts = drawing.index, drawing.facts
        flags, kind = index.facts.principals.flags, index.facts.principals.kind
        read = np.zeros(len(flags), np.bool_)
        read[facts.users.principal] = True
        read[facts.service_principals.principal] = True
        unread = {gap.api for gap in index.facts.meta.gaps}
        unsure = np.zeros(len(flags), np.bool_)
        for name, kinds in _BY_LIST.items():
            if name in unread:
                unsure |= np.isin(kind, kinds) & ~read
        if not index.directory_complete:
            unsure |= (flags & PrincipalFlag.LISTED) == 0
        unsure[_of_other_tenants(drawing)] = False
        return cls((flags & PrincipalFlag.DISABLED) != 0, unsure)

    def applied(self, batch: EdgeBatch) -> EdgeBatch:
        """Return edges without those of disabled accounts, those of unsure ones only possible."""
        if self.disabled.any():
            keep = ~(_is_among(batch.source, self.disabled) | _is_among(batch.target, self.disabled))
            if not keep.all():
                batch = EdgeBatch(
                    batch.source[keep], batch.target[keep], batch.label[keep], batch.flags[keep], batch.evidence[keep]
                )
        if self.unsure.any():
            doubt = _is_among(batch.source, self.unsure) | _is_among(batch.target, self.unsure)
            flags = np.where(doubt, batch.flags | EdgeFlag.POSSIBLE, batch.flags).astype(np.uint8)
            batch = EdgeBatch(batch.source, batch.target, batch.label, flags, batch.evidence)
        return batch


def _of_other_tenants(drawing: Drawing) -> NDArray[np.int32]:
    """Return who is of a managing or foreign tenant, whose lists are nobody's to read here."""
    table = drawing.index.facts.assignments
    lighthouse = np.isin(table.kind, (AssignmentKind.LIGHTHOUSE, AssignmentKind.LIGHTHOUSE_ELIGIBLE))
    found: NDArray[np.int32] = table.principal[lighthouse | ((table.flags & AssignmentFlag.FOREIGN_PRINCIPAL) != 0)]
    return found


def _is_among(keys: NDArray[np.int64], mask: Mask) -> Mask:
    """Tell which nodes are principals of a mask."""
    limit = node_key(NodeKind.PRINCIPAL + 1, 0)
    inside = keys < limit
    found = np.zeros(len(keys), np.bool_)
    found[inside] = mask[rows_of_nodes(keys[inside])]
    return found
