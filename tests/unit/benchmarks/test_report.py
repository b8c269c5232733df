"""The table says what was recorded, marks what misses its goal, and touches nothing else of the page."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from benchmarks.report import BEGIN, END, NoPlaceError, render, write_report
from benchmarks.rows import ROWS, chosen

MACHINE = {
    "processor": "Abacus",
    "cores": "2",
    "memory": "4 GB",
    "system": "Linux",
    "python": "3.11",
    "packages": "numpy 2",
    "commit": "abc1234",
    "date": "2026-11-21",
}
PAGE = f"# Benchmarks\n\nbefore\n\n{BEGIN}\n\nold\n\n{END}\n\nafter\n"


def record(folder: Path, key: str, figures: dict[str, float], **machine: str) -> None:
    text = json.dumps({"figures": figures, "machine": {**MACHINE, **machine}})
    (folder / f"{key}.json").write_text(text, encoding="utf-8")


def test_without_results_the_page_says_so(tmp_path: Path) -> None:
    assert render(tmp_path) == "No run is recorded yet.\n"


def test_only_recorded_rows_are_shown(tmp_path: Path) -> None:
    record(tmp_path, "version", {"median_ms": 50.0})
    text = render(tmp_path)
    assert "| `remit --version` | under 250 ms | 50 ms | 5.0 x | `python -m benchmarks --only version` |" in text
    assert "import M" not in text
    assert "Measured on Abacus, 2 cores, 4 GB, Linux, Python 3.11; numpy 2; commit abc1234, 2026-11-21." in text


def test_a_missed_goal_stands_out(tmp_path: Path) -> None:
    record(tmp_path, "batch-m", {"per_s": 500_000.0, "texts_per_s": 10.0})
    assert "over 1,000,000/s | **500,000/s** (missed), 10/s with the questions coded from texts | 0.5 x" in render(
        tmp_path
    )


def test_rivals_have_a_table_of_their_own(tmp_path: Path) -> None:
    figures = {
        "remit_batch_per_s": 1_000_000.0,
        "remit_can_per_s": 50_000.0,
        "literal_loop_per_s": 5_000.0,
        "literal_loop_asked": 40.0,
        "literal_loop_compared": 39.0,
        "questions": 100.0,
        "ratio_batch": 200.0,
        "ratio_can": 10.0,
    }
    record(tmp_path, "rivals-s", figures)
    text = render(tmp_path)
    assert "| literal loop, compiled regular expressions | 5,000 | 40 | 39 | 200.0 x | 10.00 x |" in text
    assert "cedarpy" not in text


def test_rows_of_different_runs_name_their_own_machine(tmp_path: Path) -> None:
    record(tmp_path, "version", {"median_ms": 50.0})
    record(tmp_path, "batch-m", {"per_s": 2e6}, commit="def5678")
    text = render(tmp_path)
    assert "- version: Abacus" in text
    assert "- batch-m: Abacus" in text


def test_the_rest_of_the_page_stays(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(PAGE, encoding="utf-8")
    write_report(tmp_path, page)
    text = page.read_text(encoding="utf-8")
    assert text.startswith(f"# Benchmarks\n\nbefore\n\n{BEGIN}\n")
    assert text.endswith(f"{END}\n\nafter\n")
    assert "old" not in text
    write_report(tmp_path, page)
    assert page.read_text(encoding="utf-8") == text


def test_a_page_without_the_marks_is_not_touched(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Other\n", encoding="utf-8")
    with pytest.raises(NoPlaceError):
        write_report(tmp_path, page)
    assert page.read_text(encoding="utf-8") == "# Other\n"


def test_the_page_of_the_project_has_the_marks() -> None:
    text = Path(__file__).parents[3].joinpath("docs", "benchmarks.md").read_text(encoding="utf-8")
    assert text.count(BEGIN) == text.count(END) == 1


def test_large_rows_are_left_out_unless_asked_for() -> None:
    assert all(not row.large for row in chosen(None, large=False))
    assert chosen(None, large=True) == list(ROWS)
    assert [row.key for row in chosen("import-l,can", large=False)] == ["import-l", "can-m"]


def test_a_word_that_names_no_row_ends_the_run() -> None:
    with pytest.raises(SystemExit, match="no row `warp`"):
        chosen("can,warp", large=False)


def test_rows_that_were_not_measured_now_keep_what_the_page_says(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(PAGE, encoding="utf-8")
    figures = dict.fromkeys(("remit_batch_per_s", "remit_can_per_s", "literal_loop_per_s", "questions"), 1.0)
    record(tmp_path, "version", {"median_ms": 50.0})
    record(tmp_path, "rivals-s", {**figures, "ratio_batch": 200.0, "ratio_can": 10.0})
    write_report(tmp_path, page)
    first = page.read_text(encoding="utf-8")
    (tmp_path / "version.json").unlink()
    (tmp_path / "rivals-s.json").unlink()
    write_report(tmp_path, page)
    assert page.read_text(encoding="utf-8") == first
    record(tmp_path, "version", {"median_ms": 25.0}, commit="def5678")
    write_report(tmp_path, page)
    text = page.read_text(encoding="utf-8")
    assert "| 25 ms |" in text
    assert "| 50 ms |" not in text
    assert "- version: Abacus, 2 cores, 4 GB, Linux, Python 3.11; numpy 2; commit def5678" in text
    assert "- rivals-s: Abacus, 2 cores, 4 GB, Linux, Python 3.11; numpy 2; commit abc1234" in text
    assert text.count("The same questions on S") == 1


def test_a_page_of_several_machines_stays_as_it_is_where_nothing_was_measured(tmp_path: Path) -> None:
    record(tmp_path, "version", {"median_ms": 50.0})
    record(tmp_path, "batch-m", {"per_s": 2e6, "texts_per_s": 1.0}, commit="def5678")
    both = render(tmp_path)
    (tmp_path / "version.json").unlink()
    (tmp_path / "batch-m.json").unlink()
    assert render(tmp_path, both) == both
