"""From the `tenant:` of a scenario to the raw payloads of a tenant export, in the shapes of Azure's own answers.

Every list of the export is there, empty where the scenario says nothing, so that nothing is a gap unless the scenario
asks for one with `lists: {absent: […]}` or `gaps: […]`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tests.fakes.scenario_names import EVERYONE, TENANT_ID, Names, guid
from tests.fakes.scenario_roles import BUILT_IN

Row = dict[str, Any]
Lists = dict[str, list[Row]]

LIST_NAMES = tuple(
    """arm/managementGroups arm/subscriptions arm/resources arm/roleDefinitions arm/roleAssignments arm/denyAssignments
    arm/classicAdministrators arm/roleAssignmentScheduleInstances arm/roleEligibilityScheduleInstances
    arm/roleAssignmentScheduleRequests arm/roleEligibilityScheduleRequests arm/roleManagementPolicyAssignments
    arm/locks arm/policyAssignments arm/deploymentStacks arm/federatedIdentityCredentials arm/registrationAssignments
    arm/providerOperations graph/users graph/groups graph/servicePrincipals graph/applications graph/devices
    graph/administrativeUnits graph/groupMembers graph/groupOwners graph/applicationOwners
    graph/servicePrincipalOwners graph/administrativeUnitMembers graph/applicationFederatedIdentityCredentials
    graph/appRoleAssignments graph/oauth2PermissionGrants graph/directoryRoleDefinitions
    graph/directoryRoleAssignments graph/directoryRoleAssignmentScheduleInstances
    graph/directoryRoleEligibilityScheduleInstances graph/groupAssignmentScheduleInstances
    graph/groupEligibilityScheduleInstances""".split()
)
_KEYS = frozenset(
    """tenantId collectedAt users groups servicePrincipals devices strangers owners managementGroups subscriptions roles
    notCollected assignments denies pim pimGroups lighthouse locks policies resources classicAdministrators
    directoryRoles requests crowd lists gaps letterCase raw""".split()
)
_GRAPH_TYPES = {"users": "user", "groups": "group", "servicePrincipals": "servicePrincipal", "devices": "device"}
_PRINCIPAL_TYPES = {"users": "User", "groups": "Group", "servicePrincipals": "ServicePrincipal", "devices": "Device"}
_IDS = frozenset(
    """id principalId roleDefinitionId scope parentId groupId memberId originRoleAssignmentId subscriptionId name
    registrationDefinitionId appId""".split()
)


def named(value: object) -> dict[str, Row]:
    """Read a list of names, or a mapping from name to fields, as the latter."""
    if isinstance(value, Mapping):
        return {str(name): dict(fields or {}) for name, fields in value.items()}
    return {str(name): {} for name in value or ()}  # type: ignore[attr-defined]  # a YAML list


class TenantWriter:
    """Turns one `tenant:` mapping into payloads; `names` resolves what its short names stand for."""

    def __init__(self, tenant: Mapping[str, Any]) -> None:
        unknown = set(tenant) - _KEYS
        if unknown:
            raise KeyError(f"unknown key in tenant: {', '.join(sorted(unknown))}")
        self.tenant = tenant
        self.tenant_id = str(tenant.get("tenantId", TENANT_ID))
        self.subscriptions: dict[str, Any] = dict(tenant.get("subscriptions", {"sub1": "root", "sub2": "root"}))
        self.kinds = {name: kind for kind in _GRAPH_TYPES for name in self._principals(kind)}
        strangers = [str(name) for name in tenant.get("strangers", ())]
        self.roles = {name: identity for name, (identity, _) in BUILT_IN.items()}
        self.roles |= {name: guid("role", name) for name in tenant.get("roles", {})}
        self.names = Names(
            [*self.kinds, *strangers], [*self.subscriptions, *strangers], self.roles, self.tenant_id
        )
        self.used_roles: set[str] = set()
        self.lists: Lists = {name: [] for name in LIST_NAMES}

    def write(self) -> tuple[Lists, Row]:
        """Return the lists and the manifest."""
        parts: Sequence[Callable[[], None]] = (
            self._directory,
            self._places,
            self._assignments,
            self._denies,
            self._pim,
            self._pim_groups,
            self._lighthouse,
            self._guards,
            self._raw,
            self._crowd,
            self._roles,
        )
        for part in parts:
            part()
        gone = [str(name) for name in (self.tenant.get("lists") or {}).get("absent", ())]
        for name in gone:
            del self.lists[name]
        if self.tenant.get("letterCase") == "upper":
            self.lists = {name: [_shout(row) for row in rows] for name, rows in self.lists.items()}
        manifest = {
            "format": "azure-tenant-export/1",
            "tenantId": self.tenant_id,
            "collectedAt": str(self.tenant.get("collectedAt", "2026-11-01T00:00:00Z")),
            "cloud": "AzureCloud",
            "gaps": [self._gap(gap) for gap in self.tenant.get("gaps", ())],
        }
        return self.lists, manifest

    def _principals(self, kind: str) -> dict[str, Row]:
        value = self.tenant.get(kind)
        if kind == "groups":
            return {str(name): {} for name in value or {}}
        return named(value)

    def _gap(self, gap: object) -> Row:
        if isinstance(gap, str):
            api, scope, *_ = [*gap.split(), "/"]
            gap = {"api": api, "scope": scope}
        found: Row = dict(gap)  # type: ignore[call-overload]  # a YAML mapping
        scope = str(found.get("scope", "/"))
        if scope.startswith("group:"):
            scope = "/groups/" + self.names.principal(scope[6:])
        return {"api": found["api"], "scope": self.names.scope(scope), "reason": found.get("reason", "403 Forbidden")}

    def _directory(self) -> None:
        for kind in _GRAPH_TYPES:
            for name, fields in self._principals(kind).items():
                self.lists[f"graph/{kind}"].append(self._principal(kind, name, fields))
        for group, members in (self.tenant.get("groups") or {}).items():
            for member in members or ():
                self._pair("graph/groupMembers", str(group), str(member))
        for thing, owners in (self.tenant.get("owners") or {}).items():
            kind = "graph/groupOwners" if self.kinds.get(thing) == "groups" else "graph/servicePrincipalOwners"
            for owner in owners:
                self._pair(kind, str(thing), str(owner))
        for line in self.tenant.get("directoryRoles", ()):
            who, role = str(line).split(maxsplit=1)
            self.lists["graph/directoryRoleAssignments"].append(
                {
                    "id": guid("directoryRoleAssignment", str(line)),
                    "principalId": self.names.principal(who),
                    "roleDefinitionId": guid("directoryRole", role),
                    "directoryScopeId": "/",
                }
            )

    def _principal(self, kind: str, name: str, fields: Row) -> Row:
        row: Row = {"id": self.names.principal(name), "displayName": name}
        if kind in ("users", "servicePrincipals", "devices"):
            row["accountEnabled"] = not fields.pop("disabled", False)
        if kind == "users":
            row["userPrincipalName"] = f"{name}@example.com"
            row["userType"] = "Member"
        elif kind == "groups":
            row |= {"securityEnabled": True, "mailEnabled": False, "groupTypes": []}
        elif kind == "servicePrincipals":
            row |= {"appId": guid("application", name), "servicePrincipalType": "Application"}
        return row | fields

    def _pair(self, api: str, parent: str, member: str) -> None:
        kind = _GRAPH_TYPES[self.kinds.get(member, "users")]
        self.lists[api].append(
            {
                "parentId": self.names.principal(parent),
                "member": {"@odata.type": f"#microsoft.graph.{kind}", "id": self.names.principal(member)},
            }
        )

    def _places(self) -> None:
        base = "/providers/Microsoft.Management/managementGroups/"
        groups = {"root": None} | dict(self.tenant.get("managementGroups") or {})
        for name, parent in groups.items():
            own = self.names.management_group(str(name))
            link = None if parent is None else {"id": base + self.names.management_group(str(parent))}
            if parent == "unknown":
                link = {"id": base + "a-group-nobody-listed"}
            self.lists["arm/managementGroups"].append(
                {
                    "id": base + own,
                    "type": "Microsoft.Management/managementGroups",
                    "name": own,
                    "properties": {"tenantId": self.tenant_id, "displayName": str(name), "parent": link},
                }
            )
        for name, parent in self.subscriptions.items():
            identity = self.names.subscription(str(name))
            self.lists["arm/subscriptions"].append(
                {
                    "id": f"/subscriptions/{identity}",
                    "subscriptionId": identity,
                    "displayName": str(name),
                    "state": "Enabled",
                    "tenantId": self.tenant_id,
                }
            )
            if parent is not None:
                self.lists["arm/managementGroups"].append(
                    {
                        "id": f"/subscriptions/{identity}",
                        "type": "/subscriptions",
                        "name": identity,
                        "properties": {
                            "tenantId": self.tenant_id,
                            "displayName": str(name),
                            "parent": {"id": base + self.names.management_group(str(parent))},
                        },
                    }
                )

    def _role_id(self, name: str, scope: str) -> str:
        """Return a role definition id as Azure writes it in an assignment: below the subscription where there is one."""
        self.used_roles.add(name)
        parts = scope.split("/")
        place = "/".join(parts[:3]) if parts[1] == "subscriptions" else ""
        return f"{place}/providers/Microsoft.Authorization/roleDefinitions/{self.names.role(name)}"

    def _principal_type(self, name: str, fields: Mapping[str, Any]) -> str:
        return str(fields.get("type") or _PRINCIPAL_TYPES.get(self.kinds.get(name, "users")))

    def _assignment_fields(self, given: object) -> Row:
        """Read `alice Reader sub1/app` or the same as a mapping."""
        if isinstance(given, str):
            who, rest = given.split(maxsplit=1)
            role, scope = rest.rsplit(maxsplit=1)
            return {"to": who, "role": role, "at": scope, "as": given}
        fields: Row = dict(given)  # type: ignore[call-overload]  # a YAML mapping
        if "is" in fields:
            fields = self._assignment_fields(str(fields.pop("is"))) | fields
        fields.setdefault("as", f"{fields['to']} {fields['role']} {fields['at']} {fields.get('condition', '')}")
        return fields

    def _with_condition(self, fields: Row) -> Row:
        if "condition" not in fields:
            return {}
        text = self.names.text(str(fields["condition"]))
        return {
            "condition": text + " " * (int(fields.get("padTo", 0)) - len(text)),
            "conditionVersion": fields.get("version", "2.0"),
        }

    def _core(self, fields: Row) -> Row:
        scope = self.names.scope(str(fields["at"]))
        return {
            "scope": scope,
            "roleDefinitionId": self._role_id(str(fields["role"]), scope),
            "principalId": self.names.principal(str(fields["to"])),
            "principalType": self._principal_type(str(fields["to"]), fields),
        } | self._with_condition(fields)

    def _assignments(self) -> None:
        for given in self.tenant.get("assignments", ()):
            fields = self._assignment_fields(given)
            core = self._core(fields)
            self.lists["arm/roleAssignments"].append(
                self._arm("roleAssignments", core["scope"], guid("assignment", str(fields["as"])), core)
            )

    @staticmethod
    def _arm(kind: str, scope: str, name: str, properties: Row) -> Row:
        place = "" if scope == "/" else scope
        return {
            "id": f"{place}/providers/Microsoft.Authorization/{kind}/{name}",
            "type": f"Microsoft.Authorization/{kind}",
            "name": name,
            "properties": properties,
        }

    def _block(self, given: object) -> Row:
        block: Row = dict(given)  # type: ignore[call-overload]  # a YAML mapping
        row: Row = {
            key: [self.names.text(str(one)) for one in block.get(key, ())]
            for key in ("actions", "notActions", "dataActions", "notDataActions")
        }
        return row | self._with_condition(block)

    def _blocks(self, given: object) -> list[Row]:
        return [self._block(one) for one in (given if isinstance(given, list) else [given])]

    def _denies(self) -> None:
        for given in self.tenant.get("denies", ()):
            fields = dict(given)
            scope = self.names.scope(str(fields["at"]))
            name = str(fields["as"])
            properties: Row = {
                "denyAssignmentName": name,
                "description": "",
                "permissions": self._blocks(fields["deny"]),
                "scope": scope,
                "doNotApplyToChildScopes": bool(fields.get("thisScopeOnly", False)),
                "principals": [self._deny_principal(str(who)) for who in fields["to"]],
                "excludePrincipals": [self._deny_principal(str(who)) for who in fields.get("except", ())],
                "isSystemProtected": bool(fields.get("system", True)),
            }
            if "effect" in fields:
                properties["denyAssignmentEffect"] = fields["effect"]
            properties |= self._with_condition(fields)
            self.lists["arm/denyAssignments"].append(
                self._arm("denyAssignments", scope, guid("deny", name), properties)
            )

    def _deny_principal(self, name: str) -> Row:
        identity = self.names.principal(name)
        kind = "SystemDefined" if identity == EVERYONE else self._principal_type(name, {})
        return {"id": identity, "type": kind}

    def _pim(self) -> None:
        pim = self.tenant.get("pim") or {}
        for kind, api, default in (
            ("active", "roleAssignmentScheduleInstances", "Activated"),
            ("eligible", "roleEligibilityScheduleInstances", None),
        ):
            for number, given in enumerate(pim.get(kind, ())):
                fields = self._assignment_fields(given)
                properties = self._core(fields) | {
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
                self.lists[f"arm/{api}"].append(self._arm(api, properties["scope"], name, properties))

    def _pim_groups(self) -> None:
        pim = self.tenant.get("pimGroups") or {}
        for kind, api in (
            ("active", "graph/groupAssignmentScheduleInstances"),
            ("eligible", "graph/groupEligibilityScheduleInstances"),
        ):
            for given in pim.get(kind, ()):
                fields = dict(given)
                group, member = self.names.principal(str(fields["group"])), self.names.principal(str(fields["to"]))
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
                self.lists[api].append(row)

    def _authorization(self, given: object) -> Row:
        fields: Row = dict(given)  # type: ignore[call-overload]  # a YAML mapping
        self.used_roles.add(str(fields["role"]))
        row: Row = {
            "principalId": self.names.principal(str(fields["to"])),
            "principalIdDisplayName": str(fields["to"]),
            "roleDefinitionId": self.names.role(str(fields["role"])),
        }
        if "delegated" in fields:
            row["delegatedRoleDefinitionIds"] = [self.names.role(str(role)) for role in fields["delegated"]]
        return row

    def _lighthouse(self) -> None:
        for number, given in enumerate(self.tenant.get("lighthouse", ())):
            scope = self.names.scope(str(given["at"]))
            definition = guid("registrationDefinition", f"{number} {scope}")
            name = guid("registrationAssignment", f"{number} {scope}")
            base = f"{scope}/providers/Microsoft.ManagedServices"
            properties: Row = {
                "registrationDefinitionName": "managed services",
                "managedByTenantId": guid("tenant", "managing"),
                "manageeTenantId": self.tenant_id,
                "provisioningState": "Succeeded",
                "authorizations": [self._authorization(one) for one in given.get("grants", ())],
            }
            if "eligible" in given:
                properties["eligibleAuthorizations"] = [
                    self._authorization(one)
                    | {"justInTimeAccessPolicy": {"multiFactorAuthProvider": "Azure", "maximumActivationDuration": "PT8H"}}
                    for one in given["eligible"]
                ]
            self.lists["arm/registrationAssignments"].append(
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

    def _guards(self) -> None:
        for line in self.tenant.get("locks", ()):
            level, text = str(line).split()
            scope = self.names.scope(text)
            self.lists["arm/locks"].append(self._arm("locks", scope, f"{level}-lock", {"level": level}))
        for given in self.tenant.get("policies", ()):
            self._policy(dict(given))
        for text, fields in (self.tenant.get("resources") or {}).items():
            self.lists["arm/resources"].append(self._resource(self.names.scope(str(text)), dict(fields or {})))
        for number, line in enumerate(self.tenant.get("classicAdministrators", ())):
            who, role, text = str(line).split()
            self.lists["arm/classicAdministrators"].append(
                self._arm(
                    "classicAdministrators",
                    self.names.scope(text),
                    f"classic{number}",
                    {"emailAddress": f"{who}@example.com", "role": role},
                )
            )
        for api, rows in (self.tenant.get("requests") or {}).items():
            for number, given in enumerate(rows):
                core = self._core(self._assignment_fields(given)) | {"status": "PendingApproval"}
                name = guid(str(api), str(number))
                self.lists[f"arm/{api}"].append(self._arm(str(api), core["scope"], name, core))

    def _policy(self, fields: Row) -> None:
        scope = self.names.scope(str(fields["at"]))
        name = str(fields["as"])
        properties: Row = {
            "displayName": name,
            "policyDefinitionId": f"/providers/Microsoft.Authorization/policyDefinitions/{guid('policy', name)}",
            "scope": scope,
            "notScopes": [self.names.scope(str(one)) for one in fields.get("notAt", ())],
            "enforcementMode": fields.get("mode", "Default"),
            "parameters": {"effect": {"value": fields["effect"]}} if "effect" in fields else {},
        }
        self.lists["arm/policyAssignments"].append(self._arm("policyAssignments", scope, name, properties))

    @staticmethod
    def _resource(identity: str, properties: Row) -> Row:
        parts = identity.split("/")
        if "providers" not in parts:
            kind = "Microsoft.Resources/resourceGroups"
        else:
            at = len(parts) - 1 - parts[::-1].index("providers")
            kind = "/".join([parts[at + 1], *parts[at + 2 :: 2]])
        return {"id": identity, "name": parts[-1], "type": kind, "location": "westeurope", "properties": properties}

    def _raw(self) -> None:
        """Add payloads that the scenario gives as they are."""
        for api, rows in (self.tenant.get("raw") or {}).items():
            self.lists[str(api)] += [_filled(row, self.names) for row in rows]

    def _crowd(self) -> None:
        """Add many users with an assignment each, many groups with one member, many roles: for the limits (L)."""
        crowd = self.tenant.get("crowd") or {}
        for number in range(int(crowd.get("users", 0))):
            who = guid("crowd", str(number))
            self.lists["graph/users"].append({"id": who, "displayName": f"crowd {number}", "accountEnabled": True})
            core = self._core({"to": who, "role": crowd["role"], "at": crowd["at"], "type": "User"})
            self.lists["arm/roleAssignments"].append(
                self._arm("roleAssignments", core["scope"], guid("crowd assignment", str(number)), core)
            )
        for number in range(int(crowd.get("groups", 0))):
            group = guid("crowd group", str(number))
            self.lists["graph/groups"].append({"id": group, "displayName": f"crowd {number}", "isAssignableToRole": True})
            member = {"@odata.type": "#microsoft.graph.user", "id": self.names.principal(str(crowd["member"]))}
            self.lists["graph/groupMembers"].append({"parentId": group, "member": member})
        for number in range(int(crowd.get("roles", 0))):
            scope = self.names.scope(str(crowd["at"]))
            properties = {
                "roleName": f"crowd {number}",
                "type": "CustomRole",
                "assignableScopes": [scope],
                "permissions": self._blocks({"actions": [f"My.Own/things{number}/read"]}),
            }
            role = self._arm("roleDefinitions", scope, guid("crowd role", str(number)), properties)
            self.lists["arm/roleDefinitions"].append(role)

    def _roles(self) -> None:
        custom = self.tenant.get("roles") or {}
        hidden = {str(name) for name in self.tenant.get("notCollected", ())}
        for name in sorted(self.used_roles | set(custom)):
            if name in hidden:
                continue
            given = custom.get(name, {"builtIn": True, "blocks": BUILT_IN.get(name, ("", []))[1]})
            fields = dict(given) if isinstance(given, Mapping) and "blocks" in given else {"blocks": given}
            built_in = bool(fields.get("builtIn", False))
            row = self._arm(
                "roleDefinitions",
                "/",
                self.names.role(name),
                {
                    "roleName": name,
                    "type": "BuiltInRole" if built_in else "CustomRole",
                    "description": "",
                    "assignableScopes": [
                        self.names.scope(str(one))
                        for one in fields.get("assignableScopes", ["/"] if built_in else list(self.subscriptions)[:1])
                    ],
                    "permissions": self._blocks(fields["blocks"]),
                },
            )
            self.lists["arm/roleDefinitions"].append(row)


def _filled(value: Any, names: Names) -> Any:
    if isinstance(value, Mapping):
        return {key: _filled(one, names) for key, one in value.items()}
    if isinstance(value, list):
        return [_filled(one, names) for one in value]
    return names.text(value) if isinstance(value, str) else value


def _shout(value: Any, key: str = "") -> Any:
    """Write every id in capitals, as some of Azure's own answers do (M1, S2)."""
    if isinstance(value, Mapping):
        return {name: _shout(one, name) for name, one in value.items()}
    if isinstance(value, list):
        return [_shout(one, key) for one in value]
    return value.upper() if isinstance(value, str) and (key in _IDS or key.lower().endswith("actions")) else value
