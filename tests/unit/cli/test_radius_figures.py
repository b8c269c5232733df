"""Figures of `remit radius`: as they are up to four digits, then short."""

from __future__ import annotations

import pytest

from remit.cli.radius import _figure


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (0, ""),
        (7, "7"),
        (9_999, "9,999"),
        (10_000, "10k"),
        (99_499, "99k"),
        (999_499, "999k"),
        (999_999, "1.0M"),
        (1_234_567, "1.2M"),
        (9_960_000, "10M"),
        (12_345_678, "12M"),
        (57_243_631_157, "57G"),
    ],
)
def test_a_figure_takes_five_letters_at_most(count, shown) -> None:
    assert _figure(count) == shown
    assert len(shown) <= 5
