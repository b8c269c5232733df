"""D10, M5: an action is taken as it is written, in any catalogue or none; a blank in it is a slip of the hand."""

from __future__ import annotations

import pytest

from remit.model.errors import ActionSyntaxError
from remit.model.question import parse_action


@pytest.mark.parametrize(
    "text", ["Microsoft.Sql/servers/read", "microsoft.sql/SERVERS/read", "Nobody.Knows/this/action"]
)
def test_an_exact_operation_is_an_action_though_no_catalogue_lists_it(text):
    assert parse_action(text) == text


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "it is empty"),
        ("Microsoft.Sql/servers/*", "it holds a wildcard"),
        ("Microsoft.Sql/servers/rea?", "it holds a wildcard"),
        ("Microsoft.Sql", "it has no provider before the first /"),
        ("/Microsoft.Sql/servers/read", "it has no provider before the first /"),
        ("Microsoft.Sql/servers/read ", "it holds a character that no action has"),
        (" Microsoft.Sql/servers/read", "it holds a character that no action has"),
        ("Microsoft.Sql/servers/re ad", "it holds a character that no action has"),
        ("Microsoft.Sql/servers/read\n", "it holds a character that no action has"),
        ("Microsoft.Sql/servers/reäd", "it holds a character that no action has"),
    ],
)
def test_what_is_no_action_is_refused_with_the_reason(text, why):
    with pytest.raises(ActionSyntaxError) as caught:
        parse_action(text)
    assert caught.value.why == why
