"""Every scenario, asked of the reference, of the engine over each store, and in every form of question."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from tests.fakes.scenario import Ask, Scenario, fits, load_folder
from tests.fakes.scenario_draft import Row
from tests.fakes.scenario_tenant import in_capitals
from tests.fakes.world import World, in_memory, reference, through_a_folder

from remit.model.effective import EffectivePermission, Standing
from remit.model.question import Plane
from remit.model.scope import Scope
from remit.reference.matching import covers_any

SCENARIOS = load_folder(Path(__file__).parent)
BY_NAME = {scenario.name: scenario for scenario in SCENARIOS}
IN_FORCE = (Standing.HOLDS, Standing.CONDITIONAL)

each_scenario = pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)


@pytest.fixture
def folder() -> Iterator[Path]:
    """Return a folder in memory where the machine has such a place: hundreds of stores are synced to it."""
    place = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 - a new folder in it is made
    with TemporaryDirectory(dir=place) as name:
        yield Path(name)


@cache
def world_of(name: str) -> World:
    """Return a scenario behind the engine, over the store in memory; several tests ask the same one."""
    scenario = BY_NAME[name]
    return in_memory(scenario.lists, scenario.manifest)


def missing(ask: Ask, answer: Row) -> list[str]:
    """Say what an answer does not show, or shows and must not."""
    because, guards = answer["because"], answer["guards"]
    lacks = [f"no reason {part}" for part in ask.because if not any(fits(part, one) for one in because)]
    lacks += [f"no guard {part}" for part in ask.guards if not any(fits(part, one) for one in guards)]
    lacks += [f"a reason {part}" for part in ask.not_because if any(fits(part, one) for one in because)]
    lacks += [f"a guard {part}" for part in ask.not_guards if any(fits(part, one) for one in guards)]
    return lacks


def gives(held: EffectivePermission, ask: Ask) -> bool:
    """Tell whether a permission stands at or above the place asked, by its text alone, and covers the action."""
    scope, block = ask.question.scope, held.block
    if block is None or Scope.parse(held.assignment.scope).key not in {"/", scope.key, *scope.parents_in_text()}:
        return False
    if ask.question.plane is Plane.DATA:
        granted, taken = block.data_actions, block.not_data_actions
    else:
        granted, taken = block.actions, block.not_actions
    return covers_any(granted, ask.question.action) and not covers_any(taken, ask.question.action)


@each_scenario
def test_the_reference_answers(scenario: Scenario) -> None:
    asked = reference(scenario)
    said = [(ask.line, asked.decide(ask.question, ask.at).outcome.value) for ask in scenario.asks]

    assert [(ask.line, ask.outcome) for ask in scenario.asks] == said


@each_scenario
def test_the_engine_answers_with_reasons(scenario: Scenario) -> None:
    world = world_of(scenario.name)
    answers = [world.answer(ask) for ask in scenario.asks]

    assert [(ask.line, ask.outcome) for ask in scenario.asks] == [(one["id"], one["outcome"]) for one in answers]
    for ask, answer in zip(scenario.asks, answers, strict=True):
        assert missing(ask, answer) == [], f"{ask.line}: {answer}"


@each_scenario
def test_a_folder_and_a_store_on_disk_change_nothing(scenario: Scenario, folder: Path) -> None:
    on_disk = through_a_folder(scenario, folder)

    assert world_of(scenario.name).answers(scenario.asks) == on_disk.answers(scenario.asks)


@each_scenario
def test_all_forms_of_a_question_agree(scenario: Scenario) -> None:
    world = world_of(scenario.name)
    answers = [world.answer(ask) for ask in scenario.asks]

    assert answers == world.answers(scenario.asks)
    for ask, answer in zip(scenario.asks, answers, strict=True):
        assert answer["outcome"] == world.coded(ask), ask.line
        held = world.what_can(ask).permissions
        if answer["outcome"] == "allowed":
            assert any(one.standing in IN_FORCE for one in held), ask.line
        granting = {reason["assignmentId"] for reason in answer["because"] if reason["kind"] == "grant"}
        assert granting <= {one.assignment.assignment_id for one in held if one.standing in IN_FORCE}, ask.line
        worthless = {
            reason["assignmentId"]
            for reason in answer["because"]
            if reason["kind"] == "grantsNothing" and not reason.get("conditions")
        }
        assert worthless <= {one.assignment.assignment_id for one in held if one.standing is Standing.NOTHING}, ask.line
        if answer["outcome"] == "not_allowed":
            assert [one for one in held if one.standing is Standing.HOLDS and gives(one, ask)] == [], ask.line
        question = ask.question
        tells_nothing = not question.attributes and not question.attributes_complete and not question.sub_operation
        if tells_nothing and world.mentions(ask):
            found = world.who_can(ask)
            who = question.principal_id.lower()
            assert (answer["outcome"] == "allowed") == (who in found["allowed"]), ask.line
            assert (answer["outcome"] == "unknown") == (who in found["unknown"]), ask.line
            assert answer["outcome"] == "denied" or who not in found["denied"], ask.line
            shown = any(reason["kind"] == "eligible" for reason in answer["because"])
            assert shown == (who in found["eligible"]), ask.line


@each_scenario
def test_order_and_letter_case_of_a_tenant_do_not_matter(scenario: Scenario) -> None:
    turned = {name: rows[::-1] for name, rows in reversed(in_capitals(scenario.lists).items())}
    world = in_memory(turned, scenario.manifest)

    assert [(ask.line, ask.outcome) for ask in scenario.asks] == [
        (ask.line, world.answer(ask)["outcome"]) for ask in scenario.asks
    ]
