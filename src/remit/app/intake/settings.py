"""Settings of resources that act beside RBAC: which types have them, and what they say (K1, K5 to K9).

A resource that was listed without its properties says nothing: no row. A property that is null or absent is 2.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from remit.engine.facts import Setting
from remit.wire.azure import settings as wire
from remit.wire.azure.graph_shapes import VaultAccess
from remit.wire.azure.tolerant import Tolerant

NOT_SET = 2
Read = tuple[tuple[int, int], ...]


def _value(said: bool | None) -> int:
    return NOT_SET if said is None else int(said)


def _vault(said: wire.VaultProperties) -> Read:
    return ((Setting.VAULT_RBAC, _value(said.enable_rbac_authorization)),)


def _storage(said: wire.StorageProperties) -> Read:
    return (
        (Setting.STORAGE_SHARED_KEY, _value(said.allow_shared_key_access)),
        (Setting.STORAGE_HIERARCHICAL, _value(said.is_hns_enabled)),
    )


def _registry(said: wire.RegistryProperties) -> Read:
    mode = said.role_assignment_mode
    enabled = said.admin_user_enabled
    return (
        (Setting.REGISTRY_ABAC, NOT_SET if mode is None else int(mode.lower() == "abacrepositorypermissions")),
        (Setting.LOCAL_AUTH_DISABLED, NOT_SET if enabled is None else int(not enabled)),
    )


def _cluster(said: wire.ClusterProperties) -> Read:
    profile = said.aad_profile
    return (
        (Setting.AKS_LOCAL_ACCOUNTS_DISABLED, _value(said.disable_local_accounts)),
        (Setting.AKS_ENTRA, int(profile is not None)),
        (Setting.AKS_AZURE_RBAC, NOT_SET if profile is None else _value(profile.enable_azure_rbac)),
    )


def _local(said: wire.LocalAuthProperties) -> Read:
    return ((Setting.LOCAL_AUTH_DISABLED, _value(said.disable_local_auth)),)


def _redis(said: wire.RedisProperties) -> Read:
    return ((Setting.LOCAL_AUTH_DISABLED, _value(said.disable_access_key_authentication)),)


def _redis_database(said: wire.RedisDatabaseProperties) -> Read:
    word = said.access_keys_authentication
    return ((Setting.LOCAL_AUTH_DISABLED, NOT_SET if word is None else int(word.lower() == "disabled")),)


def _batch(said: wire.BatchProperties) -> Read:
    modes = said.allowed_authentication_modes
    off = NOT_SET if modes is None else int("sharedkey" not in {mode.lower() for mode in modes})
    return ((Setting.LOCAL_AUTH_DISABLED, off),)


_VAULT = "microsoft.keyvault/vaults"
_POLICIES = Tolerant(VaultAccess)


def named_by(kind: str, properties: msgspec.Raw) -> Iterator[str]:
    """Yield the object ids that properties of a resource name: principals that no other list may name."""
    if kind == _VAULT:
        for one in _POLICIES.decode(properties).access_policies or ():
            if one.object_id:
                yield one.object_id


_LOCAL_AUTH_TYPES = (
    "microsoft.appconfiguration/configurationstores",
    "microsoft.automation/automationaccounts",
    "microsoft.cognitiveservices/accounts",
    "microsoft.communication/communicationservices",
    "microsoft.devices/iothubs",
    "microsoft.documentdb/databaseaccounts",
    "microsoft.eventgrid/domains",
    "microsoft.eventgrid/partnernamespaces",
    "microsoft.eventgrid/topics",
    "microsoft.eventhub/namespaces",
    "microsoft.insights/components",
    "microsoft.maps/accounts",
    "microsoft.notificationhubs/namespaces",
    "microsoft.relay/namespaces",
    "microsoft.search/searchservices",
    "microsoft.servicebus/namespaces",
    "microsoft.signalrservice/signalr",
    "microsoft.signalrservice/webpubsub",
)

_SHAPES: dict[str, tuple[type[Any], Callable[[Any], Read]]] = {
    _VAULT: (wire.VaultProperties, _vault),
    "microsoft.storage/storageaccounts": (wire.StorageProperties, _storage),
    "microsoft.containerregistry/registries": (wire.RegistryProperties, _registry),
    "microsoft.containerservice/managedclusters": (wire.ClusterProperties, _cluster),
    "microsoft.cache/redis": (wire.RedisProperties, _redis),
    "microsoft.cache/redisenterprise/databases": (wire.RedisDatabaseProperties, _redis_database),
    "microsoft.batch/batchaccounts": (wire.BatchProperties, _batch),
    **dict.fromkeys(_LOCAL_AUTH_TYPES, (wire.LocalAuthProperties, _local)),
}

READERS: dict[str, tuple[msgspec.json.Decoder[Any], Callable[[Any], Read]]] = {
    kind: (msgspec.json.Decoder(shape | None), read) for kind, (shape, read) in _SHAPES.items()
}
"""By lower-case resource type: how its `properties` decode (None for null), and the settings they give."""
