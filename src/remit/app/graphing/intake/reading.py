"""All lists in the order that they need each other."""

from __future__ import annotations

import numpy as np

from remit.app.graphing.intake.directory_roles import DirectoryRoleReader
from remit.app.graphing.intake.grants import read_app_role_grants, read_delegated_grants, read_federated_credentials
from remit.app.graphing.intake.identities import USER_ASSIGNED
from remit.app.graphing.intake.people import read_groups, read_owners, read_units, read_users
from remit.app.graphing.intake.places import read_activation_rules, read_scope_names
from remit.app.graphing.intake.resources import ReadResources, ResourceReader
from remit.app.graphing.intake.software import read_software
from remit.app.graphing.intake.source import Progress, Source, silent
from remit.engine.index import TenantIndex
from remit.graph.facts import GraphFacts, IdentityLink
from remit.graph.kinds import EdgeCatalogue
from remit.ports.store import SnapshotStore

LISTS = (
    "arm/resources",
    "arm/policyAssignments",
    "arm/managementGroups",
    "arm/subscriptions",
    "arm/roleManagementPolicyAssignments",
    "arm/federatedIdentityCredentials",
    "graph/administrativeUnits",
    "graph/administrativeUnitMembers",
    "graph/users",
    "graph/groups",
    "graph/applications",
    "graph/servicePrincipals",
    "graph/applicationOwners",
    "graph/servicePrincipalOwners",
    "graph/groupOwners",
    "graph/groupAssignmentScheduleInstances",
    "graph/groupEligibilityScheduleInstances",
    "graph/directoryRoleDefinitions",
    "graph/directoryRoleAssignments",
    "graph/directoryRoleAssignmentScheduleInstances",
    "graph/directoryRoleEligibilityScheduleInstances",
    "graph/appRoleAssignments",
    "graph/oauth2PermissionGrants",
    "graph/applicationFederatedIdentityCredentials",
)
"""The lists that are read."""


def read_graph_facts(
    store: SnapshotStore,
    snapshot_id: str,
    index: TenantIndex,
    catalogue: EdgeCatalogue,
    progress: Progress | None = None,
) -> GraphFacts:
    """Read what the graph needs beside the engine's facts.

    Args:
        store: keeps the payloads.
        snapshot_id: the full id.
        index: of the same snapshot; rows refer to its tables.
        catalogue: its targets say which resources are kept, its guards what is read of their properties.
        progress: called now and then with the rows read so far and the rows to read.

    Raises:
        StoreError: the payloads cannot be read.

    Cost: a few microseconds for each row of a list, and of memory what the tables take, about twice.
    """
    source = Source(store, snapshot_id, index, LISTS, progress or silent)
    software = read_software(source)
    reader = ResourceReader(source, catalogue, software.managed)
    scope_names = read_scope_names(source, reader.tags)
    reader.read()
    read = reader.finish()
    units = read_units(source)
    directory_roles, directory_assignments = DirectoryRoleReader(source, units, software.row).read()
    facts = GraphFacts(
        resources=read.resources,
        guards=read.guards,
        identities=read.identities,
        vault_policies=read.vault_policies,
        applications=software.applications,
        service_principals=software.service_principals,
        owners=read_owners(source, software.row),
        groups=read_groups(source, units.restricted),
        users=read_users(source, units.restricted),
        directory_roles=directory_roles,
        directory_assignments=directory_assignments,
        administrative_units=units.table,
        app_role_grants=read_app_role_grants(source, software),
        delegated_grants=read_delegated_grants(source),
        federated_credentials=read_federated_credentials(source, software, _identities_by_id(index, read)),
        credentials=software.credentials,
        activation_rules=read_activation_rules(source),
        tags=read.tags,
        clusters=read.clusters,
        workers=read.workers,
        scope_names=scope_names,
    )
    source.finish()
    return facts


def _identities_by_id(index: TenantIndex, read: ReadResources) -> dict[str, tuple[int, int]]:
    """Return resource and principal of every user-assigned identity by its lower-case id."""
    table = read.resources
    kinds = list(table.type_name)
    if USER_ASSIGNED not in kinds:
        return {}
    rows = np.flatnonzero(table.type == kinds.index(USER_ASSIGNED)).tolist()
    itself = read.identities.link == IdentityLink.ITSELF
    principals = dict(
        zip(read.identities.resource[itself].tolist(), read.identities.principal[itself].tolist(), strict=True)
    )
    text = index.facts.scopes.key
    return {(text[int(table.scope[row])] + table.suffix[row].lower()): (row, principals.get(row, -1)) for row in rows}
