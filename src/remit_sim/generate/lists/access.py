"""arm/roleDefinitions, arm/roleAssignments, arm/providerOperations and the rules of PIM.

What the crowd is given, so that all that is privileged was planted:

- at management groups and subscriptions roles that read;
- at resource groups and below also roles that write, but never one that gives roles away;
- software of one environment only there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from remit_sim.generate.azure_rows import ROLE, Row, role_assignment
from remit_sim.generate.catalogue import built_in_roles, operations, role
from remit_sim.generate.crowd import ASSIGNED, DYNAMIC, SYNCED
from remit_sim.generate.dice import Dice, Wheel
from remit_sim.generate.elevation_rules import rules
from remit_sim.generate.kinds import KINDS, STORAGE, VAULT
from remit_sim.generate.soil import first_administrator
from remit_sim.generate.tenant import GeneratedTenant
from remit_sim.generate.words import ENVIRONMENTS, WORKLOADS

_PER_PRINCIPAL = 0.5
_SECURITY = frozenset({ASSIGNED, SYNCED, DYNAMIC})
_READING = (
    "Reader", "Monitoring Reader", "Cost Management Reader", "Security Reader", "Log Analytics Reader", "Backup Reader",
)  # fmt: skip
_AT_GROUPS = Wheel(
    [
        ("Reader", 28), ("Contributor", 12), ("Virtual Machine Contributor", 4), ("Website Contributor", 6),
        ("Storage Blob Data Reader", 6), ("Storage Blob Data Contributor", 5), ("Key Vault Secrets User", 6),
        ("Key Vault Reader", 3), ("Monitoring Reader", 5), ("Monitoring Contributor", 2), ("Log Analytics Reader", 4),
        ("AcrPull", 4), ("AcrPush", 2), ("Network Contributor", 2), ("SQL DB Contributor", 2), ("Tag Contributor", 1),
        ("Logic App Contributor", 1), ("Backup Operator", 1), ("Cost Management Reader", 2),
        ("Virtual Machine User Login", 2), ("Azure Service Bus Data Sender", 1), ("Azure Event Hubs Data Receiver", 1),
    ]
)  # fmt: skip
_AT_RESOURCES = {
    STORAGE: Wheel([("Storage Blob Data Reader", 5), ("Storage Blob Data Contributor", 4), ("Reader", 1)]),
    VAULT: Wheel([("Key Vault Secrets User", 6), ("Key Vault Reader", 2), ("Key Vault Secrets Officer", 1)]),
}
_ELSEWHERE = Wheel([("Reader", 6), ("Monitoring Reader", 2), ("Tag Contributor", 1)])
_CONDITION = (
    "((!(ActionMatches{'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'})) OR "
    "(@Resource[Microsoft.Storage/storageAccounts/blobServices/containers:name] StringEquals '%s'))"
)
_CUSTOM = (
    (
        "Machine Restarter",
        ["Microsoft.Compute/virtualMachines/read", "Microsoft.Compute/virtualMachines/restart/action"],
    ),
    ("Deployment Reader", ["Microsoft.Resources/deployments/read"]),
    ("Site Restarter", ["Microsoft.Web/sites/read", "Microsoft.Web/sites/restart/action"]),
)
_HOLDERS = Wheel([("group", 50), ("user", 18), ("application", 17), ("managed identity", 15)])


def role_definitions(tenant: GeneratedTenant) -> Iterator[Row]:
    """Yield the built-in roles that Remit knows, and the tenant's own."""
    for one in built_in_roles():
        yield _role(one["guid"], one["name"], "BuiltInRole", ["/"], [_block(block) for block in one["block"]])
    for number in range(tenant.size.custom_roles):
        name, actions = _CUSTOM[number % len(_CUSTOM)]
        scope = _home(tenant, number)
        blocks = [{"actions": actions, "notActions": [], "dataActions": [], "notDataActions": []}]
        yield _role(tenant.ids.guid("custom-role", number), f"{name} {number:03d}", "CustomRole", [scope], blocks)


def _role(guid: str, name: str, kind: str, scopes: list[str], blocks: list[Row]) -> Row:
    said = {"roleName": name, "type": kind, "description": name, "assignableScopes": scopes, "permissions": blocks}
    return {"id": ROLE + guid, "name": guid, "type": "microsoft.authorization/roledefinitions", "properties": said}


def _block(said: dict[str, Any]) -> Row:
    block: Row = {
        "actions": said.get("actions", []),
        "notActions": said.get("not_actions", []),
        "dataActions": said.get("data_actions", []),
        "notDataActions": said.get("not_data_actions", []),
    }
    if "condition" in said:
        block |= {"condition": said["condition"], "conditionVersion": said.get("condition_version", "2.0")}
    return block


def _home(tenant: GeneratedTenant, number: int) -> str:
    """The subscription where a custom role may be assigned."""
    return tenant.estate.subscriptions[number % len(tenant.estate.subscriptions)].scope


def role_assignments(tenant: GeneratedTenant) -> Iterator[Row]:
    """Yield the assignments of the crowd: high up first, then group by group; then what PIM activated."""
    dice = tenant.dice("arm/roleAssignments")
    draw = _Draw(tenant, dice)
    yield from draw.high()
    stock = tenant.stock
    mean = tenant.size.principals * _PER_PRINCIPAL / stock.groups
    for group in range(stock.groups):
        roll = dice.roll()
        yield from draw.group(group, dice.several(mean * (0.4 + 2.4 * roll * roll * roll)))
    yield from tenant.elevations.assignments()


class _Draw:
    """Draws assignments and numbers them."""

    def __init__(self, tenant: GeneratedTenant, dice: Dice) -> None:
        self._tenant = tenant
        self._dice = dice
        self._number = 0
        self._author = first_administrator(tenant.ids)

    def high(self) -> Iterator[Row]:
        """Yield what stands at management groups and subscriptions: groups that read."""
        estate = self._tenant.estate
        for above in estate.management_groups[1:]:
            yield from self._readers(above.scope, "", 2)
        for one in estate.subscriptions:
            yield from self._readers(one.scope, one.environment, 4)

    def _readers(self, scope: str, environment: str, most: int) -> Iterator[Row]:
        seen: set[tuple[str, str]] = set()
        for _ in range(self._dice.between(1, most)):
            said = environment if self._dice.chance(0.5) else ""
            found = self._tenant.crowd.some_group(self._dice, said, _SECURITY)
            key = (self._tenant.crowd.group_id(found), self._dice.pick(_READING))
            if found >= 0 and key not in seen:
                seen.add(key)
                yield self._row(scope, role(key[1]), (key[0], "Group"))

    def group(self, group: int, count: int) -> Iterator[Row]:
        """Yield what stands at a resource group and in it."""
        stock, dice = self._tenant.stock, self._dice
        subscription = stock.subscription_of(group)
        seen: set[tuple[str, str, str]] = set()
        for _ in range(count):
            scope, name = self._place(group)
            principal, kind = self._principal(subscription.number, subscription.environment)
            guid = self._custom(subscription.number) if dice.chance(0.02) else role(name)
            if not principal or (scope, guid, principal) in seen:
                continue
            seen.add((scope, guid, principal))
            condition = None
            if name == "Storage Blob Data Reader" and guid == role(name) and dice.chance(0.1):
                condition = _CONDITION % dice.pick(WORKLOADS)
            yield self._row(scope, guid, (principal, kind), condition)

    def _place(self, group: int) -> tuple[str, str]:
        """Draw a scope in a resource group, and a role that is given there."""
        stock, dice = self._tenant.stock, self._dice
        first, end = stock.start[group], stock.start[group + 1]
        row = first + dice.below(end - first) if end > first and dice.chance(0.34) else -1
        if row < 0 or KINDS[stock.kind[row]].nested:
            return stock.group_scope(group), _AT_GROUPS.spin(dice)
        name = _AT_RESOURCES.get(stock.kind[row], _ELSEWHERE).spin(dice)
        scope = stock.scope(row)
        if stock.kind[row] == STORAGE and name != "Reader" and dice.chance(0.4):
            scope = f"{scope}/blobServices/default/containers/{dice.pick(WORKLOADS)}"
        return scope, name

    def _principal(self, subscription: int, environment: str) -> tuple[str, str]:
        """Draw who gets it: (object id, type), ("", "") where nobody fits."""
        crowd, stock, dice = self._tenant.crowd, self._tenant.stock, self._dice
        said = environment if dice.chance(0.6) else ENVIRONMENTS[0]
        what = _HOLDERS.spin(dice)
        if what == "group":
            found = crowd.some_group(dice, said, _SECURITY)
            return (crowd.group_id(found), "Group") if found >= 0 else ("", "")
        if what == "user":
            return crowd.user_id(crowd.some_user(dice)), "User"
        first, end = stock.identity_start[subscription], stock.identity_start[subscription + 1]
        if what == "managed identity" and first < end:
            return stock.managed_id(first + dice.below(end - first)), "ServicePrincipal"
        found = crowd.some_software(dice, said)
        return (crowd.software_id(found), "ServicePrincipal") if found >= 0 else ("", "")

    def _custom(self, subscription: int) -> str:
        """Return a role of this subscription, Reader where it has none."""
        custom = subscription < self._tenant.size.custom_roles
        return self._tenant.ids.guid("custom-role", subscription) if custom else role("Reader")

    def _row(self, scope: str, guid: str, holder: tuple[str, str], condition: str | None = None) -> Row:
        self._number += 1
        name = self._tenant.ids.guid("assignment", self._number)
        created = self._tenant.calendar.past(self._dice, oldest=1_500)
        return role_assignment(scope, name, guid, holder, created=created, author=self._author, condition=condition)


def management_rules(tenant: GeneratedTenant) -> Iterator[Row]:
    """Yield PIM's rules for every role and scope with an eligible assignment; each third role needs an approval."""
    seen: set[tuple[str, str]] = set()
    approvers = tenant.soil.labels.tier_zero.groups[0]
    for scope, guid in (*tenant.soil.eligible, *((one.scope, one.role) for one in tenant.elevations)):
        if (scope, guid) not in seen:
            seen.add((scope, guid))
            yield rules(tenant.ids, scope, guid, approvers=approvers if len(seen) % 3 == 0 else None)


def provider_operations(tenant: GeneratedTenant) -> Iterator[Row]:
    """Yield the operations of the providers that the tenant uses."""
    del tenant
    for provider, types in operations().items():
        yield {
            "id": f"/providers/Microsoft.Authorization/providerOperations/{provider}",
            "name": provider,
            "type": "Microsoft.Authorization/providerOperations",
            "displayName": provider,
            "resourceTypes": [
                {
                    "name": kind,
                    "displayName": kind,
                    "operations": [
                        _operation(f"{provider}/{kind}/{verb}", data=plane == "data")
                        for plane, verbs in planes.items()
                        for verb in verbs
                    ],
                }
                for kind, planes in types.items()
            ],
            "operations": [],
        }


def _operation(name: str, *, data: bool) -> Row:
    return {
        "name": name,
        "displayName": name.partition("/")[2],
        "description": "",
        "origin": "user,system",
        "properties": None,
        "isDataAction": data,
    }
