"""C6, C7, C8, V13: single comparisons, sets, patterns."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.engine.condition_values import OPERATORS, LikePattern, fold, normal_guid

GUID = "49fc33c1-886f-4b21-a00e-1d9993234734"


def _holds(name, left, right):
    operator = OPERATORS[name.lower()]
    one, other = operator.accept(left), operator.accept_right(right)
    if one is None or other is None:
        return None
    return operator.relation(one, other) is not operator.negated


POSITIVE = [
    ("StringEquals", "a", "a", True),
    ("StringEquals", "a", "A", False),
    ("StringEquals", "a", "ab", False),
    ("StringEquals", "", "", True),
    ("StringEqualsIgnoreCase", "aBc", "AbC", True),
    ("StringEqualsIgnoreCase", "äÖ", "Äö", True),
    ("StringEqualsIgnoreCase", "straße", "STRASSE", False),
    ("StringEqualsIgnoreCase", "\u212a", "k", False),
    ("StringEqualsIgnoreCase", "\u0131", "I", False),
    ("StringEqualsIgnoreCase", "\u017f", "s", False),
    ("StringStartsWith", "kv-prod-1", "kv-prod", True),
    ("StringStartsWith", "KV-prod-1", "kv-prod", False),
    ("StringStartsWith", "kv", "kv-prod", False),
    ("StringStartsWith", "anything", "", True),
    ("StringStartsWithIgnoreCase", "KV-prod-1", "kv-PROD", True),
    ("StringLike", "abcd", "a*c", False),
    ("StringLike", "abcd", "a*c?", True),
    ("StringLike", "abcd", "A*C?", False),
    ("StringLikeIgnoreCase", "abcd", "A*C?", True),
    ("BoolEquals", True, True, True),
    ("BoolEquals", True, False, False),
    ("NumericEquals", 10, 10, True),
    ("NumericEquals", -1, 1, False),
    ("DateTimeEquals", "2026-11-01T00:00:00Z", "2026-11-01T01:00:00+01:00", True),
    ("DateTimeEquals", "2022-06-01T23:38:32.8883645Z", "2022-06-01T23:38:32.8883645Z", True),
    ("DateTimeEquals", "2022-06-01T23:38:32.8883645Z", "2022-06-01T23:38:32.8883646Z", False),
    ("DateTimeEquals", "2022-06-01", "2022-06-01T00:00:00", True),
    ("GuidEquals", GUID, GUID.upper(), True),
    ("GuidEquals", GUID, GUID.replace("-", ""), True),
    ("GuidEquals", GUID, "49fc33c1-886f-4b21-a00e-1d9993234735", False),
]


@pytest.mark.parametrize(("name", "left", "right", "holds"), POSITIVE)
def test_an_operator_and_its_negation(name, left, right, holds):
    assert _holds(name, left, right) is holds
    family = re.match("String|Bool|Numeric|DateTime|Guid", name)[0]
    assert _holds(f"{family}Not{name[len(family) :]}", left, right) is not holds


@pytest.mark.parametrize(
    ("word", "below", "same", "above"),
    [
        ("LessThan", True, False, False),
        ("LessThanEquals", True, True, False),
        ("GreaterThan", False, False, True),
        ("GreaterThanEquals", False, True, True),
    ],
)
def test_orders_of_numbers_and_times(word, below, same, above):
    assert [_holds(f"Numeric{word}", one, 10) for one in (9, 10, 11)] == [below, same, above]
    times = ("2026-10-31T23:59:59.9999999Z", "2026-11-01T00:00:00Z", "2026-11-01T00:00:00.0000001Z")
    assert [_holds(f"DateTime{word}", one, times[1]) for one in times] == [below, same, above]


@pytest.mark.parametrize(
    ("name", "left", "right"),
    [
        ("StringEquals", 5, "5"),
        ("StringEqualsIgnoreCase", True, "true"),
        ("StringStartsWith", "5", 5),
        ("StringLike", 5, "*"),
        ("StringLike", "5", 5),
        ("BoolEquals", "true", True),
        ("BoolEquals", True, 1),
        ("NumericEquals", "10", 10),
        ("NumericEquals", 10.0, 10),
        ("NumericEquals", True, 1),
        ("DateTimeLessThan", 5, "2026-11-01"),
        ("DateTimeLessThan", "2026-13-01", "2026-11-01"),
        ("DateTimeLessThan", "yesterday", "2026-11-01"),
        ("GuidEquals", "nonsense", GUID),
        ("GuidEquals", GUID, GUID[:-1]),
        ("GuidEquals", GUID, f"{{{GUID}}}"),
        ("GuidEquals", GUID, GUID.replace("-", "", 1)),
        ("GuidEquals", 5, GUID),
    ],
)
def test_values_of_another_type_cannot_be_compared(name, left, right):
    assert _holds(name, left, right) is None
    assert _holds(name.replace("Equals", "NotEquals", 1).replace("Like", "NotLike"), left, right) is None


@pytest.mark.parametrize(
    ("pattern", "yes", "no"),
    [
        ("", [""], ["a"]),
        ("*", ["", "a", "a/b\nc"], []),
        ("?", ["a", "*", "\n", "ä"], ["", "ab"]),
        ("??", ["ab"], ["a", "abc"]),
        ("abc", ["abc"], ["ab", "abcd", "Abc", "xabc"]),
        ("a*", ["a", "ab"], ["", "ba"]),
        ("*a", ["a", "ba"], ["ab"]),
        ("a*a", ["aa", "aba"], ["a"]),
        ("*a*", ["a", "bab"], ["", "b"]),
        ("a**b", ["ab", "axb"], ["a", "b"]),
        ("a*?b", ["axb", "axxb"], ["ab"]),
        ("a?*b", ["axb"], ["ab"]),
        ("*?*", ["a", "ab"], [""]),
        ("*ab?d*", ["abcd", "xabcdx", "ababcd", "abxabxd"], ["abd", "abdx"]),
        ("*b?*a?c*", ["bxaxc", "bbaaac"], ["baxc", "bxac"]),
        ("a*bc*d", ["abcd", "abxbcd"], ["abc", "abd"]),
        ("ab*bc", ["abbc", "abxbc"], ["abc"]),
        (r"\*", ["*"], ["", "a", r"\*"]),
        (r"\?", ["?"], ["a"]),
        (r"a\\b", [r"a\b"], [r"a\\b"]),
        (r"\\*", ["\\", r"\abc"], ["abc"]),
        (r"a\b", [r"a\b"], ["ab"]),
        (r"it\'s", ["it's"], [r"it\'s"]),
        ("a\\", ["a\\"], ["a"]),
        ("[a-z].+", ["[a-z].+"], ["ab"]),
    ],
)
def test_patterns(pattern, yes, no):
    found = LikePattern.parse(pattern, ignore_case=False)
    assert [text for text in (*yes, *no) if found.matches(text)] == yes


def test_patterns_without_case_fold_the_text_and_the_pattern_alike():
    found = LikePattern.parse(r"ÄB*\?Ç", ignore_case=True)
    assert found.matches(fold("äbxx?ç"))
    assert not found.matches(fold("abxx?ç"))


@given(st.text("ab*?\\'", max_size=8), st.text("ab*?\\'", max_size=10))
def test_patterns_mean_what_an_expression_means(pattern, text):
    """C7: the same as translating piece by piece into a regular expression."""
    pieces = re.findall(r"\\[*?\\']|.", pattern)
    words = {"*": ".*", "?": "."}
    expression = "".join(words.get(one, re.escape(one[-1] if len(one) > 1 else one)) for one in pieces)
    expected = re.fullmatch(expression, text, re.DOTALL) is not None
    assert LikePattern.parse(pattern, ignore_case=False).matches(text) is expected


def test_hostile_patterns_do_not_blow_up():
    started = time.process_time()
    assert not LikePattern.parse("*a" * 2000 + "b", ignore_case=False).matches("a" * 200_000)
    assert not LikePattern.parse("a*?b" * 1000, ignore_case=False).matches("ab" * 50_000 + "c")
    assert not LikePattern.parse("*" + "?" * 4000 + "b*", ignore_case=False).matches("a" * 100_000)
    assert time.process_time() - started < 10


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        (GUID, GUID.replace("-", "")),
        (GUID.upper().replace("-", ""), GUID.replace("-", "")),
        (f" {GUID}", None),
        (f"{GUID}\n", None),
        (GUID.replace("4", "\u0664", 1), None),
        ("g" * 32, None),
        (None, None),
    ],
)
def test_guids_have_one_normal_form(text, normal):
    assert normal_guid(text) == normal
