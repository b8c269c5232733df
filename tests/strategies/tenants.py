"""Random tenants, as exports of raw payloads: small, and as awkward as Azure allows.

>>> sorted(seeded_tenant(1).export.lists)[:2]
['arm/denyAssignments', 'arm/locks']
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.strategies import vocabulary as words
from tests.strategies.assignments import assignment, deny, instances, registrations
from tests.strategies.choices import Choices, seeded
from tests.strategies.directories import directory
from tests.strategies.roles import role_definitions

from remit.reference.export import Export

Payload = dict[str, Any]
_GAP_APIS = (
    "arm/roleAssignments",
    "arm/denyAssignments",
    "graph/groupMembers",
    "arm/registrationAssignments",
    "arm/roleDefinitions",
    "graph/users",
    "arm/roleEligibilityScheduleInstances",
    "arm/locks",
    "arm/managementGroups",
)


@dataclass(frozen=True, slots=True)
class Tenant:
    """An export, and the scopes that its assignments use."""

    export: Export
    scopes: tuple[str, ...]


def seeded_tenant(seed: int | str) -> Tenant:
    """Return the tenant of a seed."""
    return tenant(seeded(seed))


def tenant(choose: Choices, *, whole: bool | None = None) -> Tenant:
    """Return a tenant; `whole` forbids or (None) leaves to chance what was not collected."""
    entities = _management_groups(choose)
    scopes = _scopes(choose)
    rows = [assignment(choose, scopes, number) for number in range(4 + choose.below(14))]
    lists: dict[str, list[Payload]] = {
        "arm/managementGroups": entities,
        "arm/subscriptions": [
            {"id": one, "subscriptionId": one.rsplit("/", 1)[1], "displayName": one[-1]}
            for one in choose.some(words.SUBSCRIPTIONS, 1, 3)
        ],
        "arm/resources": [
            {"id": one, "type": "x/y", "name": one.rsplit("/", 1)[1]}
            for one in sorted({choose.pick(scopes) for _ in range(3)})
            if "/resourcegroups/" in one.lower()
        ],
        "arm/roleDefinitions": role_definitions(choose, scopes),
        "arm/roleAssignments": rows,
        "arm/denyAssignments": [deny(choose, scopes, number) for number in range(choose.pick((0, 0, 1, 2, 4)))],
        "arm/registrationAssignments": registrations(choose, scopes, choose.pick((0, 0, 0, 1, 2))),
        "arm/locks": _locks(choose, scopes),
        **directory(choose),
    }
    for api in ("arm/roleAssignmentScheduleInstances", "arm/roleEligibilityScheduleInstances"):
        lists[api] = instances(choose, api, rows, scopes, choose.pick((0, 1, 2, 3)))
    manifest: Payload = {"format": "azure-tenant-export/1", "collectedAt": "2026-11-01T00:00:00Z"}
    if entities and not choose.chance(30):
        manifest["tenantId"] = choose.spell(words.TENANT)
    if not whole and (whole is False or choose.chance(50)):
        manifest["gaps"] = _gaps(choose, scopes)
        for api in choose.some(tuple(lists), 0, 3) if choose.chance(50) else []:
            del lists[api]
    return Tenant(Export(lists, manifest), tuple(scopes))


def _management_groups(choose: Choices) -> list[Payload]:
    """Return entities: a tree without cycles; some nodes, and now and then the root, are not listed."""
    parents: dict[str, str | None] = {words.TENANT: None}
    for name in words.GROUP_NAMES:
        parents[name] = choose.pick(tuple(parents))
    found = []
    for name, parent in parents.items():
        if choose.chance(8):
            continue
        above = None if parent is None else {"id": choose.spell(words.MANAGEMENT_GROUP + parent)}
        if above is None and choose.chance(50):
            above = {"id": None}
        properties: Payload = {"displayName": name, "parent": above}
        if choose.chance(4):
            properties = choose.pick(({}, {"parent": {}}))
        found.append(
            {
                "id": choose.spell(words.MANAGEMENT_GROUP + name),
                "name": name,
                "type": "Microsoft.Management/managementGroups",
                "properties": properties,
            }
        )
    for one in words.SUBSCRIPTIONS:
        if choose.chance(12):
            continue
        parent = choose.pick(tuple(parents))
        found.append(
            {
                "id": choose.spell(one),
                "name": one.rsplit("/", 1)[1],
                "type": choose.spell("/subscriptions"),
                "properties": {"parent": {"id": choose.spell(words.MANAGEMENT_GROUP + parent)}},
            }
        )
    return found


def _scopes(choose: Choices) -> list[str]:
    """Return the scopes of this tenant's assignments: few, so that questions meet them."""
    groups = [words.MANAGEMENT_GROUP + name for name in (words.TENANT, *words.GROUP_NAMES)]
    subscriptions = list(words.SUBSCRIPTIONS)
    found = choose.some(["/", *groups], 1, 3) + choose.some([*subscriptions, words.UNLISTED], 1, 3)
    for _ in range(2 + choose.below(3)):
        group = f"{choose.pick(subscriptions)}/resourceGroups/{choose.pick(words.RESOURCE_GROUPS)}"
        found.append(group)
        found.append(group + choose.pick(words.RESOURCES))
    if choose.chance(10):
        found.append(choose.pick(words.TENANT_RESOURCES))
    if choose.chance(10):
        found.append(choose.pick(groups) + "/providers/Contoso.New/widgets/w")
    return sorted(set(found))


def _locks(choose: Choices, scopes: list[str]) -> list[Payload]:
    usable = [one for one in scopes if "/subscriptions/" in one]
    return [
        {
            "id": f"{choose.pick(usable)}/providers/Microsoft.Authorization/locks/l{number}",
            "name": f"l{number}",
            "properties": {"level": choose.pick(("CanNotDelete", "ReadOnly"))},
        }
        for number in range(choose.pick((0, 0, 1)))
        if usable
    ]


def _gaps(choose: Choices, scopes: list[str]) -> list[Payload]:
    found = []
    for api in choose.some(_GAP_APIS, 1, 3):
        scope = choose.spell(choose.pick([*scopes, *words.SUBSCRIPTIONS])) if choose.chance(75) else "/"
        if api.startswith("graph/"):
            group = choose.spell(choose.pick(words.GROUPS))
            places = ("/", f"/groups/{group}", group, f"/groups/{group}", "/teams/x/y")
            scope = choose.pick(places) if api == "graph/groupMembers" else "/"
        elif choose.chance(4):
            scope = choose.pick(("subscriptions/x", "/subscriptions", "everywhere", "/x//y"))
        found.append({"api": api, "scope": scope, "reason": "403 AuthorizationFailed"})
    return found
