"""Write every scenario as a tenant export with its questions, for `remit ask`.

    python -m tests.scenarios.write_exports FOLDER
    remit ask FOLDER/<scenario>/questions.jsonl --tenant FOLDER/<scenario>/export

`expected.jsonl` beside the questions holds the id and the outcome that each answer must have.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable
from pathlib import Path

from tests.fakes.scenario import Scenario, load_folder, write_export
from tests.fakes.world import question_line


def write_scenarios(folder: Path, scenarios: Iterable[Scenario]) -> list[Path]:
    """Write one folder for each scenario; return them."""
    written = []
    for scenario in scenarios:
        place = folder / re.sub(r"[^A-Za-z0-9]+", "-", scenario.name).strip("-")
        write_export(place / "export", scenario.lists, scenario.manifest)
        (place / "questions.jsonl").write_bytes(b"".join(question_line(ask) + b"\n" for ask in scenario.asks))
        expected = [json.dumps({"id": ask.line, "outcome": ask.outcome}) + "\n" for ask in scenario.asks]
        (place / "expected.jsonl").write_text("".join(expected), encoding="utf-8")
        written.append(place)
    return written


if __name__ == "__main__":
    made = write_scenarios(Path(sys.argv[1]), load_folder(Path(__file__).parent))
    sys.stdout.write(f"{len(made)} scenarios written to {sys.argv[1]}\n")
