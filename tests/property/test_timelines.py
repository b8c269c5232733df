"""The algebra of what a thing was over time: nothing settled is guessed, and more knowledge never contradicts less."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from remit.model.interval import ALWAYS_FROM, ALWAYS_UNTIL
from remit.usage.changes.timelines import ABSENT, OVERLAP_US, Piece, Point, pieces

CONTENTS = st.sampled_from([ABSENT, "a", "b", "c"])
STEP = OVERLAP_US + 1


@st.composite
def true_histories(draw):
    """What a thing really was: its content in each of some steps."""
    return draw(st.lists(CONTENTS, min_size=2, max_size=8))


def _points(truth, told_before, told_after):
    """Return a point for each step in which the content changes, telling as much as asked."""
    found = []
    for step in range(1, len(truth)):
        if truth[step] != truth[step - 1]:
            before = frozenset({truth[step - 1]}) if told_before[step % len(told_before)] else None
            after = frozenset({truth[step]}) if told_after[step % len(told_after)] else None
            found.append(Point(step * STEP, before, after, existed=truth[step] is ABSENT))
    return found


def _at(found: list[Piece], instant: int):
    (piece,) = [one for one in found if one.start <= instant < one.end]
    return piece.states


FLAGS = st.lists(st.booleans(), min_size=1, max_size=5)


@given(true_histories(), FLAGS, FLAGS, st.integers(0, 7))
def test_what_records_leave_out_never_makes_a_wrong_answer(truth, told_before, told_after, read) -> None:
    read %= len(truth)
    known = frozenset({truth[read]})
    snapshot = Point(read * STEP + 1, known, known, snapshot=True)
    points = sorted([*_points(truth, told_before, told_after), snapshot], key=lambda one: one.time)
    found = pieces(points)
    for step, content in enumerate(truth):
        states = _at(found, step * STEP + 2)
        assert states is None or content in states


@given(true_histories(), st.integers(0, 7))
def test_what_is_fully_told_is_exact(truth, read) -> None:
    read %= len(truth)
    known = frozenset({truth[read]})
    points = [*_points(truth, [True], [True]), Point(read * STEP + 1, known, known, snapshot=True)]
    found = pieces(sorted(points, key=lambda one: one.time))
    assert [_at(found, step * STEP + 2) for step in range(len(truth))] == [frozenset({one}) for one in truth]


@given(true_histories(), FLAGS, FLAGS)
def test_pieces_cover_all_of_time_and_neighbours_differ(truth, told_before, told_after) -> None:
    found = pieces(_points(truth, told_before, told_after))
    assert (found[0].start, found[-1].end) == (ALWAYS_FROM, ALWAYS_UNTIL)
    for one, other in pairwise(found):
        assert one.end == other.start
        assert one.states != other.states


@given(true_histories(), st.integers(0, 7), st.sampled_from(["a", "b", ABSENT]))
def test_an_uncertain_change_keeps_both_open(truth, read, maybe) -> None:
    read %= len(truth)
    known = frozenset({truth[read]})
    snapshot = Point(read * STEP + 1, known, known, snapshot=True)
    unsure = Point(read * STEP + 5, None, frozenset({maybe}), sure=False)
    found = pieces([snapshot, unsure])
    assert _at(found, read * STEP + 6) == frozenset({truth[read], maybe})


def test_a_record_within_the_time_of_collecting_is_believed() -> None:
    absent, made = frozenset({ABSENT}), frozenset({"a"})
    snapshot = Point(0, made, made, snapshot=True)
    soon, late = Point(OVERLAP_US, absent, made), Point(OVERLAP_US + 1, absent, made)
    assert _at(pieces([snapshot, soon]), 5) == absent
    assert _at(pieces([snapshot, late]), 5) == frozenset({ABSENT, "a"})
