"""What is taken of one row of each list. Whatever can fail comes first, so that a bad row leaves no trace."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import msgspec

from remit.app.intake.assignments import AssignmentRows, short_name
from remit.app.intake.denies import EVERYONE, deny_flags
from remit.app.intake.lighthouse_rows import registration_assignment
from remit.app.intake.principals import NAMED_BY
from remit.app.intake.roles import blocks_of, role_key
from remit.app.intake.scopes import Place
from remit.app.intake.settings import READERS, named_by
from remit.app.intake.state import Intake
from remit.app.intake.surroundings import LOCK_LEVELS, policy_effect
from remit.engine.facts import (
    UNPLACED,
    AssignmentFlag,
    AssignmentKind,
    ClassicAdministrator,
    DenyPermissions,
    PolicyEffect,
    PrincipalKind,
)
from remit.model.errors import PayloadError, ScopeSyntaxError
from remit.model.interval import ALWAYS_FROM, ALWAYS_UNTIL
from remit.model.scope import ScopeKind, assignment_scope_text
from remit.wire.azure import shapes
from remit.wire.azure.decode import explain_field

Handler = Callable[[Any, str, int], None]

_DEAD = frozenset({"denied", "failed", "canceled", "revoked", "expired"})
_ASSIGNMENTS = "microsoft.authorization/roleassignments"


def handlers(intake: Intake) -> Mapping[str, Handler]:
    """Return the handler of every list that decisions rest on or that names principals; the others are only kept."""
    rbac, tree, directory = _Rbac(intake), _Tree(intake), _Directory(intake)
    return {
        "arm/managementGroups": tree.entity,
        "arm/subscriptions": tree.subscription,
        "arm/resources": tree.resource,
        "arm/locks": tree.lock,
        "arm/policyAssignments": tree.policy,
        "arm/classicAdministrators": tree.classic,
        "arm/providerOperations": tree.operations,
        "arm/roleDefinitions": intake.roles.take,
        "arm/roleAssignments": rbac.assignment,
        "arm/roleAssignmentScheduleInstances": rbac.window,
        "arm/roleEligibilityScheduleInstances": rbac.eligible,
        "arm/denyAssignments": rbac.deny,
        "arm/registrationAssignments": lambda row, file, line: registration_assignment(intake, row, file, line),
        "graph/users": directory.listing(PrincipalKind.USER),
        "graph/groups": directory.listing(PrincipalKind.GROUP),
        "graph/servicePrincipals": directory.listing(PrincipalKind.SERVICE_PRINCIPAL),
        "graph/devices": directory.listing(PrincipalKind.DEVICE),
        "graph/groupMembers": directory.member,
        "graph/groupOwners": directory.group_owner,
        "graph/applicationOwners": directory.owner,
        "graph/servicePrincipalOwners": directory.owner,
        "graph/administrativeUnitMembers": directory.owner,
        "graph/groupAssignmentScheduleInstances": directory.window,
        "graph/groupEligibilityScheduleInstances": directory.eligible,
        "graph/directoryRoleDefinitions": intake.directory_roles.define,
        "graph/directoryRoleAssignments": intake.directory_roles.holder,
        "graph/directoryRoleAssignmentScheduleInstances": intake.directory_roles.holder,
        "graph/directoryRoleEligibilityScheduleInstances": intake.directory_roles.holder,
        "graph/appRoleAssignments": intake.directory_roles.app_role,
    }


class _Rbac:
    """Role and deny assignments."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake

    def assignment(self, row: shapes.RoleAssignment, file: str, line: int) -> None:
        """Take an active assignment."""
        said = row.properties
        spelling = self._spelling(said, row.id, _ASSIGNMENTS, file, line)
        rows = self._intake.active
        self._append(rows, said, spelling, AssignmentKind.ACTIVE, row.id)
        rows.sign(row.id)

    def window(self, row: shapes.ScheduleInstance, file: str, line: int) -> None:
        """Take a window of an active assignment (P2)."""
        said = row.properties
        origin = said.origin_role_assignment_id
        kind = "microsoft.authorization/roleassignmentscheduleinstances"
        spelling = self._spelling(said, row.id, kind, file, line)
        times = self._times(said, file, line)
        if origin and not origin.startswith("/"):
            raise PayloadError(file, line, "properties.originRoleAssignmentId", "does not start with /")
        if self._is_dead(said):
            return
        rows = self._intake.windows
        self._append(rows, said, spelling, AssignmentKind.ACTIVE, origin or row.id, times=times)
        rows.sign(origin or "")
        self._intake.origins.append(1 if origin else 0)

    def eligible(self, row: shapes.ScheduleInstance, file: str, line: int) -> None:
        """Take a window of an eligible assignment (P1)."""
        said = row.properties
        kind = "microsoft.authorization/roleeligibilityscheduleinstances"
        spelling = self._spelling(said, row.id, kind, file, line)
        times = self._times(said, file, line)
        if self._is_dead(said):
            return
        kind_said = (said.principal_type or "").lower()
        flags = AssignmentFlag.ELIGIBLE_SERVICE_PRINCIPAL if kind_said == "serviceprincipal" else 0
        self._append(self._intake.others, said, spelling, AssignmentKind.ELIGIBLE, row.id, times=times, flags=flags)

    def _is_dead(self, said: shapes.ScheduleInstanceProperties) -> bool:
        """Tell whether an instance never was, or is no longer, in force; what kind of principal it names stays true."""
        dead = (said.status or "").lower() in _DEAD
        if dead:
            principals = self._intake.principals
            principals.typed(principals.code(said.principal_id), said.principal_type)
        return dead

    def _spelling(
        self,
        said: shapes.RoleAssignmentProperties | shapes.ScheduleInstanceProperties,
        identity: str,
        kind: str,
        file: str,
        line: int,
    ) -> int:
        if not role_key(said.role_definition_id):
            raise PayloadError(file, line, "properties.roleDefinitionId", "names no role")
        return self._intake.spelling(said.scope, identity, kind, file, line)

    def _times(self, said: shapes.ScheduleInstanceProperties, file: str, line: int) -> tuple[int, int]:
        instant = self._intake.instant
        return (
            instant(said.start_date_time, ALWAYS_FROM, "properties.startDateTime", file, line),
            instant(said.end_date_time, ALWAYS_UNTIL, "properties.endDateTime", file, line),
        )

    def _append(
        self,
        rows: AssignmentRows,
        said: shapes.RoleAssignmentProperties | shapes.ScheduleInstanceProperties,
        spelling: int,
        kind: int,
        identity: str,
        *,
        times: tuple[int, int] = (ALWAYS_FROM, ALWAYS_UNTIL),
        flags: int = 0,
    ) -> None:
        intake = self._intake
        principal = intake.principals.code(said.principal_id)
        if intake.principals.typed(principal, said.principal_type) == PrincipalKind.FOREIGN_GROUP:
            flags |= AssignmentFlag.FOREIGN_PRINCIPAL
        rows.add(
            principal,
            intake.roles.code(said.role_definition_id),
            spelling,
            intake.conditions.code(said.condition, said.condition_version),
            kind,
            flags,
            short_name(identity, intake.scopes.spellings[spelling]),
            *times,
        )

    def deny(self, row: shapes.DenyAssignment, file: str, line: int) -> None:
        """Take a deny assignment."""
        said = row.properties
        intake = self._intake
        spelling = intake.spelling(said.scope, row.id, "microsoft.authorization/denyassignments", file, line)
        named = [one.id.lower() for one in said.principals]
        excluded = [one.id.lower() for one in said.exclude_principals or ()]
        if EVERYONE in excluded:
            intake.denies.everyone_excluded.append(row.id)
        for one in (*said.principals, *(said.exclude_principals or ())):
            if one.id.lower() != EVERYONE:
                intake.principals.typed(intake.principals.code(one.id), one.type)
        intake.denies.add(
            spelling=spelling,
            flags=deny_flags(
                this_scope_only=bool(said.do_not_apply_to_child_scopes),
                audit=(said.deny_assignment_effect or "").lower() == "audit",
                protected=bool(said.is_system_protected),
                everyone=EVERYONE in named,
            ),
            permissions=DenyPermissions(blocks_of(said.permissions), said.condition, said.condition_version),
            principals=[intake.principals.code(one) for one in named if one != EVERYONE],
            excluded=[intake.principals.code(one) for one in excluded if one != EVERYONE],
            identity=row.id,
            name=said.deny_assignment_name or "",
        )


class _Tree:
    """The scope tree, what is listed in it, and what acts beside RBAC."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake

    def entity(self, row: shapes.Entity, file: str, line: int) -> None:
        """Take a management group, or the place of a subscription (S3)."""
        intake = self._intake
        scope = intake.scope(row.id, "id", file, line)
        if scope.kind not in {ScopeKind.MANAGEMENT_GROUP, ScopeKind.SUBSCRIPTION}:
            raise PayloadError(file, line, "id", f"`{row.id}` is no management group and no subscription")
        above = row.properties.parent
        said = above.id if isinstance(above, shapes.EntityParent) else above
        parent = None
        if isinstance(said, str):
            parent = intake.scope(said, "properties.parent.id", file, line)
            if parent.kind is not ScopeKind.MANAGEMENT_GROUP:
                raise PayloadError(file, line, "properties.parent.id", f"`{said}` is no management group")
        code = intake.scopes.intern(scope)
        intake.scopes.list(code)
        if parent is not None:
            place = intake.scopes.intern(parent)
        else:
            # Null is the top of the tree, which only a management group can be.
            place = 0 if said is None and scope.kind is ScopeKind.MANAGEMENT_GROUP else UNPLACED
        intake.scopes.place(code, Place(place, file, line))

    def subscription(self, row: shapes.Identified, file: str, line: int) -> None:
        """Take a listed subscription."""
        scope = self._intake.scope(row.id, "id", file, line)
        if scope.kind is not ScopeKind.SUBSCRIPTION:
            raise PayloadError(file, line, "id", f"`{row.id}` is no subscription")
        self._intake.scopes.list(self._intake.scopes.intern(scope))

    def resource(self, row: shapes.Resource, file: str, line: int) -> None:
        """Take a resource or a resource group, and its settings where its type has some."""
        resources = self._intake.resources
        try:
            kind = resources.type_of(row.id, row.type)
            reader = READERS.get(kind)
            settings = None
            if reader is not None:
                said = reader[0].decode(row.properties)
                settings = None if said is None else reader[1](said)
            resources.add(row.id, kind)
            for one in named_by(kind, row.properties):
                self._intake.principals.code(one)
            if settings:
                resources.set(row.id, settings)
        except ScopeSyntaxError as error:
            raise PayloadError(file, line, "id", error.message, hint=error.hint()) from error
        except msgspec.ValidationError as error:
            raise PayloadError(file, line, *explain_field(str(error), "properties")) from error

    def lock(self, row: shapes.Lock, file: str, line: int) -> None:
        """Take a lock (B1); a level of NotSpecified locks nothing."""
        intake = self._intake
        level = row.properties.level.lower()
        spelling = intake.spelling(None, row.id, "microsoft.authorization/locks", file, line)
        if level in LOCK_LEVELS:
            intake.locks.add(spelling, LOCK_LEVELS[level], row.id)
        elif level != "notspecified":
            raise PayloadError(file, line, "properties.level", f"`{row.properties.level}` is no lock level")

    def policy(self, row: shapes.PolicyAssignment, file: str, line: int) -> None:
        """Take a policy assignment, and the scopes it leaves out (B5)."""
        intake = self._intake
        spelling = intake.spelling(
            row.properties.scope, row.id, "microsoft.authorization/policyassignments", file, line
        )
        intake.policies.add(spelling, policy_effect(row.properties), row.id)
        for text in row.properties.not_scopes or ():
            # What is left out by a text that is no scope is nothing: the policy then acts there, too.
            with suppress(ScopeSyntaxError):
                intake.policies.add(intake.scopes.spelling(text), PolicyEffect.SPARED, row.id)

    def classic(self, row: shapes.ClassicAdministrator, file: str, line: int) -> None:
        """Take a leftover classic administrator (E5)."""
        text = assignment_scope_text(row.id, "microsoft.authorization/classicadministrators")
        scope = self._intake.scope(row.id if text is None else text, "id", file, line)
        said = row.properties
        self._intake.classic.append(ClassicAdministrator(said.email_address or "", said.role or "", scope.text))

    def operations(self, row: shapes.ProviderOperations, file: str, line: int) -> None:
        """Take the operations of a provider (D7)."""
        del file, line
        self._intake.operations.take(row)


class _Directory:
    """Users, groups, service principals, devices, and who is in which group."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake

    def listing(self, kind: int) -> Handler:
        """Return the handler of a directory list."""
        principals = self._intake.principals

        def take(row: shapes.DirectoryObject, file: str, line: int) -> None:
            del file, line
            texts = (row.display_name or "", row.user_principal_name or "", (row.app_id or "").lower())
            principals.describe(principals.code(row.id), kind, texts, disabled=row.account_enabled is False)

        return take

    def member(self, row: shapes.Pair, file: str, line: int) -> None:
        """Take a direct member of a group (G1)."""
        del file, line
        group, member = self._pair(row, PrincipalKind.GROUP)
        self._intake.memberships.add(group, member)

    def group_owner(self, row: shapes.Pair, file: str, line: int) -> None:
        """Take an owner of a group: who it is, not that it is a member (G3)."""
        del file, line
        self._pair(row, PrincipalKind.GROUP)

    def owner(self, row: shapes.Pair, file: str, line: int) -> None:
        """Take a pair that tells of no membership."""
        del file, line
        self._pair(row, PrincipalKind.UNKNOWN)

    def _pair(self, row: shapes.Pair, parent_kind: int) -> tuple[int, int]:
        principals = self._intake.principals
        parent, member = principals.code(row.parent_id), principals.code(row.member.id)
        principals.named(parent, None)
        principals.kind(parent, parent_kind, NAMED_BY)
        principals.named(member, row.member.odata_type)
        return parent, member

    def window(self, row: shapes.GroupScheduleInstance, file: str, line: int) -> None:
        """Take a window of a membership (P6)."""
        self._window(row, file, line, self._intake.memberships.add_window)

    def eligible(self, row: shapes.GroupScheduleInstance, file: str, line: int) -> None:
        """Take a window of an eligible membership (P6)."""
        self._window(row, file, line, self._intake.memberships.add_eligible)

    def _window(
        self,
        row: shapes.GroupScheduleInstance,
        file: str,
        line: int,
        add: Callable[[int, int, int, int], None],
    ) -> None:
        intake = self._intake
        start = intake.instant(row.start_date_time, ALWAYS_FROM, "startDateTime", file, line)
        end = intake.instant(row.end_date_time, ALWAYS_UNTIL, "endDateTime", file, line)
        # An owner is no member (G3).
        if row.access_id.lower() == "member":
            group, member = intake.principals.code(row.group_id), intake.principals.code(row.principal_id)
            intake.principals.kind(group, PrincipalKind.GROUP, NAMED_BY)
            add(group, member, start, end)
