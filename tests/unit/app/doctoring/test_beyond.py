"""What counts as a write, what a permission includes, and what a role takes back by its notActions."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from tests.fakes.granter import StandingClock

from remit.adapters.store.memory import MemoryStore
from remit.app.doctoring.beyond import Beyond, beyond_graph, beyond_reading, is_write
from remit.app.doctoring.diagnosis import Level, diagnose
from remit.app.doctoring.own_tenant import own_tenant
from remit.app.doctoring.readable import Extent, included
from remit.app.setting_up.needs import Need
from remit.model.snapshot import Gap
from remit.ports.self_reading import OwnGrant, SelfReading, SignedIn

ME = "11111111-0000-4000-8000-000000000001"
SUB = "/subscriptions/22222222-0000-4000-8000-000000000001"
ROLE = "33333333-0000-4000-8000-000000000001"
NOW = datetime(2026, 11, 21, tzinfo=UTC)
NEED = Need("arm", "Microsoft.Authorization/locks/read", ("arm/locks",), "locks", ("arm/locks",))


TOP = {
    "id": "/providers/Microsoft.Management/managementGroups/top",
    "name": "top",
    "type": "Microsoft.Management/managementGroups",
    "properties": {"displayName": "top", "parent": {"id": None}},
}


def reading(*blocks: dict, gaps=(), limits=None, **changes) -> SelfReading:
    role = {
        "id": f"/providers/Microsoft.Authorization/roleDefinitions/{ROLE}",
        "name": ROLE,
        "properties": {"roleName": "Odd", "type": "BuiltInRole", "assignableScopes": ["/"], "permissions": blocks},
    }
    assignment = {
        "id": f"{SUB}/providers/Microsoft.Authorization/roleAssignments/a",
        "properties": {"roleDefinitionId": role["id"], "principalId": ME, "scope": SUB},
    }
    rows = {
        "arm/managementGroups": [TOP],
        "arm/subscriptions": [{"id": SUB, "subscriptionId": SUB.rpartition("/")[2]}],
        "arm/roleDefinitions": [role],
        "arm/roleAssignments": [assignment],
        "graph/servicePrincipals": [{"id": ME, "displayName": "me"}],
    }
    who = SignedIn("t", ME, "c", is_application=True, is_managed_identity=False, name="me", **_who(changes))
    encoded = {name: [json.dumps(row).encode() for row in found] for name, found in rows.items()}
    return SelfReading(who, NOW, NOW, limits or {}, [], [], [], encoded, gaps, (SUB,))


def _who(changes: dict) -> dict:
    return {"permissions": frozenset(), "token_expires": None} | changes


def tenant(read: SelfReading):
    return own_tenant(read, MemoryStore(StandingClock()), StandingClock())


@pytest.mark.parametrize(
    ("permission", "writes"),
    [
        ("User.Read.All", False),
        ("RoleManagement.Read.Directory", False),
        ("Mail.ReadBasic.All", False),
        ("Member.Read.Hidden", False),
        ("Mail.Read", False),
        ("User.ReadWrite.All", True),
        ("Mail.Send", True),
        ("Sites.FullControl.All", True),
        ("Directory.AccessAsUser.All", True),
        ("Application.ReadWrite.OwnedBy", True),
        ("user_impersonation", True),
        ("Something.Odd", True),
    ],
)
def test_what_does_not_say_that_it_reads_may_write(permission, writes) -> None:
    assert is_write(permission) == writes


@pytest.mark.parametrize(
    ("held", "read"),
    [
        ("User.ReadWrite.All", "User.Read.All"),
        ("Directory.Read.All", "Application.Read.All"),
        ("Directory.ReadWrite.All", "Device.Read.All"),
        ("Group.Read.All", "GroupMember.Read.All"),
        ("RoleManagement.ReadWrite.Directory", "RoleManagement.Read.Directory"),
        ("RoleManagement.Read.Directory", "RoleAssignmentSchedule.Read.Directory"),
    ],
)
def test_a_wider_permission_reads_what_a_narrower_one_does(held, read) -> None:
    assert read in included({held})
    assert held not in included({read})


def test_what_a_block_takes_back_is_not_held_against_it() -> None:
    found = beyond_reading(
        tenant(reading({"actions": ["Microsoft.Storage/*"], "notActions": ["Microsoft.Storage/*/action"]})), ME
    )
    assert [(one.kind, one.what) for one in found] == [(Beyond.WRITE, "Microsoft.Storage/*")]
    same = {"actions": ["Microsoft.Sql/servers/write"], "notActions": ["Microsoft.Sql/servers/write"]}
    assert beyond_reading(tenant(reading(same)), ME) == ()
    assert beyond_reading(tenant(reading({"actions": ["*/read"]})), ME) == ()


def test_keys_are_secrets_of_the_control_plane() -> None:
    action = "Microsoft.Storage/storageAccounts/listKeys/action"
    found = beyond_reading(tenant(reading({"actions": [action]})), ME)
    assert {(one.kind, one.what.lower()) for one in found} == {
        (Beyond.WRITE, action.lower()),
        (Beyond.SECRET, action.lower()),
    }


def test_a_permission_of_the_token_is_told_once_with_its_assignment() -> None:
    grants = [OwnGrant("a1", "User.ReadWrite.All", "Microsoft Graph"), OwnGrant("a2", "Full", "Other API")]
    found = beyond_graph({"User.ReadWrite.All", "User.Read.All", "Mail.Read"}, {"User.Read.All"}, grants)
    assert [(one.kind, one.what, one.assignment_id) for one in found] == [
        (Beyond.NOT_NEEDED, "Mail.Read", ""),
        (Beyond.WRITE, "Full", "a2"),
        (Beyond.WRITE, "User.ReadWrite.All", "a1"),
    ]


def test_what_was_not_read_leaves_lists_unknown_but_for_denies() -> None:
    gap = Gap("arm/roleAssignments", "/", "needs Microsoft.Authorization/roleAssignments/read")
    blind = reading({"actions": ["Microsoft.Web/sites/read"]}, gaps=(gap,))
    found = diagnose(blind, ["arm/locks"], [NEED], tenant(blind))
    assert [one.extent for one in found.lists] == [Extent.UNKNOWN]
    assert [remark.level for remark in found.remarks] == [Level.WARNING, Level.NOTE]
    denies = Gap("arm/denyAssignments", SUB, "needs Microsoft.Authorization/denyAssignments/read")
    seeing = reading({"actions": ["*/read"]}, gaps=(denies,))
    found = diagnose(seeing, ["arm/locks"], [NEED], tenant(seeing))
    assert [one.extent for one in found.lists] == [Extent.ALL]
    text = f"Deny assignments cannot all be read and are taken for none: {denies.reason}."
    assert [remark.text for remark in found.remarks] == [text]
    assert found.is_well


def test_a_spent_budget_is_a_warning() -> None:
    spent = reading({"actions": ["*/read"]}, limits={"x-ms-user-quota-remaining": "0", "x-ms-other-remaining": "5"})
    found = diagnose(spent, ["arm/locks"], [NEED], tenant(spent))
    assert [(remark.level, remark.text) for remark in found.remarks] == [
        (Level.WARNING, "Azure's budget is spent: x-ms-user-quota-remaining.")
    ]
