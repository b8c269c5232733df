"""Text of a tenant in a picture: cleaned, measured, wrapped."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fakes.drawn_paths import HARM

from remit.wire.pictures.words import escaped, fit, width, wrapped

LABELS = st.text(max_size=120) | st.sampled_from(HARM)


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("plain name", "plain name"),
        ("two\n\tlines  here ", "two lines here"),
        ("\x00\x1b[31mred", "\ufffd\ufffd[31mred"),
        ("\u202egnp.exe\u202c", "\ufffdgnp.exe\ufffd"),
        ("a\ud800b", "a\ufffdb"),
        ("קבוצה", "קבוצה"),
        ("e\u0301" * 2, "e\u0301" * 2),
        ("Z" + "\u0301" * 300, "Z" + "\u0301" * 4),
        ("line\u2028end", "line\ufffdend"),
    ],
)
def test_what_cannot_be_drawn_or_would_deceive_is_shown_as_such(text, seen):
    assert fit(text) == seen


@given(LABELS)
def test_no_text_leaves_the_place_it_is_put(text):
    assert not set(escaped(text)) & set("<>\"'\n\x00")


@given(LABELS, st.floats(30, 400), st.integers(1, 4))
def test_wrapped_lines_are_neither_too_many_nor_too_wide(text, most, lines):
    made = wrapped(text, most, 12.0, lines)
    assert 1 <= len(made) <= lines
    assert all(width(line, 12.0) <= most + 1e-6 for line in made)


@given(LABELS, st.floats(30, 400))
def test_wrapping_loses_nothing_without_saying_so(text, most):
    made = wrapped(text, most, 12.0, 3)
    whole = fit(text).replace(" ", "")
    kept = "".join(made).replace(" ", "")
    assert kept == whole or (kept.endswith("…") and whole.startswith(kept.removesuffix("…")))


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("kv-tracking-prod", ("kv-tracking-prod",)),
        (
            "Microsoft.Compute/virtualMachines/runCommand/action",
            ("Microsoft.Compute/", "virtualMachines/", "runCommand/action"),
        ),
        ("", ("",)),
    ],
)
def test_a_line_ends_where_a_name_has_a_joint(text, lines):
    assert wrapped(text, 130.0, 11.0, 3) == lines
