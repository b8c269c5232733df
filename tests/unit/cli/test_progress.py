"""Progress: silent in the first second, a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import io
import sys

import pytest

from remit.cli import progress


class Screen(io.StringIO):
    def __init__(self, terminal: bool) -> None:
        super().__init__()
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


@pytest.fixture
def clock(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    return now


def screen(monkeypatch, *, terminal: bool) -> Screen:
    stream = Screen(terminal)
    monkeypatch.setattr(sys, "stderr", stream)
    return stream


def test_nothing_shows_in_the_first_second(monkeypatch, clock) -> None:
    seen = screen(monkeypatch, terminal=True)
    with progress.Steps() as steps:
        steps("reading", 1, 100)
        clock[0] += 0.9
        steps("writing", 2, 100)
    assert seen.getvalue() == ""


def test_a_terminal_gets_a_bar_that_is_taken_away(monkeypatch, clock) -> None:
    seen = screen(monkeypatch, terminal=True)
    with progress.Steps() as steps:
        clock[0] += 1.5
        steps("reading", 50, 100)
        steps("reading", 51, 100)
    bar = f"reading  [{'#' * 15}{'.' * 15}]  50%"
    assert seen.getvalue() == f"\r{bar}\r{' ' * len(bar)}\r"


def test_elsewhere_lines_come_every_few_seconds_and_with_every_step(monkeypatch, clock) -> None:
    seen = screen(monkeypatch, terminal=False)
    with progress.Steps() as steps:
        clock[0] += 1.5
        steps("reading", 5, None)
        clock[0] += 1
        steps("reading", 6, None)
        steps("writing", 0, None)
    assert seen.getvalue() == "remit: reading  5\nremit: writing\n"


def test_a_counter_tells_how_many_and_how_fast(monkeypatch, clock) -> None:
    seen = screen(monkeypatch, terminal=False)
    with progress.Counter("questions answered") as counter:
        counter.add(1000)
        clock[0] += 2
        counter.add(3000)
    assert seen.getvalue() == "remit: 4,000 questions answered, 2,000 a second\n"
