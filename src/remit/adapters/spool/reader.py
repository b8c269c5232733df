"""All rows of a collection as a tenant to import, list by list, in bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from remit.model.snapshot import SnapshotMeta
from remit.ports.reader import RawBatch, Skipped
from remit.wire.azure.lists import USED_LISTS

_BATCH_ROWS = 5_000
_BATCH_BYTES = 4 * 1024 * 1024


class SpoolReader:
    """Reads rows from wherever they are kept. See `remit.ports.reader.TenantReader`."""

    def __init__(
        self,
        meta: SnapshotMeta,
        counts: Mapping[str, int],
        rows_of: Callable[[str], Iterator[bytes]],
        size: int | None = None,
    ) -> None:
        """Make a reader.

        Args:
            meta: what the collection says of itself.
            counts: rows for each list that has any.
            rows_of: yields the rows of one list.
            size: bytes of all rows.
        """
        self._meta = meta
        self._counts = {name: counts.get(name, 0) for name in sorted({*meta.collected, *counts})}
        self._rows_of = rows_of
        self._size = size

    def meta(self) -> SnapshotMeta:
        """Return what the collection says of itself."""
        return self._meta

    def batches(self) -> Iterator[RawBatch]:
        """Yield the rows of every list; lines are counted as they will stand in an export."""
        for name, count in self._counts.items():
            if count:
                yield from _gathered(name, self._rows_of(name))

    def skipped(self) -> Sequence[Skipped]:
        """Return nothing: no row is left out."""
        return ()

    def accounting(self) -> Sequence[tuple[str, str, int]]:
        """Return the rows used or kept for each list."""
        return tuple((name, "used" if name in USED_LISTS else "kept", count) for name, count in self._counts.items())

    def size_hint(self) -> int | None:
        """Return the bytes of all rows."""
        return self._size


def _gathered(list_name: str, rows: Iterator[bytes]) -> Iterator[RawBatch]:
    payloads: list[bytes] = []
    size, line = 0, 1
    for row in rows:
        payloads.append(row)
        size += len(row)
        if size >= _BATCH_BYTES or len(payloads) >= _BATCH_ROWS:
            yield _batch(list_name, line, payloads)
            line += len(payloads)
            payloads, size = [], 0
    if payloads:
        yield _batch(list_name, line, payloads)


def _batch(list_name: str, line: int, payloads: list[bytes]) -> RawBatch:
    return RawBatch(list_name, f"{list_name}.jsonl", range(line, line + len(payloads)), payloads)
