"""Who holds what: assignments, denies, PIM and Lighthouse."""

from __future__ import annotations

from tests.fakes.scenario_draft import Draft, Row
from tests.fakes.scenario_names import EVERYONE, guid


def write_assignments(draft: Draft) -> None:
    for given in draft.tenant.get("assignments", ()):
        fields = draft.assignment_fields(given)
        core = draft.core(fields)
        draft.lists["arm/roleAssignments"].append(
            draft.arm("roleAssignments", core["scope"], guid("assignment", str(fields["as"])), core)
        )


def write_denies(draft: Draft) -> None:
    for given in draft.tenant.get("denies", ()):
        fields = dict(given)
        scope = draft.names.scope(str(fields["at"]))
        name = str(fields["as"])
        properties: Row = {
            "denyAssignmentName": name,
            "description": "",
            "permissions": draft.blocks(fields["deny"]),
            "scope": scope,
            "doNotApplyToChildScopes": bool(fields.get("thisScopeOnly", False)),
            "principals": [_deny_principal(draft, str(who)) for who in fields["to"]],
            "excludePrincipals": [_deny_principal(draft, str(who)) for who in fields.get("except", ())],
            "isSystemProtected": bool(fields.get("system", True)),
        }
        if "effect" in fields:
            properties["denyAssignmentEffect"] = fields["effect"]
        properties |= draft.with_condition(fields)
        draft.lists["arm/denyAssignments"].append(draft.arm("denyAssignments", scope, guid("deny", name), properties))


def _deny_principal(draft: Draft, name: str) -> Row:
    identity = draft.names.principal(name)
    kind = "SystemDefined" if identity == EVERYONE else draft.principal_type(name, {})
    return {"id": identity, "type": kind}


def write_pim(draft: Draft) -> None:
    pim = draft.tenant.get("pim") or {}
    for kind, api, default in (
        ("active", "roleAssignmentScheduleInstances", "Activated"),
        ("eligible", "roleEligibilityScheduleInstances", None),
    ):
        for number, given in enumerate(pim.get(kind, ())):
            fields = draft.assignment_fields(given)
            properties = draft.core(fields) | {
                "status": fields.get("status", "Provisioned"),
                "startDateTime": fields.get("from"),
                "endDateTime": fields.get("until"),
                "memberType": "Direct",
            }
            if default:
                properties["assignmentType"] = fields.get("assignmentType", default)
            if "of" in fields:
                place = "" if properties["scope"] == "/" else properties["scope"]
                origin = guid("assignment", str(fields["of"]))
                properties["originRoleAssignmentId"] = (
                    f"{place}/providers/Microsoft.Authorization/roleAssignments/{origin}"
                )
            name = guid(api, f"{number} {fields['as']}")
            draft.lists[f"arm/{api}"].append(draft.arm(api, properties["scope"], name, properties))


def write_pim_groups(draft: Draft) -> None:
    pim = draft.tenant.get("pimGroups") or {}
    for kind, api in (
        ("active", "graph/groupAssignmentScheduleInstances"),
        ("eligible", "graph/groupEligibilityScheduleInstances"),
    ):
        for given in pim.get(kind, ()):
            fields = dict(given)
            group, member = draft.names.principal(str(fields["group"])), draft.names.principal(str(fields["to"]))
            access = str(fields.get("access", "member"))
            row: Row = {
                "id": f"{group}_{access}_{guid(api, str(fields))}",
                "groupId": group,
                "principalId": member,
                "accessId": access,
                "memberType": "direct",
                "startDateTime": fields.get("from"),
                "endDateTime": fields.get("until"),
            }
            if kind == "active":
                row["assignmentType"] = fields.get("assignmentType", "activated")
            draft.lists[api].append(row)


def write_lighthouse(draft: Draft) -> None:
    for number, given in enumerate(draft.tenant.get("lighthouse", ())):
        scope = draft.names.scope(str(given["at"]))
        definition = guid("registrationDefinition", f"{number} {scope}")
        name = guid("registrationAssignment", f"{number} {scope}")
        base = f"{scope}/providers/Microsoft.ManagedServices"
        properties: Row = {
            "registrationDefinitionName": "managed services",
            "managedByTenantId": guid("tenant", "managing"),
            "manageeTenantId": draft.tenant_id,
            "provisioningState": "Succeeded",
            "authorizations": [_authorization(draft, one) for one in given.get("grants", ())],
        }
        if "eligible" in given:
            properties["eligibleAuthorizations"] = [
                _authorization(draft, one)
                | {"justInTimeAccessPolicy": {"multiFactorAuthProvider": "Azure", "maximumActivationDuration": "PT8H"}}
                for one in given["eligible"]
            ]
        draft.lists["arm/registrationAssignments"].append(
            {
                "id": f"{base}/registrationAssignments/{name}",
                "type": "Microsoft.ManagedServices/registrationAssignments",
                "name": name,
                "properties": {
                    "registrationDefinitionId": f"{base}/registrationDefinitions/{definition}",
                    "provisioningState": given.get("state", "Succeeded"),
                    "registrationDefinition": {
                        "id": f"{base}/registrationDefinitions/{definition}",
                        "type": "Microsoft.ManagedServices/registrationDefinitions",
                        "name": definition,
                        "properties": properties,
                    },
                },
            }
        )


def _authorization(draft: Draft, given: object) -> Row:
    fields: Row = dict(given)  # type: ignore[call-overload]  # a YAML mapping
    draft.used_roles.add(str(fields["role"]))
    row: Row = {
        "principalId": draft.names.principal(str(fields["to"])),
        "principalIdDisplayName": str(fields["to"]),
        "roleDefinitionId": draft.names.role(str(fields["role"])),
    }
    if "delegated" in fields:
        row["delegatedRoleDefinitionIds"] = [draft.names.role(str(role)) for role in fields["delegated"]]
    return row
