"""All tables of one import while they grow."""

from __future__ import annotations

from array import array

from remit.app.intake.assignments import AssignmentRows
from remit.app.intake.conditions import ConditionTable
from remit.app.intake.denies import DenyRows
from remit.app.intake.directory_roles import DirectoryRoleRows
from remit.app.intake.principals import MembershipRows, PrincipalTable
from remit.app.intake.resources import ResourceRows
from remit.app.intake.roles import RoleTable
from remit.app.intake.scopes import ScopeTable
from remit.app.intake.surroundings import OperationNames, ScopedRows
from remit.engine.facts import ClassicAdministrator
from remit.model.errors import InstantSyntaxError, PayloadError, ScopeSyntaxError
from remit.model.interval import parse_instant, to_micros
from remit.model.scope import Scope, assignment_scope_text
from remit.model.snapshot import Gap


class Intake:
    """The tables, and the few steps that several lists share."""

    def __init__(self) -> None:
        self.scopes = ScopeTable()
        self.principals = PrincipalTable()
        self.memberships = MembershipRows()
        self.directory_roles = DirectoryRoleRows(self.principals)
        self.roles = RoleTable()
        self.conditions = ConditionTable()
        self.active = AssignmentRows()
        self.windows = AssignmentRows()
        self.origins = array("q")
        self.others = AssignmentRows()
        self.denies = DenyRows()
        self.locks = ScopedRows()
        self.policies = ScopedRows()
        self.resources = ResourceRows(self.scopes)
        self.operations = OperationNames()
        self.classic: list[ClassicAdministrator] = []
        self.lighthouse_invalid: list[str] = []
        self.gaps: list[Gap] = []
        self._parsed: dict[str, int] = {}

    def spelling(self, said: str | None, identity: str, kind: str, file: str, line: int) -> int:
        """Return the spelling of the scope that a row names, or that its id stands behind (S4).

        Raises:
            PayloadError: neither names a scope.
        """
        if not identity.startswith("/"):
            raise PayloadError(file, line, "id", "is no resource id: it does not start with /")
        text = assignment_scope_text(identity, kind) if said is None else said
        if text is None:
            raise PayloadError(file, line, "properties.scope", f"is missing, and the id is none of a {kind}")
        try:
            return self.scopes.spelling(text)
        except ScopeSyntaxError as error:
            field = "id" if said is None else "properties.scope"
            raise PayloadError(file, line, field, error.message, hint=error.hint()) from error

    def scope(self, text: str, field: str, file: str, line: int) -> Scope:
        """Parse a scope.

        Raises:
            PayloadError: it is none.
        """
        try:
            return Scope.parse(text)
        except ScopeSyntaxError as error:
            raise PayloadError(file, line, field, error.message, hint=error.hint()) from error

    def instant(self, text: str | None, unbounded: int, field: str, file: str, line: int) -> int:
        """Return microseconds of an instant; null is unbounded (V4).

        Raises:
            PayloadError: it is no instant.
        """
        if text is None:
            return unbounded
        found = self._parsed.get(text)
        if found is None:
            try:
                found = to_micros(parse_instant(text))
            except InstantSyntaxError as error:
                raise PayloadError(file, line, field, error.message, hint=error.hint()) from error
            self._parsed[text] = found
        return found
