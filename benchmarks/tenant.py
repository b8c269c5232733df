"""Write a generated tenant as a raw export: `python -m benchmarks.tenant --size M --seed 7 FOLDER`.

The export is complete: a list that the tenant does not use is an empty file, for an absent one would be a gap.
The same size and seed give the same bytes.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterable
from pathlib import Path

from benchmarks import render_access, render_directory, render_resources
from benchmarks.lines import write_lines
from benchmarks.plan import Tenant, build_plan
from benchmarks.sizes import SIZES

COLLECTED_AT = "2026-11-01T00:00:00Z"
EMPTY = (
    "arm/classicAdministrators",
    "arm/roleAssignmentScheduleRequests",
    "arm/roleEligibilityScheduleRequests",
    "arm/roleManagementPolicyAssignments",
    "arm/deploymentStacks",
    "arm/diagnosticSettings",
    "arm/federatedIdentityCredentials",
    "arm/registrationAssignments",
    "graph/applications",
    "graph/devices",
    "graph/administrativeUnits",
    "graph/applicationOwners",
    "graph/servicePrincipalOwners",
    "graph/administrativeUnitMembers",
    "graph/applicationFederatedIdentityCredentials",
    "graph/appRoleAssignments",
    "graph/oauth2PermissionGrants",
    "graph/directoryRoleDefinitions",
    "graph/directoryRoleAssignments",
    "graph/directoryRoleAssignmentScheduleInstances",
    "graph/directoryRoleEligibilityScheduleInstances",
    "graph/groupAssignmentScheduleInstances",
    "graph/groupEligibilityScheduleInstances",
)


def write_tenant(tenant: Tenant, folder: Path) -> int:
    """Write every list and the manifest; return the bytes written."""
    folder.mkdir(parents=True, exist_ok=True)
    manifest = {
        "format": "azure-tenant-export/1",
        "tenantId": tenant.tenant_id,
        "collectedAt": COLLECTED_AT,
        "cloud": "AzureCloud",
        "gaps": [],
    }
    instances: list[str] = []
    lists: tuple[tuple[str, Iterable[str]], ...] = (
        ("arm/managementGroups", render_resources.management_groups(tenant)),
        ("arm/subscriptions", render_resources.subscriptions(tenant)),
        ("arm/resources", render_resources.resources(tenant)),
        ("arm/roleDefinitions", render_access.role_definitions(tenant)),
        ("arm/roleAssignments", render_access.role_assignments(tenant, instances)),
        ("arm/roleAssignmentScheduleInstances", instances),
        ("arm/roleEligibilityScheduleInstances", render_access.eligible_instances(tenant)),
        ("arm/denyAssignments", render_access.deny_assignments(tenant)),
        ("arm/locks", render_access.locks(tenant)),
        ("arm/policyAssignments", render_access.policy_assignments(tenant)),
        ("arm/providerOperations", render_access.provider_operations(tenant)),
        ("graph/users", render_directory.users(tenant)),
        ("graph/groups", render_directory.groups(tenant)),
        ("graph/servicePrincipals", render_directory.service_principals(tenant)),
        ("graph/groupMembers", render_directory.group_members(tenant)),
        ("graph/groupOwners", render_directory.group_owners(tenant)),
        *((name, ()) for name in EMPTY),
    )
    written = sum(write_lines(folder, name, lines) for name, lines in lists)
    # The manifest comes last: a folder that has one is whole.
    (folder / "manifest.json").write_text(json.dumps(manifest) + "\n", encoding="utf-8")
    return written


def main() -> None:
    """Write one tenant, as the command line says."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.tenant", description="Write a generated tenant export.")
    parser.add_argument("--size", choices=sorted(SIZES), default="S")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("folder", type=Path)
    asked = parser.parse_args()
    began = time.perf_counter()
    written = write_tenant(build_plan(SIZES[asked.size], asked.seed), asked.folder)
    print(f"{asked.folder}: {written / 1e6:,.0f} MB in {time.perf_counter() - began:.1f} s")


if __name__ == "__main__":
    main()
