"""What one worker puts down: rows as Parquet, texts, changes and records set aside, in a folder of its run.

Nothing of it counts before a commit takes it. The Activity Log stands apart: only its rows are folded with others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import numpy as np

from remit.adapters.statement_engine import SqlEngine
from remit.adapters.usage_store.draft import days_of
from remit.adapters.usage_store.failures import as_unavailable
from remit.adapters.usage_store.lines import AsideLine, ChangeLine, LineWriter, RawLine
from remit.adapters.usage_store.texts import add_text, to_bytes, write_texts
from remit.model.usage import LogKind
from remit.ports.usage_store import Taken, UnitPlace
from remit.usage.batches import Batch, SetAsideRow
from remit.usage.columns import COLUMNS, Longs, joined
from remit.usage.fast.operations import bytes_halves

_ROWS = 200_000
"""Rows of a part; a worker holds no more."""
CLASSES = ("activity", "other")


@dataclass(slots=True)
class Written:
    """What an intake wrote; paths are texts, so that it can be sent between processes.

    Attributes:
        number: of the intake.
        rows: Parquet files (COLUMNS, file, ordinal) by class of log.
        counts: rows in them.
        days: first and last day of them; absent for a class without rows.
        logs: records of each log.
        aside: identities of records set aside, as rows that hold the intake's number and the record's place in
            `aside_lines` for a digest.
        aside_count: how many.
        aside_lines, texts, changes, raw: files, "" for none.
        units: (file, line ends) of every place read to its end, in order.
    """

    number: int
    rows: dict[str, list[str]] = field(default_factory=lambda: {name: [] for name in CLASSES})
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(CLASSES, 0))
    days: dict[str, tuple[int, int]] = field(default_factory=dict)
    logs: dict[int, int] = field(default_factory=dict)
    aside: list[str] = field(default_factory=list)
    aside_lines: str = ""
    aside_count: int = 0
    texts: str = ""
    changes: str = ""
    raw: str = ""
    units: list[tuple[int, int]] = field(default_factory=list)

    def files(self) -> Iterator[str]:
        """Yield everything that was written."""
        for paths in (*self.rows.values(), self.aside):
            yield from paths
        yield from (path for path in (self.aside_lines, self.texts, self.changes, self.raw) if path)


class FolderIntake:
    """See `remit.ports.usage_store.UsageIntake`."""

    def __init__(self, folder: Path, number: int, engine: SqlEngine) -> None:
        """Begin.

        Args:
            folder: of the run.
            number: that no other intake of this commit has.
            engine: writes Parquet.
        """
        self._folder = folder
        self._engine = engine
        self._written = Written(number)
        self._waiting: dict[str, list[dict[str, Longs]]] = {name: [] for name in CLASSES}
        self._waiting_rows = dict.fromkeys(CLASSES, 0)
        self._texts: dict[int, bytes] = {}
        self._ordinals: dict[tuple[int, int], int] = {}
        self._aside: list[tuple[int, int, int, int]] = []
        self._aside_lines: LineWriter | None = None
        self._changes: LineWriter | None = None
        self._raw: LineWriter | None = None
        self._read = 0
        self._parts = 0

    def add(self, place: UnitPlace, batch: Batch, raw: Sequence[bytes] = ()) -> None:
        """Take a batch."""
        self._read += batch.read
        for key, text in batch.texts.items():
            add_text(self._texts, key, to_bytes(text))
        at = (place.file, place.start)
        ordinal = self._ordinals.get(at, place.start)
        self._ordinals[at] = ordinal + batch.read
        with as_unavailable("be written"):
            if len(batch.columns["time"]):
                self._add_rows(batch.columns, place.file, ordinal)
            for at_row, row in enumerate(batch.set_aside):
                self._add_aside(place, row, ordinal + at_row)
            for (high, low), change in batch.changes:
                if self._changes is None:
                    self._changes = LineWriter(self._path("changes", ".zst"))
                self._changes.write(ChangeLine(high, low, change))
            if raw:
                self._add_raw(batch.columns, raw)

    def done(self, place: UnitPlace, lines: int) -> None:
        """Say how many line ends a place holds."""
        self._written.units.append((place.file, lines))

    def finish(self) -> Taken:
        """Write what waits."""
        with as_unavailable("be written"):
            for name in CLASSES:
                self._write_rows(name)
            self._write_aside()
            if self._texts:
                path = self._path("texts", "")
                write_texts(path, self._texts)
                self._written.texts = str(path)
            for name, writer in (("aside_lines", self._aside_lines), ("changes", self._changes), ("raw", self._raw)):
                if writer is not None:
                    writer.__exit__(None, None, None)
                    setattr(self._written, name, str(writer.path))
        return Taken(self._read, self._written)

    def _add_rows(self, columns: Mapping[str, Longs], file: int, ordinal: int) -> None:
        first = columns["part"] == 0
        ordinals = ordinal + np.cumsum(first) - 1
        logs, counts = np.unique(columns["log"][first], return_counts=True)
        for log, count in zip(logs.tolist(), counts.tolist(), strict=True):
            self._written.logs[log] = self._written.logs.get(log, 0) + count
        files = np.full(len(ordinals), file, dtype=np.int64)
        placed = {**columns, "file": files, "ordinal": ordinals.astype(np.int64)}
        is_activity = columns["log"] == LogKind.ACTIVITY
        for name, chosen in zip(CLASSES, (is_activity, ~is_activity), strict=True):
            count = int(chosen.sum())
            if count:
                rows = placed if count == len(chosen) else {key: column[chosen] for key, column in placed.items()}
                self._waiting[name].append(rows)
                self._waiting_rows[name] += count
                if self._waiting_rows[name] >= _ROWS:
                    self._write_rows(name)

    def _write_rows(self, name: str) -> None:
        batches = self._waiting[name]
        if not batches:
            return
        rows = {
            **joined(batches),
            **{column: np.concatenate([batch[column] for batch in batches]) for column in ("file", "ordinal")},
        }
        first, last = days_of(np.asarray([rows["time"].min(), rows["time"].max()])).tolist()
        known = self._written.days.get(name, (first, last))
        self._written.days[name] = (min(first, known[0]), max(last, known[1]))
        path = self._path(name, ".parquet")
        self._engine.write(rows, path)
        self._written.rows[name].append(str(path))
        self._written.counts[name] += self._waiting_rows[name]
        self._waiting[name], self._waiting_rows[name] = [], 0

    def _add_aside(self, place: UnitPlace, row: SetAsideRow, ordinal: int) -> None:
        if self._aside_lines is None:
            self._aside_lines = LineWriter(self._path("aside", ".zst"))
        # Lines count from the beginning of the place; how many stand before it, the one who commits knows.
        line = AsideLine(row.reason, place.name, row.line, row.size, row.record, len(self._written.units))
        self._aside_lines.write(line)
        self._aside.append((*row.identity, place.file, ordinal))
        if len(self._aside) >= _ROWS:
            self._write_aside()

    def _write_aside(self) -> None:
        if not self._aside:
            return
        table = np.asarray(self._aside, dtype=np.int64)
        rows = {name: np.zeros(len(table), dtype=np.int64) for name in COLUMNS}
        count = self._written.aside_count
        places = np.arange(count, count + len(table), dtype=np.int64)
        rows |= {"identity_hi": table[:, 0].copy(), "identity_lo": table[:, 1].copy(), "file": table[:, 2].copy()}
        rows |= {"ordinal": table[:, 3].copy(), "digest_lo": places}
        rows["digest_hi"] = np.full(len(table), self._written.number, dtype=np.int64)
        path = self._path("aside", ".parquet")
        self._engine.write(rows, path)
        self._written.aside.append(str(path))
        self._written.aside_count += len(table)
        self._aside = []

    def _add_raw(self, columns: Mapping[str, Longs], raw: Sequence[bytes]) -> None:
        if self._raw is None:
            self._raw = LineWriter(self._path("raw", ".zst"))
        first = columns["part"] == 0
        digests = zip(columns["digest_hi"][first].tolist(), columns["digest_lo"][first].tolist(), strict=True)
        days = dict(zip(digests, days_of(columns["time"][first]).tolist(), strict=True))
        for record in raw:
            digest = sha256(record).digest()
            day = days.pop(bytes_halves(digest), None)
            if day is not None:
                self._raw.write(RawLine(day, digest.hex(), record))

    def _path(self, table: str, suffix: str) -> Path:
        self._parts += 1
        return self._folder / f"{table}-{self._written.number}-{self._parts}{suffix}"
