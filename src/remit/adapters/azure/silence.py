"""What is not said: which rows Resource Graph and the list of subscriptions leave out because they may not be read.

Neither answers 403 for what the credential may not read: it is left out, and an empty list looks like an empty tenant.
So the permissions API is asked what the credential may do, before anything is read:

1. at the topmost management groups that are visible; what is granted there is granted everywhere below;
2. where that does not settle it, at each subscription that is visible.

What is granted at neither is a gap that names the action. Where the permissions API itself may not be asked, every list
that rests on Resource Graph is a gap that says so. Without the tenant root group what applies above is not known. Where
the management groups above a place are out of sight, what it inherits from them is a gap at that place, unless the
first of the topmost groups tells it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

import msgspec

from remit.adapters.azure import queries
from remit.adapters.azure.endpoint import ARM, Endpoint
from remit.adapters.azure.endpoints import (
    ALL_RESOURCES,
    KNOWN_RESOURCES,
    TABLE,
    about_subscriptions,
    chosen,
    lists_behind,
)
from remit.adapters.azure.pages import cut, decoded
from remit.adapters.azure.rights import ALL_READS, Rights
from remit.adapters.azure.shaping import CONTAINER, Container
from remit.adapters.azure_client.answers import Asked
from remit.adapters.azure_client.http import AzureClient
from remit.model.errors import ForbiddenError, VanishedError
from remit.model.snapshot import Gap
from remit.wire.azure.shapes import Permission

CONTAINERS, PERMISSIONS, SUBSCRIPTIONS = (
    TABLE["arm/managementGroups"],
    TABLE["arm/permissions"],
    TABLE["arm/subscriptions"],
)
SUBSCRIPTION_READ = SUBSCRIPTIONS.needs[0].permission
_AT_GROUPS_TOO = frozenset({"arm/roleDefinitions", "arm/roleAssignments"})
_ABOVE_BY_RESOURCE_GRAPH = frozenset({"arm/roleAssignments"})
_ONLY_AT_GROUPS = frozenset({"arm/policyAssignments", "arm/deploymentStacks", "arm/roleManagementPolicyAssignments"})
_AT_ONCE = 8


@dataclass(slots=True)
class Seen:
    """What was found out before the reading.

    Attributes:
        top: id of the first of the topmost management groups, "" where none is visible.
        resources: key of the endpoint that resources are read by.
        gaps: what is left out.
        subscriptions: ids of those that are visible.
    """

    top: str = ""
    resources: str = ALL_RESOURCES
    gaps: list[Gap] = field(default_factory=list)
    subscriptions: tuple[str, ...] = ()


class _Blocks(msgspec.Struct):
    value: list[Permission]


_BLOCKS = msgspec.json.Decoder(_Blocks)


class Silence:
    """Finds out what will not be said. `look` can be called again after it raised: it goes on where it stopped."""

    def __init__(self, client: AzureClient, lists: Collection[str]) -> None:
        self._client = client
        self._lists = lists
        self._containers: dict[str, Container] = {}
        self._cursor: str | None = ""
        self._rights: dict[str, Rights | None] = {}
        self._gone: set[str] = set()

    async def look(self) -> Seen:
        """Ask, and return what was found.

        Raises:
            CredentialError, InterruptedAnswerError, ThrottledError, UnexpectedAnswerError: as the calls do.
        """
        while self._cursor is not None:
            await self._next_containers()
        tops = self._tops()
        seen = Seen(top=tops[0] if tops else "", subscriptions=tuple(one.id for one in self._subscriptions()))
        await self._ask(tops)
        known = [top for top in tops if self._rights.get(top) is not None]
        if tops and not known:
            seen.gaps.extend(self._unasked())
        else:
            seen.resources = await self._resources(known)
            for endpoint, actions in self._silent(seen.resources):
                seen.gaps.extend(await self._lacking(endpoint, actions, known))
        seen.gaps.extend(self._tree_gaps(tops))
        return seen

    # ---- the tree that is visible

    async def _next_containers(self) -> None:
        asked = Asked(CONTAINERS.key, goes_on=bool(self._cursor))
        try:
            reply = await self._client.post(
                ARM, CONTAINERS.address(""), queries.request_body(CONTAINERS.query, self._cursor or ""), asked
            )
        except ForbiddenError:
            self._cursor = None
            return
        page = cut(reply.body, asked)
        for row in page.rows:
            container = decoded(CONTAINER, row, asked)
            self._containers[container.id.lower()] = container
        self._cursor = page.cursor or None

    def _groups(self) -> list[Container]:
        return [one for one in self._containers.values() if one.is_group]

    def _subscriptions(self) -> list[Container]:
        return [one for one in self._containers.values() if not one.is_group]

    def _tops(self) -> list[str]:
        """Return the management groups none of whose ancestors is visible, the tenant root group first."""
        visible = {group.name.lower() for group in self._groups()}
        tops = [group for group in self._groups() if visible.isdisjoint(group.above or ())]
        return [group.id for group in sorted(tops, key=lambda group: (group.parent() is not None, group.id.lower()))]

    def _tree_gaps(self, tops: Sequence[str]) -> Iterable[Gap]:
        root_seen = any(group.parent() is None for group in self._groups())
        if not root_seen and CONTAINERS.list_name in self._lists:
            yield Gap(
                CONTAINERS.list_name,
                "/",
                f"the tenant root group is not visible: needs {CONTAINERS.needs[0].permission} there",
            )
        if not tops:
            why = f"no management group is visible: needs {CONTAINERS.needs[0].permission}"
            yield from (Gap(name, "/", why) for name in lists_behind(CONTAINERS, self._lists))
        else:
            yield from self._inherited_gaps(tops[0])
        yield from self._subscription_gaps(tops, root_seen=root_seen)

    def _inherited_gaps(self, first: str) -> Iterable[Gap]:
        """Yield gaps for what is inherited from management groups that are out of sight.

        Lists that tell at a scope what lies above it are asked for that at the first of the topmost groups alone; at
        other places only rows of the place itself are kept.
        """
        behind = set(lists_behind(CONTAINERS, self._lists)) - {CONTAINERS.list_name} - _ABOVE_BY_RESOURCE_GRAPH
        visible = {group.name.lower() for group in self._groups()}
        told = visible.union(*(one.above or () for one in self._groups() if one.id == first))
        why = f"management groups above are not visible: needs {CONTAINERS.needs[0].permission} there"
        for one in sorted(self._containers.values(), key=lambda one: one.id.lower()):
            above = one.above
            if above is None or (above and above[0] not in visible):
                lost = behind if above is None or not told.issuperset(above) else behind & _ONLY_AT_GROUPS
                yield from (Gap(name, one.id, why) for name in sorted(lost))

    def _subscription_gaps(self, tops: Sequence[str], *, root_seen: bool) -> Iterable[Gap]:
        if root_seen and self._all_grant(tops, SUBSCRIPTION_READ):
            return
        telling = about_subscriptions(self._lists)
        if not self._subscriptions():
            why = f"no subscription is visible: needs {SUBSCRIPTION_READ}"
            lists = {*lists_behind(SUBSCRIPTIONS, self._lists), *telling}
            yield from (Gap(name, "/", why) for name in sorted(lists))
            return
        # Those that are visible are read, whatever else is not: that there may be more is the gap.
        unasked = [top for top in tops if self._rights.get(top) is None]
        blind = [top for top in tops if top not in unasked and not self._grants(top, SUBSCRIPTION_READ)]
        lacking = [(top, SUBSCRIPTION_READ) for top in blind]
        if len(unasked) < len(tops):
            lacking += [(top, PERMISSIONS.needs[0].permission) for top in unasked]
        if not root_seen and not lacking:
            lacking = [("/", f"{CONTAINERS.needs[0].permission} at the tenant root group")]
        for scope, needs in lacking:
            why = f"there may be more subscriptions than are visible: needs {needs}"
            yield from (Gap(name, scope, why) for name in telling)

    # ---- what may be done where

    async def _ask(self, scopes: Iterable[str]) -> None:
        missing = [scope for scope in scopes if scope not in self._rights and scope not in self._gone]
        for start in range(0, len(missing), _AT_ONCE):
            some = missing[start : start + _AT_ONCE]
            answers = await asyncio.gather(*(self._ask_one(scope) for scope in some), return_exceptions=True)
            for answer in answers:
                if isinstance(answer, BaseException):
                    raise answer

    async def _ask_one(self, scope: str) -> None:
        need = PERMISSIONS.needs[0].permission
        asked = Asked(PERMISSIONS.key, scope, need, may_vanish=True)
        blocks: list[Permission] = []
        place = PERMISSIONS.address(scope)
        try:
            while place:
                reply = await self._client.get(ARM, place, asked)
                blocks.extend(decoded(_BLOCKS, reply.body, asked).value)
                place = cut(reply.body, asked).cursor
            self._rights[scope] = Rights(tuple(blocks))
        except ForbiddenError:
            self._rights[scope] = None
        except VanishedError:
            self._gone.add(scope)

    def _all_grant(self, scopes: Collection[str], action: str) -> bool:
        return bool(scopes) and all(self._grants(scope, action) for scope in scopes)

    def _grants(self, scope: str, action: str) -> bool:
        rights = self._rights.get(scope)
        return rights is not None and rights.grants(action)

    def _below(self, groups: Iterable[str]) -> set[str]:
        """Return the visible subscriptions below some management groups."""
        names = {group.rsplit("/", 1)[-1].lower() for group in groups}
        return {one.id for one in self._subscriptions() if not names.isdisjoint(one.above or ())}

    # ---- what that leaves out

    def _silent(self, resources: str) -> list[tuple[Endpoint, tuple[str, ...]]]:
        """Return the endpoints that leave rows out in silence, each with the actions without which they do."""
        found: list[tuple[Endpoint, tuple[str, ...]]] = []
        for endpoint in chosen(self._lists):
            if endpoint.key in {ALL_RESOURCES, KNOWN_RESOURCES} and endpoint.key != resources:
                continue
            if endpoint.query and endpoint.key != CONTAINERS.key:
                found.append((endpoint, tuple(need.permission for need in endpoint.needs)))
        return found

    async def _resources(self, tops: Sequence[str]) -> str:
        """Return how resources are read: all of them wherever somebody may, else the known types."""
        known_types = tuple(need.permission for need in TABLE[KNOWN_RESOURCES].needs)
        if "arm/resources" not in self._lists or self._all_grant(tops, ALL_READS):
            return ALL_RESOURCES
        if any(self._grants(top, ALL_READS) for top in tops):
            return ALL_RESOURCES
        if any(self._grants(top, action) for top in tops for action in known_types):
            return KNOWN_RESOURCES
        subscriptions = [one.id for one in self._subscriptions()]
        await self._ask(subscriptions)
        return ALL_RESOURCES if any(self._grants(one, ALL_READS) for one in subscriptions) else KNOWN_RESOURCES

    async def _lacking(self, endpoint: Endpoint, actions: Sequence[str], tops: Sequence[str]) -> list[Gap]:
        """Return the gaps of one endpoint: one for each scope, with all actions that are missing there."""
        missing: dict[str, list[str]] = {}
        for action in actions:
            for scope in await self._where_missing(endpoint, action, tops):
                missing.setdefault(scope, []).append(action)
        gaps = [
            Gap(name, scope, _needs(lacked, actions))
            for scope, lacked in sorted(missing.items())
            for name in lists_behind(endpoint, self._lists)
        ]
        if endpoint.key == KNOWN_RESOURCES:
            gaps.append(
                Gap(
                    "arm/resources",
                    "/",
                    f"types beside {len(actions)} known ones were not asked for: needs {ALL_READS}",
                )
            )
        return gaps

    async def _where_missing(self, endpoint: Endpoint, action: str, tops: Sequence[str]) -> list[str]:
        """Return where an action is missing: scopes, or `/` where it is nowhere."""
        lacking = [top for top in tops if not self._grants(top, action)]
        covered = self._below(top for top in tops if top not in lacking)
        others = [one.id for one in self._subscriptions() if one.id not in covered]
        if tops and not lacking and not others:
            return []
        await self._ask(others)
        bare = [one for one in others if one not in self._gone and not self._grants(one, action)]
        if len(lacking) == len(tops) and len(bare) == len([one for one in others if one not in self._gone]):
            return ["/"]
        at_groups = lacking if endpoint.list_name in _AT_GROUPS_TOO else []
        return [*at_groups, *bare]

    def _unasked(self) -> list[Gap]:
        """Return the gaps where nobody says what is left out."""
        why = f"Resource Graph does not say what it leaves out: needs {PERMISSIONS.needs[0].permission}"
        lists = {
            name
            for endpoint in chosen(self._lists)
            if endpoint.query or endpoint.key == SUBSCRIPTIONS.key
            for name in ({endpoint.list_name} if endpoint.list_name else set(lists_behind(endpoint, self._lists)))
        }
        lists.update(about_subscriptions(self._lists))
        return [Gap(name, "/", why) for name in sorted(lists.intersection(self._lists))]


def _needs(lacked: Sequence[str], actions: Sequence[str]) -> str:
    if len(lacked) == len(actions) > 1:
        return f"needs {ALL_READS}"
    return f"needs {', '.join(lacked)}"
