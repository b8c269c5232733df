"""What identities hold: the same assignments that the engine says they hold."""

from __future__ import annotations

import pytest
from tests.fakes.graph_tenants import graph_facts_of_lists, open_graph_facts
from tests.fakes.reviewed_tenant import (
    CONTRIBUTOR,
    DEV_IDENTITY,
    DEV_MACHINE,
    HUB,
    OWNER,
    READER,
    Drafted,
    guid,
    places,
    reviewed_tenant,
)

from remit.engine.holdings import what_can
from remit.graph.reviews.identities import holdings, reads_only, software
from remit.model.effective import Standing
from remit.model.interval import to_micros
from remit.model.role import PermissionBlock, RoleDefinition, RoleSource
from remit_sim.generate import generate

IN_FORCE = (Standing.HOLDS, Standing.CONDITIONAL)


@pytest.fixture
def draft() -> Drafted:
    drafted = Drafted()
    places(drafted)
    return drafted


def held(index, principal: int) -> set[tuple[str, str]]:
    table = index.facts.assignments
    at = to_micros(index.facts.meta.collected_at)
    return {
        (index.scope_text(one.scope), table.name[one.row].rpartition("/")[2].lower())
        for one in holdings(index, principal, at)
    }


def told(index, principal: int) -> set[tuple[str, str]]:
    key = index.facts.principals.key[principal]
    found = what_can(index, key, None, at=index.facts.meta.collected_at).permissions
    return {
        (one.assignment.scope, one.assignment.assignment_id.rpartition("/")[2].lower())
        for one in found
        if one.standing in IN_FORCE
    }


@pytest.mark.parametrize("seed", [1, 2])
def test_every_software_identity_of_a_generated_tenant_holds_what_the_engine_says(tmp_path, seed) -> None:
    generate(400, seed, tmp_path / "tenant")
    index, facts = open_graph_facts(tmp_path / "tenant")
    people = software(index, facts)
    assert len(people) > 20
    assert any(held(index, one) for one in people)
    assert [one for one in people if held(index, one) != told(index, one)] == []


def test_roles_through_lighthouse_are_held() -> None:
    index, _ = graph_facts_of_lists(reviewed_tenant().lists, reviewed_tenant().manifest)
    operators = index.principal_row(guid("operators"))
    assert len(held(index, operators)) == 1
    (one,) = holdings(index, operators, to_micros(index.facts.meta.collected_at))
    assert one.foreign


def test_an_identity_that_the_directory_does_not_know_holds_nothing(draft) -> None:
    draft.resource(DEV_IDENTITY, principalId=guid("gone"), clientId=guid("c"))
    draft.assign(guid("gone"), OWNER, HUB)
    index, _ = graph_facts_of_lists(draft.lists, draft.manifest)
    row = index.principal_row(guid("gone"))
    assert held(index, row) == set() == told(index, row)


def test_software_is_what_is_enabled_and_not_of_microsoft(draft) -> None:
    draft.application("mine")
    draft.service_principal("off", accountEnabled=False)
    draft.service_principal("theirs", appOwnerOrganizationId="f8cdef31-a31e-4b4a-93e4-5f571e91255a")
    draft.add("graph/users", id=guid("mia"), displayName="Mia", accountEnabled=True)
    draft.resource(DEV_MACHINE, identity={"type": "SystemAssigned", "principalId": guid("vm")})
    draft.service_principal("vm", servicePrincipalType="ManagedIdentity")
    index, facts = graph_facts_of_lists(draft.lists, draft.manifest)
    assert {index.facts.principals.display_name[row] for row in software(index, facts)} == {"mine", "vm"}


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        (PermissionBlock(("*/read",)), True),
        (PermissionBlock(("Microsoft.Web/sites/Read/",), (), ("a/blobs/read",)), True),
        (PermissionBlock(("*/read", "Microsoft.Web/sites/restart/action")), False),
        (PermissionBlock(("*/read",), (), ("a/blobs/write",)), False),
        (PermissionBlock(("*",), ("*/write",)), False),
        (PermissionBlock(), False),
    ],
)
def test_a_role_reads_only_where_every_pattern_does(block, expected) -> None:
    assert reads_only(RoleDefinition("r", "R", True, (block,), RoleSource.TENANT)) is expected
    assert not reads_only(RoleDefinition("r", "R", True, (), RoleSource.NOT_COLLECTED))


def test_assignments_are_told_by_scope_and_role(draft) -> None:
    draft.application("ci")
    for role in (READER, CONTRIBUTOR, OWNER):
        draft.assign(guid("ci"), role, HUB)
    index, _ = graph_facts_of_lists(draft.lists, draft.manifest)
    found = holdings(index, index.principal_row(guid("ci")), to_micros(index.facts.meta.collected_at))
    assert [index.facts.roles[one.role].name for one in found] == sorted(
        (index.facts.roles[one.role].name for one in found),
        key=lambda name: next(row for row, role in enumerate(index.facts.roles) if role.name == name),
    )
    assert [one.reads_only for one in found].count(True) == 1


def test_what_is_not_in_force_or_only_eligible_is_not_held(draft) -> None:
    draft.application("ci")
    draft.assign(guid("ci"), READER, HUB)
    kind = "Microsoft.Authorization/roleEligibilityScheduleInstances"
    said = {
        "principalId": guid("ci"),
        "principalType": "ServicePrincipal",
        "roleDefinitionId": f"/providers/Microsoft.Authorization/roleDefinitions/{OWNER}",
        "scope": HUB,
        "startDateTime": "2026-01-01T00:00:00Z",
        "endDateTime": None,
    }
    draft.add(
        "arm/roleEligibilityScheduleInstances", id=f"{HUB}/providers/{kind}/x", name="x", type=kind, properties=said
    )
    index, _ = graph_facts_of_lists(draft.lists, draft.manifest)
    row = index.principal_row(guid("ci"))
    assert held(index, row) == told(index, row)
    assert len(held(index, row)) == 1
