"""Rows of arm/registrationAssignments as assignments (X1 to X5, V15)."""

from __future__ import annotations

from remit.app.intake.lighthouse import ASSIGN, USER_ACCESS_ADMINISTRATOR, delegates, delegation_condition
from remit.app.intake.roles import role_key
from remit.app.intake.state import Intake
from remit.engine.facts import AssignmentFlag, AssignmentKind
from remit.model.errors import PayloadError
from remit.model.scope import ScopeKind
from remit.model.snapshot import Gap
from remit.wire.azure import shapes

_API = "arm/registrationAssignments"


def registration_assignment(intake: Intake, row: shapes.RegistrationAssignment, file: str, line: int) -> None:
    """Take a delegation: every authorization becomes an assignment of its own.

    Raises:
        PayloadError: the id names no scope.
    """
    said = row.properties
    spelling = intake.spelling(None, row.id, "microsoft.managedservices/registrationassignments", file, line)
    definition = said.registration_definition and said.registration_definition.properties
    authorizations = (definition.authorizations or ()) if definition else ()
    eligible = (definition.eligible_authorizations or ()) if definition else ()
    for one in (*authorizations, *eligible):
        if not role_key(one.role_definition_id):
            field = "properties.registrationDefinition.properties.authorizations.roleDefinitionId"
            raise PayloadError(file, line, field, "names no role")
    if said.provisioning_state is not None and said.provisioning_state.lower() != "succeeded":
        intake.lighthouse_invalid.append(row.id)
        return
    scope = intake.scopes.spelling_code[spelling]
    if not definition:
        intake.gaps.append(Gap(_API, intake.scopes.text(scope), "the registration definition was not expanded"))
        return
    flags = AssignmentFlag.FOREIGN_PRINCIPAL
    if intake.scopes.kinds[scope] not in {ScopeKind.SUBSCRIPTION, ScopeKind.RESOURCE_GROUP}:
        flags |= AssignmentFlag.LIGHTHOUSE_NOT_PERMITTED
        intake.lighthouse_invalid.append(row.id)
    for kind, found in ((AssignmentKind.LIGHTHOUSE, authorizations), (AssignmentKind.LIGHTHOUSE_ELIGIBLE, eligible)):
        for one in found:
            _authorization(intake, one, spelling=spelling, kind=kind, flags=flags, identity=row.id)


def _authorization(
    intake: Intake, said: shapes.Authorization, *, spelling: int, kind: int, flags: int, identity: str
) -> None:
    condition = -1
    if role_key(said.role_definition_id) == USER_ACCESS_ADMINISTRATOR:
        ids = said.delegated_role_definition_ids or []
        role = intake.roles.narrowed(said.role_definition_id, "User Access Administrator", ASSIGN)
        if delegates(ids):
            condition = intake.conditions.code(delegation_condition(ids), "2.0")
        else:
            flags |= AssignmentFlag.LIGHTHOUSE_NOT_PERMITTED
            intake.lighthouse_invalid.append(identity)
    else:
        role = intake.roles.code(said.role_definition_id)
    intake.others.add(intake.principals.code(said.principal_id), role, spelling, condition, kind, flags, identity)
