"""Decisions as JSON: every kind of reason, in the order and shape of docs/json.md."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from remit.model.decision import (
    AssignmentFacts,
    ConditionResult,
    Decision,
    Denied,
    EligibleFor,
    Granted,
    GrantKind,
    GrantsNothing,
    Guard,
    MayBeDenied,
    MayGrant,
    NotSeen,
    Outcome,
    Truth,
)
from remit.model.effective import EffectivePermission, OperationCounts, Standing, WhatCan
from remit.model.errors import AmbiguousPrincipalError, PayloadError, RemitError, UnavailableError
from remit.model.principal import PrincipalName
from remit.model.question import Plane, Question
from remit.model.role import PermissionBlock
from remit.model.scope import Scope
from remit.wire.v1 import answers, catalogue, failures, history, holdings, questions, reasons, snapshots

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
FACTS = AssignmentFacts("/ra/1", GrantKind.ACTIVE, "g", ("p", "g"), "r", "Reader", "/")
CONDITION = ConditionResult("assignment", "a", Truth.TRUE, "b")
SHOWN_CONDITION = {"where": "assignment", "text": "a", "truth": "true", "why": "b"}
SHOWN_FACTS = {
    "assignmentId": "/ra/1",
    "assignmentKind": "active",
    "principalId": "g",
    "membership": ["p", "g"],
    "roleDefinitionId": "r",
    "scope": "/",
    "roleName": "Reader",
}
DECISION = Decision(
    Question("p", "A/read", Plane.CONTROL, Scope.parse("/")),
    AT,
    Outcome.ALLOWED,
    (Granted(FACTS, 0),),
    (Guard("lock", "blocks", "/l", "a lock", "B1"),),
)
PAGE = Path(__file__).parents[3] / "docs" / "json.md"


def plain(document: msgspec.Struct) -> object:
    return json.loads(answers.encode(document))


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        (
            Granted(FACTS, 0, (CONDITION,)),
            {"kind": "grant", "clause": "D2", "block": 0, "conditions": [SHOWN_CONDITION]},
        ),
        (Granted(FACTS, 1), {"kind": "grant", "clause": "D2", "block": 1}),
        (MayGrant(FACTS, 1, "w"), {"kind": "mayGrant", "clause": "C22", "why": "w", "block": 1}),
        (MayGrant(FACTS, None, "w", clause="V6"), {"kind": "mayGrant", "clause": "V6", "why": "w"}),
        (GrantsNothing(FACTS, "w"), {"kind": "grantsNothing", "clause": "C1", "why": "w"}),
        (EligibleFor(FACTS, None), {"kind": "eligible", "clause": "P1"}),
        (EligibleFor(FACTS, "x", "P6"), {"kind": "eligible", "clause": "P6", "throughEligibleGroup": "x"}),
    ],
)
def test_a_reason_about_an_assignment_has_its_facts(reason, expected) -> None:
    assert plain(reasons.reason_document(reason)) == {**SHOWN_FACTS, **expected}


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        (
            Denied("/d/1", "n", "/", False, ("p",), CONDITION),
            {
                "kind": "deny",
                "clause": "N1",
                "assignmentId": "/d/1",
                "name": "n",
                "scope": "/",
                "everyone": False,
                "membership": ["p"],
                "condition": SHOWN_CONDITION,
            },
        ),
        (
            MayBeDenied("/d/1", "n", "/", "w"),
            {"kind": "mayBeDenied", "clause": "N5", "why": "w", "assignmentId": "/d/1", "name": "n", "scope": "/"},
        ),
        (
            NotSeen("arm/denyAssignments", "/", "403", "V3"),
            {"kind": "gap", "clause": "V3", "api": "arm/denyAssignments", "scope": "/", "reason": "403"},
        ),
    ],
)
def test_other_reasons_have_fields_of_their_own(reason, expected) -> None:
    assert plain(reasons.reason_document(reason)) == expected


def test_a_role_without_a_name_leaves_the_name_out() -> None:
    nameless = AssignmentFacts("/ra/1", GrantKind.LIGHTHOUSE, "p", ("p",), "r", "", "/")
    shown = plain(reasons.reason_document(Granted(nameless, 0)))
    assert "roleName" not in shown
    assert shown["assignmentKind"] == "lighthouse"


def test_a_role_that_a_delegation_narrows_has_the_id_of_the_role() -> None:
    """X3: the mark behind the key is ours, and no part of an id."""
    narrowed = AssignmentFacts("/ra/1", GrantKind.LIGHTHOUSE, "p", ("p",), "r+lighthouse", "", "/")
    assert plain(reasons.reason_document(Granted(narrowed, 0)))["roleDefinitionId"] == "r"
    held = WhatCan(
        "p", "/", AT, (EffectivePermission(narrowed, Standing.HOLDS, "", "D2", None, (), None),), (), (), (), ()
    )
    shown = plain(holdings.what_can_document(PrincipalName("p", "unknown"), held, "s1", {}))
    assert shown["permissions"][0]["roleDefinitionId"] == "r"


def test_an_answer_is_one_line_in_the_order_of_the_page() -> None:
    lines = answers.encode_answers([("q1", DECISION), ("q2", DECISION)])
    assert lines.endswith(b"\n")
    first, second = lines.decode().splitlines()
    assert [*json.loads(first)] == ["id", "outcome", "because", "guards", "at"]
    assert first.startswith('{"id":"q1","outcome":"allowed","because":[{"kind":"grant","clause":"D2","assignmentId":')
    assert first.endswith(
        '"guards":[{"kind":"lock","effect":"blocks","subject":"/l","detail":"a lock","clause":"B1"}],'
        '"at":"2026-11-02T09:00:00Z"}'
    )
    assert json.loads(second)["id"] == "q2"


def test_what_a_principal_holds_is_one_entry_for_each_block() -> None:
    block = PermissionBlock(("*",), ("A/*",), (), ())
    held = WhatCan(
        "p",
        "/",
        AT,
        (
            EffectivePermission(FACTS, Standing.HOLDS, "", "D2", block, (), None),
            EffectivePermission(FACTS, Standing.UNKNOWN, "w", "V6", None, ("c",), AT),
        ),
        (Denied("/d/1", "n", "/", True, ("p",)),),
        (MayBeDenied("/d/2", "n", "/", "w"),),
        (NotSeen("arm/locks", "/", "not collected", "V3"),),
        (OperationCounts("control", "read", 3),),
    )
    shown = plain(holdings.what_can_document(PrincipalName("p", "user", "Anna"), held, "s1", {"p": "Anna"}))
    assert shown["permissions"][0] == {
        "standing": "holds",
        "clause": "D2",
        **SHOWN_FACTS,
        "block": {"actions": ["*"], "notActions": ["A/*"]},
    }
    assert shown["permissions"][1] == {
        "standing": "unknown",
        "clause": "V6",
        "why": "w",
        **SHOWN_FACTS,
        "conditions": ["c"],
        "until": "2026-11-02T09:00:00Z",
    }
    assert [len(shown[name]) for name in ("denies", "mayBeDenied", "gaps", "operations")] == [1, 1, 1, 1]
    assert (shown["displayName"], shown["names"]) == ("Anna", {"p": "Anna"})


def test_who_can_is_one_object_however_long_its_lists() -> None:
    holder = holdings.holder_document(PrincipalName("p", "user"), DECISION)
    head = holdings.WhoCanDocument(
        "A/read", "control", "/", "2026-11-02T09:00:00Z", "s1", holdings.WhoCanCounts(2, 0, 0), ()
    )
    parts = holdings.stream_who_can(head, {"allowed": iter([holder, holder]), "unknown": iter(())})
    shown = json.loads(b"".join(parts))
    assert [*shown] == ["action", "plane", "scope", "at", "snapshotId", "counts", "gaps", "allowed", "unknown"]
    assert [one["principalId"] for one in shown["allowed"]] == ["p", "p"]
    assert shown["unknown"] == []


def test_an_error_names_file_line_and_field() -> None:
    error = PayloadError("q.jsonl", 2, "scope", "it is empty", hint="write one")
    assert plain(failures.error_document(error)) == {
        "error": {
            "code": "badData",
            "exitCode": 65,
            "message": "q.jsonl:2: scope: it is empty",
            "hint": "write one",
            "file": "q.jsonl",
            "line": 2,
            "field": "scope",
        }
    }


def test_an_ambiguous_name_lists_whom_it_may_mean() -> None:
    shown = plain(failures.error_document(AmbiguousPrincipalError("anna", (("p1", "user", "Anna"),))))
    assert shown["error"]["candidates"] == [{"principalId": "p1", "principalKind": "user", "displayName": "Anna"}]
    assert (shown["error"]["code"], shown["error"]["exitCode"]) == ("ambiguousPrincipal", 64)


def test_a_leaf_has_the_word_of_the_leaf() -> None:
    assert failures.error_document(UnavailableError("no")).error.code == "storeUnavailable"


def _subclasses(base: type[RemitError]) -> set[type[RemitError]]:
    return {base} | {deeper for one in base.__subclasses__() for deeper in _subclasses(one)}


def test_every_error_of_the_tree_has_a_word_that_the_page_lists() -> None:
    page = PAGE.read_text(encoding="utf-8")
    words = {failures.code_of(leaf) for leaf in _subclasses(RemitError)}
    assert len(words) > 10
    assert {word for word in words if f"`{word}`" not in page} == set()


DOCUMENTS = [
    one
    for module in (answers, catalogue, failures, history, holdings, questions, reasons, snapshots)
    for one in vars(module).values()
    if isinstance(one, type) and issubclass(one, msgspec.Struct) and one.__module__ == module.__name__
]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda one: one.__name__)
def test_the_page_names_every_field_and_kind(document) -> None:
    page = PAGE.read_text(encoding="utf-8")
    coded = set(re.findall(r'[`"]([A-Za-z]+)[`"]', page))
    assert {name for name in document.__struct_encode_fields__ if name not in coded} == set()
    tag = document.__struct_config__.tag
    assert tag is None or f"`{tag}`" in page
