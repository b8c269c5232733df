"""Days on which a log was seen: holes end a stretch, ordinary silence does not; and the bound on what was not seen."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.usage.observable_days import (
    Window,
    days_of,
    first_day,
    last_day,
    last_stretch,
    less_than_once_in,
    silent_days,
    since,
    span,
    window_of,
)


def numbers(days: int) -> list[int]:
    return [place for place in range(days.bit_length()) if days >> place & 1]


def test_a_log_with_a_record_each_day_is_seen_from_the_first_to_the_last() -> None:
    assert numbers(last_stretch(days_of(range(100, 110)))) == list(range(100, 110))


def test_one_silent_day_of_a_busy_log_is_a_hole_after_enough_days() -> None:
    days = [*range(100, 300), *range(301, 310)]
    assert numbers(last_stretch(days_of(days))) == list(range(301, 310))


def test_weekends_are_no_holes() -> None:
    days = [day for day in range(700, 790) if day % 7 < 5]
    assert first_day(last_stretch(days_of(days))) == min(days)


def test_a_week_without_records_of_a_weekday_log_is_a_hole() -> None:
    days = [day for day in range(700, 790) if day % 7 < 5 and not 735 <= day < 742]
    assert first_day(last_stretch(days_of(days))) == 742


def test_what_is_before_a_hole_does_not_count_even_if_it_is_longer() -> None:
    assert numbers(last_stretch(days_of([*range(100, 200), 250, 251, 252]))) == [250, 251, 252]


def test_no_record_is_no_stretch() -> None:
    assert last_stretch(0) == 0
    assert window_of(0) is None


def test_days_without_a_record_anywhere_are_between_those_that_have_some() -> None:
    assert numbers(silent_days([3, 9, 5])) == [4, 6, 7, 8]


def test_a_window_counts_only_the_days_that_were_seen() -> None:
    assert window_of(days_of([10, 11, 14])) == Window(10, 14, 3)


@pytest.mark.parametrize(("days", "once_in"), [(1, 0), (2, 0), (3, 1), (90, 30), (365, 121)])
def test_the_bound_is_the_rule_of_three(days, once_in) -> None:
    assert less_than_once_in(days) == once_in
    assert Window(0, days - 1, days).rate == pytest.approx(3 / days, rel=0.002)


def test_the_bound_would_have_shown_use_nineteen_times_out_of_twenty() -> None:
    window = Window(0, 89, 90)
    assert 1 - math.exp(-window.rate * window.days) == pytest.approx(0.95)


@given(st.sets(st.integers(0, 400), min_size=1))
def test_a_stretch_ends_with_the_last_record_and_begins_with_one(days) -> None:
    found = last_stretch(days_of(days))
    assert last_day(found) == max(days)
    assert first_day(found) in days


@given(st.sets(st.integers(0, 400), min_size=1), st.integers(0, 400))
def test_sets_of_days_meet_like_sets(days, first) -> None:
    assert numbers(days_of(days) & since(first)) == sorted(day for day in days if day >= first)
    assert numbers(span(first, 400)) == list(range(first, 401))
