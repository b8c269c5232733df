"""Role definitions, assignments, deny assignments, PIM instances, locks and the catalogue as Azure's payloads."""

from __future__ import annotations

import json
from collections.abc import Iterator

import numpy as np

from benchmarks.guids import guids
from benchmarks.known import EVERYONE
from benchmarks.plan import Level, Tenant
from benchmarks.roles import Block, Role

_AUTHORIZATION = "providers/Microsoft.Authorization"
_CONTAINER = "Microsoft.Storage/storageAccounts/blobServices/containers"
_WRITE = "Microsoft.Authorization/roleAssignments/write"
_STAMPS = tuple(
    f"20{year}-{month:02d}-1{month % 10}T08:{month:02d}:17.8{year}3412Z"
    for year in (22, 23, 24, 25)
    for month in range(1, 13)
)


def principal_type(tenant: Tenant, principal: int) -> str:
    """Return the word of `principalType`."""
    size = tenant.size
    if principal < size.users:
        return "User"
    if principal < size.users + size.groups:
        return "Group"
    return "ServicePrincipal"


def condition_text(tenant: Tenant, number: int) -> str:
    """Return one of the conditions: odd numbers limit delegation, even ones name a container (C2, C16)."""
    if number % 2:
        chosen = [role.guid for role in tenant.roles[number % 23 : number % 23 + 3]]
        return (
            f"((!(ActionMatches{{'{_WRITE}'}})) OR (@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] "
            f"ForAnyOfAnyValues:GuidEquals {{{', '.join(chosen)}}} AND "
            "@Request[Microsoft.Authorization/roleAssignments:PrincipalType] "
            f"ForAnyOfAnyValues:StringEqualsIgnoreCase {{'{'User' if number % 4 == 1 else 'ServicePrincipal'}'}}))"
        )
    if number % 5 == 0:
        return f"@Resource[{_CONTAINER}:name] StringEquals 'container-{number:05d}'"
    return (
        f"((!(ActionMatches{{'{_CONTAINER}/blobs/read'}} AND NOT SubOperationMatches{{'Blob.List'}})) OR "
        f"(@Resource[{_CONTAINER}:name] StringEquals 'container-{number:05d}'))"
    )


def role_definitions(tenant: Tenant) -> Iterator[str]:
    """Yield arm/roleDefinitions; a custom role is assignable in one to three subscriptions."""
    for place, role in enumerate(tenant.roles):
        scopes = ["/"]
        if role.custom:
            count = 1 + place % 3
            scopes = [f"/subscriptions/{tenant.sub_ids[(place * 7 + k) % len(tenant.sub_ids)]}" for k in range(count)]
        yield _line(
            {
                "properties": {
                    "roleName": role.name,
                    "type": "CustomRole" if role.custom else "BuiltInRole",
                    "description": f"What a holder of {role.name} may do, in one sentence of the usual length.",
                    "assignableScopes": scopes,
                    "permissions": [_permission(block) for block in role.blocks],
                    "createdOn": _STAMPS[place % len(_STAMPS)],
                    "updatedOn": _STAMPS[place % len(_STAMPS)],
                    "createdBy": None,
                    "updatedBy": None,
                },
                "id": _role_id(tenant, role, place),
                "type": "Microsoft.Authorization/roleDefinitions",
                "name": role.guid,
            }
        )


def _role_id(tenant: Tenant, role: Role, place: int) -> str:
    at = f"/subscriptions/{tenant.sub_ids[place % len(tenant.sub_ids)]}"
    return f"{at}/{_AUTHORIZATION}/roleDefinitions/{role.guid}"


def _permission(block: Block) -> dict[str, object]:
    shown: dict[str, object] = {
        "actions": block.actions,
        "notActions": block.not_actions,
        "dataActions": block.data_actions,
        "notDataActions": block.not_data_actions,
    }
    if block.condition is not None:
        shown |= {"condition": block.condition, "conditionVersion": "2.0"}
    return shown


def role_assignments(tenant: Tenant, instances: list[str]) -> Iterator[str]:
    """Yield arm/roleAssignments; fill `instances` with the PIM instances of those in force in a window only (P2)."""
    rng = np.random.default_rng([tenant.seed, 3])
    size = tenant.size
    count = len(tenant.level)
    # 3 windows that hold at the time of collection for every one that is over or to come.
    window = np.zeros(count, dtype=np.uint8)
    window[rng.choice(count, size=size.windows, replace=False)] = rng.choice(
        np.array([1, 2, 3], dtype=np.uint8), size=size.windows, p=[0.75, 0.15, 0.1]
    )
    scopes = _ScopeTexts(tenant)
    stamps = rng.integers(0, len(_STAMPS), count)
    authors = rng.integers(0, size.users, 300).tolist()
    rows = zip(
        guids(rng, count), tenant.principal.tolist(), tenant.role.tolist(), tenant.level.tolist(),
        tenant.place.tolist(), tenant.condition.tolist(), window.tolist(), stamps.tolist(), strict=True,
    )  # fmt: skip
    role_guids = [role.guid for role in tenant.roles]
    conditions: dict[int, str] = {-1: '"condition":null,"conditionVersion":null'}
    people, users, listed = tenant.principal_ids, size.users, size.users + size.groups
    for number, (name, principal, role, level, place, condition, timed, stamp) in enumerate(rows):
        scope, definitions = scopes.of(level, place)
        if condition not in conditions:
            text = json.dumps(condition_text(tenant, condition))
            conditions[condition] = f'"condition":{text},"conditionVersion":"2.0"'
        kind = "User" if principal < users else "Group" if principal < listed else "ServicePrincipal"
        when, author = _STAMPS[stamp], people[authors[number % 300]]
        # Azure writes both spellings of resourceGroups; the scope alone matters, without case (S2).
        spelt = scope.replace("/resourceGroups/", "/resourcegroups/") if number % 20 == 0 else scope
        at = "" if scope == "/" else scope
        yield (
            f'{{"properties":{{"roleDefinitionId":"{definitions}{role_guids[role]}","principalId":"{people[principal]}",'
            f'"principalType":"{kind}","scope":"{spelt}",{conditions[condition]},"createdOn":"{when}","updatedOn":"{when}",'
            f'"createdBy":"{author}","updatedBy":"{author}","delegatedManagedIdentityResourceId":null,"description":null}},'
            f'"id":"{at}/{_AUTHORIZATION}/roleAssignments/{name}","type":"Microsoft.Authorization/roleAssignments",'
            f'"name":"{name}"}}'
        )
        if timed:
            start, end = _WINDOWS[timed]
            activated = "Activated" if principal < users else "Assigned"
            instances.append(
                f'{{"properties":{{"originRoleAssignmentId":"{at}/{_AUTHORIZATION}/roleAssignments/{name}",'
                f'"assignmentType":"{activated}","scope":"{scope}","roleDefinitionId":"{definitions}{role_guids[role]}",'
                f'"principalId":"{people[principal]}","principalType":"{kind}","status":"Provisioned",'
                f'"startDateTime":"{start}","endDateTime":"{end}","memberType":"Direct","createdOn":"{start}",'
                f'{conditions[condition]}}},"name":"{name}",'
                f'"id":"{at}/{_AUTHORIZATION}/RoleAssignmentScheduleInstances/{name}",'
                '"type":"Microsoft.Authorization/RoleAssignmentScheduleInstances"}'
            )


_WINDOWS = {
    1: ("2026-10-31T22:00:00Z", "2026-11-01T06:00:00Z"),
    2: ("2026-10-30T08:00:00Z", "2026-10-30T16:00:00Z"),
    3: ("2026-11-02T08:00:00Z", "2026-12-02T08:00:00Z"),
}


class _ScopeTexts:
    """Scope texts with what every row needs of them kept for the levels that repeat."""

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant
        self._kept: dict[int, tuple[str, str]] = {}

    def of(self, level: int, place: int) -> tuple[str, str]:
        """Return the scope, and how a role definition id starts there."""
        if level >= Level.RESOURCE:
            group = self._tenant.resource_group_of(place)
            return self._tenant.scope(level, place), self.of(Level.RESOURCE_GROUP, group)[1]
        key = place * 8 + level
        found = self._kept.get(key)
        if found is None:
            scope = self._tenant.scope(level, place)
            at = "/".join(scope.split("/")[:3]) if scope.startswith("/subscriptions/") else ""
            found = self._kept[key] = (scope, f"{at}/{_AUTHORIZATION}/roleDefinitions/")
        return found


def eligible_instances(tenant: Tenant) -> Iterator[str]:
    """Yield arm/roleEligibilityScheduleInstances: users and groups, at subscriptions and resource groups (P1, P7)."""
    rng = np.random.default_rng([tenant.seed, 4])
    size = tenant.size
    for name in guids(rng, size.eligible):
        people = size.users + size.groups
        principal = int(rng.integers(0, people))
        deep = rng.random() < 0.5
        place = int(rng.integers(0, size.resource_groups if deep else size.subscriptions))
        scope = tenant.scope(Level.RESOURCE_GROUP if deep else Level.SUBSCRIPTION, place)
        role = tenant.roles[int(rng.integers(0, 12))]
        definitions = f"{'/'.join(scope.split('/')[:3])}/{_AUTHORIZATION}/roleDefinitions"
        yield _line(
            {
                "properties": {
                    "scope": scope,
                    "roleDefinitionId": f"{definitions}/{role.guid}",
                    "principalId": tenant.principal_ids[principal],
                    "principalType": principal_type(tenant, principal),
                    "status": "Provisioned",
                    "startDateTime": "2026-03-01T08:00:00Z",
                    "endDateTime": "2027-03-01T08:00:00Z" if principal % 3 else None,
                    "memberType": "Direct",
                    "createdOn": "2026-03-01T08:00:00Z",
                    "condition": None,
                    "conditionVersion": None,
                },
                "name": name,
                "id": f"{scope}/{_AUTHORIZATION}/RoleEligibilityScheduleInstances/{name}",
                "type": "Microsoft.Authorization/RoleEligibilityScheduleInstances",
            }
        )


def deny_assignments(tenant: Tenant) -> Iterator[str]:
    """Yield arm/denyAssignments: of stacks and managed applications, and a few that people made (N4 to N10)."""
    rng = np.random.default_rng([tenant.seed, 5])
    size = tenant.size
    for number, name in enumerate(guids(rng, size.denies)):
        draw = rng.random()
        everyone = [{"id": EVERYONE, "type": "SystemDefined", "displayName": "All Principals"}]
        spared = [_named(tenant, int(rng.integers(0, size.principals))) for _ in range(1 + number % 3)]
        principals = everyone
        group = int(rng.integers(0, size.resource_groups))
        scope = tenant.scope(Level.RESOURCE_GROUP, group)
        permissions = [{"actions": ["*/delete"], "notActions": ["Microsoft.Authorization/locks/delete"]}]
        child_only = False
        if draw < 0.55:  # a deployment stack, on one managed resource
            scope = tenant.scope(Level.RESOURCE, int(rng.integers(0, size.resources)))
            child_only = number % 10 == 0
            if number % 2:
                permissions = [{"actions": ["*"], "notActions": ["*/read", "Microsoft.Authorization/locks/delete"]}]
        elif draw < 0.8:  # a managed application's resource group
            permissions = [
                {"actions": ["*"], "notActions": ["*/read"]},
                {"actions": [], "dataActions": ["Microsoft.Storage/storageAccounts/blobServices/*"]},
            ]
        elif draw < 0.95:  # named people or groups
            principals = [_named(tenant, int(rng.integers(0, size.principals))) for _ in range(1 + number % 2)]
            spared = spared[: number % 2]
            permissions = [{"actions": ["*/write", "*/delete"], "notActions": []}]
        elif draw < 0.99:  # user-assigned, everyone but a few, at a subscription
            scope = tenant.scope(Level.SUBSCRIPTION, int(rng.integers(0, size.subscriptions)))
            permissions = [{"actions": ["Microsoft.Authorization/roleAssignments/write"], "notActions": []}]
        filled = [{"notActions": [], "dataActions": [], "notDataActions": [], **one} for one in permissions]
        yield _line(
            {
                "properties": {
                    "denyAssignmentName": f"Deny assignment '{name}' created by Deployment Stack",
                    "description": "Created for the managed resources of one deployment.",
                    "permissions": filled,
                    "scope": scope,
                    "doNotApplyToChildScopes": child_only,
                    "principals": principals,
                    "excludePrincipals": spared,
                    "isSystemProtected": draw < 0.8,
                    "denyAssignmentEffect": "audit" if number % 50 == 49 else "enforced",
                    "condition": None,
                    "conditionVersion": None,
                },
                "id": f"{scope}/{_AUTHORIZATION}/denyAssignments/{name}",
                "type": "Microsoft.Authorization/denyAssignments",
                "name": name,
            }
        )


def _named(tenant: Tenant, principal: int) -> dict[str, str]:
    return {"id": tenant.principal_ids[principal], "type": principal_type(tenant, principal), "displayName": ""}


def locks(tenant: Tenant) -> Iterator[str]:
    """Yield arm/locks: one on every twentieth resource group."""
    for group in range(0, tenant.size.resource_groups, 20):
        scope = tenant.scope(Level.RESOURCE_GROUP, group)
        yield _line(
            {
                "properties": {
                    "level": "ReadOnly" if group % 100 == 0 else "CanNotDelete",
                    "notes": "kept by the owners",
                },
                "id": f"{scope}/{_AUTHORIZATION}/locks/keep",
                "type": "Microsoft.Authorization/locks",
                "name": "keep",
            }
        )


def policy_assignments(tenant: Tenant) -> Iterator[str]:
    """Yield arm/policyAssignments: three for each subscription."""
    for sub in range(tenant.size.subscriptions):
        scope = tenant.scope(Level.SUBSCRIPTION, sub)
        for number in range(3):
            yield _line(
                {
                    "properties": {
                        "displayName": f"Baseline {number}",
                        "policyDefinitionId": f"/providers/Microsoft.Authorization/policyDefinitions/baseline{number}",
                        "scope": scope,
                        "notScopes": [],
                        "parameters": {"effect": {"value": ("Audit", "Deny", "DenyAction")[number]}},
                        "enforcementMode": "Default",
                    },
                    "id": f"{scope}/{_AUTHORIZATION}/policyAssignments/baseline{number}",
                    "type": "Microsoft.Authorization/policyAssignments",
                    "name": f"baseline{number}",
                }
            )


def provider_operations(tenant: Tenant) -> Iterator[str]:
    """Yield arm/providerOperations with their resource types expanded (D7)."""
    nested: dict[str, dict[str, list[dict[str, object]]]] = {}
    for plane, names in enumerate((tenant.catalogue.control, tenant.catalogue.data)):
        for name in names:
            provider, rest = name.split("/", 1)
            parts = rest.split("/")
            kind = "/".join(parts[:-2] if parts[-1] == "action" else parts[:-1])
            nested.setdefault(provider, {}).setdefault(kind, []).append(
                {
                    "name": name,
                    "displayName": f"{parts[-1]} {parts[0]}",
                    "description": f"Lets a principal {parts[-1]} {parts[0]} of {provider}.",
                    "origin": "user,system",
                    "properties": None,
                    "isDataAction": bool(plane),
                }
            )
    for provider, kinds in nested.items():
        yield _line(
            {
                "id": f"/{_AUTHORIZATION}/providerOperations/{provider}",
                "name": provider,
                "type": "Microsoft.Authorization/providerOperations",
                "displayName": provider,
                "resourceTypes": [
                    {"name": kind, "displayName": kind, "operations": found} for kind, found in kinds.items() if kind
                ],
                "operations": kinds.get("", []),
            }
        )


def _line(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))
