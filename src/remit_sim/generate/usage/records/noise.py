"""Records that tell of no call: health of resources, advice, evaluations of policies."""

from __future__ import annotations

from remit_sim.generate.dice import Dice, Ids
from remit_sim.generate.usage.operations import Fields

_KINDS = (
    ("ResourceHealth", "Microsoft.Resourcehealth/healthevent/Updated/action"),
    ("Policy", "Microsoft.Authorization/policies/audit/action"),
    ("Recommendation", "Microsoft.Advisor/recommendations/available/action"),
)


def row(when: tuple[int, int], scope: str, dice: Dice, ids: Ids, tenant_id: str) -> Fields:
    """Return a row of the Activity Log (see `activity`) of a category that no call stands behind.

    `when` is its number and its instant.
    """
    number, time = when
    category, name = dice.pick(_KINDS)
    policy = category == "Policy"
    caller = {"ResourceHealth": "", "Policy": "Microsoft Azure Policy Insights", "Recommendation": "Microsoft.Advisor"}
    properties: Fields = {"eventCategory": category, "eventProperties": {"cause": "PlatformInitiated"}}
    if policy:
        properties = {
            "isComplianceCheck": "True",
            "resourceLocation": "westeurope",
            "ancestors": tenant_id,
            "policies": "[]",
        }
    return {
        "authorization": {"action": "Microsoft.Resources/checkPolicyCompliance/read", "scope": scope} if policy else {},
        "claims": {},
        "caller": caller[category],
        "correlationId": ids.guid("noise", number),
        "operationId": ids.guid("noise", number),
        "eventDataId": ids.guid("noise-event", number),
        "operationName": name,
        "resourceId": scope,
        "tenantId": tenant_id,
        "address": "",
        "method": "",
        "step": "Succeeded" if policy else "Updated",
        "status": "",
        "code": 200,
        "properties": properties,
        "micros": time,
        "submitted": time + 40_000_000,
        "category": category,
    }
