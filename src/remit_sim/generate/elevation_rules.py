"""arm/roleManagementPolicyAssignments: what PIM asks of those who activate, by role and scope."""

from __future__ import annotations

from remit_sim.generate.azure_rows import ROLE, Row, authorization
from remit_sim.generate.dice import Ids


def rules(ids: Ids, scope: str, role: str, *, approvers: str | None) -> Row:
    """Return the rules of one role at one scope.

    Args:
        ids: where ids come from.
        scope: where.
        role: GUID of the role.
        approvers: object id of the group that approves activations, None where nobody has to.
    """
    policy = ids.guid("role-management-policy", f"{scope}/{role}")
    said = {
        "scope": scope,
        "roleDefinitionId": ROLE + role,
        "policyId": f"{scope}/providers/Microsoft.Authorization/roleManagementPolicies/{policy}",
        "effectiveRules": [
            _expiry("Expiration_Admin_Eligibility", "Admin", "Eligibility", "P365D"),
            _expiry("Expiration_EndUser_Assignment", "EndUser", "Assignment", "PT8H"),
            _rule(
                "Enablement_EndUser_Assignment",
                "RoleManagementPolicyEnablementRule",
                {"enabledRules": ["MultiFactorAuthentication", "Justification"]},
            ),
            _rule("Approval_EndUser_Assignment", "RoleManagementPolicyApprovalRule", {"setting": _approval(approvers)}),
        ],
    }
    return authorization(scope, "roleManagementPolicyAssignments", f"{policy}_{role}", said)


def _expiry(name: str, caller: str, level: str, longest: str) -> Row:
    said = {"isExpirationRequired": True, "maximumDuration": longest}
    return _rule(name, "RoleManagementPolicyExpirationRule", said, caller, level)


def _rule(name: str, kind: str, said: Row, caller: str = "EndUser", level: str = "Assignment") -> Row:
    target = {
        "caller": caller,
        "operations": ["All"],
        "level": level,
        "targetObjects": None,
        "inheritableSettings": None,
        "enforcedSettings": None,
    }
    return {**said, "id": name, "ruleType": kind, "target": target}


def _approval(approvers: str | None) -> Row:
    primary = (
        [{"id": approvers, "description": "Approvers", "isBackup": False, "userType": "Group"}] if approvers else []
    )
    return {
        "isApprovalRequired": approvers is not None,
        "isApprovalRequiredForExtension": False,
        "isRequestorJustificationRequired": True,
        "approvalMode": "SingleStage" if approvers else "NoApproval",
        "approvalStages": [
            {
                "approvalStageTimeOutInDays": 1,
                "isApproverJustificationRequired": True,
                "escalationTimeInMinutes": 0,
                "primaryApprovers": primary,
                "isEscalationEnabled": False,
                "escalationApprovers": None,
            }
        ],
    }
