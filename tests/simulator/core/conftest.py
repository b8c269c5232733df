from __future__ import annotations

import pytest
from tests.simulator.core.asking import client_of, small_tenant

from remit_sim.embedded import Simulator


@pytest.fixture
def sim():
    with Simulator(small_tenant(), seed=7) as running:
        yield running


@pytest.fixture
def client(sim):
    with client_of(sim) as made:
        yield made
