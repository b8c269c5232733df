"""A tenant as an export whose graph has a little of everything: people, software, machines, a vault, unread lists."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

TENANT = "bbbbbbbb-0000-4000-8000-000000000001"
TOP = f"/providers/Microsoft.Management/managementGroups/{TENANT}"
PROD = "/subscriptions/bbbbbbbb-0000-4000-8000-000000000002"
GROUP = f"{PROD}/resourceGroups/rg-shop"
VM = f"{GROUP}/providers/Microsoft.Compute/virtualMachines/vm-build"
VAULT = f"{GROUP}/providers/Microsoft.KeyVault/vaults/kv-shop"
STORAGE = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/stshop"
IDENTITY = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-build"
OWNER, CONTRIBUTOR = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635", "b24988ac-6180-42a0-ab88-20f7382dd24c"
VM_CONTRIBUTOR, SECRETS_USER = "9980e02c-c2be-4d73-94e8-173b1dc7cf3c", "4633458b-17de-408a-b874-0445c86b69e6"
GLOBAL_ADMIN, PASSWORDS = "62e90394-69f5-4237-9190-012177145e10", "7be44c8a-adaf-4e2a-84d6-ab2649e08a13"


def guid(number: int) -> str:
    return f"cccccccc-0000-4000-8000-{number:012}"


ADA, BOB, CLEO, DAN, EVE, BUILDERS, DESK, ID_BUILD, SHOP, SHOP_APP = map(guid, range(1, 11))


def _assignment(number: int, role: str, principal: str, scope: str, kind: str = "User") -> dict[str, Any]:
    name = guid(100 + number)
    return {
        "id": f"{scope}/providers/Microsoft.Authorization/roleAssignments/{name}",
        "name": name,
        "type": "Microsoft.Authorization/roleAssignments",
        "properties": {
            "roleDefinitionId": f"/providers/Microsoft.Authorization/roleDefinitions/{role}",
            "principalId": principal,
            "principalType": kind,
            "scope": scope,
        },
    }


def _resource(resource_id: str, **more: Any) -> dict[str, Any]:
    kind = "/".join(resource_id.rpartition("/providers/")[2].split("/")[:2])
    return {"id": resource_id, "name": resource_id.rpartition("/")[2], "type": kind, "location": "westeurope", **more}


def _user(object_id: str, name: str) -> dict[str, Any]:
    return {
        "id": object_id,
        "displayName": name,
        "userPrincipalName": f"{name.lower()}@shop.example",
        "accountEnabled": True,
    }


def _member(parent: str, object_id: str) -> dict[str, Any]:
    return {"parentId": parent, "member": {"@odata.type": "#microsoft.graph.user", "id": object_id}}


def _role(role_id: str, name: str) -> dict[str, Any]:
    return {"id": role_id, "templateId": role_id, "displayName": name, "isBuiltIn": True, "rolePermissions": []}


def _definition(role_id: str, name: str, **patterns: list[str]) -> dict[str, Any]:
    block = {"actions": [], "notActions": [], "dataActions": [], "notDataActions": [], **patterns}
    return {
        "id": f"/providers/Microsoft.Authorization/roleDefinitions/{role_id}",
        "name": role_id,
        "type": "Microsoft.Authorization/roleDefinitions",
        "properties": {
            "roleName": name,
            "type": "BuiltInRole",
            "assignableScopes": ["/"],
            "permissions": [block],
        },
    }


LISTS: dict[str, list[dict[str, Any]]] = {
    "arm/managementGroups": [
        {
            "id": TOP,
            "name": TENANT,
            "type": "Microsoft.Management/managementGroups",
            "properties": {"displayName": "Shop", "parent": {"id": None}},
        },
        {
            "id": PROD,
            "name": PROD.rpartition("/")[2],
            "type": "/subscriptions",
            "properties": {"displayName": "Shop Prod", "parent": {"id": TOP}},
        },
    ],
    "arm/subscriptions": [
        {"id": PROD, "subscriptionId": PROD.rpartition("/")[2], "displayName": "Shop Prod", "state": "Enabled"}
    ],
    "arm/resources": [
        {"id": GROUP, "name": "rg-shop", "type": "Microsoft.Resources/resourceGroups", "location": "westeurope"},
        _resource(
            VM,
            identity={
                "type": "UserAssigned",
                "userAssignedIdentities": {IDENTITY: {"principalId": ID_BUILD, "clientId": guid(21)}},
            },
            properties={},
        ),
        _resource(VAULT, properties={"enableRbacAuthorization": True}),
        _resource(STORAGE),
        _resource(IDENTITY, properties={"principalId": ID_BUILD, "clientId": guid(21)}),
    ],
    "arm/roleDefinitions": [
        _definition(OWNER, "Owner", actions=["*"]),
        _definition(CONTRIBUTOR, "Contributor", actions=["*"], notActions=["Microsoft.Authorization/*/Write"]),
        _definition(VM_CONTRIBUTOR, "Virtual Machine Contributor", actions=["Microsoft.Compute/virtualMachines/*"]),
        _definition(
            SECRETS_USER,
            "Key Vault Secrets User",
            dataActions=["Microsoft.KeyVault/vaults/secrets/getSecret/action"],
        ),
    ],
    "arm/providerOperations": [],
    "arm/roleAssignments": [
        _assignment(1, VM_CONTRIBUTOR, BUILDERS, GROUP, "Group"),
        _assignment(2, SECRETS_USER, ID_BUILD, VAULT, "ServicePrincipal"),
        _assignment(3, OWNER, SHOP, PROD, "ServicePrincipal"),
        _assignment(4, CONTRIBUTOR, SHOP, PROD, "ServicePrincipal"),
    ],
    "arm/roleEligibilityScheduleInstances": [],
    "arm/denyAssignments": [],
    "arm/locks": [],
    "arm/policyAssignments": [],
    "arm/federatedIdentityCredentials": [],
    "arm/registrationAssignments": [],
    "graph/users": [
        _user(one, name) for one, name in ((ADA, "Ada"), (BOB, "Bob"), (CLEO, "Cleo"), (DAN, "Dan"), (EVE, "Eve"))
    ],
    "graph/groups": [
        {"id": BUILDERS, "displayName": "Builders", "securityEnabled": True, "groupTypes": []},
        {
            "id": DESK,
            "displayName": "Service desk",
            "securityEnabled": True,
            "groupTypes": [],
            "isAssignableToRole": True,
        },
    ],
    "graph/groupMembers": [_member(BUILDERS, ADA), _member(DESK, DAN)],
    "graph/servicePrincipals": [
        {"id": ID_BUILD, "appId": guid(21), "displayName": "id-build", "servicePrincipalType": "ManagedIdentity"},
        {"id": SHOP, "appId": guid(22), "displayName": "shop", "servicePrincipalType": "Application"},
    ],
    "graph/applications": [{"id": SHOP_APP, "appId": guid(22), "displayName": "shop"}],
    "graph/applicationOwners": [_member(SHOP_APP, CLEO)],
    "graph/servicePrincipalOwners": [],
    "graph/applicationFederatedIdentityCredentials": [],
    "graph/appRoleAssignments": [],
    "graph/administrativeUnits": [],
    "graph/administrativeUnitMembers": [],
    "graph/directoryRoleDefinitions": [
        _role(GLOBAL_ADMIN, "Global Administrator"),
        _role(PASSWORDS, "Privileged Authentication Administrator"),
    ],
    "graph/directoryRoleAssignments": [
        {"id": guid(61), "principalId": BOB, "roleDefinitionId": GLOBAL_ADMIN, "directoryScopeId": "/"},
        {"id": guid(62), "principalId": DESK, "roleDefinitionId": PASSWORDS, "directoryScopeId": "/"},
    ],
    "graph/directoryRoleAssignmentScheduleInstances": [],
    "graph/directoryRoleEligibilityScheduleInstances": [],
    "graph/groupAssignmentScheduleInstances": [],
    "graph/groupEligibilityScheduleInstances": [],
}
UNREAD = {"api": "graph/groupOwners", "scope": "/", "reason": "403 Forbidden"}


def write_path_tenant(folder: Path, *, unread: bool = False) -> Path:
    """Write the export; with `unread` the owners of groups were not read."""
    lists = LISTS if unread else {**LISTS, "graph/groupOwners": []}
    for name, rows in lists.items():
        file = folder / f"{name}.jsonl"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    manifest = {
        "format": "azure-tenant-export/1",
        "tenantId": TENANT,
        "cloud": "AzureCloud",
        "collectedAt": "2026-11-02T09:00:00Z",
        "gaps": [UNREAD] if unread else [],
    }
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder
