"""What places are called, and what activating an eligible role there asks for."""

from __future__ import annotations

from typing import Any

import pytest
from tests.fakes.graph_tenants import SUB, TENANT, graph_facts_of_lists, principals, scope_texts

from remit.graph.facts import Demand

READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
TOP = f"/providers/Microsoft.Management/managementGroups/{TENANT}"
ROLE = {"id": f"/providers/Microsoft.Authorization/roleDefinitions/{READER}", "properties": {"permissions": []}}


def rules(number: int, *effective: dict[str, Any], **said: Any) -> dict[str, Any]:
    properties = {"scope": SUB.upper(), "roleDefinitionId": f"{SUB}/x/roleDefinitions/{READER.upper()}"}
    return {"id": f"/p/{number}", "properties": properties | {"effectiveRules": list(effective)} | said}


def read(*rows: dict[str, Any]) -> Any:
    return graph_facts_of_lists(
        {
            "arm/subscriptions": [{"id": SUB, "displayName": "One"}],
            "arm/roleDefinitions": [ROLE],
            "graph/groups": [{"id": "team"}],
            "arm/roleManagementPolicyAssignments": list(rows),
        }
    )


def rule(name: str, **said: Any) -> dict[str, Any]:
    return {"id": name} | said


def enablement(*words: str) -> dict[str, Any]:
    return rule("Enablement_EndUser_Assignment", enabledRules=list(words))


def approval(*approvers: str, required: bool = True) -> dict[str, Any]:
    stage = {"primaryApprovers": [{"id": one, "userType": "Group"} for one in approvers]}
    return rule("Approval_EndUser_Assignment", setting={"isApprovalRequired": required, "approvalStages": [stage]})


CASES = [
    ("no rules", (), 0, -1),
    ("a second factor and a reason", (enablement("MultiFactorAuthentication", "justification"),), 3, -1),
    ("a ticket", (enablement("Ticketing", "new"),), Demand.TICKET, -1),
    ("approval", (approval("team"),), Demand.APPROVAL, -1),
    ("approval that is off", (approval("team", required=False),), 0, -1),
    (
        "a context",
        (rule("AuthenticationContext_EndUser_Assignment", isEnabled=True),),
        Demand.AUTHENTICATION_CONTEXT,
        -1,
    ),
    ("a context that is off", (rule("AuthenticationContext_EndUser_Assignment", isEnabled=False),), 0, -1),
    ("eight hours", (rule("Expiration_EndUser_Assignment", maximumDuration="PT8H"),), 0, 480),
    ("a day and a half", (rule("Expiration_EndUser_Assignment", maximumDuration="P1DT12H30M"),), 0, 2190),
    ("no duration", (rule("Expiration_EndUser_Assignment", maximumDuration="PT"),), 0, -1),
    ("a duration that is none", (rule("Expiration_EndUser_Assignment", maximumDuration="8 hours"),), 0, -1),
    ("rules for administrators", (rule("Enablement_Admin_Assignment", enabledRules=["Justification"]),), 0, -1),
    ("nonsense", (rule("Enablement_EndUser_Assignment", enabledRules=7), "what", {"setting": []}), 0, -1),
]


@pytest.mark.parametrize(
    ("effective", "demands", "minutes"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_rules_of_activation_are_read(effective: Any, demands: int, minutes: int) -> None:
    index, facts = read(rules(1, *effective))
    table = facts.activation_rules
    assert scope_texts(index, table.scope) == [SUB]
    assert [index.facts.roles[row].key for row in table.role.tolist()] == [READER]
    assert table.demands.tolist() == [demands]
    assert table.minutes.tolist() == [minutes]


def test_approvers_are_principals() -> None:
    index, facts = read(rules(1, approval("TEAM", "somebody unheard of")))
    table = facts.activation_rules
    assert table.approver_offsets.tolist() == [0, 1]
    assert principals(index, table.approver) == ["team"]


def test_rules_of_places_and_roles_that_nothing_names_are_left_out() -> None:
    _, facts = read(
        rules(1, scope=f"{SUB}/resourceGroups/unknown"),
        rules(2, roleDefinitionId="/roleDefinitions/unknown"),
        rules(3, scope=None),
        {"id": "/p/4", "properties": 7},
    )
    assert len(facts.activation_rules.scope) == 0
    assert facts.activation_rules.approver_offsets.tolist() == [0]


def test_management_groups_and_subscriptions_have_names() -> None:
    index, facts = graph_facts_of_lists(
        {
            "arm/managementGroups": [
                {"id": TOP, "properties": {"displayName": "Contoso", "parent": {"id": None}}},
                {"id": SUB, "type": "/subscriptions", "properties": {"displayName": "Old", "parent": {"id": TOP}}},
                {"id": f"{TOP}-2", "properties": {"displayName": 7, "parent": {"id": TOP}}},
            ],
            "arm/subscriptions": [
                {"id": SUB.upper(), "subscriptionId": SUB[15:], "displayName": "Production"},
            ],
        }
    )
    table = facts.scope_names
    assert list(zip(scope_texts(index, table.scope), table.name, strict=True)) == [
        (TOP, "Contoso"),
        (SUB.upper(), "Production"),
    ]
