"""D1 to D7, V1 to V22: the engine over columns gives what the literal reading of the raw payloads gives.

`make fuzz N=1000000` is the same comparison, longer.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from tests.fuzz.comparing import compare_tenant, worlds
from tests.strategies.choices import Choices
from tests.strategies.drawn import tenants_asked
from tests.strategies.tenants import Tenant

from remit.model.decision import Outcome
from remit.model.question import Question


@given(tenants_asked())
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_engine_agrees_with_reference(asked: tuple[Choices, Tenant, list[Question]]):
    """Drawn choice by choice: a failure shrinks to a tenant with next to nothing in it."""
    _, tenant, questions = asked
    world, reference = worlds(tenant.export)
    for question in questions:
        assert world.decide(question).outcome is reference.decide(question, world.at).outcome


@pytest.mark.parametrize("start", range(0, 160, 20))
def test_engine_agrees_with_reference_on_seeds(start: int):
    """Sixteen thousand decisions, as many in a batch, and over three hundred lists of principals."""
    seen = set()
    for number in range(start, start + 20):
        tally = compare_tenant(f"test:{number}")
        assert not tally.disagreements
        seen |= set(tally.outcomes)
    assert seen == set(Outcome)
