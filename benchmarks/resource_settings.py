"""What the properties of a resource look like, by type, in a few variants each."""

from __future__ import annotations

from collections.abc import Callable

VARIANTS = 8

_Settings = tuple[str, dict[str, object] | None, dict[str, object]]
_STORAGE_SERVICES = ("blob", "queue", "table", "file")


def settings_of(name: str, variant: int) -> _Settings:
    """Return kind, sku and properties of a resource of this type; `variant` below `VARIANTS`."""
    made = _BY_TYPE.get(name)
    return _plain(variant, len(name)) if made is None else made(variant)


def _plain(variant: int, length: int) -> _Settings:
    """A few plain fields, more of them for some types than for others."""
    count = 1 + (length * 7 + variant) % 9
    return "", None, {f"setting{place}": f"invented value {place} of this type" for place in range(count)}


def _vault(variant: int) -> _Settings:
    rbac: tuple[bool | None, ...] = (True, True, True, True, True, False, None, True)
    properties: dict[str, object] = {
        "sku": {"family": "A", "name": "standard"},
        "enableRbacAuthorization": rbac[variant],
        "accessPolicies": [],
        "enableSoftDelete": True,
        "softDeleteRetentionInDays": 90,
        "enabledForDeployment": variant % 2 == 1,
        "vaultUri": "https://invented.vault.azure.net/",
        "publicNetworkAccess": "Enabled",
    }
    return "", None, properties


def _storage(variant: int) -> _Settings:
    shared_key: tuple[bool | None, ...] = (True, False, None, True, True, False, None, False)
    properties: dict[str, object] = {
        "allowSharedKeyAccess": shared_key[variant],
        "isHnsEnabled": variant == 3,
        "minimumTlsVersion": "TLS1_2",
        "allowBlobPublicAccess": False,
        "supportsHttpsTrafficOnly": True,
        "accessTier": "Hot",
        "networkAcls": {"bypass": "AzureServices", "virtualNetworkRules": [], "ipRules": [], "defaultAction": "Deny"},
        "encryption": {"keySource": "Microsoft.Storage", "services": {"blob": {"enabled": True, "keyType": "Account"}}},
        "primaryEndpoints": {one: f"https://invented.{one}.core.windows.net/" for one in _STORAGE_SERVICES},
        "creationTime": "2024-02-11T09:00:00.0000000Z",
    }
    return "StorageV2", {"name": "Standard_LRS", "tier": "Standard"}, properties


def _registry(variant: int) -> _Settings:
    properties: dict[str, object] = {
        "loginServer": "invented.azurecr.io",
        "adminUserEnabled": variant % 2 == 1,
        "roleAssignmentMode": "AbacRepositoryPermissions" if variant == 5 else "LegacyRegistryPermissions",
        "publicNetworkAccess": "Enabled",
    }
    return "", {"name": "Premium", "tier": "Premium"}, properties


def _cluster(variant: int) -> _Settings:
    properties: dict[str, object] = {
        "kubernetesVersion": "1.33",
        "disableLocalAccounts": variant in {2, 3, 4},
        "aadProfile": {"managed": True, "enableAzureRBAC": variant % 2 == 1} if variant > 1 else None,
        "enableRBAC": True,
        "agentPoolProfiles": [{"name": "system", "count": 3, "vmSize": "Standard_D4s_v5", "mode": "System"}],
        "networkProfile": {"networkPlugin": "azure", "serviceCidr": "10.0.0.0/16", "dnsServiceIP": "10.0.0.10"},
    }
    return "Base", {"name": "Base", "tier": "Standard"}, properties


def _machine(variant: int) -> _Settings:
    properties: dict[str, object] = {
        "vmId": "5d2a7c0e-0000-4000-a000-000000000000",
        "hardwareProfile": {"vmSize": "Standard_D4s_v5"},
        "storageProfile": {
            "imageReference": {"publisher": "Canonical", "offer": "ubuntu-24_04-lts", "sku": "server"},
            "osDisk": {"osType": "Linux", "createOption": "FromImage", "caching": "ReadWrite", "diskSizeGB": 64},
            "dataDisks": [],
        },
        "osProfile": {"computerName": f"invented{variant}", "adminUsername": "azureuser"},
        "networkProfile": {"networkInterfaces": [{"id": "/subscriptions/x/resourceGroups/y/nic"}]},
        "securityProfile": {"securityType": "TrustedLaunch"},
    }
    return "", None, properties


def _bus(variant: int) -> _Settings:
    return "", {"name": "Standard", "tier": "Standard"}, {"disableLocalAuth": variant % 2 == 1, "status": "Active"}


def _cosmos(variant: int) -> _Settings:
    return "GlobalDocumentDB", None, {"disableLocalAuth": variant > 4, "databaseAccountOfferType": "Standard"}


_BY_TYPE: dict[str, Callable[[int], _Settings]] = {
    "Microsoft.KeyVault/vaults": _vault,
    "Microsoft.Storage/storageAccounts": _storage,
    "Microsoft.ContainerRegistry/registries": _registry,
    "Microsoft.ContainerService/managedClusters": _cluster,
    "Microsoft.Compute/virtualMachines": _machine,
    "Microsoft.ServiceBus/namespaces": _bus,
    "Microsoft.EventHub/namespaces": _bus,
    "Microsoft.DocumentDB/databaseAccounts": _cosmos,
}
