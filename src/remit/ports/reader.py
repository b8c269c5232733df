"""A source of raw tenant payloads, read as a stream."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from remit.model.snapshot import SnapshotMeta


@dataclass(frozen=True, slots=True)
class RawBatch:
    """Some payloads of one list, each exactly one JSON object as bytes, with where they stand.

    Attributes:
        list_name: name of the tenant export, for example `arm/roleAssignments`.
        file: file name as the reader's user would recognise it.
        lines: line number from 1, or for a file that is one JSON document the number of the element from 1.
        payloads: one JSON object each, as read.
    """

    list_name: str
    file: str
    lines: Sequence[int]
    payloads: Sequence[bytes]


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row that `--lenient` left out, with its one-line reason."""

    file: str
    line: int
    reason: str


class TenantReader(Protocol):
    """Reads one source once, from front to back, in bounded memory."""

    def meta(self) -> SnapshotMeta:
        """Return what the source says about itself; complete (lists, gaps) only after `batches` is exhausted."""

    def batches(self) -> Iterator[RawBatch]:
        """Yield every payload of every list the source holds.

        Raises:
            PayloadError: the source is bad; names file, line and field.
        """

    def skipped(self) -> Sequence[Skipped]:
        """Return what a lenient reader left out so far."""

    def accounting(self) -> Sequence[tuple[str, str, int]]:
        """Return (kind, used|kept|ignored, count) for every kind of record met."""

    def size_hint(self) -> int | None:
        """Return the bytes to read, for a progress bar, or None."""
