"""How logs look for people."""

from __future__ import annotations

import pytest

from remit.app.ingesting.ingest import Progress
from remit.cli.logs_ingest import days_of
from remit.cli.logs_showing import IngestDisplay, one_line, progress_line, sized
from remit.model.errors import InputError


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (34_200_000_000, "34.2 GB"), (5 * 10**15, "5000.0 TB")],
)
def test_sizes_are_as_people_say_them(size, text) -> None:
    assert sized(size) == text


def test_progress_says_how_far_and_how_fast() -> None:
    progress = Progress("reading", 50_000, 10_000_000, 40_000_000, 1, 2)
    assert progress_line(progress, 2.0) == (
        "reading: 50,000 records, 25,000 a second, 10.0 MB of 40.0 MB, 1 of 2 files"
    )
    assert progress_line(Progress("reading", 0, 5, 0, 0, 1), 0.0) == (
        "reading: 0 records, 0 a second, 5 B, 0 of 1 file"
    )


def test_nothing_shows_in_the_first_second_and_a_line_after_it(capsys, monkeypatch) -> None:
    now = [0.0]
    monkeypatch.setattr("remit.cli.logs_showing.time.monotonic", lambda: now[0])
    with IngestDisplay() as display:
        for second in (0.5, 1.5, 2.0, 6.6):
            now[0] = second
            display.show(Progress("reading", 10, 5, 5, 1, 1))
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2
    assert all(line.startswith("remit: reading: 10 records") for line in lines)


def test_a_text_is_one_line_and_not_too_long() -> None:
    assert one_line("a\nb\x00c\x1b[31m") == "a b c [31m"
    assert one_line("x" * 500) == "x" * 400 + "…"


@pytest.mark.parametrize("text", ["", "30", "0d", "d", "-1d", "1.5d", "30 days"])
def test_what_is_no_number_of_days_is_told(text) -> None:
    assert days_of("30d") == 30
    with pytest.raises(InputError):
        days_of(text)
