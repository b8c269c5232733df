"""Short names of scenarios and the ids they stand for.

`alice` is a principal, `sub1/app/vm/web` a virtual machine, `mg:ops` a management group, `mg:root` the tenant root
group; anything that begins with `/` is taken as it stands. `$(…)` inside any text stands for an id, a role's GUID or
one of a few long resource types; `$(… bare)` is the same without dashes.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Collection

TENANT_ID = "7e000000-0000-4000-8000-0000000000aa"
EVERYONE = "00000000-0000-0000-0000-000000000000"

_SPACE = uuid.UUID("5ce0a410-0000-4000-8000-000000000000")
_STANDS_FOR = re.compile(r"\$\(([^()$]+?)( bare)?\)")
_STORAGE = "Microsoft.Storage/storageAccounts"

LONG_TYPES = {
    "account": _STORAGE,
    "container": f"{_STORAGE}/blobServices/containers",
    "blob": f"{_STORAGE}/blobServices/containers/blobs",
    "queue": f"{_STORAGE}/queueServices/queues",
    "secret": "Microsoft.KeyVault/vaults/secrets",
    "roleAssignments": "Microsoft.Authorization/roleAssignments",
}
RESOURCE_TYPES = {
    "vm": "Microsoft.Compute/virtualMachines",
    "vmss": "Microsoft.Compute/virtualMachineScaleSets",
    "sa": _STORAGE,
    "kv": "Microsoft.KeyVault/vaults",
    "acr": "Microsoft.ContainerRegistry/registries",
    "aks": "Microsoft.ContainerService/managedClusters",
    "vnet": "Microsoft.Network/virtualNetworks",
    "mi": "Microsoft.ManagedIdentity/userAssignedIdentities",
    "cosmos": "Microsoft.DocumentDB/databaseAccounts",
    "sql": "Microsoft.Sql/servers",
    "bus": "Microsoft.ServiceBus/namespaces",
    "ml": "Microsoft.MachineLearningServices/workspaces",
    "ai": "Microsoft.CognitiveServices/accounts",
    "stack": "Microsoft.Resources/deploymentStacks",
    "appconfig": "Microsoft.AppConfiguration/configurationStores",
}


def guid(kind: str, name: str) -> str:
    """Return the stable id of a name; `kind` keeps a user and a role of one name apart."""
    return str(uuid.uuid5(_SPACE, f"{kind}:{name}"))


class Names:
    """What the short names of one scenario stand for; an undeclared name is a mistake in the scenario."""

    def __init__(
        self, principals: Collection[str], subscriptions: Collection[str], roles: dict[str, str], tenant_id: str
    ) -> None:
        self._principals = frozenset(principals)
        self._subscriptions = frozenset(subscriptions)
        self._roles = roles
        self._tenant_id = tenant_id

    def principal(self, name: str) -> str:
        """Return the object id of a declared principal, of `everyone`, or a GUID as it stands."""
        if name == "everyone":
            return EVERYONE
        if name in self._principals:
            return guid("principal", name)
        try:
            uuid.UUID(name)
        except ValueError:
            raise KeyError(f"principal `{name}` is not declared") from None
        return name

    def subscription(self, name: str) -> str:
        """Return the id of a declared subscription; a name that begins with / is its own resource id."""
        if name.startswith("/subscriptions/"):
            return name.rsplit("/", 1)[1]
        if name not in self._subscriptions:
            raise KeyError(f"subscription `{name}` is not declared")
        return guid("subscription", name)

    def role(self, name: str) -> str:
        """Return the GUID of a role."""
        return self._roles[name]

    def management_group(self, name: str) -> str:
        """Return the name of a management group as Azure holds it: `root` is the tenant's id."""
        return self._tenant_id if name == "root" else name

    def scope(self, text: str) -> str:
        """Return the resource id a scope stands for."""
        text = self.text(text)
        if text.startswith("/"):
            return text
        if text.startswith("mg:"):
            return "/providers/Microsoft.Management/managementGroups/" + self.management_group(text[3:])
        first, *rest = text.split("/")
        found = "/subscriptions/" + self.subscription(first)
        if rest:
            found += "/resourceGroups/" + rest[0]
        if len(rest) > 1:
            found += f"/providers/{RESOURCE_TYPES[rest[1]]}/" + "/".join(rest[2:])
        return found

    def text(self, text: str) -> str:
        """Fill in every `$(…)`."""

        def fill(found: re.Match[str]) -> str:
            value = self._stands_for(found.group(1))
            return value.replace("-", "") if found.group(2) else value

        return _STANDS_FOR.sub(fill, text)

    def _stands_for(self, name: str) -> str:
        if name in LONG_TYPES:
            return LONG_TYPES[name]
        if name in self._roles:
            return self._roles[name]
        if name in self._subscriptions:
            return guid("subscription", name)
        return self.principal(name)
