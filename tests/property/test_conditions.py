"""Section C: the engine's evaluator and the reference's, on random conditions and calls, and on documented examples."""

from __future__ import annotations

import pytest
from hypothesis import given
from tests.strategies.choices import seeded
from tests.strategies.conditions import conditions
from tests.strategies.drawn import NOWHERE, conditions_asked
from tests.strategies.questions import question
from tests.strategies.vocabulary import AT

from remit.engine.conditions import call_of as engine_call
from remit.engine.conditions import check_condition, uses_guid_operator
from remit.model.decision import Truth
from remit.model.question import AttributeValue, Plane, Question
from remit.model.scope import Scope
from remit.reference import conditions_eval as reference
from remit.reference.truth import Truth as ReferenceTruth

_WORDS: dict[ReferenceTruth, Truth] = {True: Truth.TRUE, False: Truth.FALSE, None: Truth.UNKNOWN}
_QUEUE = (
    "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/St/queueServices/default/queues/Jobs"
)


def both(text: str, asked: Question, version: str = "2.0") -> tuple[Truth, Truth]:
    expected = reference.condition_truth(text, version, reference.call_of(asked, AT))
    return _WORDS[expected], check_condition(text, version, engine_call(asked, AT)).truth


def asking(
    attributes: dict[str, AttributeValue] | None = None,
    *,
    action: str = "Microsoft.A/b/read",
    complete: bool = False,
    sub_operation: str | None = None,
) -> Question:
    return Question("p", action, Plane.CONTROL, Scope.parse(_QUEUE), attributes or {}, complete, sub_operation)


@given(conditions_asked())
def test_both_evaluators_give_the_same_truth(asked: tuple[str, Question]):
    """C2 to C12, C20 to C22, V8 to V13."""
    expected, found = both(*asked)
    assert expected is found


@pytest.mark.parametrize("start", range(0, 8000, 1000))
def test_both_evaluators_give_the_same_truth_on_seeds(start: int):
    """C2 to C12: the same, eight thousand conditions by seed, two calls each; and C18's look at operators."""
    seen = set()
    for seed in range(start, start + 1000):
        choose = seeded(f"condition {seed}")
        text, version = conditions(choose), choose.pick(("2.0", "1.0", "", "3.0"))
        assert uses_guid_operator(text, version) == reference.uses_guid_operator(text, version), text
        for _ in range(2):
            asked = question(choose, NOWHERE)
            expected, found = both(text, asked, version)
            assert expected is found, (text, version, asked)
            seen.add(expected)
    assert seen == set(Truth)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{10, 20} ForAnyOfAllValues:NumericLessThan {15, 18}", Truth.TRUE),
        ("{10, 20} ForAllOfAllValues:NumericLessThan {5, 15, 18}", Truth.FALSE),
        ("{10, 20} ForAllOfAllValues:NumericLessThan {25, 30}", Truth.TRUE),
        ("{10, 20} ForAllOfAllValues:NumericLessThan {15, 25, 30}", Truth.FALSE),
        ("{'red', 'blue'} ForAnyOfAnyValues:StringEquals {'blue', 'green'}", Truth.TRUE),
        ("{'red', 'blue'} ForAnyOfAnyValues:StringEquals {'orange', 'green'}", Truth.FALSE),
        ("{'red', 'blue'} ForAllOfAnyValues:StringEquals {'orange', 'red', 'blue'}", Truth.TRUE),
        ("{'red', 'blue'} ForAllOfAnyValues:StringEquals {'red', 'green'}", Truth.FALSE),
        ("'abcd' StringLike 'a*c?'", Truth.TRUE),
        ("'abcd' StringLike 'A*C?'", Truth.FALSE),
        ("'abcd' StringLike 'a*c'", Truth.FALSE),
        ("'abcd' StringLikeIgnoreCase 'A*D'", Truth.TRUE),
        (r"'a*c' StringLike 'a\*c'", Truth.TRUE),
        (r"'abc' StringLike 'a\*c'", Truth.FALSE),
        (r"'it\'s' StringEquals 'it\'s'", Truth.TRUE),
        ("ActionMatches{'Microsoft.A/*/read'}", Truth.TRUE),
        ("ActionMatches{'Microsoft.A/b/*/read'}", Truth.TRUE),
        ("!(ActionMatches{'Microsoft.A/b/read'})", Truth.FALSE),
        ("NOT NOT ActionMatches{'*'}", Truth.TRUE),
        ("@Resource[Microsoft.Storage/storageAccounts:name] StringEquals 'St'", Truth.TRUE),
        ("@Resource[Microsoft.Storage/storageAccounts:name] StringEquals 'st'", Truth.FALSE),
        ("@Resource[Microsoft.Storage/storageAccounts/queueServices/queues:name] StringEquals 'Jobs'", Truth.TRUE),
        ("@Request[Microsoft.Storage/storageAccounts:name] StringEquals 'St'", Truth.UNKNOWN),
        ("@Environment[UtcNow] DateTimeGreaterThan '2026-10-31T00:00:00Z'", Truth.TRUE),
        ("@Environment[UtcNow] DateTimeEquals '2026-11-01T00:00:00Z'", Truth.UNKNOWN),
        ("@Resource[HasObotoken] boolequals true", Truth.UNKNOWN),
        ("@Resource[HasObotoken] boolequals true AND ActionMatches{'x/y'}", Truth.FALSE),
        ("ActionMatches{'*'} AND ActionMatches{'*'} OR ActionMatches{'*'}", Truth.UNKNOWN),
        ("ActionMatches{'*'} OR @Request[a] StringMatches 'b'", Truth.UNKNOWN),
        ("ActionMatches{'*'} OR @Request[a] StringEquals 'b'", Truth.TRUE),
        ("'a' StringEquals 10", Truth.UNKNOWN),
        ("{} ForAllOfAnyValues:StringEquals {'a'}", Truth.UNKNOWN),
        ("49fc33c1886f4b21a00e1d9993234734 GuidEquals '49FC33C1-886F-4B21-A00E-1D9993234734'", Truth.TRUE),
        ("'2026-11-01T00:00:00.0000001Z' DateTimeGreaterThan '2026-11-01T00:00:00Z'", Truth.TRUE),
        ("10.0 NumericEquals 10", Truth.UNKNOWN),
        (" \n ", Truth.TRUE),
        ("(" * 200 + "ActionMatches{'*'}" + ")" * 200, Truth.TRUE),
        ("(" * 201 + "ActionMatches{'*'}" + ")" * 201, Truth.UNKNOWN),
        ("!" * 4000 + "ActionMatches{'*'}", Truth.TRUE),
        ("ActionMatches{'*'}" + " " * 8192, Truth.UNKNOWN),
    ],
)
def test_both_evaluators_follow_the_clauses(text: str, expected: Truth):
    """C3 to C9, C20 to C22, V8 to V13: expected answers, so that the two cannot be wrong together."""
    assert both(text, asking()) == (expected, expected)


@pytest.mark.parametrize(
    ("text", "asked", "expected"),
    [
        ("@Request[a] StringNotEquals 'x'", asking(complete=True), Truth.FALSE),
        ("@Request[a] StringNotEquals 'x'", asking(), Truth.UNKNOWN),
        ("@Request[a] StringNotEquals 'x'", asking({"@request[A]": "y"}), Truth.TRUE),
        ("Exists @Request[a]", asking(complete=True), Truth.FALSE),
        ("NOT Exists @Request[a]", asking(complete=True), Truth.TRUE),
        ("Exists @Request[a]", asking(), Truth.UNKNOWN),
        ("@Request[a] ForAllOfAnyValues:StringEquals {'x'}", asking({"@Request[a]": ()}), Truth.UNKNOWN),
        ("@Request[a] StringEquals 'x'", asking({"@Request[a]": ("x", "x")}), Truth.UNKNOWN),
        ("@Request[a] StringEquals @Resource[b]", asking({"@Request[a]": "x", "@Resource[b]": "x"}), Truth.TRUE),
        ("@Resource[HasObotoken] BoolEquals true", asking({"@Resource[HasObotoken]": True}), Truth.UNKNOWN),
        ("SubOperationMatches{'Blob.List'}", asking(sub_operation="blob.list"), Truth.TRUE),
        ("SubOperationMatches{'Blob.List'}", asking(sub_operation="x"), Truth.FALSE),
        ("SubOperationMatches{'Blob.List'}", asking(), Truth.UNKNOWN),
        ("SubOperationMatches{'Blob.List'}", asking(complete=True), Truth.FALSE),
        (
            "@Request[subOperation] ForAnyOfAnyValues:StringEqualsIgnoreCase {'Blob.List'}",
            asking(sub_operation="BLOB.LIST"),
            Truth.TRUE,
        ),
        (
            "@Request[t:Key<$key_case_sensitive$>] StringEquals 'x'",
            asking({"@Request[T:Key<$key_case_sensitive$>]": "x"}),
            Truth.TRUE,
        ),
        (
            "@Request[t:Key<$key_case_sensitive$>] StringEquals 'x'",
            asking({"@Request[t:key<$key_case_sensitive$>]": "x"}),
            Truth.UNKNOWN,
        ),
        (
            "@Resource[Microsoft.Storage/storageAccounts:name] StringEquals 'x'",
            asking({"@Resource[Microsoft.Storage/storageAccounts:name]": "x"}),
            Truth.TRUE,
        ),
    ],
)
def test_both_evaluators_treat_attributes_alike(text: str, asked: Question, expected: Truth):
    """C10 to C12, C21, V8 to V13."""
    assert both(text, asked) == (expected, expected)


@pytest.mark.parametrize(("version", "expected"), [("", Truth.TRUE), ("1.0", Truth.TRUE), ("2.1", Truth.UNKNOWN)])
def test_both_evaluators_read_the_versions_that_are_known(version: str, expected: Truth):
    """C20, V13."""
    assert both("ActionMatches{'*'}", asking(), version) == (expected, expected)
