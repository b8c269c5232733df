"""The tree holds nothing of the machine it was written on, and its pages point at things that are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.docs.tree import ROOT, SOURCE, documents, texts

# Put together here, so that this file does not hold what it looks for.
PLACES = "work|root|opt|Users/[a-z]+|home/[a-z]+"
MACHINE_PATH = re.compile(rf"(?<![\w.\]}}>*/-])/(?:{PLACES})/|file:" + "//")
UNFINISHED = re.compile(r"\b(?:" + "|".join(("TO" + "DO", "FIX" + "ME", "X" + "XX")) + r")\b")
LINK = re.compile(r"\[[^\]\n]*\]\(([^)\s]+)\)")


def heading_anchor(line: str) -> str:
    """The anchor that a Markdown reader makes of a heading."""
    kept = re.sub(r"[^\w\- ]", "", line.lstrip("#").strip().lower())
    return kept.replace(" ", "-")


def test_no_file_names_a_path_of_a_developers_machine() -> None:
    found = [f"{path}: {hit.group()}" for path, text in texts() for hit in MACHINE_PATH.finditer(text)]
    assert found == []


def test_nothing_is_left_unfinished() -> None:
    found = [f"{path}: {hit.group()}" for path, text in texts() for hit in UNFINISHED.finditer(text)]
    assert found == []


@pytest.mark.parametrize("page", documents(), ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_between_pages_leads_somewhere(page: Path) -> None:
    broken = []
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        path = (page.parent / name).resolve() if name else page
        if not path.exists():
            broken.append(target)
        elif anchor:
            headings = [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("#")]
            if anchor not in {heading_anchor(line) for line in headings}:
                broken.append(target)
    assert broken == []


def test_the_changelog_has_a_place_for_the_next_change() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(r"^## \[?Unreleased\]?$", text, re.MULTILINE)


def test_every_room_says_what_it_is_for() -> None:
    rooms = [path for path in SOURCE.iterdir() if (path / "__init__.py").exists()]
    assert rooms
    silent = [room.name for room in rooms if not (room / "__init__.py").read_text(encoding="utf-8").startswith('"""')]
    assert silent == []


def test_every_room_is_in_the_guide_for_contributors() -> None:
    guide = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rooms = {path.name for path in SOURCE.iterdir() if (path / "__init__.py").exists()}
    assert {room for room in rooms if f"`{room}`" not in guide} == set()
