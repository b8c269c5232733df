"""Patterns with wildcards: what matches, and what matches several."""

import pytest

from remit.graph.federation.wildcards import common, literal_start, matches


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("repo:contoso/site:ref:refs/heads/*", "repo:contoso/site:ref:refs/heads/main", True),
        ("repo:contoso/site:ref:refs/heads/*", "repo:contoso/site:pull_request", False),
        ("repo:contoso/*:ref:refs/heads/main", "repo:contoso/a/b:ref:refs/heads/main", True),
        ("repo:contoso/site-??:*", "repo:contoso/site-01:pull_request", True),
        ("repo:contoso/site-??:*", "repo:contoso/site-1:pull_request", False),
        ("a*b*a", "abxba", True),
        ("a*b*a", "aba", True),
        ("a*b*a", "aa", False),
        ("*", "", True),
        ("?", "", False),
        ("", "", True),
        ("", "a", False),
        ("Repo:*", "repo:a", False),
    ],
)
def test_a_pattern_spans_the_whole_text_and_minds_letter_case(pattern, text, expected) -> None:
    assert matches(pattern, text) is expected


def test_the_sure_beginning_ends_at_the_first_wildcard_of_either_kind() -> None:
    assert [literal_start(one) for one in ("ab*c?", "ab?c*", "abc", "*")] == ["ab", "ab", "abc", ""]


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        (["repo:a/*", "repo:*:pull_request"], "repo:a/:pull_request"),
        (["repo:a/*", "repo:b/*"], None),
        (["*/heads/main", "*/heads/dev"], None),
        (["repo:a/b:*", "repo:a/b:ref:refs/heads/main"], "repo:a/b:ref:refs/heads/main"),
        (["a?c", "?bc", "ab?"], "abc"),
        (["a*", "*b", "?"], None),
        (["??", "*"], "xx"),
        (["same", "same"], "same"),
        (["one", "two"], None),
    ],
)
def test_what_several_patterns_have_in_common_is_shown_by_a_text(patterns, expected) -> None:
    assert common(patterns) == expected
