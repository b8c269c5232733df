"""Every scenario of a tenant over time: the answer about each instant."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from tests.fakes.engine_world import facts_of
from tests.fakes.scenario_history import HistoryScenario, load_histories
from tests.scenarios.test_scenarios import missing

from remit.engine.decide import decide
from remit.engine.index import TenantIndex
from remit.engine.splicing import spliced
from remit.model.interval import to_micros
from remit.usage.changes import settled
from remit.usage.changes.planning import plan
from remit.wire.v1.answers import answer_document

SCENARIOS = load_histories(Path(__file__).parent / "history")


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_a_tenant_over_time_answers(scenario: HistoryScenario) -> None:
    base = TenantIndex.build(facts_of(scenario.export))
    read_at = base.facts.meta.collected_at
    assert read_at is not None
    found = plan(base, settled(scenario.changes), to_micros(read_at), backwards=True)
    index = base.rebuilt(spliced(base.facts, found.splice))
    for ask in scenario.asks:
        assert ask.at is not None
        micros = to_micros(ask.at)
        gaps = [one.gap for one in found.gaps if one.start <= micros < one.end]
        decision = decide(index.with_gaps(gaps), ask.question, at=ask.at)
        answer = msgspec.json.decode(msgspec.json.encode(answer_document(ask.line, decision)))
        assert (ask.line, str(ask.at), answer["outcome"]) == (ask.line, str(ask.at), ask.outcome), answer["because"]
        assert missing(ask, answer) == [], answer["because"]


def test_every_clause_about_time_has_a_scenario() -> None:
    assert {f"H{number}" for number in range(1, 10)} == {clause for one in SCENARIOS for clause in one.clauses}
