"""Whether a guard stops an edge, from what a resource says of itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.graph.facts import GuardState
from remit.graph.guarding import judge, missing, path_of, state_of
from remit.graph.kinds import GuardRule

OPEN, CLOSED, UNKNOWN = GuardState.OPEN, GuardState.CLOSED, GuardState.UNKNOWN
TYPES = ("Microsoft.X/y",)


def closing(value, **more):
    return GuardRule(types=TYPES, property="p", closed=value, **more)


def opening(value, **more):
    return GuardRule(types=TYPES, property="p", open=value, **more)


def row(**properties):
    return {"properties": properties}


@pytest.mark.parametrize(
    ("rule", "said", "state"),
    [
        (closing(True), True, CLOSED),
        (closing(True), False, OPEN),
        (closing(False), False, CLOSED),
        (closing(True), None, OPEN),
        (closing(True, absent="closed"), None, CLOSED),
        (closing(True, absent="unknown"), None, UNKNOWN),
        (opening(True), True, OPEN),
        (opening(True), False, CLOSED),
        (opening(True), "something else", CLOSED),
        (opening(True, absent="closed"), None, CLOSED),
        # Words: letter case, booleans in quotes, lists of words in one text.
        (closing("DenyAll"), "denyall", CLOSED),
        (closing("false"), "False", CLOSED),
        (closing("false"), False, CLOSED),
        (opening("functionapp"), "functionapp,linux", OPEN),
        (opening("linux"), "functionapp, Linux", OPEN),
        (opening("functionapp"), "functionapplet", CLOSED),
        # What leaves it open, and what merely stands there.
        (closing("DenyAll", unsure="AllowPrivate"), "AllowPrivate", UNKNOWN),
        (closing("DenyAll", unsure="AllowPrivate"), "AllowAll", OPEN),
        (GuardRule(types=TYPES, property="p", unsure="Deny"), "Allow", OPEN),
        (GuardRule(types=TYPES, property="p", present="closed"), {"any": 1}, CLOSED),
        (GuardRule(types=TYPES, property="p", present="closed"), None, OPEN),
        (GuardRule(types=TYPES, property="p", present="unknown"), [{"publisher": "X"}], UNKNOWN),
        (GuardRule(types=TYPES, property="p", present="unknown"), [], OPEN),
        # Lists.
        (opening("SharedKey"), ["AAD", "SharedKey"], OPEN),
        (opening("SharedKey"), ["AAD"], CLOSED),
        (opening("SharedKey"), [], OPEN),
        (closing("Deny", every=True), ["Deny", "Deny"], CLOSED),
        (closing("Deny", every=True), ["Deny", "Allow"], UNKNOWN),
        (closing("Deny"), ["Deny", "Allow"], CLOSED),
        (closing("Deny", absent="closed"), [], CLOSED),
        # Several values, any of which counts.
        (closing(("Deny", "Audit")), "audit", CLOSED),
        (closing(("Deny", "Audit")), "Allow", OPEN),
        (opening(("A", "B")), ["b", "c"], OPEN),
        (opening(("A", "B")), ["c"], CLOSED),
        (GuardRule(types=TYPES, property="p", open="A", closed="B", every=True, present="unknown"), ["A", "B"], OPEN),
        (GuardRule(types=TYPES, property="p", open="A", closed="B", every=True, present="unknown"), ["B", "B"], CLOSED),
        (
            GuardRule(types=TYPES, property="p", open="A", closed="B", every=True, present="unknown"),
            ["B", "C"],
            UNKNOWN,
        ),
        (GuardRule(types=TYPES, property="p", open="A", closed="B", every=True, present="unknown"), ["C"], UNKNOWN),
        (closing("Deny"), [None], OPEN),
        # A shape that no rule expects is no match.
        (closing(True), {"nested": True}, OPEN),
        (closing(1), 1, CLOSED),
        (closing(1), "1", CLOSED),
    ],
)
def test_a_rule_reads_a_property(rule, said, state):
    assert state_of(rule, row(p=said)) == state


def test_paths_lead_through_objects_and_stars_through_lists():
    rule = GuardRule(types=TYPES, property="acls.*.action", closed="Deny")
    assert state_of(rule, row(acls=[{"action": "Deny"}])) == CLOSED
    assert state_of(rule, row(acls=[{"action": "Allow"}, {"action": "Allow"}])) == OPEN
    assert state_of(rule, row(acls=[])) == OPEN
    assert state_of(rule, row(acls="not a list")) == OPEN
    assert state_of(rule, row(acls=[7, None, {"other": 1}])) == OPEN


def test_names_of_properties_are_found_in_any_letter_case():
    rule = GuardRule(types=TYPES, property="osProfile.allowExtensionOperations", closed=False)
    assert state_of(rule, row(OsProfile={"AllowExtensionOperations": False})) == CLOSED


def test_properties_that_were_not_read_leave_the_guard_open():
    assert state_of(closing(True), {"id": "x"}) == UNKNOWN
    assert state_of(closing(True), {"properties": None}) == UNKNOWN


def test_a_rule_about_the_row_needs_no_properties():
    rule = GuardRule(types=TYPES, top="identity.type", open="SystemAssigned", absent="closed")
    assert state_of(rule, {"identity": {"type": "SystemAssigned, UserAssigned"}}) == OPEN
    assert state_of(rule, {"identity": {"type": "UserAssigned"}}) == CLOSED
    assert state_of(rule, {"identity": None}) == CLOSED


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.sampled_from("pqr"), below, max_size=3),
    max_leaves=8,
)


@given(JSON, st.sampled_from([True, False, "a", 1]), st.sampled_from(["p", "p.q", "*", "p.*.q", "p.*"]))
def test_no_shape_of_a_payload_breaks_a_rule(said, value, path):
    for rule in (closing(value), opening(value, absent="unknown")):
        assert judge(rule, tuple(path.split(".")), said) in (OPEN, CLOSED, UNKNOWN)


@given(st.lists(st.sampled_from(["Deny", "Allow"]), max_size=4))
def test_open_is_never_said_of_what_the_closing_rule_closes(said):
    """The two forms are mirror images: where the one closes, the other's value is not there."""
    closes = closing("Deny", every=True)
    assert (state_of(closes, row(p=said)) == CLOSED) == (bool(said) and "Allow" not in said)
    assert (state_of(opening("Allow"), row(p=said)) == OPEN) == ("Allow" in said or not said)


def test_what_is_not_there_says_what_the_rule_says():
    assert missing(closing(True)) == OPEN
    assert missing(closing(True, absent="unknown")) == UNKNOWN


def test_the_path_of_a_rule_is_taken_apart_once():
    assert path_of(GuardRule(types=TYPES, property="a.*.b", closed=True)) == ("a", "*", "b")
    assert path_of(GuardRule(types=TYPES, top="kind", closed="x")) == ("kind",)
