"""The records of a journal: a collection is what its records come to, one after the other.

{"kind":"begin", ...}     what it began with
{"kind":"commit", ...}    pages that were kept together
{"kind":"restart", ...}   a part that is read from its first page again
{"kind":"synced"}         everything before this is on the disk itself
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from remit.model.snapshot import Gap
from remit.ports.pages import Beginning, Part
from remit.ports.spool import Finished

Key = tuple[str, str]
"""A part without its cursor: endpoint and target."""


class PageRecord(msgspec.Struct, omit_defaults=True):
    """One page.

    Attributes:
        part: whose page it is.
        list_name: list of its rows.
        cursor: where the part goes on, "" where it is done.
        opens: parts that it gives rise to.
        rows: how many.
        end: where in the file of the list the rows end.
        size: bytes of the rows, line ends included.
        check: CRC-32 of these bytes.
        gaps, supersedes, marks: as in `remit.ports.pages.Page`.
    """

    part: Key
    list_name: str = ""
    cursor: str = ""
    opens: tuple[Key, ...] = ()
    rows: int = 0
    end: int = 0
    size: int = 0
    check: int = 0
    gaps: tuple[Gap, ...] = ()
    supersedes: tuple[tuple[str, str], ...] = ()
    marks: tuple[tuple[str, str], ...] = ()


class BeginRecord(msgspec.Struct, tag_field="kind", tag="begin"):
    """What a collection began with."""

    tenant_id: str
    cloud: str
    at: datetime
    collected: tuple[str, ...]
    parts: tuple[Key, ...]
    settings: dict[str, str]
    gaps: tuple[Gap, ...] = ()

    def beginning(self) -> Beginning:
        """Return it as the source said it."""
        parts = tuple(Part(*key) for key in self.parts)
        return Beginning(self.tenant_id, self.cloud, self.at, frozenset(self.collected), parts, self.gaps)


class CommitRecord(msgspec.Struct, tag_field="kind", tag="commit"):
    """Pages that were kept together."""

    pages: tuple[PageRecord, ...]


class RestartRecord(msgspec.Struct, tag_field="kind", tag="restart"):
    """A part is read from its first page again."""

    part: Key


class SyncedRecord(msgspec.Struct, tag_field="kind", tag="synced"):
    """Everything before this is on the disk itself."""


Record = BeginRecord | CommitRecord | RestartRecord | SyncedRecord

_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(Record)


def encode(record: Record) -> bytes:
    """Return a record as one line."""
    return _ENCODER.encode(record) + b"\n"


def decode(line: bytes) -> Record:
    """Return the record of one line.

    Raises:
        msgspec.MsgspecError, UnicodeDecodeError: the line is none.
    """
    record: Record = _DECODER.decode(line)
    return record


def begin_record(beginning: Beginning, settings: dict[str, str]) -> BeginRecord:
    """Return the first record."""
    keys = tuple((part.endpoint, part.target) for part in beginning.parts)
    return BeginRecord(
        tenant_id=beginning.tenant_id,
        cloud=beginning.cloud,
        at=beginning.at,
        collected=tuple(sorted(beginning.collected)),
        parts=keys,
        settings=settings,
        gaps=tuple(beginning.gaps),
    )


def page_record(finished: Finished, *, end: int = 0, size: int = 0, check: int = 0) -> PageRecord:
    """Return the record of one page."""
    page = finished.page
    return PageRecord(
        part=(finished.part.endpoint, finished.part.target),
        list_name=page.list_name,
        cursor=page.cursor,
        opens=tuple((part.endpoint, part.target) for part in page.opens),
        rows=len(page.rows),
        end=end,
        size=size,
        check=check,
        gaps=tuple(page.gaps),
        supersedes=tuple(page.supersedes),
        marks=tuple(page.marks),
    )
