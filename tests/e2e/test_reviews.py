"""`remit integrations` and `remit isolation` over an export, with files that people write.

One runs as a process of its own; the others in this one, since starting takes longer than answering.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.fakes.documents import fields
from tests.fakes.reviewed_tenant import (
    DEV_GROUP,
    GITHUB,
    HUB,
    PROD_GROUP,
    Drafted,
    guid,
    places,
    resource,
    reviewed_tenant,
)

from remit.cli.running import run

PAGE = Path(__file__).parents[2] / "docs" / "json.md"


@pytest.fixture(scope="module")
def asked(tmp_path_factory) -> list[str]:
    folder = tmp_path_factory.mktemp("reviews")
    return ["--tenant", str(reviewed_tenant().export(folder / "export")), "--store", str(folder / "store")]


@pytest.fixture
def ask(asked, capfd):
    """Call a command; returns its exit code, standard output and standard error."""

    def call(*arguments: str) -> tuple[int, str, str]:
        code = run([*arguments, *asked])
        return code, *capfd.readouterr()

    return call


def test_connection_points_as_json_hold_ids_credentials_and_reach(remit, asked) -> None:
    done = remit("integrations", "--json", *asked)
    said = json.loads(done.stdout)
    assert done.returncode == 0
    assert [one["kind"] for one in said["integrations"]].count("pipeline") == 4
    found = next(one for one in said["integrations"] if one["identity"]["label"] == "ci-dev")
    assert found["credentials"][0]["issuer"] == GITHUB
    assert found["reach"]["production"] == "certain"
    assert found["roles"][0]["assignmentId"].startswith("/subscriptions/")
    assert said["observed"] is False
    assert said["unread"] == []


def test_connection_points_of_one_name_are_told_apart(tmp_path, capfd) -> None:
    draft = Drafted()
    places(draft)
    ids = [guid("first-orders"), guid("second-orders")]
    for principal, group in zip(ids, (PROD_GROUP, DEV_GROUP), strict=True):
        carried = {"type": "SystemAssigned", "principalId": principal}
        draft.resource(resource(group, "Microsoft.Logic/workflows", "orders"), identity=carried)
        said = {"displayName": "orders", "servicePrincipalType": "ManagedIdentity", "accountEnabled": True}
        draft.add("graph/servicePrincipals", id=principal, appId=guid(principal), **said)
    export = draft.export(tmp_path / "export")
    assert run(["integrations", "--tenant", str(export), "--store", str(tmp_path / "store")]) == 0
    shown = capfd.readouterr().out
    assert all(f"logic app orders > orders {one[:8]}… (managed identity" in " ".join(shown.split()) for one in ids)


def test_a_file_of_repositories_settles_what_exists(ask, tmp_path) -> None:
    file = tmp_path / "repositories"
    file.write_text("\ufeffshop/other\n# nothing else\n", encoding="utf-8")
    said = json.loads(ask("integrations", "--json", "--repositories", str(file))[1])
    kinds = {
        weak["kind"]
        for one in said["integrations"]
        for part in one["credentials"]
        for weak in part.get("weaknesses", [])
    }
    assert "removedRepository" in kinds
    assert "repositoryNotSeen" not in kinds


def test_a_line_that_names_no_repository_is_told_with_its_place(ask, tmp_path) -> None:
    """Otherwise every repository of an owner could seem to be gone."""
    file = tmp_path / "repositories"
    file.write_text("shop/site\nThe others are in the wiki.\n", encoding="utf-8")
    code, out, err = ask("integrations", "--repositories", str(file))
    assert (code, out) == (78, "")
    assert err.startswith("remit: repositories:2: `The others are in the wiki.` is no repository")


def test_what_is_joined_ends_with_one_and_tells_the_way(ask) -> None:
    code, out, _ = ask("isolation", "--json")
    said = json.loads(out)
    assert code == 1
    ways = {one["identity"]["label"]: one["path"] for one in said["reachingProduction"]}
    assert [hop["edge"] for hop in ways["ci-dev"]["hops"]] == ["VM-01", "MI-03", "VM-01"]
    assert set(said["nodes"]) >= {hop["to"] for way in ways.values() for hop in way["hops"]}


def test_a_file_of_environments_is_taken_and_the_same_bytes_come_twice(ask, tmp_path) -> None:
    file = tmp_path / "environments.toml"
    file.write_text(f'[places]\n"{HUB}" = "production"\n', encoding="utf-8")
    once, twice = (ask("isolation", "--json", "--environments", str(file))[1] for _ in range(2))
    assert once == twice
    plain = json.loads(ask("isolation", "--json")[1])
    assert json.loads(once)["placed"] == plain["placed"] + 1


@pytest.mark.parametrize(
    ("option", "text", "why"),
    [
        ("--environments", "tags = ['colour']", "the tag `colour` is not kept"),
        ("--environments", "[[environment]]", "environments.toml: "),
        ("--repositories", None, "no such file"),
    ],
)
def test_a_bad_file_is_told_in_a_line_and_ends_with_78(ask, tmp_path, option, text, why) -> None:
    file = tmp_path / "environments.toml"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    code, out, err = ask("integrations", option, str(file))
    assert (code, out) == (78, "")
    assert why in err


def test_every_field_of_both_documents_stands_on_the_page(ask) -> None:
    text = PAGE.read_text(encoding="utf-8")
    section = ""
    for command in ("integrations", "isolation"):
        # The second one refers to roles as the first one describes them.
        section += text.split(f"## `remit {command} --json`", 1)[1].split("\n## ", 1)[0]
        said = json.loads(ask(command, "--json")[1])
        del said["unread"]
        # Paths and nodes are told where `remit paths` is.
        for one in said.get("reachingProduction", []):
            one.pop("path", None)
        said.pop("nodes", None)
        assert {name for name in fields(said) if f"`{name}`" not in section and f'"{name}"' not in section} == set()
