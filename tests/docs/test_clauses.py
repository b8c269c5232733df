"""Every clause that the code names is written down, and every ruling too."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from pathlib import Path

from tests.docs.tree import ROOT, SOURCE

CLAUSE = re.compile(r"\b[ABCDEGKLMNPSTVX]\d{1,2}[a-z]?\b")
HEADING = re.compile(r"^#{2,4} ([A-Z]\d{1,2}[a-z]?)\b", re.MULTILINE)


def written_down() -> list[str]:
    pages = [ROOT / "docs" / name for name in ("semantics.md", "divergences.md")]
    return [clause for page in pages for clause in HEADING.findall(page.read_text(encoding="utf-8"))]


def named_in(path: Path) -> set[str]:
    """The clauses in the comments, docstrings and whole string constants of one module."""
    text = path.read_text(encoding="utf-8")
    prose = [
        token.string
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
        if token.type == tokenize.COMMENT and "noqa" not in token.string
    ]
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            prose.append(ast.get_docstring(node) or "")
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and CLAUSE.fullmatch(node.value):
            prose.append(node.value)
    return {clause for piece in prose for clause in CLAUSE.findall(piece)}


def test_every_clause_has_one_place() -> None:
    clauses = written_down()
    assert clauses
    assert sorted(clauses) == sorted(set(clauses))


def test_every_clause_that_the_code_names_is_written_down() -> None:
    known = set(written_down())
    unknown = {
        f"{path.relative_to(ROOT)}: {clause}"
        for path in SOURCE.rglob("*.py")
        for clause in named_in(path)
        if clause not in known
    }
    assert unknown == set()


def test_the_code_does_name_clauses() -> None:
    """The two tests above would pass on code that names none."""
    engine = {clause for path in (SOURCE / "engine").glob("*.py") for clause in named_in(path)}
    reference = {clause for path in (SOURCE / "reference").glob("*.py") for clause in named_in(path)}
    assert {"D2", "M3a", "N12", "V1"} <= engine
    assert {"D2", "M3a", "N12", "V1"} <= reference


def test_every_clause_says_its_source_and_what_remit_does_with_it() -> None:
    text = (ROOT / "docs" / "semantics.md").read_text(encoding="utf-8")
    sections = re.split(r"(?m)^#{1,4} ", text)
    clauses = [section for section in sections if CLAUSE.match(section)]
    assert clauses
    lacking = [
        section.split("\n", 1)[0]
        for section in clauses
        if not (re.search(r"(?m)^Source: \S", section) and re.search(r"(?m)^Remit: \S", section))
    ]
    assert lacking == []
