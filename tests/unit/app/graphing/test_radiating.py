"""Everybody ranked by reach: the sums are those of reach, one by one."""

from __future__ import annotations

import pytest
from tests.fakes.escalations import hand_drawn

from remit.app.graphing.naming import Naming
from remit.app.graphing.radiating import Sort, radius_of
from remit.app.graphing.reaching import reach_of

SIDES = ("code", "secret", "data", "control")


@pytest.fixture(scope="module")
def world():
    return hand_drawn()


def ranked(world, **more):
    answer = radius_of(world.escalation, **more)
    return {one.ref.label: one for one in answer.shown(range(len(answer.nodes)))}


@pytest.mark.parametrize("possible", [False, True])
def test_everybody_reaches_what_reach_says(world, possible) -> None:
    naming = Naming(world.escalation)
    for name, one in ranked(world, possible=possible).items():
        answer = reach_of(world.escalation, naming.find(name))
        kept = {
            what: [each for each in answer.shown(some, range(len(some.nodes))) if each.certain or possible]
            for what, some in answer.lists.items()
        }
        counts = {"directoryRoles": len(kept["directoryRoles"]), "identities": 0}
        counts["identities"] = sum(each.ref.kind != "group" for each in kept["principals"])
        # Reach names the highest scopes only; here they are the subscription, with its one group below.
        counts["scopes"] = 2 * len(kept["scopes"])
        for each in kept["resources"]:
            counts[each.facet] = counts.get(each.facet, 0) + 1
        counts["resources"] = len({each.ref.id for each in kept["resources"] if each.facet in SIDES})
        assert dict(one.reach) == {what: count for what, count in counts.items() if count}
        near = {"directoryRoles": sum(each.direct for each in kept["directoryRoles"])}
        near["identities"] = sum(each.direct and each.ref.kind != "group" for each in kept["principals"])
        near["resources"] = len({each.ref.id for each in kept["resources"] if each.direct and each.facet in SIDES})
        near["scopes"] = sum(each.direct for each in kept["scopes"])
        for each in kept["resources"]:
            near[each.facet] = near.get(each.facet, 0) + each.direct
        assert dict(one.near) == {what: count for what, count in near.items() if count}
        reached = answer.tier_zero is not None and (possible or answer.tier_zero.certain)
        assert one.tier_zero == reached


def test_a_resource_counts_once_whichever_sides_are_reached_and_not_for_a_guard_alone() -> None:
    more = hand_drawn(
        ("ada", "vm data", "VM-01"),
        ("app", "vm gate", "VM-01"),
        ("team", "vault gate", "VM-01"),
        ("app", "ada", "EN-08"),
    )
    found = ranked(more)
    ada, app = dict(found["Ada"].reach), dict(found["app"].near)
    assert (ada["code"], ada["data"], ada["secret"], ada["resources"]) == (1, 1, 1, 2)
    assert dict(found["Ada"].near)["resources"] == 1
    assert "resources" not in app
    assert dict(found["app"].reach)["resources"] == 2


def test_identities_one_step_away_are_told_apart_and_nobody_becomes_itself() -> None:
    found = ranked(hand_drawn(("app", "app", "EN-08"), ("app", "ada", "EN-08"), ("team", "team", "EN-08")))
    app, team = found["app"], found["Team"]
    assert (dict(app.reach)["identities"], dict(app.near)["identities"]) == (2, 1)
    assert (dict(team.reach)["identities"], dict(team.near).get("identities")) == (1, None)


def test_by_resources_those_who_reach_most_of_them_come_first() -> None:
    """Both sides of the machine are still one resource; the vault is a second one for Ada only."""
    found = ranked(hand_drawn(("app", "vm data", "VM-01"), ("app", "vm code", "VM-01")), sort=Sort.RESOURCES)
    counts = [dict(one.reach).get("resources", 0) for one in sorted(found.values(), key=lambda one: one.rank)]
    assert counts == sorted(counts, reverse=True)


def test_who_controls_the_tenant_comes_first_then_the_score(world) -> None:
    found = sorted(ranked(world).values(), key=lambda one: one.rank)
    assert [one.rank for one in found] == list(range(1, len(found) + 1))
    assert [(one.tier_zero, one.score) for one in found] == sorted(
        ((one.tier_zero, one.score) for one in found), reverse=True
    )
    assert found[0].tier_zero


def test_the_score_is_what_the_page_says(world) -> None:
    """Ada: a role (12), code of the machine and secrets of the vault (24), the subscription and its group (50)."""
    assert ranked(world)["Ada"].score == 12 + 2 * 12 + 2 * 25


def test_other_orders(world) -> None:
    found = sorted(ranked(world, sort=Sort.IDENTITIES).values(), key=lambda one: one.rank)
    counts = [dict(one.reach).get("identities", 0) for one in found]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] == 1


def test_progress_is_told(world) -> None:
    told = []
    radius_of(world.escalation, progress=lambda step, done, whole: told.append((step, done, whole)))
    assert told[0] == ("counting operations", 0, None)
    step, done, whole = told[-1]
    assert (step, done) == ("counting what is one step away", whole)
