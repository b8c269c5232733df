"""Random assignments: permanent, through PIM, eligible, through Lighthouse, and denies."""

from __future__ import annotations

from typing import Any

from tests.strategies.choices import Choices
from tests.strategies.conditions import conditions
from tests.strategies.directories import window
from tests.strategies.roles import blocks
from tests.strategies.vocabulary import (
    BUILT_IN,
    CONTRIBUTOR,
    CUSTOM_ROLES,
    EVERYONE,
    LOST_ROLE,
    OWNER,
    PRINCIPALS,
    READER,
    STRANGERS,
    TYPE_OF,
    USER_ACCESS_ADMINISTRATOR,
)

Payload = dict[str, Any]
_ROLE_ID = "/providers/Microsoft.Authorization/roleDefinitions/"
_KINDS = {
    "arm/roleAssignments": "roleAssignments",
    "arm/roleAssignmentScheduleInstances": "roleAssignmentScheduleInstances",
    "arm/roleEligibilityScheduleInstances": "roleEligibilityScheduleInstances",
}


def _name(kind: int, number: int) -> str:
    return f"{kind:08x}-cafe-4bad-8ace-{number:012x}"


def _role_key(choose: Choices) -> str:
    if choose.chance(4):
        return LOST_ROLE
    return choose.pick(CUSTOM_ROLES) if choose.chance(60) else choose.pick(tuple(BUILT_IN))


def extension_id(choose: Choices, scope: str, kind: str, name: str) -> str:
    """Return the id of an extension resource at a scope (S4)."""
    base = "" if scope == "/" else choose.spell(scope)
    return f"{base}/providers/Microsoft.Authorization/{kind}/{name}"


def assignment(choose: Choices, scopes: list[str], number: int) -> Payload:
    """Return one roleAssignments payload."""
    scope, principal = choose.pick(scopes), choose.pick(PRINCIPALS)
    properties: Payload = {
        "roleDefinitionId": choose.spell(_ROLE_ID) + choose.spell(_role_key(choose)),
        "principalId": choose.spell(principal),
        "scope": choose.spell(scope),
        **_principal_type(choose, principal),
        **_condition(choose, 22),
    }
    name = _name(1, number)
    return {
        "id": extension_id(choose, scope, "roleAssignments", name),
        "name": name,
        "type": "Microsoft.Authorization/roleAssignments",
        "properties": properties,
    }


def _principal_type(choose: Choices, principal: str) -> Payload:
    """Return what the assignment says about its principal; strangers are of no known type, or deleted users."""
    if choose.chance(15):
        return {}
    if choose.chance(4):  # what the assignment says may be old
        return {"principalType": choose.pick(("Unknown", "User", "Group", "ServicePrincipal", "foreignGroup"))}
    if principal in STRANGERS:
        return {"principalType": "User"} if principal == STRANGERS[0] else {}
    return {"principalType": TYPE_OF[principal]}


def _condition(choose: Choices, percent: int) -> Payload:
    if not choose.chance(percent):
        return {"condition": None, "conditionVersion": None} if choose.chance(20) else {}
    if choose.chance(4):
        return {"condition": choose.pick(("", "  \n"))}
    version = choose.pick(("2.0", "2.0", "2.0", "1.0", None, "", "2.1"))
    return {"condition": conditions(choose), "conditionVersion": version}


def instances(choose: Choices, api: str, rows: list[Payload], scopes: list[str], count: int) -> list[Payload]:
    """Return PIM instances: of a listed assignment by id or by what it says, or of none (V4)."""
    kind = _KINDS[api]
    found = []
    for number in range(count):
        row = choose.pick(rows) if rows and choose.chance(70) else assignment(choose, scopes, 0x100 + number)
        fields = dict(row["properties"])
        if choose.chance(60):
            fields["originRoleAssignmentId"] = choose.spell(row["id"])
        elif choose.chance(30):
            fields["originRoleAssignmentId"] = None
        if choose.chance(25):
            fields.update(_condition(choose, 60))
        fields.update(
            assignmentType=choose.pick(("Activated", "Assigned")),
            status=choose.pick(("Accepted", "Provisioned", "Provisioned", "Revoked", "failed", None)),
            **window(choose),
        )
        name = _name(len(kind), number)
        found.append(
            {
                "id": extension_id(choose, row["properties"]["scope"], kind, name),
                "name": name,
                "properties": fields,
            }
        )
    return found


def registrations(choose: Choices, scopes: list[str], count: int) -> list[Payload]:
    """Return Lighthouse registration assignments, expanded; some at scopes that X1 does not allow."""
    found = []
    for number in range(count):
        name = _name(3, number)
        scope = choose.pick([one for one in scopes if one != "/"])
        definition = {
            "managedByTenantId": _name(4, 1),
            "authorizations": [_authorization(choose) for _ in range(1 + choose.below(2))],
        }
        if choose.chance(40):
            definition["eligibleAuthorizations"] = [_authorization(choose)]
        properties: Payload = {
            "registrationDefinitionId": f"/x/{name}",
            "registrationDefinition": {"properties": definition, "name": name},
        }
        if choose.chance(60):
            properties["provisioningState"] = choose.pick(("Succeeded", "Succeeded", "Failed"))
        found.append(
            {
                "id": f"{choose.spell(scope)}/providers/Microsoft.ManagedServices/registrationAssignments/{name}",
                "name": name,
                "properties": properties,
            }
        )
    return found


def _authorization(choose: Choices) -> Payload:
    key = choose.pick((READER, CONTRIBUTOR, OWNER, USER_ACCESS_ADMINISTRATOR, USER_ACCESS_ADMINISTRATOR, *CUSTOM_ROLES))
    made: Payload = {"principalId": choose.spell(choose.pick(PRINCIPALS)), "roleDefinitionId": choose.spell(key)}
    if key == USER_ACCESS_ADMINISTRATOR and choose.chance(70):
        made["delegatedRoleDefinitionIds"] = [choose.spell(READER), CONTRIBUTOR][: 1 + choose.below(2)]
    return made


def deny(choose: Choices, scopes: list[str], number: int) -> Payload:
    """Return one denyAssignments payload."""
    scope, name = choose.pick(scopes), _name(2, number)
    principals = [] if choose.chance(40) else choose.some(PRINCIPALS, 1, 3)
    listed = [_named(choose, one) for one in principals]
    if not principals or choose.chance(5):
        listed.append({"id": EVERYONE, "type": "SystemDefined"})
    excluded = [_named(choose, one) for one in choose.some(PRINCIPALS, 0, 3)] if choose.chance(60) else []
    if choose.chance(5):
        excluded.append({"id": EVERYONE, "type": "SystemDefined"})
    properties: Payload = {
        "denyAssignmentName": f"deny {number}",
        "scope": choose.spell(scope),
        "permissions": blocks(choose),
        "principals": listed,
        "excludePrincipals": excluded,
        "isSystemProtected": choose.chance(50),
        **_condition(choose, 15),
    }
    if choose.chance(50):
        properties["doNotApplyToChildScopes"] = choose.chance(40)
    if choose.chance(40):
        properties["denyAssignmentEffect"] = choose.pick(("enforced", "audit", "Audit", "other"))
    return {"id": extension_id(choose, scope, "denyAssignments", name), "name": name, "properties": properties}


def _named(choose: Choices, principal: str) -> Payload:
    made: Payload = {"id": choose.spell(principal)}
    if choose.chance(80) and principal in TYPE_OF and TYPE_OF[principal] in ("User", "Group", "ServicePrincipal"):
        made["type"] = TYPE_OF[principal]
    return made
