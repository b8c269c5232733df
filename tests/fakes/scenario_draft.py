"""A tenant export in the making: the lists, the short names, and the parts that payloads share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.fakes.scenario_names import TENANT_ID, Names, guid
from tests.fakes.scenario_roles import BUILT_IN

Row = dict[str, Any]
Lists = dict[str, list[Row]]

# fmt: off
_ARM = (
    "managementGroups", "subscriptions", "resources", "roleDefinitions", "roleAssignments", "denyAssignments",
    "classicAdministrators", "roleAssignmentScheduleInstances", "roleEligibilityScheduleInstances",
    "roleAssignmentScheduleRequests", "roleEligibilityScheduleRequests", "roleManagementPolicyAssignments", "locks",
    "policyAssignments", "deploymentStacks", "federatedIdentityCredentials", "registrationAssignments",
    "providerOperations",
)
_GRAPH = (
    "users", "groups", "servicePrincipals", "applications", "devices", "administrativeUnits", "groupMembers",
    "groupOwners", "applicationOwners", "servicePrincipalOwners", "administrativeUnitMembers",
    "applicationFederatedIdentityCredentials", "appRoleAssignments", "oauth2PermissionGrants",
    "directoryRoleDefinitions", "directoryRoleAssignments", "directoryRoleAssignmentScheduleInstances",
    "directoryRoleEligibilityScheduleInstances", "groupAssignmentScheduleInstances",
    "groupEligibilityScheduleInstances",
)
_KEYS = frozenset((
    "tenantId", "collectedAt", "users", "groups", "servicePrincipals", "devices", "strangers", "owners",
    "managementGroups", "subscriptions", "roles", "notCollected", "assignments", "denies", "pim", "pimGroups",
    "lighthouse", "locks", "policies", "resources", "classicAdministrators", "directoryRoles", "requests", "crowd",
    "lists", "gaps", "letterCase", "raw",
))
# fmt: on
LIST_NAMES = (*(f"arm/{name}" for name in _ARM), *(f"graph/{name}" for name in _GRAPH))
GRAPH_TYPES = {"users": "user", "groups": "group", "servicePrincipals": "servicePrincipal", "devices": "device"}
_PRINCIPAL_TYPES = {"users": "User", "groups": "Group", "servicePrincipals": "ServicePrincipal", "devices": "Device"}


def named(value: object) -> dict[str, Row]:
    """Read a list of names, or a mapping from name to fields, as the latter."""
    if isinstance(value, Mapping):
        return {str(name): dict(fields or {}) for name, fields in value.items()}
    return {str(name): {} for name in value or ()}  # type: ignore[attr-defined]  # a YAML list


class Draft:
    """One `tenant:` mapping and the payloads made of it so far; `names` resolves what its short names stand for."""

    def __init__(self, tenant: Mapping[str, Any]) -> None:
        unknown = set(tenant) - _KEYS
        if unknown:
            raise KeyError(f"unknown key in tenant: {', '.join(sorted(unknown))}")
        self.tenant = tenant
        self.tenant_id = str(tenant.get("tenantId", TENANT_ID))
        self.subscriptions: dict[str, Any] = dict(tenant.get("subscriptions", {"sub1": "root", "sub2": "root"}))
        self.kinds = {name: kind for kind in GRAPH_TYPES for name in self.principals(kind)}
        strangers = [str(name) for name in tenant.get("strangers", ())]
        self.roles = {name: identity for name, (identity, _) in BUILT_IN.items()}
        self.roles |= {name: guid("role", name) for name in tenant.get("roles", {})}
        self.names = Names([*self.kinds, *strangers], [*self.subscriptions, *strangers], self.roles, self.tenant_id)
        self.used_roles: set[str] = set()
        self.lists: Lists = {name: [] for name in LIST_NAMES}

    def principals(self, kind: str) -> dict[str, Row]:
        value = self.tenant.get(kind)
        if kind == "groups":
            return {str(name): {} for name in value or {}}
        return named(value)

    def role_id(self, name: str, scope: str) -> str:
        """Return a role definition id as assignments hold it: below the subscription where there is one."""
        self.used_roles.add(name)
        parts = scope.split("/")
        place = "/".join(parts[:3]) if parts[1] == "subscriptions" else ""
        return f"{place}/providers/Microsoft.Authorization/roleDefinitions/{self.names.role(name)}"

    def principal_type(self, name: str, fields: Mapping[str, Any]) -> str:
        return str(fields.get("type") or _PRINCIPAL_TYPES.get(self.kinds.get(name, "users")))

    def assignment_fields(self, given: object) -> Row:
        """Read `alice Reader sub1/app` or the same as a mapping."""
        if isinstance(given, str):
            who, rest = given.split(maxsplit=1)
            role, scope = rest.rsplit(maxsplit=1)
            return {"to": who, "role": role, "at": scope, "as": given}
        fields: Row = dict(given)  # type: ignore[call-overload]  # a YAML mapping
        if "is" in fields:
            fields = self.assignment_fields(str(fields.pop("is"))) | fields
        fields.setdefault("as", f"{fields['to']} {fields['role']} {fields['at']} {fields.get('condition', '')}")
        return fields

    def with_condition(self, fields: Row) -> Row:
        if "condition" not in fields:
            return {}
        deep = int(fields.get("wrap", 0))
        text = "(" * deep + self.names.text(str(fields["condition"])) + ")" * deep
        return {
            "condition": text + " " * (int(fields.get("padTo", 0)) - len(text)),
            "conditionVersion": fields.get("version", "2.0"),
        }

    def core(self, fields: Row) -> Row:
        scope = self.names.scope(str(fields["at"]))
        return {
            "scope": scope,
            "roleDefinitionId": self.role_id(str(fields["role"]), scope),
            "principalId": self.names.principal(str(fields["to"])),
            "principalType": self.principal_type(str(fields["to"]), fields),
        } | self.with_condition(fields)

    @staticmethod
    def arm(kind: str, scope: str, name: str, properties: Row) -> Row:
        place = "" if scope == "/" else scope
        return {
            "id": f"{place}/providers/Microsoft.Authorization/{kind}/{name}",
            "type": f"Microsoft.Authorization/{kind}",
            "name": name,
            "properties": properties,
        }

    def block(self, given: object) -> Row:
        block: Row = dict(given)  # type: ignore[call-overload]  # a YAML mapping
        row: Row = {
            key: [self.names.text(str(one)) for one in block.get(key, ())]
            for key in ("actions", "notActions", "dataActions", "notDataActions")
        }
        return row | self.with_condition(block)

    def blocks(self, given: object) -> list[Row]:
        return [self.block(one) for one in (given if isinstance(given, list) else [given])]
