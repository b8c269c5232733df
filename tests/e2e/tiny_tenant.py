"""A tenant as small as can be in which every call of a collection has something to ask for."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from remit_sim.clock import SimClock
from remit_sim.tenant import SimTenant

TENANT = "aaaaaaaa-0000-4000-8000-000000000001"
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
ROOT = f"/providers/Microsoft.Management/managementGroups/{TENANT}"
SUBSCRIPTION_ID = "bbbbbbbb-0000-4000-8000-000000000001"
SUBSCRIPTION = f"/subscriptions/{SUBSCRIPTION_ID}"
GROUP = f"{SUBSCRIPTION}/resourceGroups/rg"
IDENTITY = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/uami"
VAULT = f"{GROUP}/providers/Microsoft.KeyVault/vaults/kv"
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
CONTRIBUTOR = "b24988ac-6180-42a0-ab88-20f7382dd24c"


def guid(number: int) -> str:
    return f"cccccccc-0000-4000-8000-{number:012}"


USER, TEAM, HIDDEN, PRINCIPAL, APPLICATION, UNIT, DEVICE = map(guid, range(1, 8))


def _extension(at: str, kind: str, number: int, /, **properties: Any) -> dict[str, Any]:
    name = guid(number)
    return {"id": f"{at}/providers/{kind}/{name}", "name": name, "type": kind, "properties": properties}


def _pair(parent: str, kind: str, member: str) -> dict[str, Any]:
    return {"parentId": parent, "member": {"@odata.type": f"#microsoft.graph.{kind}", "id": member}}


def _role(role_id: str, name: str, actions: list[str], not_actions: list[str]) -> dict[str, Any]:
    return {
        "id": f"/providers/Microsoft.Authorization/roleDefinitions/{role_id}",
        "name": role_id,
        "type": "Microsoft.Authorization/roleDefinitions",
        "properties": {
            "roleName": name,
            "type": "BuiltInRole",
            "description": "",
            "assignableScopes": ["/"],
            "permissions": [{"actions": actions, "notActions": not_actions, "dataActions": [], "notDataActions": []}],
        },
    }


ROWS: dict[str, list[dict[str, Any]]] = {
    "arm/managementGroups": [
        {
            "id": ROOT,
            "name": TENANT,
            "type": "Microsoft.Management/managementGroups",
            "properties": {"displayName": "Tenant Root Group", "parent": {"id": None}},
        },
        {
            "id": SUBSCRIPTION,
            "name": SUBSCRIPTION_ID,
            "type": "/subscriptions",
            "properties": {"displayName": "Only", "parent": {"id": ROOT}},
        },
    ],
    "arm/subscriptions": [
        {"id": SUBSCRIPTION, "subscriptionId": SUBSCRIPTION_ID, "displayName": "Only", "state": "Enabled"}
    ],
    "arm/resources": [
        {"id": GROUP, "name": "rg", "type": "Microsoft.Resources/resourceGroups", "location": "westeurope"},
        {
            "id": IDENTITY,
            "name": "uami",
            "type": "Microsoft.ManagedIdentity/userAssignedIdentities",
            "location": "westeurope",
            "properties": {"principalId": guid(21), "clientId": guid(22)},
        },
        {"id": VAULT, "name": "kv", "type": "Microsoft.KeyVault/vaults", "location": "westeurope", "properties": {}},
    ],
    "arm/roleDefinitions": [
        _role(READER, "Reader", ["*/read"], []),
        _role(
            CONTRIBUTOR, "Contributor", ["*"], ["Microsoft.Authorization/*/Write", "Microsoft.Authorization/*/Delete"]
        ),
    ],
    "arm/roleAssignments": [
        _extension(
            SUBSCRIPTION,
            "Microsoft.Authorization/roleAssignments",
            31,
            roleDefinitionId=f"{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{READER}",
            principalId=USER,
            principalType="User",
            scope=SUBSCRIPTION,
        )
    ],
    "arm/roleEligibilityScheduleInstances": [
        _extension(
            GROUP,
            "Microsoft.Authorization/roleEligibilityScheduleInstances",
            32,
            roleDefinitionId=f"{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{READER}",
            principalId=USER,
            principalType="User",
            scope=GROUP,
            startDateTime="2026-01-01T00:00:00Z",
            endDateTime=None,
        )
    ],
    "arm/locks": [_extension(IDENTITY, "Microsoft.Authorization/locks", 33, level="CanNotDelete")],
    "arm/federatedIdentityCredentials": [
        {
            "id": f"{IDENTITY}/federatedIdentityCredentials/trust",
            "name": "trust",
            "type": "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials",
            "properties": {"issuer": "https://issuer.example", "subject": "s", "audiences": ["a"]},
        }
    ],
    "arm/diagnosticSettings": [
        {
            "id": f"{VAULT}/providers/microsoft.insights/diagnosticSettings/audit",
            "name": "audit",
            "type": "Microsoft.Insights/diagnosticSettings",
            "properties": {"logs": [{"category": "AuditEvent", "enabled": True}]},
        }
    ],
    "arm/registrationAssignments": [
        {
            "id": f"{SUBSCRIPTION}/providers/Microsoft.ManagedServices/registrationAssignments/{guid(34)}",
            "name": guid(34),
            "type": "Microsoft.ManagedServices/registrationAssignments",
            "properties": {
                "registrationDefinitionId": f"{SUBSCRIPTION}/providers/Microsoft.ManagedServices"
                f"/registrationDefinitions/{guid(35)}",
                "registrationDefinition": {"properties": {"managedByTenantId": guid(36), "authorizations": []}},
            },
        }
    ],
    "graph/users": [{"id": USER, "displayName": "Ada", "userPrincipalName": "ada@tiny.example"}],
    "graph/groups": [
        {"id": TEAM, "displayName": "Team", "securityEnabled": True, "groupTypes": []},
        {"id": HIDDEN, "displayName": "Hidden", "groupTypes": ["Unified"], "visibility": "HiddenMembership"},
    ],
    "graph/groupMembers": [_pair(TEAM, "user", USER), _pair(HIDDEN, "user", USER)],
    "graph/servicePrincipals": [
        {"id": PRINCIPAL, "appId": guid(41), "displayName": "app", "servicePrincipalType": "Application"}
    ],
    "graph/applications": [{"id": APPLICATION, "appId": guid(41), "displayName": "app"}],
    "graph/applicationFederatedIdentityCredentials": [
        {"parentId": APPLICATION, "id": guid(42), "name": "ci", "issuer": "https://issuer.example", "subject": "x"}
    ],
    "graph/devices": [{"id": DEVICE, "deviceId": guid(43), "displayName": "laptop"}],
    "graph/administrativeUnits": [{"id": UNIT, "displayName": "unit", "visibility": "HiddenMembership"}],
    "graph/administrativeUnitMembers": [_pair(UNIT, "user", USER)],
}


def tiny_tenant() -> SimTenant:
    """A fresh one."""
    tenant = SimTenant(TENANT, SimClock(NOW))
    for name, rows in ROWS.items():
        for row in rows:
            tenant.load(name, json.dumps(row, separators=(",", ":")).encode())
    return tenant
