"""What the escalation graph reads of payloads, beside what decisions rest on.

Every field may be absent, null or of a shape that Azure does not document: then it was not said. Decode with
`tolerant.Tolerant`. Absent and null differ only in fields that have `UNSET`: null there is Azure's no.
"""

from __future__ import annotations

from msgspec import UNSET, Raw, UnsetType, field

from remit.wire.azure.shapes import Payload

NOTHING = Raw(b"null")


class _Row(Payload):
    """A row with an id."""

    id: str = ""


# Resources


class AttachedIdentity(Payload):
    """One user-assigned identity as the resource that carries it describes it."""

    principal_id: str | None = None


class ResourceIdentity(Payload):
    """What a resource says of its identities."""

    type: str | None = None
    principal_id: str | None = None
    user_assigned_identities: dict[str, AttachedIdentity | None] | None = None


class GraphResource(_Row):
    """A row of arm/resources or arm/policyAssignments, without its properties."""

    type: str | None = None
    kind: str | None = None
    identity: ResourceIdentity | UnsetType | None = UNSET
    tags: Raw = NOTHING
    properties: Raw = NOTHING


class UserAssignedProperties(Payload):
    """Properties of a user-assigned identity."""

    principal_id: str | None = None


class PolicyPermissions(Payload):
    """Permissions of an access policy of a vault."""

    keys: list[str] | None = None
    secrets: list[str] | None = None
    certificates: list[str] | None = None


class AccessPolicy(Payload):
    """An access policy of a vault (K1)."""

    tenant_id: str | None = None
    object_id: str | None = None
    application_id: str | None = None
    permissions: PolicyPermissions | None = None


class VaultAccess(Payload):
    """Access policies of a vault."""

    tenant_id: str | None = None
    access_policies: list[AccessPolicy] | None = None


class NodeIdentity(Payload):
    """An identity that the nodes of a cluster carry."""

    resource_id: str | None = None
    object_id: str | None = None


class IssuerProfile(Payload):
    """The OIDC issuer of a cluster; Azure's two services spell it differently."""

    issuer_url: str | None = field(default=None, name="issuerURL")
    issuer_url_arc: str | None = field(default=None, name="issuerUrl")


class ClusterSays(Payload):
    """What a Kubernetes cluster says of itself."""

    node_resource_group: str | None = None
    oidc_issuer_profile: IssuerProfile | None = None
    identity_profile: dict[str, NodeIdentity | None] | None = None


class WorkerSays(Payload):
    """What a hybrid worker says of itself; the machine may be one of Arc."""

    vm_resource_id: str | None = None


class PlaceProperties(Payload):
    """Properties of a management group."""

    display_name: str | None = None


class NamedPlace(_Row):
    """A row of arm/managementGroups or arm/subscriptions."""

    display_name: str | None = None
    tags: Raw = NOTHING
    properties: PlaceProperties | None = None


# PIM for Azure roles


class Approver(Payload):
    """Somebody who approves."""

    id: str | None = None


class ApprovalStage(Payload):
    """A stage of an approval."""

    primary_approvers: list[Approver] | None = None


class ApprovalSetting(Payload):
    """Whether activation needs approval, and whose."""

    is_approval_required: bool | None = None
    approval_stages: list[ApprovalStage] | None = None


class PolicyRule(_Row):
    """One effective rule."""

    enabled_rules: list[str] | None = None
    is_enabled: bool | None = None
    maximum_duration: str | None = None
    setting: ApprovalSetting | None = None


class RulesProperties(Payload):
    """What an assignment of a role management policy says."""

    scope: str | None = None
    role_definition_id: str | None = None
    effective_rules: list[PolicyRule] | None = None


class RulesAssignment(_Row):
    """A row of arm/roleManagementPolicyAssignments."""

    properties: RulesProperties | None = None


# Federation


class ClaimsExpression(Payload):
    """A flexible matching expression."""

    value: str | None = None


class FederatedFields(Payload):
    """What a federated credential says, wherever it stands."""

    issuer: str | None = None
    subject: str | None = None
    audiences: list[str] | None = None
    claims_matching_expression: ClaimsExpression | str | None = None


class ApplicationCredential(FederatedFields):
    """A row of graph/applicationFederatedIdentityCredentials."""

    id: str = ""
    parent_id: str = ""
    name: str | None = None


class IdentityCredential(_Row):
    """A row of arm/federatedIdentityCredentials."""

    name: str | None = None
    properties: FederatedFields | None = None


# The directory


class Pair(Payload):
    """A row that says who owns or is member of what."""

    parent_id: str = ""
    member: _Row | None = None


class User(_Row):
    """A row of graph/users."""

    user_type: str | None = None
    on_premises_sync_enabled: bool | None = None
    is_management_restricted: bool | None = None


class Group(_Row):
    """A row of graph/groups."""

    is_assignable_to_role: bool | UnsetType | None = UNSET
    group_types: list[str] | None = None
    membership_rule: str | None = None
    membership_rule_processing_state: str | None = None
    on_premises_sync_enabled: bool | None = None
    security_enabled: bool | None = None
    is_management_restricted: bool | None = None


class AppRole(_Row):
    """A permission that an API offers to applications."""

    value: str | None = None


class Secret(Payload):
    """A password or key credential, without its value."""

    usage: str | None = None
    start_date_time: str | None = None
    end_date_time: str | None = None


class ServicePrincipal(_Row):
    """A row of graph/servicePrincipals."""

    odata_type: str | None = field(default=None, name="@odata.type")
    app_id: str | None = None
    service_principal_type: str | None = None
    alternative_names: list[str] | None = None
    app_owner_organization_id: str | None = None
    app_roles: list[AppRole] | None = None
    password_credentials: list[Secret] | None = None
    key_credentials: list[Secret] | None = None


class InstanceLock(Payload):
    """Lock of the properties of service principals of an application."""

    is_enabled: bool | None = None
    all_properties: bool | None = None
    credentials_with_usage_sign: bool | None = None
    credentials_with_usage_verify: bool | None = None


class Application(_Row):
    """A row of graph/applications."""

    app_id: str | None = None
    display_name: str | None = None
    sign_in_audience: str | None = None
    service_principal_lock_configuration: InstanceLock | UnsetType | None = UNSET
    password_credentials: list[Secret] | None = None
    key_credentials: list[Secret] | None = None


class AdministrativeUnit(_Row):
    """A row of graph/administrativeUnits."""

    display_name: str | None = None
    is_member_management_restricted: bool | None = None


class AppRoleAssignment(_Row):
    """A row of graph/appRoleAssignments."""

    principal_id: str | None = None
    resource_id: str | None = None
    app_role_id: str | None = None


class DelegatedGrant(_Row):
    """A row of graph/oauth2PermissionGrants."""

    client_id: str | None = None
    resource_id: str | None = None
    principal_id: str | None = None
    consent_type: str | None = None
    scope: str | None = None


class DirectoryRolePermission(Payload):
    """A block of resource actions."""

    allowed_resource_actions: list[str] | None = None
    condition: str | None = None


class DirectoryRoleDefinition(_Row):
    """A row of graph/directoryRoleDefinitions."""

    template_id: str | None = None
    display_name: str | None = None
    is_built_in: bool | None = None
    role_permissions: list[DirectoryRolePermission] | None = None


class DirectoryRoleAssignment(_Row):
    """A row of the lists of assignments of directory roles; the windows stand in the schedule instances."""

    principal_id: str | None = None
    role_definition_id: str | None = None
    directory_scope_id: str | None = None
    app_scope_id: str | None = None
    member_type: str | None = None
    start_date_time: str | None = None
    end_date_time: str | None = None


class GroupWindow(_Row):
    """A row of the schedule instances of PIM for groups."""

    group_id: str | None = None
    principal_id: str | None = None
    access_id: str | None = None
    start_date_time: str | None = None
    end_date_time: str | None = None
