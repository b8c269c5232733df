"""What `remit delta` shows of a small tenant and a change, word for word."""

from __future__ import annotations

import json
import re

import pytest
from tests.fakes.progress import without_progress
from tests.fakes.reviewed_tenant import DEV, PROD_GROUP, READER, guid, reviewed_tenant

from remit.cli.running import run

GLOBAL_ADMIN = "62e90394-69f5-4237-9190-012177145e10"
CASES = {
    "delta": (("delta", "change.json", "export", "--max", "6"), 1),
    "delta-explain": (("delta", "change.json", "export", "--max", "1", "--explain"), 1),
    "delta-snapshots": (("delta", "export", "after", "--max", "3"), 1),
    "delta-closes": (("delta", "after", "export", "--max", "3"), 1),
    "delta-nothing": (("delta", "export", "export"), 0),
    "help-delta": (("delta", "--help"), 0),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """An export, another one of later, and a change."""
    folder = tmp_path_factory.mktemp("golden-delta")
    reviewed_tenant().export(folder / "export")
    after = reviewed_tenant()
    gone = after.lists["arm/roleAssignments"].pop(0)
    after.assign(guid("maya"), READER, DEV, "User")
    lock = {
        "id": f"{PROD_GROUP}/providers/Microsoft.Authorization/locks/keep",
        "name": "keep",
        "properties": {"level": "CanNotDelete"},
    }
    after.add("arm/locks", **lock)
    after.export(folder / "after")
    role = {"id": GLOBAL_ADMIN, "templateId": GLOBAL_ADMIN, "displayName": "Global Administrator", "isBuiltIn": True}
    holds = {
        "id": "ci-prod",
        "principalId": guid("ci-prod"),
        "roleDefinitionId": GLOBAL_ADMIN,
        "directoryScopeId": "/",
    }
    change = {
        "add": {
            "graph/directoryRoleDefinitions": [{**role, "rolePermissions": []}],
            "graph/directoryRoleAssignments": [holds],
            "arm/locks": [lock],
        },
        "remove": {"arm/roleAssignments": [gone["id"]]},
    }
    (folder / "change.json").write_text(json.dumps(change), encoding="utf-8")
    return folder


@pytest.mark.parametrize("name", CASES)
def test_a_change_is_shown_as_it_was(golden, capfd, monkeypatch, folder, name) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(folder)
    arguments, code = CASES[name]
    assert run([*arguments, *([] if "--help" in arguments else ["--store", "store"])]) == code
    out, err = capfd.readouterr()
    # The snapshot's id is a digest of its bytes, and tells nothing here.
    out = re.sub(r"snapshot [0-9a-f]{12}", "snapshot 0123456789ab", out)
    golden(f"delta/{name}.txt", re.sub(r" +$", "", out, flags=re.MULTILINE))
    assert without_progress(err) == ""
    assert [line for line in out.splitlines() if len(line) > 80 and max(map(len, line.split())) <= 40] == []
