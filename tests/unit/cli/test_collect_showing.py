"""How a collection looks while it runs: a line now and then, a table that lives on a terminal, or nothing."""

from __future__ import annotations

import io
import sys

import pytest

from remit.app.collecting.meter import ListProgress, Progress
from remit.cli import collect_showing
from remit.cli.collect import seconds_of
from remit.cli.collect_showing import CollectDisplay, duration, summary_line
from remit.model.errors import InputError, InterruptedAnswerError

SOME = Progress(
    lists=(ListProgress("graph/groups", 1_200, 0, 0), ListProgress("graph/users", 64_000, 3, 80_000)),
    rows=65_200,
    rate=5_432.1,
    calls=812,
    throttled_s=12.4,
    left_s=200.0,
)


class Screen(io.StringIO):
    def __init__(self, terminal: bool) -> None:
        super().__init__()
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


class Still:
    """A meter that stands still."""

    def view(self) -> Progress:
        return SOME


@pytest.fixture
def clock(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(collect_showing.time, "monotonic", lambda: now[0])
    return now


def screen(monkeypatch, *, terminal: bool) -> Screen:
    stream = Screen(terminal)
    monkeypatch.setattr(sys, "stderr", stream)
    return stream


def test_the_line_about_the_whole():
    assert summary_line(SOME) == (
        "65,200 rows of 2 lists, 5,432 rows a second, 812 calls, 3 parts of 1 list open, throttled 12 s,"
        " about 3 min left"
    )


def test_elsewhere_than_on_a_terminal_a_line_comes_every_few_seconds(monkeypatch, clock):
    seen = screen(monkeypatch, terminal=False)
    with CollectDisplay(shown=True) as display:
        for _ in range(100):
            display.reading(Still())
            clock[0] += 0.11
    assert seen.getvalue() == f"remit: {summary_line(SOME)}\n" * 2


def test_a_terminal_shows_the_lists_that_are_being_read_and_takes_them_away(monkeypatch, clock):
    monkeypatch.setenv("TERM", "xterm")
    seen = screen(monkeypatch, terminal=True)
    with CollectDisplay(shown=True) as display:
        clock[0] += 1
        display.reading(Still())
        drawn = seen.getvalue()
        display.making(1, 2)
    assert "graph/users" in drawn
    assert "of about 80,000" in drawn
    assert "graph/groups" not in drawn
    assert seen.getvalue().endswith("\x1b[2K")


def test_why_nothing_can_be_read_yet_is_said_once(monkeypatch):
    seen = screen(monkeypatch, terminal=False)
    with CollectDisplay(shown=True) as display:
        for why in ("it cannot be reached", "it cannot be reached", "answered 503"):
            display.stalled(InterruptedAnswerError("arm/metadata", why))
    assert seen.getvalue() == (
        "remit: arm/metadata: it cannot be reached; trying again\nremit: arm/metadata: answered 503; trying again\n"
    )


def test_who_wants_to_see_nothing_sees_nothing(monkeypatch, clock):
    seen = screen(monkeypatch, terminal=True)
    with CollectDisplay(shown=False) as display:
        display.stalled(InterruptedAnswerError("arm/metadata", "it cannot be reached"))
        clock[0] += 100
        display.reading(Still())
        display.making(1, 2)
    assert seen.getvalue() == ""


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.4, "0 s"), (119.4, "119 s"), (120, "2 min"), (3599, "59 min"), (7300, "2 h 1 min")]
)
def test_durations_are_said_as_people_say_them(seconds, text):
    assert duration(seconds) == text


@pytest.mark.parametrize(("text", "seconds"), [("90s", 90), ("15m", 900), ("2h", 7200), ("7", 7), (" 1m ", 60)])
def test_durations_are_read(text, seconds):
    assert seconds_of(text) == seconds


@pytest.mark.parametrize("text", ["", "m", "-1m", "1.5h", "15 min", "99999999s"])
def test_what_is_no_duration_is_refused(text):
    with pytest.raises(InputError):
        seconds_of(text)
