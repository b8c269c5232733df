"""`remit ai` and `remit tiers` over an export: exit codes, the documents and their page."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.fakes.ai_tenant import ai_places, ai_tenant
from tests.fakes.documents import fields

from remit.cli.running import run

PAGE = Path(__file__).parents[2] / "docs" / "json.md"


@pytest.fixture(scope="module")
def asked(tmp_path_factory) -> list[str]:
    folder = tmp_path_factory.mktemp("ai")
    return ["--tenant", str(ai_tenant().export(folder / "export")), "--store", str(folder / "store")]


@pytest.fixture
def ask(asked, capfd):
    """Call a command; returns its exit code, standard output and standard error."""

    def call(*arguments: str) -> tuple[int, str, str]:
        code = run([*arguments, *asked])
        return code, *capfd.readouterr()

    return call


def test_the_document_of_ai_is_on_its_page_and_the_same_twice(ask) -> None:
    code, once, _ = ask("ai", "--json")
    said = json.loads(once)
    assert code == 1
    assert {one["identity"]["label"] for one in said["readAndWrite"]} == {"aa-train", "index-loader"}
    assert ask("ai", "--json")[1] == once
    del said["unread"]
    text = PAGE.read_text(encoding="utf-8")
    section = "".join(
        text.split(f"## `remit {command} --json`", 1)[1].split("\n## ", 1)[0] for command in ("ai", "integrations")
    )
    assert {name for name in fields(said) if f"`{name}`" not in section and f'"{name}"' not in section} == set()


def test_nothing_to_mend_ends_with_zero(tmp_path, capfd) -> None:
    where = ["--tenant", str(ai_places().export(tmp_path / "export")), "--store", str(tmp_path / "store")]
    assert run(["ai", *where]) == 0
    assert "workloads" in capfd.readouterr().out


def test_the_documents_of_tiers_are_on_their_page_and_the_same_twice(ask) -> None:
    text = PAGE.read_text(encoding="utf-8").split("## `remit tiers --json`", 1)[1].split("\n## ", 1)[0]
    for arguments in (("tiers", "--json"), ("tiers", "Maya", "--json")):
        code, once, _ = ask(*arguments)
        said = json.loads(once)
        assert code == 0
        assert ask(*arguments)[1] == once
        # Paths and nodes are told where `remit paths` is.
        del said["unread"]
        said.pop("nodes", None)
        said.get("way", {}).pop("path", None)
        ends = {"id", "kind", "label", "type"}
        assert {name for name in fields(said) - ends if f"`{name}`" not in text} - {"at", "snapshotId"} == set()


def test_a_file_of_overrides_is_taken_and_a_bad_one_ends_with_78(ask, tmp_path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('[roles]\n"Search Index Data Reader" = "control"\n', encoding="utf-8")
    said = json.loads(ask("tiers", "chat-app", "--json", "--overrides", str(file))[1])
    assert (said["tier"], "path" in said["way"]) == ("control", False)
    file.write_text('[roles]\nOwner = "highest"\n', encoding="utf-8")
    code, out, err = ask("tiers", "--overrides", str(file))
    assert (code, out) == (78, "")
    assert "mine.toml: `highest` is no plane" in err
    code, _, err = ask("tiers", "--overrides", str(tmp_path / "none.toml"))
    assert (code, "none.toml: no such file or directory" in err) == (78, True)


def test_a_misspelt_name_in_a_file_of_overrides_is_told(ask, tmp_path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('[roles]\n"Serch Index Data Reader" = "control"\n', encoding="utf-8")
    why = "no role of Azure goes by `serch index data reader`"
    for name in ((), ("chat-app",)):
        assert why in " ".join(ask("tiers", *name, "--overrides", str(file))[1].split())
        assert json.loads(ask("tiers", *name, "--json", "--overrides", str(file))[1])["unmatched"] == [why]


def test_a_tenant_without_ai_says_so_and_no_more(store, capfd) -> None:
    assert run(["ai", "--store", str(store)]) == 0
    shown = capfd.readouterr().out
    assert "workloads  none in this snapshot" in shown
    assert "software" not in shown
