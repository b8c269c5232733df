"""Every clause that a comment or a docstring names is written down."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from pathlib import Path

from tests.docs.tree import ROOT, SOURCE

CLAUSE = re.compile(r"\b[ABCDEGHKLMNPSTVX]\d{1,2}[a-z]?\b")
HEADING = re.compile(r"^### ([A-Z]\d{1,2}[a-z]?) ", re.MULTILINE)


def written_down() -> set[str]:
    pages = [ROOT / "docs" / name for name in ("semantics.md", "divergences.md")]
    return {clause for page in pages for clause in HEADING.findall(page.read_text(encoding="utf-8"))}


def named_in(path: Path) -> set[str]:
    """The clauses in the comments and docstrings of one module; those of reasons have a test of their own."""
    text = path.read_text(encoding="utf-8")
    prose = [
        token.string
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
        if token.type == tokenize.COMMENT and "noqa" not in token.string
    ]
    prose += [
        ast.get_docstring(node) or ""
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    return {clause for piece in prose for clause in CLAUSE.findall(piece)}


def test_every_clause_that_the_code_names_is_written_down() -> None:
    known = written_down()
    unknown = {
        f"{path.relative_to(ROOT)}: {clause}"
        for path in SOURCE.rglob("*.py")
        for clause in named_in(path)
        if clause not in known
    }
    assert unknown == set()


def test_both_readings_name_the_clauses_they_keep() -> None:
    """The test above would pass on code that names none."""
    for room in ("engine", "reference"):
        named = {clause for path in (SOURCE / room).glob("*.py") for clause in named_in(path)}
        assert {"M3a", "N5", "N12", "V1", "V3"} <= named, room
