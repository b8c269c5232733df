"""From what people call a principal to its object id."""

from __future__ import annotations

import numpy as np
import pytest

from remit.app.finding import PrincipalFinder
from remit.engine.facts import PrincipalKind, Principals
from remit.engine.strings import TextColumn, TextLookup
from remit.model.errors import AmbiguousPrincipalError, UnknownPrincipalError
from remit.model.principal import PrincipalName

USER, TWIN, APP, TEAM, NAMELESS = (f"{digit}0000000-0000-4000-8000-000000000000" for digit in "12345")
APP_ID = "a0000000-0000-4000-8000-00000000000a"
STRANGER = "f0000000-0000-4000-8000-00000000000f"

ROWS = [
    (USER, PrincipalKind.USER, "Anna Ärmel", "anna@x.example", ""),
    (TWIN, PrincipalKind.USER, "Team", "twin@x.example", ""),
    (APP, PrincipalKind.SERVICE_PRINCIPAL, "pipeline", "", APP_ID),
    (TEAM, PrincipalKind.GROUP, "Team", "", ""),
    (NAMELESS, PrincipalKind.UNKNOWN, "", "", ""),
]


@pytest.fixture
def finder() -> PrincipalFinder:
    keys, kinds, names, user_names, app_ids = zip(*ROWS, strict=True)
    table = Principals(
        TextColumn.of(keys),
        np.array(kinds, dtype=np.uint8),
        np.zeros(len(ROWS), dtype=np.uint8),
        TextColumn.of(names),
        TextColumn.of(user_names),
        TextColumn.of(app_ids),
    )
    return PrincipalFinder(table, TextLookup.of(table.key))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (USER, USER),
        (f" {USER.upper()} ", USER),
        (APP_ID, APP),
        (APP_ID.upper(), APP),
        ("ANNA@x.example", USER),
        ("anna ärmel", USER),
        ("ANNA ÄRMEL", USER),
        ("Pipeline", APP),
        ("twin@x.example", TWIN),
        (STRANGER, STRANGER),
        (STRANGER.upper(), STRANGER),
    ],
)
def test_a_principal_is_found_by_id_app_id_and_names_in_any_letter_case(finder, text, expected) -> None:
    assert finder.find(text) == expected
    assert finder.find(text) == expected


def test_two_of_one_name_are_candidates_in_order(finder) -> None:
    with pytest.raises(AmbiguousPrincipalError) as caught:
        finder.find("team")
    assert caught.value.candidates == ((TWIN, "user", "Team <twin@x.example>"), (TEAM, "group", "Team"))


@pytest.mark.parametrize("text", ["nobody", "anna", "", "anna@x.example.org"])
def test_whom_nobody_knows_is_not_guessed(finder, text) -> None:
    with pytest.raises(UnknownPrincipalError):
        finder.find(text)


def test_what_is_known_of_a_principal_is_told(finder) -> None:
    assert finder.named(APP.upper()) == PrincipalName(APP, "servicePrincipal", "pipeline", "", APP_ID)
    assert finder.named(STRANGER.upper()) == PrincipalName(STRANGER)
    assert finder.labels([USER, NAMELESS, STRANGER]) == {USER: "Anna Ärmel"}


def test_the_label_is_the_best_name_there_is() -> None:
    assert PrincipalName("p", display_name="A", user_principal_name="b").label == "A"
    assert PrincipalName("p", user_principal_name="b").label == "b"
    assert PrincipalName("p").label == "p"


def test_what_was_found_is_forgotten_when_it_is_too_much(finder, monkeypatch) -> None:
    monkeypatch.setattr("remit.app.finding._REMEMBERED", 2)
    assert [finder.find(text) for text in ("pipeline", "anna ärmel", "twin@x.example", "pipeline")] == [
        APP,
        USER,
        TWIN,
        APP,
    ]
