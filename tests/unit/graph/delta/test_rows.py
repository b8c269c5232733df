"""Rows found again in another table, held against a dictionary."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from remit.engine.strings import TextColumn
from remit.graph.delta.rows import Numbers, Texts, found_again

words = st.lists(
    st.text(max_size=6) | st.sampled_from(["a", "A", "ab", "ba", "/providers/X", "/providers/x"]), max_size=20
)
rows = st.lists(st.tuples(st.integers(-2, 3), st.sampled_from(["", "a", "b", "ab"])), max_size=20)


def text(column: list[str], *, fold: bool = False) -> Texts:
    return Texts(TextColumn.of(column), fold)


def lowered(word: str) -> str:
    return "".join(one.lower() if one.isascii() else one for one in word)


@given(words, words)
def test_texts_are_found_where_a_dictionary_finds_them(left, right) -> None:
    first = {word: row for row, word in reversed(list(enumerate(right)))}
    assert found_again([text(left)], [text(right)]).tolist() == [first.get(word, -1) for word in left]


@given(words, words)
def test_letter_case_does_not_matter_where_it_is_folded(left, right) -> None:
    first = {lowered(word): row for row, word in reversed(list(enumerate(right)))}
    found = found_again([text(left, fold=True)], [text(right, fold=True)]).tolist()
    assert found == [first.get(lowered(word), -1) for word in left]


@given(rows, rows)
def test_rows_of_several_columns_are_found_whole_and_nothing_by_a_negative_number(left, right) -> None:
    first = {row: place for place, row in reversed(list(enumerate(right))) if row[0] >= 0}
    found = found_again(*(parts(some) for some in (left, right)))
    assert found.tolist() == [first.get(row, -1) for row in left]


def parts(some: list[tuple[int, str]]) -> list[Numbers | Texts]:
    return [Numbers(np.array([number for number, _ in some], dtype=np.int32)), text([word for _, word in some])]


def test_none_is_found_where_it_is_a_value() -> None:
    left, right = (Numbers(np.array(some), may_be_none=True) for some in ([-1, 4, -2], [7, -1]))
    assert found_again([left], [right]).tolist() == [1, -1, -1]
