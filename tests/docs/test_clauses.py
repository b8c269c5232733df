"""docs/semantics.md and docs/divergences.md are complete, sourced, and each of their clauses has a scenario."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from tests.fakes.scenario import load_folder
from tests.fakes.scenario_history import load_histories

ROOT = Path(__file__).parents[2]
SEMANTICS = (ROOT / "docs" / "semantics.md").read_text(encoding="utf-8")
DIVERGENCES = (ROOT / "docs" / "divergences.md").read_text(encoding="utf-8")
SCENARIOS = load_folder(ROOT / "tests" / "scenarios")
HISTORIES = load_histories(ROOT / "tests" / "scenarios" / "history")

COUNTS = {"D": 10, "M": 10, "A": 5, "S": 9, "G": 7, "N": 12, "C": 25, "B": 7, "K": 12, "P": 9, "E": 6, "X": 8, "L": 10}
COUNTS |= {"T": 5, "H": 9}
ALL_CLAUSES = {f"{letter}{number}" for letter, last in COUNTS.items() for number in range(1, last + 1)}
ALL_CLAUSES |= {"M3a"}
ALL_RULINGS = {f"V{number}" for number in range(1, 23)}
DEEDS = ("decides", "shows", "reports", "documents")


def sections(text: str) -> dict[str, str]:
    """Return what stands under every `### id title`."""
    parts = re.split(r"^### (\S+) .+$", re.split(r"^## Sources$", text, flags=re.MULTILINE)[0], flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


CLAUSES = sections(SEMANTICS)
RULINGS = sections(DIVERGENCES)


def test_every_clause_is_written_once() -> None:
    headings = re.findall(r"^### (\S+) ", SEMANTICS, flags=re.MULTILINE)

    assert set(headings) == ALL_CLAUSES
    assert [one for one, count in Counter(headings).items() if count > 1] == []


def test_every_ruling_is_written_once_and_says_which_way_it_fails() -> None:
    headings = re.findall(r"^### (\S+) ", DIVERGENCES, flags=re.MULTILINE)

    assert set(headings) == ALL_RULINGS
    assert len(headings) == len(ALL_RULINGS)
    assert [one for one, text in RULINGS.items() if "fail" not in text.lower()] == []


@pytest.mark.parametrize("clause", sorted(ALL_CLAUSES))
def test_a_clause_names_a_source_that_resolves(clause: str) -> None:
    table = set(re.findall(r"^\| (\w+) \| ", SEMANTICS, flags=re.MULTILINE)) - {"key"}
    (source,) = re.findall(r"^Source: (.+)$", CLAUSES[clause], flags=re.MULTILINE)
    keys = re.findall(r"\[(\w+)\]", source)

    assert keys or source.startswith("derived")
    assert set(keys) <= table
    assert set(re.findall(r"\bV\d+\b", CLAUSES[clause])) <= ALL_RULINGS


@pytest.mark.parametrize("clause", sorted(ALL_CLAUSES))
def test_a_clause_says_what_remit_does_with_it(clause: str) -> None:
    (deed,) = re.findall(r"^Remit: (.+)$", CLAUSES[clause], flags=re.MULTILINE)

    assert deed.startswith(DEEDS)


def test_no_source_of_the_table_is_left_over() -> None:
    table = set(re.findall(r"^\| (\w+) \| ", SEMANTICS, flags=re.MULTILINE)) - {"key"}

    lines = re.findall(r"^Source: (.+)$", SEMANTICS, flags=re.MULTILINE)

    assert table == {key for line in lines for key in re.findall(r"\[(\w+)\]", line)}


def test_a_ruling_touches_clauses_that_exist() -> None:
    for ruling, text in RULINGS.items():
        (touched,) = re.findall(r"^Touches: (.+)\.$", text, flags=re.MULTILINE)
        assert set(touched.split(", ")) <= ALL_CLAUSES, ruling


def test_every_clause_and_ruling_has_a_scenario() -> None:
    named = {clause for scenario in (*SCENARIOS, *HISTORIES) for clause in scenario.clauses}

    assert sorted((ALL_CLAUSES | ALL_RULINGS) - named) == []


def test_every_scenario_names_clauses_that_exist() -> None:
    wrong = {one.name: set(one.clauses) - ALL_CLAUSES - ALL_RULINGS for one in (*SCENARIOS, *HISTORIES)}

    assert {name: clauses for name, clauses in wrong.items() if clauses} == {}
    assert [one.name for one in SCENARIOS if not one.clauses] == []


def test_scenarios_have_names_of_their_own_and_questions() -> None:
    names = Counter(scenario.name for scenario in SCENARIOS)

    assert [name for name, count in names.items() if count > 1] == []
    assert [scenario.name for scenario in SCENARIOS if not scenario.asks] == []


def test_there_are_enough_scenarios() -> None:
    assert len(SCENARIOS) >= 150
    assert {"allowed", "not_allowed", "denied", "unknown"} == {ask.outcome for one in SCENARIOS for ask in one.asks}


def test_clauses_named_in_the_code_exist() -> None:
    """Reasons and docstrings cite clauses: `D2`, `M3a`, `V12`; a wrong number would send a reader nowhere."""
    cited = re.compile(r"\b([DMASGNCBKPEXLTVH]\d{1,2}a?)\b")
    wrong = {
        f"{path.relative_to(ROOT)}: {clause}"
        for path in sorted((ROOT / "src" / "remit").rglob("*.py"))
        for clause in re.findall(r'clause(?:: str)? ?= ?"([^"]+)"', path.read_text(encoding="utf-8"))
        if not cited.fullmatch(clause) or clause not in ALL_CLAUSES | ALL_RULINGS
    }

    assert wrong == set()
