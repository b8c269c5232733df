"""Who holds Entra roles and permissions of APIs, and which of those roles no definition tells about.

Decisions on Azure do not rest on these lists; the escalation graph does, and it knows only who the snapshot knows.
"""

from __future__ import annotations

from collections.abc import Iterator

from remit.app.intake.principals import TYPED_BY, PrincipalTable
from remit.engine.facts import PrincipalKind
from remit.model.snapshot import Gap
from remit.wire.azure import shapes

DEFINITIONS = "graph/directoryRoleDefinitions"
_PLACE = "/roleManagement/directory/roleDefinitions/"
_NOTHING_SAID = b"null"


class DirectoryRoleRows:
    """Names the principals of four lists, and keeps the ids of roles, which are few."""

    def __init__(self, principals: PrincipalTable) -> None:
        self._principals = principals
        self._held: set[str] = set()
        self._defined: set[str] = set()

    def define(self, row: shapes.DirectoryRoleDefinition, file: str, line: int) -> None:
        """Take a definition; one that does not say what it allows defines nothing."""
        del file, line
        if bytes(row.role_permissions) != _NOTHING_SAID:
            # Assignments may name a built-in role by its template; that of a custom one is not its own.
            self._defined |= {row.id.lower(), ((row.is_built_in and row.template_id) or row.id).lower()}

    def holder(self, row: shapes.DirectoryRoleAssignment, file: str, line: int) -> None:
        """Take somebody who holds a role or may activate it: who it is, not that it stands in a directory list."""
        del file, line
        self._principals.code(row.principal_id)
        self._held.add(row.role_definition_id.lower())

    def app_role(self, row: shapes.AppRoleAssignment, file: str, line: int) -> None:
        """Take somebody who was given a permission, and the service principal of the API that it is about."""
        del file, line
        principals = self._principals
        principals.typed(principals.code(row.principal_id), row.principal_type)
        if row.resource_id:
            principals.kind(principals.code(row.resource_id), PrincipalKind.SERVICE_PRINCIPAL, TYPED_BY)

    def gaps(self) -> Iterator[Gap]:
        """Yield a gap for each role that is held though a list of definitions that was read does not define it."""
        for role in sorted(self._held - self._defined):
            yield Gap(DEFINITIONS, f"{_PLACE}{role}", "the role is held, and the list does not say what it allows")
