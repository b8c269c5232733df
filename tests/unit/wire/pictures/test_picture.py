"""From answers to pictures: what is drawn once, what is left out, and how it is told to those who do not see it."""

from __future__ import annotations

from itertools import pairwise

import pytest
from tests.fakes.drawn_paths import MAYA, OPERATORS, TIER_ZERO, hop, long_path, neighbourhood, short_path

from remit.graph.answers import NodeRef, Path
from remit.model.decision import (
    AssignmentFacts,
    Denied,
    EligibleFor,
    Granted,
    GrantKind,
    GrantsNothing,
    MayBeDenied,
    MayGrant,
    NotSeen,
)
from remit.wire.pictures.picture import picture_of_hops, picture_of_paths
from remit.wire.pictures.reasons import reason_text

FACTS = AssignmentFacts("/a/1", GrantKind.ACTIVE, "p", ("p", "g"), "role-guid", "Owner", "/subscriptions/1")


def test_a_plain_relation_is_called_in_plain_words():
    picture = picture_of_hops([hop(MAYA, OPERATORS, "MEMBER-OF", "MEMBER-OF"), hop(OPERATORS, MAYA)], centre=MAYA)
    assert [edge.name for edge in picture.edges] == ["member of", "RunCommand"]


@pytest.mark.parametrize(
    ("sure", "said"), [((True, True), "all certain"), ((False, False), "none certain"), ((True, False), "1 certain")]
)
def test_several_paths_are_summed_up(sure, said):
    paths = [Path(1, certain=one, eligible=False, hops=(hop(MAYA, OPERATORS, certain=one),)) for one in sure]
    assert picture_of_paths(paths).summary == f"2 paths, {said}; the shortest has 1 step."


def test_what_two_paths_share_is_drawn_once():
    picture = picture_of_paths([long_path(), short_path()])
    assert len(picture.nodes) == 7
    assert len(picture.edges) == 7
    assert {node.id: node.place for node in picture.nodes if node.emphasised} == {MAYA.id: "start", TIER_ZERO.id: "end"}
    assert picture.title == "From Maya Okonkwo to control of the tenant"
    assert picture.summary == "2 paths, 1 certain; the shortest has 3 steps."


def test_a_path_is_told_step_by_step():
    told = picture_of_paths([long_path()]).description
    assert told.startswith("A possible path of 5 steps: 1. Maya Okonkwo to sg-platform-operators by MemberOf;")
    assert "3. vm-build-01 to id-build-agents by HasIdentity, possible;" in told
    assert "4. id-build-agents to Global Administrator by HasRole, after activation;" in told


def test_paths_from_several_places_are_counted_in_the_title():
    other = Path(1, certain=True, eligible=False, hops=(hop(OPERATORS, TIER_ZERO),))
    assert picture_of_paths([long_path(), other]).title == "From Maya Okonkwo and 1 more to control of the tenant"


def test_no_path_and_paths_without_steps_make_an_empty_picture():
    for paths in ([], [Path(0, certain=True, eligible=False, hops=())]):
        picture = picture_of_paths(paths)
        assert (picture.nodes, picture.edges, picture.summary) == ((), (), "There is no step.")


def test_of_one_step_told_twice_the_surest_stays():
    doubtful = hop(MAYA, OPERATORS, certain=False)
    picture = picture_of_hops([doubtful, hop(MAYA, OPERATORS), doubtful], centre=MAYA)
    assert [edge.certain for edge in picture.edges] == [True]


def test_steps_of_other_kinds_or_permissions_all_stay():
    hops = [hop(MAYA, OPERATORS), hop(MAYA, OPERATORS, "VM-02"), hop(MAYA, OPERATORS, permission="other")]
    assert len(picture_of_hops(hops, centre=MAYA).edges) == 3


def test_of_too_many_nodes_the_nearest_stay():
    far = [NodeRef(str(place), "user", str(place)) for place in range(9)]
    chain = [hop(one, other) for one, other in pairwise(far)]
    picture = picture_of_hops(chain, centre=far[4], most=5)
    assert {node.label for node in picture.nodes} == {"2", "3", "4", "5", "6"}
    assert picture.left_out == 4
    assert picture.description == "4 nodes around 4, 4 edges between them. 4 nodes farther away left out."


def test_a_node_without_any_step_is_drawn_alone():
    picture = picture_of_hops([], centre=MAYA)
    assert [(node.label, node.place) for node in picture.nodes] == [("Maya Okonkwo", "centre")]
    assert picture.left_out == 0


def test_a_large_neighbourhood_loses_nothing_that_is_not_told():
    centre, hops = neighbourhood(400, 700, 1)
    picture = picture_of_hops(hops, centre=centre)
    every = {ref.id for one in hops for ref in (one.source, one.target)} | {centre.id}
    assert len(picture.nodes) + picture.left_out == len(every)


def test_who_knows_names_says_the_reasons():
    said = (
        picture_of_paths([short_path()], say=lambda reason, of: f"{reason.kind} to {of.target.label}").edges[0].because
    )
    assert said == ("member to sg-platform-operators", "note to sg-platform-operators")


def test_other_kinds_that_a_step_has_too_are_told_with_its_reasons():
    picture = picture_of_hops([hop(MAYA, OPERATORS, also=("VM-02", "VM-03"))], centre=MAYA)
    assert picture.edges[0].because[-1] == "Also by VM-02, VM-03."


def test_every_reason_of_the_engine_has_a_sentence():
    said = [
        reason_text(reason)
        for reason in (
            Granted(FACTS, 0),
            MayGrant(FACTS, 0, "an attribute is not known"),
            GrantsNothing(FACTS, "the condition is false"),
            EligibleFor(FACTS, None),
            EligibleFor(FACTS, "g"),
            Denied("/d", "lockdown", "/", everyone=True, membership=()),
            MayBeDenied("/d", "lockdown", "/", "membership not seen"),
            NotSeen("arm/roleAssignments", "/", "forbidden", "V3"),
        )
    ]
    role = "The role Owner at /subscriptions/1 through g"
    assert said == [
        f"{role} grants it (assignment /a/1).",
        f"{role} may grant it: an attribute is not known (assignment /a/1).",
        f"{role} grants nothing here: the condition is false (assignment /a/1).",
        f"{role} would grant it after activation (assignment /a/1).",
        f"{role} would grant it after activation of membership of g (assignment /a/1).",
        "The deny assignment “lockdown” at / takes it away.",
        "The deny assignment “lockdown” at / may take it away: membership not seen.",
        "arm/roleAssignments was not read for /: forbidden.",
    ]
