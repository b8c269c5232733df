"""What a law changes in a tenant: one more grant, one more deny, other order and letter case, less that was read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tests.strategies import vocabulary as words
from tests.strategies.assignments import assignment, deny
from tests.strategies.choices import Choices
from tests.strategies.tenants import Payload, Tenant

from remit.model.scope import Scope
from remit.reference.export import Export

_IDS = frozenset(
    ("id", "parentId", "principalId", "groupId", "scope", "roleDefinitionId", "originRoleAssignmentId", "tenantId")
)
_PATTERNS = frozenset(("actions", "notActions", "dataActions", "notDataActions"))
_FRESH = 0xF00


def with_one_more(choose: Choices, tenant: Tenant, api: str) -> Export:
    """Return the export with one more role assignment, or one more deny assignment, that nothing else refers to."""
    if api not in tenant.export.lists:
        return tenant.export
    scopes = list(tenant.scopes)
    if api == "arm/denyAssignments":
        return _replace(tenant.export, api, [*tenant.export.lists[api], deny(choose, scopes, _FRESH)])
    row = assignment(choose, scopes, _FRESH)
    # What the assignment says of its principal's kind, and PIM instances that would join it, are news beside the grant.
    row["properties"].pop("principalType", None)
    taken = {_triple(one) for one in tenant.export.lists.get("arm/roleAssignmentScheduleInstances", ())}
    if _triple(row) in taken:
        return tenant.export
    return _replace(tenant.export, api, [*tenant.export.lists[api], row])


def _triple(row: Payload) -> tuple[str, str, str]:
    fields = row["properties"]
    return fields["principalId"].lower(), fields["roleDefinitionId"].lower(), fields["scope"].lower()


def _replace(export: Export, api: str, rows: Sequence[Mapping[str, Any]]) -> Export:
    return Export({**export.lists, api: rows}, export.manifest)


def respelt(choose: Choices, export: Export) -> Export:
    """Return the same facts in another order, ids and permission strings in other letter case.

    What was spelt alike stays so: a role listed twice must still say the same (V20).
    """
    spelt: dict[str, str] = {}
    lists = {}
    for api, rows in export.lists.items():
        changed = [_respell(choose, spelt, row) for row in rows]
        lists[api] = choose.some(changed, len(changed), len(changed))
    return Export(lists, _respell(choose, spelt, export.manifest))


def _respell(choose: Choices, spelt: dict[str, str], value: Any, key: str = "") -> Any:
    if isinstance(value, Mapping):
        return {name: _respell(choose, spelt, one, name) for name, one in value.items()}
    if isinstance(value, list):
        return [_respell(choose, spelt, one, key) for one in value]
    if isinstance(value, str) and (key in _IDS or key in _PATTERNS):
        return spelt.setdefault(value, choose.spell(value))
    return value


def with_less_read(choose: Choices, tenant: Tenant) -> Export:
    """Return what a reader with less access would have brought home from the same tenant: rows gone, gaps noted.

    PIM schedule instances stay: their gaps are ruled to have no effect (V3), since roleAssignments and groupMembers
    hold what is active.
    """
    lists: dict[str, Sequence[Mapping[str, Any]]] = dict(tenant.export.lists)
    gaps = list(tenant.export.manifest.get("gaps") or ())
    for _ in range(1 + choose.below(2)):
        choose.pick(_LOSSES)(choose, tenant, lists, gaps)
    return Export(lists, {**tenant.export.manifest, "gaps": gaps})


_Lists = dict[str, Sequence[Mapping[str, Any]]]


def _lose_place(api: str) -> Callable[[Choices, Tenant, _Lists, list[Payload]], None]:
    """Return a loss: everything of a list at or below one scope was forbidden."""

    def lose(choose: Choices, tenant: Tenant, lists: _Lists, gaps: list[Payload]) -> None:
        where = Scope.parse(choose.pick([*tenant.scopes, *words.SUBSCRIPTIONS]))
        if api not in lists or where.key.startswith(words.MANAGEMENT_GROUP.lower()):
            return  # below a management group lies more than texts tell
        kept = [row for row in lists[api] if not _is_below(_scope_text(row), where)]
        lists[api] = kept
        gaps.append({"api": api, "scope": choose.spell(where.text), "reason": "403"})

    return lose


def _scope_text(row: Mapping[str, Any]) -> str:
    text = row["properties"].get("scope")
    return text or row["id"][: row["id"].lower().rindex("/providers/microsoft.managedservices/")]


def _is_below(text: str, where: Scope) -> bool:
    scope = Scope.parse(text)
    return where.is_root or where.key == scope.key or where.key in scope.parents_in_text()


def _lose_list(*apis: str) -> Callable[[Choices, Tenant, _Lists, list[Payload]], None]:
    """Return a loss: a whole list was not collected, or only some of it with a gap."""

    def lose(choose: Choices, _tenant: Tenant, lists: _Lists, gaps: list[Payload]) -> None:
        api = choose.pick(apis)
        if api not in lists:
            return
        if choose.chance(50):
            del lists[api]
        else:
            lists[api] = choose.some(lists[api], 0, len(lists[api]))
            gaps.append({"api": api, "scope": "/", "reason": "503"})

    return lose


def _lose_group(choose: Choices, _tenant: Tenant, lists: _Lists, gaps: list[Payload]) -> None:
    """Lose the members of one group."""
    group = choose.pick(words.GROUPS)
    rows = lists.get("graph/groupMembers")
    if rows is not None:
        lists["graph/groupMembers"] = [row for row in rows if row["parentId"].lower() != group]
        gaps.append({"api": "graph/groupMembers", "scope": f"/groups/{choose.spell(group)}", "reason": "403"})


def _lose_entity(choose: Choices, _tenant: Tenant, lists: _Lists, _gaps: list[Payload]) -> None:
    """Lose where one management group or subscription hangs; there is no gap to note, it is just not there."""
    rows = lists.get("arm/managementGroups")
    if rows:
        gone = choose.below(len(rows))
        lists["arm/managementGroups"] = [row for place, row in enumerate(rows) if place != gone]


_LOSSES: tuple[Callable[[Choices, Tenant, _Lists, list[Payload]], None], ...] = (
    _lose_place("arm/roleAssignments"),
    _lose_place("arm/denyAssignments"),
    _lose_place("arm/registrationAssignments"),
    _lose_list("arm/roleAssignments", "arm/denyAssignments", "arm/roleDefinitions", "arm/registrationAssignments"),
    _lose_list("graph/groupMembers", "graph/users", "graph/groups", "graph/servicePrincipals", "arm/managementGroups"),
    _lose_group,
    _lose_entity,
)
