"""What a credential demands, and what cannot be read of it."""

import pytest

from remit.graph.federation.expressions import Clause, read_demands

SUB = "repo:contoso/site:ref:refs/heads/main"
REF = "contoso/flows/.github/workflows/deploy.yml@refs/heads/main"


def test_a_subject_stands_word_for_word_even_with_a_star_in_it() -> None:
    demands = read_demands("repo:contoso/*", "")
    assert demands.clauses == (Clause("sub", "repo:contoso/*"),)
    assert demands.met_by({"sub": "repo:contoso/site"}) is False
    assert demands.met_by({"sub": "repo:contoso/*"}) is True


def test_clauses_joined_by_and_are_all_needed() -> None:
    demands = read_demands("", f"claims['sub'] matches 'repo:contoso/*' and claims['job_workflow_ref'] eq '{REF}'")
    assert demands.clauses == (Clause("sub", "repo:contoso/*", True), Clause("job_workflow_ref", REF))
    assert demands.met_by({"sub": SUB, "job_workflow_ref": REF}) is True
    assert demands.met_by({"sub": SUB, "job_workflow_ref": "x"}) is False
    assert demands.met_by({"sub": "repo:other/site"}) is False
    assert demands.met_by({"sub": SUB}) is None
    assert demands.subject == ""
    assert demands.subject_pattern == "repo:contoso/*"


def test_eq_takes_signs_of_wildcards_for_themselves() -> None:
    demands = read_demands("", "claims['sub'] eq 'repo:contoso/*'")
    assert demands.subject == "repo:contoso/*"
    assert demands.met_by({"sub": "repo:contoso/site"}) is False


def test_a_doubled_quote_is_a_quote() -> None:
    assert read_demands("", "claims['sub'] eq 'it''s'").subject == "it's"


def test_a_pattern_without_wildcards_is_one_subject() -> None:
    assert read_demands("", f"claims['sub'] matches '{SUB}'").subject == SUB


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ("claims['sub'] eq 'a' or claims['sub'] eq 'b'", "from character 22 on"),
        ("claims['sub'] like 'a'", "the operator `like` is not known"),
        ("claims[sub] eq 'a'", "from character 1 on"),
        ("claims['sub'] eq 'a", "from character 1 on"),
        ("claims['sub'] eq 'a' and", "from character 22 on"),
        ("claims['sub'] eq 'a' and ", "from character 25 on"),
        ("claims[\u2018sub\u2019] eq \u2018a\u2019", "from character 1 on"),
    ],
)
def test_what_cannot_be_read_is_said_and_settles_nothing(expression, why) -> None:
    demands = read_demands("", expression)
    assert why in demands.unread
    assert demands.clauses == ()
    assert demands.met_by({"sub": "a"}) is None


@pytest.mark.parametrize(("subject", "expression"), [("", ""), ("a", "claims['sub'] eq 'a'")], ids=["neither", "both"])
def test_a_credential_has_a_subject_or_an_expression(subject, expression) -> None:
    assert read_demands(subject, expression).unread
