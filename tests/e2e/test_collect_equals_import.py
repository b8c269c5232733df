"""What a collection gives is what an import of the same tenant gives: without faults, and with them."""

from __future__ import annotations

import asyncio

import pytest
from tests.e2e.collecting_world import STRUCK, collected, generated, imported, store_of

from remit.adapters.waiter import LoopWaiter
from remit_sim.embedded import Simulator

TENANTS = 50
HURRY = 100
PATIENCE_S = 60.0 * HURRY


@pytest.fixture
def hurried(monkeypatch):
    """Let the collector's time run a hundred times as fast: what comes of waiting is the same, sooner."""

    async def sleep(_self: LoopWaiter, seconds: float) -> None:
        await asyncio.sleep(seconds / HURRY)

    def monotonic(_self: LoopWaiter) -> float:
        return asyncio.get_running_loop().time() * HURRY

    monkeypatch.setattr(LoopWaiter, "sleep", sleep)
    monkeypatch.setattr(LoopWaiter, "monotonic", monotonic)


@pytest.mark.parametrize("seed", range(TENANTS))
def test_a_collection_equals_the_import_of_what_was_loaded(tmp_path, seed) -> None:
    export = generated(tmp_path, seed)
    with Simulator(export, seed=seed) as sim:
        report = collected(tmp_path / "store", sim.env()).report
    assert report.gaps == ()
    assert report.summary.snapshot_id == imported(tmp_path, export)


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize("seed", range(TENANTS))
def test_with_every_fault_switched_on_it_is_equal_too(tmp_path, seed) -> None:
    export = generated(tmp_path, seed)
    with Simulator(export, faults=STRUCK, seed=seed) as sim:
        report = collected(tmp_path / "store", sim.env(), patience_s=PATIENCE_S).report
        # The faults did strike.
        assert sim.statistics.throttled
        assert {status for (_, status) in sim.statistics.statuses} >= {200, 429}
        assert any(status >= 500 for (_, status) in sim.statistics.statuses)
    assert report.gaps == ()
    assert report.summary.snapshot_id == imported(tmp_path, export)


def test_the_export_is_imported_to_the_same_snapshot(tmp_path) -> None:
    export = generated(tmp_path, 3)
    with Simulator(export) as sim:
        done = collected(tmp_path / "store", sim.env(), export=tmp_path / "written")
    assert imported(tmp_path, tmp_path / "written") == done.report.summary.snapshot_id


@pytest.mark.usefixtures("hurried")
def test_objects_that_vanish_between_two_pages_are_no_error(tmp_path) -> None:
    export = generated(tmp_path, 11)
    with Simulator(export, faults={"small-pages": "9", "vanish": "0.3"}, seed=5) as sim:
        before = {name: set(table.rows()) for name, table in sim.tenant.tables.items()}
        report = collected(tmp_path / "store", sim.env()).report
        after = {name: set(table.rows()) for name, table in sim.tenant.tables.items()}
    store = store_of(tmp_path / "store")
    read = {name: set(store.payloads(report.summary.snapshot_id, name)) for name in before}
    assert report.gaps == ()
    assert sum(map(len, after.values())) < sum(map(len, before.values()))
    for name, rows in read.items():
        assert after[name] <= rows <= before[name], name


def test_what_is_forbidden_is_a_gap_that_names_the_permission(tmp_path) -> None:
    export = generated(tmp_path, 4)
    with Simulator(export) as sim:
        subscription = next(iter(sim.tenant.table("arm/subscriptions").keys()))
        sim.faults.set("forbid", f"{subscription}/providers/microsoft.authorization/denyassignments")
        report = collected(tmp_path / "store", sim.env()).report
    (gap,) = report.gaps
    assert (gap.api, gap.scope.lower()) == ("arm/denyAssignments", subscription)
    assert "Microsoft.Authorization/denyAssignments/read" in gap.reason
