"""What CI runs is what the pages tell people to run."""

from __future__ import annotations

import os
import re

import pytest
from tests.docs.commands import targets
from tests.docs.tree import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def test_ci_checks_and_then_tests_and_says_nothing_after_pytest() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    lines = script.read_text(encoding="utf-8").splitlines()
    assert "set -euo pipefail" in lines
    assert lines[-2:] == ["make check", "make test"]


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_runs_nothing_but_our_own_commands(workflow) -> None:
    steps = re.findall(r"^\s*- run: (.+)$", workflow.read_text(encoding="utf-8"), re.MULTILINE)
    assert steps
    assert [step for step in steps if step != ".ci/run" and step.split()[:1] != ["make"]] == []
    assert {step.split()[1] for step in steps if step.startswith("make ")} <= targets()


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_starts_without_permissions_and_pins_its_actions(workflow) -> None:
    text = workflow.read_text(encoding="utf-8")
    assert re.search(r"^permissions: \{\}$", text, re.MULTILINE)
    used = re.findall(r"uses: (\S+)", text)
    assert used
    assert [action for action in used if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", action)] == []


def test_help_tells_every_command_of_the_makefile() -> None:
    told = set(re.findall(r"^#   make ([a-z-]+)", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert told == targets() - {"help", "bench-large", "lock"}
