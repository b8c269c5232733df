"""Random questions that meet a tenant's assignments."""

from __future__ import annotations

from tests.strategies import vocabulary as words
from tests.strategies.choices import Choices
from tests.strategies.conditions import attributes
from tests.strategies.tenants import Payload, Tenant

from remit.model.question import Plane, Question
from remit.model.scope import Scope

_MIDDLES = ("", "x", "x/y", "read", "/")


def question(choose: Choices, tenant: Tenant) -> Question:
    """Return one question; two in three aim at an assignment or a deny that the tenant holds."""
    plane = Plane.DATA if choose.chance(35) else Plane.CONTROL
    rows = aims(tenant)
    if rows and choose.chance(65):
        row = choose.pick(rows)["properties"]
        named = [one["id"] for one in row["principals"] if one["id"] != words.EVERYONE] if "principals" in row else []
        principal = member(choose, tenant, (named or [row.get("principalId") or choose.pick(words.PRINCIPALS)])[0])
        name = granted(choose, tenant, row, plane) or action(choose, plane)
        where = row["scope"] if choose.chance(30) else _below(choose, row["scope"])
    else:
        principal, name, where = choose.pick(words.PRINCIPALS), action(choose, plane), scope(choose, tenant)
    return Question(
        choose.spell(principal),
        name,
        plane,
        Scope.parse(choose.spell(where)),
        attributes(choose) if choose.chance(50) else {},
        attributes_complete=choose.chance(40),
        sub_operation=choose.pick(("Blob.List", "blob.list", "Blob.Write.Tier", "x")) if choose.chance(25) else None,
    )


def aims(tenant: Tenant) -> list[Payload]:
    """Return what a question may aim at: assignments, active and eligible instances, denies."""
    apis = (
        "arm/roleAssignments",
        "arm/roleAssignmentScheduleInstances",
        "arm/roleEligibilityScheduleInstances",
        "arm/denyAssignments",
    )
    return [row for api in apis for row in tenant.export.lists.get(api, ())]


def member(choose: Choices, tenant: Tenant, principal: str) -> str:
    """Return the principal itself, or somebody a few steps inside it."""
    for _ in range(choose.below(4)):
        pairs = tenant.export.lists.get("graph/groupMembers", ())
        inside = [pair["member"]["id"] for pair in pairs if pair["parentId"].lower() == principal.lower()]
        principal = choose.pick(inside) if inside else principal
    return principal


def granted(choose: Choices, tenant: Tenant, row: Payload, plane: Plane) -> str | None:
    """Return an action made from a pattern of the row's role or of its own blocks; None where there is none."""
    blocks = row.get("permissions")
    if blocks is None:
        key = row["roleDefinitionId"].lower().rsplit("/", 1)[1]
        listed = tenant.export.lists.get("arm/roleDefinitions", ())
        blocks = [
            one for role in listed if role["id"].lower().endswith(key) for one in role["properties"]["permissions"]
        ]
    patterns = [pattern for block in blocks for pattern in block.get("dataActions" if plane else "actions") or ()]
    return from_pattern(choose, choose.pick(patterns)) if patterns else None


def from_pattern(choose: Choices, pattern: str) -> str:
    """Return an operation name that a pattern covers, or just fails to cover."""
    made = pattern.replace("/*/", "/", 1) if choose.chance(50) else pattern
    while "*" in made:
        made = made.replace("*", choose.pick(_MIDDLES), 1)
    if "/" not in made[1:] or made[0] == "/":
        made = f"Contoso.New/{made.strip('/') or 'x'}"
    return choose.spell(made)


def action(choose: Choices, plane: Plane) -> str:
    """Return an operation name: a known one, one of the other plane, or one made from a pattern (D10)."""
    patterns, known = (
        (words.DATA_PATTERNS, words.DATA_ACTIONS) if plane else (words.CONTROL_PATTERNS, words.CONTROL_ACTIONS)
    )
    if choose.chance(10):
        known = words.CONTROL_ACTIONS if plane else words.DATA_ACTIONS
    if choose.chance(35):
        return from_pattern(choose, choose.pick(patterns))
    return choose.spell(choose.pick(known))


def scope(choose: Choices, tenant: Tenant) -> str:
    """Return a scope at, below, above or beside one that the tenant uses."""
    found = choose.pick(tenant.scopes)
    way = choose.below(10)
    if way < 3:
        return found
    if way < 8:
        return _below(choose, found)
    if way == 8:
        parents = Scope.parse(found).parents_in_text()
        return choose.pick(parents) if parents else "/"
    return choose.pick(
        (words.UNLISTED, words.MANAGEMENT_GROUP + "mg-new", *words.TENANT_RESOURCES, *words.SUBSCRIPTIONS)
    )


def _below(choose: Choices, found: str) -> str:
    low = found.lower()
    if "/resourcegroups/" in low:
        if "/providers/" in low:
            return found + choose.pick(("", "/providers/Contoso.New/widgets/w", "2"))
        return found + choose.pick(("", "2", *words.RESOURCES))
    if not low.startswith("/subscriptions/"):
        found = choose.pick(words.SUBSCRIPTIONS)
    group = f"{found}/resourceGroups/{choose.pick(words.RESOURCE_GROUPS)}"
    return choose.pick((found, group, group + choose.pick(words.RESOURCES)))
