"""Which permission each Key Vault operation needs, by the names that its audit log uses.

Names: Microsoft's tables of operations (learn.microsoft.com/azure/key-vault/general/logging and .../managed-hsm/
logging). Permissions: the provider's operations, and for managed HSM the data actions of its local roles
(.../managed-hsm/built-in-roles), which Azure RBAC does not know. Where no operation is named after a request, the
permission is the one that its REST reference asks for; certificate contacts have only one.
"""

from __future__ import annotations

from remit.model.usage import ObservedPlane

_VAULT = "Microsoft.KeyVault/vaults/"
_HSM = "Microsoft.KeyVault/managedHsm/"

_CONTROL = {
    "VaultGet": "Microsoft.KeyVault/vaults/read",
    "VaultList": "Microsoft.KeyVault/vaults/read",
    "VaultPut": "Microsoft.KeyVault/vaults/write",
    "VaultPatch": "Microsoft.KeyVault/vaults/write",
    "VaultRecover": "Microsoft.KeyVault/vaults/write",
    "VaultDelete": "Microsoft.KeyVault/vaults/delete",
    "VaultGetDeleted": "Microsoft.KeyVault/locations/deletedVaults/read",
    "VaultListDeleted": "Microsoft.KeyVault/deletedVaults/read",
    "VaultPurge": "Microsoft.KeyVault/locations/deletedVaults/purge/action",
    "HSMGet": "Microsoft.KeyVault/managedHSMs/read",
    "HSMList": "Microsoft.KeyVault/managedHSMs/read",
    "HSMPut": "Microsoft.KeyVault/managedHSMs/write",
    "HSMPatch": "Microsoft.KeyVault/managedHSMs/write",
    "HSMDelete": "Microsoft.KeyVault/managedHSMs/delete",
}
_KEYS = {
    "KeyCreate": "keys/create/action",
    "KeyGet": "keys/read",
    "KeyList": "keys/read",
    "KeyListVersions": "keys/read",
    "KeyGetDeleted": "keys/read",
    "KeyListDeleted": "keys/read",
    "KeyImport": "keys/import/action",
    "KeyDelete": "keys/delete",
    "KeySign": "keys/sign/action",
    "KeyVerify": "keys/verify/action",
    "KeyWrap": "keys/wrap/action",
    "KeyUnwrap": "keys/unwrap/action",
    "KeyEncrypt": "keys/encrypt/action",
    "KeyDecrypt": "keys/decrypt/action",
    "KeyUpdate": "keys/update/action",
    "KeyPurge": "keys/purge/action",
    "KeyBackup": "keys/backup/action",
    "KeyRestore": "keys/restore/action",
    "KeyRecover": "keys/recover/action",
    "KeyRelease": "keys/release/action",
    "KeyRotate": "keys/rotate/action",
    "KeyRotateIfDue": "keys/rotate/action",
    "KeyRotationPolicyGet": "keyrotationpolicies/read",
    "KeyRotationPolicySet": "keyrotationpolicies/write",
}
_SECRETS = {
    "SecretSet": "secrets/setSecret/action",
    "SecretGet": "secrets/getSecret/action",
    "SecretUpdate": "secrets/update/action",
    "SecretDelete": "secrets/delete",
    "SecretList": "secrets/readMetadata/action",
    "SecretListVersions": "secrets/readMetadata/action",
    "SecretGetDeleted": "secrets/readMetadata/action",
    "SecretListDeleted": "secrets/readMetadata/action",
    "SecretPurge": "secrets/purge/action",
    "SecretBackup": "secrets/backup/action",
    "SecretRestore": "secrets/restore/action",
    "SecretRecover": "secrets/recover/action",
}
_CERTIFICATES = {
    "CertificateGet": "certificates/read",
    "CertificateList": "certificates/read",
    "CertificateListVersions": "certificates/read",
    "CertificateGetDeleted": "certificates/read",
    "CertificateListDeleted": "certificates/read",
    "CertificatePolicyGet": "certificates/read",
    "CertificatePendingGet": "certificates/read",
    "CertificateCreate": "certificates/create/action",
    "CertificateEnroll": "certificates/create/action",
    "CertificateRenew": "certificates/create/action",
    "CertificatePendingMerge": "certificates/create/action",
    "CertificateImport": "certificates/import/action",
    "CertificateUpdate": "certificates/update/action",
    "CertificatePolicyUpdate": "certificates/update/action",
    "CertificatePolicySet": "certificates/update/action",
    "CertificatePendingUpdate": "certificates/update/action",
    "CertificatePendingDelete": "certificates/update/action",
    "CertificateDelete": "certificates/delete",
    "CertificatePurge": "certificates/purge/action",
    "CertificateBackup": "certificates/backup/action",
    "CertificateRestore": "certificates/restore/action",
    "CertificateRecover": "certificates/recover/action",
    "CertificateContactsGet": "certificatecontacts/write",
    "CertificateContactsSet": "certificatecontacts/write",
    "CertificateContactsDelete": "certificatecontacts/write",
    "CertificateIssuerGet": "certificatecas/read",
    "CertificateIssuersList": "certificatecas/read",
    "CertificateIssuerSet": "certificatecas/write",
    "CertificateIssuerUpdate": "certificatecas/write",
    "CertificateIssuerDelete": "certificatecas/delete",
}
_STORAGE = {
    "StorageAccountGet": "storageaccounts/read",
    "StorageAccountList": "storageaccounts/read",
    "StorageAccountGetDeleted": "storageaccounts/read",
    "StorageAccountListDeleted": "storageaccounts/read",
    "StorageAccountSet": "storageaccounts/set/action",
    "StorageAccountUpdate": "storageaccounts/set/action",
    "StorageAccountDelete": "storageaccounts/delete",
    "StorageAccountRegenerateKey": "storageaccounts/regeneratekey/action",
    "StorageAccountBackup": "storageaccounts/backup/action",
    "StorageAccountRestore": "storageaccounts/restore/action",
    "StorageAccountRecover": "storageaccounts/recover/action",
    "StorageAccountPurge": "storageaccounts/purge/action",
    "StorageSasDefinitionGet": "storageaccounts/sas/read",
    "StorageSasDefinitionList": "storageaccounts/sas/read",
    "StorageSasDefinitionSet": "storageaccounts/sas/set/action",
    "StorageSasDefinitionUpdate": "storageaccounts/sas/set/action",
    "StorageSasDefinitionDelete": "storageaccounts/sas/delete",
}
_HSM_KEYS = {
    "KeyCreate": "keys/create",
    "KeyGet": "keys/read/action",
    "KeyList": "keys/read/action",
    "KeyListVersions": "keys/read/action",
    "KeyGetDeleted": "keys/deletedKeys/read/action",
    "KeyListDeleted": "keys/deletedKeys/read/action",
    "KeyImport": "keys/import/action",
    "KeyDelete": "keys/delete",
    "KeySign": "keys/sign/action",
    "KeyVerify": "keys/verify/action",
    "KeyWrap": "keys/wrap/action",
    "KeyUnwrap": "keys/unwrap/action",
    "KeyEncrypt": "keys/encrypt/action",
    "KeyDecrypt": "keys/decrypt/action",
    "KeyUpdate": "keys/write/action",
    "KeyPurge": "keys/deletedKeys/delete",
    "KeyBackup": "keys/backup/action",
    "KeyRestore": "keys/restore/action",
    "KeyRecover": "keys/deletedKeys/recover/action",
    "KeyRelease": "keys/release/action",
    "KeyRotate": "keys/rotate/action",
}


def _lower(table: dict[str, str], prefix: str) -> dict[str, str]:
    return {name.lower(): prefix + action for name, action in table.items()}


CONTROL_ACTIONS = _lower(_CONTROL, "")
VAULT_DATA_ACTIONS = _lower({**_KEYS, **_SECRETS, **_CERTIFICATES, **_STORAGE}, _VAULT)
HSM_DATA_ACTIONS = _lower(_HSM_KEYS, _HSM)
"""By operation in lower case: the permission."""


def is_notification(operation: str) -> bool:
    """Say whether a record tells of an event that was published, not of a call."""
    return operation.lower().endswith("eventgridnotification")


def permission_of(operation: str, *, of_hsm: bool) -> tuple[ObservedPlane, str] | None:
    """Return plane and permission of an operation, None where none is known."""
    name = operation.lower()
    if name in CONTROL_ACTIONS:
        return ObservedPlane.CONTROL, CONTROL_ACTIONS[name]
    action = (HSM_DATA_ACTIONS if of_hsm else VAULT_DATA_ACTIONS).get(name)
    return None if action is None else (ObservedPlane.DATA, action)
