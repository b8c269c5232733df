"""A measured process: its time, its memory, its exit code."""

from __future__ import annotations

import sys

import pytest
from benchmarks.measuring import FailedRunError, percentile, run


def test_a_run_tells_its_output_and_time() -> None:
    done = run([sys.executable, "-c", "import time; time.sleep(0.05); print('said')"])
    assert done.output == "said\n"
    assert done.seconds > 0.05
    assert done.code == 0


def test_the_peak_is_of_this_process_and_not_of_an_earlier_one() -> None:
    large = run([sys.executable, "-c", "kept = b'x' * 200_000_000"])
    small = run([sys.executable, "-c", "pass"])
    assert large.peak_mb > 190
    assert small.peak_mb < 40


def test_an_exit_code_that_was_not_expected_records_nothing() -> None:
    with pytest.raises(FailedRunError, match="exit code 3"):
        run([sys.executable, "-c", "raise SystemExit(3)"])
    assert run([sys.executable, "-c", "raise SystemExit(3)"], codes=(0, 3)).code == 3


def test_the_environment_is_added_to() -> None:
    done = run([sys.executable, "-c", "import os; print(os.environ['ADDED'])"], environment={"ADDED": "yes"})
    assert done.output == "yes\n"


def test_percentiles() -> None:
    assert percentile([1, 2, 3, 4, 5], 50) == 3
