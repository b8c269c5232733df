"""A setup makes what is missing, goes on where it stopped, and undoes what it recorded."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.fakes.granter import (
    TENANT,
    FakeGranter,
    FakeKeyFiles,
    FakeRecords,
    KilledError,
    StandingClock,
    place_of,
)

from remit.app.setting_up.doing import Deed, Setup
from remit.app.setting_up.needs import Need
from remit.app.setting_up.patience import Patience
from remit.app.setting_up.plan import ApplicationChoice, Credential, ManagedIdentityChoice, SetupPlan
from remit.app.setting_up.record import decode_record
from remit.model.errors import ForbiddenError, InterruptedAnswerError, SettingsError, SetupError, UnsettledError
from remit.ports.granter import NewApplication, NewAppRole, NewRole

ROOT = f"/providers/Microsoft.Management/managementGroups/{TENANT}"
NEEDS = (
    Need("arm", "Microsoft.Authorization/locks/read", ("arm/locks",), "locks"),
    Need("graph", "Device.Read.All", ("graph/devices",), "devices"),
    Need("graph", "User.Read.All", ("graph/users",), "users"),
)
PLAN = SetupPlan(
    "collector",
    TENANT,
    "AzureCloud",
    ROOT,
    ApplicationChoice(Credential.CERTIFICATE, "/keys/collector.pem"),
    ("arm/locks", "graph/devices", "graph/users"),
    NEEDS,
)
THINGS = 7
"""Application, service principal, certificate, two permissions, role, assignment."""


class World:
    def __init__(self, **changes) -> None:
        self.granter = FakeGranter(**changes)
        self.files = FakeKeyFiles()
        self.records = FakeRecords()
        self.slept: list[float] = []

    def setup(self) -> Setup:
        return Setup(
            self.granter, self.files, self.records, StandingClock(), patience=Patience(self.slept.append, (1.0, 2.0))
        )

    def apply(self, plan: SetupPlan = PLAN):
        return self.setup().apply(plan)

    def recorded(self) -> dict[str, str]:
        record = decode_record(self.records.kept["collector"], "collector")
        return {entry.key: entry.place for entry in record.entries}


def test_everything_is_made_once_and_recorded() -> None:
    world = World()
    done = world.apply()
    assert [deed for deed, _ in done.deeds] == [Deed.MADE] * THINGS
    assert (done.client_id, done.object_id) == ("the-app", "the-principal")
    assert list(world.recorded().values()) == world.granter.made
    assert "/keys/collector.pem" in world.files.files
    again = world.apply()
    assert [deed for deed, _ in again.deeds] == [Deed.WAS_THERE] * THINGS
    assert len(world.granter.made) == THINGS


def test_the_intent_is_recorded_before_azure_is_asked() -> None:
    world = World()
    seen = []

    def look(method, _what) -> None:
        if method == "make":
            record = decode_record(world.records.kept["collector"], "collector")
            seen.append((record.entries[-1].key, record.entries[-1].place))

    world.granter.before = look
    world.apply()
    assert [key for key, _ in seen] == list(world.recorded())
    assert {place for _, place in seen} == {""}


@pytest.mark.parametrize("deed", range(THINGS))
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_setup_that_was_killed_goes_on_and_makes_nothing_twice(deed, moment) -> None:
    world = World()
    count = 0

    def kill(method, _what) -> None:
        nonlocal count
        if method == "make":
            count += 1
            if count == deed + 1:
                raise KilledError

    setattr(world.granter, moment, kill)
    with pytest.raises(KilledError):
        world.apply()
    setattr(world.granter, moment, lambda _method, _what: None)
    world.apply()
    assert len(world.granter.made) == len(set(world.granter.made)) == THINGS
    assert list(world.recorded().values()) == world.granter.made


def test_azure_that_is_slow_is_waited_for() -> None:
    world = World(slow=2)
    world.apply()
    assert world.slept == [1.0, 2.0] * THINGS


def test_a_thing_whose_answer_was_lost_is_not_made_twice() -> None:
    world = World()
    asked: list[str] = []

    def cut(method, what) -> None:
        if method == "make":
            asked.append(place_of(what))
            if len(asked) % 2:
                raise InterruptedAnswerError("POST", "the answer was cut off")

    world.granter.after = cut
    world.apply()
    assert len(asked) == len(set(asked)) == THINGS


def test_azure_that_never_shows_a_thing_is_an_error_and_the_thing_stays_recorded() -> None:
    world = World(slow=100)
    with pytest.raises(UnsettledError, match="application `collector`: Azure does not show it yet") as error:
        world.apply()
    assert error.value.hint() == "run the same command again: it goes on where it stopped"
    assert world.recorded() == {"application": "graph:/applications/app-collector"}


def test_what_the_operator_lacks_is_named_and_what_was_made_is_kept() -> None:
    world = World()

    def refuse(method, what) -> None:
        if method == "make" and isinstance(what, NewAppRole):
            raise ForbiddenError("POST graph", "403", "AppRoleAssignment.ReadWrite.All")

    world.granter.before = refuse
    with pytest.raises(ForbiddenError) as error:
        world.apply()
    assert error.value.hint() == "needs AppRoleAssignment.ReadWrite.All"
    assert world.recorded()["certificate"]
    assert world.recorded()["graph Device.Read.All"] == ""


def test_fewer_lists_take_permissions_away_and_put_the_role_right() -> None:
    world = World()
    world.apply()
    needs = (Need("arm", "Microsoft.Authorization/denyAssignments/read", ("arm/denyAssignments",), "d"), NEEDS[2])
    done = world.apply(replace(PLAN, needs=needs))
    assert [(deed, words) for deed, words in done.deeds if deed is not Deed.WAS_THERE] == [
        (Deed.PUT_RIGHT, "custom role `collector`"),
        (Deed.REMOVED, "graph Device.Read.All"),
    ]
    assert "graph Device.Read.All" not in world.recorded()
    roles = [thing for thing in world.granter.things.values() if isinstance(thing, NewRole)]
    assert [list(role.actions) for role in roles] == [["Microsoft.Authorization/denyAssignments/read"]]


def test_another_scope_moves_role_and_assignment() -> None:
    world = World()
    world.apply()
    before = set(world.granter.things)
    world.apply(replace(PLAN, scope="/subscriptions/s"))
    after = set(world.granter.things)
    assert len(after) == THINGS
    assert {place.split("/")[1] for place in after - before} == {"subscriptions"}
    assert {place.split("/")[1] for place in before - after} == {"providers"}


def test_a_lost_key_gives_another_certificate_and_takes_the_old_one_away() -> None:
    world = World()
    world.apply()
    old = world.recorded()["certificate"]
    world.files.files = {"another": "file"}
    done = world.apply()
    assert (Deed.REMOVED, f"former {old}") in done.deeds
    assert old not in world.granter.things
    assert len(world.granter.things) == THINGS


@pytest.mark.parametrize(
    "identity",
    [
        ApplicationChoice(Credential.FEDERATED, "", "https://issuer", "repo:x"),
        ApplicationChoice(Credential.SECRET, "/keys/collector.env"),
        ManagedIdentityChoice("s", "rg", "westeurope"),
    ],
)
def test_other_identities_are_made_and_removed_the_same_way(identity) -> None:
    world = World()
    done = world.apply(replace(PLAN, identity=identity))
    assert (done.client_id, done.object_id) == ("the-app", "the-principal")
    assert [deed for deed, _ in world.apply(replace(PLAN, identity=identity)).deeds] == [Deed.WAS_THERE] * len(
        done.deeds
    )
    world.setup().remove("collector")
    assert world.granter.things == {}


def test_removal_undoes_in_reverse_order_and_forgets_the_record_and_the_key() -> None:
    world = World()
    world.apply()
    made = list(world.granter.made)
    done = world.setup().remove("collector")
    assert world.granter.removed == made[::-1]
    assert [deed for deed, _ in done.deeds] == [Deed.REMOVED] * THINGS
    assert world.records.kept == {}
    assert world.files.files == {}


def test_a_removal_that_was_killed_goes_on() -> None:
    world = World()
    world.apply()

    def kill(method, what) -> None:
        if method == "remove" and "servicePrincipals" in what:
            raise KilledError

    world.granter.after = kill
    with pytest.raises(KilledError):
        world.setup().remove("collector")
    world.granter.after = lambda _method, _what: None
    world.setup().remove("collector")
    assert world.granter.things == {}


def test_nothing_that_is_not_recorded_is_removed() -> None:
    world = World()
    world.apply()
    foreign = NewApplication("other", "mark")
    world.granter.things[place_of(foreign)] = foreign
    world.setup().remove("collector")
    assert world.granter.things == {place_of(foreign): foreign}


def test_somebody_elses_application_is_left_alone() -> None:
    world = World()
    foreign = NewApplication("collector", "none of ours")
    world.granter.things[place_of(foreign)] = foreign
    with pytest.raises(SetupError):
        world.apply()
    assert world.granter.things == {place_of(foreign): foreign}


def test_a_setup_that_is_not_recorded_or_of_another_tenant_cannot_be_removed() -> None:
    world = World()
    with pytest.raises(SetupError, match=r"no setup `collector` is recorded at setup-collector\.json"):
        world.setup().remove("collector")
    world.apply()
    world.granter.tenant_id = lambda: "another"
    with pytest.raises(SetupError, match=f"belongs to tenant {TENANT}, not to another"):
        world.setup().remove("collector")
    with pytest.raises(SetupError, match="belongs to tenant"):
        world.apply(replace(PLAN, tenant_id="another"))


@pytest.mark.parametrize("data", [b"{", b'{"format":"other"}', b""])
def test_a_damaged_record_is_no_record(data) -> None:
    world = World()
    world.records.kept["collector"] = data
    with pytest.raises(SettingsError, match="the record of setup `collector`"):
        world.apply()
