"""What has to go so that nobody reaches a target, on a graph that was drawn by hand."""

from __future__ import annotations

import pytest
from tests.fakes.escalations import VAULT, guid, hand_drawn
from tests.fakes.usage_reading import FakeReading, used

from remit.app.graphing.cutting import Use, Wanted, find_cuts, observed_use
from remit.app.graphing.naming import Naming
from remit.model.usage import ObservedOutcome


@pytest.fixture(scope="module")
def world():
    return hand_drawn()


@pytest.fixture(scope="module")
def cuts(world):
    naming = Naming(world.escalation)

    def asked(target: str, *, use=None, only=(), keep=(), **more):
        named = [tuple(naming.find(name) for name in names) for names in (only, keep)]
        return find_cuts(world.escalation, naming.find(target), Wanted(*named, **more), use)

    return asked


def said(answer) -> list[str]:
    return [one.unit.said for one in answer.removals]


BOBS = "directory role Global Administrator of Bob"
TEAMS = "eligible directory role Global Administrator of Team"


def test_everybody_is_cut_off_administrators_too(cuts) -> None:
    answer = cuts("tier0")
    assert (said(answer), answer.sources, answer.gap) == ([BOBS, TEAMS], 2, 0)
    assert [len(nodes) for nodes in (answer.cut_off, answer.left, answer.stuck)] == [2, 0, 0]


def test_who_may_stay_is_left_alone(cuts) -> None:
    answer = cuts("tier0", keep=("Bob",))
    assert (said(answer), answer.sources) == ([TEAMS], 1)
    assert (cuts("tier0", keep=("Bob", "Ada")).removals, cuts("tier0", keep=("Bob", "Ada")).sources) == ((), 0)


def test_what_a_group_of_those_who_stay_holds_is_left_alone(cuts) -> None:
    """uami reaches the vault by what it holds; Ada by becoming uami, through what her team holds."""
    answer = cuts(VAULT, keep=("uami",))
    assert not any("uami" in one.unit.holder.label for one in answer.removals)
    assert len(answer.cut_off) == 1


def test_who_holds_it_without_becoming_anybody_may_stay(cuts) -> None:
    answer = cuts("tier0", keep_holders=True)
    assert (answer.holders_kept, answer.sources, answer.removals) == (3, 0, ())
    answer = cuts(VAULT, keep_holders=True)
    assert (answer.holders_kept, len(answer.cut_off), len(answer.removals)) == (1, 1, 1)


def test_a_budget_takes_what_cuts_off_most(cuts) -> None:
    answer = cuts("tier0", budget=1)
    assert (len(answer.removals), len(answer.cut_off), len(answer.left), answer.budget) == (1, 1, 1, 1)


def test_only_some_are_cut_off(cuts) -> None:
    assert said(cuts("tier0", only=("Ada",))) in ([TEAMS], ["membership of Ada in Team"])


def test_what_is_used_stays_where_something_unused_does_as_well(cuts) -> None:
    """Both Ada and uami come by what uami holds. Where that is used, and only Ada has to go, something else goes."""
    assert [(one.unit.kind, one.unit.holder.label) for one in cuts(VAULT).removals] == [("roleAssignment", "uami")]
    use = {guid(33): Use(1_000_000, 0, 1)}
    (removal,) = cuts(VAULT, use=use).removals
    assert (removal.weight, removal.use) == (pytest.approx(7, abs=0.001), use[guid(33)])
    answer = cuts(VAULT, use=use, only=("Ada",))
    assert answer.weight == 1
    assert answer.removals[0].unit.holder.label != "uami"


def test_what_is_possible_is_cut_where_that_is_wanted(cuts) -> None:
    answer = cuts("tier0", possible=True)
    assert {one.unit.kind for one in answer.removals} >= {"directoryRoleAssignment"}
    assert answer.sources == 4
    assert [ref.label for ref in answer.refs(answer.stuck)] == ["Cleo"]
    assert [gap.api for gap in answer.unread] == ["graph/groupOwners"]


def test_nobody_reaches_it_so_nothing_has_to_go(cuts) -> None:
    answer = cuts("app")
    assert (answer.sources, answer.removals, answer.gap) == (0, (), 0)


def test_use_is_added_up_for_each_assignment_and_what_was_refused_is_no_use() -> None:
    rows = [
        used("a", "X/read", "/", assignment=guid(31).upper(), operations=2, day=10),
        used("b", "X/write", "/", assignment=guid(31), operations=3, day=12),
        used("b", "X/write", "/", assignment=guid(31), operations=9, outcome=ObservedOutcome.REFUSED),
        used("b", "X/write", "/", operations=9),
    ]
    found = observed_use(FakeReading(rows))
    assert found is not None
    assert {key: one.operations for key, one in found.items()} == {guid(31): 5}
    assert found[guid(31)].first_seen < found[guid(31)].last_seen


def test_without_logs_nothing_is_known_of_use() -> None:
    assert observed_use(None) is None
