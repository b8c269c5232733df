"""Pages that name what has changed: nothing of them becomes a row, what they name is read again.

Rules kept here:

- Each object that is named is superseded, with its members where those are taken over, and read again as its list reads
  it, so that its bytes are those that a full reading gives. One that is gone gives no row.
- A change feed that has expired is no fault: its lists are read in full after all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from msgspec import Struct, field
from msgspec.json import Decoder

from remit.adapters.azure import queries
from remit.adapters.azure.endpoint import Endpoint
from remit.adapters.azure.endpoints import TABLE
from remit.adapters.azure.endpoints_later import DELTA, MEMBERS_OF, OBJECT
from remit.adapters.azure.pages import CutPage
from remit.ports.pages import Page, Part

_IDS_IN_ONE_QUERY = 50


class _Changed(Struct):
    id: str
    removed: dict[str, Any] | None = field(default=None, name="@removed")


class _ChangedResource(Struct, rename="camel"):
    target_resource_id: str = ""


_CHANGED = Decoder(_Changed)
_CHANGED_RESOURCE = Decoder(_ChangedResource)


def feed_of(part: Part) -> tuple[frozenset[str], str]:
    """Return the lists that a change feed is followed for, and where it goes on from."""
    lists, _, link = part.target.partition(" ")
    return frozenset(lists.split(",")), link


def delta_page(endpoint: Endpoint, part: Part, page: CutPage) -> Page:
    """Return what a page of a change feed of Graph says.

    Raises:
        MsgspecError: a row is not what the API documents.
    """
    kind = endpoint.list_name
    lists, _ = feed_of(part)
    members = MEMBERS_OF.get(kind, "")
    calls = [key for key in endpoint.opens if TABLE[key].list_name == members]
    supersedes: list[tuple[str, str]] = []
    opens: list[Part] = []
    for row in page.rows:
        changed = _CHANGED.decode(row)
        if kind in lists:
            supersedes.append((kind, changed.id.lower()))
            if changed.removed is None:
                opens.append(Part(f"{kind}/{OBJECT}", changed.id))
        if members in lists:
            supersedes.append((members, f"{changed.id.lower()}/"))
            if changed.removed is None:
                opens.extend(Part(key, changed.id) for key in calls)
    marks = [(kind, page.delta)] if page.delta else []
    return Page("", cursor=page.cursor, opens=list(dict.fromkeys(opens)), supersedes=supersedes, marks=marks)


def expired_page(endpoint: Endpoint, part: Part, keys: Collection[str], mark: str) -> Page:
    """Return what becomes of a change feed that cannot be followed: its lists are read in full."""
    lists, _ = feed_of(part)
    opens = [Part(name) for name in sorted(lists) if name in keys]
    marks = [(endpoint.list_name, mark)] if mark else []
    return Page("", opens=opens, supersedes=[(name, "") for name in sorted(lists)], marks=marks)


def resources_page(endpoint: Endpoint, page: CutPage) -> Page:
    """Return what a page of a change table of Resource Graph says.

    Raises:
        MsgspecError: a row is not what the API documents.
    """
    ids = {one.lower(): one for one in (_CHANGED_RESOURCE.decode(row).target_resource_id for row in page.rows) if one}
    opens = [Part(endpoint.opens[0], queries.quoted(some)) for some in _portions(sorted(ids.values()))]
    supersedes = [(endpoint.list_name, one) for one in sorted(ids)]
    return Page("", cursor=page.cursor, opens=opens, supersedes=supersedes)


def _portions(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (ids[start : start + _IDS_IN_ONE_QUERY] for start in range(0, len(ids), _IDS_IN_ONE_QUERY))


def is_delta(endpoint: Endpoint) -> bool:
    """Return whether an endpoint is a change feed of Graph."""
    return endpoint.key.endswith(f"/{DELTA}")
