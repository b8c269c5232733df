"""Management groups, subscriptions, resource groups and resources, and what else stands at a scope."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from remit_sim.generate import azure_rows
from remit_sim.generate.azure_rows import Row
from remit_sim.generate.dice import Dice
from remit_sim.generate.kinds import IDENTITY, KINDS, SERVER
from remit_sim.generate.planting.escalation import trust
from remit_sim.generate.soil import Room
from remit_sim.generate.stock import NONE, location
from remit_sim.generate.tenant import GeneratedTenant
from remit_sim.generate.words import WORKLOADS

_POLICY = "/providers/Microsoft.Authorization/policyDefinitions/"
_POLICIES = (
    ("allowed-locations", "Allowed locations", "e56962a6-4747-49cd-b67b-bf8b01975c4c"),
    ("managed-disks", "Audit VMs that do not use managed disks", "06a78e20-9358-41c9-923c-fb736d382a4d"),
)
_LOCATIONS = {"listOfAllowedLocations": {"value": ["westeurope", "northeurope", "eastus", "uksouth", "swedencentral"]}}
_MONITORING_READER = "43d0d8ad-25c7-4714-9337-8ba259a9fe05"
_TRUSTED_EVERY = 7
_WORKSPACE = "Microsoft.OperationalInsights/workspaces"
_LOGGED_SHARE = 0.55
LOGGED_DATA = {
    "microsoft.keyvault/vaults": ("", ("AuditEvent",)),
    "microsoft.storage/storageaccounts": ("/blobServices/default", ("StorageRead", "StorageWrite", "StorageDelete")),
    "microsoft.documentdb/databaseaccounts": ("", ("DataPlaneRequests",)),
    "microsoft.containerservice/managedclusters": ("", ("kube-audit",)),
}
"""Types whose data plane can be logged: the part of a resource that its settings stand at, and the categories."""


def management_groups(tenant: GeneratedTenant) -> Iterator[Row]:
    """Yield the tree: management groups, then the places of the subscriptions."""
    groups = tenant.estate.management_groups
    for group in groups:
        above = groups[group.parent].scope if group.parent >= 0 else None
        said = {"displayName": group.title, "parent": {"id": above}}
        yield {
            "id": group.scope,
            "name": group.name,
            "type": "Microsoft.Management/managementGroups",
            "properties": said,
        }
    for one in tenant.estate.subscriptions:
        said = {"displayName": one.title, "parent": {"id": groups[one.above].scope}}
        yield {"id": one.scope, "name": one.guid, "type": "/subscriptions", "properties": said}


def subscriptions(tenant: GeneratedTenant) -> Iterator[Row]:
    """Yield subscriptions."""
    for one in tenant.estate.subscriptions:
        yield {
            "id": one.scope,
            "authorizationSource": "RoleBased",
            "managedByTenants": [],
            "tags": {"env": one.environment, "costCenter": f"{4_000 + one.number % 60}"},
            "subscriptionId": one.guid,
            "tenantId": tenant.estate.tenant_id,
            "displayName": one.title,
            "state": "Enabled",
            "subscriptionPolicies": {
                "locationPlacementId": "Public_2014-09-01",
                "quotaId": "EnterpriseAgreement_2014-09-01",
                "spendingLimit": "Off",
            },
        }


def resources(tenant: GeneratedTenant) -> Iterator[Row]:
    """Yield resource groups, each with its resources behind it."""
    dice, stock = tenant.dice("arm/resources"), tenant.stock
    managed = 0
    for place, subscription in enumerate(tenant.estate.subscriptions):
        for group in range(stock.group_start[place], stock.group_start[place + 1]):
            tags = {"env": subscription.environment, "workload": WORKLOADS[group % len(WORKLOADS)]}
            room = Room(stock.group_scope(group), subscription, location(group), tags)
            yield azure_rows.resource_group(room.scope, room.location, tags)
            server = ""
            for row in range(stock.start[group], stock.start[group + 1]):
                bears = managed < len(stock.bearer) and stock.bearer[managed] == row
                one = _resource(tenant, dice, room, row, identity=managed if bears else NONE, server=server)
                managed += bears
                if stock.kind[row] == SERVER:
                    server = one["id"]
                yield one


def _resource(tenant: GeneratedTenant, dice: Dice, room: Room, row: int, *, identity: int, server: str) -> Row:
    """Return one resource; `identity` is the managed identity that it bears or is, `server` what databases stand in."""
    stock, tenant_id = tenant.stock, tenant.estate.tenant_id
    kind = KINDS[stock.kind[row]]
    name = stock.name(row, room.subscription.environment)
    scope = f"{server}/databases/{name}" if kind.nested else f"{room.scope}/providers/{kind.type}/{name}"
    own, attached = None, []
    if stock.kind[row] == IDENTITY:
        who = stock.managed_id(identity), stock.managed_app_id(identity)
        properties = azure_rows.identity_properties(tenant_id, *who)
    else:
        properties = kind.says(dice, name)
        own = stock.managed_id(identity) if identity != NONE else None
        other = stock.attached.get(row)
        if other is not None:
            attached = [(stock.scope(stock.bearer[other]), stock.managed_id(other), stock.managed_app_id(other))]
    bears = azure_rows.identity(tenant_id, own, attached)
    return azure_rows.resource(
        scope, kind, location=room.location, tags=room.tags, properties=properties, identity=bears
    )


def federated_credentials(tenant: GeneratedTenant) -> Iterator[Row]:
    """Yield trusts of managed identities in exactly one environment of one repository."""
    stock = tenant.stock
    for number in range(len(stock.bearer)):
        if number % _TRUSTED_EVERY == 0 and stock.has_own_identity(number):
            scope = stock.scope(stock.bearer[number])
            stage = stock.subscription_of(stock.group_of(stock.bearer[number])).environment
            repository = f"repo:{tenant.estate.organisation}/{WORKLOADS[number % len(WORKLOADS)]}-infra"
            yield trust(scope, f"deploy-{stage}", f"{repository}:environment:{stage}")


def diagnostic_settings(tenant: GeneratedTenant) -> Iterator[Row]:
    """Yield the settings that send what vaults, storage, Cosmos DB and clusters log to a workspace."""
    dice = tenant.dice("arm/diagnosticSettings")
    workspace = f"{tenant.estate.subscriptions[0].scope}/resourceGroups/rg-logs/providers/{_WORKSPACE}/log-central"
    for one in resources(tenant):
        logged = LOGGED_DATA.get(one["type"].lower())
        if logged and dice.chance(_LOGGED_SHARE):
            service, categories = logged
            yield diagnostic_setting(f"{one['id']}{service}", "audit", categories, workspace)


def diagnostic_setting(resource: str, name: str, categories: tuple[str, ...], workspace: str) -> Row:
    """Return the setting of a resource that sends some categories of its logs to a workspace."""
    return {
        "id": f"{resource}/providers/microsoft.insights/diagnosticSettings/{name}",
        "type": "Microsoft.Insights/diagnosticSettings",
        "name": name,
        "properties": {
            "workspaceId": workspace,
            "metrics": [],
            "logs": [
                {"category": category, "enabled": True, "retentionPolicy": {"enabled": False, "days": 0}}
                for category in categories
            ],
        },
    }


def policy_assignments(tenant: GeneratedTenant) -> Iterator[Row]:
    """Yield policies at the organisation's management group and at some subscriptions."""
    for place, (name, title, guid) in enumerate(_POLICIES):
        parameters = _LOCATIONS if place == 0 else {}
        yield _policy(tenant.estate.management_groups[1].scope, name, title, guid, parameters)
    for one in tenant.estate.subscriptions[::5]:
        yield _policy(one.scope, *_POLICIES[1], {})


def _policy(scope: str, name: str, title: str, guid: str, parameters: dict[str, Any]) -> Row:
    return azure_rows.authorization(
        scope,
        "policyAssignments",
        name,
        {
            "displayName": title,
            "policyDefinitionId": _POLICY + guid,
            "scope": scope,
            "notScopes": [],
            "parameters": parameters,
            "metadata": {"category": "General"},
            "enforcementMode": "Default",
        },
    )


def registration_assignments(tenant: GeneratedTenant) -> Iterator[Row]:
    """Yield what a provider of another tenant watches."""
    base = "providers/Microsoft.ManagedServices"
    for one in tenant.estate.subscriptions[5::60]:
        name, definition = tenant.ids.guid("registration", one.number), tenant.ids.guid("definition", 0)
        key = f"{one.scope}/{base}/registrationDefinitions/{definition}"
        said = {
            "description": "Monitoring",
            "managedByTenantId": tenant.ids.guid("provider", 0),
            "registrationDefinitionName": "Nordkai Monitoring",
            "authorizations": [
                {
                    "principalId": tenant.ids.guid("provider-group", 0),
                    "principalIdDisplayName": "Nordkai Operators",
                    "roleDefinitionId": _MONITORING_READER,
                }
            ],
            "eligibleAuthorizations": [],
            "provisioningState": "Succeeded",
            "manageeTenantId": tenant.estate.tenant_id,
            "managedByTenantName": "Nordkai",
        }
        kind = "Microsoft.ManagedServices/registrationDefinitions"
        expanded = {"properties": said, "id": key, "type": kind, "name": definition}
        yield {
            "properties": {
                "registrationDefinitionId": key,
                "provisioningState": "Succeeded",
                "registrationDefinition": expanded,
            },
            "id": f"{one.scope}/{base}/registrationAssignments/{name}",
            "type": "Microsoft.ManagedServices/registrationAssignments",
            "name": name,
        }
