"""Rows of one list with one id: the same said twice is kept once, different things are an error."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec

from remit.model.errors import DuplicateError

_ID = re.compile(rb'(?<!\\)"(?:/[^"\\]*|[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})"')
"""A text of JSON that is a resource id or a GUID: Azure spells one id in several letter cases (S2)."""

_LISTED_BELOW = frozenset({"arm/roleAssignmentScheduleInstances", "arm/roleEligibilityScheduleInstances"})
"""Lists that hold an instance again below its scope, where memberType says Inherited and not Direct."""


@dataclass(frozen=True, slots=True, order=True)
class Seen:
    """One of several rows with one key."""

    payload: bytes
    file: str
    line: int
    row: int = 0


@dataclass(frozen=True, slots=True, order=True)
class Conflict:
    """Two rows that say different things of one id."""

    file: str
    line: int
    other_file: str
    other_line: int
    list_name: str
    key: str


def same_content(list_name: str, one: bytes, other: bytes) -> bool:
    """Tell whether two rows of a list say the same; blanks, order of members and letter case of ids do not matter."""
    return one == other or _canonical(list_name, one) == _canonical(list_name, other)


def _canonical(list_name: str, payload: bytes) -> bytes:
    plain = msgspec.json.encode(msgspec.json.decode(payload))
    row = msgspec.json.decode(_ID.sub(lambda found: found[0].lower(), plain))
    said = row.get("properties") if isinstance(row, dict) else None
    if list_name in _LISTED_BELOW and isinstance(said, dict):
        said.pop("memberType", None)
    return msgspec.json.encode(row, order="sorted")


def settle(list_name: str, key: str, rows: Sequence[Seen]) -> tuple[Seen, Conflict | None]:
    """Return the row to keep, which does not depend on their order, and what contradicts it if anything does."""
    ordered = sorted(rows)
    kept = ordered[0]
    for one in ordered[1:]:
        if not same_content(list_name, kept.payload, one.payload):
            first, second = sorted(((kept.file, kept.line), (one.file, one.line)))
            return kept, Conflict(*second, *first, list_name, key)
    return kept, None


def raise_first(conflicts: Iterable[Conflict]) -> None:
    """Raise the first conflict in order of files and lines; no conflict is no error.

    Raises:
        DuplicateError: there is one.
    """
    ordered = sorted(conflicts)
    if ordered:
        first = ordered[0]
        raise DuplicateError(
            first.file,
            first.line,
            f"`{first.key}` stands with other content in {first.other_file}:{first.other_line}",
            tuple((one.list_name, one.key) for one in ordered),
        )
