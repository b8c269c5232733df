"""C1 to C24, V8 to V13: whole conditions for one call, and what decided them."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime

import pytest

from remit.engine.condition_syntax import DEEPEST, parse_condition
from remit.engine.conditions import LONGEST, Call, call_of, check_condition, evaluate, uses_guid_operator
from remit.model.decision import Truth
from remit.model.question import Plane, Question
from remit.model.scope import Scope

NOW = datetime(2026, 11, 1, tzinfo=UTC)
BLOBS = "Microsoft.Storage/storageAccounts/blobServices/containers"
CONTAINER = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/Data/blobServices/default"
T, F, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN
LEAVES = {T: "@Request[t] BoolEquals true", F: "@Request[t] BoolEquals false", U: "@Request[u] BoolEquals true"}


def _call(attributes=None, *, action="a/b/read", scope="/subscriptions/s", complete=False, sub=None, at=NOW):
    question = Question("p", action, Plane.DATA, Scope.parse(scope), attributes or {}, complete, sub)
    return call_of(question, at)


def _truth(text, attributes=None, **given):
    return check_condition(text, "2.0", _call(attributes, **given)).truth


def _why(text, attributes=None, **given):
    return check_condition(text, "2.0", _call(attributes, **given)).why


@pytest.mark.parametrize(
    ("left", "right", "both", "either"),
    [(T, T, T, T), (T, F, F, T), (T, U, U, T), (F, F, F, F), (F, U, F, U), (U, U, U, U)],
)
def test_and_or_not_follow_kleene(left, right, both, either):
    opposite = {T: F, F: T, U: U}
    for one, other in ((left, right), (right, left)):
        a, b = LEAVES[one], LEAVES[other]
        assert _truth(f"{a} AND {b}", {"@Request[t]": True}) is both
        assert _truth(f"{a} || {b}", {"@Request[t]": True}) is either
        assert _truth(f"!({a} && {b})", {"@Request[t]": True}) is opposite[both]
        assert _truth(f"NOT {a} OR NOT {b}", {"@Request[t]": True}) is opposite[both]


@pytest.mark.parametrize(
    ("left", "quantified", "right", "expected"),
    [
        ("{'red', 'blue'}", "ForAnyOfAnyValues:StringEquals", "{'blue', 'green'}", T),
        ("{'red', 'blue'}", "ForAnyOfAnyValues:StringEquals", "{'orange', 'green'}", F),
        ("{'red', 'blue'}", "ForAllOfAnyValues:StringEquals", "{'orange', 'red', 'blue'}", T),
        ("{'red', 'blue'}", "ForAllOfAnyValues:StringEquals", "{'red', 'green'}", F),
        ("{10, 20}", "ForAnyOfAllValues:NumericLessThan", "{15, 18}", T),
        ("{10, 20}", "ForAnyOfAllValues:NumericLessThan", "{5, 15}", F),
        ("{10, 20}", "ForAllOfAllValues:NumericLessThan", "{5, 15, 18}", F),
        ("{10, 20}", "ForAllOfAllValues:NumericLessThan", "{25, 30}", T),
        ("{10, 20}", "ForAllOfAllValues:NumericLessThan", "{15, 25, 30}", F),
        ("{'red'}", "ForAnyOfAnyValues:StringNotEquals", "{'red', 'blue'}", T),
        ("{'red'}", "ForAllOfAllValues:StringNotEquals", "{'red', 'blue'}", F),
        ("{'a1', 'b1'}", "ForAllOfAnyValues:StringLike", "{'a*', 'b*'}", T),
        ("{'a1', 'c1'}", "ForAllOfAnyValues:StringLike", "{'a*', 'b*'}", F),
        ("{'A1', 'c1'}", "ForAnyOfAnyValues:StringLikeIgnoreCase", "{'a*', 'b*'}", T),
        ("{'a1'}", "ForAllOfAllValues:StringNotLike", "{'b*', 'c*'}", T),
        ("'red'", "ForAnyOfAnyValues:StringEquals", "'red'", T),
        ("'red'", "ForAllOfAllValues:StringEquals", "{'red', 'blue'}", F),
        ("{10, 'x'}", "ForAnyOfAnyValues:NumericEquals", "{10}", U),
        ("{}", "ForAnyOfAnyValues:NumericEquals", "{10}", U),
        ("{10}", "ForAllOfAllValues:NumericEquals", "{}", U),
        ("{'a', 'b'}", "StringEquals", "'a'", U),
        ("'a'", "StringEquals", "{'a', 'b'}", U),
        ("{'a'}", "StringEquals", "{'a'}", T),
    ],
)
def test_sets_meet_as_the_quantifier_says(left, quantified, right, expected):
    assert _truth(f"{left} {quantified} {right}") is expected


@pytest.mark.parametrize("quantifier", ["ForAnyOfAny", "ForAllOfAny", "ForAnyOfAll", "ForAllOfAll"])
def test_a_list_that_is_empty_settles_nothing(quantifier):
    assert _truth(f"@Request[a] {quantifier}Values:StringEquals {{'x'}}", {"@Request[a]": ()}) is U
    assert _truth(f"{{'x'}} {quantifier}Values:StringNotEquals @Request[a]", {"@Request[a]": ()}) is U
    assert _truth("@Request[a] StringEquals 'x'", {"@Request[a]": ()}) is U
    assert _truth("Exists @Request[a]", {"@Request[a]": ()}) is T


@pytest.mark.parametrize(
    ("text", "unknown", "absent"),
    [
        ("@Request[a] StringEquals 'x'", U, F),
        ("@Request[a] StringNotEquals 'x'", U, F),
        ("@Request[a] ForAllOfAllValues:NumericNotEquals {1}", U, F),
        ("@Request[a] GuidNotEquals 'x'", U, F),
        ("@Request[a] BoolNotEquals true", U, F),
        ("'x' StringNotEquals @Request[a]", U, F),
        ("@Request[a] StringEquals @Resource[b]", U, F),
        ("NOT (@Request[a] StringEquals 'x')", U, T),
        ("Exists @Request[a]", U, F),
        ("NOT Exists @Request[a]", U, T),
        ("SubOperationMatches{'Blob.List'}", U, F),
        ("@Request[subOperation] ForAnyOfAnyValues:StringEqualsIgnoreCase {'Blob.List'}", U, F),
        ("@Resource[HasObotoken] BoolEquals true", U, U),
        ("Exists @Resource[hasobotoken]", U, U),
        ("Exists @Environment[UtcNow]", T, T),
    ],
)
def test_what_is_not_given_is_unknown_or_absent(text, unknown, absent):
    assert _truth(text) is unknown
    assert _truth(text, complete=True) is absent


def test_an_absent_side_is_false_even_when_the_other_is_unknown():
    text = "@Request[a] StringEquals @Resource[HasObotoken]"
    assert _truth(text, complete=True) is F
    assert _truth(text) is U


def test_hasobotoken_is_not_believed():
    assert _truth("@Resource[HasObotoken] boolequals true", {"@Resource[HasObotoken]": True}) is U


@pytest.mark.parametrize(
    ("pattern", "action", "matches"),
    [
        ("Microsoft.Storage/*", "microsoft.storage/storageAccounts/READ", True),
        ("A/*/read", "a/read", True),
        ("A/*/read", "a/b/c/read", True),
        ("a/b/write", "a/b/read", False),
        ("*", "a/b/read", True),
        ("a/b/rea?", "a/b/read", False),
    ],
)
def test_actionmatches_matches_like_a_role(pattern, action, matches):
    assert _truth(f"ActionMatches{{'x/y', '{pattern}'}}", action=action) is (T if matches else F)


@pytest.mark.parametrize(("sub", "expected"), [("Blob.List", T), ("blob.list", T), ("Blob.Write.Tier", F), (None, U)])
def test_suboperations_old_and_new_form(sub, expected):
    assert _truth("SubOperationMatches{'Blob.List'}", sub=sub) is expected
    assert _truth("@Request[subOperation] ForAnyOfAnyValues:StringEqualsIgnoreCase {'Blob.List'}", sub=sub) is expected


def test_a_given_suboperation_attribute_counts():
    assert _truth("SubOperationMatches{'Blob.List'}", {"@request[SUBOPERATION]": "blob.list"}) is T
    assert _truth("SubOperationMatches{'Blob.List'}", {"@Request[subOperation]": 5}) is U


def test_listing_is_not_restricted_by_the_portals_form():
    text = f"!(ActionMatches{{'{BLOBS}/blobs/read'}} AND NOT SubOperationMatches{{'Blob.List'}}) OR (@Resource[x] StringEquals 'y')"  # noqa: E501 - one condition
    reading = {"action": f"{BLOBS}/blobs/read", "complete": True}
    assert _truth(text, sub="Blob.List", **reading) is T
    assert _truth(text, **reading) is F
    assert _truth(text, action=f"{BLOBS}/blobs/read") is U


@pytest.mark.parametrize(
    ("name", "scope", "attributes", "expected"),
    [
        (f"{BLOBS}:name", f"{CONTAINER}/containers/logs", {}, T),
        (f"{BLOBS.upper()}:NAME", f"{CONTAINER}/containers/logs", {}, T),
        (f"{BLOBS}:name", f"{CONTAINER}/containers/logs/blobs/x", {}, T),
        (f"{BLOBS}:name", f"{CONTAINER}/containers/Logs", {}, F),
        (f"{BLOBS}:name", f"{CONTAINER}/containers/logs", {f"@Resource[{BLOBS}:name]": "other"}, F),
        (f"{BLOBS}:name", CONTAINER, {}, U),
        (f"{BLOBS}:path", f"{CONTAINER}/containers/logs", {}, U),
        ("Microsoft.Storage/storageAccounts:name", f"{CONTAINER}/containers/logs", {}, F),
        ("subscriptions:name", "/subscriptions/logs", {}, U),
    ],
)
def test_names_of_resources_are_read_from_the_scope(name, scope, attributes, expected):
    assert _truth(f"@Resource[{name}] StringEquals 'logs'", attributes, scope=scope) is expected


def test_only_the_resource_is_named_by_the_scope():
    assert _truth(f"@Request[{BLOBS}:name] StringEquals 'logs'", scope=f"{CONTAINER}/containers/logs") is U


def test_a_call_without_a_scope_names_nothing():
    call = dataclasses.replace(_call(), scope=None)
    assert check_condition(f"@Resource[{BLOBS}:name] StringEquals 'logs'", None, call).truth is U


@pytest.mark.parametrize(
    ("operator", "when", "expected"),
    [
        ("DateTimeGreaterThan", "2026-10-31T00:00:00Z", T),
        ("DateTimeGreaterThan", "2026-11-01T00:00:00Z", F),
        ("DateTimeLessThan", "2026-11-01T00:00:00.0000001Z", T),
        ("DateTimeLessThanEquals", "2026-11-02T00:00:00Z", U),
        ("DateTimeEquals", "2026-11-01T00:00:00Z", U),
        ("DateTimeNotEquals", "2026-11-02T00:00:00Z", U),
        ("StringEquals", "2026-11-01T00:00:00Z", U),
    ],
)
def test_utcnow_is_the_instant_asked(operator, when, expected):
    assert _truth(f"@Environment[UtcNow] {operator} '{when}'") is expected
    given = {"@environment[utcnow]": "2030-01-01T00:00:00Z"}
    after = {T: T, F: T, U: U}[expected] if "Greater" in operator else {T: F, F: F, U: U}[expected]
    assert _truth(f"@Environment[UtcNow] {operator} '{when}'", given) is after


def test_utcnow_given_as_a_number_is_no_number():
    """Found by comparing with the reference: only the two DateTime operators may look at UtcNow."""
    assert _truth("@Environment[UtcNow] NumericGreaterThan 0", {"@Environment[UtcNow]": 10}) is U


def test_utcnow_may_stand_on_the_right():
    assert _truth("'2026-10-31' DateTimeLessThan @Environment[UtcNow]") is T
    assert _truth("'2026-10-31' DateTimeLessThanEquals @Environment[UtcNow]") is U


def test_tag_keys_keep_their_case():
    given = {f"@request[{BLOBS.lower()}/BLOBS/tags:Project<$key_case_sensitive$>]": "x"}
    assert _truth(f"@Request[{BLOBS}/blobs/tags:Project<$key_case_sensitive$>] StringEquals 'x'", given) is T
    assert _truth(f"@Request[{BLOBS}/blobs/tags:project<$key_case_sensitive$>] StringEquals 'x'", given) is U
    keys = {f"@Request[{BLOBS}/blobs/tags&$keys$&]": ("Project", "Program")}
    only = f"@Request[{BLOBS}/blobs/tags&$keys$&] ForAllOfAnyValues:StringEquals {{'Project', 'Program'}}"
    assert _truth(only, keys) is T


@pytest.mark.parametrize("value", [5, True, 1.5, ("x", 5)])
def test_a_given_value_of_another_type_is_unknown(value):
    assert _truth("@Request[a] ForAnyOfAnyValues:StringEquals {'x'}", {"@Request[a]": value}) is U


def test_a_pattern_may_come_from_an_attribute():
    assert _truth("'abc' StringLike @Request[a]", {"@Request[a]": "a*"}) is T


# Whole conditions ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [None, "", " \n\t"])
def test_a_blank_condition_is_none(text):
    assert check_condition(text, "9.9", _call()) == (T, "no condition")


@pytest.mark.parametrize(
    ("version", "expected"), [(None, T), ("", T), ("1.0", T), ("2.0", T), ("3.0", U), (" 2.0", U), ("2", U)]
)
def test_two_versions_are_read_alike(version, expected):
    verdict = check_condition("ActionMatches{'*'}", version, _call())
    assert verdict.truth is expected
    assert ("version" in verdict.why) is (expected is U)


def test_a_condition_is_no_longer_than_azure_takes():
    text = "ActionMatches{'*'}"
    assert _truth(text + " " * (LONGEST - len(text))) is T
    assert _truth(text + " " * (LONGEST - len(text) + 1)) is U
    assert _why(text.replace("*", "ä" * 4096)).startswith("the condition is longer than 8192 bytes")


@pytest.mark.parametrize(
    "text",
    [
        "ActionMatches{'*'} OR ActionMatches{'*'} AND ActionMatches{'*'}",
        "ActionMatches{'*'} OR @Resource[a] StringMatches 'x'",
        "ActionMatches{'*'} OR Frobnicate{'x'}",
        "ActionMatches{'*'",
        "(" * 3000 + "ActionMatches{'*'}" + ")" * 3000,
        "\0",
        "\ud800",
        "'" * 8192,
    ],
)
def test_what_is_not_understood_is_unknown_as_a_whole(text):
    verdict = check_condition(text, "2.0", _call())
    assert verdict.truth is U
    assert verdict.why.startswith("condition not understood at character ")


def test_guid_operators_count_only_where_the_condition_is_understood():
    text = "@Request[a] GuidEquals 'x'"
    assert uses_guid_operator(text)
    assert uses_guid_operator(text, "1.0")
    assert not uses_guid_operator(text, "3.0")
    assert not uses_guid_operator(f"{text} AND")
    assert not uses_guid_operator("@Request[a] StringEquals 'x'")


@pytest.mark.parametrize(
    ("text", "attributes", "complete", "why"),
    [
        ("@Request[a]  StringEquals\n'x'", {"@Request[a]": "y"}, False, "`@Request[a] StringEquals 'x'` is false"),
        ("@Request[a] StringEquals 'x'", {"@Request[a]": "x"}, False, "`@Request[a] StringEquals 'x'` is true"),
        ("'x' StringEquals @Request[a]", {}, False, "`@Request[a]` is not given"),
        ("@Request[a] StringEquals 'x'", {}, True, "`@Request[a]` is absent from the call"),
        (
            "@Request[a] StringNotEquals 'x'",
            {},
            True,
            "`@Request[a]` is absent from the call; StringNotEquals of an absent attribute counts as false",
        ),
        ("Exists @Request[a]", {}, True, "`@Request[a]` is absent from the call"),
        ("Exists @Request[a]", {"@Request[a]": 0}, False, "`Exists @Request[a]` is true"),
        ("SubOperationMatches{'x'}", {}, False, "`@Request[subOperation]` is not given"),
        ("SubOperationMatches{'x'}", {"@Request[subOperation]": 1}, False, "`SubOperationMatches{'x'}` compares something that is not text"),  # noqa: E501 - a row
        ("@Resource[HasObotoken] boolequals true", {}, True, "`@Resource[HasObotoken]` can not be known from outside Azure"),  # noqa: E501 - a row
        ("@Request[a] NumericEquals 1", {"@Request[a]": "1"}, False, "`@Request[a] NumericEquals 1` compares something that is not a whole number"),  # noqa: E501 - a row
        ("@Request[a] StringEquals 'x'", {"@Request[a]": ()}, False, "`@Request[a] StringEquals 'x'` compares an empty list"),  # noqa: E501 - a row
        ("@Request[a] StringEquals 'x'", {"@Request[a]": ("x", "y")}, False, "`@Request[a] StringEquals 'x'` compares several values without a quantifier"),  # noqa: E501 - a row
        ("@Environment[UtcNow] DateTimeEquals '2026-11-01'", {}, False, "`@Environment[UtcNow] DateTimeEquals '2026-11-01'` compares UtcNow in a way that Azure does not allow"),  # noqa: E501 - a row
        ("!(ActionMatches{'a/b/read'}) OR (@Request[a] StringEquals 'x')", {"@Request[a]": "y"}, False, "`@Request[a] StringEquals 'x'` is false"),  # noqa: E501 - a row
        ("!(ActionMatches{'a/b/write'}) OR (@Request[a] StringEquals 'x')", {}, False, "`ActionMatches{'a/b/write'}` is false"),  # noqa: E501 - a row
        ("ActionMatches{'a/b/read'} AND @Request[a] StringEquals 'x'", {"@Request[a]": "x"}, False, "`@Request[a] StringEquals 'x'` is true"),  # noqa: E501 - a row
    ],
)  # fmt: skip
def test_the_verdict_says_what_decided_it(text, attributes, complete, why):
    assert _why(text, attributes, complete=complete) == why


def test_a_long_comparison_is_shown_in_part():
    many = ", ".join(f"'{number:03}'" for number in range(100))
    why = _why(f"@Request[a] ForAnyOfAnyValues:StringEquals {{{many}}}", {"@Request[a]": "x"})
    assert len(why) < 200
    assert why.endswith("…` is false")


def test_the_deepest_condition_can_be_walked():
    text = "Exists @Request[a]"
    for _ in range(DEEPEST):
        text = f"!({text} OR ActionMatches{{'x/y'}})"
    call = Call("a/b", None, NOW, {"@request[a]": 1})
    assert evaluate(parse_condition(text), call).truth is T
