"""Where the engine and the reference once differed: each case small, named, and with the answer it must have."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from tests.fakes.engine_world import EngineWorld
from tests.strategies.vocabulary import (
    AT,
    BUILT_IN,
    GROUPS,
    LOST_ROLE,
    MANAGEMENT_GROUP,
    OWNER,
    READER,
    STRANGERS,
    SUBSCRIPTIONS,
    TENANT,
    USERS,
)

from remit.model.decision import Outcome
from remit.model.question import Plane, Question
from remit.model.scope import Scope
from remit.reference.decide import Reference
from remit.reference.export import Export

ALICE, BOB, CREW, STAFF, GONE = USERS[0], USERS[1], GROUPS[0], GROUPS[1], STRANGERS[0]
SUBSCRIPTION = SUBSCRIPTIONS[0]
READ = "Microsoft.Compute/virtualMachines/read"
Row = dict[str, Any]


def role_id(key: str) -> str:
    return f"/providers/Microsoft.Authorization/roleDefinitions/{key}"


def assigned(principal: str, key: str = READER, scope: str = SUBSCRIPTION, **fields: object) -> Row:
    identity = f"{scope}/providers/Microsoft.Authorization/roleAssignments/{principal[:8]}"
    return {"id": identity, "properties": {"roleDefinitionId": role_id(key), "principalId": principal, **fields}}


def revoked(assignment: Row) -> Row:
    identity = assignment["id"].replace("roleAssignments", "roleEligibilityScheduleInstances")
    scope = assignment["id"].partition("/providers/Microsoft.Authorization/roleAssignments")[0]
    return {"id": identity, "properties": {**assignment["properties"], "scope": scope, "status": "Revoked"}}


def pair(group: str, member: str) -> Row:
    return {"parentId": group, "member": {"id": member}}


def activated(group: str, member: str) -> Row:
    window = {"startDateTime": "2026-10-31T00:00:00Z", "endDateTime": "2026-11-02T00:00:00Z"}
    return {"id": f"{group}{member}", "groupId": group, "principalId": member, "accessId": "member", **window}


def delegated(principal: str, key: str) -> Row:
    definition = {"authorizations": [{"principalId": principal, "roleDefinitionId": key}]}
    return {
        "id": f"{SUBSCRIPTION}/providers/Microsoft.ManagedServices/registrationAssignments/r1",
        "properties": {"registrationDefinition": {"properties": definition}},
    }


def tenant(*gaps: tuple[str, str], **changes: list[Row]) -> Export:
    """Return a whole tenant without assignments, changed as told; gaps as (list, scope)."""
    lists: dict[str, list[Row]] = {
        "arm/managementGroups": [],
        "arm/roleDefinitions": [
            {"id": role_id(key), "properties": {"type": "BuiltInRole", "permissions": blocks}}
            for key, blocks in BUILT_IN.items()
        ],
        "arm/roleAssignments": [],
        "arm/denyAssignments": [],
        "arm/registrationAssignments": [],
        "graph/users": [{"id": ALICE}, {"id": BOB}],
        "graph/groups": [{"id": CREW}, {"id": STAFF}],
        "graph/servicePrincipals": [],
        "graph/groupMembers": [],
    }
    for name, rows in changes.items():
        lists[("graph/" if name.startswith("group") else "arm/") + name] = rows
    noted = [{"api": api, "scope": scope, "reason": "403"} for api, scope in gaps]
    return Export(lists, {"collectedAt": "2026-11-01T00:00:00Z", "tenantId": TENANT, "gaps": noted})


@dataclass(frozen=True)
class Case:
    """A tenant, a question to it, and the answer."""

    name: str
    export: Export
    expected: Outcome
    principal: str = ALICE
    question: Question = field(default=Question("", READ, Plane.CONTROL, Scope.parse(SUBSCRIPTION)))

    def asked(self) -> Question:
        return replace(self.question, principal_id=self.principal)


BLOBS = Question(
    "", "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read", Plane.DATA, Scope.parse(SUBSCRIPTION)
)
BLOB_READER = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"
GUID_CONDITION = f"@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] GuidEquals '{READER}'"

CASES = (
    Case(
        "V15: the group of a listed caller is no group of the managing tenant",
        tenant(groupMembers=[pair(CREW, ALICE)], registrationAssignments=[delegated(CREW, READER)]),
        Outcome.NOT_ALLOWED,
    ),
    Case(
        "V15: a caller that nobody lists may be in a group that an authorization names",
        tenant(registrationAssignments=[delegated(CREW, READER)]),
        Outcome.UNKNOWN,
        principal=GONE,
    ),
    Case(
        "X3: Owner is not delegated, collected or not",
        tenant(("arm/roleDefinitions", "/"), roleDefinitions=[], registrationAssignments=[delegated(CREW, OWNER)]),
        Outcome.NOT_ALLOWED,
        principal=GONE,
    ),
    Case(
        "V5: a lost identity is granted nothing that names itself",
        tenant(roleAssignments=[assigned(GONE)]),
        Outcome.NOT_ALLOWED,
        principal=GONE,
    ),
    Case(
        "V5: what its group is assigned is another matter",
        tenant(roleAssignments=[assigned(CREW)], groupAssignmentScheduleInstances=[activated(CREW, GONE)]),
        Outcome.ALLOWED,
        principal=GONE,
    ),
    Case(
        "V5: nobody is possibly in itself: lost members do not bring a lost identity back",
        tenant(("graph/groupMembers", "/"), roleAssignments=[assigned(GONE)]),
        Outcome.NOT_ALLOWED,
        principal=GONE,
    ),
    Case(
        "V3: above a group that was not read stand the groups it is in for a while, too",
        tenant(
            ("graph/groupMembers", f"/groups/{CREW}"),
            roleAssignments=[assigned(STAFF)],
            groupAssignmentScheduleInstances=[activated(STAFF, CREW)],
        ),
        Outcome.UNKNOWN,
    ),
    Case(
        "V14: a condition of an unknown version is not understood, whatever operators it seems to use",
        tenant(roleAssignments=[assigned(ALICE, BLOB_READER, condition=GUID_CONDITION, conditionVersion="3.0")]),
        Outcome.UNKNOWN,
        question=BLOBS,
    ),
    Case(
        "V14: one of a known version grants nothing for storage data",
        tenant(roleAssignments=[assigned(ALICE, BLOB_READER, condition=GUID_CONDITION, conditionVersion="2.0")]),
        Outcome.NOT_ALLOWED,
        question=BLOBS,
    ),
    Case(
        "S3: the tenant root group hangs below the root though no list has it",
        tenant(roleAssignments=[assigned(ALICE, LOST_ROLE, MANAGEMENT_GROUP + "mg-c")]),
        Outcome.NOT_ALLOWED,
        question=Question("", READ, Plane.CONTROL, Scope.parse(MANAGEMENT_GROUP + TENANT)),
    ),
    Case(
        "S3: so does what is below it by its id",
        tenant(roleAssignments=[assigned(ALICE, LOST_ROLE, MANAGEMENT_GROUP + "mg-c")]),
        Outcome.NOT_ALLOWED,
        question=Question("", READ, Plane.CONTROL, Scope.parse(f"{MANAGEMENT_GROUP}{TENANT}/providers/A.B/c/d")),
    ),
    Case(
        "V3: nobody is in a device, though only a revoked instance tells that it is one",
        tenant(
            ("graph/groupMembers", "/"),
            roleAssignments=[assigned(GONE)],
            roleEligibilityScheduleInstances=[revoked(assigned(GONE, principalType="Device"))],
        ),
        Outcome.NOT_ALLOWED,
    ),
    Case(
        "V3: another management group that nobody listed may hang anywhere",
        tenant(roleAssignments=[assigned(ALICE, READER, MANAGEMENT_GROUP + "mg-c")]),
        Outcome.UNKNOWN,
        question=Question("", READ, Plane.CONTROL, Scope.parse(MANAGEMENT_GROUP + "mg-a")),
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_both_readings_give_the_answer(case: Case):
    asked = case.asked()
    assert Reference(case.export).decide(asked, AT).outcome is case.expected
    world = EngineWorld.of(case.export, AT)
    assert world.decide(asked).outcome is case.expected
    assert world.outcomes([asked], compiled=True) == [case.expected]
    if case.principal in world.index.facts.principals.key:
        found = world.who_can(asked.action, asked.plane, asked.scope)
        assert (case.principal in world.ids(found.allowed)) is (case.expected is Outcome.ALLOWED)
        assert (case.principal in world.ids(found.unknown)) is (case.expected is Outcome.UNKNOWN)
