"""The window of a lane: how it grows, when it is halved, when the lane rests."""

from __future__ import annotations

import pytest

from remit.app.collecting.lanes import Lane
from remit.app.collecting.patience import LONGEST_S, Backoff


def lane_of(successes: int, most: int = 16) -> Lane:
    lane = Lane(most)
    for _ in range(successes):
        lane.succeeded()
    return lane


@pytest.mark.parametrize(("successes", "window"), [(0, 4), (1, 5), (11, 15), (12, 16), (500, 16)])
def test_each_good_answer_adds_a_call_up_to_the_bound(successes, window):
    assert lane_of(successes).window == window


def test_a_bound_below_the_first_window_holds_from_the_start():
    assert Lane(2).window == 2


def test_after_it_was_throttled_a_round_of_good_answers_adds_one():
    lane = lane_of(12)
    lane.throttled(began=0.0, now=1.0, wait_s=1.0)
    assert lane.window == 8
    for _ in range(9):
        lane.succeeded()
    assert lane.window == 9


def test_calls_that_were_on_their_way_before_a_halving_do_not_halve_again():
    lane = lane_of(12)
    for now in (1.0, 1.1, 1.2):
        lane.throttled(began=0.5, now=now, wait_s=1.0)
    assert lane.window == 8
    lane.throttled(began=1.3, now=2.0, wait_s=1.0)
    assert lane.window == 4


def test_a_window_is_never_less_than_one_call():
    lane = Lane()
    for now in range(1, 20):
        lane.throttled(began=now - 0.5, now=now, wait_s=0.0)
    assert lane.window == 1
    assert lane.free(100.0) == 1


def test_three_in_a_row_speak_of_the_whole_lane():
    lane = Lane()
    lane.throttled(began=0.0, now=1.0, wait_s=10.0)
    lane.throttled(began=0.0, now=1.1, wait_s=30.0)
    assert lane.free(1.2) == 2
    lane.throttled(began=0.0, now=1.2, wait_s=20.0)
    assert (lane.free(1.3), lane.free(21.1), lane.free(21.2)) == (0, 0, 2)


def test_a_good_answer_between_them_ends_the_row():
    lane = Lane()
    for now in (1.0, 1.1):
        lane.throttled(began=0.0, now=now, wait_s=10.0)
    lane.succeeded()
    lane.throttled(began=0.0, now=1.2, wait_s=10.0)
    assert lane.free(1.3) > 0


def test_a_wide_lane_takes_as_many_as_may_be_under_way():
    lane = lane_of(12)
    for now in range(7):
        lane.throttled(began=-1.0, now=float(now), wait_s=100.0)
    assert lane.free(7.0) == 8
    lane.throttled(began=-1.0, now=7.0, wait_s=100.0)
    assert lane.free(7.5) == 0


def test_running_calls_take_their_slots():
    lane = Lane()
    lane.running = 3
    assert lane.free(0.0) == 1
    lane.running = 9
    assert lane.free(0.0) == 0


def test_waits_grow_are_spread_and_end_at_a_minute():
    backoff = Backoff(1)
    for failures, most in ((1, 1.0), (2, 2.0), (5, 16.0), (7, 60.0), (1_000, LONGEST_S)):
        drawn = [backoff.wait(failures) for _ in range(400)]
        assert 0 <= min(drawn) < most / 10
        assert most * 0.9 < max(drawn) <= most


def test_the_same_seed_gives_the_same_waits():
    one, other = Backoff(7), Backoff(7)
    assert [one.wait(3) for _ in range(5)] == [other.wait(3) for _ in range(5)] != [Backoff(8).wait(3)] * 5
