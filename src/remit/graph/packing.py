"""Graph facts as named arrays and back, so that they can be kept beside a snapshot and mapped into memory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from remit.engine.packing import Arrays, pack_tables, unpack_tables
from remit.graph import facts as tables
from remit.graph.facts import DirectoryRole, GraphFacts

_TABLES: dict[str, type] = {
    "resources": tables.ResourceTable,
    "guards": tables.GuardStates,
    "identities": tables.Identities,
    "vault_policies": tables.VaultPolicies,
    "applications": tables.Applications,
    "service_principals": tables.ServicePrincipals,
    "owners": tables.Owners,
    "groups": tables.Groups,
    "users": tables.Users,
    "directory_assignments": tables.DirectoryAssignments,
    "administrative_units": tables.AdministrativeUnits,
    "app_role_grants": tables.AppRoleGrants,
    "delegated_grants": tables.DelegatedGrants,
    "federated_credentials": tables.FederatedCredentials,
    "credentials": tables.Credentials,
    "activation_rules": tables.ActivationRules,
    "tags": tables.Tags,
    "clusters": tables.Clusters,
    "workers": tables.Workers,
    "scope_names": tables.ScopeNames,
}


class _Short(msgspec.Struct, array_like=True):
    """The parts that are short lists of objects."""

    directory_roles: tuple[DirectoryRole, ...]
    guard_names: tuple[str, ...]


def pack_graph(facts: GraphFacts) -> Arrays:
    """Return every column under `table.column`, texts as `.data` and `.offsets`, and the rest under `short`."""
    arrays = pack_tables(_TABLES, facts)
    short = _Short(facts.directory_roles, facts.guards.name)
    arrays["short"] = np.frombuffer(msgspec.msgpack.encode(short), dtype=np.uint8)
    return arrays


def unpack_graph(arrays: Mapping[str, NDArray[Any]]) -> GraphFacts:
    """Return the facts that `pack_graph` took apart.

    Cost: decodes the directory roles; columns are taken as they are.
    """
    short = msgspec.msgpack.decode(arrays["short"].tobytes(), type=_Short)
    made = unpack_tables(_TABLES, arrays, {"guards.name": short.guard_names})
    return GraphFacts(directory_roles=short.directory_roles, **made)
