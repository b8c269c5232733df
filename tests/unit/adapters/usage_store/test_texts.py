"""Texts and their keys in files."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from remit.adapters.usage_store.texts import TextPart, Texts, merge_texts, preferred, unknown_texts, write_texts
from remit.model.errors import InvariantError
from remit.usage.columns import text_key

WORDS = st.lists(st.text(st.characters(codec=None, exclude_categories=()), min_size=1, max_size=8), max_size=20)


def table(texts) -> dict[int, bytes]:
    return {text_key(text): text.encode("utf-8", "surrogatepass") for text in texts}


@given(old=WORDS, new=WORDS)
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_text_is_found_again_in_parts_and_in_what_they_are_joined_to(tmp_path, old, new) -> None:
    first, second = tmp_path / "1", tmp_path / "2"
    write_texts(first, table(old))
    write_texts(second, unknown_texts([first], table(new)))
    both = {text.lower() for text in (*old, *new)}
    keys = np.asarray([*table(old), *table(new), 0], dtype=np.int64)
    found = Texts([first, second]).of(keys)
    assert {text.lower() for key, text in found.items() if key} == both
    assert found[0] == ""
    merge_texts(tmp_path / "3", [first, second])
    assert Texts([tmp_path / "3"]).of(keys) == found
    assert unknown_texts([tmp_path / "3"], table(new)) == {}


def test_a_key_without_text_is_a_fault(tmp_path) -> None:
    write_texts(tmp_path / "1", table(["a"]))
    with pytest.raises(InvariantError):
        Texts([tmp_path / "1"]).of(np.asarray([5], dtype=np.int64))
    assert TextPart(tmp_path / "1").find(np.asarray([5, text_key("A")])).tolist() == [-1, 0]


@pytest.mark.parametrize(
    ("one", "other", "better"),
    [
        (b"/SUBSCRIPTIONS/A", b"/subscriptions/a", b"/subscriptions/a"),
        (b"/subscriptions/a", b"/Subscriptions/a", b"/Subscriptions/a"),
        (b"RG", b"Rg", b"Rg"),
    ],
)
def test_the_better_spelling_is_kept_in_either_order(one, other, better) -> None:
    assert preferred(one, other) == preferred(other, one) == better


def test_two_texts_of_one_key_are_refused(tmp_path) -> None:
    write_texts(tmp_path / "1", {7: b"a"})
    with pytest.raises(InvariantError, match="`a` and `b` have the same key"):
        unknown_texts([tmp_path / "1"], {7: b"b"})
