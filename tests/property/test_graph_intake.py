"""Laws of what is read for the escalation graph, on generated tenants.

- Letter case of ids, and the store that keeps the payloads, do not matter.
- Every table is sorted as it says, and rows refer to what is there.
- Identities and guards are those that a plain reading of the payloads gives.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.fakes.graph_tenants import catalogue_of, graph_facts_of, principals, resource_ids
from tests.fakes.scenario_draft import Lists, Row
from tests.fakes.scenario_tenant import in_capitals
from tests.fakes.world import FixedClock, PayloadReader

from remit.adapters.store.duckdb import DuckStore
from remit.app.graphing.intake.resources import REVIEWED
from remit.engine.index import TenantIndex
from remit.engine.strings import TextColumn
from remit.graph.facts import GraphFacts, GuardState, IdentityLink
from remit.graph.kinds import GuardRule
from remit.graph.packing import pack_graph
from remit_sim.generate import generate

STORAGE, VAULTS, REDIS = "Microsoft.Storage/storageAccounts", "Microsoft.KeyVault/vaults", "Microsoft.Cache/redis"
CATALOGUE = catalogue_of(
    "Microsoft.Compute/virtualMachines",
    "Microsoft.Web/sites",
    STORAGE,
    VAULTS,
    guards={
        "keys": [
            GuardRule(types=(STORAGE,), property="allowSharedKeyAccess", closed=False),
            GuardRule(types=(REDIS,), property="disableAccessKeyAuthentication", closed=True),
        ],
        "policies": [GuardRule(types=(VAULTS,), property="enableRbacAuthorization", closed=True, absent="closed")],
    },
)
SPELT = ("data", "offsets")


@cache
def generated(seed: int) -> tuple[Lists, Row]:
    with TemporaryDirectory() as folder:
        generate(200, seed, Path(folder) / "tenant")
        return (
            {name: list(rows) for name, rows in _lists(Path(folder) / "tenant")},
            json.loads((Path(folder) / "tenant" / "manifest.json").read_text(encoding="utf-8")),
        )


def _lists(folder: Path) -> Iterator[tuple[str, Iterator[Row]]]:
    for file in sorted(folder.glob("*/*.jsonl")):
        if file.parent.name in {"arm", "graph"}:
            lines = file.read_text(encoding="utf-8").splitlines()
            yield f"{file.parent.name}/{file.stem}", map(json.loads, lines)


@cache
def facts_of(seed: int) -> tuple[TenantIndex, GraphFacts]:
    return graph_facts_of(PayloadReader(*generated(seed)), CATALOGUE)


@pytest.mark.parametrize("seed", [1, 2])
def test_every_store_gives_the_same_bytes(seed: int, tmp_path: Path) -> None:
    _, plain = facts_of(seed)
    _, kept = graph_facts_of(PayloadReader(*generated(seed)), CATALOGUE, DuckStore(tmp_path, FixedClock()))
    expected, found = pack_graph(plain), pack_graph(kept)
    assert [name for name in expected if not np.array_equal(expected[name], found[name])] == []


def test_letter_case_changes_nothing_but_spellings() -> None:
    _, plain = facts_of(1)
    lists, manifest = generated(1)
    _, loud = graph_facts_of(PayloadReader(in_capitals(lists), manifest), CATALOGUE)
    expected, found = pack_graph(plain), pack_graph(loud)
    names = [name for name in expected if name.rpartition(".")[2] not in SPELT]
    assert len(names) > 60
    assert [name for name in names if not np.array_equal(expected[name], found[name])] == []
    assert list(plain.applications.key) == list(loud.applications.key)
    assert [one.lower() for one in plain.resources.suffix] == [one.lower() for one in loud.resources.suffix]


def rows_of(table: object, *columns: str) -> list[tuple[object, ...]]:
    return list(zip(*(_plain(getattr(table, name)) for name in columns), strict=True))


def _plain(column: TextColumn | NDArray[np.generic]) -> list[object]:
    return [text.lower() for text in column] if isinstance(column, TextColumn) else column.tolist()


def test_every_table_is_sorted_as_it_says() -> None:
    _, facts = facts_of(1)
    tables = {
        "resources": rows_of(facts.resources, "scope", "suffix"),
        "guards": rows_of(facts.guards, "resource", "guard"),
        "identities": rows_of(facts.identities, "resource", "principal", "link"),
        "applications": rows_of(facts.applications, "key"),
        "service_principals": rows_of(facts.service_principals, "principal"),
        "owners": rows_of(facts.owners, "kind", "owned", "owner", "start"),
        "groups": rows_of(facts.groups, "principal"),
        "users": rows_of(facts.users, "principal"),
        "directory_roles": [(role.key,) for role in facts.directory_roles],
        "directory_assignments": rows_of(
            facts.directory_assignments, "principal", "role", "scope_kind", "scope", "start", "eligible"
        ),
        "units": rows_of(facts.administrative_units, "key"),
        "app_role_grants": rows_of(facts.app_role_grants, "principal", "api", "permission"),
        "delegated_grants": rows_of(facts.delegated_grants, "client", "api", "principal"),
        "federated_credentials": rows_of(facts.federated_credentials, "application", "resource", "key"),
        "credentials": rows_of(facts.credentials, "application", "principal", "kind", "start"),
        "activation_rules": rows_of(facts.activation_rules, "scope", "role"),
        "tags": rows_of(facts.tags, "resource", "scope", "key", "value"),
        "clusters": rows_of(facts.clusters, "resource"),
        "scope_names": rows_of(facts.scope_names, "scope"),
    }
    assert [name for name, rows in tables.items() if not rows] == []
    assert [name for name, rows in tables.items() if rows != sorted(rows)] == []
    repeating = {"app_role_grants", "delegated_grants", "credentials"}
    assert [name for name, rows in tables.items() if len(set(rows)) != len(rows) and name not in repeating] == []


@pytest.mark.parametrize("seed", [1, 2])
def test_identities_are_those_that_the_payloads_say(seed: int) -> None:
    index, facts = facts_of(seed)
    lists, _ = generated(seed)
    expected = set()
    for row in (*lists["arm/resources"], *lists["arm/policyAssignments"]):
        identity = row.get("identity") or {}
        if row["type"].lower() == "microsoft.managedidentity/userassignedidentities":
            expected.add((row["id"].lower(), row["properties"]["principalId"].lower(), IdentityLink.ITSELF))
        elif identity.get("principalId"):
            expected.add((row["id"].lower(), identity["principalId"].lower(), IdentityLink.SYSTEM))
        for one in (identity.get("userAssignedIdentities") or {}).values():
            expected.add((row["id"].lower(), one["principalId"].lower(), IdentityLink.USER_ASSIGNED))
        for one in ((row.get("properties") or {}).get("identityProfile") or {}).values():
            expected.add((row["id"].lower(), one["objectId"].lower(), IdentityLink.NODES))
    table = facts.identities
    found = zip(
        (one.lower() for one in resource_ids(index, facts, table.resource)),
        principals(index, table.principal),
        table.link.tolist(),
        strict=True,
    )
    assert expected
    assert expected == set(found)


@pytest.mark.parametrize("seed", [1, 2])
def test_guards_are_those_that_the_payloads_say(seed: int) -> None:
    index, facts = facts_of(seed)
    lists, _ = generated(seed)
    expected = set()
    for row in lists["arm/resources"]:
        said = row.get("properties") or {}
        if row["type"].lower() == STORAGE.lower() and said.get("allowSharedKeyAccess") is False:
            expected.add((row["id"].lower(), "keys", GuardState.CLOSED))
        if row["type"].lower() == VAULTS.lower() and said.get("enableRbacAuthorization") is not False:
            expected.add((row["id"].lower(), "policies", GuardState.CLOSED))
    table = facts.guards
    found = zip(
        (one.lower() for one in resource_ids(index, facts, table.resource)),
        (table.name[place] for place in table.guard.tolist()),
        table.state.tolist(),
        strict=True,
    )
    assert {name for _, name, _ in expected} == {"keys", "policies"}
    assert expected == set(found)


def test_kept_resources_are_targets_or_carry_an_identity() -> None:
    index, facts = facts_of(1)
    lists, _ = generated(1)
    kept = {target.lower() for kind in CATALOGUE.kinds for target in kind.targets}
    kept |= {
        "microsoft.managedidentity/userassignedidentities",
        "microsoft.containerservice/managedclusters",
    } | REVIEWED
    expected = {
        row["id"].lower()
        for row in lists["arm/resources"]
        if row["type"].lower() in kept or (row.get("identity") or {}).get("type", "None") != "None"
    } | {row["id"].lower() for row in lists["arm/policyAssignments"] if row.get("identity")}
    assert expected == {one.lower() for one in resource_ids(index, facts, range(facts.resources.count))}
