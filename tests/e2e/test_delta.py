"""`remit delta` over exports, a store and files that people write."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.fakes.documents import fields
from tests.fakes.reviewed_tenant import CONTRIBUTOR, DEV, READER, guid, reviewed_tenant

from remit.cli.running import run

PAGE = Path(__file__).parents[2] / "docs" / "json.md"


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("delta")
    reviewed_tenant().export(folder / "export")
    assert run(["import", str(folder / "export"), "--store", str(folder / "store")]) == 0
    return folder


@pytest.fixture
def ask(folder, tmp_path, capfd):
    """Write a change and call the command; returns its exit code, standard output and standard error."""

    def call(change: object, *arguments: str) -> tuple[int, str, str]:
        file = tmp_path / "change.json"
        file.write_text(change if isinstance(change, str) else json.dumps(change), encoding="utf-8")
        code = run(["delta", str(file), *arguments, "--store", str(folder / "store")])
        return code, *capfd.readouterr()

    return call


def assignment(role: str) -> dict[str, object]:
    draft = reviewed_tenant()
    draft.assign(guid("maya"), role, DEV, "User")
    return draft.lists["arm/roleAssignments"][-1]


def test_a_change_is_judged_against_the_newest_snapshot_which_stays_the_only_one(remit, folder, tmp_path) -> None:
    file = tmp_path / "change.json"
    file.write_text(json.dumps({"add": {"arm/roleAssignments": [assignment(CONTRIBUTOR)]}}), encoding="utf-8")
    store = str(folder / "store")
    done = remit("delta", str(file), "--json", "--store", store)
    said = json.loads(done.stdout)
    assert done.returncode == 1
    assert said["after"]["change"] == "change.json"
    assert said["opened"]["counts"]["leading"] > 0
    assert said["opened"]["grants"][0]["holder"]["label"] == "Maya"
    assert said["opened"]["grants"][0]["grants"][0]["actions"] == ["*"]
    assert {"from", "to", "edge", "permission", "because"} <= set(said["opened"]["steps"][0]["hop"])
    assert set(said["nodes"]) >= {step["hop"]["to"] for step in said["opened"]["steps"]}
    kept = json.loads(remit("snapshots", "--json", "--store", store).stdout)["snapshots"]
    assert [one["snapshotId"] for one in kept] == [said["before"]["snapshotId"]]


def test_a_change_that_closes_ends_with_zero(ask, folder) -> None:
    gone = reviewed_tenant().lists["arm/roleAssignments"][0]["id"]
    code, out, _ = ask({"remove": {"arm/roleAssignments": [gone]}}, str(folder / "export"), "--json")
    said = json.loads(out)
    assert (code, said["opens"], said["complete"]) == (0, False, True)
    assert said["closed"]["counts"]["grants"] == 1
    assert said["closed"]["counts"]["leading"] > 0


def test_the_same_bytes_come_twice(ask) -> None:
    change = {"add": {"arm/roleAssignments": [assignment(READER)]}}
    assert ask(change, "--json")[1] == ask(change, "--json")[1]


@pytest.mark.parametrize(
    ("change", "code", "why"),
    [
        ("{", 65, "change.json"),
        ({"add": {"arm/roles": [{}]}}, 65, "`arm/roles` is no list of a tenant export"),
        ({"add": {"arm/roleAssignments": [{"id": "/x"}]}}, 65, "change.json"),
        ({"remove": {"graph/groupMembers": ["a/b"]}}, 64, "so it cannot be removed"),
    ],
)
def test_a_bad_change_is_told_in_a_line(ask, change, code, why) -> None:
    ended, out, err = ask(change)
    assert (ended, out) == (code, "")
    assert why in err


def test_a_file_that_is_not_there_is_told_as_one(folder, capfd) -> None:
    for arguments in (["change.json"], ["0123456789", "./export"]):
        missing = next(one for one in arguments if "." in one)
        assert run(["delta", *reversed(arguments), "--store", str(folder / "store")]) == 64
        assert f"`{missing}` does not exist, and is no snapshot id" in capfd.readouterr().err


def test_a_snapshot_that_is_not_there_is_told(folder, capfd) -> None:
    assert run(["delta", "0123456789", "--store", str(folder / "store")]) == 64
    assert "no snapshot `0123456789`" in capfd.readouterr().err


def test_every_field_of_the_document_stands_on_the_page(ask) -> None:
    section = PAGE.read_text(encoding="utf-8").split("## `remit delta --json`", 1)[1].split("\n## ", 1)[0]
    gone = reviewed_tenant().lists["arm/roleAssignments"][1]["id"]
    change = {"add": {"arm/roleAssignments": [assignment(READER)]}, "remove": {"arm/roleAssignments": [gone]}}
    said = json.loads(ask(change, "--json")[1])
    # Hops, paths and nodes are told where `remit paths` is; blocks where roles are.
    del said["nodes"]
    for side in ("opened", "closed"):
        for one in (*said[side]["steps"], *said[side]["reaching"], *said[side]["grants"]):
            for known in ("hop", "path", "grants"):
                if known in one:
                    one[known] = None
    assert {name for name in fields(said) if f"`{name}`" not in section} == set()
