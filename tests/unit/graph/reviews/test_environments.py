"""What a name speaks of, and files that say it otherwise."""

from __future__ import annotations

import pytest

from remit.graph.reviews.environments import DEFAULT_RULES, read_rules, tag_key
from remit.model.errors import SettingsError


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("rg-shop-prod-weu", "production"),
        ("Tracking Prod", "production"),
        ("ShopProd01", "production"),
        ("PRODShop", "production"),
        ("environment:prod", "production"),
        ("Non-production", "development"),
        ("nonprod", "development"),
        ("shop-non-prod", "development"),
        ("pre-prod", "staging"),
        ("PreProduction", "staging"),
        ("qa_3", "test"),
        ("sandbox-mia", "development"),
        ("product-catalogue", ""),
        ("latest-deviation", ""),
        ("sthaldenprod", ""),
        ("dev-to-prod", ""),
        ("", ""),
        ("Ünïcode-prod", "production"),
    ],
)
def test_a_name_speaks_of_an_environment_by_whole_words(name, expected) -> None:
    assert DEFAULT_RULES.name(DEFAULT_RULES.of_name(name)) == expected


def test_only_production_must_not_be_reached_and_nothing_is_not_production() -> None:
    said = [DEFAULT_RULES.is_production(number) for number in range(-1, len(DEFAULT_RULES.environments))]
    assert said == [False, True, False, False, False]


def test_keys_of_tags_compare_without_blanks_and_signs() -> None:
    assert {tag_key(one) for one in ("Env-Name", "env_name", "env name", "ENV.NAME", "env:name")} == {"envname"}


def test_a_file_says_what_counts_and_the_rest_stays() -> None:
    rules = read_rules(
        """
        tags = ["Landscape"]
        [[environment]]
        name = "live"
        production = true
        words = ["live", "*prd", "blue-green"]
        [[environment]]
        name = "other"
        words = ["lab?"]
        [places]
        "/subscriptions/11111111-0000-4000-8000-000000000001/" = "live"
        """,
        "rules.toml",
    )
    assert rules.tags == ("landscape",)
    assert rules.workload_tags == DEFAULT_RULES.workload_tags
    assert [rules.of_name(name) for name in ("sthaldenprd", "app-blue-green-1", "labs", "prod", "green-blue")] == [
        0,
        0,
        1,
        -1,
        -1,
    ]
    assert rules.places == {"/subscriptions/11111111-0000-4000-8000-000000000001": 0}
    assert rules.is_production(0)


def test_an_empty_file_changes_nothing() -> None:
    rules = read_rules("", "rules.toml")
    assert rules.environments == DEFAULT_RULES.environments
    assert rules.tags == DEFAULT_RULES.tags


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("environment = 3", "rules.toml: "),
        ("[[environment]]\nname = 'a'", "words"),
        ("[[environment]]\nname = 'a'\nwords = []", "length"),
        ("[[environment]]\nname = 'a'\nwords = ['a']\n[[environment]]\nname = 'a'\nwords = ['b']", "stands twice"),
        ("colour = 'red'", "colour"),
        ("[places]\n'/subscriptions/x' = 'mars'", "`mars` is no environment"),
        ("[places]\n'nowhere' = 'production'", "`nowhere` is not a scope"),
        ("= nothing", "rules.toml: "),
    ],
)
def test_a_bad_file_is_told_with_its_name(text, why) -> None:
    with pytest.raises(SettingsError) as caught:
        read_rules(text, "rules.toml")
    assert str(caught.value).startswith("rules.toml: ")
    assert why in str(caught.value)
