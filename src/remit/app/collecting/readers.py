"""What a collection is imported from besides its own rows: an earlier snapshot, and the later of two that contradict.

Rules kept here:

- A row of the earlier snapshot is taken over unless its key, or a part of it up to a slash, stands no longer.
- Azure may show one object twice, changed between two pages: then the row that was read later stands.
- Rows are never held all at once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice

from remit.model.errors import PayloadError
from remit.model.snapshot import Gap, SnapshotMeta
from remit.ports.reader import RawBatch, Skipped, TenantReader
from remit.ports.store import SnapshotStore
from remit.wire.azure.decode import decode_one
from remit.wire.azure.lists import LISTS, USED_LISTS

WHOLE_LIST = ""
_BATCH_ROWS = 5_000


def stands_no_longer(key: str, superseded: Collection[str]) -> bool:
    """Tell whether a key of the earlier snapshot is among the superseded, itself or by what it begins with.

    >>> stands_no_longer("g1/u1", {"g1/"}), stands_no_longer("g10/u1", {"g1/"}), stands_no_longer("x", {""})
    (True, False, True)
    """
    if not superseded:
        return False
    if key in superseded or WHOLE_LIST in superseded:
        return True
    slash = key.find("/")
    while slash >= 0:
        if key[: slash + 1] in superseded:
            return True
        slash = key.find("/", slash + 1)
    return False


def gaps_that_stand(
    gaps: Collection[Gap], superseded: Mapping[str, Collection[str]], collected: Collection[str]
) -> list[Gap]:
    """Return the gaps of an earlier snapshot that nothing has filled since, of the lists that are collected."""
    return [
        gap
        for gap in gaps
        if gap.api in collected
        and not any(
            stands_no_longer(place, superseded.get(gap.api, ()))
            for place in (f"{gap.scope.lower()}/", f"{gap.scope.rpartition('/')[2].lower()}/")
        )
    ]


class LaterReader:
    """The rows that were collected now, behind those of an earlier snapshot that still stand."""

    def __init__(
        self, inner: TenantReader, store: SnapshotStore, snapshot_id: str, superseded: Mapping[str, Collection[str]]
    ) -> None:
        self._inner = inner
        self._store = store
        self._snapshot_id = snapshot_id
        self._superseded = superseded
        self._counts: Counter[str] = Counter()

    def meta(self) -> SnapshotMeta:
        """Return what the collection says of itself, with the gaps that were taken over."""
        meta = self._inner.meta()
        summaries = {one.snapshot_id: one for one in self._store.summaries()}
        stay = gaps_that_stand(summaries[self._snapshot_id].gaps, self._superseded, meta.collected)
        return replace(meta, gaps=tuple(sorted({*meta.gaps, *stay})))

    def batches(self) -> Iterator[RawBatch]:
        """Yield the rows of the earlier snapshot first, so that where both speak the later stands."""
        self._counts.clear()
        for list_name in sorted(self._inner.meta().collected):
            rows = self._kept(list_name)
            while payloads := list(islice(rows, _BATCH_ROWS)):
                yield self._numbered(list_name, payloads)
        for batch in self._inner.batches():
            yield self._numbered(batch.list_name, batch.payloads)

    def skipped(self) -> Sequence[Skipped]:
        """Return nothing: no row is left out."""
        return self._inner.skipped()

    def accounting(self) -> Sequence[tuple[str, str, int]]:
        """Return the rows used or kept for each list."""
        names = {name: 0 for name, _, _ in self._inner.accounting()} | self._counts
        return tuple((name, "used" if name in USED_LISTS else "kept", names[name]) for name in sorted(names))

    def size_hint(self) -> int | None:
        """Return None: what is taken over has no size of its own."""
        return None

    def _kept(self, list_name: str) -> Iterator[bytes]:
        gone = self._superseded.get(list_name, ())
        if WHOLE_LIST in gone:
            return
        for payload in self._store.payloads(self._snapshot_id, list_name):
            if not gone or not stands_no_longer(_key(list_name, payload), gone):
                yield payload

    def _numbered(self, list_name: str, payloads: Sequence[bytes]) -> RawBatch:
        first = self._counts[list_name] + 1
        self._counts[list_name] += len(payloads)
        return RawBatch(list_name, f"{list_name}.jsonl", range(first, first + len(payloads)), payloads)


class LatestReader:
    """A tenant of which only the last of several rows with one key is read."""

    def __init__(self, make: Callable[[], TenantReader], several: Collection[tuple[str, str]]) -> None:
        """Make a reader.

        Args:
            make: gives a fresh reader of the tenant.
            several: list and key of the rows that stand several times.
        """
        self._make = make
        self._inner = make()
        self._several = frozenset(several)

    def meta(self) -> SnapshotMeta:
        """Return what the source says."""
        return self._inner.meta()

    def batches(self) -> Iterator[RawBatch]:
        """Yield all rows but those that a later one stands for. Cost: the lists concerned are read twice."""
        last = self._last_lines()
        names = {name for name, _ in self._several}
        for batch in self._inner.batches():
            if batch.list_name not in names:
                yield batch
                continue
            kept = [
                (line, payload)
                for line, payload in zip(batch.lines, batch.payloads, strict=True)
                if last.get((batch.list_name, _key(batch.list_name, payload)), line) == line
            ]
            if kept:
                lines, payloads = zip(*kept, strict=True)
                yield RawBatch(batch.list_name, batch.file, lines, payloads)

    def skipped(self) -> Sequence[Skipped]:
        """Return what the source left out."""
        return self._inner.skipped()

    def accounting(self) -> Sequence[tuple[str, str, int]]:
        """Return the rows met for each list."""
        return self._inner.accounting()

    def size_hint(self) -> int | None:
        """Return the bytes to read."""
        return self._inner.size_hint()

    def _last_lines(self) -> dict[tuple[str, str], int]:
        names = {name for name, _ in self._several}
        last: dict[tuple[str, str], int] = {}
        for batch in self._make().batches():
            if batch.list_name in names:
                for line, payload in zip(batch.lines, batch.payloads, strict=True):
                    one = (batch.list_name, _key(batch.list_name, payload))
                    if one in self._several:
                        last[one] = line
        return last


def _key(list_name: str, payload: bytes) -> str:
    """Return the key of a row, "" of one that cannot be read: the import says what is wrong with it."""
    shape = LISTS[list_name]
    try:
        return shape.key(decode_one(shape.decoder, f"{list_name}.jsonl", 0, payload))
    except PayloadError:
        return ""
