"""A tenant export as it lies on disk: lists of Azure's own payloads, and a manifest.

>>> export = Export({"arm/locks": []}, {"tenantId": "T"})
>>> collected(export, "arm/locks"), collected(export, "arm/roleAssignments")
(True, False)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from remit.model.errors import ScopeSyntaxError
from remit.model.interval import parse_instant
from remit.model.scope import Scope

Payload = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Export:
    """Raw facts of one tenant.

    Attributes:
        lists: API list name to payloads; a list that is not a key was not collected, an empty one was.
        manifest: manifest.json, {} when there is none.
    """

    lists: Mapping[str, Sequence[Payload]]
    manifest: Payload


def collected(export: Export, api: str) -> bool:
    """Tell whether a list was read; an empty list counts."""
    return api in export.lists


def rows(export: Export, api: str) -> Sequence[Payload]:
    """Return the payloads of a list, () when it was not collected."""
    return export.lists.get(api, ())


def properties(payload: Payload) -> Payload:
    """Return the `properties` of an ARM payload, {} when there are none."""
    return payload.get("properties") or {}


def low(value: object) -> str:
    """Return an id in lower case; "" for null or absent. Ids compare without case (S2, G4)."""
    return str(value).lower() if value else ""


def last_segment(value: object) -> str:
    """Return what stands after the last slash, lower case (V20)."""
    return low(value).rstrip("/").rsplit("/", 1)[-1]


def gap_places(export: Export, api: str) -> tuple[str, ...]:
    """V3: where a list has a gap, lower case without a final slash; `/` for the whole list, collected or not."""
    places = [
        low(gap.get("scope")).rstrip("/") or "/" for gap in export.manifest.get("gaps") or () if gap["api"] == api
    ]
    return tuple(places) if collected(export, api) else (*places, "/")


def gap_scopes(export: Export, api: str) -> tuple[str, ...]:
    """V3: the same as keys of scopes; a place that is none is taken for the whole list."""
    return tuple(key_or_root(place) for place in gap_places(export, api))


def key_or_root(place: str) -> str:
    """Return the key of a scope, `/` for what is no scope."""
    try:
        return Scope.parse(place).key
    except ScopeSyntaxError:
        return "/"


def instant(export: Export, at: datetime | None) -> datetime | None:
    """Return the instant asked about: the one given, else when the export was collected, else None."""
    if at is not None:
        return at
    text = export.manifest.get("collectedAt")
    return parse_instant(text) if text else None


@dataclass(frozen=True, slots=True)
class Window:
    """Half-open [start, end); None is unbounded (P2, V4)."""

    start: datetime | None
    end: datetime | None

    def holds(self, at: datetime) -> bool:
        """Tell whether an instant lies inside."""
        return (self.start is None or self.start <= at) and (self.end is None or at < self.end)


def window(fields: Payload) -> Window:
    """Read startDateTime and endDateTime of a schedule instance; null is unbounded (V4)."""
    start, end = fields.get("startDateTime"), fields.get("endDateTime")
    return Window(parse_instant(start) if start else None, parse_instant(end) if end else None)
