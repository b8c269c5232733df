"""The kinds of resources: how often they occur, how they are named, and what they say of themselves.

>>> KINDS[VAULT].type
'Microsoft.KeyVault/vaults'
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from remit_sim.generate.dice import Dice, Wheel

Fields = dict[str, Any]
_SILENT: Fields = {}
Says = Callable[[Dice, str], Fields]


@dataclass(frozen=True, slots=True)
class Kind:
    """One type of resource.

    Attributes:
        type: Azure's spelling.
        share: how often, in thousandths.
        short: what names begin with.
        hosts: a managed identity can be attached.
        top: top-level fields of the row besides those that all have: `kind`, `sku`.
        says: from chance and name to `properties`.
        nested: stands below the last resource of that kind in its group.
    """

    type: str
    share: int
    short: str
    says: Says
    hosts: bool = False
    top: tuple[tuple[str, Any], ...] = ()
    nested: bool = False


_SHARED_KEY = Wheel([({"allowSharedKeyAccess": False}, 35), ({"allowSharedKeyAccess": True}, 20), (_SILENT, 45)])
_LOCAL_AUTH = Wheel([({"disableLocalAuth": True}, 40), ({"disableLocalAuth": False}, 30), (_SILENT, 30)])


def _machine(dice: Dice, name: str) -> Fields:
    windows = dice.chance(0.4)
    return {
        "hardwareProfile": {
            "vmSize": dice.pick(("Standard_D2s_v5", "Standard_D4s_v5", "Standard_E4s_v5", "Standard_B2ms"))
        },
        "osProfile": {"computerName": name[:15], "adminUsername": "azureadmin"},
        "storageProfile": {"osDisk": {"osType": "Windows" if windows else "Linux", "createOption": "FromImage"}},
        "provisioningState": "Succeeded",
    }


def _storage(dice: Dice, name: str) -> Fields:
    return {
        **_SHARED_KEY.spin(dice),
        "allowBlobPublicAccess": dice.chance(0.08),
        "minimumTlsVersion": "TLS1_2",
        "isHnsEnabled": dice.chance(0.15),
        "primaryEndpoints": {"blob": f"https://{name}.blob.core.windows.net/"},
        "provisioningState": "Succeeded",
    }


def _vault(dice: Dice, name: str) -> Fields:
    return {
        "sku": {"family": "A", "name": "standard"},
        "vaultUri": f"https://{name}.vault.azure.net/",
        "enableRbacAuthorization": dice.chance(0.8),
        "enableSoftDelete": True,
        "accessPolicies": [],
        "publicNetworkAccess": "Disabled" if dice.chance(0.5) else "Enabled",
        "provisioningState": "Succeeded",
    }


def _registry(dice: Dice, name: str) -> Fields:
    modern = dice.chance(0.2)
    return {
        "loginServer": f"{name}.azurecr.io",
        "adminUserEnabled": dice.chance(0.25),
        "roleAssignmentMode": "AbacRepositoryPermissions" if modern else "LegacyRegistryPermissions",
        "provisioningState": "Succeeded",
    }


def _cluster(dice: Dice, name: str) -> Fields:
    entra = {"aadProfile": {"managed": True, "enableAzureRBAC": dice.chance(0.5)}} if dice.chance(0.75) else {}
    return {
        "kubernetesVersion": "1.33",
        "dnsPrefix": name,
        **entra,
        "disableLocalAccounts": dice.chance(0.4),
        "enableRBAC": True,
        "provisioningState": "Succeeded",
    }


def _redis(dice: Dice, name: str) -> Fields:
    return {
        "hostName": f"{name}.redis.cache.windows.net",
        "disableAccessKeyAuthentication": dice.chance(0.3),
        "provisioningState": "Succeeded",
    }


def _local(dice: Dice, name: str) -> Fields:
    del name
    return {**_LOCAL_AUTH.spin(dice), "publicNetworkAccess": "Enabled", "provisioningState": "Succeeded"}


def _site(dice: Dice, name: str) -> Fields:
    return {"state": "Running", "defaultHostName": f"{name}.azurewebsites.net", "httpsOnly": dice.chance(0.9)}


def _server(dice: Dice, name: str) -> Fields:
    return {
        "fullyQualifiedDomainName": f"{name}.database.windows.net",
        "administrators": {"azureADOnlyAuthentication": dice.chance(0.5)},
        "state": "Ready",
    }


def _plain(dice: Dice, name: str) -> Fields:
    del dice, name
    return {"provisioningState": "Succeeded"}


KINDS: tuple[Kind, ...] = (
    Kind("Microsoft.Compute/virtualMachines", 110, "vm", _machine, hosts=True),
    Kind("Microsoft.Web/sites", 90, "app", _site, hosts=True, top=(("kind", "app,linux"),)),
    Kind("Microsoft.Web/sites", 50, "func", _site, hosts=True, top=(("kind", "functionapp,linux"),)),
    Kind("Microsoft.Storage/storageAccounts", 120, "st", _storage,
         top=(("kind", "StorageV2"), ("sku", {"name": "Standard_LRS", "tier": "Standard"}))),
    Kind("Microsoft.KeyVault/vaults", 70, "kv", _vault),
    Kind("Microsoft.ManagedIdentity/userAssignedIdentities", 0, "id", _plain),
    Kind("Microsoft.Automation/automationAccounts", 10, "aa", _local, hosts=True),
    Kind("Microsoft.Logic/workflows", 25, "logic", _plain, hosts=True),
    Kind("Microsoft.ContainerService/managedClusters", 12, "aks", _cluster, hosts=True,
         top=(("sku", {"name": "Base", "tier": "Standard"}),)),
    Kind("Microsoft.ContainerRegistry/registries", 12, "cr", _registry,
         top=(("sku", {"name": "Premium", "tier": "Premium"}),)),
    Kind("Microsoft.Sql/servers", 25, "sql", _server, top=(("kind", "v12.0"),)),
    Kind("Microsoft.Sql/servers/databases", 60, "db", _plain, nested=True,
         top=(("sku", {"name": "GP_S_Gen5", "tier": "GeneralPurpose"}),)),
    Kind("Microsoft.Network/networkInterfaces", 110, "nic", _plain),
    Kind("Microsoft.Network/virtualNetworks", 30, "vnet", _plain),
    Kind("Microsoft.Network/networkSecurityGroups", 40, "nsg", _plain),
    Kind("Microsoft.Network/publicIPAddresses", 30, "pip", _plain,
         top=(("sku", {"name": "Standard", "tier": "Regional"}),)),
    Kind("Microsoft.Compute/disks", 100, "disk", _plain, top=(("sku", {"name": "Premium_LRS", "tier": "Premium"}),)),
    Kind("Microsoft.Insights/components", 35, "appi", _local, top=(("kind", "web"),)),
    Kind("Microsoft.OperationalInsights/workspaces", 12, "log", _plain),
    Kind("Microsoft.ServiceBus/namespaces", 15, "sb", _local, top=(("sku", {"name": "Standard", "tier": "Standard"}),)),
    Kind("Microsoft.EventHub/namespaces", 12, "evh", _local, top=(("sku", {"name": "Standard", "tier": "Standard"}),)),
    Kind("Microsoft.DocumentDB/databaseAccounts", 12, "cosmos", _local, top=(("kind", "GlobalDocumentDB"),)),
    Kind("Microsoft.CognitiveServices/accounts", 10, "ai", _local, hosts=True, top=(("kind", "OpenAI"),)),
    Kind("Microsoft.AppConfiguration/configurationStores", 8, "appcs", _local, top=(("sku", {"name": "standard"}),)),
    Kind("Microsoft.Search/searchServices", 5, "srch", _local, hosts=True, top=(("sku", {"name": "standard"}),)),
    Kind("Microsoft.Cache/redis", 7, "redis", _redis),
)  # fmt: skip


def kind_of(short: str) -> int:
    """Return the row of the kind whose names begin so."""
    return next(row for row, kind in enumerate(KINDS) if kind.short == short)


MACHINE, STORAGE, VAULT, IDENTITY, AUTOMATION = (kind_of(short) for short in ("vm", "st", "kv", "id", "aa"))
SERVER, DATABASE, SITE = (kind_of(short) for short in ("sql", "db", "app"))
