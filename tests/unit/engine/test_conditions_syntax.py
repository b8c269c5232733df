"""C2 to C10, C12, C20, V13: what is a condition and what is not."""

from __future__ import annotations

import time

import pytest

from remit.engine.condition_syntax import DEEPEST, parse_condition
from remit.engine.condition_tokens import TokenKind, tokens
from remit.engine.condition_tree import (
    ActionMatches,
    AllOf,
    AnyOf,
    Comparison,
    Exists,
    Literal,
    Not,
    SubOperationMatches,
    action_patterns,
    attribute_key,
)
from remit.engine.condition_values import OPERATORS, Quantifier
from remit.model.errors import ConditionSyntaxError

LISTED = [
    *(f"String{no}Equals{case}" for no in ("", "Not") for case in ("", "IgnoreCase")),
    *("StringStartsWith", "StringNotStartsWith", "StringStartsWithIgnoreCase", "StringNotStartsWithIgnoreCase"),
    *("StringLike", "StringNotLike", "StringLikeIgnoreCase", "StringNotLikeIgnoreCase"),
    *("BoolEquals", "BoolNotEquals", "GuidEquals", "GuidNotEquals", "NumericEquals", "NumericNotEquals"),
    *("NumericLessThan", "NumericLessThanEquals", "NumericGreaterThan", "NumericGreaterThanEquals"),
    *("DateTimeEquals", "DateTimeNotEquals", "DateTimeLessThan", "DateTimeLessThanEquals"),
    *("DateTimeGreaterThan", "DateTimeGreaterThanEquals"),
]
QUANTIFIED = [name for name in LISTED if not name.startswith(("Bool", "DateTime")) and "StartsWith" not in name]


def _root(text):
    return parse_condition(text).root


def test_the_operators_are_those_that_azure_documents():
    assert sorted(one.name for one in OPERATORS.values()) == sorted(LISTED)


@pytest.mark.parametrize("name", LISTED)
@pytest.mark.parametrize("spell", [str, str.lower, str.upper])
def test_operators_are_known_in_any_letter_case(name, spell):
    assert _root(f"@Resource[a] {spell(name)} 'x'").operator.name == name


@pytest.mark.parametrize("name", LISTED)
def test_quantifiers_stand_before_some_operators_only(name):
    text = f"@Resource[a] forAnyOfAllValues:{name} {{'x'}}"
    if name in QUANTIFIED:
        assert _root(text).quantifier is Quantifier.FOR_ANY_OF_ALL
    else:
        with pytest.raises(ConditionSyntaxError, match="is no operator"):
            parse_condition(text)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("ActionMatches{'a/b'}", ActionMatches),
        ("actionmatches {'a/b', 'c/*'}", ActionMatches),
        ("SUBOPERATIONMATCHES{'Blob.List'}", SubOperationMatches),
        ("Exists @Request[a]", Exists),
        ("exists\n@Request[a]", Exists),
        ("(((ActionMatches{'a/b'})))", ActionMatches),
        ("!(ActionMatches{'a/b'})", Not),
        ("NOT ActionMatches{'a/b'}", Not),
        ("! ! ActionMatches{'a/b'}", ActionMatches),
        ("NOT NOT not ActionMatches{'a/b'}", Not),
        ("Exists @Request[a] AND Exists @Request[b] && Exists @Request[c]", AllOf),
        ("Exists @Request[a] or Exists @Request[b] || Exists @Request[c]", AnyOf),
        ("(Exists @Request[a] or Exists @Request[b]) and Exists @Request[c]", AllOf),
        ("@Request[a] StringEquals @Resource[b]", Comparison),
        ("'x' StringEquals @Resource[b]", Comparison),
        ("{1, 2} ForAllOfAnyValues:NumericEquals {2,1}", Comparison),
        ("@Resource[a] BoolEquals TRUE", Comparison),
        ("true BoolEquals @Resource[a]", Comparison),
        ("@Principal[Microsoft.Directory/CustomSecurityAttributes/Id:A_B] StringEquals 'x'", Comparison),
        ("@environment[isPrivateLink] BoolEquals true", Comparison),
    ],
)
def test_every_form_is_understood(text, kinds):
    assert type(_root(text)) is kinds


def test_a_set_may_stand_with_or_without_a_blank_before_it():
    guids = "49fc33c1886f4b21a00e1d9993234734, 49FC33C1-886F-4B21-A00E-1D9993234734"
    for blank in ("", " ", "\r\n\t"):
        found = _root(f"@Request[a] ForAnyOfAnyValues:GuidEquals{blank}{{{guids}}}")
        assert found.right == Literal(("49fc33c1886f4b21a00e1d9993234734",) * 2)


@pytest.mark.parametrize(
    ("written", "operator", "values"),
    [
        (r"'it\'s'", "StringEquals", ("it's",)),
        (r"'a\\b'", "StringEquals", ("a\\b",)),
        (r"'a\*b\n'", "StringEquals", (r"a\*b\n",)),
        ("'Ab'", "StringEqualsIgnoreCase", ("ab",)),
        ("'\0'", "StringEquals", ("\0",)),
        ("''", "StringEquals", ("",)),
        ("12345678901234567890123456789012", "StringEquals", ("12345678901234567890123456789012",)),
        ("-7", "NumericEquals", (-7,)),
        ("007", "NumericEquals", (7,)),
        ("1.5", "NumericEquals", None),
        ("'7'", "NumericEquals", None),
        ("true", "NumericEquals", None),
        ("'true'", "BoolEquals", None),
        ("1", "BoolEquals", None),
        ("'nonsense'", "GuidEquals", None),
        ("'nonsense'", "DateTimeEquals", None),
        ("'1970-01-01T00:00:00.0000012Z'", "DateTimeEquals", (1200,)),
        ("5", "StringEquals", None),
        ("5", "StringLike", None),
    ],
)
def test_literals_become_what_their_operator_compares(written, operator, values):
    assert _root(f"@Resource[a] {operator} {written}").right == Literal(values)


def test_one_literal_of_another_type_spoils_its_set():
    assert _root("@Resource[a] ForAnyOfAnyValues:NumericEquals {1, 'x'}").right == Literal(None)


@pytest.mark.parametrize(
    ("text", "at", "why"),
    [
        ("", 0, "a value is expected"),
        ("  ", 2, "a value is expected"),
        ("Exists @Request[a] AND Exists @Request[b] OR Exists @Request[c]", 42, "AND and OR stand on one level"),
        ("Exists @Request[a] || Exists @Request[b] && Exists @Request[c]", 41, "AND and OR stand on one level"),
        ("(Exists @Request[a]", 19, "AND, OR or ) is expected"),
        ("Exists @Request[a])", 18, "AND, OR or the end is expected"),
        ("Exists @Request[a] Exists @Request[b]", 19, "AND, OR or the end is expected"),
        ("Exists @Request[a] AND", 22, "a value is expected"),
        ("AND Exists @Request[a]", 0, "a value is expected"),
        ("()", 1, "a value is expected"),
        ("Exists 'a'", 7, "an attribute of Resource"),
        ("Exists(@Request[a])", 6, "an attribute of Resource"),
        ("Exists @Subject[a]", 7, "an attribute of Resource"),
        ("@Subject[a] StringEquals 'x'", 0, "an attribute of Resource"),
        ("@Resource[a] StringMatches 'x'", 13, "`StringMatches` is no operator"),
        ("@Resource[a] = 'x'", 13, "`=` cannot stand here"),
        ("@Resource[a] 'x'", 13, "an operator is expected"),
        ("@Resource[a] ForSomeValues:StringEquals {'x'}", 13, "`ForSomeValues:StringEquals` is no operator"),
        ("@Resource[a] StringEquals", 25, "a value is expected"),
        ("@Resource[a] StringEquals {'x'", 30, "a comma or } is expected"),
        ("@Resource[a] StringEquals {'x' 'y'}", 31, "a comma or } is expected"),
        ("@Resource[a] StringEquals {'x',}", 31, "a value is expected"),
        ("@Resource[a] StringEquals {@Request[b]}", 27, "a value is expected"),
        ("@Resource[a] StringEquals 'x", 26, "a quoted text does not end"),
        ("@Resource[a] StringEquals 'it''s'", 30, "AND, OR or the end is expected"),
        ('@Resource[a] StringEquals "x"', 26, '`"` cannot stand here'),
        ("@Resource[a StringEquals 'x'", 0, "an attribute is written @Source[name]"),
        ("@[a] StringEquals 'x'", 0, "an attribute is written @Source[name]"),
        ("@Resource[a] StringEquals word", 26, "a value is expected"),
        ("@Resource[a] NumericEquals 5x", 27, "`5` cannot stand here"),
        ("ActionMatches 'a/b'", 14, "{ is expected"),
        ("ActionMatches{}", 13, "a set of quoted names is expected"),
        ("ActionMatches{'a', 5}", 13, "a set of quoted names is expected"),
        ("Frobnicate{'a'}", 0, "`Frobnicate` is no function"),
        ("true", 4, "an operator is expected"),
        ("a\0b", 0, "`a` is no function"),
        ("\0", 0, "a character that no condition has"),
        ("Exists @Request[a]\u00a0AND Exists @Request[b]", 18, "a character that no condition has"),
        ("Exists @Request[a] \u202e", 19, "a character that no condition has"),
    ],
)
def test_what_is_not_understood_is_named_with_its_place(text, at, why):
    with pytest.raises(ConditionSyntaxError) as caught:
        parse_condition(text)
    assert caught.value.why.startswith(why)
    assert caught.value.position == at


def test_parentheses_are_counted():
    inner = "Exists @Request[a]"
    assert type(_root("(" * DEEPEST + inner + ")" * DEEPEST)) is Exists
    with pytest.raises(ConditionSyntaxError, match="more than 200 parentheses"):
        parse_condition("(" * (DEEPEST + 1) + inner + ")" * (DEEPEST + 1))


@pytest.mark.parametrize(
    "text",
    [
        "(" * 100_000,
        "!" * 100_000,
        "'" + "\\" * 100_000,
        "'" + "a" * 100_000,
        "@Resource[" + "a" * 100_000,
        "1" * 100_000,
        "a:" * 50_000,
        " " * 1_000_000,
        "@Resource[a] ForAnyOfAnyValues:StringEquals {" + "'a'," * 50_000,
        "-" * 100_000,
        "\0" * 100_000,
    ],
    ids=["open", "not", "escapes", "string", "attribute", "digits", "words", "blanks", "set", "dashes", "nuls"],
)
def test_hostile_texts_end_in_an_error_in_linear_time(text):
    started = time.process_time()
    with pytest.raises(ConditionSyntaxError):
        parse_condition(text)
    assert time.process_time() - started < 10


def test_a_megabyte_of_condition_is_read():
    many = " AND ".join(["Exists @Request[a]"] * 50_000)
    assert len(_root(many).parts) == 50_000


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("@Resource[A/b:Name]", "@RESOURCE[a/B:name]", True),
        ("@Request[A/tags:Project<$key_case_sensitive$>]", "@request[a/TAGS:Project<$KEY_CASE_SENSITIVE$>]", True),
        ("@Request[A/tags:Project<$key_case_sensitive$>]", "@Request[A/tags:project<$key_case_sensitive$>]", False),
        ("@Request[A/tags:a:B<$key_case_sensitive$>]", "@Request[A/tags:A:B<$key_case_sensitive$>]", False),
        ("@Request[A/tags&$keys$&]", "@Request[a/TAGS&$KEYS$&]", True),
        ("@Request[<$key_case_sensitive$>]", "@request[<$KEY_case_sensitive$>]", True),
    ],
)
def test_keys_compare_without_case_except_marked_tag_keys(one, other, same):
    assert (attribute_key(one) == attribute_key(other)) is same


@pytest.mark.parametrize(
    ("text", "uses"),
    [
        ("@Request[a] GuidEquals '49fc33c1-886f-4b21-a00e-1d9993234734'", True),
        ("!(ActionMatches{'a'}) OR (@Request[a] ForAnyOfAnyValues:guidnotequals {'x'})", True),
        ("@Request[a] StringEquals 'GuidEquals'", False),
    ],
)  # fmt: skip
def test_guid_operators_are_found(text, uses):
    assert parse_condition(text).uses_guid_operator is uses


def test_places_of_tokens_are_those_of_the_text():
    text = "!(@Resource[a:b]  StringLike 'x*') && true"
    assert [text[one.start : one.end] for one in tokens(text)][:-1] == [
        "!", "(", "@Resource[a:b]", "StringLike", "'x*'", ")", "&&", "true",
    ]  # fmt: skip
    assert list(tokens(text))[-1].kind is TokenKind.END


def test_the_actions_that_a_condition_looks_at_are_listed():
    text = "!(ActionMatches{'B/*', 'a/b'}) OR (Exists @Request[a] AND ActionMatches{'a/b', 'c/d'})"
    assert action_patterns(parse_condition(text)) == ("a/b", "b/*", "c/d")
