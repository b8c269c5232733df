"""What goes with a resource that is deleted: its children, what stands on it, and the identities it gave.

>>> sorted(_EXTENSIONS)[0]
'arm/denyAssignments'
"""

from __future__ import annotations

import msgspec

from remit_sim import places
from remit_sim.arm import directory, listing
from remit_sim.arm.routes import group_of_row
from remit_sim.tenant import Fields, SimTenant

_RESOURCES = "arm/resources"
_EXTENSIONS = (
    "arm/roleAssignments",
    "arm/denyAssignments",
    "arm/locks",
    "arm/policyAssignments",
    "arm/deploymentStacks",
    "arm/diagnosticSettings",
    "arm/roleAssignmentScheduleInstances",
    "arm/roleEligibilityScheduleInstances",
    "arm/roleManagementPolicyAssignments",
)


def remove(tenant: SimTenant, place: str) -> None:
    """Take away a resource or resource group, by its key, with everything below it."""
    table = tenant.table(_RESOURCES)
    rows = table.where("group", group_of_row, places.group_of(place))
    doomed = [fields for fields in map(_decoded, rows) if places.within(fields["id"].lower(), place)]
    if not places.group_of(place):
        doomed = [fields for fields in [table.fields(place)] if fields is not None]
    for fields in doomed:
        _remove_identities(tenant, fields)
        tenant.remove(_RESOURCES, fields["id"])
    for name in _EXTENSIONS:
        for key in listing.keys_below(tenant, name, place):
            tenant.remove(name, key)


def _decoded(found: tuple[int, bytes]) -> Fields:
    fields: Fields = msgspec.json.decode(found[1])
    return fields


def _remove_identities(tenant: SimTenant, fields: Fields) -> None:
    said = (fields.get("identity") or {}).get("principalId")
    if fields["type"].lower() == "microsoft.managedidentity/userassignedidentities":
        said = (fields.get("properties") or {}).get("principalId")
        table = tenant.table(CREDENTIALS)
        for _, row in table.where("parent", parent_of_credential, fields["id"].lower()):
            tenant.remove(CREDENTIALS, msgspec.json.decode(row)["id"])
    if said:
        directory.remove_managed_identity(tenant, said)


CREDENTIALS = "arm/federatedIdentityCredentials"


def parent_of_credential(fields: Fields) -> str:
    """Return the key of the identity that a federated credential belongs to: a value for `Table.where`."""
    return str(fields["id"]).lower().rpartition("/federatedidentitycredentials/")[0]
