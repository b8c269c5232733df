"""`remit ask` itself, on scenarios written as exports: what a person would run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.fakes.scenario import load_file
from tests.scenarios.write_exports import write_scenarios

from remit.cli.running import run

HERE = Path(__file__).parent
SOME = [load_file(path)[0] for path in sorted(HERE.glob("*.yaml"))]


@pytest.mark.parametrize("scenario", SOME, ids=lambda scenario: scenario.name)
def test_remit_ask_answers_a_written_scenario(scenario, tmp_path: Path, capfdbinary) -> None:
    (place,) = write_scenarios(tmp_path, [scenario])
    expected = [json.loads(line) for line in (place / "expected.jsonl").read_text(encoding="utf-8").splitlines()]

    code = run(
        ["ask", str(place / "questions.jsonl"), "--tenant", str(place / "export"), "--store", str(tmp_path / "store")]
    )

    answers = [json.loads(line) for line in capfdbinary.readouterr().out.splitlines()]
    assert code == 0
    assert expected == [{"id": one["id"], "outcome": one["outcome"]} for one in answers]
