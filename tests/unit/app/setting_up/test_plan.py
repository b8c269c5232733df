"""Plans are values: lists, scopes, ids, the role and the commands follow from what is chosen."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import replace

import pytest

from remit.app.setting_up.commands import az_commands, role_document
from remit.app.setting_up.needs import Need, choose_lists, role_actions
from remit.app.setting_up.plan import (
    ApplicationChoice,
    Credential,
    ManagedIdentityChoice,
    SetupPlan,
    scope_of,
)
from remit.bootstrap.planning import needs_of
from remit.model.errors import InputError
from remit.wire.azure.lists import LISTS

TENANT = "11111111-1111-4111-8111-111111111111"
ROOT = f"/providers/Microsoft.Management/managementGroups/{TENANT}"
NEEDS = (
    Need("arm", "Microsoft.Sql/servers/read", ("arm/resources",), "resources"),
    Need("arm", "microsoft.app/jobs/read", ("arm/resources",), "resources"),
    Need("graph", "User.Read.All", ("graph/users",), "users"),
)
PLAN = SetupPlan(
    "collector",
    TENANT,
    "AzureCloud",
    ROOT,
    ApplicationChoice(Credential.CERTIFICATE, "collector.pem"),
    ("arm/resources", "graph/users"),
    NEEDS,
)


def test_lists_are_all_or_those_named_without_those_left_out() -> None:
    assert choose_lists(None, ()) == tuple(sorted(LISTS))
    assert choose_lists(["graph/users", "arm/locks"], ()) == ("arm/locks", "graph/users")
    assert "arm/locks" not in choose_lists(None, ["arm/locks"])


@pytest.mark.parametrize(
    ("names", "without"), [(["arm/lock"], ()), (None, ["x"]), (["arm/locks"], ["arm/locks"]), ([], ())]
)
def test_lists_that_are_none_are_an_error(names, without) -> None:
    with pytest.raises(InputError):
        choose_lists(names, without)


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        (None, ROOT),
        (TENANT, ROOT),
        ("contoso-prod", "/providers/Microsoft.Management/managementGroups/contoso-prod"),
        ("22222222-2222-4222-8222-222222222222", "/subscriptions/22222222-2222-4222-8222-222222222222"),
        ("/subscriptions/1/", "/subscriptions/1"),
        (ROOT, ROOT),
    ],
)
def test_a_scope_is_named_in_short_or_in_full(text, scope) -> None:
    assert scope_of(text, TENANT) == scope


def test_every_type_is_one_pattern_and_what_is_no_read_stays() -> None:
    odd = Need("arm", "Microsoft.X/y/list/action", ("arm/resources",), "odd")
    every = Need("arm", "*/read", ("arm/resources",), "all")
    assert role_actions((*NEEDS, odd)) == (
        "microsoft.app/jobs/read",
        "Microsoft.Sql/servers/read",
        "Microsoft.X/y/list/action",
    )
    assert role_actions((*NEEDS, odd, every)) == ("*/read", "Microsoft.X/y/list/action")


def test_every_type_is_asked_for_only_where_resources_are() -> None:
    assert [need.permission for need in needs_of(["arm/resources"], every_type=True) if "*" in need.permission] == [
        "*/read"
    ]
    assert needs_of(["arm/locks"], every_type=True) == needs_of(["arm/locks"])


def test_ids_follow_from_tenant_name_and_scope() -> None:
    assert PLAN.role_id == replace(PLAN, lists=("graph/users",)).role_id
    others = [replace(PLAN, tenant_id="t"), replace(PLAN, name="other"), replace(PLAN, scope="/subscriptions/1")]
    assert len({plan.role_id for plan in [PLAN, *others]}) == 4
    assert len({plan.mark for plan in [PLAN, *others]}) == 3
    assert PLAN.assignment_id("A") == PLAN.assignment_id("a") != PLAN.assignment_id("b")


def test_a_plan_of_graph_alone_has_no_role() -> None:
    plan = replace(PLAN, needs=NEEDS[2:])
    assert plan.actions == ()
    assert not any("role definition" in command for command in az_commands(plan, "https://graph"))


def test_the_role_document_is_what_az_reads() -> None:
    assert role_document(PLAN) == {
        "Name": "collector",
        "IsCustom": True,
        "Description": "Reads what remit collect needs; made by remit setup azure.",
        "Actions": ["microsoft.app/jobs/read", "Microsoft.Sql/servers/read"],
        "NotActions": [],
        "DataActions": [],
        "NotDataActions": [],
        "AssignableScopes": [ROOT],
    }


@pytest.mark.parametrize(
    "identity",
    [
        PLAN.identity,
        ApplicationChoice(Credential.SECRET, "it's a file.env"),
        ApplicationChoice(Credential.FEDERATED, "", "https://issuer/it's", "repo:a/b:ref"),
        ManagedIdentityChoice("22222222-2222-4222-8222-222222222222", "rg (1)", "westeurope"),
    ],
    ids=["certificate", "secret", "federated", "managed"],
)
def test_the_commands_run_in_a_shell_and_send_what_they_should(identity, tmp_path) -> None:
    """A stand-in for az writes down its arguments, one call a line."""
    shell = shutil.which("sh")
    assert shell
    log = tmp_path / "log"
    az = tmp_path / "az"
    az.write_text(
        f"#!{sys.executable}\nimport json, sys\n"
        f"open({str(log)!r}, 'a').write(json.dumps(sys.argv[1:]) + chr(10))\n"
        "words = sys.argv[2 if sys.argv[1] == 'ad' else 1]\n"
        "print({'app': 'APP', 'sp': 'SP', 'identity': 'MI'}.get(words, ''))\n"
    )
    az.chmod(0o755)
    openssl = tmp_path / "openssl"
    openssl.write_text('#!/bin/sh\nfor file; do :; done\necho certificate > "$file"\n')
    openssl.chmod(0o755)
    script = "set -e\n" + "\n".join(az_commands(replace(PLAN, identity=identity), "https://graph.example"))
    done = subprocess.run(  # noqa: S603 - the shell of the machine
        [shell, "-c", script], cwd=tmp_path, env={"PATH": f"{tmp_path}:/usr/bin:/bin"}, capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
    calls = [json.loads(line) for line in log.read_text().splitlines()]
    bodies = [json.loads(call[call.index("--body") + 1]) for call in calls if call[0] == "rest"]
    principal = "MI" if isinstance(identity, ManagedIdentityChoice) else "SP"
    assert bodies == [{"principalId": principal, "resourceId": "SP", "appRoleId": "SP"}]
    assert json.loads((tmp_path / "collector-role.json").read_text()) == role_document(PLAN)
    assert calls[-1][:2] == ["role", "assignment"]
    assert calls[-1][calls[-1].index("--assignee-object-id") + 1] == principal
    federated = [json.loads(call[-1]) for call in calls if "federated-credential" in call]
    if isinstance(identity, ApplicationChoice) and identity.credential is Credential.FEDERATED:
        assert [(one["issuer"], one["subject"]) for one in federated] == [(identity.issuer, identity.subject)]
