"""The page about usage says what is: every reason and weight, and examples that come out; so does the page of JSON."""

from __future__ import annotations

import math
import re

import pytest
from tests.docs.tree import ROOT

from remit.usage.observability import Why
from remit.usage.score import gap_score
from remit.usage.weights import WeightClass
from remit.wire.v1 import usage as wire

PAGE = (ROOT / "docs" / "usage.md").read_text(encoding="utf-8")
JSON_PAGE = (ROOT / "docs" / "json.md").read_text(encoding="utf-8")
DOCUMENTS = [one for one in vars(wire).values() if isinstance(one, type) and one.__name__.endswith("Document")]


@pytest.mark.parametrize("why", [one for one in Why if one is not Why.LOGGED])
def test_every_reason_is_explained(why) -> None:
    assert f"`{why.value}`" in PAGE


@pytest.mark.parametrize("weight", list(WeightClass))
def test_every_weight_is_told(weight) -> None:
    assert f"| {weight.said} | {weight.weight} |" in PAGE


def test_the_worked_examples_come_out() -> None:
    examples = re.findall(r"\| ([0-9]+) \| ([0-9]+\.[0-9]) \|$", PAGE, re.MULTILINE)
    assert len(examples) == 5
    assert [gap_score(float(value)) for value, _ in examples] == [float(score) for _, score in examples]
    assert (16 * math.log2(8), 25 * math.log2(32)) == (48, 125)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda one: one.__name__)
def test_every_field_of_the_json_is_described(document) -> None:
    fields = {field.split("=")[0] for field in document.__struct_encode_fields__}
    section = JSON_PAGE.partition("## `remit usage … --json`")[2].partition("\n## ")[0]
    assert {name for name in fields if name not in section} == set()
