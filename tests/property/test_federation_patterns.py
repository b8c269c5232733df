"""Wildcards held to a slow reading, over an alphabet so small that everything can be tried."""

from __future__ import annotations

from itertools import combinations, product

from hypothesis import given
from hypothesis import strategies as st

from remit.graph.federation.openness import weaknesses
from remit.graph.federation.overlaps import overlaps
from remit.graph.federation.trusts import trust_of
from remit.graph.federation.wildcards import common, matches

GITHUB = "https://token.actions.githubusercontent.com"

PATTERNS = st.text(alphabet="ab*?", max_size=5)
TEXTS = ["".join(signs) for length in range(6) for signs in product("abx", repeat=length)]


def literally(pattern: str, text: str) -> bool:
    """The meaning, sign by sign."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return any(literally(pattern[1:], text[cut:]) for cut in range(len(text) + 1))
    return bool(text) and pattern[0] in ("?", text[0]) and literally(pattern[1:], text[1:])


@given(PATTERNS, st.sampled_from(TEXTS))
def test_matching_agrees_with_its_meaning(pattern, text) -> None:
    assert matches(pattern, text) == literally(pattern, text)


@given(st.lists(PATTERNS, min_size=1, max_size=3))
def test_a_common_text_is_found_exactly_where_there_is_one(patterns) -> None:
    # A text of more than five signs is not tried; that what is found matches says enough then.
    found = common(patterns)
    tried = next((text for text in TEXTS if all(literally(one, text) for one in patterns)), None)
    if found is None:
        assert tried is None
    else:
        assert all(literally(one, found) for one in patterns)
        assert tried is None or len(found) == len(tried)


@given(st.lists(st.tuples(st.booleans(), PATTERNS), min_size=2, max_size=6))
def test_overlaps_name_exactly_the_pairs_that_one_subject_satisfies(drawn) -> None:
    # A subject word for word has no wildcards here: what it says is what it means.
    patterns = [text if wide else text.replace("*", "a").replace("?", "b") for wide, text in drawn]
    trusts = [
        trust_of(row, GITHUB, "" if wide else text, f"claims['sub'] matches '{text}'" if wide else "", "a")
        for row, ((wide, _), text) in enumerate(zip(drawn, patterns, strict=True))
        if wide or text
    ]
    asked = {one.row for one in trusts}
    found = {pair for one in overlaps(trusts, range(len(patterns))) for pair in combinations(one.rows, 2)}
    meant = {
        (one, other)
        for one, other in combinations(range(len(patterns)), 2)
        if {one, other} <= asked and common([patterns[one], patterns[other]]) is not None
    }
    assert found == meant


ISSUERS = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        [
            GITHUB,
            "https://gitlab.com",
            "https://app.terraform.io",
            "https://vstoken.dev.azure.com/x",
            "https://login.microsoftonline.com/11111111-0000-4000-8000-000000000001/v2.0",
            "https://westeurope.oic.prod-aks.azure.com/a/b/",
        ]
    ),
)
SUBJECTS = st.one_of(
    st.text(max_size=40),
    st.lists(
        st.sampled_from(
            ["repo:", "/", ":", "@1", "*", "?", "pull_request", "environment:", "ref:refs/heads/", "a", "'"]
        ),
        max_size=9,
    ).map("".join),
)


@given(ISSUERS, SUBJECTS, st.booleans(), st.text(alphabet="a: ", max_size=6))
def test_whatever_stands_in_a_credential_is_read_to_something(url, text, wide, audiences) -> None:
    quoted = text.replace("'", "''")
    expression = f"claims['sub'] matches '{quoted}'" if wide else ""
    trust = trust_of(0, url, "" if wide else text, expression, audiences)
    found = weaknesses(trust.subject, trust.demands, trust.audiences)
    assert all(one.kind and one.detail for one in found)
    assert trust.demands.unread or trust.demands.met_by({"sub": text if not wide else common([text]) or ""}) is True
    # What cannot be read is never certain, neither as a weakness nor as a step.
    assert not trust.demands.unread or (trust.doubt and not any(one.certain for one in found if one.kind == "unread"))
