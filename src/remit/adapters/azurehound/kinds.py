"""Every kind of record that AzureHound 2.x writes, and what becomes of it.

`used`: answers rest on it. `kept`: it stands in the snapshot, no answer reads it today. `ignored`: counted and left
out, for the reason given. A kind that is not in this table is ignored under its own name, except that a kind ending in
`RoleAssignment` is read as role assignments, for forks add such kinds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from types import MappingProxyType


class Treatment(StrEnum):
    """What becomes of the records of a kind."""

    USED = "used"
    KEPT = "kept"
    IGNORED = "ignored"


class Form(Enum):
    """How a record turns into rows of a list."""

    OBJECT = auto()  # the data is the row
    RESOURCE = auto()  # the data is the row; its type is added where it is missing
    PAIRS = auto()  # one row for each member or owner
    CREDENTIALS = auto()  # one row for each federated credential
    DIRECTORY_ASSIGNMENTS = auto()  # one row for each Entra role assignment
    ASSIGNMENTS = auto()  # one row for each Azure role assignment
    MANAGEMENT_GROUP = auto()  # a management group, without its parent
    DESCENDANT = auto()  # a management group or subscription with its parent
    TENANT = auto()  # tells whose tenant this is
    NONE = auto()


@dataclass(frozen=True, slots=True)
class Kind:
    """What becomes of one kind.

    Attributes:
        treatment, form: as above.
        list_name: list of the tenant export that the rows go to, "" for none.
        detail: for PAIRS the member that holds the list, for RESOURCE the resource type, for NONE the reason.
    """

    treatment: Treatment
    form: Form
    list_name: str = ""
    detail: str = ""


def _used(form: Form, list_name: str, detail: str = "") -> Kind:
    return Kind(Treatment.USED, form, list_name, detail)


def _kept(form: Form, list_name: str, detail: str = "") -> Kind:
    return Kind(Treatment.KEPT, form, list_name, detail)


def _ignored(reason: str) -> Kind:
    return Kind(Treatment.IGNORED, Form.NONE, "", reason)


_GROUP_MEMBERS = _used(Form.PAIRS, "graph/groupMembers", "members")
_GROUP_OWNERS = _used(Form.PAIRS, "graph/groupOwners", "owners")

ASSIGNMENTS = _used(Form.ASSIGNMENTS, "arm/roleAssignments")
"""Also the treatment of unknown kinds that end in `RoleAssignment`."""

_DIRECTORY: Mapping[str, Kind] = {
    "AZTenant": _used(Form.TENANT, ""),
    "AZUser": _used(Form.OBJECT, "graph/users"),
    "AZGroup": _used(Form.OBJECT, "graph/groups"),
    "AZGroup365": _used(Form.OBJECT, "graph/groups"),
    "AZGroupMember": _GROUP_MEMBERS,
    "AZGroup365Member": _GROUP_MEMBERS,
    "AZGroupOwner": _GROUP_OWNERS,
    "AZGroup365Owner": _GROUP_OWNERS,
    "AZServicePrincipal": _used(Form.OBJECT, "graph/servicePrincipals"),
    "AZServicePrincipalOwner": _used(Form.PAIRS, "graph/servicePrincipalOwners", "owners"),
    "AZDevice": _used(Form.OBJECT, "graph/devices"),
    "AZDeviceOwner": _ignored("a tenant export has no list of device owners"),
    "AZApp": _kept(Form.OBJECT, "graph/applications"),
    "AZAppOwner": _used(Form.PAIRS, "graph/applicationOwners", "owners"),
    "AZAppMember": _ignored("no version of AzureHound 2 writes it"),
    "AZAppRoleAssignment": _kept(Form.OBJECT, "graph/appRoleAssignments"),
    "AZFederatedIdentityCredential": _kept(Form.CREDENTIALS, "graph/applicationFederatedIdentityCredentials"),
    "AZOAuth2PermissionGrant": _kept(Form.OBJECT, "graph/oauth2PermissionGrants"),
    "AZRole": _kept(Form.OBJECT, "graph/directoryRoleDefinitions"),
    "AZRoleAssignment": _kept(Form.DIRECTORY_ASSIGNMENTS, "graph/directoryRoleAssignments"),
    "AZRoleEligibilityScheduleInstance": _kept(Form.OBJECT, "graph/directoryRoleEligibilityScheduleInstances"),
    "AZRoleManagementPolicyAssignment": _ignored("a digest of Entra role settings, not Microsoft Graph's payload"),
}

_PLACES: Mapping[str, Kind] = {
    "AZManagementGroup": _used(Form.MANAGEMENT_GROUP, "arm/managementGroups"),
    "AZManagementGroupDescendant": _used(Form.DESCENDANT, "arm/managementGroups"),
    "AZSubscription": _used(Form.OBJECT, "arm/subscriptions"),
    "AZKeyVaultAccessPolicy": _ignored("stands in the properties of its AZKeyVault as well"),
    "AZPartner": _ignored("partner relations are no list of a tenant export"),
}

_RESOURCE_TYPES = {
    "AZResourceGroup": "Microsoft.Resources/resourceGroups",
    "AZVM": "Microsoft.Compute/virtualMachines",
    "AZVMScaleSet": "Microsoft.Compute/virtualMachineScaleSets",
    "AZKeyVault": "Microsoft.KeyVault/vaults",
    "AZStorageAccount": "Microsoft.Storage/storageAccounts",
    "AZStorageContainer": "Microsoft.Storage/storageAccounts/blobServices/containers",
    "AZManagedCluster": "Microsoft.ContainerService/managedClusters",
    "AZContainerRegistry": "Microsoft.ContainerRegistry/registries",
    "AZWebApp": "Microsoft.Web/sites",
    "AZFunctionApp": "Microsoft.Web/sites",
    "AZLogicApp": "Microsoft.Logic/workflows",
    "AZAutomationAccount": "Microsoft.Automation/automationAccounts",
    "AZDomainService": "Microsoft.AAD/domainServices",
}

_ASSIGNMENT_KINDS = (
    *(
        f"{place}{word}"
        for place in ("AZManagementGroup", "AZSubscription", "AZResourceGroup", "AZKeyVault", "AZVM")
        for word in ("RoleAssignment", "Owner", "Contributor", "UserAccessAdmin")
    ),
    "AZKeyVaultKVContributor",
    "AZVMVMContributor",
    "AZVMAvereContributor",
    "AZVMAdminLogin",
    *(
        f"{kind}RoleAssignment"
        for kind in _RESOURCE_TYPES
        if kind not in {"AZResourceGroup", "AZVM", "AZKeyVault", "AZStorageContainer"}
    ),
)

KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        **_DIRECTORY,
        **_PLACES,
        **{kind: _used(Form.RESOURCE, "arm/resources", name) for kind, name in _RESOURCE_TYPES.items()},
        **dict.fromkeys(_ASSIGNMENT_KINDS, ASSIGNMENTS),
    }
)
"""Every kind by name."""

UNKNOWN = _ignored("not a kind of AzureHound 2 that Remit knows")


def kind_of(name: str) -> Kind:
    """Return what becomes of records of this kind."""
    found = KINDS.get(name)
    if found is not None:
        return found
    return ASSIGNMENTS if name.endswith("RoleAssignment") else UNKNOWN
