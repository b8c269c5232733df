"""`remit ai` over an export: exit codes, the document and its page."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.fakes.ai_tenant import ai_places, ai_tenant

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


def fields(value: object) -> set[str]:
    if isinstance(value, dict):
        return set(value) | {name for inner in value.values() for name in fields(inner)}
    if isinstance(value, list):
        return {name for inner in value for name in fields(inner)}
    return set()


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
