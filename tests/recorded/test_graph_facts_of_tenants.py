"""What the labelled tenants say for the escalation graph is read to exact values."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import pytest
from tests.fakes.graph_tenants import open_graph_facts, resource_ids

from remit.engine.index import TenantIndex
from remit.graph.facts import DirectoryScope, GraphFacts, GroupFlag, IdentityLink, OwnedKind, ServiceFlag, VaultRight
from remit.graph.known_permissions import GRAPH_APP_ID

DATA = Path(os.environ.get("REMIT_TEST_DATA", Path(__file__).parents[2].parent / "shared" / "data"))
TENANTS = DATA / "tenants"

pytestmark = pytest.mark.skipif(not TENANTS.is_dir(), reason="no test data")


@cache
def read(name: str) -> tuple[TenantIndex, GraphFacts]:
    return open_graph_facts(TENANTS / name / "export")


def named(index: TenantIndex, rows: object) -> list[str]:
    return [index.facts.principals.display_name[row] if row >= 0 else "" for row in rows.tolist()]


def test_access_policies_of_vaults() -> None:
    index, facts = read("xmgoat2")
    table = facts.vault_policies
    vaults = [one.rpartition("/")[2] for one in resource_ids(index, facts, table.resource)]
    secrets = VaultRight.SECRET_GET | VaultRight.SECRET_SET
    found = set(zip(vaults, named(index, table.principal), table.rights.tolist(), strict=True))
    assert found == {
        ("xmgoat2kv", "terraform.deployer", secrets),
        ("xmgoat2kv", "scenario2App", secrets),
        ("xmgoat2kv-keys", "crypto.user", VaultRight.KEY_USE),
    }


def test_identities_of_machines() -> None:
    index, facts = read("xmgoat1")
    table = facts.identities
    hosts = [one.rpartition("/")[2] for one in resource_ids(index, facts, table.resource)]
    assert set(zip(hosts, named(index, table.principal), table.link.tolist(), strict=True)) == {
        ("vm1", "id1", IdentityLink.USER_ASSIGNED),
        ("vm1", "vm1", IdentityLink.SYSTEM),
        ("vm1-build", "vm1-build", IdentityLink.SYSTEM),
        ("id1", "id1", IdentityLink.ITSELF),
    }


def test_owners_of_groups_that_may_hold_roles() -> None:
    index, facts = read("entragoat3")
    owners, groups = facts.owners, facts.groups
    of_groups = owners.kind == OwnedKind.GROUP
    owned = dict(zip(named(index, owners.owned[of_groups]), named(index, owners.owner[of_groups]), strict=True))
    assignable = named(index, groups.principal[(groups.flags & GroupFlag.ROLE_ASSIGNABLE) != 0])
    assert {name for name in assignable if owned.get(name) == "Michael Chen"} == {
        "AI Development Team",
        "IT Application Managers",
        "Network Operations Team",
        "Security Testing Team",
    }
    assert (groups.flags & GroupFlag.ASSIGNABLE_NOT_READ).max() == 0


def test_roles_over_the_tenant_and_over_one_application() -> None:
    index, facts = read("guards_open")
    table = facts.directory_assignments
    rows = zip(
        named(index, table.principal),
        [facts.directory_roles[row].name for row in table.role.tolist()],
        table.scope_kind.tolist(),
        [facts.applications.display_name[row] if row >= 0 else "" for row in table.scope.tolist()],
        table.eligible.tolist(),
        strict=True,
    )
    found = set(rows)
    assert ("Emergency Admin", "Global Administrator", DirectoryScope.TENANT, "", False) in found
    assert ("o19 credentials", "App credential writer", DirectoryScope.APPLICATION, "o19 app", False) in found
    assert ("o18 current", "Cloud Application Administrator", DirectoryScope.APPLICATION, "o18 app", True) in found
    custom = [role.actions for role in facts.directory_roles if role.name == "App credential writer"]
    expected = ("microsoft.directory/applications/credentials/update", "microsoft.directory/applications/standard/read")
    assert custom == [expected]


def test_permissions_that_are_granted_and_none_that_are_only_requested() -> None:
    index, facts = read("guards_open")
    table = facts.app_role_grants
    rows = zip(
        named(index, table.principal),
        [table.permission_name[row] for row in table.permission.tolist()],
        [table.app_id_name[row] for row in table.api_app_id.tolist()],
        strict=True,
    )
    of_pair = [row for row in rows if row[0].startswith("o17")]
    assert of_pair == [("o17 granted", "AppRoleAssignment.ReadWrite.All", GRAPH_APP_ID)]


@pytest.mark.parametrize("name", ["entragoat1", "entragoat2", "entragoat3", "guards_open", "xmgoat1", "xmgoat2"])
def test_every_application_has_its_service_principal_and_graph_is_microsofts(name: str) -> None:
    index, facts = read(name)
    assert facts.applications.principal.min() >= 0
    assert list(facts.applications.display_name) == named(index, facts.applications.principal)
    services = facts.service_principals
    first_party = services.principal[(services.flags & ServiceFlag.FIRST_PARTY) != 0]
    assert named(index, first_party) == ["Microsoft Graph"]
