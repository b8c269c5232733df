"""A setup against an Azure that throttles, fails, shows writes late and kills the process: one identity comes of it."""

from __future__ import annotations

import json

import msgspec
import pytest
from tests.e2e.setup_world import SimClock, World
from tests.e2e.tiny_tenant import ROOT, tiny_tenant

from remit.adapters.granter.calls import Calls
from remit.app.setting_up.doing import Deed
from remit.app.setting_up.plan import ApplicationChoice, Credential
from remit.bootstrap.granter import open_setup
from remit.model.errors import SetupError
from remit_sim.embedded import Simulator

LISTS = ("arm/locks", "graph/users", "graph/devices")
THINGS = 7


class KilledError(BaseException):
    """The process ends here."""


def things_of(sim: Simulator) -> list[str]:
    """What stands in the tenant that was not there before."""
    before = tiny_tenant()
    with sim.edit() as tenant:
        return sorted(
            f"{name} {key}"
            for name, table in tenant.tables.items()
            for key in table.keys()  # noqa: SIM118 - a table is no mapping
            if before.table(name).get(key) is None
            and json.loads(table.get(key) or b"{}").get("displayName") != "Microsoft Graph"
        )


@pytest.mark.parametrize(
    "faults",
    [
        {"throttle": "30%:1-3"},
        {"server-error": "30%"},
        {"cut": "20%"},
        {"eventual": "20"},
        {"expired-token": "20%"},
        {"throttle": "15%:1-1", "server-error": "15%", "eventual": "10"},
    ],
    ids="+".join,
)
def test_with_faults_the_same_comes_of_it(tmp_path, faults) -> None:
    with Simulator(tiny_tenant(), faults=faults, seed=7) as sim:
        where = World(sim, tmp_path)
        slept = []

        def sleep(seconds: float) -> None:
            slept.append(seconds)
            sim.advance(seconds=seconds)

        with open_setup(where.operator, tmp_path, _ignore, clock=SimClock(sim), sleep=sleep) as (_, setup):
            done = setup.apply(where.plan(*LISTS))
            assert [deed for deed, _ in done.deeds] == [Deed.MADE] * THINGS
            assert len(things_of(sim)) == THINGS - 1  # a certificate is a field
            setup.remove("collector")
            assert things_of(sim) == []
        # A refused token is replaced at once.
        assert slept or "expired-token" in faults


@pytest.mark.parametrize("credential", [Credential.CERTIFICATE, Credential.SECRET])
def test_killed_after_any_write_it_goes_on(tmp_path, monkeypatch, credential) -> None:
    """The answer of the n-th write never arrives; the next run makes what is missing and nothing twice."""
    write = Calls.write
    left = 0

    def dying(self, *arguments, **named):
        nonlocal left
        answer = write(self, *arguments, **named)
        left -= 1
        if left == 0:
            raise KilledError
        return answer

    monkeypatch.setattr(Calls, "write", dying)
    with Simulator(tiny_tenant()) as sim:
        where = World(sim, tmp_path)
        identity = ApplicationChoice(credential, str(tmp_path / "kept"))
        plan = where.plan(*LISTS, identity=identity)
        for number in range(1, THINGS + 1):
            left = number
            with pytest.raises(KilledError):
                where.apply(plan)
            left = -1
            done = where.apply(plan)
            assert len(things_of(sim)) == THINGS - 1
            with sim.edit() as tenant:
                application = next(
                    row
                    for row in map(json.loads, tenant.table("graph/applications").rows())
                    if row["displayName"] == "collector"
                )
            assert len([*(application["keyCredentials"] or ()), *(application["passwordCredentials"] or ())]) == 1
            assert done.client_id == application["appId"]
            with where.setup() as setup:
                setup.remove("collector")
            assert things_of(sim) == []


def test_a_setup_whose_record_was_lost_finds_what_it_made(tmp_path) -> None:
    with Simulator(tiny_tenant()) as sim:
        where = World(sim, tmp_path)
        plan = where.plan(*LISTS)
        where.apply(plan)
        (tmp_path / "setup-collector.json").unlink()
        assert {deed for deed, _ in where.apply(plan).deeds} == {Deed.WAS_THERE}


def test_a_certificate_that_soon_ends_is_replaced(tmp_path) -> None:
    with Simulator(tiny_tenant()) as sim:
        where = World(sim, tmp_path)
        plan = where.plan(*LISTS)
        where.apply(plan)
        sim.advance(days=340)
        with sim.edit() as tenant:
            row = next(row for row in tenant.table("graph/applications").rows() if b"collector" in row)
            application = json.loads(row)
            foreign = application["keyCredentials"][0] | {"keyId": "dddddddd-0000-4000-8000-000000000099"}
            foreign["customKeyIdentifier"] = None
            application["keyCredentials"] = [foreign, *application["keyCredentials"]]
            tenant.put("graph/applications", msgspec.json.encode(application))
        done = where.apply(plan)
        assert [deed for deed, _ in done.deeds if deed is not Deed.WAS_THERE] == [Deed.MADE, Deed.REMOVED]
        with sim.edit() as tenant:
            keys = tenant.table("graph/applications").fields(application["id"])["keyCredentials"]
        # What somebody else added stays.
        assert [len(keys), keys[0]["keyId"]] == [2, foreign["keyId"]]
        assert where.collect(where.identity(done), ("graph/users",)).gaps == set()


def test_a_custom_role_of_the_same_name_is_left_alone(tmp_path) -> None:
    role = {
        "id": f"{ROOT}/providers/Microsoft.Authorization/roleDefinitions/eeeeeeee-0000-4000-8000-000000000009",
        "name": "eeeeeeee-0000-4000-8000-000000000009",
        "type": "Microsoft.Authorization/roleDefinitions",
        "properties": {
            "roleName": "collector",
            "type": "CustomRole",
            "assignableScopes": [ROOT],
            "permissions": [{"actions": ["*/read"]}],
        },
    }
    with Simulator(tiny_tenant()) as sim:
        with sim.edit() as tenant:
            tenant.put("arm/roleDefinitions", msgspec.json.encode(role))
        where = World(sim, tmp_path)
        with pytest.raises(SetupError, match="a custom role of this name exists"):
            where.apply(where.plan(*LISTS))
        with sim.edit() as tenant:
            assert tenant.table("arm/roleDefinitions").fields(role["id"].lower()) == role


def _ignore(_deed: Deed, _words: str) -> None:
    """Nobody is told."""
