"""One subject that satisfies several credentials."""

from __future__ import annotations

from remit.graph.federation.overlaps import Overlap, overlaps
from remit.graph.federation.trusts import Trust, trust_of

GITHUB = "https://token.actions.githubusercontent.com"
EXCHANGE = "api://AzureADTokenExchange"
MAIN = "repo:contoso/site:ref:refs/heads/main"


def subject(row: int, text: str, url: str = GITHUB, audiences: str = EXCHANGE) -> Trust:
    return trust_of(row, url, text, "", audiences)


def pattern(row: int, text: str, more: str = "") -> Trust:
    return trust_of(row, GITHUB, "", f"claims['sub'] matches '{text}'{more}", EXCHANGE)


def rows(trusts: list[Trust], principals: list[int]) -> list[tuple[str, tuple[int, ...]]]:
    return [(one.subject, one.rows) for one in overlaps(trusts, principals)]


def test_one_subject_trusted_by_two_identities_overlaps() -> None:
    found = overlaps([subject(0, MAIN), subject(1, MAIN)], [7, 8])
    assert found == (Overlap(GITHUB, MAIN, (0, 1)),)


def test_two_credentials_of_one_identity_are_no_overlap() -> None:
    assert rows([subject(0, MAIN), pattern(1, "repo:contoso/*")], [7, 7]) == []


def test_issuers_audiences_and_letter_case_keep_credentials_apart() -> None:
    trusts = [
        subject(0, MAIN),
        subject(1, MAIN, url="https://issuer.example"),
        subject(2, MAIN, audiences="sts.amazonaws.com"),
        subject(3, MAIN.upper()),
    ]
    assert rows(trusts, [1, 2, 3, 4]) == []


def test_a_pattern_overlaps_with_every_subject_that_it_takes() -> None:
    trusts = [pattern(0, "repo:contoso/*"), subject(1, MAIN), subject(2, "repo:contoso/b:x"), subject(3, "repo:d/b:x")]
    assert rows(trusts, [1, 2, 3, 4]) == [("repo:contoso/b:x", (0, 2)), (MAIN, (0, 1))]


def test_patterns_that_meet_are_shown_by_a_subject_that_satisfies_both() -> None:
    trusts = [pattern(0, "repo:contoso/*"), pattern(1, "repo:*:pull_request"), pattern(2, "repo:fabrikam/*")]
    assert rows(trusts, [1, 2, 3]) == [("repo:contoso/:pull_request", (0, 1)), ("repo:fabrikam/:pull_request", (1, 2))]


def test_another_claim_that_disagrees_keeps_them_apart() -> None:
    one = pattern(0, "repo:contoso/*", " and claims['job_workflow_ref'] eq 'a'")
    other = pattern(1, "repo:contoso/*", " and claims['job_workflow_ref'] eq 'b'")
    third = pattern(2, "repo:contoso/*", " and claims['job_workflow_ref'] matches '?'")
    assert rows([one, other, third, subject(3, "repo:x")], [1, 2, 3, 4]) == [
        ("repo:contoso/", (0, 2)),
        ("repo:contoso/", (1, 2)),
    ]


def test_three_at_one_subject_are_listed_in_pairs_where_not_all_can_be_at_once() -> None:
    one = pattern(0, "repo:contoso/*", " and claims['job_workflow_ref'] eq 'a'")
    other = pattern(1, "repo:contoso/*", " and claims['job_workflow_ref'] eq 'b'")
    assert rows([one, other, subject(2, MAIN)], [1, 2, 3]) == [(MAIN, (0, 2)), (MAIN, (1, 2))]


def test_many_identities_with_one_subject_are_one_overlap() -> None:
    assert rows([subject(row, MAIN) for row in range(50)], list(range(50))) == [(MAIN, tuple(range(50)))]


def test_what_cannot_be_read_is_not_claimed_to_overlap() -> None:
    unread = trust_of(0, GITHUB, "", "claims['sub'] like 'repo:*'", EXCHANGE)
    assert rows([unread, subject(1, MAIN)], [1, 2]) == []


def test_many_expressions_are_compared_only_where_their_beginnings_agree() -> None:
    # Four million pairs would take minutes.
    trusts = [pattern(row, f"repo:contoso/app-{row:04}:environment:*") for row in range(2_000)]
    found = rows([*trusts, pattern(2_000, "repo:contoso/app-0007:*")], list(range(2_001)))
    assert found == [("repo:contoso/app-0007:environment:", (7, 2_000))]
