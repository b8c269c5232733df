"""Columns of text and the numbering of the scope tree."""

from __future__ import annotations

import random

import numpy as np
import pytest

from remit.engine.inheritance import _number
from remit.engine.strings import TextColumn, TextLookup
from remit.model.errors import InvariantError


def test_texts_come_back_and_are_found():
    texts = sorted(
        {f"key-{random.Random(1).randrange(10**6)}-{number}" for number in range(3000)} | {"", "ä", "\ud800"}
    )
    column = TextColumn.of(texts)
    lookup = TextLookup.of(column)
    assert list(column) == texts
    assert [lookup.row(text) for text in texts] == list(range(len(texts)))
    assert lookup.row("absent") == -1
    assert TextLookup.of(TextColumn.of([])).row("x") == -1


def test_names_are_found_without_regard_to_case():
    column = TextColumn.of(["Ann", "Anne", "ANN", "bann", "Zoë"])
    assert column.find("ann") == [0, 2]
    assert column.find("ZOË") == [4]
    assert column.find("") == []
    assert column.find("nn") == []


@pytest.mark.parametrize("seed", range(40))
def test_intervals_of_the_tree_hold_exactly_what_is_below(seed):
    chance = random.Random(seed)
    count = chance.randrange(1, 30)
    parent = np.array([-1] + [chance.randrange(row) for row in range(1, count)], dtype=np.int32)
    order, end = _number(parent)
    assert sorted(order.tolist()) == list(range(count))
    for row in range(count):
        above, one = set(), row
        while one >= 0:
            above.add(one)
            one = int(parent[one])
        for other in range(count):
            assert (other in above) == (order[other] <= order[row] < end[other])


def test_a_cycle_that_no_import_lets_through_ends_in_an_error_and_not_in_a_loop():
    with pytest.raises(InvariantError, match="cycle"):
        _number(np.array([-1, 2, 1], dtype=np.int32))
