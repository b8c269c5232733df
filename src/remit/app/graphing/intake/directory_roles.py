"""Entra roles: definitions with what they allow, and assignments with where they hold."""

from __future__ import annotations

from remit.app.graphing.intake.columns import Rows
from remit.app.graphing.intake.people import Units
from remit.app.graphing.intake.source import Source, window
from remit.graph.facts import DirectoryAssignments, DirectoryRole, DirectoryScope, RoleBasis
from remit.graph.known_roles import known_role
from remit.model.interval import ALWAYS_FROM, ALWAYS_UNTIL
from remit.wire.azure import graph_shapes as shapes

_ACTIVE = "graph/directoryRoleAssignments"
_ACTIVE_WINDOWS = "graph/directoryRoleAssignmentScheduleInstances"
_ELIGIBLE_WINDOWS = "graph/directoryRoleEligibilityScheduleInstances"
_UNIT_PREFIX = "administrativeunits/"
_DIRECT = frozenset(("", "direct"))


class DirectoryRoleReader:
    """Reads the role lists of Microsoft Graph; applications and units say what scopes mean."""

    def __init__(self, source: Source, units: Units, applications: dict[str, int]) -> None:
        self._source = source
        self._units = units
        self._applications = applications
        self._roles: dict[str, DirectoryRole] = {}
        self._alias: dict[str, str] = {}
        self._found: list[tuple[int, str, int, int, int, int, bool]] = []

    def read(self) -> tuple[tuple[DirectoryRole, ...], DirectoryAssignments]:
        """Return definitions by key, and assignments.

        A role that is held but not defined stands there by what is known of its template id, else without actions.
        """
        for said in self._source.rows("graph/directoryRoleDefinitions", shapes.DirectoryRoleDefinition):
            self._define(said)
        timed = self._windows(_ACTIVE_WINDOWS, eligible=False)
        for row in self._source.rows(_ACTIVE, shapes.DirectoryRoleAssignment):
            self._permanent(row, timed)
        self._windows(_ELIGIBLE_WINDOWS, eligible=True)
        roles = tuple(self._roles[key] for key in sorted(self._roles))
        place = {role.key: number for number, role in enumerate(roles)}
        rows = Rows("iibiqq?")
        for principal, role, scope_kind, scope, start, end, eligible in self._found:
            rows.add(principal, place[role], scope_kind, scope, start, end, eligible)
        return roles, DirectoryAssignments(*rows.sorted())

    def _define(self, said: shapes.DirectoryRoleDefinition) -> None:
        built_in = said.is_built_in is True
        key = ((said.template_id if built_in else "") or said.id).lower()
        self._alias[said.id.lower()] = key
        if said.role_permissions is None:
            # What it allows was not said: it is as good as not defined.
            self._roles[key] = _undefined(key, said.display_name or "", is_custom=not built_in)
            return
        # A block with a condition holds only for one's own objects: owners are drawn by their own list.
        actions = {
            action.lower()
            for block in said.role_permissions or ()
            if not block.condition
            for action in block.allowed_resource_actions or ()
        }
        self._roles[key] = DirectoryRole(key, said.display_name or key, not built_in, tuple(sorted(actions)))

    def _windows(self, list_name: str, *, eligible: bool) -> set[tuple[int, str, int, int]]:
        timed = set()
        through_groups = "graph/groupMembers" in self._source.collected
        for row in self._source.rows(list_name, shapes.DirectoryRoleAssignment):
            # Instances of members of a group follow from the group's own, where members were read.
            if through_groups and (row.member_type or "").lower() not in _DIRECT:
                continue
            held = self._held(row)
            if held is not None:
                self._found.append((*held, *window(row.start_date_time, row.end_date_time), eligible))
                timed.add(held)
        return timed

    def _permanent(self, row: shapes.DirectoryRoleAssignment, timed: set[tuple[int, str, int, int]]) -> None:
        held = self._held(row)
        if held is not None and held not in timed:
            self._found.append((*held, ALWAYS_FROM, ALWAYS_UNTIL, False))

    def _held(self, row: shapes.DirectoryRoleAssignment) -> tuple[int, str, int, int] | None:
        principal = self._source.holder(row.principal_id)
        if principal < 0 or not row.role_definition_id:
            return None
        said = row.role_definition_id.lower()
        key = self._alias.get(said, said)
        if key not in self._roles:
            self._roles[key] = _undefined(key, "", is_custom=False)
        return (principal, key, *self._scope(row))

    def _scope(self, row: shapes.DirectoryRoleAssignment) -> tuple[int, int]:
        text = (row.directory_scope_id or "").lower()
        if text == "/":
            return DirectoryScope.TENANT, -1
        # An appScopeId names a place inside one application, which the directory does not know.
        scope = text.strip("/")
        if scope.startswith(_UNIT_PREFIX):
            unit = self._units.row.get(scope.removeprefix(_UNIT_PREFIX), -1)
            return (DirectoryScope.ADMINISTRATIVE_UNIT, unit) if unit >= 0 else (DirectoryScope.UNKNOWN, -1)
        if scope and "/" not in scope:
            application = self._applications.get(scope, -1)
            if application >= 0:
                return DirectoryScope.APPLICATION, application
            principal = self._source.principal(scope)
            if principal >= 0:
                return DirectoryScope.PRINCIPAL, principal
        return DirectoryScope.UNKNOWN, -1


def _undefined(key: str, name: str, *, is_custom: bool) -> DirectoryRole:
    """Return a role whose definition was not read: what is known by its template id, else a role of any power."""
    known = known_role(key)
    if known is None:
        return DirectoryRole(key, name or key, is_custom, (), RoleBasis.UNKNOWN)
    return DirectoryRole(key, name or known.name, False, known.actions, RoleBasis.KNOWN)
