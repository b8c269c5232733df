"""Where the project's own texts stand, for the tests that read them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "remit"
ROOMS = ("src", "tests", "docs", "benchmarks", ".github", ".ci")


def documents() -> list[Path]:
    """Every page that a reader is sent to."""
    return sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def texts() -> Iterator[tuple[Path, str]]:
    """Every text file that is committed: the rooms and the files at the top, but no caches."""
    # Of the files at the top whose name starts with a dot only one is ours; the rest is what tools leave behind.
    files = [path for path in ROOT.iterdir() if path.is_file() and not path.name.startswith(".")]
    files.append(ROOT / ".gitignore")
    for room in ROOMS:
        files += [path for path in (ROOT / room).rglob("*") if path.is_file()]
    for path in sorted(files):
        if "__pycache__" in path.parts or path.suffix in {".pyc", ".gz", ".parquet"}:
            continue
        yield path.relative_to(ROOT), path.read_text(encoding="utf-8", errors="replace")
