"""`remit paths` and `remit exposure` over exports that lack the people, or the definitions of what they hold."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.fakes.directory_tenant import BUILT_IN, DirectoryTenant, guid

from remit.cli.running import run

EVE = guid("eve")
DEFINITIONS = "graph/directoryRoleDefinitions"


def export(tenant: DirectoryTenant, folder: Path) -> list[str]:
    """Write the lists as a folder; return how commands are told to use it."""
    for name, rows in tenant.lists.items():
        path = folder / "export" / f"{name}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return ["--tenant", str(folder / "export"), "--store", str(folder / "store")]


def held(role: str, *absent: str) -> DirectoryTenant:
    tenant = DirectoryTenant(absent=absent)
    tenant.user("ada")
    tenant.define("Global Administrator")
    tenant.add("directoryRoleAssignments", principalId=EVE, roleDefinitionId=role, directoryScopeId="/")
    return tenant


def asked(capfd: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict]:
    code = run([*arguments, "--json"])
    return code, json.loads(capfd.readouterr().out)


@pytest.mark.parametrize("absent", ["graph/users", "graph/servicePrincipals", DEFINITIONS])
def test_an_administrator_that_no_list_has_is_found_where_one_was_not_read(tmp_path, capfd, absent) -> None:
    missing = {absent, "graph/users"}
    where = export(held(BUILT_IN["Global Administrator"], *missing), tmp_path)
    code, said = asked(capfd, "paths", EVE, *where)
    assert code == 4
    assert [hop["edge"] for hop in said["paths"][0]["hops"]] == ["HAS-ROLE", "TIER-ZERO"]
    assert "it may be disabled, or gone" in json.dumps(said["paths"][0]["hops"][0]["because"])
    _, said = asked(capfd, "exposure", "tier0", *where)
    assert [(one["id"], one["certain"]) for one in said["principals"]] == [(EVE, False)]
    assert run(["can", EVE, "Microsoft.Compute/virtualMachines/read", "/", *where]) == 1
    assert "in none of the directory lists" in capfd.readouterr().out
    assert run(["what-can", EVE, *where]) == 0


def test_who_is_gone_holds_nothing(tmp_path, capfd) -> None:
    where = export(held(BUILT_IN["Global Administrator"]), tmp_path)
    assert asked(capfd, "paths", EVE, *where)[0] == 1
    assert asked(capfd, "exposure", "tier0", *where)[1]["principals"] == []


def test_software_that_no_list_has_is_found_by_what_it_was_granted(tmp_path, capfd) -> None:
    tenant = DirectoryTenant(absent=["graph/servicePrincipals"])
    tenant.define("Global Administrator")
    grant = {"principalId": EVE, "principalType": "ServicePrincipal", "resourceId": guid("Microsoft Graph")}
    tenant.add("appRoleAssignments", **grant, appRoleId="9e3f62cf-ca93-4989-b6ce-bf83c28f9fe8")
    code, said = asked(capfd, "paths", EVE, *export(tenant, tmp_path))
    assert code == 4
    assert said["from"]["kind"] == "servicePrincipal"
    assert [hop["edge"] for hop in said["paths"][0]["hops"]] == ["EN-01", "TIER-ZERO"]


def test_a_role_that_nobody_knows_is_possible_and_told_as_a_gap(tmp_path, capfd) -> None:
    where = export(held(guid("role"), "graph/users"), tmp_path)
    code, said = asked(capfd, "paths", EVE, *where)
    assert (code, said["paths"][0]["certain"]) == (4, False)
    _, said = asked(capfd, "exposure", "tier0", *where)
    assert [(one["id"], one["certain"]) for one in said["principals"]] == [(EVE, False)]
    place = f"/roleManagement/directory/roleDefinitions/{guid('role')}"
    assert [gap["scope"] for gap in said["unread"] if gap["api"] == DEFINITIONS] == [place]
