"""What the commands about paths show of a small tenant, word for word."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.fakes.path_tenant import VAULT, VM, write_path_tenant
from tests.fakes.progress import without_progress

from remit.cli.running import run

CASES = {
    "paths": (("paths", "Ada", "--to", "kv-shop"), 0),
    "paths-two": (("paths", "Dan"), 0),
    "paths-drawn": (("paths", "Dan", "--max", "1", "--draw"), 0),
    "paths-explain": (("paths", "Cleo", "--to", f"{VAULT}#secret", "--max", "1", "--explain"), 0),
    "paths-json": (("paths", "Ada", "--to", VAULT, "--max", "1", "--json"), 0),
    "paths-none": (("paths", "Eve"), 1),
    "paths-possible": (("paths", "Eve", "--max", "1", "--unread"), 4),
    "paths-none-certain": (("paths", "Eve", "--certain", "--unread"), 4),
    "paths-role": (("paths", "Dan", "--to", "role:Global Administrator"), 0),
    "paths-unknown": (("paths", "cccccccc-0000-4000-8000-999999999999"), 1),
    "paths-error": (("paths", "Nobody"), 64),
    "paths-error-json": (("paths", "Ada", "--to", "role:Admin", "--json"), 64),
    "reach": (("reach", "Dan"), 0),
    "reach-nothing": (("reach", "Eve"), 0),
    "reach-json": (("reach", "Ada", "--json"), 0),
    "exposure": (("exposure", VM), 0),
    "exposure-tier-zero": (("exposure", "tier0", "--unread"), 0),
    "exposure-nobody": (("exposure", "Eve"), 0),
    "exposure-json": (("exposure", "kv-shop", "--json"), 0),
    "cuts": (("cuts", "--to", "kv-shop"), 0),
    "cuts-keep": (("cuts", "--keep-holders"), 0),
    "cuts-budget": (("cuts", "--to", VM, "--keep", "Bob", "--budget", "1"), 0),
    "cuts-from": (("cuts", "--to", VM, "--from", "Ada"), 0),
    "cuts-nothing": (("cuts", "--to", "Eve"), 0),
    "cuts-json": (("cuts", "--to", VM, "--from", "Ada", "--json"), 0),
    "radius": (("radius",), 0),
    "radius-json": (("radius", "--sort", "direct", "--json"), 0),
    "help-paths": (("paths", "--help"), 0),
    "help-reach": (("reach", "--help"), 0),
    "help-exposure": (("exposure", "--help"), 0),
    "help-cuts": (("cuts", "--help"), 0),
    "help-radius": (("radius", "--help"), 0),
}


@pytest.fixture(scope="module")
def asked(tmp_path_factory) -> dict[bool, list[str]]:
    folder = tmp_path_factory.mktemp("golden-paths")
    return {
        unread: ["--tenant", str(write_path_tenant(folder / f"export-{unread}", unread=unread)), "--store", str(folder)]
        for unread in (False, True)
    }


def plain(text: str) -> str:
    """The snapshot's id is a digest of its bytes, and tells nothing here."""
    text = re.sub(r"snapshot [0-9a-f]{12}", "snapshot 0123456789ab", text)
    return re.sub(r'"snapshotId":"[0-9a-f]{64}"', '"snapshotId":"SNAPSHOT-ID"', text)


@pytest.mark.parametrize("name", CASES)
def test_a_command_about_paths_writes_what_it_wrote(golden, capfd, monkeypatch, asked, name) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    words, code = CASES[name]
    arguments = [word for word in words if word != "--unread"]
    assert run([*arguments, *([] if "--help" in words else asked["--unread" in words])]) == code
    out, err = capfd.readouterr()
    golden(f"paths/{name}.txt", f"{plain(out)}--- stderr\n{without_progress(err)}--- exit {code}\n")
    if not out.startswith("{"):
        assert [line for line in out.splitlines() if len(line) > 80 and max(map(len, line.split())) <= 40] == []


def test_paths_are_also_drawn_into_files(capfd, asked, tmp_path) -> None:
    svg, html = tmp_path / "path.svg", tmp_path / "path.html"
    assert run(["paths", "Dan", "--svg", str(svg), "--html", str(html), *asked[False]]) == 0
    capfd.readouterr()
    assert svg.read_text("utf-8").startswith(("<?xml", "<svg"))
    assert "Service desk" in svg.read_text("utf-8")
    assert "Service desk" in html.read_text("utf-8")


def test_every_golden_file_belongs_to_a_case() -> None:
    assert {path.stem for path in (Path(__file__).parent / "paths").glob("*.txt")} == set(CASES)
