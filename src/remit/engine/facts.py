"""The facts of one tenant as columns: what the importer makes, what the store keeps, what the index reads.

Every table is a small class of equally long arrays; codes (int32) are row numbers of another table, -1 is none.
Texts are `TextColumn`s. Nothing here is an object per row except roles, gaps, flags, guards' names and other
short lists. Rows are sorted as each class says, so that the same payloads give the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from remit.engine.strings import TextColumn
from remit.model.role import PermissionBlock, RoleDefinition
from remit.model.snapshot import Flag, SnapshotMeta

Codes = NDArray[np.int32]
Micros = NDArray[np.int64]
Small = NDArray[np.uint8]
Counts = NDArray[np.int64]

UNPLACED = -2
"""`Scopes.parent` of a subscription or management group whose parent was not read (S3)."""


class PrincipalKind:
    """Values of `Principals.kind`."""

    UNKNOWN, USER, GROUP, SERVICE_PRINCIPAL, DEVICE, FOREIGN_GROUP = range(6)
    WORDS = ("unknown", "user", "group", "servicePrincipal", "device", "foreignGroup")


class PrincipalFlag:
    """Bits of `Principals.flags`."""

    LISTED = 1
    """In a directory list, or named as a member or owner by Graph: it exists in this tenant."""
    DISABLED = 2
    """`accountEnabled` is false."""


@dataclass(frozen=True, slots=True, eq=False)
class Principals:
    """Every object id that any list mentions; sorted by `key`.

    Attributes:
        key: lower-case object id, distinct.
        kind: uint8, `PrincipalKind`.
        flags: uint8, `PrincipalFlag` bits.
        display_name, user_principal_name, app_id: "" where there is none; app ids lower case.
    """

    key: TextColumn
    kind: Small
    flags: Small
    display_name: TextColumn
    user_principal_name: TextColumn
    app_id: TextColumn


@dataclass(frozen=True, slots=True, eq=False)
class Memberships:
    """Direct memberships with their windows; sorted by all columns in order, distinct (G1, P6).

    Attributes:
        parent, member: int32 rows of `Principals`.
        start, end: int64 microseconds, half-open; `interval.ALWAYS_FROM`, `ALWAYS_UNTIL` where unbounded.
    """

    parent: Codes
    member: Codes
    start: Micros
    end: Micros


class ScopeFlag:
    """Bits of `Scopes.flags`."""

    LISTED = 1
    """In arm/managementGroups, arm/subscriptions or arm/resources."""


@dataclass(frozen=True, slots=True, eq=False)
class Scopes:
    """The nodes of the scope tree, sorted by `key`.

    `/`, every management group, subscription and resource group, and every other scope that an assignment, a deny, a
    lock, a policy, a setting or a gap names, with all its ancestors.

    Attributes:
        key: `Scope.key`, distinct; row 0 is `/`.
        text: Azure's spelling, of the first of the sorted spellings where there are several.
        kind: uint8, `ScopeKind`.
        parent: int32 row of the parent (S2, S3); -1 for `/`, `UNPLACED` where not known. The tenant root group and
            scopes under `/providers` that are no management group hang under row 0.
        flags: uint8, `ScopeFlag` bits.
    """

    key: TextColumn
    text: TextColumn
    kind: Small
    parent: Codes
    flags: Small


class AssignmentKind:
    """Values of `Assignments.kind`."""

    ACTIVE, ELIGIBLE, LIGHTHOUSE, LIGHTHOUSE_ELIGIBLE = range(4)


class AssignmentFlag:
    """Bits of `Assignments.flags`: why a row grants nothing, or must be treated apart."""

    CUSTOM_DATA_AT_MANAGEMENT_GROUP = 1
    """L7: grants nothing."""
    LIGHTHOUSE_NOT_PERMITTED = 2
    """X1, X3: grants nothing."""
    ELIGIBLE_SERVICE_PRINCIPAL = 4
    """P4: ignored."""
    FOREIGN_PRINCIPAL = 8
    """principalType is ForeignGroup, or a Lighthouse authorization: the principal is of another tenant."""


@dataclass(frozen=True, slots=True, eq=False)
class Assignments:
    """Active, eligible and Lighthouse assignments; sorted by (scope, principal, role, kind, start, name).

    Attributes:
        principal, role, scope: int32 rows of `Principals`, `TenantFacts.roles`, `Scopes`.
        condition: int32 row of `Conditions`, -1 for none.
        kind: uint8, `AssignmentKind`.
        flags: uint8, `AssignmentFlag` bits.
        start, end: int64 microseconds, half-open (P2); unbounded where permanent. One row for one window.
        name: last segment of the assignment's id, or the whole id where it is not
            `{scope text}/providers/Microsoft.Authorization/roleAssignments/{name}` (then it starts with `/`).
    """

    principal: Codes
    role: Codes
    scope: Codes
    condition: Codes
    kind: Small
    flags: Small
    start: Micros
    end: Micros
    name: TextColumn


@dataclass(frozen=True, slots=True, eq=False)
class Conditions:
    """Distinct conditions of assignments; sorted by (text, version). `version` is "" where not given."""

    text: TextColumn
    version: TextColumn


class DenyFlag:
    """Bits of `Denies.flags`."""

    THIS_SCOPE_ONLY = 1
    """doNotApplyToChildScopes (N6)."""
    AUDIT = 2
    """denyAssignmentEffect is audit (N9)."""
    SYSTEM_PROTECTED = 4
    EVERYONE = 8
    """Everyone stands in principals (N4)."""


@dataclass(frozen=True, slots=True, eq=False)
class Denies:
    """Deny assignments; sorted by (scope, id). Principals in compressed rows: row i owns `[offsets[i], offsets[i+1])`.

    Attributes:
        scope: int32 row of `Scopes`.
        flags: uint8, `DenyFlag` bits.
        permissions: int32 row of `TenantFacts.deny_permissions`.
        principal_offsets, principal: int64 offsets and int32 rows of `Principals`, Everyone left out, sorted.
        excluded_offsets, excluded: the same for excludePrincipals; Everyone there is ignored (N4).
        identity: full id, Azure's spelling. name: denyAssignmentName.
    """

    scope: Codes
    flags: Small
    permissions: Codes
    principal_offsets: Counts
    principal: Codes
    excluded_offsets: Counts
    excluded: Codes
    identity: TextColumn
    name: TextColumn


class LockLevel:
    """Values of `Locks.level` (B1)."""

    CAN_NOT_DELETE, READ_ONLY = 1, 2


@dataclass(frozen=True, slots=True, eq=False)
class Locks:
    """Management locks; sorted by (scope, identity)."""

    scope: Codes
    level: Small
    identity: TextColumn


class PolicyEffect:
    """Values of `Policies.effect` (B5); a row with SPARED says that the assignment leaves this scope out."""

    UNKNOWN, DENY_ACTION, OTHER, SPARED = range(4)


@dataclass(frozen=True, slots=True, eq=False)
class Policies:
    """Policy assignments and the scopes they leave out; sorted by (scope, identity).

    `effect` is what the assignment itself tells.
    """

    scope: Codes
    effect: Small
    identity: TextColumn


class Setting:
    """Values of `Settings.setting`; each is about one resource. `value` is 0 false, 1 true, 2 null or absent."""

    VAULT_RBAC = 1
    """Key Vault enableRbacAuthorization (K1)."""
    STORAGE_SHARED_KEY = 2
    """allowSharedKeyAccess (K5); absent means allowed."""
    STORAGE_HIERARCHICAL = 3
    """isHnsEnabled (K7)."""
    REGISTRY_ABAC = 4
    """1 when roleAssignmentMode is AbacRepositoryPermissions (K8)."""
    AKS_LOCAL_ACCOUNTS_DISABLED = 5
    """disableLocalAccounts (K9)."""
    AKS_ENTRA = 6
    """An aadProfile is present (K9)."""
    AKS_AZURE_RBAC = 7
    """aadProfile.enableAzureRBAC (K9)."""
    LOCAL_AUTH_DISABLED = 8
    """disableLocalAuth, or the service's word for it (K6)."""


@dataclass(frozen=True, slots=True, eq=False)
class Settings:
    """Settings of resources that act beside RBAC; sorted by (scope, setting)."""

    scope: Codes
    setting: Small
    value: Small


@dataclass(frozen=True, slots=True, eq=False)
class Resources:
    """Resources counted by nearest node and type; sorted by (scope, type).

    Attributes:
        type_name: lower-case resource types, sorted, distinct; resource groups included.
        scope: int32 row of `Scopes`: the resource's own node if it has one, else its nearest ancestor's.
        type: int32 row of `type_name`.
        count: int64 how many.
    """

    type_name: TextColumn
    scope: Codes
    type: Codes
    count: Counts


@dataclass(frozen=True, slots=True, eq=False)
class Operations:
    """The catalogue of operations, keyed by name and plane (D7); sorted by (lower-case name, data).

    Attributes:
        name: Azure's spelling. data: uint8, 1 for data actions.
    """

    name: TextColumn
    data: Small


@dataclass(frozen=True, slots=True)
class ClassicAdministrator:
    """A leftover classic administrator (E5): no access, flagged."""

    email: str
    role: str
    scope: str


@dataclass(frozen=True, slots=True)
class DenyPermissions:
    """A distinct list of permission blocks of deny assignments, with the deny's own condition if any (N12)."""

    blocks: tuple[PermissionBlock, ...]
    condition: str | None = None
    condition_version: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class TenantFacts:
    """All that was read of one tenant, normalised. Immutable; the input of `TenantIndex.build`.

    `roles` is sorted by key. Roles named by assignments but not collected stand in it with their source
    `notCollected`; roles taken from the starter catalogue with `catalogue`.
    """

    meta: SnapshotMeta
    flags: tuple[Flag, ...]
    principals: Principals
    memberships: Memberships
    eligible_memberships: Memberships
    scopes: Scopes
    roles: tuple[RoleDefinition, ...]
    assignments: Assignments
    conditions: Conditions
    denies: Denies
    deny_permissions: tuple[DenyPermissions, ...]
    locks: Locks
    policies: Policies
    settings: Settings
    resources: Resources
    operations: Operations
    classic_administrators: tuple[ClassicAdministrator, ...]
