"""What a body may not say is refused with 400, at every write."""

import json

import pytest
from tests.simulator.arm_world import ADA, APP, AUTH, GROUPS, NORTH, READER, SITE, SOUTH, SUB_A, guid, world

IDENTITY = f"{APP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i"
WRITES = {
    "role assignment": (f"{APP}{AUTH}/roleAssignments/{guid('x')}", {"principalId": 7}),
    "role definition": (f"{APP}{AUTH}/roleDefinitions/{guid('x')}", {"permissions": {"actions": "*"}}),
    "lock": (f"{APP}{AUTH}/locks/x", {"level": ["ReadOnly"]}),
    "eligibility": (f"{APP}{AUTH}/roleEligibilityScheduleRequests/{guid('x')}", {"scheduleInfo": "now"}),
    "activation": (f"{APP}{AUTH}/roleAssignmentScheduleRequests/{guid('x')}", {"ticketInfo": 7}),
    "management group": (GROUPS + "x", {"details": {"parent": "north"}}),
    "federated credential": (f"{IDENTITY}/federatedIdentityCredentials/f", {"audiences": "a"}),
    "resource": (SITE, "none"),
    "resource group": (APP, 3),
}


@pytest.mark.parametrize("what", WRITES)
def test_a_member_of_another_kind_is_refused(what):
    made = world()
    made.call("PUT", IDENTITY, {"location": "x"})
    url, said = WRITES[what]
    before = len(made.tenant.changes)
    assert made.error("PUT", url, {"properties": said, "location": "x"}) == (400, "InvalidRequestContent")
    assert made.error("PUT", url, [said]) == (400, "InvalidRequestContent")
    assert len(made.tenant.changes) == before


def test_a_management_group_is_patched_by_members_of_its_own():
    made = world()
    patched = json.loads(made.call("PATCH", NORTH, {"displayName": "Far North", "parentGroupId": SOUTH}).body)
    assert patched["properties"]["displayName"] == "Far North"
    assert patched["properties"]["details"]["parent"]["id"] == SOUTH
    below = made.tenant.table("arm/managementGroups").fields(SUB_A)["properties"]
    assert below["parentDisplayNameChain"] == ["Tenant Root Group", "South", "Far North"]
    assert made.error("PATCH", GROUPS + "none", {"displayName": "x"}) == (404, "NotFound")


def test_what_is_null_is_as_if_it_were_not_said():
    made = world()
    said = {"principalId": ADA, "roleDefinitionId": f"{AUTH}/roleDefinitions/{READER}", "condition": None}
    body = {"properties": said | {"principalType": None}, "etag": "unknown members are dropped"}
    assert made.call("PUT", f"{APP}{AUTH}/roleAssignments/{guid('x')}", body).status == 201
