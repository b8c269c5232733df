"""Reasons in words: every kind, short and in full."""

from __future__ import annotations

import pytest

from remit.cli.sentences import sentences, who_is_in
from remit.model.decision import (
    AssignmentFacts,
    ConditionResult,
    Denied,
    EligibleFor,
    Granted,
    GrantKind,
    GrantsNothing,
    MayBeDenied,
    MayGrant,
    NotSeen,
    Truth,
)

NAMES = {"a": "Anna", "g": "Team", "h": "Everybody here"}
ASKED = "/subscriptions/prod"
FACTS = AssignmentFacts("/x/roleAssignments/one", GrantKind.ACTIVE, "h", ("a", "g", "h"), "r", "Reader", "/")
OWN = AssignmentFacts("/x/roleAssignments/two", GrantKind.LIGHTHOUSE, "a", ("a",), "r", "", ASKED)
FALSE = ConditionResult("assignment", "x\n StringEquals 'y'", Truth.FALSE, "`x` is 'z'")


@pytest.mark.parametrize(
    ("reason", "options", "expected"),
    [
        (
            Granted(FACTS, 0),
            {},
            [
                "The role Reader grants it.",
                "Anna is in Team, which is in Everybody here.",
                "Everybody here is assigned it at the root /, from where it is inherited.",
                "(assignment one)",
            ],
        ),
        (
            Granted(OWN, 1),
            {"settles": False, "full": True},
            [
                "The role r would grant it, through Azure Lighthouse.",
                "Anna is assigned it at this very scope.",
                "Permission block 2 of the role covers the action.",
                "Id: /x/roleAssignments/two",
            ],
        ),
        (
            GrantsNothing(FACTS, "`x` is 'z'", (FALSE,)),
            {"full": True},
            [
                "The role Reader covers the action but grants nothing here.",
                "Anna is in Team, which is in Everybody here.",
                "Everybody here is assigned it at the root /, from where it is inherited.",
                "The assignment's condition is false: `x` is 'z'.",
                "Its text: x StringEquals 'y'",
                "Id: /x/roleAssignments/one",
            ],
        ),
        (
            MayGrant(OWN, None, "role definition `r` was not collected", clause="V6"),
            {},
            [
                "The role r may grant it, through Azure Lighthouse: role definition `r` was not collected.",
                "Anna is assigned it at this very scope.",
                "(assignment two)",
            ],
        ),
        (
            EligibleFor(FACTS, None),
            {},
            [
                "The role Reader would grant it once activated.",
                "Anna is in Team, which is in Everybody here.",
                "Everybody here is assigned it at the root /, from where it is inherited.",
                "(assignment one)",
            ],
        ),
        (
            EligibleFor(FACTS, "g", "P6"),
            {},
            [
                "The role Reader would grant it once membership of Team is activated.",
                "Anna is an eligible member of Team.",
                "Team is in Everybody here.",
                "Everybody here is assigned the role at the root /, from where it is inherited.",
                "(assignment one)",
            ],
        ),
        (
            Denied("/d/denyAssignments/d1", "stack", ASKED, True, ("a",)),
            {},
            [
                "The deny assignment “stack” takes it away.",
                "It stands at this very scope, and names everyone it does not exclude.",
                "(assignment d1)",
            ],
        ),
        (
            Denied(
                "/d/denyAssignments/d1", "stack", "/", False, ("a", "g"), ConditionResult("deny", "c", Truth.TRUE, "")
            ),
            {},
            [
                "The deny assignment “stack” takes it away.",
                "Anna is in Team.",
                "It stands at the root /, from where it is inherited, and names Team.",
                "Its condition is true.",
                "(assignment d1)",
            ],
        ),
        (
            MayBeDenied("/d/denyAssignments/d1", "stack", "/", "a group was not seen"),
            {},
            [
                "The deny assignment “stack” may take it away: a group was not seen.",
                "It stands at the root /, from where it is inherited.",
                "(assignment d1)",
            ],
        ),
        (NotSeen("arm/locks", "/", "not collected", "V3"), {}, ["arm/locks was not read: not collected."]),
        (
            NotSeen("arm/denyAssignments", ASKED, "403", "V3"),
            {},
            ["arm/denyAssignments was not read for subscription prod: 403."],
        ),
    ],
)
def test_a_reason_is_told_in_sentences(reason, options, expected) -> None:
    assert sentences(reason, ASKED, NAMES, **options) == expected


def test_who_has_no_name_is_told_by_id() -> None:
    assert who_is_in(("u1", "u2"), {}) == "u1 is in u2"
    assert who_is_in(("u1",), {}) == ""
