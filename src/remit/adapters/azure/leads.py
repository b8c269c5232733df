"""Where the rows of a page lead: what further calls are made for.

Rules kept here:

- What a page opens follows from the page and its part alone, so that a collection that goes on opens the same.
- The first of the topmost management groups is the target of the part that lists them: it also answers for `/`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence

import msgspec
from msgspec import Struct, field

from remit.adapters.azure.endpoint import Endpoint, Over
from remit.adapters.azure.endpoints import TABLE
from remit.adapters.azure.known_types import LOGGED_TYPES, STORAGE_ACCOUNTS, STORAGE_SERVICES
from remit.adapters.azure.shaping import CONTAINER, EXPANDED, scope_of
from remit.ports.pages import Part

_SUBSCRIPTION_PARTS = 3
_IDENTITY = "microsoft.managedidentity/userassignedidentities"
_STORAGE = STORAGE_ACCOUNTS.lower()
_LOGGED = frozenset(one.lower() for one in LOGGED_TYPES)


class _Identified(Struct):
    id: str


class _Typed(Struct):
    id: str
    type: str = ""


class Group(Struct, rename="camel"):
    """What a group says about how its members come to be, and who sees them."""

    id: str
    group_types: list[str] | None = field(default=None)
    on_premises_sync_enabled: bool | None = None
    visibility: str | None = None

    @property
    def can_be_in_pim(self) -> bool:
        """Return whether PIM can hold memberships of it: nobody else decides about its members."""
        return not self.on_premises_sync_enabled and "DynamicMembership" not in (self.group_types or ())

    @property
    def hides_members(self) -> bool:
        """Return whether its members are seen only with a permission of their own."""
        return self.visibility == "HiddenMembership"


GROUP = msgspec.json.Decoder(Group)
_ID = msgspec.json.Decoder(_Identified)
_TYPED = msgspec.json.Decoder(_Typed)
_Lead = tuple[Over, str]


def opened(endpoint: Endpoint, part: Part, rows: Sequence[bytes], keys: Collection[str]) -> list[Part]:
    """Return the parts that rows lead to, each once, in order.

    Args:
        endpoint: what was asked.
        part: what it was asked for.
        rows: as answered, before they are shaped.
        keys: the endpoints that are wanted.

    Raises:
        msgspec.MsgspecError: a row is not what the API documents.
    """
    wanted = [TABLE[key] for key in endpoint.opens if key in keys]
    if not wanted:
        return []
    leads = _LEADS.get(endpoint.list_name or endpoint.key, _related)
    by_over: dict[Over, list[Endpoint]] = {}
    for one in wanted:
        by_over.setdefault(one.over, []).append(one)
    return list(
        dict.fromkeys(
            Part(one.key, target)
            for over, target in leads(endpoint, part, rows)
            for one in by_over.get(over, ())
            if not _stands_twice(one, over, target, part, keys)
        )
    )


def _stands_twice(one: Endpoint, over: Over, target: str, part: Part, keys: Collection[str]) -> bool:
    """Return whether the topmost group is asked by another endpoint of the same list."""
    top = f"{one.list_name}/topManagementGroup"
    return over is Over.MANAGEMENT_GROUP and target == part.target and top in keys


def _groups(_endpoint: Endpoint, part: Part, rows: Sequence[bytes]) -> Iterator[_Lead]:
    for container in map(CONTAINER.decode, rows):
        if container.is_group:
            if container.id == part.target:
                yield Over.TOP_MANAGEMENT_GROUP, container.id
            yield Over.MANAGEMENT_GROUP, container.id


def _resources(endpoint: Endpoint, _part: Part, rows: Sequence[bytes]) -> Iterator[_Lead]:
    if endpoint.key == "arm/resources/resourceGroups":
        yield from ((Over.RESOURCE_GROUP, _ID.decode(row).id) for row in rows)
        return
    for row in rows:
        resource = _TYPED.decode(row)
        kind = resource.type.lower()
        if kind == _IDENTITY:
            yield Over.IDENTITY, resource.id
        elif kind == _STORAGE:
            yield from ((Over.LOGGED_RESOURCE, f"{resource.id}/{one}/default") for one in STORAGE_SERVICES)
        elif kind in _LOGGED:
            yield Over.LOGGED_RESOURCE, resource.id


def _eligible_scopes(_endpoint: Endpoint, _part: Part, rows: Sequence[bytes]) -> Iterator[_Lead]:
    for scope in map(scope_of, rows):
        if scope.startswith("/subscriptions/") and scope.count("/") >= _SUBSCRIPTION_PARTS:
            yield Over.ELIGIBLE_SCOPE, scope


def _pim_groups(_endpoint: Endpoint, _part: Part, rows: Sequence[bytes]) -> Iterator[_Lead]:
    return ((Over.PIM_GROUP, group.id) for group in map(GROUP.decode, rows) if group.can_be_in_pim)


def _related(endpoint: Endpoint, _part: Part, rows: Sequence[bytes]) -> Iterator[_Lead]:
    over = TABLE[endpoint.opens[0]].over
    return ((over, one.id) for one in map(EXPANDED.decode, rows) if one.related(endpoint.relation) is None)


def _every(over: Over) -> Callable[[Endpoint, Part, Sequence[bytes]], Iterator[_Lead]]:
    return lambda _endpoint, _part, rows: ((over, _ID.decode(row).id) for row in rows)


_LEADS: dict[str, Callable[[Endpoint, Part, Sequence[bytes]], Iterator[_Lead]]] = {
    "arm/subscriptions": _every(Over.SUBSCRIPTION),
    "arm/managementGroups": _groups,
    "arm/resources": _resources,
    "arm/federatedIdentityCredentials/find": _resources,
    "arm/diagnosticSettings/find": _resources,
    "arm/deploymentStacks/find": _every(Over.RESOURCE_GROUP),
    "arm/registrationAssignments/find": _every(Over.REGISTRATION),
    "arm/roleEligibilityScheduleInstances": _eligible_scopes,
    "graph/groups": _pim_groups,
    "graph/applications": _every(Over.APPLICATION),
    "graph/administrativeUnits": _every(Over.ADMINISTRATIVE_UNIT),
}
