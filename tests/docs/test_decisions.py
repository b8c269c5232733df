"""Each decision record has the same few parts, and each dependency has one."""

from __future__ import annotations

import re
import tomllib

import pytest
from tests.docs.tree import ROOT

FOLDER = ROOT / "docs" / "decisions"
RECORDS = sorted(FOLDER.glob("[0-9]*.md"))
PARTS = ("## Context", "## Options", "## Decision", "## Consequences")


def test_numbers_run_without_a_hole() -> None:
    assert RECORDS
    assert [int(path.name[:4]) for path in RECORDS] == list(range(1, len(RECORDS) + 1))


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.stem)
def test_a_record_says_when_why_and_what_follows(record) -> None:
    text = record.read_text(encoding="utf-8")
    assert re.match(rf"# {int(record.name[:4])}\. \S", text)
    assert re.search(r"^Status: (accepted|replaced by \d{4}), \d{4}-\d{2}-\d{2}$", text, re.MULTILINE)
    assert [part for part in PARTS if part not in text] == []


def test_every_record_is_listed() -> None:
    listed = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert [path.name for path in RECORDS if f"({path.name})" not in listed] == []


def test_every_dependency_has_a_record_that_names_it() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [
        *project["project"]["dependencies"],
        *(name for extra in project["project"]["optional-dependencies"].values() for name in extra),
        *(name for group in project["dependency-groups"].values() for name in group),
    ]
    names = {re.split(r"[<>=!~ ;\[]", requirement)[0].lower() for requirement in wanted}
    written = "\n".join(path.read_text(encoding="utf-8").lower() for path in RECORDS)
    assert {name for name in names if not re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", written)} == set()
