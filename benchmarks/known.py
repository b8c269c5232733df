"""Product facts that the generated tenants are built around: resource types and well-known roles.

Names and GUIDs are Azure's; which share of a tenant they make up is ours. Everything else of the
catalogue is invented by `catalogue`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class KnownType:
    """A resource type of Azure, with the part of a tenant's resources it makes up.

    Attributes:
        provider: namespace.
        path: type below the namespace; nested types hold slashes.
        abbreviation: start of the resources' names.
        share: weight among all types.
        verbs: POST actions.
        data: data actions, without the type in front.
    """

    provider: str
    path: str
    abbreviation: str
    share: int
    verbs: tuple[str, ...] = ()
    data: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Return the full type."""
        return f"{self.provider}/{self.path}"


_SECRETS = ("secrets/getSecret/action", "secrets/readMetadata/action", "secrets/setSecret/action", "secrets/delete")
_KEYS = ("keys/read", "keys/encrypt/action", "keys/decrypt/action", "keys/sign/action", "keys/create/action")
_BLOBS = tuple(
    f"blobServices/containers/blobs/{verb}"
    for verb in (
        "read",
        "write",
        "delete",
        "add/action",
        "move/action",
        "tags/read",
        "tags/write",
        "runAsSuperUser/action",
    )
)
_QUEUES = tuple(f"queueServices/queues/messages/{verb}" for verb in ("read", "write", "delete", "process/action"))

TYPES = (
    KnownType("Microsoft.Compute", "disks", "disk", 110, ("beginGetAccess", "endGetAccess")),
    KnownType("Microsoft.Network", "networkInterfaces", "nic", 110, ("join", "effectiveRouteTable")),
    KnownType(
        "Microsoft.Compute",
        "virtualMachines",
        "vm",
        90,
        ("start", "restart", "powerOff", "deallocate", "runCommand", "capture"),
        ("login/action", "loginAsAdmin/action"),
    ),
    KnownType("Microsoft.Compute", "virtualMachines/extensions", "ext", 90),
    KnownType(
        "Microsoft.Storage",
        "storageAccounts",
        "st",
        75,
        ("listKeys", "regenerateKey", "listAccountSas", "listServiceSas"),
        (*_BLOBS, *_QUEUES),
    ),
    KnownType("Microsoft.Network", "networkSecurityGroups", "nsg", 60, ("join",)),
    KnownType("Microsoft.Network", "publicIPAddresses", "pip", 45, ("join",)),
    KnownType("Microsoft.Network", "privateEndpoints", "pe", 45),
    KnownType("Microsoft.Insights", "metricAlerts", "alert", 40),
    KnownType("Microsoft.Network", "virtualNetworks", "vnet", 30, ("join", "peer")),
    KnownType("Microsoft.Web", "sites", "app", 30, ("restart", "publishxml", "start", "stop")),
    KnownType("Microsoft.KeyVault", "vaults", "kv", 28, ("deploy",), (*_SECRETS, *_KEYS)),
    KnownType("Microsoft.ManagedIdentity", "userAssignedIdentities", "id", 26, ("assign",)),
    KnownType("Microsoft.Insights", "components", "appi", 24),
    KnownType("Microsoft.Network", "privateDnsZones", "dns", 20),
    KnownType("Microsoft.Sql", "servers/databases", "sqldb", 20, ("export", "pause", "resume")),
    KnownType("Microsoft.Web", "serverFarms", "plan", 18, ("join",)),
    KnownType("Microsoft.OperationalInsights", "workspaces", "log", 16, ("sharedKeys", "search")),
    KnownType("Microsoft.Sql", "servers", "sql", 14),
    KnownType("Microsoft.Network", "loadBalancers", "lb", 14),
    KnownType("Microsoft.Logic", "workflows", "logic", 12, ("run", "enable", "disable")),
    KnownType(
        "Microsoft.ContainerService",
        "managedClusters",
        "aks",
        12,
        ("listClusterUserCredential", "listClusterAdminCredential", "runCommand"),
        ("pods/read", "pods/write", "secrets/read", "configmaps/read", "namespaces/read"),
    ),
    KnownType(
        "Microsoft.ContainerRegistry",
        "registries",
        "cr",
        10,
        ("listCredentials", "importImage"),
        ("repositories/content/read", "repositories/content/write"),
    ),
    KnownType("Microsoft.Automation", "automationAccounts", "aa", 9),
    KnownType("Microsoft.Automation", "automationAccounts/runbooks", "rb", 9, ("publish",)),
    KnownType("Microsoft.ServiceBus", "namespaces", "sb", 9, (), ("messages/send/action", "messages/receive/action")),
    KnownType("Microsoft.EventHub", "namespaces", "eh", 8, (), ("messages/send/action", "messages/receive/action")),
    KnownType("Microsoft.DocumentDB", "databaseAccounts", "cosmos", 7, ("listKeys", "listConnectionStrings")),
    KnownType("Microsoft.Cache", "redis", "redis", 5, ("listKeys",)),
    KnownType("Microsoft.DataFactory", "factories", "adf", 5),
    KnownType("Microsoft.ApiManagement", "service", "apim", 3),
    KnownType("Microsoft.MachineLearningServices", "workspaces", "mlw", 3, ("listKeys",)),
    KnownType("Microsoft.CognitiveServices", "accounts", "ai", 4, ("listKeys",), ("OpenAI/deployments/chat/action",)),
    KnownType("Microsoft.Databricks", "workspaces", "dbw", 3),
    KnownType("Microsoft.RecoveryServices", "vaults", "rsv", 5),
    KnownType("Microsoft.AppConfiguration", "configurationStores", "appcs", 3, ("listKeys",), ("keyValues/read",)),
)

PLAIN_OPERATIONS = (
    "Microsoft.Authorization/roleAssignments/read",
    "Microsoft.Authorization/roleAssignments/write",
    "Microsoft.Authorization/roleAssignments/delete",
    "Microsoft.Authorization/roleDefinitions/read",
    "Microsoft.Authorization/roleDefinitions/write",
    "Microsoft.Authorization/roleDefinitions/delete",
    "Microsoft.Authorization/denyAssignments/read",
    "Microsoft.Authorization/denyAssignments/delete",
    "Microsoft.Authorization/locks/read",
    "Microsoft.Authorization/locks/write",
    "Microsoft.Authorization/locks/delete",
    "Microsoft.Authorization/policyAssignments/read",
    "Microsoft.Authorization/policyAssignments/write",
    "Microsoft.Authorization/policyAssignments/delete",
    "Microsoft.Authorization/elevateAccess/action",
    "Microsoft.Management/managementGroups/read",
    "Microsoft.Management/managementGroups/write",
    "Microsoft.Management/managementGroups/delete",
    "Microsoft.Management/managementGroups/subscriptions/write",
    "Microsoft.Resources/subscriptions/read",
    "Microsoft.Resources/subscriptions/resourceGroups/read",
    "Microsoft.Resources/subscriptions/resourceGroups/write",
    "Microsoft.Resources/subscriptions/resourceGroups/delete",
    "Microsoft.Resources/deployments/read",
    "Microsoft.Resources/deployments/write",
    "Microsoft.Resources/deployments/delete",
    "Microsoft.Resources/deployments/validate/action",
    "Microsoft.Resources/deploymentStacks/manageDenySetting/action",
    "Microsoft.ContainerRegistry/registries/pull/read",
    "Microsoft.KeyVault/checkNameAvailability/read",
    "Microsoft.ServiceBus/namespaces/queues/read",
    "Microsoft.ServiceBus/namespaces/topics/read",
    "Microsoft.Storage/storageAccounts/blobServices/containers/delete",
    "Microsoft.Storage/storageAccounts/blobServices/containers/read",
    "Microsoft.Storage/storageAccounts/blobServices/containers/write",
    "Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action",
    "Microsoft.Support/supportTickets/read",
    "Microsoft.Support/supportTickets/write",
    "Microsoft.Insights/alertRules/read",
    "Microsoft.Insights/alertRules/write",
)

COMMON_EXTRAS = (
    "Microsoft.Authorization/*/read",
    "Microsoft.Insights/alertRules/*",
    "Microsoft.Resources/deployments/*",
    "Microsoft.Resources/subscriptions/resourceGroups/read",
    "Microsoft.Support/*",
)
"""What about half of the built-in roles list beside their own service."""


@dataclass(frozen=True, slots=True)
class KnownRole:
    """A built-in role of Azure: GUID, name, one permission block, and its weight among assignments."""

    guid: str
    name: str
    share: int
    actions: tuple[str, ...] = ()
    not_actions: tuple[str, ...] = ()
    data_actions: tuple[str, ...] = ()
    not_data_actions: tuple[str, ...] = ()


_CONTAINERS = "Microsoft.Storage/storageAccounts/blobServices/containers"
_DELEGATION_KEY = "Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action"

ROLES = (
    KnownRole("acdd72a7-3385-48ef-bd42-f606fba81ae7", "Reader", 220, ("*/read",)),
    KnownRole(
        "b24988ac-6180-42a0-ab88-20f7382dd24c",
        "Contributor",
        180,
        ("*",),
        (
            "Microsoft.Authorization/*/Delete",
            "Microsoft.Authorization/*/Write",
            "Microsoft.Authorization/elevateAccess/Action",
            "Microsoft.Resources/deploymentStacks/manageDenySetting/action",
        ),
    ),
    KnownRole("8e3af657-a8ff-443c-a75c-2fe8c4bcb635", "Owner", 35, ("*",)),
    KnownRole(
        "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
        "User Access Administrator",
        6,
        ("*/read", "Microsoft.Authorization/*", "Microsoft.Support/*"),
    ),
    KnownRole(
        "f58310d9-a9f6-439a-9e8d-f62e7b41a168",
        "Role Based Access Control Administrator",
        6,
        (
            "Microsoft.Authorization/roleAssignments/write",
            "Microsoft.Authorization/roleAssignments/delete",
            "*/read",
            "Microsoft.Support/*",
        ),
    ),
    KnownRole(
        "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
        "Storage Blob Data Contributor",
        60,
        (f"{_CONTAINERS}/delete", f"{_CONTAINERS}/read", f"{_CONTAINERS}/write", _DELEGATION_KEY),
        (),
        tuple(f"{_CONTAINERS}/blobs/{verb}" for verb in ("delete", "read", "write", "move/action", "add/action")),
    ),
    KnownRole(
        "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
        "Storage Blob Data Reader",
        50,
        (f"{_CONTAINERS}/read", _DELEGATION_KEY),
        (),
        (f"{_CONTAINERS}/blobs/read",),
    ),
    KnownRole(
        "b7e6dc6d-f1e8-4753-8033-0f276bb0955b",
        "Storage Blob Data Owner",
        12,
        (f"{_CONTAINERS}/*", _DELEGATION_KEY),
        (),
        (f"{_CONTAINERS}/blobs/*",),
    ),
    KnownRole(
        "4633458b-17de-408a-b874-0445c86b69e6",
        "Key Vault Secrets User",
        55,
        (),
        (),
        ("Microsoft.KeyVault/vaults/secrets/getSecret/action", "Microsoft.KeyVault/vaults/secrets/readMetadata/action"),
    ),
    KnownRole(
        "00482a5a-887f-4fb3-b363-3b7fe8e74483",
        "Key Vault Administrator",
        14,
        (*COMMON_EXTRAS, "Microsoft.KeyVault/checkNameAvailability/read", "Microsoft.KeyVault/vaults/*/read"),
        (),
        ("Microsoft.KeyVault/vaults/*",),
    ),
    KnownRole(
        "9980e02c-c2be-4d73-94e8-173b1dc7cf3c",
        "Virtual Machine Contributor",
        22,
        (
            *COMMON_EXTRAS,
            "Microsoft.Compute/virtualMachines/*",
            "Microsoft.Compute/disks/read",
            "Microsoft.Compute/disks/write",
            "Microsoft.Network/networkInterfaces/*",
            "Microsoft.Network/virtualNetworks/read",
            "Microsoft.Storage/storageAccounts/listKeys/action",
            "Microsoft.Storage/storageAccounts/read",
        ),
    ),
    KnownRole(
        "4d97b98b-1d4f-4787-a291-c67834d212e7",
        "Network Contributor",
        20,
        (*COMMON_EXTRAS, "Microsoft.Network/*"),
    ),
    KnownRole(
        "17d1049b-9a84-46fb-8f53-869881c3d3ab",
        "Storage Account Contributor",
        18,
        (*COMMON_EXTRAS, "Microsoft.Storage/storageAccounts/*"),
    ),
    KnownRole("43d0d8ad-25c7-4714-9337-8ba259a9fe05", "Monitoring Reader", 25, ("*/read", "Microsoft.Support/*")),
    KnownRole(
        "7f951dda-4ed3-4680-a7ca-43fe172d538d",
        "AcrPull",
        30,
        ("Microsoft.ContainerRegistry/registries/pull/read",),
    ),
    KnownRole(
        "f1a07417-d97a-45cb-824c-7a7467783830",
        "Managed Identity Operator",
        14,
        (
            *COMMON_EXTRAS,
            "Microsoft.ManagedIdentity/userAssignedIdentities/*/read",
            "Microsoft.ManagedIdentity/userAssignedIdentities/*/assign/action",
        ),
    ),
    KnownRole(
        "4abbcc35-e782-43d8-92c5-2d3f1bd2253f",
        "Azure Kubernetes Service Cluster User Role",
        12,
        (
            "Microsoft.ContainerService/managedClusters/listClusterUserCredential/action",
            "Microsoft.ContainerService/managedClusters/read",
        ),
    ),
    KnownRole(
        "69a216fc-b8fb-44d8-bc22-1f3c2cd27a39",
        "Azure Service Bus Data Sender",
        12,
        ("Microsoft.ServiceBus/*/queues/read", "Microsoft.ServiceBus/*/topics/read"),
        (),
        ("Microsoft.ServiceBus/*/send/action",),
    ),
)

BLOB_ROLES = ("ba92f5b4-2d11-453d-a403-e96b0029c9fe", "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1")
DELEGATION_ROLE = "f58310d9-a9f6-439a-9e8d-f62e7b41a168"
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
USER_ACCESS_ADMINISTRATOR = "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9"
EVERYONE = "00000000-0000-0000-0000-000000000000"
