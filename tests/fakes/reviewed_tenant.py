"""A small tenant with every sort of connection point, for federation, integrations and isolation.

lists, manifest = reviewed_tenant()
lists["graph/applicationFederatedIdentityCredentials"].append(...)

Production: subscription `Shop Prod` below the management group `Production`; development: `Shop Dev` below
`Non-production`; `Hub` says neither.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from tests.fakes.scenario_draft import LIST_NAMES, Lists, Row

TENANT = "aaaaaaaa-0000-4000-8000-000000000001"
PARTNER = "bbbbbbbb-0000-4000-8000-000000000002"
VENDOR = "cccccccc-0000-4000-8000-000000000003"
GITHUB = "https://token.actions.githubusercontent.com"
EXCHANGE = "api://AzureADTokenExchange"
ENTRA = f"https://login.microsoftonline.com/{TENANT}/v2.0"
CLUSTER_ISSUER = f"https://westeurope.oic.prod-aks.azure.com/{TENANT}/dddddddd-0000-4000-8000-000000000004/"
GRAPH_APP = "00000003-0000-0000-c000-000000000000"
MAIL_READ = "810c84a8-4a9e-49e6-bf7d-12d183f40d01"

OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
CONTRIBUTOR = "b24988ac-6180-42a0-ab88-20f7382dd24c"
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"

_ACTIONS = {
    OWNER: ("Owner", ["*"], []),
    CONTRIBUTOR: (
        "Contributor",
        ["*"],
        ["Microsoft.Authorization/*/Delete", "Microsoft.Authorization/*/Write"],
    ),
    READER: ("Reader", ["*/read"], []),
}


def guid(name: str) -> str:
    """The id of whatever goes by a name here."""
    return str(uuid5(NAMESPACE_URL, f"https://tests.invalid/reviewed/{name}"))


def subscription(name: str) -> str:
    return f"/subscriptions/{guid(name)}"


PROD, DEV, HUB = subscription("shop-prod"), subscription("shop-dev"), subscription("hub")
PROD_GROUP, DEV_GROUP, HUB_GROUP = (
    f"{PROD}/resourceGroups/rg-shop",
    f"{DEV}/resourceGroups/rg-shop",
    f"{HUB}/resourceGroups/rg-hub",
)


def resource(group: str, kind: str, name: str) -> str:
    return f"{group}/providers/{kind}/{name}"


IDENTITY_TYPE, MACHINE_TYPE = "Microsoft.ManagedIdentity/userAssignedIdentities", "Microsoft.Compute/virtualMachines"
CLUSTER_TYPE, VAULT_TYPE = "Microsoft.ContainerService/managedClusters", "Microsoft.KeyVault/vaults"
DEV_IDENTITY = resource(DEV_GROUP, IDENTITY_TYPE, "id-dev")
POD_IDENTITY = resource(DEV_GROUP, IDENTITY_TYPE, "id-pods")
DEV_MACHINE, PROD_MACHINE = resource(DEV_GROUP, MACHINE_TYPE, "vm-1"), resource(PROD_GROUP, MACHINE_TYPE, "vm-2")
CLUSTER = resource(DEV_GROUP, CLUSTER_TYPE, "aks-1")
VAULT = resource(PROD_GROUP, VAULT_TYPE, "kv-shop")
AUTOMATION = resource(HUB_GROUP, "Microsoft.Automation/automationAccounts", "aa-hub")
WORKFLOW = resource(PROD_GROUP, "Microsoft.Logic/workflows", "la-orders")


class Drafted:
    """A tenant in the making."""

    def __init__(self) -> None:
        self.lists: Lists = {name: [] for name in LIST_NAMES}
        self.manifest: Row = {
            "format": "azure-tenant-export/1",
            "tenantId": TENANT,
            "collectedAt": "2026-11-01T12:00:00Z",
            "cloud": "AzureCloud",
            "gaps": [],
        }
        for role_id, (name, actions, not_actions) in _ACTIONS.items():
            blocks = [{"actions": actions, "notActions": not_actions, "dataActions": [], "notDataActions": []}]
            said = {"roleName": name, "type": "BuiltInRole", "assignableScopes": ["/"], "permissions": blocks}
            kind = "Microsoft.Authorization/roleDefinitions"
            self.add("arm/roleDefinitions", id=f"/providers/{kind}/{role_id}", name=role_id, type=kind, properties=said)

    def add(self, list_name: str, /, **fields: Any) -> None:
        self.lists[list_name].append(fields)

    def management_group(self, name: str, title: str, parent: str | None) -> None:
        base = "/providers/Microsoft.Management/managementGroups"
        above = None if parent is None else f"{base}/{parent}"
        said = {"displayName": title, "parent": {"id": above}}
        kind = "Microsoft.Management/managementGroups"
        self.add("arm/managementGroups", id=f"{base}/{name}", name=name, type=kind, properties=said)

    def subscription(self, scope: str, title: str, parent: str) -> None:
        name = scope.rsplit("/", 1)[-1]
        above = f"/providers/Microsoft.Management/managementGroups/{parent}"
        said = {"displayName": title, "parent": {"id": above}}
        self.add("arm/managementGroups", id=scope, name=name, type="/subscriptions", properties=said)
        self.add("arm/subscriptions", id=scope, subscriptionId=name, displayName=title, state="Enabled")

    def resource(self, scope: str, tags: Row | None = None, identity: Row | None = None, **properties: Any) -> None:
        parts = scope.split("/")
        kind = "Microsoft.Resources/resourceGroups" if len(parts) == 5 else "/".join(parts[-3:-1])
        more = {"tags": tags} if tags else {}
        more |= {"identity": identity} if identity else {}
        fields = {"id": scope, "name": parts[-1], "type": kind, "location": "westeurope", "properties": properties}
        self.add("arm/resources", **fields, **more)

    def managed_identity(self, scope: str) -> str:
        """A user-assigned identity; returns the object id that it signs in as."""
        name = scope.rsplit("/", 1)[-1]
        self.resource(scope, principalId=guid(name), clientId=guid(f"{name}-client"))
        self.service_principal(name, servicePrincipalType="ManagedIdentity")
        return guid(name)

    def service_principal(self, name: str, **fields: Any) -> str:
        said = {"servicePrincipalType": "Application", "accountEnabled": True, **fields}
        self.add(
            "graph/servicePrincipals",
            id=guid(name),
            appId=said.pop("appId", guid(f"{name}-client")),
            displayName=name,
            **said,
        )
        return guid(name)

    def application(self, name: str, **fields: Any) -> str:
        """An app registration with its service principal; returns the object id of the latter."""
        self.add("graph/applications", id=guid(f"{name}-app"), appId=guid(f"{name}-client"), displayName=name, **fields)
        return self.service_principal(name, appOwnerOrganizationId=TENANT)

    def trust(
        self,
        bearer: str,
        name: str,
        subject: str | None,
        *,
        url: str = GITHUB,
        audience: str = EXCHANGE,
        expression: str = "",
    ) -> None:
        """A federated credential of an application (by name) or of a user-assigned identity (by resource id)."""
        said: Row = {"name": name, "issuer": url, "subject": subject, "audiences": [audience]}
        if expression:
            said["claimsMatchingExpression"] = {"value": expression, "languageVersion": 1}
        if bearer.startswith("/"):
            self.add(
                "arm/federatedIdentityCredentials",
                id=f"{bearer}/federatedIdentityCredentials/{name}",
                name=name,
                properties=said,
            )
        else:
            self.add(
                "graph/applicationFederatedIdentityCredentials",
                id=guid(f"{bearer}/{name}"),
                parentId=guid(f"{bearer}-app"),
                **said,
            )

    def assign(self, principal_id: str, role_id: str, scope: str, kind: str = "ServicePrincipal") -> None:
        name = guid(f"{principal_id} {role_id} {scope}")
        said = {
            "principalId": principal_id,
            "principalType": kind,
            "roleDefinitionId": f"/providers/Microsoft.Authorization/roleDefinitions/{role_id}",
            "scope": scope,
        }
        kind = "Microsoft.Authorization/roleAssignments"
        self.add("arm/roleAssignments", id=f"{scope}/providers/{kind}/{name}", name=name, type=kind, properties=said)

    def export(self, folder: Path) -> Path:
        """Write it as a folder."""
        for name, rows in self.lists.items():
            path = folder / f"{name}.jsonl"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        (folder / "manifest.json").write_text(json.dumps(self.manifest), encoding="utf-8")
        return folder


def places(draft: Drafted) -> None:
    """Management groups, subscriptions and resource groups."""
    draft.management_group(TENANT, "Tenant Root Group", None)
    draft.management_group("mg-prod", "Production", TENANT)
    draft.management_group("mg-nonprod", "Non-production", TENANT)
    draft.subscription(PROD, "Shop Prod", "mg-prod")
    draft.subscription(DEV, "Shop Dev", "mg-nonprod")
    draft.subscription(HUB, "Hub", TENANT)
    for group in (PROD_GROUP, DEV_GROUP, HUB_GROUP):
        draft.resource(group)


def reviewed_tenant() -> Drafted:
    """The whole tenant."""
    draft = Drafted()
    places(draft)
    draft.add(
        "graph/users", id=guid("maya"), displayName="Maya", userPrincipalName="maya@shop.example", accountEnabled=True
    )
    dev, pods = draft.managed_identity(DEV_IDENTITY), draft.managed_identity(POD_IDENTITY)
    attached = {
        "type": "UserAssigned",
        "userAssignedIdentities": {DEV_IDENTITY: {"principalId": dev, "clientId": guid("x")}},
    }
    draft.resource(DEV_MACHINE, tags={"workload": "shop"}, identity=attached)
    draft.resource(PROD_MACHINE, tags={"env": "prod", "workload": "billing"}, identity=attached)
    draft.resource(CLUSTER, oidcIssuerProfile={"enabled": True, "issuerURL": CLUSTER_ISSUER})
    draft.resource(VAULT, enableRbacAuthorization=True)
    for scope, name in ((AUTOMATION, "aa-hub"), (WORKFLOW, "la-orders")):
        draft.service_principal(name, servicePrincipalType="ManagedIdentity")
        draft.resource(scope, identity={"type": "SystemAssigned", "principalId": guid(name), "tenantId": TENANT})
    draft.trust(DEV_IDENTITY, "pipeline", "repo:shop/site:environment:dev")
    draft.trust(POD_IDENTITY, "pods", "system:serviceaccount:shop:api", url=CLUSTER_ISSUER)
    secret = {"keyId": guid("key"), "startDateTime": "2026-01-01T00:00:00Z", "endDateTime": "2027-01-01T00:00:00Z"}
    ci_dev = draft.application("ci-dev")
    ci_prod = draft.application("ci-prod", passwordCredentials=[secret])
    draft.trust("ci-dev", "requests", "repo:shop/site:pull_request")
    draft.trust("ci-prod", "main", "repo:shop/site:environment:prod")
    draft.trust("ci-prod", "any", None, expression="claims['sub'] matches 'repo:shop/*:environment:prod'")
    draft.trust("ci-prod", "bridge", guid("id-dev"), url=ENTRA)
    draft.add(
        "graph/applicationOwners",
        parentId=guid("ci-prod-app"),
        member={"@odata.type": "#microsoft.graph.user", "id": guid("maya")},
    )
    vendor = draft.service_principal("Vendor Mail", appOwnerOrganizationId=VENDOR)
    graph = draft.service_principal(
        "Microsoft Graph",
        appId=GRAPH_APP,
        appOwnerOrganizationId="f8cdef31-a31e-4b4a-93e4-5f571e91255a",
        appRoles=[{"id": MAIL_READ, "value": "Mail.Read"}],
    )
    draft.add("graph/appRoleAssignments", id=guid("mail"), principalId=vendor, resourceId=graph, appRoleId=MAIL_READ)
    draft.add(
        "graph/oauth2PermissionGrants",
        id="grant-1",
        clientId=vendor,
        resourceId=graph,
        consentType="AllPrincipals",
        scope="User.Read Calendars.Read",
    )
    draft.assign(dev, CONTRIBUTOR, PROD_GROUP)
    draft.assign(pods, READER, DEV)
    draft.assign(ci_dev, OWNER, DEV)
    draft.assign(ci_prod, OWNER, PROD)
    draft.assign(guid("aa-hub"), CONTRIBUTOR, HUB)
    definition = {
        "id": f"{HUB}/providers/Microsoft.ManagedServices/registrationDefinitions/{guid('definition')}",
        "name": guid("definition"),
        "properties": {
            "registrationDefinitionName": "Partner: run",
            "managedByTenantId": PARTNER,
            "managedByTenantName": "Partner",
            "manageeTenantId": TENANT,
            "authorizations": [
                {
                    "principalId": guid("operators"),
                    "principalIdDisplayName": "Operators",
                    "roleDefinitionId": CONTRIBUTOR,
                }
            ],
            "eligibleAuthorizations": [],
        },
    }
    kind = "Microsoft.ManagedServices/registrationAssignments"
    draft.add(
        "arm/registrationAssignments",
        id=f"{HUB}/providers/{kind}/{guid('delegation')}",
        name=guid("delegation"),
        type=kind,
        properties={
            "registrationDefinitionId": definition["id"],
            "provisioningState": "Succeeded",
            "registrationDefinition": definition,
        },
    )
    return draft
