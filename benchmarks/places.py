"""Where exports, stores and questions lie between rows: all below one work folder, made when first needed."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measuring import remit_command, run
from benchmarks.questions import Ask, read_questions

SEED = 7
QUESTIONS = {"XS": 2_000, "S": 100_000, "M": 500_000, "L": 100_000}


@dataclass(frozen=True, slots=True)
class Work:
    """The work folder."""

    folder: Path

    def export(self, size: str) -> Path:
        """Return the folder of a generated export."""
        return self.folder / f"export-{size}"

    def store(self, size: str) -> Path:
        """Return the store that holds the snapshot of a generated export."""
        return self.folder / f"store-{size}"

    def questions_file(self, size: str) -> Path:
        """Return the file of random questions about it."""
        return self.folder / f"questions-{size}.jsonl"

    def questions(self, size: str) -> list[Ask]:
        """Read the random questions."""
        return read_questions(self.questions_file(size))

    def prepare(self, size: str, *, export: bool = False, store: bool = False, questions: bool = False) -> None:
        """Make what is missing, each in a process of its own."""
        if (export or store) and not (self.export(size) / "manifest.json").exists():
            print(f"  writing the export of {size}", flush=True)
            _make("benchmarks.tenant", size, str(self.export(size)))
        if questions and not self.questions_file(size).exists():
            print(f"  writing questions about {size}", flush=True)
            _make("benchmarks.questions", size, "--count", str(QUESTIONS[size]), str(self.questions_file(size)))
        if store and not self.store(size).exists():
            print(f"  importing {size}", flush=True)
            run(remit_command("import", str(self.export(size)), "--store", str(self.store(size))))


def _make(module: str, size: str, *arguments: str) -> None:
    run([sys.executable, "-m", module, "--size", size, "--seed", str(SEED), *arguments])
