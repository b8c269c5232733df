"""The properties of resources that act beside RBAC, by resource type (K1, K5 to K9)."""

from __future__ import annotations

from msgspec import field

from remit.wire.azure.shapes import Payload


class VaultProperties(Payload):
    """Key vault (K1)."""

    enable_rbac_authorization: bool | None = None


class StorageProperties(Payload):
    """Storage account (K5, K7)."""

    allow_shared_key_access: bool | None = None
    is_hns_enabled: bool | None = None


class RegistryProperties(Payload):
    """Container registry (K8); its own word for local access is the admin user (K6)."""

    role_assignment_mode: str | None = None
    admin_user_enabled: bool | None = None


class AadProfile(Payload):
    """Entra integration of a cluster (K9)."""

    enable_azure_rbac: bool | None = field(default=None, name="enableAzureRBAC")


class ClusterProperties(Payload):
    """Managed cluster (K9)."""

    disable_local_accounts: bool | None = None
    aad_profile: AadProfile | None = None


class LocalAuthProperties(Payload):
    """The services that say disableLocalAuth (K6)."""

    disable_local_auth: bool | None = None


class RedisProperties(Payload):
    """Redis says it in its own words (K6)."""

    disable_access_key_authentication: bool | None = None


class RedisDatabaseProperties(Payload):
    """Databases of Redis Enterprise say `Enabled` or `Disabled` (K6)."""

    access_keys_authentication: str | None = None


class BatchProperties(Payload):
    """Batch lists the ways to sign in (K6); without `SharedKey` the keys are off."""

    allowed_authentication_modes: list[str] | None = None
