"""`remit doctor azure` tells what a credential can, cannot and should not do: asked of the engine, in a live tenant."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import msgspec
import pytest
from tests.e2e.setup_world import SimClock, world
from tests.e2e.tiny_tenant import CONTRIBUTOR, ROOT, SUBSCRIPTION, TEAM, USER

from remit.app.doctoring.beyond import Beyond
from remit.app.doctoring.diagnosis import Diagnosis, Level
from remit.app.doctoring.readable import Extent, Missing
from remit.app.setting_up.plan import ApplicationChoice, Credential
from remit.bootstrap.doctor import examine
from remit.cli.running import run
from remit_sim.graph_permissions import GRAPH_PERMISSIONS

ASSIGNMENTS = "Microsoft.Authorization/roleAssignments"


@pytest.fixture
def here(tmp_path):
    with world(tmp_path) as where:
        plan = where.plan()
        done = where.apply(plan)
        yield SimpleNamespace(world=where, plan=plan, done=done, me=where.identity(done))


def doctor(here, *, connection=None, behind: timedelta = timedelta(0), lists=None) -> Diagnosis:
    clock = SimClock(here.world.sim)
    shifted = SimpleNamespace(now=lambda: clock.now() + behind)
    return examine(connection or here.me, lists or here.plan.lists, clock=shifted)


def put(here, name: str, row: dict) -> None:
    with here.world.sim.edit() as tenant:
        tenant.put(name, msgspec.json.encode(row))


def assign(here, role: str, scope: str, principal: str, number: int = 77, **properties) -> str:
    name = f"dddddddd-0000-4000-8000-{number:012}"
    row = {
        "id": f"{scope}/providers/{ASSIGNMENTS}/{name}",
        "name": name,
        "type": ASSIGNMENTS,
        "properties": {
            "roleDefinitionId": f"/providers/Microsoft.Authorization/roleDefinitions/{role}",
            "principalId": principal,
            "principalType": "ServicePrincipal",
            "scope": scope,
            **properties,
        },
    }
    put(here, "arm/roleAssignments", row)
    return row["id"]


def said(found: Diagnosis, level: Level) -> list[str]:
    return [remark.text for remark in found.remarks if remark.level is level]


def test_an_identity_of_the_setup_is_well(here) -> None:
    found = doctor(here)
    assert found.remarks == ()
    assert found.is_well
    who = found.reading.who
    assert (who.client_id, who.object_id, who.name) == (here.done.client_id, here.done.object_id, "collector")
    assert who.is_application
    assert {one.extent for one in found.lists} == {Extent.ALL}
    assert [one.list_name for one in found.lists] == list(here.plan.lists)
    assert found.excess == ()
    assert [(one.kind, one.in_use) for one in found.reading.credentials] == [("certificate", True)]


@pytest.mark.parametrize("list_name", ["arm/denyAssignments", "arm/locks", "arm/providerOperations"])
def test_a_missing_action_is_named_for_the_lists_that_rest_on_it(here, list_name) -> None:
    action = f"Microsoft.Authorization/{list_name.removeprefix('arm/')}/read"
    with here.world.without_action(here.plan, action):
        found = doctor(here)
    lacking = {one.list_name: one for one in found.lists if one.extent is not Extent.ALL}
    assert set(lacking) == {list_name}
    assert (lacking[list_name].extent, lacking[list_name].missing) == (Extent.NOTHING, (Missing(action),))
    assert said(found, Level.WARNING) == ["Of 39 lists: 1 not readable."]
    assert not found.is_well
    assert doctor(here, lists=("arm/policyAssignments",)).is_well


def test_who_sees_one_subscription_reads_no_list_of_the_tree_as_a_whole(here) -> None:
    with here.world.sim.edit() as tenant:
        rows = map(json.loads, tenant.table("arm/roleAssignments").rows())
        row = next(row for row in rows if row["properties"]["principalId"] == here.done.object_id)
        tenant.remove("arm/roleAssignments", row["id"])
        row["id"] = row["id"].replace(row["properties"]["scope"], SUBSCRIPTION)
        row["properties"]["scope"] = SUBSCRIPTION
        tenant.put("arm/roleAssignments", msgspec.json.encode(row))
    found = doctor(here)
    extents = {one.list_name: one.extent for one in found.lists if one.list_name.startswith("arm/")}
    assert Extent.ALL not in {extent for name, extent in extents.items() if name != "arm/providerOperations"}
    locks = next(one for one in found.lists if one.list_name == "arm/locks")
    assert (locks.extent, locks.missing) == (
        Extent.PART,
        (Missing("Microsoft.Management/managementGroups/read", ("/",)),),
    )
    assert not found.is_well


def test_a_missing_permission_of_graph_is_named(here) -> None:
    with here.world.without_permission(here.done, "Device.Read.All"):
        found = doctor(here)
    lacking = [one for one in found.lists if one.extent is not Extent.ALL]
    assert [(one.list_name, one.extent, one.missing) for one in lacking] == [
        ("graph/devices", Extent.NOTHING, (Missing("Device.Read.All"),))
    ]


def test_what_is_denied_somewhere_is_readable_in_part(here) -> None:
    deny = {
        "id": f"{SUBSCRIPTION}/providers/Microsoft.Authorization/denyAssignments/d",
        "name": "d",
        "type": "Microsoft.Authorization/denyAssignments",
        "properties": {
            "denyAssignmentName": "no locks",
            "scope": SUBSCRIPTION,
            "permissions": [{"actions": ["Microsoft.Authorization/locks/read"], "notActions": []}],
            "principals": [{"id": here.done.object_id, "type": "ServicePrincipal"}],
            "excludePrincipals": [],
        },
    }
    put(here, "arm/denyAssignments", deny)
    lacking = {one.list_name: one for one in doctor(here).lists if one.extent is not Extent.ALL}
    assert list(lacking) == ["arm/locks"]
    assert lacking["arm/locks"].extent is Extent.PART
    assert lacking["arm/locks"].missing == (Missing("Microsoft.Authorization/locks/read", (SUBSCRIPTION,)),)


def test_a_role_that_writes_is_a_warning_with_what_grants_it(here) -> None:
    assignment = assign(here, CONTRIBUTOR, SUBSCRIPTION, here.done.object_id)
    found = doctor(here)
    excess = {(one.kind, one.assignment_id) for one in found.excess}
    assert excess == {(Beyond.WRITE, assignment), (Beyond.SECRET, assignment)}
    written = next(one for one in found.excess if one.kind is Beyond.WRITE)
    assert (written.what, written.through) == ("*", f"Contributor at {SUBSCRIPTION}")
    assert any("listkeys" in one.what.lower() for one in found.excess if one.kind is Beyond.SECRET)
    assert any(f"by {assignment}" in text for text in said(found, Level.WARNING))


def test_a_role_of_a_group_counts_and_one_of_another_principal_does_not(here) -> None:
    assign(here, CONTRIBUTOR, SUBSCRIPTION, USER, 78)
    assert doctor(here).excess == ()
    assignment = assign(here, CONTRIBUTOR, SUBSCRIPTION, TEAM)
    member = {"@odata.type": "#microsoft.graph.servicePrincipal", "id": here.done.object_id}
    put(here, "graph/groupMembers", {"parentId": TEAM, "member": member})
    assert {one.assignment_id for one in doctor(here).excess} == {assignment}


def test_a_role_that_uses_data_is_a_warning(here) -> None:
    role = {
        "id": f"{ROOT}/providers/Microsoft.Authorization/roleDefinitions/eeeeeeee-0000-4000-8000-000000000001",
        "name": "eeeeeeee-0000-4000-8000-000000000001",
        "type": "Microsoft.Authorization/roleDefinitions",
        "properties": {
            "roleName": "Secrets",
            "type": "BuiltInRole",
            "assignableScopes": ["/"],
            "permissions": [{"actions": [], "dataActions": ["Microsoft.KeyVault/vaults/secrets/getSecret/action"]}],
        },
    }
    put(here, "arm/roleDefinitions", role)
    assign(here, role["name"], SUBSCRIPTION, here.done.object_id)
    found = doctor(here)
    assert [(one.kind, one.what) for one in found.excess] == [
        (Beyond.DATA, "Microsoft.KeyVault/vaults/secrets/getSecret/action")
    ]
    assert not found.is_well


@pytest.mark.parametrize(
    ("permission", "kind", "level"),
    [
        ("RoleManagement.ReadWrite.Directory", Beyond.WRITE, Level.WARNING),
        ("Directory.ReadWrite.All", Beyond.WRITE, Level.WARNING),
        ("Mail.Send", Beyond.WRITE, Level.WARNING),
        ("Directory.Read.All", Beyond.NOT_NEEDED, Level.NOTE),
    ],
)
def test_a_permission_of_graph_beyond_what_is_needed_is_told(here, permission, kind, level) -> None:
    with here.world.sim.edit() as tenant:
        like = next(
            row
            for row in map(json.loads, tenant.table("graph/appRoleAssignments").rows())
            if row["principalId"] == here.done.object_id
        )
    role = next(key for key, name in GRAPH_PERMISSIONS.items() if name == permission)
    put(here, "graph/appRoleAssignments", like | {"id": "the-assignment", "appRoleId": role})
    found = doctor(here)
    assert [(one.kind, one.what, one.assignment_id) for one in found.excess] == [(kind, permission, "the-assignment")]
    assert [remark.level for remark in found.remarks] == [level]


def test_an_entra_role_is_told_by_its_name(here) -> None:
    put(here, "graph/directoryRoleDefinitions", {"id": "r1", "displayName": "Global Administrator"})
    put(
        here,
        "graph/directoryRoleAssignments",
        {"id": "a1", "principalId": here.done.object_id, "roleDefinitionId": "r1", "directoryScopeId": "/"},
    )
    found = doctor(here)
    assert [(one.kind, one.what, one.assignment_id) for one in found.excess] == [
        (Beyond.WRITE, "Global Administrator", "a1")
    ]


@pytest.mark.parametrize(
    ("behind", "level"),
    [(timedelta(seconds=59), None), (timedelta(seconds=90), Level.WARNING), (timedelta(minutes=-6), Level.ERROR)],
)
def test_a_clock_that_is_off_is_told(here, behind, level) -> None:
    remarks = doctor(here, behind=behind).remarks
    assert [(remark.about, remark.level) for remark in remarks] == ([] if level is None else [("clock", level)])


def test_a_certificate_that_ends_soon_is_told(here) -> None:
    here.world.sim.advance(days=340)
    found = doctor(here)
    assert [(remark.about, remark.level) for remark in found.remarks] == [("credential", Level.WARNING)]
    assert "expires on 2027-11-02, in 25 days" in found.remarks[0].text


def test_what_may_not_be_read_about_oneself_is_said_and_not_taken_for_well(here) -> None:
    with (
        here.world.without_permission(here.done, "Application.Read.All"),
        here.world.without_permission(here.done, "RoleManagement.Read.Directory"),
        here.world.without_action(here.plan, "Microsoft.Authorization/denyAssignments/read"),
        here.world.without_action(here.plan, "Microsoft.Resources/subscriptions/resourceGroups/read"),
    ):
        found = doctor(here)
    notes = " ".join(said(found, Level.NOTE))
    assert "Which assignments grant the application permissions cannot be read." in notes
    assert "Which Entra roles the principal holds cannot be read." in notes
    assert "Deny assignments cannot all be read and are taken for none: needs" in notes
    lacking = {one.list_name: one.extent for one in found.lists if one.extent is not Extent.ALL}
    assert lacking["arm/resources"] is Extent.PART
    assert lacking["graph/applications"] is lacking["arm/denyAssignments"] is Extent.NOTHING
    # The certificate itself says when it ends.
    assert [one.in_use for one in found.reading.credentials] == [True]


def test_a_managed_identity_is_told_as_one(here, monkeypatch) -> None:
    here.world.sim.be_identity(here.done.client_id)
    for name in ("IDENTITY_ENDPOINT", "IDENTITY_HEADER"):
        monkeypatch.setenv(name, here.world.sim.env()[f"REMIT_SIM_{name}"])
    found = doctor(here, connection=replace(here.me, auth="managed", certificate=None))
    assert found.reading.who.is_managed_identity
    assert found.reading.credentials == []


def test_the_command_says_it_to_people_and_to_programs(here, monkeypatch, capfd) -> None:
    for name, text in here.me.environment.items():
        monkeypatch.setenv(name, text)
    own = ["--auth", "certificate", "--client-id", here.done.client_id, "--certificate", str(here.world.pem)]
    assert run(["doctor", "azure", *own, "--lists", "arm/locks,graph/users"]) == 1
    out, err = capfd.readouterr()
    assert err == ""
    assert "collector  application" in out
    assert "error: This machine's clock is" in " ".join(out.split())
    assert run(["doctor", "azure", *own, "--json"]) == 1
    told = json.loads(capfd.readouterr().out)
    assert told["well"] is False
    assert told["signedIn"]["kind"] == "application"
    assert {one["readable"] for one in told["lists"]} == {"all"}
    assert [remark["about"] for remark in told["remarks"] if remark["level"] == "error"] == ["clock"]


def test_who_cannot_sign_in_is_told_so(here, monkeypatch, capfd) -> None:
    for name, text in here.me.environment.items():
        monkeypatch.setenv(name, text)
    with here.world.setup() as setup:
        setup.remove("collector")
    own = ApplicationChoice(Credential.CERTIFICATE, str(here.world.folder / "other.pem"))
    here.world.apply(here.world.plan(identity=own))
    wrong = ["--auth", "certificate", "--client-id", "99999999-0000-4000-8000-000000000000"]
    assert run(["doctor", "azure", *wrong, "--certificate", own.file]) == 77
    out, err = capfd.readouterr()
    assert out == ""
    assert err.startswith("remit: cannot sign in: ")
