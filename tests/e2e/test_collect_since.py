"""Adding to an earlier snapshot gives what collecting everything again gives, with fewer calls."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from random import Random

import pytest
from tests.e2e.collecting_world import STRUCK, collected, generated, store_of

from remit.adapters.waiter import LoopWaiter
from remit_sim.embedded import Simulator
from remit_sim.tenant import SimTenant

EDITED = (
    "graph/users",
    "graph/groups",
    "graph/servicePrincipals",
    "graph/applications",
    "graph/devices",
    "graph/administrativeUnits",
    "arm/resources",
)
REMOVED = (*EDITED, "graph/groupMembers", "graph/oauth2PermissionGrants", "graph/administrativeUnitMembers")
NEW = "0dd00000-0000-4000-8000-{:012d}"


def _keys(tenant: SimTenant, name: str, chance: Random, count: int) -> list[str]:
    keys = list(tenant.table(name).keys())
    return chance.sample(keys, min(count, len(keys)))


def _edited(tenant: SimTenant, chance: Random) -> None:
    """Change, remove and add some of everything that is told of by change feeds, and of what is not."""
    for name in EDITED:
        for key in _keys(tenant, name, chance, 3):
            row = tenant.table(name).fields(key)
            if name == "arm/resources":
                row["tags"] = {"edited": str(chance.random())}
            else:
                row["displayName"] = f"edited {chance.random()}"
            tenant.put(name, json.dumps(row, separators=(",", ":")).encode())
    for name in REMOVED:
        for key in _keys(tenant, name, chance, 2):
            if name != "arm/resources" or "/providers/" in key:
                tenant.remove(name, key)
    users = _keys(tenant, "graph/users", chance, 4)
    group = _keys(tenant, "graph/groups", chance, 1)[0]
    for number, user in enumerate(users):
        new = tenant.table("graph/users").fields(user) | {"id": NEW.format(number), "displayName": f"new {number}"}
        tenant.put("graph/users", json.dumps(new, separators=(",", ":")).encode())
        _join(tenant, group, "user", new["id"])
    _join(tenant, group, "servicePrincipal", _keys(tenant, "graph/servicePrincipals", chance, 1)[0])
    tenant.remove("arm/roleAssignments", _keys(tenant, "arm/roleAssignments", chance, 1)[0])


def _join(tenant: SimTenant, group: str, kind: str, member: str) -> None:
    pair = {"parentId": group, "member": {"@odata.type": f"#microsoft.graph.{kind}", "id": member}}
    tenant.put("graph/groupMembers", json.dumps(pair, separators=(",", ":")).encode())


def _calls(done, prefix: str) -> int:
    return sum(number for endpoint, number in done.calls if endpoint.startswith(prefix))


@pytest.mark.parametrize("seed", [0, 2, 6])
def test_what_changed_and_the_earlier_snapshot_make_the_whole(tmp_path, seed) -> None:
    chance = Random(seed)
    with Simulator(generated(tmp_path, seed), seed=seed) as sim:
        store = tmp_path / "store"
        earlier = collected(store, sim.env()).report.summary.snapshot_id
        for _ in range(2):
            sim.advance(hours=chance.randint(1, 60))
            with sim.edit() as tenant:
                _edited(tenant, chance)
            later = collected(store, sim.env(), since=earlier)
            whole = collected(tmp_path / f"whole-{earlier}", sim.env())
            assert later.report.summary.snapshot_id == whole.report.summary.snapshot_id != earlier
            assert _calls(later, "arm/resources/all") == 0
            assert _calls(later, "graph/users/delta") == 1
            assert "graph/users" not in dict(later.calls)
            assert "graph/groupMembers" not in dict(later.calls)
            earlier = later.report.summary.snapshot_id


def test_nothing_that_changed_is_the_same_snapshot_but_for_its_time(tmp_path) -> None:
    with Simulator(generated(tmp_path, 3)) as sim:
        first = collected(tmp_path / "store", sim.env())
        again = collected(tmp_path / "store", sim.env(), since=first.report.summary.snapshot_id)
        assert again.report.summary.snapshot_id == first.report.summary.snapshot_id
        assert not {"graph/users", "graph/groupMembers", "graph/devices", "graph/servicePrincipals"} & set(
            dict(again.calls)
        )


@pytest.mark.parametrize("days", [13, 20])
def test_changes_of_resources_that_are_too_old_are_not_relied_on(tmp_path, days) -> None:
    with Simulator(generated(tmp_path, 4)) as sim:
        first = collected(tmp_path / "store", sim.env()).report.summary.snapshot_id
        with sim.edit() as tenant:
            _edited(tenant, Random(1))
        sim.advance(days=days)
        later = collected(tmp_path / "store", sim.env(), since=first)
        assert _calls(later, "arm/resources/all") == 1
        whole = collected(tmp_path / "whole", sim.env())
        assert later.report.summary.snapshot_id == whole.report.summary.snapshot_id


def test_a_change_feed_that_has_expired_is_read_in_full(tmp_path) -> None:
    """After a restart without its history the simulator answers 410 to every feed."""
    export = generated(tmp_path, 6)
    with Simulator(export, state=tmp_path / "state") as sim:
        with sim.edit() as tenant:
            _edited(tenant, Random(2))
        collected(tmp_path / "store", sim.env())
    with Simulator(export, state=tmp_path / "state") as sim:
        first = _newest(tmp_path / "store")
        later = collected(tmp_path / "store", sim.env(), since=first)
        assert _calls(later, "graph/users/delta") >= 1
        assert dict(later.calls)["graph/users"] >= 1
        collected(tmp_path / "whole", sim.env())
    for name in ("graph/users", "graph/groupMembers", "graph/servicePrincipals"):
        found = {_payloads(folder, name) for folder in (tmp_path / "store", tmp_path / "whole")}
        assert len(found) == 1


def _newest(store: Path) -> str:
    return store_of(store).resolve(None)


def _payloads(store: Path, name: str) -> tuple[bytes, ...]:
    return tuple(sorted(store_of(store).payloads(_newest(store), name)))


def test_a_subscription_that_comes_or_goes_makes_resources_be_read_in_full(tmp_path) -> None:
    with Simulator(generated(tmp_path, 9)) as sim:
        first = collected(tmp_path / "store", sim.env()).report.summary.snapshot_id
        with sim.edit() as tenant:
            gone = _keys(tenant, "arm/subscriptions", Random(4), 1)[0]
            tenant.remove("arm/managementGroups", gone)
            tenant.remove("arm/subscriptions", gone)
        later = collected(tmp_path / "store", sim.env(), since=first)
        assert _calls(later, "arm/resources/all") == 1
        whole = collected(tmp_path / "whole", sim.env())
        assert later.report.summary.snapshot_id == whole.report.summary.snapshot_id


def test_with_every_fault_switched_on_it_is_the_whole_too(tmp_path, monkeypatch) -> None:
    async def sleep(_self: LoopWaiter, seconds: float) -> None:
        await asyncio.sleep(seconds / 100)

    monkeypatch.setattr(LoopWaiter, "sleep", sleep)
    with Simulator(generated(tmp_path, 12), seed=12) as sim:
        first = collected(tmp_path / "store", sim.env()).report.summary.snapshot_id
        sim.advance(hours=5)
        with sim.edit() as tenant:
            _edited(tenant, Random(3))
        for name, value in STRUCK.items():
            sim.faults.set(name, value)
        later = collected(tmp_path / "store", sim.env(), since=first)
        whole = collected(tmp_path / "whole", sim.env())
        assert later.report.summary.snapshot_id == whole.report.summary.snapshot_id
