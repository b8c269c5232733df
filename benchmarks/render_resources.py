"""Management groups, subscriptions, resource groups and resources as Azure's payloads.

A resource carries what Resource Graph gives: location, tags, sku, identity, and properties in the size usual for its
type. Vaults, storage accounts, registries and clusters vary in the settings that act beside RBAC (section K).
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import numpy as np

from benchmarks.plan import Level, Tenant, type_path
from benchmarks.resource_settings import VARIANTS, settings_of

_REGIONS = ("westeurope", "northeurope", "eastus", "eastus2", "southeastasia", "uksouth", "germanywestcentral")
_OWNERS = ("team-blue@contoso.example", "team-red@contoso.example", "platform@contoso.example", "sre@contoso.example")


def management_groups(tenant: Tenant) -> Iterator[str]:
    """Yield arm/managementGroups: the groups, then the subscriptions placed below them (S3)."""
    chains: list[list[str]] = []
    for row in range(len(tenant.mg_names)):
        parent = int(tenant.mg_parent[row])
        chains.append([] if parent < 0 else [*chains[parent], tenant.mg_names[parent]])
        identity = tenant.scope(Level.MANAGEMENT_GROUP, row)
        above = None if parent < 0 else tenant.scope(Level.MANAGEMENT_GROUP, parent)
        yield _entity(tenant, identity, "Microsoft.Management/managementGroups", above, chains[row])
    for row, name in enumerate(tenant.sub_ids):
        group = int(tenant.sub_mg[row])
        chain = [*chains[group], tenant.mg_names[group]]
        above = tenant.scope(Level.MANAGEMENT_GROUP, group)
        yield _entity(tenant, f"/subscriptions/{name}", "/subscriptions", above, chain)


def _entity(tenant: Tenant, identity: str, kind: str, parent: str | None, chain: list[str]) -> str:
    name = identity.rsplit("/", 1)[1]
    return _line(
        {
            "id": identity,
            "type": kind,
            "name": name,
            "properties": {
                "tenantId": tenant.tenant_id,
                "displayName": f"Display of {name}",
                "parent": {"id": parent},
                "permissions": "view",
                "inheritedPermissions": "view",
                "parentDisplayNameChain": [f"Display of {one}" for one in chain],
                "parentNameChain": chain,
                "numberOfDescendants": 0,
                "numberOfChildren": 0,
                "numberOfChildGroups": 0,
            },
        }
    )


def subscriptions(tenant: Tenant) -> Iterator[str]:
    """Yield arm/subscriptions."""
    for row, name in enumerate(tenant.sub_ids):
        yield _line(
            {
                "id": f"/subscriptions/{name}",
                "authorizationSource": "RoleBased",
                "managedByTenants": [],
                "subscriptionId": name,
                "tenantId": tenant.tenant_id,
                "displayName": f"Landing zone {row:05d}",
                "state": "Enabled",
                "subscriptionPolicies": {
                    "locationPlacementId": "Public_2014-09-01",
                    "quotaId": "EnterpriseAgreement_2014-09-01",
                    "spendingLimit": "Off",
                },
                "tags": {"costCenter": f"{row % 900:04d}"},
            }
        )


def resources(tenant: Tenant) -> Iterator[str]:
    """Yield arm/resources: each resource group, followed by what it holds."""
    names = tenant.catalogue.types
    rng = np.random.default_rng([tenant.seed, 2])
    paths = [type_path(name) for name in names]
    lower = [name.lower() for name in names]
    tails = [[_tail(name, variant) for variant in range(VARIANTS)] for name in names]
    identities = _identities(tenant, rng)
    variants = rng.integers(0, VARIANTS, tenant.size.resources).astype(np.uint8)
    for group in range(tenant.size.resource_groups):
        sub = tenant.sub_ids[tenant.rg_sub[group]]
        name = tenant.rg_name(group)
        region = _REGIONS[group % len(_REGIONS)]
        tags = (
            f'{{"environment":"{name.split("-")[2]}","owner":"{_OWNERS[group % 4]}","costCenter":"{group % 900:04d}"}}'
        )
        place = f"/subscriptions/{sub}/resourceGroups/{name}"
        shared = (
            f'"tenantId":"{tenant.tenant_id}","location":"{region}","resourceGroup":"{name}",'
            f'"subscriptionId":"{sub}","tags":{tags}'
        )
        yield (
            f'{{"id":"{place}","name":"{name}","type":"Microsoft.Resources/resourceGroups",{shared},'
            '"kind":"","managedBy":"","sku":null,"plan":null,"properties":{"provisioningState":"Succeeded"}}'
        )
        start, end = int(tenant.res_start[group]), int(tenant.res_start[group + 1])
        kinds = tenant.res_type[start:end].tolist()
        for row, kind, variant in zip(range(start, end), kinds, variants[start:end].tolist(), strict=True):
            called = tenant.resource_name(row)
            identity = identities.get(row, ',"identity":null')
            yield (
                f'{{"id":"{place}/providers/{paths[kind]}/{called}","name":"{called}","type":"{lower[kind]}",'
                f"{shared}{identity}{tails[kind][variant]}"
            )


def _identities(tenant: Tenant, rng: np.random.Generator) -> dict[int, str]:
    """Half of the service principals are managed identities of machines, sites and clusters."""
    hosts = [
        place
        for place, name in enumerate(tenant.catalogue.types)
        if name in {"Microsoft.Compute/virtualMachines", "Microsoft.Web/sites", "Microsoft.Logic/workflows"}
    ]
    rows = np.flatnonzero(np.isin(tenant.res_type, hosts))
    count = min(len(rows), tenant.size.service_principals // 2)
    chosen = np.sort(rng.choice(rows, size=count, replace=False)) if count else rows[:0]
    first = tenant.size.users + tenant.size.groups
    return {
        row: (
            f',"identity":{{"type":"SystemAssigned","principalId":"{tenant.principal_ids[first + place]}",'
            f'"tenantId":"{tenant.tenant_id}"}}'
        )
        for place, row in enumerate(chosen.tolist())
    }


def _tail(name: str, variant: int) -> str:
    """Return kind, sku and properties of one variant of a type, and the closing brace."""
    kind, sku, properties = settings_of(name, variant)
    properties |= {"provisioningState": "Succeeded"}
    rest = {"kind": kind, "managedBy": "", "sku": sku, "plan": None, "zones": None, "properties": properties}
    return "," + _line(rest)[1:]


def _line(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))
