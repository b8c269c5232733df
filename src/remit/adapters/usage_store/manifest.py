"""manifest.json: the one file that says what a usage store holds. It is replaced whole, or not at all.

A part is a file of `parts/`. Those that the manifest does not name were left by a writer that ended too early, or were
replaced; they mean nothing.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

import msgspec

from remit.adapters.durable import flush
from remit.adapters.usage_store.failures import AGAIN, damaged
from remit.adapters.usage_store.used import FIELDS
from remit.model.errors import SchemaTooNewError, UnavailableError
from remit.usage.columns import COLUMNS, text_key
from remit.usage.statements import COVERAGE, ROLL_UP

FORMAT = 2
"""Counts up with every change of what a store's files hold or mean."""
MANIFEST = "manifest.json"
PARTS = "parts"
NEVER = -(2**31)
"""A day before all days."""
WEEK = 8
"""Days, counted since 1970, that share parts of the Activity Log's roll-up."""
NARROW_ROWS = 100_000
"""Rows of the Activity Log from several days in one part, about."""
MOST_DAYS = 1_000
"""Days that are open at most, whatever times records claim; older ones are closed."""


class Part(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """One part of a table.

    Attributes:
        name: of the file.
        rows: in it.
        first_day, last_day: days of its earliest and latest row, since 1970 UTC.
        fresh: of rows: not yet in the roll-up.
    """

    name: str
    rows: int
    first_day: int = 0
    last_day: int = 0
    fresh: bool = False


class RawPart(msgspec.Struct, frozen=True, rename="camel"):
    """Records of one day as they were read, and for how many days behind the newest event they are kept."""

    name: str
    day: int
    keep_days: int


class Totals(msgspec.Struct, rename="camel"):
    """Of all that was ever read."""

    read: int = 0
    normalised: int = 0
    set_aside: int = 0
    duplicates: int = 0


class Manifest(msgspec.Struct, rename="camel"):
    """What a store holds.

    Attributes:
        layout: see `layout`.
        generation: counts commits.
        next_number: for the name of the next part.
        newest: microseconds of the newest event; None before the first.
        activity: rows of the Activity Log that may yet be folded with others.
        other: rows of the other logs that may yet be attributed anew.
        dirty: days whose part of the Activity Log's roll-up is to be made again.
        changed: changes of grants came since the last settling.
        activity_from, other_from: the first day that is still open.
        seen, seen_aside: identities of records, and of records set aside.
        activity_rollup, other_rollup: the roll-up; each part stands as Parquet and as a `.used` file beside it.
        coverage: what was seen of each log, where and when; in two files as the roll-up is.
        texts: what keys stand for, the oldest part first.
        changes, set_aside, reasons, disagreements: as their names say.
        raw: records as they were read.
        offsets: of live sources, by source and part.
    """

    format: int = FORMAT
    layout: str = ""
    generation: int = 0
    next_number: int = 1
    totals: Totals = msgspec.field(default_factory=Totals)
    newest: int | None = None
    activity: list[Part] = []
    other: list[Part] = []
    dirty: list[int] = []
    changed: bool = False
    activity_from: int = NEVER
    other_from: int = NEVER
    seen: list[Part] = []
    seen_aside: list[Part] = []
    activity_rollup: list[Part] = []
    other_rollup: list[Part] = []
    coverage: list[Part] = []
    texts: list[Part] = []
    changes: list[Part] = []
    set_aside: list[Part] = []
    reasons: list[Part] = []
    disagreements: list[Part] = []
    raw: list[RawPart] = []
    offsets: dict[str, dict[str, str]] = {}

    def names(self) -> Iterator[str]:
        """Yield the names of all files that belong to the store."""
        for table in (
            self.activity,
            self.other,
            self.seen,
            self.seen_aside,
            self.texts,
            self.changes,
            self.set_aside,
            self.reasons,
            self.disagreements,
        ):
            yield from (part.name for part in table)
        for part in (*self.activity_rollup, *self.other_rollup, *self.coverage):
            yield part.name
            yield used_name(part.name)
        yield from (part.name for part in self.raw)

    def copy(self) -> Manifest:
        """Return one that can be changed."""
        return _MANIFEST.decode(msgspec.json.encode(self))


class _Format(msgspec.Struct):
    format: int
    layout: str = ""


_MANIFEST = msgspec.json.Decoder(Manifest)
_FORMAT = msgspec.json.Decoder(_Format)


def used_name(name: str) -> str:
    """Return the name of the file that questions are answered from, beside a part of the roll-up."""
    return f"{name}.used"


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a store's folder; a folder without one is an empty store.

    Raises:
        SchemaTooNewError: a newer Remit wrote it.
        UnavailableError: an older Remit wrote it, or it is damaged, or cannot be read.
    """
    try:
        text = (folder / MANIFEST).read_bytes()
    except FileNotFoundError:
        return Manifest()
    except OSError as error:
        raise UnavailableError(f"{folder / MANIFEST}: {error.strerror}") from error
    try:
        _check(folder, _FORMAT.decode(text))
        return _MANIFEST.decode(text)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise damaged(folder / MANIFEST) from error


def _check(folder: Path, found: _Format) -> None:
    if found.format > FORMAT:
        raise SchemaTooNewError(
            f"the usage in {folder} has format {found.format}, this Remit reads format {FORMAT}",
            hint=f"use the Remit that wrote it, or a newer one; or {AGAIN}",
        )
    if found.format < FORMAT:
        raise UnavailableError(
            f"the usage in {folder} has format {found.format}, this Remit reads format {FORMAT}", hint=AGAIN
        )
    if found.layout != layout():
        raise UnavailableError(
            f"the usage in {folder} was written by another version of Remit, whose files have other columns", hint=AGAIN
        )


@lru_cache
def layout() -> str:
    """Return what tells columns and keys apart from those of another version, should it have the same format."""
    columns = (COLUMNS, ROLL_UP, COVERAGE, FIELDS, text_key("Remit"))
    return sha256(repr(columns).encode()).hexdigest()[:12]


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Put a manifest in the place of the one before; what it names is on the disk already.

    Raises:
        OSError: it cannot be written.
    """
    manifest.format, manifest.layout = FORMAT, layout()
    made = folder / f"{MANIFEST}.new"
    with made.open("wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(manifest), indent=1))
        file.flush()
        os.fsync(file.fileno())
    made.replace(folder / MANIFEST)
    flush(folder)
