"""Built-in roles that scenarios may name: facts of the product, cut down to what a scenario asks about.

Each row is role name, GUID, and permission blocks. Blocks hold the actions of the real role as far as they matter for
the clauses; a scenario that needs another shape defines a role of its own.
"""

from __future__ import annotations

Block = dict[str, object]

_STORAGE = "Microsoft.Storage/storageAccounts"
_CONTAINER = f"{_STORAGE}/blobServices/containers"
_BLOB = f"{_CONTAINER}/blobs"
_USUAL = ["Microsoft.Authorization/*/read", "Microsoft.Insights/alertRules/*", "Microsoft.Support/*"]
_CONTRIBUTOR_NOT = [
    "Microsoft.Authorization/*/Delete",
    "Microsoft.Authorization/*/Write",
    "Microsoft.Authorization/elevateAccess/Action",
    "Microsoft.Blueprint/blueprintAssignments/write",
    "Microsoft.Blueprint/blueprintAssignments/delete",
    "Microsoft.Compute/galleries/share/action",
    "Microsoft.Purview/consents/write",
    "Microsoft.Purview/consents/delete",
    "Microsoft.Resources/deploymentStacks/manageDenySetting/action",
    "Microsoft.Subscription/cancel/action",
    "Microsoft.Subscription/enable/action",
]
_MACHINE_READ = [
    "Microsoft.Network/publicIPAddresses/read",
    "Microsoft.Network/virtualNetworks/read",
    "Microsoft.Compute/virtualMachines/*/read",
]

BUILT_IN: dict[str, tuple[str, list[Block]]] = {
    "Owner": ("8e3af657-a8ff-443c-a75c-2fe8c4bcb635", [{"actions": ["*"]}]),
    "Contributor": (
        "b24988ac-6180-42a0-ab88-20f7382dd24c",
        [{"actions": ["*"], "notActions": _CONTRIBUTOR_NOT}],
    ),
    "Reader": ("acdd72a7-3385-48ef-bd42-f606fba81ae7", [{"actions": ["*/read"]}]),
    "User Access Administrator": (
        "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
        [{"actions": ["*/read", "Microsoft.Authorization/*", "Microsoft.Support/*"]}],
    ),
    "Role Based Access Control Administrator": (
        "f58310d9-a9f6-439a-9e8d-f62e7b41a168",
        [
            {
                "actions": [
                    "Microsoft.Authorization/roleAssignments/write",
                    "Microsoft.Authorization/roleAssignments/delete",
                    "*/read",
                    "Microsoft.Support/*",
                ]
            }
        ],
    ),
    "Locks Contributor": (
        "28bf596f-4eb7-45ce-b5bc-6cf482fec137",
        [{"actions": [f"Microsoft.Authorization/locks/{verb}" for verb in ("read", "write", "delete")]}],
    ),
    "Storage Blob Data Reader": (
        "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
        [{"actions": [f"{_CONTAINER}/read"], "dataActions": [f"{_BLOB}/read"]}],
    ),
    "Storage Blob Data Contributor": (
        "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
        [
            {
                "actions": [f"{_CONTAINER}/{verb}" for verb in ("delete", "read", "write")],
                "dataActions": [f"{_BLOB}/{verb}" for verb in ("delete", "read", "write", "move/action", "add/action")],
            }
        ],
    ),
    "Storage Blob Data Owner": (
        "b7e6dc6d-f1e8-4753-8033-0f276bb0955b",
        [{"actions": [f"{_CONTAINER}/*"], "dataActions": [f"{_BLOB}/*"]}],
    ),
    "Storage Queue Data Reader": (
        "19e7f393-937e-4f77-808e-94535e297925",
        [
            {
                "actions": [f"{_STORAGE}/queueServices/queues/read"],
                "dataActions": [f"{_STORAGE}/queueServices/queues/messages/read"],
            }
        ],
    ),
    "Storage Account Contributor": (
        "17d1049b-9a84-46fb-8f53-869881c3d3ab",
        [{"actions": [*_USUAL, f"{_STORAGE}/*"]}],
    ),
    "Key Vault Reader": (
        "21090545-7ca7-4776-b22c-e363652d74d2",
        [
            {
                "actions": [*_USUAL, "Microsoft.KeyVault/locations/*/read", "Microsoft.KeyVault/vaults/*/read"],
                "dataActions": [
                    "Microsoft.KeyVault/vaults/*/read",
                    "Microsoft.KeyVault/vaults/secrets/readMetadata/action",
                ],
            }
        ],
    ),
    "Key Vault Contributor": (
        "f25e0fa2-a7c8-4377-a976-54943a77a395",
        [
            {
                "actions": [*_USUAL, "Microsoft.KeyVault/*"],
                "notActions": [
                    "Microsoft.KeyVault/locations/deletedVaults/purge/action",
                    "Microsoft.KeyVault/hsmPools/*",
                    "Microsoft.KeyVault/managedHsms/*",
                ],
            }
        ],
    ),
    "Key Vault Secrets User": (
        "4633458b-17de-408a-b874-0445c86b69e6",
        [
            {
                "dataActions": [
                    "Microsoft.KeyVault/vaults/secrets/getSecret/action",
                    "Microsoft.KeyVault/vaults/secrets/readMetadata/action",
                ]
            }
        ],
    ),
    "Managed Identity Operator": (
        "f1a07417-d97a-45cb-824c-7a7467783830",
        [
            {
                "actions": [
                    *_USUAL,
                    "Microsoft.ManagedIdentity/userAssignedIdentities/*/read",
                    "Microsoft.ManagedIdentity/userAssignedIdentities/*/assign/action",
                ]
            }
        ],
    ),
    "Virtual Machine Contributor": (
        "9980e02c-c2be-4d73-94e8-173b1dc7cf3c",
        [
            {
                "actions": [
                    *_USUAL,
                    "Microsoft.Compute/virtualMachines/*",
                    "Microsoft.Network/virtualNetworks/subnets/join/action",
                    "Microsoft.Storage/storageAccounts/listKeys/action",
                ]
            }
        ],
    ),
    "Virtual Machine User Login": (
        "fb879df8-f326-4884-b1cf-06f3ad86be52",
        [{"actions": _MACHINE_READ, "dataActions": ["Microsoft.Compute/virtualMachines/login/action"]}],
    ),
    "Network Contributor": (
        "4d97b98b-1d4f-4787-a291-c67834d212e7",
        [{"actions": [*_USUAL, "Microsoft.Network/*"]}],
    ),
    "AcrPull": (
        "7f951dda-4ed3-4680-a7ca-43fe172d538d",
        [{"actions": ["Microsoft.ContainerRegistry/registries/pull/read"]}],
    ),
    "Container Registry Repository Reader": (
        "b93aa761-3e63-49ed-ac28-beffa264f7ac",
        [
            {
                "dataActions": [
                    "Microsoft.ContainerRegistry/registries/repositories/metadata/read",
                    "Microsoft.ContainerRegistry/registries/repositories/content/read",
                ]
            }
        ],
    ),
    "Azure Kubernetes Service Cluster Admin Role": (
        "0ab0b1a8-8aac-4efd-b8c2-3ee1fb270be8",
        [
            {
                "actions": [
                    "Microsoft.ContainerService/managedClusters/listClusterAdminCredential/action",
                    "Microsoft.ContainerService/managedClusters/read",
                ]
            }
        ],
    ),
    "Azure Kubernetes Service RBAC Reader": (
        "7f6c6a51-bcf8-42ba-9220-52d62157d7db",
        [{"dataActions": ["Microsoft.ContainerService/managedClusters/configmaps/read"]}],
    ),
}
