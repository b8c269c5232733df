"""What a collection takes over from an earlier one, and what it notes for a later one.

Rules kept here:

- A list is taken over only if the earlier snapshot has it without a gap, this credential reads it without one, both
  asked for the same fields, and something tells what has changed. Everything else is read in full.
- Marks are taken before anything is read, so that what changes during the reading is told the next time.
- Lists whose objects further calls are made for are read in full: all of their objects are needed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec

from remit.adapters.azure.endpoint import GRAPH
from remit.adapters.azure.endpoints import TABLE
from remit.adapters.azure.endpoints_later import (
    DELTA,
    DELTA_KINDS,
    GROUP_CHANGES,
    MEMBERS_OF,
    RESOURCE_CHANGES,
)
from remit.adapters.azure.pages import cut
from remit.adapters.azure_client.answers import Asked
from remit.adapters.azure_client.http import AzureClient
from remit.model.errors import ForbiddenError, UnexpectedAnswerError
from remit.model.interval import format_instant
from remit.model.snapshot import Gap
from remit.ports.pages import Page, Part

RESOURCES, GROUP_MEMBERS = "arm/resources", "graph/groupMembers"
TABLE_MARK, HIDDEN_MARK = "table", "hiddenMembers"
CHANGES_KNOWN_FOR = timedelta(days=13)
"""Resource Graph keeps changes for fourteen days."""
CHANGES_LATE_BY = timedelta(hours=1)
"""So much later than made a change may be told; what is read twice does no harm."""

NOTES = "notes"
"""Endpoint of a part that asks nobody: it carries what the beginning decided into the pages."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """A snapshot to add to.

    Attributes:
        tenant_id: lower case.
        collected_at: its instant, None when it does not say.
        gaps: what it lacks.
        marks: what its collection noted.
    """

    tenant_id: str
    collected_at: datetime | None
    gaps: Collection[Gap] = ()
    marks: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TakenOver:
    """What is taken over.

    Attributes:
        lists: their rows stand unless a page supersedes them.
        parts: what tells the changes.
    """

    lists: frozenset[str] = frozenset()
    parts: tuple[Part, ...] = ()

    @property
    def followed(self) -> frozenset[str]:
        """Return the kinds whose change feed is followed."""
        told = (TABLE[part.endpoint] for part in self.parts)
        return frozenset(one.list_name for one in told if one.api == GRAPH)


class Marks:
    """Takes marks; `take` can be called again after it raised: it goes on where it stopped."""

    def __init__(self, client: AzureClient, lists: Collection[str], keys: Collection[str]) -> None:
        self._client = client
        self._kinds = [kind for kind in DELTA_KINDS if told_with(kind, keys).intersection(lists)]
        self._taken: dict[str, str] = {}

    async def take(self, followed: Collection[str]) -> Mapping[str, str]:
        """Return where the changes of each kind go on from; those that may not be read have none.

        Args:
            followed: kinds whose feed is followed now: it tells its own next mark, after its last page.

        Raises:
            CredentialError, InterruptedAnswerError, ThrottledError: as the calls do.
        """
        for kind in self._kinds:
            if kind not in self._taken and kind not in followed:
                self._taken[kind] = await latest(self._client, kind)
        return {kind: link for kind, link in self._taken.items() if link}


async def latest(client: AzureClient, kind: str) -> str:
    """Return where the changes of a kind go on from now, "" where nobody says."""
    endpoint = TABLE[f"{kind}/{DELTA}"]
    place = endpoint.address("")
    asked = Asked(endpoint.key, needs=endpoint.needs[0].permission)
    try:
        reply = await client.get(GRAPH, f"{place}{'&' if '?' in place else '?'}$deltatoken=latest", asked)
        return cut(reply.body, asked).delta
    except (ForbiddenError, UnexpectedAnswerError):
        return ""


def table_digest() -> str:
    """Return what changes whenever a call, and so the bytes of a row, changes."""
    told = [(one.key, one.place, one.query, one.shape.name) for one in TABLE.values()]
    return hashlib.sha256(repr(told).encode()).hexdigest()[:16]


def places_digest(subscriptions: Iterable[str]) -> str:
    """Return what changes whenever a subscription comes or goes."""
    return hashlib.sha256("\n".join(sorted(one.lower() for one in subscriptions)).encode()).hexdigest()[:16]


def taken_over(
    earlier: Earlier,
    lists: Collection[str],
    keys: Collection[str],
    *,
    marks: Mapping[str, str],
    gaps: Collection[Gap],
    now: datetime,
) -> TakenOver:
    """Return what is taken over.

    Args:
        earlier: the snapshot to add to.
        lists: those that are collected.
        keys: the endpoints that they need.
        marks: of this collection, as far as they do not come from change feeds.
        gaps: what the credential is known not to read now.
        now: instant of this collection.
    """
    if earlier.marks.get(TABLE_MARK) != marks[TABLE_MARK]:
        return TakenOver()
    lacking = {gap.api for gap in (*earlier.gaps, *gaps) if not _is_hidden_group(gap)}
    usable = frozenset(lists) - lacking
    taken: set[str] = set()
    parts: list[Part] = []
    for kind in DELTA_KINDS:
        told = set(told_with(kind, keys) & usable)
        if kind in MEMBERS_OF and earlier.marks.get(HIDDEN_MARK) != marks.get(HIDDEN_MARK):
            # Who may see hidden members has changed: all that have members say anew which these are.
            told = set()
        if kind == "graph/groups" and GROUP_MEMBERS in lists and GROUP_MEMBERS not in told:
            told = set()
        link = earlier.marks.get(kind)
        if told and link:
            taken |= told
            parts.append(Part(f"{kind}/{DELTA}", f"{','.join(sorted(told))} {link}"))
    at = earlier.collected_at
    same_places = earlier.marks.get(RESOURCES) == marks.get(RESOURCES, "")
    if RESOURCES in usable and at is not None and same_places and now - at < CHANGES_KNOWN_FOR:
        taken.add(RESOURCES)
        since = format_instant(at - CHANGES_LATE_BY)
        parts += [Part(RESOURCE_CHANGES, since), Part(GROUP_CHANGES, since)]
    return TakenOver(frozenset(taken), tuple(parts))


def told_with(kind: str, keys: Collection[str]) -> frozenset[str]:
    """Return the lists that a change feed tells enough of, where some endpoints are called."""
    leads = not set(keys).isdisjoint(TABLE[kind].opens)
    return frozenset({MEMBERS_OF[kind]} if kind in MEMBERS_OF else ()) | frozenset(() if leads else {kind})


def _is_hidden_group(gap: Gap) -> bool:
    return gap.api == GROUP_MEMBERS and gap.scope.startswith("/groups/")


class _Noted(msgspec.Struct):
    marks: dict[str, str]
    whole: list[str]


def notes(marks: Mapping[str, str], whole: Iterable[str]) -> Part:
    """Return a part that carries marks, and the lists of which nothing earlier stands."""
    return Part(NOTES, msgspec.json.encode(_Noted(dict(sorted(marks.items())), sorted(whole))).decode())


def noted(part: Part) -> Page:
    """Return the page of such a part."""
    said = msgspec.json.decode(part.target, type=_Noted)
    return Page("", supersedes=[(name, "") for name in said.whole], marks=sorted(said.marks.items()))
