"""Public examples of Azure's answers, and the labelled test tenants, are read without error and to exact values."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.fakes.rows import TickingClock, write_export

from remit.adapters.export.reader import ExportReader
from remit.adapters.store.duckdb import DuckStore
from remit.adapters.store.memory import MemoryStore
from remit.app.importing import import_tenant
from remit.engine.facts import AssignmentKind, PrincipalKind
from remit.model.interval import parse_instant, to_micros
from remit.model.role import RoleSource
from remit.wire.azure.lists import LISTS

DATA = Path(os.environ.get("REMIT_TEST_DATA", Path(__file__).parents[2].parent / "shared" / "data"))
EXAMPLES = DATA / "azure" / "examples"
TENANTS = ("entragoat1", "entragoat2", "entragoat3", "guards_open", "xmgoat1", "xmgoat2")

needs_data = pytest.mark.skipif(not EXAMPLES.is_dir(), reason="no test data")

PLACEHOLDER = "parentResourcePath"
"""Stands in some ids for a type and a name: no resource is called so."""

SOURCES: dict[str, tuple[str, ...]] = {
    "arm/managementGroups": ("management-groups/GetEntities",),
    "arm/subscriptions": ("subscriptions/GetSubscriptions", "subscriptions/GetSubscription"),
    "arm/resources": ("resources-with-identity/*", "key-vault/listVault*", "managed-identity/Identity*"),
    "arm/roleDefinitions": ("authorization/GetRoleDefinition*",),
    "arm/roleAssignments": ("authorization/RoleAssignments_*",),
    "arm/denyAssignments": ("authorization/*DenyAssignment*",),
    "arm/classicAdministrators": ("authorization/GetClassicAdministrators",),
    "arm/providerOperations": ("authorization/GetAllProviderOperations", "authorization/GetProviderOperationsRP"),
    "arm/roleAssignmentScheduleInstances": ("pim/GetRoleAssignmentScheduleInstance*",),
    "arm/roleEligibilityScheduleInstances": ("pim/GetRoleEligibilityScheduleInstance*",),
    "arm/roleAssignmentScheduleRequests": ("pim/GetRoleAssignmentScheduleRequest*",),
    "arm/roleEligibilityScheduleRequests": ("pim/GetRoleEligibilityScheduleRequest*",),
    "arm/roleManagementPolicyAssignments": ("pim/GetRoleManagementPolicyAssignmentByScope",),
    "arm/locks": ("locks/*Get*", "locks/*List*"),
    "arm/policyAssignments": ("policy/*olicyAssignment*",),
    "arm/deploymentStacks": ("deployment-stacks/*",),
    "arm/federatedIdentityCredentials": ("managed-identity/FederatedIdentityCredential*",),
    "arm/registrationAssignments": ("lighthouse/GetRegistrationAssignment*",),
    "graph/users": ("graph/user-list",),
    "graph/groups": ("graph/group-list", "graph/group-get"),
    "graph/servicePrincipals": ("graph/serviceprincipal-list", "graph/serviceprincipal-get"),
    "graph/applications": ("graph/application-list", "graph/application-get"),
    "graph/administrativeUnits": ("graph/administrativeunit-list",),
    "graph/oauth2PermissionGrants": ("graph/oauth2permissiongrant-list",),
    "graph/appRoleAssignments": ("graph/serviceprincipal-list-approleassignedto",),
    "graph/directoryRoleAssignmentScheduleInstances": ("graph/rbacapplication-list-roleassignmentscheduleinstances",),
    "graph/groupEligibilityScheduleInstances": ("graph/privilegedaccessgroup-list-eligibilityscheduleinstances",),
}


def bodies(document: dict[str, Any]) -> Iterator[Any]:
    for status, response in document.get("responses", {}).items():
        if status.startswith("2"):
            yield response.get("body")
    for example in document.get("examples", ()):
        yield example.get("response")


def rows_of(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of an example, whether it is a list or one object; documentation cuts ids away here and there."""
    for body in bodies(json.loads(path.read_text(encoding="utf-8"))):
        if isinstance(body, dict):
            found = body.get("value", [body])
            yield from (
                row
                for row in found
                if isinstance(row, dict) and isinstance(row.get("id"), str) and PLACEHOLDER not in json.dumps(row)
            )


def examples_as_lists() -> dict[str, list[dict[str, Any]]]:
    """One tenant of all examples; where two show one id in two ways, the first is taken."""
    lists: dict[str, list[dict[str, Any]]] = {}
    for name, patterns in SOURCES.items():
        paths = sorted({path for pattern in patterns for path in EXAMPLES.glob(f"{pattern}.json")})
        assert paths, name
        found: dict[str, dict[str, Any]] = {}
        for path in paths:
            for row in rows_of(path):
                found.setdefault(LISTS[name].key(LISTS[name].decoder.decode(json.dumps(row))), row)
        lists[name] = list(found.values())
    return lists


@needs_data
def test_the_examples_make_a_tenant(tmp_path):
    lists = examples_as_lists()
    export = write_export(tmp_path / "export", lists)
    report = import_tenant(ExportReader(export), MemoryStore(TickingClock()), {})
    assert report.rows == {name: len(rows) for name, rows in lists.items()}
    assert [name for name, rows in lists.items() if not rows] == []
    assert report.skipped == ()


@needs_data
def test_the_pim_example_decodes_to_exact_values(tmp_path):
    name = "arm/roleAssignmentScheduleInstances"
    rows = list(rows_of(EXAMPLES / "pim" / "GetRoleAssignmentScheduleInstancesByScope.json"))
    export = write_export(tmp_path / "export", {name: rows})
    store = MemoryStore(TickingClock())
    facts = store.facts(import_tenant(ExportReader(export), store, {}).summary.snapshot_id)
    said = rows[0]["properties"]
    table = facts.assignments
    assert list(table.kind) == [AssignmentKind.ACTIVE]
    assert facts.principals.key[int(table.principal[0])] == said["principalId"]
    assert facts.principals.kind[table.principal[0]] == PrincipalKind.USER
    assert facts.scopes.text[int(table.scope[0])] == said["scope"]
    assert facts.roles[int(table.role[0])].key == said["roleDefinitionId"].rpartition("/")[2]
    assert facts.roles[int(table.role[0])].source is RoleSource.NOT_COLLECTED
    assert facts.conditions.text[int(table.condition[0])] == said["condition"]
    assert table.name[0] == said["originRoleAssignmentId"].rpartition("/")[2]
    assert table.start[0] == to_micros(parse_instant("2020-09-09T21:35:27.910Z"))
    assert table.end[0] == to_micros(parse_instant("2020-09-10T05:35:17.910Z"))


@needs_data
@pytest.mark.parametrize("name", TENANTS)
def test_a_labelled_tenant_is_imported(name, tmp_path):
    folder = DATA / "tenants" / name / "export"
    if not folder.is_dir():
        pytest.skip("no test data")
    expected = {
        path.relative_to(folder).as_posix().removesuffix(".jsonl"): sum(
            1 for line in path.read_text(encoding="utf-8").splitlines() if line.strip()
        )
        for path in folder.glob("*/*.jsonl")
    }
    store = DuckStore(tmp_path, TickingClock())
    report = import_tenant(ExportReader(folder), store, {})
    assert report.rows == expected
    assert {gap.api for gap in report.gaps} == set(LISTS) - set(expected)
    facts = store.facts(report.summary.snapshot_id)
    assert len(facts.assignments.name) == expected["arm/roleAssignments"]
    assert int(facts.resources.count.sum()) == expected["arm/resources"]
    assert [role.key for role in facts.roles if role.source is not RoleSource.TENANT] == []


@needs_data
@pytest.mark.parametrize("name", TENANTS)
def test_letter_case_of_a_labelled_tenant_changes_no_number(name, tmp_path):
    """S2, V20: ids in capitals are the same ids."""
    folder = DATA / "tenants" / name / "export"
    if not folder.is_dir():
        pytest.skip("no test data")
    loud = tmp_path / "export"
    ids = ("id", "scope", "roleDefinitionId", "principalId", "parentId")
    for path in folder.glob("*/*.jsonl"):
        target = loud / path.relative_to(folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(
            "".join(
                json.dumps(shout(json.loads(line), ids)) + "\n"
                for line in path.read_text(encoding="utf-8").splitlines()
                if line.strip()
            )
        )
    store = MemoryStore(TickingClock())
    one, other = (
        store.facts(import_tenant(ExportReader(source), store, {}).summary.snapshot_id) for source in (folder, loud)
    )
    assert list(one.scopes.key) == list(other.scopes.key)
    assert list(one.principals.key) == list(other.principals.key)
    for column in ("principal", "role", "scope", "condition", "kind", "flags", "start", "end"):
        assert (getattr(one.assignments, column) == getattr(other.assignments, column)).all()
    assert (one.memberships.member == other.memberships.member).all()
    assert (one.resources.count == other.resources.count).all()


def shout(value: Any, names: tuple[str, ...]) -> Any:
    if isinstance(value, dict):
        return {
            name: inner.upper() if name in names and isinstance(inner, str) else shout(inner, names)
            for name, inner in value.items()
        }
    return [shout(one, names) for one in value] if isinstance(value, list) else value
