"""The titles of clauses are those of the pages."""

from __future__ import annotations

import re
from pathlib import Path

from remit.cli.clauses import TITLES

DOCS = Path(__file__).parents[3] / "docs"


def test_every_clause_has_the_title_of_its_page() -> None:
    headings = [
        re.findall(r"^### ([A-Z]\d+a?) (.+)$", (DOCS / page).read_text(encoding="utf-8"), re.MULTILINE)
        for page in ("semantics.md", "divergences.md")
    ]
    assert len(headings[0]) > 100
    assert len(headings[1]) > 20
    assert dict([*headings[0], *headings[1]]) == TITLES
