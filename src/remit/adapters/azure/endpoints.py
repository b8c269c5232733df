"""The table of all calls that a collection makes; the tool's own role and `docs/endpoints.md` are made from it.

>>> sorted(needed_permissions({"graph/users"})[1])
['User.Read.All']
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from remit.adapters.azure.endpoint import ARM, Endpoint
from remit.adapters.azure.endpoints_arm import ARM_ENDPOINTS
from remit.adapters.azure.endpoints_graph import GRAPH_ENDPOINTS
from remit.adapters.azure.endpoints_later import LATER_ENDPOINTS, MEMBERS_OF

TABLE: Mapping[str, Endpoint] = MappingProxyType(
    {one.key: one for one in (*ARM_ENDPOINTS, *GRAPH_ENDPOINTS, *LATER_ENDPOINTS)}
)
"""Every endpoint by its key, in the order in which a reader wants to see them."""

HIDDEN_PERMISSION = "Member.Read.Hidden"
_GROUPS, _GROUP_MEMBERS = "graph/groups", "graph/groupMembers"
ALL_RESOURCES, KNOWN_RESOURCES = "arm/resources/all", "arm/resources/known"
CONTAINERS, SUBSCRIPTIONS, OPERATIONS = "arm/managementGroups", "arm/subscriptions", "arm/providerOperations"
PROBE = "arm/permissions"
RESOURCE_GROUPS = "arm/resources/resourceGroups"
READ_RESOURCES = frozenset({ALL_RESOURCES, KNOWN_RESOURCES, RESOURCE_GROUPS})
FINDERS = frozenset(
    {"arm/federatedIdentityCredentials/find", "arm/deploymentStacks/find", "arm/diagnosticSettings/find"}
)
"""What resources lead to is found by these where resources are not read, or not all of them."""


@dataclass(frozen=True, slots=True)
class Loss:
    """What is lost without a permission.

    Attributes:
        lists: lists of the tenant export that are not read, or not whole; sorted.
        sentence: what is not seen.
    """

    lists: tuple[str, ...]
    sentence: str


def chosen(lists: Collection[str]) -> tuple[Endpoint, ...]:
    """Return the endpoints that some lists need, in the order of the table; those that only lead to them, too.

    Both ways to read resources are among them; which one is taken is decided by what the credential may read. What only
    a collection that adds to an earlier one calls is not: it needs the same permissions.
    """
    keys = {one.key for one in TABLE.values() if one.list_name in lists and not one.later}
    if _GROUP_MEMBERS in lists:
        # Only the groups themselves say whether their members are hidden.
        keys.add(_GROUPS)
    grown = True
    while grown:
        leading = {one.key for one in TABLE.values() if not keys.isdisjoint(one.opens) and not one.later}
        grown = not leading <= keys
        keys |= leading
    keys -= FINDERS if "arm/resources" in lists else READ_RESOURCES
    if any(TABLE[key].api == ARM and key != OPERATIONS for key in keys):
        keys |= {PROBE, CONTAINERS}
    return tuple(one for one in TABLE.values() if one.key in keys)


def lists_behind(endpoint: Endpoint, lists: Collection[str]) -> tuple[str, ...]:
    """Return those of some lists that an endpoint's rows go to, or that rows of what it opens go to; sorted."""
    seen: set[str] = set()
    open_keys = [endpoint.key]
    found = set(endpoint.lists_lost)
    while open_keys:
        one = TABLE[open_keys.pop()]
        if one.key not in seen:
            seen.add(one.key)
            found.add(one.list_name)
            open_keys.extend(one.opens)
    return tuple(sorted(found.intersection(lists)))


def about_subscriptions(lists: Collection[str]) -> tuple[str, ...]:
    """Return those of some lists that tell where there may be more subscriptions than are visible; sorted.

    The lists of the tree do; where neither is read, every list that is read of subscriptions has to.
    """
    told = {CONTAINERS, SUBSCRIPTIONS}.intersection(lists)
    return tuple(sorted(told or {name for name in lists if name.startswith(f"{ARM}/") and name != OPERATIONS}))


def needed_permissions(lists: Collection[str]) -> tuple[Mapping[str, Loss], Mapping[str, Loss]]:
    """Return the ARM actions and the Graph permissions that reading some lists needs, each with what is lost without.

    Resources are asked for by their known types; `*/read` is needed only by whoever wants all types.
    """
    actions: dict[str, Loss] = {}
    permissions: dict[str, Loss] = {}
    for endpoint in chosen(lists):
        if endpoint.key == ALL_RESOURCES:
            continue
        behind = lists_behind(endpoint, lists)
        if endpoint.key in {PROBE, CONTAINERS}:
            behind = _sorted((*behind, *about_subscriptions(lists)))
        into = actions if endpoint.api == ARM else permissions
        for need in endpoint.needs:
            lost = _lost_without(need.permission, endpoint, behind, lists)
            if lost:
                known = into.get(need.permission)
                into[need.permission] = Loss(_sorted((*known.lists, *lost) if known else lost), need.lost)
    _leave_out_included(permissions)
    return MappingProxyType(dict(sorted(actions.items()))), MappingProxyType(dict(sorted(permissions.items())))


def _leave_out_included(permissions: dict[str, Loss]) -> None:
    """Leave out what a wider permission allows that is needed anyway."""
    wider = {need.permission: need.included_in for one in TABLE.values() for need in one.needs if need.included_in}
    for narrow in [name for name in permissions if wider.get(name) in permissions]:
        lost, kept = permissions.pop(narrow), permissions[wider[narrow]]
        sentence = f"{kept.sentence}; {lost.sentence}"
        permissions[wider[narrow]] = Loss(_sorted((*kept.lists, *lost.lists)), sentence)


def _lost_without(
    permission: str, endpoint: Endpoint, behind: tuple[str, ...], lists: Collection[str]
) -> tuple[str, ...]:
    if permission == HIDDEN_PERMISSION:
        return _sorted({MEMBERS_OF[endpoint.key]}.intersection(lists))
    return behind


def _sorted(lists: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(lists)))
