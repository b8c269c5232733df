"""What the role management policy of a role and scope demands of a PIM request.

    >>> _RULE["Justification"]
    'JustificationRule'

Read from `effectiveRules` of arm/roleManagementPolicyAssignments at exactly the scope of the request: how long, whether
for ever, justification, ticket, approval. Multi-factor authentication is taken as done: an access token of the
simulator does not say how its owner signed in.
"""

from __future__ import annotations

from datetime import timedelta

import msgspec

from remit_sim import places, rbac
from remit_sim.arm import moments, refusals
from remit_sim.call import Refusal
from remit_sim.tenant import Fields, SimTenant

_LIST = "arm/roleManagementPolicyAssignments"
_RULE = {"Justification": "JustificationRule", "Ticketing": "TicketingRule"}
SHORTEST = timedelta(minutes=5)


def check(tenant: SimTenant, scope: str, said: Fields, *, level: str, lasts: timedelta | None) -> None:
    """Let a request go on.

    Args:
        tenant: holds the policies.
        scope: of the request.
        said: its properties.
        level: last words of the rules that apply: `EndUser_Assignment`, `Admin_Assignment`, `Admin_Eligibility`.
        lasts: how long, None for ever.

    Raises:
        Refusal: 400 with the rules that failed.
    """
    rules = _rules(tenant, scope, said)
    failed: list[str] = []
    limit = rules.get(f"Expiration_{level}", {})
    longest = limit.get("maximumDuration")
    if lasts is None:
        if limit.get("isExpirationRequired") in {True, "true"}:
            failed.append("ExpirationRule")
    elif longest and lasts > moments.length(longest):
        failed.append("ExpirationRule")
    demanded = set(rules.get(f"Enablement_{level}", {}).get("enabledRules") or ())
    ticket = said.get("ticketInfo") or {}
    given = {"Justification": said.get("justification"), "Ticketing": ticket.get("ticketNumber")}
    failed += [_RULE[name] for name in sorted(_RULE) if name in demanded and not given[name]]
    if failed:
        raise Refusal(
            refusals.BAD,
            "RoleAssignmentRequestPolicyValidationFailed",
            f"The following policy rules failed: {msgspec.json.encode(failed).decode()}",
        )


def needs_approval(tenant: SimTenant, scope: str, said: Fields) -> bool:
    """Tell whether somebody must approve an activation."""
    setting = _rules(tenant, scope, said).get("Approval_EndUser_Assignment", {}).get("setting") or {}
    return setting.get("isApprovalRequired") in {True, "true"}


def _rules(tenant: SimTenant, scope: str, said: Fields) -> dict[str, Fields]:
    role = rbac.role_guid(said["roleDefinitionId"])
    for _, row in tenant.table(_LIST).where("scope", places.scope_of_row, places.key(scope)):
        policy = msgspec.json.decode(row)["properties"]
        if rbac.role_guid(policy.get("roleDefinitionId") or "") == role:
            return {rule["id"]: rule for rule in policy.get("effectiveRules") or ()}
    return {}
