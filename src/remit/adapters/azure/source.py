"""A live tenant as a source of pages.

Rules kept here:

- A part says all that reading it takes; nothing is remembered from page to page, so that a collection goes on in
  another process.
- A row that is not what the API documents is left out, with a gap that says why; the others of its page stay.
- Nothing is retried, and nothing is written to Azure.

Use:

    source = AzureSource(client, lists, clock)
    beginning = await source.begin()
    pages = await source.read(beginning.parts[:1])
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

import msgspec

from remit.adapters.azure import queries
from remit.adapters.azure.batch import ask_together
from remit.adapters.azure.changes import delta_page, expired_page, feed_of, is_delta, resources_page
from remit.adapters.azure.earlier import (
    HIDDEN_MARK,
    NOTES,
    RESOURCES,
    TABLE_MARK,
    Earlier,
    Marks,
    TakenOver,
    latest,
    noted,
    notes,
    places_digest,
    table_digest,
    taken_over,
)
from remit.adapters.azure.endpoint import (
    ARM,
    BATCH,
    GRAPH,
    LANE_GRAPH,
    LANE_RESOURCE_GRAPH,
    Endpoint,
    Keep,
    Over,
    Shape,
)
from remit.adapters.azure.endpoints import (
    ALL_RESOURCES,
    FINDERS,
    HIDDEN_PERMISSION,
    KNOWN_RESOURCES,
    PROBE,
    READ_RESOURCES,
    TABLE,
    chosen,
    lists_behind,
)
from remit.adapters.azure.endpoints_later import MEMBERS_OF
from remit.adapters.azure.leads import GROUP, opened
from remit.adapters.azure.pages import CutPage, cut, whole, without_context
from remit.adapters.azure.shaping import kept, shaped
from remit.adapters.azure.silence import Seen, Silence
from remit.adapters.azure_client.answers import Asked, refusal, resets_after
from remit.adapters.azure_client.clouds import METADATA_PATH
from remit.adapters.azure_client.http import AzureClient, Reply, same_host
from remit.model.errors import (
    CollectionError,
    CredentialError,
    ForbiddenError,
    InputError,
    InterruptedAnswerError,
    MovedOnError,
    PayloadError,
    UnexpectedAnswerError,
)
from remit.model.snapshot import Gap
from remit.ports.clock import Clock
from remit.ports.pages import Beginning, Page, Part
from remit.wire.azure.decode import decode_all, decode_one
from remit.wire.azure.lists import LISTS

_PLACES = {
    Over.GROUP: "/groups",
    Over.PIM_GROUP: "/groups",
    Over.APPLICATION: "/applications",
    Over.BIG_APPLICATION: "/applications",
    Over.SERVICE_PRINCIPAL: "/servicePrincipals",
    Over.ADMINISTRATIVE_UNIT: "/administrativeUnits",
}
_UNAUTHORIZED = 401


class AzureSource:
    """Reads some lists of the tenant that a client is signed in to."""

    def __init__(
        self, client: AzureClient, lists: Collection[str], clock: Clock, *, earlier: Earlier | None = None
    ) -> None:
        """Take a client.

        Args:
            client: the source signs in with it, and does not close it.
            lists: names of the tenant export.
            clock: for how long ago Azure said something.
            earlier: the snapshot that the collection adds to, None to read all in full.

        Raises:
            KeyError: an export has no such list.
        """
        for name in lists:
            _ = LISTS[name]
        self._client = client
        self._lists = frozenset(lists)
        self._clock = clock
        self._keys = frozenset(endpoint.key for endpoint in chosen(lists))
        self._earlier = earlier
        self._silence = Silence(client, self._lists)
        self._marks = Marks(client, self._lists, self._keys)
        self._whole_again: datetime | None = None

    async def begin(self) -> Beginning:
        """Sign in and say what there is to read; as the port says."""
        await self._client.learn()
        apis = {TABLE[key].api for key in self._keys}
        tenant_id = (await self._client.claims(ARM if ARM in apis else GRAPH)).tenant_id
        if not tenant_id:
            raise CredentialError("the token does not say which tenant it is for")
        if self._earlier is not None and self._earlier.tenant_id != tenant_id:
            raise InputError(f"the earlier snapshot is of tenant {self._earlier.tenant_id}, not of {tenant_id}")
        seen = await self._silence.look() if PROBE in self._keys else Seen()
        at = await self._present()
        marks = await self._own_marks(seen)
        taken = TakenOver()
        if self._earlier is not None:
            taken = taken_over(self._earlier, self._lists, self._keys, marks=marks, gaps=seen.gaps, now=at)
        marks |= await self._marks.take(taken.followed)
        return Beginning(
            tenant_id=tenant_id,
            cloud=self._client.cloud.name,
            at=at,
            collected=self._lists,
            parts=tuple(self._first_parts(seen, marks, taken)),
            gaps=tuple(sorted(set(seen.gaps))),
        )

    def lane(self, part: Part) -> str:
        """Return the lane of the endpoint."""
        return LANE_GRAPH if part.endpoint == NOTES else TABLE[part.endpoint].lane

    def together(self, part: Part) -> int:
        """Return 20 for what is read in batches."""
        return BATCH if part.endpoint != NOTES and TABLE[part.endpoint].is_batched else 1

    async def read(self, parts: Sequence[Part]) -> Sequence[Page | CollectionError]:
        """Read one page of each part; as the port says."""
        if parts and all(self.together(part) > 1 for part in parts):
            return await self._read_batch(parts)
        return await asyncio.gather(*(self._read_one(part) for part in parts))

    def lost(self, part: Part, why: str) -> Sequence[Gap]:
        """Return what is not seen when a part cannot be read."""
        if part.endpoint == NOTES:
            return []
        endpoint = TABLE[part.endpoint]
        return [Gap(name, _scope(endpoint, part), why) for name in lists_behind(endpoint, self._lists)]

    def spent(self, lane: str) -> float:
        """Return the seconds until Resource Graph's quota is whole again, 0 unless its last answer called it spent."""
        if lane != LANE_RESOURCE_GRAPH or self._whole_again is None:
            return 0.0
        return max(0.0, (self._whole_again - self._clock.now()).total_seconds())

    def calls(self) -> Sequence[tuple[str, int]]:
        """Return (endpoint, HTTP requests made), sorted."""
        return sorted(self._client.calls().items())

    # ---- the beginning

    async def _present(self) -> datetime:
        if self._client.date() is None:
            with suppress(ForbiddenError, UnexpectedAnswerError):
                # Whatever is answered, it is dated.
                await self._client.get(ARM, METADATA_PATH, Asked("arm/metadata"))
        present = self._client.date()
        if present is None:
            raise UnexpectedAnswerError("arm/metadata", "the answer has no date")
        return present.replace(microsecond=0)

    async def _own_marks(self, seen: Seen) -> dict[str, str]:
        marks = {TABLE_MARK: table_digest()}
        if RESOURCES in self._lists:
            marks[RESOURCES] = places_digest(seen.subscriptions)
        if not self._lists.isdisjoint(MEMBERS_OF.values()):
            permissions = (await self._client.claims(GRAPH)).permissions
            marks[HIDDEN_MARK] = "all" if HIDDEN_PERMISSION in permissions else "without hidden ones"
        return marks

    def _first_parts(self, seen: Seen, marks: Mapping[str, str], taken: TakenOver) -> list[Part]:
        keys = set(self._keys)
        if RESOURCES in taken.lists:
            keys -= READ_RESOURCES
            # What resources lead to is found without them.
            keys |= {key for key in FINDERS if not self._keys.isdisjoint(TABLE[key].opens)}
        keys -= {ALL_RESOURCES, KNOWN_RESOURCES} - {seen.resources}
        keys -= taken.lists
        first = [key for key, one in TABLE.items() if key in keys and one.over is Over.TENANT and not one.probe]
        parts = [Part(key, seen.top if key in _LED_BY_TOP else "") for key in first]
        return [*parts, *taken.parts, notes(marks, () if self._earlier is None else self._lists - taken.lists)]

    # ---- one page

    async def _read_one(self, part: Part) -> Page | CollectionError:
        if part.endpoint == NOTES:
            return noted(part)
        endpoint = TABLE[part.endpoint]
        if is_delta(endpoint) and not part.cursor:
            return await self._follow(endpoint, part)
        asked = _asked(endpoint, part)
        try:
            if endpoint.query:
                body = queries.request_body(endpoint.query, part.cursor, part.target)
                reply = await self._client.post(ARM, endpoint.address(""), body, asked)
                self._remember_quota(reply)
            else:
                reply = await self._client.get(endpoint.api, part.cursor or endpoint.address(part.target), asked)
            return await self._page(endpoint, part, reply.body, asked)
        except CredentialError:
            raise
        except CollectionError as error:
            return error

    async def _follow(self, endpoint: Endpoint, part: Part) -> Page | CollectionError:
        """Follow a change feed from where an earlier collection left it."""
        asked = Asked(endpoint.key, needs=endpoint.needs[0].words, goes_on=True)
        try:
            try:
                reply = await self._client.get(GRAPH, feed_of(part)[1], asked)
                return await self._page(endpoint, part, reply.body, asked)
            except (MovedOnError, ForbiddenError, UnexpectedAnswerError):
                return expired_page(endpoint, part, self._keys, await latest(self._client, endpoint.list_name))
        except CredentialError:
            raise
        except CollectionError as error:
            return error

    async def _read_batch(self, parts: Sequence[Part]) -> Sequence[Page | CollectionError]:
        results: dict[int, Page | CollectionError] = {}
        places: dict[int, str] = {}
        for number, part in enumerate(parts):
            endpoint = TABLE[part.endpoint]
            try:
                places[number] = self._place_in_batch(endpoint, part)
            except CollectionError as error:
                results[number] = error
        try:
            replies = await ask_together(self._client, list(places.values()))
        except CredentialError:
            raise
        except CollectionError as error:
            return [results.get(number, error) for number in range(len(parts))]
        for number, reply in zip(places, replies, strict=True):
            results[number] = await self._answered(parts[number], reply)
        return [results[number] for number in range(len(parts))]

    def _place_in_batch(self, endpoint: Endpoint, part: Part) -> str:
        if not part.cursor:
            return endpoint.address(part.target)
        home = self._client.cloud.graph
        if not same_host(home, part.cursor):
            raise UnexpectedAnswerError(_asked(endpoint, part).what, "its next page is at another host")
        at = part.cursor.find("/v1.0/")
        return part.cursor[at:] if at >= 0 else part.cursor

    async def _answered(self, part: Part, reply: Reply | None) -> Page | CollectionError:
        endpoint = TABLE[part.endpoint]
        asked = _asked(endpoint, part)
        if reply is None:
            return InterruptedAnswerError(asked.what, "the batch was answered without it")
        if reply.status == _UNAUTHORIZED:
            # The batch was let in with this token; the next one brings a fresh one if need be.
            return InterruptedAnswerError(asked.what, f"answered {_UNAUTHORIZED} within a batch")
        try:
            return refusal(reply.status, reply.headers, reply.body, asked) or await self._page(
                endpoint, part, reply.body, asked
            )
        except CredentialError:
            raise
        except CollectionError as error:
            return error

    async def _page(self, endpoint: Endpoint, part: Part, body: bytes, asked: Asked) -> Page:
        single = endpoint.shape in {Shape.ONE, Shape.OBJECT}
        page = CutPage([without_context(whole(body, asked))]) if single else cut(body, asked)
        if page.cursor and page.cursor == part.cursor:
            raise UnexpectedAnswerError(asked.what, "its next page is the same page")
        list_name = endpoint.list_name if endpoint.list_name in self._lists else ""
        try:
            if endpoint.shape is Shape.DELTA:
                return delta_page(endpoint, part, page)
            if endpoint.shape is Shape.CHANGES:
                return resources_page(endpoint, page)
            answered = kept(_keep(endpoint, part), part.target, page.rows)
            opens = opened(endpoint, part, answered, self._keys)
            rows = shaped(endpoint, part.target, answered) if list_name else []
            gaps = await self._hidden(endpoint, answered)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise UnexpectedAnswerError(asked.what, "a row of the answer has another shape than documented") from error
        if page.is_cut_short:
            gaps.extend(self.lost(part, "Resource Graph left rows out of a long answer"))
        rows, bad = _readable(list_name, rows, _scope(endpoint, part))
        return Page(list_name, rows, page.cursor, opens, (*gaps, *bad))

    async def _hidden(self, endpoint: Endpoint, rows: Sequence[bytes]) -> list[Gap]:
        """Return a gap for each group or administrative unit whose members the credential does not get to see."""
        members = MEMBERS_OF.get(endpoint.list_name, "")
        if members not in self._lists:
            return []
        hidden = [group.id for group in map(GROUP.decode, rows) if group.hides_members]
        if not hidden or HIDDEN_PERMISSION in (await self._client.claims(GRAPH)).permissions:
            return []
        why = f"hidden membership: needs {HIDDEN_PERMISSION}"
        place = endpoint.list_name.removeprefix(f"{GRAPH}/")
        return [Gap(members, f"/{place}/{group}", why) for group in hidden]

    def _remember_quota(self, reply: Reply) -> None:
        wait = resets_after(reply.headers) if reply.headers.get("x-ms-user-quota-remaining") == "0" else None
        self._whole_again = None if wait is None else self._clock.now() + timedelta(seconds=wait)


_LED_BY_TOP = frozenset({"arm/managementGroups", "arm/roleAssignments"})


def _keep(endpoint: Endpoint, part: Part) -> Keep:
    # Without a management group nobody else tells of `/`.
    return Keep.ALL if endpoint.keep is Keep.BELOW_ROOT and not part.target else endpoint.keep


def _asked(endpoint: Endpoint, part: Part) -> Asked:
    return Asked(
        endpoint.key,
        _scope(endpoint, part) if part.target else "",
        endpoint.needs[0].words,
        may_vanish=endpoint.over is not Over.TENANT,
        goes_on=bool(part.cursor),
    )


def _scope(endpoint: Endpoint, part: Part) -> str:
    """Return what a part speaks about, for gaps: what is unknown at the topmost group is unknown everywhere."""
    if not part.target or endpoint.over in {Over.TENANT, Over.TOP_MANAGEMENT_GROUP}:
        return "/"
    if endpoint.over is Over.CHANGED:
        return "/" if endpoint.api == ARM else f"/{endpoint.list_name.rpartition('/')[2]}/{part.target}"
    return f"{_PLACES[endpoint.over]}/{part.target}" if endpoint.over in _PLACES else part.target


def _readable(list_name: str, rows: list[bytes], scope: str) -> tuple[list[bytes], list[Gap]]:
    """Return the rows that decode, and a gap for each that does not."""
    if not list_name or not rows:
        return rows, []
    decoder = LISTS[list_name].decoder
    if decode_all(decoder, rows) is not None:
        return rows, []
    good: list[bytes] = []
    bad: list[Gap] = []
    for row in rows:
        try:
            decode_one(decoder, list_name, 0, row)
        except PayloadError as error:
            where = f"{error.field}: " if error.field else ""
            bad.append(Gap(list_name, scope, f"a row was left out: {where}{error.why}"))
        else:
            good.append(row)
    return good, bad
