"""Generated tenants: the same seed gives the same bytes, and the counts and limits are those that are promised."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from benchmarks.known import EVERYONE
from benchmarks.plan import Level, Tenant, build_plan
from benchmarks.sizes import SIZES
from benchmarks.tenant import COLLECTED_AT, write_tenant

from remit.adapters.export.reader import ExportReader
from remit.app.intake import FactsBuilder
from remit.engine.facts import TenantFacts
from remit.model.interval import parse_instant

SIZE = SIZES["XS"]


@pytest.fixture(scope="module")
def tenant() -> Tenant:
    return build_plan(SIZE, seed=7)


@pytest.fixture(scope="module")
def export(tenant: Tenant, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("generated") / "export"
    write_tenant(tenant, folder)
    return folder


@pytest.fixture(scope="module")
def facts(export: Path) -> TenantFacts:
    reader, builder = ExportReader(export), FactsBuilder(lenient=False)
    for batch in reader.batches():
        builder.add(batch.list_name, batch.file, batch.lines, batch.payloads)
    return builder.finish(reader.meta(), {})


def rows(folder: Path, name: str) -> list[Any]:
    return [json.loads(line) for line in (folder / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


def digest(folder: Path) -> str:
    whole = hashlib.sha256()
    for path in sorted(folder.rglob("*.json*")):
        whole.update(str(path.relative_to(folder)).encode())
        whole.update(path.read_bytes())
    return whole.hexdigest()


def test_the_same_seed_writes_the_same_bytes(export: Path, tmp_path: Path) -> None:
    write_tenant(build_plan(SIZE, seed=7), tmp_path / "again")
    assert digest(tmp_path / "again") == digest(export)


def test_another_seed_writes_another_tenant(export: Path, tmp_path: Path) -> None:
    write_tenant(build_plan(SIZE, seed=8), tmp_path / "other")
    assert digest(tmp_path / "other") != digest(export)


def test_the_lists_are_as_long_as_the_size_says(export: Path) -> None:
    found = {
        name: len(rows(export, name))
        for name in (
            "arm/managementGroups",
            "arm/subscriptions",
            "arm/resources",
            "arm/roleAssignments",
            "arm/roleAssignmentScheduleInstances",
            "arm/roleEligibilityScheduleInstances",
            "arm/denyAssignments",
            "graph/users",
            "graph/groups",
            "graph/servicePrincipals",
        )
    }
    assert found == {
        "arm/managementGroups": SIZE.management_groups + SIZE.subscriptions,
        "arm/subscriptions": SIZE.subscriptions,
        "arm/resources": SIZE.resources + SIZE.resource_groups,
        "arm/roleAssignments": SIZE.assignments,
        "arm/roleAssignmentScheduleInstances": SIZE.windows,
        "arm/roleEligibilityScheduleInstances": SIZE.eligible,
        "arm/denyAssignments": SIZE.denies,
        "graph/users": SIZE.users,
        "graph/groups": SIZE.groups,
        "graph/servicePrincipals": SIZE.service_principals,
    }
    assert SIZE.users + SIZE.groups + SIZE.service_principals == SIZE.principals


def test_one_in_a_hundred_denies_and_two_in_a_hundred_have_a_condition(export: Path) -> None:
    assignments = rows(export, "arm/roleAssignments")
    with_condition = [row for row in assignments if row["properties"]["condition"]]
    assert len(with_condition) == len(assignments) // 50
    assert len(rows(export, "arm/denyAssignments")) == len(assignments) // 100


def test_an_import_accepts_it_without_a_gap(facts: TenantFacts) -> None:
    assert facts.meta.gaps == ()
    assert facts.meta.collected_at == parse_instant(COLLECTED_AT)
    assert {flag.kind for flag in facts.flags} <= {"assignmentOfUnknownPrincipal", "eligibleServicePrincipal"}
    assert len(facts.operations.name) == SIZE.operations
    assert len(facts.denies.scope) == SIZE.denies
    assert len(facts.conditions.text) > 1
    assert int(facts.resources.count.sum()) == SIZE.resources + SIZE.resource_groups


def test_roles_have_several_blocks_and_conditions_somewhere() -> None:
    roles = build_plan(SIZES["S"], seed=7).roles
    assert any(len(role.blocks) > 1 for role in roles)
    assert any(block.condition for role in roles for block in role.blocks)
    assert len({role.guid for role in roles}) == len(roles)


def test_the_limits_of_azure_hold() -> None:
    tenant = build_plan(SIZES["S"], seed=7)
    at_groups = Counter(tenant.place[tenant.level == Level.MANAGEMENT_GROUP].tolist())
    assert max(at_groups.values()) <= 500
    scopes = (
        tenant.scope(level, place) for level, place in zip(tenant.level.tolist(), tenant.place.tolist(), strict=True)
    )
    in_subscriptions = Counter(scope.split("/")[2] for scope in scopes if scope.startswith("/subscriptions/"))
    assert max(in_subscriptions.values()) <= 4_000


def test_no_principal_has_a_role_twice_at_one_scope(export: Path) -> None:
    seen = Counter(
        (
            row["properties"]["principalId"],
            row["properties"]["roleDefinitionId"].rsplit("/", 1)[1],
            row["properties"]["scope"].lower(),
        )
        for row in rows(export, "arm/roleAssignments")
    )
    assert seen.most_common(1)[0][1] == 1


def test_groups_nest_and_some_contain_each_other(tenant: Tenant) -> None:
    pairs = set(zip(tenant.member_group.tolist(), tenant.member.tolist(), strict=True))
    nested = {(group, member) for group, member in pairs if SIZE.users <= member < SIZE.users + SIZE.groups}
    assert nested
    assert any((member, group) in nested for group, member in nested)


def test_most_assignments_stand_at_resource_groups_and_few_groups_have_most_members() -> None:
    tenant = build_plan(SIZES["S"], seed=7)
    levels = Counter(tenant.level.tolist())
    assert levels.most_common(1)[0][0] == Level.RESOURCE_GROUP
    sizes = sorted(Counter(tenant.member_group.tolist()).values(), reverse=True)
    assert sum(sizes[: len(sizes) // 10]) > sum(sizes) / 3


def test_everyone_is_denied_somewhere_but_never_spared(export: Path) -> None:
    denies = [row["properties"] for row in rows(export, "arm/denyAssignments")]
    assert any(EVERYONE in {one["id"] for one in fields["principals"]} for fields in denies)
    assert not any(EVERYONE in {one["id"] for one in fields["excludePrincipals"]} for fields in denies)
