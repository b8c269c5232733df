"""Instants as Azure writes them, and back."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from remit.model.errors import InstantSyntaxError
from remit.model.interval import format_instant, from_micros, parse_instant, to_micros


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-01T00:00:00Z", datetime(2026, 11, 1, tzinfo=UTC)),
        ("2020-09-09T21:35:27.91Z", datetime(2020, 9, 9, 21, 35, 27, 910_000, tzinfo=UTC)),
        ("2020-09-09T21:35:27.1234567Z", datetime(2020, 9, 9, 21, 35, 27, 123_456, tzinfo=UTC)),
        ("2026-11-01T02:00:00+02:00", datetime(2026, 11, 1, tzinfo=UTC)),
        ("2026-11-01", datetime(2026, 11, 1, tzinfo=UTC)),
        ("2026-11-01T00:00", datetime(2026, 11, 1, tzinfo=UTC)),
    ],
)
def test_azures_spellings_of_an_instant_are_read(text, expected):
    assert parse_instant(text) == expected


@pytest.mark.parametrize(
    "text", ["", "now", "2026-13-01", "2026-11-31T00:00:00Z", "9999-12-31T23:59:59-23:00", "1/2/2026"]
)
def test_what_is_no_instant_is_refused(text):
    with pytest.raises(InstantSyntaxError):
        parse_instant(text)


def test_columns_keep_microseconds():
    instant = datetime(2026, 11, 1, 12, 30, 15, 7, tzinfo=UTC)
    assert from_micros(to_micros(instant)) == instant
    assert format_instant(instant) == "2026-11-01T12:30:15.000007Z"
