"""Which principal a resource runs as, from what the resource says and from what service principals say.

The service principal of a managed identity names the resource that it belongs to in its `alternativeNames`. That counts
where the resource itself does not say: its identity was not read, or has no `principalId`.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import UNSET

from remit.app.graphing.intake.columns import Rows
from remit.app.graphing.intake.source import Source
from remit.app.intake.columns import Ints
from remit.graph.facts import Identities, IdentityLink
from remit.wire.azure import graph_shapes as shapes
from remit.wire.azure.tolerant import Tolerant

USER_ASSIGNED = "microsoft.managedidentity/userassignedidentities"
_SYSTEM = "systemassigned"


class IdentityRows:
    """Columns of identities; `row` is the number of the resource in the order of reading.

    Attributes:
        managed: principal of a managed identity by the lower-case id of the resource that it belongs to.
    """

    def __init__(self, source: Source, managed: Mapping[str, int]) -> None:
        self._source = source
        self.managed = managed
        self._rows = Rows("iib")
        self._pending: list[tuple[int, str, int]] = []
        self._itself: dict[str, int] = {}
        self._user_assigned = Tolerant(shapes.UserAssignedProperties).decode

    def carries(self, key: str, said: shapes.GraphResource) -> bool:
        """Tell whether a resource has an identity; `key` is its lower-case id."""
        identity = said.identity
        if identity is UNSET:
            return key in self.managed
        return identity is not None and bool(
            identity.principal_id or identity.user_assigned_identities or _is_system(identity)
        )

    def take(self, row: int, kind: str, key: str, said: shapes.GraphResource) -> None:
        """Take what one resource says of its identities."""
        if kind == USER_ASSIGNED:
            object_id = self._user_assigned(said.properties).principal_id
            principal = self._source.principal(object_id) if object_id else self.managed.get(key, -1)
            if principal >= 0:
                self._rows.add(row, principal, IdentityLink.ITSELF)
                self._itself[key] = principal
            return
        identity = said.identity
        if identity is UNSET:
            self._link(row, self.managed.get(key, -1), IdentityLink.SYSTEM)
        elif identity is not None:
            if identity.principal_id:
                self._link(row, self._source.principal(identity.principal_id), IdentityLink.SYSTEM)
            elif _is_system(identity):
                self._link(row, self.managed.get(key, -1), IdentityLink.SYSTEM)
            for identity_id, one in (identity.user_assigned_identities or {}).items():
                self.attach(row, identity_id, one.principal_id if one else None, IdentityLink.USER_ASSIGNED)

    def attach(self, row: int, identity_id: str, object_id: str | None, link: int) -> None:
        """Take a user-assigned identity of a resource; where its object id is not said, the identity itself tells."""
        if object_id:
            self._link(row, self._source.principal(object_id), link)
        else:
            self._pending.append((row, identity_id.rstrip("/").lower(), link))

    def _link(self, row: int, principal: int, link: int) -> None:
        if principal >= 0:
            self._rows.add(row, principal, link)

    def finish(self, table_row: Ints) -> Identities:
        """Return the table; `table_row` is the row of the resource table by number of reading."""
        for row, identity_id, link in self._pending:
            self._link(row, self._itself.get(identity_id, self.managed.get(identity_id, -1)), link)
        self._rows.replace(0, table_row)
        return Identities(*self._rows.sorted())


def _is_system(identity: shapes.ResourceIdentity) -> bool:
    return _SYSTEM in (identity.type or "").lower()
