"""What can be done to a resource of a type, and which log would tell of it.

>>> [call.action for call in calls_of("microsoft.web/sites", "Microsoft.Web/sites") if call.method == "PUT"][0]
'Microsoft.Web/sites/write'
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

ACTIVITY, KEY_VAULT, STORAGE, COSMOS, AKS, NONE = "activityLog", "keyVault", "storage", "cosmosDb", "aks", ""
CONTROL, DATA = "control", "data"
GROUP = "microsoft.resources/resourcegroups"


@dataclass(frozen=True, slots=True)
class Call:
    """One thing to do.

    Attributes:
        action: Azure's name of the permission, in its own spelling.
        plane: control or data.
        log: which log tells of it, "" where none does.
        method: of HTTP.
        operation: what the log of a data plane calls it.
        tail: what the scope has below the resource; `{n}` is a name by chance.
        often: weight among the calls of one type.
        grants: False where the service's own roles decide, not Azure RBAC.
    """

    action: str
    plane: str
    log: str
    method: str = ""
    operation: str = ""
    tail: str = ""
    often: int = 2
    grants: bool = True

    @property
    def hidden_read(self) -> bool:
        """Tell whether it is a management read, of which no log tells."""
        return self.plane == CONTROL and self.log == NONE


def _post(name: str, often: int = 2) -> Call:
    return Call(name, CONTROL, ACTIVITY, "POST", often=often)


_POSTS: dict[str, tuple[str, ...]] = {
    "microsoft.storage/storageaccounts": ("listKeys/action",),
    "microsoft.compute/virtualmachines": ("restart/action", "start/action", "deallocate/action", "runCommand/action"),
    "microsoft.web/sites": ("restart/action", "publishxml/action"),
    "microsoft.containerservice/managedclusters": ("listClusterUserCredential/action",),
    "microsoft.automation/automationaccounts": ("listKeys/action",),
    "microsoft.cache/redis": ("listKeys/action",),
    "microsoft.logic/workflows": ("enable/action", "disable/action"),
    "microsoft.managedidentity/userassignedidentities": ("assign/action",),
    "microsoft.cognitiveservices/accounts": ("listKeys/action",),
}
_VAULT = "Microsoft.KeyVault/vaults/"
_BLOBS = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/"
_ITEMS = "Microsoft.DocumentDB/databaseAccounts/"
_POD = "Microsoft.ContainerService/managedClusters/"


def _secret(operation: str, action: str, tail: str, often: int = 2, method: str = "GET") -> Call:
    return Call(_VAULT + action, DATA, KEY_VAULT, method, operation, tail, often)


def _blob(operation: str, action: str, often: int = 2, method: str = "GET") -> Call:
    return Call(_BLOBS + action, DATA, STORAGE, method, operation, "/blobServices/default/containers/{c}", often)


def _pod(verb: str, resource: str, often: int = 2) -> Call:
    action = {"get": "read", "list": "read", "create": "write", "patch": "write", "delete": "delete"}[verb]
    return Call(f"{_POD}{resource}/{action}", DATA, AKS, verb, resource, "/namespaces/{k}", often)


def _item(operation: str, action: str, often: int = 2) -> Call:
    return Call(_ITEMS + action, DATA, COSMOS, "", operation, "", often, grants=False)


_DATA: dict[str, tuple[Call, ...]] = {
    "microsoft.keyvault/vaults": (
        _secret("SecretGet", "secrets/getSecret/action", "/secrets/{s}", 8),
        _secret("SecretList", "secrets/readMetadata/action", ""),
        _secret("SecretSet", "secrets/setSecret/action", "/secrets/{s}", method="PUT"),
        _secret("KeyGet", "keys/read", "/keys/{s}"),
        _secret("KeySign", "keys/sign/action", "/keys/{s}", method="POST"),
        _secret("CertificateGet", "certificates/read", "/certificates/{s}"),
    ),
    "microsoft.storage/storageaccounts": (
        _blob("GetBlob", "read", 6),
        _blob("ListBlobs", "read", 3),
        _blob("PutBlob", "write", 4, "PUT"),
        _blob("DeleteBlob", "delete", 1, "DELETE"),
    ),
    "microsoft.documentdb/databaseaccounts": (
        _item("Read", "sqlDatabases/containers/items/read", 4),
        _item("Query", "sqlDatabases/containers/executeQuery", 3),
        _item("Upsert", "sqlDatabases/containers/items/upsert"),
    ),
    "microsoft.containerservice/managedclusters": (
        _pod("list", "pods", 4),
        _pod("get", "configmaps", 2),
        _pod("create", "pods", 1),
        _pod("patch", "apps/deployments", 2),
    ),
    "microsoft.eventhub/namespaces": (
        Call("Microsoft.EventHub/namespaces/messages/receive/action", DATA, NONE),
        Call("Microsoft.EventHub/namespaces/messages/send/action", DATA, NONE),
    ),
    "microsoft.servicebus/namespaces": (Call("Microsoft.ServiceBus/namespaces/messages/send/action", DATA, NONE),),
    "microsoft.compute/virtualmachines": (Call("Microsoft.Compute/virtualMachines/login/action", DATA, NONE),),
}
_RG = "Microsoft.Resources/subscriptions/resourceGroups/"
_IN_GROUPS = (
    Call(_RG + "write", CONTROL, ACTIVITY, "PUT", often=1),
    Call(_RG + "read", CONTROL, NONE, "GET", often=4),
    Call("Microsoft.Resources/deployments/write", CONTROL, ACTIVITY, "PUT",
         tail="/providers/Microsoft.Resources/deployments/{d}", often=6),
    Call("Microsoft.Resources/deployments/validate/action", CONTROL, ACTIVITY, "POST",
         tail="/providers/Microsoft.Resources/deployments/{d}", often=1),
    Call("Microsoft.Resources/tags/write", CONTROL, ACTIVITY, "PATCH",
         tail="/providers/Microsoft.Resources/tags/default", often=1),
    Call("Microsoft.Insights/alertRules/write", CONTROL, ACTIVITY, "PUT",
         tail="/providers/Microsoft.Insights/alertRules/{d}", often=1),
    Call("Microsoft.Compute/disks/delete", CONTROL, ACTIVITY, "DELETE",
         tail="/providers/Microsoft.Compute/disks/{d}", often=1),
    Call("Microsoft.Support/supportTickets/write", CONTROL, NONE, "PUT", often=0),
)  # fmt: skip


@lru_cache(maxsize=512)
def calls_of(kind: str, spelling: str) -> tuple[Call, ...]:
    """Return what can be done to a resource.

    Args:
        kind: its type, lower case.
        spelling: the same as its id spells it.
    """
    if kind == GROUP:
        return tuple(call for call in _IN_GROUPS if call.often)
    own = [
        Call(f"{spelling}/write", CONTROL, ACTIVITY, "PUT", often=3),
        Call(f"{spelling}/read", CONTROL, NONE, "GET", often=4),
        *(_post(f"{spelling}/{name}") for name in _POSTS.get(kind, ())),
    ]
    return (*own, *_DATA.get(kind, ()))
