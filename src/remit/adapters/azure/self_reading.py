"""What the credential in use can find out about itself, for `remit doctor azure`.

Rules kept here:

- Only what concerns the principal is asked for: its groups, their role assignments, the roles these name, deny
  assignments, its app roles and Entra roles, the credentials of its own application.
- What may not be read is a gap, or None, that says so; it never ends the reading.
- What passes (throttling, a cut connection) is tried again a few times.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import datetime
from typing import Any, TypeVar

import msgspec

from remit.adapters.azure import queries
from remit.adapters.azure.endpoint import ARM, GRAPH, Endpoint
from remit.adapters.azure.endpoints import TABLE
from remit.adapters.azure.pages import cut, decoded
from remit.adapters.azure.shaping import CONTAINER, Container, kept, shaped
from remit.adapters.azure.silence import Silence
from remit.adapters.azure_client.answers import Asked
from remit.adapters.azure_client.http import AzureClient
from remit.adapters.azure_client.paging import pages
from remit.adapters.azure_client.thumbprints import thumbprint_of
from remit.model.errors import (
    ForbiddenError,
    InterruptedAnswerError,
    ThrottledError,
    UnexpectedAnswerError,
    VanishedError,
)
from remit.model.snapshot import Gap
from remit.ports.clock import Clock
from remit.ports.self_reading import OwnCredential, OwnGrant, SelfReading, SignedIn

_ABOUT = ("arm/managementGroups", "arm/subscriptions", "arm/roleAssignments", "arm/roleDefinitions")
_TRIES, _LONGEST_WAIT_S = 5, 60.0
_AT_ONCE = 8

Read = TypeVar("Read")


class AzureSelfReader:
    """Reads what one client's credential can find out about itself."""

    def __init__(
        self, client: AzureClient, clock: Clock, certificate: tuple[str, datetime] | None, *, managed: bool
    ) -> None:
        """Take a client.

        Args:
            client: its cloud known; the reader does not close it.
            clock: this machine's.
            certificate: thumbprint and end of the certificate that signs in, None where it is none.
            managed: a managed identity signs in.
        """
        self._client = client
        self._clock = clock
        self._certificate = certificate
        self._managed = managed
        self._gaps: list[Gap] = []

    async def read(self) -> SelfReading:
        """Ask; as the port says."""
        who, own_row = await self._who()
        azure_time, local_time = self._client.date(), self._clock.now()
        seen = await _patiently(Silence(self._client, _ABOUT).look)
        self._gaps.extend(seen.gaps)
        containers = await self._containers()
        groups = await self._groups(who.object_id)
        rows = {
            "arm/managementGroups": shaped(TABLE["arm/managementGroups"], "", [row for _, row in containers]),
            "arm/subscriptions": await self._list(TABLE["arm/subscriptions"]),
            "graph/servicePrincipals" if who.is_application else "graph/users": [own_row],
            "graph/groups": [msgspec.json.encode({"id": group}) for group in groups],
            "graph/groupMembers": [_pair(group, who.object_id) for group in groups],
            "arm/denyAssignments": await self._denies([one for one, _ in containers], seen.top),
        }
        assignments = await self._assignments([who.object_id, *groups])
        rows["arm/roleAssignments"] = assignments
        rows["arm/roleDefinitions"] = await self._roles(assignments)
        return SelfReading(
            who,
            azure_time,
            local_time,
            self._client.limits(),
            await self._credentials(who),
            await self._app_roles(who),
            await self._directory_roles([who.object_id, *groups]),
            rows,
            tuple(sorted(set(self._gaps))),
            tuple(one.id for one in sorted((one for one, _ in containers), key=_order)),
        )

    # ---- who

    async def _who(self) -> tuple[SignedIn, bytes]:
        arm = await _patiently(lambda: self._client.claims(ARM))
        graph = await _patiently(lambda: self._client.claims(GRAPH))
        path = f"servicePrincipals/{arm.object_id}" if arm.is_application else f"users/{arm.object_id}"
        row = await self._object(f"/v1.0/{path}?$select=id,displayName") or {}
        name = str(row.get("displayName") or "")
        who = SignedIn(
            arm.tenant_id,
            arm.object_id,
            arm.client_id,
            arm.is_application,
            self._managed,
            name,
            graph.permissions,
            arm.expires,
        )
        # The token proves that it exists, whether or not the directory may be read.
        own = {"id": arm.object_id, "displayName": name}
        return who, msgspec.json.encode(own | ({"appId": arm.client_id} if arm.is_application else {}))

    async def _groups(self, object_id: str) -> list[str]:
        asked = Asked("graph/memberGroups", needs="GroupMember.Read.All", may_vanish=True)
        place = f"/v1.0/directoryObjects/{object_id}/getMemberGroups"
        try:
            reply = await _patiently(lambda: self._client.post(GRAPH, place, b'{"securityEnabledOnly":false}', asked))
        except (ForbiddenError, VanishedError, UnexpectedAnswerError):
            self._gaps.append(Gap("graph/groupMembers", "/", f"needs {asked.needs}"))
            return []
        return [group.lower() for group in decoded(_IDS, reply.body, asked).value]

    # ---- what it holds in Azure

    async def _containers(self) -> list[tuple[Container, bytes]]:
        endpoint = TABLE["arm/managementGroups"]
        rows = await self._query(endpoint, endpoint.query)
        return [(decoded(CONTAINER, row, Asked(endpoint.key)), row) for row in rows]

    async def _assignments(self, principals: Sequence[str]) -> list[bytes]:
        named = ", ".join(f"'{one}'" for one in principals)
        endpoint = TABLE["arm/roleAssignments"]
        query = endpoint.query.replace(
            " | project", f" | where tostring(properties.principalId) in~ ({named}) | project"
        )
        return shaped(endpoint, "", await self._query(endpoint, query))

    async def _roles(self, assignments: Sequence[bytes]) -> list[bytes]:
        guids = {_ASSIGNMENT.decode(row).properties.role_definition_id.rsplit("/", 1)[-1] for row in assignments}
        if not guids:
            return []
        named = ", ".join(f"'{one}'" for one in sorted(guids))
        endpoint = TABLE["arm/roleDefinitions"]
        query = endpoint.query.replace(" | project", f" | where name in~ ({named}) | project")
        return shaped(endpoint, "", await self._query(endpoint, query))

    async def _denies(self, containers: Sequence[Container], top: str) -> list[bytes]:
        calls = []
        for one in containers:
            level = "subscription" if not one.is_group else "topManagementGroup" if one.id == top else "managementGroup"
            calls.append((TABLE[f"arm/denyAssignments/{level}"], one.id))
        found: list[bytes] = []
        for start in range(0, len(calls), _AT_ONCE):
            some = calls[start : start + _AT_ONCE]
            for rows in await asyncio.gather(*(self._list(endpoint, target) for endpoint, target in some)):
                found.extend(rows)
        return found

    async def _list(self, endpoint: Endpoint, target: str = "") -> list[bytes]:
        asked = Asked(endpoint.key, target, endpoint.needs[0].permission, may_vanish=bool(target))
        found: list[bytes] = []
        try:
            following = endpoint.address(target)
            while following:
                place = following
                reply = await _patiently(lambda place=place: self._client.get(endpoint.api, place, asked))  # type: ignore[misc]
                page = cut(reply.body, asked)
                found.extend(kept(endpoint.keep, target, page.rows))
                following = page.cursor
        except ForbiddenError:
            self._gaps.append(Gap(endpoint.list_name, target or "/", f"needs {asked.needs}"))
        except VanishedError:
            return []
        return found

    async def _query(self, endpoint: Endpoint, query: str) -> list[bytes]:
        asked = Asked(endpoint.key, needs=endpoint.needs[0].permission)
        found: list[bytes] = []
        cursor = ""
        try:
            while True:
                body = queries.request_body(query, cursor)
                reply = await _patiently(lambda body=body: self._client.post(ARM, endpoint.address(""), body, asked))  # type: ignore[misc]
                page = cut(reply.body, asked)
                found.extend(page.rows)
                cursor = page.cursor
                if not cursor:
                    return found
        except ForbiddenError:
            self._gaps.append(Gap(endpoint.list_name, "/", f"needs {asked.needs}"))
            return found

    # ---- what it holds in Entra

    async def _credentials(self, who: SignedIn) -> list[OwnCredential] | None:
        if not who.is_application or who.is_managed_identity:
            return []
        select = "$select=id,keyCredentials,passwordCredentials"
        rows = await self._objects(f"/v1.0/applications?$filter=appId%20eq%20'{who.client_id}'&{select}")
        if not rows:
            return [self._own_certificate(*self._certificate)] if self._certificate else None
        found = []
        for kind, name in (("certificate", "keyCredentials"), ("secret", "passwordCredentials")):
            for one in rows[0].get(name) or ():
                with contextlib.suppress(KeyError, TypeError, ValueError):
                    found.append(self._credential(kind, one))
        return found

    def _credential(self, kind: str, said: dict[str, str]) -> OwnCredential:
        expires = datetime.fromisoformat(said["endDateTime"])
        used = self._certificate is not None and thumbprint_of(said) == self._certificate[0]
        return OwnCredential(kind, said["keyId"], said.get("displayName") or "", expires, used)

    @staticmethod
    def _own_certificate(thumbprint: str, expires: datetime) -> OwnCredential:
        return OwnCredential("certificate", thumbprint, "", expires, in_use=True)

    async def _app_roles(self, who: SignedIn) -> list[OwnGrant] | None:
        if not who.is_application:
            return None
        rows = await self._objects(f"/v1.0/servicePrincipals/{who.object_id}/appRoleAssignments")
        if rows is None:
            return None
        apis: dict[str, dict[str, str]] = {}
        for resource in {str(row["resourceId"]) for row in rows}:
            said = await self._object(f"/v1.0/servicePrincipals/{resource}?$select=id,appRoles") or {}
            apis[resource] = {role["id"].lower(): role.get("value") or "" for role in said.get("appRoles") or ()}
        return [
            OwnGrant(
                row["id"],
                apis[row["resourceId"]].get(row["appRoleId"].lower()) or row["appRoleId"],
                row.get("resourceDisplayName") or row["resourceId"],
            )
            for row in rows
        ]

    async def _directory_roles(self, principals: Collection[str]) -> list[OwnGrant] | None:
        rows = await self._objects(TABLE["graph/directoryRoleAssignments"].address(""))
        if rows is None:
            return None
        own = [row for row in rows if str(row.get("principalId")).lower() in principals]
        names = {
            role: await self._object(f"/v1.0/roleManagement/directory/roleDefinitions/{role}?$select=id,displayName")
            for role in {str(row["roleDefinitionId"]) for row in own}
        }
        return [
            OwnGrant(
                row["id"],
                str((names[row["roleDefinitionId"]] or {}).get("displayName") or row["roleDefinitionId"]),
                row.get("directoryScopeId") or "/",
            )
            for row in own
        ]

    async def _objects(self, place: str) -> list[dict[str, Any]] | None:
        """Return the rows of a Graph list, None where it may not be read."""
        found: list[dict[str, Any]] = []
        async for page in pages(self._object, place):
            if page is None:
                return None
            found.extend(page.get("value") or ())
        return found

    async def _object(self, place: str) -> dict[str, Any] | None:
        """Return an object of Graph, None where it may not be read or is not there."""
        asked = Asked(f"graph {place.partition('?')[0]}", may_vanish=True)
        try:
            reply = await _patiently(lambda: self._client.get(GRAPH, place, asked))
        except (ForbiddenError, VanishedError):
            return None
        return decoded(_OBJECT, reply.body, asked)


async def _patiently(ask: Callable[[], Awaitable[Read]]) -> Read:
    for attempt in range(_TRIES - 1):
        try:
            return await ask()
        except (ThrottledError, InterruptedAnswerError) as error:
            await asyncio.sleep(min(error.retry_after_s or 2.0**attempt, _LONGEST_WAIT_S))
    return await ask()


class _Ids(msgspec.Struct):
    value: list[str]


class _AssignmentProperties(msgspec.Struct, rename="camel"):
    role_definition_id: str


class _Assignment(msgspec.Struct):
    properties: _AssignmentProperties


_IDS = msgspec.json.Decoder(_Ids)
_ASSIGNMENT = msgspec.json.Decoder(_Assignment)
_OBJECT = msgspec.json.Decoder(dict[str, Any])


def _pair(group: str, member: str) -> bytes:
    return msgspec.json.encode({"parentId": group, "member": {"id": member}})


def _order(container: Container) -> tuple[bool, bool, str]:
    """Let the tenant root group come first, then management groups, then subscriptions."""
    return not container.is_group, container.parent() is not None, container.id.lower()
