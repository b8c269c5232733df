"""Structs of the payloads that decisions rest on. Fields not named are left to the raw payload.

Absent and null mean the same unless the field says otherwise; texts marked `Text` must not be empty.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, Meta, Raw, Struct, UnsetType, field

Text = Annotated[str, Meta(min_length=1)]


class Payload(Struct, rename="camel", gc=False):
    """Base of all payloads: camel-case names, unknown fields ignored."""


class Identified(Payload):
    """Any object with an id; enough for lists that are only kept."""

    id: Text


# Azure RBAC and PIM


class RoleAssignmentProperties(Payload):
    """What a role assignment says."""

    role_definition_id: Text
    principal_id: Text
    scope: str | None = None
    principal_type: str | None = None
    condition: str | None = None
    condition_version: str | None = None


class RoleAssignment(Payload):
    """A row of arm/roleAssignments."""

    id: Text
    properties: RoleAssignmentProperties


class ScheduleInstanceProperties(Payload):
    """A window of an active or eligible assignment (P2)."""

    role_definition_id: Text
    principal_id: Text
    scope: str | None = None
    principal_type: str | None = None
    status: str | None = None
    origin_role_assignment_id: str | None = None
    start_date_time: str | None = None
    end_date_time: str | None = None
    condition: str | None = None
    condition_version: str | None = None


class ScheduleInstance(Payload):
    """A row of arm/roleAssignmentScheduleInstances or arm/roleEligibilityScheduleInstances."""

    id: Text
    properties: ScheduleInstanceProperties


class Permission(Payload):
    """One permission block (D4)."""

    actions: list[str] | None = None
    not_actions: list[str] | None = None
    data_actions: list[str] | None = None
    not_data_actions: list[str] | None = None
    condition: str | None = None
    condition_version: str | None = None


class RoleDefinitionProperties(Payload):
    """What a role definition says."""

    permissions: list[Permission]
    role_name: str | None = None
    type: str | None = None
    assignable_scopes: list[str] | None = None


class RoleDefinition(Payload):
    """A row of arm/roleDefinitions."""

    id: Text
    properties: RoleDefinitionProperties


class DenyPrincipal(Payload):
    """Somebody a deny assignment names."""

    id: Text
    type: str | None = None


class DenyAssignmentProperties(Payload):
    """What a deny assignment says (N2)."""

    permissions: list[Permission]
    principals: list[DenyPrincipal]
    scope: str | None = None
    exclude_principals: list[DenyPrincipal] | None = None
    deny_assignment_name: str | None = None
    do_not_apply_to_child_scopes: bool | None = None
    is_system_protected: bool | None = None
    deny_assignment_effect: str | None = None
    condition: str | None = None
    condition_version: str | None = None


class DenyAssignment(Payload):
    """A row of arm/denyAssignments."""

    id: Text
    properties: DenyAssignmentProperties


class ClassicAdministratorProperties(Payload):
    """What a classic administrator says (E5)."""

    email_address: str | None = None
    role: str | None = None


class ClassicAdministrator(Payload):
    """A row of arm/classicAdministrators."""

    id: Text
    properties: ClassicAdministratorProperties


# The scope tree and what stands in it


class EntityParent(Payload):
    """Where an entity hangs; `id` null is the top, absent is not known."""

    id: str | UnsetType | None = UNSET


class EntityProperties(Payload):
    """What a management group or a subscription says of its place (S3)."""

    parent: EntityParent | UnsetType | None = UNSET


class Entity(Payload):
    """A row of arm/managementGroups."""

    id: Text
    properties: EntityProperties = field(default_factory=EntityProperties)


class Resource(Payload):
    """A row of arm/resources; `properties` are decoded only for the types that have settings."""

    id: Text
    type: str | None = None
    properties: Raw = Raw(b"null")


class LockProperties(Payload):
    """What a lock says (B1)."""

    level: Text


class Lock(Payload):
    """A row of arm/locks."""

    id: Text
    properties: LockProperties


class PolicyParameter(Payload):
    """The value of one parameter of a policy assignment."""

    value: Raw = Raw(b"null")


class PolicyAssignmentProperties(Payload):
    """What a policy assignment says of its effect (B5)."""

    scope: str | None = None
    policy_definition_id: str | None = None
    enforcement_mode: str | None = None
    not_scopes: list[str] | None = None
    parameters: dict[str, PolicyParameter | None] | None = None


class PolicyAssignment(Payload):
    """A row of arm/policyAssignments."""

    id: Text
    properties: PolicyAssignmentProperties


class Authorization(Payload):
    """One principal of the managing tenant and its role (X1)."""

    principal_id: Text
    role_definition_id: Text
    delegated_role_definition_ids: list[str] | None = None


class RegistrationDefinitionProperties(Payload):
    """What a registration definition says."""

    authorizations: list[Authorization] | None = None
    eligible_authorizations: list[Authorization] | None = None


class RegistrationDefinition(Payload):
    """The definition inside an expanded registration assignment."""

    properties: RegistrationDefinitionProperties | None = None


class RegistrationAssignmentProperties(Payload):
    """What a registration assignment says; without the definition it was not expanded."""

    provisioning_state: str | None = None
    registration_definition: RegistrationDefinition | None = None


class RegistrationAssignment(Payload):
    """A row of arm/registrationAssignments."""

    id: Text
    properties: RegistrationAssignmentProperties


class Operation(Payload):
    """One operation of a provider (D7)."""

    name: Text
    is_data_action: bool | None = None


class ProviderResourceType(Payload):
    """The operations of one resource type."""

    operations: list[Operation] | None = None


class ProviderOperations(Payload):
    """A row of arm/providerOperations."""

    id: Text
    operations: list[Operation] | None = None
    resource_types: list[ProviderResourceType] | None = None


# The directory


class DirectoryObject(Payload):
    """A user, group, service principal or device."""

    id: Text
    display_name: str | None = None
    user_principal_name: str | None = None
    app_id: str | None = None
    account_enabled: bool | None = None


class PairMember(Payload):
    """The member or owner of a pair."""

    id: Text
    odata_type: str | None = field(default=None, name="@odata.type")


class Pair(Payload):
    """A direct member or owner: one line per pair (G1, G3)."""

    parent_id: Text
    member: PairMember


class GroupScheduleInstance(Payload):
    """A window of a group membership or ownership (P6)."""

    id: Text
    group_id: Text
    principal_id: Text
    access_id: Text
    start_date_time: str | None = None
    end_date_time: str | None = None


class DirectoryRoleDefinition(Payload):
    """A definition of an Entra role, as far as it is needed to tell which roles are defined."""

    id: Text
    template_id: str | None = None
    is_built_in: bool | None = None
    role_permissions: Raw = Raw(b"null")


class DirectoryRoleAssignment(Payload):
    """Somebody who holds an Entra role, or could once it is activated."""

    id: Text
    principal_id: Text
    role_definition_id: Text


class AppRoleAssignment(Payload):
    """Somebody who was given a permission of an API, or is let use an application."""

    id: Text
    principal_id: Text
    principal_type: str | None = None
    resource_id: str | None = None


class ChildOfParent(Payload):
    """A row that carries its parent besides its own id."""

    parent_id: Text
    id: Text
