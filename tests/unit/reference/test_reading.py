"""The reference reads raw payloads: truths, windows, scopes, ids, and the two ways to ask it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from remit.model.decision import Outcome
from remit.model.errors import ConditionSyntaxError, QuestionError
from remit.model.question import Plane, Question
from remit.model.scope import Scope
from remit.reference.conditions_parse import parse
from remit.reference.decide import decide, who_can
from remit.reference.directory import principal_ids
from remit.reference.export import Export, instant, window
from remit.reference.places import Places, extension_scope
from remit.reference.truth import Truth, every, opposite, some

NOW = datetime(2026, 11, 1, tzinfo=UTC)
ALICE, BOB, CREW = "aaaaaaaa-1", "bbbbbbbb-2", "cccccccc-3"
SUBSCRIPTION = "/subscriptions/S1"
ROLE = "/providers/Microsoft.Authorization/roleDefinitions/r1"
EVERYTHING_EMPTY = (
    "arm/managementGroups",
    "arm/denyAssignments",
    "arm/registrationAssignments",
    "graph/users",
    "graph/groups",
    "graph/servicePrincipals",
)


def tenant(**changes: list[dict[str, object]]) -> Export:
    """Return a tenant whose group reads machines; keys of changes are list names without their folder."""
    lists: dict[str, list[dict[str, object]]] = {
        **{api: [] for api in EVERYTHING_EMPTY},
        "arm/roleDefinitions": [
            {"id": ROLE, "properties": {"type": "BuiltInRole", "permissions": [{"actions": ["*/read"]}]}}
        ],
        "arm/roleAssignments": [
            {
                "id": f"{SUBSCRIPTION}/providers/Microsoft.Authorization/roleAssignments/a1",
                "properties": {"roleDefinitionId": ROLE, "principalId": CREW},
            }
        ],
        "graph/users": [{"id": ALICE}, {"id": BOB}],
        "graph/groups": [{"id": CREW}],
        "graph/groupMembers": [{"parentId": CREW, "member": {"id": ALICE.upper()}}],
    }
    for name, rows in changes.items():
        lists[("graph/" if name.startswith("group") else "arm/") + name] = rows
    return Export(lists, {"collectedAt": "2026-11-01T00:00:00Z"})


def reads(who: str, scope: str = SUBSCRIPTION) -> Question:
    return Question(who, "Microsoft.Compute/virtualMachines/read", Plane.CONTROL, Scope.parse(scope))


@pytest.mark.parametrize(
    ("truths", "all_of", "any_of"),
    [
        ([], True, False),
        ([True, True], True, True),
        ([True, None], None, True),
        ([False, None], False, None),
        ([None], None, None),
        ([False, True], False, True),
    ],
)
def test_three_values_join_as_kleene_says(truths: list[Truth], all_of: Truth, any_of: Truth):
    assert every(truths) is all_of
    assert some(truths) is any_of
    assert opposite(every(truths)) is some([opposite(one) for one in truths])


def test_the_scope_of_an_assignment_is_its_id_without_the_last_provider_part():
    """S4: also where the payload has no scope property."""
    kind = "microsoft.authorization/roleassignments"
    assert extension_scope("/providers/Microsoft.Authorization/roleAssignments/a", kind).key == "/"
    nested = "/subscriptions/s/providers/A.B/c/d/providers/Microsoft.Authorization/roleAssignments/a"
    assert extension_scope(nested, kind).key == "/subscriptions/s/providers/a.b/c/d"
    assert decide(tenant(), reads(ALICE), NOW).outcome is Outcome.ALLOWED


def test_members_of_the_group_read_and_others_do_not():
    """G1, D5."""
    assert decide(tenant(), reads(ALICE, "/subscriptions/s1/resourceGroups/g"), NOW).outcome is Outcome.ALLOWED
    assert decide(tenant(), reads(BOB), NOW).outcome is Outcome.NOT_ALLOWED
    assert decide(tenant(), reads(ALICE, "/subscriptions/s10"), NOW).outcome is Outcome.NOT_ALLOWED


def test_an_answer_names_what_it_rests_on():
    """D1."""
    answer = decide(tenant(), reads(ALICE), None)
    assert answer.notes == (f"{SUBSCRIPTION}/providers/Microsoft.Authorization/roleAssignments/a1",)
    without_denies = {api: rows for api, rows in tenant().lists.items() if api != "arm/denyAssignments"}
    doubtful = decide(Export(without_denies, {}), reads(ALICE), NOW)
    assert doubtful.outcome is Outcome.UNKNOWN
    assert "gap arm/denyAssignments at /" in doubtful.notes


def test_everybody_who_can_is_found_by_asking_everybody():
    """V22: the group counts itself."""
    found = who_can(tenant(), "A.B/c/read", Plane.CONTROL, Scope.parse(SUBSCRIPTION), NOW)
    assert found[Outcome.ALLOWED] == {ALICE, CREW}
    assert found[Outcome.NOT_ALLOWED] == {BOB}


def test_every_id_that_a_list_mentions_is_a_principal():
    """G4: members, PIM instances, Lighthouse authorizations and denies name principals, too."""
    definition = {
        "properties": {"authorizations": [{"principalId": "L"}], "eligibleAuthorizations": [{"principalId": "M"}]}
    }
    export = tenant(
        groupAssignmentScheduleInstances=[{"groupId": "G", "principalId": "P", "accessId": "member"}],
        registrationAssignments=[{"id": "/x", "properties": {"registrationDefinition": definition}}],
        denyAssignments=[{"id": "/d", "properties": {"principals": [{"id": "D"}], "excludePrincipals": [{"id": "E"}]}}],
    )
    assert principal_ids(export) == {ALICE, BOB, CREW, "g", "p", "l", "m", "d", "e"}


def test_without_any_instant_there_is_no_answer():
    with pytest.raises(QuestionError):
        decide(Export({}, {}), reads(ALICE), None)
    assert instant(Export({}, {"collectedAt": "2026-11-01"}), None) == NOW
    assert instant(Export({}, {"collectedAt": "2026-11-01"}), NOW + timedelta(1)) == NOW + timedelta(1)


def test_a_window_is_half_open():
    """P2, V4."""
    found = window({"startDateTime": "2026-11-01T00:00:00Z", "endDateTime": "2026-11-02T00:00:00Z"})
    assert found.holds(NOW)
    assert not found.holds(NOW - timedelta(microseconds=1))
    assert not found.holds(NOW + timedelta(days=1))
    assert window({"startDateTime": None}).holds(NOW)


def test_a_cycle_of_management_groups_ends():
    """S3: the importer refuses it; the reference just stops where it has been."""
    prefix = "/providers/Microsoft.Management/managementGroups/"
    rows = [
        {"id": prefix + name, "properties": {"parent": {"id": prefix + parent}}} for name, parent in ("ab", "bc", "ca")
    ]
    chain = Places(Export({"arm/managementGroups": rows}, {})).chain(Scope.parse(prefix + "a"))
    assert chain.broken_at is not None
    assert {prefix.lower() + name for name in "abc"} <= chain.certain


@pytest.mark.parametrize(
    "text", ["{@Request[a]} StringEquals 'x'", "ActionMatches{'a' 'b'}", "@Request[a] StringEquals {@Request[b]}"]
)
def test_what_is_no_condition_is_refused(text: str):
    """C4: a set holds values, with commas between them."""
    with pytest.raises(ConditionSyntaxError):
        parse(text)
