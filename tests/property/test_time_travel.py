"""H1 to H9: facts with changes spliced into them answer as a fresh import of the tenant at that instant does."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from tests.fakes.engine_world import EngineWorld, facts_of
from tests.strategies.choices import seeded
from tests.strategies.histories import HOUR_US, START, History, history
from tests.strategies.questions import question
from tests.strategies.tenants import Tenant
from tests.strategies.vocabulary import AT, GROUPS

from remit.engine.decide import decide
from remit.engine.index import TenantIndex
from remit.engine.splicing import spliced
from remit.model.decision import Outcome
from remit.model.interval import from_micros
from remit.model.snapshot import Gap
from remit.model.usage import ObservedChange
from remit.usage.changes import settled
from remit.usage.changes.detail import ChangeDetail, written
from remit.usage.changes.planning import Plan, plan

_HISTORIES = 60
_QUESTIONS = 8


def _planned(made: History, read_at: int, changes: list[ObservedChange]) -> tuple[TenantIndex, Plan]:
    base = TenantIndex.build(facts_of(made.at(read_at)))
    found = plan(base, settled(changes), read_at, backwards=True)
    facts = spliced(base.facts, found.splice)
    return base.rebuilt(facts), found


def _index_at(index: TenantIndex, found: Plan, instant: int) -> TenantIndex:
    gaps = [one.gap for one in found.gaps if one.start <= instant < one.end]
    return index.with_gaps(gaps) if gaps else index


@pytest.mark.parametrize("seed", range(_HISTORIES))
def test_a_spliced_tenant_answers_as_one_imported_at_that_instant(seed: int) -> None:
    choose = seeded(f"travel {seed}")
    made = history(choose)
    read_at = START + choose.below(7) * HOUR_US + HOUR_US // 2
    index, found = _planned(made, read_at, made.changes)
    for step in range(-1, 7):
        instant = START + step * HOUR_US + choose.pick((0, HOUR_US // 4, HOUR_US - 1))
        naive = EngineWorld.of(made.at(instant), AT)
        there = _index_at(index, found, instant)
        for _ in range(_QUESTIONS):
            asked = question(choose, Tenant(made.at(instant), made.first.scopes))
            at = from_micros(instant)
            told, expected = decide(there, asked, at=at), naive.decide(asked, at)
            gone = instant < read_at and asked.principal_id.lower() not in _directory(naive)
            if told.outcome is Outcome.UNKNOWN and gone:
                continue  # H6: who was deleted before the snapshot is not known
            assert told.outcome == expected.outcome, (seed, step, told, expected)


def _directory(world: EngineWorld) -> set[str]:
    facts = world.index.facts
    return {key for key, flags in zip(facts.principals.key, facts.principals.flags.tolist(), strict=True) if flags & 1}


@pytest.mark.parametrize("seed", range(12))
def test_order_and_copies_of_records_make_no_difference(seed: int) -> None:
    choose = seeded(f"order {seed}")
    made = history(choose)
    read_at = START + choose.below(7) * HOUR_US + HOUR_US // 2
    shuffled = made.changes * 2
    random.Random(seed).shuffle(shuffled)
    first, second = _planned(made, read_at, made.changes), _planned(made, read_at, shuffled)
    assert first[1] == second[1]
    assert {name: array.tobytes() for name, array in first[0].to_arrays().items()} == {
        name: array.tobytes() for name, array in second[0].to_arrays().items()
    }


@pytest.mark.parametrize("seed", range(12))
def test_what_an_index_is_rebuilt_from_is_what_it_is_built_from(seed: int) -> None:
    choose = seeded(f"rebuilt {seed}")
    made = history(choose)
    index, _ = _planned(made, START, made.changes)
    built = TenantIndex.build(index.facts)
    assert {name: array.tobytes() for name, array in index.to_arrays().items()} == {
        name: array.tobytes() for name, array in built.to_arrays().items()
    }


@pytest.mark.parametrize("seed", range(12))
def test_leaving_records_away_never_flips_a_settled_answer_before_the_next_of_its_thing(seed: int) -> None:
    """A delete whose old content is not told makes answers before it unknown, never wrong."""
    choose = seeded(f"untold {seed}")
    made = history(choose)
    read_at = START + 6 * HOUR_US + HOUR_US // 2
    untold = [
        replace(one, subject_id="", role_id="", detail=written(ChangeDetail()))
        if one.kind.value == "assignmentDeleted"
        else one
        for one in made.changes
    ]
    index, found = _planned(made, read_at, untold)
    for step in range(7):
        instant = START + step * HOUR_US + 1
        naive = EngineWorld.of(made.at(instant), AT)
        there = _index_at(index, found, instant)
        for _ in range(_QUESTIONS):
            asked = question(choose, Tenant(made.at(instant), made.first.scopes))
            told = decide(there, asked, at=from_micros(instant))
            if told.outcome is not Outcome.UNKNOWN:
                assert told.outcome == naive.decide(asked, from_micros(instant)).outcome


@pytest.mark.parametrize("seed", range(12))
def test_an_index_with_more_gaps_answers_as_one_built_with_them(seed: int) -> None:
    choose = seeded(f"gaps {seed}")
    made = history(choose)
    base = TenantIndex.build(facts_of(made.at(START)))
    gaps = [
        Gap("arm/roleAssignments", choose.pick(made.first.scopes), "x"),
        Gap("graph/groupMembers", f"/groups/{choose.pick(GROUPS)}" if choose.chance(80) else "/", "x"),
        Gap("graph/deletedItems", "/", "x"),
    ][: 1 + choose.below(3)]
    built = TenantIndex.build(
        replace(base.facts, meta=replace(base.facts.meta, gaps=tuple(sorted({*base.facts.meta.gaps, *gaps}))))
    )
    for _ in range(40):
        asked = question(choose, Tenant(made.at(START), made.first.scopes))
        before = decide(base, asked, at=AT)
        assert decide(base.with_gaps(gaps), asked, at=AT) == decide(built, asked, at=AT)
        assert decide(base, asked, at=AT) == before
