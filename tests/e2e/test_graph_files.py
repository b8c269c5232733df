"""`remit graph` and the pictures of `remit paths`: files that are whole, and words where they cannot be."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET

import pytest
from tests.unit.wire.bloodhound.test_opengraph import faults

from remit.cli.running import run

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def called(store, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> tuple[int, str, str]:
        code = run([*arguments, "--store", str(store)])
        out, err = capsys.readouterr()
        return code, out, "".join(line for line in err.splitlines(keepends=True) if not line.startswith("remit: step"))

    return call


def test_a_graph_and_its_definition_are_written(called, tmp_path):
    code, out, _ = called("graph", "export", "--bloodhound", "g.json", "--definition", "kinds.json")
    assert code == 0
    assert faults((tmp_path / "g.json").read_bytes()) == []
    assert json.loads((tmp_path / "kinds.json").read_bytes())["schema"]["namespace"] == "Remit"
    graph = json.loads((tmp_path / "g.json").read_bytes())["graph"]
    assert f"g.json: {len(graph['nodes'])} nodes described, {len(graph['edges'])} edges.\n" in out
    assert sorted(path.name for path in tmp_path.iterdir()) == ["g.json", "kinds.json"]


def test_a_part_of_it_is_written_too(called, tmp_path):
    options = "--to", "tier0", "--from", "Emergency access 1", "--certain", "--explain", "--attach"
    assert called("graph", "export", "--bloodhound", "g.json", *options)[0] == 0
    edges = json.loads((tmp_path / "g.json").read_bytes())["graph"]["edges"]
    assert edges
    assert all(edge["properties"]["because"] for edge in edges)


@pytest.mark.parametrize(
    ("arguments", "said", "code"),
    [
        (("export",), "no file to write", 64),
        (("export", "--bloodhound", "x", "--definition", "x"), "name one file", 64),
        (("export", "--bloodhound", "x", "--max", "3"), "more than 3 edges", 64),
        (("export", "--bloodhound", "missing/x"), "there is no folder `missing` to write `x` into", 74),
        (("export", "--definition", "missing/x"), "there is no folder `missing` to write `x` into", 74),
        (("export", "--bloodhound", "x", "--definition", "missing/y"), "there is no folder `missing`", 74),
        (("export", "--bloodhound", "."), "`.` is a folder", 74),
        (("export", "--bloodhound", "x", "--to", "nobody at all"), "nothing goes by `nobody at all`", 64),
        (("draw", "ci-release"), "no file to draw into", 64),
        (("draw", "ci-release", "--svg", "x", "--html", "x"), "name one file", 64),
        (("draw", "ci-release", "--svg", "missing/x"), "there is no folder `missing` to write `x` into", 74),
        (("draw", "ci-release", "--html", "missing/x"), "there is no folder `missing` to write `x` into", 74),
        (("draw", "ci-release", "--svg", "x", "--towards", "up"), "up", 64),
    ],
)
def test_what_cannot_be_written_is_told_and_leaves_no_file(called, tmp_path, arguments, said, code):
    found, _, err = called("graph", *arguments)
    assert found == code
    assert said in err
    assert "\nhint: " in err
    assert list(tmp_path.iterdir()) == []


def test_a_picture_of_paths_into_a_missing_folder_is_told_before_the_snapshot_is_read(called):
    code, _, err = called("paths", "nobody at all", "--svg", "missing/deep/x.svg")
    assert code == 74
    assert err == (
        "remit: there is no folder `missing/deep` to write `x.svg` into\n"
        "hint: make it with `mkdir -p missing/deep`, or name a file elsewhere\n"
    )


def test_a_file_below_a_file_is_told(called, tmp_path):
    (tmp_path / "plain").write_text("")
    code, _, err = called("graph", "draw", "ci-release", "--svg", "plain/x.svg")
    assert (code, err.splitlines()[0]) == (74, "remit: `plain` is no folder")


def test_a_graph_that_cannot_be_written_is_told_by_the_name_that_was_given(called, tmp_path, monkeypatch):
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device", "g.json.part")

    monkeypatch.setattr("pathlib.Path.replace", full)
    code, _, err = called("graph", "export", "--bloodhound", "g.json", "--to", "tier0")
    assert (code, err.splitlines()) == (
        74,
        ["remit: g.json: No space left on device", "hint: make room, or name a file elsewhere"],
    )
    assert list(tmp_path.iterdir()) == []


def test_a_neighbourhood_is_drawn_in_both_forms(called, tmp_path):
    code, out, _ = called("graph", "draw", "kv-tracking-prod", "--svg", "a.svg", "--html", "a.html", "--within", "1")
    assert code == 0
    root = ET.parse(tmp_path / "a.svg").getroot()  # noqa: S314 - made here
    assert "kv-tracking-prod" in {"".join(text.itertext()) for text in root.iter(f"{SVG}text")}
    assert (tmp_path / "a.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    assert out.count("around kv-tracking-prod") == 2


def test_a_picture_of_somebody_whom_the_snapshot_lacks_says_so(called):
    code, out, _ = called("graph", "draw", "99999999-0000-4000-8000-000000000001", "--svg", "a.svg")
    assert code == 0
    assert "Note: the snapshot does not know this object id." in out


@pytest.mark.parametrize("towards", ["in", "out"])
def test_a_neighbourhood_is_drawn_one_way(called, tmp_path, towards):
    options = "--towards", towards, "--within", "1", "--certain"
    assert called("graph", "draw", "ci-release", "--html", "a.html", *options)[0] == 0
    text = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert ("kv-tracking-dev" in text) == (towards == "out")


def test_paths_are_drawn_with_the_sentences_that_are_written(called, tmp_path):
    code, out, _ = called("paths", "ci-release", "--to", "kv-tracking-prod", "--svg", "p.svg", "--html", "p.html")
    assert code == 0
    assert "The role Key Vault Secrets User grants it." in " ".join(out.split())
    svg, html = out.splitlines()[-2:]
    assert svg.startswith("p.svg: ")
    assert html == svg.replace("p.svg", "p.html")
    page = (tmp_path / "p.html").read_text(encoding="utf-8")
    assert "The role Key Vault Secrets User grants it. ci-release is in Key Vault Operators." in page
    root = ET.parse(tmp_path / "p.svg").getroot()  # noqa: S314 - made here
    assert "From ci-release to kv-tracking-prod" in root.findtext(f"{SVG}title")


def test_no_path_is_drawn_as_no_step(called, tmp_path):
    code, _, _ = called("paths", "kv-tracking-dev", "--to", "tier0", "--svg", "p.svg", "--certain")
    assert code in (0, 1)
    assert ET.parse(tmp_path / "p.svg").getroot().tag == f"{SVG}svg"  # noqa: S314 - made here
