"""Rows of one list with one id: the same said twice is kept once, different things are an error."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec

from remit.model.errors import DuplicateError


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


def same_content(one: bytes, other: bytes) -> bool:
    """Tell whether two JSON texts say the same; blanks and the order of members do not matter."""
    return one == other or _canonical(one) == _canonical(other)


def _canonical(payload: bytes) -> bytes:
    return msgspec.json.encode(msgspec.json.decode(payload), order="sorted")


def settle(list_name: str, key: str, rows: Sequence[Seen]) -> tuple[Seen, Conflict | None]:
    """Return the row to keep, which does not depend on their order, and what contradicts it if anything does."""
    ordered = sorted(rows)
    kept = ordered[0]
    for one in ordered[1:]:
        if not same_content(kept.payload, one.payload):
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
