"""Rules about AI workloads: what they say of a resource, and what is refused."""

from __future__ import annotations

import pytest

from remit.bootstrap.ai import ai_rules
from remit.graph.reviews.ai_duties import either, together
from remit.graph.reviews.ai_rules import DUTIES, read_ai_rules
from remit.model.errors import InvariantError

SORT = "[[sort]]\nname = 's'\nsays = 'S'\ntype = 'A/b'\nduties = 't'\n"
DUTY = "[[duty]]\ntable = 't'\nduty = 'inference'\ncore = ['A/b/read']\n"


@pytest.mark.parametrize(
    ("type_name", "kind", "name"),
    [
        ("microsoft.cognitiveservices/accounts", "OpenAI", "azureOpenAI"),
        ("microsoft.cognitiveservices/accounts", "aiservices", "foundry"),
        ("microsoft.cognitiveservices/accounts", "TextAnalytics", "cognitiveServices"),
        ("microsoft.machinelearningservices/workspaces", "Hub", "machineLearningHub"),
        ("microsoft.machinelearningservices/workspaces", "", "machineLearning"),
        ("microsoft.compute/virtualmachines", "", None),
    ],
)
def test_type_and_kind_tell_the_sort(type_name, kind, name) -> None:
    sort = ai_rules().sort_of(type_name, kind)
    assert (None if sort is None else sort.name) == name


def test_duties_stand_in_one_order() -> None:
    for sort in ai_rules().sorts:
        words = [duty.duty for duty in ai_rules().duties_of(sort)]
        assert words == [word for word in DUTIES if word in words] != []


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (SORT, "duty"),
        (SORT + DUTY.replace("inference", "thinking"), "duty thinking"),
        (SORT.replace("duties = 't'", "duties = 'u'") + DUTY, "table u"),
        (SORT + DUTY + DUTY, "t inference twice"),
        (SORT + "opens = ['thinking']\n" + DUTY, "duty thinking"),
        ("sort", "ai.toml"),
    ],
)
def test_what_is_wrong_is_told(text, why) -> None:
    with pytest.raises(InvariantError, match=r"ai\.toml") as told:
        read_ai_rules(text)
    assert why in str(told.value)


def test_nothing_together_is_nobody() -> None:
    assert len(either(()).anybody) == len(together(()).anybody) == 0
