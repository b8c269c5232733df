"""What the graph needs of a tenant beyond the engine's facts, as columns.

Row numbers refer to tables here or to the engine's `TenantFacts`: a *principal* is a row of `Principals`, a *scope* a
row of `Scopes`, a *role* a row of `TenantFacts.roles`; -1 is none. Instants are microseconds, intervals half-open.
Every table is sorted as it says, so that the same payloads give the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from remit.engine.strings import TextColumn

Codes = NDArray[np.int32]
Micros = NDArray[np.int64]
Small = NDArray[np.uint8]


class GuardState:
    """Whether a guard stops an edge at one resource; what is not listed in `GuardStates` is OPEN."""

    OPEN, CLOSED, UNKNOWN = range(3)


@dataclass(frozen=True, slots=True, eq=False)
class GuardStates:
    """Guards of resources that are not open; sorted by (resource, guard).

    Attributes:
        name: names of the guards, in the order of `EdgeCatalogue.guards`.
        resource: int32 row of `ResourceTable`. guard: int32 place in `name`. state: uint8, CLOSED or UNKNOWN.
    """

    name: tuple[str, ...]
    resource: Codes
    guard: Codes
    state: Small


@dataclass(frozen=True, slots=True, eq=False)
class ResourceTable:
    """Resources of the types that some edge is about, or that carry an identity; sorted by (scope, lower suffix).

    Attributes:
        scope: the container's scope row: its resource group, else its subscription.
        own: the resource's own scope row, -1 where it is no node of the tree.
        suffix: Azure's spelling of what stands behind the container's text, `/providers/…`.
        type: row of `type_name`, lower-case types, sorted. kind: row of `kind_name`, what `kind` says ("" for none).
    """

    scope: Codes
    own: Codes
    suffix: TextColumn
    type: Codes
    type_name: TextColumn
    kind: Codes
    kind_name: TextColumn

    @property
    def count(self) -> int:
        """Number of resources."""
        return len(self.scope)


class IdentityLink:
    """Values of `Identities.link`."""

    SYSTEM, USER_ASSIGNED, ITSELF, NODES = range(4)
    """ITSELF: the resource is a user-assigned identity, the principal is what it signs in as.

    NODES: the nodes of a cluster carry it, as the kubelet's; the others of a cluster are those of its control plane,
    which code in the cluster does not reach.
    """


@dataclass(frozen=True, slots=True, eq=False)
class Identities:
    """Which principal a resource runs as; sorted by (resource, principal, link)."""

    resource: Codes
    principal: Codes
    link: Small


class VaultRight:
    """Bits of `VaultPolicies.rights`."""

    SECRET_GET, SECRET_SET, KEY_USE, CERTIFICATE_GET, CERTIFICATE_SET, KEY_MANAGE = 1, 2, 4, 8, 16, 32


THROUGH_APPLICATION = 64
"""Beside the bits of `VaultRight`: they hold only through one application that acts on behalf of the principal."""


@dataclass(frozen=True, slots=True, eq=False)
class VaultPolicies:
    """Access policies of vaults (K1), whatever mode the vault is in; sorted by (resource, principal).

    Attributes:
        rights: `VaultRight` bits, with `THROUGH_APPLICATION` in a row of its own.
    """

    resource: Codes
    principal: Codes
    rights: Small


class ApplicationFlag:
    """Bits of `Applications.flags`."""

    LOCKED_INSTANCE = 1
    """servicePrincipalLockConfiguration is on for all properties or for credentials to sign in with (usage Verify)."""
    MULTI_TENANT = 2
    LOCK_NOT_READ = 4
    """The payload does not say servicePrincipalLockConfiguration at all."""
    NOT_READ = 8
    """Only its owners or federated credentials name it."""


@dataclass(frozen=True, slots=True, eq=False)
class Applications:
    """App registrations; sorted by key.

    Attributes:
        key: lower-case object id. app_id: lower case. principal: its service principal here, -1 for none.
    """

    key: TextColumn
    app_id: TextColumn
    display_name: TextColumn
    principal: Codes
    flags: Small


class ServiceFlag:
    """Bits of `ServicePrincipals.flags`."""

    MANAGED_IDENTITY = 1
    FIRST_PARTY = 2
    """The application is Microsoft's."""
    FOREIGN = 4
    """The application is of another tenant, not Microsoft's."""
    HAS_PASSWORD = 8
    HAS_CERTIFICATE = 16
    AGENT_IDENTITY = 32
    AGENT_BLUEPRINT = 64


@dataclass(frozen=True, slots=True, eq=False)
class ServicePrincipals:
    """Service principals; sorted by principal. `owner_tenant`: lower-case id of the application's tenant, or ""."""

    principal: Codes
    flags: Small
    owner_tenant: TextColumn


class OwnedKind:
    """Values of `Owners.kind`: what `owned` is a row of."""

    APPLICATION, SERVICE_PRINCIPAL, GROUP = range(3)


@dataclass(frozen=True, slots=True, eq=False)
class Owners:
    """Owners, permanent and (groups, through PIM) with a window; sorted by (kind, owned, owner, start).

    `owned` is a row of `Applications` for APPLICATION, else a principal.
    """

    kind: Small
    owned: Codes
    owner: Codes
    start: Micros
    end: Micros
    eligible: NDArray[np.bool_]


class GroupFlag:
    """Bits of `Groups.flags`."""

    ROLE_ASSIGNABLE, DYNAMIC, SYNCED, UNIFIED, SECURITY, RESTRICTED = 1, 2, 4, 8, 16, 32
    """RESTRICTED: member of a restricted management administrative unit."""
    ASSIGNABLE_NOT_READ = 64
    """The payload does not say isAssignableToRole at all."""
    PAUSED = 128
    """Its rule is not worked on: nobody comes in by it."""


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """Groups; sorted by principal. `rule`: membership rule of a dynamic group, or ""."""

    principal: Codes
    flags: Small
    rule: TextColumn


class UserFlag:
    """Bits of `Users.flags`."""

    GUEST, SYNCED, RESTRICTED = 1, 2, 4


@dataclass(frozen=True, slots=True, eq=False)
class Users:
    """Users; sorted by principal."""

    principal: Codes
    flags: Small


class RoleBasis:
    """Values of `DirectoryRole.basis`: its definition was read; it is known by its template id; it is not known."""

    DEFINED, KNOWN, UNKNOWN = range(3)


@dataclass(frozen=True, slots=True)
class DirectoryRole:
    """An Entra role; `actions` are its allowed resource actions, lower case, sorted, and `basis` how they are known."""

    key: str
    name: str
    is_custom: bool
    actions: tuple[str, ...]
    basis: int = RoleBasis.DEFINED


class DirectoryScope:
    """Values of `DirectoryAssignments.scope_kind`: what `scope` is a row of."""

    TENANT, ADMINISTRATIVE_UNIT, PRINCIPAL, APPLICATION, UNKNOWN = range(5)


@dataclass(frozen=True, slots=True, eq=False)
class DirectoryAssignments:
    """Assignments of Entra roles, active and eligible; sorted by (principal, role, scope_kind, scope, start, eligible).

    Attributes:
        role: place in `GraphFacts.directory_roles`. scope: row of what `scope_kind` says, -1 for the tenant.
    """

    principal: Codes
    role: Codes
    scope_kind: Small
    scope: Codes
    start: Micros
    end: Micros
    eligible: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class AdministrativeUnits:
    """Administrative units, sorted by key, and their members as pairs sorted by (unit, member)."""

    key: TextColumn
    display_name: TextColumn
    restricted: NDArray[np.bool_]
    unit: Codes
    member: Codes


@dataclass(frozen=True, slots=True, eq=False)
class AppRoleGrants:
    """Application permissions that service principals (or others) hold; sorted by (principal, api, permission).

    Attributes:
        api: principal row of the API's service principal. permission: row of `permission_name`.
        permission_name: `Application.ReadWrite.All` where the id is known, else the id; sorted.
        api_app_id: lower-case app id of the API per grant's `api`, e.g. 00000003-0000-0000-c000-000000000000 for
            Microsoft Graph; same length as the grants, as rows of `app_id_name`.
    """

    principal: Codes
    api: Codes
    permission: Codes
    permission_name: TextColumn
    api_app_id: Codes
    app_id_name: TextColumn


@dataclass(frozen=True, slots=True, eq=False)
class DelegatedGrants:
    """oauth2PermissionGrants; sorted by (client, api, principal). principal -1: consented for everybody."""

    client: Codes
    api: Codes
    principal: Codes
    scope: TextColumn


@dataclass(frozen=True, slots=True, eq=False)
class FederatedCredentials:
    """Trust in outside issuers; sorted by (application, resource, key).

    Attributes:
        application: row of `Applications`, or -1. resource: row of `ResourceTable` (a user-assigned identity), or -1.
        principal: what the subject signs in as, -1 where there is no service principal.
        key: lower-case id. subject: "" where an expression says it. expression: claimsMatchingExpression, or "".
        audiences: joined by blanks.
    """

    application: Codes
    resource: Codes
    principal: Codes
    key: TextColumn
    name: TextColumn
    issuer: TextColumn
    subject: TextColumn
    expression: TextColumn
    audiences: TextColumn


class CredentialKind:
    """Values of `Credentials.kind`."""

    PASSWORD, CERTIFICATE = range(2)


@dataclass(frozen=True, slots=True, eq=False)
class Credentials:
    """Secrets and certificates, never their values; sorted by (application, principal, kind, end).

    `application` -1 where it stands on the service principal; `principal` as in `FederatedCredentials`.
    """

    application: Codes
    principal: Codes
    kind: Small
    start: Micros
    end: Micros


class Demand:
    """Bits of `ActivationRules.demands`: what activating asks for."""

    MFA, JUSTIFICATION, TICKET, APPROVAL, AUTHENTICATION_CONTEXT = 1, 2, 4, 8, 16


@dataclass(frozen=True, slots=True, eq=False)
class ActivationRules:
    """PIM rules of Azure roles; sorted by (scope, role). `minutes`: longest activation, -1 where not said.

    Approvers of row i are `approver[approver_offsets[i]:approver_offsets[i + 1]]`, principals.
    """

    scope: Codes
    role: Codes
    demands: Small
    minutes: Codes
    approver_offsets: NDArray[np.int64]
    approver: Codes


@dataclass(frozen=True, slots=True, eq=False)
class Tags:
    """Tags that name an environment, a workload or an owner; sorted by (resource, scope, key).

    `resource` is a row of `ResourceTable`, -1 for tags of a scope; `scope` a scope row, -1 for tags of a resource.
    `key` (lower case) and `value` are rows of `text`.
    """

    resource: Codes
    scope: Codes
    key: Codes
    value: Codes
    text: TextColumn


@dataclass(frozen=True, slots=True, eq=False)
class Clusters:
    """What Kubernetes clusters say of themselves; sorted by resource. Texts "" where not said.

    `node_group`: scope row of the node resource group, -1 where not known. `issuer`: OIDC issuer URL.
    """

    resource: Codes
    node_group: Codes
    issuer: TextColumn


@dataclass(frozen=True, slots=True, eq=False)
class Workers:
    """Machines of hybrid worker groups, rows of `ResourceTable`; sorted by (group, machine)."""

    group: Codes
    machine: Codes


@dataclass(frozen=True, slots=True, eq=False)
class ScopeNames:
    """Display names of management groups and subscriptions; sorted by scope."""

    scope: Codes
    name: TextColumn


@dataclass(frozen=True, slots=True, eq=False)
class GraphFacts:
    """All of it. `directory_roles` is sorted by key."""

    resources: ResourceTable
    guards: GuardStates
    identities: Identities
    vault_policies: VaultPolicies
    applications: Applications
    service_principals: ServicePrincipals
    owners: Owners
    groups: Groups
    users: Users
    directory_roles: tuple[DirectoryRole, ...]
    directory_assignments: DirectoryAssignments
    administrative_units: AdministrativeUnits
    app_role_grants: AppRoleGrants
    delegated_grants: DelegatedGrants
    federated_credentials: FederatedCredentials
    credentials: Credentials
    activation_rules: ActivationRules
    tags: Tags
    clusters: Clusters
    workers: Workers
    scope_names: ScopeNames
