"""Services whose data plane has a log: which diagnostic setting writes it, and how much it can be trusted to hold.

A data action that stands in no row belongs to a service whose log Remit does not read, or that writes none: whether
it is used cannot be seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from remit.model.usage import LogKind

VERBS = ("read", "write", "delete")


class Service(StrEnum):
    """A part of a resource that has a diagnostic setting of its own."""

    KEY_VAULT = "keyVault"
    BLOB = "blob"
    QUEUE = "queue"
    TABLE = "table"
    FILE = "file"
    COSMOS = "cosmosDb"


@dataclass(frozen=True, slots=True)
class ServiceLog:
    """One row.

    Attributes:
        log: which log it is.
        resource_type: lower-case type of the resources whose data is asked for.
        below: what the diagnostic setting is of, below such a resource; "" for the resource itself.
        categories: what to switch on, by verb.
    """

    log: LogKind
    resource_type: str
    below: str
    categories: dict[str, str]

    def place(self, resource: str) -> str:
        """Return what the diagnostic setting is of, for a lower-case resource id."""
        return resource + self.below


def _whole(category: str) -> dict[str, str]:
    return dict.fromkeys(VERBS, category)


_STORAGE = {"read": "StorageRead", "write": "StorageWrite", "delete": "StorageDelete"}

SERVICES: dict[Service, ServiceLog] = {
    Service.KEY_VAULT: ServiceLog(LogKind.KEY_VAULT, "microsoft.keyvault/vaults", "", _whole("AuditEvent")),
    **{
        service: ServiceLog(
            LogKind.STORAGE, "microsoft.storage/storageaccounts", f"/{service.value}services/default", _STORAGE
        )
        for service in (Service.BLOB, Service.QUEUE, Service.TABLE, Service.FILE)
    },
    Service.COSMOS: ServiceLog(
        LogKind.COSMOS, "microsoft.documentdb/databaseaccounts", "", _whole("DataPlaneRequests")
    ),
}

AKS_CATEGORIES = ("kube-audit", "kube-audit-admin")
"""They show use; but the audit policy of AKS leaves calls out, so nothing is unused because they do not show it."""
