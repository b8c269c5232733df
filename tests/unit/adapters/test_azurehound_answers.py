"""What other sources settle: nothing that they did not see. Imported, indexed and asked as any tenant is."""

import json
from datetime import UTC, datetime

import pytest

from remit.adapters.azcli import AzCliReader
from remit.adapters.azurehound import AzureHoundReader
from remit.adapters.azurehound.rows import CONDITION_NOT_READ
from remit.adapters.catalogue import starter_roles
from remit.adapters.store.memory import MemoryStore
from remit.app.importing import import_tenant
from remit.engine.decide import decide
from remit.engine.index import TenantIndex
from remit.model.decision import Outcome
from remit.model.question import Plane, Question
from remit.model.scope import Scope

NOW = datetime(2026, 11, 1, tzinfo=UTC)
TENANT = "00000000-0000-0000-0000-0000000000aa"
SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-0000000000a1"
OTHER = "/subscriptions/00000000-0000-0000-0000-0000000000a2"
ALICE, BOB = "00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000002"
GROUP = "00000000-0000-0000-0000-0000000000b1"
OWNER = "/providers/Microsoft.Authorization/roleDefinitions/8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
ASSIGNMENT = f"{SUBSCRIPTION}/providers/Microsoft.Authorization/roleAssignments/00000000-0000-0000-0000-0000000000f1"


class StoppedClock:
    def now(self):
        return NOW


def index_of(reader):
    store = MemoryStore(StoppedClock())
    report = import_tenant(reader, store, starter_roles())
    return TenantIndex.build(store.facts(report.summary.snapshot_id))


def ask(index, principal, scope=SUBSCRIPTION, action="Microsoft.Compute/virtualMachines/delete"):
    return decide(index, Question(principal, action, Plane.CONTROL, Scope.parse(scope)), at=NOW)


def kinds(decision):
    return {type(reason).__name__ for reason in decision.because}


@pytest.fixture
def hound(tmp_path):
    def upper(text):
        return text.upper()

    records = [
        {"kind": "AZTenant", "data": {"tenantId": upper(TENANT), "collected": True}},
        {"kind": "AZUser", "data": {"id": upper(ALICE), "displayName": "Alice"}},
        {"kind": "AZUser", "data": {"id": upper(BOB), "displayName": "Bob"}},
        {"kind": "AZServicePrincipal", "data": {"id": "S", "appId": "A"}},
        {"kind": "AZGroup", "data": {"id": upper(GROUP), "displayName": "Owners"}},
        {
            "kind": "AZGroupMember",
            "data": {
                "groupId": upper(GROUP),
                "members": [
                    {"groupId": upper(GROUP), "member": {"@odata.type": "#microsoft.graph.user", "id": upper(ALICE)}}
                ],
            },
        },
        {
            "kind": "AZManagementGroup",
            "data": {"id": f"/providers/Microsoft.Management/managementGroups/{TENANT}", "name": TENANT},
        },
        {
            "kind": "AZManagementGroupDescendant",
            "data": {
                "id": upper(SUBSCRIPTION),
                "type": "/subscriptions",
                "properties": {"parent": {"id": f"/providers/Microsoft.Management/managementGroups/{TENANT}"}},
            },
        },
        {"kind": "AZSubscription", "data": {"id": upper(SUBSCRIPTION), "tenantId": upper(TENANT)}},
        {
            "kind": "AZSubscriptionOwner",
            "data": {
                "subscriptionId": upper(SUBSCRIPTION),
                "owners": [
                    {
                        "subscriptionId": upper(SUBSCRIPTION),
                        "owner": {
                            "id": ASSIGNMENT,
                            "name": ASSIGNMENT.rsplit("/", 1)[1],
                            "properties": {
                                "principalId": upper(GROUP),
                                "roleDefinitionId": OWNER,
                                "scope": upper(SUBSCRIPTION),
                            },
                        },
                    }
                ],
            },
        },
    ]
    path = tmp_path / "hound.json"
    path.write_text(json.dumps({"data": records, "meta": {"type": "azure", "version": 5}}))
    return index_of(AzureHoundReader(path))


def test_an_assignment_without_its_condition_is_never_allowed(hound):
    decision = ask(hound, ALICE)
    assert decision.outcome is Outcome.UNKNOWN
    [reason] = [reason for reason in decision.because if type(reason).__name__ == "MayGrant"]
    assert reason.assignment.assignment_id.lower() == ASSIGNMENT.lower()
    assert CONDITION_NOT_READ in repr(reason.conditions)


def test_who_is_in_no_assignment_that_azurehound_read_is_unknown_with_the_gap(hound):
    decision = ask(hound, BOB)
    assert decision.outcome is Outcome.UNKNOWN
    assert kinds(decision) == {"NotSeen"}


@pytest.fixture
def command_line(tmp_path):
    assignment = {
        "id": ASSIGNMENT,
        "condition": None,
        "principalId": ALICE,
        "principalName": "alice@example.org",
        "principalType": "User",
        "roleDefinitionId": OWNER,
        "scope": SUBSCRIPTION,
    }
    path = tmp_path / "az.json"
    path.write_text(json.dumps([assignment]))
    return index_of(AzCliReader(path))


@pytest.mark.parametrize(("principal", "scope"), [(ALICE, SUBSCRIPTION), (BOB, SUBSCRIPTION), (BOB, OTHER)])
def test_az_alone_settles_no_answer(command_line, principal, scope):
    assert ask(command_line, principal, scope).outcome is Outcome.UNKNOWN


def test_az_alone_still_says_which_assignment_would_give_it(command_line):
    assert any(ASSIGNMENT in repr(reason) for reason in ask(command_line, ALICE).because)
    assert not any(ASSIGNMENT in repr(reason) for reason in ask(command_line, ALICE, OTHER).because)
